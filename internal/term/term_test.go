package term_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/creack/pty"
	"pgregory.net/rapid"

	"onramp/internal/term"
)

func TestClean(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"plain":                          {"role redshift-ml", "role redshift-ml"},
		"lines and tabs":                 {"a\n\tb\n", "a\n\tb\n"},
		"other scripts":                  {"日本語 ünï é", "日本語 ünï é"},
		"colour":                         {"\x1b[31mred\x1b[0m", "\ufffd[31mred\ufffd[0m"},
		"a title":                        {"\x1b]0;x\x07", "\ufffd]0;x\ufffd"},
		"back to the line's beginning":   {"safe\rrm", "safe\ufffdrm"},
		"one back":                       {"a\bb", "a\ufffdb"},
		"an escape in one character":     {"\u009b31m", "\ufffd31m"},
		"right to left":                  {"a\u202eb\u2066c", "a\ufffdb\ufffdc"},
		"what has no width":              {"a\u200bb\ufeff", "a\ufffdb\ufffd"},
		"the mark of a reference":        {"\ufdd0key.arn\ufdd1", "\ufffdkey.arn\ufffd"},
		"what is not UTF-8":              {"a\xffb\x9b31m", "a\ufffdb\ufffd31m"},
		"deleted":                        {"a\x7f", "a\ufffd"},
		"nothing":                        {"", ""},
		"line separators of other kinds": {"a\u2028b\u2029c\u0085d", "a\u2028b\u2029c\ufffdd"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := term.Clean(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestNothingOfAnyTextMovesTheCursor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		got := term.Clean(s)
		if !utf8.ValidString(got) || term.Clean(got) != got {
			t.Fatalf("%q became %q", s, got)
		}
		for _, r := range got {
			if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Fatalf("%q still has %q", s, r)
			}
		}
		if strings.Count(got, "\n") != strings.Count(s, "\n") {
			t.Fatalf("%q has other lines than %q", got, s)
		}
	})
}

func TestIsTerminal(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	for name, stream := range map[string]any{"a file": file, "a pipe": w, "a buffer": &bytes.Buffer{}, "nothing": nil, "no file": (*os.File)(nil)} {
		if term.IsTerminal(stream) {
			t.Errorf("%s is taken for a terminal", name)
		}
	}
	master, slave, err := pty.Open()
	if err != nil {
		t.Skipf("NOT TESTED: a terminal is recognised: %v", err)
	}
	defer master.Close()
	defer slave.Close()
	if !term.IsTerminal(slave) {
		t.Error("a terminal is not recognised")
	}
}
