package apply

import (
	"context"
	"slices"

	"onramp/internal/plan"
	"onramp/internal/query"
)

// Inspect looks at the account and says what a run would find, by id of the resource. It makes no
// call that changes anything. What a resource lacks is no error; an error is a look that failed for
// a reason which has nothing to do with the resource, such as a cancelled context.
func Inspect(ctx context.Context, p plan.Plan, c Caller) (map[string]Finding, error) {
	r := newRun(p, c, Options{})
	out := make(map[string]Finding, len(p.Resources))
	for _, res := range p.Resources {
		f, err := r.inspect(ctx, res)
		if err != nil {
			return out, err
		}
		out[res.ID] = f
	}
	return out, nil
}

// inspect looks at each step of one resource, as if those before it were done.
func (r *run) inspect(ctx context.Context, res plan.Resource) (Finding, error) {
	s := &subject{Resource: res, made: r.missing[res.Within]}
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
		if err != nil {
			f.Problem = err.Error()
			return f, nil
		}
		s.made = s.made || i == 0 && seen.state == absent && res.Spec.Action() == plan.Create
	}
	if s.made {
		r.missing[res.ID] = true
		f.Action = res.Spec.Action()
	}
	return f, nil
}

// glance is look for an account in which earlier resources may not be there yet: what cannot be
// read because it refers to one of them is absent.
func (r *run) glance(ctx context.Context, st plan.Step, s *subject) (sight, error) {
	if s.made || unknown(st) {
		return sight{state: absent}, nil
	}

	seen, err := r.look(ctx, st)
	if err != nil {
		return seen, err
	}
	if seen.state == same && unknownWant(st) {
		seen.state = differs
	}
	if st.Wait != nil && len(st.Create)+len(st.Update) == 0 {
		have, err := query.Text(seen.answer, r.fill(st.Wait.Query))
		if err == nil && slices.Contains(st.Wait.Never, have) {
			return seen, &refusal{what: "it is " + have + ": " + st.Wait.For + " will not come by itself"}
		}
	}
	if seen.state == same {
		return seen, r.take(s, st, seen.answer, func(o plan.Output) string { return o.Read })
	}
	return seen, nil
}

// note writes down what a step would do. What a run would refuse is an error.
func (r *run) note(ctx context.Context, s *subject, st plan.Step, seen sight, f *Finding) error {
	pure := len(st.Create)+len(st.Update) == 0
	if seen.state == same || s.made || pure && unknown(st) {
		return nil
	}
	if len(needed(st, seen)) == 0 {
		return &refusal{what: st.Refuse, why: st.Refuse}
	}
	foreign, err := r.foreign(ctx, s)
	if err != nil {
		return err
	}
	f.Action = plan.Update
	f.Differences = append(f.Differences, Difference{
		Step: st.Title, Have: seen.short(), Want: shorten(plan.Shown(want(st))), Ask: foreign || replaces(s, st, seen),
	})
	return nil
}
