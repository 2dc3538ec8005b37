package awsapi

import (
	"context"
	"errors"
	"net/http"
	"testing"
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
