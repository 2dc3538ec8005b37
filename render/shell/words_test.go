package shell

import (
	"bytes"
	"flag"
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"mvdan.cc/sh/v3/syntax"
	"pgregory.net/rapid"

	"onramp/internal/plan"
	"onramp/internal/policy"
)

// hostile are texts that mean something to a shell, to the AWS CLI, to JSON or to this package.
var hostile = []string{
	"", "'", `"`, "`id`", "$(id)", "${HOME}", "$HOME", `\`, `\\`, `\'`, `a\nb`, "a b", "  ", "*", "~", "~root", "#", "a#b", "!", "!!",
	";", "a;b", "|", "&", "a&b", "<", ">", "(", "{a,b}", "[a]", "=", "a=b", "if", "done", "-x", "--help", "--", "EOF", "EOF\nEOF_",
	"file:///etc/passwd", "fileb:///etc/passwd", "http://127.0.0.1:1/", "https://example.com", "[", `["a"]`, `{"a":1}`,
	"ünïcødé", "日本", "a\tb", "a\nb", "a\r\nb", "\u2028", "\u202e", "\u200b", "\ufdd0", "@arn_of_thing@", "@@arn_of_thing@@", "%s", "%d%n",
	"None", "<known after apply>", "\xff", "x\xe2\x80", "e\u0301", "😀", "\U000e0001", "'\"'\"'", `$'\x41'`, "a\\", "shellcheck disable=all",
}

// addresses are texts whose content the CLI would fetch.
var addresses = []string{"file:///etc/passwd", "fileb:///etc/passwd", "http://127.0.0.1:1/x", "https://example.com/'$x"}

// words draws texts, hostile ones often.
func words() *rapid.Generator[string] {
	text := rapid.OneOf(rapid.SampledFrom(hostile), rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("'\"\\$`!*;& \n()a-"))))
	return rapid.Custom(func(t *rapid.T) string {
		s := strings.Join(rapid.SliceOfN(text, 1, 3).Draw(t, "pieces"), "")
		return strings.Map(func(r rune) rune {
			if r == 0 || r == 1 || r == 0x7f { // NUL is no text; bash 3.2 uses the other two itself
				return -1
			}
			return r
		}, s)
	})
}

// printed runs a script and gives what it prints, cut at NULs.
func printed(t failer, shell, script string) []string {
	cmd := exec.Command(shell, "-c", script)
	if len(script) > 100_000 {
		cmd = exec.Command(shell)
		cmd.Stdin = strings.NewReader(script)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s: %v\n%s\n%s", shell, err, stderr.String(), script)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// checkScripts is rapid.Check for a property that runs a whole script each time: fewer times.
func checkScripts(t *testing.T, property func(*rapid.T)) {
	checks := flag.Lookup("rapid.checks")
	before := checks.Value.String()
	defer func() { _ = checks.Value.Set(before) }()
	if before == checks.DefValue {
		if err := checks.Value.Set("25"); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, property)
}

func TestEveryTextIsOneWordThatMeansIt(t *testing.T) {
	for _, shell := range shells() {
		rapid.Check(t, func(t *rapid.T) {
			texts := rapid.SliceOfN(words(), 1, 100).Draw(t, "texts")
			var script strings.Builder
			script.WriteString("set -euo pipefail\nprintf '%s\\0'")
			for _, text := range texts {
				script.WriteString(" " + Quote(text))
			}
			for i, got := range printed(t, shell, script.String()+"\n") {
				if got != texts[i] {
					t.Fatalf("%s: %q reads as %q, quoted %s", shell, texts[i], got, Quote(texts[i]))
				}
			}
		})
	}
}

func TestQuoteRefusesWhatIsNoArgument(t *testing.T) {
	if _, err := quoted("a\x00b"); err == nil {
		t.Error("a text with a NUL was quoted")
	}
	p := planWith(making)
	p.FollowUps = []plan.FollowUp{{Title: "t", SQL: "a\x00b"}}
	if _, err := Render(p, origin); err == nil {
		t.Error("a plan with a NUL was rendered")
	}
}

// TestTextsReachTheCallUnharmed puts texts into every place that a call has.
func TestTextsReachTheCallUnharmed(t *testing.T) {
	for _, shell := range shells() {
		checkScripts(t, func(r *rapid.T) {
			text := func(label string) string { return strings.ToValidUTF8(words().Draw(r, label), "") }
			c := plan.NewCall("iam", "CreateRole",
				"RoleName", text("string"), "Description", "-"+text("dashed"), "Path", rapid.SampledFrom(addresses).Draw(r, "address"),
				"Names", []string{text("item"), text("item"), "x"}, "One", []string{"x" + text("one")},
				"Tags", []plan.Object{plan.In("Key", text("key"), "Value", "x"+text("value"))}, "Config", plan.In("Nested", plan.In("Value", text("nested"))))
			p := planWith(plan.Step{Title: text("title"), Create: []plan.Call{c}, Refuse: text("refusal")})
			p.Title, p.Warnings = text("plan"), []plan.Warning{{Text: text("warning"), Remedy: text("remedy")}}
			p.FollowUps = []plan.FollowUp{{Title: text("follow-up"), When: text("when"), SQL: text("sql")}}
			script, err := Render(p, origin)
			if err != nil {
				r.Fatal(err)
			}
			parses(r, string(script))
			a := newAccount(t, p)
			o := a.run(t, shell, string(script))
			if o.code != 0 || len(o.changes) != 1 {
				r.Fatalf("%s: exit code %d\n%s\n got %q\nwant %q", shell, o.code, o.stderr, textsOf(o.calls), a.Changes[0].Call)
			}
			if sql := p.FollowUps[0].SQL; !strings.Contains(o.stdout, strings.TrimRight(sql, "\n")+";") {
				r.Fatalf("%s: the follow-up %q is not in\n%s", shell, sql, o.stdout)
			}
		})
	}
}

// failer is what testing.T and rapid.T have in common here.
type failer interface {
	Fatalf(format string, args ...any)
}

func parses(t failer, script string) {
	if _, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(script), "script.sh"); err != nil {
		t.Fatalf("the script does not parse: %v", err)
	}
}

func TestHostileNamesReachTheDatabaseUnharmed(t *testing.T) {
	names := []string{`it's`, `say "hi"`, `a;DROP TABLE x`, `back\slash`, "`id`", `$(touch owned)`, `日本 ünïcødé`, `100% *`, `--`, `a'||'b`}
	g := simple.with(given{"groups": len(names), "sql.run": "data-api", "sql.auth": "db-user"})
	for i, name := range names {
		g["groups."+string(rune('0'+i))+".name"] = name
	}
	p := planOf(t, g)
	for _, shell := range shells() {
		a := newAccount(t, p)
		o := a.run(t, shell, scriptOf(t, p))
		if o.code != 0 {
			t.Fatalf("%s: exit code %d\n%s", shell, o.code, o.stderr)
		}
		same(t, shell, o.changes, wants(p))
		for _, name := range names {
			quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
			found := false
			for _, c := range o.calls {
				for _, w := range c.Words {
					found = found || w == "CREATE GROUP "+quoted
				}
			}
			if !found {
				t.Errorf("%s: nothing says CREATE GROUP %s", shell, quoted)
			}
		}
	}
}

// TestReferencesAreFilledIn puts a value from AWS beside hostile texts, in a document, in JSON, in a
// word and in a follow-up.
func TestReferencesAreFilledIn(t *testing.T) {
	arn := plan.Ref{Resource: "thing", Output: "arn"}
	values := []string{"arn:aws:kms:us-east-1:1:key/a", "a&b", "@arn_of_thing@", "%s", "a|b", "$(id)", "*"}
	for _, shell := range shells() {
		checkScripts(t, func(r *rapid.T) {
			around := rapid.OneOf(rapid.SampledFrom([]string{"", "@", "@arn_of_thing", "arn_of_thing@", "@@arn_of_thing@", "&", "\\"}), words().Filter(func(s string) bool { return !strings.ContainsAny(s, "\ufdd0\ufdd1") }))
			text := strings.ToValidUTF8(around.Draw(r, "before")+arn.String()+around.Draw(r, "between")+arn.String()+around.Draw(r, "after"), "")
			d := plan.Document{Name: "d", Policy: policy.Document{Version: policy.Version, Statements: []policy.Statement{{Effect: policy.Allow, Resources: []string{text}}}}}
			p := planWith(
				plan.Step{Title: "look", Read: get, Take: []plan.Output{{Name: "arn", Read: "Arn"}}},
				plan.Step{Title: "use", Create: []plan.Call{plan.NewCall("iam", "PutRolePolicy", "RoleName", "x"+text, "PolicyDocument", d, "Tags", []plan.Object{plan.In("Key", text)})}},
			)
			p.FollowUps = []plan.FollowUp{{Title: "t", SQL: text}}
			v := rapid.SampledFrom(values).Draw(r, "value")
			a := newAccount(t, p)
			a.answer("Arn", reply{Out: v})
			a.Changes[0].Call = strings.ReplaceAll(a.Changes[0].Call, value(arn), strings.Trim(encoded(v), `"`))
			o := a.run(t, shell, scriptOf(t, p))
			if o.code != 0 || len(o.changes) != 1 {
				r.Fatalf("%s: exit code %d %s\n got %q\nwant %q", shell, o.code, o.stderr, textsOf(o.calls), a.Changes[0].Call)
			}
			if sql := plan.Fill(text, func(plan.Ref) string { return v }); !strings.Contains(o.stdout, strings.TrimRight(sql, "\n")+";") {
				r.Fatalf("%s: the follow-up %q is not in\n%s", shell, sql, o.stdout)
			}
		})
	}
}

func TestValuesThatCouldEndAStringAreRefused(t *testing.T) {
	p := planWith(
		plan.Step{Title: "look", Read: get, Take: []plan.Output{{Name: "arn", Read: "Arn"}}},
		plan.Step{Title: "use", Create: []plan.Call{plan.NewCall("iam", "X", "RoleName", plan.Ref{Resource: "thing", Output: "arn"}.String())}},
	)
	for _, shell := range shells() {
		for _, v := range []string{`a"b`, `a'b`, "a`b", `a\b`} {
			a := newAccount(t, p)
			a.answer("Arn", reply{Out: v})
			a.run(t, shell, scriptOf(t, p)).ended(t, "strange value for arn_of_thing")
		}
		a := newAccount(t, p)
		a.answer("Arn", reply{Out: "None"})
		a.run(t, shell, scriptOf(t, p)).ended(t, "AWS gave no value for arn_of_thing")
	}
}

func TestHeaderStaysAComment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := planWith(making)
		o := origin
		o.Command, o.Version = words().Draw(t, "command"), words().Draw(t, "version")
		p.Guide, p.Title, p.Warnings = words().Draw(t, "guide"), words().Draw(t, "title"), []plan.Warning{{Text: words().Draw(t, "warning")}}
		data, err := Render(p, o)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(string(data), "\nif [ ")
		for line := range strings.Lines(head) {
			if !strings.HasPrefix(line, "#") || strings.ContainsFunc(strings.TrimSuffix(line, "\n"), unicode.IsControl) {
				t.Fatalf("not a comment: %q", line)
			}
			if strings.HasPrefix(strings.TrimLeft(line, "# "), "shellcheck ") {
				t.Fatalf("a directive: %q", line)
			}
		}
	})
}

func TestRenderRefusesWhatAScriptCannotSay(t *testing.T) {
	tests := map[string]plan.Plan{
		"a reference that nothing gives": planWith(plan.Step{Title: "x", Create: []plan.Call{plan.NewCall("iam", "X", "Arn", plan.Ref{Resource: "no", Output: "arn"}.String())}}),
		"a reference before it is given": planWith(
			plan.Step{Title: "x", Create: []plan.Call{plan.NewCall("iam", "X", "A", plan.Ref{Resource: "thing", Output: "id"}.String())}},
			plan.Step{Title: "y", Read: get, Take: []plan.Output{{Name: "id", Read: "Id"}}},
		),
		"a value that is read, in a value": planWith(plan.Step{Title: "x", Read: get, Check: plan.Check{Query: "x"}, Create: []plan.Call{plan.NewCall("iam", "X", "Config", plan.In("A", plan.Current{Query: "x"}))}}),
		"a value of an unknown type":       planWith(plan.Step{Title: "x", Create: []plan.Call{plan.NewCall("iam", "X", "A", 1.5)}}),
		"an output of a statement": planWith(plan.Step{
			Title: "x", Create: []plan.Call{plan.NewCall("redshift-data", "ExecuteStatement", "Sql", "SELECT 1"), plan.NewCall("iam", "X", "A", plan.Ref{Resource: "thing", Output: "id"}.String())},
			Take: []plan.Output{{Name: "id", Made: "Id"}},
		}),
	}
	for name, p := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := Render(p, origin); err == nil {
				t.Error("it was rendered")
			}
		})
	}
}

// TestLinesAreOneCommand: bash reads the same words from a command on several lines as from one on one.
func TestLinesAreOneCommand(t *testing.T) {
	for _, shell := range shells() {
		checkScripts(t, func(r *rapid.T) {
			given := append([]string{"printf", `%s\0`}, rapid.SliceOfN(rapid.OneOf(words(), rapid.Just("--option")), 1, 8).Draw(r, "words")...)
			for i, w := range given {
				given[i] = strings.ReplaceAll(strings.ToValidUTF8(w, ""), "\x00", "")
			}
			quoted := make([]string, len(given))
			for i, w := range given {
				quoted[i] = Quote(w)
			}
			for _, text := range []string{strings.Join(quoted, " "), Lines(given)} {
				out, err := exec.Command(shell, "-c", text).Output()
				if want := strings.Join(given[2:], "\x00") + "\x00"; err != nil || string(out) != want {
					r.Fatalf("%s\ngives %q, want %q: %v", text, out, want, err)
				}
			}
		})
	}
}
