// Package fault says which calls of the practice account go wrong, and how. A fault is a line of the
// form
// "MATCH KIND [key=value ...]":
//
//	iam:CreateRole throttle times=2
//	kms:CreateKey drop-after nth=1
//	s3:Put* error code=InternalError status=500 msg="We encountered an internal error."
//	* latency d=50ms jitter=20ms
//
// MATCH names service:Operation, with * for anything: the service as the signature spells it
// (redshift-serverless), the operation by the API's name. Which of the calls that match: nth=3, or
// from=2, times=3, every=5, p=0.1 with seed=7. None of them means every one.
//
// It is pure: it waits for nothing and writes no answer. It must not know HTTP or the protocols of
// AWS: who serves a call carries the Action out.
package fault

import (
	"strings"
	"sync"
	"time"
)

// Kind says how a call goes wrong.
type Kind string

// The kinds. Latency is never the Kind of an Action: it is the action's Delay.
const (
	None       Kind = ""            // the call is served
	Latency    Kind = "latency"     // d, jitter: wait, then go on
	Throttle   Kind = "throttle"    // not served; the service's own throttling error
	Fail       Kind = "error"       // not served; an error
	DropBefore Kind = "drop-before" // not served; the connection is reset
	DropAfter  Kind = "drop-after"  // served, then the connection is reset
	FailAfter  Kind = "error-after" // served, then an error is answered
	Cut        Kind = "cut"         // served, half of the answer is sent, then the connection is reset
	Hang       Kind = "hang"        // not served; held for d, then the connection is reset
)

// Serves reports whether the call takes effect.
func (k Kind) Serves() bool { return k == None || k == DropAfter || k == FailAfter || k == Cut }

// Action is what happens to one call.
type Action struct {
	Delay   time.Duration // waited before anything else
	Kind    Kind
	Code    string        // Throttle, Fail, FailAfter: the error code; "": the service's own
	Message string        // likewise
	Status  int           // likewise; 0: the service's own
	Hold    time.Duration // Hang: how long
	Faults  []string      // the faults that applied, as they were written: for the log
}

// Plan is a list of faults with the count of the calls that each has seen. A nil Plan has none. Its
// methods may be called by several goroutines at once.
type Plan struct {
	mu     sync.Mutex
	faults []*fault
}

// Login counts a login to the database of a warehouse, which the line "login:WAREHOUSE ..." is about.
func (p *Plan) Login(warehouse string) Action { return p.Next("login", warehouse) }

// Next counts a call and says what happens to it. The first fault that applies wins, but latencies
// add up. A fault counts the calls that match it and reach it: a fault that wins over it hides the
// call from it.
func (p *Plan) Next(service, operation string) Action {
	var action Action
	if p == nil {
		return action
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.faults {
		decided := action.Kind != None && f.kind != Latency
		if service == "login" && !strings.HasPrefix(f.match, "login:") { // it is no call
			continue
		}
		if decided || !f.hits(service+":"+operation) {
			continue
		}
		action.Faults = append(action.Faults, f.text)
		if f.kind == Latency {
			action.Delay += f.delay()
			continue
		}
		action.Kind, action.Code, action.Message, action.Status = f.kind, f.code, f.message, f.status
		if f.kind == Hang {
			action.Hold = f.duration
		}
	}
	return action
}

// Reset begins every count anew, and every seed.
func (p *Plan) Reset() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.faults {
		f.reset()
	}
}

// String is the plan as Parse reads it, one fault a line.
func (p *Plan) String() string {
	if p == nil {
		return ""
	}
	var b strings.Builder
	for _, f := range p.faults {
		b.WriteString(f.text + "\n")
	}
	return b.String()
}
