package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/query"
)

// state is what a look at the account says of a step.
type state int

const (
	same state = iota
	absent
	differs
)

// sight is what was seen.
type sight struct {
	state  state
	answer any    // of the step's Read; nil where it was not made or found nothing
	have   string // what is there instead
}

// short is what is there, cut to fit a message.
func (s sight) short() string { return shorten(s.have) }

func shorten(s string) string {
	const most = 160
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// want is what a step would make of it, cut to fit a message.
func want(st plan.Step) string {
	if st.Check.Document != nil {
		return shorten(string(st.Check.Document.Policy.Compact()))
	}
	return st.Check.Want
}

// look makes a step's Read and compares. st is filled in.
func (r *run) look(ctx context.Context, st plan.Step) (sight, error) {
	if st.Read.Zero() { // nothing tells whether it was done: it is always done
		return sight{state: absent}, nil
	}
	answer, err := r.caller.Call(ctx, st.Read)
	if code := codeOf(err); err != nil && slices.Contains(st.Absent, code) {
		return sight{state: absent}, nil
	}
	if err != nil {
		return sight{}, err
	}
	s, err := compare(st.Check, answer)
	s.answer = answer
	return s, err
}

// compare holds an answer against a check.
func compare(c plan.Check, answer any) (sight, error) {
	if c.Query == "" {
		return sight{state: same}, nil
	}
	if c.Document != nil {
		return compareDocument(c, answer)
	}
	have, err := query.Text(answer, c.Query)
	switch {
	case err != nil:
		return sight{}, err
	case have == "":
		return sight{state: absent}, nil
	case c.Want == "" || have == c.Want:
		return sight{state: same, have: have}, nil
	}
	return sight{state: differs, have: have}, nil
}

func compareDocument(c plan.Check, answer any) (sight, error) {
	v, err := query.Value(answer, c.Query)
	if err != nil || v == nil {
		return sight{state: absent}, err
	}
	text, isText := v.(string)
	if !isText {
		data, err := json.Marshal(v)
		if err != nil {
			return sight{}, fmt.Errorf("encode policy: %w", err)
		}
		text = string(data)
	}
	have, err := policy.Parse([]byte(text))
	if err != nil { // it cannot be ours
		return sight{state: differs, have: text}, nil
	}
	if policy.Equal(have, c.Document.Policy) || c.Contains && policy.Contains(have, c.Document.Policy) {
		return sight{state: same, have: text}, nil
	}
	return sight{state: differs, have: text}, nil
}

// fill puts the known outputs into a text. An output that is not known stays a reference.
func (r *run) fill(s string) string {
	return plan.Fill(s, func(ref plan.Ref) string {
		if v, ok := r.outputs[ref]; ok {
			return v
		}
		return ref.String()
	})
}

func (r *run) call(c plan.Call) plan.Call { return c.Map(r.fill) }

// filled is a step with the known outputs in its read and its check.
func (r *run) filled(st plan.Step) plan.Step {
	st.Read = r.call(st.Read)
	st.Check.Query, st.Check.Want = r.fill(st.Check.Query), r.fill(st.Check.Want)
	if st.Check.Document != nil {
		d := *st.Check.Document
		d.Policy = d.Policy.Map(r.fill)
		st.Check.Document = &d
	}
	return st
}

// current puts into a call what it sends back of what was there.
func current(c plan.Call, answer any) (plan.Call, error) {
	out := make(plan.Object, 0, len(c.Input))
	for _, m := range c.Input {
		switch v := m.Value.(type) {
		case plan.Current:
			text, err := query.Text(answer, v.Query)
			if err != nil {
				return c, err
			}
			if text == "" {
				continue
			}
			m.Value = text
		case plan.RoleList:
			roles, err := roleList(v, answer)
			if err != nil {
				return c, err
			}
			m.Value = roles
		}
		out = append(out, m)
	}
	c.Input = out
	return c, nil
}

func roleList(l plan.RoleList, answer any) ([]string, error) {
	items, err := query.Texts(answer, l.Query)
	if err != nil {
		return nil, err
	}
	var roles []string
	for _, item := range items {
		roles = append(roles, plan.RoleARN(item))
	}
	for _, add := range l.Add {
		if !slices.Contains(roles, add) {
			roles = append(roles, add)
		}
	}
	return roles, nil
}

// unknown says that a step's read refers to something that is not there yet.
func unknown(st plan.Step) bool {
	found := false
	visit := func(s string) string {
		found = found || len(plan.Refs(s)) > 0
		return s
	}
	st.Read.Map(visit)
	visit(st.Check.Query)
	return found
}

// unknownWant says that only the value that a check wants is not known yet.
func unknownWant(st plan.Step) bool {
	return strings.ContainsFunc(st.Check.Want, isRef) || st.Check.Document != nil && strings.ContainsFunc(string(st.Check.Document.Policy.Compact()), isRef)
}

func isRef(r rune) bool { return r == '\uFDD0' }
