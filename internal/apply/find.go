package apply

import (
	"context"

	"onramp/internal/plan"
	"onramp/internal/query"
)

// found looks for what an earlier run made and did not live to name, where a step has a way to find
// it. What it finds takes the place of what the step would make.
func (r *run) found(ctx context.Context, s *subject, st plan.Step, seen sight) (sight, error) {
	if seen.state != absent || st.Find == nil {
		return seen, nil
	}
	ref := plan.Ref{Resource: s.ID, Output: st.Find.Output}
	id, answer, err := r.find(ctx, *st.Find, ref, r.candidates(ref))
	switch {
	case denied(codeOf(err)) && !r.past[s.ID]: // nothing says that there is anything to find
		return seen, nil
	case err != nil:
		return seen, err
	case id == "":
		return seen, nil
	}
	r.setOutput(ref, id)
	return sight{state: same, answer: answer, have: id}, nil
}

// candidates are the ids that earlier runs have written down.
func (r *run) candidates(ref plan.Ref) []string {
	var ids []string
	for _, c := range r.options.Past {
		if c.Resource == ref.Resource && c.Outcome != nil && c.stands() && c.Outcome.Outputs[ref.Output] != "" {
			ids = append(ids, c.Outcome.Outputs[ref.Output])
		}
	}
	return ids
}

// find goes through the candidates, those that are known first, and gives the first that is ours and
// can be used, with what was answered of it.
func (r *run) find(ctx context.Context, f plan.Find, ref plan.Ref, known []string) (id string, answer any, err error) {
	listed, err := r.desk.again(ctx, f.List)
	if err != nil {
		return "", nil, err
	}
	ids, err := query.Texts(listed, f.Items)
	if err != nil {
		return "", nil, err
	}
	for _, id := range append(known, ids...) {
		fill := func(text string) string {
			return plan.Fill(text, func(at plan.Ref) string {
				if at == ref {
					return id
				}
				return at.String()
			})
		}
		answer, usable, err := r.candidate(ctx, f, fill)
		if err != nil {
			return "", nil, err
		}
		if usable {
			return id, answer, nil
		}
	}
	return "", nil, nil
}

// candidate says whether one is ours and can be used. One that may not be looked at is not ours.
func (r *run) candidate(ctx context.Context, f plan.Find, fill func(string) string) (answer any, usable bool, err error) {
	o := f.Owner
	o.Read = o.Read.Map(fill)
	whose, err := owns(o, func(c plan.Call) (any, error) { return r.desk.again(ctx, c) })
	if denied(codeOf(err)) {
		return nil, false, nil
	}
	if err != nil || whose != ours {
		return nil, false, err
	}
	answer, err = r.desk.again(ctx, f.Read.Map(fill))
	if err != nil {
		return nil, false, err
	}
	check := f.Check
	check.Query, check.Want = fill(check.Query), fill(check.Want)
	seen, err := compare(check, answer)
	return answer, seen.state == same, err
}
