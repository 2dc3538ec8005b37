package permissions

import (
	"slices"
	"strconv"
	"strings"

	"onramp/internal/policy"
)

// builder makes one statement of all permissions on one resource under the same conditions.
type builder struct {
	order []*statement
	byKey map[string]*statement
}

// statement is a policy.Statement that comes from a resource of the plan.
type statement struct {
	from string
	policy.Statement
}

func newBuilder() *builder {
	return &builder{byKey: map[string]*statement{}}
}

func (b *builder) add(from string, permissions []Permission) {
	for _, p := range permissions {
		key := p.Resource + conditionKey(p.Conditions)
		st, ok := b.byKey[key]
		if !ok {
			st = &statement{from, policy.Statement{Effect: policy.Allow, Resources: []string{p.Resource}, Conditions: p.Conditions}}
			b.byKey[key] = st
			b.order = append(b.order, st)
		}
		if !slices.Contains(st.Actions, p.Action) {
			st.Actions = append(st.Actions, p.Action)
		}
	}
}

// conditionKey is a text that conditions share only if they are the same. It holds no character
// that an ARN can.
func conditionKey(conditions []policy.Condition) string {
	var b strings.Builder
	for _, c := range conditions {
		b.WriteString("\x00" + c.Operator + "\x00" + c.Key + "\x00" + strings.Join(c.Values, "\x01"))
	}
	return b.String()
}

// document writes the statements in the order in which the plan's calls first ask for them.
func (b *builder) document() policy.Document {
	d := policy.Document{Version: policy.Version}
	used := map[string]bool{}
	for _, st := range b.joined() {
		st.Sid = sid(st.name(), used)
		d.Statements = append(d.Statements, st.Statement)
	}
	return d
}

// mostResources bounds the resources of one statement, in characters: the buckets or roles of many
// groups are one statement as long as Split can still cut the document between statements.
const mostResources = 2000

// joined makes one statement of those that differ in nothing but the resource: it says the same in
// fewer characters.
func (b *builder) joined() []*statement {
	var out []*statement
	same := map[string]*statement{}
	for _, st := range b.order {
		slices.Sort(st.Actions)
		key := strings.Join(st.Actions, ",") + conditionKey(st.Conditions)
		into, ok := same[key]
		if ok && length(into.Resources)+length(st.Resources) <= mostResources {
			into.Resources = append(into.Resources, st.Resources...)
			continue
		}
		same[key] = st
		out = append(out, st)
	}
	return out
}

func length(values []string) int {
	n := 0
	for _, v := range values {
		n += len(v)
	}
	return n
}

// name is the resource of the plan that first asks for a statement. What cannot be held to any
// resource gathers in one statement from everywhere.
func (st *statement) name() string {
	if st.Resources[0] == "*" && st.Conditions == nil {
		return "any-resource"
	}
	return st.from
}

// sid writes a name as a Sid: "Group1Bucket", and "Group1Bucket2" for the second of the name. A Sid
// has letters and digits only, and stands once in a document.
func sid(from string, used map[string]bool) string {
	var b strings.Builder
	for word := range strings.SplitSeq(from, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	name := b.String()
	for n := 2; used[name]; n++ {
		name = b.String() + strconv.Itoa(n)
	}
	used[name] = true
	return name
}

// Split cuts a document between its statements into documents of at most most characters, as IAM
// counts them: a managed policy takes policy.MaxManaged, and a person can be given several. A
// statement that is longer by itself stays whole in a document of its own.
func Split(d policy.Document, most int) []policy.Document {
	var out []policy.Document
	part := policy.Document{Version: d.Version}
	for _, st := range d.Statements {
		grown := policy.Document{Version: d.Version, Statements: append(slices.Clip(part.Statements), st)}
		if len(part.Statements) > 0 && grown.Size() > most {
			out = append(out, part)
			grown.Statements = []policy.Statement{st}
		}
		part = grown
	}
	if len(part.Statements) > 0 {
		out = append(out, part)
	}
	return out
}
