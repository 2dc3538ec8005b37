package apply

import (
	"time"

	"onramp/internal/plan"
)

// State is what is happening to a resource.
type State int

// The states. A resource goes from Started through any number of Calling and Waiting to one of
// Changed, Kept and Failed; resources after a failure are Skipped.
const (
	Started State = iota // its reads begin
	Calling              // a call that changes something is about to be made: Event.Call
	Waiting              // something of AWS's is waited for: Event.Detail
	Changed              // done; at least one call was made
	Kept                 // done; nothing had to be made
	Failed               // Event.Err says why
	Skipped              // not begun, because something before it failed or the run was interrupted
)

// String is the state as the event stream spells it.
func (s State) String() string {
	return [...]string{"started", "calling", "waiting", "changed", "kept", "failed", "skipped"}[s]
}

// Over says that no further event of the resource follows.
func (s State) Over() bool { return s >= Changed }

// Event is one thing that the engine reports. It never prints.
type Event struct {
	Resource string // id
	Label    string // of the resource, for people
	State    State
	Step     string        // title of the step
	Detail   string        // Waiting: what is waited for
	Call     *plan.Call    // Calling: with every reference filled in
	Err      error         // Failed
	Took     time.Duration // since Started
	Waited   time.Duration // Waiting: so far; the event comes again with each look
	Limit    time.Duration // Waiting: at most
}

// Difference is a property of the account that is not as planned.
type Difference struct {
	Step string `json:"step"` // title: what would be made so
	// Foreign says that the whole resource was not made by this plan.
	Foreign bool   `json:"foreign,omitempty"`
	Have    string `json:"have"` // shortened
	Want    string `json:"want"` // shortened
	Ask     bool   `json:"ask"`  // changing it needs consent
	// Affects says what the change means for those who rely on what is there, and what could not be checked.
	Affects string `json:"affects,omitempty"`
	// Objections are the identities of what in Affects needs consent. Consent compares them.
	Objections []string `json:"objections,omitempty"`
	// Was and Will are Have and Want in full. Consent compares Was.
	Was  string `json:"-"`
	Will string `json:"-"`

	asks   []plan.Objection // by their identities in Objections
	counts bool             // it is a number of things, some of which are missing: nothing is replaced
}

// String is what would be done, what is there now, and what that means for others.
func (d Difference) String() string {
	text := d.Step
	if d.Have != "" {
		text += ": now " + d.Have
	}
	if d.Ask {
		text += " (needs your consent)"
	}
	if d.Affects != "" {
		text += "; " + d.Affects
	}
	return text
}

// Finding is what a look at the account says of one resource, before anything is done.
type Finding struct {
	Action      plan.Action
	Differences []Difference
	Pending     []string // what is as planned and not ready yet: "the role is in-sync on cluster analytics"
	Notes       []string // what is good to know of what is used as it is, and what could not be checked
	Problem     string   // not "": the resource cannot be brought about, and why

	missing bool // the resource does not exist, or what it is a part of does not
}

// Result is what a run left behind.
type Result struct {
	Changed []string // ids, in the order in which they were finished
	Kept    []string
	Failed  []string
	Skipped []string
	Outputs map[plan.Ref]string // values that AWS gave
	Journal string              // file in which it is written down; "" : none. Run leaves it to its caller.
}
