package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// example is a command of the README with the lines that it says come out.
type example struct {
	command string
	want    []string
}

// hash is a plan's hash in a line: it changes with every change of the guide.
var hash = regexp.MustCompile(`plan [0-9a-f]{12}`)

func examples(readme string) []example {
	var out []example
	inside := false
	for line := range strings.SplitSeq(readme, "\n") {
		switch {
		case line == "```console":
			inside = true
		case strings.HasPrefix(line, "```"):
			inside = false
		case inside && strings.HasPrefix(line, "$ "):
			out = append(out, example{command: strings.TrimPrefix(line, "$ ")})
		case inside && len(out) > 0:
			out[len(out)-1].want = append(out[len(out)-1].want, line)
		}
	}
	return out
}

// TestReadmeExamples runs every example of the README and holds what comes out against it; "..."
// stands for further lines.
func TestReadmeExamples(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("../..")
	all := examples(string(data))
	if len(all) < 5 {
		t.Fatalf("only %d examples", len(all))
	}
	for _, e := range all {
		t.Run(e.command, func(t *testing.T) {
			words := strings.Fields(e.command)
			if words[0] != "onramp" {
				t.Fatalf("the example runs %s", words[0])
			}
			stdout, stderr, code := onramp(t, words[1:]...)
			if code != 0 {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
			for i, want := range e.want {
				if want == "..." {
					if len(lines) <= i {
						t.Errorf("nothing comes after line %d", i)
					}
					return
				}
				if i >= len(lines) || hash.ReplaceAllString(lines[i], "plan") != hash.ReplaceAllString(want, "plan") {
					t.Fatalf("line %d is %q, README says %q", i+1, lines[min(i, len(lines)-1)], want)
				}
			}
			if len(lines) != len(e.want) {
				t.Errorf("%d lines come out, README shows %d", len(lines), len(e.want))
			}
		})
	}
}
