package authorize

import (
	"iter"
	"strings"
)

// This file matches values of a policy with values of a request: wildcards, ARNs and variables.

// pattern is a value of a policy, ready to be matched.
type pattern []symbol

// symbol stands for a part of the text.
type symbol struct {
	kind symbolKind
	r    rune // literal
}

type symbolKind int

const (
	literal    symbolKind = iota
	one                   // ?: one character
	many                  // *: any characters
	oneInPart             // one character that is not a colon
	manyInPart            // any characters but colons
)

// form is how wildcards in a value are read.
type form int

const (
	exact       form = iota // there are none
	like                    // StringLike: anywhere, for anything
	resourceARN             // in a Resource element
	arnLike                 // ArnLike and its kin
)

// symbols is a text in which * and ? are wildcards for anything, or are not.
func symbols(text string, wild bool) pattern {
	var p pattern
	for _, r := range text {
		switch {
		case r == '*' && wild:
			p = append(p, symbol{kind: many})
		case r == '?' && wild:
			p = append(p, symbol{kind: one})
		default:
			p = append(p, symbol{r: r})
		}
	}
	return p
}

// pattern reads a value of the policy: first its variables, then its wildcards. It is false where a
// variable has no value.
func (e *evaluation) pattern(value string, f form) (pattern, bool) {
	var p pattern
	for part := range e.parts(value) {
		if part.missing {
			return nil, false
		}
		p = append(p, symbols(part.text, f != exact && !part.variable)...)
	}
	switch f {
	case resourceARN:
		p.bindResource()
	case arnLike:
		p = p.bindARN()
	}
	return p, true
}

// arnParts is the number of parts of an ARN; the last may hold colons of its own.
const arnParts = 6

// bindResource keeps wildcards inside their part of an ARN, except that a * which ends its part
// "can expand to match beyond the colon boundaries" ("IAM JSON policy elements: Resource").
func (p pattern) bindResource() {
	part := 1
	for i, s := range p {
		ends := i == len(p)-1 || p[i+1] == symbol{r: ':'}
		switch {
		case s == symbol{r: ':'}:
			part++
		case part >= arnParts:
		case s.kind == many && !ends:
			p[i].kind = manyInPart
		case s.kind == one:
			p[i].kind = oneInPart
		}
	}
}

// bindARN keeps wildcards inside their part: "each of the six colon-delimited components of the ARN
// is checked separately" ("IAM JSON policy elements: Condition operators"). What a short pattern
// leaves out may be anything.
func (p pattern) bindARN() pattern {
	part := 1
	for i, s := range p {
		switch {
		case s == symbol{r: ':'}:
			part++
		case part >= arnParts:
		case s.kind == many:
			p[i].kind = manyInPart
		case s.kind == one:
			p[i].kind = oneInPart
		}
	}
	for ; part < arnParts; part++ {
		p = append(p, symbol{r: ':'}, symbol{kind: many})
	}
	return p
}

// matches reports whether the pattern stands for all of a text. It walks every way through the
// pattern at once, so that no pattern takes long.
func (p pattern) matches(text string) bool {
	at := make([]bool, len(p)+1) // at[i]: what comes before i stands for the text so far
	at[0] = true
	p.skip(at)
	for _, r := range text {
		next := make([]bool, len(p)+1)
		for i, s := range p {
			if !at[i] || !s.takes(r) {
				continue
			}
			if s.repeats() {
				next[i] = true
			} else {
				next[i+1] = true
			}
		}
		p.skip(next)
		at = next
	}
	return at[len(p)]
}

// skip lets every * stand for nothing.
func (p pattern) skip(at []bool) {
	for i, s := range p {
		if at[i] && s.repeats() {
			at[i+1] = true
		}
	}
}

func (s symbol) repeats() bool { return s.kind == many || s.kind == manyInPart }

func (s symbol) takes(r rune) bool {
	switch s.kind {
	case literal:
		return s.r == r
	case oneInPart, manyInPart:
		return r != ':'
	}
	return true
}

// part is a piece of a value: plain text, or what a variable stands for.
type part struct {
	text     string
	variable bool
	missing  bool // the variable has no value
}

// parts takes a value apart at its variables. Before version 2012-10-17 there are none: "variables
// like ${aws:username} are treated as literal strings" ("IAM policy elements: Variables and tags").
func (e *evaluation) parts(value string) iter.Seq[part] {
	return func(yield func(part) bool) {
		for e.variables {
			before, rest, opened := strings.Cut(value, "${")
			name, after, closed := strings.Cut(rest, "}")
			if !opened || !closed {
				break
			}
			if !yield(part{text: before}) || !yield(e.variable(name)) {
				return
			}
			value = after
		}
		yield(part{text: value})
	}
}

// variable looks up what stands in ${}: one of the three characters that have a meaning in a
// policy, or a condition key with one value, with a default after a comma: ${aws:username, 'none'}.
func (e *evaluation) variable(name string) part {
	if name == "*" || name == "?" || name == "$" {
		return part{text: name, variable: true}
	}
	key, fallback, hasDefault := strings.Cut(name, ",")
	if values := e.context[strings.ToLower(strings.TrimSpace(key))]; len(values) == 1 {
		return part{text: values[0], variable: true}
	}
	fallback = strings.TrimSpace(fallback)
	quoted := len(fallback) >= 2 && strings.HasPrefix(fallback, "'") && strings.HasSuffix(fallback, "'")
	if !hasDefault || !quoted {
		return part{missing: true}
	}
	return part{text: fallback[1 : len(fallback)-1], variable: true}
}
