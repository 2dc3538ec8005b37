package redshiftml_test

import (
	"maps"
	"testing"

	"onramp/internal/plan"
	"onramp/steps/redshiftml"
)

// TestFixesFix: the answers that a warning offers are taken by their questions, and make the warning go away without
// making a problem.
func TestFixesFix(t *testing.T) {
	guide, seen := redshiftml.Guide(), map[string]bool{}
	var cases []given
	for _, role := range roleChoices {
		for _, more := range []given{{}, {"role.source-account": false}, {"region": "cn-north-1"}, twoGroups, {"kms.choice": "new"}} {
			for _, warehouse := range []given{cluster, newCluster, serverless} {
				cases = append(cases, with(warehouse, role, more))
			}
		}
	}
	cases = append(cases, with(twoGroups, given{"sql.run": "export", "sql.restrict-assume-role": true}))
	for _, g := range cases {
		p := build(t, g)
		for _, w := range p.Warnings {
			if w.Fix == nil {
				continue
			}
			seen[w.Rule] = true
			mended := maps.Clone(g)
			for key, text := range w.Fix {
				q, known := guide.Find(key)
				if !known {
					t.Fatalf("%s: %s is no key", w.Rule, key)
				}
				data, err := q.Accept(text)
				if err != nil {
					t.Fatalf("%s: %s: %v", w.Rule, key, err)
				}
				mended[key] = data
			}
			if says(build(t, mended), w) {
				t.Errorf("%v: after %v it still says %q", g, w.Fix, w.Text)
			}
		}
	}
	for _, rule := range []string{"role-broad", "default-role", "assume-role", "sample-data-partition", "service-without-source"} {
		if !seen[rule] {
			t.Errorf("no case has a fix for %s: %v", rule, seen)
		}
	}
}

func says(p plan.Plan, w plan.Warning) bool {
	for _, have := range p.Warnings {
		if have.Rule == w.Rule && have.Text == w.Text {
			return true
		}
	}
	return false
}
