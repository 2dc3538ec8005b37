// Package tree renders the resources of a plan as the tree that the review page, the plan command
// and the runbook show.
package tree

import (
	"strings"

	"onramp/internal/apply"
	"onramp/internal/plan"
)

// Legend explains the marks.
const Legend = "+ create   ~ change   = use as it is   . nothing to do   ! cannot be done"

// Render gives the tree. findings may be nil: then the marks are those of an account in which
// nothing is there yet.
func Render(p plan.Plan, findings map[string]apply.Finding) string {
	t := tree{plan: p, findings: findings}
	for _, r := range p.Resources {
		if r.Within == "" || !t.has(r.Within) {
			t.resource(r, "", "")
		}
	}
	if len(p.Resources) == 0 {
		return "Nothing is made or changed in the account.\n"
	}
	return t.b.String()
}

type tree struct {
	b        strings.Builder
	plan     plan.Plan
	findings map[string]apply.Finding
}

func (t *tree) has(id string) bool { _, ok := t.plan.Find(id); return ok }

// resource writes a resource and what belongs to it.
func (t *tree) resource(r plan.Resource, lead, below string) {
	mark, f := r.Spec.Action().Glyph(), t.findings[r.ID]
	if t.findings != nil {
		mark = f.Action.Glyph()
	}
	if f.Problem != "" {
		mark = "!"
	}
	t.line(lead + mark + " " + r.Spec.Label())
	children := t.children(r, f)
	for i, child := range children {
		branch, stem := "├─ ", "│  "
		if i == len(children)-1 {
			branch, stem = "└─ ", "   "
		}
		if child.resource != nil {
			t.resource(*child.resource, below+branch, below+stem)
			continue
		}
		t.line(below + branch + child.text)
	}
}

func (t *tree) line(s string) { t.b.WriteString(strings.TrimRight(plan.Shown(s), " ") + "\n") }

type child struct {
	text     string
	resource *plan.Resource
}

// children are the settings of a resource, what is not as planned, and its parts.
func (t *tree) children(r plan.Resource, f apply.Finding) []child {
	var out []child
	if f.Problem != "" {
		out = append(out, child{text: "cannot: " + f.Problem})
	}
	for _, d := range f.Differences {
		if f.Action == plan.Create {
			break // all of it is to be made: its settings say so below
		}
		out = append(out, child{text: d.String()})
	}
	for _, text := range f.Notes {
		out = append(out, child{text: "note: " + text})
	}
	if t.findings == nil || f.Action == plan.Create {
		out = append(out, settings(r)...)
	}
	for _, part := range t.plan.Resources {
		if part.Within == r.ID {
			out = append(out, child{resource: &part})
		}
	}
	return out
}

// settings are the titles of the steps that change something, but for a first that says no more than
// the resource's own line.
func settings(r plan.Resource) []child {
	var out []child
	steps := r.Spec.Steps()
	for i, s := range steps {
		if len(s.Calls()) == 0 || s.Fresh || i == 0 && r.Spec.Action() == plan.Create {
			continue
		}
		out = append(out, child{text: s.Title})
	}
	return out
}
