package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// JSON returns d as canonical JSON, indented with two spaces, without a newline
// at the end. Elements come in the order Version, Statement, and within a
// statement Sid, Effect, Principal, Action, NotAction, Resource, NotResource,
// Condition; lists keep their order, and a list of one is written as a string.
// <, > and & are written as they are, and so are markers. Bytes that are not
// UTF-8 become U+FFFD.
func (d Document) JSON() []byte {
	var indented bytes.Buffer
	// Cannot fail: Compact writes valid JSON.
	_ = json.Indent(&indented, d.Compact(), "", "  ")
	return indented.Bytes()
}

// Compact returns what JSON returns, minified.
func (d Document) Compact() []byte {
	var w writer
	w.document(d)
	return w.buf
}

// MarshalJSON implements json.Marshaler. encoding/json may escape <, > and & in
// what it embeds; JSON and Compact never do.
func (d Document) MarshalJSON() ([]byte, error) { return d.Compact(), nil }

// writer writes minified JSON. It is written by hand, because a plan is built
// anew at every key press and encoding/json can neither order a map nor write
// one element as a string or a list.
type writer struct {
	buf   []byte
	comma bool // a value was written that a next one must be kept apart from
}

func (w *writer) document(d Document) {
	w.open('{')
	w.key("Version")
	w.text(d.Version)
	w.key("Statement")
	w.open('[')
	for _, s := range d.Statements {
		w.statement(s)
	}
	w.close(']')
	w.close('}')
}

func (w *writer) statement(s Statement) {
	w.open('{')
	if s.Sid != "" {
		w.key("Sid")
		w.text(s.Sid)
	}
	w.key("Effect")
	w.text(s.Effect)
	w.principal(s.Principal)
	w.list("Action", s.Actions)
	w.list("NotAction", s.NotActions)
	w.list("Resource", s.Resources)
	w.list("NotResource", s.NotResources)
	w.conditions(s.Conditions)
	w.close('}')
}

func (w *writer) principal(p Principal) {
	if p.absent() {
		return
	}
	w.key("Principal")
	if p.Any {
		w.text("*")
		return
	}
	w.open('{')
	w.list("Service", p.Services)
	w.list("AWS", p.AWS)
	w.list("Federated", p.Federated)
	w.close('}')
}

// conditions writes the conditions grouped by operator, operators in the order
// of their first appearance.
func (w *writer) conditions(conditions []Condition) {
	if conditions == nil {
		return
	}
	w.key("Condition")
	w.open('{')
	written := map[string]bool{}
	for i, c := range conditions {
		if written[c.Operator] {
			continue
		}
		written[c.Operator] = true
		w.key(c.Operator)
		w.open('{')
		for _, same := range conditions[i:] {
			if same.Operator == c.Operator {
				w.key(same.Key)
				w.values(same.Values)
			}
		}
		w.close('}')
	}
	w.close('}')
}

// list writes an element, unless it is absent.
func (w *writer) list(name string, values []string) {
	if values != nil {
		w.key(name)
		w.values(values)
	}
}

func (w *writer) values(values []string) {
	if len(values) == 1 {
		w.text(values[0])
		return
	}
	w.open('[')
	for _, v := range values {
		w.text(v)
	}
	w.close(']')
}

func (w *writer) open(bracket byte) {
	w.separate()
	w.buf = append(w.buf, bracket)
	w.comma = false
}

func (w *writer) close(bracket byte) {
	w.buf = append(w.buf, bracket)
	w.comma = true
}

func (w *writer) key(name string) {
	w.text(name)
	w.buf = append(w.buf, ':')
	w.comma = false
}

func (w *writer) text(s string) {
	w.separate()
	w.buf = appendQuoted(w.buf, s)
	w.comma = true
}

func (w *writer) separate() {
	if w.comma {
		w.buf = append(w.buf, ',')
	}
}

// appendQuoted appends s as a JSON string and escapes only what JSON demands.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r < ' ':
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
