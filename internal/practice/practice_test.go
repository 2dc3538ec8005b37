package practice_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"onramp/internal/practice"
)

func TestEmptyAccountHoldsNothing(t *testing.T) {
	a := practice.New(practice.Settings{Empty: true, Region: "us-west-2"})
	s := inProcess(t, a, "us-west-2")
	for call, path := range map[string]string{
		"iam:ListRoles": "Roles.0", "s3:ListBuckets": "Buckets.0", "kms:ListKeys": "Keys.0", "ec2:DescribeVpcs": "Vpcs.0", "redshift:DescribeClusters": "Clusters.0",
		"redshift-serverless:ListNamespaces": "Namespaces.0", "iam:ListAccountAliases": "AccountAliases.0", "iam:ListInstanceProfiles": "InstanceProfiles.0",
		"ec2:DescribeKeyPairs": "KeyPairs.0",
	} {
		if have := at(s.must(call, ""), path); have != "<none>" {
			t.Errorf("%s: %s", call, have)
		}
	}
}

// ask makes a request without the SDK.
func ask(t *testing.T, a *practice.Account, method, url string, header map[string]string, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	out, err := a.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	data, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return out.StatusCode, string(data)
}

func scope(service string) string {
	return "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/" + service + "/aws4_request, SignedHeaders=host, Signature=0"
}

func TestRequestsThatNoServiceTakes(t *testing.T) {
	a := practice.New(practice.Settings{})
	form := "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		url    string
		header map[string]string
		body   string
		status int
		says   string
	}{
		"no credentials":               {url: "https://iam.amazonaws.com/", header: map[string]string{"Content-Type": form}, body: "Action=ListRoles&Version=2010-05-08", status: 403, says: "<Code>MissingAuthenticationToken</Code>"},
		"no credentials in JSON":       {url: "https://kms.us-east-1.amazonaws.com/", header: map[string]string{"X-Amz-Target": "TrentService.ListKeys"}, body: "{}", status: 400, says: `"MissingAuthenticationTokenException"`},
		"a service that is not here":   {url: "https://lambda.us-east-1.amazonaws.com/", header: map[string]string{"Authorization": scope("lambda")}, status: 404, says: "UnknownEndpoint"},
		"an action that is not here":   {url: "https://iam.amazonaws.com/", header: map[string]string{"Authorization": scope("iam"), "Content-Type": form}, body: "Action=CreateLoginProfile", status: 400, says: "<Code>InvalidAction</Code>"},
		"no action":                    {url: "https://iam.amazonaws.com/", header: map[string]string{"Authorization": scope("iam"), "Content-Type": form}, body: "X=1", status: 400, says: "<Code>MissingAction</Code>"},
		"a form that is none":          {url: "https://iam.amazonaws.com/", header: map[string]string{"Authorization": scope("iam"), "Content-Type": form}, body: "Action=%zz", status: 400, says: "MalformedQueryString"},
		"a target that is not here":    {url: "https://kms.us-east-1.amazonaws.com/", header: map[string]string{"Authorization": scope("kms"), "X-Amz-Target": "TrentService.Encrypt"}, body: "{}", status: 400, says: "UnknownOperationException"},
		"a target of another service":  {url: "https://kms.us-east-1.amazonaws.com/", header: map[string]string{"Authorization": scope("kms"), "X-Amz-Target": "RedshiftData.ListKeys"}, body: "{}", status: 400, says: "UnknownOperationException"},
		"a body that is no JSON":       {url: "https://kms.us-east-1.amazonaws.com/", header: map[string]string{"Authorization": scope("kms"), "X-Amz-Target": "TrentService.ListKeys"}, body: "{", status: 400, says: "SerializationException"},
		"a list in the place of JSON":  {url: "https://kms.us-east-1.amazonaws.com/", header: map[string]string{"Authorization": scope("kms"), "X-Amz-Target": "TrentService.ListKeys"}, body: "[]", status: 400, says: "SerializationException"},
		"an S3 call that is not here":  {url: "https://s3.us-east-1.amazonaws.com/analytics-logs?torrent", header: map[string]string{"Authorization": scope("s3")}, status: 501, says: "<Code>NotImplemented</Code>"},
		"another path of the analyzer": {url: "https://access-analyzer.us-east-1.amazonaws.com/analyzer", header: map[string]string{"Authorization": scope("access-analyzer")}, status: 400, says: "UnknownOperationException"},
	} {
		t.Run(name, func(t *testing.T) {
			method := http.MethodPost
			if strings.Contains(c.url, "s3") {
				method = http.MethodGet
			}
			status, body := ask(t, a, method, c.url, c.header, c.body)
			if status != c.status || !strings.Contains(body, c.says) {
				t.Errorf("want %d %s, have %d %s", c.status, c.says, status, body)
			}
		})
	}
}

func TestAccountCanBeLookedAt(t *testing.T) {
	a := practice.New(practice.Settings{})
	server := httptest.NewServer(a)
	defer server.Close()
	s := overHTTP(t, server.URL, "us-east-1")
	start := get(t, server.URL+"/practice/state")
	s.must("iam:CreateRole", `{"RoleName":"r","AssumeRolePolicyDocument":`+goodTrust+`}`)
	s.must("iam:GetRole", `{"RoleName":"r"}`)
	s.must("s3:ListObjectsV2", `{"Bucket":"analytics-logs"}`)
	if get(t, server.URL+"/practice/state") == start {
		t.Error("a new role is not in the state")
	}
	var calls []practice.Call
	for line := range strings.Lines(get(t, server.URL+"/practice/calls")) {
		var c practice.Call
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
	}
	if len(calls) != 3 || calls[0].Op != "iam:CreateRole" || !calls[0].Mutating || !strings.Contains(calls[0].Body, "RoleName=r") || calls[1].Mutating || calls[2].Input == nil {
		t.Errorf("%+v", calls)
	}
	out, err := http.Post(server.URL+"/practice/reset", "", nil)
	if err != nil || out.StatusCode != http.StatusNoContent {
		t.Fatal(out, err)
	}
	out.Body.Close()
	if get(t, server.URL+"/practice/state") != start || get(t, server.URL+"/practice/calls") != "" {
		t.Error("a reset leaves something behind")
	}
	if status, _ := fetch(t, server.URL+"/practice/else"); status != http.StatusNotFound {
		t.Error(status)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	status, body := fetch(t, url)
	if status != http.StatusOK {
		t.Fatal(status, body)
	}
	return body
}

func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	out, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	data, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return out.StatusCode, string(data)
}

func TestBucketNamedPracticeIsNoPlaceOfOurs(t *testing.T) {
	a := practice.New(practice.Settings{})
	server := httptest.NewServer(a)
	defer server.Close()
	s := overHTTP(t, server.URL, "us-east-1")
	s.must("s3:CreateBucket", `{"Bucket":"practice"}`)
	s.must("s3:PutObject", `{"Bucket":"practice","Key":"state","Body":"x"}`)
	if have := at(s.must("s3:ListObjectsV2", `{"Bucket":"practice"}`), "Contents.0.Key"); have != "state" {
		t.Error(have)
	}
}

func TestNoPasswordIsLogged(t *testing.T) {
	a := practice.New(practice.Settings{})
	s := inProcess(t, a, "us-east-1")
	s.must("redshift:CreateCluster", `{"ClusterIdentifier":"new","NodeType":"ra3.large","ClusterType":"single-node","MasterUsername":"boss","MasterUserPassword":"Tr0ubadour"}`)
	s.must("redshift-data:ExecuteStatement", `{"ClusterIdentifier":"analytics","Database":"dev","DbUser":"awsuser","Sql":"CREATE USER x PASSWORD 'Tr0ubadour'"}`)
	for _, c := range a.Calls() {
		if strings.Contains(c.Body, "Tr0ubadour") {
			t.Errorf("%s: %s", c.Op, c.Body)
		}
	}
	if strings.Contains(string(a.State()), "Tr0ubadour") {
		t.Error("the state has the password")
	}
}

func TestStateDoesNotDependOnTheOrder(t *testing.T) {
	calls := []string{
		createRole("one", goodTrust), createRole("two", goodTrust),
		`s3:CreateBucket {"Bucket":"onramp-one"}`, `s3:CreateBucket {"Bucket":"onramp-two"}`,
		createGroup("one", "d"), createGroup("two", "d"), gateway,
		`kms:CreateKey {"Description":"one"}`, `kms:CreateKey {"Description":"two"}`,
		newCluster(`"ManageMasterPassword":true`),
	}
	states := map[string]bool{}
	for _, reverse := range []bool{false, true} {
		a := practice.New(practice.Settings{})
		s := inProcess(t, a, "us-east-1")
		ordered := slices.Clone(calls)
		if reverse {
			slices.Reverse(ordered)
		}
		for _, call := range ordered {
			s.must(split(call))
		}
		states[string(a.State())] = true
	}
	if len(states) != 1 {
		t.Error("the order in which things are made shows in the state")
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	a := practice.New(practice.Settings{})
	server := httptest.NewServer(a)
	defer server.Close()
	const clients = 200
	var all sync.WaitGroup
	var mu sync.Mutex
	wins := 0
	ways := []sdk{overHTTP(t, server.URL, "us-east-1"), inProcess(t, a, "us-east-1")}
	for i := range clients {
		all.Go(func() {
			s := ways[i%2]
			one := func(name, input string) {
				if _, err := s.call(name, input); err != nil {
					t.Errorf("%s %s: %v", name, input, err)
				}
			}
			one("iam:CreateRole", fmt.Sprintf(`{"RoleName":"r%d","AssumeRolePolicyDocument":%s}`, i, goodTrust))
			one("s3:CreateBucket", fmt.Sprintf(`{"Bucket":"onramp-%d"}`, i))
			one("s3:PutBucketTagging", fmt.Sprintf(`{"Bucket":"onramp-%d","Tagging":{"TagSet":[{"Key":"k","Value":"v"}]}}`, i))
			one("kms:CreateKey", fmt.Sprintf(`{"Description":"key %d"}`, i))
			one("redshift-data:ExecuteStatement", fmt.Sprintf(`{"ClusterIdentifier":"analytics","Database":"dev","DbUser":"awsuser","Sql":"CREATE GROUP g%d"}`, i))
			one("redshift:DescribeClusters", "")
			if i%20 == 0 {
				_, _ = a.State(), a.Calls()
			}
			if _, err := s.call("iam:CreateRole", `{"RoleName":"contested","AssumeRolePolicyDocument":`+goodTrust+`}`); err == nil {
				mu.Lock()
				wins++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if wins != 1 {
		t.Errorf("%d clients made one role", wins)
	}
	s := inProcess(t, a, "us-east-1")
	if n := len(s.must("iam:ListRoles", `{"MaxItems":1000}`)["Roles"].([]any)); n != clients+4 {
		t.Errorf("%d roles", n)
	}
	if n := len(s.must("s3:ListBuckets", "")["Buckets"].([]any)); n != clients+4 {
		t.Errorf("%d buckets", n)
	}
	if n := len(s.must("kms:ListKeys", `{"Limit":1000}`)["Keys"].([]any)); n != clients+2 {
		t.Errorf("%d keys", n)
	}
	if n := bytes.Count(a.State(), []byte(`"g1`)); n == 0 {
		t.Error("the groups are lost")
	}
	if n := len(a.Calls()); n != clients*7+3 {
		t.Errorf("%d calls in the log", n)
	}
}

// The start of the account is to add at most a millisecond.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		practice.New(practice.Settings{})
	}
}

func BenchmarkCall(b *testing.B) {
	s := inProcess(b, practice.New(practice.Settings{}), "us-east-1")
	for b.Loop() {
		s.must("redshift:DescribeClusters", "")
	}
}
