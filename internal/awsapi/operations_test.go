package awsapi

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
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

// TestTableHasEveryCall of every kind of resource, and beside what verify asks no other.
func TestTableHasEveryCall(t *testing.T) {
	table, used := operations(aws.Config{Region: "us-east-1"}), map[string]bool{}
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
	beside := []string{describeStatement, getStatementResult, "iam:SimulatePrincipalPolicy", "access-analyzer:ValidatePolicy"}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if !used[name] && !slices.Contains(beside, name) {
			t.Errorf("no kind calls %s", name)
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
