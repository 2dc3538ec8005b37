package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/query"
)

// state is what a look at the account says of a step.
type state int

const (
	same state = iota
	absent
	differs
)

// sight is what was seen.
type sight struct {
	state  state
	answer any    // of the step's Read; nil where it was not made or found nothing
	have   string // what is there instead
}

// short is what is there, cut to fit a message.
func (s sight) short() string { return shorten(s.have) }

func shorten(s string) string {
	if r := []rune(s); len(r) > mostShown {
		return string(r[:mostShown-1]) + "…"
	}
	return s
}

// mostShown is how many characters of a value a message has.
const mostShown = 160

// want is what a step would make of it.
func want(st plan.Step) string {
	if st.Check.Document != nil {
		return string(st.Check.Document.Policy.Compact())
	}
	return st.Check.Want
}

// look makes a step's Read, or remembers it from a moment ago, and compares. st is filled in.
func (r *run) look(ctx context.Context, s *subject, st plan.Step) (sight, error) {
	if st.Read.Zero() { // nothing tells whether it was done: it is always done
		return sight{state: absent}, nil
	}
	answer, err := r.ask(ctx, s, st.Read)
	if code := codeOf(err); err != nil && slices.Contains(st.Absent, code) {
		return sight{state: absent}, nil
	}
	if text := st.Means[codeOf(err)]; err != nil && text != "" {
		return sight{}, &meant{text, err}
	}
	if err != nil {
		return sight{}, err
	}
	seen, err := compare(st.Check, answer)
	seen.answer = answer
	return seen, err
}

// meant is an error with what it means for the plan.
type meant struct {
	text string
	err  error
}

func (m *meant) Error() string { return m.text + " (" + m.err.Error() + ")" }
func (m *meant) Unwrap() error { return m.err }

// lookAgain looks at what is there now.
func (r *run) lookAgain(ctx context.Context, s *subject, st plan.Step) (sight, error) {
	st, err := r.relearned(ctx, s, st)
	if err != nil {
		return sight{}, err
	}
	r.desk.drop(st.Read)
	return r.look(ctx, s, st)
}

// relearned is a step whose Read says what a value that moves is now, such as the default version of a policy.
func (r *run) relearned(ctx context.Context, s *subject, st plan.Step) (plan.Step, error) {
	from, found := s.mover(st)
	if !found {
		return st, nil
	}
	answer, err := r.desk.again(context.WithoutCancel(ctx), r.call(from.Read))
	if err == nil {
		err = r.take(s.ID, from.Take, answer, byRead)
	}
	st.Read = r.call(s.readLater(st))
	return st, err
}

// moved reads a value again that a change has moved. Where it cannot be read, or nobody knows what came of the change, it
// is not known any more: the journal must not have undo look at what was there before.
func (r *run) moved(ctx context.Context, s *subject, st plan.Step, failed error) error {
	from, moves := s.mover(st)
	if !moves {
		return nil
	}
	r.mu.Lock()
	for _, o := range from.Take {
		delete(r.outputs, plan.Ref{Resource: s.ID, Output: o.Name})
	}
	r.mu.Unlock()
	if failed != nil {
		return nil
	}
	_, err := r.relearned(ctx, s, st)
	return err
}

// mover is the earlier step of the resource that takes a value which moves and to which a step's Read refers.
func (s *subject) mover(st plan.Step) (plan.Step, bool) {
	steps := s.Spec.Steps()
	for _, earlier := range steps[:max(0, s.number(st))] {
		for _, o := range earlier.Take {
			if o.Moves && refersTo(s.unfilled(st).Read, plan.Ref{Resource: s.ID, Output: o.Name}) {
				return earlier, true
			}
		}
	}
	return plan.Step{}, false
}

// number is the place of a step among those of its resource; unfilled is the step as it stands there.
func (s *subject) number(st plan.Step) int {
	return slices.IndexFunc(s.Spec.Steps(), func(other plan.Step) bool { return other.Title == st.Title })
}

func (s *subject) unfilled(st plan.Step) plan.Step { return s.Spec.Steps()[s.number(st)] }

// readLater is a step's Read as it has to be made after its change: a value that moves is still a reference in it.
func (s *subject) readLater(st plan.Step) plan.Call {
	if _, moves := s.mover(st); moves {
		return s.unfilled(st).Read
	}
	return st.Read
}

// refersTo says that a call holds a reference.
func refersTo(c plan.Call, to plan.Ref) bool {
	found := false
	c.Map(func(s string) string {
		found = found || slices.Contains(plan.Refs(s), to)
		return s
	})
	return found
}

// compare holds an answer against a check.
func compare(c plan.Check, answer any) (sight, error) {
	if c.Query == "" {
		return sight{state: same}, nil
	}
	if c.Document != nil {
		return compareDocument(c, answer)
	}
	have, err := query.Text(answer, c.Query)
	switch {
	case err != nil:
		return sight{}, err
	case have == "":
		return sight{state: absent}, nil
	case c.Want == "" || have == c.Want:
		return sight{state: same, have: have}, nil
	}
	return sight{state: differs, have: have}, nil
}

func compareDocument(c plan.Check, answer any) (sight, error) {
	v, err := query.Value(answer, c.Query)
	if err != nil || v == nil {
		return sight{state: absent}, err
	}
	text, isText := v.(string)
	if !isText {
		data, err := json.Marshal(v)
		if err != nil {
			return sight{}, fmt.Errorf("encode policy: %w", err)
		}
		text = string(data)
	}
	have, err := policy.Parse([]byte(text))
	if err != nil { // it cannot be ours
		return sight{state: differs, have: text}, nil
	}
	if policy.Equal(have, c.Document.Policy) || c.Contains && policy.Contains(have, c.Document.Policy) {
		return sight{state: same, have: text}, nil
	}
	return sight{state: differs, have: text}, nil
}

// fill puts the known outputs into a text. An output that is not known stays a reference.
func (r *run) fill(s string) string {
	return plan.Fill(s, func(ref plan.Ref) string {
		if v, ok := r.output(ref); ok {
			return v
		}
		return ref.String()
	})
}

func (r *run) call(c plan.Call) plan.Call { return c.Map(r.fill) }

// filled is a step with the known outputs in its read and its check.
func (r *run) filled(st plan.Step) plan.Step {
	st.Read = r.call(st.Read)
	st.Check = r.check(st.Check)
	return st
}

func (r *run) check(c plan.Check) plan.Check {
	c.Query, c.Want = r.fill(c.Query), r.fill(c.Want)
	if c.Document != nil {
		d := *c.Document
		d.Policy = d.Policy.Map(r.fill)
		c.Document = &d
	}
	return c
}

// undo is an undo with the known outputs in it.
func (r *run) undo(u *plan.Undo) *plan.Undo {
	if u == nil {
		return nil
	}
	out := *u
	out.Read, out.Check = r.call(u.Read), r.check(u.Check)
	out.Calls = make([]plan.Call, len(u.Calls))
	for i, c := range u.Calls {
		out.Calls[i] = r.call(c)
	}
	if u.Owner != nil {
		o := r.ownerCall(*u.Owner)
		out.Owner = &o
	}
	if u.Wait != nil {
		w := *u.Wait
		w.Query, w.Want = r.fill(w.Query), r.fill(w.Want)
		out.Wait = &w
	}
	return &out
}

// unknown says that a step's read refers to something that is not there yet.
func unknown(st plan.Step) bool {
	found := false
	visit := func(s string) string {
		found = found || len(plan.Refs(s)) > 0
		return s
	}
	st.Read.Map(visit)
	visit(st.Check.Query)
	return found
}

// unknownWant says that only the value that a check wants is not known yet.
func unknownWant(st plan.Step) bool {
	return strings.ContainsFunc(st.Check.Want, isRef) || st.Check.Document != nil && strings.ContainsFunc(string(st.Check.Document.Policy.Compact()), isRef)
}

func isRef(r rune) bool { return r == '\uFDD0' }
