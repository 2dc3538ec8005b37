package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/cmd/onramp/testdata/guides/logbucket"
	"onramp/internal/answers"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/practice"
	"onramp/internal/tools/terminal"
	"onramp/render"
	"onramp/steps"
)

// The guide of docs/adding-a-guide.md is proved here: registered as the others are, it goes through the whole program
// with nothing but its own folder.

// exampleFolder is the guide's, and exampleAnswers its answers file.
const (
	exampleFolder  = "testdata/guides/logbucket"
	exampleAnswers = exampleFolder + "/log-bucket.yaml"
	withExample    = "onramp-with-example" // the name under which this test's binary is the program with the guide
)

// guidesAndExample are the program's guides with one more: what one more line of registration would do.
func guidesAndExample() []steps.Guide { return append(guides(), logbucket.Guide()) }

func mainWithExample() { os.Exit(run(guidesAndExample(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// exampled runs the program with the example among its guides.
func exampled(t *testing.T, in string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errOut bytes.Buffer
	code = run(guidesAndExample(), args, strings.NewReader(in), &out, &errOut)
	return out.String(), errOut.String(), code
}

func TestExampleIsListedAndPlanned(t *testing.T) {
	out, stderr, code := exampled(t, "", "questions", "log-bucket")
	for _, want := range []string{"A bucket for logs\n", "preview: This guide is an example", "1. Bucket and key", "kms.alias", "default: log-writer"} {
		if !strings.Contains(out, want) {
			t.Errorf("questions lacks %q: exit code %d %s\n%s", want, code, stderr, out)
		}
	}
	out, stderr, code = exampled(t, "", "plan", "log-bucket", "--json", "--offline", "-a", exampleAnswers)
	var p struct {
		Guide           string
		Resources       []struct{ ID, Action string }
		Warnings        []plan.Warning
		Operator_policy json.RawMessage
	}
	if err := json.Unmarshal([]byte(out), &p); err != nil || code != exitDone {
		t.Fatalf("plan: exit code %d %v\n%s", code, err, stderr)
	}
	if p.Guide != "log-bucket" || len(p.Resources) != 4 || len(p.Operator_policy) == 0 || p.Warnings[0].Rule != "guide-standing" {
		t.Errorf("%+v", p)
	}
	if _, stderr, code := onramp(t, "questions", "log-bucket"); code == exitDone || !strings.Contains(stderr, "no guide is called") {
		t.Errorf("without its line it is there: exit code %d\n%s", code, stderr)
	}
}

// TestExampleIsExported in every format.
func TestExampleIsExported(t *testing.T) {
	for _, f := range formats() {
		out, stderr, code := exampled(t, "", "export", "log-bucket", "-f", f.name, "--offline", "-a", exampleAnswers)
		if f.name == "sql" {
			if code != exitFailed || out != "" || !strings.Contains(stderr, "nothing") {
				t.Errorf("there is no SQL, and exit code %d %s\n%s", code, stderr, out)
			}
			continue
		}
		if code != exitDone || !strings.Contains(out, "acme-logs") {
			t.Errorf("%s: exit code %d %s\n%s", f.name, code, stderr, out)
		}
		if f.name == "json" && !json.Valid([]byte(out)) {
			t.Errorf("no JSON: %s", out)
		}
	}
	folder := t.TempDir()
	if _, stderr, code := exampled(t, "", "export", "log-bucket", "-f", "all", "-o", folder, "--offline", "-a", exampleAnswers); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	if out, err := exec.Command("bash", "-n", filepath.Join(folder, "log-bucket.sh")).CombinedOutput(); err != nil {
		t.Errorf("bash cannot read the script: %v\n%s", err, out)
	}
	judge(t, filepath.Join(folder, "log-bucket.sh"))
	first, _, _ := exampled(t, "", "plan", "log-bucket", "--json", "--offline", "-a", exampleAnswers)
	again, stderr, code := exampled(t, "", "plan", "log-bucket", "--json", "--offline", "-a", filepath.Join(folder, "log-bucket.yaml"))
	if code != exitDone || again != first {
		t.Errorf("the exported answers make another plan: exit code %d\n%s", code, stderr)
	}
}

// TestExampleIsAppliedAndTakenBack is its life in an account.
func TestExampleIsAppliedAndTakenBack(t *testing.T) {
	if _, stderr, code := exampled(t, "", "apply", "log-bucket", "--practice", "--practice-delays", "0", "-a", exampleAnswers, "--yes"); code != exitDone {
		t.Fatalf("apply --practice: exit code %d\n%s", code, stderr)
	}
	a := practice.New(practice.Settings{Region: "eu-west-1"})
	file, _ := inAccountWith(t, a, exampleAnswers)
	want := func(code int, said string, args ...string) {
		t.Helper()
		out, stderr, got := exampled(t, "", args...)
		if got != code || !strings.Contains(out+stderr, said) {
			t.Fatalf("onramp %v: exit code %d, want %d and %q\n%s%s", args, got, code, said, out, stderr)
		}
	}
	want(exitDifferences, "+ IAM role log-writer", "verify", "log-bucket", "-a", file)
	want(exitDone, "4 changed", "apply", "log-bucket", "-a", file, "--yes")
	want(exitDone, "as planned: 4 resources", "verify", "log-bucket", "-a", file)
	calls := len(a.Calls())
	want(exitDone, "0 changed", "apply", "log-bucket", "-a", file, "--yes")
	for _, c := range a.Calls()[calls:] {
		if c.Mutating {
			t.Errorf("the second apply makes %s", c.Op)
		}
	}
	want(exitDone, "", "undo", "--yes")
	want(exitDifferences, "+ S3 bucket acme-logs", "verify", "log-bucket", "-a", file)
}

// TestExampleIsOffered on the wizard's first page, with what everybody must know, and by lines.
func TestExampleIsOffered(t *testing.T) {
	w, err := terminal.Start(terminal.Options{Size: terminal.Size{Width: 100, Height: 30}, Env: []string{"XDG_STATE_HOME=" + t.TempDir()}}, withExample, "--offline")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	play(t, w, "<wait:A bucket for logs>"+strings.Repeat("<down>", len(guides()))+"<wait:an example of how a guide is written><enter>")
	play(t, w, "<wait:Account number>111122223333<enter><wait:The region of the bucket>eu-west-1<enter><wait:Bucket name>")

	t.Setenv("XDG_STATE_HOME", t.TempDir())
	if _, stderr, _ := exampled(t, "", "--plain", "--offline"); !strings.Contains(stderr, "A bucket for logs") {
		t.Errorf("by lines it is not offered:\n%s", stderr)
	}
}

// TestExampleWithRandomAnswers: whatever is answered, every format holds it; and without an answer there is a problem, and no
// panic.
func TestExampleWithRandomAnswers(t *testing.T) {
	g := logbucket.Guide()
	drawn := plantest.Answers(g)
	rapid.Check(t, func(t *rapid.T) {
		d := drawn.Draw(t, "answers")
		s := source{guide: g, set: d.Answers, plan: d.Plan, origin: render.Origin{Version: "1.2.3", Command: "onramp"}}
		for _, f := range formats() {
			if _, err := f.folder(s); err != nil && (f.name != "sql" || !errors.Is(err, render.ErrNothing)) {
				t.Fatalf("%s: %v", f.name, err)
			}
		}
		keys := d.Given.Keys()
		less := d.Given.Without(rapid.SampledFrom(keys).Draw(t, "left open"))
		resolved, _ := g.Resolve(less)
		g.Build(resolved, d.Plan.Target)
	})
	resolved, problems := g.Resolve(answers.Set{})
	if p := g.Build(resolved, plan.Target{}); len(p.Resources) > 0 || len(problems) == 0 {
		t.Errorf("of nothing it makes %d resources, and %d answers are missing", len(p.Resources), len(problems))
	}
}

// TestExampleRefusesAndWarns is what its builder judges.
func TestExampleRefusesAndWarns(t *testing.T) {
	for key, c := range map[string]struct {
		set  []string
		said string
		code int
	}{
		"kms.key":             {[]string{"kms.choice=existing", "kms.key=arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}, "is in region us-east-1", exitAnswers},
		"role.source-account": {[]string{"role.source-account=false"}, "answer role.source-account with true", exitDone},
		"bucket.name":         {[]string{"bucket.name=acme.logs"}, "use hyphens instead", exitDone},
	} {
		args := []string{"plan", "log-bucket", "--offline", "-a", exampleAnswers}
		for _, set := range c.set {
			args = append(args, "--set", set)
		}
		out, stderr, code := exampled(t, "", args...)
		if code != c.code || !strings.Contains(out+stderr, c.said) {
			t.Errorf("%s: exit code %d\n%s%s", key, code, out, stderr)
		}
	}
}

// TestExampleHasAPickList: what the account holds is offered, and an answer that is taken.
func TestExampleHasAPickList(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	in := strings.Join([]string{"", "eu-west-1", "acme-logs", "3"}, "\n") + "\n"
	_, stderr, _ := exampled(t, in, "log-bucket", "--plain", "--practice", "--practice-delays", "0")
	if !strings.Contains(stderr, "1  alias/analytics: 1234abcd") {
		t.Errorf("%s", stderr)
	}
}

// TestPageShowsTheExample: what docs/adding-a-guide.md prints of the guide stands so in its source, however far it is indented.
func TestPageShowsTheExample(t *testing.T) {
	page := read(t, "../../docs/adding-a-guide.md")
	sources := map[string][]string{
		"go":   {read(t, exampleFolder+"/guide.go"), read(t, exampleFolder+"/build.go")},
		"yaml": {read(t, exampleAnswers)},
	}
	n := 0
	for language, of := range sources {
		for _, block := range fenced(page, language) {
			n++
			if !slices.ContainsFunc(of, func(s string) bool { return strings.Contains(flush(s), flush(block)) }) {
				t.Errorf("this stands in no source of the example:\n%s", block)
			}
		}
	}
	if n < 6 {
		t.Errorf("the page shows %d excerpts", n)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// fenced are the blocks of a page in a language.
func fenced(page, language string) []string {
	var out []string
	for _, after := range strings.Split(page, "```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(after, "```")
		out = append(out, block)
	}
	return out
}

// flush is a text with every line at the margin.
func flush(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return "\n" + strings.Join(lines, "\n") + "\n"
}

// TestTheTestsKnowEveryGuide: the tests of every output draw from a list of their own, since nothing can import this package.
func TestTheTestsKnowEveryGuide(t *testing.T) {
	var program, tests []string
	for _, g := range guides() {
		program = append(program, g.Name)
	}
	for _, g := range plantest.Guides() {
		tests = append(tests, g.Name)
	}
	if !slices.Equal(program, tests) {
		t.Errorf("guides() of the program has %v, Guides() of internal/modelcheck/plantest %v", program, tests)
	}
}
