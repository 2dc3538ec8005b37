package apply

import (
	"context"
	"fmt"
	"slices"

	"onramp/internal/plan"
	"onramp/internal/query"
)

// step looks, decides and makes what is needed.
func (r *run) step(ctx context.Context, s *subject, st plan.Step, first bool) error {
	if st.Fresh && s.made {
		return nil
	}
	if pure(st) && st.Wait == nil && len(st.Take) == 0 && st.Check == (plan.Check{}) {
		return nil
	}
	defer r.turn(st.Turn)()
	st = r.filled(st)
	seen, err := r.look(ctx, s, st)
	if err != nil {
		return err
	}
	was := seen.state
	if seen, err = r.found(ctx, s, st, seen); err != nil {
		return err
	}
	s.own = s.own || seen.state != was
	calls, err := r.decide(ctx, s, st, seen)
	if err != nil {
		return err
	}
	for i, c := range calls {
		if err := r.send(ctx, s, change{step: st, first: first, number: i}, r.call(c), seen); err != nil {
			return err
		}
	}
	if len(calls) > 0 {
		s.changed = true
		s.made = s.made || first && seen.state == absent
	}
	return r.settle(ctx, s, st, seen, len(calls) > 0)
}

// pure says that a step changes nothing.
func pure(st plan.Step) bool { return len(st.Create)+len(st.Update) == 0 }

// settle waits until what was made is there, and takes the outputs that only a look gives. A wait
// counts too where nothing had to be made: an earlier run may have ended in the middle of it.
func (r *run) settle(ctx context.Context, s *subject, st plan.Step, seen sight, made bool) error {
	if st.Wait != nil {
		answer, err := r.wait(ctx, s, st, made, seen.answer)
		if err != nil {
			return err
		}
		seen.answer = answer
	}
	lacks := slices.DeleteFunc(slices.Clone(st.Take), func(o plan.Output) bool {
		_, known := r.output(plan.Ref{Resource: s.ID, Output: o.Name})
		return known && made
	})
	if len(lacks) == 0 {
		return nil
	}
	if made && st.Wait == nil {
		again, err := r.look(ctx, s, st)
		if err != nil {
			return err
		}
		seen.answer = again.answer
	}
	return r.take(s.ID, lacks, seen.answer, byRead)
}

// byRead and byCall are the queries by which an output is found in what a read answers, and in what the
// call does that makes the thing.
func byRead(o plan.Output) string { return o.Read }
func byCall(o plan.Output) string { return o.Made }

// take stores outputs of a resource. which gives the query to use; "" passes an output over.
func (r *run) take(resource string, outputs []plan.Output, answer any, which func(plan.Output) string) error {
	for _, o := range outputs {
		q := which(o)
		if q == "" {
			continue
		}
		v, err := query.Text(answer, q)
		if err != nil {
			return err
		}
		if v == "" {
			return fmt.Errorf("read %s of %s: AWS did not answer it", o.Name, resource)
		}
		r.setOutput(plan.Ref{Resource: resource, Output: o.Name}, v)
	}
	return nil
}

// decide says which calls are to be made.
func (r *run) decide(ctx context.Context, s *subject, st plan.Step, seen sight) ([]plan.Call, error) {
	switch {
	case seen.state == same:
		return nil, nil
	case len(needed(st, seen)) == 0:
		return nil, refused(st, seen)
	}
	foreign, err := r.foreign(ctx, s)
	if err != nil {
		return nil, err
	}
	e, err := r.effect(ctx, s, st, seen, false)
	if err != nil {
		return nil, err
	}
	if ask := foreign || e.ask || r.replaces(s, st, seen); ask && !r.options.Adopt {
		return nil, &NeedsConsent{Foreign: foreign, Have: seen.short(), Want: shorten(want(st)), Affects: e.text()}
	}
	return needed(st, seen), nil
}

// needed are the calls that bring about what was not seen.
func needed(st plan.Step, seen sight) []plan.Call {
	if seen.state == differs {
		return st.Update
	}
	return st.Create
}

// replaces says that something would be overwritten that others may rely on.
func (r *run) replaces(s *subject, st plan.Step, seen sight) bool {
	return st.Ask && seen.state == differs && !r.own(s)
}

// own says that a resource is this plan's, without a look: it was made in this run, or found by its marks, or an
// earlier run was making it when it ended.
func (r *run) own(s *subject) bool { return s.made || s.own || r.past[s.ID] }

// foreign says that the resource is there and was not made by this plan. It is asked once. What an
// earlier run was making when it ended is the plan's, marked or not.
func (r *run) foreign(ctx context.Context, s *subject) (bool, error) {
	o := s.Spec.Steps()[0].Owner
	if o == nil || r.own(s) {
		return false, nil
	}
	if s.owner == nil {
		owned, err := owns(r.ownerCall(*o), func(c plan.Call) (any, error) { return r.ask(ctx, s, c) })
		if err != nil {
			return false, err
		}
		foreign := owned == theirs
		s.owner = &foreign
	}
	return *s.owner, nil
}

func (r *run) ownerCall(o plan.Owner) plan.Owner {
	o.Read = r.call(o.Read)
	o.Check.Want = r.fill(o.Check.Want)
	return o
}
