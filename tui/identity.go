package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// identifyLimit bounds the look at whose credentials there are, for a Port that never ends: a credential_process may
// take a minute. The time in which a code is asked for does not count.
const identifyLimit = 80 * time.Second

// credentials is what is known of the caller.
type credentials struct {
	Identity
	state whoState
	err   error  // refused
	alias string // of the account; "" : it has none, or who it is may not be asked
}

type whoState int

const (
	looking whoState = iota
	known
	refused // AWS did not take them, or there are none
	offline // not to be used
)

func newCredentials(o Options) credentials {
	switch {
	case o.Offline:
		return credentials{state: offline}
	case o.Port.Identify == nil:
		return credentials{state: refused, err: errors.New("none found")}
	}
	return credentials{state: looking}
}

// widthOfNames is the width of a header that has room for the account's name beside that of a guide.
const widthOfNames = 96

// whose is the right end of the header.
func (w *Wizard) whose(width int) string {
	switch w.who.state {
	case looking:
		return "looking who you are…"
	case refused:
		if w.alone() {
			return "no credentials"
		}
		return "offline: export only"
	case offline:
		return "offline: export only"
	}
	region := w.who.Region
	if w.session != nil && w.session.answers.Has(keyRegion) {
		region = w.session.answers.Text(keyRegion)
	}
	text := line(w.who.Account)
	if width >= widthOfNames {
		text = w.who.account()
	}
	if region != "" {
		text += " · " + line(region)
	}
	if w.who.Profile != "" && width >= threePanes {
		text += " · " + line(w.who.Profile)
	}
	return text
}

// sentence says on the start page whose credentials there are.
func (c credentials) sentence() string {
	switch c.state {
	case looking:
		return "looking who you are…"
	case offline:
		return "offline: nothing is asked of AWS, and the result can be exported."
	case refused:
		return c.refusal() + " onramp goes on offline: the result can be exported, not applied."
	}
	text := c.account()
	if c.Region != "" {
		text += " · " + line(c.Region)
	}
	if c.Caller != "" {
		text += "\n" + line(c.Caller)
	}
	if c.Profile != "" {
		text += "\nprofile " + line(c.Profile)
	}
	return text
}

// account is the number of the account, and the name that people know it by.
func (c credentials) account() string {
	if c.alias == "" {
		return line(c.Account)
	}
	return line(c.Account) + " (" + line(c.alias) + ")"
}

// aliasLimit bounds the look for the account's alias, which nothing waits for but plain lines.
const aliasLimit = 2 * time.Second

// askAlias gives the account's alias; "" where there is none, or it may not be asked.
func askAlias(ctx context.Context, p Port) string {
	if p.Alias == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, aliasLimit)
	defer cancel()
	alias, err := attempt(ctx, func() (string, error) { return p.Alias(ctx) })
	if err != nil {
		return ""
	}
	return alias
}

// aliased is what Port.Alias answered of an account.
type aliased struct{ account, alias string }

// nameAccount asks for the account's alias.
func (w *Wizard) nameAccount() tea.Cmd {
	if w.who.state != known || w.o.Port.Alias == nil {
		return nil
	}
	account := w.who.Account
	return func() tea.Msg { return aliased{account, askAlias(w.ctx, w.o.Port)} }
}

func (m aliased) arrive(w *Wizard) tea.Cmd {
	if w.who.Account == m.account {
		w.who.alias = m.alias
	}
	return nil
}

// refusal says why there are none, and what to do where that is known.
func (c credentials) refusal() string {
	var none interface{ NoCredentials() bool }
	if h := hint(c.err); h != "" || errors.As(c.err, &none) && none.NoCredentials() {
		return strings.TrimSpace(sentence(c.err.Error()) + ". " + sentence(h))
	}
	return fmt.Sprintf("no AWS credentials that work (%s).", line(c.err.Error()))
}

// sentence writes an error or a hint as a sentence, without its full stop: a hint may end with a command.
func sentence(s string) string {
	if s = line(s); s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + strings.TrimSuffix(s[1:], ".")
}

// identified is what Port.Identify answered.
type identified struct {
	who Identity
	err error
}

func (w *Wizard) identify() tea.Cmd {
	if w.who.state != looking {
		return nil
	}
	return func() tea.Msg {
		who, err := askWho(w.ctx, w.o)
		return identified{who, err}
	}
}

// alone says that there are no credentials, and that it is to be asked how to go on.
func (w *Wizard) alone() bool {
	return w.who.state == refused && w.o.Practice != nil && !w.o.practising
}

// left asks how to go on where there turned out to be no credentials.
func (w *Wizard) left() tea.Cmd {
	if !w.alone() {
		return nil
	}
	if p, ok := w.page.(*start); ok {
		p.alone()
		return nil
	}
	return w.interpose(newStart(w))
}

func askWho(ctx context.Context, o Options) (Identity, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := fmt.Errorf("no answer within %s", identifyLimit)
	clock := time.NewTicker(identifyLimit)
	defer clock.Stop()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-clock.C:
				if !o.Codes.open() {
					cancel(late)
				}
			}
		}
	}()
	who, err := attempt(ctx, func() (Identity, error) { return o.Port.Identify(ctx) })
	if errors.Is(context.Cause(ctx), late) {
		err = late
	}
	return who, err
}

// attempt waits for f no longer than ctx, and makes a panic in it an error: bubbletea would print
// its trace onto a screen that is gone a moment later.
func attempt[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		v   T
		err error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if cause := recover(); cause != nil {
				r.err = fmt.Errorf("internal error: %v", cause)
			}
			done <- r
		}()
		r.v, r.err = f()
	}()
	select {
	case r := <-done:
		return r.v, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

func (m identified) arrive(w *Wizard) tea.Cmd {
	return tea.Batch(m.settle(w), w.nameAccount())
}

// settle puts account and region into the answers of every guide that was begun. Where they are
// for another account, the start page says so.
func (m identified) settle(w *Wizard) tea.Cmd {
	if w.who.state != looking {
		return nil // gone offline meanwhile
	}
	if m.err != nil {
		w.who = credentials{state: refused, err: m.err}
		return w.left()
	}
	w.who = credentials{state: known, Identity: m.who}
	for _, s := range w.sessions {
		s.identify(m.who)
	}
	if p, ok := w.page.(*start); ok && p.eager {
		return p.goAhead()
	}
	if w.session == nil {
		return nil
	}
	if _, atStart := w.page.(*start); !atStart && foreign(w.session.answers, m.who) {
		return w.interpose(newStart(w))
	}
	switch p := w.ground().(type) {
	case *question:
		return tea.Batch(p.identified(), w.ahead())
	case *review:
		if w.page == p {
			return w.open(p) // anew: there is an account to look at now
		}
	}
	return nil
}

// ground is the page that is left when what explains or shows it is closed.
func (w *Wizard) ground() page {
	switch p := w.page.(type) {
	case *why:
		return p.below
	case *fullScreen:
		return p.below
	}
	return w.page
}

// grace is how long a page that opened by itself takes no keys.
const grace = 300 * time.Millisecond

// hearing ends the grace of a page.
type hearing struct{ of page }

// interpose opens a page that nobody asked for.
func (w *Wizard) interpose(p page) tea.Cmd {
	w.page, w.deaf = p, true
	return tea.Tick(grace, func(time.Time) tea.Msg { return hearing{p} })
}

func (m hearing) arrive(w *Wizard) tea.Cmd {
	if m.of == w.page {
		w.deaf = false
	}
	return nil
}
