// Package policy holds AWS policy documents as values: the policies of roles
// and users, trust policies, and the policies of buckets, keys and endpoints.
// It writes them as canonical JSON, reads them strictly, measures them,
// compares them by meaning, checks them against the grammar of the service
// (Validate) and judges them (Lint).
//
// The package is pure. It must not know guides, plans, accounts or any SDK: it
// imports the standard library and nothing else.
package policy

import (
	"slices"
	"strings"
)

// Version is the current version of the policy language, and the one every new
// document states. Source: "IAM JSON policy elements: Version".
const Version = "2012-10-17"

// oldVersion is what a document without a Version element means. Policy
// variables such as ${aws:username} are plain text under it.
const oldVersion = "2008-10-17"

// The two effects of a statement, in the only spelling IAM takes.
const (
	Allow = "Allow"
	Deny  = "Deny"
)

// Document is one policy document. String values may hold markers (see
// hasMarker) where AWS is the one to make the value; they pass through every
// function of the package unchanged.
//
// Everywhere a nil list is an element that is absent, and an empty list one
// that is there and names nothing: AWS stores such documents, so reading one
// and writing it back must not turn the one into the other.
type Document struct {
	Version    string // always written; use the constant Version
	Statements []Statement
}

// Statement is one statement of a document. Source: "Grammar of the IAM JSON
// policy language".
type Statement struct {
	Sid          string // "" is no Sid element
	Effect       string // Allow or Deny
	Principal    Principal
	Actions      []string
	NotActions   []string
	Resources    []string
	NotResources []string
	Conditions   []Condition
}

// Principal is whom a statement is about. The zero value is no Principal
// element. Any is "*", everyone, and stands alone.
type Principal struct {
	Any       bool
	Services  []string
	AWS       []string // account numbers, ARNs or "*"
	Federated []string
}

// Condition is one condition of a statement; all conditions must hold, and each
// holds when one of its values matches. Two conditions with the same operator
// and key cannot be said in JSON: Validate refuses them.
type Condition struct {
	Operator, Key string
	Values        []string
}

// Actions returns the action patterns that d allows, sorted, each once and in
// the spelling that comes first in the document. Deny statements take nothing
// away, and what an Allow with NotAction lets through cannot be listed.
func Actions(d Document) []string {
	seen := map[string]bool{}
	var actions []string
	for _, s := range d.Statements {
		if s.Effect != Allow {
			continue
		}
		for _, a := range s.Actions {
			if folded := strings.ToLower(a); !seen[folded] {
				seen[folded] = true
				actions = append(actions, a)
			}
		}
	}
	slices.Sort(actions)
	return actions
}

// absent reports whether a statement has no Principal element.
func (p Principal) absent() bool {
	return !p.Any && p.Services == nil && p.AWS == nil && p.Federated == nil
}

// A marker is a value that only AWS can give and that is known only once the
// resource exists. It stands in a string between these two noncharacters, which
// no AWS value can hold.
const (
	markerOpen  = '\uFDD0'
	markerClose = '\uFDD1'
)

// hasMarker reports whether s holds a whole marker.
func hasMarker(s string) bool {
	_, rest, open := strings.Cut(s, string(markerOpen))
	return open && strings.ContainsRune(rest, markerClose)
}

// withoutMarkers is s with each whole marker taken out: the part of s that AWS
// will see as it is written here.
func withoutMarkers(s string) string {
	if !hasMarker(s) {
		return s
	}
	var kept strings.Builder
	for hasMarker(s) {
		before, rest, _ := strings.Cut(s, string(markerOpen))
		_, after, _ := strings.Cut(rest, string(markerClose))
		kept.WriteString(before)
		s = after
	}
	kept.WriteString(s)
	return kept.String()
}
