// Package apply carries a plan out: it looks at the account, compares, makes the calls that are
// needed in the order of the plan, waits where AWS needs it, and reports events.
//
// It never prints, imports no SDK and must not know any kind of resource: it runs the steps that
// the plan holds.
package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"onramp/internal/plan"
	"onramp/internal/query"
)

// Caller makes a call whose references are filled in and gives its answer as decoded JSON under the
// API's member names. An error that AWS answered has a method ErrorCode.
type Caller interface {
	Call(ctx context.Context, c plan.Call) (any, error)
}

// Options of a run.
type Options struct {
	Adopt bool        // change what belongs to someone else, and what others may rely on
	Emit  func(Event) // nil: nobody listens. It is called from one goroutine at a time.
	Poll  Poll        // zero: 1 s growing to 5 s
}

// Poll is how often something that is waited for is looked at.
type Poll struct{ First, Most time.Duration }

func (p Poll) orDefault() Poll {
	if p.First == 0 {
		return Poll{First: time.Second, Most: 5 * time.Second}
	}
	return p
}

// Error says where a run stopped.
type Error struct {
	Resource string // id
	Label    string
	Step     string
	Err      error
	Hint     string // what to do
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%s: %s: %v", e.Label, e.Step, e.Err) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hinter is an error that knows what to do about it.
type Hinter interface{ ErrorHint() string }

// ErrorHint implements Hinter.
func (e *Error) ErrorHint() string { return e.Hint }

// Run carries the plan out, one resource after another. It stops at the first failure: what was
// done stays, and a second run goes on from there because every step looks before it writes. When
// ctx ends, the call in flight is finished first.
func Run(ctx context.Context, p plan.Plan, c Caller, o Options) (Result, error) {
	r := newRun(p, c, o)
	var failure error
	for _, res := range p.Resources {
		if failure == nil {
			failure = ctx.Err()
		}
		if failure != nil {
			r.emit(Event{Resource: res.ID, Label: res.Spec.Label(), State: Skipped})
			r.result.Skipped = append(r.result.Skipped, res.ID)
			continue
		}
		failure = r.resource(ctx, res)
	}
	r.result.Outputs = r.outputs
	return r.result, failure
}

// run is the state of one run.
type run struct {
	caller  Caller
	options Options
	outputs map[plan.Ref]string
	missing map[string]bool // Inspect only: ids of what is not there yet
	result  Result
}

func newRun(_ plan.Plan, c Caller, o Options) *run {
	o.Poll = o.Poll.orDefault()
	return &run{caller: c, options: o, outputs: map[plan.Ref]string{}, missing: map[string]bool{"": false}}
}

func (r *run) emit(e Event) {
	if r.options.Emit != nil {
		r.options.Emit(e)
	}
}

// subject is a resource while it is worked on.
type subject struct {
	plan.Resource
	begun   time.Time
	made    bool  // its first step created it, in this run
	owner   *bool // whether it is someone else's; nil: not asked yet
	changed bool
}

func (r *run) resource(ctx context.Context, res plan.Resource) error {
	s := &subject{Resource: res, begun: time.Now()}
	r.report(s, Event{State: Started})
	for i, step := range res.Spec.Steps() {
		if err := r.step(ctx, s, step, i == 0); err != nil {
			failed := &Error{Resource: res.ID, Label: res.Spec.Label(), Step: step.Title, Err: err, Hint: hint(err)}
			r.result.Failed = append(r.result.Failed, res.ID)
			r.report(s, Event{State: Failed, Step: step.Title, Err: failed})
			return failed
		}
	}
	if s.changed {
		r.result.Changed = append(r.result.Changed, res.ID)
		r.report(s, Event{State: Changed})
		return nil
	}
	r.result.Kept = append(r.result.Kept, res.ID)
	r.report(s, Event{State: Kept})
	return nil
}

func (r *run) report(s *subject, e Event) {
	e.Resource, e.Label, e.Took = s.ID, s.Spec.Label(), time.Since(s.begun)
	r.emit(e)
}

// step looks, decides and makes what is needed.
func (r *run) step(ctx context.Context, s *subject, st plan.Step, first bool) error {
	if st.Fresh && s.made {
		return nil
	}
	st = r.filled(st)
	seen, err := r.look(ctx, st)
	if err != nil {
		return err
	}
	calls, err := r.decide(ctx, s, st, seen)
	if err != nil {
		return err
	}
	var made any
	for i, c := range calls {
		answer, err := r.send(ctx, s, st, r.call(c), seen.answer)
		if err != nil {
			return err
		}
		if i == 0 {
			made = answer
			if err := r.take(s, st, answer, func(o plan.Output) string { return o.Made }); err != nil {
				return err
			}
		}
	}
	if len(calls) > 0 {
		s.changed = true
		s.made = s.made || first && seen.state == absent
	}
	return r.settle(ctx, s, st, seen, made != nil)
}

// settle waits until what was made is there, and takes the outputs that only a look gives.
func (r *run) settle(ctx context.Context, s *subject, st plan.Step, seen sight, made bool) error {
	pure := len(st.Create)+len(st.Update) == 0
	if st.Wait != nil && (made || pure) {
		answer, err := r.wait(ctx, s, st)
		if err != nil {
			return err
		}
		seen.answer = answer
	}
	if !made {
		return r.take(s, st, seen.answer, func(o plan.Output) string { return o.Read })
	}
	if !needsLook(st) {
		return nil
	}
	again, err := r.look(ctx, st)
	if err != nil {
		return err
	}
	return r.take(s, st, again.answer, func(o plan.Output) string {
		if o.Made != "" {
			return ""
		}
		return o.Read
	})
}

func needsLook(st plan.Step) bool {
	return slices.ContainsFunc(st.Take, func(o plan.Output) bool { return o.Made == "" })
}

// take stores outputs. which gives the query to use; "" passes an output over.
func (r *run) take(s *subject, st plan.Step, answer any, which func(plan.Output) string) error {
	for _, o := range st.Take {
		q := which(o)
		if q == "" {
			continue
		}
		v, err := query.Text(answer, q)
		if err != nil {
			return err
		}
		if v == "" {
			return fmt.Errorf("read %s of %s: AWS did not answer it", o.Name, s.Spec.Label())
		}
		r.outputs[plan.Ref{Resource: s.ID, Output: o.Name}] = v
	}
	return nil
}

// decide says which calls are to be made.
func (r *run) decide(ctx context.Context, s *subject, st plan.Step, seen sight) ([]plan.Call, error) {
	switch {
	case seen.state == same:
		return nil, nil
	case seen.state == absent && len(st.Create) == 0:
		return nil, &refusal{what: "it is not there", why: st.Refuse}
	case seen.state == differs && len(st.Update) == 0:
		return nil, &refusal{what: "it is not as planned: " + seen.short(), why: st.Refuse}
	}
	foreign, err := r.foreign(ctx, s)
	if err != nil {
		return nil, err
	}
	if ask := foreign || replaces(s, st, seen); ask && !r.options.Adopt {
		return nil, &NeedsConsent{Foreign: foreign, Have: seen.short(), Want: want(st)}
	}
	return needed(st, seen), nil
}

// needed are the calls that bring about what was not seen.
func needed(st plan.Step, seen sight) []plan.Call {
	if seen.state == differs {
		return st.Update
	}
	return st.Create
}

// replaces says that something would be overwritten that others may rely on.
func replaces(s *subject, st plan.Step, seen sight) bool {
	return st.Ask && seen.state == differs && !s.made
}

// foreign says that the resource is there and was not made by this plan. It is asked once.
func (r *run) foreign(ctx context.Context, s *subject) (bool, error) {
	o := s.Spec.Steps()[0].Owner
	if o == nil || s.made {
		return false, nil
	}
	if s.owner == nil {
		foreign, err := r.askOwner(ctx, *o)
		if err != nil {
			return false, fmt.Errorf("see who made it: %w", err)
		}
		s.owner = &foreign
	}
	return *s.owner, nil
}

func (r *run) askOwner(ctx context.Context, o plan.Owner) (foreign bool, err error) {
	answer, err := r.caller.Call(ctx, r.call(o.Read))
	switch code := codeOf(err); {
	case err != nil && slices.Contains(o.Absent, code):
		return false, nil
	case err != nil && slices.Contains(o.Unmarked, code):
		return true, nil
	case err != nil:
		return false, err
	}
	if o.Exists != "" {
		if there, err := query.Text(answer, o.Exists); err != nil || there == "" {
			return false, err
		}
	}
	mark, err := query.Text(answer, o.Check.Query)
	return mark != o.Check.Want, err
}

// send makes one call that changes something. It is not cut off when ctx ends: a call in flight is
// finished.
func (r *run) send(ctx context.Context, s *subject, st plan.Step, c plan.Call, answer any) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, err := current(c, answer)
	if err != nil {
		return nil, err
	}
	r.report(s, Event{State: Calling, Step: st.Title, Call: &c})
	return r.persist(ctx, s, st, func() (any, error) { return r.caller.Call(context.WithoutCancel(ctx), c) })
}

// NeedsConsent is why a step stopped: going on would change something of someone else's.
type NeedsConsent struct {
	Foreign    bool   // the whole resource was not made by this plan
	Have, Want string // shortened
}

// Error implements error.
func (e *NeedsConsent) Error() string {
	if e.Foreign {
		return "it exists already, was not made by this plan, and is not as planned"
	}
	return fmt.Sprintf("it is %s now, and others may rely on that; the plan says %s", e.Have, e.Want)
}

// refusal is a difference that no call mends.
type refusal struct{ what, why string }

func (e *refusal) Error() string { return e.what }

// hint is what to do about an error.
func hint(err error) string {
	var consent *NeedsConsent
	var refused *refusal
	var hinter Hinter
	switch {
	case errors.As(err, &consent):
		return "look at it; if it may be changed, run again with --adopt"
	case errors.As(err, &refused):
		return refused.why
	case errors.As(err, &hinter):
		return hinter.ErrorHint()
	case denied(codeOf(err)):
		return "the caller lacks a permission; the plan's operator_policy lists all that are needed"
	case errors.Is(err, context.Canceled):
		return "run the same command again to go on"
	}
	return "mend the cause and run the same command again: it goes on where it stopped"
}

func denied(code string) bool {
	return slices.Contains([]string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden"}, code)
}

func codeOf(err error) string {
	var coded interface{ ErrorCode() string }
	if errors.As(err, &coded) {
		return coded.ErrorCode()
	}
	return ""
}
