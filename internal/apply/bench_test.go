package apply_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"onramp/internal/apply"
	"onramp/internal/awsapi"
	"onramp/internal/plan"
	"onramp/internal/practice"
)

// perCall is how long each call takes in the benchmark, as over a network.
const perCall = 50 * time.Millisecond

// far makes every call take its time, and counts.
type far struct {
	caller apply.Caller
	delay  time.Duration

	mu                  sync.Mutex
	calls, flying, peak int
}

// Call implements apply.Caller.
func (f *far) Call(ctx context.Context, c plan.Call) (any, error) {
	f.mu.Lock()
	f.calls++
	f.flying++
	f.peak = max(f.peak, f.flying)
	f.mu.Unlock()
	time.Sleep(f.delay)
	defer func() {
		f.mu.Lock()
		f.flying--
		f.mu.Unlock()
	}()
	return f.caller.Call(ctx, c)
}

// applied applies a plan to a new account and gives what it took.
func applied(t testing.TB, p plan.Plan, delay time.Duration) (*far, time.Duration) {
	t.Helper()
	client, err := awsapi.New(t.Context(), awsapi.Options{
		Region: p.Target.Region, Account: practice.New(practice.Settings{Region: p.Target.Region}),
	})
	if err != nil {
		t.Fatal(err)
	}
	f := &far{caller: client, delay: delay}
	begun := time.Now()
	if _, err := apply.Run(t.Context(), p, f, apply.Options{Consent: seen(t, p, client), Poll: apply.Poll{First: time.Millisecond, Most: time.Millisecond}}); err != nil {
		t.Fatal(err)
	}
	return f, time.Since(begun)
}

// critical is the number of calls on the longest chain of resources that need one another: what no number of
// calls at once could shorten. The calls of a resource are those that a plan makes with it and does not make
// without it.
func critical(t testing.TB, p plan.Plan) int {
	longest := map[string]int{}
	most := 0
	for _, res := range p.Resources {
		closure := needed(p, res)
		with, _ := applied(t, part(p, append(closure, res.ID)), 0)
		without := 0
		if len(closure) > 0 {
			f, _ := applied(t, part(p, closure), 0)
			without = f.calls
		}
		before := 0
		for _, need := range append([]string{res.Within}, res.Needs...) {
			before = max(before, longest[need])
		}
		longest[res.ID] = before + with.calls - without
		most = max(most, longest[res.ID])
	}
	return most
}

// needed are the ids of all that a resource needs, and what that needs.
func needed(p plan.Plan, of plan.Resource) []string {
	all := map[string]bool{}
	var add func(plan.Resource)
	add = func(r plan.Resource) {
		for _, id := range append([]string{r.Within}, r.Needs...) {
			if next, ok := p.Find(id); ok && !all[id] {
				all[id] = true
				add(next)
			}
		}
	}
	add(of)
	var out []string
	for _, r := range p.Resources {
		if all[r.ID] {
			out = append(out, r.ID)
		}
	}
	return out
}

// part is a plan with some of its resources.
func part(p plan.Plan, ids []string) plan.Plan {
	keep := map[string]bool{}
	for _, id := range ids {
		keep[id] = true
	}
	out := p
	out.Resources = nil
	for _, r := range p.Resources {
		if keep[r.ID] {
			out.Resources = append(out.Resources, r)
		}
	}
	return out
}

// BenchmarkApply prints for each answers file the wall time of an apply, at 50 ms a call, over the critical
// path of its calls, their number, and how many were in flight at most.
func BenchmarkApply(b *testing.B) {
	for _, file := range answersFiles(b) {
		p := built(b, file)
		b.Run(filepath.Base(file), func(b *testing.B) {
			path := time.Duration(critical(b, p)) * perCall
			var f *far
			var took, total time.Duration
			n := 0
			for b.Loop() {
				f, took = applied(b, p, perCall)
				total += took
				n++
			}
			b.ReportMetric(float64(total)/float64(n)/float64(path), "wall/critical")
			b.ReportMetric(float64(f.calls), "calls")
			b.ReportMetric(float64(f.peak), "peak")
			b.ReportMetric(path.Seconds(), "critical-s")
		})
	}
}
