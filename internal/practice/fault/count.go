package fault

import (
	"math/rand/v2"
	"strings"
	"time"
)

// fault is one line of a plan and what it has seen.
type fault struct {
	text  string // as it was written
	match string
	kind  Kind

	code, message    string
	status           int
	duration, jitter time.Duration

	nth, from, times, every int // 0: not given
	probability             float64
	seed                    uint64

	seen   int
	random *rand.Rand
}

// reset forgets the calls. A fault's chances depend on its seed and its own calls alone, so a run
// can be repeated.
func (f *fault) reset() {
	f.seen, f.random = 0, rand.New(rand.NewPCG(f.seed, 0))
}

// hits counts a call that matches and says whether the fault applies to it.
func (f *fault) hits(call string) bool {
	if !glob(f.match, call) {
		return false
	}
	f.seen++
	return f.chosen(f.seen) && (f.probability >= 1 || f.random.Float64() < f.probability)
}

// chosen says whether the call with a number, counted from 1, is one of those that are meant.
func (f *fault) chosen(n int) bool {
	from := max(f.from, 1)
	switch {
	case f.nth > 0 && n != f.nth:
		return false
	case n < from || f.times > 0 && n-from >= f.times:
		return false
	case f.every > 0 && n%f.every != 0:
		return false
	}
	return true
}

func (f *fault) delay() time.Duration {
	if f.jitter <= 0 {
		return f.duration
	}
	return f.duration + time.Duration(f.random.Int64N(int64(f.jitter)))
}

// glob matches with * for any run of characters.
func glob(pattern, s string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == s
	}
	s, ok := strings.CutPrefix(s, first)
	for ok {
		part, more, star := strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(s, part)
		}
		_, s, ok = strings.Cut(s, part) // the earliest place leaves the most for what follows
		rest = more
	}
	return false
}
