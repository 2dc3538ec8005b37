package plan_test

import (
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// thing is a resource for tests: one step, whose call holds the texts.
type thing struct {
	name  string
	texts []string
	steps []plan.Step // instead of the one step
	docs  []plan.Document
}

func (thing) Kind() plan.Kind              { return "thing" }
func (t thing) Name() string               { return t.name }
func (t thing) Label() string              { return "thing " + t.name }
func (thing) Action() plan.Action          { return plan.Create }
func (t thing) Documents() []plan.Document { return t.docs }
func (t thing) Steps() []plan.Step {
	if t.steps != nil {
		return t.steps
	}
	return []plan.Step{{Title: "make " + t.name, Create: []plan.Call{plan.NewCall("toy", "Make", "Texts", t.texts)}}}
}

func resource(id string, spec plan.Spec, needs ...string) plan.Resource {
	return plan.Resource{ID: id, Spec: spec, Needs: needs}
}

func ref(resource, output string) string {
	return plan.Ref{Resource: resource, Output: output}.String()
}

// document is a policy on one resource.
func document(name, on string) plan.Document {
	return plan.Document{Name: name, Title: "Policy " + name, Kind: policy.Identity, Policy: policy.Document{
		Version: policy.Version, Statements: []policy.Statement{{Effect: policy.Allow, Actions: []string{"s3:GetObject"}, Resources: []string{on}}},
	}}
}

// ids are the ids of resources in their order.
func ids(resources []plan.Resource) (out []string) {
	for _, r := range resources {
		out = append(out, r.ID)
	}
	return out
}
