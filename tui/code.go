package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// CodeRequest asks for a code of an MFA device.
type CodeRequest struct {
	Device  string // ARN or serial number
	Profile string
	Reason  string // "" : the first time; else why AWS refused the code before
}

// ErrNoCode says that the operator gave no code.
var ErrNoCode = errors.New("no code was given")

// Codes passes requests for codes to whoever asks the operator: the screens or the line prompts.
type Codes struct {
	asked   chan *codeAsked
	closed  <-chan struct{}
	pending atomic.Int32
}

// NewCodes makes one. Requests fail once ctx has ended.
func NewCodes(ctx context.Context) *Codes {
	return &Codes{asked: make(chan *codeAsked), closed: ctx.Done()}
}

// codeAsked is a request that waits for its answer.
type codeAsked struct {
	CodeRequest
	answer chan string // "" : the operator gave up
}

// Ask waits for a code, as long as it takes.
func (c *Codes) Ask(ctx context.Context, r CodeRequest) (string, error) {
	c.pending.Add(1)
	defer c.pending.Add(-1)
	asked := &codeAsked{r, make(chan string, 1)}
	select {
	case c.asked <- asked:
	case <-c.closed:
		return "", ErrNoCode
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case code := <-asked.answer:
		if code == "" {
			return "", ErrNoCode
		}
		return code, nil
	case <-c.closed:
		return "", ErrNoCode
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// open says that the operator is being asked.
func (c *Codes) open() bool { return c != nil && c.pending.Load() > 0 }

// next waits for a request.
func (c *Codes) next(ctx context.Context) *codeAsked {
	if c == nil {
		return nil
	}
	select {
	case asked := <-c.asked:
		return asked
	case <-ctx.Done():
	case <-c.closed:
	}
	return nil
}

// Code reads a code as people type it.
func Code(text string) (string, error) {
	code := strings.Join(strings.Fields(text), "")
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
		return "", errors.New("a code has 6 digits")
	}
	return code, nil
}

// Title says which device a code is asked of.
func (r CodeRequest) Title() string {
	text := "MFA code of " + line(r.Device)
	if r.Profile != "" {
		text += fmt.Sprintf(" (profile %s)", line(r.Profile))
	}
	return text
}

// codePrompt asks for an MFA code above the current page, which keeps running.
type codePrompt struct {
	w     *Wizard
	asked *codeAsked
	field *field
	deaf  bool // it has opened by itself: keys may be meant for the page
	err   string
}

// hearCodes waits for the next request.
func (w *Wizard) hearCodes() tea.Cmd {
	if w.o.Codes == nil {
		return nil
	}
	return func() tea.Msg {
		if asked := w.o.Codes.next(w.ctx); asked != nil {
			return asked
		}
		return nil
	}
}

// codeHeard ends the time in which a prompt takes no keys.
type codeHeard struct{ of *codePrompt }

func (m *codeAsked) arrive(w *Wizard) tea.Cmd {
	p := &codePrompt{w: w, asked: m, field: newText(&w.theme, ""), err: line(m.Reason)}
	w.code = p
	if m.Reason != "" { // the operator is at it
		return nil
	}
	p.deaf = true
	return tea.Tick(grace, func(time.Time) tea.Msg { return codeHeard{p} })
}

func (m codeHeard) arrive(*Wizard) tea.Cmd {
	m.of.deaf = false
	return nil
}

// press takes a key or a paste.
func (p *codePrompt) press(msg tea.Msg) tea.Cmd {
	k, isKey := msg.(tea.KeyPressMsg)
	switch {
	case p.deaf:
	case isKey && key.Matches(k, keys.back):
		return p.end("")
	case isKey && key.Matches(k, keys.enter):
		code, err := Code(p.field.value())
		if err != nil {
			p.err = err.Error()
			return nil
		}
		return p.end(code)
	default:
		p.field.update(msg)
		p.err = ""
	}
	return nil
}

// end answers the request; "" gives up.
func (p *codePrompt) end(code string) tea.Cmd {
	p.w.code = nil
	p.asked.answer <- code
	return p.w.hearCodes()
}

// lines draws the prompt above the page.
func (p *codePrompt) lines(width int) []string {
	t := p.w.theme
	title := wrap(p.asked.Title(), width)
	out := each(title[:min(len(title), errorRows)], t.strong.Render)
	out = append(out, p.field.view(width, 1)...)
	return append(out, t.rule.Render(strings.Repeat("─", width)))
}

func (p *codePrompt) keys() []key.Binding {
	return []key.Binding{called(keys.enter, "continue"), called(keys.back, "cancel")}
}

// codes answers requests by line prompts until the walk ends.
func (p *plain) codes(ctx context.Context) {
	for asked := p.o.Codes.next(ctx); asked != nil; asked = p.o.Codes.next(ctx) {
		asked.answer <- p.code(asked.CodeRequest)
	}
}

// code asks for one code; "" : the operator gave up.
func (p *plain) code(r CodeRequest) string {
	if r.Reason != "" {
		p.say("✗ %s", line(r.Reason))
	}
	for {
		text, err := p.ask(r.Title()+", < cancels", "")
		if err != nil || text == "<" {
			return ""
		}
		code, err := Code(text)
		if err == nil {
			return code
		}
		p.say("✗ %s", err)
	}
}
