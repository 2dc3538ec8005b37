package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"onramp/internal/apply"
)

// undoing is the page on which what a run has done is taken back: first it asks, then it shows.
type undoing struct {
	w        *Wizard
	below    *done
	field    *field // nil: it has begun
	err      string
	rows     []*undoRow
	events   chan tea.Msg // from the engine, in its order; the last is the result
	stop     context.CancelFunc
	stopping bool
	ended    *undone // nil: not yet
	pane     scroll
}

// undoRow is one change that is taken back.
type undoRow struct {
	label, detail string
	state         apply.State
}

// undoEvent is one event of the engine.
type undoEvent struct {
	of *undoing
	apply.Event
}

// undone is the end of taking back.
type undone struct {
	of     *undoing
	result apply.UndoResult
	err    error
}

func newUndoing(below *done) *undoing {
	return &undoing{w: below.w, below: below, field: newText(&below.w.theme, ""), events: make(chan tea.Msg), stop: func() {}}
}

// press implements page.
func (p *undoing) press(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	switch {
	case p.field == nil && p.ended == nil:
		if ok {
			scrolled(&p.pane, k)
		}
	case p.ended != nil && ok && !scrolled(&p.pane, k) && key.Matches(k, keys.enter, keys.leave, keys.back):
		return p.w.leave(p.w.out.Ending)
	case p.ended != nil && ok && key.Matches(k, keys.toReview):
		return p.w.review()
	case p.ended != nil:
	case ok && key.Matches(k, keys.back):
		return p.w.open(p.below)
	case ok && key.Matches(k, keys.enter):
		return p.begin()
	default:
		p.field.update(msg)
		p.err = ""
	}
	return nil
}

// begin takes it back, if it was agreed to. The engine never runs ahead of the screen.
func (p *undoing) begin() tea.Cmd {
	account := p.below.run.plan.Target.Account
	if typed := strings.TrimSpace(p.field.value()); typed != word(account) {
		p.err = fmt.Sprintf("that is not %s: nothing was done", word(account))
		return nil
	}
	ctx, stop := context.WithCancel(p.w.ctx)
	p.field, p.stop = nil, stop
	work := newWork()
	p.w.work, p.w.out.Undone, p.w.out.Err = work, true, context.Canceled // until the engine has reported
	send := func(msg tea.Msg) {
		select {
		case p.events <- msg:
		case <-p.w.ctx.Done(): // nobody looks any more
		}
	}
	run := func() tea.Msg {
		defer stop()
		if !work.begin() {
			return nil
		}
		end := undone{of: p}
		defer func() {
			if cause := recover(); cause != nil {
				end.err = fmt.Errorf("internal error: %v", cause)
			}
			work.finish(end)
			send(end)
		}()
		end.result, end.err = p.w.o.Port.Undo(ctx, p.below.run.plan, func(e apply.Event) { send(undoEvent{p, e}) })
		return nil
	}
	return tea.Batch(run, p.next())
}

func (p *undoing) next() tea.Cmd {
	return func() tea.Msg {
		select {
		case msg := <-p.events:
			return msg
		case <-p.w.ctx.Done():
			return nil
		}
	}
}

func (m undoEvent) arrive(*Wizard) tea.Cmd {
	p := m.of
	if m.State == apply.Started {
		p.rows = append(p.rows, &undoRow{label: line(m.Label)})
	}
	row := p.rows[len(p.rows)-1] // changes are taken back one after another
	row.state, row.detail = m.State, ""
	switch {
	case m.State == apply.Waiting:
		row.detail = waitingText(m.Event)
	case m.State == apply.Kept:
		row.detail = "it stays: " + line(m.Detail)
	}
	return p.next()
}

func (m undone) settle(w *Wizard) { w.out.Undone, w.out.Undo, w.out.Err = true, m.result, m.err }

func (m undone) arrive(w *Wizard) tea.Cmd {
	m.of.ended = &m
	m.settle(w)
	w.work = nil
	return w.interpose(m.of)
}

// waitingText says what is waited for, and how long at most.
func waitingText(e apply.Event) string {
	text := "waiting: " + line(e.Detail)
	if e.Limit > 0 {
		text += fmt.Sprintf(" (%s of at most %s)", elapsed(e.Waited), elapsed(e.Limit.Round(time.Second)))
	}
	return text
}

// interrupt lets the engine finish its call; a second one leaves at once.
func (p *undoing) interrupt() (tea.Cmd, bool) {
	if p.field != nil || p.ended != nil {
		return nil, false
	}
	if p.stopping {
		return p.w.hurry(), true
	}
	p.stopping = true
	p.stop()
	return nil, true
}

// body implements page.
func (p *undoing) body(width, height int) []string {
	t := p.w.theme
	p.below.wide, width = width, min(width, 100)
	if p.field != nil {
		target := p.below.run.plan.Target
		text := fmt.Sprintf("What this run has made in account %s, region %s is taken back, the newest first. What was there before stays; what somebody has changed since stays too, and is named.",
			target.Account, target.Region)
		out := append([]string{t.strong.Render("Take it back"), ""}, wrap(line(text), min(width, measure))...)
		out = append(append(out, ""), wrap(strings.Replace(typeToApply(target.Account), "to apply", "to take it back", 1), min(width, measure))...)
		return append(out, p.field.view(width, 1)...)
	}
	r := &report{theme: t, width: width}
	p.head(r)
	for _, row := range p.rows {
		r.item(t.accent.Render(row.mark()), row.label)
		if row.detail != "" {
			r.remark(row.detail)
		}
	}
	p.pane.set(r.lines, height)
	if p.ended == nil {
		p.pane.reveal(len(r.lines) - 1)
	}
	return p.pane.window()
}

func (p *undoing) head(r *report) {
	t := r.theme
	if p.ended == nil {
		r.add(t.strong.Render("Taking back"), "")
		return
	}
	res := p.ended.result
	counts := t.dim.Render(fmt.Sprintf(": %d taken back, %d left", len(res.Undone), len(res.Left)))
	if p.ended.err == nil {
		r.add(t.accent.Render(markDone)+" "+t.strong.Render("Taken back")+counts, "")
	} else {
		r.add(t.bad.Render(markWrong)+" "+t.strong.Render("Stopped")+counts, "")
		if !errors.Is(p.ended.err, context.Canceled) {
			r.item(t.bad.Render(markWrong), p.ended.err.Error())
			r.remedy(hint(p.ended.err))
		}
		p.resume(r)
	}
	for _, keeps := range res.Keeps {
		r.item(t.accent.Render(markKept), keeps)
	}
}

// resume says how the undo resumes. The practice account ends with the program.
func (p *undoing) resume(r *report) {
	if p.w.o.practising {
		r.remark("The rest stays in the practice account, which ends with onramp; ctrl+r opens the review.")
		return
	}
	r.remark("To resume:")
	p.below.command(r, func(c Commands) []string { return c.Undo }, "")
}

func (r *undoRow) mark() string {
	switch r.state {
	case apply.Changed:
		return markDone
	case apply.Kept:
		return markKept
	case apply.Failed:
		return markWrong
	}
	return markCurrent
}

// keys implements page.
func (p *undoing) keys() []key.Binding {
	switch {
	case p.field != nil:
		return []key.Binding{called(keys.enter, "take it back"), called(keys.back, "back")}
	case p.ended == nil:
		return []key.Binding{called(keys.stop, "stop after the call in flight")}
	}
	out := []key.Binding{called(keys.enter, "leave"), keys.toReview}
	if p.pane.where() != "" {
		out = append(out, keys.page)
	}
	return out
}

// wrong implements page.
func (p *undoing) wrong() string { return p.err }
