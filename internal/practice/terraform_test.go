package practice_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onramp/internal/practice"
	"onramp/internal/testenv"
)

// TestLongTerraformManagesWhatPlansMake applies, plans and destroys one of each kind of resource with
// Terraform's aws provider: a property that it reads and the account lacks stops it.
func TestLongTerraformManagesWhatPlansMake(t *testing.T) {
	testenv.Long(t)
	text, err := os.ReadFile("testdata/terraform/main.tf")
	if err != nil {
		t.Fatal(err)
	}
	a := practice.New(practice.Settings{})
	url := serving(t, a, "us-east-1")
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(strings.ReplaceAll(string(text), "http://practice", url)), 0o600); err != nil {
		t.Fatal(err)
	}
	start := string(a.State())
	terraform := func(args ...string) {
		t.Helper()
		cmd := exec.Command("terraform", append([]string{"-chdir=" + folder}, args...)...)
		cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "TF_CLI_CONFIG_FILE=") })
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("terraform %v: %v\n%s", args, err, out)
		}
	}
	testenv.TerraformInit(t, folder)
	terraform("apply", "-auto-approve", "-input=false", "-no-color")
	terraform("plan", "-detailed-exitcode", "-input=false", "-no-color") // 2 where there is a difference
	terraform("destroy", "-auto-approve", "-input=false", "-no-color")
	if end := string(a.State()); !strings.Contains(end, `"PendingDeletion"`) || strings.Count(end, "\n") > strings.Count(start, "\n")+40 {
		t.Errorf("more than the key that waits for its end is left behind:\n%s", parting(start, end))
	}
}
