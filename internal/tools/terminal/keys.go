package terminal

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Waits while keys are typed.
const (
	quiet     = 150 * time.Millisecond // a screen that has not changed for so long is still
	mostWait  = 5 * time.Second        // for a screen to be still
	mostShown = 10 * time.Second       // for a text to show
)

// named are the keys that have no letter.
var named = map[string]string{
	"enter": "\r", "esc": "\x1b", "tab": "\t", "shift-tab": "\x1b[Z", "space": " ", "backspace": "\x7f", "lt": "<",
	"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
	"home": "\x1b[H", "end": "\x1b[F", "pgup": "\x1b[5~", "pgdn": "\x1b[6~", "delete": "\x1b[3~", "f1": "\x1bOP",
}

// Stroke is one thing to do at a terminal: type something, or wait until a text shows.
type Stroke struct{ Type, Wait string }

// Strokes reads keys as they are written for the tools: letters stand for themselves, and in angle
// brackets stands the name of a key (<enter>, <ctrl-u>, <f1>; <down*3> is three times), or a text to
// wait for: <wait:Review>. A < is written <lt>.
func Strokes(keys string) ([]Stroke, error) {
	var out []Stroke
	for keys != "" {
		text, rest, bracket := strings.Cut(keys, "<")
		if text != "" {
			out = append(out, Stroke{Type: text})
		}
		if !bracket {
			break
		}
		name, after, closed := strings.Cut(rest, ">")
		if !closed {
			return nil, fmt.Errorf("keys: <%s is not closed; write <lt> for the sign itself", rest)
		}
		strokes, err := stroke(name)
		if err != nil {
			return nil, err
		}
		out, keys = append(out, strokes...), after
	}
	return out, nil
}

// stroke reads what stands in angle brackets.
func stroke(name string) ([]Stroke, error) {
	if text, ok := strings.CutPrefix(name, "wait:"); ok {
		if text == "" {
			return nil, errors.New("keys: <wait:> names no text")
		}
		return []Stroke{{Wait: text}}, nil
	}
	key, times, repeated := strings.Cut(name, "*")
	count := 1
	if repeated {
		n, err := strconv.Atoi(times)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("keys: <%s>: %q is no number of times", name, times)
		}
		count = n
	}
	sequence, ok := named[key]
	if letter, control := strings.CutPrefix(key, "ctrl-"); control && len(letter) == 1 && letter[0] >= 'a' && letter[0] <= 'z' {
		sequence, ok = string(letter[0]&0x1f), true
	}
	if !ok {
		return nil, fmt.Errorf("keys: no key is called %q", key)
	}
	strokes := make([]Stroke, count)
	for i := range strokes {
		strokes[i].Type = sequence
	}
	return strokes, nil
}

// Play types keys, each when the screen is still, and waits until it is still again.
func (t *Terminal) Play(keys string) error {
	strokes, err := Strokes(keys)
	if err != nil {
		return err
	}
	t.Still(quiet, mostWait)
	for _, s := range strokes {
		if s.Wait != "" {
			if _, err := t.Until(mostShown, func(text string) bool { return strings.Contains(text, s.Wait) }); err != nil {
				return fmt.Errorf("wait for %q: %w; the screen:\n%s", s.Wait, err, t.Text())
			}
			continue
		}
		if err := t.Type(s.Type); err != nil {
			return err
		}
		t.Still(quiet, mostWait)
	}
	return nil
}
