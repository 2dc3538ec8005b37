package plan

// Guard is what has to hold before a step changes something that is in use, and that no query on one answer can tell.
// Its facts are read and judged in the survey, where what the plan does before the step counts as done, and again
// right before the change. In a step that changes nothing it is only looked at. A script cannot judge: see Manual.
type Guard struct {
	Facts []Fact
	Judge Judge
	// Manual says how a script goes on without the judgement; nil: the script says nothing of it.
	Manual *Manual
}

// Fact is one read of a guard.
type Fact struct {
	Name   string
	Title  string // for people: "the route tables of vpc-1"
	Read   Call
	Absent []string // error codes of Read that say that there is nothing
}

// Judge judges facts. It is data and a pure function.
type Judge interface {
	Judge(f Facts) ([]Objection, error)
}

// Facts are the answers to a guard's reads.
type Facts struct {
	Answers map[string]any  // by name; nil where there is nothing, or where the read could not be made or has to wait
	Denied  map[string]bool // names of those that the caller may not read, which is an objection of its own
	Planned bool            // what the plan does before the step counts as done
}

// Objection is a reason against a change.
type Objection struct {
	Weight Weight
	// Check and Subject tell an objection from every other of the step, whatever its text. They have no id of what the
	// plan creates, so that they are the same before and after.
	Check, Subject string
	Text           string // what was read, and what follows from that
	Remedy         string
}

// ID is the objection for a comparison; its text where it has no other.
func (o Objection) ID() string {
	if o.Check == "" {
		return o.Text
	}
	return o.Check + ": " + o.Subject
}

// String is the objection with what to do about it.
func (o Objection) String() string {
	if o.Remedy == "" {
		return o.Text
	}
	return o.Text + "; fix: " + o.Remedy
}

// Weight says what an objection does.
type Weight int

// The weights.
const (
	Tell Weight = iota // it is said beside the change
	Ask                // the change needs consent
	Stop               // the change is not made
)

// Manual is how a script stands in for a guard: it makes the looks that one query can show, and then goes on only
// where its user says that the rest was checked.
type Manual struct {
	Variable string // of the environment: VARIABLE=1 says so
	What     string // what has to be checked, for people
	Looks    []Look
}

// Look is a query of a script on one answer.
type Look struct {
	Title  string
	Read   Call
	Query  string
	Want   string
	Refuse string
}
