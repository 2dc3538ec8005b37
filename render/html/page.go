package html

import (
	"strconv"

	"onramp/internal/answers"
	"onramp/internal/plan"
	"onramp/render/picture"
	"onramp/render/shell"
)

// How much of a list is printed. A page that nobody can read through approves nothing; what is cut is counted.
const (
	mostDocuments  = 160
	mostCalls      = 5000
	mostStatements = 5000
	mostParts      = 40
	mostRemarks    = 2000
)

// page is what the page says, before it is elements.
type page struct {
	Input
	Policy    string // of the browser, for content
	Styles    []string
	Hash      string
	Looked    bool
	Tallies   []tally
	Problems  list[answers.Problem]
	Drawing   drawing
	Remarks   []string // on the drawing
	Reach     []reach
	Warnings  list[plan.Warning]
	Tree      list[branch]
	Papers    list[paper]
	Calls     calls
	SQL       list[statement]
	Undo      list[string]
	FollowUps list[plan.FollowUp]
	Costs     list[plan.Note]
	Operator  paper
}

// list is the beginning of a list, and how many are cut.
type list[T any] struct {
	Items []T
	Cut   int
}

// cut keeps the first items.
func cut[T any](items []T, most int) list[T] {
	if len(items) <= most {
		return list[T]{Items: items}
	}
	return list[T]{Items: items[:most], Cut: len(items) - most}
}

// tally is a number with what it counts.
type tally struct {
	Count int
	Text  string
	Class string
}

// reach is an arrow of the picture in words.
type reach struct {
	Who, Does, What string
	Broad           bool
}

// source is what a page is made from, with the steps of every resource: there may be very many, and making them is most of
// the work.
type source struct {
	Input
	steps map[string][]plan.Step
}

func newPage(input Input) page {
	in := source{input, map[string][]plan.Step{}}
	for _, r := range input.Plan.Resources {
		in.steps[r.ID] = r.Spec.Steps()
	}
	p, graph := in.Plan, picture.Of(in.Plan, in.Findings)
	v := page{
		Input: input, Hash: p.Hash(), Looked: in.Findings != nil,
		Problems: cut(p.Problems, mostRemarks), Warnings: cut(p.Warnings, mostRemarks), Costs: cut(p.Costs, mostRemarks),
		Drawing: draw(graph), Remarks: graph.Notes, Reach: words(graph),
		Tree: in.tree(), Papers: in.papers(), Operator: in.operator(),
	}
	printed := map[string]bool{}
	for _, d := range v.Papers.Items {
		printed[d.ID] = true
	}
	v.Calls = in.calls(printed)
	v.Styles = styles("plan " + v.Hash)
	v.Policy = contentPolicy(v.Styles)
	v.SQL, v.Undo = in.statements()
	for _, f := range p.FollowUps[:min(len(p.FollowUps), mostRemarks)] {
		_, what := shell.ToDo(f)
		v.FollowUps.Items = append(v.FollowUps.Items, plan.FollowUp{Title: f.Title, When: f.When, SQL: plan.Shown(what)})
	}
	v.FollowUps.Cut = len(p.FollowUps) - len(v.FollowUps.Items)
	v.Tallies = in.tallies(v)
	return v
}

// words are the arrows of the picture in words.
func words(g picture.Graph) []reach {
	out := make([]reach, len(g.Edges))
	for i, e := range g.Edges {
		out[i] = reach{g.Nodes[e.From].Label(), e.Text, g.Nodes[e.To].Label(), e.Broad}
	}
	return out
}

// action is what happens to a resource, and its mark; see tree.Legend.
type action struct{ Mark, Text, Class string }

var actions = map[string]action{
	plan.Create.Glyph(): {plan.Create.Glyph(), "create", "create"},
	plan.Update.Glyph(): {plan.Update.Glyph(), "change", "change"},
	plan.Adopt.Glyph():  {plan.Adopt.Glyph(), "use as it is", "keep"},
	plan.None.Glyph():   {plan.None.Glyph(), "nothing to do", "keep"},
	"!":                 {"!", "cannot be done", "wrong"},
}

// action is what a look has found, or what a plan says without one.
func (in source) action(r plan.Resource) action {
	f, looked := in.Findings[r.ID]
	switch {
	case looked && f.Problem != "":
		return actions["!"]
	case in.Findings != nil:
		return actions[f.Action.Glyph()]
	}
	return actions[r.Spec.Action().Glyph()]
}

// needed are the steps that would be made: all of them where nobody looked or nothing is there, and otherwise those that
// the look found wanting.
func (in source) needed(r plan.Resource) []plan.Step {
	f, looked := in.Findings[r.ID]
	everything, wanting := !looked || f.Action == plan.Create, map[string]bool{}
	for _, d := range f.Differences {
		wanting[d.Step] = true
	}
	var out []plan.Step
	for _, s := range in.steps[r.ID] {
		if everything && !s.Fresh || !everything && wanting[s.Title] {
			out = append(out, s)
		}
	}
	return out
}

// tallies counts what an approval is about.
func (in source) tallies(v page) []tally {
	counts := map[string]int{}
	for _, r := range in.Plan.Resources {
		counts[in.action(r).Mark]++
	}
	var out []tally
	add := func(n int, one, many, class string) {
		if n == 1 {
			many = one
		}
		out = append(out, tally{n, many, class})
	}
	add(counts["+"], "resource to create", "resources to create", "create")
	add(counts["~"], "resource to change", "resources to change", "change")
	for _, rare := range []struct{ mark, one, many, class string }{
		{"=", "used as it is", "used as they are", "keep"}, {".", "there as planned", "there as planned", "keep"}, {"!", "cannot be done", "cannot be done", "wrong"},
	} {
		if counts[rare.mark] > 0 {
			add(counts[rare.mark], rare.one, rare.many, rare.class)
		}
	}
	add(v.Calls.Count, "call to AWS", "calls to AWS", "")
	if n := len(in.Plan.SQL); n > 0 {
		add(n, "SQL statement", "SQL statements", "")
	}
	broad := 0
	for _, d := range v.Papers.Items {
		broad += d.Broad
	}
	warn := func(n int, one, many string) { add(n, one, many, map[bool]string{true: "warn"}[n > 0]) }
	warn(broad, "broad grant", "broad grants")
	warn(len(in.Plan.Warnings), "warning", "warnings")
	return out
}

// number writes a number so that it can be read: 12,345.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
