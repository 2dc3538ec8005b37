package cloudformation

import (
	"os"
	"os/exec"
	"testing"
)

// tool finds a program that judges what is exported. Where it is missing the test is skipped, and says so;
// in CI none may be missing.
func tool(t *testing.T, name, install string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed: %s", name, install)
		}
		t.Skipf("NOT TESTED: %s is not installed (%s)", name, install)
	}
	return path
}
