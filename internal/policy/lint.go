package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Finding is something in a document that the service takes and a careful
// reviewer would not. Text and Remedy are one plain sentence each, in lower
// case, without a full stop.
type Finding struct {
	Rule   string // a short name that stays, such as pass-role-without-service
	Sid    string // the Sid of the statement, or "statement 2" if it has none
	Text   string // what is wrong
	Remedy string // what to do about it
}

// Lint judges a policy of kind k, statement by statement, in the order of the
// document. It expects a document that Validate finds nothing in. Only Allow
// statements are judged: a Deny can be too broad, but it gives nothing away.
//
// Findings are opinions. A policy that a guide prints may deserve several and
// still be the one to create.
func Lint(d Document, k Kind) []Finding {
	var findings []Finding
	for i, s := range d.Statements {
		if s.Effect != Allow {
			continue
		}
		for _, r := range rules {
			if !slices.Contains(r.kinds, k) {
				continue
			}
			if text := r.judge(s); text != "" {
				findings = append(findings, Finding{r.name, sidOrPlace(i, s), text, r.remedy})
			}
		}
	}
	return findings
}

func sidOrPlace(i int, s Statement) string {
	if s.Sid != "" {
		return s.Sid
	}
	return fmt.Sprintf("statement %d", i+1)
}

// allows reports whether an Allow statement covers an action.
func allows(s Statement, action string) bool {
	covers := func(pattern string) bool { return matches(pattern, action) }
	if s.NotActions != nil {
		return !slices.ContainsFunc(s.NotActions, covers)
	}
	return slices.ContainsFunc(s.Actions, covers)
}

// matches reports whether text matches a pattern with * and ?, in any case.
func matches(pattern, text string) bool {
	return fits(pattern, text, func(a, b byte) bool { return lower(a) == lower(b) })
}

// fits reports whether text matches a pattern with * and ?; same compares two characters.
func fits(pattern, text string, same func(a, b byte) bool) bool {
	star, resume := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, resume = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || same(pattern[p], text[t])):
			p, t = p+1, t+1
		case star >= 0: // let the last * take one character more
			resume++
			p, t = star+1, resume
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c - 'A' + 'a'
	}
	return c
}

// limits reports whether a condition of s holds one of the keys to certain
// values. Negations, Null, and a value "*" leave the key open; so does
// ForAllValues, which holds when the key is missing.
func limits(s Statement, keys ...string) bool {
	return slices.ContainsFunc(s.Conditions, func(c Condition) bool {
		operator := strings.ToLower(c.Operator)
		open := strings.Contains(operator, "not") || strings.Contains(operator, "null") ||
			strings.HasPrefix(operator, "forallvalues:") || slices.Contains(c.Values, "*")
		return !open && slices.ContainsFunc(keys, func(key string) bool { return matches(key, c.Key) })
	})
}

// actionName is what follows the service in an action. The action "*" is every
// name of every service.
func actionName(action string) string {
	if _, name, found := strings.Cut(action, ":"); found {
		return name
	}
	return action
}

// readVerbs begin the names of actions that change nothing.
var readVerbs = []string{
	"BatchCheck", "BatchDescribe", "BatchGet", "Check", "Describe", "Get", "Head", "List", "Simulate", "Validate",
}

// reads reports whether an action pattern covers nothing but reading:
// ec2:Describe* does, s3:* does not.
func reads(action string) bool {
	name := actionName(action)
	return slices.ContainsFunc(readVerbs, func(verb string) bool {
		return len(name) >= len(verb) && strings.EqualFold(name[:len(verb)], verb)
	})
}

// some lists the first values and counts the others.
func some(values []string) string {
	const most = 3
	if len(values) <= most {
		return strings.Join(values, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(values[:most], ", "), len(values)-most)
}

// filter returns the values that keep is true for.
func filter(values []string, keep func(string) bool) []string {
	var kept []string
	for _, v := range values {
		if keep(v) {
			kept = append(kept, v)
		}
	}
	return kept
}
