package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"onramp/internal/plan"
	"onramp/internal/query"
)

// UndoResult is what taking back has come to.
type UndoResult struct {
	Undone []Change  // taken back, or found gone; newest first
	Left   []Remains // what stays, and why
	Keeps  []string  // what stays of what was taken back: "the key waits 30 days"
}

// Remains is a change that stays.
type Remains struct {
	Change
	Why string
}

// Reversible are the changes that are left to be taken back, newest first: those that happened, or may
// have. What goes together with the resource that a run made is not listed beside it.
func Reversible(changes []Change) []Change {
	var out []Change
	made := map[string]bool{}
	for _, c := range changes {
		made[c.Resource] = made[c.Resource] || c.makes() && c.stands()
	}
	for _, c := range slices.Backward(changes) {
		if c.stands() && c.happened() && (c.makes() || !made[c.Resource] || c.Undo != nil && c.Undo.Apart) {
			out = append(out, c)
		}
	}
	return out
}

// stands says that a change was not taken back. What an undo had to leave can be tried again.
func (c Change) stands() bool { return c.Undone == nil || c.Undone.Left != "" }

// happened says that a change took effect, or may have.
func (c Change) happened() bool {
	return c.Outcome == nil || c.Outcome.Code == "" || c.Outcome.Code == Unknown
}

// makes says that a change made its whole resource.
func (c Change) makes() bool { return c.First && c.Absent && c.happened() }

// Undo takes changes back, newest first. Each is looked at before: what is gone already is passed over, and
// what somebody has changed since is left as it is. What something needs that stays, stays too. It stops at
// the first failure, and goes on from there when it is run again.
func Undo(ctx context.Context, changes []Change, c Caller, o Options) (UndoResult, error) {
	u := &undoing{run: newRun(plan.Plan{}, c, o), needed: map[string]string{}}
	for _, c := range changes {
		if c.Outcome != nil && c.stands() {
			for name, v := range c.Outcome.Outputs {
				u.setOutput(plan.Ref{Resource: c.Resource, Output: name}, v)
			}
		}
	}
	for _, c := range Reversible(changes) {
		if err := ctx.Err(); err != nil {
			return u.result, err
		}
		if err := u.change(ctx, c, changes); err != nil {
			return u.result, err
		}
	}
	return u.result, nil
}

// undoing is the state of one taking back.
type undoing struct {
	*run
	result UndoResult
	needed map[string]string // by id of a resource: the label of what stays and needs it
}

// left is why a change stays. It is no failure.
type left string

func (l left) Error() string { return string(l) }

func (u *undoing) change(ctx context.Context, c Change, all []Change) error {
	begun := time.Now()
	tell := func(e Event) {
		e.Resource, e.Label, e.Took = c.Resource, title(c), time.Since(begun)
		u.emit(e)
	}
	tell(Event{State: Started})
	err := u.takeBack(ctx, c, tell)
	var stays left
	switch {
	case errors.As(err, &stays):
		tell(Event{State: Kept, Detail: string(stays)})
		u.result.Left = append(u.result.Left, Remains{c, string(stays)})
		u.keepNeeds(c)
		return u.note(Undone{Seq: c.Seq, Time: time.Now(), Left: string(stays)})
	case err != nil:
		failed := &Error{Resource: c.Resource, Label: c.Label, Step: title(c), Err: err, Hint: hint(err)}
		tell(Event{State: Failed, Err: failed})
		return failed
	}
	tell(Event{State: Changed})
	u.result.Undone = append(u.result.Undone, c)
	if c.Undo != nil && c.Undo.Keeps != "" {
		u.result.Keeps = append(u.result.Keeps, c.Label+": "+c.Undo.Keeps)
	}
	return u.noteAll(c, all)
}

func title(c Change) string {
	if c.Undo == nil {
		return c.Step
	}
	return c.Undo.Title
}

// noteAll writes down that a change is taken back, and with it all that was done to what it had made.
func (u *undoing) noteAll(c Change, all []Change) error {
	for _, other := range all {
		if other.Seq != c.Seq && (!c.makes() || other.Resource != c.Resource || !other.stands()) {
			continue
		}
		if err := u.note(Undone{Seq: other.Seq, Time: time.Now()}); err != nil {
			return err
		}
	}
	return nil
}

func (u *undoing) note(d Undone) error {
	if u.options.Journal == nil {
		return nil
	}
	return u.options.Journal.Undone(d)
}

// keepNeeds sees to it that what a thing needs stays while the thing does.
func (u *undoing) keepNeeds(c Change) {
	if !c.makes() {
		return
	}
	for _, id := range c.Needs {
		u.needed[id] = c.Label
	}
}

// takeBack looks whether there is something to take back, and does it. The error is a left where it stays.
func (u *undoing) takeBack(ctx context.Context, c Change, tell func(Event)) error {
	switch by := u.needed[c.Resource]; {
	case by != "":
		return left(by + " stays, and needs it")
	case c.Undo == nil:
		return left("there is no way to take it back")
	}
	known, err := u.known(ctx, c)
	if err != nil || !known {
		return err // what nobody can find was never made
	}
	d := *u.undo(c.Undo)
	answer, err := u.look(ctx, c, d)
	if err != nil || answer == nil {
		return err
	}
	for i, call := range d.Calls {
		if err := ctx.Err(); err != nil {
			return err
		}
		sent, err := resolved(call, answer)
		if err != nil {
			return err
		}
		again := func() (plan.Call, bool, error) { return sent, false, nil }
		if i == 0 { // after the first call it is no longer as it was created
			again = func() (plan.Call, bool, error) {
				answer, err := u.look(context.WithoutCancel(ctx), c, d)
				if err != nil || answer == nil {
					return sent, err == nil, err
				}
				sent, err := resolved(call, answer)
				return sent, false, err
			}
		}
		tell(Event{State: Calling, Step: d.Title, Call: &sent})
		if err := u.insist(ctx, d, sent, again, tell); err != nil {
			return err
		}
	}
	return u.gone(ctx, d, tell)
}

// known says that the ids are known by which a thing is taken back. Where an answer was lost they are
// looked for.
func (u *undoing) known(ctx context.Context, c Change) (bool, error) {
	if !unknownUndo(*u.undo(c.Undo)) {
		return true, nil
	}
	switch {
	case c.Find == nil && !c.Absent:
		return false, left("no answer came when it was changed, and nothing says under which name it is now")
	case c.Find == nil:
		return false, nil
	}
	ref := plan.Ref{Resource: c.Resource, Output: c.Find.Output}
	id, answer, err := u.find(ctx, *c.Find, ref, nil)
	if err != nil || id == "" {
		return false, err
	}
	u.setOutput(ref, id)
	return true, u.take(c.Resource, c.Outputs, answer, byRead)
}

// unknownUndo says that an undo refers to what is not known.
func unknownUndo(d plan.Undo) bool {
	found := false
	visit := func(s string) string {
		found = found || strings.ContainsFunc(s, isRef)
		return s
	}
	d.Read.Map(visit)
	for _, c := range d.Calls {
		c.Map(visit)
	}
	return found
}

// look looks whether what was made is still there and still as it was made; nil where it is gone, or was put
// back.
func (u *undoing) look(ctx context.Context, c Change, d plan.Undo) (any, error) {
	answer, err := u.desk.again(ctx, d.Read)
	if err != nil {
		if slices.Contains(d.Absent, codeOf(err)) {
			return nil, nil
		}
		return nil, err
	}
	seen, err := compare(d.Check, answer)
	switch {
	case err != nil:
		return nil, err
	case seen.state == absent, !c.Absent && seen.state == differs && seen.have == c.Before:
		return nil, nil
	case seen.state == differs:
		return nil, left("somebody has changed it since: it is " + seen.short() + " now")
	}
	if d.Owner == nil {
		return answer, nil
	}
	whose, err := owns(*d.Owner, func(c plan.Call) (any, error) { return u.desk.again(ctx, c) })
	switch {
	case err != nil:
		return nil, err
	case whose == theirs, whose == unmarked:
		return nil, left("it no longer carries the mark of this plan")
	case whose == nobodys:
		return nil, nil
	}
	return answer, nil
}

// insist makes a call until it has taken effect, or cannot. Before each repetition again looks, and gives the call anew,
// or says that nothing is left to undo; its error is a left where someone has changed the thing meanwhile.
func (u *undoing) insist(ctx context.Context, d plan.Undo, c plan.Call, again func() (plan.Call, bool, error), tell func(Event)) error {
	begun, tries := time.Now(), 0
	for interval := u.options.Poll.First; ; interval = min(interval*2, u.options.Poll.Most) {
		_, err := u.desk.send(context.WithoutCancel(ctx), c)
		switch {
		case err == nil, slices.Contains(d.Gone, codeOf(err)):
			return nil
		case passes(err, d.Retry) && time.Since(begun) < retryLimit:
		case lost(err) && tries+1 < attempts:
			tries++
		default:
			return reason(d, err)
		}
		tell(Event{State: Waiting, Step: d.Title, Detail: "AWS accepts the change (" + shorten(err.Error()) + ")", Waited: time.Since(begun), Limit: retryLimit})
		if waitErr := sleep(ctx, interval); waitErr != nil {
			return errors.Join(waitErr, err)
		}
		var done bool
		if c, done, err = again(); err != nil || done {
			return err
		}
	}
}

// reason makes an error for which a thing must stay a left.
func reason(d plan.Undo, err error) error {
	for _, l := range d.Leave {
		if l.Code == codeOf(err) || strings.Contains(err.Error(), l.Code) {
			return left(l.Why)
		}
	}
	return err
}

// gone waits until what was taken back is gone, or is as it was.
func (u *undoing) gone(ctx context.Context, d plan.Undo, tell func(Event)) error {
	if d.Wait == nil {
		return nil
	}
	begun := time.Now()
	for interval := u.options.Poll.First; ; interval = min(interval*2, u.options.Poll.Most) {
		have := ""
		answer, err := u.desk.again(ctx, d.Read)
		if err == nil {
			have, err = query.Text(answer, d.Wait.Query)
		} else if slices.Contains(d.Absent, codeOf(err)) {
			err = nil
		}
		switch {
		case err != nil:
			return err
		case have == d.Wait.Want:
			return nil
		case slices.Contains(d.Wait.Never, have), time.Since(begun) > d.Wait.Limit:
			return fmt.Errorf("wait until %s: still %q after %s", d.Wait.For, have, time.Since(begun).Round(time.Second))
		}
		tell(Event{State: Waiting, Step: d.Title, Detail: d.Wait.For, Waited: time.Since(begun), Limit: d.Wait.Limit})
		if err := sleep(ctx, interval); err != nil {
			return err
		}
	}
}
