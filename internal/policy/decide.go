package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Answer says whether statements apply to a request. Perhaps: a condition or a principal decides, and its value is
// not known here.
type Answer int

// The answers, in this order: of several parts that must all hold, the least counts.
const (
	No Answer = iota
	Perhaps
	Yes
)

// Request is a request as a policy of a resource sees it.
type Request struct {
	Principal string // ARN of a role; "" : not known, and a statement that names principals applies perhaps
	Account   string // of the principal
	Action    string
	Resource  string // an ARN; "*" at its end stands for every name there
	// Context has the condition keys that are known, in lower case. A key without values is known to be absent.
	Context map[string][]string
}

// Allows reports whether an Allow statement of the document applies to a request. A Deny is not looked at.
func (d Document) Allows(r Request) Answer { return d.found(Allow, r) }

// Denies reports whether a Deny statement of the document applies to a request.
func (d Document) Denies(r Request) Answer { return d.found(Deny, r) }

func (d Document) found(effect string, r Request) Answer {
	best := No
	for _, s := range d.Statements {
		if s.Effect == effect {
			best = max(best, s.Applies(r))
		}
	}
	return best
}

// Applies reports whether the statement is about a request, whatever its effect. A statement that covers only some of
// the names that Resource stands for applies perhaps.
func (s Statement) Applies(r Request) Answer {
	answer := min(s.principal(r), anyOf(s.Actions, s.NotActions, strings.ToLower(r.Action), strings.ToLower))
	answer = min(answer, anyOf(s.Resources, s.NotResources, r.Resource, func(p string) string { return p }))
	for _, c := range s.Conditions {
		answer = min(answer, c.holds(r.Context))
	}
	return answer
}

func (s Statement) principal(r Request) Answer {
	p := s.Principal
	switch {
	case p.absent() || p.Any || slices.Contains(p.AWS, "*"):
		return Yes
	case r.Principal == "":
		return Perhaps
	}
	named := func(a string) bool { return a == r.Principal || plainAccount(a) == r.Account }
	if slices.ContainsFunc(p.AWS, named) {
		return Yes
	}
	return No
}

// anyOf holds a value against a list of patterns, or against the list of those that are left out.
func anyOf(patterns, not []string, value string, form func(string) string) Answer {
	if not != nil {
		return Yes - anyOf(not, nil, value, form)
	}
	if patterns == nil {
		return Yes // the element is absent: key policies and trust policies need none
	}
	best := No
	for _, p := range patterns {
		best = max(best, covers(form(p), value))
	}
	return best
}

// covers says whether a pattern stands for all names that a value with a star at its end stands for, or for some.
func covers(pattern, value string) Answer {
	switch {
	case like(pattern, value):
		return Yes
	case strings.HasSuffix(value, "*") && overlap(pattern, value):
		return Perhaps
	case strings.Contains(pattern, "${"):
		return Perhaps
	}
	return No
}

// like takes * and ? of the pattern as wildcards, and the text as it is.
func like(pattern, text string) bool {
	return fits(pattern, text, func(a, b byte) bool { return a == b })
}

// overlap says that some text fits both patterns: one with wildcards, and one with a star at its end.
func overlap(pattern, prefix string) bool {
	prefix = strings.TrimSuffix(prefix, "*")
	for prefix != "" {
		switch {
		case pattern == "":
			return false
		case pattern[0] == '*':
			return true
		case pattern[0] != '?' && pattern[0] != prefix[0]:
			return false
		}
		pattern, prefix = pattern[1:], prefix[1:]
	}
	return true
}

// holds evaluates a condition as far as its key is known (IAM User Guide, IAM JSON policy elements: Condition
// operators). Operators of numbers, dates and addresses, and those of sets, are not evaluated.
func (c Condition) holds(context map[string][]string) Answer {
	have, known := context[strings.ToLower(c.Key)]
	if !known || slices.ContainsFunc(c.Values, func(v string) bool { return strings.Contains(v, "${") }) {
		return Perhaps
	}
	operator, ifExists := strings.CutSuffix(strings.ToLower(c.Operator), "ifexists")
	if operator == "null" {
		return answer(slices.Contains(c.Values, map[bool]string{true: "true", false: "false"}[len(have) == 0]))
	}
	equal, negated := comparison(strings.Replace(operator, "not", "", 1)), strings.Contains(operator, "not")
	switch {
	case equal == nil:
		return Perhaps
	case len(have) == 0:
		return answer(ifExists || negated)
	}
	found := slices.ContainsFunc(have, func(h string) bool {
		return slices.ContainsFunc(c.Values, func(v string) bool { return equal(v, h) })
	})
	return answer(found != negated)
}

func answer(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

// comparison is how an operator compares; nil: it is not known here.
func comparison(operator string) func(value, have string) bool {
	switch operator {
	case "stringequals":
		return func(v, h string) bool { return v == h }
	case "stringequalsignorecase", "bool":
		return strings.EqualFold
	case "stringlike", "arnequals", "arnlike":
		return like
	}
	return nil
}

// LosesAccess lists the principals that an Allow statement of have names and that no Allow statement of want does:
// who may no longer do what the policy is about once want takes its place.
func LosesAccess(have, want Document) []string {
	kept := map[string]bool{}
	for _, p := range principals(want) {
		kept[p] = true
	}
	var out []string
	for _, p := range principals(have) {
		if !kept[p] && !kept["*"] && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func principals(d Document) []string {
	var out []string
	for _, s := range d.Statements {
		if s.Effect != Allow {
			continue
		}
		if s.Principal.Any {
			out = append(out, "*")
		}
		for _, a := range s.Principal.AWS {
			out = append(out, plainAccount(a))
		}
		out = append(append(out, s.Principal.Services...), s.Principal.Federated...)
	}
	return out
}

// ParseStored reads a policy that somebody else has written. It may have an Id, which says nothing.
func ParseStored(text string) (Document, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		return Document{}, fmt.Errorf("parse policy: %w", err)
	}
	delete(members, "Id")
	data, err := json.Marshal(members)
	if err != nil {
		return Document{}, fmt.Errorf("parse policy: %w", err)
	}
	return Parse(data)
}

// LosesActions lists what an Allow statement of have allows and none of want does, as "ACTION on RESOURCE". Conditions
// are not looked at.
func LosesActions(have, want Document) []string {
	bare := Document{Version: want.Version}
	for _, s := range want.Statements {
		s.Conditions = nil
		bare.Statements = append(bare.Statements, s)
	}
	var out []string
	for _, s := range have.Statements {
		for _, a := range s.Actions {
			for _, r := range s.Resources {
				text := a + " on " + r
				if s.Effect == Allow && bare.Allows(Request{Action: a, Resource: r}) != Yes && !slices.Contains(out, text) {
					out = append(out, text)
				}
			}
		}
	}
	return out
}
