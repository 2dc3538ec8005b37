package shell

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const debians = "aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0-13-amd64 source/x86_64.debian.12 prompt/off"

// TestScriptStopsBeforeTheFirstChangeWhereTheCLIIsTooOld, in a dry run too, and says what it lacks.
func TestScriptStopsBeforeTheFirstChangeWhereTheCLIIsTooOld(t *testing.T) {
	tests := map[string]struct {
		cli   string
		lacks []string
		says  []string // none: the script runs to its end
	}{
		"a CLI without two features": {debians, []string{"ManageMasterPassword", "BucketRegion"}, []string{
			"error: AWS CLI 2.9.19 lacks what this script needs:\n",
			"  aws redshift create-cluster --manage-master-password (new in 1.29.64 and 2.13.27)\n",
			"  BucketRegion in the output of aws s3api head-bucket --bucket NAME (new in 1.31.2 and 2.14.2)\n",
			"  update it to 1.31.2 or later (AWS CLI 1) or 2.14.2 or later (AWS CLI 2): https://docs.aws.amazon.com/",
		}},
		"the older one of the two": {"aws-cli/1.29.0 Python/3.8 botocore/1.31.0", []string{"ManageMasterPassword"}, []string{
			"AWS CLI 1.29.0 lacks", "--manage-master-password", "to 1.29.64 or later (AWS CLI 1) or 2.13.27 or later (AWS CLI 2)",
		}},
		"an old CLI to which a distribution has added them": {cli: debians},
		"the oldest of version 1":                           {cli: "aws-cli/" + OldestCLI1 + " Python/3.10.6 botocore/1.23.34"},
		"the oldest of version 2":                           {cli: "aws-cli/" + OldestCLI2 + " Python/3.8.8 exe/x86_64.ubuntu.22"},
		"a version to come":                                 {cli: "aws-cli/3.0.0 Python/3.15.0"},
		"older in version 1": {"aws-cli/1.19.1 Python/3.9.2", nil, []string{
			"AWS CLI 1.19.1 is too old", "update it to " + OldestCLI1 + " or later (AWS CLI 1) or " + OldestCLI2 + " or later",
		}},
		"older in version 2":    {"aws-cli/2.4.9 Python/3.8.8", nil, []string{"AWS CLI 2.4.9 is too old"}},
		"a version with a word": {"aws-cli/2.0.0dev4 Python/3.7", nil, []string{"AWS CLI 2.0.0 is too old"}},
		"another program": {"awless version=v0.1.11", nil, []string{
			"the aws command is not the AWS CLI: aws --version prints awless version=v0.1.11",
		}},
	}
	p := planOf(t, restrictive)
	script := scriptOf(t, p)
	for name, tt := range tests {
		for _, env := range []string{"DRY_RUN=0", "DRY_RUN=1"} {
			t.Run(name+" "+env, func(t *testing.T) {
				t.Parallel()
				a := newAccount(t, p)
				a.CLI, a.Lacks = tt.cli, tt.lacks
				if len(tt.says) == 0 && env == "DRY_RUN=0" {
					a.there = append(a.there, a.all()...) // it goes on, and that is all
				}
				o := a.run(t, "bash", script, env)
				if stops := len(tt.says) > 0; stops != (o.code != 0) {
					t.Fatalf("exit code %d\n%s\n%s", o.code, o.stdout, o.stderr)
				}
				for _, says := range tt.says {
					if !strings.Contains(o.stderr, says) {
						t.Errorf("it does not say %q:\n%s", says, o.stderr)
					}
				}
				if len(tt.says) > 0 && (len(o.changes) > 0 || !strings.Contains(o.stderr, "This ")) {
					t.Errorf("it changed %v\n%s", o.changes, o.stderr)
				}
				for _, c := range o.calls {
					first := []string{"--version", "sts", "configure"}
					if len(tt.says) > 0 && !isProbe(c.Words) && !slices.Contains(first, c.Words[0]) {
						t.Errorf("it called %v", c.Words)
					}
				}
			})
		}
	}
}

// TestDocsNameTheVersions that scripts need.
func TestDocsNameTheVersions(t *testing.T) {
	oldest := OldestCLI1 + " or later (AWS CLI 1), or " + OldestCLI2 + " or later (AWS CLI 2)"
	for file, names := range map[string][]string{"../../README.md": {oldest}, "../../docs/exports.md": {oldest}} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "exports.md") {
			for _, f := range features {
				names = append(names, "| "+f.first1+" | "+f.first2+" |")
			}
		}
		for _, name := range names {
			if !strings.Contains(string(text), name) {
				t.Errorf("%s does not name %s", file, name)
			}
		}
	}
}

// TestScriptReadsErrorsWhateverTheCLIIsSetTo: version 2.34 and later write them as JSON if the user has set that.
func TestScriptReadsErrorsWhateverTheCLIIsSetTo(t *testing.T) {
	p := planOf(t, simple)
	o := newAccount(t, p).run(t, "bash", scriptOf(t, p), "AWS_CLI_ERROR_FORMAT=json")
	if o.code != 0 {
		t.Fatalf("exit code %d\n%s\n%s", o.code, o.stdout, o.stderr)
	}
	same(t, "calls", o.changes, wants(p))
}

// TestScriptRefusesAnotherShell: what zsh and others make of it is not what is meant.
func TestScriptRefusesAnotherShell(t *testing.T) {
	file := filepath.Join(t.TempDir(), "script.sh")
	if err := os.WriteFile(file, []byte(scriptOf(t, planWith(making))), 0o600); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, shell := range []string{"dash", "zsh", "ksh", "busybox"} {
		path, err := exec.LookPath(shell)
		if err != nil {
			continue
		}
		tried++
		words := []string{file}
		if shell == "busybox" {
			words = []string{"sh", file}
		}
		out, err := exec.Command(path, words...).CombinedOutput()
		if err == nil || string(out) != "error: run this script with bash\n" {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
	}
	if tried == 0 {
		t.Skip("NOT TESTED: there is no other shell here")
	}
}
