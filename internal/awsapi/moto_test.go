package awsapi_test

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/awsapi"
	"onramp/internal/mototest"
	"onramp/internal/plan"
	"onramp/internal/testenv"
	"onramp/steps/redshiftml"
)

// counting counts the calls that change something, and passes all on.
type counting struct {
	apply.Caller
	mutating []string
}

func (c *counting) Call(ctx context.Context, call plan.Call) (any, error) {
	if !readOnly(call) {
		c.mutating = append(c.mutating, call.Name())
	}
	return c.Caller.Call(ctx, call)
}

func readOnly(c plan.Call) bool {
	for _, prefix := range []string{"Get", "List", "Describe", "Head"} {
		if strings.HasPrefix(c.Operation, prefix) {
			return true
		}
	}
	return c.Operation == "ExecuteStatement" && strings.HasPrefix(c.Input.Text("Sql"), "SELECT ")
}

// served builds the plan of an answers file, with the VPC of a moto account.
func served(t *testing.T, file string, m mototest.Server) plan.Plan {
	t.Helper()
	g := redshiftml.Guide()
	data, err := os.ReadFile("../../testdata/answers/" + file)
	if err != nil {
		t.Fatal(err)
	}
	set, problems := answers.Load(bytes.NewReader(data), g.Name, g.Fields())
	if problems != nil {
		t.Fatal(problems)
	}
	with := func(key string, data any) { set = set.With(key, answers.Value{Data: data, Source: answers.Flag}) }
	with("vpc-routing.enabled", true)
	with("vpc-routing.vpc", m.AWS(t, "ec2", "describe-vpcs", "--query", "Vpcs[0].VpcId", "--output", "text"))
	with("vpc-routing.subnets", strings.Fields(m.AWS(t, "ec2", "describe-subnets", "--query", "Subnets[:2].SubnetId", "--output", "text")))
	with("vpc-routing.route-tables", strings.Fields(m.AWS(t, "ec2", "describe-route-tables", "--query", "RouteTables[].RouteTableId", "--output", "text")))
	resolved, missing := g.Resolve(set)
	p := g.Build(resolved, plan.Target{Account: mototest.Account, Region: mototest.Region, Partition: "aws"})
	if len(missing)+len(p.Problems) > 0 {
		t.Fatal(missing, p.Problems)
	}
	return p
}

func TestLongApplyOnMotoTwiceChangesNothingTheSecondTime(t *testing.T) {
	testenv.Long(t)
	m := mototest.Start(t)
	m.Setenv(t)
	for _, file := range []string{"simple-new-cluster.yaml", "console-default-new-cluster.yaml", "restrictive-new-cluster.yaml"} {
		t.Run(file, func(t *testing.T) {
			m.Reset(t)
			p := served(t, file, m)
			client, err := awsapi.New(t.Context(), awsapi.Options{})
			if err != nil {
				t.Fatal(err)
			}
			before, err := apply.Inspect(t.Context(), p, client)
			if err != nil {
				t.Fatal(err)
			}
			for id, f := range before {
				if f.Problem != "" {
					t.Errorf("%s: problem before apply: %s", id, f.Problem)
				}
			}
			first := &counting{Caller: client}
			if _, err := apply.Run(t.Context(), p, first, apply.Options{}); err != nil {
				t.Fatal(err)
			}
			if len(first.mutating) < 5 {
				t.Errorf("the first run made only %v", first.mutating)
			}
			second := &counting{Caller: client}
			result, err := apply.Run(t.Context(), p, second, apply.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(second.mutating) > 0 || len(result.Changed) > 0 {
				t.Errorf("the second run made %v and changed %v", second.mutating, result.Changed)
			}
			after, err := apply.Inspect(t.Context(), p, client)
			if err != nil {
				t.Fatal(err)
			}
			for id, f := range after {
				if !slices.Contains([]plan.Action{plan.None, plan.Adopt}, f.Action) || f.Problem != "" {
					t.Errorf("%s after apply: %+v", id, f)
				}
			}
		})
	}
}
