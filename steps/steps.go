// Package steps holds the question model and the walk through a guide's questions.
//
// A question is defined once: the form field, the --set flag, the key of the answers file, the
// line prompt, the help text and the JSON description all come from that definition. The package
// imports no terminal library, makes no call to AWS and must not know any guide: each guide is
// data and one plan builder in a package below this one.
package steps

import (
	"slices"
	"strings"

	"onramp/internal/answers"
	"onramp/internal/lookup"
	"onramp/internal/plan"
)

// Guide is one documented set-up.
type Guide struct {
	Name     string // on the command line: "redshift-ml"
	Title    string
	Summary  string // one sentence
	Source   string // address of the document that it follows
	Standing        // whether the service that it sets up is still what the document says
	Steps    []Step
	Lookups  []lookup.Spec // the pick lists that its questions name
	// Build makes the plan. It is total and pure: from half-filled answers it makes what can be
	// made and lists what is missing in Plan.Problems. It is given resolved answers.
	Build func(a answers.Set, t plan.Target) plan.Plan
}

// Step is one numbered step of the document.
type Step struct {
	Number    string // as the document numbers it; "" where it does not
	Title     string
	Optional  bool   // the document says so
	Why       string // what the step is for, in our own words
	Link      string // address of the AWS page
	Questions []Question
}

// Question asks for one answer.
type Question struct {
	Key      string             // of the answers file and of --set; inside Item without the record's own key
	Kind     answers.Kind       // the form of the answer
	Title    string             // a few words: "Cluster identifier"
	Help     string             // one plain sentence
	Why      string             // longer: reasons, costs, risks
	Link     string             // address of the AWS page, where it is another than the step's
	Choices  []Option           // Choice only
	Default  any                // proposed; nil: none
	Propose  []Proposal         // instead of Default, where another answer makes it sensible
	Optional bool               // may be left empty
	IfGiven  bool               // asked only of whoever has answered it, in the answers file or by --set: nobody else sees it
	When     []When             // asked only where all hold
	Check    func(string) error // the rule for one value, or for each item of a List
	Item     []Question         // Records only: what is asked for each
	Lookup   string             // name of one of the guide's Lookups; "" : none
}

// Option is one choice.
type Option struct {
	Value string
	Title string // a few words
	Help  string // what it means, one sentence
	When  []When // offered only where all hold
}

// Proposal is a default that depends on other answers.
type Proposal struct {
	When  []When
	Value any
}

// When is a condition on another answer. Inside a record, a key that begins with a dot names
// another field of the same record.
type When struct {
	Key string   `json:"key"`
	Is  []string `json:"is,omitempty"`  // any of these, as answers.Format writes them; and
	Not []string `json:"not,omitempty"` // none of these; and
	// Begins is what the answer begins with; "" : anything.
	Begins string `json:"begins,omitempty"`
}

// Is makes a condition: one of the values.
func Is(key string, values ...string) When { return When{Key: key, Is: values} }

// Not makes a condition: none of the values.
func Not(key string, values ...string) When { return When{Key: key, Not: values} }

// Begins makes a condition: an answer that begins so.
func Begins(key, prefix string) When { return When{Key: key, Begins: prefix} }

func (w When) holds(value string) bool {
	return strings.HasPrefix(value, w.Begins) && (len(w.Is) == 0 || slices.Contains(w.Is, value)) && !slices.Contains(w.Not, value)
}

// Field is the question as package answers knows it.
func (q Question) Field() answers.Field {
	f := answers.Field{Key: q.Key, Kind: q.Kind}
	for _, o := range q.Choices {
		f.Choices = append(f.Choices, o.Value)
	}
	for _, item := range q.Item {
		f.Item = append(f.Item, item.Field())
	}
	return f
}

// Required says that the plan cannot do without an answer.
func (q Question) Required() bool { return !q.Optional && q.Kind != answers.Records }

// Accept reads what was typed as an answer to q, or says in one clause what is wrong with it.
func (q Question) Accept(s string) (any, error) {
	data, err := answers.Parse(q.Field(), s)
	if err != nil {
		return nil, err
	}
	return data, q.CheckValue(data)
}

// Fields lists what the guide's answers file may hold, in the order of the document.
func (g Guide) Fields() []answers.Field {
	var out []answers.Field
	for _, s := range g.Steps {
		for _, q := range s.Questions {
			out = append(out, q.Field())
		}
	}
	return out
}

// Place is a question where it stands in the walk: a question of a record has its full key.
type Place struct {
	Step     int // index into Guide.Steps
	Question Question
	Record   int // number of the record, from 0; -1 outside records
	asked    bool
}

// Sequence lists the questions that the answers call for, in order. A question whose conditions
// do not hold is not in it. Conditions look at given answers and defaults alike.
func (g Guide) Sequence(a answers.Set) []Place {
	places := g.places(a)
	return slices.DeleteFunc(places, func(p Place) bool { return !p.asked })
}

// places lists all questions in order, those that are not asked too, with as many records as there
// are.
func (g Guide) places(a answers.Set) []Place {
	var out []Place
	for i, s := range g.Steps {
		for _, q := range s.Questions {
			asked := g.holds(q.When, a) && (!q.IfGiven || a.Has(q.Key))
			out = append(out, g.place(q, i, -1, asked, a))
			for n := range g.records(q, a) {
				for _, item := range q.Item {
					item = item.of(q.Key, n)
					out = append(out, g.place(item, i, n, asked && g.holds(item.When, a), a))
				}
			}
		}
	}
	return out
}

func (g Guide) place(q Question, step, record int, asked bool, a answers.Set) Place {
	if asked {
		q = g.settled(q, a)
	}
	return Place{Step: step, Question: q, Record: record, asked: asked}
}

// settled is the question as it is asked with these answers: only the options that are offered,
// and the one default.
func (g Guide) settled(q Question, a answers.Set) Question {
	q.Choices = slices.DeleteFunc(slices.Clone(q.Choices), func(o Option) bool { return !g.holds(o.When, a) })
	q.Default, q.Propose = g.proposed(q, a), nil
	return q
}

func (g Guide) proposed(q Question, a answers.Set) any {
	for _, p := range q.Propose {
		if g.holds(p.When, a) {
			return p.Value
		}
	}
	return q.Default
}

// of is the question for one record: its own key and those in its conditions are made full.
func (q Question) of(list string, n int) Question {
	q.When = ofRecord(q.When, list, n)
	q.Choices, q.Propose = slices.Clone(q.Choices), slices.Clone(q.Propose)
	for i := range q.Choices {
		q.Choices[i].When = ofRecord(q.Choices[i].When, list, n)
	}
	for i := range q.Propose {
		q.Propose[i].When = ofRecord(q.Propose[i].When, list, n)
	}
	q.Key = answers.ItemKey(list, n, q.Key)
	return q
}

// ofRecord makes the keys of conditions that name another field of the same record full.
func ofRecord(conditions []When, list string, n int) []When {
	out := slices.Clone(conditions)
	for i, w := range out {
		if name, own := strings.CutPrefix(w.Key, "."); own {
			out[i].Key = answers.ItemKey(list, n, name)
		}
	}
	return out
}

func (g Guide) holds(conditions []When, a answers.Set) bool {
	for _, w := range conditions {
		if !w.holds(g.given(w.Key, a)) {
			return false
		}
	}
	return true
}

// given is the answer to a key, or its default, as text; "" where the question is not asked.
func (g Guide) given(key string, a answers.Set) string {
	q, ok := g.Find(key)
	if !ok || !g.holds(q.When, a) {
		return ""
	}
	return answers.Format(g.value(q, a))
}

func (g Guide) value(q Question, a answers.Set) any {
	if v := a.Get(q.Key); v.Source != answers.Unset {
		return v.Data
	}
	return g.proposed(q, a)
}

// records is how many records a question has; 0 for a question of another kind.
func (g Guide) records(q Question, a answers.Set) int {
	n, _ := g.value(q, a).(int)
	if q.Kind != answers.Records {
		return 0
	}
	return n
}

// Find returns the question for a key, such as "groups.0.name".
func (g Guide) Find(key string) (Question, bool) {
	list, n, name, inRecord := answers.Record(key)
	for _, s := range g.Steps {
		for _, q := range s.Questions {
			if q.Key == key {
				return q, true
			}
			if !inRecord || q.Key != list {
				continue
			}
			for _, item := range q.Item {
				if item.Key == name {
					return item.of(list, n), true
				}
			}
		}
	}
	return Question{}, false
}
