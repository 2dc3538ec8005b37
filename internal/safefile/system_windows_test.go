package safefile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"onramp/internal/safefile"
)

// modes are those that files are written with. One that nobody may write would be made writable by removing its
// other name, and onramp writes none.
var modes = []fs.FileMode{0o600, 0o644, 0o755}

// modeOf is the mode that a file has when it was written with one: Windows knows only whether it may be written.
func modeOf(mode fs.FileMode) fs.FileMode {
	if mode&0o200 == 0 {
		return 0o444
	}
	return 0o666
}

func umask(*testing.T, int) {}

// symlink makes a link, which Windows lets administrators and developers do. Wine 8 says that it has done so.
func symlink(t *testing.T, old, new string) {
	t.Helper()
	err := os.Symlink(old, new)
	if err == nil {
		_, err = os.Readlink(new)
	}
	if err != nil {
		t.Skipf("NOT TESTED: symbolic links: %v", err)
	}
}

// otherKinds has none: a name is that of a file, a folder or a link.
var otherKinds = map[string]func(path string) error{}

// readAgain says that a reader was refused for a moment: while the file is replaced.
func readAgain(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
}

// pause is how long a reader leaves a file alone: one that is read all the time is never replaced.
func pause() <-chan time.Time { return time.After(5 * time.Millisecond) }

// accessOf is the access list of a file or folder.
func accessOf(t *testing.T, path string) string {
	t.Helper()
	sd, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	return sd.String()
}

// strangers says who but the user, the system and administrators an access list lets in.
func strangers(t *testing.T, list string) []string {
	t.Helper()
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, entry := range regexp.MustCompile(`\(A;[^)]*;([^;)]+)\)`).FindAllStringSubmatch(list, -1) {
		switch who := entry[1]; who {
		case user.User.Sid.String(), "SY", "BA", "OW":
		default:
			out = append(out, who)
		}
	}
	return out
}

// TestOwnerOnly: a private file, and a file that is made in a private folder, let nobody else in.
func TestOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	public, private := filepath.Join(dir, "public"), filepath.Join(dir, "private")
	must(safefile.Write(public, []byte("x"), 0o644, false))
	if list := accessOf(t, public); len(strangers(t, list)) == 0 {
		t.Skipf("NOT TESTED: access lists: a file that is not private lets in nobody else: %s", list)
	}
	must(safefile.Write(private, []byte("x"), 0o600, false))
	must(safefile.Write(public, []byte("x"), 0o600, true))
	folder := filepath.Join(dir, "folder")
	must(os.Mkdir(folder, 0o700))
	must(safefile.OwnerOnly(folder))
	for _, path := range []string{private, public, folder} {
		if list := accessOf(t, path); len(strangers(t, list)) > 0 {
			t.Errorf("%s: %s lets in %v", path, list, strangers(t, list))
		}
	}
	if got := read(t, private); got != "x" {
		t.Errorf("the owner reads %q", got)
	}
}

// TestAFileInUse is replaced as soon as the other process has closed it, and so is a new folder's name given.
func TestAFileInUse(t *testing.T) {
	dir, other := folder(t)
	reader, err := os.Open(other)
	must(err)
	timer := time.AfterFunc(100*time.Millisecond, func() { _ = reader.Close() })
	defer timer.Stop()
	must(safefile.Write(other, []byte("mine"), 0o600, true))
	if got := read(t, other); got != "mine" {
		t.Errorf("holds %q", got)
	}
	noneLeft(t, dir, 1)

	out := filepath.Join(dir, "out")
	written(t, out, module("a"), false)
	reader, err = os.Open(filepath.Join(out, "main.tf"))
	must(err)
	timer = time.AfterFunc(100*time.Millisecond, func() { _ = reader.Close() })
	defer timer.Stop()
	written(t, out, module("b"), false)
	if got := tree(t, out)["main.tf"]; got != "b" {
		t.Errorf("holds %q", got)
	}
}

// TestAFileInUseForGood is an error in the end, and stays as it was.
func TestAFileInUseForGood(t *testing.T) {
	dir, other := folder(t)
	reader, err := os.Open(other)
	must(err)
	err = safefile.Write(other, []byte("mine"), 0o600, true)
	must(reader.Close())
	if err == nil || read(t, other) != "theirs" {
		t.Errorf("%v; holds %q", err, read(t, other))
	}
	noneLeft(t, dir, 1)
}

func TestStateFolder(t *testing.T) {
	t.Setenv("LocalAppData", `C:\Users\ada\AppData\Local`)
	for state, want := range map[string]string{
		"": `C:\Users\ada\AppData\Local\onramp`, `D:\state`: `D:\state\onramp`, "state": `C:\Users\ada\AppData\Local\onramp`,
	} {
		t.Setenv("XDG_STATE_HOME", state)
		if got, err := safefile.StateFolder(); err != nil || got != want {
			t.Errorf("with %q it is %s, %v", state, got, err)
		}
	}
	t.Setenv("XDG_STATE_HOME", "")
	t.Setenv("LocalAppData", "")
	if got, err := safefile.StateFolder(); err == nil {
		t.Errorf("without any it is %s", got)
	}
}
