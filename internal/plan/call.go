package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"onramp/internal/policy"
)

// Call is one request to AWS as plain data: what the preview shows, the script prints and
// apply sends.
type Call struct {
	Service   string `json:"service"`   // as the AWS CLI and IAM spell it, except "s3" for s3api: iam, kms, redshift-serverless
	Operation string `json:"operation"` // as the API spells it: CreateRole
	Input     Object `json:"input"`     // members under the API's own names
}

// Name is "service:Operation".
func (c Call) Name() string { return c.Service + ":" + c.Operation }

// RequestID is the member of an answer that holds AWS's name for the request, by which its support finds
// it. No API has a member of this name.
const RequestID = "$RequestId"

// Zero says that there is no call.
func (c Call) Zero() bool { return c.Service == "" }

// NewCall makes a call from member names and values in turn; see In.
func NewCall(service, operation string, members ...any) Call {
	return Call{Service: service, Operation: operation, Input: In(members...)}
}

// Object is a structure of an API: members in the order in which people read them.
//
// A value is a string (which may hold references), bool, int, []string, Object, []Object, Blob,
// Document, Current, Before, Merged or RoleList. Nothing else: every output handles exactly these.
type Object []Member

// Member is one member of an Object.
type Member struct {
	Name  string
	Value any
}

// In makes an object from names and values in turn. A member whose value is nil, "" or an
// empty list is left out, so that an answer left empty sends nothing.
func In(members ...any) Object {
	o := make(Object, 0, len(members)/2)
	for i := 0; i+1 < len(members); i += 2 {
		if !blank(members[i+1]) {
			o = append(o, Member{Name: members[i].(string), Value: members[i+1]})
		}
	}
	return o
}

func blank(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	case []Object:
		return len(v) == 0
	}
	return false
}

// Get returns the value of a member, or nil.
func (o Object) Get(name string) any {
	for _, m := range o {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

// Text returns the value of a member that is a string, or "".
func (o Object) Text(name string) string {
	s, _ := o.Get(name).(string)
	return s
}

// MarshalJSON writes the members in their order. References stay as they are inside the
// strings: Resolve them first, or read the result with Shown.
func (o Object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encode(&b, m.Name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := encode(&b, m.Value); err != nil {
			return nil, fmt.Errorf("encode %s: %w", m.Name, err)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode is json.Marshal without the escapes that are made for HTML: a reviewer reads
// "<" and "&" as they are.
func encode(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // Encode ends with a line feed
	return nil
}

// Blob is a text that an API takes as bytes. It holds no reference.
type Blob string

// MarshalJSON gives the bytes as the API takes them: in base64.
func (b Blob) MarshalJSON() ([]byte, error) { return json.Marshal([]byte(b)) }

// Document is a policy that a call carries. The API takes it as a string of JSON.
type Document struct {
	Name   string          // unique in its resource, and part of a file name: "trust", "permissions"
	Title  string          // for people: "Trust policy of redshift-ml"
	Kind   policy.Kind     // whose grammar it follows
	Policy policy.Document // what it says
	Source string          // whose text it is, with its version; "" : onramp's own
	Notes  []ActionNote    // remarks on single actions, shown beside the document and never in it
}

// ActionNote is a remark on actions of a document.
type ActionNote struct {
	Actions []string
	Text    string
}

// MarshalJSON gives the document as the API takes it: JSON inside a string.
func (d Document) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := encode(&b, string(d.Policy.Compact()))
	return b.Bytes(), err
}

// Current is a value that the step's Read answered: what is there already and must be sent
// back unchanged. The member is left out where the query finds nothing.
type Current struct{ Query string }

// MarshalJSON shows that the value is read first.
func (c Current) MarshalJSON() ([]byte, error) { return []byte(`"<as it is>"`), nil }

// RoleList is the list of role ARNs that the step's Read answered, with Add put to it and Remove
// taken out: an API
// that takes whole lists must be given what is there already (aws-sdk: UpdateNamespace).
// The query's items may be ARNs or "IamRole(applyStatus=..., iamRoleArn=...)" as
// redshift-serverless writes them; see RoleARN.
type RoleList struct {
	Query  string
	Add    []string
	Remove []string
}

// MarshalJSON shows what is kept and what is added.
func (l RoleList) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := encode(&b, append([]string{"<the roles that are there>"}, l.Add...))
	return b.Bytes(), err
}

// RoleARN takes the ARN out of the form in which redshift-serverless answers roles,
// "IamRole(applyStatus=in-sync, iamRoleArn=ARN)", whose members come in either order.
// A plain ARN is returned as it is.
func RoleARN(s string) string {
	_, rest, found := strings.Cut(s, "iamRoleArn=")
	if !found {
		return s
	}
	rest, _, _ = strings.Cut(rest, ", applyStatus=")
	return strings.TrimSuffix(rest, ")")
}

// MapStrings returns v with every string in it replaced by f of it; documents too. It is how
// references are resolved and how they are made readable.
func MapStrings(v any, f func(string) string) any {
	switch v := v.(type) {
	case string:
		return f(v)
	case []string:
		out := make([]string, len(v))
		for i, s := range v {
			out[i] = f(s)
		}
		return out
	case Object:
		out := make(Object, len(v))
		for i, m := range v {
			out[i] = Member{m.Name, MapStrings(m.Value, f)}
		}
		return out
	case []Object:
		out := make([]Object, len(v))
		for i, o := range v {
			out[i] = MapStrings(o, f).(Object)
		}
		return out
	case Document:
		v.Policy = v.Policy.Map(f)
		return v
	case RoleList:
		v.Add = MapStrings(v.Add, f).([]string)
		v.Remove = MapStrings(v.Remove, f).([]string)
		return v
	case Merged:
		v.Document.Policy = v.Document.Policy.Map(f)
		return v
	}
	return v
}

// eachString visits the strings that MapStrings would replace.
func eachString(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case []string:
		for _, s := range v {
			visit(s)
		}
	case Object:
		for _, m := range v {
			eachString(m.Value, visit)
		}
	case []Object:
		for _, o := range v {
			eachString(o, visit)
		}
	case RoleList:
		eachString(v.Add, visit)
		eachString(v.Remove, visit)
	case Merged:
		v.Document.Policy.Map(func(s string) string { visit(s); return s })
	case Document:
		v.Policy.Map(func(s string) string { visit(s); return s })
	}
}

// Map returns the call with every string of its input replaced by f of it.
func (c Call) Map(f func(string) string) Call {
	c.Input = MapStrings(c.Input, f).(Object)
	return c
}

// EmptyText is the empty string as a value that is sent: In leaves "" out.
const EmptyText = emptyText("")

type emptyText string
