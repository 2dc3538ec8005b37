// Package joint is one AWS account that two stand-ins serve: moto, but for what Redshift has. moto knows neither
// serverless warehouses nor ModifyClusterIamRoles, nor a Data API that keeps what it is told, and its clusters are too
// little for Terraform; the practice account has them. It is for tests and tools.
//
// The two must have one account number. It must not know plans, nor who calls.
package joint

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"

	"onramp/internal/practice"
)

// Account is an http.Handler.
type Account struct {
	moto     http.Handler
	practice *practice.Account
	split    func(change, refusal string)
}

// New joins the moto at an address and a practice account. split is told of changes that moto takes and the practice
// account refuses.
func New(moto *url.URL, p *practice.Account, split func(change, refusal string)) *Account {
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(moto)
		r.Out.Host = r.In.Host // it is signed
	}}
	return &Account{moto: proxy, practice: p, split: split}
}

// signedFor finds the service in a signature (IAM User Guide, Elements of an AWS API request signature).
var signedFor = regexp.MustCompile(`Credential=[^/]+/\d{8}/[^/]+/([^/]+)/aws4_request`)

// looks are operations of IAM that change nothing.
var looks = regexp.MustCompile(`^(Get|List|Simulate)`)

// ServeHTTP implements http.Handler.
func (a *Account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	service := ""
	if found := signedFor.FindStringSubmatch(r.Header.Get("Authorization")); found != nil {
		service = found[1]
	}
	switch action := actionIn(service, body); {
	case strings.HasPrefix(service, "redshift"):
		a.practice.ServeHTTP(w, r)
	case action == "DescribeVpcEndpointServices": // moto 5.2.1 breaks at its filter by name; the answer is the same in every account
		a.practice.ServeHTTP(w, r)
	case service == "iam" && !looks.MatchString(action):
		a.both(w, r, body)
	default:
		a.moto.ServeHTTP(w, r)
	}
}

// actionIn is the operation of a request to a service that takes forms; "" : of another.
func actionIn(service string, body []byte) string {
	if service != "iam" && service != "ec2" {
		return ""
	}
	form, _ := url.ParseQuery(string(body)) // what is no form has no action
	return form.Get("Action")
}

// both is a change of IAM, and moto answers it. The practice account is told of it because a warehouse takes no role
// that is not there. Being stricter, it is a second judge of it.
func (a *Account) both(w http.ResponseWriter, r *http.Request, body []byte) {
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	first, second := httptest.NewRecorder(), httptest.NewRecorder()
	a.moto.ServeHTTP(first, r)
	if first.Code == http.StatusOK {
		a.practice.ServeHTTP(second, again)
	}
	if second.Code != http.StatusOK {
		a.split(string(body), second.Body.String())
	}
	maps.Copy(w.Header(), first.Header())
	w.WriteHeader(first.Code)
	_, _ = w.Write(first.Body.Bytes()) // who does not wait for the answer does not need it
}
