package plan

import (
	"fmt"
	"slices"
	"strings"
)

// Order returns the resources so that each comes after those that it needs, and otherwise in
// the order given, which is the order in which people read them. A need that is not among the
// resources, an id that stands twice and a circle are errors: they are mistakes of a guide.
func Order(resources []Resource) ([]Resource, error) {
	byID := make(map[string]Resource, len(resources))
	for _, r := range resources {
		if _, twice := byID[r.ID]; twice {
			return nil, fmt.Errorf("order resources: id %q stands twice", r.ID)
		}
		byID[r.ID] = r
	}
	o := orderer{byID: byID, state: map[string]int{}}
	for _, r := range resources {
		if err := o.visit(r.ID, nil); err != nil {
			return nil, err
		}
	}
	return o.out, nil
}

type orderer struct {
	byID  map[string]Resource
	state map[string]int // 1: being visited, 2: done
	out   []Resource
}

func (o *orderer) visit(id string, path []string) error {
	switch o.state[id] {
	case 1:
		return fmt.Errorf("order resources: circle %s", strings.Join(append(path, id), " -> "))
	case 2:
		return nil
	}
	r, ok := o.byID[id]
	if !ok {
		return fmt.Errorf("order resources: %s needs %q, which is not in the plan", strings.Join(path, " -> "), id)
	}
	o.state[id] = 1
	for _, need := range r.Needs {
		if err := o.visit(need, append(slices.Clip(path), id)); err != nil {
			return err
		}
	}
	o.state[id] = 2
	o.out = append(o.out, r)
	return nil
}

// Needs lists what a resource needs: what its guide says, and what its calls refer to.
func Needs(r Resource) []string {
	needs := slices.Clone(r.Needs)
	visit := func(s string) {
		for _, ref := range Refs(s) {
			if ref.Resource != r.ID && !slices.Contains(needs, ref.Resource) {
				needs = append(needs, ref.Resource)
			}
		}
	}
	for _, s := range r.Spec.Steps() {
		for _, calls := range [][]Call{s.Reads(), s.Create, s.Update} {
			for _, c := range calls {
				eachString(c.Input, visit)
			}
		}
		visit(s.Check.Query)
		visit(s.Check.Want)
	}
	return needs
}
