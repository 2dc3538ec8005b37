package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"onramp/internal/plan"
)

// letters are the keys that apply a remedy.
const letters = 26

func letter(i int) string { return string(rune('A' + i)) }

// fixes are the answers that make warnings go away, each once, as many as there are keys for.
func fixes(p plan.Plan) []map[string]string {
	var out []map[string]string
	for _, w := range p.Warnings {
		if w.Fix != nil && fixIndex(out, w.Fix) < 0 && len(out) < letters {
			out = append(out, w.Fix)
		}
	}
	return out
}

// lettered are the remedies of a plan by their letters, which a remedy keeps for as long as the wizard is open: whoever
// presses a letter twice must not get the next one. nil: it is not offered now.
func (s *session) lettered(p plan.Plan) []map[string]string {
	offered := fixes(p)
	for _, f := range offered {
		if fixIndex(s.remedies, f) < 0 && len(s.remedies) < letters {
			s.remedies = append(s.remedies, f)
		}
	}
	out := make([]map[string]string, len(s.remedies))
	for i, f := range s.remedies {
		if fixIndex(offered, f) >= 0 {
			out[i] = f
		}
	}
	return out
}

func fixIndex(all []map[string]string, fix map[string]string) int {
	return slices.IndexFunc(all, func(f map[string]string) bool { return maps.Equal(f, fix) })
}

// fix takes over answers that make a warning go away: all of them, or none.
func (s *session) fix(texts map[string]string) error {
	next := s.answers
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		q, known := s.guide.Find(key)
		if !known {
			return fmt.Errorf("answer %s: no question asks for it", key)
		}
		data, err := read(q, texts[key])
		if err != nil {
			return fmt.Errorf("answer %s: %w", key, err)
		}
		next = with(next, q, data)
	}
	s.answers = next
	s.toReview()
	s.arriveAtOpen()
	return nil
}

// arriveAtOpen goes to the first question that new answers have brought up and that has no answer.
func (s *session) arriveAtOpen() {
	for _, p := range s.guide.Sequence(s.answers) {
		if v := value(p.Question, s.answers); p.Question.Required() && v.Data == nil {
			s.editKey(p.Question.Key)
			return
		}
	}
}

// answered says which answers were given.
func answered(texts map[string]string) string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		out = append(out, key+" is "+texts[key]+" now")
	}
	return strings.Join(out, ", ")
}
