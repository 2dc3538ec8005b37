package steps

import (
	"slices"

	"onramp/internal/answers"
)

// Walk is where an operator stands among the questions of a guide. It is a value. Because the
// questions are a function of the answers, going back and answering differently needs no trail:
// the walk is the key of the question on screen.
type Walk struct {
	Guide Guide
	key   string // "" : after the last question
}

// Start stands before the first question.
func Start(g Guide, a answers.Set) Walk { return Walk{Guide: g}.at(g.Sequence(a), 0) }

// StartOpen stands before the first question whose answer is missing or wrong, or after the last
// where there is none. Defaults count as answers.
func StartOpen(g Guide, a answers.Set) Walk {
	seq := g.Sequence(a)
	for i, p := range seq {
		v := a.Get(p.Question.Key)
		_, wrong := p.Question.judge(v)
		if wrong && (v.Source != answers.Unset || p.Question.Default == nil) {
			return Walk{Guide: g}.at(seq, i)
		}
	}
	return Walk{Guide: g}
}

func (w Walk) at(seq []Place, i int) Walk {
	w.key = ""
	if i < len(seq) {
		w.key = seq[i].Question.Key
	}
	return w
}

// index is where the question on screen stands; -1 where it is not among the places.
func (w Walk) index(seq []Place) int {
	return slices.IndexFunc(seq, func(p Place) bool { return p.Question.Key == w.key })
}

// Current is the question on screen; false means that all are answered, or that the answers no
// longer call for it.
func (w Walk) Current(a answers.Set) (Place, bool) {
	seq := w.Guide.Sequence(a)
	i := w.index(seq)
	if i < 0 {
		return Place{}, false
	}
	return seq[i], true
}

// Next goes to the question that comes after the one on screen, also where that one is no longer
// asked; after the last question it stays there.
func (w Walk) Next(a answers.Set) Walk {
	all := w.Guide.places(a)
	here := w.index(all)
	for i := here + 1; w.key != "" && here >= 0 && i < len(all); i++ {
		if all[i].asked {
			return w.at(all, i)
		}
	}
	w.key = ""
	return w
}

// Back goes to the question before; false means that this is the first. From after the last
// question it goes to the last.
func (w Walk) Back(a answers.Set) (Walk, bool) {
	all := w.Guide.places(a)
	here := w.index(all)
	if here < 0 {
		here = len(all)
	}
	for i := here - 1; i >= 0; i-- {
		if all[i].asked {
			return w.at(all, i), true
		}
	}
	return w, false
}

// GoTo goes to the first question of a step that is asked at all; false means that none is.
func (w Walk) GoTo(step int, a answers.Set) (Walk, bool) {
	seq := w.Guide.Sequence(a)
	i := slices.IndexFunc(seq, func(p Place) bool { return p.Step == step })
	if i < 0 {
		return w, false
	}
	return w.at(seq, i), true
}

// GoToKey goes to a question; false means that it is not asked.
func (w Walk) GoToKey(key string, a answers.Set) (Walk, bool) {
	seq := w.Guide.Sequence(a)
	i := slices.IndexFunc(seq, func(p Place) bool { return p.Question.Key == key })
	if i < 0 {
		return w, false
	}
	return w.at(seq, i), true
}

// Progress says how many questions lie behind and how many there are.
func (w Walk) Progress(a answers.Set) (done, all int) {
	seq := w.Guide.Sequence(a)
	i := w.index(seq)
	if i < 0 {
		i = len(seq)
	}
	return i, len(seq)
}

// Done says that every question has been passed.
func (w Walk) Done() bool { return w.key == "" }
