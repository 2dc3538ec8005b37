package journal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/windows"

	"onramp/internal/safefile"
)

// TestNobodyElseReadsIt: the access list of the folder, which its files have too, lets in nobody else.
func TestNobodyElseReadsIt(t *testing.T) {
	folder := home(t)
	must(t, os.MkdirAll(folder, 0o700)) // as others have left it
	j := open1(t, target, applying())
	must(t, j.Intend(role(1)))
	for _, path := range []string{folder, filepath.Join(folder, "111122223333-redshift-ml.holder")} {
		sd, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
		must(t, err)
		for _, others := range []string{";;;WD)", ";;;BU)", ";;;AU)"} { // everybody, users, whoever has signed in
			if list := sd.String(); strings.Contains(list, others) {
				t.Errorf("%s lets in others: %s", path, list)
			}
		}
	}
}

// TestAReaderDoesNotStopARun: others may read a journal and its holder while it grows and when it ends.
func TestAReaderDoesNotStopARun(t *testing.T) {
	folder := home(t)
	j := open1(t, target, applying())
	must(t, j.Intend(role(1)))
	for _, path := range []string{j.Path(), filepath.Join(folder, "111122223333-redshift-ml.holder")} {
		f, err := os.Open(path)
		must(t, err)
		defer func() { must(t, f.Close()) }()
	}
	must(t, j.Conclude(done(1)))
	must(t, j.End(End{Complete: true}))
	must(t, j.Close())
	if rec := read1(t, j.Path()); len(rec.Changes) != 1 || rec.Changes[0].Outcome == nil {
		t.Errorf("read %+v", rec)
	}
}

// TestLinksAreNotFollowed: the flag opens a link itself.
func TestLinksAreNotFollowed(t *testing.T) {
	folder := home(t)
	keep(t, folder, "j.jsonl", story(t))
	link := filepath.Join(folder, "link.jsonl")
	err := os.Symlink("j.jsonl", link)
	if err == nil {
		_, err = os.Readlink(link)
	}
	if err != nil {
		t.Skipf("NOT TESTED: symbolic links: %v", err)
	}
	if _, err := Read(link); err == nil || !strings.HasSuffix(err.Error(), errLink.Error()) {
		t.Errorf("got %v", err)
	}
	f, err := os.OpenFile(link, os.O_RDONLY|safefile.NoFollow, 0)
	must(t, err)
	defer func() { must(t, f.Close()) }()
	if info, err := f.Stat(); err != nil || info.Mode().IsRegular() {
		t.Errorf("the flag does not hold: %v, %v", info, err)
	}
}
