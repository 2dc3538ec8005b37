package tree_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"onramp/internal/apply"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/testenv"
	"onramp/render/tree"
)

// example is the plan of an answers file.
func example(t *testing.T, name string) plan.Plan {
	t.Helper()
	return plantest.File(t, "../../testdata/answers/"+name+".yaml", "")
}

func TestTrees(t *testing.T) {
	for _, name := range []string{"sample", "restrictive-serverless", "console-default-new-cluster"} {
		t.Run(name, func(t *testing.T) { golden.RequireEqual(t, tree.Render(example(t, name), nil)) })
	}
}

// TestFindings: with a look at the account the marks are what is found, the differences stand below
// their resource, and what is as planned is one line.
func TestFindings(t *testing.T) {
	p := example(t, "console-default-cluster")
	findings := map[string]apply.Finding{}
	for _, r := range p.Resources {
		findings[r.ID] = apply.Finding{Action: plan.None}
	}
	findings["bucket"] = apply.Finding{Action: plan.Create}
	findings["key"] = apply.Finding{Action: plan.Adopt}
	findings["role"] = apply.Finding{Action: plan.Update, Differences: []apply.Difference{{Step: "set the trust policy of redshift-ml-console", Have: "{...}", Want: "{...}"}}}
	findings["warehouse-roles"] = apply.Finding{Action: plan.Update, Differences: []apply.Difference{{Step: "make the role the default", Have: "arn:aws:iam::111122223333:role/old", Ask: true}}}
	findings["sql"] = apply.Finding{Action: plan.Create, Problem: "the database user is not a superuser"}
	golden.RequireEqual(t, tree.Render(p, findings))
}

// TestEveryResourceHasItsLine, and nothing is a reference or ends in a space.
func TestEveryResourceHasItsLine(t *testing.T) {
	sample := testenv.OneOf(t, 41)
	for name, p := range plantest.All() {
		if !sample.Takes() {
			continue
		}
		text := tree.Render(p, nil)
		lines := strings.Split(text, "\n")
		for _, r := range p.Resources {
			found := 0
			for _, line := range lines {
				if strings.HasSuffix(line, r.Spec.Action().Glyph()+" "+plan.Shown(r.Spec.Label())) {
					found++
				}
			}
			if found == 0 {
				t.Fatalf("%s: no line for %s", name, r.ID)
			}
		}
		for _, line := range lines {
			if strings.TrimRight(line, " \t") != line || strings.ContainsAny(line, "\uFDD0\uFDD1\t") {
				t.Fatalf("%s: %q", name, line)
			}
		}
		if !strings.HasSuffix(text, "\n") || strings.Contains(text, "\n\n") {
			t.Fatalf("%s: an empty line, or none at the end", name)
		}
	}
	if text := tree.Render(plan.Plan{}, nil); text != "Nothing is made or changed in the account.\n" {
		t.Errorf("an empty plan has a tree: %q", text)
	}
}

func TestTheLegendHasEveryMark(t *testing.T) {
	for _, a := range []plan.Action{plan.Create, plan.Update, plan.Adopt, plan.None} {
		if !strings.Contains(" "+tree.Legend, " "+a.Glyph()+" ") {
			t.Errorf("the legend lacks %q of %s", a.Glyph(), a)
		}
	}
	if !strings.Contains(tree.Legend, "! ") {
		t.Error("the legend lacks the mark of what cannot be done")
	}
}
