// Package authorize decides as IAM decides whether the policies of an identity allow a request.
//
// It is pure and knows one thing: IAM's evaluation of identity policies. It must not know which
// actions a call needs, nor how trust policies, bucket policies and permissions boundaries enter
// into a decision: a Principal element is not looked at. Every rule names the page of the IAM User
// Guide that it comes from.
package authorize

import (
	"slices"
	"strings"

	"onramp/internal/policy"
)

// Request is what somebody wants to do, as IAM sees it.
type Request struct {
	Action   string              // "iam:PassRole"
	Resource string              // an ARN, or "*" for an action that has no resource
	Context  map[string][]string // condition keys, in any case, with their values; a key with none is absent
}

// Decision is what policies say to a request.
type Decision int

// The decisions. The zero value is the default: what nobody allows is denied.
const (
	ImplicitDeny Decision = iota
	Allow
	ExplicitDeny
)

// String is the decision as SimulatePrincipalPolicy spells it.
func (d Decision) String() string {
	return [...]string{"implicitDeny", "allowed", "explicitDeny"}[d]
}

// Allowed reports whether one policy allows a request.
func Allowed(d policy.Document, r Request) bool { return Decide(r, d) == Allow }

// Decide says what all policies of an identity together make of a request: a Deny that applies
// wins, then an Allow ("Policy evaluation for requests within a single account").
func Decide(r Request, documents ...policy.Document) Decision {
	e := newEvaluation(r)
	decision := ImplicitDeny
	for _, d := range documents {
		e.variables = d.Version == policy.Version
		for _, s := range d.Statements {
			switch {
			case !e.applies(s):
			case s.Effect == policy.Deny:
				return ExplicitDeny
			case s.Effect == policy.Allow:
				decision = Allow
			}
		}
	}
	return decision
}

// evaluation is one request while documents are held against it.
type evaluation struct {
	action    string // in lower case
	resource  string
	context   map[string][]string // keys in lower case
	variables bool                // the document's version knows policy variables
}

// newEvaluation folds what IAM compares without regard to case: actions, and the names of condition
// keys ("IAM JSON policy elements: Action", "IAM JSON policy elements: Condition").
func newEvaluation(r Request) *evaluation {
	e := &evaluation{action: strings.ToLower(r.Action), resource: r.Resource, context: map[string][]string{}}
	for key, values := range r.Context {
		if len(values) > 0 {
			e.context[strings.ToLower(key)] = values
		}
	}
	return e
}

// applies reports whether a statement is about the request. What an element does not name cannot
// be the request's, so a statement without Action or without Resource never applies.
func (e *evaluation) applies(s policy.Statement) bool {
	return elementApplies(s.Actions, s.NotActions, e.isAction) &&
		elementApplies(s.Resources, s.NotResources, e.isResource) &&
		!slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return !e.holds(c) })
}

func elementApplies(named, except []string, is func(string) bool) bool {
	if except != nil {
		return !slices.ContainsFunc(except, is)
	}
	return slices.ContainsFunc(named, is)
}

func (e *evaluation) isAction(value string) bool {
	return symbols(strings.ToLower(value), true).matches(e.action)
}

// isResource: a value whose variable has no value matches no resource ("IAM policy elements:
// Variables and tags", Policy variables with no value).
func (e *evaluation) isResource(value string) bool {
	p, ok := e.pattern(value, resourceARN)
	return ok && p.matches(e.resource)
}
