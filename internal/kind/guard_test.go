package kind_test

import (
	"fmt"
	"strings"
	"testing"

	"onramp/internal/kind"
	"onramp/internal/netpath"
	"onramp/internal/plan"
)

const (
	stops = "stop"
	asks  = "ask"
	tells = "tell"
)

var usedBy = kind.UsedBy{RoleARN: "arn:aws:iam::111122223333:role/a/ml", Account: "111122223333", Partition: "aws"}

// judged are the weights of the objections of the guard of a step, and their texts.
func judged(t *testing.T, st plan.Step, answers map[string]any) (weights, texts string) {
	t.Helper()
	found, err := st.Guard.Judge.Judge(plan.Facts{Answers: answers})
	if err != nil {
		t.Fatal(err)
	}
	var w, s []string
	for _, o := range found {
		w, s = append(w, map[plan.Weight]string{plan.Stop: stops, plan.Ask: asks, plan.Tell: tells}[o.Weight]), append(s, o.String())
	}
	return strings.Join(w, " "), strings.Join(s, "\n")
}

func statement(effect, principal, action, condition string) map[string]any {
	if condition != "" {
		condition = `,"Condition":` + condition
	}
	return map[string]any{"policy": map[string]any{"Policy": fmt.Sprintf(
		`{"Id":"somebody's","Statement":{"Sid":"Theirs","Effect":%q,"Principal":%s,"Action":%q,"Resource":"*"%s}}`, effect, principal, action, condition)}}
}

func TestPoliciesThatDenyAreSeen(t *testing.T) {
	const everybody = `"*"`
	for name, test := range map[string]struct {
		policy map[string]any
		keyed  bool
		want   string
	}{
		"no policy":                      {map[string]any{"policy": nil}, false, ""},
		"a policy that was not read":     {map[string]any{}, false, ""},
		"TLS only":                       {statement("Deny", everybody, "s3:*", `{"Bool":{"aws:SecureTransport":"false"}}`), false, ""},
		"a Deny of another action":       {statement("Deny", everybody, "s3:DeleteBucket", ""), false, ""},
		"a Deny for another":             {statement("Deny", `{"AWS":"arn:aws:iam::111122223333:role/other"}`, "s3:*", ""), false, ""},
		"a Deny for the role":            {statement("Deny", `{"AWS":"arn:aws:iam::111122223333:role/a/ml"}`, "s3:*", ""), false, stops},
		"a Deny for all but some":        {statement("Deny", everybody, "s3:GetObject", `{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/admin"}}`), false, stops},
		"a Deny for all but the role":    {statement("Deny", everybody, "s3:GetObject", `{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/a/*"}}`), false, ""},
		"objects without a key, no key":  {statement("Deny", everybody, "s3:PutObject", `{"Null":{"s3:x-amz-server-side-encryption":"true"}}`), false, stops},
		"objects without a key, a key":   {statement("Deny", everybody, "s3:PutObject", `{"Null":{"s3:x-amz-server-side-encryption":"true"}}`), true, ""},
		"not under KMS, no key":          {statement("Deny", everybody, "s3:PutObject", `{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}`), false, stops},
		"under another key":              {statement("Deny", everybody, "s3:PutObject", `{"StringNotEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:x"}}`), true, tells},
		"outside of an endpoint":         {statement("Deny", everybody, "s3:*", `{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`), false, tells},
		"an Allow":                       {statement("Allow", everybody, "s3:*", ""), false, ""},
		"a policy that cannot be judged": {map[string]any{"policy": map[string]any{"Policy": `{"Statement":[{"Effect":"Deny","NotPrincipal":"x","Action":"*","Resource":"*"}]}`}}, false, asks},
	} {
		t.Run(name, func(t *testing.T) {
			b := kind.ExistingBucket{BucketName: "b", Account: "111122223333", Region: "us-east-1", UsedBy: usedBy, Keyed: test.keyed}
			have, texts := judged(t, find(t, b, "look at the policy"), test.policy)
			if have != test.want {
				t.Errorf("have %q, want %q\n%s", have, test.want, texts)
			}
			if have == stops && !strings.Contains(texts, "statement Theirs of the policy of bucket b denies") {
				t.Error(texts)
			}
		})
	}
}

func TestKeysThatDoNotDelegateAreSeen(t *testing.T) {
	const root = `{"AWS":"arn:aws:iam::111122223333:root"}`
	for name, test := range map[string]struct {
		policy map[string]any
		want   string
	}{
		"the default policy":            {statement("Allow", root, "kms:*", ""), ""},
		"a policy that was not read":    {map[string]any{}, ""},
		"one administrator":             {statement("Allow", `{"AWS":"arn:aws:iam::111122223333:role/admin"}`, "kms:*", ""), stops},
		"the role by name":              {statement("Allow", `{"AWS":"arn:aws:iam::111122223333:role/a/ml"}`, "kms:*", ""), ""},
		"the account, to read":          {statement("Allow", root, "kms:Describe*", ""), stops},
		"the account, for the role":     {statement("Allow", root, "kms:*", `{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/a/ml"}}`), ""},
		"the account, through services": {statement("Allow", root, "kms:*", `{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}`), tells},
		"a Deny for all":                {statement("Deny", `"*"`, "kms:Decrypt", ""), stops},
	} {
		t.Run(name, func(t *testing.T) {
			k := kind.ExistingKey{ID: "key", KeyRef: "alias/k", UsedBy: usedBy}
			have, texts := judged(t, find(t, k, "look at the policy"), test.policy)
			if have != test.want {
				t.Errorf("have %q, want %q\n%s", have, test.want, texts)
			}
		})
	}
	// The statement that is given lets the role use the key.
	_, texts := judged(t, find(t, kind.ExistingKey{ID: "key", KeyRef: "k", UsedBy: usedBy}, "look at the policy"), statement("Allow", `{"Service":"x"}`, "kms:*", ""))
	_, given, _ := strings.Cut(texts, "key policy: ")
	mended := map[string]any{"policy": map[string]any{"Policy": `{"Statement":[` + given + `]}`}}
	if have, texts := judged(t, find(t, kind.ExistingKey{ID: "key", KeyRef: "k", UsedBy: usedBy}, "look at the policy"), mended); have != "" {
		t.Errorf("%s\n%s", texts, given)
	}
}

// TestRouteTablesGetThePolicyOfTheEndpoint that is there.
func TestRouteTablesGetThePolicyOfTheEndpoint(t *testing.T) {
	e := kind.GatewayEndpoint{VPCID: "vpc-1", Service: "com.amazonaws.us-east-1.s3", RouteTables: []string{"rtb-1"}, Account: "111122223333", Partition: "aws"}
	for name, test := range map[string]struct{ policy, want string }{
		"all":         {`{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`, ""},
		"none":        {"", ""},
		"one bucket":  {`{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:s3:::b/*"}}`, asks},
		"the account": {`{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}}}`, ""},
		"not read":    {`{"Statement":{"Effect":"Allow","NotPrincipal":"*","Action":"*","Resource":"*"}}`, asks},
	} {
		answers := map[string]any{"endpoints": map[string]any{"VpcEndpoints": []any{map[string]any{"VpcEndpointId": "vpce-1", "VpcEndpointType": "Gateway", "PolicyDocument": test.policy}}}}
		if have, texts := judged(t, find(t, e, "route S3"), answers); have != test.want {
			t.Errorf("%s: have %q, want %q\n%s", name, have, test.want, texts)
		}
	}
}

// TestRoutingNeedsItsFacts: a fact that is missing needs consent. One that may not be read is said by who reads it.
func TestRoutingNeedsItsFacts(t *testing.T) {
	c := kind.ClusterRouting{Identifier: "analytics", Path: netpath.Path{Warehouse: "cluster analytics", VPC: "vpc-1"}}
	st := find(t, c, "switch on")
	answers := map[string]any{netpath.SubnetsFact: map[string]any{"Subnets": []any{}}}
	if have, texts := judged(t, st, answers); have != asks || !strings.Contains(texts, "onramp could not find the subnets of cluster analytics") {
		t.Errorf("without the cluster: %q %s", have, texts)
	}
	for _, denied := range []bool{false, true} {
		found, err := st.Guard.Judge.Judge(plan.Facts{Denied: map[string]bool{netpath.SubnetsFact: denied}})
		if err != nil || len(found) > 0 == denied {
			t.Errorf("without the subnets, denied %v: %+v %v", denied, found, err)
		}
	}
}
