package testenv

import "testing"

func TestReadsEndpoint(t *testing.T) {
	for version, want := range map[string]bool{
		"aws-cli/2.9.19 Python/3.11.2": false, "aws-cli/2.12.7 Python/3.11": false, "aws-cli/2.13.0 Python/3.11": true, "aws-cli/2.36.7": true,
		"aws-cli/1.28.1 Python/3.8": false, "aws-cli/1.29.0 Python/3.8": true, "aws-cli/1.45.11 Python/3.11": true, "aws-cli/3.0.0": true, "awless 1.0": false,
	} {
		if got := readsEndpoint(version); got != want {
			t.Errorf("%s: %t", version, got)
		}
	}
}
