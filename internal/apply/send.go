package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onramp/internal/plan"
)

// change is a call that changes something, with where it stands.
type change struct {
	step   plan.Step // filled in
	first  bool      // the resource's first step
	number int       // of the call in its step, from 0
	whole  bool      // what is sent has in it what was there before
}

// Unknown is the Code of an outcome that nobody knows: no answer came.
const Unknown = "unknown"

// attempts bounds how often a call is made whose answer is lost again and again, where the SDK does not repeat it.
const attempts = 4

// send makes one call that changes something. It is written down before and after. It is not cut off
// when ctx ends: a call in flight is finished.
func (r *run) send(ctx context.Context, s *subject, ch change, c plan.Call, seen sight) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if sendsBack(c) { // what it sends back must be what is there now
		again, err := r.lookAgain(ctx, s, ch.step)
		if err != nil {
			return err
		}
		seen.answer = again.answer
	}
	if joins(c) { // then it is the whole that is sent, not ours alone, that undo must find
		ch.whole = true
	}
	c, err := resolved(c, seen.answer)
	if err != nil {
		return err
	}
	intent, err := r.intend(s, ch, c, seen)
	if err != nil {
		return err
	}
	r.report(s, Event{State: Calling, Step: ch.step.Title, Call: &c})
	answer, err := r.persist(ctx, s, ch, func() (any, error) { return r.desk.send(context.WithoutCancel(ctx), c) })
	r.changedBy(s)
	r.desk.drop(ch.step.Read)
	learned := r.moved(ctx, s, ch.step, err)
	if err == nil && ch.number == 0 && answer != nil { // so that the journal knows the ids that AWS gave
		err = r.take(s.ID, ch.step.Take, answer, byCall)
	}
	return errors.Join(err, r.conclude(intent, s, answer, err), learned)
}

// intend writes a change down before it is made.
func (r *run) intend(s *subject, ch change, c plan.Call, seen sight) (Intent, error) {
	r.mu.Lock()
	r.seq++
	in := Intent{Seq: r.seq, Time: time.Now()}
	r.mu.Unlock()
	in.Resource, in.Label, in.Step, in.First = s.ID, s.Spec.Label(), ch.step.Title, ch.first
	in.Call, in.Absent, in.Before, in.Needs = c, seen.state == absent, seen.have, slices.Clone(s.Needs)
	in.Find, in.Outputs = ch.step.Find, ch.step.Take
	if s.Within != "" {
		in.Needs = append(in.Needs, s.Within)
	}
	undo, err := r.undoOf(s, ch, c, seen)
	if err != nil {
		return in, fmt.Errorf("prepare to take it back: %w", err)
	}
	in.Undo = undo
	if r.options.Journal == nil {
		return in, nil
	}
	return in, r.options.Journal.Intend(in)
}

// undoOf is how a change is taken back: a deletion, or the values that were there before. Only the first
// call of a step has one, for all of them.
func (r *run) undoOf(s *subject, ch change, sent plan.Call, seen sight) (*plan.Undo, error) {
	if ch.number > 0 {
		return nil, nil
	}
	if seen.state == absent {
		return r.undo(ch.step.Undo), nil
	}
	if len(ch.step.Restore) == 0 {
		return nil, nil
	}
	st := ch.step
	back := &plan.Undo{Title: "put back what was there: " + st.Title, Read: s.readLater(st), Absent: st.Absent, Check: st.Check, Retry: st.Retry, Wait: st.Wait}
	if ch.whole {
		back.Check = wholly(st, sent)
	}
	for _, c := range st.Restore {
		c, err := restored(r.call(c), seen.answer)
		if err != nil {
			return nil, err
		}
		back.Calls = append(back.Calls, c)
	}
	return back, nil
}

// wholly is a check for exactly the policy that is sent: a statement that somebody adds later must not be lost.
func wholly(st plan.Step, sent plan.Call) plan.Check {
	c := st.Check
	for _, m := range sent.Input {
		if d, is := m.Value.(plan.Document); is {
			c.Document, c.Contains = &d, false
		}
	}
	for _, update := range st.Update {
		for _, m := range update.Input {
			if merged, is := m.Value.(plan.Merged); is {
				c.Query = merged.Query
			}
		}
	}
	return c
}

// conclude writes down what came of a change.
func (r *run) conclude(in Intent, s *subject, answer any, err error) error {
	if r.options.Journal == nil {
		return nil
	}
	out := Outcome{Seq: in.Seq, Time: time.Now(), Outputs: r.outputsOf(s.ID)}
	if err != nil {
		out.Code, out.Error = codeOf(err), err.Error()
		if out.Code == "" || lost(err) {
			out.Code = Unknown
		}
	}
	out.RequestID = requestID(answer, err)
	if len(out.Outputs) == 0 {
		out.Outputs = nil
	}
	return r.options.Journal.Conclude(out)
}

// requestID is AWS's name for a request, by which its support finds it.
func requestID(answer any, err error) string {
	var failed interface{ RequestIdentifier() string }
	if errors.As(err, &failed) {
		return failed.RequestIdentifier()
	}
	members, _ := answer.(map[string]any)
	id, _ := members[plan.RequestID].(string)
	return id
}

// persist makes a call until it has taken effect: again while its error is one that the step knows to
// pass, and again where no answer came and nothing shows that it has happened. An error after which the
// account is as planned is none.
func (r *run) persist(ctx context.Context, s *subject, ch change, call func() (any, error)) (any, error) {
	deadline, begun := time.Now().Add(retryLimit), time.Now()
	tries := 0
	for interval := r.options.Poll.First; ; interval = min(interval*2, r.options.Poll.Most) {
		answer, err := call()
		if err == nil {
			return answer, nil
		}
		happened, lookErr := r.happened(ctx, s, ch, err)
		if happened {
			return nil, nil
		}
		detail := ""
		switch {
		case passes(err, ch.step.Retry) && time.Now().Before(deadline):
			detail = "AWS accepts the change (" + shorten(err.Error()) + ")"
		case lost(err) && !exhausted(err) && lookErr == nil && tries+1 < attempts:
			tries++
			detail = "the connection comes back (" + shorten(err.Error()) + ")"
		default:
			return nil, err
		}
		r.report(s, Event{State: Waiting, Step: ch.step.Title, Detail: detail, Waited: time.Since(begun), Limit: retryLimit})
		if waitErr := sleep(ctx, interval); waitErr != nil {
			return nil, errors.Join(waitErr, err)
		}
	}
}

// happened looks whether a call that failed has taken effect: its answer was lost, and its repetition was
// refused because the thing is there.
func (r *run) happened(ctx context.Context, s *subject, ch change, cause error) (bool, error) {
	if denied(codeOf(cause)) || ch.step.Read.Zero() {
		return false, nil
	}
	ctx = context.WithoutCancel(ctx)
	looks := 1
	if lost(cause) || exists(codeOf(cause)) { // what was just made may not be seen at once
		looks = 3
	}
	for i := range looks {
		if i > 0 {
			_ = sleep(ctx, r.options.Poll.First)
		}
		seen, err := r.lookAgain(ctx, s, ch.step)
		if err == nil && seen.state == absent && ch.step.Find != nil {
			seen, err = r.found(ctx, s, ch.step, seen)
		}
		if err != nil {
			return false, err
		}
		if seen.state == same {
			return r.oursNow(ctx, s)
		}
	}
	return false, nil
}

// oursNow makes sure that what turned out to be there is not what somebody else made at the same time.
func (r *run) oursNow(ctx context.Context, s *subject) (bool, error) {
	o := s.Spec.Steps()[0].Owner
	if o == nil || r.past[s.ID] || s.owner != nil {
		return true, nil
	}
	whose, err := owns(r.ownerCall(*o), func(c plan.Call) (any, error) { return r.desk.again(ctx, c) })
	return whose != theirs || r.options.Adopt, err
}

// exists are codes with which AWS refuses to make what is there.
func exists(code string) bool {
	for _, part := range []string{"AlreadyExists", "AlreadyOwned", "Duplicate"} {
		if strings.Contains(code, part) {
			return true
		}
	}
	return false
}
