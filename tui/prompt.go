package tui

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// errInterrupted ends the line prompts: the input is over, or the context.
var errInterrupted = errors.New("interrupted")

// prompt asks on lines, for screen readers and terminals that cannot draw. All its questions read
// from one buffer, so that answers may be piped in.
type prompt struct {
	ctx   context.Context
	out   io.Writer
	lines chan string // closed at the end of the input
	err   error       // why lines was closed, where the input has no end
	turn  sync.Mutex  // one question at a time
}

func newPrompt(ctx context.Context, in io.Reader, out io.Writer) *prompt {
	p := &prompt{ctx: ctx, out: out, lines: make(chan string)}
	go p.read(bufio.NewReader(in))
	return p
}

// read hands over lines one by one, as they are asked for. It is apart because a read cannot be
// interrupted.
func (p *prompt) read(in *bufio.Reader) {
	defer close(p.lines)
	for {
		text, err := in.ReadString('\n')
		if text != "" {
			select {
			case p.lines <- strings.TrimRight(text, "\r\n"):
			case <-p.ctx.Done():
				return
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				p.err = fmt.Errorf("read answer: %w", err)
			}
			return
		}
	}
}

// plainWidth is how wide lines are set.
const plainWidth = 78

// say writes a paragraph.
func (p *prompt) say(format string, args ...any) {
	for _, l := range words(clean(fmt.Sprintf(format, args...)), plainWidth) {
		p.line(l)
	}
}

// line writes one line as it is.
func (p *prompt) line(l string) { _, _ = fmt.Fprintln(p.out, strings.TrimRight(l, " ")) }

// ask writes a label, with the default in brackets, and reads a line. An empty one is the default.
func (p *prompt) ask(label, byDefault string) (string, error) {
	p.turn.Lock()
	defer p.turn.Unlock()
	if byDefault != "" {
		label += " [" + line(byDefault) + "]"
	}
	_, _ = fmt.Fprint(p.out, line(label)+": ")
	err := errInterrupted
	select {
	case <-p.ctx.Done():
	case text, more := <-p.lines:
		if more {
			if text = strings.TrimSpace(clean(text)); text == "" {
				text = byDefault
			}
			return text, nil
		}
		err = cmp.Or(p.err, err)
	}
	p.line("")
	return "", err
}

// choose asks for one of several, by number or by value. none: there is no default.
func (p *prompt) choose(options []option, byDefault int) (option, error) {
	p.options(options)
	for {
		number := ""
		if byDefault >= 0 {
			number = strconv.Itoa(byDefault + 1)
		}
		text, err := p.ask("Number", number)
		if err != nil {
			return option{}, err
		}
		if o, ok := pick(options, text); ok {
			return o, nil
		}
		p.say("✗ give a number from 1 to %d", len(options))
	}
}

const none = -1

func (p *prompt) options(options []option) {
	for i, o := range options {
		text := o.title
		if o.help != "" {
			text += ": " + o.help
		}
		for n, l := range wrap(clean(text), plainWidth-5) {
			lead := "     "
			if n == 0 {
				lead = fmt.Sprintf("%3d  ", i+1)
			}
			p.line(lead + l)
		}
	}
}

// pick finds an option by its number or its value.
func pick(options []option, text string) (option, bool) {
	for i, o := range options {
		if text == strconv.Itoa(i+1) || text != "" && text == o.value {
			return o, true
		}
	}
	return option{}, false
}
