package practice_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onramp/internal/practice"
	"onramp/render"
	"onramp/render/shell"
)

// scripted are the answers files whose script is run: the AWS CLI takes half a second a call, so that
// all of them take more than ten minutes. ONRAMP_ALL_SCRIPTS=1 runs all.
var scripted = []string{"simple-serverless.yaml"}

// TestScriptLeavesWhatApplyLeaves runs the exported script with the AWS CLI, twice.
func TestScriptLeavesWhatApplyLeaves(t *testing.T) {
	if testing.Short() {
		t.Skip("the AWS CLI takes half a second a call")
	}
	if _, err := exec.LookPath("aws"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the AWS CLI is not installed")
		}
		t.Skip("NOT TESTED: the AWS CLI is not installed")
	}
	for _, file := range answersFiles(t) {
		if !slices.Contains(scripted, filepath.Base(file)) && os.Getenv("ONRAMP_ALL_SCRIPTS") == "" {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			p, region := built(t, file)
			applied := practice.New(practice.Settings{Region: region})
			serving(t, applied, region)
			prepare(t, file, applied, region)
			if err := carryOut(t, p, caller(t)); err != nil {
				t.Fatal(err)
			}
			text, err := shell.Render(p, render.Origin{Version: "test", Command: "test"})
			if err != nil {
				t.Fatal(err)
			}
			script := filepath.Join(t.TempDir(), "script.sh")
			if err := os.WriteFile(script, text, 0o600); err != nil {
				t.Fatal(err)
			}
			a := practice.New(practice.Settings{Region: region})
			serving(t, a, region)
			prepare(t, file, a, region)
			bash(t, script)
			if have, want := string(a.State()), string(applied.State()); have != want {
				t.Errorf("script and apply leave different accounts:\n%s", parting(want, have))
			}
			first := len(a.Calls())
			bash(t, script)
			if made := mutating(a.Calls()[first:]); len(made) > 0 {
				t.Errorf("the second run made %v", made)
			}
			keepLog(t, filepath.Base(file), applied, a)
		})
	}
}

func bash(t *testing.T, script string) {
	t.Helper()
	cmd := exec.Command("bash", script)
	cmd.Env = append(os.Environ(), "ADOPT=1", "ONRAMP_POLL_SECONDS=0.1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// parting shows where two texts part.
func parting(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	around := func(s string) string { return s[max(0, i-300):min(len(s), i+300)] }
	return "want " + around(a) + "\nhave " + around(b)
}

// keepLog writes the calls down where ONRAMP_KEEP_CALLS says, for tools/modelcheck.py.
func keepLog(t *testing.T, name string, accounts ...*practice.Account) {
	t.Helper()
	folder := os.Getenv("ONRAMP_KEEP_CALLS")
	if folder == "" {
		return
	}
	var lines strings.Builder
	for _, a := range accounts {
		lines.Write(a.Log())
	}
	if err := os.WriteFile(filepath.Join(folder, name+".jsonl"), []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}
