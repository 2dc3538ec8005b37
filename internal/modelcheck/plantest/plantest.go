// Package plantest builds the plans that tests of other packages walk through: a guide's plans over
// its answers, and one plan with a resource of every kind.
//
// It is for tests only. It must not judge what it builds.
package plantest

import (
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/internal/plan"
	"onramp/steps"
	"onramp/steps/redshiftml"
)

// Account is the account of every plan here.
const Account = "111122223333"

// Target is that account in a region.
func Target(region string) plan.Target {
	return plan.Target{Account: Account, Region: region, Partition: awsname.Partition(region)}
}

// regions are one of each partition that has Redshift ML, and one more because us-east-1 is special
// to S3.
var regions = []string{"us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1"}

// All yields every plan here, with a name that says what it is of.
func All() iter.Seq2[string, plan.Plan] {
	return func(yield func(string, plan.Plan) bool) {
		for _, region := range regions {
			if !yield("every kind in "+region, EveryKind(Target(region))) {
				return
			}
		}
		for name, p := range RedshiftML() {
			if !yield(name, p) {
				return
			}
		}
	}
}

// given are answers by key.
type given = map[string]any

// RedshiftML yields the plans of the guide over every combination of its answers on warehouse, role,
// key, groups, routing and SQL. The answers that matter to one call only, and the region, are drawn
// anew for each plan, from a seed that stays.
func RedshiftML() iter.Seq2[string, plan.Plan] {
	guide := redshiftml.Guide()
	random := rand.New(rand.NewPCG(1, 1))
	return func(yield func(string, plan.Plan) bool) {
		for i := range combinations(mainAxes(Target(regions[0]))) {
			t := Target(regions[random.IntN(len(regions))])
			a := given{"account": t.Account, "region": t.Region, "bucket.name": "acme-ml", "role.name": "acme-ml"}
			for _, axis := range minorAxes(t) {
				maps.Copy(a, axis[random.IntN(len(axis))])
			}
			maps.Copy(a, combination(mainAxes(t), i))
			if p, ok := Build(guide, a, t); ok && !yield(fmt.Sprintf("redshift-ml %d in %s", i, t.Region), p) {
				return
			}
		}
	}
}

// Build makes a guide's plan from answers; false means that they do not go together.
func Build(guide steps.Guide, a map[string]any, t plan.Target) (plan.Plan, bool) {
	values := map[string]answers.Value{}
	for key, data := range a {
		values[key] = answers.Value{Data: data, Source: answers.Typed}
	}
	resolved, problems := guide.Resolve(answers.New(values))
	if len(problems) > 0 {
		return plan.Plan{}, false
	}
	p := guide.Build(resolved, t)
	return p, len(p.Problems) == 0
}

// combinations counts the ways to take one of each axis, and combination is the i-th of them.
func combinations(axes [][]given) int {
	n := 1
	for _, axis := range axes {
		n *= len(axis)
	}
	return n
}

func combination(axes [][]given, i int) given {
	out := given{}
	for _, axis := range axes {
		maps.Copy(out, axis[i%len(axis)])
		i /= len(axis)
	}
	return out
}
