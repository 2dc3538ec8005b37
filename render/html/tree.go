package html

import (
	"onramp/internal/plan"
)

// branch is a line of the tree of resources: what package tree prints, as nested lists.
type branch struct {
	Action action // of a resource; zero: a setting of one
	Text   string
	Parts  list[branch]
}

// tree lists the resources with what belongs to them below.
func (in source) tree() list[branch] {
	parts, ids := map[string][]plan.Resource{}, map[string]bool{}
	for _, r := range in.Plan.Resources {
		ids[r.ID] = true
	}
	var roots []plan.Resource
	for _, r := range in.Plan.Resources {
		if r.Within == "" || !ids[r.Within] {
			roots = append(roots, r)
			continue
		}
		parts[r.Within] = append(parts[r.Within], r)
	}
	shown := cut(roots, mostCalls)
	out := list[branch]{Cut: shown.Cut}
	for _, r := range shown.Items {
		out.Items = append(out.Items, in.branch(r, parts))
	}
	return out
}

// branch is a resource with its settings, what is not as planned, and its parts.
func (in source) branch(r plan.Resource, parts map[string][]plan.Resource) branch {
	f := in.Findings[r.ID]
	var below []branch
	if f.Problem != "" {
		below = append(below, branch{Text: "cannot: " + plan.Shown(f.Problem)})
	}
	if f.Action != plan.Create {
		for _, d := range f.Differences {
			below = append(below, branch{Text: plan.Shown(d.String())})
		}
	}
	for _, text := range f.Notes {
		below = append(below, branch{Text: "note: " + plan.Shown(text)})
	}
	if in.Findings == nil || f.Action == plan.Create {
		below = append(below, in.settings(r)...)
	}
	out := branch{Action: in.action(r), Text: plan.Shown(r.Spec.Label()), Parts: cut(below, mostParts)}
	for _, part := range parts[r.ID] {
		out.Parts.Items = append(out.Parts.Items, in.branch(part, parts))
	}
	return out
}

// settings are the titles of the steps that change something, but for a first that says no more than the resource's own
// line.
func (in source) settings(r plan.Resource) []branch {
	var out []branch
	for i, s := range in.steps[r.ID] {
		if len(s.Calls()) == 0 || s.Fresh || i == 0 && r.Spec.Action() == plan.Create {
			continue
		}
		out = append(out, branch{Text: plan.Shown(s.Title)})
	}
	return out
}

func branchItem(b branch) content {
	says := isolated(b.Text)
	if b.Action.Text != "" {
		says = all(markOf(b.Action), text(" "), element("strong", isolated(b.Text)))
	}
	return row("li", says, when(len(b.Parts.Items)+b.Parts.Cut > 0, text("\n"), block("ul",
		each(b.Parts.Items, branchItem),
		when(b.Parts.Cut > 0, row("li", class("cut"), text("and "+number(b.Parts.Cut)+" more"))))))
}
