//go:build unix

package journal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"onramp/internal/draft"
	"onramp/internal/safefile"
	"onramp/internal/testenv"
)

// small is a disk with so much room.
type small struct {
	file
	room    int
	syncErr error
}

func (s *small) Write(p []byte) (int, error) {
	if len(p) <= s.room {
		return s.file.Write(p)
	}
	n, err := s.file.Write(p[:s.room])
	return n, errors.Join(err, &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
}

func (s *small) Sync() error {
	if s.syncErr != nil {
		return s.syncErr
	}
	return s.file.Sync()
}

// TestAFullDisk: wherever the disk ends, the error names the file, and what is written later, when there
// is room again, stands on a line of its own.
func TestAFullDisk(t *testing.T) {
	home(t)
	length := len(lines(t, intentFrom(role(2))))
	for room := range length {
		j := open1(t, target, applying())
		must(t, j.Intend(role(1)))
		disk := j.file
		j.file = &small{file: disk, room: room}
		err := j.Intend(role(2))
		if !errors.Is(err, syscall.ENOSPC) || err.Error() != "write journal "+j.Path()+": no space left on device" {
			t.Fatalf("room for %d: says %v", room, err)
		}
		if err := j.Intend(role(2)); err == nil || errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("room for %d: the number was used again: %v", room, err)
		}
		j.file = disk
		must(t, j.Conclude(done(1)))
		must(t, j.Intend(role(3)))
		must(t, j.End(End{Complete: true}))
		must(t, j.Close())
		rec := read1(t, j.Path())
		whole := room == length-1 // all but the line feed
		if n := len(rec.Changes); n != 2 && !whole || n != 3 && whole || rec.Changes[n-1].Seq != 3 || rec.Changes[0].Outcome == nil {
			t.Fatalf("room for %d: %+v", room, rec.Changes)
		}
		if torn := len(rec.Torn) == 1; torn != (room > 0 && !whole) {
			t.Fatalf("room for %d: torn %v", room, rec.Torn)
		}
		must(t, os.Remove(j.Path())) // else the next one reads them all
	}
}

// TestTheRunIsToldAgain where the line that told it was cut.
func TestTheRunIsToldAgain(t *testing.T) {
	home(t)
	first := open1(t, target, applying())
	must(t, first.Intend(role(1)))
	must(t, first.Close())
	second := open1(t, target, applying())
	disk := second.file
	second.file = &small{file: disk, room: 40}
	if err := second.Intend(role(2)); err == nil {
		t.Fatal("was written")
	}
	second.file = disk
	must(t, second.Intend(role(3)))
	rec := read1(t, second.Path())
	if len(rec.Runs) != 2 || len(rec.Changes) != 2 || len(rec.Torn) != 1 {
		t.Errorf("read %+v", rec)
	}
}

// TestADiskThatDoesNotAnswer: what may not have reached it counts as not written.
func TestADiskThatDoesNotAnswer(t *testing.T) {
	home(t)
	j := open1(t, target, applying())
	must(t, j.Intend(role(1)))
	j.file = &small{file: j.file, room: 1 << 20, syncErr: syscall.EIO}
	for name, err := range map[string]error{"intend": j.Intend(role(2)), "conclude": j.Conclude(done(1)), "end": j.End(End{})} {
		if !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheDiskIsFullFromTheBeginning: no file remains, and later there may be one.
func TestTheDiskIsFullFromTheBeginning(t *testing.T) {
	if !testenv.Child(t) {
		return
	}
	folder := home(t)
	j := open1(t, target, applying())
	var old syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old))
	limit := old
	limit.Cur = 100
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	err := j.Intend(role(1))
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old))
	if err == nil || !strings.HasPrefix(err.Error(), "write journal "+folder) || strings.Count(err.Error(), folder) != 1 {
		t.Errorf("says %v", err)
	}
	if got := names(t, folder); len(got) > 0 || j.Path() != "" {
		t.Errorf("left %v", got)
	}
	must(t, j.Intend(role(2)))
	if rec := read1(t, j.Path()); len(rec.Changes) != 1 || len(rec.Runs) != 1 {
		t.Errorf("read %+v", rec)
	}
}

// TestNobodyElseReadsIt, whatever the shell says of new files, and whatever others did to old ones.
func TestNobodyElseReadsIt(t *testing.T) {
	folder := home(t)
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	j := open1(t, target, applying())
	must(t, j.Intend(role(1)))
	modes := func() {
		t.Helper()
		must(t, filepath.WalkDir(os.Getenv("XDG_STATE_HOME"), func(path string, d fs.DirEntry, err error) error {
			if err != nil || path == os.Getenv("XDG_STATE_HOME") {
				return err
			}
			info, err := d.Info()
			must(t, err)
			if want := map[bool]fs.FileMode{true: 0o700, false: 0o600}[d.IsDir()]; info.Mode().Perm() != want {
				t.Errorf("%s has mode %v", path, info.Mode())
			}
			return nil
		}))
	}
	modes()
	must(t, j.Close())
	must(t, os.Chmod(folder, 0o755))
	must(t, os.Chmod(j.Path(), 0o644))
	open1(t, target, applying())
	modes()
}

// TestLinksAreNotFollowed, and nothing is written where they lead.
func TestLinksAreNotFollowed(t *testing.T) {
	name := "111122223333-redshift-ml-20261122T030405Z.jsonl"
	tests := map[string]struct {
		make func(folder, other string) error
		says string // of Open; "" : it opens
	}{
		"a journal":                {func(folder, other string) error { return os.Symlink(other, filepath.Join(folder, name)) }, "links are not followed"},
		"a journal that is a pipe": {func(folder, _ string) error { return syscall.Mkfifo(filepath.Join(folder, name), 0o600) }, "not an ordinary file"},
		"the lock": {func(folder, other string) error {
			return os.Symlink(other, filepath.Join(folder, "111122223333-redshift-ml.lock"))
		}, "not an ordinary file"},
		"the holder": {func(folder, other string) error {
			return os.Symlink(other, filepath.Join(folder, "111122223333-redshift-ml.holder"))
		}, ""},
		"the folder": {func(folder, _ string) error {
			elsewhere := filepath.Join(filepath.Dir(folder), "elsewhere")
			return errors.Join(os.Remove(folder), os.Mkdir(elsewhere, 0o700), os.Symlink(elsewhere, folder))
		}, "links are not followed"},
	}
	for what, test := range tests {
		t.Run(what, func(t *testing.T) {
			folder := home(t)
			must(t, os.MkdirAll(folder, 0o700))
			other := filepath.Join(t.TempDir(), "other")
			before := string(lines(t, headerFrom(header), runFrom(applying()), intentFrom(role(1))))
			must(t, os.WriteFile(other, []byte(before), 0o600))
			must(t, test.make(folder, other))
			j, err := Open(target, applying())
			if test.says == "" {
				must(t, err)
				must(t, j.Close())
			} else if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("says %v, want %q", err, test.says)
			}
			if data, err := os.ReadFile(other); err != nil || string(data) != before {
				t.Errorf("another file holds %q, %v", data, err)
			}
		})
	}
}

// TestReadFollowsNoLink, given by whom it may.
func TestReadFollowsNoLink(t *testing.T) {
	folder := home(t)
	keep(t, folder, "j.jsonl", story(t))
	link := filepath.Join(folder, "link.jsonl")
	must(t, os.Symlink("j.jsonl", link))
	if _, err := Read(link); err == nil || err.Error() != "read journal "+link+": "+errLink.Error() {
		t.Errorf("got %v", err)
	}
	if _, err := Resume(link, undoing()); err == nil {
		t.Error("was opened")
	}
	if _, err := os.OpenFile(link, os.O_RDONLY|safefile.NoFollow, 0); err == nil {
		t.Error("the flag does not hold")
	}
	if _, err := Read(folder); err == nil || !strings.Contains(err.Error(), "not an ordinary file") {
		t.Errorf("a folder: %v", err)
	}
}

// TestFolder: journals are where drafts are, and a state folder that is not absolute does not count.
func TestFolder(t *testing.T) {
	t.Setenv("HOME", "/home/ada")
	for state, want := range map[string]string{"/var/state": "/var/state/onramp/journals", "": "/home/ada/.local/state/onramp/journals", "state": "/home/ada/.local/state/onramp/journals"} {
		t.Setenv("XDG_STATE_HOME", state)
		beside, err := draft.Path("x")
		must(t, err)
		if got, err := Folder(); err != nil || got != want || filepath.Dir(got) != filepath.Dir(beside) {
			t.Errorf("with %q it is %s, %v; drafts are %s", state, got, err, beside)
		}
	}
}
