package shell

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/modelcheck/plantest"
)

// TestRandomAnswersGiveTheirScript: whatever was answered, the commands of the script are the plan's calls, in their order
// and with their documents, and what it leaves to do by hand is the plan's SQL.
func TestRandomAnswersGiveTheirScript(t *testing.T) {
	plantest.Random(t, func(t *rapid.T, d plantest.Drawn) {
		data, err := Render(d.Plan, origin)
		if err != nil {
			t.Fatal(err)
		}
		have, want := readScript(t, d.Plan, string(data)), said(d.Plan)
		for _, wrong := range []string{
			different("resources", have.of("begin"), want.begin), different("steps", have.of("step"), want.steps),
			different("calls where nothing is there", have.runs("absent"), want.absent),
			different("calls where something else is there", have.runs("differs"), want.differs),
			different("what is left", have.byHand(), want.byHand),
		} {
			if wrong != "" {
				t.Error(wrong)
			}
		}
	})
}

// TestRandomAnswersRun has the stand-in for the AWS CLI record what the script does in an empty account: the calls and
// files are the plan's, and it prints what is left to do.
func TestRandomAnswersRun(t *testing.T) {
	for _, shell := range shells() {
		plantest.RandomFew(t, 40, func(r *rapid.T, d plantest.Drawn) {
			data, err := Render(d.Plan, origin)
			if err != nil {
				r.Fatal(err)
			}
			a := newAccount(t, d.Plan)
			o := a.run(t, shell, string(data))
			if o.code != 0 {
				r.Fatalf("exit code %d\n%s\n%s", o.code, o.stdout, o.stderr)
			}
			if wrong := different("calls", o.changes, wants(d.Plan)); wrong != "" {
				r.Fatal(wrong)
			}
			for _, left := range said(d.Plan).byHand {
				if !strings.Contains(o.stdout, "\n"+left[2]+"\n") {
					r.Fatalf("does not say\n%s\nbut\n%s", left[2], o.stdout)
				}
			}
		})
	}
}

// TestRandomAnswersAreShellToBash has bash read scripts without running them.
func TestRandomAnswersAreShellToBash(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script.sh")
	for _, shell := range shells() {
		plantest.RandomFew(t, 10, func(t *rapid.T, d plantest.Drawn) {
			data, err := Render(d.Plan, origin)
			if err == nil {
				err = os.WriteFile(script, data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(shell, "-n", script).CombinedOutput(); err != nil || len(out) > 0 {
				t.Fatalf("%v\n%s", err, out)
			}
		})
	}
}
