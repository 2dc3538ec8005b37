package main

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the program prints into README and docs")

// example is a command of a console block with the lines that it says come out.
type example struct {
	command string
	first   int // index of the line after the command
	want    []string
}

// omitted stands for one line or more that are not shown.
const omitted = "..."

// examples are those of a page's console blocks.
func examples(lines []string) []example {
	var out []example
	inside := false
	for i, line := range lines {
		switch {
		case line == "```console":
			inside = true
		case strings.HasPrefix(line, "```"):
			inside = false
		case inside && strings.HasPrefix(line, "$ "):
			out = append(out, example{command: strings.TrimPrefix(line, "$ "), first: i + 1})
		case inside && len(out) > 0:
			out[len(out)-1].want = append(out[len(out)-1].want, line)
		}
	}
	return out
}

// shows says whether want is what have prints: the same lines, to the letter, but for those that are omitted.
func shows(want, have []string) bool {
	i := slices.Index(want, omitted)
	if i < 0 {
		return slices.Equal(want, have)
	}
	if len(have) <= i || !slices.Equal(want[:i], have[:i]) {
		return false
	}
	if i+1 == len(want) {
		return true
	}
	for have = have[i+1:]; len(have) > 0; have = have[1:] {
		if shows(want[i+1:], have) {
			return true
		}
	}
	return false
}

// TestConsoleExamples runs every example of README and docs and holds it against what comes out. After a change of what
// is printed, -update writes the lines above the first omitted ones anew.
func TestConsoleExamples(t *testing.T) {
	t.Chdir("../..")
	pages, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for page, least := range map[string]int{"README.md": 9, "docs/ai-unlimited.md": 1, "docs/amazon-ml.md": 1} {
		if n := len(examples(readLines(t, page))); n < least {
			t.Errorf("%s has %d examples, want %d or more", page, n, least)
		}
	}
	for _, page := range append(pages, "README.md") {
		lines := readLines(t, page)
		for _, e := range slices.Backward(examples(lines)) {
			t.Run(page+" "+e.command, func(t *testing.T) {
				have := e.output(t)
				if shows(e.want, have) {
					return
				}
				if !*update {
					t.Fatalf("%s shows\n%s\nand the program prints\n%s", page, strings.Join(e.want, "\n"),
						strings.Join(have[:min(len(have), len(e.want)+2)], "\n"))
				}
				old, shown := len(e.want), len(have)
				if i := slices.Index(e.want, omitted); i >= 0 {
					old, shown = i, min(i, len(have))
				}
				lines = slices.Replace(lines, e.first, e.first+old, have[:shown]...)
			})
		}
		if *update {
			if err := os.WriteFile(page, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func readLines(t *testing.T, page string) []string {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(data), "\n")
}

// output are the lines that an example prints.
func (e example) output(t *testing.T) []string {
	t.Helper()
	words := strings.Fields(e.command)
	if words[0] != "onramp" {
		t.Fatalf("the example runs %s", words[0])
	}
	stdout, stderr, code := onramp(t, words[1:]...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	return strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
}

// TestShowsIsLiteral breaks examples in the ways in which a page goes out of date.
func TestShowsIsLiteral(t *testing.T) {
	have := []string{"account 1, plan d53059959fda", "a", "b", "c"}
	for _, c := range []struct {
		want  []string
		shows bool
	}{
		{have, true},
		{[]string{"account 1, plan d53059959fda", omitted}, true},
		{[]string{omitted, "c"}, true},
		{[]string{"account 1, plan d53059959fda", omitted, "b", omitted}, true},
		{[]string{"account 1, plan d53059959fdb", omitted}, false},
		{[]string{"account 1, plan d53059959fda", "a", "b", "c", omitted}, false},
		{[]string{"account 1, plan d53059959fda", omitted, "c", "d"}, false},
		{have[:3], false},
		{[]string{omitted, "b"}, false},
	} {
		if got := shows(c.want, have); got != c.shows {
			t.Errorf("shows(%q) is %v", c.want, got)
		}
	}
}
