// Package term says what the streams of the process are, and makes foreign text safe to print on a
// terminal. It must not know what is printed.
package term

import (
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	xterm "github.com/charmbracelet/x/term"
)

// IsTerminal says whether a stream is a terminal. Anything but an *os.File is none.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && xterm.IsTerminal(f.Fd())
}

// resetScreen leaves the alternate screen and switches off what a program of screens may have switched on: colors, a
// hidden cursor, bracketed paste, reports of the mouse and of focus, and the protocols of more keys
// (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, https://sw.kovidgoyal.net/kitty/keyboard-protocol/).
const resetScreen = "\x1b[?1049l\x1b[0m\x1b[?25h\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\x1b[>4m\x1b[<u"

// Save remembers how a terminal is set. The function that it gives sets it so again, for when the program of screens
// that has it cannot do so itself. It does not wait for a terminal that takes nothing any more.
func Save(in any, out io.Writer) (restore func()) {
	f, ok := in.(*os.File)
	if !ok {
		return func() {}
	}
	state, err := xterm.GetState(f.Fd())
	if err != nil {
		return func() {}
	}
	return func() {
		_ = xterm.Restore(f.Fd(), state)
		written := make(chan struct{})
		go func() {
			_, _ = io.WriteString(out, resetScreen)
			close(written)
		}()
		select {
		case <-written:
		case <-time.After(200 * time.Millisecond):
		}
	}
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
