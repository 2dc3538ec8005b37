package awsapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"onramp/internal/lookup"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/practice"
)

// callsOf are all calls of a step: what it looks at, what it changes, and how that is found again and
// taken back.
func callsOf(s plan.Step) []plan.Call {
	calls := slices.Concat(s.Reads(), s.Create, s.Update, s.Restore)
	if f := s.Find; f != nil {
		calls = append(calls, f.List, f.Owner.Read, f.Read)
	}
	if u := s.Undo; u != nil {
		calls = append(append(calls, u.Read), u.Calls...)
		if u.Owner != nil {
			calls = append(calls, u.Owner.Read)
		}
	}
	return calls
}

// listing are the calls of the pick lists, as made to an account that has something of everything.
func listing(t *testing.T) map[string]bool {
	t.Helper()
	made := map[string]bool{}
	account := practice.New(practice.Settings{})
	client, err := New(t.Context(), Options{Region: "us-east-1", Account: account})
	if err != nil {
		t.Fatal(err)
	}
	for kind, to := range map[string]string{"cluster": "user", "serverless": "group", "new-cluster": "role"} {
		get := func(key string) string {
			return map[string]string{
				"service.use": "yes", "pass.to": to, "warehouse.kind": kind, "warehouse.cluster": "analytics", "warehouse.namespace": "analytics-ns", "warehouse.workgroup": "analytics-wg",
				"warehouse.database": "dev", "sql.auth": "db-user", "sql.db-user": "awsuser", "bucket.choice": "existing", "kms.choice": "existing", "vpc-routing.vpc": "vpc-0a1b2c3d4e5f60718",
				"manager.source": "existing", "access.key": "existing", "network.fill-in": "true", "network.vpc": "vpc-0a1b2c3d4e5f60718",
			}[key]
		}
		for _, guide := range plantest.Guides() {
			for _, s := range guide.Lookups {
				if _, err := lookup.Run(t.Context(), client, s, get); err != nil && !errors.Is(err, lookup.ErrNone) {
					t.Errorf("%s: %v", s.Name, err)
				}
			}
		}
	}
	for _, c := range account.Calls() {
		made[c.Op] = true
	}
	return made
}

// TestTableHasEveryCall of every kind of resource and every pick list, and beside what verify asks no other.
func TestTableHasEveryCall(t *testing.T) {
	table, used := operations(aws.Config{Region: "us-east-1"}), listing(t)
	for _, r := range plantest.EveryKind(plantest.Target("us-east-1")).Resources {
		for _, s := range r.Spec.Steps() {
			for _, c := range callsOf(s) {
				used[c.Name()] = true
				if table[c.Name()] == nil {
					t.Errorf("%s, %q: %s is not in the table", r.ID, s.Title, c.Name())
				}
			}
		}
	}
	beside := []string{describeStatement, getStatementResult, "iam:SimulatePrincipalPolicy", "iam:ListRolePolicies", "access-analyzer:ValidatePolicy"}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		switch {
		case used[name] && slices.Contains(ahead, name):
			t.Errorf("%s is called: take it off the list", name)
		case !used[name] && !slices.Contains(beside, name) && !slices.Contains(ahead, name):
			t.Errorf("no kind calls %s", name)
		}
	}
}

// ahead are calls that neither a kind nor a list makes.
var ahead = []string{
	"iam:ListAccountAliases", // whose account it is
}

// TestCallsAhead makes each of them once of the practice account, as plain data in and out.
func TestCallsAhead(t *testing.T) {
	const (
		arn   = "arn:aws:iam::000000000000:policy/p"
		text  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
		key   = "c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSUM3dXZsVmVmbFhmR2hxdW51RnAzQzArczBPbWNCeEZNNkpMcVBEWG90U2U=" // ssh-ed25519 AAAA...
		grant = `{"Statement":[{"Action":"s3:GetObject","Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}`
	)
	client, err := New(t.Context(), Options{Region: "us-east-1", Account: practice.New(practice.Settings{})})
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{}
	for _, one := range []struct {
		call plan.Call
		says string // a part of the answer
	}{
		{plan.NewCall("iam", "CreatePolicy", "PolicyName", "p", "PolicyDocument", text), `"DefaultVersionId":"v1"`},
		{plan.NewCall("iam", "GetPolicy", "PolicyArn", arn), `"PolicyName":"p"`},
		{plan.NewCall("iam", "CreatePolicyVersion", "PolicyArn", arn, "PolicyDocument", text), `"VersionId":"v2"`},
		{plan.NewCall("iam", "SetDefaultPolicyVersion", "PolicyArn", arn, "VersionId", "v2"), ``},
		{plan.NewCall("iam", "GetPolicyVersion", "PolicyArn", arn, "VersionId", "v2"), `"Document":` + grant},
		{plan.NewCall("iam", "DeletePolicyVersion", "PolicyArn", arn, "VersionId", "v1"), ``},
		{plan.NewCall("iam", "DeletePolicy", "PolicyArn", arn), ``},
		{plan.NewCall("iam", "CreateInstanceProfile", "InstanceProfileName", "p"), `"InstanceProfileName":"p"`},
		{plan.NewCall("iam", "AddRoleToInstanceProfile", "InstanceProfileName", "p", "RoleName", "analytics-copy"), ``},
		{plan.NewCall("iam", "GetInstanceProfile", "InstanceProfileName", "p"), `"AssumeRolePolicyDocument":{"Statement":`},
		{plan.NewCall("iam", "RemoveRoleFromInstanceProfile", "InstanceProfileName", "p", "RoleName", "analytics-copy"), ``},
		{plan.NewCall("iam", "DeleteInstanceProfile", "InstanceProfileName", "p"), ``},
		{plan.NewCall("ec2", "ImportKeyPair", "KeyName", "k", "PublicKeyMaterial", key), `"KeyFingerprint":"l5K7EoR6IawTG8xRIYP7OT0kkjwSuD0oiDYuPJeH0OE="`},
		{plan.NewCall("ec2", "DescribeKeyPairs", "KeyNames", []string{"k"}, "IncludePublicKey", true), `"PublicKey":"ssh-ed25519 AAAA`},
		{plan.NewCall("ec2", "DeleteKeyPair", "KeyName", "k"), `"Return":true`},
		{plan.NewCall("iam", "ListAccountAliases"), `"AccountAliases":["onramp-practice"]`},
	} {
		made[one.call.Name()] = true
		answer, err := client.Call(t.Context(), one.call)
		data, _ := json.Marshal(answer)
		if err != nil || !strings.Contains(string(data), one.says) {
			t.Errorf("%s: %v, answers %s", one.call.Name(), err, data)
		}
	}
	for _, name := range ahead {
		if !made[name] {
			t.Errorf("%s is not made", name)
		}
	}
}

// scripted answers requests in turn, and remembers them.
type scripted struct {
	answers []string
	asked   []string
}

// RoundTrip implements http.RoundTripper.
func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil || len(s.asked) == len(s.answers) {
		return nil, fmt.Errorf("request %d: %s: %w", len(s.asked)+1, body, err)
	}
	answer := s.answers[len(s.asked)]
	s.asked = append(s.asked, string(body))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

func call(t *testing.T, s *scripted, c plan.Call) (any, error) {
	t.Helper()
	client, err := New(t.Context(), Options{Region: "us-east-1", Account: s})
	if err != nil {
		t.Fatal(err)
	}
	return client.Call(t.Context(), c)
}

func TestKeysAreListedFromEveryPage(t *testing.T) {
	s := &scripted{answers: []string{
		`{"Keys":[{"KeyId":"a"},{"KeyId":"b"}],"NextMarker":"m","Truncated":true}`, `{"Keys":[{"KeyId":"c"}],"Truncated":false}`,
	}}
	answer, err := call(t, s, plan.NewCall("kms", "ListKeys"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"KeyId":"a"`, `"KeyId":"b"`, `"KeyId":"c"`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the answer lacks %s: %s", want, data)
		}
	}
	if len(s.asked) != 2 || !strings.Contains(s.asked[0], `"Limit":1000`) || !strings.Contains(s.asked[1], `"Marker":"m"`) {
		t.Errorf("asked %q", s.asked)
	}
}

func TestPoliciesInListsAreDecoded(t *testing.T) {
	s := &scripted{answers: []string{`<ListRolesResponse><ListRolesResult><Roles><member><RoleName>r</RoleName>` +
		`<AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22%7D</AssumeRolePolicyDocument></member></Roles></ListRolesResult></ListRolesResponse>`}}
	answer, err := call(t, s, plan.NewCall("iam", "ListRoles"))
	if err != nil {
		t.Fatal(err)
	}
	have := answer.(map[string]any)["Roles"].([]any)[0].(map[string]any)["AssumeRolePolicyDocument"]
	if fmt.Sprint(have) != "map[Version:2012-10-17]" {
		t.Errorf("the policy is %v", have)
	}
}

func TestRowsAreGatheredFromEveryPage(t *testing.T) {
	s := &scripted{answers: []string{
		`{"Id":"s"}`, `{"Id":"s","Status":"FINISHED","HasResultSet":true}`,
		`{"Records":[[{"stringValue":"a"}],[{"stringValue":"b"}]],"NextToken":"n"}`, `{"Records":[[{"stringValue":"c"}]]}`,
	}}
	answer, err := call(t, s, plan.NewCall("redshift-data", "ExecuteStatement", "ClusterIdentifier", "c", "Database", "dev", "Sql", "SELECT 1"))
	if err != nil {
		t.Fatal(err)
	}
	if have := fmt.Sprint(answer.(map[string]any)["Records"]); have != "[[map[stringValue:a]] [map[stringValue:b]] [map[stringValue:c]]]" {
		t.Errorf("the rows are %s", have)
	}
	if len(s.asked) != 4 || !strings.Contains(s.asked[3], `"NextToken":"n"`) {
		t.Errorf("asked %q", s.asked)
	}
}

// TestCallsWithoutCredentials: whatever words the SDK has for it, the error is the one that says so.
func TestCallsWithoutCredentials(t *testing.T) {
	none := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, errors.New("nothing here") })
	client := newClient(aws.Config{Region: "us-east-1", Credentials: none, HTTPClient: &http.Client{Transport: &scripted{}}}, nil)
	for _, c := range []plan.Call{plan.NewCall("iam", "GetRole", "RoleName", "r"), plan.NewCall("redshift-data", "ExecuteStatement", "Sql", "SELECT 1")} {
		if _, err := client.Call(t.Context(), c); !errors.Is(err, ErrCredentials) || lookup.Why(err) != "no credentials" {
			t.Errorf("%s: %v", c.Name(), err)
		}
	}
}

func TestEndpointThatIsNotDeletedIsAnError(t *testing.T) {
	deletion := plan.NewCall("ec2", "DeleteVpcEndpoints", "VpcEndpointIds", []string{"vpce-1"})
	s := &scripted{answers: []string{
		`<DeleteVpcEndpointsResponse><unsuccessful/></DeleteVpcEndpointsResponse>`,
		`<DeleteVpcEndpointsResponse><unsuccessful><item><resourceId>vpce-1</resourceId><error><code>InvalidVpcEndpoint.NotFound</code><message>not there</message></error></item></unsuccessful></DeleteVpcEndpointsResponse>`,
	}}
	if _, err := call(t, s, deletion); err != nil {
		t.Errorf("an endpoint that was deleted: %v", err)
	}
	_, err := call(t, s, deletion)
	if coded, is := err.(interface{ Unwrap() error }); !is || fmt.Sprint(coded.Unwrap()) != "InvalidVpcEndpoint.NotFound: not there" {
		t.Errorf("an endpoint that stays: %v", err)
	}
}
