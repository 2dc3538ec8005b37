package cloudformation

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"onramp/internal/kind"
	"onramp/internal/plan"
)

// store is what the Parameter Store of an account has: the script that comes before only looks.
type store struct{ paths []string }

// Kind implements plan.Spec.
func (store) Kind() plan.Kind { return "ssm-parameter" }

// Name implements plan.Spec.
func (s store) Name() string { return strings.Join(s.paths, ", ") }

// Label implements plan.Spec.
func (s store) Label() string {
	if len(s.paths) > 1 {
		return "parameters " + s.Name()
	}
	return "parameter " + s.Name()
}

// Action implements plan.Spec.
func (store) Action() plan.Action { return plan.Adopt }

// Documents implements plan.Spec.
func (store) Documents() []plan.Document { return nil }

// Steps implements plan.Spec.
func (s store) Steps() (steps []plan.Step) {
	for _, name := range s.paths {
		steps = append(steps, plan.Step{
			Title: "read the parameter " + name,
			Read:  plan.NewCall("ssm", "GetParameter", "Name", name), Absent: []string{"ParameterNotFound"},
			Check:  plan.Check{Query: "Parameter.Value"},
			Refuse: "the account must keep the value under this name in this region: put it there",
			Take:   []plan.Output{{Name: path.Base(name), Read: "Parameter.Value"}},
		})
	}
	return steps
}

// storeID is the resource of the store.
const storeID = "the-store"

// fromStore is a reference to what an account keeps under the name of a parameter.
func (t *template) fromStore(parameter string) string {
	if !slices.Contains(t.kept, parameter) {
		t.kept = append(t.kept, parameter)
	}
	return plan.Ref{Resource: storeID, Output: kebab(parameter)}.String()
}

func (t *template) lookAtStore() []plan.Resource {
	var s store
	for _, p := range t.parameters {
		if slices.Contains(t.kept, p.name) {
			s.paths = append(s.paths, p.value)
		}
	}
	return []plan.Resource{{ID: storeID, Spec: s}}
}

// crowded warns where the stacks of an account's regions put more on a principal than it takes: IAM knows no regions, so
// an account is likely to keep one name in all of them.
func (t *template) crowded(regions int) (lines []string) {
	sizes := map[kind.Principal]int{}
	for _, r := range t.plan.Resources {
		if p, is := r.Spec.(kind.PrincipalPolicy); is {
			sizes[p.Of] += p.Document.Policy.Size()
		}
	}
	for _, r := range t.plan.Resources {
		e, is := r.Spec.(kind.ExistingPrincipal)
		if most := e.Of.Type.MaxInline(); is && sizes[e.Of] > 0 && regions*sizes[e.Of] > most {
			lines = append(lines, "", fmt.Sprintf("Each region puts inline policies of %d characters on the IAM %s that its account names, and one takes %d in all:", sizes[e.Of], e.Of.Type, most),
				fmt.Sprintf("%d regions are too many for one. Name another %s for some of them.", regions, e.Of.Type))
		}
	}
	return lines
}
