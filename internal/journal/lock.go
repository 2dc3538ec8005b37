package journal

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"onramp/internal/safefile"
)

// Locked says that another run has the journals of a guide in an account.
type Locked struct {
	Holder string // who it is, for people: process, command and since when
}

// Error implements error.
func (e *Locked) Error() string { return "lock journal: it is held by " + e.Holder }

// ErrorHint implements apply.Hinter.
func (e *Locked) ErrorHint() string {
	return "wait until that run has ended, or look at the terminal where it runs"
}

// lock keeps others away from the journals of a guide in an account. The operating system lets go of
// it when the process ends, however it ends. Its file stays: to remove it would let two have it.
type lock struct {
	flock  *flock.Flock
	holder string // path of the file that says who has it
}

// holder is what the file beside the lock says. It is not in the lock's own file, which Windows lets
// nobody read.
type holder struct {
	PID     int   `json:"pid"`
	Command text  `json:"command"`
	Since   stamp `json:"since"`
}

// take takes the lock, or says who has it.
func take(folder string, t Target, r Run) (*lock, error) {
	path := filepath.Join(folder, t.prefix()+".lock")
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("lock journal: open %s: it is not an ordinary file", path)
	}
	l := &lock{
		flock:  flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR|safefile.NoFollow), flock.SetPermissions(0o600)),
		holder: filepath.Join(folder, t.prefix()+".holder"),
	}
	got, err := l.flock.TryLock()
	switch {
	case err != nil:
		return nil, fmt.Errorf("lock journal: open %s: %w", path, cause(err))
	case !got:
		return nil, &Locked{Holder: who(l.holder)}
	}
	if data, err := json.Marshal(holder{r.PID, text(r.Command), stamp(r.Time)}); err == nil {
		// Where it cannot be written the lock holds all the same, and others are told less.
		_ = safefile.Write(l.holder, append(data, '\n'), 0o600, true)
	}
	return l, nil
}

// who reads who has a lock.
func who(path string) string {
	data, err := readFile(path)
	var h holder
	if err == nil {
		err = json.Unmarshal(data, &h)
	}
	if err != nil || h.PID == 0 {
		return "another run of onramp"
	}
	return fmt.Sprintf("process %d, onramp %s, since %s", h.PID, h.Command, time.Time(h.Since).Format("2006-01-02 15:04:05 UTC"))
}

// release lets go of the lock. A holder's file that stays, because another run is reading it on Windows, says nothing:
// it is read where the lock is held, and then it has been written anew.
func (l *lock) release() error {
	_ = os.Remove(l.holder)
	return l.flock.Unlock()
}
