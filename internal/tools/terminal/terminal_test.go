package terminal

import (
	"errors"
	"image/color"
	"reflect"
	"strings"
	"testing"
	"time"
)

func start(t *testing.T, script string) *Terminal {
	t.Helper()
	term, err := Start(Options{Size: Size{40, 10}, Background: color.White}, "sh", "-c", script)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = term.Close() }) // also of one that is closed already
	return term
}

func shows(text string) func(string) bool {
	return func(screen string) bool { return strings.Contains(screen, text) }
}

func TestProgramIsTypedAtAndRead(t *testing.T) {
	term := start(t, `printf 'name? '; read name; printf '\033[2J\033[3;5Hhello \033[1m%s' "$name"; sleep 60`)
	if err := term.Play("<wait:name?>ada<enter><wait:hello>"); err != nil {
		t.Fatal(err)
	}
	if want := "\n\n    hello ada"; strings.TrimRight(term.Text(), "\n ") != want {
		t.Errorf("want %q, have %q", want, term.Text())
	}
	if c := term.Cells()[2][10]; c.Content != "a" || c.Style.Attrs == 0 {
		t.Errorf("want a bold a, have %q %v", c.Content, c.Style)
	}
	if term.Written() == 0 {
		t.Error("no bytes counted")
	}
}

func TestEnvironmentIsOfATerminalWithColours(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	t.Setenv("TMUX", "x")
	term := start(t, `echo "[$TERM $COLORTERM $NO_COLOR$TMUX]"; stty size; sleep 60`)
	if _, err := term.Until(5*time.Second, shows("[xterm-256color truecolor ]")); err != nil {
		t.Error(err, term.Text())
	}
	if _, err := term.Until(5*time.Second, shows("10 40")); err != nil {
		t.Error(err, term.Text())
	}
}

func TestWhenIsWhenItWasWritten(t *testing.T) {
	term := start(t, `echo one; sleep 0.3; echo two; sleep 60`)
	one, err := term.Until(5*time.Second, shows("one"))
	if err != nil {
		t.Fatal(err)
	}
	two, err := term.Until(5*time.Second, shows("two"))
	if err != nil || two.Sub(one) < 200*time.Millisecond || one.Before(term.Started()) {
		t.Errorf("one %v, two %v after the start: %v", one.Sub(term.Started()), two.Sub(term.Started()), err)
	}
}

func TestWaitingEnds(t *testing.T) {
	if _, err := start(t, `echo bye`).Until(5*time.Second, shows("hello")); !errors.Is(err, ErrEnded) {
		t.Errorf("want %v, have %v", ErrEnded, err)
	}
	if _, err := start(t, `sleep 60`).Until(10*time.Millisecond, shows("hello")); err == nil || errors.Is(err, ErrEnded) {
		t.Errorf("want that it took too long, have %v", err)
	}
	start(t, `sleep 60`).Still(time.Millisecond, 10*time.Millisecond)                        // writes nothing
	start(t, `while :; do echo x; sleep 0.01; done`).Still(time.Second, 50*time.Millisecond) // never stops
	if _, err := Start(Options{Size: Size{40, 10}}); err == nil {
		t.Error("no command is no error")
	}
	if _, err := Start(Options{Size: Size{40, 10}}, "./no-such-program"); err == nil {
		t.Error("a command that is not there is no error")
	}
}

func TestCloseDoesNotWaitForWhatIsLeftRunning(t *testing.T) {
	term := start(t, `trap '' HUP; (sleep 20) & echo begun; wait`)
	if _, err := term.Until(5*time.Second, shows("begun")); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := term.Close(); err != nil || time.Since(begun) > 10*time.Second {
		t.Errorf("closed after %v: %v", time.Since(begun), err)
	}
}

func TestStrokes(t *testing.T) {
	for keys, want := range map[string][]Stroke{
		"":                          nil,
		"acme":                      {{Type: "acme"}},
		"a<lt>b":                    {{Type: "a"}, {Type: "<"}, {Type: "b"}},
		"<down*2><enter>":           {{Type: "\x1b[B"}, {Type: "\x1b[B"}, {Type: "\r"}},
		"<ctrl-u>x<wait:Review it>": {{Type: "\x15"}, {Type: "x"}, {Wait: "Review it"}},
	} {
		have, err := Strokes(keys)
		if err != nil || !reflect.DeepEqual(have, want) {
			t.Errorf("%q: want %q, have %q: %v", keys, want, have, err)
		}
	}
	for _, keys := range []string{"<enter", "<unknown>", "<ctrl->", "<ctrl-11>", "<down*0>", "<down*x>", "<wait:>", "<>"} {
		if have, err := Strokes(keys); err == nil {
			t.Errorf("%q is no error but %q", keys, have)
		}
	}
}
