package modelcheck_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"onramp/internal/kind"
	"onramp/internal/plan"
)

// line is what check.py judges: a call, and the queries that are asked of its answer.
type line struct {
	At        string   `json:"at"`
	Service   string   `json:"service"`
	Operation string   `json:"operation"`
	Input     any      `json:"input,omitempty"` // plan.Object; nil: there is no call, only queries
	Output    string   `json:"output,omitempty"`
	Queries   []string `json:"queries,omitempty"`
	Errors    []string `json:"errors,omitempty"`
	Of        string   `json:"of,omitempty"` // the read that answers what Input puts back: "GetRole"
}

// asItWas stands in an input for what a read answered before; see plan.Before.
type asItWas struct {
	Query string `json:"as it was"`
	Text  bool   `json:"text"`
}

// collector gathers the lines of many plans, each line once.
type collector struct {
	lines    []line
	seen     map[string]bool
	problems []string
}

func (c *collector) plan(name string, p plan.Plan) {
	f := filler{plan: p}
	for _, r := range p.Resources {
		for _, s := range r.Spec.Steps() {
			f.at = name + ", " + r.ID + ", " + s.Title
			c.step(&f, s)
		}
	}
	c.problems = append(c.problems, f.problems...)
}

func (c *collector) step(f *filler, s plan.Step) {
	if s.Owner != nil {
		c.owner(f, *s.Owner)
	}
	if s.Read.Zero() {
		if len(readQueries(s)) > 0 {
			c.problems = append(c.problems, f.at+": there are queries, and no call that they are asked of")
		}
	} else {
		c.add(f, s.Read, readQueries(s), s.Absent)
	}
	for i, call := range s.Create {
		var queries []string
		if i == 0 {
			queries = madeQueries(s)
		}
		c.add(f, call, queries, nil)
	}
	for _, call := range s.Update {
		c.add(f, call, nil, nil)
	}
	for _, call := range s.Restore {
		c.line(f, call, line{Of: s.Read.Operation})
	}
	if s.Find != nil {
		c.find(f, *s.Find, s.Take)
	}
	if s.Guard != nil {
		c.guard(f, *s.Guard)
	}
	if s.Undo != nil {
		c.undo(f, *s.Undo)
	}
}

// guard gathers what is judged, and what a script checks of it.
func (c *collector) guard(f *filler, g plan.Guard) {
	for _, fact := range g.Facts {
		c.add(f, fact.Read, nil, fact.Absent)
	}
	if g.Manual == nil {
		return
	}
	for _, l := range g.Manual.Looks {
		c.add(f, l.Read, []string{l.Query}, nil)
	}
}

// find gathers how candidates are looked at: one of them answers for all.
func (c *collector) find(f *filler, find plan.Find, take []plan.Output) {
	c.add(f, find.List, []string{find.Items}, nil)
	c.owner(f, find.Owner)
	queries := []string{find.Check.Query}
	for _, o := range take {
		queries = append(queries, o.Read)
	}
	c.add(f, find.Read, queries, nil)
}

func (c *collector) owner(f *filler, o plan.Owner) {
	c.add(f, o.Read, []string{o.Check.Query, o.Exists}, slices.Concat(o.Absent, o.Unmarked))
}

func (c *collector) undo(f *filler, u plan.Undo) {
	queries := append([]string{u.Check.Query}, sentBack(u.Calls)...)
	if u.Wait != nil {
		queries = append(queries, u.Wait.Query)
	}
	c.add(f, u.Read, queries, u.Absent)
	if u.Owner != nil {
		c.owner(f, *u.Owner)
	}
	for _, call := range u.Calls {
		var codes []string
		for _, l := range u.Leave {
			if modelled(l.Code) {
				codes = append(codes, l.Code)
			}
		}
		c.add(f, call, nil, append(codes, u.Gone...))
	}
}

// modelled says whether a reason to leave a thing is an error code that AWS's models know: not a part of a
// message, and not one of those that any call of the older protocols may answer.
func modelled(code string) bool {
	common := []string{"InvalidParameterValue", "InvalidParameterCombination", "InvalidParameter", "ValidationError"}
	return !strings.Contains(code, " ") && !slices.Contains(common, code)
}

// readQueries are the queries that are asked of what a step's Read answers.
func readQueries(s plan.Step) []string {
	queries := []string{s.Check.Query}
	if s.Wait != nil {
		queries = append(queries, s.Wait.Query)
	}
	for _, o := range s.Take {
		queries = append(queries, o.Read)
	}
	return given(append(queries, sentBack(slices.Concat(s.Create, s.Update, s.Restore))...))
}

// sentBack are the queries for what calls send back of what is there.
func sentBack(calls []plan.Call) (queries []string) {
	for _, call := range calls {
		for _, m := range call.Input {
			switch v := m.Value.(type) {
			case plan.Current:
				queries = append(queries, v.Query)
			case plan.RoleList:
				queries = append(queries, v.Query)
			case plan.Before:
				queries = append(queries, v.Query)
			case plan.Merged:
				queries = append(queries, v.Query)
			}
		}
	}
	return queries
}

// madeQueries are those that are asked of what the first of Create answers.
func madeQueries(s plan.Step) []string {
	var queries []string
	for _, o := range s.Take {
		queries = append(queries, o.Made)
	}
	return given(queries)
}

func given(queries []string) []string {
	return slices.DeleteFunc(queries, func(q string) bool { return q == "" })
}

func (c *collector) add(f *filler, call plan.Call, queries, errors []string) {
	l := line{Errors: errors}
	for _, q := range given(queries) {
		l.Queries = append(l.Queries, f.text(q))
	}
	c.line(f, call, l)
}

func (c *collector) line(f *filler, call plan.Call, l line) {
	l.Service, l.Operation, l.Output = call.Service, call.Operation, answers[call.Name()]
	l.Input = f.value(call.Map(f.text).Input)
	key, err := json.Marshal(l)
	if err != nil {
		c.problems = append(c.problems, fmt.Sprintf("%s: encode %s: %v", f.at, call.Name(), err))
		return
	}
	if !c.seen[string(key)] {
		c.seen[string(key)] = true
		l.At = f.at
		c.lines = append(c.lines, l)
	}
}

// answers names the operation that gives the answer, where it is not the one that is called: a
// statement runs by itself, and its result is fetched.
var answers = map[string]string{"redshift-data:ExecuteStatement": "GetStatementResult"}

// filler puts values of the right form where only AWS knows them.
type filler struct {
	plan     plan.Plan
	at       string
	problems []string
}

func (f *filler) problem(format string, args ...any) string {
	f.problems = append(f.problems, f.at+": "+fmt.Sprintf(format, args...))
	return ""
}

func (f *filler) text(s string) string { return plan.Fill(s, f.reference) }

// reference is a plausible value of an output. The resource must be there and give the output.
func (f *filler) reference(ref plan.Ref) string {
	r, ok := f.plan.Find(ref.Resource)
	if !ok {
		return f.problem("it refers to %q, which is not in the plan", ref.Resource)
	}
	if !gives(r, ref.Output) {
		return f.problem("it refers to output %q, which %s does not give", ref.Output, ref.Resource)
	}
	t := f.plan.Target
	switch r.Spec.(type) {
	case kind.Key, kind.ExistingKey:
		if ref.Output == kind.KeyARN {
			return t.ARN("kms", "key/12345678-90ab-cdef-1234-567890abcdef")
		}
		return "12345678-90ab-cdef-1234-567890abcdef"
	case kind.ManagedPolicy:
		return "v1"
	case kind.VPC:
		return "10.0.0.0/16"
	case kind.SecurityGroup:
		return "sg-0123456789abcdef0"
	case kind.EndpointService:
		return "com.amazonaws." + t.Region + ".sagemaker.api"
	}
	return f.problem("it refers to %s of a %s: say here what that looks like", ref.Output, r.Spec.Kind())
}

func gives(r plan.Resource, output string) bool {
	for _, s := range r.Spec.Steps() {
		if slices.ContainsFunc(s.Take, func(o plan.Output) bool { return o.Name == output }) {
			return true
		}
	}
	return false
}

// value replaces what the step's Read would answer, at any depth.
func (f *filler) value(v any) any {
	switch v := v.(type) {
	case plan.Current:
		return f.current(v.Query)
	case plan.RoleList:
		if strings.HasSuffix(v.Query, ".VpcEndpointId") {
			return []string{f.current(v.Query)}
		}
		return append([]string{f.plan.Target.RoleARN("/", "attached-before")}, v.Add...)
	case plan.Before:
		return asItWas{v.Query, v.Text}
	case plan.Merged:
		return v.Document
	case plan.Object:
		out := make(plan.Object, len(v))
		for i, m := range v {
			out[i] = plan.Member{Name: m.Name, Value: f.value(m.Value)}
		}
		return out
	case []plan.Object:
		out := make([]plan.Object, len(v))
		for i, o := range v {
			out[i] = f.value(o).(plan.Object)
		}
		return out
	}
	return v
}

func (f *filler) current(query string) string {
	query, _, _ = strings.Cut(query, " | [0]")
	switch query[strings.LastIndex(query, ".")+1:] {
	case "VpcEndpointId":
		return "vpce-0123456789abcdef0"
	case "VersionId":
		return "v2"
	case "GroupId":
		return "sg-0123456789abcdef0"
	case "defaultIamRoleArn":
		return f.plan.Target.RoleARN("/", "default-before")
	}
	return f.problem("it sends back what %s answers: say here what that looks like", query)
}
