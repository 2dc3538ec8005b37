package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"onramp/internal/plan"
	"onramp/internal/query"
)

// retryLimit bounds how long a call is repeated whose error passes by itself.
const retryLimit = 5 * time.Minute

// wait polls a step's Read until its Wait holds, and gives the last answer. Every poll is bounded by
// the wait's limit; a value from which it will never hold fails at once.
func (r *run) wait(ctx context.Context, s *subject, st plan.Step) (any, error) {
	w := *st.Wait
	wanted, q := r.fill(w.Want), r.fill(w.Query)
	deadline := time.Now().Add(w.Limit)
	for interval, said := r.options.Poll.First, false; ; interval = min(interval*2, r.options.Poll.Most) {
		answer, have, err := r.poll(ctx, st, q)
		switch {
		case err != nil:
			return nil, err
		case have == wanted:
			return answer, nil
		case slices.Contains(w.Never, have):
			return nil, &refusal{
				what: fmt.Sprintf("waiting until %s: it is %s, which does not change by itself", w.For, have),
				why:  "bring it into a state in which it can be used, and run the same command again",
			}
		case time.Now().After(deadline):
			return nil, fmt.Errorf("wait until %s: still %q after %s", w.For, have, w.Limit)
		}
		if !said {
			r.report(s, Event{State: Waiting, Step: st.Title, Detail: w.For})
			said = true
		}
		if err := sleep(ctx, interval); err != nil {
			return nil, err
		}
	}
}

// poll looks once. Right after a create, a thing that is not there yet is not there yet.
func (r *run) poll(ctx context.Context, st plan.Step, q string) (answer any, have string, err error) {
	answer, err = r.caller.Call(ctx, st.Read)
	if err != nil && slices.Contains(st.Absent, codeOf(err)) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	have, err = query.Text(answer, q)
	return answer, have, err
}

// persist repeats a call while its error is one that the step knows to pass.
func (r *run) persist(ctx context.Context, s *subject, st plan.Step, call func() (any, error)) (any, error) {
	deadline := time.Now().Add(retryLimit)
	for interval := r.options.Poll.First; ; interval = min(interval*2, r.options.Poll.Most) {
		answer, err := call()
		if err == nil || !passes(err, st.Retry) || time.Now().After(deadline) {
			return answer, err
		}
		r.report(s, Event{State: Waiting, Step: st.Title, Detail: "AWS accepts the change (" + shorten(err.Error()) + ")"})
		if err := sleep(ctx, interval); err != nil {
			return nil, err
		}
	}
}

func passes(err error, retry []string) bool {
	code := codeOf(err)
	return slices.ContainsFunc(retry, func(r string) bool { return r == code || strings.Contains(err.Error(), r) })
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
