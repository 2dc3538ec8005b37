package terraform

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/internal/practice"
	"onramp/internal/testenv"
	"onramp/render"
)

// allFound is a look that finds everything as planned.
func allFound(p plan.Plan) map[string]apply.Finding {
	found := map[string]apply.Finding{}
	for _, r := range p.Resources {
		f := apply.Finding{Action: plan.None}
		if r.Spec.Action() == plan.Adopt {
			f.Action = plan.Adopt
		}
		found[r.ID] = f
	}
	return found
}

// blocks are the blocks of a file that begin so, without their bodies: `import aws_iam_role.role`.
func blocks(t *testing.T, files map[string]render.File, name string) []string {
	t.Helper()
	if _, there := files[name]; !there {
		return nil
	}
	var out []string
	for _, b := range read(t, files, nil).bodies[name].Blocks {
		line := strings.Join(append([]string{b.Type}, b.Labels...), " ")
		for _, attribute := range []string{"to", "from"} {
			if a := b.Body.Attributes[attribute]; a != nil {
				line += " " + strings.TrimSpace(string(a.Expr.Range().SliceBytes(files[name].Data)))
			}
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// begun are the resources that a script works on.
func begun(f render.File) []string {
	var out []string
	for _, line := range scriptLine.FindAllString(string(f.Data), -1) {
		if words := strings.Fields(line); words[0] == "begin" {
			out = append(out, words[1])
		}
	}
	return out
}

func TestWhatIsFound(t *testing.T) {
	existing, made := planOf(t, answersFiles(t)["sample"], ""), planOf(t, answersFiles(t)["restrictive-new-cluster"], "")
	update := apply.Finding{Action: plan.Update, Differences: []apply.Difference{{Step: "s"}}}
	foreign := apply.Finding{Action: plan.Update, Differences: []apply.Difference{{Step: "s", Foreign: true}}}
	asked := apply.Finding{Action: plan.Update, Differences: []apply.Difference{{Step: "s", Have: "another", Want: "as planned", Ask: true}}}
	passed := planOf(t, answersFiles(t)["amazon-ml-managed"], "")
	tests := map[string]struct {
		plan      plan.Plan
		change    map[string]apply.Finding // of everything as planned
		imports   []string                 // some that there are
		no        []string                 // some that there are not
		pre, post []string
		readme    string
		main      string
	}{
		"everything as planned": {
			plan: existing,
			imports: []string{
				"import aws_iam_role.role", "import aws_iam_role_policy.role_policy", "import aws_kms_key.key", "import aws_kms_alias.key", "import aws_s3_bucket.bucket",
				"import aws_s3_bucket_public_access_block.bucket", "import aws_security_group.endpoint_security_group", "removed aws_vpc_endpoint.s3_endpoint",
				"removed aws_vpc_endpoint.sagemaker_endpoint", "removed aws_s3_bucket_policy.bucket",
			},
		},
		"a bucket that lacks something": {
			plan: existing, change: map[string]apply.Finding{"bucket": update},
			imports: []string{"import aws_s3_bucket.bucket"}, no: []string{"import aws_s3_bucket_public_access_block.bucket"}, post: []string{"bucket"},
		},
		"somebody else's role": {
			plan: existing, change: map[string]apply.Finding{"role": foreign}, no: []string{"import aws_iam_role.role", "data aws_iam_role role"},
			readme: "IAM role redshift-ml: it exists already and was not made by this plan", main: `condition     = var.role_name != "redshift-ml"`,
		},
		"somebody else's bucket": {
			plan: existing, change: map[string]apply.Finding{"bucket": foreign}, no: []string{"import aws_s3_bucket.bucket"}, post: []string{"bucket"},
			main: `condition     = var.bucket_name != "acme-redshift-ml"`,
		},
		"somebody else's security group": {
			plan: existing, change: map[string]apply.Finding{"endpoint-security-group": foreign}, no: []string{"import aws_security_group.endpoint_security_group"},
			main: `condition     = var.endpoint_security_group_name != "onramp-redshift-ml.analytics"`,
		},
		"a user's policy as planned": {plan: passed, imports: []string{"import aws_iam_user_policy.pass_policy"}},
		"a user's policy that says something else": {
			plan: passed, change: map[string]apply.Finding{"pass-policy": asked}, imports: []string{"import aws_iam_role.role"}, no: []string{"import aws_iam_user_policy.pass_policy"},
			readme: "inline policy amazon-ml-pass-role on IAM user ada: it is another now, and others may rely on that; the plan says as planned",
			main:   `condition     = data.aws_iam_user.who_passes.user_name != "ada"`,
		},
		"a key of unknown origin": {
			plan: existing, change: map[string]apply.Finding{"key": asked}, no: []string{"import aws_kms_key.key", "import aws_kms_alias.key", "data aws_kms_alias key"},
			readme: "with `onramp apply --adopt`", main: `condition     = var.key_alias != "redshift-ml"`,
		},
		"a role in the way": {
			plan: existing, change: map[string]apply.Finding{"role": {Action: plan.None, Problem: "it is under another path"}}, no: []string{"import aws_iam_role.role"},
			readme: "IAM role redshift-ml: it is under another path",
		},
		"no role": {
			plan: existing, change: map[string]apply.Finding{"role": {Action: plan.Create}, "role-policy": {Action: plan.Create}}, no: []string{"import aws_iam_role.role", "import aws_iam_role_policy.role_policy"},
		},
		"an endpoint without a route table": {
			plan: existing, change: map[string]apply.Finding{"s3-endpoint": update}, imports: []string{"removed aws_vpc_endpoint.s3_endpoint"}, post: []string{"s3-endpoint"},
		},
		"no endpoints": {
			plan: existing, change: map[string]apply.Finding{"s3-endpoint": {Action: plan.Create}, "vpc": update}, no: []string{"removed aws_vpc_endpoint.s3_endpoint"}, pre: []string{"vpc"},
		},
		"a cluster that lacks a role": {
			plan: made, change: map[string]apply.Finding{"warehouse-roles": update}, imports: []string{"removed aws_redshift_cluster.cluster"}, post: []string{"warehouse-roles"},
		},
		"no cluster": {plan: made, change: map[string]apply.Finding{"cluster": {Action: plan.Create}, "warehouse-roles": {Action: plan.Update}}, no: []string{"removed aws_redshift_cluster.cluster"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			found := allFound(test.plan)
			maps.Copy(found, test.change)
			files := moduleOf(t, test.plan, found)
			have := blocks(t, files, "imports.tf")
			for _, line := range test.imports {
				if !slices.Contains(have, line) {
					t.Errorf("no %s among %q", line, have)
				}
			}
			for _, line := range test.no {
				if slices.Contains(have, line) {
					t.Errorf("there is %s", line)
				}
			}
			if pre, post := begun(files["pre.sh"]), begun(files["post.sh"]); !slices.Equal(pre, test.pre) || !slices.Equal(post, test.post) {
				t.Errorf("left to pre.sh: %q, want %q; to post.sh: %q, want %q", pre, test.pre, post, test.post)
			}
			if !strings.Contains(string(files["README.md"].Data), test.readme) {
				t.Errorf("README.md does not say %q", test.readme)
			}
			if !strings.Contains(string(files["main.tf"].Data), test.main) {
				t.Errorf("main.tf does not say %q", test.main)
			}
		})
	}
}

// TestWhatIsLetGoIsNotDeleted: a removed block without this would delete it.
func TestWhatIsLetGoIsNotDeleted(t *testing.T) {
	p := planOf(t, answersFiles(t)["sample"], "")
	text := string(moduleOf(t, p, allFound(p))["imports.tf"].Data)
	if removed, kept := strings.Count(text, "removed {"), strings.Count(text, "destroy = false"); removed == 0 || removed != kept {
		t.Errorf("%d removed blocks, of which %d keep what is there", removed, kept)
	}
}

// TestNothingIsBothMadeAndLetGo, whatever is found: Terraform would not take it.
func TestNothingIsBothMadeAndLetGo(t *testing.T) {
	for name, file := range answersFiles(t) {
		p := planOf(t, file, "")
		files := moduleOf(t, p, allFound(p))
		made := blocks(t, files, "main.tf")
		for _, line := range blocks(t, files, "imports.tf") {
			words := strings.Fields(line)
			is := slices.Contains(made, "resource "+strings.ReplaceAll(words[len(words)-1], ".", " "))
			if words[0] == "import" && !is || words[0] == "removed" && is {
				t.Errorf("%s: %s; made: %v", name, line, is)
			}
		}
	}
}

// TestRolesOfAWarehouseAreNeverInAList that Terraform would hold it to.
func TestRolesOfAWarehouseAreNeverInAList(t *testing.T) {
	for name, file := range answersFiles(t) {
		p := planOf(t, file, "")
		for _, found := range []map[string]apply.Finding{nil, allFound(p)} {
			text := string(moduleOf(t, p, found)["main.tf"].Data)
			_, fresh := p.Find("cluster")
			if strings.Contains(text, "aws_redshift_cluster_iam_roles") || strings.Contains(text, "iam_roles") && !strings.Contains(text, "ignore_changes = [iam_roles, default_iam_role_arn]") {
				t.Errorf("%s: Terraform would detach roles", name)
			}
			if made := strings.Contains(text, `resource "aws_redshift_cluster"`); made != (fresh && found == nil) {
				t.Errorf("%s: makes a cluster: %v", name, made)
			}
		}
	}
}

// TestLongWhatApplyHasMadeIsImported: after a run the module imports what the plan has made, and its first apply
// changes nothing.
func TestLongWhatApplyHasMadeIsImported(t *testing.T) {
	testenv.Long(t)
	for name, file := range answersFiles(t) {
		if name == "sample" || testenv.All() {
			t.Run(name, func(t *testing.T) { imported(t, planOf(t, file, practice.Number)) })
		}
	}
}

func imported(t *testing.T, p plan.Plan) {
	a, _ := applied(t, p)
	before := string(a.State())
	files := moduleOf(t, p, look(t, p))
	for _, name := range []string{"pre.sh", "post.sh"} {
		if _, there := files[name]; there {
			t.Errorf("there is %s, and nothing for it to do", name)
		}
	}
	w := onPractice(t, files)
	out := w.must(t, "apply", "-auto-approve", "-input=false", "-no-color")
	if have, want := strings.Count(out, ": Import complete"), strings.Count(string(files["imports.tf"].Data), "import {"); !strings.Contains(out, " 0 destroyed") || have != want {
		t.Errorf("%d of %d are imported, or something is destroyed:\n%s", have, want, out)
	}
	if have := string(a.State()); have != before {
		t.Errorf("Terraform changes what it imports:\n%s", udiff.Unified("apply", "terraform", before, have))
	}
	if err := os.Remove(filepath.Join(w.path, "imports.tf")); err != nil {
		t.Fatal(err)
	}
	w.unchanged(t)
}

// look is what apply finds in the account that is served.
func look(t *testing.T, p plan.Plan) map[string]apply.Finding {
	t.Helper()
	found, err := apply.Inspect(t.Context(), p, caller(t))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestLongAnotherPolicyOfAUserStopsTerraform, which would overwrite it without a word, and leaves it as it is.
func TestLongAnotherPolicyOfAUserStopsTerraform(t *testing.T) {
	testenv.Long(t)
	p := planOf(t, answersFiles(t)["amazon-ml-managed"], practice.Number)
	a := practice.New(practice.Settings{Region: p.Target.Region})
	serving(t, a, p.Target.Region)
	const theirs = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}`
	put := plan.NewCall("iam", "PutUserPolicy", "UserName", "ada", "PolicyName", "amazon-ml-pass-role", "PolicyDocument", theirs)
	if _, err := caller(t).Call(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	files := moduleOf(t, p, look(t, p))
	if readme := string(files["README.md"].Data); !strings.Contains(readme, "inline policy amazon-ml-pass-role on IAM user ada: it is {") {
		t.Errorf("README.md does not tell:\n%s", readme)
	}
	before := string(a.State())
	out, code := onPractice(t, files).run(t, "apply", "-auto-approve", "-input=false", "-no-color")
	if code == 0 || !strings.Contains(out, "This inline policy is there already") {
		t.Errorf("terraform apply: exit code %d\n%s", code, out)
	}
	if have := string(a.State()); have != before {
		t.Errorf("Terraform changes the account:\n%s", udiff.Unified("before", "after", before, have))
	}
}
