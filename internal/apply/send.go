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
	call   plan.Call // with what it sends back still to be filled in
	unsure bool      // an attempt that failed may have taken effect
}

// Unknown is the Code of an outcome that nobody knows: no answer came.
const Unknown = "unknown"

// attempts bounds how often a call is made whose answer is lost again and again, where the SDK does not repeat it.
const attempts = 4

// send makes one call that changes something, on what a look has just seen. It is written down before and after. It is
// not cut off when ctx ends: a call in flight is finished.
func (r *run) send(ctx context.Context, s *subject, ch change, c plan.Call, seen sight) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if ch.number > 0 && sendsBack(c) { // what it sends back must be what the call before it has left
		again, err := r.lookAgain(ctx, s, ch.step)
		if err != nil {
			return err
		}
		seen.answer = again.answer
	}
	if joins(c) { // then it is the whole that is sent, not ours alone, that undo must find
		ch.whole = true
	}
	ch.call = c
	c, err := resolved(c, seen.answer)
	if err != nil {
		return err
	}
	intent, err := r.intend(s, ch, c, seen)
	if err != nil {
		return err
	}
	r.report(s, Event{State: Calling, Step: ch.step.Title, Call: &c})
	answer, err := r.persist(ctx, s, ch, c, seen)
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
// account is as planned is none. Before each repetition what is there must still be what the call was made for.
func (r *run) persist(ctx context.Context, s *subject, ch change, c plan.Call, seen sight) (any, error) {
	deadline, begun := time.Now().Add(retryLimit), time.Now()
	tries := 0
	for interval := r.options.Poll.First; ; interval = min(interval*2, r.options.Poll.Most) {
		answer, err := r.desk.send(context.WithoutCancel(ctx), c)
		if err == nil {
			return answer, nil
		}
		ch.unsure = ch.unsure || unsure(err)
		happened, lookErr := r.happened(ctx, s, ch, err)
		var changed *NotAsShown
		if errors.As(lookErr, &changed) {
			return nil, errors.Join(changed, err)
		}
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
		if c, happened, lookErr = r.repeated(ctx, s, ch, c, seen); lookErr != nil || happened {
			return nil, lookErr
		}
	}
}

// repeated is a call as it has to be made again: with what is there by now of what it sends back. It is an error where
// that is not what the call was made for. done says that the call has taken effect meanwhile.
func (r *run) repeated(ctx context.Context, s *subject, ch change, c plan.Call, was sight) (again plan.Call, done bool, err error) {
	if ch.number > 0 || ch.step.Read.Zero() {
		return c, false, nil
	}
	now, err := r.lookAgain(context.WithoutCancel(ctx), s, ch.step)
	if err != nil {
		return c, false, err
	}
	if now.state == same {
		done, err = r.oursNow(ctx, s, ch)
		return c, done, err
	}
	if !ch.step.Check.Counts && !alike(was.have, now.have) {
		return c, false, &NotAsShown{Shown: was.have, Now: now.have}
	}
	c, err = resolved(ch.call, now.answer)
	return c, false, err
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
			return r.oursNow(ctx, s, ch)
		}
	}
	return false, nil
}

// oursNow makes sure that what turned out to be there is not what somebody else made at the same time. A thing that
// gets its mark only later counts as ours where an attempt of ours may have made it.
func (r *run) oursNow(ctx context.Context, s *subject, ch change) (bool, error) {
	o := s.Spec.Steps()[0].Owner
	if o == nil || r.own(s) || s.owner != nil && *s.owner {
		return true, nil
	}
	ctx = context.WithoutCancel(ctx)
	whose, err := owns(r.ownerCall(*o), func(c plan.Call) (any, error) { return r.desk.again(ctx, c) })
	switch {
	case err != nil:
		return false, err
	case whose == theirs, whose == unmarked && !ch.unsure:
		return false, &NotAsShown{Foreign: true}
	}
	return true, nil
}

// unsure says that a call may have taken effect though it failed, or that an attempt before the last may have.
func unsure(err error) bool {
	var repeated interface{ Repeated() bool }
	return lost(err) || errors.As(err, &repeated) && repeated.Repeated()
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
