package apply_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"onramp/internal/apply"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// awsError is an error that AWS answers.
type awsError string

func (e awsError) Error() string     { return string(e) }
func (e awsError) ErrorCode() string { code, _, _ := strings.Cut(string(e), ":"); return code }

// account answers calls from a table and keeps those that change something.
type account struct {
	mu      sync.Mutex
	answers map[string]func(plan.Call) (any, error)
	changed []plan.Call
}

// Call answers like the SDK: a call whose context ends while it is under way is cut off.
func (a *account) Call(ctx context.Context, c plan.Call) (any, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !readOnly(c) {
		a.changed = append(a.changed, c)
	}
	answer, ok := a.answers[c.Name()]
	if !ok {
		return map[string]any{}, ctx.Err()
	}
	v, err := answer(c)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return v, err
}

func readOnly(c plan.Call) bool {
	for _, prefix := range []string{"Get", "List", "Describe", "Head", "Simulate", "Validate"} {
		if strings.HasPrefix(c.Operation, prefix) {
			return true
		}
	}
	return c.Operation == "ExecuteStatement" && strings.HasPrefix(c.Input.Text("Sql"), "SELECT ")
}

func (a *account) names() []string {
	var out []string
	for _, c := range a.changed {
		out = append(out, c.Name())
	}
	return out
}

func says(answer any) func(plan.Call) (any, error) {
	return func(plan.Call) (any, error) { return answer, nil }
}

func fails(code string) func(plan.Call) (any, error) {
	return func(plan.Call) (any, error) { return nil, awsError(code) }
}

// inTurn gives one answer after another, and the last one for ever.
func inTurn(answers ...any) func(plan.Call) (any, error) {
	n := 0
	return func(plan.Call) (any, error) {
		answer := answers[min(n, len(answers)-1)]
		n++
		if err, ok := answer.(awsError); ok {
			return nil, err
		}
		return answer, nil
	}
}

type object = map[string]any

func cluster(members object) object {
	c := object{"ClusterIdentifier": "analytics", "ClusterStatus": "available"}
	for name, value := range members {
		c[name] = value
	}
	return object{"Clusters": []any{c}}
}

func roles(status string, arns ...string) []any {
	var out []any
	for _, arn := range arns {
		out = append(out, object{"IamRoleArn": arn, "ApplyStatus": status})
	}
	return out
}

const (
	mine  = "arn:aws:iam::111122223333:role/mine"
	other = "arn:aws:iam::111122223333:role/other"
)

func of(specs ...plan.Spec) plan.Plan {
	p := plan.Plan{Guide: "test", Target: plan.Target{Account: "111122223333", Region: "us-east-1", Partition: "aws"}}
	for i, s := range specs {
		p.Resources = append(p.Resources, plan.Resource{ID: fmt.Sprintf("r%d", i), Spec: s})
	}
	return p
}

func trust(service string) policy.Document {
	return policy.Document{Version: policy.Version, Statements: []policy.Statement{{
		Effect: policy.Allow, Principal: policy.Principal{Services: []string{service}}, Actions: []string{"sts:AssumeRole"},
	}}}
}

func roleOf(owner string) kind.Role {
	return kind.Role{
		Path: "/", RoleName: "mine", Tags: kind.Tags(owner, "role"),
		Trust: plan.Document{Name: "trust", Kind: policy.Trust, Policy: trust("redshift.amazonaws.com")},
	}
}

func roleAnswer(path, owner string, services ...string) object {
	trusted := []any{}
	for _, s := range services {
		trusted = append(trusted, s)
	}
	return object{"Role": object{
		"RoleName": "mine", "Path": path, "Tags": []any{object{"Key": plan.TagPlan, "Value": owner}},
		"AssumeRolePolicyDocument": object{"Version": policy.Version, "Statement": []any{object{
			"Effect": "Allow", "Principal": object{"Service": trusted}, "Action": []any{"sts:AssumeRole"},
		}}},
	}}
}

func TestDecisions(t *testing.T) {
	bucket := kind.Bucket{
		BucketName: "acme", Account: "111122223333", Region: "us-east-1", Tags: kind.Tags("p", "bucket"),
		Policy: plan.Document{Name: "policy", Kind: policy.BucketPolicy, Policy: kind.TLSOnly(plan.Target{Partition: "aws"}, "acme")},
	}
	tests := map[string]struct {
		spec    plan.Spec
		answers map[string]func(plan.Call) (any, error)
		adopt   bool
		changed []string // names of the calls that change something
		fails   string   // part of the error
	}{
		"a role that is there as planned is left alone, whoever made it": {
			spec:    roleOf("p"),
			answers: map[string]func(plan.Call) (any, error){"iam:GetRole": says(roleAnswer("/", "somebody", "redshift.amazonaws.com"))},
		},
		"a role of this plan that trusts nobody any more is mended": {
			spec:    roleOf("p"),
			answers: map[string]func(plan.Call) (any, error){"iam:GetRole": says(roleAnswer("/", "p"))},
			changed: []string{"iam:UpdateAssumeRolePolicy"},
		},
		"whom somebody else has let assume a role of this plan keeps it": {
			spec:    roleOf("p"),
			answers: map[string]func(plan.Call) (any, error){"iam:GetRole": says(roleAnswer("/", "p", "redshift.amazonaws.com", "ec2.amazonaws.com"))},
			fails:   "these lose access: ec2.amazonaws.com",
		},
		"but for consent": {
			spec: roleOf("p"), adopt: true,
			answers: map[string]func(plan.Call) (any, error){"iam:GetRole": says(roleAnswer("/", "p", "redshift.amazonaws.com", "ec2.amazonaws.com"))},
			changed: []string{"iam:UpdateAssumeRolePolicy"},
		},
		"a role of someone else that differs is not touched without consent": {
			spec:    roleOf("p"),
			answers: map[string]func(plan.Call) (any, error){"iam:GetRole": says(roleAnswer("/", "somebody", "ec2.amazonaws.com"))},
			fails:   "was not made by this plan",
		},
		"with consent it is changed": {
			spec: roleOf("p"), adopt: true,
			answers: map[string]func(plan.Call) (any, error){"iam:GetRole": says(roleAnswer("/", "somebody", "ec2.amazonaws.com"))},
			changed: []string{"iam:UpdateAssumeRolePolicy"},
		},
		"a role under another path is refused, with consent too": {
			spec: roleOf("p"), adopt: true,
			answers: map[string]func(plan.Call) (any, error){"iam:GetRole": says(roleAnswer("/team/", "p", "redshift.amazonaws.com"))},
			fails:   "not as planned: /team/",
		},
		"a managed policy is not attached to a role of someone else": {
			spec: kind.Attachment{RoleName: "mine", PolicyARN: "arn:aws:iam::aws:policy/X", Title: "X", RoleTags: kind.Tags("p", "role")},
			answers: map[string]func(plan.Call) (any, error){
				"iam:GetRole":                  says(roleAnswer("/", "somebody", "redshift.amazonaws.com")),
				"iam:ListAttachedRolePolicies": says(object{"AttachedPolicies": []any{}}),
			},
			fails: "was not made by this plan",
		},
		"a bucket without any tag is someone else's": {
			spec: bucket,
			answers: map[string]func(plan.Call) (any, error){
				"s3:HeadBucket": says(object{"BucketRegion": "us-east-1"}), "s3:GetBucketTagging": fails("NoSuchTagSet"),
			},
			fails: "was not made by this plan",
		},
		"a bucket with other tags is refused, with consent too, for PutBucketTagging would lose them": {
			spec: bucket, adopt: true,
			answers: map[string]func(plan.Call) (any, error){
				"s3:HeadBucket":       says(object{"BucketRegion": "us-east-1"}),
				"s3:GetBucketTagging": says(object{"TagSet": []any{object{"Key": "team", "Value": "x"}}}),
			},
			fails: "not as planned: team",
		},
		"a bucket of another account stops the run": {
			spec:    bucket,
			answers: map[string]func(plan.Call) (any, error){"s3:HeadBucket": fails("403: Forbidden")},
			fails:   "403",
		},
		"a bucket in another region is refused": {
			spec:    bucket,
			answers: map[string]func(plan.Call) (any, error){"s3:HeadBucket": says(object{"BucketRegion": "eu-west-1"})},
			fails:   "not as planned: eu-west-1",
		},
		"another default role of a cluster is replaced only with consent": {
			spec:    kind.ClusterRoles{Identifier: "analytics", RoleARNs: []string{mine}, DefaultRole: mine},
			answers: map[string]func(plan.Call) (any, error){"redshift:DescribeClusters": says(cluster(object{"IamRoles": roles("in-sync", mine), "DefaultIamRoleArn": other}))},
			fails:   "others may rely on that",
		},
		"a cluster without a default role gets one without being asked": {
			spec:    kind.ClusterRoles{Identifier: "analytics", RoleARNs: []string{mine}, DefaultRole: mine},
			answers: map[string]func(plan.Call) (any, error){"redshift:DescribeClusters": says(cluster(object{"IamRoles": roles("in-sync", mine)}))},
			changed: []string{"redshift:ModifyClusterIamRoles"},
		},
		"a full cluster takes no further role": {
			spec: kind.ClusterRoles{Identifier: "analytics", RoleARNs: []string{mine}},
			answers: map[string]func(plan.Call) (any, error){"redshift:DescribeClusters": says(cluster(object{
				"IamRoles": roles("in-sync", slices.Repeat([]string{other}, 50)...),
			}))},
			fails: "it is not as planned: full",
		},
		"a paused cluster fails at once instead of being waited for": {
			spec:    kind.ClusterRoles{Identifier: "analytics", RoleARNs: []string{mine}},
			answers: map[string]func(plan.Call) (any, error){"redshift:DescribeClusters": says(cluster(object{"ClusterStatus": "paused"}))},
			fails:   "it is paused, which does not change by itself",
		},
		"who is no superuser gets no SQL through": {
			spec: kind.SQL{Database: "dev", Statements: []plan.Statement{{Title: "x", Text: "CREATE GROUP \"x\""}}},
			answers: map[string]func(plan.Call) (any, error){
				"redshift-data:ExecuteStatement": says(object{"Records": []any{[]any{object{"longValue": 0.0}}}}),
			},
			fails: ": the database user is not a superuser",
		},
		"an alias that leads to a key which waits for its deletion is refused": {
			spec: kind.Key{ID: "r0", Alias: "ml"}, adopt: true,
			answers: map[string]func(plan.Call) (any, error){
				"kms:DescribeKey": says(object{"KeyMetadata": object{"Arn": "a", "KeyId": "i", "KeyState": "PendingDeletion", "KeyUsage": "ENCRYPT_DECRYPT"}}),
			},
			fails: "PendingDeletion",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &account{answers: tt.answers}
				var o apply.Options
				if tt.adopt {
					o.Consent = seen(t, of(tt.spec), a)
				}
				_, err := apply.Run(t.Context(), of(tt.spec), a, o)
				if tt.fails == "" && err != nil {
					t.Fatal(err)
				}
				if tt.fails != "" && (err == nil || !strings.Contains(err.Error(), tt.fails)) {
					t.Fatalf("error %v, want one with %q", err, tt.fails)
				}
				var hinter apply.Hinter
				if err != nil && (!errors.As(err, &hinter) || hinter.ErrorHint() == "") {
					t.Errorf("error without a hint: %v", err)
				}
				if got := a.names(); !slices.Equal(got, tt.changed) {
					t.Errorf("calls %v, want %v", got, tt.changed)
				}
			})
		})
	}
}

func TestNamespaceKeepsItsRolesAndItsDefault(t *testing.T) {
	a := &account{answers: map[string]func(plan.Call) (any, error){
		"redshift-serverless:GetNamespace": inTurn(
			object{"namespace": object{"status": "MODIFYING"}},
			object{"namespace": object{
				"status": "AVAILABLE", "defaultIamRoleArn": other,
				"iamRoles": []any{"IamRole(applyStatus=in-sync, iamRoleArn=" + other + ")", "IamRole(iamRoleArn=" + mine + "-2, applyStatus=in-sync)"},
			}}),
	}}
	synctest.Test(t, func(t *testing.T) {
		if _, err := apply.Run(t.Context(), of(kind.NamespaceRoles{Namespace: "ns", RoleARNs: []string{mine}}), a, apply.Options{}); err != nil {
			t.Fatal(err)
		}
	})
	if len(a.changed) != 1 {
		t.Fatalf("calls %v", a.names())
	}
	got := fmt.Sprint(a.changed[0].Input.Get("iamRoles"), a.changed[0].Input.Get("defaultIamRoleArn"))
	if want := fmt.Sprint([]string{other, mine + "-2", mine}, other); got != want {
		t.Errorf("UpdateNamespace got %s, want %s", got, want)
	}
}

func TestAChangeThatAWSCannotTakeYetIsRepeated(t *testing.T) {
	attached := false
	a := &account{}
	a.answers = map[string]func(plan.Call) (any, error){
		"redshift:ModifyClusterIamRoles": func(plan.Call) (any, error) {
			if len(a.changed) < 3 {
				return nil, awsError("InvalidClusterState: a change is under way")
			}
			attached = true
			return object{}, nil
		},
		"redshift:DescribeClusters": func(plan.Call) (any, error) {
			if attached {
				return cluster(object{"IamRoles": roles("in-sync", mine)}), nil
			}
			return cluster(nil), nil
		},
	}
	var waited []string
	synctest.Test(t, func(t *testing.T) {
		_, err := apply.Run(t.Context(), of(kind.ClusterRoles{Identifier: "analytics", RoleARNs: []string{mine}}), a, apply.Options{Emit: func(e apply.Event) {
			if e.State == apply.Waiting {
				waited = append(waited, e.Detail)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
	})
	if len(a.changed) != 3 || len(waited) != 2 {
		t.Errorf("%d calls and %d waits, want 3 and 2: %v", len(a.changed), len(waited), waited)
	}
}

func TestAPermanentErrorIsNotRepeated(t *testing.T) {
	a := &account{answers: map[string]func(plan.Call) (any, error){
		"redshift:DescribeClusters":      says(cluster(nil)),
		"redshift:ModifyClusterIamRoles": fails("AccessDenied: User is not authorized to perform: redshift:ModifyClusterIamRoles"),
	}}
	synctest.Test(t, func(t *testing.T) {
		_, err := apply.Run(t.Context(), of(kind.ClusterRoles{Identifier: "analytics", RoleARNs: []string{mine}}), a, apply.Options{})
		var hinter apply.Hinter
		if !errors.As(err, &hinter) || !strings.Contains(err.Error(), "redshift:ModifyClusterIamRoles") || !strings.Contains(hinter.ErrorHint(), "operator_policy") {
			t.Errorf("error %v", err)
		}
	})
	if len(a.changed) != 1 {
		t.Errorf("%d calls, want 1", len(a.changed))
	}
}

// tiredError is a server's error after which the call was repeated already as often as it may.
type tiredError struct{ tired bool }

func (tiredError) Error() string     { return "InternalFailure" }
func (tiredError) ErrorCode() string { return "InternalFailure" }
func (tiredError) Lost() bool        { return true }
func (e tiredError) Exhausted() bool { return e.tired }

// TestWhatWasRepeatedIsNotRepeatedAgain: a server that stays broken does not keep anybody waiting for long, but what came
// of the call is looked for.
func TestWhatWasRepeatedIsNotRepeatedAgain(t *testing.T) {
	for _, tired := range []bool{true, false} {
		a := &account{answers: map[string]func(plan.Call) (any, error){
			"iam:GetRole":    fails("NoSuchEntity"),
			"iam:CreateRole": func(plan.Call) (any, error) { return nil, tiredError{tired} },
		}}
		synctest.Test(t, func(t *testing.T) {
			if _, err := apply.Run(t.Context(), of(roleOf("p")), a, apply.Options{}); err == nil {
				t.Error("no error")
			}
		})
		if once := len(a.changed) == 1; once != tired {
			t.Errorf("repeated already: %v; made %d times", tired, len(a.changed))
		}
	}
}

// TestInterruptedRunFinishesItsCall: the call in flight is not cut off, what came of it is written down,
// and what comes after it is named as not begun.
func TestInterruptedRunFinishesItsCall(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	a := &account{}
	a.answers = map[string]func(plan.Call) (any, error){
		"iam:GetRole":               fails("NoSuchEntity"),
		"iam:CreateRole":            func(plan.Call) (any, error) { cancel(); return object{}, nil },
		"redshift:DescribeClusters": says(cluster(nil)),
	}
	last, book := map[string]apply.State{}, &apply.Notebook{}
	p := of(roleOf("p"), kind.ClusterRouting{Identifier: "analytics"})
	p.Resources[1].Needs = []string{"r0"}
	result, err := apply.Run(ctx, p, a, apply.Options{Journal: book, Emit: func(e apply.Event) { last[e.Resource] = e.State }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if !slices.Equal(a.names(), []string{"iam:CreateRole"}) || !slices.Equal(result.Skipped, []string{"r1"}) {
		t.Errorf("calls %v, skipped %v", a.names(), result.Skipped)
	}
	if last["r1"] != apply.Skipped || !last["r0"].Over() {
		t.Errorf("last states %v", last)
	}
	if past := book.Past(); len(past) != 1 || past[0].Outcome == nil || past[0].Outcome.Code != "" {
		t.Errorf("the call in flight was cut off: %+v", past)
	}
}

func TestOutputsReachTheCallsThatNeedThem(t *testing.T) {
	const arn = "arn:aws:kms:us-east-1:111122223333:key/1"
	a := &account{answers: map[string]func(plan.Call) (any, error){
		"kms:DescribeKey":          fails("NotFoundException"),
		"kms:CreateKey":            says(object{"KeyMetadata": object{"Arn": arn, "KeyId": "1"}}),
		"kms:GetKeyRotationStatus": says(object{"KeyRotationEnabled": false}),
	}}
	result, err := apply.Run(t.Context(), of(kind.Key{ID: "r0", Alias: "ml"}), a, apply.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := a.names(); !slices.Equal(got, []string{"kms:CreateKey", "kms:EnableKeyRotation", "kms:CreateAlias"}) {
		t.Fatalf("calls %v", got)
	}
	if a.changed[1].Input.Text("KeyId") != "1" || a.changed[2].Input.Text("TargetKeyId") != "1" {
		t.Errorf("the key's id did not reach %v", a.changed)
	}
	if result.Outputs[plan.Ref{Resource: "r0", Output: kind.KeyID}] != "1" {
		t.Errorf("outputs %v", result.Outputs)
	}
}
