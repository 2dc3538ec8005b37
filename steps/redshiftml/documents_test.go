package redshiftml_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/steps/redshiftml"
)

// The documents print their policies as JSON with one comment and with placeholders. What testdata
// holds of them is as printed.
var (
	comment      = regexp.MustCompile(`// [^.\n]*\.`)
	placeholders = strings.NewReplacer(
		"<your-account-id>", account, "<your-role>", "redshift-ml", "<your-s3-bucket>", "acme-redshift-ml",
		"<your-region>", "us-east-1", "<your-kms-key>", keyID,
	)
)

// printed cuts out of a document the policies and the single statements that it prints.
func printed(t *testing.T, file string) (policies []policy.Document) {
	t.Helper()
	text := placeholders.Replace(comment.ReplaceAllString(raw(t, file), ""))
	for _, object := range objects(text) {
		if !strings.Contains(object, `"Statement"`) {
			object = `{"Version": "2012-10-17", "Statement": [` + object + `]}`
		}
		d, err := policy.Parse([]byte(object))
		if err != nil {
			t.Fatalf("%s: %v in %s", file, err, object)
		}
		policies = append(policies, d)
	}
	return policies
}

// raw is a document's text, as printed.
func raw(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// objects are the outermost pairs of braces in a text.
func objects(text string) (found []string) {
	depth, start := 0, 0
	for i, r := range text {
		switch r {
		case '{':
			if depth == 0 {
				start = i
			}
			depth++
		case '}':
			depth--
			if depth == 0 {
				found = append(found, text[start:i+1])
			}
		}
	}
	return found
}

// sourcePolicies are, of the policies that a document prints, the role's, the trust policy, and the
// statement for VPC routing where there is one.
func sourcePolicies(t *testing.T, file string) (role, trust policy.Document, eni *policy.Statement) {
	t.Helper()
	for _, d := range printed(t, file) {
		switch s := d.Statements[0]; {
		case slices.Contains(s.Actions, "sts:AssumeRole"):
			trust = d
		case slices.Contains(s.Actions, "ec2:DescribeVpcEndpoints"):
			eni = &s
		default:
			role = d
		}
	}
	return role, trust, eni
}

var documented = given{"role.choice": "restrictive", "role.policy": "documented", "bucket.sample-data": true, "kms.choice": "existing", "kms.key": keyID}

func TestDocumentedIsTheDocumentToTheLetter(t *testing.T) {
	for _, file := range []string{"document-000.txt", "document-001.txt", "document-002.txt"} {
		t.Run(file, func(t *testing.T) {
			want, _, _ := sourcePolicies(t, file)
			if len(want.Statements) != 4 {
				t.Fatalf("read %d statements out of the document, want 4", len(want.Statements))
			}
			p := build(t, with(documented))
			// An existing key's ARN is looked up, also where only its region and account are new.
			got := settled(p, find(t, p, "role-policy-permissions").Policy)
			if len(got.Statements) != len(want.Statements) {
				t.Fatalf("%d statements, want %d", len(got.Statements), len(want.Statements))
			}
			for i := range want.Statements {
				if !reflect.DeepEqual(got.Statements[i], want.Statements[i]) {
					t.Errorf("statement %d is\n%+v\nwant\n%+v", i+1, got.Statements[i], want.Statements[i])
				}
			}
			if got.Version != want.Version {
				t.Errorf("version %s, want %s", got.Version, want.Version)
			}
		})
	}
}

// settled fills in the ARN of the key where AWS would give it.
func settled(p plan.Plan, d policy.Document) policy.Document {
	return d.Map(func(s string) string {
		return plan.Fill(s, func(r plan.Ref) string { return p.Target.ARN("kms", "key/"+keyID) })
	})
}

func TestDocumentedLeavesOutWhatIsOptionalInTheDocument(t *testing.T) {
	full, _, _ := sourcePolicies(t, "document-001.txt")
	tests := map[string]struct {
		answers given
		want    policy.Document
	}{
		"without a key the KMS section goes": {
			answers: given{"kms.choice": "none"},
			want:    policy.Document{Version: full.Version, Statements: full.Statements[:3]},
		},
		"without the sample data its bucket goes": {
			answers: given{"bucket.sample-data": false},
			want:    withoutResource(full, "arn:aws:s3:::redshift-downloads"),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := build(t, with(documented, test.answers))
			if got := settled(p, find(t, p, "role-policy-permissions").Policy); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", got.JSON(), test.want.JSON())
			}
		})
	}
}

// withoutResource takes every resource away that begins so.
func withoutResource(d policy.Document, prefix string) policy.Document {
	out := policy.Document{Version: d.Version}
	for _, s := range d.Statements {
		s.Resources = slices.DeleteFunc(slices.Clone(s.Resources), func(r string) bool { return strings.HasPrefix(r, prefix) })
		out.Statements = append(out.Statements, s)
	}
	return out
}

// added is what AWS's page has gained since the documents (Amazon Redshift Database Developer
// Guide, getting-started-machine-learning).
var added = []string{
	"sagemaker:AddTags", "sagemaker:CreateModel", "sagemaker:CreateEndpoint", "sagemaker:CreateEndpointConfig",
	"sagemaker:DeleteEndpoint", "sagemaker:DeleteEndpointConfig", "sagemaker:DeleteModel",
}

func TestCurrentIsDocumentedAndWhatCameSinceMarked(t *testing.T) {
	old := find(t, build(t, with(documented)), "role-policy-permissions")
	now := find(t, build(t, with(documented, given{"role.policy": "current"})), "role-policy-permissions")

	var marked []string
	for _, n := range now.Notes {
		if n.Text != redshiftml.AddedNote {
			t.Errorf("unexpected note %q", n.Text)
		}
		marked = append(marked, n.Actions...)
	}
	slices.Sort(marked)
	if want := slices.Sorted(slices.Values(added)); !slices.Equal(marked, want) {
		t.Errorf("marked are %v, want %v", marked, want)
	}
	if len(old.Notes) != 0 {
		t.Errorf("the documented policy has notes: %v", old.Notes)
	}

	stripped := now.Policy
	stripped.Statements = slices.Clone(stripped.Statements)
	first := &stripped.Statements[0]
	for _, action := range added {
		if !slices.Contains(first.Actions, action) {
			t.Errorf("%s is not in the first statement", action)
		}
	}
	first.Actions = slices.DeleteFunc(slices.Clone(first.Actions), func(a string) bool { return slices.Contains(added, a) })
	if !reflect.DeepEqual(stripped, old.Policy) {
		t.Errorf("without what was added it is\n%s\nwant\n%s", stripped.JSON(), old.Policy.JSON())
	}
}

// TestTightenedIsTheComposedPolicy holds the tightened policy to the least-privilege policy that
// testdata/composed.json has with every module.
func TestTightenedIsTheComposedPolicy(t *testing.T) {
	data, err := os.ReadFile("testdata/composed.json")
	if err != nil {
		t.Fatal(err)
	}
	composed, err := policy.Parse([]byte(strings.NewReplacer("BUCKET", "acme-redshift-ml", "ROLE", "redshift-ml").Replace(string(data))))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		answers given
		without []string // modules by Sid
	}{
		"every module that the guide asks for": {answers: routing, without: []string{"Bedrock"}},
		"no VPC routing":                       {without: []string{"Bedrock", "Eni"}},
		"no key":                               {answers: given{"kms.choice": "none"}, without: []string{"Bedrock", "Eni", "Kms"}},
		"no sample data":                       {answers: given{"bucket.sample-data": false}, without: []string{"Bedrock", "Eni", "SampleData"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := policy.Document{Version: composed.Version}
			for _, s := range composed.Statements {
				if !slices.Contains(test.without, s.Sid) {
					want.Statements = append(want.Statements, s)
				}
			}
			if len(want.Statements) != len(composed.Statements)-len(test.without) {
				t.Fatalf("the composed policy lacks one of %v", test.without)
			}
			p := build(t, with(documented, given{"role.policy": "tightened"}, test.answers))
			if got := settled(p, find(t, p, "role-policy-permissions").Policy); !policy.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got.JSON(), want.JSON())
			}
		})
	}
}

// TestTheStatementForRoutingIsTheDocuments: document 001 prints it for the console's role, and it
// belongs to every role that lacks it.
func TestTheStatementForRoutingIsTheDocuments(t *testing.T) {
	for _, file := range []string{"document-001.txt", "document-002.txt"} {
		_, _, eni := sourcePolicies(t, file)
		if eni == nil {
			t.Fatalf("%s: found no statement on network interfaces", file)
		}
		want := policy.Document{Version: policy.Version, Statements: []policy.Statement{*eni}}
		for _, choice := range []given{{"role.choice": "console-default"}, documented, {"role.policy": "current"}, {"role.policy": "tightened"}} {
			p := build(t, with(choice, routing))
			if got := find(t, p, "role-policy-permissions").Policy; !policy.Contains(got, want) {
				t.Errorf("%s, %v: no statement on network interfaces in\n%s", file, choice, got.JSON())
			}
		}
	}
}

func TestTrust(t *testing.T) {
	_, source, _ := sourcePolicies(t, "document-001.txt")
	fromDocument := source.Statements[0].Principal.Services
	if len(fromDocument) != 2 {
		t.Fatalf("read %v out of the document, want 2 principals", fromDocument)
	}
	three := append(slices.Clone(fromDocument), "redshift-serverless.amazonaws.com")
	china, gov := given{"region": "cn-north-1"}, given{"region": "us-gov-west-1"}
	tests := map[string]struct {
		answers    given
		principals []string
		conditions bool
	}{
		"a cluster trusts the document's two services":       {principals: fromDocument, conditions: true},
		"a new cluster too":                                  {answers: newCluster, principals: fromDocument, conditions: true},
		"serverless has a principal of its own":              {answers: serverless, principals: three, conditions: true},
		"in China the services have the same names":          {answers: with(serverless, china), principals: three, conditions: true},
		"in GovCloud too":                                    {answers: with(serverless, gov), principals: three, conditions: true},
		"without conditions it is the document's trust":      {answers: given{"role.source-account": false}, principals: fromDocument},
		"the console's role trusts no one else":              {answers: given{"role.choice": "console-default"}, principals: fromDocument, conditions: true},
		"the simple role trusts no one else":                 {answers: given{"role.choice": "simple"}, principals: fromDocument, conditions: true},
		"serverless without conditions has three principals": {answers: with(serverless, given{"role.source-account": false}), principals: three},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := find(t, build(t, with(test.answers)), "role-trust")
			if d.Kind != policy.Trust {
				t.Errorf("it is a %s", d.Kind)
			}
			var principals []string
			for i, s := range d.Policy.Statements {
				if len(s.Principal.Services) != 1 || s.Effect != policy.Allow || !slices.Equal(s.Actions, []string{"sts:AssumeRole"}) || s.Resources != nil {
					t.Errorf("statement %d is not one service that may assume the role: %+v", i+1, s)
				}
				principals = append(principals, s.Principal.Services...)
				conditional := slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool {
					return c.Operator == "StringEquals" && c.Key == "aws:SourceAccount" && slices.Equal(c.Values, []string{account})
				})
				if conditional != test.conditions || !test.conditions && len(s.Conditions) > 0 {
					t.Errorf("statement %d has conditions %v", i+1, s.Conditions)
				}
			}
			slices.Sort(principals)
			if want := slices.Sorted(slices.Values(test.principals)); !slices.Equal(principals, want) {
				t.Errorf("trusts %v, want %v", principals, want)
			}
		})
	}
}

func TestManagedPoliciesOfTheRole(t *testing.T) {
	tests := map[string]struct {
		answers given
		want    []string
	}{
		"simple":          {given{"role.choice": "simple"}, []string{"arn:aws:iam::aws:policy/AmazonS3FullAccess", "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"}},
		"console default": {given{"role.choice": "console-default"}, []string{"arn:aws:iam::aws:policy/AmazonRedshiftAllCommandsFullAccess"}},
		"restrictive":     {given{"role.choice": "restrictive"}, nil},
		"simple in China": {given{"role.choice": "simple", "region": "cn-north-1"}, []string{"arn:aws-cn:iam::aws:policy/AmazonS3FullAccess", "arn:aws-cn:iam::aws:policy/AmazonSageMakerFullAccess"}},
		"console default in GovCloud": {
			given{"role.choice": "console-default", "region": "us-gov-west-1"},
			[]string{"arn:aws-us-gov:iam::aws:policy/AmazonRedshiftAllCommandsFullAccess"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, c := range calls(build(t, with(test.answers))) {
				if c.Name() == "iam:AttachRolePolicy" {
					got = append(got, c.Input.Text("PolicyArn"))
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, test.want) {
				t.Errorf("attaches %v, want %v", got, test.want)
			}
		})
	}
}

// calls are all calls of the plan that change something.
func calls(p plan.Plan) (out []plan.Call) {
	for _, r := range p.Resources {
		for _, s := range r.Spec.Steps() {
			out = append(out, s.Create...)
			out = append(out, s.Update...)
		}
	}
	return out
}
