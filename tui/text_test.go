package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for name, c := range map[string]struct{ in, out string }{
		"plain text":                {"acme-redshift-ml", "acme-redshift-ml"},
		"a line feed stays":         {"a\nb", "a\nb"},
		"a tab is a space":          {"a\tb", "a b"},
		"escape sequences":          {"\x1b[31mred\x1b[0m\x1b]0;title\x07", "red"},
		"control characters":        {"a\x00\x08\rb\x7f\u0085", "ab"},
		"what turns the direction":  {"a\u202eb\u2066c\u200f", "abc"},
		"what has no width":         {"a\u200bb\ufeffc\u00ad", "abc"},
		"a plan's marks":            {"\ufdd0key.arn\ufdd1", "key.arn"},
		"line and paragraph breaks": {"a\u2028b\u2029", "ab"},
		"bytes that are not UTF-8":  {"a\xffb", "ab"},
		"letters of other writings": {"日本 é ß عربي", "日本 é ß عربي"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := clean(c.in); got != c.out {
				t.Errorf("clean(%q) = %q, want %q", c.in, got, c.out)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	for name, c := range map[string]struct {
		in    string
		width int
		out   []string
	}{
		"between words":        {"one two three", 7, []string{"one two", "three"}},
		"not at hyphens":       {"in us-east-1 and eu", 11, []string{"in", "us-east-1", "and eu"}},
		"a word that is wider": {"a redshift-downloads", 8, []string{"a", "redshift", "-downloa", "ds"}},
		"wide letters":         {"日本語 日本", 6, []string{"日本語", "日本"}},
		"line feeds":           {"a b\n\nc", 9, []string{"a b", "", "c"}},
		"nothing":              {"", 9, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := wrap(c.in, c.width); !slices.Equal(got, c.out) {
				t.Errorf("%q", got)
			}
		})
	}
}

// TestWidths draws any text at any width: no line is wider than it was asked to be, and wrapping
// loses no letter.
func TestWidths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		width := rapid.IntRange(2, 90).Draw(t, "width")
		cleaned := clean(text)
		for _, l := range wrap(cleaned, width) {
			if ansi.StringWidth(l) > width {
				t.Fatalf("%q is wider than %d", l, width)
			}
		}
		letters := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got := letters(strings.Join(wrap(cleaned, width), "")); got != letters(cleaned) {
			t.Fatalf("%q became %q", cleaned, got)
		}
		if w := ansi.StringWidth(fit(line(text), width)); w != width {
			t.Fatalf("fit makes %d cells of %d", w, width)
		}
		if w := ansi.StringWidth(ends(line(text), "right", width)); w != width && width >= 5 {
			t.Fatalf("ends makes %d cells of %d", w, width)
		}
	})
}

// TestPaint wants the painter to change nothing but colours.
func TestPaint(t *testing.T) {
	th := newTheme(true)
	for _, l := range []string{
		"", "{", `  "Version": "2012-10-17",`, `    "a:b\"c\\",`, `  "x": [`, "],", `"unclosed`, `"name":`, "+ IAM role redshift-ml", "├─ tag bucket", "   └─ + policy", "plain",
		`  "日本": "\u00e9"`,
	} {
		for _, changed := range []bool{false, true} {
			if got := ansi.Strip(paint(th, l, changed)); got != l {
				t.Errorf("%q became %q", l, got)
			}
		}
	}
	if !strings.Contains(paint(th, `  "Effect": "Allow",`, false), "\x1b[") {
		t.Error("no colour")
	}
}

func TestElapsed(t *testing.T) {
	for seconds, want := range map[int]string{0: "0 s", 59: "59 s", 60: "1 min", 754: "12 min 34 s"} {
		if got := elapsed(time.Duration(seconds) * time.Second); got != want {
			t.Errorf("%d s are %q", seconds, got)
		}
	}
}
