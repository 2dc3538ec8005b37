package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"

	"onramp/internal/testenv"
)

// TestEveryAnswersFilePlansAndExports: one file for each role choice and warehouse kind, and more. The
// scripts are read by bash and judged by shellcheck.
func TestEveryAnswersFilePlansAndExports(t *testing.T) {
	files, err := filepath.Glob("../../testdata/answers/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	sample := testenv.OneOf(t, 5) // shellcheck takes some seconds for a script
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			guide := guideIn(t, file)
			out, stderr, code := onramp(t, "plan", guide, "--offline", "-a", file, "--json")
			if code != 0 || !json.Valid([]byte(out)) {
				t.Fatalf("plan: exit code %d\n%s", code, stderr)
			}
			dir := t.TempDir()
			if _, stderr, code := onramp(t, "export", guide, "--offline", "-a", file, "-f", "all", "-o", dir); code != 0 {
				t.Fatalf("export: exit code %d\n%s", code, stderr)
			}
			script := filepath.Join(dir, guide+".sh")
			if out, err := exec.Command("bash", "-n", script).CombinedOutput(); err != nil {
				t.Errorf("bash cannot read it: %v\n%s", err, out)
			}
			if sample.Takes() {
				judge(t, script)
			}
			again, stderr, code := onramp(t, "plan", guide, "--offline", "-a", filepath.Join(dir, guide+".yaml"), "--json")
			if code != 0 || again != out {
				t.Errorf("the exported answers make another plan: exit code %d\n%s", code, stderr)
			}
		})
	}
}

func judge(t *testing.T, script string) {
	t.Helper()
	if !testenv.Has(t, "shellcheck", "apt-get install shellcheck") {
		return
	}
	if out, err := exec.Command("shellcheck", script).CombinedOutput(); err != nil {
		t.Errorf("shellcheck: %v\n%s", err, out)
	}
}
