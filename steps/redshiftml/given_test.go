package redshiftml_test

import (
	"maps"
	"strings"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/internal/plan"
	"onramp/steps"
	"onramp/steps/redshiftml"
)

const account = "111122223333"

// keyID is the key that exists, in the tests that have one.
const keyID = "1234abcd-12ab-34cd-56ef-1234567890ab"

// given are answers by key. A nil answer takes one of the base away.
type given map[string]any

// base are the least answers that make a plan: a restrictive role for a cluster that exists.
var base = given{
	"account":           account,
	"region":            "us-east-1",
	"warehouse.kind":    "cluster",
	"warehouse.cluster": "analytics",
	"role.name":         "redshift-ml",
	"bucket.name":       "acme-redshift-ml",
}

// with is the base with further answers put over it, the later ones over the earlier.
func with(more ...given) given {
	out := maps.Clone(base)
	for _, m := range more {
		maps.Copy(out, m)
	}
	return out
}

func (g given) set() answers.Set {
	values := map[string]answers.Value{}
	for key, data := range g {
		if data != nil {
			values[key] = answers.Value{Data: data, Source: answers.Typed}
		}
	}
	return answers.New(values)
}

func target(region string) plan.Target {
	return plan.Target{Account: account, Region: region, Partition: awsname.Partition(region)}
}

// attempt resolves the answers, builds their plan and gives the problems of both.
func attempt(g given) (plan.Plan, answers.Set, []answers.Problem) {
	guide := redshiftml.Guide()
	a, problems := guide.Resolve(g.set())
	p := guide.Build(a, target(a.Text("region")))
	return p, a, append(problems, p.Problems...)
}

// build makes a plan from answers that go together.
func build(t testing.TB, g given) plan.Plan {
	t.Helper()
	p, _, problems := attempt(g)
	if len(problems) > 0 {
		t.Fatalf("answers %v do not go together: %v", g, problems)
	}
	return p
}

// find returns a document of the plan by the name of its file.
func find(t testing.TB, p plan.Plan, file string) plan.NamedDocument {
	t.Helper()
	var names []string
	for _, d := range p.Documents() {
		if d.File == file {
			return d
		}
		names = append(names, d.File)
	}
	t.Fatalf("no document %s, there are %s", file, strings.Join(names, ", "))
	return plan.NamedDocument{}
}

// eachQuestion calls f for every question outside records.
func eachQuestion(guide steps.Guide, f func(steps.Question)) {
	for _, s := range guide.Steps {
		for _, q := range s.Questions {
			f(q)
		}
	}
}
