package lookup_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"onramp/internal/lookup"
	"onramp/internal/plan"
)

// slowly answers after a time, unless the caller goes first.
func slowly(d time.Duration, answer any) *account {
	return &account{answer: func(ctx context.Context, _ plan.Call) (any, error) {
		select {
		case <-time.After(d):
			return answer, nil
		case <-ctx.Done():
			return nil, fmt.Errorf("operation error: %w", ctx.Err())
		}
	}}
}

// ofVPC is a list that depends on an answer.
func ofVPC() lookup.Spec {
	s := things()
	s.Needs = []string{"vpc"}
	s.Call = func(get func(string) string) plan.Call { return plan.NewCall("toy", "ListThings", "Vpc", get("vpc")) }
	return s
}

var oneThing = map[string]any{"Things": []any{map[string]any{"value": "a"}}}

func TestManyWantOneList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := slowly(time.Second, oneThing)
		book := lookup.NewBook(a)
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() {
				g := given{"vpc": fmt.Sprint("vpc-", i%2)}
				l, err := book.Get(t.Context(), ofVPC(), g.get)
				if err != nil || values(l) != "a" {
					t.Errorf("%v %v", l, err)
				}
			})
		}
		all.Wait()
		if a.asked() != 2 {
			t.Errorf("%d calls for two lists", a.asked())
		}
		begun := time.Now()
		if _, err := book.Get(t.Context(), ofVPC(), given{"vpc": "vpc-0"}.get); err != nil || time.Since(begun) > 0 || a.asked() != 2 {
			t.Errorf("what is known is looked up again: %v", err)
		}
	})
}

// TestListsByOneCall: what is listed depends on answers that the call does not have.
func TestListsByOneCall(t *testing.T) {
	a := saying(`{"Things": [{"value": "a", "_of": "me"}, {"value": "b", "_of": "you"}]}`)
	book, s := lookup.NewBook(a), things()
	s.Where = map[string]string{"_of": "owner"}
	other := s
	other.Name = "other things"
	for owner, want := range map[string]string{"me": "a", "you": "b"} {
		l, err := book.Get(t.Context(), s, given{"owner": owner}.get)
		if err != nil || values(l) != want {
			t.Errorf("%s: %v %v", owner, l, err)
		}
	}
	if _, err := book.Get(t.Context(), other, given{"owner": "me"}.get); err != nil || a.asked() != 2 {
		t.Errorf("%d calls for two lists: %v", a.asked(), err)
	}
}

func TestFewCallsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		a := &account{answer: func(context.Context, plan.Call) (any, error) {
			n := now.Add(1)
			defer now.Add(-1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			time.Sleep(100 * time.Millisecond)
			return oneThing, nil
		}}
		book := lookup.NewBook(a)
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				if _, err := book.Get(t.Context(), ofVPC(), given{"vpc": fmt.Sprint(i)}.get); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if most.Load() != 8 {
			t.Errorf("%d calls at once", most.Load())
		}
	})
}

func TestFailedListsAreLookedUpAgain(t *testing.T) {
	fails := true
	a := &account{answer: func(context.Context, plan.Call) (any, error) {
		if fails {
			return nil, errors.New("not today")
		}
		return oneThing, nil
	}}
	book := lookup.NewBook(a)
	for range 2 {
		if _, err := book.Get(t.Context(), things(), given{}.get); lookup.Why(err) != "not today" {
			t.Error(err)
		}
	}
	fails = false
	if l, err := book.Get(t.Context(), things(), given{}.get); err != nil || values(l) != "a" || a.asked() != 3 {
		t.Errorf("%v %v after %d calls", l, err, a.asked())
	}
}

func TestListsAreNotWaitedForForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := lookup.NewBook(slowly(time.Hour, oneThing))
		for _, test := range []struct {
			limit time.Duration
			want  string
		}{{book.Limit, "no answer within 10 s"}, {1500 * time.Millisecond, "no answer within 1500 ms"}} {
			book.Limit = test.limit
			begun := time.Now()
			_, err := book.Get(t.Context(), things(), given{}.get)
			if have := lookup.Why(err); have != test.want || time.Since(begun) != test.limit || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("after %v: %s", time.Since(begun), have)
			}
		}
	})
}

// TestSlowNotes: where only what is read beside takes too long, there is a list without it.
func TestSlowNotes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := numbered(3, func(i int) string { return fmt.Sprint(i) })
		quick := a.answer
		a.answer = func(ctx context.Context, c plan.Call) (any, error) {
			if c.Operation == "DescribeThing" && c.Input.Text("Number") == "1" {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return quick(ctx, c)
		}
		l, err := lookup.NewBook(a).Get(t.Context(), twice(), given{}.get)
		if err != nil || len(l.Items) != 3 || len(l.Items[0].Notes) != 3 || len(l.Items[1].Notes) != 1 {
			t.Errorf("%v %v", l, err)
		}
	})
}

// TestWhoGoesDisturbsNobody: a look-up ends with the last who wants it, and not before.
func TestWhoGoesDisturbsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := slowly(5*time.Second, oneThing)
		book := lookup.NewBook(a)
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := book.Get(short, things(), given{}.get); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
		all.Go(func() {
			if l, err := book.Get(t.Context(), things(), given{}.get); err != nil || values(l) != "a" {
				t.Errorf("%v %v", l, err)
			}
		})
		all.Wait()
		if a.asked() != 1 {
			t.Errorf("%d calls", a.asked())
		}
	})
}

func TestLookUpsThatNobodyWantsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		a := &account{answer: func(ctx context.Context, _ plan.Call) (any, error) {
			<-ctx.Done()
			ended <- ctx.Err()
			return nil, ctx.Err()
		}}
		book := lookup.NewBook(a)
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		if _, err := book.Get(ctx, things(), given{}.get); lookup.Why(err) != "interrupted" {
			t.Error(err)
		}
		begun := time.Now()
		if err := <-ended; !errors.Is(err, context.Canceled) || time.Since(begun) > 0 {
			t.Errorf("it went on: %v", err)
		}
		a.answer = func(context.Context, plan.Call) (any, error) { return oneThing, nil }
		if l, err := book.Get(t.Context(), things(), given{}.get); err != nil || values(l) != "a" {
			t.Errorf("%v %v", l, err)
		}
	})
}

// TestComingAndGoing: whoever stays until the end has the list, however many others come and go.
func TestComingAndGoing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := lookup.NewBook(slowly(50*time.Millisecond, oneThing))
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				time.Sleep(time.Duration(i%20) * time.Millisecond)
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if i%3 > 0 {
					ctx, cancel = context.WithTimeout(ctx, time.Duration(i%7)*time.Millisecond)
				}
				defer cancel()
				g := given{"vpc": fmt.Sprint(i % 5)}
				l, err := book.Get(ctx, ofVPC(), g.get)
				if i%3 == 0 && (err != nil || values(l) != "a") {
					t.Errorf("%v %v", l, err)
				}
			})
		}
		all.Wait()
	})
}
