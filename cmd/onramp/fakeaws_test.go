package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"onramp/internal/practice"
)

// fakeAWS is a practice account with what it has not: roles that are assumed, with the code of an MFA device where one is
// named, and the portal of SSO.
type fakeAWS struct {
	*practice.Account
	life  time.Duration // of a session
	first time.Duration // of the first one; zero: as the others

	mu      sync.Mutex
	assumed []url.Values // the requests, in order
}

// goodCode is the only code that the device shows.
const goodCode = "123456"

func newFakeAWS(t *testing.T, s practice.Settings) (*fakeAWS, string) {
	t.Helper()
	s.Region = "us-east-1"
	f := &fakeAWS{Account: practice.New(s), life: time.Hour}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return f, server.URL
}

// ServeHTTP implements http.Handler.
func (f *fakeAWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	form, _ := url.ParseQuery(string(body))
	switch {
	case form.Get("Action") == "AssumeRole":
		f.assume(w, form)
	case r.URL.Path == "/federation/credentials":
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"__type": "UnauthorizedException", "message": "Session token not found or invalid"}`)
	default:
		r.Body = io.NopCloser(bytes.NewReader(body))
		f.Account.ServeHTTP(w, r)
	}
}

func (f *fakeAWS) assume(w http.ResponseWriter, form url.Values) {
	f.mu.Lock()
	f.assumed = append(f.assumed, form)
	life := f.life
	if form.Get("TokenCode") == goodCode && f.first > 0 {
		life, f.first = f.first, 0
	}
	f.mu.Unlock()
	if form.Get("SerialNumber") != "" && form.Get("TokenCode") != goodCode {
		refuse(w, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
		return
	}
	if form.Get("RoleArn") == "arn:aws:iam::000000000000:role/closed" {
		refuse(w, "AccessDenied", "User: arn:aws:iam::000000000000:user/x is not authorized to perform: sts:AssumeRole")
		return
	}
	fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>`+
		`<SessionToken>t</SessionToken><Expiration>%s</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
		time.Now().Add(life).UTC().Format(time.RFC3339Nano))
}

func refuse(w http.ResponseWriter, code, message string) {
	w.Header().Set("X-Amzn-Requestid", "11111111-2222")
	w.WriteHeader(http.StatusForbidden)
	fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>", code, message)
}

// requests are those for roles.
func (f *fakeAWS) requests() []url.Values {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]url.Values{}, f.assumed...)
}
