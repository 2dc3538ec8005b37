package apply

import (
	"context"
	"errors"
	"slices"

	"onramp/internal/plan"
	"onramp/internal/query"
)

// Inspect looks at the account and says what a run would find, by id of the resource. It makes no
// call that changes anything. What a resource lacks is no error; an error is a look that failed for
// a reason which has nothing to do with the resource: a cancelled context, or a read that got no answer.
func Inspect(ctx context.Context, p plan.Plan, c Caller) (map[string]Finding, error) {
	return newRun(p, c, Options{}).survey(ctx, p)
}

// survey looks at every resource of a plan, at many at once.
func (r *run) survey(ctx context.Context, p plan.Plan) (map[string]Finding, error) {
	out := make(map[string]Finding, len(p.Resources))
	var failure error
	walk(p, func(res plan.Resource) {
		f, err := r.inspect(ctx, res)
		r.mu.Lock()
		defer r.mu.Unlock()
		if failure == nil {
			failure = err
		}
		if err == nil {
			out[res.ID] = f
		}
	})
	r.fetching.Wait()
	return out, failure
}

// inspect looks at each step of one resource, as if those before it were done.
func (r *run) inspect(ctx context.Context, res plan.Resource) (Finding, error) {
	s := &subject{Resource: res, made: r.lacks(res.Within)}
	r.prefetch(ctx, s)
	f := Finding{Action: plan.None}
	if res.Spec.Action() == plan.Adopt {
		f.Action = plan.Adopt
	}
	for i, st := range res.Spec.Steps() {
		st = r.filled(st)
		seen, err := r.glance(ctx, st, s)
		if err == nil {
			err = r.note(ctx, s, st, seen, &f)
		}
		if ctx.Err() != nil {
			return f, ctx.Err()
		}
		if errors.As(err, new(*unanswered)) {
			return f, err
		}
		if err != nil {
			f.Problem = err.Error()
			return f, nil
		}
		s.made = s.made || i == 0 && seen.state == absent && res.Spec.Action() == plan.Create
	}
	if s.made {
		r.mu.Lock()
		r.missing[res.ID] = true
		r.mu.Unlock()
		f.Action, f.missing = res.Spec.Action(), true
	}
	return f, nil
}

// prefetch makes the reads of a resource that changes what is there at once, and not one after another: what
// it changes exists, so that none is in vain. The first goes alone, and where it fails the others are not made: the first
// of SQL shows whether one can log in at all.
func (r *run) prefetch(ctx context.Context, s *subject) {
	if s.Spec.Action() != plan.Update || s.made || slices.ContainsFunc(s.Needs, r.lacks) {
		return
	}
	steps := s.Spec.Steps()
	first := r.filled(steps[0])
	if first.Read.Zero() || unknown(first) {
		return
	}
	if _, err := r.desk.read(ctx, first.Read); err != nil {
		return
	}
	for _, st := range steps[1:] {
		if st = r.filled(st); !st.Read.Zero() && !unknown(st) {
			r.fetching.Go(func() { _, _ = r.desk.read(ctx, st.Read) }) // who needs the answer asks again
		}
	}
}

// lacks says that a resource is not there yet.
func (r *run) lacks(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.missing[id]
}

// glance is look for an account in which earlier resources may not be there yet: what cannot be
// read because it refers to one of them is absent.
func (r *run) glance(ctx context.Context, st plan.Step, s *subject) (sight, error) {
	if s.made || unknown(st) {
		return sight{state: absent}, nil
	}

	seen, err := r.look(ctx, s, st)
	if err != nil {
		return seen, err
	}
	if seen.state == same && unknownWant(st) {
		seen.state = differs
	}
	if st.Wait != nil && pure(st) {
		have, err := query.Text(seen.answer, r.fill(st.Wait.Query))
		if err == nil && slices.Contains(st.Wait.Never, have) {
			return seen, &refusal{what: "it is " + have + ", which does not change by itself, and has to be so that " + st.Wait.For}
		}
	}
	if seen.state == same {
		return seen, r.take(s.ID, st.Take, seen.answer, byRead)
	}
	return seen, nil
}

// note writes down what a step would do. What a run would refuse is an error.
func (r *run) note(ctx context.Context, s *subject, st plan.Step, seen sight, f *Finding) error {
	switch {
	case seen.state == same && !s.made:
		r.uphold(s, st)
		return r.notePending(st, seen, f)
	case seen.state == same || s.made && st.Guard == nil || pure(st) && unknown(st):
		return nil
	}
	e, err := r.effect(ctx, s, st, seen, true)
	if err != nil {
		return err
	}
	if pure(st) && st.Guard != nil || s.made && len(e.asks) == 0 {
		f.Notes = append(f.Notes, e.texts...)
		return nil
	}
	if len(needed(st, seen)) == 0 {
		return refused(st, seen)
	}
	foreign, err := r.foreign(ctx, s)
	if err != nil {
		return err
	}
	f.Action = plan.Update
	f.Differences = append(f.Differences, difference(st, seen, foreign, foreign || r.replaces(s, st, seen), e))
	return nil
}

// counted says what numbers mean of which all have to be there.
func counted(have, want string) string {
	switch have {
	case "", "0":
		return "not done"
	}
	return "done in part, " + have + " of " + want
}

// refused says that a difference cannot be changed, and what to do.
func refused(st plan.Step, seen sight) *refusal {
	if seen.state == differs && !st.Check.Counts {
		return &refusal{what: "it is not as planned: " + seen.short() + ": " + st.Refuse, why: st.Refuse}
	}
	return &refusal{what: st.Refuse, why: st.Refuse}
}

// notePending writes down what is on its way: it is as planned, and not ready yet.
func (r *run) notePending(st plan.Step, seen sight, f *Finding) error {
	if st.Wait == nil || seen.answer == nil || len(f.Differences) > 0 { // what is not there is not on its way
		return nil
	}
	have, err := query.Text(seen.answer, r.fill(st.Wait.Query))
	if err == nil && have != r.fill(st.Wait.Want) {
		f.Pending = append(f.Pending, st.Wait.For)
	}
	return err
}
