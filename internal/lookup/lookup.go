// Package lookup finds what an account holds, as lists to choose from: the clusters, the buckets, the
// subnets of a VPC. A pick list is data: which calls to make, and what of their answers is listed.
//
// The calls only read. A list is a comfort: where it cannot be had, an answer is typed. The package
// must not know guides, terminals, or aws-sdk-go-v2: it makes its calls through a port, as package
// apply does.
package lookup

import (
	"context"
	"errors"
	"strings"

	"onramp/internal/plan"
)

// Spec is a pick list as data: calls that only read, and what of their answers is listed.
type Spec struct {
	Name  string   // as steps.Question.Lookup has it: "clusters"
	Needs []string // keys of answers that must be there before it can be looked up
	// Call makes the call; get gives the answer's text under a key, a list with commas between its
	// items. The zero Call says that with these answers there is nothing to list.
	Call  func(get func(key string) string) plan.Call
	Pages Pages
	// Rows is JMESPath over one page: a list of objects. See Row for what is in them.
	Rows string
	Each []Each // what is read beside, for each row, one after another
	// Where leaves rows out: by the name of a member, the key of the answer that must hold it. First
	// likewise puts rows before the others.
	Where, First map[string]string
	// Billed says that it runs something that may cost: look it up where the list is wanted, never in
	// advance.
	Billed bool
}

// Pages says how the next page is asked for: {Output: "Marker", Input: "Marker"}. Zero: there is one
// page.
type Pages struct {
	Output string // member of the answer that holds the token
	Input  string // member of the call that takes it
}

// Next is the call for the page after the one whose token is given.
func (p Pages) Next(c plan.Call, token string) plan.Call {
	c.Input = append(c.Input[:len(c.Input):len(c.Input)], plan.Member{Name: p.Input, Value: token})
	return c
}

// Each is a further read for every row. Rows that ask the same share one call, and only the first
// calls are made; see MostReads. Where it fails, the row stays as it was.
type Each struct {
	Call  func(Row) plan.Call // the zero Call: this row needs none
	Pages Pages
	Rows  string // as in Spec; one object is a list of one
	// Add puts what was found into the row. Nil: the notes of the first thing found are added to the
	// row's, and its other members where the row has none.
	Add func(row Row, found []Row)
}

// Row is one thing of an answer. Its members are
//
//	value   what is chosen
//	notes   a list of texts for people. A list in it is the parts of one text; what is null or false is left out, and so is a text that lacks a part
//	first   true: it is most likely what is wanted
//	_...    for Each, Where and First, and not shown
//
// and every other member is an answer that the choice brings, by its key: "vpc-routing.vpc".
type Row map[string]any

// Text is a member that is a text; "" where it is not.
func (r Row) Text(name string) string {
	s, _ := r[name].(string)
	return s
}

// Texts are the texts of a member: one, or a list.
func (r Row) Texts(name string) []string {
	switch v := r[name].(type) {
	case string:
		return []string{v}
	case []string:
		return v
	case []any:
		var out []string
		for _, item := range v {
			if s, is := item.(string); is {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// Note adds notes to a row.
func (r Row) Note(notes ...any) {
	have, _ := r[notesOf].([]any)
	r[notesOf] = append(have, notes...)
}

// Item is one thing to choose.
type Item struct {
	Value  string
	Notes  []string
	Brings map[string]any // answers that follow from it, by key: string or []string
}

// List is what an account holds.
type List struct {
	Items []Item
	More  bool // the account has more than Most
}

// Bounds of one look-up.
const (
	Most      = 2000 // items
	MostReads = 50   // calls of one Each
	mostPages = 200  // pages of one call, also where they are empty
)

// Caller makes a call and gives its answer as decoded JSON under the API's member names. An error that
// AWS answered has a method ErrorCode. It may be called by several goroutines at once.
type Caller interface {
	Call(ctx context.Context, c plan.Call) (any, error)
}

// ErrNone says that with the answers so far there is nothing to list.
var ErrNone = errors.New("there is nothing to list")

// Missing are the answers that a look-up needs before it can be made.
type Missing struct{ Keys []string }

// Error implements error.
func (m *Missing) Error() string { return "answer " + strings.Join(m.Keys, " and ") + " first" }

// Ready says whether the list can be looked up with the answers so far.
func (s Spec) Ready(get func(key string) string) bool {
	_, err := s.call(get)
	return err == nil
}

func (s Spec) call(get func(key string) string) (plan.Call, error) {
	var missing []string
	for _, key := range s.Needs {
		if get(key) == "" {
			missing = append(missing, key)
		}
	}
	if len(missing) > 0 {
		return plan.Call{}, &Missing{missing}
	}
	c := s.Call(get)
	if c.Zero() {
		return c, ErrNone
	}
	return c, nil
}
