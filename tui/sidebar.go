package tui

import (
	"slices"

	"onramp/steps"
)

// sidebar lists the steps of the guide. A step is done, current, still to do, or has nothing to
// ask; the mark says so without colour.
func (w *Wizard) sidebar(places []steps.Place, at steps.Place, width, height int) []string {
	t := w.theme
	numbers := labels(w.session.guide)
	var out []string
	for i, s := range w.session.guide.Steps {
		mark := w.stepMark(places, at, i)
		number := fit(numbers[i], numberWidth(numbers))
		style := t.plain
		switch mark {
		case markCurrent:
			style = t.strong
		case markNone, markToDo:
			style = t.dim
		}
		prefix := t.accent.Render(mark) + " " + t.dim.Render(number) + " "
		for n, l := range wrap(clean(s.Title), width-3-numberWidth(numbers)) {
			if n > 0 {
				prefix = fit("", 3+numberWidth(numbers))
			}
			out = append(out, prefix+style.Render(l))
		}
		if s.Optional {
			out = append(out, fit("", 3+numberWidth(numbers))+t.dim.Render("optional"))
		}
		if len(w.session.guide.Steps)*3+2 <= height && i < len(w.session.guide.Steps)-1 {
			out = append(out, "")
		}
	}
	n := slices.IndexFunc(places, func(p steps.Place) bool { return p.Question.Key == at.Question.Key })
	if len(out)+2 <= height {
		out = append(out, "", t.dim.Render("question "+itoa(n+1)+" of "+itoa(len(places))))
	}
	return out
}

func numberWidth(numbers []string) int {
	most := 0
	for _, n := range numbers {
		most = max(most, len(n))
	}
	return most
}

func (w *Wizard) stepMark(places []steps.Place, at steps.Place, step int) string {
	if step == at.Step {
		return markCurrent
	}
	mark := markNone
	for _, p := range places {
		if p.Step != step {
			continue
		}
		if !w.session.passed[p.Question.Key] && !w.session.answers.Has(p.Question.Key) {
			return markToDo
		}
		mark = markDone
	}
	return mark
}
