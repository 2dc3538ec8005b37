package testenv

import (
	"hash/fnv"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Seed is that of all samples of this run.
var Seed = sync.OnceValue(func() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("ONRAMP_SEED"), 10, 64); err == nil {
		return n
	}
	return uint64(time.Now().UnixNano())
})

// Sample chooses some cases of a matrix at random: others in each run. A test that fails prints the seed that repeats it.
type Sample struct {
	random *rand.Rand
	oneOf  int
	n      int // of the case, in its block of oneOf
	pick   int // the case of this block that is taken
	taken  int
}

// OneOf takes one of each n cases; with ONRAMP_ALL it takes all. A test for which nothing is taken fails.
func OneOf(t testing.TB, n int) *Sample {
	t.Helper()
	s := &Sample{random: Random(t), oneOf: n}
	if All() {
		s.oneOf = 1
	}
	t.Cleanup(func() {
		if s.taken == 0 && !t.Failed() && !t.Skipped() {
			t.Error("no case was tried")
		}
	})
	return s
}

// Takes says whether the next case is to be run. The first case of all always is.
func (s *Sample) Takes() bool {
	if s.n == 0 {
		s.pick = s.random.IntN(s.oneOf)
	}
	take := s.n == s.pick || s.taken == 0
	s.n = (s.n + 1) % s.oneOf
	if take {
		s.taken++
	}
	return take
}

// Random is a source of random numbers that differ between runs and between tests.
func Random(t testing.TB) *rand.Rand {
	t.Helper()
	t.Logf("ONRAMP_SEED=%d repeats this sample", Seed())
	h := fnv.New64a()
	_, _ = h.Write([]byte(t.Name())) // a hash takes everything
	return rand.New(rand.NewPCG(Seed(), h.Sum64()))
}

// Few gives n of the items, in random order; all with ONRAMP_ALL.
func Few[T any](t testing.TB, items []T, n int) []T {
	t.Helper()
	if All() || n >= len(items) {
		return items
	}
	out := make([]T, n)
	for i, at := range Random(t).Perm(len(items))[:n] {
		out[i] = items[at]
	}
	return out
}
