package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/plan"
)

// applying is the page on which a plan is carried out.
type applying struct {
	w        *Wizard
	plan     plan.Plan
	rows     []*resourceRow
	byID     map[string]*resourceRow
	follow   bool // the window goes along with the work
	begun    time.Time
	now      time.Time
	stop     context.CancelFunc
	stopping bool
	events   chan tea.Msg // from the engine, in its order; the last is the result
	pane     scroll
	result   apply.Result
	err      error
	answers  answers.Set // that the plan was built from
	adopted  bool
	commands *made // that go with the run; nil: not made yet
}

// made are the commands that go with a run.
type made struct {
	of *applying
	Commands
	err error
}

// resourceRow is how far one resource is.
type resourceRow struct {
	label  string
	place  string // number of the step
	state  apply.State
	begun  bool
	detail string
	took   time.Duration
}

// applied is one event of the engine.
type applied struct {
	of *applying
	apply.Event
}

// finished is the end of a run.
type finished struct {
	of     *applying
	at     time.Time
	result apply.Result
	err    error
}

// tick lets the clock on the page go on.
type tick struct {
	of  *applying
	now time.Time
}

// apply carries a plan out. The engine runs in one command; another waits for its next event and
// is issued anew for each, so that none is lost and the engine never runs ahead of the screen.
func (w *Wizard) apply(p plan.Plan, agreed *apply.Consent) tea.Cmd {
	page := newApplying(w, p)
	page.answers, page.adopted = w.session.answers, agreed.Adopts()
	w.last = page
	ctx, stop := context.WithCancel(w.ctx)
	page.stop = stop
	w.ran, w.work = true, newWork()
	w.out.Ending, w.out.Plan, w.out.Adopted = Interrupted, p, agreed.Adopts() // until the engine has reported
	w.open(page)
	send := func(msg tea.Msg) {
		select {
		case page.events <- msg:
		case <-w.ctx.Done(): // nobody looks any more
		}
	}
	work := w.work
	run := func() tea.Msg {
		defer stop()
		if !work.begin() {
			return nil
		}
		end := finished{of: page}
		defer func() {
			if cause := recover(); cause != nil {
				end.err = fmt.Errorf("internal error: %v", cause)
			}
			end.at = time.Now()
			work.finish(end)
			send(end)
		}()
		end.result, end.err = w.o.Port.Apply(ctx, p, agreed, func(e apply.Event) { send(applied{page, e}) })
		return nil
	}
	return tea.Batch(run, page.next(), page.clock())
}

func newApplying(w *Wizard, p plan.Plan) *applying {
	page := &applying{w: w, plan: p, byID: map[string]*resourceRow{}, follow: true, events: make(chan tea.Msg)}
	page.begun = time.Now()
	page.now = page.begun
	for _, r := range p.Resources {
		row := &resourceRow{label: line(r.Spec.Label()), place: r.Place}
		page.rows = append(page.rows, row)
		page.byID[r.ID] = row
	}
	return page
}

func (p *applying) next() tea.Cmd {
	return func() tea.Msg {
		select {
		case msg := <-p.events:
			return msg
		case <-p.w.ctx.Done():
			return nil
		}
	}
}

func (p *applying) clock() tea.Cmd {
	return tea.Tick(time.Second, func(now time.Time) tea.Msg { return tick{p, now} })
}

func (m tick) arrive(w *Wizard) tea.Cmd {
	if w.page != m.of {
		return nil
	}
	m.of.now = m.now
	return m.of.clock()
}

func (m applied) arrive(*Wizard) tea.Cmd {
	row, ok := m.of.byID[m.Resource]
	if !ok {
		row = &resourceRow{label: line(cmp.Or(m.Label, m.Resource))}
		m.of.rows, m.of.byID[m.Resource] = append(m.of.rows, row), row
	}
	row.begun, row.state, row.took = true, m.State, m.Took
	row.detail = ""
	switch m.State {
	case apply.Calling:
		row.detail = line(m.Step)
	case apply.Waiting:
		row.detail = waitingText(m.Event)
	}
	return m.of.next()
}

// settle is what a run means for how the wizard ends.
func (m finished) settle(w *Wizard) {
	m.of.result, m.of.err = m.result, m.err
	w.out.Result, w.out.Err = m.result, m.err
	switch {
	case m.err == nil:
		w.out.Ending = Applied
	case m.of.stopping, errors.Is(m.err, context.Canceled):
		w.out.Ending = Interrupted
	default:
		w.out.Ending = ApplyFailed
	}
}

func (m finished) arrive(w *Wizard) tea.Cmd {
	p := m.of
	p.now = m.at
	m.settle(w)
	w.work = nil
	var forget tea.Cmd
	if m.err == nil {
		forget = w.forget()
	}
	return tea.Batch(forget, p.makeCommands(), w.interpose(newDone(p)))
}

// makeCommands makes the commands that go with the run, and saves the answers for them.
func (p *applying) makeCommands() tea.Cmd {
	if p.w.o.Port.Commands == nil {
		return nil
	}
	return func() tea.Msg { return p.make() }
}

func (p *applying) make() made {
	m := made{of: p}
	err := calm(func() (err error) {
		m.Commands, err = p.w.o.Port.Commands(p.w.session.guide, p.answers, p.plan, p.result, p.adopted)
		return err
	})
	m.err = err
	return m
}

func (m made) arrive(*Wizard) tea.Cmd {
	m.of.commands = &m
	return nil
}

// interrupt lets the engine finish its call; a second one leaves at once.
func (p *applying) interrupt() (tea.Cmd, bool) {
	if p.stopping {
		return p.w.hurry(), true
	}
	p.stopping = true
	p.stop()
	return nil, true
}

// press implements page.
func (p *applying) press(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyPressMsg); ok && scrolled(&p.pane, k) {
		p.follow = false
	}
	return nil
}

// body implements page.
func (p *applying) body(width, height int) []string {
	t := p.w.theme
	done, running := p.progress()
	left := t.strong.Render("Applying") + t.dim.Render(fmt.Sprintf(" · %d of %d", done, len(p.rows)))
	if p.stopping {
		left = t.strong.Render("Stopping after the call in flight…")
	}
	lines, at := p.lines(width, running)
	p.pane.set(lines, height-2)
	if p.follow {
		p.pane.reveal(min(at+1, len(lines)-1))
		p.pane.reveal(at)
	}
	out := []string{ends(left, t.dim.Render(elapsed(p.now.Sub(p.begun))), width), ""}
	return append(out, p.pane.window()...)
}

// progress counts what is over, and finds what is worked on.
func (p *applying) progress() (done, running int) {
	for i, r := range p.rows {
		if r.begun {
			running = i
		}
		if r.begun && r.state.Over() {
			done++
		}
	}
	return done, running
}

// lines draws the resources below the steps that they come from, and says where row i stands.
func (p *applying) lines(width, i int) (lines []string, at int) {
	t := p.w.theme
	titles := p.titles()
	place := "\x00"
	for n, r := range p.rows {
		if r.place != place {
			place = r.place
			if title := titles[place]; title != "" {
				lines = append(lines, t.dim.Render(cut(title, width)))
			}
		}
		if n == i {
			at = len(lines)
		}
		lines = append(lines, r.draw(t, width))
		if r.detail != "" {
			lines = append(lines, t.dim.Render(cut("      "+r.detail, width)))
		}
	}
	return lines, at
}

// titles are the steps by the number that resources carry.
func (p *applying) titles() map[string]string {
	out := map[string]string{}
	for _, s := range p.w.session.guide.Steps {
		title := line(s.Title)
		if s.Number != "" {
			title = s.Number + " " + title
		}
		out[s.Number] = title
	}
	return out
}

func (r *resourceRow) draw(t theme, width int) string {
	mark, word := r.mark()
	style := t.plain
	switch mark {
	case markToDo, markSkipped:
		style = t.dim
	case markWrong:
		style = t.bad
	case markCurrent:
		style = t.strong
	}
	if r.begun && r.state.Over() && r.took >= time.Second {
		word = elapsed(r.took) + " " + word
	}
	return ends("  "+t.accent.Render(mark)+" "+style.Render(r.label), t.dim.Render(word), width)
}

func (r *resourceRow) mark() (mark, word string) {
	if !r.begun {
		return markToDo, ""
	}
	switch r.state {
	case apply.Changed:
		return markDone, "done"
	case apply.Kept:
		return markKept, "kept"
	case apply.Failed:
		return markWrong, "failed"
	case apply.Skipped:
		return markSkipped, "skipped"
	}
	return markCurrent, "running"
}

// elapsed is a duration as people say it.
func elapsed(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s < 60 {
		return itoa(s) + " s"
	}
	if s%60 == 0 {
		return itoa(s/60) + " min"
	}
	return fmt.Sprintf("%d min %02d s", s/60, s%60)
}

// keys implements page.
func (p *applying) keys() []key.Binding {
	stop := called(keys.stop, "stop after the call in flight")
	if p.stopping {
		stop = called(keys.stop, "leave at once")
	}
	if p.pane.where() == "" {
		return []key.Binding{stop}
	}
	return []key.Binding{stop, keys.page}
}

// wrong implements page.
func (p *applying) wrong() string { return "" }
