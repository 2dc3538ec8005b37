package shell

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/plan"
	"onramp/render"
	"onramp/steps/redshiftml"
)

// given is a set of answers under their keys.
type given map[string]any

// with returns the answers with others over them.
func (g given) with(more given) given {
	out := maps.Clone(g)
	maps.Copy(out, more)
	return out
}

var target = plan.Target{Account: "123456789012", Region: "us-east-1", Partition: "aws"}

var origin = render.Origin{Version: "0.1.0", Command: "onramp export redshift-ml -f shell -a answers.yaml"}

// The three answer sets of the goldens. Together they hold every kind of resource but two.
var (
	simple = given{
		"warehouse.kind": "cluster", "warehouse.cluster": "analytics", "role.choice": "simple",
		"role.name": "redshift-ml", "bucket.name": "acme-ml", "sql.db-user": "awsuser",
	}
	restrictive = given{
		"warehouse.kind": "new-cluster", "warehouse.cluster": "analytics", "warehouse.nodes": 2,
		"role.choice": "restrictive", "role.policy": "tightened", "role.path": "/ml/",
		"role.permissions-boundary": "arn:aws:iam::123456789012:policy/boundary",
		"bucket.name":               "acme-ml", "kms.choice": "new", "kms.alias": "redshift-ml",
		"groups": 2, "groups.0.name": "analysts", "groups.0.schema": "demo_ml", "groups.0.create-models": true,
		"groups.0.bucket": "acme-ml-analysts", "groups.0.role": "redshift-ml-analysts",
		"groups.1.name": "marketing", "groups.1.schema": "demo_ml", "groups.1.create-models": false,
		"groups.1.execute":    []string{"demo_ml.churn"},
		"vpc-routing.enabled": true, "vpc-routing.vpc": "vpc-0a1b2c3d4e5f60718",
		"vpc-routing.subnets":      []string{"subnet-0a1b2c3d4e5f60718"},
		"vpc-routing.route-tables": []string{"rtb-0a1b2c3d4e5f60718", "rtb-0a1b2c3d4e5f60719"},
		"sql.run":                  "data-api", "sql.auth": "db-user", "sql.db-user": "awsuser", "sql.restrict-assume-role": true,
	}
	serverless = given{
		"warehouse.kind": "serverless", "warehouse.namespace": "analytics-ns", "warehouse.workgroup": "analytics-wg",
		"role.choice": "console-default", "role.name": "redshift-ml",
		"bucket.choice": "existing", "bucket.name": "acme-training", "kms.choice": "existing", "kms.key": "alias/training",
		"groups": 1, "groups.0.name": "analysts", "groups.0.schema": "demo_ml",
		"vpc-routing.enabled": true, "vpc-routing.vpc": "vpc-0a1b2c3d4e5f60718",
		"vpc-routing.subnets":                 []string{"subnet-0a1b2c3d4e5f60718"},
		"vpc-routing.route-tables":            []string{"rtb-0a1b2c3d4e5f60718"},
		"vpc-routing.endpoint-security-group": "sg-0a1b2c3d4e5f60718",
		"sql.run":                             "data-api", "sql.auth": "iam",
	}
)

// samples are the plans that the tests go through.
var samples = map[string]given{"simple": simple, "restrictive": restrictive, "serverless": serverless}

// planOf builds the plan for some answers, which must be complete.
func planOf(t testing.TB, g given) plan.Plan {
	t.Helper()
	return planIn(t, target, g)
}

// planIn does so for an account and region.
func planIn(t testing.TB, target plan.Target, g given) plan.Plan {
	t.Helper()
	values := map[string]answers.Value{
		"account": {Data: target.Account, Source: answers.File},
		"region":  {Data: target.Region, Source: answers.File},
	}
	for key, data := range g {
		values[key] = answers.Value{Data: data, Source: answers.File}
	}
	guide := redshiftml.Guide()
	resolved, problems := guide.Resolve(answers.New(values))
	if len(problems) > 0 {
		t.Fatalf("answers: %v", answers.Problems(problems))
	}
	p := guide.Build(resolved, target)
	if len(p.Problems) > 0 {
		t.Fatalf("plan: %v", answers.Problems(p.Problems))
	}
	return p
}

// scriptOf renders a plan, which must succeed.
func scriptOf(t testing.TB, p plan.Plan) string {
	t.Helper()
	data, err := Render(p, origin)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// without drops resources of some kinds, and those that need them.
func without(p plan.Plan, kinds ...string) plan.Plan {
	gone := map[string]bool{}
	var kept []plan.Resource
	for _, r := range p.Resources {
		dropped := slices.ContainsFunc(kinds, func(k string) bool { return strings.HasPrefix(string(r.Spec.Kind()), k) })
		if dropped || slices.ContainsFunc(r.Needs, func(id string) bool { return gone[id] }) {
			gone[r.ID] = true
			continue
		}
		kept = append(kept, r)
	}
	p.Resources = kept
	return p
}
