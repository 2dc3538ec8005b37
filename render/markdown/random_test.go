package markdown_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/render/markdown"
)

// TestRandomAnswersGiveTheirRunbook: whatever was answered, the runbook has every document, call, statement and remark of the
// plan, whole and in its place; its diagram is the plan's; and no name makes markup.
func TestRandomAnswersGiveTheirRunbook(t *testing.T) {
	plantest.Random(t, func(t *rapid.T, d plantest.Drawn) {
		operator, err := permissions.Operator(d.Plan)
		if err != nil {
			t.Fatal(err)
		}
		md := string(markdown.Render(d.Plan, operator, origin))
		if missing := missingFrom(t, md, d.Plan); len(missing) > 0 {
			t.Errorf("does not say %q", missing)
		}
		if err := checkDiagram(d.Plan); err != nil {
			t.Error(err)
		}
		if strings.ContainsAny(md, "\uFDD0\uFDD1") {
			t.Error("a mark of a reference is left")
		}
		calls := []string{}
		code := map[string][]string{}
		for _, b := range blocks(t, md) {
			if b.fence != "" {
				code[b.language] = append(code[b.language], strings.TrimSuffix(b.text, "\n"))
				continue
			}
			markup(t, b)
			if number, _, is := strings.Cut(b.text, ". "); is && strings.Trim(number, "0123456789") == "" {
				calls = append(calls, spaced(unescape(b.text)))
			}
		}
		sameCode(t, code, d.Plan, operator)
		if want := numbered(d.Plan); !slices.Equal(calls, want) {
			t.Errorf("the calls differ: %s", difference(strings.Join(calls, "\n"), strings.Join(want, "\n")))
		}
	})
}

// numbered are the lines of the calls, in order.
func numbered(p plan.Plan) []string {
	out := []string{}
	for _, r := range p.Resources {
		for _, s := range r.Changes() {
			for _, c := range s.Calls() {
				out = append(out, spaced(fmt.Sprintf("%d. %s `%s`", len(out)+1, plan.Shown(s.Title), c.Name())))
			}
		}
	}
	return out
}

// sameCode compares the blocks of each language with the documents and the SQL of the plan.
func sameCode(t *rapid.T, code map[string][]string, p plan.Plan, operator policy.Document) {
	t.Helper()
	for _, f := range p.Files { // which stand behind the documents
		i := slices.Index(code["json"], strings.TrimSuffix(f.Text, "\n"))
		if i < 0 {
			t.Fatalf("does not print %s", f.Name)
		}
		code["json"] = slices.Delete(code["json"], i, i+1)
	}
	var want []policy.Document
	for _, d := range p.Documents() {
		want = append(want, d.Policy.Map(plan.Shown))
	}
	if want = append(want, operator.Map(plan.Shown)); len(operator.Statements) == 0 {
		want = want[:len(want)-1]
	}
	for i, d := range want {
		if i >= len(code["json"]) {
			t.Fatalf("there are %d documents, want %d", len(code["json"]), len(want))
		}
		if got, err := policy.Parse([]byte(code["json"][i])); err != nil || !policy.Equal(got, d) {
			t.Errorf("document %d: %v\n%s\nwant\n%s", i, err, code["json"][i], d.JSON())
		}
	}
	var do, undo, sql []string
	for _, s := range p.SQL {
		do, undo = append(do, s.Text+";"), append([]string{s.Undo + ";"}, undo...)
	}
	if len(do) > 0 {
		sql = []string{strings.Join(do, "\n"), strings.Join(undo, "\n")}
	}
	for _, f := range p.FollowUps {
		if f.SQL != "" {
			sql = append(sql, plan.Shown(f.SQL)+";")
		}
	}
	if !slices.Equal(code["sql"], sql) {
		t.Errorf("the SQL is\n%q\nwant\n%q", code["sql"], sql)
	}
}
