package tui

import (
	"cmp"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"onramp/steps"
)

// why is the page that explains the question below it.
type why struct {
	w     *Wizard
	below page
	step  steps.Step
	q     steps.Question
	pane  scroll
}

func newWhy(w *Wizard, below *question) *why {
	return &why{w: w, below: below, step: w.session.guide.Steps[below.at.Step], q: below.at.Question}
}

// press implements page. Every key closes it, except those that scroll where there is more to see.
func (p *why) press(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	if len(p.pane.lines) > p.pane.height && scrolled(&p.pane, k) {
		return nil
	}
	return p.w.open(p.below)
}

// scrolled moves a pane by the usual keys.
func scrolled(s *scroll, k tea.KeyPressMsg) bool {
	switch {
	case key.Matches(k, keys.up):
		s.by(-1)
	case key.Matches(k, keys.down):
		s.by(1)
	case key.Matches(k, keys.pageUp):
		s.page(-1)
	case key.Matches(k, keys.pageDown):
		s.page(1)
	default:
		return false
	}
	return true
}

// measure is the widest that text is set: longer lines are hard to read.
const measure = 80

// body implements page.
func (p *why) body(width, height int) []string {
	t := p.w.theme
	width = min(width, measure)
	p.pane.set(p.text(width), height-1)
	title := ends(t.strong.Render(line(p.q.Title)), t.dim.Render(p.pane.where()), width)
	return append([]string{title}, p.pane.window()...)
}

func (p *why) text(width int) []string {
	t := p.w.theme
	var out []string
	add := func(text string) {
		if text != "" {
			out = append(out, wrap(clean(text), width)...)
			out = append(out, "")
		}
	}
	add(p.q.Help)
	add(p.q.Why)
	for _, o := range p.q.Choices {
		out = append(out, t.accent.Render(markToDo)+" "+t.strong.Render(cut(line(o.Title), width-2)))
		out = append(out, indent(wrap(clean(o.Help), width-2), "  ")...)
	}
	if len(p.q.Choices) > 0 {
		out = append(out, "")
	}
	out = append(out, t.strong.Render(cut("The step: "+line(p.step.Title), width)))
	add(p.step.Why)
	link := line(cmp.Or(p.q.Link, p.step.Link))
	for _, l := range wrap(link, width) { // each piece leads to the whole address
		out = append(out, t.dim.Hyperlink(link).Render(l))
	}
	return append(out, t.dim.Render(cut("In the answers file: "+line(p.q.Key), width)))
}

// keys implements page.
func (p *why) keys() []key.Binding {
	if len(p.pane.lines) > p.pane.height {
		return []key.Binding{keys.page, called(keys.any, "closes")}
	}
	return []key.Binding{called(keys.any, "closes")}
}

// wrong implements page.
func (p *why) wrong() string { return "" }

// fullScreen is the preview on the whole screen.
type fullScreen struct {
	w     *Wizard
	below page
}

// sideStep is how far the document moves sideways at a key.
const sideStep = 8

// press implements page.
func (p *fullScreen) press(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	v := p.w.preview
	if _, took := v.press(k); took || scrolled(&v.pane, k) {
		return nil
	}
	switch {
	case key.Matches(k, keys.left):
		v.shift = max(0, v.shift-sideStep)
	case key.Matches(k, keys.right):
		v.shift += sideStep
	case key.Matches(k, keys.full, keys.back, keys.leave, keys.enter):
		v.shift = 0
		return p.w.open(p.below)
	}
	return nil
}

// body implements page.
func (p *fullScreen) body(width, height int) []string {
	return p.w.preview.view(p.w.theme, width, height)
}

// keys implements page.
func (p *fullScreen) keys() []key.Binding {
	return []key.Binding{called(keys.back, "close"), keys.nextTab, keys.page, keys.sideways}
}

// wrong implements page.
func (p *fullScreen) wrong() string { return "" }
