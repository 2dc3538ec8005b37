package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// stepList is the page on which a step to edit is chosen. It reaches also the steps that have no
// number of one digit.
type stepList struct {
	w     *Wizard
	below *review
	field *field
}

func newStepList(below *review) *stepList {
	g := below.w.session.guide
	numbers := labels(g)
	var options []option
	for i, s := range g.Steps {
		title := line(s.Title)
		if width := numberWidth(numbers); width > 0 {
			title = fit(numbers[i], width) + " " + title
		}
		options = append(options, option{value: itoa(i), title: title})
	}
	return &stepList{w: below.w, below: below, field: newChoice(&below.w.theme, "0", options)}
}

// press implements page.
func (p *stepList) press(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
	case key.Matches(k, keys.back):
		return p.w.open(p.below)
	case key.Matches(k, keys.step):
		p.w.open(p.below)
		return p.below.editStep(k.String())
	case key.Matches(k, keys.enter):
		for i := range p.w.session.guide.Steps {
			if itoa(i) == p.field.value() {
				return p.below.editAt(i)
			}
		}
	default:
		p.field.update(msg)
	}
	return nil
}

// body implements page.
func (p *stepList) body(width, height int) []string {
	out := []string{p.w.theme.strong.Render("Edit which step?"), ""}
	return append(out, p.field.view(width, height-2)...)
}

// keys implements page.
func (p *stepList) keys() []key.Binding {
	return []key.Binding{called(keys.enter, "edit"), keys.move, called(keys.step, "number"), keys.back}
}

// wrong implements page.
func (p *stepList) wrong() string { return "" }
