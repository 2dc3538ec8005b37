package plan

import (
	"bytes"
	"encoding/json"
)

// Undo takes back what a step's Create has made. It stands for itself: a journal keeps it, and it is
// carried out without the plan. Its Read is made first. What it answers is one of
//
//	gone     an error code in Absent, or Check's query finds nothing: nothing is left to take back
//	ours     Check holds, and Owner's too: Calls are made
//	changed  anything else: somebody has changed it since, and it is left as it is
type Undo struct {
	Title  string   // imperative, without a full stop: "delete role redshift-ml"
	Read   Call     // changes nothing
	Absent []string // error codes of Read that say that it is not there
	Owner  *Owner   // nil: it carries no mark
	Check  Check    // zero: any answer holds
	Calls  []Call   // Current is read from what Read answered
	Gone   []string // error codes of Calls that say that it is not there
	Leave  []Leave  // errors of Calls for which it stays
	Retry  []string // as in Step
	Wait   *Wait    // polled on Read after the calls, until Query finds Want; an error code in Absent is Want ""
	Keeps  string   // what stays all the same and for how long, for people; "" : nothing
	Apart  bool     // it does not go with the resource that its run made: it is taken back by itself
}

// Leave is a reason for which a thing cannot be taken away without loss.
type Leave struct {
	Code string // error code, or part of the message
	Why  string // for people: "it holds objects"
}

// Find looks for a thing that an earlier run made and did not live to name: AWS gives it an id, and
// nothing but its tags says whose it is. Every candidate becomes the output Output in turn, and Read and
// Owner refer to it by that; the first that is ours is used in the place of Create.
type Find struct {
	List   Call   // all candidates; pages are followed
	Items  string // JMESPath on List: their ids
	Output string // of the same resource
	Owner  Owner  // says that it is ours
	Read   Call   // answers as the step's own Read does
	Check  Check  // it can be used: "Enabled"
}

// Before is a value that the step's Read answered before a call was made: what Restore puts back. It
// keeps its type. With Text, a structure is sent as a string of JSON, as policies are.
type Before struct {
	Query string
	Text  bool
}

// MarshalJSON shows that the value is what was there.
func (Before) MarshalJSON() ([]byte, error) { return []byte(`"<as it was>"`), nil }

// Merged is a policy with the statements of Document put to those that the step's Read answered. A
// statement takes the place of the one with its Sid; all others stay.
type Merged struct {
	Query    string // finds the policy that is there, as a string of JSON
	Document Document
}

// MarshalJSON shows the statements that are put to what is there.
func (m Merged) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := encode(&b, "<what is there, with> "+string(m.Document.Policy.Compact()))
	return b.Bytes(), err
}

var _, _ json.Marshaler = Before{}, Merged{}
