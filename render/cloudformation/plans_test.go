package cloudformation

import (
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/testenv"
	"onramp/render"
	"onramp/steps/redshiftml"
)

var origin = render.Origin{Version: "0.1.0", Command: "onramp export redshift-ml -f cloudformation -a answers.yaml"}

// answersFiles are the names of the answers files, without their ending.
func answersFiles(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/answers/*.yaml")
	if err != nil || len(paths) < 10 {
		t.Fatalf("found %d answers files: %v", len(paths), err)
	}
	var names []string
	for _, p := range paths {
		names = append(names, strings.TrimSuffix(filepath.Base(p), ".yaml"))
	}
	return names
}

// planOf builds the plan of an answers file, with other answers over it.
func planOf(t testing.TB, name string, over map[string]any) plan.Plan {
	t.Helper()
	g, set := plantest.Load(t, "../../testdata/answers/"+name+".yaml", "")
	for key, v := range over {
		if _, asked := g.Find(key); asked {
			set = set.With(key, answers.Value{Data: v, Source: answers.Flag})
		}
	}
	return plantest.Resolved(t, g, set)
}

// loaded are the answers of a file.
func loaded(t testing.TB, name string) answers.Set {
	t.Helper()
	_, set := plantest.Load(t, "../../testdata/answers/"+name+".yaml", "")
	return set
}

// routed are answers that switch VPC routing on.
var routed = map[string]any{
	"vpc-routing.enabled": true, "vpc-routing.vpc": "vpc-0a1b2c3d4e5f60718",
	"vpc-routing.subnets":      []string{"subnet-0a1b2c3d4e5f60718", "subnet-0b1b2c3d4e5f60718"},
	"vpc-routing.route-tables": []string{"rtb-0a1b2c3d4e5f60718", "rtb-0b1b2c3d4e5f60718"},
}

// axes are answers of which drawn takes one each.
var axes = [][]map[string]any{
	{
		{"warehouse.kind": "cluster", "warehouse.cluster": "analytics"},
		{"warehouse.kind": "new-cluster", "warehouse.cluster": "analytics", "warehouse.nodes": 1, "warehouse.subnet-group": "private"},
		{"warehouse.kind": "new-cluster", "warehouse.cluster": "analytics", "warehouse.nodes": 2},
		{"warehouse.kind": "serverless", "warehouse.namespace": "analytics-ns", "warehouse.workgroup": "analytics-wg"},
	},
	{{"role.choice": "simple"}, {"role.choice": "console-default"}, {"role.choice": "restrictive", "role.policy": "documented"}, {"role.choice": "restrictive", "role.policy": "tightened"}},
	{{"kms.choice": "none"}, {"kms.choice": "new", "kms.alias": "acme/ml"}, {"kms.choice": "existing", "kms.key": "0a1b2c3d-1111-2222-3333-444455556666"}, {"kms.choice": "existing", "kms.key": "alias/acme"}},
	{{"groups": 0}, {"groups": 1, "groups.0.name": `it's "quoted" \ $(x)`}, {"groups": 1, "groups.0.name": "retention", "groups.0.bucket": "acme-retention", "groups.0.role": "acme-retention"}},
	{{}, routed, {
		"vpc-routing.enabled": true, "vpc-routing.vpc": "vpc-0a1b2c3d4e5f60718", "vpc-routing.endpoint-security-group": "sg-0a1b2c3d4e5f60718",
		"vpc-routing.subnets": []string{"subnet-0a1b2c3d4e5f60718"}, "vpc-routing.route-tables": []string{"rtb-0a1b2c3d4e5f60718"},
	}},
	{{"sql.run": "export"}, {"sql.run": "data-api", "sql.auth": "db-user", "sql.db-user": "awsuser"}, {"sql.run": "data-api", "sql.auth": "iam"}},
	{{"bucket.choice": "new"}, {"bucket.choice": "existing"}},
	{{"role.path": "/"}, {"role.path": "/service-role/"}, {"role.path": "/a/${x}*$?/"}},
	{{"role.default": true}, {"role.default": false}},
	{{"sql.restrict-assume-role": true}, {"sql.restrict-assume-role": false}},
}

// drawn are plans of the guide for answers drawn from a new seed in each run. With ONRAMP_ALL they are its plans over
// all of its answers.
var drawn = sync.OnceValue(func() []guidePlan {
	var out []guidePlan
	if testenv.All() {
		for name, p := range plantest.RedshiftML() {
			out = append(out, guidePlan{name, p})
		}
		return out
	}
	random := rand.New(rand.NewPCG(testenv.Seed(), 0))
	for i := range 150 {
		target := plantest.Target([]string{"us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1"}[i%4])
		given := map[string]any{"account": target.Account, "region": target.Region, "bucket.name": "acme-ml", "role.name": "acme-ml"}
		for _, axis := range axes {
			maps.Copy(given, axis[random.IntN(len(axis))])
		}
		if p, ok := plantest.Build(redshiftml.Guide(), given, target); ok {
			out = append(out, guidePlan{fmt.Sprintf("drawn %d", i), p})
		}
	}
	return out
})

// guidePlan is a plan of the guide.
type guidePlan struct {
	name string
	plan plan.Plan
}

// plans yields the plan of every answers file, without and with VPC routing, a plan with every kind in each
// partition, and those that are drawn.
func plans(t testing.TB) iter.Seq2[string, plan.Plan] {
	t.Logf("ONRAMP_SEED=%d repeats these plans", testenv.Seed())
	return func(yield func(string, plan.Plan) bool) {
		for _, name := range answersFiles(t) {
			if !yield(name, planOf(t, name, nil)) || !yield(name+" with VPC routing", planOf(t, name, routed)) {
				return
			}
		}
		for _, region := range []string{"us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1"} {
			if !yield("every kind in "+region, plantest.EveryKind(plantest.Target(region))) {
				return
			}
		}
		for _, p := range drawn() {
			if !yield(p.name, p.plan) {
				return
			}
		}
	}
}

// templateOf renders the template only.
func templateOf(t checker, p plan.Plan) string {
	t.Helper()
	tm, err := newTemplate(p, false, 0)
	if err != nil {
		t.Fatal(err)
	}
	data, err := tm.encode(origin)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// filesOf renders a plan, which must succeed.
func filesOf(t testing.TB, p plan.Plan) map[string]string {
	t.Helper()
	files, err := Files(p, origin)
	return byName(t, files, err)
}

// setOf renders a plan as a stack set.
func setOf(t testing.TB, p plan.Plan) map[string]string {
	t.Helper()
	files, err := StackSet(p, optionsFor(p), origin)
	return byName(t, files, err)
}

func optionsFor(p plan.Plan) StackSetOptions {
	return StackSetOptions{
		OUs: []string{"ou-ab12-cdefgh34", "ou-ab12-ijklmn56"}, Regions: regionsOf[p.Target.Partition], FailureTolerancePercentage: DefaultFailureTolerance,
	}
}

var regionsOf = map[string][]string{
	"aws": {"eu-west-1", "us-east-1"}, "aws-cn": {"cn-northwest-1", "cn-north-1"}, "aws-us-gov": {"us-gov-east-1"},
}

func byName(t testing.TB, files []render.File, err error) map[string]string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range files {
		if _, twice := out[f.Name]; twice || f.Executable != strings.HasSuffix(f.Name, ".sh") {
			t.Errorf("%s stands twice, or cannot be run", f.Name)
		}
		out[f.Name] = string(f.Data)
	}
	return out
}

func TestEnoughIsDrawn(t *testing.T) {
	if n := len(drawn()); n < 60 {
		t.Errorf("only %d plans were drawn: do the answers still go together?", n)
	}
}
