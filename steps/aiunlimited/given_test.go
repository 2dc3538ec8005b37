package aiunlimited_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/steps/aiunlimited"
)

const (
	account   = "111122223333"
	publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f operator@example.com"
	vpc       = "vpc-0a1b2c3d4e5f60718"
	subnet    = "subnet-0a1b2c3d4e5f60718"
)

// given are answers by key.
type given = map[string]any

// Answers that go together.
var (
	network  = given{"network.fill-in": true, "network.vpc": vpc, "network.subnet": subnet, "network.availability-zone": "us-east-1a", "network.cidr": "203.0.113.0/24"}
	balanced = given{"load-balancer.kind": "network", "load-balancer.subnet": subnet}
	supplied = given{"service.creates-roles": false, "manager.source": "new"}
	imported = given{"access.kind": "key-pair", "access.key": "import", "access.key-name": "operators", "access.public-key": publicKey}
)

// with puts further answers over the account number, the later ones over the earlier.
func with(more ...given) given {
	g := given{"account": account}
	for _, m := range more {
		maps.Copy(g, m)
	}
	return g
}

func set(g given) answers.Set {
	values := map[string]answers.Value{}
	for key, data := range g {
		values[key] = answers.Value{Data: data, Source: answers.Typed}
	}
	return answers.New(values)
}

// fromSet is the plan of answers, with what is wrong with them.
func fromSet(a answers.Set) (plan.Plan, []answers.Problem) {
	g := aiunlimited.Guide()
	resolved, problems := g.Resolve(a)
	region := resolved.Text("region")
	p := g.Build(resolved, plan.Target{Account: resolved.Text("account"), Region: region, Partition: awsname.Partition(region)})
	return p, append(problems, p.Problems...)
}

func built(g given) (plan.Plan, []answers.Problem) { return fromSet(set(g)) }

// good is the plan of answers that go together.
func good(t testing.TB, more ...given) plan.Plan {
	t.Helper()
	p, problems := built(with(more...))
	if len(problems) > 0 {
		t.Fatalf("%v: %v", more, problems)
	}
	return p
}

// lists are the actions of the documents, as they were copied from the samples at the commit: by service, in their order.
func lists(t testing.TB, name string) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/actions.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]map[string]string
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, service := range slices.Sorted(maps.Keys(all[name])) {
		for action := range strings.FieldsSeq(all[name][service]) {
			out = append(out, service+":"+action)
		}
	}
	return out
}

// roleCreation is what a manager may not do that must not create roles.
var roleCreation = []string{"iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy"}

func without(list []string, taken ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(taken, s) })
}

func allow(resource string, actions ...string) policy.Statement {
	return policy.Statement{Effect: policy.Allow, Actions: actions, Resources: []string{resource}}
}

func document(statements ...policy.Statement) policy.Document {
	return policy.Document{Version: policy.Version, Statements: statements}
}

// sample is one of the samples, by a short name.
func sample(t testing.TB, name string) policy.Document {
	t.Helper()
	manager := lists(t, "manager")
	switch name {
	case "workspaces":
		return document(allow("*", manager...))
	case "workspaces-without":
		return document(allow("*", without(manager, roleCreation...)...))
	case "engine":
		return document(allow("arn:aws:secretsmanager:us-east-1:"+account+":secret:compute-engine/*", "secretsmanager:GetSecretValue"))
	case "session-manager":
		list := lists(t, "session")
		of := func(service string) policy.Statement {
			return allow("*", slices.DeleteFunc(slices.Clone(list), func(a string) bool { return !strings.HasPrefix(a, service+":") })...)
		}
		return document(of("ssm"), of("ssmmessages"), of("ec2messages"))
	}
	t.Fatalf("no sample %s", name)
	return policy.Document{}
}

// called names a document after the sample that it equals.
func called(t testing.TB, d policy.Document) string {
	t.Helper()
	for _, name := range []string{"workspaces", "workspaces-without", "engine", "session-manager"} {
		if policy.Equal(d, sample(t, name)) {
			return name
		}
	}
	return string(d.Compact())
}

// policiesOn names what hangs on a role: the sample that it equals, or the ARN of a policy that AWS keeps; and how it
// hangs there.
func policiesOn(t testing.TB, p plan.Plan, role string) string {
	t.Helper()
	var out []string
	for _, r := range p.Resources {
		switch s := r.Spec.(type) {
		case kind.Attachment:
			if s.RoleName == role {
				out = append(out, "managed "+attached(t, p, s.PolicyARN))
			}
		case kind.InlinePolicy:
			if s.RoleName == role {
				out = append(out, "inline "+called(t, s.Document.Policy))
			}
		case kind.PrincipalPolicy:
			if s.Of == (kind.Principal{Type: kind.RoleType, Name: role}) {
				out = append(out, "inline "+called(t, s.Document.Policy))
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// attached names the policy of an ARN: the sample that the plan makes it from, or the ARN of one that AWS keeps.
func attached(t testing.TB, p plan.Plan, arn string) string {
	t.Helper()
	for _, r := range p.Resources {
		if s, ok := r.Spec.(kind.ManagedPolicy); ok && s.ARN(p.Target) == arn {
			return called(t, s.Document.Policy)
		}
	}
	return arn
}

// parameters reads the parameters file as CloudFormation does: a list of keys and values, nothing else, each key once.
func parameters(t testing.TB, p plan.Plan) map[string]string {
	t.Helper()
	if len(p.Files) != 1 {
		t.Fatalf("%d files", len(p.Files))
	}
	type parameter struct{ ParameterKey, ParameterValue *string }
	var list []parameter
	d := json.NewDecoder(strings.NewReader(p.Files[0].Text))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil || d.More() {
		t.Fatal(err, p.Files[0].Text)
	}
	out := map[string]string{}
	for _, one := range list {
		if one.ParameterKey == nil || one.ParameterValue == nil {
			t.Fatalf("a parameter without key or value:\n%s", p.Files[0].Text)
		}
		if _, twice := out[*one.ParameterKey]; twice {
			t.Errorf("%s stands twice", *one.ParameterKey)
		}
		out[*one.ParameterKey] = *one.ParameterValue
	}
	return out
}

func handOver(p plan.Plan) map[string]string {
	out := map[string]string{}
	for _, v := range p.HandOver {
		out[v.Name] = v.Value
	}
	return out
}

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
