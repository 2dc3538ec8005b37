package shell

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"onramp/internal/plan"
)

// wants are the calls that the script must make in an empty account, in order.
func wants(p plan.Plan) []string {
	var calls []string
	for _, r := range p.Resources {
		for i, st := range r.Spec.Steps() {
			if i > 0 && st.Fresh && len(r.Spec.Steps()[0].Create) > 0 {
				continue // done with the first step
			}
			for _, c := range st.Create {
				calls = append(calls, text(c))
			}
		}
	}
	return calls
}

// inEveryShell runs a test for each sample and shell.
func inEveryShell(t *testing.T, test func(t *testing.T, shell string, p plan.Plan)) {
	for name, g := range samples {
		for _, shell := range shells() {
			t.Run(name+" in "+shell, func(t *testing.T) {
				t.Parallel()
				test(t, shell, planOf(t, g))
			})
		}
	}
}

func TestFirstRunMakesTheCallsOfThePlanAndSecondNone(t *testing.T) {
	inEveryShell(t, func(t *testing.T, shell string, p plan.Plan) {
		a, script := newAccount(t, p), scriptOf(t, p)
		first := a.run(t, shell, script)
		if first.code != 0 {
			t.Fatalf("exit code %d\n%s\n%s", first.code, first.stdout, first.stderr)
		}
		same(t, "calls of the first run", first.changes, wants(p))
		a.there = append(a.there, a.all()...)
		second := a.run(t, shell, script)
		if second.code != 0 {
			t.Fatalf("exit code %d\n%s\n%s", second.code, second.stdout, second.stderr)
		}
		same(t, "calls of the second run", second.changes, nil)
		if !strings.Contains(second.stdout, "nothing has been changed") {
			t.Errorf("the second run does not say that nothing was changed:\n%s", second.stdout)
		}
	})
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Fatalf("%s, number %d of %d:\n got %s\nwant %s", what, i+1, len(want), g, w)
		}
	}
}

// mutating are the beginnings of the names of operations that change something.
func mutating(m made) bool {
	if len(m.Words) < 2 || isProbe(m.Words) || slices.Contains([]string{"configure", "sts"}, m.Words[0]) {
		return false
	}
	if slices.ContainsFunc([]string{"get-", "list-", "describe-", "head-"}, func(verb string) bool { return strings.HasPrefix(m.Words[1], verb) }) {
		return false
	}
	_, isQuery, _ := strings.Cut(strings.Join(m.Words, " "), "--sql SELECT ")
	return isQuery == ""
}

func TestDryRunOnlyReadsAndPrintsEveryCommand(t *testing.T) {
	inEveryShell(t, func(t *testing.T, shell string, p plan.Plan) {
		a, script := newAccount(t, p), scriptOf(t, p)
		o := a.run(t, shell, script, "DRY_RUN=1")
		if o.code != 0 {
			t.Fatalf("exit code %d\n%s\n%s", o.code, o.stdout, o.stderr)
		}
		for _, c := range o.calls {
			if mutating(c) {
				t.Errorf("a dry run made %v", c.Words)
			}
		}
		if strings.Contains(o.stdout, "file:///") {
			t.Errorf("a printed command names a file that is gone:\n%s", o.stdout)
		}
		pasted := a.run(t, shell, commands(o.stdout))
		same(t, "printed commands", blanked(textsOf(pasted.calls)), blanked(wants(p)))
	})
}

// TestOneFailedLogin: the first statement of a script goes alone, and where its login is refused no other is sent.
func TestOneFailedLogin(t *testing.T) {
	inEveryShell(t, func(t *testing.T, shell string, p plan.Plan) {
		a, script := newAccount(t, p), scriptOf(t, p)
		a.Refused = `FATAL: password authentication failed for user "awsuser"`
		a.there = append(a.there, a.all()...)
		for _, env := range []string{"", "DRY_RUN=1"} {
			o := a.run(t, shell, script, env)
			logins := 0
			for _, c := range o.calls {
				if len(c.Words) > 1 && c.Words[1] == "execute-statement" && !slices.Contains(c.Words, "--generate-cli-skeleton") {
					logins++
				}
			}
			if runs := len(p.SQL) > 0; runs && (logins != 1 || o.code == 0 || !strings.Contains(o.stderr, a.Refused)) || !runs && logins > 0 {
				t.Errorf("%q: %d logins, exit code %d\n%s", env, logins, o.code, o.stderr)
			}
		}
	})
}

// commands are the commands that a dry run has printed.
func commands(stdout string) string {
	var lines []string
	for line := range strings.Lines(stdout) {
		if strings.HasPrefix(line, "         aws ") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

var known = regexp.MustCompile(`value-of-[a-z0-9-]+|(<|\\u003c)known after apply(>|\\u003e)`)

// blanked are calls without the values that AWS gives.
func blanked(calls []string) []string {
	var out []string
	for _, c := range calls {
		out = append(out, known.ReplaceAllString(c, "VALUE"))
	}
	return out
}

func textsOf(calls []made) []string {
	var out []string
	for _, c := range calls {
		out = append(out, c.text())
	}
	return out
}
