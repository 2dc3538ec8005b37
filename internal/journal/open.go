package journal

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"sync"
	"time"

	"onramp/internal/apply"
)

// Target is what a journal is about.
type Target struct{ Guide, Account, Partition, Region string }

// Run is who runs what.
type Run struct {
	Time    time.Time // when it began; zero: now
	Version string    // of onramp
	Command string    // as it is called: apply, "verify --fix", or Undo
	Caller  string    // ARN
	Plan    string    // its hash
	PID     int       // zero: of this process
}

// Undo is the command that takes changes back. All others bring a plan about.
const Undo = "undo"

func (r Run) filled() Run {
	if r.Time.IsZero() {
		r.Time = now()
	}
	if r.PID == 0 {
		r.PID = os.Getpid()
	}
	return r
}

// prefix is how the names of a target's files begin. Regions share it, because they share what is in
// no region: roles and policies.
func (t Target) prefix() string { return t.Account + "-" + t.Guide }

// What stands in the name of a file must not lead out of its folder.
var (
	accountForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[0-9]{12}$`)
	})
	guideForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	})
)

func (t Target) check() error {
	switch {
	case !accountForm().MatchString(t.Account):
		return fmt.Errorf("account %q is not 12 digits", t.Account)
	case !guideForm().MatchString(t.Guide):
		return fmt.Errorf("guide %q is not letters, digits and hyphens", t.Guide)
	}
	return nil
}

// Open opens the journal for a run that brings a plan about. It goes on with the newest journal of the
// same target whose last run has not brought all of it about; else a new one is begun with the first
// change. The error is a *Locked where another run is under way.
func Open(t Target, r Run) (*Journal, error) {
	j, err := locked(t, r)
	if err != nil {
		return nil, err
	}
	if err := j.goOn(); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// Resume opens a journal that is there, so that its changes can be taken back.
func Resume(path string, r Run) (*Journal, error) {
	rec, err := Read(path)
	if err != nil {
		return nil, err
	}
	if rec.Header.Journal == 0 {
		return nil, fmt.Errorf("read journal %s: nothing is in it", path)
	}
	j, err := locked(rec.Header.Target, r)
	if err != nil {
		return nil, err
	}
	rec, err = Read(path) // until now another run may have written
	if err == nil {
		err = j.adopt(rec)
	}
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// locked is a journal that nothing is known of yet, and that nobody else has.
func locked(t Target, r Run) (*Journal, error) {
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	folder, err := makeFolder()
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	r = r.filled()
	l, err := take(folder, t, r)
	if err != nil {
		return nil, err
	}
	return &Journal{folder: folder, target: t, run: r, lock: l, known: map[int]bool{}}, nil
}

// goOn finds what earlier runs have left. One that cannot be read is an error: it may hold what must
// not be made twice.
func (j *Journal) goOn() error {
	records, err := j.records()
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(records, Record.unfinished); i >= 0 {
		if err := j.adopt(records[i]); err != nil {
			return err
		}
		records = slices.Delete(records, i, i+1)
	}
	for _, rec := range slices.Backward(records) {
		if !rec.Undone() {
			j.older = append(j.older, rec.Changes...)
		}
	}
	return nil
}

// records are the journals of the target, newest first.
func (j *Journal) records() ([]Record, error) {
	found, err := find(j.folder, Filter{Account: j.target.Account, Guide: j.target.Guide})
	if err != nil {
		return nil, err
	}
	var records []Record
	for _, f := range found {
		switch {
		case f.err != nil && (f.record.Header.Target == Target{} || f.record.Header.Target == j.target):
			return nil, f.err
		case f.err == nil && f.record.Header.Target == j.target:
			records = append(records, f.record)
		}
	}
	return records, nil
}

// adopt goes on with a journal.
func (j *Journal) adopt(rec Record) error {
	f, err := openAppend(rec.Path)
	if err != nil {
		return fmt.Errorf("open journal %s: %w", rec.Path, cause(err))
	}
	j.path, j.file, j.torn, j.past = rec.Path, f, rec.unterminated, rec.Changes
	for _, c := range rec.Changes {
		j.known[c.Seq], j.last = true, max(j.last, c.Seq)
	}
	return nil
}

// happened says that a change took effect, or may have.
func happened(c apply.Change) bool {
	return c.Outcome == nil || c.Outcome.Code == "" || c.Outcome.Code == apply.Unknown
}
