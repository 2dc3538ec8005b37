package commandline_test

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"onramp/internal/plan"
	"onramp/render/commandline"
)

func TestQuote(t *testing.T) {
	tests := map[string]struct{ posix, windows string }{
		"redshift-ml":                 {"redshift-ml", "redshift-ml"},
		"--answers":                   {"--answers", "--answers"},
		"-a":                          {"-a", "-a"},
		"--set=role.policy=tightened": {"'--set=role.policy=tightened'", `"--set=role.policy=tightened"`},
		"role.policy=tightened":       {"'role.policy=tightened'", "role.policy=tightened"},
		"-1":                          {"-1", `"-1"`},
		"":                            {"''", `""`},
		"my answers.yaml":             {"'my answers.yaml'", `"my answers.yaml"`},
		`C:\Users\ada\answers.yaml`:   {`"C:\\Users\\ada\\answers.yaml"`, `C:\Users\ada\answers.yaml`},
		`C:\Users\Ada L\a.yaml`:       {`"C:\\Users\\Ada L\\a.yaml"`, `"C:\Users\Ada L\a.yaml"`},
		`C:\Ada L\`:                   {`"C:\\Ada L\\"`, `"C:\Ada L\\"`},
		`plan\`:                       {`"plan\\"`, `plan\`},
		`\\server\share\a.yaml`:       {`"\\\\server\\share\\a.yaml"`, `\\server\share\a.yaml`},
		"it's":                        {`"it's"`, `"it's"`},
		"a&b|c>d<e^f":                 {"'a&b|c>d<e^f'", `"a&b|c>d<e^f"`},
		"a,b":                         {"a,b", `"a,b"`},
		"@{a}":                        {"'@{a}'", `"@{a}"`},
		"#a":                          {"'#a'", `"#a"`},
		"$HOME":                       {`"\$HOME"`, "\"`$HOME\""},
		"$(calc)":                     {`"\$(calc)"`, "\"`$(calc)\""},
		"a`b":                         {"\"a\\`b\"", "\"a``b\""},
		`say "x"`:                     {`'say "x"'`, "\"say `\"x`\"\""},
		"“x”":                         {"“x”", "\"`“x`”\""},
		"%PATH%":                      {"%PATH%", `"%PATH%"`},
		"äöü":                         {"äöü", `"äöü"`},
		"a\nb":                        {"$'a\\nb'", `"a$([char]::ConvertFromUtf32(0xa))b"`},
	}
	for text, want := range tests {
		if got := commandline.Windows.Quote(text); got != want.windows {
			t.Errorf("Windows: %q is %s, want %s", text, got, want.windows)
		}
		if got := commandline.POSIX.Quote(text); got != want.posix {
			t.Errorf("POSIX: %q is %s, want %s", text, got, want.posix)
		}
	}
}

func TestOf(t *testing.T) {
	for goos, want := range map[string]commandline.Shell{"windows": commandline.Windows, "linux": commandline.POSIX, "darwin": commandline.POSIX} {
		if got := commandline.Of(goos); got != want {
			t.Errorf("%s has %v", goos, got)
		}
	}
}

func TestLine(t *testing.T) {
	words := []string{"onramp", "undo", `C:\Ada L\j.jsonl`}
	if got := commandline.Windows.Line(words); got != `onramp undo "C:\Ada L\j.jsonl"` {
		t.Error(got)
	}
	if got := commandline.POSIX.Line(words); got != `onramp undo "C:\\Ada L\\j.jsonl"` {
		t.Error(got)
	}
}

func TestVariables(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{commandline.POSIX.Set("AWS_PAGER", ""), "export AWS_PAGER=''"},
		{commandline.POSIX.Set("A", "a b"), "export A='a b'"},
		{commandline.Windows.Set("AWS_PAGER", ""), `$env:AWS_PAGER = ""`},
		{commandline.Windows.Set("AWS_REGION", "eu-west-1"), `$env:AWS_REGION = "eu-west-1"`},
		{commandline.Windows.Set("A", `C:\Ada L\`), `$env:A = "C:\Ada L\"`},
		{commandline.Windows.Set("A", "$b"), "$env:A = \"`$b\""},
		{commandline.POSIX.Unset([]string{"A", "B"}), "unset A B"},
		{commandline.Windows.Unset([]string{"A", "B"}), "Remove-Item -ErrorAction Ignore Env:A, Env:B"},
	} {
		if test.got != test.want {
			t.Errorf("%s, want %s", test.got, test.want)
		}
	}
}

func TestToDo(t *testing.T) {
	command := plan.FollowUp{Command: []string{"aws", "iam", "tag-role", "--role-name", "a b"}}
	if got := commandline.Windows.ToDo(command); got != "aws iam tag-role `\n  --role-name \"a b\"" {
		t.Error(got)
	}
	if got := commandline.POSIX.ToDo(command); got != "aws iam tag-role \\\n  --role-name 'a b'" {
		t.Error(got)
	}
	if got := commandline.Windows.ToDo(plan.FollowUp{SQL: "SELECT 1\n"}); got != "SELECT 1;" {
		t.Error(got)
	}
}

// TestEveryWordIsOne: as PowerShell reads a string in double quotes, the word is what it was but for backslashes at its end,
// and nothing in it is carried out. On one line it stays. How it is passed to a program is not part of this.
func TestEveryWordIsOne(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("a \\\"'`$%&^(){}@#,;\n\r\t“„\x1b-=.:/")))).Draw(r, "text")
		word := commandline.Windows.Quote(text)
		if strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsPrint(r) }) {
			r.Fatalf("%q has what cannot be printed", word)
		}
		if got := strings.TrimRight(read(r, word), `\`); got != strings.TrimRight(text, `\`) {
			r.Fatalf("%q is read as %q", text, got)
		}
	})
}

// read takes a word apart as PowerShell does, where what it does not escape means nothing.
func read(r *rapid.T, word string) string {
	inner, quoted := strings.CutPrefix(word, `"`)
	if !quoted {
		if strings.ContainsAny(word, " \"'`$&^(){}@#,;“„|<>%!") {
			r.Fatalf("%q is not quoted", word)
		}
		return word
	}
	inner, _ = strings.CutSuffix(inner, `"`)
	var out strings.Builder
	for inner != "" {
		if rest, is := strings.CutPrefix(inner, "$([char]::ConvertFromUtf32(0x"); is {
			digits, after, _ := strings.Cut(rest, "))")
			out.WriteRune(hex(r, digits))
			inner = after
			continue
		}
		runes := []rune(inner)
		if runes[0] == '`' {
			runes = runes[1:]
		} else if strings.ContainsRune("$\"“”„", runes[0]) {
			r.Fatalf("%q has %q that is not escaped", word, runes[0])
		}
		out.WriteRune(runes[0])
		inner = string(runes[1:])
	}
	return out.String()
}

func hex(r *rapid.T, digits string) rune {
	n := rune(0)
	for _, d := range digits {
		at := strings.IndexRune("0123456789abcdef", d)
		if at < 0 {
			r.Fatalf("%q is no number", digits)
		}
		n = n*16 + rune(at)
	}
	return n
}
