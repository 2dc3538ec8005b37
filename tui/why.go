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

// body implements page. The address stays in sight.
func (p *why) body(width, height int) []string {
	t := p.w.theme
	width = min(width, measure)
	text, foot := p.text(width), p.links(width)
	if 2*len(foot) > height {
		text, foot = append(text, foot...), nil
	}
	p.pane.set(text, height-1-len(foot))
	title := ends(t.strong.Render(line(p.q.Title)), t.dim.Render(p.pane.where()), width)
	return append(rows(append([]string{title}, p.pane.window()...), height-len(foot)), foot...)
}

func (p *why) text(width int) []string {
	var out []string
	add := func(text string) {
		if text != "" {
			out = append(append(out, wrap(clean(text), width)...), "")
		}
	}
	add(p.q.Help)
	add(p.q.Why)
	for _, o := range p.q.Choices {
		out = append(out, p.w.theme.accent.Render(markToDo)+" "+p.w.theme.strong.Render(cut(line(o.Title), width-2)))
		out = append(out, indent(wrap(clean(o.Help), width-2), "  ")...)
	}
	if len(p.q.Choices) > 0 {
		out = append(out, "")
	}
	out = append(out, p.w.theme.strong.Render(cut("The step: "+line(p.step.Title), width)))
	add(p.step.Why)
	out = append(out, p.w.theme.strong.Render("The keys of the question"))
	for _, b := range append(p.below.keys(), keys.stop) {
		out = append(out, "  "+fit(b.Help().Key, 10)+" "+p.w.theme.dim.Render(cut(b.Help().Desc, width-13)))
	}
	return out
}

// links are the address of the AWS page, of which each piece leads to the whole, and the key of
// the answers file.
func (p *why) links(width int) []string {
	t := p.w.theme
	out := []string{""}
	link := line(cmp.Or(p.q.Link, p.step.Link))
	if link != "" {
		out = append(out, each(wrap(link, width), t.dim.Hyperlink(link).Render)...)
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
	find  finder
}

func newFullScreen(w *Wizard, below page) *fullScreen {
	return &fullScreen{w: w, below: below, find: newFinder(&w.theme)}
}

// sideStep is how far the document moves sideways at a key.
const sideStep = 8

// press implements page.
func (p *fullScreen) press(msg tea.Msg) tea.Cmd {
	v := p.w.preview
	if p.find.press(msg, &v.pane) {
		return nil
	}
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	if _, took := v.press(k); took || scrolled(&v.pane, k) {
		p.find.at = -1
		return nil
	}
	switch {
	case key.Matches(k, keys.copy):
		p.w.notice = markDone + " " + line(v.tab().Title) + " was sent to the clipboard, as far as the terminal lets programs do that"
		return tea.SetClipboard(v.tab().Text)
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
	looked := p.find.line(width)
	if looked != "" {
		height--
	}
	lines := p.w.preview.view(p.w.theme, width, height)
	if p.w.preview.pane.shows(p.find.at) && len(lines) > 2 {
		lines = append(lines[:2:2], p.find.mark(lines[2:], p.w.preview.pane.top)...)
	}
	if looked != "" {
		lines = append(rows(lines, height), looked)
	}
	return lines
}

// keys implements page.
func (p *fullScreen) keys() []key.Binding {
	if open := p.find.keys(); open != nil {
		return open
	}
	return []key.Binding{called(keys.back, "close"), keys.nextTab, keys.page, keys.find, keys.copy, keys.sideways}
}

// wrong implements page.
func (p *fullScreen) wrong() string { return "" }
