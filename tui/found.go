package tui

import (
	"strings"

	"onramp/internal/answers"
	"onramp/internal/lookup"
	"onramp/steps"
)

// origin is the choice that an answer was found by: the cluster that has brought its VPC.
type origin struct {
	key, text string // the question, and what was chosen there
	basis     string // what the list was looked up with
	confirmed bool   // the operator has said yes to what was found
}

// bring takes over answers that follow from a choice, unless somebody has given them. They are marked as found. It says
// whether anything is new.
func (s *session) bring(from steps.Question, text string, list lookup.List) (changed bool) {
	spec, is := specOf(s.guide, from)
	if !is {
		return false
	}
	o := origin{key: from.Key, text: text, basis: s.basis(spec, s.answers)}
	for key, data := range brought(list, text) {
		q, asked := s.guide.Find(key)
		v := s.answers.Get(key)
		if !asked || v.Source > answers.Found || q.CheckValue(data) != nil {
			continue
		}
		if answers.Format(v.Data) != answers.Format(data) {
			s.answers, changed = s.answers.With(key, answers.Value{Data: data, Source: answers.Found}), true
			s.origins[key] = o
		} else if v.Source == answers.Found { // the other choice brings the same
			o := o
			o.confirmed = s.origins[key].confirmed
			s.origins[key] = o
		}
	}
	return changed
}

// brought are the answers that the list of a question says follow from one of its items.
func brought(list lookup.List, value string) map[string]any {
	for _, item := range list.Items {
		if item.Value == value {
			return item.Brings
		}
	}
	return nil
}

// foresee takes over what follows from answers that were there before their list: those of a file, or of a draft. A list
// that was looked up with other answers than those of now tells nothing.
func (s *session) foresee(name, basis string, list lookup.List) (changed bool) {
	spec, is := s.guide.Lookup(name)
	if !is || basis != s.basis(spec, s.answers) {
		return false
	}
	for _, p := range s.guide.Sequence(s.answers) {
		if v := s.answers.Get(p.Question.Key); p.Question.Lookup == name && v.Source != answers.Unset {
			text, _ := v.Data.(string)
			changed = s.bring(p.Question, text, list) || changed
		}
	}
	return changed
}

// basis is where a list was looked up: the same choice elsewhere brings something else.
func (s *session) basis(spec lookup.Spec, a answers.Set) string {
	get := s.guide.TextOf(a)
	out := []string{get(keyAccount), get(keyRegion)}
	for _, key := range spec.Needs {
		out = append(out, get(key))
	}
	return strings.Join(out, "\n")
}

// holds says that with some answers the choice is still what it was.
func (o origin) holds(s *session, a answers.Set) bool {
	q, known := s.guide.Find(o.key)
	spec, is := specOf(s.guide, q)
	get := s.guide.TextOf(a)
	return known && is && get(o.key) == o.text && spec.Ready(get) && s.basis(spec, a) == o.basis
}

// settled is answers without those that were found by a choice that is another now: nobody has chosen the VPC of a
// cluster that is not used. What the operator has confirmed is his own answer from then on.
func (s *session) settled(a answers.Set) answers.Set {
	for again := true; again; { // one that goes may have brought others
		again = false
		for key, o := range s.origins {
			v := a.Get(key)
			if v.Source != answers.Found || o.holds(s, a) {
				continue
			}
			again = true
			if o.confirmed {
				a = a.With(key, answers.Value{Data: v.Data, Source: answers.Typed})
			} else {
				a = a.Without(key)
			}
		}
	}
	return a
}

// settle takes over answers that are new, and lets go what no longer follows from them. Its questions are open again.
func (s *session) settle(a answers.Set) {
	s.answers = s.settled(a)
	for key := range s.origins {
		v := s.answers.Get(key)
		if v.Source != answers.Found {
			delete(s.origins, key)
		}
		if v.Source == answers.Unset {
			s.pass(key, false)
		}
	}
}

// confirm remembers that the operator has said yes to an answer that was found.
func (s *session) confirm(key string) {
	if o, is := s.origins[key]; is {
		o.confirmed = true
		s.origins[key] = o
	}
}
