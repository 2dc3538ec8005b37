package tui

import (
	"maps"

	"onramp/steps"
)

// spot is where the operator stood when he went to the review before its turn. He may do so again while he edits a step
// from there, so a spot knows the one before.
type spot struct {
	walk     steps.Walk
	passed   map[string]bool
	edited   int
	entry    string
	reviewed bool
	before   *spot
}

// jump goes to the review before its turn.
func (s *session) jump() {
	s.left = &spot{s.walk, maps.Clone(s.passed), s.edited, s.entry, s.reviewed, s.left}
	s.toReview()
}

// comeBack goes from the review to where it was opened from; false means that it came in its turn. There everything counts
// as passed, here only what was passed before or has been answered since.
func (s *session) comeBack() bool {
	if _, asked := s.place(); asked {
		return false
	}
	for s.left != nil {
		at := s.left
		s.walk, s.passed, s.edited, s.entry, s.reviewed = at.walk, at.passed, at.edited, at.entry, at.reviewed
		s.left = at.before
		if _, asked := s.place(); asked {
			return true
		}
		s.toReview() // the new answers do not call for that question
	}
	return false
}

// pass counts a question as passed, or as open again, also for when a spot is gone back to.
func (s *session) pass(key string, passed bool) {
	s.passed[key] = passed
	for at := s.left; at != nil; at = at.before {
		at.passed[key] = passed
	}
}
