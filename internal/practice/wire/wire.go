// Package wire speaks the protocols of AWS from the service's side: it takes a request apart into
// the service, the operation and the members of its input, and writes an answer or an error as that
// service would.
//
// It knows the shape of requests and answers and nothing of what is in them. It must not know the
// practice account, nor any operation beyond its name. Signatures are read and not checked.
package wire

import (
	"net/http"
)

// Protocol is how a service writes requests and answers (Smithy, AWS protocols).
type Protocol int

// The protocols.
const (
	Query    Protocol = iota // sts, iam, redshift: a form in, XML out
	EC2                      // as Query, with other lists and another envelope
	S3                       // REST XML
	JSON                     // AWS JSON 1.1: the operation is in the header X-Amz-Target
	RESTJSON                 // access-analyzer: the operation is in method and path
)

// service is what the wire knows of a service.
type service struct {
	protocol  Protocol
	namespace string // of the XML
	target    string // prefix in X-Amz-Target
}

// services are those that the practice account has, by the name that requests are signed for
// (botocore's service models, metadata).
var services = map[string]service{
	"sts":                 {protocol: Query, namespace: "https://sts.amazonaws.com/doc/2011-06-15/"},
	"iam":                 {protocol: Query, namespace: "https://iam.amazonaws.com/doc/2010-05-08/"},
	"redshift":            {protocol: Query, namespace: "http://redshift.amazonaws.com/doc/2012-12-01/"},
	"ec2":                 {protocol: EC2, namespace: "http://ec2.amazonaws.com/doc/2016-11-15/"},
	"s3":                  {protocol: S3, namespace: "http://s3.amazonaws.com/doc/2006-03-01/"},
	"kms":                 {protocol: JSON, target: "TrentService"},
	"secretsmanager":      {protocol: JSON, target: "secretsmanager"},
	"redshift-serverless": {protocol: JSON, target: "RedshiftServerless"},
	"redshift-data":       {protocol: JSON, target: "RedshiftData"},
	"access-analyzer":     {protocol: RESTJSON},
}

// Request is a call as its bytes say it.
type Request struct {
	Service   string // as it is signed
	Operation string // as the API spells it
	Region    string // as it is signed
	AccessKey string // "" : the request is not signed
	Protocol  Protocol
	Input     Input
	Body      []byte // as it came; of S3 without the framing of aws-chunked
	Attempt   string // what the SDK says of its retries
	Secure    bool   // it came over TLS, or in the same process
	head      bool   // HEAD: the answer has no body
}

// Name is "service:Operation".
func (r Request) Name() string { return r.Service + ":" + r.Operation }

// Reply is an answer in bytes.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Answer is what an operation answers.
type Answer struct {
	Fields Fields
	Root   string            // S3: name of the document's element; "" : no document
	Status int               // 0: 200
	Header map[string]string // S3: members that are headers
	Raw    []byte            // S3: the body as it is, instead of Fields
	Type   string            // of Raw
}

// Fields are the members of a structure in their order.
type Fields []Field

// Field is one member: a string, bool, int, int64, time.Time, Fields, List, Input or []string.
type Field struct {
	Name  string
	Value any
}

// Of makes fields from names and values in turn. A value nil leaves the member out.
func Of(pairs ...any) Fields {
	f := make(Fields, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != nil {
			f = append(f, Field{pairs[i].(string), pairs[i+1]})
		}
	}
	return f
}

// List is a list in an answer. In XML each item stands in an element Item; where Item is empty it is
// the protocol's own, and where Flat is set the list's own name takes its place.
type List struct {
	Item string
	Flat bool
	Of   []any
}

// Each makes a list of what f gives for every value.
func Each[T any](item string, values []T, f func(T) any) List {
	l := List{Item: item, Of: make([]any, 0, len(values))}
	for _, v := range values {
		l.Of = append(l.Of, f(v))
	}
	return l
}

// Strings is a list of strings.
func Strings(item string, values []string) List {
	return Each(item, values, func(s string) any { return s })
}

// Opt is the value of a member that is left out where it is empty.
func Opt(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Error is a refusal of a service.
type Error struct {
	Status  int
	Code    string
	Message string
	More    Fields // members beside code and message
	Header  map[string]string
}

// Error implements error.
func (e *Error) Error() string { return e.Code + ": " + e.Message }
