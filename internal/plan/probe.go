package plan

// Probe is a question that verify asks beside comparing: whether what was made does what it is for. Its
// call changes nothing. Who may not make it is told so, and nothing else follows from that.
type Probe struct {
	On    string // id of the resource that it is about
	Title string // "redshift-ml may do what CREATE MODEL needs"
	Call  Call
	Wrong string // JMESPath: a list of what is wrong; nothing is wrong where it is empty
	Notes string // JMESPath: a list of what is only good to know; "" : nothing
}
