package amazonml_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/awsapi"
	"onramp/internal/lookup"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/practice"
	"onramp/steps/amazonml"
)

// chosen are answers with which the lists can be looked up, of one kind of who passes the role.
func chosen(to string, more given) given {
	g := given{"region": "us-east-1", "service.use": "yes", "pass.to": to}
	maps.Copy(g, more)
	return g
}

func client(t *testing.T, s practice.Settings) (*awsapi.Client, *practice.Account) {
	t.Helper()
	account := practice.New(s)
	c, err := awsapi.New(t.Context(), awsapi.Options{Region: "us-east-1", Account: account})
	if err != nil {
		t.Fatal(err)
	}
	return c, account
}

func list(t *testing.T, c lookup.Caller, name string, g given) (lookup.List, error) {
	t.Helper()
	guide := amazonml.Guide()
	s, known := guide.Lookup(name)
	if !known {
		t.Fatalf("there is no list %s", name)
	}
	values := map[string]answers.Value{}
	for key, data := range g {
		values[key] = answers.Value{Data: data, Source: answers.Typed}
	}
	return lookup.Run(t.Context(), c, s, guide.TextOf(answers.New(values)))
}

// shown is a list as text: value (notes).
func shown(l lookup.List) string {
	var lines []string
	for _, item := range l.Items {
		line := item.Value
		if len(item.Notes) > 0 {
			line += " (" + strings.Join(item.Notes, ", ") + ")"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

// furnished is what the practice account offers, by list, and for whom of those who pass the role.
var furnished = map[string]struct{ to, want string }{
	"clusters": {"nobody", "analytics (available, 2 x ra3.large, not publicly accessible); archive (paused, 1 x ra3.large, not publicly accessible); reporting (available, 2 x ra3.large, not publicly accessible)"},
	"buckets":  {"nobody", "amazon-machine-learning-analytics (us-east-1); analytics-logs (us-east-1); analytics-redshift-data (us-east-1); analytics-elsewhere (eu-west-1)"},
	"users":    {"user", "ada; practice"},
	"groups":   {"group", "analysts"},
	"roles":    {"role", "analytics-copy (COPY and UNLOAD); instance-tools (Agents on instances); serverless-copy (COPY and UNLOAD)"},
}

// TestListsOfTheFurnishedAccount: each is there, is named by one question that takes what it offers, and changes nothing.
func TestListsOfTheFurnishedAccount(t *testing.T) {
	guide := amazonml.Guide()
	named := map[string]bool{}
	c, account := client(t, practice.Settings{})
	before := string(account.State())
	for _, s := range guide.Steps {
		for _, q := range s.Questions {
			if q.Lookup == "" {
				continue
			}
			named[q.Lookup] = true
			l, err := list(t, c, q.Lookup, chosen(furnished[q.Lookup].to, nil))
			if have := shown(l); err != nil || have != furnished[q.Lookup].want || l.More {
				t.Errorf("%s: %v\nwant %s\nhave %s", q.Lookup, err, furnished[q.Lookup].want, have)
			}
			for _, item := range l.Items {
				if _, err := q.Accept(item.Value); err != nil || len(item.Brings) > 0 {
					t.Errorf("%s: %s: %v, brings %v", q.Key, item.Value, err, item.Brings)
				}
			}
		}
	}
	for _, s := range guide.Lookups {
		if !named[s.Name] {
			t.Errorf("no question names the list %s", s.Name)
		}
	}
	if after := string(account.State()); after != before {
		t.Error("looking changed the account")
	}
	for _, made := range account.Calls() {
		if made.Mutating {
			t.Errorf("%s changes something", made.Op)
		}
	}
}

// TestNothingToList: nobody's account is looked at who cannot use the service, and of those who pass the role only the kind
// that was chosen.
func TestNothingToList(t *testing.T) {
	c, account := client(t, practice.Settings{})
	for name, f := range furnished {
		wrong := []given{chosen(f.to, given{"service.use": "no"}), {}}
		for _, to := range []string{"user", "group", "role", "nobody"} {
			if f.to != "nobody" && to != f.to {
				wrong = append(wrong, chosen(to, nil))
			}
		}
		for _, g := range wrong {
			if _, err := list(t, c, name, g); !errors.Is(err, lookup.ErrNone) {
				t.Errorf("%s with %v: %v", name, g, err)
			}
		}
		if _, err := list(t, c, name, chosen(f.to, given{"service.use": "export"})); err != nil {
			t.Errorf("%s, to write it down: %v", name, err)
		}
	}
	if made := len(account.Calls()); made != len(furnished) {
		t.Errorf("%d calls", made)
	}
}

// TestDeniedLists name the permission that is missing.
func TestDeniedLists(t *testing.T) {
	c, _ := client(t, practice.Settings{Policy: &policy.Document{Version: policy.Version}})
	for name, action := range map[string]string{
		"clusters": "redshift:DescribeClusters", "buckets": "s3:ListAllMyBuckets", "users": "iam:ListUsers", "groups": "iam:ListGroups", "roles": "iam:ListRoles",
	} {
		_, err := list(t, c, name, chosen(furnished[name].to, nil))
		if have := lookup.Why(err); have != "not permitted ("+action+")" {
			t.Errorf("%s: %s", name, have)
		}
	}
}

// inPages is an account that gives a person on each of two pages.
type inPages struct{}

// Call implements lookup.Caller.
func (inPages) Call(_ context.Context, c plan.Call) (any, error) {
	member, title := strings.TrimPrefix(c.Operation, "List"), strings.TrimSuffix(strings.TrimPrefix(c.Operation, "List"), "s")
	if c.Input.Text("Marker") == "" {
		return object{member: array{object{title + "Name": "first", "Path": "/"}}, "IsTruncated": true, "Marker": "next"}, nil
	}
	return object{member: array{object{title + "Name": "second", "Path": "/"}}, "IsTruncated": false}, nil
}

// TestEveryPageIsAskedFor of IAM's lists.
func TestEveryPageIsAskedFor(t *testing.T) {
	for _, name := range []string{"users", "groups", "roles"} {
		l, err := list(t, inPages{}, name, chosen(furnished[name].to, nil))
		if have := shown(l); err != nil || have != "first; second" {
			t.Errorf("%s: %s %v", name, have, err)
		}
	}
}

// answering is an account that gives the same answer to every call of a name.
type answering map[string]any

// Call implements lookup.Caller.
func (a answering) Call(_ context.Context, c plan.Call) (any, error) { return a[c.Name()], nil }

type (
	object = map[string]any
	array  = []any
)

// TestWhatIsOfUseComesFirst, what is AWS's does not come at all, and paths are said.
func TestWhatIsOfUseComesFirst(t *testing.T) {
	account := answering{
		"redshift:DescribeClusters": object{"Clusters": array{
			object{"ClusterIdentifier": "a", "ClusterStatus": "paused", "PubliclyAccessible": true},
			object{"ClusterIdentifier": "b", "ClusterStatus": "available", "PubliclyAccessible": false},
			object{"ClusterIdentifier": "c", "ClusterStatus": "available", "PubliclyAccessible": true},
		}},
		"iam:ListUsers":  object{"Users": array{object{"UserName": "ada", "Path": "/data/"}, object{"UserName": "red\x1b[31m", "Path": "/"}}},
		"iam:ListGroups": object{"Groups": array{object{"GroupName": "analysts", "Path": "/data/"}}},
		"iam:ListRoles": object{"Roles": array{
			object{"RoleName": "a", "Path": "/aws-service-role/x/"},
			object{
				"RoleName": "b", "Path": "/", "Description": "Exports",
				"AssumeRolePolicyDocument": object{"Statement": object{"Principal": object{"Service": "machinelearning.amazonaws.com"}}},
			},
			object{"RoleName": "c", "Path": "/data/"},
		}},
	}
	for name, want := range map[string]string{
		"clusters": "c (available, publicly accessible); a (paused, publicly accessible); b (available, not publicly accessible)",
		"users":    "ada (path /data/)", "groups": "analysts (path /data/)", "roles": "b (trusts Amazon ML, Exports); c (path /data/)",
	} {
		l, err := list(t, account, name, chosen(furnished[name].to, nil))
		if have := shown(l); err != nil || have != want {
			t.Errorf("%s: %v\nwant %s\nhave %s", name, err, want, have)
		}
	}
}
