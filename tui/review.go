package tui

import (
	"context"
	"errors"
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"onramp/internal/apply"
	"onramp/internal/plan"
)

// inspectLimit bounds the look at the account.
const inspectLimit = 2 * time.Minute

// review is the page after the last question: everything at once, and what to do with it.
type review struct {
	w       *Wizard
	who     whoState // when the page was made
	plan    plan.Plan
	hash    string
	found   map[string]apply.Finding
	looking bool
	looked  bool
	lookErr error
	end     context.CancelFunc // of the look at the account
	pane    scroll
	find    finder
	chosen  int // index of the problem under the cursor
	made    *report
	err     string
}

// review opens the review of the answers as they are.
func (w *Wizard) review() tea.Cmd {
	w.session.review()
	p := &review{w: w, who: w.who.state, plan: w.plan(), end: func() {}, find: newFinder(&w.theme)}
	p.hash = p.plan.Hash()
	w.preview.reset(p.plan)
	w.open(p)
	return tea.Batch(w.keep(), p.inspect())
}

// inspected is what a look at the account found.
type inspected struct {
	of    *review
	found map[string]apply.Finding
	err   error
}

// inspect looks at the account, where that is possible and worth it.
func (p *review) inspect() tea.Cmd {
	if p.w.o.Port.Inspect == nil || !p.w.online() || len(p.plan.Problems) > 0 {
		return nil
	}
	p.looking = true
	ctx, cancel := context.WithTimeout(p.w.ctx, inspectLimit)
	p.end = cancel
	return func() tea.Msg {
		defer cancel()
		found, err := attempt(ctx, func() (map[string]apply.Finding, error) { return p.w.o.Port.Inspect(ctx, p.plan) })
		return inspected{p, found, err}
	}
}

func (m inspected) arrive(_ *Wizard) tea.Cmd {
	p := m.of
	p.looking, p.looked, p.found, p.lookErr, p.made = false, m.err == nil, m.found, m.err, nil
	p.err = "" // such as that one has to wait for this
	if errors.Is(m.err, context.DeadlineExceeded) {
		p.lookErr = fmt.Errorf("no answer within %s", inspectLimit)
	}
	if more := differences(p.plan, p.found); more != nil {
		p.w.preview.reset(p.plan, more...)
	}
	return nil
}

// legend explains the marks of the tree.
const legend = "+ make · ~ change · = use · . as planned · ! cannot be"

// look says how the look at the account stands.
func (p *review) look() string {
	switch {
	case p.looking:
		return "looking at the account…"
	case p.lookErr != nil:
		return "the account could not be looked at: " + line(p.lookErr.Error())
	case p.looked:
		return legend
	case !p.w.online():
		return "as in an account that holds none of this; onramp has not looked"
	}
	return ""
}

// press implements page.
func (p *review) press(msg tea.Msg) tea.Cmd {
	if p.find.press(msg, &p.pane) {
		return nil
	}
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	p.err = ""
	switch {
	case key.Matches(k, keys.enter):
		return p.mend()
	case key.Matches(k, keys.fix):
		return p.remedy(int(k.String()[0] - 'A'))
	case key.Matches(k, keys.back):
		return p.away(func() tea.Cmd {
			if !p.w.session.back() {
				return p.w.open(newStart(p.w))
			}
			return p.w.ask(false)
		})
	case key.Matches(k, keys.leave):
		return p.w.leave(p.w.ending())
	case key.Matches(k, keys.apply, keys.script, keys.answers, keys.all):
		return p.act(k)
	case key.Matches(k, keys.edit):
		return p.w.open(newStepList(p))
	case key.Matches(k, keys.step):
		return p.editStep(k.String())
	case key.Matches(k, keys.full) && p.w.preview.build != nil:
		return p.w.open(newFullScreen(p.w, p))
	}
	p.move(k)
	return nil
}

// away leaves the review for another page.
func (p *review) away(to func() tea.Cmd) tea.Cmd {
	p.end()
	return to()
}

// move goes through the problems first, and scrolls.
func (p *review) move(k tea.KeyPressMsg) {
	n := len(p.problems())
	switch {
	case key.Matches(k, keys.nextTab), key.Matches(k, keys.previousTab):
		p.w.preview.press(k)
	case key.Matches(k, keys.down) && p.chosen < n-1:
		p.choose(p.chosen + 1)
	case key.Matches(k, keys.up) && p.chosen > 0 && p.chosen < n && p.pane.top <= p.report().problems[p.chosen]:
		p.choose(p.chosen - 1)
	default:
		scrolled(&p.pane, k)
	}
}

func (p *review) choose(i int) {
	p.chosen, p.made = i, nil
	p.pane.lines = p.report().lines
	p.pane.reveal(p.report().problems[i])
}

func (p *review) problems() []int { return p.report().problems }

// mendable says that the problem under the cursor has a question.
func (p *review) mendable() bool {
	all := p.report().allProblems()
	return p.chosen >= 0 && p.chosen < len(all) && all[p.chosen].Key != ""
}

// mend goes to the question of the problem under the cursor.
func (p *review) mend() tea.Cmd {
	all := p.report().allProblems()
	if p.chosen >= len(all) {
		return nil
	}
	problem := all[p.chosen]
	if problem.Key == "" || !p.w.session.editKey(problem.Key) {
		p.err = "no single question mends this: edit a step with its number, or with e"
		return nil
	}
	return p.away(func() tea.Cmd { return p.w.ask(false) })
}

// remedy applies what makes a warning go away, and shows the review of the new answers.
func (p *review) remedy(i int) tea.Cmd {
	all := p.w.session.lettered(p.plan)
	switch {
	case i >= len(all):
		p.err = "there is no such remedy: those that a key applies have their letter"
		return nil
	case all[i] == nil:
		p.err = letter(i) + " has been applied, or nothing asks for it any more"
		return nil
	}
	if err := p.w.session.fix(all[i]); err != nil {
		p.err = err.Error()
		return nil
	}
	return p.away(func() tea.Cmd {
		cmd := p.w.ask(false)
		p.w.notice = markDone + " " + line(answered(all[i]))
		return cmd
	})
}

// editStep opens the step of a number.
func (p *review) editStep(number string) tea.Cmd {
	for i, label := range labels(p.w.session.guide) {
		if label == number {
			return p.editAt(i)
		}
	}
	p.err = "there is no step " + number + ": e lists them"
	return nil
}

func (p *review) editAt(step int) tea.Cmd {
	if !p.w.session.edit(step) {
		p.err = "nothing is asked there with these answers"
		return p.w.open(p)
	}
	return p.away(func() tea.Cmd { return p.w.ask(false) })
}

// act applies or exports, if nothing is in the way.
func (p *review) act(k tea.KeyPressMsg) tea.Cmd {
	applies := key.Matches(k, keys.apply)
	switch {
	case applies && !p.canApply():
		p.err = "nothing can be applied without AWS: export with s, f or x"
	case len(p.plan.Problems) > 0:
		p.err = "first mend the problems: enter opens the question"
	case applies && p.looking:
		p.err = "still looking at the account: one moment"
	case applies && len(obstacles(p.plan, p.found, nil)) > 0:
		p.err = "something is in the way: see the problems"
	case applies:
		return p.w.open(newConfirm(p))
	case key.Matches(k, keys.script):
		return p.w.open(newExport(p.w, p, "shell"))
	case key.Matches(k, keys.all):
		return p.w.open(newExport(p.w, p, "all"))
	default:
		return p.w.open(newExport(p.w, p, "answers"))
	}
	return nil
}

func (p *review) canApply() bool { return p.w.online() && p.w.o.Port.Apply != nil }

// report is the text of the page, made anew when something has changed.
func (p *review) report() *report {
	if p.made == nil {
		p.made = p.w.report(p)
	}
	return p.made
}

func (w *Wizard) report(p *review) *report {
	width, _ := p.widths(w.w - 2)
	r := &report{
		theme: w.theme, shell: w.o.Shell, width: width, guide: w.session.guide, answers: w.session.answers,
		plan: p.plan, found: p.found, look: p.look(), tabs: w.preview.tabs, chosen: p.chosen, fixes: p.w.session.lettered(p.plan),
		where: "ctrl+p shows them in full",
	}
	if w.o.Tree != nil {
		r.tree = w.o.Tree(p.plan, p.found)
	}
	r.write()
	return r
}

// widths shares the screen between the report and the documents.
func (p *review) widths(width int) (text, documents int) {
	if p.w.w < threePanes || p.w.preview.build == nil {
		return width, 0
	}
	text = min(measure, width*58/100)
	return text, width - text - ruleWidth
}

// body implements page.
func (p *review) body(width, height int) []string {
	text, documents := p.widths(width)
	t := p.w.theme
	if p.made != nil && (p.made.width != text || p.made.theme.dark != t.dark) {
		p.made = nil
	}
	p.pane.set(p.report().lines, height-2)
	title := t.strong.Render("Review") + t.dim.Render(" · plan "+p.hash)
	if n := len(p.report().problems); n > 0 {
		title = t.strong.Render("Review") + " · " + t.bad.Render(counted(n, "problem"))
	}
	lines := append([]string{ends(title, t.dim.Render(p.pane.where()), text), p.find.line(text)}, p.find.mark(p.pane.window(), p.pane.top)...)
	if documents == 0 {
		return lines
	}
	return p.w.beside(height, column{lines, text}, column{p.w.preview.view(t, documents, height), documents})
}

// keys implements page.
func (p *review) keys() []key.Binding {
	if open := p.find.keys(); open != nil {
		return open
	}
	var out []key.Binding
	if p.mendable() {
		out = append(out, called(keys.enter, "mend"))
	} else if p.canApply() {
		out = append(out, keys.apply)
	}
	if p.w.o.Port.Export != nil && len(p.plan.Problems) == 0 {
		out = append(out, keys.script, keys.answers, keys.all)
	}
	out = append(out, keys.edit, keys.leave, keys.find, keys.scroll, keys.back)
	if len(fixes(p.plan)) > 0 {
		out = append(out, keys.fix)
	}
	if p.w.preview.build != nil {
		out = append(out, called(keys.full, "documents"))
	}
	return out
}

// wrong implements page.
func (p *review) wrong() string { return p.err }
