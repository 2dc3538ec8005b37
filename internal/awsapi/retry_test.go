package awsapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"onramp/internal/plan"
)

// broken is an account whose servers always fail.
type broken struct{ calls int }

func (b *broken) RoundTrip(r *http.Request) (*http.Response, error) {
	b.calls++
	w := &http.Response{StatusCode: http.StatusInternalServerError, Header: http.Header{}, Request: r, Body: http.NoBody}
	return w, nil
}

// TestServersThatStayBroken: the call is repeated for a while, and the error says so; one that could make a second thing is
// not repeated at all.
func TestServersThatStayBroken(t *testing.T) {
	for _, test := range []struct {
		call plan.Call
		want int
	}{
		{plan.NewCall("iam", "GetRole", "RoleName", "r"), mostAttempts}, {plan.NewCall("kms", "CreateKey", "Description", "d"), 1},
	} {
		name, want := test.call.Name(), test.want
		synctest.Test(t, func(t *testing.T) {
			b := &broken{}
			client, err := New(context.Background(), Options{Region: "us-east-1", Account: b})
			if err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			_, err = client.Call(t.Context(), test.call)
			var tired interface{ Exhausted() bool }
			if exhausted := errors.As(err, &tired); b.calls != want || exhausted != (want > 1) {
				t.Errorf("%s: %d calls, exhausted %v: %v", name, b.calls, exhausted, err)
			}
			if took := time.Since(begun); took > mostAttempts*mostBackoff {
				t.Errorf("%s: took %v", name, took)
			}
		})
	}
}

// cutting is an account whose answers end in the middle, for some calls.
type cutting struct {
	body  string
	short int // how many answers are cut
	calls int
}

func (c *cutting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.calls++
	var body io.Reader = strings.NewReader(c.body)
	if c.calls <= c.short { // as net/http reads what is shorter than was announced
		body = io.MultiReader(strings.NewReader(c.body[:len(c.body)/2]), iotest.ErrReader(io.ErrUnexpectedEOF))
	}
	header := http.Header{"Content-Type": {"application/x-amz-json-1.1"}}
	return &http.Response{StatusCode: http.StatusOK, Header: header, Request: r, Body: io.NopCloser(body)}, nil
}

// TestAnswersThatEndInTheMiddle: a read is repeated, in XML and in JSON; what could make a second thing is not.
func TestAnswersThatEndInTheMiddle(t *testing.T) {
	const role = `<GetRoleResponse><GetRoleResult><Role><RoleName>r</RoleName></Role></GetRoleResult></GetRoleResponse>`
	const key = `{"KeyMetadata": {"KeyId": "k", "Arn": "a"}}`
	for _, test := range []struct {
		call plan.Call
		body string
		want int
	}{
		{plan.NewCall("iam", "GetRole", "RoleName", "r"), role, 3},
		{plan.NewCall("kms", "DescribeKey", "KeyId", "k"), key, 3},
		{plan.NewCall("kms", "CreateKey", "Description", "d"), key, 1},
		{plan.NewCall("iam", "DeleteRolePolicy", "RoleName", "r", "PolicyName", "p"), role, 3}, // the answer says nothing
	} {
		name := test.call.Name()
		synctest.Test(t, func(t *testing.T) {
			c := &cutting{body: test.body, short: 2}
			client, err := New(context.Background(), Options{Region: "us-east-1", Account: c})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.Call(t.Context(), test.call); (err != nil) != (test.want == 1) || c.calls != test.want {
				t.Errorf("%s: %d calls, %v", name, c.calls, err)
			}
		})
	}
}
