// Package answers holds what an operator answered: values under dotted keys, each with where
// it came from. It loads and saves the answers file and checks its form.
//
// It knows the fields that it is told of and nothing else: not what they mean to AWS, not which
// guide they belong to, no terminal.
package answers

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Source says where an answer came from. A later one wins over an earlier one.
type Source int

// The sources of an answer.
const (
	Unset   Source = iota // there is no answer
	Default               // nobody said anything, the guide proposes it
	Found                 // read from the account
	File                  // the answers file
	Flag                  // --set, --region
	Typed                 // the wizard
)

// String is the source as the review page and the plan show it.
func (s Source) String() string {
	return [...]string{"unset", "default", "found", "file", "flag", "typed"}[s]
}

// Kind is the form of an answer.
type Kind int

// The kinds of answers and the Go type that each is kept as.
const (
	Text    Kind = iota // string
	Choice              // string, one of a few
	YesNo               // bool
	Number              // int
	List                // []string
	Records             // int, how many there are; the records' answers stand under KEY.0.NAME, KEY.1.NAME
)

// String is the kind as error texts and the questions' JSON name it.
func (k Kind) String() string {
	return [...]string{"text", "choice", "yes-no", "number", "list", "records"}[k]
}

// Field is what there may be an answer to.
type Field struct {
	Key     string // dotted: "warehouse.cluster"; inside Item without the record's own key
	Kind    Kind
	Choices []string // Choice only
	Item    []Field  // Records only
}

// Value is an answer. Data has the type that its Kind names.
type Value struct {
	Data   any
	Source Source
	Line   int // in the answers file; 0: not from there
}

// Set is a set of answers. It is a value: With and Without return a new one.
type Set struct{ values map[string]Value }

// Problem is one thing that is wrong with the answers. The plan cannot be carried out while
// there is any.
type Problem struct {
	Key   string `json:"key"`             // "" : the answers as a whole
	Value string `json:"value,omitempty"` // what was given, shortened
	Line  int    `json:"line,omitempty"`  // in the answers file
	File  string `json:"file,omitempty"`  // the answers file, where the line is known
	// Unreadable says that the file is no answers file for this guide: none of its answers was read.
	Unreadable bool   `json:"-"`
	Text       string `json:"text"`   // what is wrong, as a clause: "a bucket name is 3 to 63 characters long"
	Remedy     string `json:"remedy"` // what to do
}

// Error is the problem in one line.
func (p Problem) Error() string {
	var b strings.Builder
	switch {
	case p.Line > 0 && p.File != "":
		fmt.Fprintf(&b, "%s:%d: ", p.File, p.Line)
	case p.Line > 0:
		fmt.Fprintf(&b, "line %d: ", p.Line)
	}
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Text)
	return b.String()
}

// Problems is a list of problems as an error.
type Problems []Problem

// Error lists all problems, one per line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// New makes a set of many answers at once. The map is the set's from then on.
func New(values map[string]Value) Set { return Set{values: values} }

// With returns the set with one more answer. Answering a field of record 3 makes four records.
func (s Set) With(key string, v Value) Set {
	out := Set{values: maps.Clone(s.values)}
	if out.values == nil {
		out.values = map[string]Value{}
	}
	out.values[key] = v
	if list, i, _, ok := Record(key); ok && i >= s.Int(list) {
		out.values[list] = Value{Data: i + 1, Source: v.Source, Line: v.Line}
	}
	return out
}

// Without returns the set without an answer.
func (s Set) Without(key string) Set {
	out := Set{values: maps.Clone(s.values)}
	delete(out.values, key)
	return out
}

// Get returns an answer; its Source is Unset where there is none.
func (s Set) Get(key string) Value { return s.values[key] }

// Has says whether there is an answer.
func (s Set) Has(key string) bool { return s.values[key].Source != Unset }

// Keys lists the answered keys, sorted.
func (s Set) Keys() []string { return slices.Sorted(maps.Keys(s.values)) }

// Text returns a Text or Choice answer, or "".
func (s Set) Text(key string) string { v, _ := s.values[key].Data.(string); return v }

// Bool returns a YesNo answer, or false.
func (s Set) Bool(key string) bool { v, _ := s.values[key].Data.(bool); return v }

// Int returns a Number or Records answer, or 0.
func (s Set) Int(key string) int { v, _ := s.values[key].Data.(int); return v }

// List returns a List answer, or nil.
func (s Set) List(key string) []string { v, _ := s.values[key].Data.([]string); return v }

// ItemKey is the key of a field of a record: ItemKey("groups", 0, "name") is "groups.0.name".
func ItemKey(list string, i int, field string) string {
	return list + "." + strconv.Itoa(i) + "." + field
}

// Record takes a key such as "groups.0.name" apart.
func Record(key string) (list string, i int, field string, ok bool) {
	parts := strings.Split(key, ".")
	for at := 1; at < len(parts)-1; at++ {
		if n, err := strconv.Atoi(parts[at]); err == nil && n >= 0 && strconv.Itoa(n) == parts[at] {
			return strings.Join(parts[:at], "."), n, strings.Join(parts[at+1:], "."), true
		}
	}
	return "", 0, "", false
}

// Lookup finds the field that a key belongs to.
func Lookup(fields []Field, key string) (Field, bool) {
	for _, f := range fields {
		if f.Key == key {
			return f, true
		}
	}
	list, _, name, ok := Record(key)
	if !ok {
		return Field{}, false
	}
	for _, f := range fields {
		if f.Key == list && f.Kind == Records {
			return Lookup(f.Item, name)
		}
	}
	return Field{}, false
}

// Format is an answer as people type it: what Parse of the same field reads.
func Format(data any) string {
	switch v := data.(type) {
	case string:
		return v
	case bool:
		if v {
			return "true"
		}
		return "false"
	case int:
		return strconv.Itoa(v)
	case []string:
		return strings.Join(v, ",")
	}
	return ""
}

// Parse reads what was typed or given with --set. The error is a clause for Problem.Text.
func Parse(f Field, s string) (any, error) {
	switch f.Kind {
	case Text:
		return s, nil
	case Choice:
		return s, checkChoice(f, s)
	case YesNo:
		switch strings.ToLower(strings.TrimSpace(s)) {
		case "true", "yes", "y":
			return true, nil
		case "false", "no", "n":
			return false, nil
		}
		return nil, fmt.Errorf("%q is neither yes nor no, true nor false", Short(s))
	case Number, Records:
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil {
			return nil, fmt.Errorf("%q is not a whole number", Short(s))
		}
		return n, checkCount(f, n)
	case List:
		return splitList(s), nil
	}
	return nil, fmt.Errorf("no answer of kind %s can be given here", f.Kind)
}

// maxRecords bounds a count given in digits: it is far above what any plan can hold, and low
// enough not to exhaust memory.
const maxRecords = 20000

func checkCount(f Field, n int) error {
	if f.Kind == Records && (n < 0 || n > maxRecords) {
		return fmt.Errorf("%d is not between 0 and %d", n, maxRecords)
	}
	return nil
}

func checkChoice(f Field, s string) error {
	if slices.Contains(f.Choices, s) {
		return nil
	}
	return fmt.Errorf("%q is not one of %s", Short(s), strings.Join(f.Choices, ", "))
}

func splitList(s string) []string {
	var out []string
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}
