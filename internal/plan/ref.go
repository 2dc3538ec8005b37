package plan

import (
	"slices"
	"strings"
)

// Ref names a value that only AWS can give: an output of a resource, such as the ARN of
// a key that does not exist yet.
type Ref struct {
	Resource string // id of the resource in its plan
	Output   string // name of the output, such as "arn"
}

// A reference travels inside ordinary strings, so that it may stand in the middle of a
// policy's resource or of an SQL text. It is marked by two code points that Unicode keeps
// for a program's own use and that no answer may hold (awsname.Printable refuses them),
// so no operator's text is ever taken for a reference.
const (
	refOpen  = '\uFDD0'
	refClose = '\uFDD1'
)

// Unknown is what people read where a value will be known only after apply.
const Unknown = "<known after apply>"

// String is the reference as it stands inside a text.
func (r Ref) String() string {
	return string(refOpen) + r.Resource + "." + r.Output + string(refClose)
}

// Part is a piece of a text: literal, or a reference where Ref is not zero.
type Part struct {
	Text string
	Ref  Ref
}

// IsRef tells a reference from literal text.
func (p Part) IsRef() bool { return p.Ref != Ref{} }

// Parts cuts a text at its references. The empty text has no parts.
func Parts(s string) []Part {
	var parts []Part
	for s != "" {
		before, rest, found := strings.Cut(s, string(refOpen))
		if before != "" {
			parts = append(parts, Part{Text: before})
		}
		if !found {
			break
		}
		name, after, closed := strings.Cut(rest, string(refClose))
		if !closed { // not ours: keep it as it is
			parts = append(parts, Part{Text: string(refOpen) + rest})
			break
		}
		resource, output, _ := strings.Cut(name, ".")
		parts = append(parts, Part{Ref: Ref{Resource: resource, Output: output}})
		s = after
	}
	return parts
}

// Fill replaces each reference in s by what value gives for it.
func Fill(s string, value func(Ref) string) string {
	if !strings.ContainsRune(s, refOpen) {
		return s
	}
	var b strings.Builder
	for _, p := range Parts(s) {
		if p.IsRef() {
			b.WriteString(value(p.Ref))
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// Shown is s as people read it before anything exists.
func Shown(s string) string { return Fill(s, func(Ref) string { return Unknown }) }

// Refs lists the references in s in the order in which they stand there.
func Refs(s string) []Ref {
	var refs []Ref
	if !strings.ContainsRune(s, refOpen) {
		return nil
	}
	for _, p := range Parts(s) {
		if p.IsRef() {
			refs = append(refs, p.Ref)
		}
	}
	return refs
}

// Filled is what is left to do of a plan, and what has to be entered elsewhere, with the outputs of a run in it. What is
// not known stays a reference.
func (p Plan) Filled(outputs map[Ref]string) Plan {
	fill := func(s string) string {
		return Fill(s, func(ref Ref) string {
			if v := outputs[ref]; v != "" {
				return v
			}
			return ref.String()
		})
	}
	p.FollowUps = slices.Clone(p.FollowUps)
	for i, f := range p.FollowUps {
		p.FollowUps[i].Title, p.FollowUps[i].When, p.FollowUps[i].SQL = fill(f.Title), fill(f.When), fill(f.SQL)
	}
	p.HandOver = slices.Clone(p.HandOver)
	for i, v := range p.HandOver {
		p.HandOver[i].Value = fill(v.Value)
	}
	return p
}
