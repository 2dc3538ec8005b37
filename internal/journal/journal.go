// Package journal is the write-ahead journal of apply, verify --fix and undo: a file of JSON lines,
// each written to the disk before what it says is done. It is the audit log, and what undo and a
// second run go by. The file is only ever appended to.
//
// The package makes no call, decides nothing about a change, and never prints or logs. It must not
// know any guide, any kind of resource, or AWS.
package journal

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"onramp/internal/apply"
)

// Journal is the journal of one run. It implements apply.Journal; its methods may be called by
// several goroutines at once.
type Journal struct {
	folder string
	target Target
	run    Run
	lock   *lock
	past   []apply.Change // of the journal that is continued
	older  []apply.Change // of the journals before it

	mu     sync.Mutex
	path   string
	file   file // nil: nothing is written yet
	torn   bool // the file does not end in a line feed
	told   bool // the line of the run is written
	closed bool
	known  map[int]bool // numbers of the changes that are written, or may be
	last   int          // highest number known or handed out
}

var _ apply.Journal = (*Journal)(nil)

// errClosed is the cause where a journal is written to after Close.
var errClosed = errors.New("it is closed")

// Intend writes down a change before it is made. A change that is refused here must not be made.
func (j *Journal) Intend(in apply.Intent) error {
	in.Time = orNow(in.Time)
	line, encodeErr := encode(intentFrom(in))
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case encodeErr != nil:
		return j.failed(encodeErr)
	case in.Seq < 1:
		return j.failed(fmt.Errorf("a change has number %d, and they count from 1", in.Seq))
	case j.known[in.Seq]:
		return j.failed(fmt.Errorf("change %d is there already", in.Seq))
	}
	// Where the write fails the line may be there all the same: the number is not used again.
	j.known[in.Seq], j.last = true, max(j.last, in.Seq)
	return j.write(line)
}

// Conclude writes down what came of a change, of this run or of an earlier one. A later outcome takes
// the place of an earlier one.
func (j *Journal) Conclude(out apply.Outcome) error {
	out.Time = orNow(out.Time)
	line, err := encode(outcomeFrom(out))
	return j.about(out.Seq, line, err)
}

// Undone writes down that a change was taken back, or why it stays.
func (j *Journal) Undone(u apply.Undone) error {
	u.Time = orNow(u.Time)
	line, err := encode(undoneFrom(u))
	return j.about(u.Seq, line, err)
}

// about writes a line about a change that is there.
func (j *Journal) about(seq int, line []byte, encodeErr error) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case encodeErr != nil:
		return j.failed(encodeErr)
	case !j.known[seq]:
		return j.failed(fmt.Errorf("there is no change %d", seq))
	}
	return j.write(line)
}

// End says that the run ended in good order. A run that has changed nothing leaves no file; one that
// went on with a journal says so there.
func (j *Journal) End(e End) error {
	e.Time = orNow(e.Time)
	line, err := encode(endFrom(e))
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil {
		return j.failed(err)
	}
	if j.file == nil && !j.closed {
		return nil
	}
	return j.write(line)
}

// Close lets others have the journal. It may be called twice.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil
	}
	j.closed = true
	var err error
	if j.file != nil {
		err = j.file.Close()
	}
	if err = errors.Join(err, j.lock.release()); err != nil {
		return fmt.Errorf("close journal: %w", err)
	}
	return nil
}

// Path is where the file is; "" : nothing is written yet.
func (j *Journal) Path() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.path
}

// Next hands out the number of the next change: no two calls give the same. Who counts by himself may
// begin with it.
func (j *Journal) Next() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	return j.last
}

// Past are the changes of the journal that this run goes on with, as they were when it was opened: each
// run opens it anew.
func (j *Journal) Past() []apply.Change { return slices.Clone(j.past) }

// PastAll are the changes of older journals of the same guide, account and region that were not taken
// back, oldest first, and then those of Past. Their numbers count from 1 in each journal.
func (j *Journal) PastAll() []apply.Change { return slices.Concat(j.older, j.past) }

func orNow(t time.Time) time.Time {
	if t.IsZero() {
		return time.Now()
	}
	return t
}
