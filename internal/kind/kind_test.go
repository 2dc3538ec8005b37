package kind_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jmespath/go-jmespath"

	"onramp/internal/kind"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/testenv"
)

// target is where the resources of these tests are.
var target = plantest.Target("us-west-2")

// each calls f for every resource of a plan that has all kinds, in each partition.
func each(f func(plan.Resource, plan.Plan)) {
	for _, region := range []string{"us-west-2", "us-east-1", "cn-north-1", "us-gov-west-1"} {
		p := plantest.EveryKind(plantest.Target(region))
		for _, r := range p.Resources {
			f(r, p)
		}
	}
}

// eachStep calls f for every step. at names it in messages.
func eachStep(f func(at string, i int, s plan.Step, r plan.Resource, p plan.Plan)) {
	each(func(r plan.Resource, p plan.Plan) {
		for i, s := range r.Spec.Steps() {
			f(fmt.Sprintf("%s in %s, %q", r.ID, p.Target.Region, s.Title), i, s, r, p)
		}
	})
}

// recorder notes which of its methods is called, and with what.
type recorder struct{ got []any }

func (v *recorder) Role(s kind.Role)                           { v.got = append(v.got, s) }
func (v *recorder) Attachment(s kind.Attachment)               { v.got = append(v.got, s) }
func (v *recorder) InlinePolicy(s kind.InlinePolicy)           { v.got = append(v.got, s) }
func (v *recorder) ExistingPrincipal(s kind.ExistingPrincipal) { v.got = append(v.got, s) }
func (v *recorder) PrincipalPolicy(s kind.PrincipalPolicy)     { v.got = append(v.got, s) }
func (v *recorder) ManagedPolicy(s kind.ManagedPolicy)         { v.got = append(v.got, s) }
func (v *recorder) InstanceProfile(s kind.InstanceProfile)     { v.got = append(v.got, s) }
func (v *recorder) KeyPair(s kind.KeyPair)                     { v.got = append(v.got, s) }
func (v *recorder) ExistingKeyPair(s kind.ExistingKeyPair)     { v.got = append(v.got, s) }
func (v *recorder) Bucket(s kind.Bucket)                       { v.got = append(v.got, s) }
func (v *recorder) ExistingBucket(s kind.ExistingBucket)       { v.got = append(v.got, s) }
func (v *recorder) Key(s kind.Key)                             { v.got = append(v.got, s) }
func (v *recorder) ExistingKey(s kind.ExistingKey)             { v.got = append(v.got, s) }
func (v *recorder) VPC(s kind.VPC)                             { v.got = append(v.got, s) }
func (v *recorder) SecurityGroup(s kind.SecurityGroup)         { v.got = append(v.got, s) }
func (v *recorder) GatewayEndpoint(s kind.GatewayEndpoint)     { v.got = append(v.got, s) }
func (v *recorder) EndpointService(s kind.EndpointService)     { v.got = append(v.got, s) }
func (v *recorder) InterfaceEndpoint(s kind.InterfaceEndpoint) { v.got = append(v.got, s) }
func (v *recorder) Cluster(s kind.Cluster)                     { v.got = append(v.got, s) }
func (v *recorder) ClusterRoles(s kind.ClusterRoles)           { v.got = append(v.got, s) }
func (v *recorder) ClusterRouting(s kind.ClusterRouting)       { v.got = append(v.got, s) }
func (v *recorder) NamespaceRoles(s kind.NamespaceRoles)       { v.got = append(v.got, s) }
func (v *recorder) WorkgroupRouting(s kind.WorkgroupRouting)   { v.got = append(v.got, s) }
func (v *recorder) SQL(s kind.SQL)                             { v.got = append(v.got, s) }

// TestEveryKindIsVisited: each goes to its own method, and there is a kind for each method.
func TestEveryKindIsVisited(t *testing.T) {
	types := map[reflect.Type]bool{}
	names := map[plan.Kind]reflect.Type{}
	each(func(r plan.Resource, _ plan.Plan) {
		spec, is := r.Spec.(kind.Spec)
		if !is {
			t.Fatalf("%T cannot be visited", r.Spec)
		}
		v := &recorder{}
		spec.Accept(v)
		if len(v.got) != 1 || !reflect.DeepEqual(v.got[0], r.Spec) {
			t.Errorf("%T is visited as %v", r.Spec, v.got)
		}
		if other, is := names[spec.Kind()]; is && other != reflect.TypeOf(spec) {
			t.Errorf("%v and %T are both %s", other, spec, spec.Kind())
		}
		names[spec.Kind()], types[reflect.TypeOf(spec)] = reflect.TypeOf(spec), true
	})
	if n := reflect.TypeFor[kind.Visitor]().NumMethod(); len(types) != n || len(names) != n {
		t.Errorf("there are %d types and %d names of kinds, and a visitor has %d methods", len(types), len(names), n)
	}
}

func TestLabels(t *testing.T) {
	known := []plan.Action{plan.Create, plan.Update, plan.Adopt, plan.None}
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	each(func(r plan.Resource, _ plan.Plan) {
		s := r.Spec
		if s.Name() == "" || s.Label() == "" || !kebab.MatchString(string(s.Kind())) || !slices.Contains(known, s.Action()) {
			t.Errorf("%s: name %q, label %q, kind %q, action %q", r.ID, s.Name(), s.Label(), s.Kind(), s.Action())
		}
		if !strings.Contains(s.Label(), s.Name()) && !strings.Contains(s.Label(), plantestVPC) {
			t.Errorf("%s: label %q does not name %q", r.ID, s.Label(), s.Name())
		}
	})
}

const plantestVPC = "vpc-0a1b2c3d4e5f60718"

// TestDocumentsAreThoseOfTheCalls: what is shown is what is sent.
func TestDocumentsAreThoseOfTheCalls(t *testing.T) {
	each(func(r plan.Resource, _ plan.Plan) {
		listed, sent := map[string]bool{}, map[string]bool{}
		for _, d := range r.Spec.Documents() {
			if d.Name == "" || listed[d.Name] {
				t.Errorf("%s: document %q has no name, or it stands twice", r.ID, d.Name)
			}
			listed[d.Name] = true
		}
		for _, s := range r.Spec.Steps() {
			for _, c := range s.Calls() {
				for _, m := range c.Input {
					switch v := m.Value.(type) {
					case plan.Document:
						sent[v.Name] = true
					case plan.Merged:
						sent[v.Document.Name] = true
					}
				}
			}
			if s.Check.Document != nil && !listed[s.Check.Document.Name] {
				t.Errorf("%s: compares with %q, which is not shown", r.ID, s.Check.Document.Name)
			}
		}
		if !reflect.DeepEqual(listed, sent) {
			t.Errorf("%s shows %v and sends %v", r.ID, listed, sent)
		}
	})
}

// absentCodes are what AWS answers where something is not there (Amazon S3 API Reference, List of error
// codes; botocore's models; EC2 has no modelled errors, its codes are in the Amazon EC2 Developer
// Guide, Error codes). HeadBucket has no body, hence its 404 and NotFound.
var absentCodes = map[string][]string{
	"iam": {"NoSuchEntity"},
	"s3": {
		"404", "NotFound", "NoSuchBucket", "NoSuchTagSet", "NoSuchBucketPolicy", "NoSuchPublicAccessBlockConfiguration", "NoSuchLifecycleConfiguration",
		"ServerSideEncryptionConfigurationNotFoundError",
	},
	"kms":                 {"NotFoundException"},
	"ec2":                 {"InvalidVpcID.NotFound", "InvalidGroup.NotFound", "InvalidVpcEndpointId.NotFound", "InvalidKeyPair.NotFound"},
	"redshift":            {"ClusterNotFound"},
	"redshift-serverless": {"ResourceNotFoundException"},
}

var (
	reading  = regexp.MustCompile(`^(Get|List|Describe|Head)`)
	changing = regexp.MustCompile(`^(Create|Put|Attach|Update|Modify|Enable|Authorize|Import|Add)`)
)

// reads says whether a call changes nothing. The Data API has one operation for queries and all else.
func reads(c plan.Call) bool {
	if c.Name() == "redshift-data:ExecuteStatement" {
		return strings.HasPrefix(c.Input.Text("Sql"), "SELECT ")
	}
	return reading.MatchString(c.Operation)
}

func changes(c plan.Call) bool {
	if c.Name() == "redshift-data:ExecuteStatement" {
		return !strings.HasPrefix(c.Input.Text("Sql"), "SELECT ") && c.Input.Text("Sql") != ""
	}
	return changing.MatchString(c.Operation)
}

func TestStepsAreWellFormed(t *testing.T) {
	eachStep(func(at string, i int, s plan.Step, r plan.Resource, p plan.Plan) {
		if s.Title == "" || strings.HasSuffix(s.Title, ".") || strings.Contains(s.Title, "\n") {
			t.Errorf("%s: title", at)
		}
		checked := s.Check.Query != "" || s.Check.Document != nil
		if checked && (s.Read.Zero() || s.Check.Query == "") {
			t.Errorf("%s: compares without a read or a query", at)
		}
		if s.Check.Document != nil && s.Check.Want != "" || s.Check.Contains && s.Check.Document == nil {
			t.Errorf("%s: wants a value and a document, or a part of none", at)
		}
		for _, c := range s.Reads() {
			if !reads(c) {
				t.Errorf("%s: reads with %s", at, c.Name())
			}
		}
		for _, c := range slices.Concat(s.Create, s.Update) {
			if !changes(c) {
				t.Errorf("%s: changes with %s", at, c.Name())
			}
		}
		known := absentCodes[s.Read.Service]
		for _, code := range s.Absent {
			if !slices.Contains(known, code) {
				t.Errorf("%s: %s does not answer %s", at, s.Read.Name(), code)
			}
		}
		if s.Owner != nil && (i > 0 || s.Owner.Check.Query == "" || s.Owner.Check.Want == "") {
			t.Errorf("%s: the owner is asked after the first step, or nothing is compared", at)
		}
		if s.Fresh && i == 0 {
			t.Errorf("%s: the first step sets itself", at)
		}
		if !checked && len(s.Calls()) > 0 && !s.Read.Zero() {
			t.Errorf("%s: reads, and changes without comparing", at)
		}
		if !checked && len(s.Calls()) == 0 && s.Wait == nil && len(s.Take) == 0 && s.Guard == nil {
			t.Errorf("%s: does nothing", at)
		}
	})
}

// TestDifferencesHaveAnAnswer: where what is there can differ, it is changed or refused in words that
// say what to do; and what is not there can be made, or its absence is refused.
func TestDifferencesHaveAnAnswer(t *testing.T) {
	eachStep(func(at string, _ int, s plan.Step, r plan.Resource, p plan.Plan) {
		if s.Check.Query == "" {
			return
		}
		if canDiffer(s) && len(s.Update) == 0 && s.Refuse == "" {
			t.Errorf("%s: a difference is neither changed nor refused", at)
		}
		if len(s.Create) == 0 && len(s.Update) == 0 && s.Refuse == "" {
			t.Errorf("%s: what is not there is neither made nor refused", at)
		}
		if s.Refuse != "" && !strings.Contains(s.Refuse, ": ") {
			t.Errorf("%s: the refusal does not say what to do: %q", at, s.Refuse)
		}
	})
}

// canDiffer says whether the check can find another value than the one wanted. It cannot where any
// value will do, where the query itself selects the value, and where the read names what is read.
func canDiffer(s plan.Step) bool {
	want := s.Check.Want
	switch {
	case s.Check.Document != nil:
		return true
	case want == "", strings.Contains(s.Check.Query, "=='"+want+"'"), strings.Contains(s.Check.Query, "==`"+quoted(want)+"`"):
		return false
	}
	for _, m := range s.Read.Input {
		if m.Value == want {
			return false
		}
	}
	return true
}

func quoted(s string) string {
	data, _ := json.Marshal(s)
	return string(data)
}

func TestWaits(t *testing.T) {
	eachStep(func(at string, _ int, s plan.Step, r plan.Resource, p plan.Plan) {
		w := s.Wait
		if w == nil {
			return
		}
		if s.Read.Zero() || w.For == "" || w.Query == "" || w.Want == "" || w.Limit <= 0 || slices.Contains(w.Never, w.Want) {
			t.Errorf("%s: waits badly: %+v", at, w)
		}
	})
}

// queries are all queries of a step, with the references in them filled in.
func queries(s plan.Step) (out []string) {
	all := []string{s.Check.Query}
	if s.Owner != nil {
		all = append(all, s.Owner.Exists, s.Owner.Check.Query)
	}
	if s.Wait != nil {
		all = append(all, s.Wait.Query)
	}
	for _, o := range s.Take {
		all = append(all, o.Read, o.Made)
	}
	changing := slices.Concat(s.Create, s.Update, s.Restore)
	if u := s.Undo; u != nil {
		all = append(all, u.Check.Query)
		if u.Owner != nil {
			all = append(all, u.Owner.Exists, u.Owner.Check.Query)
		}
		if u.Wait != nil {
			all = append(all, u.Wait.Query)
		}
		changing = append(changing, u.Calls...)
	}
	if f := s.Find; f != nil {
		all = append(all, f.Items, f.Owner.Exists, f.Owner.Check.Query, f.Check.Query)
	}
	for _, c := range changing {
		for _, m := range c.Input {
			switch v := m.Value.(type) {
			case plan.Current:
				all = append(all, v.Query)
			case plan.RoleList:
				all = append(all, v.Query)
			case plan.Before:
				all = append(all, v.Query)
			case plan.Merged:
				all = append(all, v.Query)
			}
		}
	}
	for _, q := range all {
		if q != "" {
			out = append(out, plan.Fill(q, func(plan.Ref) string { return "settled" }))
		}
	}
	return out
}

// TestQueriesCompile in the library that apply uses, and in the one that the AWS CLI uses.
func TestQueriesCompile(t *testing.T) {
	var all []string
	eachStep(func(at string, _ int, s plan.Step, r plan.Resource, p plan.Plan) {
		for _, q := range queries(s) {
			if _, err := jmespath.Compile(q); err != nil {
				t.Errorf("%s: %s: %v", at, q, err)
			}
			all = append(all, q)
		}
	})
	if len(all) < 100 {
		t.Fatalf("only %d queries", len(all))
	}
	const program = "import json, sys, jmespath\nfor q in json.load(sys.stdin): jmespath.compile(q)\n"
	testenv.Python(t, "pip install jmespath", "jmespath")
	data, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "-c", program)
	cmd.Stdin = strings.NewReader(string(data))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the AWS CLI's library: %v\n%s", err, out)
	}
}

// TestReferences: a call refers to an output that some step takes.
func TestReferences(t *testing.T) {
	each(func(r plan.Resource, p plan.Plan) {
		outputs := map[plan.Ref]bool{}
		for _, other := range p.Resources {
			for _, s := range other.Spec.Steps() {
				for _, o := range s.Take {
					if o.Name == "" || o.Read == "" {
						t.Errorf("%s takes an output without name or query", other.ID)
					}
					outputs[plan.Ref{Resource: other.ID, Output: o.Name}] = true
				}
			}
		}
		for _, s := range r.Spec.Steps() {
			taken := len(s.Take) > 0
			if taken && s.Read.Zero() {
				t.Errorf("%s, %q takes outputs without a read", r.ID, s.Title)
			}
			calls := slices.Concat(s.Reads(), s.Create, s.Update)
			if f := s.Find; f != nil {
				calls = append(calls, f.List, f.Owner.Read, f.Read)
			}
			for _, c := range calls {
				c.Map(func(text string) string {
					for _, ref := range plan.Refs(text) {
						if !outputs[ref] {
							t.Errorf("%s, %q refers to %v, which nothing takes", r.ID, s.Title, ref)
						}
					}
					return text
				})
			}
		}
	})
}

// TestTagsOfThePlan: what a plan makes carries the plan's tags, where the API takes them.
func TestTagsOfThePlan(t *testing.T) {
	tagged := regexp.MustCompile(`"Tags?(Key|Set)?"|"Key":"onramp:plan"|"TagKey":"onramp:plan"`)
	for _, name := range []string{"iam:CreateRole", "kms:CreateKey", "ec2:CreateVpcEndpoint", "ec2:CreateSecurityGroup", "redshift:CreateCluster", "s3:PutBucketTagging"} {
		found := false
		eachStep(func(at string, _ int, s plan.Step, r plan.Resource, p plan.Plan) {
			for _, c := range s.Create {
				if c.Name() != name {
					continue
				}
				found = true
				data, err := json.Marshal(c.Input)
				if err != nil || !tagged.Match(data) || !strings.Contains(string(data), plan.TagPlan) || !strings.Contains(string(data), plan.TagResource) {
					t.Errorf("%s: %s carries no tags of the plan: %s, %v", at, name, data, err)
				}
			}
		})
		if !found {
			t.Errorf("nothing calls %s", name)
		}
	}
}

// TestBucketCalls: every call on a bucket but its creation fails where the bucket is another account's,
// and only us-east-1 is not named (Amazon S3 API Reference, CreateBucket).
func TestBucketCalls(t *testing.T) {
	eachStep(func(at string, _ int, s plan.Step, r plan.Resource, p plan.Plan) {
		calls := slices.Concat(s.Reads(), s.Create, s.Update, s.Restore)
		if s.Undo != nil {
			calls = append(append(calls, s.Undo.Read), s.Undo.Calls...)
		}
		for _, c := range calls {
			if c.Service != "s3" {
				continue
			}
			if c.Operation != "CreateBucket" {
				if c.Input.Text("ExpectedBucketOwner") != plantest.Account {
					t.Errorf("%s: %s does not say whose the bucket is", at, c.Name())
				}
				continue
			}
			where, named := c.Input.Get("CreateBucketConfiguration").(plan.Object)
			if named == (p.Target.Region == "us-east-1") || named && where.Text("LocationConstraint") != p.Target.Region {
				t.Errorf("%s: location %v in %s", at, where, p.Target.Region)
			}
		}
	})
}

// TestNoSecretIsTyped: the cluster's password is AWS's to make.
func TestNoSecretIsTyped(t *testing.T) {
	eachStep(func(at string, _ int, s plan.Step, r plan.Resource, p plan.Plan) {
		for _, c := range slices.Concat(s.Create, s.Update) {
			if c.Input.Get("MasterUserPassword") != nil || c.Name() == "redshift:CreateCluster" && c.Input.Get("ManageMasterPassword") != true {
				t.Errorf("%s: %s", at, c.Name())
			}
		}
	})
}
