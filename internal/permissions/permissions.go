// Package permissions computes the least IAM policy that the person who applies a plan needs, from
// the plan's calls. Nothing is typed in by hand for a guide: a table says for each call that a kind
// makes which actions AWS asks for, on what, under which conditions (Service Authorization
// Reference).
//
// It is pure. It must not know any guide, any output format, or aws-sdk-go-v2. It says nothing of
// what the roles of a plan need: those policies are the plan's own.
package permissions

import (
	"fmt"
	"slices"

	"onramp/internal/plan"
	"onramp/internal/policy"
)

// Permission is one action on one resource.
type Permission struct {
	Action     string
	Resource   string // an ARN, with wildcards where only AWS knows the rest; or "*"
	Conditions []policy.Condition
}

// Operator is the policy for apply: what the plan reads and what it writes. An update is covered as
// well as a creation, since only apply sees which of the two is needed; and so is the search for what an
// earlier run could not name.
func Operator(p plan.Plan) (policy.Document, error) {
	return compute(p, func(s plan.Step) []plan.Call { return slices.Concat(s.Reads(), searches(s), s.Create, s.Update) })
}

func searches(s plan.Step) []plan.Call {
	if s.Find == nil {
		return nil
	}
	return []plan.Call{s.Find.List, s.Find.Owner.Read, s.Find.Read}
}

// Reader is the policy for plan and verify: what the plan reads. A plan with SQL reads by running
// queries, and redshift-data:ExecuteStatement cannot be held to queries: what else it could run is
// for the database user's own privileges to bound.
func Reader(p plan.Plan) (policy.Document, error) {
	return compute(p, plan.Step.Reads)
}

// Undo is the policy for undo: what taking a run of the plan back looks at, deletes and puts back, and the
// search for what a run made whose answer was lost. Policies and roles that were there before are known only
// to the journal, so that what may be put back is not bounded by name.
func Undo(p plan.Plan) (policy.Document, error) {
	return compute(p, func(s plan.Step) []plan.Call {
		var out []plan.Call
		if u := s.Undo; u != nil {
			out = append(append(searches(s), u.Read), u.Calls...)
			if u.Owner != nil {
				out = append(out, u.Owner.Read)
			}
		}
		if len(s.Restore) > 0 {
			out = append(append(out, s.Read), s.Restore...)
		}
		return out
	})
}

// Required lists what one call of a plan needs. A call that the table does not know is an error.
func Required(c plan.Call, p plan.Plan) ([]Permission, error) {
	return newScope(p).required(c)
}

func compute(p plan.Plan, calls func(plan.Step) []plan.Call) (policy.Document, error) {
	s, b := newScope(p), newBuilder()
	for _, r := range p.Resources {
		for _, step := range r.Spec.Steps() {
			for _, c := range calls(step) {
				permissions, err := s.required(c)
				if err != nil {
					return policy.Document{}, fmt.Errorf("compute permissions of %s: %w", r.ID, err)
				}
				b.add(r.ID, permissions)
			}
		}
	}
	return b.document(), nil
}

// scope is what a rule knows beside the call: the plan that the call stands in.
type scope struct {
	plan.Target
	owner    string            // value of the tag of the plan
	paths    map[string]string // role name -> path, of the roles that the plan makes
	networks map[string]string // resource id -> VPC, of the security groups that the plan makes
	suffixes map[string]string // resource id -> end of its name, of the endpoint services that the plan finds
}

func (s scope) required(c plan.Call) ([]Permission, error) {
	rule, ok := rules()[c.Name()]
	if !ok {
		return nil, fmt.Errorf("look up what %s needs: not in the table", c.Name())
	}
	return rule(s, c), nil
}
