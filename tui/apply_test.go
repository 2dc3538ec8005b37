package tui

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"onramp/internal/apply"
	"onramp/internal/plan"
)

func TestApply(t *testing.T) {
	begin := func(t *testing.T, w *world, o Options) *screen {
		s := show(t, o, usual)
		s.keys("enter", "a")
		return s
	}
	bubble(t, "wants the account number", func(t *testing.T) {
		w := &world{}
		s := begin(t, w, slow(t, w))
		defer s.close()
		s.keys("enter")
		s.has("✗ that is not 111122223333: nothing was done")
		s.keys("yes", "enter")
		s.has("✗ that is not 111122223333: nothing was done")
		s.keys("esc")
		s.has("Review · plan")
	})
	bubble(t, "done", func(t *testing.T) {
		w := &world{}
		s := begin(t, w, slow(t, w))
		defer s.close()
		s.keys(ann.Account, "enter")
		s.wait(time.Minute)
		s.has("✓ Done in", "The same from the command line")
		s.keys("enter")
		out := s.ended()
		if out.Ending != Applied || out.Err != nil || len(out.Result.Changed) != 3 || len(out.Result.Kept) != 1 {
			t.Errorf("%+v", out)
		}
		if len(w.agreed) != 1 || len(w.agreed[0].Changes()) > 0 || !slices.Equal(w.forgot, []string{"redshift-ml"}) {
			t.Errorf("agreed %v, forgot %v", w.agreed, w.forgot)
		}
	})
	bubble(t, "agrees to what is replaced", func(t *testing.T) {
		w := &world{}
		o := slow(t, w)
		o2 := findings(t, w)
		o2.Port.Apply = o.Port.Apply
		s := begin(t, w, o2)
		defer s.close()
		s.has("1 setting of others will be replaced")
		w.found = map[string]apply.Finding{"bucket": {Action: plan.Update, Differences: []apply.Difference{
			{Step: "put the bucket policy of acme-redshift-ml", Have: "another", Was: "another", Ask: true, Foreign: true},
			{Step: "tag bucket acme-redshift-ml", Ask: true, Foreign: true},
		}}}
		s.keys(ann.Account, "enter")
		s.wait(time.Minute)
		want := []apply.Agreed{
			{Resource: "bucket", Step: "put the bucket policy of acme-redshift-ml", Have: `{"Statement":[{"Sid":"AllowAudit"}]}`, Asks: true},
			{Resource: "role-policy"}, // does not exist
		}
		if len(w.agreed) != 1 || !reflect.DeepEqual(w.agreed[0].Agreed, want) {
			t.Errorf("agreed to %+v, shown was %+v", w.agreed, want)
		}
	})
	bubble(t, "is refused while the account is in the way", func(t *testing.T) {
		w := &world{found: map[string]apply.Finding{"bucket": {Action: plan.Create, Problem: "the bucket belongs to another account"}}}
		s := begin(t, w, slow(t, w))
		defer s.close()
		s.has("✗ something is in the way", "› bucket.name: S3 bucket acme-redshift-ml: the bucket", "another account")
		s.keys("enter")
		s.has("Bucket name")
		s.keys("ctrl+r", "s")
		s.has("Export a script")
	})
	bubble(t, "is refused while the account is looked at", func(t *testing.T) {
		w := &world{lookFor: time.Minute}
		s := begin(t, w, slow(t, w))
		defer s.close()
		s.has("✗ still looking at the account", "looking at the account…")
		s.keys("esc") // ends the look
	})
	bubble(t, "the first ctrl+c lets the call in flight end", func(t *testing.T) {
		w := &world{}
		s := begin(t, w, slow(t, w))
		defer s.close()
		s.keys(ann.Account, "enter")
		s.wait(3 * time.Second)
		s.keys("ctrl+c")
		s.has("Stopping after the call in flight")
		s.wait(10 * time.Second)
		s.has("✗ Stopped after", "Not begun (2)", "onramp apply redshift-ml -a redshift-ml.yaml")
		s.keys("enter")
		if out := s.ended(); out.Ending != Interrupted || len(out.Result.Changed) != 1 || !errors.Is(out.Err, context.Canceled) {
			t.Errorf("%+v", out)
		}
	})
	bubble(t, "the second leaves at once", func(t *testing.T) {
		w := &world{}
		s := begin(t, w, slow(t, w))
		defer s.close()
		s.keys(ann.Account, "enter")
		s.wait(3 * time.Second)
		s.send("ctrl+c", "ctrl+c")
		s.settle()
		if out := s.ended(); out.Ending != Interrupted {
			t.Errorf("%+v", out)
		}
	})
	bubble(t, "a failure is told with what to do", func(t *testing.T) {
		w := &world{}
		s := begin(t, w, failing(t, w))
		defer s.close()
		s.keys(ann.Account, "enter")
		s.wait(time.Minute)
		s.has("✗ Failed after", "iam:CreateRole", "Not begun (2)")
		s.keys("f", "enter", "enter", "enter")
		out := s.ended()
		if out.Ending != ApplyFailed || out.Err == nil || len(out.Files) != 1 {
			t.Errorf("%+v", out)
		}
	})
	bubble(t, "a panic of the engine is a failure", func(t *testing.T) {
		w := &world{}
		w.run = func(context.Context, plan.Plan, func(apply.Event)) (apply.Result, error) { panic("no such thing") }
		o := online(w)
		o.Answers = full(t)
		s := begin(t, w, o)
		defer s.close()
		s.keys(ann.Account, "enter")
		s.wait(time.Second)
		s.has("internal error: no such thing")
	})
	bubble(t, "ctrl+c after the end does not change how it ended", func(t *testing.T) {
		w := &world{}
		s := begin(t, w, slow(t, w))
		defer s.close()
		s.keys(ann.Account, "enter")
		s.wait(time.Minute)
		s.keys("ctrl+c")
		if out := s.ended(); out.Ending != Applied {
			t.Errorf("%+v", out)
		}
	})
}

// TestEventOrder sends more events than a screen can draw, and wants every one in its order.
func TestEventOrder(t *testing.T) {
	bubble(t, "none is lost", func(t *testing.T) {
		const n = 500
		w := &world{}
		w.run = func(_ context.Context, _ plan.Plan, emit func(apply.Event)) (apply.Result, error) {
			for i := range n {
				emit(apply.Event{Resource: fmt.Sprintf("r%d", i), Label: fmt.Sprintf("resource %d", i), State: apply.Started})
				emit(apply.Event{Resource: fmt.Sprintf("r%d", i), State: apply.Changed})
			}
			return apply.Result{}, nil
		}
		o := online(w)
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "a", ann.Account, "enter")
		s.wait(time.Second)
		rows := s.w.page.(*done).run.rows
		rows = rows[len(rows)-n:]
		for i, r := range rows {
			if r.label != fmt.Sprintf("resource %d", i) || r.state != apply.Changed {
				t.Fatalf("row %d is %+v", i, r)
			}
		}
	})
}
