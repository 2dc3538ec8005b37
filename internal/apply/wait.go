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

// wait polls a step's Read until its Wait holds, and gives the last answer. Every wait is bounded by its
// limit; a value from which it will never hold fails at once. What a look has just answered counts, unless
// something was made since.
func (r *run) wait(ctx context.Context, s *subject, st plan.Step, made bool, answer any) (any, error) {
	w := *st.Wait
	w.Query, w.Want = r.fill(w.Query), r.fill(w.Want)
	begun := time.Now()
	for interval := r.options.Poll.First; ; interval = min(interval*2, r.options.Poll.Most) {
		if made || answer == nil {
			var err error
			if answer, err = r.poll(ctx, st); err != nil {
				return nil, err
			}
		}
		made = true // from here on only what is new counts
		have, err := query.Text(answer, w.Query)
		switch {
		case err != nil:
			return nil, err
		case have == w.Want:
			return answer, nil
		case slices.Contains(w.Never, have):
			return nil, &refusal{
				what: fmt.Sprintf("waiting until %s: it is %s, which does not change by itself", w.For, have),
				why:  "bring it into a state in which it can be used, then resume",
			}
		case time.Since(begun) > w.Limit:
			return nil, fmt.Errorf("wait until %s: still %q after %s", w.For, have, w.Limit)
		}
		r.report(s, Event{State: Waiting, Step: st.Title, Detail: w.For, Waited: time.Since(begun), Limit: w.Limit})
		if err := sleep(ctx, interval); err != nil {
			return nil, err
		}
	}
}

// poll looks once. Right after a create, a thing that is not there yet is not there yet.
func (r *run) poll(ctx context.Context, st plan.Step) (answer any, err error) {
	answer, err = r.desk.again(ctx, st.Read)
	if err != nil && slices.Contains(st.Absent, codeOf(err)) {
		return nil, nil
	}
	return answer, err
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
