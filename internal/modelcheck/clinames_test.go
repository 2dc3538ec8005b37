package modelcheck_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/testenv"
	"onramp/render"
	"onramp/render/cloudformation"
	"onramp/render/shell"
	"onramp/render/terraform"
)

var update = flag.Bool("update", false, "write the names of the AWS CLI that scripts use into testdata/cli-names.txt")

// cliName is a name of the AWS CLI that a script uses: "redshift create-cluster --manage-master-password" is an option,
// "s3api head-bucket .BucketRegion" a member of an answer, "redshift create-cluster {Key" one of an option's value, and
// "sts get-caller-identity" a command.
type cliName string

// command is the command of a name.
func (n cliName) command() string { return strings.Join(strings.Fields(string(n))[:2], " ") }

// firstCLI are the first versions of AWS CLI 1 and 2 that have a name.
type firstCLI [2]string

// oldestCLI are the oldest that scripts support. A name that these have stands in the table with them.
var oldestCLI = firstCLI{shell.OldestCLI1, shell.OldestCLI2}

func (f firstCLI) olderThan(g firstCLI) bool { return older(f[0], g[0]) || older(f[1], g[1]) }

// older says whether a version comes before another one.
func older(a, b string) bool {
	numbers := func(v string) (out []int) {
		for part := range strings.SplitSeq(v, ".") {
			n, err := strconv.Atoi(part)
			if err != nil {
				panic(fmt.Sprintf("%s is no version: %v", v, err))
			}
			out = append(out, n)
		}
		return out
	}
	return slices.Compare(numbers(a), numbers(b)) < 0
}

const cliNamesFile = "testdata/cli-names.txt"

// cliNames is the table: lines "NAME: FIRST1 FIRST2", or NAME alone if the oldest versions have it.
func cliNames(t testing.TB) map[cliName]firstCLI {
	t.Helper()
	data, err := os.ReadFile(cliNamesFile)
	if err != nil {
		t.Fatal(err)
	}
	names := map[cliName]firstCLI{}
	for line := range strings.Lines(string(data)) {
		name, versions, isNew := strings.Cut(strings.TrimSpace(line), ": ")
		first := oldestCLI
		if isNew {
			if n, _ := fmt.Sscan(versions, &first[0], &first[1]); n != 2 || first[0] == "?" {
				t.Fatalf("%s: %q has no versions: testdata/cli_names.py finds them", cliNamesFile, line)
			}
		}
		names[cliName(name)] = first
	}
	return names
}

// scripts yields the exported scripts of many plans: of every kind of resource and of every answers file.
func scripts(t testing.TB, yield func(name, script string)) {
	t.Helper()
	for _, region := range []string{"us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1"} {
		yield("every kind in "+region, ofShell(t, inOrder(t, plantest.EveryKind(plantest.Target(region)))))
	}
	paths, err := filepath.Glob("../../testdata/answers/*.yaml")
	if err != nil || len(paths) < 10 {
		t.Fatalf("found %d answers files: %v", len(paths), err)
	}
	for _, path := range paths {
		allFormats(t, filepath.Base(path), plantest.File(t, path, ""), yield)
	}
}

var exportedBy = render.Origin{Version: "0.1.0", Command: "onramp export"}

func allFormats(t testing.TB, name string, p plan.Plan, yield func(name, script string)) {
	t.Helper()
	yield(name, ofShell(t, p))
	stack, err := cloudformation.Files(p, exportedBy)
	if err != nil {
		t.Fatal(err)
	}
	set, err := cloudformation.StackSet(p, cloudformation.StackSetOptions{
		OUs: []string{"ou-ab12-cdefgh34"}, Accounts: []string{plantest.Account}, Regions: []string{p.Target.Region},
	}, exportedBy)
	if err != nil {
		t.Logf("%s has no stack set: %v", name, err)
	}
	module, err := terraform.Files(p, nil, exportedBy)
	if err != nil {
		t.Fatal(err)
	}
	for format, files := range map[string][]render.File{"cloudformation": stack, "stack set": set, "terraform": module} {
		for _, f := range files {
			if strings.HasSuffix(f.Name, ".sh") {
				yield(name+", "+format+" "+f.Name, string(f.Data))
			}
		}
	}
}

func ofShell(t testing.TB, p plan.Plan) string {
	t.Helper()
	script, err := shell.Render(p, exportedBy)
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// inOrder is a plan in an order in which it can be carried out.
func inOrder(t testing.TB, p plan.Plan) plan.Plan {
	t.Helper()
	for i, r := range p.Resources {
		p.Resources[i].Needs = plan.Needs(r)
	}
	var err error
	if p.Resources, err = plan.Order(p.Resources); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestScriptsAskForWhatIsNewInTheCLI: whatever a script uses of the AWS CLI is in the table, and what is newer than the
// oldest supported versions it asks the CLI for, with the versions of the table; it asks for nothing else.
func TestScriptsAskForWhatIsNewInTheCLI(t *testing.T) {
	if *update {
		writeNames(t)
	}
	names, used := cliNames(t), map[cliName]bool{}
	check := func(name, script string) {
		uses, needs := readScript(t, script)
		for _, wrong := range unasked(uses, needs, names) {
			t.Errorf("%s: %s", name, wrong)
		}
		maps.Copy(used, uses)
	}
	scripts(t, check)
	for n := range names {
		if !used[n] {
			t.Errorf("%s: no script uses %q", cliNamesFile, n)
		}
	}
	sample := testenv.OneOf(t, 211)
	for name, p := range plantest.RedshiftML() { // they use nothing else
		if sample.Takes() {
			allFormats(t, name, p, check)
		}
	}
}

// unasked is what is wrong with what a script asks for.
func unasked(uses map[cliName]bool, needs, names map[cliName]firstCLI) (wrong []string) {
	for n := range uses {
		first, known := names[n]
		switch {
		case !known:
			wrong = append(wrong, fmt.Sprintf("%s has no %q: write it with -update, and see testdata/cli_names.py", cliNamesFile, n))
		case first != oldestCLI && !covered(n, first, needs):
			wrong = append(wrong, fmt.Sprintf("%q is new in %v, and the script does not ask for it (features of render/shell)", n, first))
		}
	}
	for n, first := range needs {
		if !uses[n] {
			wrong = append(wrong, fmt.Sprintf("it asks for %q and does not use it", n))
		}
		if first != names[n] {
			wrong = append(wrong, fmt.Sprintf("it says that %q is new in %v, and %s in %v", n, first, cliNamesFile, names[n]))
		}
	}
	return wrong
}

// covered says whether a script asks for a name, or for one of the same command that is no older.
func covered(n cliName, first firstCLI, needs map[cliName]firstCLI) bool {
	for need, has := range needs {
		if need.command() == n.command() && !has.olderThan(first) {
			return true
		}
	}
	return false
}

// writeNames writes the table with the names that scripts use. A new one has question marks for its versions, until
// whoever adds it has looked them up: with them the tests fail.
func writeNames(t *testing.T) {
	used, names := map[cliName]bool{}, cliNames(t)
	scripts(t, func(_, script string) {
		uses, _ := readScript(t, script)
		maps.Copy(used, uses)
	})
	var b strings.Builder
	for _, n := range slices.Sorted(maps.Keys(used)) {
		switch first, known := names[n]; {
		case !known:
			fmt.Fprintf(&b, "%s: ? ?\n", n)
		case first == oldestCLI:
			fmt.Fprintln(&b, n)
		default:
			fmt.Fprintf(&b, "%s: %s %s\n", n, first[0], first[1])
		}
	}
	if err := os.WriteFile(cliNamesFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestInstalledCLIsHaveWhatTheTableSays asks the AWS CLIs of this machine for the names of the table: the one that
// comes first on PATH, and Debian's beside it.
func TestInstalledCLIsHaveWhatTheTableSays(t *testing.T) {
	names := cliNames(t)
	listed := slices.Sorted(maps.Keys(names))
	for cli, python := range map[string]string{"aws": "python3", "/usr/bin/aws": "/usr/bin/python3"} {
		t.Run(cli, func(t *testing.T) {
			out, err := exec.Command(python, "-c", "import awscli; print(awscli.__version__)").Output()
			if err != nil {
				testenv.Missing(t, python+" has no awscli: pip install awscli, or apt-get install awscli")
			}
			version := strings.TrimSpace(string(out))
			var input strings.Builder
			for _, n := range listed {
				fmt.Fprintln(&input, n)
			}
			cmd := exec.Command(python, "testdata/cli_names.py", "has")
			cmd.Stdin = strings.NewReader(input.String())
			if out, err = cmd.Output(); err != nil {
				t.Fatal(err)
			}
			has := strings.Split(strings.TrimSpace(string(out)), "\n")
			for _, n := range listed {
				first := names[n][0]
				if strings.HasPrefix(version, "2.") {
					first = names[n][1]
				}
				if there := slices.Contains(has, string(n)); there == older(version, first) {
					t.Errorf("AWS CLI %s has %q: %t, but it is new in %s", version, n, there, first)
				}
			}
		})
	}
}

// TestReaderSeesWhatIsNotAskedFor: the test above fails on scripts that do not ask, ask too late or for too much.
func TestReaderSeesWhatIsNotAskedFor(t *testing.T) {
	names := map[cliName]firstCLI{
		"x do": oldestCLI, "x do --old": oldestCLI, "x do --new": {"1.30.0", "2.15.0"}, "x do .New": {"1.30.0", "2.15.0"}, "x do {In": {"1.30.0", "2.15.0"},
	}
	for script, want := range map[string]string{
		"aws x do --old 1": "",
		"aws x do --new 1": `"x do --new" is new in [1.30.0 2.15.0], and the script does not ask for it`,
		"run aws x do \"${now_v:+--new \"$now_v\"}\"":                `"x do --new" is new`,
		"OPTIONS=(--new 1)\nf aws x do \"${OPTIONS[@]}\"":            `"x do --new" is new`,
		"READ=(aws x do)\nlook 'a[?b==`1`].New' 1":                   `has no "x do .a"`,
		"READ=(aws x do)\nlook 'max(New)' 1":                         `"x do .New" is new`,
		"aws x do --old '{\"In\": 1}'":                               `"x do {In" is new`,
		"J='{\"In\": 1}'\naws x do --old \"$J\"":                     `"x do {In" is new`,
		"aws x other":                                                `has no "x other"`,
		"needs 1.30.0 2.15.0 input New x do --new\naws x do --new 1": "",
		"needs 1.30.0 2.14.9 input New x do --new\naws x do --new 1": `it says that "x do --new" is new in [1.30.0 2.14.9]`,
		"needs 1.30.0 2.15.0 input New x do --new\naws x do --old 1": `it asks for "x do --new" and does not use it`,
		"needs 1.30.0 2.15.0 output New x do --old NAME\n" +
			"READ=(aws x do)\nlook New '' 1": "",
	} {
		uses, needs := readScript(t, script)
		got := strings.Join(unasked(uses, needs, names), "\n")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", script, got, want)
		}
	}
}
