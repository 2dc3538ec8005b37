package aiunlimited_test

import (
	"strings"
	"testing"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// commit is that of Teradata/ai-unlimited from which the lists in testdata were copied.
const commit = "07eccd0"

func parse(t testing.TB, text string) policy.Document {
	t.Helper()
	d, err := policy.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestTheTranscription guards what the other tests compare with: the counts that the samples have.
func TestTheTranscription(t *testing.T) {
	for name, want := range map[string]struct{ actions, statements, size int }{
		"workspaces": {99, 1, 2625}, "workspaces-without": {96, 1, 2568}, "engine": {1, 1, 0}, "session-manager": {23, 3, 825},
	} {
		d := sample(t, name)
		if len(policy.Actions(d)) != want.actions || len(d.Statements) != want.statements || want.size > 0 && d.Size() != want.size {
			t.Errorf("%s: %d actions in %d statements, %d characters", name, len(policy.Actions(d)), len(d.Statements), d.Size())
		}
	}
}

// TestSamples holds each document to its sample, and to the file and the commit that it says it is from.
func TestSamples(t *testing.T) {
	session := given{"access.kind": "session-manager"}
	for name, c := range map[string]struct {
		file, sample, from string
		given              []given
	}{
		"may create roles":     {"manager-policy-permissions", "workspaces", "ai-unlimited-workspaces.json", []given{{"manager.source": "new"}}},
		"may not":              {"manager-policy-permissions", "workspaces-without", "ai-unlimited-workspaces-without-iam-role-permissions.json", []given{supplied}},
		"on an existing role":  {"manager-policy-permissions", "workspaces", "ai-unlimited-workspaces.json", []given{{"manager.source": "existing", "manager.name": "m"}}},
		"inline":               {"manager-policy-permissions", "workspaces", "ai-unlimited-workspaces.json", []given{{"manager.source": "new", "policies.attach": "inline"}}},
		"the engine":           {"engine-policy-permissions", "engine", "ai-unlimited-engine.json", []given{supplied}},
		"the engine, inline":   {"engine-policy-permissions", "engine", "ai-unlimited-engine.json", []given{supplied, {"policies.attach": "inline"}}},
		"Session Manager":      {"session-policy-permissions", "session-manager", "session-manager.json", []given{supplied, session}},
		"a session, inline":    {"manager-session-policy-permissions", "session-manager", "session-manager.json", []given{supplied, session, {"policies.attach": "inline"}}},
		"a session of engines": {"engine-session-policy-permissions", "session-manager", "session-manager.json", []given{supplied, session, {"policies.attach": "inline", "access.engine-session": true}}},
	} {
		d := find(t, good(t, c.given...), c.file)
		if !policy.Equal(d.Policy, sample(t, c.sample)) {
			t.Errorf("%s: another document than the sample:\n%s", name, d.Policy.Compact())
		}
		if !strings.Contains(d.Source, c.from) || !strings.Contains(d.Source, commit) {
			t.Errorf("%s: it does not say that it is %s at %s: %q", name, c.from, commit, d.Source)
		}
		if d.Title == "" {
			t.Errorf("%s: no title", name)
		}
	}
}

// TestRoleCreationIsAllThatIsTaken: the two samples differ by three actions, and both keep the passing of roles.
func TestRoleCreationIsAllThatIsTaken(t *testing.T) {
	with := policy.Actions(find(t, good(t, given{"manager.source": "new"}), "manager-policy-permissions").Policy)
	less := policy.Actions(find(t, good(t, supplied), "manager-policy-permissions").Policy)
	if len(with) != 99 || len(less) != 96 {
		t.Errorf("%d and %d actions", len(with), len(less))
	}
	missing := without(with, less...)
	if len(missing) != 3 || len(without(missing, roleCreation...)) > 0 || len(without(less, with...)) > 0 {
		t.Errorf("taken: %v; added: %v", missing, without(less, with...))
	}
}

// TestEngineSecrets: one ARN for each region of the engine, in the partition of the regions; the account and the region
// are never left open.
func TestEngineSecrets(t *testing.T) {
	secrets := func(partition, region string) string {
		return "arn:" + partition + ":secretsmanager:" + region + ":" + account + ":secret:compute-engine/*"
	}
	for name, c := range map[string]struct {
		region  string
		engines []string
		want    []string
	}{
		"none said":       {"eu-west-1", nil, []string{secrets("aws", "eu-west-1")}},
		"another":         {"eu-west-1", []string{"us-east-1"}, []string{secrets("aws", "us-east-1")}},
		"several":         {"us-east-1", []string{"us-east-1", "us-west-2", "eu-west-1"}, []string{secrets("aws", "us-east-1"), secrets("aws", "us-west-2"), secrets("aws", "eu-west-1")}},
		"China":           {"cn-north-1", nil, []string{secrets("aws-cn", "cn-north-1")}},
		"both of China":   {"cn-north-1", []string{"cn-north-1", "cn-northwest-1"}, []string{secrets("aws-cn", "cn-north-1"), secrets("aws-cn", "cn-northwest-1")}},
		"GovCloud":        {"us-gov-west-1", nil, []string{secrets("aws-us-gov", "us-gov-west-1")}},
		"both GovClouds":  {"us-gov-west-1", []string{"us-gov-east-1", "us-gov-west-1"}, []string{secrets("aws-us-gov", "us-gov-east-1"), secrets("aws-us-gov", "us-gov-west-1")}},
		"many of them, 8": {"us-east-1", eight, eachOf(eight, func(r string) string { return secrets("aws", r) })},
	} {
		over := given{"region": c.region}
		if c.engines != nil {
			over["engine.regions"] = c.engines
		}
		for _, attach := range []string{"managed", "inline"} {
			d := find(t, good(t, supplied, over, given{"policies.attach": attach}), "engine-policy-permissions")
			want := document(policy.Statement{Effect: policy.Allow, Actions: []string{"secretsmanager:GetSecretValue"}, Resources: c.want})
			if !policy.Equal(d.Policy, want) {
				t.Errorf("%s, %s: %s", name, attach, d.Policy.Compact())
			}
		}
	}
}

var eight = []string{"us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-central-1", "ap-southeast-2"}

func eachOf(list []string, f func(string) string) []string {
	var out []string
	for _, s := range list {
		out = append(out, f(s))
	}
	return out
}

// TestTrust: both roles are for instances. The manager's is the template's; nobody documents the engine's, and that is
// said.
func TestTrust(t *testing.T) {
	want := parse(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com"]},"Action":["sts:AssumeRole"]}]}`)
	for _, region := range []string{"us-east-1", "cn-north-1", "us-gov-west-1"} {
		p := good(t, supplied, given{"region": region})
		for _, file := range []string{"manager-role-trust", "engine-role-trust"} {
			if d := find(t, p, file); !policy.Equal(d.Policy, want) || d.Kind != policy.Trust {
				t.Errorf("%s, %s: %s", region, file, d.Policy.Compact())
			}
		}
		if said := find(t, p, "engine-role-trust").Source; said != "" {
			t.Errorf("the engine's trust policy is nobody's but ours: %q", said)
		}
		if !warns(p, "engine", "ec2.amazonaws.com") {
			t.Errorf("nobody says that the engine's trust policy is not documented: %+v", p.Warnings)
		}
	}
	if warns(good(t, given{"manager.source": "new"}), "engine's role", "ec2.amazonaws.com") {
		t.Error("an engine's role that the service makes is warned about")
	}
}

// TestTrustOfTheManagerIsTheTemplates: the template has this document, so it is not ours.
func TestTrustOfTheManagerIsTheTemplates(t *testing.T) {
	for _, p := range []plan.Plan{good(t, supplied), good(t, given{"manager.source": "existing", "manager.name": "m"})} {
		if said := find(t, p, "manager-role-trust").Source; !strings.Contains(said, commit) {
			t.Errorf("it does not say that it is the template's at %s: %q", commit, said)
		}
	}
}

// warns says that one warning has all the words.
func warns(p plan.Plan, words ...string) bool {
	for _, w := range p.Warnings {
		all := true
		for _, word := range words {
			all = all && strings.Contains(w.Text, word)
		}
		if all {
			return true
		}
	}
	return false
}

// TestExistingManagerIsAskedForItsTrust: what an existing role is held to, and what would be put to it, is the trust of
// a new one. Nothing is asked of the engine's existing role.
func TestExistingManagerIsAskedForItsTrust(t *testing.T) {
	p := good(t, supplied, given{"manager.source": "existing", "manager.name": "m", "engine.source": "existing", "engine.name": "e"})
	r, _ := p.Find("manager-role")
	e, is := r.Spec.(kind.ExistingPrincipal)
	if !is || e.Of != (kind.Principal{Type: kind.RoleType, Name: "m"}) || e.Trusted != "ec2.amazonaws.com" {
		t.Errorf("%+v", r.Spec)
	}
	want := find(t, good(t, given{"manager.source": "new"}), "manager-role-trust").Policy
	if have := find(t, p, "manager-role-trust").Policy; !policy.Equal(have, want) {
		t.Errorf("%s", have.Compact())
	}
}

// TestNarrowed: passing, rewriting and tagging of roles is for the engine's role only, and passing for instances only.
// The rest of the sample is untouched, and it is said that the document is not the sample any more.
func TestNarrowed(t *testing.T) {
	for _, c := range []struct {
		over      given
		partition string
	}{
		{given{"engine.name": "node"}, "aws"},
		{given{"engine.name": "node", "engine.source": "existing"}, "aws"},
		{given{"engine.name": "node", "region": "cn-north-1"}, "aws-cn"},
		{given{"engine.name": "node", "policies.attach": "inline"}, "aws"},
		{given{"engine.name": "node", "manager.source": "existing", "manager.name": "m", "region": "us-gov-east-1"}, "aws-us-gov"},
	} {
		p := good(t, supplied, c.over, given{"manager.narrow": true})
		engine := "arn:" + c.partition + ":iam::" + account + ":role/node"
		d := find(t, p, "manager-policy-permissions")
		rest := without(without(lists(t, "manager"), roleCreation...), "iam:PassRole", "iam:PutRolePolicy", "iam:TagRole")
		engines := []string{engine}
		if c.over["engine.source"] == "existing" { // under which path it is nobody knows
			engines = append(engines, strings.Replace(engine, ":role/", ":role/*/", 1))
		}
		pass := allow(engine, "iam:PassRole")
		pass.Resources = engines
		change := allow(engine, "iam:PutRolePolicy", "iam:TagRole")
		change.Resources = engines
		pass.Conditions = []policy.Condition{{Operator: "StringEquals", Key: "iam:PassedToService", Values: []string{"ec2.amazonaws.com"}}}
		if want := document(allow("*", rest...), pass, change); !same(d.Policy, want) {
			t.Errorf("%v:\n%s\n%s", c.over, d.Policy.Compact(), want.Compact())
		}
		if len(rest) != 93 || len(policy.Actions(d.Policy)) != 96 {
			t.Errorf("%d actions, %d of them on everything", len(policy.Actions(d.Policy)), len(rest))
		}
		if !warns(p, "differs from the sample", "tried") {
			t.Errorf("%v: nobody says that it is untested: %+v", c.over, p.Warnings)
		}
		if !strings.Contains(d.Source, commit) || !strings.Contains(d.Source, "onramp's own") {
			t.Errorf("%v: the source does not say what is of the sample at %s, and what is not: %q", c.over, commit, d.Source)
		}
	}
	if p := good(t, supplied); warns(p, "differs from the sample") {
		t.Error("the sample itself differs from the sample")
	}
}

// same is policy.Equal for documents whose statements are named in one of them only.
func same(a, b policy.Document) bool {
	unnamed := func(d policy.Document) policy.Document {
		var out policy.Document
		out.Version = d.Version
		for _, s := range d.Statements {
			s.Sid = ""
			out.Statements = append(out.Statements, s)
		}
		return out
	}
	return policy.Equal(unnamed(a), unnamed(b))
}

// TestBoundaries: on a role that is made here it is the role's; on the template's it is a parameter, which says nothing
// of a role that exists.
func TestBoundaries(t *testing.T) {
	const boundary = "arn:aws:iam::111122223333:policy/bound"
	p := good(t, supplied, given{"manager.permissions-boundary": boundary, "engine.permissions-boundary": boundary + "-engine"})
	for id, want := range map[string]string{"manager-role": boundary, "engine-role": boundary + "-engine"} {
		r, _ := p.Find(id)
		if have := r.Spec.(kind.Role).Boundary; have != want {
			t.Errorf("%s: %q", id, have)
		}
	}
	for source, want := range map[string]string{"stack": boundary, "new": "", "existing": ""} {
		p := good(t, given{"manager.source": source, "manager.name": "m", "manager.permissions-boundary": boundary})
		if have := parameters(t, p)["IamPermissionsBoundary"]; have != want {
			t.Errorf("%s: IamPermissionsBoundary is %q", source, have)
		}
	}
	p = good(t, given{"manager.source": "existing", "manager.name": "m", "manager.permissions-boundary": boundary})
	for _, r := range p.Resources {
		for _, st := range r.Spec.Steps() {
			for _, c := range st.Calls() {
				if strings.Contains(c.Operation, "Boundary") {
					t.Errorf("a boundary is put on a role that is there: %s", c.Name())
				}
			}
		}
	}
}
