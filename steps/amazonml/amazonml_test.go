package amazonml_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/steps"
	"onramp/steps/amazonml"
)

const (
	account = "111122223333"
	roleARN = "arn:aws:iam::111122223333:role/AmazonMLRedshiftRole"
)

type given = map[string]any

// whole are answers that go together, with others over them.
func whole(over given) given {
	g := given{
		"account": account, "service.use": "yes", "source.cluster": "analytics", "source.bucket": "acme-ml", "source.prefix": "staging/", "pass.user": "ada",
	}
	maps.Copy(g, over)
	return g
}

// built is the plan of answers, with what is wrong with them.
func built(over given) (plan.Plan, []answers.Problem) {
	g := amazonml.Guide()
	values := map[string]answers.Value{}
	for key, data := range over {
		values[key] = answers.Value{Data: data, Source: answers.Typed}
	}
	resolved, problems := g.Resolve(answers.New(values))
	p := g.Build(resolved, plan.Target{Account: resolved.Text("account"), Region: resolved.Text("region"), Partition: "aws"})
	return p, append(problems, p.Problems...)
}

func good(t *testing.T, over given) plan.Plan {
	t.Helper()
	p, problems := built(whole(over))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return p
}

// documentOf is a document of a plan, compact.
func documentOf(t *testing.T, p plan.Plan, file string) string {
	t.Helper()
	for _, d := range p.Documents() {
		if d.File == file {
			return string(d.Policy.Compact())
		}
	}
	t.Fatalf("no document %s", file)
	return ""
}

func ids(p plan.Plan) string {
	var out []string
	for _, r := range p.Resources {
		out = append(out, r.ID)
	}
	return strings.Join(out, " ")
}

// TestEligibility is path 1: it stops by default and points to Redshift ML, and an export is not applied.
func TestEligibility(t *testing.T) {
	for name, g := range map[string]given{"nothing answered": {}, "no": {"service.use": "no"}} {
		p, problems := built(g)
		if len(problems) != 1 || problems[0].Key != "service.use" || !strings.Contains(problems[0].Remedy, "redshift-ml") || len(p.Resources) > 0 {
			t.Errorf("%s: %v, %s", name, problems, ids(p))
		}
	}
	asked := 0
	for range amazonml.Guide().Sequence(answers.Set{}) {
		asked++
	}
	if asked != 1 {
		t.Errorf("who may not use the service is asked %d questions", asked)
	}
	if p := good(t, nil); p.ExportOnly != nil {
		t.Error(p.ExportOnly)
	}
	p := good(t, given{"service.use": "export"})
	if p.ExportOnly == nil || p.ExportOnly.Remedy == "" || p.Hash() != good(t, nil).Hash() {
		t.Errorf("written down only: %+v", p.ExportOnly)
	}
}

func TestTheBannerIsInEveryPlan(t *testing.T) {
	g := amazonml.Guide()
	if g.Status != steps.Closed || !strings.HasPrefix(g.Notice(), "closed: ") {
		t.Errorf("%q %q", g.Status, g.Notice())
	}
	for _, choice := range []string{"document", "scoped"} {
		if p := good(t, given{"permissions.choice": choice}); p.Warnings[0].Text != g.Banner || !strings.Contains(p.Warnings[0].Remedy, "redshift-ml") {
			t.Errorf("%s: %+v", choice, p.Warnings)
		}
	}
}

// TestWhatIsRefused names for each combination the answer that is wrong.
func TestWhatIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		over given
		key  string
	}{
		"another region":                        {given{"region": "us-west-2"}, "region"},
		"another partition":                     {given{"region": "cn-north-1"}, "region"},
		"no account number":                     {given{"account": "1234"}, "account"},
		"V3 with a foreign bucket":              {given{"permissions.choice": "managed"}, "permissions.choice"},
		"a role name with a space":              {given{"role.name": "a b"}, "role.name"},
		"a role name of 65 letters":             {given{"role.name": strings.Repeat("a", 65)}, "role.name"},
		"a user name of 65 letters":             {given{"pass.user": strings.Repeat("a", 65)}, "pass.user"},
		"a group name of 129 letters":           {given{"pass.to": "group", "pass.group": strings.Repeat("a", 129)}, "pass.group"},
		"no user":                               {given{"pass.user": ""}, "pass.user"},
		"the role passes itself":                {given{"pass.to": "role", "pass.role": "amazonmlredshiftrole"}, "pass.role"},
		"a cluster that ends in a hyphen":       {given{"source.cluster": "a-"}, "source.cluster"},
		"a prefix that is a wildcard":           {given{"source.prefix": "*/"}, "source.prefix"},
		"a prefix that is a variable":           {given{"source.prefix": "${aws:username}/"}, "source.prefix"},
		"a prefix without a slash":              {given{"source.prefix": "staging"}, "source.prefix"},
		"a boundary of another partition":       {given{"role.permissions-boundary": "arn:aws-cn:iam::111122223333:policy/b"}, "role.permissions-boundary"},
		"a boundary of another account":         {given{"role.permissions-boundary": "arn:aws:iam::999988887777:policy/b"}, "role.permissions-boundary"},
		"a managed policy of the first version": {given{"permissions.choice": "v1"}, "permissions.choice"},
	} {
		if _, problems := built(whole(c.over)); len(problems) != 1 || problems[0].Key != c.key || problems[0].Remedy == "" {
			t.Errorf("%s: %+v", name, problems)
		}
	}
}

func TestPermissions(t *testing.T) {
	own := given{"source.bucket": "amazon-machine-learning-acme"}
	if p := good(t, own); ids(p) != "staging-bucket role role-managed-policy who-passes pass-policy" {
		t.Errorf("with such a bucket V3 is the default: %s", ids(p))
	} else if r, _ := p.Find("role-managed-policy"); r.Spec.(kind.Attachment).PolicyARN != "arn:aws:iam::aws:policy/service-role/AmazonMachineLearningRoleforRedshiftDataSourceV3" {
		t.Errorf("%+v", r.Spec)
	}
	for name, c := range map[string]struct{ over, want string }{
		"scoped by default": {"", `{"Version":"2012-10-17","Statement":[` +
			`{"Sid":"Network","Effect":"Allow","Action":["ec2:DescribeSecurityGroups","ec2:AuthorizeSecurityGroupIngress","ec2:CreateSecurityGroup","ec2:DescribeInternetGateways","ec2:RevokeSecurityGroupIngress"],"Resource":"*"},` +
			`{"Sid":"ClusterSecurityGroups","Effect":"Allow","Action":["redshift:CreateClusterSecurityGroup","redshift:AuthorizeClusterSecurityGroupIngress","redshift:RevokeClusterSecurityGroupIngress","redshift:DescribeClusterSecurityGroups","redshift:DescribeClusters"],"Resource":"*"},` +
			`{"Sid":"Cluster","Effect":"Allow","Action":"redshift:ModifyCluster","Resource":"arn:aws:redshift:us-east-1:111122223333:cluster:analytics"},` +
			`{"Sid":"StagingObjects","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::acme-ml/staging/*"},` +
			`{"Sid":"StagingBucket","Effect":"Allow","Action":["s3:GetBucketLocation","s3:GetBucketPolicy","s3:PutBucketPolicy"],"Resource":"arn:aws:s3:::acme-ml"}]}`},
		"the document's": {"document", documented},
	} {
		over := given{}
		if c.over != "" {
			over["permissions.choice"] = c.over
		}
		if have := documentOf(t, good(t, over), "role-policy-permissions"); !equal(t, have, c.want) {
			t.Errorf("%s:\n%s\n%s", name, have, c.want)
		}
	}
}

// documented is the policy of document 003, as it stands there.
const documented = `{ "Version": "2012-10-17", "Statement": [{ "Action": [ "ec2:DescribeSecurityGroups", "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateSecurityGroup",
"ec2:DescribeInternetGateways", "ec2:RevokeSecurityGroupIngress", "s3:GetObject", "s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:PutObject",
"redshift:CreateClusterSecurityGroup", "redshift:AuthorizeClusterSecurityGroupIngress", "redshift:RevokeClusterSecurityGroupIngress", "redshift:DescribeClusterSecurityGroups",
"redshift:DescribeClusters", "redshift:ModifyCluster" ], "Effect": "Allow", "Resource": [ "*" ] }] }`

func equal(t *testing.T, a, b string) bool {
	t.Helper()
	x, errX := policy.Parse([]byte(a))
	y, errY := policy.Parse([]byte(b))
	if errX != nil || errY != nil {
		t.Fatal(errX, errY)
	}
	return policy.Equal(x, y)
}

// TestExtra: the two actions that only the text names come with each of the three.
func TestExtra(t *testing.T) {
	for choice, bucket := range map[string]string{"managed": "amazon-machine-learning-acme", "document": "acme-ml", "scoped": "acme-ml"} {
		p := good(t, given{"permissions.choice": choice, "source.bucket": bucket, "permissions.extra": true})
		have := documentOf(t, p, "role-policy-permissions")
		for _, want := range []string{
			`"Action":"s3:ListBucket","Resource":"arn:aws:s3:::` + bucket + `"`, `"Action":"s3:PutObjectAcl","Resource":"arn:aws:s3:::` + bucket + `/staging/*"`,
		} {
			if !strings.Contains(have, want) {
				t.Errorf("%s: %s lacks %s", choice, have, want)
			}
		}
	}
}

func TestTrust(t *testing.T) {
	const bare = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"machinelearning.amazonaws.com"},"Action":"sts:AssumeRole"CONDITION}]}`
	conditions := `,"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"},"ArnLike":{"aws:SourceArn":"arn:aws:machinelearning:eu-west-1:111122223333:datasource/*"}}`
	for on, want := range map[bool]string{true: conditions, false: ""} {
		have := documentOf(t, good(t, given{"trust.conditions": on, "region": "eu-west-1"}), "role-trust")
		if !equal(t, have, strings.Replace(bare, "CONDITION", want, 1)) {
			t.Errorf("conditions %v: %s", on, have)
		}
	}
}

// TestWhoMayPassTheRole is path 7, for each kind of principal and either resource.
func TestWhoMayPassTheRole(t *testing.T) {
	for to, call := range map[string]string{"user": "iam:PutUserPolicy", "group": "iam:PutGroupPolicy", "role": "iam:PutRolePolicy"} {
		for resource, want := range map[string]string{"role": roleARN, "any": "*"} {
			p := good(t, given{"pass.to": to, "pass." + to: "somebody", "pass.resource": resource})
			if have := documentOf(t, p, "pass-policy-pass"); !strings.Contains(have, `"Action":"iam:PassRole","Resource":"`+want+`"`) {
				t.Errorf("%s, %s: %s", to, resource, have)
			}
			r, _ := p.Find("pass-policy")
			if have := r.Spec.Steps()[0].Create[0]; have.Name() != call || !slices.Contains(r.Needs, "who-passes") || !slices.Contains(r.Needs, "role") {
				t.Errorf("%s: %s, after %v", to, have.Name(), r.Needs)
			}
		}
	}
	if p := good(t, given{"pass.to": "nobody"}); strings.Contains(ids(p), "pass") {
		t.Error(ids(p))
	}
}

// TestEveryDocument of every combination of choices is one that IAM takes, within its size, and holds no placeholder;
// a warning's fix makes it go away.
func TestEveryDocument(t *testing.T) {
	n := 0
	each(func(over given) {
		n++
		p := good(t, over)
		for _, d := range p.Documents() {
			if errs := policy.Validate(d.Policy, d.Kind); len(errs) > 0 {
				t.Errorf("%v: %s: %v", over, d.File, errs)
			}
			text := string(d.Policy.Compact())
			if strings.ContainsAny(text, "<>`") || strings.Contains(text, "REGION") || strings.Contains(text, "ACCOUNT") {
				t.Errorf("%v: %s has a placeholder: %s", over, d.File, text)
			}
			if d.Policy.Size() > policy.MaxInlineUser {
				t.Errorf("%v: %s has %d characters", over, d.File, d.Policy.Size())
			}
		}
		for _, w := range p.Warnings {
			if w.Fix == nil {
				continue
			}
			fixed := maps.Clone(over)
			for key, text := range w.Fix {
				q, _ := amazonml.Guide().Find(key)
				data, err := q.Accept(text)
				if err != nil {
					t.Fatal(err)
				}
				fixed[key] = data
			}
			again, _ := built(whole(fixed))
			if slices.ContainsFunc(again.Warnings, func(have plan.Warning) bool { return have.Rule == w.Rule && have.Text == w.Text }) {
				t.Errorf("%v: after %v it still says %q", over, w.Fix, w.Text)
			}
		}
	})
	t.Logf("%d combinations", n)
}

// each visits every combination of the choices, with the longest names.
func each(visit func(given)) {
	for _, choice := range []string{"managed", "document", "scoped"} {
		for _, to := range []string{"user", "group", "role", "nobody"} {
			for i := range 16 {
				over := given{
					"permissions.choice": choice, "pass.to": to, "pass.user": "u", "pass.group": strings.Repeat("g", 128), "pass.role": "other",
					"permissions.extra": i&1 > 0, "trust.conditions": i&2 > 0, "pass.resource": map[bool]string{true: "any", false: "role"}[i&4 > 0],
					"region": map[bool]string{true: "eu-west-1", false: "us-east-1"}[i&8 > 0], "source.bucket": "amazon-machine-learning-" + strings.Repeat("b", 39),
					"source.cluster": strings.Repeat("c", 63), "role.name": strings.Repeat("r", 64),
				}
				visit(over)
			}
		}
	}
}

// TestHalfAnswered: whatever is answered, a plan is built, and a problem says what is missing.
func TestHalfAnswered(t *testing.T) {
	answered := whole(given{"service.use": "yes"})
	for key := range answered {
		half := maps.Clone(answered)
		delete(half, key)
		p, problems := built(half)
		if len(problems) == 0 && key != "source.prefix" {
			t.Errorf("without %s nothing is missing: %s", key, fmt.Sprint(p.Hash()))
		}
	}
}
