package safefile_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"onramp/internal/safefile"
)

// folder is an empty folder with a file in it that others own.
func folder(t *testing.T) (dir, other string) {
	t.Helper()
	dir = t.TempDir()
	other = filepath.Join(dir, "other")
	if err := os.WriteFile(other, []byte("theirs"), 0o640); err != nil {
		t.Fatal(err)
	}
	return dir, other
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestWrite(t *testing.T) {
	umask(t, 0o077) // the mode is exactly the one asked for, whatever the shell says
	for _, mode := range modes {
		for _, force := range []bool{false, true} {
			path := filepath.Join(t.TempDir(), "plan.sh")
			if err := safefile.Write(path, []byte("mine"), mode, force); err != nil {
				t.Fatal(err)
			}
			info, err := os.Lstat(path)
			if err != nil || info.Mode() != modeOf(mode) {
				t.Errorf("mode %v, want %v (%v)", info.Mode(), mode, err)
			}
			if got := read(t, path); got != "mine" {
				t.Errorf("holds %q", got)
			}
			noneLeft(t, filepath.Dir(path), 1)
		}
	}
}

// noneLeft: no temporary file remains beside the files that should be there.
func noneLeft(t *testing.T, dir string, want int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != want {
		t.Errorf("%d files in the folder, want %d: %v", len(entries), want, entries)
	}
}

func TestForceReplaces(t *testing.T) {
	dir, other := folder(t)
	if err := safefile.Write(other, []byte("mine"), 0o600, true); err != nil {
		t.Fatal(err)
	}
	info, _ := os.Stat(other)
	if read(t, other) != "mine" || info.Mode() != modeOf(0o600) {
		t.Errorf("holds %q with mode %v", read(t, other), info.Mode())
	}
	noneLeft(t, dir, 1)
}

// TestForceLeavesOtherNamesAlone: the file is replaced, and not written into, so that another name of
// the old file keeps what it had.
func TestForceLeavesOtherNamesAlone(t *testing.T) {
	dir, other := folder(t)
	second := filepath.Join(dir, "second")
	if err := os.Link(other, second); err != nil {
		t.Fatal(err)
	}
	if err := safefile.Write(other, []byte("mine"), 0o600, true); err != nil {
		t.Fatal(err)
	}
	if read(t, second) != "theirs" {
		t.Error("the other name of the old file was written into")
	}
}

func TestRefusals(t *testing.T) {
	type refusal struct {
		make  func(t *testing.T, dir, other string) string // gives the path
		force bool
		says  string
	}
	link := func(to string) func(t *testing.T, dir, other string) string {
		return func(t *testing.T, dir, _ string) string {
			symlink(t, filepath.Join(dir, to), filepath.Join(dir, "link"))
			return filepath.Join(dir, "link")
		}
	}
	directory := func(_ *testing.T, dir, _ string) string { return mkdir(dir, "folder") }
	at := func(names ...string) func(t *testing.T, dir, other string) string {
		return func(_ *testing.T, dir, _ string) string { return filepath.Join(append([]string{dir}, names...)...) }
	}
	tests := map[string]refusal{
		"a file that exists":                     {at("other"), false, "exists already"},
		"a symbolic link":                        {link("other"), false, "symbolic link"},
		"a symbolic link, with force":            {link("other"), true, "symbolic link"},
		"a symbolic link to nothing":             {link("nothing"), false, "symbolic link"},
		"a symbolic link to nothing, with force": {link("nothing"), true, "symbolic link"},
		"a folder":                               {directory, false, "folder"},
		"a folder, with force":                   {directory, true, "folder"},
		"a folder that is not there":             {at("no", "plan"), false, ""},
		"a file where a folder must be":          {at("other", "plan"), true, ""},
		"no name":                                {func(*testing.T, string, string) string { return "" }, true, ""},
		"a name longer than files' names":        {at(strings.Repeat("x", 300)), false, ""},
	}
	for kind, create := range otherKinds {
		tests[kind] = refusal{func(_ *testing.T, dir, _ string) string {
			must(create(filepath.Join(dir, "odd")))
			return filepath.Join(dir, "odd")
		}, false, ""}
		tests[kind+", with force"] = refusal{tests[kind].make, true, ""}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir, other := folder(t)
			t.Chdir(dir) // where a path without a folder would leave something
			path := test.make(t, dir, other)
			before := list(t, dir)
			err := safefile.Write(path, []byte("mine"), 0o600, test.force)
			if err == nil {
				t.Fatal("was written")
			}
			if !strings.Contains(err.Error(), test.says) || !strings.HasPrefix(err.Error(), "write "+path) {
				t.Errorf("says %q, want %q", err, test.says)
			}
			if name == "a folder that is not there" && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%v is not ErrNotExist", err)
			}
			if strings.Count(err.Error(), path) > 1 && path != "" {
				t.Errorf("names the file twice: %q", err)
			}
			if after := list(t, dir); after != before {
				t.Errorf("the folder was\n%s\nand is\n%s", before, after)
			}
			if read(t, other) != "theirs" {
				t.Error("another file was written into")
			}
		})
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func mkdir(dir, name string) string {
	path := filepath.Join(dir, name)
	must(os.Mkdir(path, 0o700))
	return path
}

// list is what is in a folder, with kinds and modes.
func list(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %v\n", e.Name(), info.Mode())
	}
	return b.String()
}

func TestErrExists(t *testing.T) {
	_, other := folder(t)
	if err := safefile.Write(other, nil, 0o600, false); !errors.Is(err, safefile.ErrExists) {
		t.Errorf("got %v", err)
	}
}

// TestOnlyOneWins: of many that write one file without force, one does, and the file is whole.
func TestOnlyOneWins(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "plan")
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() {
			errs[i] = safefile.Write(path, bytes.Repeat([]byte{byte('a' + i)}, 100_000), 0o600, false)
		})
	}
	wg.Wait()
	won := 0
	for i, err := range errs {
		switch {
		case err == nil:
			won++
			if got := read(t, path); got != strings.Repeat(string(rune('a'+i)), 100_000) {
				t.Error("the file is not the winner's, or not whole")
			}
		case !errors.Is(err, safefile.ErrExists):
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
	noneLeft(t, dir, 1)
}

// TestNobodyFindsAHalf: whoever reads while the file is replaced finds the old one or the new one.
func TestNobodyFindsAHalf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan")
	old, new := strings.Repeat("a", 300_000), strings.Repeat("b", 300_000)
	must(os.WriteFile(path, []byte(old), 0o600))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 50 {
			text := old
			if i%2 == 0 {
				text = new
			}
			must(safefile.Write(path, []byte(text), 0o600, true))
		}
	}()
	for {
		data, err := os.ReadFile(path)
		if readAgain(err) {
			continue
		}
		if err != nil || string(data) != old && string(data) != new {
			t.Fatalf("found %d bytes, %v", len(data), err)
		}
		select {
		case <-done:
			return
		case <-pause():
		}
	}
}

// TestAFolderThatCannotBeWritten leaves nothing and says why.
func TestAFolderThatCannotBeWritten(t *testing.T) {
	switch {
	case os.Geteuid() == 0:
		t.Skip("NOT TESTED: root may write everywhere")
	case runtime.GOOS == "windows":
		t.Skip("NOT TESTED: a folder's mode keeps nobody from writing into it")
	}
	dir := t.TempDir()
	must(os.Chmod(dir, 0o500))
	defer func() { must(os.Chmod(dir, 0o700)) }()
	err := safefile.Write(filepath.Join(dir, "plan"), nil, 0o600, false)
	if err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("got %v", err)
	}
}
