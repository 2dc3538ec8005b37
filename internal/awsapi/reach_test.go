package awsapi

import (
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"

	"onramp/internal/plan"
)

// TestUnreachableHoldsNoSecret: what net/http says of a proxy may have its password in it.
func TestUnreachableHoldsNoSecret(t *testing.T) {
	endpoint := &url.URL{Scheme: "https", Host: "sts.us-esat-1.amazonaws.com", Path: "/secret", RawQuery: "SECRET"}
	for text, err := range map[string]error{
		"cannot reach https://sts.us-esat-1.amazonaws.com: no such host":                  &net.DNSError{IsNotFound: true, Name: "SECRET"},
		"cannot reach https://sts.us-esat-1.amazonaws.com: the connection failed":         &url.Error{Err: errors.New(`proxy "http://ann:SECRET@proxy" refuses`)},
		"cannot reach https://sts.us-esat-1.amazonaws.com: Proxy Authentication Required": &url.Error{URL: "SECRET", Err: errors.New("Proxy Authentication Required")},
		"no answer from https://sts.us-esat-1.amazonaws.com: the connection broke":        &url.Error{URL: "SECRET", Err: io.EOF},
	} {
		got := proxying(nil).unreachable(endpoint, err)
		if got.Error() != text {
			t.Errorf("%q, want %q", got, text)
		}
	}
	no := proxying(nil).unreachable(endpoint, io.EOF)
	no.Region = "us-esat-1"
	if h := no.ErrorHint(); !strings.Contains(h, "did you mean us-east-1?") {
		t.Error(h)
	}
}

// TestCallThatCannotReachItsEndpoint names it.
func TestCallThatCannotReachItsEndpoint(t *testing.T) {
	client, err := New(t.Context(), Options{Region: "us-east-1", Account: &scripted{}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Call(t.Context(), plan.NewCall("kms", "CreateKey", "Description", "d")) // it is not repeated
	var no *Unreachable
	if !errors.As(err, &no) || no.Endpoint != "https://kms.us-east-1.amazonaws.com" || no.Region != "us-east-1" {
		t.Error(err)
	}
}
