package terraform

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/syntax"

	"onramp/internal/kind"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/redshiftsql"
	"onramp/internal/testenv"
	"onramp/render"
)

// TestEveryResourceIsMadeByOneOfThem: what Terraform does not make, a script does, and nothing else.
func TestEveryResourceIsMadeByOneOfThem(t *testing.T) {
	plans := map[string]plan.Plan{"every kind": plantest.EveryKind(plantest.Target("us-east-1"))}
	for name, file := range answersFiles(t) {
		plans[name] = planOf(t, file, "")
	}
	for name, p := range plans {
		files := moduleOf(t, p, nil)
		have, want := append(begun(files["pre.sh"]), begun(files["post.sh"])...), want(t, p).left
		slices.Sort(have)
		slices.Sort(want)
		if !slices.Equal(have, want) {
			t.Errorf("%s: the scripts do %q, want %q", name, have, want)
		}
	}
}

// TestScriptHasWhatItsPartRefersTo: a value that AWS gives is looked up by the step that gives it.
func TestScriptHasWhatItsPartRefersTo(t *testing.T) {
	p := planOf(t, answersFiles(t)["sample"], "")
	key := plan.Ref{Resource: "key", Output: kind.KeyID}.String()
	for i, r := range p.Resources {
		if s, is := r.Spec.(kind.SQL); is {
			s.Statements = append(s.Statements, plan.Statement{Title: "use the key", Text: "SELECT '" + key + "'"}, redshiftsql.CreateGroup("g"))
			p.Resources[i].Spec = s
		}
	}
	if have, want := begun(moduleOf(t, p, nil)["post.sh"]), []string{"key", "warehouse-roles", "warehouse-routing", "sql"}; !slices.Equal(have, want) {
		t.Errorf("post.sh does %q, want %q", have, want)
	}
}

func scriptsOf(t *testing.T, test func(t *testing.T, f render.File)) {
	for name, file := range answersFiles(t) {
		for _, f := range moduleOf(t, planOf(t, file, ""), nil) {
			if f.Executable {
				t.Run(name+" "+f.Name, func(t *testing.T) { test(t, f) })
			}
		}
	}
}

func TestScriptsAreShellInItsCanonicalForm(t *testing.T) {
	scriptsOf(t, func(t *testing.T, f render.File) {
		parsed, err := syntax.NewParser(syntax.Variant(syntax.LangBash), syntax.KeepComments(true)).Parse(bytes.NewReader(f.Data), f.Name)
		if err != nil {
			t.Fatal(err)
		}
		var printed bytes.Buffer
		if err := syntax.NewPrinter(syntax.Indent(2), syntax.SwitchCaseIndent(true)).Print(&printed, parsed); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(printed.Bytes(), f.Data) {
			t.Error("shfmt -i 2 -ci would write the script differently")
		}
	})
}

func TestShellcheckFindsNothing(t *testing.T) {
	path := testenv.Tool(t, "shellcheck", "apt-get install shellcheck")
	folder := t.TempDir()
	args := []string{}
	for _, f := range moduleOf(t, planOf(t, answersFiles(t)["sample"], ""), nil) {
		if f.Executable {
			args = append(args, filepath.Join(folder, f.Name))
			write(t, folder, map[string]render.File{f.Name: f})
		}
	}
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil || len(args) != 2 {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestPostScriptStopsWhereTerraformMadeSomethingElse, before it makes any call.
func TestPostScriptStopsWhereTerraformMadeSomethingElse(t *testing.T) {
	p := planOf(t, answersFiles(t)["sample"], "")
	const right = `case "${@: -1}" in
	region) printf us-east-1 ;;
	role_arn) printf arn:aws:iam::111122223333:role/redshift-ml ;;
	group_1_role_arn) printf arn:aws:iam::111122223333:role/redshift-ml-retention ;;
	cluster_identifier) printf "${CLUSTER-analytics}" ;;
	esac`
	for name, test := range map[string]struct{ terraform, says string }{
		"as planned":      {right, "error: AWS does not accept the credentials"},
		"another cluster": {"CLUSTER=reporting\n" + right, "error: the output cluster_identifier is reporting, and this script is for analytics"},
		"no state":        {"echo 'No outputs found' >&2\nexit 1", "error: cannot read the output region of Terraform: No outputs found"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, folder, moduleOf(t, p, nil))
			for command, text := range map[string]string{"terraform": test.terraform, "aws": `[ "$1" = --version ] && echo aws-cli/2.36.7`} {
				if err := os.WriteFile(filepath.Join(folder, command), []byte("#!/usr/bin/env bash\n"+text+"\n"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command(filepath.Join(folder, "post.sh"))
			cmd.Env = []string{"PATH=" + folder + ":" + os.Getenv("PATH"), "HOME=" + folder, "TMPDIR=" + folder}
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), test.says) {
				t.Errorf("%v, and does not say %q:\n%s", err, test.says, out)
			}
		})
	}
}
