package tui

import (
	"context"
	"strconv"
	"strings"
	"time"

	"onramp/internal/answers"
	"onramp/internal/lookup"
	"onramp/steps"
)

// plainPatience is how long line prompts wait for a list before the question: lines that came later would break the
// prompt. plainMost is how many items they show.
const (
	plainPatience = 2 * time.Second
	plainMost     = 20
)

// ahead begins to look up what can be looked up by now.
func (p *plain) ahead() {
	if p.o.Port.Look == nil || p.who.state != known {
		return
	}
	get := p.session.getter()
	for _, spec := range p.session.guide.Lookups {
		if spec.Ready(get) && !spec.Billed {
			go func() { _, _ = p.lookUp(p.ctx, spec, get) }()
		}
	}
}

func (p *plain) lookUp(ctx context.Context, spec lookup.Spec, get func(string) string) (lookup.List, error) {
	return attempt(ctx, func() (lookup.List, error) { return p.o.Port.Look(ctx, spec, get) })
}

// offer shows what the account holds for a question, as far as it goes with a text, and what it was that was shown.
func (p *plain) offer(q steps.Question, want string) []lookup.Item {
	spec, is := specOf(p.session.guide, q)
	if !is || p.o.Port.Look == nil || p.who.state != known {
		return nil
	}
	get := p.session.getter()
	if !spec.Ready(get) {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(p.ctx, plainPatience, context.DeadlineExceeded)
	defer cancel()
	list, err := p.lookUp(ctx, spec, get)
	switch {
	case ctx.Err() != nil && p.ctx.Err() == nil:
		p.say("In the account: still looking. * shows the list when it is there.")
		return nil
	case err != nil:
		p.say("In the account: %s.", lookup.Why(err))
		return nil
	}
	return p.items(list, want)
}

// items writes a list with numbers.
func (p *plain) items(list lookup.List, want string) []lookup.Item {
	var fit []lookup.Item
	for _, i := range list.Items {
		if strings.Contains(strings.ToLower(i.Value+" "+strings.Join(i.Notes, " ")), strings.ToLower(want)) {
			fit = append(fit, i)
		}
	}
	if len(fit) == 0 {
		p.say("In the account: none%s.", map[bool]string{true: "", false: " with " + line(want)}[want == ""])
		return nil
	}
	p.say("In the account, to be chosen by number:")
	shown := fit[:min(plainMost, len(fit))]
	var options []option
	for _, i := range shown {
		options = append(options, option{i.Value, i.Value, line(strings.Join(i.Notes, ", "))})
	}
	p.options(options)
	if more := len(fit) - len(shown); more > 0 || list.More {
		p.say("And %d more. * and a part of the name, such as *%s, shows those that have it.", more, line(fit[len(shown)-1].Value[:1]))
	}
	return shown
}

// numbered puts the items of a list in the place of their numbers.
func numbered(q steps.Question, shown []lookup.Item, text string) string {
	if len(shown) == 0 {
		return text
	}
	parts := []string{text}
	if q.Kind == answers.List {
		parts = strings.Split(text, ",")
	}
	for i, part := range parts {
		if n, err := strconv.Atoi(strings.TrimSpace(part)); err == nil && n >= 1 && n <= len(shown) {
			parts[i] = shown[n-1].Value
		}
	}
	return strings.Join(parts, ",")
}
