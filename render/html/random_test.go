package html_test

import (
	"slices"
	"testing"

	nethtml "golang.org/x/net/html"
	"pgregory.net/rapid"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/render/html"
	"onramp/render/shell"
)

// TestRandomAnswersGiveTheirPage: whatever was answered, a browser reads a page that is sound, and that says every resource,
// document, call, statement and remark of the plan, whole; and the policy of who applies it.
func TestRandomAnswersGiveTheirPage(t *testing.T) {
	plantest.Random(t, func(t *rapid.T, d plantest.Drawn) {
		operator, err := permissions.Operator(d.Plan)
		if err != nil {
			t.Fatal(err)
		}
		in := html.Input{Plan: d.Plan, Operator: operator, Origin: origin}
		root := read(t, rendered(t, in))
		for _, wrong := range slices.Concat(sound(root), missing(root, in)) {
			t.Error(wrong)
		}
		var statements, later []string
		undos := ""
		for _, s := range d.Plan.SQL {
			statements, undos = append(statements, s.Text+";"), s.Undo+";\n"+undos
		}
		for _, f := range d.Plan.FollowUps {
			if len(f.Command) > 0 {
				later = append(later, shell.Lines(f.Command))
				continue
			}
			later = append(later, plan.Shown(f.SQL)+";")
		}
		if len(statements) > 0 {
			statements = append(statements, undos)
		}
		if got := codes(root, "sql"); !slices.Equal(got, statements) {
			t.Errorf("the SQL is\n%q\nwant\n%q", got, statements)
		}
		if got := codes(root, "later"); !slices.Equal(got, later) {
			t.Errorf("what is left for later is\n%q\nwant\n%q", got, later)
		}
		if len(operator.Statements) == 0 { // nothing is called, and nobody needs a policy
			return
		}
		papers := all(root, class("paper"))
		got, err := policy.Parse([]byte(code(papers[len(papers)-1])))
		if err != nil || !policy.Equal(got, operator.Map(plan.Shown)) {
			t.Errorf("the operator's policy is another: %v\n%s", err, got.JSON())
		}
	})
}

// codes are the texts in code of a section.
func codes(root *nethtml.Node, section string) (out []string) {
	for _, part := range all(root, id(section)) {
		for _, n := range all(part, tag("code")) {
			out = append(out, text(n))
		}
	}
	return out
}
