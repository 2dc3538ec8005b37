package journal

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Filter chooses journals; what is "" is not asked.
type Filter struct{ Account, Guide string }

func (f Filter) takes(account, guide string) bool {
	return (f.Account == "" || f.Account == account) && (f.Guide == "" || f.Guide == guide)
}

// Summary is a journal in short.
type Summary struct {
	Path                              string
	Guide, Account, Partition, Region string
	Started                           time.Time
	Runs                              int
	Changes                           int  // that happened, or may have
	TakenBack                         int  // of them
	Left                              int  // of them: an undo has said why they stay
	Open                              bool // the last run did not end with all done
	Undone                            bool // nothing is left for an undo
	Err                               error
}

// List gives the journals, newest first. One that cannot be read is in the list, with its Err.
func List(which Filter) ([]Summary, error) {
	folder, err := Folder()
	if err != nil {
		return nil, err
	}
	files, err := find(folder, which)
	if err != nil {
		return nil, err
	}
	list := make([]Summary, len(files))
	for i, f := range files {
		list[i] = f.summary()
	}
	return list, nil
}

// found is a journal with what its name says.
type found struct {
	account, guide string
	started        time.Time
	number         int // of those that began in one second
	record         Record
	err            error
}

func (f found) summary() Summary {
	r := f.record
	s := Summary{
		Path: r.Path, Guide: r.Header.Guide, Account: r.Header.Account, Partition: r.Header.Partition, Region: r.Header.Region,
		Started: f.started, Runs: len(r.Runs), Changes: r.Happened(), TakenBack: r.TakenBack(), Left: r.Left(),
		Open: r.Open(), Undone: r.Undone(), Err: f.err,
	}
	if f.err != nil {
		s.Guide, s.Account = cmp.Or(s.Guide, f.guide), cmp.Or(s.Account, f.account)
	}
	return s
}

var nameForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([0-9]{12})-([a-z0-9-]+)-([0-9]{8}T[0-9]{6}Z)(?:-([0-9]{1,9}))?\.jsonl$`)
})

// find reads the journals of a folder, newest first. One in which nothing is, because the program
// ended before its first line did, is passed over.
func find(folder string, which Filter) ([]found, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list journals in %s: %w", folder, cause(err))
	}
	var files []found
	for _, e := range entries {
		f, ok := named(e.Name())
		if !ok || !which.takes(f.account, f.guide) {
			continue
		}
		f.record, f.err = Read(filepath.Join(folder, e.Name()))
		if h := f.record.Header; h.Journal != 0 {
			f.started = h.Created
		} else if f.err == nil {
			continue
		}
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b found) int {
		return cmp.Or(b.started.Compare(a.started), cmp.Compare(b.number, a.number), cmp.Compare(b.record.Path, a.record.Path))
	})
	return files, nil
}

// named takes the name of a journal apart.
func named(name string) (found, bool) {
	parts := nameForm().FindStringSubmatch(name)
	if parts == nil {
		return found{}, false
	}
	started, err := time.Parse(nameTime, parts[3])
	number, _ := strconv.Atoi(parts[4]) // "" is the first
	return found{account: parts[1], guide: parts[2], started: started, number: number}, err == nil
}
