package apply

import (
	"time"

	"onramp/internal/plan"
)

// Journal is where a run writes down each change before it makes it, and what came of it. Nothing is
// changed that could not be written down first. Its methods return once what they were given
// outlives the process; they may be called by several goroutines at once.
type Journal interface {
	Intend(Intent) error
	Conclude(Outcome) error
	Undone(Undone) error
}

// Intent is one change before it is made. It holds all that is needed to take it back without the
// plan that it comes from.
type Intent struct {
	Seq      int // counts the changes of a journal from 1
	Time     time.Time
	Resource string // id in the plan
	Label    string // of the resource
	Step     string // title
	First    bool   // the step makes the resource: its undo takes back all that the others do to it
	Call     plan.Call
	Absent   bool          // nothing was there before
	Before   string        // what was there of what the step is about; a policy in full
	Undo     *plan.Undo    // nil: nothing to take back, or no way
	Find     *plan.Find    // how to find what was made, where Outcome does not say
	Needs    []string      // ids of the resources that this one needs: they stay while it stays
	Outputs  []plan.Output // of the step, by which a find fills in what Undo refers to
}

// Outcome is what came of an Intent. Where there is none, the program ended in between.
type Outcome struct {
	Seq       int
	Time      time.Time
	RequestID string            // AWS's; "" : not known
	Code      string            // of AWS's error, or "error"; "" : it has happened
	Error     string            // in full
	Outputs   map[string]string // of the resource, by name: ids that AWS gave
}

// Undone says that a change was taken back, or why it stays.
type Undone struct {
	Seq  int
	Time time.Time
	Left string // why it stays; "" : it was taken back, or nothing was there to take back
}

// Change is an intent with what is known of it.
type Change struct {
	Intent
	Outcome *Outcome // nil: not known
	Undone  *Undone  // nil: not taken back
}
