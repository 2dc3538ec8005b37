package apply

import (
	"context"
	"sync"
	"time"

	"onramp/internal/plan"
)

// run is the state of one run. Resources are worked on by a goroutine each; what they share is behind
// the lock.
type run struct {
	desk    *desk
	options Options
	shown   *Consent        // what the changes of this run must agree with
	past    map[string]bool // ids of resources that an earlier run has made, or was making

	mu      sync.Mutex
	outputs map[plan.Ref]string
	missing map[string]bool        // survey only: ids of what is not there yet
	created map[string]bool        // ids of what this run has created, or found where an earlier run had
	upheld  []upheld               // survey only: guarded steps that are as planned
	turns   map[string]*sync.Mutex // by Step.Turn
	seq     int                    // of the last intent
	failure error                  // the first
	result  Result
	events  sync.Mutex

	fetching sync.WaitGroup // reads that were begun ahead
}

func newRun(_ plan.Plan, c Caller, o Options) *run {
	o.Poll = o.Poll.orDefault()
	r := &run{
		desk: newDesk(c, o.Parallelism), options: o, outputs: map[plan.Ref]string{}, missing: map[string]bool{}, created: map[string]bool{}, turns: map[string]*sync.Mutex{},
		past: map[string]bool{},
	}
	for _, c := range o.Past {
		r.seq = max(r.seq, c.Seq)
		if c.makes() && c.stands() {
			r.past[c.Resource] = true
		}
	}
	return r
}

// walk does something for every resource, as soon as it was done for those that it needs.
func walk(p plan.Plan, do func(plan.Resource)) {
	done := make(map[string]chan struct{}, len(p.Resources))
	for _, res := range p.Resources {
		done[res.ID] = make(chan struct{})
	}
	var all sync.WaitGroup
	for _, res := range p.Resources {
		all.Go(func() {
			defer close(done[res.ID])
			for _, need := range append([]string{res.Within}, res.Needs...) {
				if there := done[need]; there != nil {
					<-there
				}
			}
			do(res)
		})
	}
	all.Wait()
}

// stopped says that nothing new is to be begun.
func (r *run) stopped(ctx context.Context) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failure == nil {
		r.failure = ctx.Err()
	}
	return r.failure != nil
}

func (r *run) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failure == nil {
		r.failure = err
	}
}

func (r *run) skip(res plan.Resource) {
	r.record(&r.result.Skipped, res.ID)
	r.emit(Event{Resource: res.ID, Label: res.Spec.Label(), State: Skipped})
}

func (r *run) record(list *[]string, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*list = append(*list, id)
}

func (r *run) emit(e Event) {
	if r.options.Emit == nil {
		return
	}
	r.events.Lock()
	defer r.events.Unlock()
	r.options.Emit(e)
}

// turn waits until nobody else changes what a step changes.
func (r *run) turn(name string) (done func()) {
	if name == "" {
		return func() {}
	}
	r.mu.Lock()
	t := r.turns[name]
	if t == nil {
		t = &sync.Mutex{}
		r.turns[name] = t
	}
	r.mu.Unlock()
	t.Lock()
	return t.Unlock
}

// subject is a resource while it is worked on.
type subject struct {
	plan.Resource
	begun   time.Time
	made    bool        // its first step created it, in this run
	own     bool        // it was found by its marks
	owner   *bool       // whether it is someone else's; nil: not asked yet
	asked   []plan.Call // reads that tell of it
	changed bool
	now     int // when the step under way began, for desk.after
}

func (r *run) resource(ctx context.Context, res plan.Resource) error {
	s := &subject{Resource: res, begun: time.Now()}
	r.report(s, Event{State: Started})
	for i, step := range res.Spec.Steps() {
		if err := r.step(ctx, s, step, i == 0); err != nil {
			failed := &Error{Resource: res.ID, Label: res.Spec.Label(), Step: step.Title, Err: err, Hint: hint(err)}
			r.record(&r.result.Failed, res.ID)
			r.report(s, Event{State: Failed, Step: step.Title, Err: failed})
			return failed
		}
	}
	if s.made || s.own {
		r.mu.Lock()
		r.created[s.ID] = true
		r.mu.Unlock()
	}
	if s.changed {
		r.record(&r.result.Changed, res.ID)
		r.report(s, Event{State: Changed})
		return nil
	}
	r.record(&r.result.Kept, res.ID)
	r.report(s, Event{State: Kept})
	return nil
}

// creates says that a resource, or what it is a part of, is created in this run: no one else uses it yet.
func (r *run) creates(s *subject) bool { return s.made || s.own || r.createdHere(s.Within) }

// createdHere says that a resource is this run's own.
func (r *run) createdHere(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.created[id]
}

func (r *run) report(s *subject, e Event) {
	e.Resource, e.Label, e.Took = s.ID, s.Spec.Label(), time.Since(s.begun)
	r.emit(e)
}

func (r *run) output(ref plan.Ref) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.outputs[ref]
	return v, ok
}

func (r *run) setOutput(ref plan.Ref, v string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outputs[ref] = v
}

// outputsOf are the outputs of one resource, by name.
func (r *run) outputsOf(id string) map[string]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string]string{}
	for ref, v := range r.outputs {
		if ref.Resource == id {
			out[ref.Output] = v
		}
	}
	return out
}

// ask makes a read on behalf of a resource.
func (r *run) ask(ctx context.Context, s *subject, c plan.Call) (any, error) {
	s.asked = append(s.asked, c)
	answer, err := r.desk.read(ctx, c)
	return answer, answered(err)
}

// answered is the error of a read, marked where the read got no answer from AWS.
func answered(err error) error {
	if err != nil && lost(err) {
		return &unanswered{err}
	}
	return err
}

// unanswered is the error of a read that got no answer from AWS. It says nothing about the resource.
type unanswered struct{ error }

func (u *unanswered) Unwrap() error { return u.error }

// changedBy forgets every read that tells of a resource: it was changed.
func (r *run) changedBy(s *subject) {
	for _, c := range s.asked {
		r.desk.drop(c)
	}
	s.asked = nil
}
