// Package term says what the streams of the process are, and makes foreign text safe to print on a
// terminal. It must not know what is printed.
package term

import (
	"os"
	"strings"
	"unicode"

	xterm "github.com/charmbracelet/x/term"
)

// IsTerminal says whether a stream is a terminal. Anything but an *os.File is none.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && xterm.IsTerminal(f.Fd())
}

// Clean takes out of a text what could move a terminal's cursor or reorder what is read: control
// characters but line feeds and tabs, and the marks of bidirectional text.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Noncharacter_Code_Point, r):
			return '�'
		}
		return r
	}, s)
}
