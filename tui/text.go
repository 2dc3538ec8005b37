package tui

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// clean makes text from outside fit to be shown: control characters, what turns the direction of
// writing and what has no width are taken out. Line feeds stay.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\uFFFD',
			r >= 0xFDD0 && r <= 0xFDEF, r == '\u2028', r == '\u2029': // noncharacters; line separators
			return -1
		}
		return r
	}, ansi.Strip(s))
}

// line is clean text on one line.
func line(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// wrap breaks text between words. ansi.Wrap would break names such as us-east-1 at their hyphens.
// A word wider than the line is cut where it must be.
func wrap(s string, width int) []string {
	width = max(width, 1)
	var out []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		var pieces []string
		for _, word := range strings.Fields(paragraph) {
			if ansi.StringWidth(word) > width { // its end goes on a line with what follows
				rows := strings.Split(ansi.Hardwrap(word, width, true), "\n")
				if len(pieces) > 0 {
					out = append(out, words(strings.Join(pieces, " "), width)...)
				}
				out, pieces, word = append(out, rows[:len(rows)-1]...), nil, rows[len(rows)-1]
			}
			pieces = append(pieces, word)
		}
		out = append(out, words(strings.Join(pieces, " "), width)...)
	}
	return out
}

// words breaks text between words and nowhere else, so that addresses and commands can be copied.
func words(s string, width int) []string {
	var out []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		row, room := "", width
		for _, word := range strings.Fields(paragraph) {
			need := ansi.StringWidth(word)
			if row != "" && need+1 > room {
				out, row, room = append(out, row), "", width
			}
			if row != "" {
				row += " "
				room--
			}
			row += word
			room -= need
		}
		out = append(out, row)
	}
	return out
}

// cut shortens a styled line to a width.
func cut(s string, width int) string { return ansi.Truncate(s, max(width, 0), "…") }

// fit makes a styled line exactly as wide as asked.
func fit(s string, width int) string {
	s = cut(s, width)
	return s + strings.Repeat(" ", max(0, width-ansi.StringWidth(s)))
}

// ends puts one text at the left end of a line and one at the right. Where both do not fit, the
// left one is cut.
func ends(left, right string, width int) string {
	if right != "" {
		right = " " + right
	}
	room := width - ansi.StringWidth(right)
	if room < 0 {
		return fit(right[1:], width)
	}
	return fit(left, room) + right
}

// indent puts the same text before every line.
func indent(lines []string, by string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = by + l
	}
	return out
}

// each does the same to every line.
func each(lines []string, do func(...string) string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = do(l)
	}
	return out
}

// counted is a number with its noun: "1 file", "2 files".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return itoa(n) + " " + noun + "s"
}
