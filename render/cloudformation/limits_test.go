package cloudformation

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"onramp/internal/answers"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/redshiftsql"
)

// manyGroups are answers with n groups, the first of which have a bucket and role of their own.
func manyGroups(n, own int) map[string]any {
	out := map[string]any{"groups": n, "role.choice": "restrictive", "role.policy": "tightened", "kms.choice": "new", "kms.alias": "redshift-ml"}
	for i := range n {
		key := fmt.Sprintf("groups.%d.", i)
		out[key+"name"], out[key+"schema"] = fmt.Sprintf("analysts_%d", i), "demo_ml"
		if i < own {
			out[key+"bucket"], out[key+"role"] = fmt.Sprintf("acme-ml-%d", i), fmt.Sprintf("redshift-ml-%d", i)
		}
	}
	return out
}

// TestAsManyRolesAsAClusterTakes: 50 roles with a bucket each are too long for the call and go through S3; all else holds.
func TestAsManyRolesAsAClusterTakes(t *testing.T) {
	p := planOf(t, "restrictive-cluster", manyGroups(49, 49))
	files := filesOf(t, p)
	if n := len(files[fileTemplate]); n <= maxBody || n > maxTemplate {
		t.Fatalf("the template has %d bytes", n)
	}
	if n := strings.Count(files[fileParameters], "ParameterKey"); n > maxParameters {
		t.Errorf("there are %d parameters", n)
	}
	given, value := answersOf(p)
	got, _ := deployed(t, p, files[fileTemplate], given, pseudoOf(p.Target))
	for _, w := range same(got, planned(t, p, value)) {
		t.Error(w)
	}
	if !strings.Contains(files[fileDeploy], fmt.Sprintf("# The template has %d bytes, and the call takes 51200", len(files[fileTemplate]))) {
		t.Error("deploy.sh does not say that the template goes through S3")
	}
	r := runScript(t, files, ready, nil, fileDeploy)
	if r.code != 1 || !strings.Contains(r.out, "TEMPLATE_BUCKET") || len(r.changing()) > 0 {
		t.Errorf("without a bucket: exit code %d, made %v\n%s", r.code, r.changing(), r.out)
	}
	r = runScript(t, files, ready, []string{"TEMPLATE_BUCKET=uploads"}, fileDeploy)
	calls := strings.Join(r.calls, "\n")
	if r.code != 0 || !strings.Contains(calls, "s3 cp template.yaml s3://uploads/onramp/") || !strings.Contains(calls, "--template-url https://uploads.s3.us-west-2.amazonaws.com/onramp/") {
		t.Errorf("with a bucket: exit code %d\n%s\n%s", r.code, r.out, calls)
	}
	china := planOf(t, "china", manyGroups(49, 49))
	r = runScript(t, filesOf(t, china), ready, []string{"TEMPLATE_BUCKET=uploads"}, fileDeploy)
	if !strings.Contains(strings.Join(r.calls, "\n"), "https://uploads.s3.cn-north-1.amazonaws.com.cn/") {
		t.Errorf("in China: %s\n%s", r.out, strings.Join(r.calls, "\n"))
	}
}

// TestThousandGroups: groups are SQL, and so no matter of the template.
func TestThousandGroups(t *testing.T) {
	p := planOf(t, "restrictive-cluster", manyGroups(1000, 0))
	begin := time.Now()
	files := filesOf(t, p)
	t.Logf("%v", time.Since(begin))
	if n := len(files[fileTemplate]); n > maxBody {
		t.Errorf("the template has %d bytes", n)
	}
	if n := strings.Count(files[filePost], "--sql 'CREATE GROUP "); n != 1000 {
		t.Errorf("post.sh makes %d groups", n)
	}
}

func BenchmarkThousandGroups(b *testing.B) {
	p := planOf(b, "restrictive-cluster", manyGroups(1000, 0))
	for b.Loop() {
		if _, err := Files(p, origin); err != nil {
			b.Fatal(err)
		}
	}
}

// roles are a plan with many roles.
func roles(n, statements int) plan.Plan {
	p := plan.Plan{Guide: "g", Title: "t", Owner: "o", Target: plan.Target{Account: "111122223333", Region: "us-east-1", Partition: "aws"}}
	doc := planDocument(statements)
	for i := range n {
		name := fmt.Sprintf("role-%d", i)
		p.Resources = append(p.Resources, plan.Resource{ID: name, Spec: kind.Role{Path: "/", RoleName: name, Trust: doc}})
	}
	return p
}

func planDocument(statements int) plan.Document {
	d := plan.Document{Name: "trust"}
	d.Policy.Version = "2012-10-17"
	for range statements {
		d.Policy.Statements = append(d.Policy.Statements, oneStatement)
	}
	return d
}

var oneStatement = policy.Statement{
	Effect: policy.Allow, Principal: policy.Principal{Services: []string{"redshift.amazonaws.com"}}, Actions: []string{"sts:AssumeRole"},
	Conditions: []policy.Condition{{Operator: "StringEquals", Key: "aws:SourceAccount", Values: []string{"111122223333"}}},
}

func TestWhatNoTemplateCanHoldIsSaid(t *testing.T) {
	incomplete := planOf(t, "simple-cluster", nil)
	incomplete.Problems = []answers.Problem{{Key: "bucket.name", Text: "is missing"}}
	foreign := planOf(t, "simple-cluster", nil)
	foreign.Resources = append(foreign.Resources, plan.Resource{ID: "x", Spec: stack{}})
	dangling := roles(1, 1)
	dangling.Resources[0].Spec = kind.Role{Path: "/", RoleName: "r", Description: plan.Ref{Resource: "key", Output: "arn"}.String(), Trust: planDocument(1)}
	for name, test := range map[string]struct {
		plan plan.Plan
		says string
	}{
		"a plan with problems":              {incomplete, "bucket.name: is missing"},
		"a plan with nothing in it":         {roles(0, 0), "nothing that it could make"},
		"a kind that nobody knows":          {foreign, "x is of a kind that is not known here"},
		"a reference to nothing":            {dangling, "nothing in the template gives arn of key"},
		"more parameters than there can be": {roles(201, 1), "a template has at most 200"},
		"more bytes than there can be":      {roles(190, 60), "and CloudFormation takes 1000000"},
	} {
		if _, err := Files(test.plan, origin); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
		s := StackSetOptions{OUs: []string{"r-ab12"}, Regions: []string{"us-east-1"}}
		if test.plan.Target.Region == "us-west-2" {
			s.Regions = []string{"us-west-2"}
		}
		if _, err := StackSet(test.plan, s, origin); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s, as a stack set: %v", name, err)
		}
	}
}

// TestOneAccountsStepsStayAtHome: a step that names the plan's account cannot be done in others.
func TestOneAccountsStepsStayAtHome(t *testing.T) {
	p := planOf(t, "simple-cluster", nil)
	p.Resources = append(p.Resources, plan.Resource{ID: "other", Spec: kind.Attachment{RoleName: "theirs", PolicyARN: "arn:aws:iam::111122223333:policy/p", Title: "p"}})
	if _, err := Files(p, origin); err != nil {
		t.Errorf("in its own account: %v", err)
	}
	if _, err := StackSet(p, optionsFor(p), origin); err == nil || !strings.Contains(err.Error(), "names the account") {
		t.Errorf("in others: %v", err)
	}
}

// TestAMarkIsNoName: what stands for an account's own in the scripts cannot be somebody's name.
func TestAMarkIsNoName(t *testing.T) {
	for _, mark := range []string{eachAccount, eachRegion, eachStack} {
		p := planOf(t, "simple-cluster", nil)
		p.SQL = append(p.SQL, redshiftsql.CreateGroup("the "+mark))
		if _, err := Files(p, origin); err != nil {
			t.Errorf("in one account: %v", err)
		}
		if _, err := StackSet(p, optionsFor(p), origin); err == nil || !strings.Contains(err.Error(), "holds "+mark) {
			t.Errorf("in others: %v", err)
		}
	}
}

func TestDescriptionIsCut(t *testing.T) {
	p := planOf(t, "sample", nil)
	p.Title = strings.Repeat("日本", 400)
	m, err := parseTemplate(filesOf(t, p)[fileTemplate], map[string]string{"VpcCidr": "10.0.0.0/8"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if about := m.root["Description"].Value; len(about) > maxAbout || !utf8.ValidString(about) || !strings.HasSuffix(about, "(see Metadata)") {
		t.Errorf("the description has %d bytes: %s", len(about), about)
	}
}

func TestTemplateSaysWhatItLeaves(t *testing.T) {
	for name, want := range map[string][]string{
		"sample":                  {"Run pre.sh before", "roles of cluster analytics", "enhanced VPC routing of cluster analytics", "SQL permissions in database dev", "route tables of an S3 endpoint"},
		"simple-serverless":       {"roles of namespace analytics-ns"},
		"console-default-cluster": {"roles of cluster analytics", "SQL permissions in database dev"},
	} {
		m, err := parseTemplate(filesOf(t, planOf(t, name, nil))[fileTemplate], map[string]string{"VpcCidr": "10.0.0.0/8"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		left := members(members(m.root["Metadata"])["Onramp"])["AfterByScript"]
		for _, w := range want {
			inMetadata := strings.HasPrefix(w, "Run ")
			for _, n := range left.Content {
				inMetadata = inMetadata || strings.Contains(n.Value, w)
			}
			if !strings.Contains(m.root["Description"].Value, w) || !inMetadata {
				t.Errorf("%s does not say that it leaves %q: %s", name, w, m.root["Description"].Value)
			}
		}
	}
}
