package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/internal/plan"
	"onramp/steps"
)

// Keys that every guide asks, and that credentials answer.
const (
	keyAccount = "account"
	keyRegion  = "region"
)

// session is where an operator stands in one guide: the answers, and the question that is asked
// next. The screens and the line prompts are two faces of it. It draws nothing and waits for
// nothing.
type session struct {
	guide    steps.Guide
	answers  answers.Set
	walk     steps.Walk
	who      Identity            // zero: nobody, or not known
	passed   map[string]bool     // keys of the questions that were accepted or passed over
	drafts   map[string]string   // what was typed and left without Enter, by key
	origins  map[string]origin   // of the answers that were found by a choice, by key
	edited   int                 // index of the step that was opened from the review; -1: none
	entry    string              // key at which that step was opened
	reviewed bool                // the review has been open
	left     *spot               // what the review was opened from before its turn; nil: it came in its turn
	remedies []map[string]string // that have got a letter, in its order
}

func newSession(g steps.Guide, a answers.Set) *session {
	s := &session{guide: g, answers: a, passed: map[string]bool{}, drafts: map[string]string{}, origins: map[string]origin{}, edited: -1}
	s.walk = steps.Start(g, a)
	return s
}

// begin goes to the first question: at the first open one where answers were given.
func (s *session) begin() {
	s.walk = steps.Start(s.guide, s.answers)
	if s.given() {
		s.walk = steps.StartOpen(s.guide, s.answers)
	}
	s.arrive()
}

// given says whether the guide's own questions have answers.
func (s *session) given() bool {
	return slices.ContainsFunc(s.answers.Keys(), func(key string) bool {
		_, asked := s.guide.Find(key)
		return asked && key != keyAccount && key != keyRegion
	})
}

// resume goes on from a draft: behind its last answer, but not past an open question.
func (s *session) resume() {
	open := steps.StartOpen(s.guide, s.answers)
	at, last := s.index(open), -1
	seq := s.guide.Sequence(s.answers)
	for i, p := range seq {
		if s.answers.Has(p.Question.Key) {
			last = i
		}
	}
	s.walk = open
	if last+1 < at {
		s.walk, _ = open.GoToKey(seq[last+1].Question.Key, s.answers)
	}
	s.arrive()
}

// arrive passes over what is answered for the operator, and counts all before it as passed.
func (s *session) arrive() {
	s.skip()
	seq := s.guide.Sequence(s.answers)
	for _, p := range seq[:min(s.index(s.walk), len(seq))] {
		s.passed[p.Question.Key] = true
	}
}

// index is the number of questions before the one of a walk.
func (s *session) index(w steps.Walk) int {
	done, _ := w.Progress(s.answers)
	return done
}

// place is the question to ask; false: all are answered.
func (s *session) place() (steps.Place, bool) { return s.walk.Current(s.answers) }

// known says that a question is answered by the credentials: it is not asked on the way.
func (s *session) known(key string) bool {
	return (key == keyAccount || key == keyRegion) && s.answers.Get(key).Source == answers.Found
}

func (s *session) skip() {
	for {
		p, ok := s.place()
		if !ok || !s.known(p.Question.Key) {
			return
		}
		s.passed[p.Question.Key] = true
		s.walk = s.walk.Next(s.answers)
	}
}

// value is the answer to a question: the given one or the default.
func value(q steps.Question, a answers.Set) answers.Value {
	v := a.Get(q.Key)
	if v.Source == answers.Unset && q.Default != nil {
		return answers.Value{Data: q.Default, Source: answers.Default}
	}
	return v
}

// read takes what was typed as an answer, or says in one clause what is wrong with it. Where nothing was typed and
// nothing is no answer, it is the default that is meant.
func read(q steps.Question, text string) (any, error) {
	text = strings.TrimSpace(text)
	if text == "" && falls(q) {
		return q.Default, nil
	}
	if text == "" && (q.Kind == answers.Number || q.Kind == answers.Records) {
		return nil, needed(q)
	}
	data, err := q.Accept(text)
	if err != nil {
		return nil, err
	}
	if answers.Format(data) == "" && q.Required() {
		return nil, fmt.Errorf("an answer is needed: %s", lowerFirst(q.Title))
	}
	return data, nil
}

func needed(q steps.Question) error {
	if byDefault := answers.Format(q.Default); byDefault != "" {
		return fmt.Errorf("a whole number is needed; the default is %s", byDefault)
	}
	return errors.New("a whole number is needed")
}

// falls says that an empty field falls back to the default. A number of records does not: nobody should lose his groups
// by an empty field.
func falls(q steps.Question) bool { return answers.Format(q.Default) != "" && q.Required() }

func lowerFirst(s string) string {
	if len(s) > 1 && strings.ToLower(s[1:2]) == s[1:2] { // not VPC
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// with is the answers with one more. What says nothing new is not an answer: a default that is
// accepted stays a default, and a value of the file stays the file's.
func with(a answers.Set, q steps.Question, data any) answers.Set {
	old, text := a.Get(q.Key), answers.Format(data)
	switch {
	case old.Source != answers.Unset && answers.Format(old.Data) == text:
		return a
	case old.Source == answers.Unset && answers.Format(q.Default) == text:
		return a
	case text == "" && q.Default == nil:
		return a.Without(q.Key)
	}
	return a.With(q.Key, answers.Value{Data: data, Source: answers.Typed})
}

// accept stores an answer and goes to the next question.
func (s *session) accept(p steps.Place, data any) {
	s.settle(with(s.answers, p.Question, data))
	s.confirm(p.Question.Key)
	s.pass(p.Question.Key, true)
	delete(s.drafts, p.Question.Key)
	s.walk = s.walk.Next(s.answers)
	s.skip()
	next, more := s.place()
	switch {
	case more && next.Step == p.Step:
	case s.edited >= 0:
		s.goOn()
	case !more:
		s.left = nil // the review comes in its turn
	}
}

// doubt is a warning about a region that may be a typing error.
func doubt(region any) string {
	text := awsname.Doubt(answers.Format(region))
	if text != "" {
		text = "Warning: " + text
	}
	return text
}

// goOn leaves a step that was opened from the review: to the first question that the new answers
// have brought up, or to the review.
func (s *session) goOn() {
	for _, p := range s.guide.Sequence(s.answers) {
		if !s.passed[p.Question.Key] && !s.answers.Has(p.Question.Key) {
			s.walk, _ = s.walk.GoToKey(p.Question.Key, s.answers)
			s.edited, s.entry = p.Step, p.Question.Key
			return
		}
	}
	s.toReview()
}

func (s *session) toReview() {
	s.walk = steps.Walk{Guide: s.guide}
	s.edited, s.entry = -1, ""
}

// review counts every question as passed: what is shown there has been seen.
func (s *session) review() {
	s.reviewed = true
	s.settle(s.answers) // a remedy may have changed them
	for _, p := range s.guide.Sequence(s.answers) {
		s.passed[p.Question.Key] = true
	}
}

// back goes to the question before; false means that there is none. From a review that was opened before its turn it goes
// to where that was.
func (s *session) back() bool {
	if s.comeBack() {
		return true
	}
	if p, ok := s.place(); ok && s.edited >= 0 && p.Question.Key == s.entry {
		s.toReview()
		return true
	}
	walk := s.walk
	for {
		var ok bool
		if walk, ok = walk.Back(s.answers); !ok {
			return false
		}
		if p, _ := walk.Current(s.answers); !s.known(p.Question.Key) {
			s.walk = walk
			return true
		}
	}
}

// edit opens a step from the review; false means that it asks nothing.
func (s *session) edit(step int) bool {
	walk, ok := s.walk.GoTo(step, s.answers)
	if !ok {
		return false
	}
	p, _ := walk.Current(s.answers)
	if p.Question.Key == keyAccount && s.known(keyAccount) { // the credentials decide
		walk = walk.Next(s.answers)
		if p, ok = walk.Current(s.answers); !ok || p.Step != step {
			return false
		}
	}
	s.walk, s.edited, s.entry = walk, step, p.Question.Key
	return true
}

// editKey opens the step of one question from the review, at that question.
func (s *session) editKey(key string) bool {
	walk, ok := s.walk.GoToKey(key, s.answers)
	if !ok {
		return false
	}
	p, _ := walk.Current(s.answers)
	s.walk, s.edited, s.entry = walk, p.Step, key
	return true
}

// identify takes over whose credentials are used. Answers that somebody gave stay.
func (s *session) identify(who Identity) {
	s.who = who
	s.find(keyAccount, who.Account)
	s.find(keyRegion, who.Region)
	s.settle(s.answers)
}

func (s *session) find(key, found string) {
	if v := s.answers.Get(key); found != "" && v.Source <= answers.Found {
		s.answers = s.answers.With(key, answers.Value{Data: found, Source: answers.Found})
	}
}

// alone takes back what the credentials had answered.
func (s *session) alone() {
	s.who = Identity{}
	open := false
	for _, key := range []string{keyAccount, keyRegion} {
		if s.answers.Get(key).Source == answers.Found {
			s.answers, open = s.answers.Without(key), true
			delete(s.passed, key)
		}
	}
	s.settle(s.answers)
	if open && !s.reviewed {
		s.begin()
	}
}

// foreign says that the answers are for another account than the credentials.
func foreign(a answers.Set, who Identity) bool {
	account := a.Text(keyAccount)
	return who.Account != "" && account != "" && account != who.Account
}

func (s *session) target(a answers.Set) plan.Target {
	t := plan.Target{Account: a.Text(keyAccount), Region: a.Text(keyRegion)}
	t.Partition = awsname.Partition(t.Region)
	if s.who.Partition != "" && t.Region == s.who.Region {
		t.Partition = s.who.Partition
	}
	return t
}

// plan builds the plan of some answers, with everything that is wrong with them.
func (s *session) plan(a answers.Set) plan.Plan {
	resolved, problems := s.guide.Resolve(a)
	p := s.guide.Build(resolved, s.target(resolved))
	p.Problems = slices.Concat(problems, p.Problems)
	return p
}

// shown is an answer in the words of the question.
func shown(q steps.Question, v answers.Value) string {
	for _, o := range q.Choices {
		if o.Value == v.Data {
			return line(o.Title)
		}
	}
	switch data := v.Data.(type) {
	case bool:
		return map[bool]string{true: "yes", false: "no"}[data]
	case []string:
		return line(strings.Join(data, ", "))
	}
	return line(answers.Format(v.Data))
}

// from says where an answer came from; "" for what was typed.
func from(v answers.Value) string {
	if v.Source == answers.Unset || v.Source == answers.Typed {
		return ""
	}
	return v.Source.String()
}

// labels are the numbers of a guide's steps: the document's own where it has any, with "" for a
// step that it does not number, and otherwise from 1 on.
func labels(g steps.Guide) []string {
	out := make([]string, len(g.Steps))
	own := slices.ContainsFunc(g.Steps, func(s steps.Step) bool { return s.Number != "" })
	for i, s := range g.Steps {
		out[i] = s.Number
		if !own {
			out[i] = itoa(i + 1)
		}
	}
	return out
}

// stepLabel names a step as the document numbers it, and counts it among the numbered ones: "Step 1 of 6", or "Step C1, 2
// of 4" where the numbers are no count. "" : the document does not number it.
func stepLabel(g steps.Guide, step int, counted bool) string {
	numbers := labels(g)
	if numbers[step] == "" || !counted {
		return strings.TrimSuffix("Step "+numbers[step], "Step ")
	}
	at, all := 0, 0
	for i, number := range numbers {
		if number == "" {
			continue
		}
		all++
		if i <= step {
			at++
		}
	}
	if numbers[step] == itoa(at) {
		return "Step " + itoa(at) + " of " + itoa(all)
	}
	return "Step " + numbers[step] + ", " + itoa(at) + " of " + itoa(all)
}

// inStep counts a question among those of its step.
func inStep(places []steps.Place, at steps.Place) (n, of int) {
	for _, p := range places {
		if p.Step != at.Step {
			continue
		}
		of++
		if p.Question.Key == at.Question.Key {
			n = of
		}
	}
	return n, of
}
