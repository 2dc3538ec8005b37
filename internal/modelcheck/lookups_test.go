package modelcheck_test

import (
	"context"
	"testing"

	said "onramp/internal/answers"
	"onramp/internal/awsapi"
	"onramp/internal/lookup"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/practice"
	"onramp/steps"
)

// listing are answers with which the pick lists of each kind of warehouse, and of who passes a role, can be looked up in the
// practice account.
func listing(warehouse, auth, to string) said.Set {
	values := map[string]said.Value{}
	for key, text := range map[string]string{
		"service.use": "yes", "pass.to": to,
		"region": "us-east-1", "warehouse.kind": warehouse, "warehouse.cluster": "analytics", "warehouse.namespace": "analytics-ns", "warehouse.workgroup": "analytics-wg",
		"sql.auth": auth, "sql.secret": "arn:aws:secretsmanager:us-east-1:000000000000:secret:redshift!analytics-ns-admin-AbCdEf", "bucket.choice": "existing",
		"kms.choice": "existing", "vpc-routing.vpc": "vpc-0a1b2c3d4e5f60718",
		"manager.source": "existing", "access.key": "existing", "network.fill-in": "true", "network.vpc": "vpc-0a1b2c3d4e5f60718",
	} {
		values[key] = said.Value{Data: text, Source: said.Typed}
	}
	return said.New(values)
}

// lookups gathers the calls of the pick lists, as they are made to the practice account, and the queries on their answers.
func (c *collector) lookups(g steps.Guide) {
	client, err := awsapi.New(context.Background(), awsapi.Options{Region: "us-east-1", Account: practice.New(practice.Settings{})})
	if err != nil {
		c.problems = append(c.problems, err.Error())
		return
	}
	for _, as := range [][3]string{{"cluster", "db-user", "user"}, {"cluster", "secret", "group"}, {"serverless", "secret", "role"}} {
		get := g.TextOf(listing(as[0], as[1], as[2]))
		for _, s := range g.Lookups {
			_, _ = lookup.Run(context.Background(), client, c.watched(s), get) // what comes of it is tested with the guide
		}
	}
}

// watched is a list whose calls are gathered while it is looked up.
func (c *collector) watched(s lookup.Spec) lookup.Spec {
	f := &filler{at: "list of " + s.Name}
	gather := func(call plan.Call, pages lookup.Pages, rows string) plan.Call {
		if call.Zero() {
			return call
		}
		c.add(f, call, []string{rows, pages.Output}, nil)
		if pages.Input != "" {
			c.add(f, pages.Next(call, "token"), nil, nil)
		}
		return call
	}
	first := s.Call
	s.Call = func(get func(string) string) plan.Call { return gather(first(get), s.Pages, s.Rows) }
	each := make([]lookup.Each, len(s.Each))
	for i, e := range s.Each {
		each[i] = e
		each[i].Call = func(row lookup.Row) plan.Call { return gather(e.Call(row), e.Pages, e.Rows) }
	}
	s.Each = each
	return s
}

// TestEveryListIsJudged: what is not looked up is not gathered.
func TestEveryListIsJudged(t *testing.T) {
	judged := map[string]bool{"": true}
	for _, l := range collected().lines {
		for _, q := range l.Queries {
			judged[q] = true
		}
	}
	for _, g := range plantest.Guides() {
		for _, s := range g.Lookups {
			for _, q := range queriesOf(s) {
				if !judged[q] {
					t.Errorf("%s of %s: nobody has judged %s", s.Name, g.Name, q)
				}
			}
		}
	}
}

func queriesOf(s lookup.Spec) []string {
	queries := []string{s.Rows, s.Pages.Output}
	for _, e := range s.Each {
		queries = append(queries, e.Rows, e.Pages.Output)
	}
	return queries
}
