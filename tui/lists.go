package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"onramp/internal/answers"
	"onramp/internal/lookup"
	"onramp/steps"
)

// specOf is the pick list of a question. A list serves questions whose answer is typed; the others have their options.
func specOf(g steps.Guide, q steps.Question) (lookup.Spec, bool) {
	if q.Kind != answers.Text && q.Kind != answers.List {
		return lookup.Spec{}, false
	}
	return g.Lookup(q.Lookup)
}

// getter gives the texts of answers, with defaults, as look-ups ask for them.
func (s *session) getter() func(key string) string { return s.guide.TextOf(s.answers) }

// ahead looks up what can be looked up by now, so that it is there when its question comes. What it finds the port
// remembers.
func (w *Wizard) ahead() tea.Cmd {
	if w.o.Port.Look == nil || w.session == nil || !w.online() {
		return nil
	}
	of, get, look, ctx := w.session, w.session.getter(), w.o.Port.Look, w.ctx
	a := of.answers
	var cmds []tea.Cmd
	for _, spec := range w.session.guide.Lookups {
		if spec.Ready(get) && !spec.Billed {
			cmds = append(cmds, func() tea.Msg {
				list, err := attempt(ctx, func() (lookup.List, error) { return look(ctx, spec, get) })
				if err != nil {
					return nil // its question says so
				}
				return foreseen{of, spec.Name, of.basis(spec, a), list}
			})
		}
	}
	return tea.Batch(cmds...)
}

// foreseen is a list that was looked up ahead.
type foreseen struct {
	session *session
	name    string
	basis   string // what it was looked up with
	list    lookup.List
}

// arrive takes over what follows from answers that were there before the list: those of a file, or of a draft.
func (m foreseen) arrive(w *Wizard) tea.Cmd {
	if !m.session.foresee(m.name, m.basis, m.list) || w.session != m.session {
		return nil
	}
	return tea.Batch(w.ahead(), w.renew())
}

// renew shows on the page what was found while it was on screen.
func (w *Wizard) renew() tea.Cmd {
	switch p := w.ground().(type) {
	case *question:
		return p.found()
	case *review:
		if w.page == p {
			p.end()
			return w.review()
		}
	}
	return nil
}

// listed is what Port.Look answered.
type listed struct {
	of   *picks
	list lookup.List
	err  error
}

func (m listed) arrive(*Wizard) tea.Cmd {
	m.of.list, m.of.why, m.of.looking = m.list, lookup.Why(m.err), false
	m.of.narrow()
	return nil
}

// picks is the list of an account below a field: what can be chosen instead of typed.
type picks struct {
	field   *field
	many    bool // several can be chosen
	looking bool
	list    lookup.List
	why     string // there is no list
	opened  string // what the field held when it opened: that narrows nothing
	shown   []int  // items that go with what is typed
	at      int    // index into shown; -1: the cursor is in the field
}

// newPicks begins a look-up for a question; nil where there is none.
func (q *question) newPicks() (*picks, tea.Cmd) {
	spec, is := specOf(q.w.session.guide, q.at.Question)
	if !is || q.w.o.Port.Look == nil || !q.w.online() {
		return nil, nil
	}
	get := q.w.session.getter()
	if !spec.Ready(get) {
		return nil, nil
	}
	p := &picks{field: q.field, many: q.at.Question.Kind == answers.List, looking: true, opened: q.field.value(), at: -1}
	look, ctx := q.w.o.Port.Look, q.w.ctx
	return p, func() tea.Msg {
		list, err := attempt(ctx, func() (lookup.List, error) { return look(ctx, spec, get) })
		return listed{p, list, err}
	}
}

// narrow keeps the items that go with what is typed.
func (p *picks) narrow() {
	var chosen string
	if i, is := p.item(); is {
		chosen = i.Value
	}
	p.shown, p.at = nil, -1
	want := strings.ToLower(p.typed())
	for i, item := range p.list.Items {
		if want == "" || strings.Contains(strings.ToLower(item.Value+" "+strings.Join(item.Notes, " ")), want) {
			if item.Value == chosen {
				p.at = len(p.shown)
			}
			p.shown = append(p.shown, i)
		}
	}
}

// typed is what the list is narrowed by: of a list of answers the last, while it is being typed.
func (p *picks) typed() string {
	text := p.field.value()
	if text == p.opened {
		return ""
	}
	if p.many {
		text = text[strings.LastIndex(text, ",")+1:]
		if slices.ContainsFunc(p.list.Items, func(i lookup.Item) bool { return i.Value == strings.TrimSpace(text) }) {
			return ""
		}
	}
	return strings.TrimSpace(text)
}

// item is the one under the cursor.
func (p *picks) item() (lookup.Item, bool) {
	if p == nil || p.at < 0 || p.at >= len(p.shown) {
		return lookup.Item{}, false
	}
	return p.list.Items[p.shown[p.at]], true
}

// move goes through the list; above its first item is the field.
func (p *picks) move(by int) { p.at = max(-1, min(p.at+by, len(p.shown)-1)) }

// toggle puts the item under the cursor among the answers, or takes it away.
func (p *picks) toggle() {
	item, is := p.item()
	if !is {
		return
	}
	values := p.chosen()
	if i := slices.Index(values, item.Value); i >= 0 {
		values = slices.Delete(values, i, i+1)
	} else {
		values = append(values, item.Value)
	}
	p.field.set(strings.Join(values, ", "))
}

// chosen are the answers in the field, without one that is only begun.
func (p *picks) chosen() []string {
	var out []string
	for part := range strings.SplitSeq(p.field.value(), ",") {
		if part = strings.TrimSpace(part); part != "" && part != p.typed() {
			out = append(out, part)
		}
	}
	return out
}

// has says that an item is among the answers already.
func (p *picks) has(value string) bool {
	if p.many {
		return slices.Contains(p.chosen(), value)
	}
	return p.field.value() == value
}
