package planjson_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/answers"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/render/planjson"
)

// document is the contract once more, as a script reads it: nothing of the package that writes it.
type document struct {
	Schema                       int
	Guide, Account, Region, Hash string
	Resources                    []resource
	SQL                          []struct{ Title, SQL, Undo string }
	FollowUp                     []plan.FollowUp `json:"follow_up"`
	Files                        []plan.File
	HandOver                     []plan.Value `json:"hand_over"`
	Warnings                     []plan.Warning
	OperatorPolicy               json.RawMessage `json:"operator_policy"`
	CostNotes                    []plan.Note     `json:"cost_notes"`
	Problems                     []answers.Problem
}

type resource struct {
	ID, Kind, Name, Label, Step, Action string
	DependsOn                           []string `json:"depends_on"`
	Documents                           map[string]json.RawMessage
	Calls, Reads                        []struct {
		Service, Operation string
		Input              any
	}
}

// TestRandomAnswersGiveTheirPlan: whatever was answered, each member of the document says what the plan says, and there is
// no other member.
func TestRandomAnswersGiveTheirPlan(t *testing.T) {
	plantest.Random(t, func(t *rapid.T, d plantest.Drawn) {
		p := d.Plan
		operator, err := permissions.Operator(p)
		if err != nil {
			t.Fatal(err)
		}
		data, err := planjson.Render(planjson.Input{Plan: p, Operator: operator})
		if err != nil {
			t.Fatal(err)
		}
		var doc document
		strict := json.NewDecoder(bytes.NewReader(data))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&doc); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if bytes.ContainsAny(data, "\uFDD0\uFDD1") {
			t.Fatalf("a mark of a reference is left:\n%s", data)
		}
		equal(t, "the plan", []any{doc.Schema, doc.Guide, doc.Account, doc.Region, doc.Hash}, []any{1, p.Guide, p.Target.Account, p.Target.Region, p.Hash()})
		samePolicy(t, "the operator's policy", doc.OperatorPolicy, operator)
		sameLists(t, doc, p)
		equal(t, "the number of resources", len(doc.Resources), len(p.Resources))
		for i, r := range p.Resources {
			sameResource(t, doc.Resources[i], r)
		}
	})
}

func equal(t *rapid.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: got\n%+v\nwant\n%+v", what, got, want)
	}
}

func sameLists(t *rapid.T, doc document, p plan.Plan) {
	t.Helper()
	equal(t, "the number of statements", len(doc.SQL), len(p.SQL))
	for i, s := range p.SQL {
		equal(t, "a statement", []string{doc.SQL[i].Title, doc.SQL[i].SQL, doc.SQL[i].Undo}, []string{s.Title, plan.Shown(s.Text), plan.Shown(s.Undo)})
	}
	equal(t, "the number of follow-ups", len(doc.FollowUp), len(p.FollowUps))
	for i, f := range p.FollowUps {
		f.SQL = plan.Shown(f.SQL)
		equal(t, "a follow-up", doc.FollowUp[i], f)
	}
	equal(t, "the files", doc.Files, append([]plan.File{}, p.Files...))
	equal(t, "what is handed over", doc.HandOver, append([]plan.Value{}, p.HandOver...))
	equal(t, "the warnings", doc.Warnings, append([]plan.Warning{}, p.Warnings...))
	equal(t, "the costs", doc.CostNotes, append([]plan.Note{}, p.Costs...))
	equal(t, "the problems", doc.Problems, []answers.Problem{})
}

func sameResource(t *rapid.T, got resource, r plan.Resource) {
	t.Helper()
	equal(t, r.ID, []string{got.ID, got.Kind, got.Name, got.Label, got.Step, got.Action},
		[]string{r.ID, string(r.Spec.Kind()), r.Spec.Name(), r.Spec.Label(), r.Place, string(r.Spec.Action())})
	equal(t, r.ID+": what it needs", got.DependsOn, append([]string{}, r.Needs...))
	equal(t, r.ID+": the number of documents", len(got.Documents), len(r.Spec.Documents()))
	for _, d := range r.Spec.Documents() {
		samePolicy(t, r.ID+": "+d.Name, got.Documents[d.Name], d.Policy.Map(plan.Shown))
	}
	var calls, reads []plan.Call
	for _, s := range r.Changes() {
		calls = append(calls, s.Calls()...)
	}
	for _, s := range r.Spec.Steps() {
		reads = append(reads, s.Reads()...)
	}
	equal(t, r.ID+": the number of calls", []int{len(got.Calls), len(got.Reads)}, []int{len(calls), len(reads)})
	for i, c := range append(calls, reads...) {
		have := append(got.Calls, got.Reads...)[i]
		equal(t, r.ID+": a call", []any{have.Service, have.Operation, have.Input}, []any{c.Service, c.Operation, decoded(t, c.Map(plan.Shown).Input)})
	}
}

// decoded is what JSON says of a value.
func decoded(t *rapid.T, v any) (out any) {
	t.Helper()
	data, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func samePolicy(t *rapid.T, what string, data json.RawMessage, want policy.Document) {
	t.Helper()
	got, err := policy.Parse(data)
	if err != nil || !policy.Equal(got, want) {
		t.Fatalf("%s: %v\n%s\nwant\n%s", what, err, data, want.JSON())
	}
}
