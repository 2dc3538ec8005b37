package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// credential is the scope in a signature of version 4 (AWS IAM User Guide, Elements of an AWS API
// request signature).
var credential = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`Credential=([^/,]+)/\d{8}/([^/]+)/([^/]+)/aws4_request`)
})

// ErrUnknown says that a request is none of a service that is known.
var ErrUnknown = errors.New("not a request to a service of the practice account")

// Read takes a request apart. The error is an *Error where the service itself would refuse, and
// ErrUnknown where there is no such service.
func Read(r *http.Request, body []byte) (Request, error) {
	req := Request{Body: body, Attempt: r.Header.Get("Amz-Sdk-Request"), Secure: r.TLS != nil, head: r.Method == http.MethodHead}
	req.scope(r)
	s, ok := services[req.Service]
	if !ok {
		return req, ErrUnknown
	}
	req.Protocol = s.protocol
	return req, req.decode(r, s)
}

// scope reads who signed for what. A request that is not signed is told by its target.
func (q *Request) scope(r *http.Request) {
	scope := r.Header.Get("Authorization")
	if signed := r.URL.Query().Get("X-Amz-Credential"); signed != "" { // a presigned URL
		scope = "Credential=" + signed
	}
	if m := credential().FindStringSubmatch(scope); m != nil {
		q.AccessKey, q.Region, q.Service = m[1], m[2], m[3]
		return
	}
	prefix, _, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	for name, s := range services {
		if prefix != "" && s.target == prefix {
			q.Service = name
		}
	}
}

func (q *Request) decode(r *http.Request, s service) error {
	switch s.protocol {
	case JSON:
		prefix, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		if i := strings.LastIndexByte(prefix, '_'); i > 0 { // RedshiftServerless_20210421
			prefix = prefix[:i]
		}
		if prefix != s.target {
			return UnknownOperation(s.protocol)
		}
		q.Operation = operation
		return q.decodeJSON()
	case RESTJSON:
		q.Operation = restOperations[r.Method+" "+r.URL.Path]
		return q.decodeJSON()
	case S3:
		return q.decodeS3(r)
	}
	return q.decodeForm(r, s)
}

// restOperations of access-analyzer (botocore, service model).
var restOperations = map[string]string{"POST /policy/validation": "ValidatePolicy"}

func (q *Request) decodeJSON() error {
	q.Input = Input{}
	if len(bytes.TrimSpace(q.Body)) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(q.Body))
	d.UseNumber()
	if err := d.Decode(&q.Input); err != nil || q.Input == nil {
		return &Error{Status: 400, Code: "SerializationException", Message: "the body is no JSON object"}
	}
	return nil
}

func (q *Request) decodeForm(r *http.Request, s service) error {
	form, err := url.ParseQuery(string(q.Body))
	if err != nil {
		return &Error{Status: 400, Code: "MalformedQueryString", Message: "The query string contains a syntax error."}
	}
	if form.Get("Action") == "" { // GET is allowed too (IAM User Guide, Making query requests)
		form = r.URL.Query()
	}
	q.Operation = form.Get("Action")
	q.Input = fromForm(form, s.protocol == EC2)
	if q.Operation == "" {
		return &Error{Status: 400, Code: "MissingAction", Message: "The request is missing an action or a required parameter."}
	}
	return nil
}

// UnknownOperation is how a service answers a call that it does not have. The practice account
// answers so too for a call that AWS has and it has not.
func UnknownOperation(p Protocol) *Error {
	switch p {
	case JSON, RESTJSON:
		return &Error{Status: 400, Code: "UnknownOperationException", Message: "the practice account does not have this operation"}
	case S3:
		return &Error{Status: 501, Code: "NotImplemented", Message: "the practice account does not have this operation"}
	}
	return &Error{Status: 400, Code: "InvalidAction", Message: "the practice account does not have this operation"}
}

// UnknownKey is how a service answers a request that is signed with an access key that it does not
// know (IAM User Guide, Common errors; Amazon S3 API Reference and Amazon EC2 API Reference, Error
// codes).
func UnknownKey(p Protocol) *Error {
	const invalid = "The security token included in the request is invalid."
	switch p {
	case EC2:
		return &Error{Status: 401, Code: "AuthFailure", Message: "AWS was not able to validate the provided access credentials"}
	case S3:
		return &Error{Status: 403, Code: "InvalidAccessKeyId", Message: "The AWS Access Key Id you provided does not exist in our records."}
	case JSON:
		return &Error{Status: 400, Code: "UnrecognizedClientException", Message: invalid}
	case RESTJSON:
		return &Error{Status: 403, Code: "UnrecognizedClientException", Message: invalid}
	}
	return &Error{Status: 403, Code: "InvalidClientTokenId", Message: invalid}
}

// Unsigned is how a service answers a request without credentials (IAM User Guide, Common errors;
// Amazon S3 API Reference, Error responses).
func Unsigned(p Protocol) *Error {
	switch p {
	case S3:
		return &Error{Status: 403, Code: "AccessDenied", Message: "Access Denied"}
	case JSON, RESTJSON:
		return &Error{Status: 400, Code: "MissingAuthenticationTokenException", Message: "Missing Authentication Token"}
	}
	return &Error{Status: 403, Code: "MissingAuthenticationToken", Message: "Request is missing Authentication Token"}
}
