package practice_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"onramp/internal/practice"
)

// recorder keeps the requests that go through it.
type recorder struct {
	*practice.Account
	seen []recorded
}

type recorded struct {
	method, url string
	header      http.Header
	body        []byte
}

func (r *recorder) Do(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	r.seen = append(r.seen, recorded{req.Method, req.URL.String(), req.Header.Clone(), body})
	return r.RoundTrip(req)
}

// odd are the bodies that one body becomes when single members are left out or are something else.
func odd(contentType string, body []byte) [][]byte {
	if strings.Contains(contentType, "form") {
		return oddForms(body)
	}
	out := [][]byte{nil, []byte("<a/>"), []byte("{}"), []byte("\x00")}
	var members map[string]any
	if json.Unmarshal(body, &members) != nil {
		return append(out, []byte(strings.ReplaceAll(string(body), "><", "><x/><")))
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		for _, value := range []any{nil, 5, -1, "", "☃", "x", true, []any{}, map[string]any{}, []any{nil}, []any{map[string]any{}}, strings.Repeat("a", 3000)} {
			changed := maps.Clone(members)
			changed[name] = value
			data, _ := json.Marshal(changed)
			out = append(out, data)
		}
	}
	return out
}

func oddForms(body []byte) [][]byte {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil
	}
	var out [][]byte
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if name == "Action" {
			continue
		}
		without := maps.Clone(form)
		delete(without, name)
		out = append(out, []byte(without.Encode()))
		for _, value := range []string{"", "-1", "☃", "x", "arn:aws:iam::000000000000:role/", strings.Repeat("a", 3000)} {
			changed := maps.Clone(form)
			changed[name] = []string{value}
			out = append(out, []byte(changed.Encode()))
		}
		deeper := maps.Clone(form)
		deeper[name+".member.1.x"] = []string{"y"}
		out = append(out, []byte(deeper.Encode()))
	}
	return out
}

// Requests as no SDK makes them are refused or served, and never break the account.
func TestOddRequestsBreakNothing(t *testing.T) {
	rec := &recorder{Account: practice.New(practice.Settings{})}
	s := newSDK(t, aws.Config{Region: "us-east-1", HTTPClient: rec, Credentials: anybody})
	for _, name := range slices.Sorted(maps.Keys(stories)) {
		tell(t, s, stories[name])
		rec.Reset()
	}
	sent := 0
	for i, r := range rec.seen {
		if i%20 == 0 {
			rec.Reset()
		}
		for _, body := range odd(r.header.Get("Content-Type"), r.body) {
			req, err := http.NewRequestWithContext(t.Context(), r.method, r.url, bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header = r.header
			status, answer := exchanged(t, rec.Account, req)
			if sent++; status >= 500 && status != http.StatusNotImplemented {
				t.Errorf("%s %s %s %.300s: %d %.300s", r.method, r.url, r.header.Get("X-Amz-Target"), body, status, answer)
			}
		}
	}
	rec.State()
	t.Logf("%d requests", sent)
}

// exchanged sends a request to an account.
func exchanged(t *testing.T, a *practice.Account, r *http.Request) (int, []byte) {
	t.Helper()
	out, err := a.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	data, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	return out.StatusCode, data
}
