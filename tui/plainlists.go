package tui

import (
	"context"
	"maps"
	"slices"
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

// advance is a look-up that was begun before its question is asked.
type advance struct {
	basis string        // what it is looked up with
	over  chan struct{} // closed when list and err stand
	list  lookup.List
	err   error
}

func (a *advance) isOver() bool {
	select {
	case <-a.over:
		return true
	default:
		return false
	}
}

// ahead begins to look up what can be looked up by now, and again what could not be had.
func (p *plain) ahead() {
	if p.o.Port.Look == nil || p.who.state != known {
		return
	}
	get := p.session.getter()
	for _, spec := range p.session.guide.Lookups {
		basis := p.session.basis(spec, p.session.answers)
		begun := p.advances[spec.Name]
		again := begun == nil || begun.basis != basis || begun.isOver() && begun.err != nil
		if spec.Ready(get) && !spec.Billed && again {
			a := &advance{basis: basis, over: make(chan struct{})}
			p.advances[spec.Name] = a
			go func() {
				defer close(a.over)
				a.list, a.err = p.lookUp(p.ctx, spec, get)
			}()
		}
	}
}

// takeIn takes over what follows from answers that were there before their list: those of a file, or of a draft.
func (p *plain) takeIn() {
	for _, name := range slices.Sorted(maps.Keys(p.advances)) {
		if a := p.advances[name]; a.isOver() && a.err == nil && p.session.foresee(name, a.basis, a.list) {
			p.ahead()
		}
	}
}

// await waits until ctx ends for lists that could bring an answer to a question that has none. A question without a list
// waits for nothing.
func (p *plain) await(ctx context.Context, q steps.Question) {
	own, is := specOf(p.session.guide, q)
	if !is || !p.open(q) {
		return
	}
	for name, a := range p.advances {
		if name != own.Name && p.leads(name) {
			select {
			case <-a.over:
			case <-ctx.Done():
			}
		}
	}
}

// open says that a question has neither an answer nor a default.
func (p *plain) open(q steps.Question) bool {
	return answers.Format(value(q, p.session.answers).Data) == ""
}

// leads says that something was chosen from a list.
func (p *plain) leads(name string) bool {
	return slices.ContainsFunc(p.session.guide.Sequence(p.session.answers), func(at steps.Place) bool {
		return at.Question.Lookup == name && p.session.answers.Has(at.Question.Key)
	})
}

// patience is how long a question waits for lists.
func (p *plain) patience() (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(p.ctx, plainPatience, context.DeadlineExceeded)
}

func (p *plain) lookUp(ctx context.Context, spec lookup.Spec, get func(string) string) (lookup.List, error) {
	return attempt(ctx, func() (lookup.List, error) { return p.o.Port.Look(ctx, spec, get) })
}

// offer shows what the account holds for a question, as far as it goes with a text, and what it was that was shown.
func (p *plain) offer(ctx context.Context, q steps.Question, want string) []lookup.Item {
	spec, is := specOf(p.session.guide, q)
	if !is || p.o.Port.Look == nil || p.who.state != known {
		return nil
	}
	get := p.session.getter()
	if !spec.Ready(get) {
		return nil
	}
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
