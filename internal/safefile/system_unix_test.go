//go:build unix

package safefile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"onramp/internal/safefile"
	"onramp/internal/testenv"
)

// modes are those that files are written with.
var modes = []fs.FileMode{0o600, 0o644, 0o755, 0o400}

// modeOf is the mode that a file has when it was written with one: the same.
func modeOf(mode fs.FileMode) fs.FileMode { return mode }

// umask sets what the shell takes away from the modes of new files.
func umask(t *testing.T, mask int) {
	old := syscall.Umask(mask)
	t.Cleanup(func() { syscall.Umask(old) })
}

func symlink(t *testing.T, old, new string) {
	t.Helper()
	if err := os.Symlink(old, new); err != nil {
		t.Fatal(err)
	}
}

// otherKinds are files that are neither ordinary ones nor folders nor links.
var otherKinds = map[string]func(path string) error{
	"a pipe": func(path string) error { return syscall.Mkfifo(path, 0o600) },
}

// readAgain says that a reader was refused for a moment: here none is.
func readAgain(error) bool { return false }

// pause is how long a reader leaves a file alone: not at all.
func pause() <-chan time.Time { return closed }

var closed = func() chan time.Time {
	c := make(chan time.Time)
	close(c)
	return c
}()

// TestTheDiskIsFull: what was begun is removed.
func TestTheDiskIsFull(t *testing.T) {
	if !testenv.Child(t) {
		return
	}
	dir := t.TempDir()
	var limit syscall.Rlimit
	must(syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	limit.Cur = 4096
	must(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	err := safefile.Write(filepath.Join(dir, "plan"), make([]byte, 100_000), 0o600, false)
	if err == nil {
		t.Error("was written")
	}
	noneLeft(t, dir, 0)
}

// TestStateFolder: XDG_STATE_HOME counts where it is absolute, and else ~/.local/state.
func TestStateFolder(t *testing.T) {
	t.Setenv("HOME", "/home/ada")
	for state, want := range map[string]string{
		"/state": "/state/onramp", "": "/home/ada/.local/state/onramp", "state": "/home/ada/.local/state/onramp",
	} {
		t.Setenv("XDG_STATE_HOME", state)
		if got, err := safefile.StateFolder(); err != nil || got != want {
			t.Errorf("with %q it is %s, %v", state, got, err)
		}
	}
	t.Setenv("XDG_STATE_HOME", "")
	t.Setenv("HOME", "")
	if got, err := safefile.StateFolder(); err == nil {
		t.Errorf("without any it is %s", got)
	}
}
