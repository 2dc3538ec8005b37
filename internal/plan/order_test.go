package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/plan"
)

func TestOrder(t *testing.T) {
	a := func(id string, needs ...string) plan.Resource { return resource(id, thing{name: id}, needs...) }
	tests := map[string]struct {
		given []plan.Resource
		want  string
	}{
		"nothing":                          {nil, ""},
		"nothing needed, nothing moved":    {[]plan.Resource{a("c"), a("a"), a("b")}, "c a b"},
		"what is needed comes before":      {[]plan.Resource{a("a", "b"), a("b")}, "b a"},
		"a chain":                          {[]plan.Resource{a("a", "b"), a("b", "c"), a("c")}, "c b a"},
		"two needs in the order given":     {[]plan.Resource{a("a", "c", "b"), a("b"), a("c")}, "c b a"},
		"what is in order already remains": {[]plan.Resource{a("key"), a("bucket", "key"), a("role"), a("policy", "role", "key")}, "key bucket role policy"},
		"a need that stands twice":         {[]plan.Resource{a("a", "b", "b"), a("b")}, "b a"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := plan.Order(test.given)
			if err != nil || strings.Join(ids(got), " ") != test.want {
				t.Errorf("got %v, %v, want %s", ids(got), err, test.want)
			}
		})
	}
}

func TestOrderRefusesAGuidesMistakes(t *testing.T) {
	a := func(id string, needs ...string) plan.Resource { return resource(id, thing{name: id}, needs...) }
	tests := map[string]struct {
		given []plan.Resource
		says  []string
	}{
		"a need that is not there": {[]plan.Resource{a("a", "b")}, []string{"a", "b"}},
		"an id that stands twice":  {[]plan.Resource{a("a"), a("a")}, []string{"a", "twice"}},
		"a circle":                 {[]plan.Resource{a("a", "b"), a("b", "c"), a("c", "a")}, []string{"a -> b -> c -> a"}},
		"a need of itself":         {[]plan.Resource{a("a", "a")}, []string{"a -> a"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := plan.Order(test.given)
			if err == nil {
				t.Fatalf("ordered as %v", ids(got))
			}
			for _, word := range test.says {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%q does not name %q", err, word)
				}
			}
		})
	}
}

// TestAnyOrder: each comes after those that it needs, none is lost, and what was in order stays.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "resources")
		given := make([]plan.Resource, n)
		for i := range given {
			given[i] = resource(fmt.Sprint(i), thing{})
			for j := range i {
				if rapid.IntRange(0, 3).Draw(t, "needs") == 0 {
					given[i].Needs = append(given[i].Needs, fmt.Sprint(j))
				}
			}
		}
		inOrder, err := plan.Order(given)
		if err != nil || !slices.Equal(ids(inOrder), ids(given)) {
			t.Fatalf("what is in order becomes %v, %v", ids(inOrder), err)
		}
		got, err := plan.Order(rapid.Permutation(given).Draw(t, "shuffled"))
		if err != nil || len(got) != n {
			t.Fatalf("%d of %d, %v", len(got), n, err)
		}
		seen := map[string]bool{}
		for _, r := range got {
			for _, need := range r.Needs {
				if !seen[need] {
					t.Fatalf("%s comes before %s, which it needs: %v", r.ID, need, ids(got))
				}
			}
			seen[r.ID] = true
		}
	})
}

// TestNeeds: what a call refers to is needed, wherever in the step it stands.
func TestNeeds(t *testing.T) {
	in := func(s string) plan.Call { return plan.NewCall("toy", "Make", "Text", s) }
	tests := map[string]struct {
		step plan.Step
		want []string
	}{
		"nothing":              {plan.Step{Create: []plan.Call{in("text")}}, []string{"said"}},
		"what creates":         {plan.Step{Create: []plan.Call{in(ref("a", "x"))}}, []string{"said", "a"}},
		"what updates":         {plan.Step{Update: []plan.Call{in(ref("a", "x"))}}, []string{"said", "a"}},
		"what reads":           {plan.Step{Read: in(ref("a", "x"))}, []string{"said", "a"}},
		"who owns it":          {plan.Step{Owner: &plan.Owner{Read: in(ref("a", "x"))}}, []string{"said", "a"}},
		"what is wanted":       {plan.Step{Check: plan.Check{Want: ref("a", "x")}}, []string{"said", "a"}},
		"what is looked for":   {plan.Step{Check: plan.Check{Query: "x[?y=='" + ref("a", "x") + "']"}}, []string{"said", "a"}},
		"a document in a call": {plan.Step{Create: []plan.Call{plan.NewCall("toy", "Make", "Policy", document("d", ref("a", "arn")))}}, []string{"said", "a"}},
		"a list, an object and a role list": {plan.Step{Create: []plan.Call{plan.NewCall("toy", "Make",
			"List", []string{"x", ref("a", "x")}, "Object", plan.In("B", ref("b", "x")), "Objects", []plan.Object{plan.In("C", ref("c", "x"))}, "Roles", plan.RoleList{Add: []string{ref("d", "x")}},
		)}}, []string{"said", "a", "b", "c", "d"}},
		"each once, and not itself": {plan.Step{Create: []plan.Call{in(ref("a", "x") + ref("a", "y") + ref("self", "z") + ref("said", "x"))}}, []string{"said", "a"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := resource("self", thing{steps: []plan.Step{test.step}}, "said")
			if got := plan.Needs(r); !slices.Equal(got, test.want) {
				t.Errorf("needs %v, want %v", got, test.want)
			}
			if len(r.Needs) != 1 {
				t.Errorf("the resource itself was changed: %v", r.Needs)
			}
		})
	}
}
