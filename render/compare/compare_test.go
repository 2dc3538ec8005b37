package compare_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"onramp/internal/modelcheck/plantest"
	"onramp/render/compare"
	"onramp/steps/redshiftml"
)

// choices are the plans of the role choices, and of the restrictive policies.
func choices(t *testing.T) []compare.Choice {
	t.Helper()
	build := func(role, policy string) compare.Choice {
		a := map[string]any{
			"account": plantest.Account, "region": "us-east-1", "warehouse.cluster": "analytics", "bucket.name": "acme-ml", "role.choice": role,
		}
		if policy != "" {
			a["role.policy"] = policy
		}
		p, _ := plantest.Build(redshiftml.Guide(), a, plantest.Target("us-east-1"))
		if len(p.Problems) > 0 {
			t.Fatal(p.Problems)
		}
		return compare.Choice{Title: strings.TrimSpace(role + " " + policy), Plan: p}
	}
	return []compare.Choice{build("simple", ""), build("console-default", ""), build("restrictive", "current"), build("restrictive", "tightened")}
}

func TestText(t *testing.T) {
	golden.RequireEqual(t, compare.Text(choices(t), 2))
}

// TestDifferencesAreTwoSided: what one adds the other takes away, line by line.
func TestDifferencesAreTwoSided(t *testing.T) {
	c := choices(t)
	turn := strings.NewReplacer("\n  + ", "\n  - ", "\n  - ", "\n  + ")
	sorted := func(text string) map[string]int {
		out := map[string]int{}
		for line := range strings.Lines(text) {
			out[line]++
		}
		return out
	}
	part := func(a, b compare.Choice) string {
		_, after, _ := strings.Cut(compare.Text([]compare.Choice{a, b}, 0), "instead of what is chosen")
		return after
	}
	for _, a := range c {
		for _, b := range c {
			there, back := sorted(part(a, b)), sorted(turn.Replace(part(b, a)))
			for line, n := range there {
				if back[line] != n {
					t.Errorf("%s to %s: %q is %d times there and %d times back", a.Title, b.Title, line, n, back[line])
				}
			}
		}
	}
	if same := part(c[0], c[0]); !strings.Contains(same, "the same") {
		t.Errorf("says %q", same)
	}
	if compare.Text(c, 9) != "" {
		t.Error("compares with nothing")
	}
}
