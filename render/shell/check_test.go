package shell

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
	"mvdan.cc/sh/v3/syntax"

	"onramp/internal/answers"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/testenv"
)

// everySample renders the samples, a plan with every kind of resource, and every nth of the guide's
// plans over all of its answers.
func everySample(t *testing.T, nth int, test func(t *testing.T, script string)) {
	plans := map[string]plan.Plan{"every kind": everyKind(t, "us-east-1"), "every kind in China": everyKind(t, "cn-north-1")}
	for name, g := range samples {
		plans[name] = planOf(t, g)
	}
	sample := testenv.OneOf(t, nth)
	for name, p := range plantest.RedshiftML() {
		if sample.Takes() {
			plans[name] = p
		}
	}
	for name, p := range plans {
		t.Run(name, func(t *testing.T) { test(t, scriptOf(t, p)) })
	}
}

func TestEveryScriptIsShellInItsCanonicalForm(t *testing.T) {
	everySample(t, 150, func(t *testing.T, script string) {
		f, err := syntax.NewParser(syntax.Variant(syntax.LangBash), syntax.KeepComments(true)).Parse(strings.NewReader(script), "script.sh")
		if err != nil {
			t.Fatal(err)
		}
		var printed bytes.Buffer
		if err := syntax.NewPrinter(syntax.Indent(2), syntax.SwitchCaseIndent(true)).Print(&printed, f); err != nil {
			t.Fatal(err)
		}
		if printed.String() != script {
			t.Errorf("shfmt -i 2 -ci would write the script differently:\n%s", udiff.Unified("script", "shfmt", script, printed.String()))
		}
	})
}

// tooNew are words and forms that bash 3.2 does not know.
var tooNew = regexp.MustCompile(`(?m)^[^#\n]*(\b(declare|local|typeset) -[a-zA-Z]*[Agnu]|\b(mapfile|readarray|coproc)\b|\bwait -n\b|` +
	`\$\{[^}]*(\^\^?|,,?|@[A-Za-z])\}|&>>|\|&|;;?&|\$'[^']*\\[uU]|\[\[ -[vR] |\$\{[A-Za-z_]+\[-|printf '?%\()`)

func TestScriptUsesNothingThatBash32DoesNotKnow(t *testing.T) {
	for _, newer := range []string{"declare -A x", "local -n y=x", "mapfile -t a", "echo ${x^^}", "echo ${x@Q}", "a &>> b", "a |& b", "a) b ;& c", `x=$'\u00e9'`, "[[ -v x ]]", "wait -n", "echo ${a[-1]}"} {
		if !tooNew.MatchString(newer) {
			t.Errorf("the test does not see %s", newer)
		}
	}
	for name, g := range samples {
		body := withoutHeredocs(scriptOf(t, planOf(t, g)))
		if found := tooNew.FindString(body); found != "" {
			t.Errorf("%s: %s", name, found)
		}
	}
}

var heredocs = regexp.MustCompile(`(?ms) <<'EOF'\n.*?^EOF$`)

func withoutHeredocs(script string) string { return heredocs.ReplaceAllString(script, "") }

func TestShellcheckFindsNothing(t *testing.T) {
	path := testenv.Tool(t, "shellcheck", "apt-get install shellcheck")
	sample := testenv.OneOf(t, 5) // shellcheck takes some seconds for a script
	everySample(t, 1500, func(t *testing.T, script string) {
		if !sample.Takes() {
			return
		}
		if strings.Contains(script, "shellcheck disable") {
			t.Error("the script switches a check off")
		}
		file := filepath.Join(t.TempDir(), "script.sh")
		if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(path, file).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
}

func TestTheSamePlanGivesTheSameBytes(t *testing.T) {
	for name, g := range samples {
		if scriptOf(t, planOf(t, g)) != scriptOf(t, planOf(t, g)) {
			t.Errorf("%s: two renderings differ", name)
		}
	}
}

func TestHeaderSaysWhereTheScriptComesFrom(t *testing.T) {
	p := planOf(t, restrictive)
	head, _, _ := strings.Cut(scriptOf(t, p), "set -euo pipefail")
	for _, want := range []string{
		"#!/usr/bin/env bash\n", "redshift-ml\n", "123456789012\n", "us-east-1\n", p.Hash(), origin.Version + "\n", origin.Command + "\n",
		"DRY_RUN=1", "ADOPT=1", p.Warnings[0].Text,
	} {
		if !strings.Contains(head, want) {
			t.Errorf("the header lacks %q:\n%s", want, head)
		}
	}
}

func TestPlanWithProblemsHasNoScript(t *testing.T) {
	p := planOf(t, simple)
	p.Problems = []answers.Problem{{Key: "bucket.name", Text: "is missing"}}
	if _, err := Render(p, origin); err == nil || !strings.Contains(err.Error(), "bucket.name: is missing") {
		t.Errorf("got %v", err)
	}
}

func TestSQLThatIsOnlyWrittenDownIsPrinted(t *testing.T) {
	p := planOf(t, simple.with(given{"groups": 1, "groups.0.name": "analysts", "sql.run": "export"}))
	a := newAccount(t, p)
	o := a.run(t, "bash", scriptOf(t, p))
	o.ended(t, "")
	for _, st := range p.SQL {
		if !strings.Contains(o.stdout, "\n"+st.Text+";\n") {
			t.Errorf("the output lacks %s;\n%s", st.Text, o.stdout)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	p := planOf(b, restrictive)
	for b.Loop() {
		if _, err := Render(p, origin); err != nil {
			b.Fatal(err)
		}
	}
}
