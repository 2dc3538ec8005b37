package lookup

import (
	"context"
	"sync"
	"time"

	"onramp/internal/plan"
)

// Book looks lists up and remembers them. A list is looked up once for all who want it at the same
// time, and again only if that failed. It may be used by several goroutines at once.
type Book struct {
	// Limit bounds one look-up. Set it before the first.
	Limit time.Duration

	caller  Caller
	mu      sync.Mutex
	entries map[string]*entry
}

// entry is one look-up: under way, or over.
type entry struct {
	over   chan struct{} // closed when found and err stand
	found  found
	err    error
	wanted int // by how many; guarded by Book.mu
	cancel context.CancelFunc
}

// defaultLimit and inFlight are sparing: AWS slows down who asks much at once, and a person waits.
const (
	defaultLimit = 10 * time.Second
	inFlight     = 8 // calls at once, of all look-ups
)

// NewBook makes a book of one account and region. A new one knows nothing.
func NewBook(c Caller) *Book {
	return &Book{Limit: defaultLimit, caller: &few{c, make(chan struct{}, inFlight)}, entries: map[string]*entry{}}
}

// Get looks a list up, or remembers it. Where ctx ends before, it gives ctx's error, and the look-up is
// broken off when nobody else waits for it.
func (b *Book) Get(ctx context.Context, s Spec, get func(key string) string) (List, error) {
	call, err := s.call(get)
	if err != nil {
		return List{}, err
	}
	key := s.Name + " " + keyOf(call)
	e := b.entry(ctx, key, s, call)
	select {
	case <-e.over:
	case <-ctx.Done():
		b.leave(key, e)
		return List{}, ctx.Err()
	}
	if e.err != nil {
		return List{}, e.err
	}
	return s.list(e.found, get), nil
}

// entry finds the look-up of a list, or begins it.
func (b *Book) entry(ctx context.Context, key string, s Spec, call plan.Call) *entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[key]
	if e == nil {
		e = b.begin(ctx, key, s, call)
		b.entries[key] = e
	}
	e.wanted++
	return e
}

// begin makes the look-up in the background: it belongs to all who want it, not to the first of them.
func (b *Book) begin(ctx context.Context, key string, s Spec, call plan.Call) *entry {
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), b.Limit, &late{b.Limit})
	e := &entry{over: make(chan struct{}), cancel: cancel}
	go func() {
		defer cancel()
		e.found, e.err = s.find(ctx, b.caller, call)
		if e.err != nil {
			b.mu.Lock()
			b.forget(key, e)
			b.mu.Unlock()
		}
		close(e.over)
	}()
	return e
}

// leave is called by whoever waits no longer.
func (b *Book) leave(key string, e *entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.wanted--
	select {
	case <-e.over: // it is there for whoever comes next
		return
	default:
	}
	if e.wanted == 0 {
		b.forget(key, e)
		e.cancel()
	}
}

// forget is called with the lock held.
func (b *Book) forget(key string, e *entry) {
	if b.entries[key] == e {
		delete(b.entries, key)
	}
}

// few lets a few calls through at a time.
type few struct {
	Caller
	slots chan struct{}
}

// Call implements Caller.
func (f *few) Call(ctx context.Context, c plan.Call) (any, error) {
	select {
	case f.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-f.slots }()
	return f.Caller.Call(ctx, c)
}
