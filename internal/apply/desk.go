package apply

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"onramp/internal/plan"
)

// desk is where all calls of a run pass: no more than so many at once, and a read that was made a
// moment ago is not made again, since many steps ask the same thing.
type desk struct {
	caller Caller
	slots  chan struct{}

	mu    sync.Mutex
	reads map[string]*reading
	begun int // reads so far
}

// reading is one read, while it is made and after.
type reading struct {
	done   chan struct{}
	number int // of the read, from 1
	made   time.Time
	answer any
	err    error
}

// fresh is how long a read counts: long enough for a plan's reads to be gathered, and too short for
// somebody else to have changed much meanwhile.
const fresh = 20 * time.Second

func newDesk(c Caller, parallelism int) *desk {
	if parallelism < 1 {
		parallelism = defaultParallelism
	}
	return &desk{caller: c, slots: make(chan struct{}, parallelism), reads: map[string]*reading{}}
}

// send makes a call.
func (d *desk) send(ctx context.Context, c plan.Call) (any, error) {
	select {
	case d.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-d.slots }()
	return d.caller.Call(ctx, c)
}

// read gives what a call answers, from a moment ago if it was made then.
func (d *desk) read(ctx context.Context, c plan.Call) (any, error) {
	key := keyOf(c)
	d.mu.Lock()
	r := d.reads[key]
	if r == nil || r.stale() {
		d.begun++
		r = &reading{done: make(chan struct{}), number: d.begun}
		d.reads[key] = r
		d.mu.Unlock()
		r.answer, r.err = d.send(ctx, c)
		r.made = time.Now()
		close(r.done)
		if r.err != nil && codeOf(r.err) == "" { // no answer of AWS's: the next one may ask again
			d.forget(key, r)
		}
		return r.answer, r.err
	}
	d.mu.Unlock()
	select {
	case <-r.done:
		return r.answer, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// again reads what may have changed since.
func (d *desk) again(ctx context.Context, c plan.Call) (any, error) {
	d.drop(c)
	return d.read(ctx, c)
}

// now is a moment, for after.
func (d *desk) now() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.begun
}

// after says that a read was begun after a moment, or is not remembered.
func (d *desk) after(moment int, c plan.Call) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.reads[keyOf(c)]
	return r == nil || r.number > moment
}

// drop forgets what a call answered: something was changed that it may tell of.
func (d *desk) drop(c plan.Call) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.reads, keyOf(c))
}

func (d *desk) forget(key string, r *reading) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.reads[key] == r {
		delete(d.reads, key)
	}
}

// stale says that a read is too old to count. One that is still under way is not.
func (r *reading) stale() bool {
	select {
	case <-r.done:
		return time.Since(r.made) > fresh
	default:
		return false
	}
}

// keyOf is what makes two calls the same.
func keyOf(c plan.Call) string {
	data, err := json.Marshal(c)
	if err != nil {
		return c.Name() // only what In takes is in a call, and that encodes
	}
	return string(data)
}
