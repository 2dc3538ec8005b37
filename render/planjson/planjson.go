// Package planjson renders a plan as the one JSON document of `onramp plan --json`. It is a public
// contract: members are added and never changed.
package planjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// Input is what the document says beside the plan itself.
type Input struct {
	Plan     plan.Plan
	Findings map[string]apply.Finding // nil: nobody looked at the account
	Operator policy.Document          // what the person who applies needs
}

type document struct {
	Schema         int               `json:"schema"`
	Guide          string            `json:"guide"`
	Account        string            `json:"account"`
	Region         string            `json:"region"`
	Hash           string            `json:"hash"`
	Resources      []resource        `json:"resources"`
	SQL            []statement       `json:"sql"`
	FollowUp       []plan.FollowUp   `json:"follow_up"`
	Files          []plan.File       `json:"files"`
	HandOver       []plan.Value      `json:"hand_over"`
	Warnings       []plan.Warning    `json:"warnings"`
	OperatorPolicy policy.Document   `json:"operator_policy"`
	CostNotes      []plan.Note       `json:"cost_notes"`
	Problems       []answers.Problem `json:"problems"`
}

type resource struct {
	ID        string                     `json:"id"`
	Kind      plan.Kind                  `json:"kind"`
	Name      string                     `json:"name"`
	Label     string                     `json:"label"`
	Step      string                     `json:"step,omitempty"`
	Action    plan.Action                `json:"action"`
	DependsOn []string                   `json:"depends_on"`
	Documents map[string]policy.Document `json:"documents"`
	Changes   []apply.Difference         `json:"changes,omitempty"`
	Notes     []string                   `json:"notes,omitempty"`
	Problem   string                     `json:"problem,omitempty"`
	Calls     []plan.Call                `json:"calls"`
	Reads     []plan.Call                `json:"reads"`
}

type statement struct {
	Title string `json:"title"`
	SQL   string `json:"sql"`
	Undo  string `json:"undo,omitempty"`
}

// Render gives the document, indented, with a line feed at its end.
func Render(in Input) ([]byte, error) {
	p := in.Plan
	doc := document{
		Schema: plan.Schema, Guide: p.Guide, Account: p.Target.Account, Region: p.Target.Region, Hash: p.Hash(),
		Resources: []resource{}, SQL: []statement{}, FollowUp: []plan.FollowUp{}, Files: []plan.File{}, HandOver: []plan.Value{}, Warnings: []plan.Warning{},
		OperatorPolicy: in.Operator, CostNotes: []plan.Note{}, Problems: []answers.Problem{},
	}
	for _, r := range p.Resources {
		doc.Resources = append(doc.Resources, in.resource(r))
	}
	for _, s := range p.SQL {
		doc.SQL = append(doc.SQL, statement{s.Title, plan.Shown(s.Text), plan.Shown(s.Undo)})
	}
	for _, f := range p.FollowUps {
		f.SQL = plan.Shown(f.SQL)
		doc.FollowUp = append(doc.FollowUp, f)
	}
	doc.Files = append(doc.Files, p.Files...)
	doc.HandOver = append(doc.HandOver, p.HandOver...)
	doc.Warnings = append(doc.Warnings, p.Warnings...)
	doc.CostNotes = append(doc.CostNotes, p.Costs...)
	doc.Problems = append(append(doc.Problems, p.Problems...), Obstacles(p, in.Findings)...)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(doc); err != nil {
		return nil, fmt.Errorf("encode plan: %w", err)
	}
	return b.Bytes(), nil
}

// Obstacles are the resources of a plan that cannot be brought about in the account as it is.
func Obstacles(p plan.Plan, findings map[string]apply.Finding) answers.Problems {
	var out answers.Problems
	for _, r := range p.Resources {
		if text := findings[r.ID].Problem; text != "" {
			out = append(out, answers.Problem{Text: r.Spec.Label() + ": " + text, Remedy: "fix the cause, or change the answers"})
		}
	}
	return out
}

func (in Input) resource(r plan.Resource) resource {
	out := resource{
		ID: r.ID, Kind: r.Spec.Kind(), Name: r.Spec.Name(), Label: r.Spec.Label(), Step: r.Place, Action: r.Spec.Action(),
		DependsOn: append([]string{}, r.Needs...), Documents: map[string]policy.Document{}, Calls: []plan.Call{}, Reads: []plan.Call{},
	}
	if f, looked := in.Findings[r.ID]; looked {
		out.Action, out.Changes, out.Notes, out.Problem = f.Action, f.Differences, f.Notes, f.Problem
	}
	for _, d := range r.Spec.Documents() {
		out.Documents[d.Name] = d.Policy.Map(plan.Shown)
	}
	for _, s := range in.needed(r) {
		for _, c := range s.Calls() {
			out.Calls = append(out.Calls, c.Map(plan.Shown))
		}
	}
	for _, s := range r.Spec.Steps() {
		for _, c := range s.Reads() {
			out.Reads = append(out.Reads, c.Map(plan.Shown))
		}
	}
	return out
}

// needed are the steps that would be made: all of them where nobody looked or nothing is there, and
// otherwise those that the look found wanting.
func (in Input) needed(r plan.Resource) []plan.Step {
	f, looked := in.Findings[r.ID]
	if !looked || f.Action == plan.Create {
		return r.Changes()
	}
	var out []plan.Step
	for _, s := range r.Spec.Steps() {
		if slices.ContainsFunc(f.Differences, func(d apply.Difference) bool { return d.Step == s.Title }) {
			out = append(out, s)
		}
	}
	return out
}
