package terraform

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"onramp/internal/practice"
	"onramp/internal/testenv"
)

// TestLongTerraformLeavesTheAccountThatApplyLeaves carries a plan out twice, on accounts that are equal: by apply, and
// by the module with its scripts. The accounts are equal then, without any exception; Terraform finds nothing
// to do; and what it destroys is what it made. One answers file takes minutes; ONRAMP_ALL=1 has them all.
func TestLongTerraformLeavesTheAccountThatApplyLeaves(t *testing.T) {
	testenv.Long(t)
	for name, file := range answersFiles(t) {
		if name == "sample" || testenv.All() {
			t.Run(name, func(t *testing.T) { equal(t, file) })
		}
	}
}

func equal(t *testing.T, file string) {
	p := planOf(t, file, practice.Number)
	other, took := applied(t, p)
	want := string(other.State())

	a := practice.New(practice.Settings{Region: p.Target.Region})
	serving(t, a, p.Target.Region)
	start := string(a.State())
	w := onPractice(t, moduleOf(t, p, nil))
	w.script(t, "pre.sh")
	w.must(t, "apply", "-auto-approve", "-input=false", "-no-color")
	w.script(t, "post.sh")
	t.Logf("terraform apply %.1fs and scripts %.1fs; apply.Run %.2fs", w.took["apply"].Seconds(), (w.took["pre.sh"] + w.took["post.sh"]).Seconds(), took.Seconds())
	if have := string(a.State()); have != want {
		t.Errorf("Terraform leaves another account than apply:\n%s", udiff.Unified("apply", "terraform", want, have))
	}
	w.unchanged(t)

	// A module that is exported again with a look at the account lets go of some of it, and deletes nothing.
	write(t, w.path, moduleOf(t, p, look(t, p)))
	if out, _ := w.run(t, "plan", "-detailed-exitcode", "-input=false", "-no-color"); !strings.Contains(out, " 0 to destroy") && !strings.Contains(out, "No changes.") {
		t.Errorf("a module that is exported again would delete something:\n%s", out)
	}
	write(t, w.path, moduleOf(t, p, nil))
	w.forget(t, "imports.tf")

	w.must(t, "destroy", "-auto-approve", "-input=false", "-no-color")
	if have, want := stripped(t, a.State()), stripped(t, []byte(start)); have != want {
		t.Errorf("destroy leaves more than README.md says:\n%s", udiff.Unified("before", "after", want, have))
	}
}

// stripped is a state without what README.md says is left: keys that wait to be deleted, secrets of clusters that
// are gone, snapshots, and what the scripts have done to warehouses and VPCs.
func stripped(t *testing.T, state []byte) string {
	t.Helper()
	var all struct {
		IAM     any `json:"iam"`
		S3      any `json:"s3"`
		Regions map[string]map[string]any
	}
	if err := json.Unmarshal(state, &all); err != nil {
		t.Fatal(err)
	}
	for _, region := range all.Regions {
		delete(region, "snapshots")
		for kind, names := range map[string][]string{
			"clusters": {"roles", "defaultRole", "routing", "sql"}, "namespaces": {"roles", "defaultRole", "sql"}, "workgroups": {"routing"},
			"vpcs": {"dnsHostnames", "dnsSupport"},
		} {
			things, _ := region[kind].(map[string]any)
			for _, thing := range things {
				for _, name := range names {
					delete(thing.(map[string]any), name)
				}
			}
		}
		keys, _ := region["kms"].(map[string]any)
		for name, key := range keys {
			if key.(map[string]any)["state"] == "PendingDeletion" {
				delete(keys, name)
			}
		}
	}
	data, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
