package plan

import "time"

// Step brings one property of a resource about. Every output reads the same step: apply and
// verify run it, the script prints it, the operator's policy is computed from its calls.
//
// Its Read is made first. What it answers is one of
//
//	absent   an error code in Absent, or Check's query finds nothing: Create is made
//	same     Check holds: nothing is made
//	differs  anything else: Update is made, or, if there is none, Refuse is said
//
// A step without Check only waits, or only takes outputs.
type Step struct {
	Title  string   // imperative, without a full stop: "attach AmazonS3FullAccess"
	Owner  *Owner   // on the first step of a resource that can belong to this plan
	Read   Call     // changes nothing
	Absent []string // error codes of Read that say that there is nothing yet
	Check  Check
	Create []Call
	Update []Call
	Refuse string // why a difference cannot be changed, and what to do
	// Means says what error codes of Read mean here, and what to do, where AWS says no more than the code.
	Means map[string]string
	Ask   bool // a difference here is something others may rely on: replace it only with consent
	// Affects says what the change means for those who rely on what is there; "" : no more than the values say.
	Affects string
	Guard   *Guard   // what has to hold before Create or Update is made
	Fresh   bool     // the resource's first step sets this too: no need to look when it was just made
	Retry   []string // error codes or parts of messages of Create and Update that pass by themselves
	Wait    *Wait    // polled on Read after a call was made; in a step without calls, always
	Take    []Output // values for other resources
	Find    *Find    // before Create: what an earlier run made and could not name
	Turn    string   // changes that share it are made one after another: the name of a cluster
	// Undo takes back what Create has made. Where the resource's first step has made it, that undo takes
	// back what its other steps have made too, but for what is Apart. nil: nothing does, or nothing need.
	Undo *Undo
	// Restore puts back what Update has replaced, as long as Check holds: its values may be Before.
	Restore []Call
}

// Check compares what Read answered with what should be.
type Check struct {
	Query    string    // JMESPath, as in the AWS CLI's --query; its value is compared as text, see Text
	Want     string    // the value that holds; "" : any value, it is enough that there is one
	Document *Document // instead of Want: the value is a policy, compared by meaning
	Contains bool      // with Document: further statements beside ours are none of our business
	Counts   bool      // Want is how many there must be; for people it is done, in part, or not
}

// Owner says how to see whether what is there was made by this plan. What belongs to someone
// else is changed only with consent. It is asked only when a call is about to be made on a
// resource that this run has not made itself. What it answers is one of
//
//	nobody's       an error code in Absent, or Exists finds nothing: there is nothing to protect
//	ours           Check holds
//	someone else's anything else, and an error code in Unmarked
type Owner struct {
	Read     Call
	Absent   []string // error codes of Read that say that the thing is not there
	Unmarked []string // error codes of Read that say that it is there and carries no mark
	Exists   string   // JMESPath: finds something where the thing is there; "" : any answer says so
	Check    Check
}

// Wait polls the step's Read until a value is there.
type Wait struct {
	For   string        // what is waited for: "the role is in-sync"
	Query string        // JMESPath
	Want  string        // the value that ends the wait
	Never []string      // values from which it will never be reached: the wait fails at once
	Limit time.Duration // after which the wait fails
}

// Output is a value that others refer to.
type Output struct {
	Name string // as in Ref
	Read string // JMESPath on what Read answers
	Made string // JMESPath on what the first of Create answers; "" : Read is made again
	// Moves says that a change of a later step gives it another value: it is read again after one.
	Moves bool
}

// Calls lists the calls of the step that change something, as they would run on an account
// where nothing is there yet.
func (s Step) Calls() []Call {
	if len(s.Create) > 0 {
		return s.Create
	}
	return s.Update
}

// Reads lists the calls of the step that change nothing.
func (s Step) Reads() []Call {
	var calls []Call
	if s.Owner != nil {
		calls = append(calls, s.Owner.Read)
	}
	if !s.Read.Zero() {
		calls = append(calls, s.Read)
	}
	if s.Guard != nil {
		for _, f := range s.Guard.Facts {
			calls = append(calls, f.Read)
		}
	}
	return calls
}
