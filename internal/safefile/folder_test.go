package safefile_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/safefile"
)

const title = "onramp export guide -f terraform"

// module are files as an export has them.
func module(contents ...string) []safefile.File {
	names := []string{"main.tf", "post.sh", "sql/undo.sql", "sql/deep/er.sql"}
	var out []safefile.File
	for i, c := range contents {
		out = append(out, safefile.File{Name: names[i], Data: []byte(c), Mode: []fs.FileMode{0o644, 0o755, 0o600, 0o644}[i]})
	}
	return out
}

// tree is all that is below a folder: files by name, with their content.
func tree(t interface{ Fatal(...any) }, dir string) map[string]string {
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		name = filepath.ToSlash(name)
		switch {
		case d.Type()&fs.ModeSymlink != 0:
			to, _ := os.Readlink(path)
			out[name] = "-> " + to
		case d.Type().IsRegular():
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			out[name] = string(data)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func written(t *testing.T, dir string, files []safefile.File, force bool) safefile.Folder {
	t.Helper()
	f, err := safefile.WriteFolder(dir, title, files, force)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFolder(t *testing.T) {
	for name, make := range map[string]func(dir string) error{
		"new":       func(string) error { return nil },
		"new below": func(dir string) error { return os.RemoveAll(filepath.Dir(dir)) },
		"empty":     func(dir string) error { return os.Mkdir(dir, 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "in", "out")
			if err := errors.Join(os.MkdirAll(filepath.Dir(dir), 0o700), make(dir)); err != nil {
				t.Fatal(err)
			}
			files := module("a", "b", "c", "d")
			f := written(t, dir, files, false)
			if len(f.Written) != 5 || f.Written[4] != filepath.Join(dir, safefile.Sums) || len(f.Removed) > 0 {
				t.Errorf("says %v", f)
			}
			got := tree(t, dir)
			if len(got) != 5 {
				t.Errorf("the folder holds %v", slices.Sorted(maps.Keys(got)))
			}
			for _, f := range files {
				info, err := os.Stat(filepath.Join(dir, f.Name))
				if err != nil || info.Mode() != modeOf(f.Mode) || got[f.Name] != string(f.Data) {
					t.Errorf("%s: %v %v %q", f.Name, err, info.Mode(), got[f.Name])
				}
			}
			noneLeft(t, filepath.Dir(dir), 1)
		})
	}
}

// TestSumsAreThoseOfSha256sum: the list is one that the usual tool reads.
func TestSumsAreThoseOfSha256sum(t *testing.T) {
	tool, err := exec.LookPath("sha256sum")
	if err != nil {
		t.Skip("NOT TESTED: sha256sum is not installed")
	}
	dir := filepath.Join(t.TempDir(), "out")
	written(t, dir, module("a", "b", "c"), false)
	check := func() (string, error) {
		cmd := exec.Command(tool, "-c", "--strict", safefile.Sums)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := check(); err != nil || strings.Count(out, ": OK") != 3 {
		t.Errorf("%v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte("edited"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := check(); err == nil {
		t.Errorf("an edited file passes\n%s", out)
	}
}

// TestFolderIsWrittenAnew: what was written and not changed is replaced, and what is no more of it goes.
func TestFolderIsWrittenAnew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	written(t, dir, module("a", "b", "c", "d"), false)
	theirs := filepath.Join(dir, "terraform.tfstate")
	if err := os.WriteFile(theirs, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := written(t, dir, module("a2", "b", "c2"), false)
	if want := []string{filepath.Join(dir, "sql", "deep", "er.sql")}; !slices.Equal(f.Removed, want) {
		t.Errorf("removed %v, want %v", f.Removed, want)
	}
	got := tree(t, dir)
	delete(got, safefile.Sums)
	if want := map[string]string{"main.tf": "a2", "post.sh": "b", "sql/undo.sql": "c2", "terraform.tfstate": "theirs"}; !maps.Equal(got, want) {
		t.Errorf("the folder holds %v", got)
	}
}

func TestFolderOfAnotherTitleIsNotCleared(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	written(t, dir, module("a", "b"), false)
	f, err := safefile.WriteFolder(dir, "another", []safefile.File{{Name: "other", Data: []byte("x"), Mode: 0o644}}, false)
	if err != nil || len(f.Removed) > 0 {
		t.Fatal(f, err)
	}
	// Both are in the list, so both may be written anew.
	written(t, dir, module("a2", "b2"), false)
}

// TestFolderInTheWay: everything that is in the way is named, and nothing is written.
func TestFolderInTheWay(t *testing.T) {
	outside := t.TempDir()
	tests := map[string]struct {
		make  func(t *testing.T, dir string) error
		force bool
		says  []string
		other bool // not because of what exists
	}{
		"two files of others": {func(t *testing.T, dir string) error {
			return errors.Join(os.WriteFile(dir+"/main.tf", []byte("theirs"), 0o600), os.WriteFile(dir+"/post.sh", []byte("theirs"), 0o600))
		}, false, []string{"main.tf: exists already", "post.sh: exists already"}, false},
		"a file that was edited": {func(t *testing.T, dir string) error {
			_, err := safefile.WriteFolder(dir, title, module("a"), false)
			return errors.Join(err, os.WriteFile(dir+"/main.tf", []byte("edited"), 0o600))
		}, false, []string{"main.tf: was changed since it was written"}, false},
		"a list of others": {func(t *testing.T, dir string) error {
			return os.WriteFile(dir+"/"+safefile.Sums, []byte("theirs"), 0o600)
		}, false, []string{safefile.Sums + ": exists already"}, false},
		"a link to a file": {func(t *testing.T, dir string) error {
			symlink(t, outside+"/x", dir+"/main.tf")
			return nil
		}, true, []string{"main.tf: it is a symbolic link"}, true},
		"a link to a folder": {func(t *testing.T, dir string) error {
			symlink(t, outside, dir+"/sql")
			return nil
		}, true, []string{"sql/undo.sql: sql is a symbolic link"}, true},
		"a list that is a link": {func(t *testing.T, dir string) error {
			symlink(t, outside+"/x", dir+"/"+safefile.Sums)
			return nil
		}, true, []string{safefile.Sums + ": it is a symbolic link"}, true},
		"a folder of a file's name": {func(t *testing.T, dir string) error {
			return os.Mkdir(dir+"/main.tf", 0o700)
		}, true, []string{"main.tf: it is a folder"}, true},
		"a file of a folder's name": {func(t *testing.T, dir string) error {
			return os.WriteFile(dir+"/sql", nil, 0o600)
		}, true, []string{"sql/undo.sql:"}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := test.make(t, dir); err != nil {
				t.Fatal(err)
			}
			before := tree(t, dir)
			_, err := safefile.WriteFolder(dir, title, module("new", "new", "new"), test.force)
			for _, says := range test.says {
				if err == nil || !strings.Contains(err.Error(), says) {
					t.Errorf("%v does not say %q", err, says)
				}
			}
			if errors.Is(err, safefile.ErrExists) == test.other {
				t.Errorf("%v: ErrExists is %v", err, !test.other)
			}
			if after := tree(t, dir); !maps.Equal(before, after) {
				t.Errorf("the folder changed:\n%v\n%v", before, after)
			}
			noneLeft(t, outside, 0)
		})
	}
}

func TestFolderItself(t *testing.T) {
	base := t.TempDir()
	real := filepath.Join(base, "real")
	if err := errors.Join(os.Mkdir(real, 0o700), os.WriteFile(base+"/file", nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	refused := func(t *testing.T, path, says string) {
		if _, err := safefile.WriteFolder(filepath.Join(base, path), title, module("a"), true); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", path, err)
		}
		noneLeft(t, base, 2)
		noneLeft(t, real, 0)
	}
	t.Run("a file", func(t *testing.T) { refused(t, "file", "not a folder") })
	t.Run("a link", func(t *testing.T) {
		symlink(t, real, base+"/link")
		defer func() { must(os.Remove(base + "/link")) }()
		if _, err := safefile.WriteFolder(base+"/link", title, module("a"), true); err == nil || !strings.Contains(err.Error(), "symbolic link") {
			t.Errorf("says %v", err)
		}
		noneLeft(t, base, 3)
		noneLeft(t, real, 0)
	})
}

// TestNamesOfFiles: none leads out of the folder, and each is that of one file on every system, whichever writes it.
func TestNamesOfFiles(t *testing.T) {
	base := t.TempDir()
	for _, name := range []string{
		"../up", "/etc/x", "a/../../b", "", ".", "a\nb", `a\b`, safefile.Sums, "sha256sums", "a:b", "C:x", "a*", "a?", `a"b`, "<a>", "a|b",
		"a.", "sub./a", "a ", "con", "NUL", "aux.json", "sub/Com1.txt", "lpt9 .x", "prn/a", "COM²", "CONOUT$",
	} {
		if _, err := safefile.WriteFolder(filepath.Join(base, "new"), title, []safefile.File{{Name: name, Mode: 0o600}}, true); err == nil {
			t.Errorf("a file called %q is written", name)
		}
	}
	two := []safefile.File{{Name: "sub/Role.json", Mode: 0o600}, {Name: "sub/role.json", Mode: 0o600}}
	if _, err := safefile.WriteFolder(filepath.Join(base, "new"), title, two, true); err == nil || !strings.Contains(err.Error(), "two files") {
		t.Errorf("two names that differ in case only: %v", err)
	}
	noneLeft(t, base, 0)
	for _, name := range []string{"console.json", "com10", "nul-role.json", ".hidden", "a.b.c", "role con.json"} {
		if _, err := safefile.WriteFolder(filepath.Join(base, "out"), title, []safefile.File{{Name: name, Mode: 0o600}}, true); err != nil {
			t.Error(err)
		}
	}
}

// TestListLeadsNowhere: a list that somebody has written removes nothing outside the folder.
func TestListLeadsNowhere(t *testing.T) {
	base := t.TempDir()
	dir, outside := filepath.Join(base, "out"), filepath.Join(base, "victim")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(outside, []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	t.Run("over a link", func(t *testing.T) { symlink(t, base, dir+"/up") })
	const sum = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" // of x
	list := "# " + title + "\n" + sum + "  ../victim\n" + sum + "  up/victim\n" + sum + "  " + outside + "\n"
	if err := os.WriteFile(dir+"/"+safefile.Sums, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	if f := written(t, dir, module("a"), false); len(f.Removed) > 0 {
		t.Errorf("removed %v", f.Removed)
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
}

// TestFolderAfterAnything: whatever is in a folder, a write either leaves all as it was and says so, or leaves exactly
// the files, their list, and what others have.
func TestFolderAfterAnything(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp("", "folder")
		if err != nil {
			r.Fatal(err)
		}
		defer os.RemoveAll(dir)
		names := rapid.SampledFrom([]string{"a", "b", "sub/a", "sub/b", "other"})
		draw := func(label string) []safefile.File {
			var files []safefile.File
			for _, name := range rapid.SliceOfNDistinct(names, 0, 4, rapid.ID).Draw(r, label) {
				files = append(files, safefile.File{Name: name, Data: []byte(rapid.SampledFrom([]string{"1", "2"}).Draw(r, "data")), Mode: 0o600})
			}
			return files
		}
		for range rapid.IntRange(1, 6).Draw(r, "rounds") {
			if rapid.Bool().Draw(r, "edit") {
				name := filepath.Join(dir, names.Draw(r, "edited"))
				_ = os.MkdirAll(filepath.Dir(name), 0o700)
				_ = os.WriteFile(name, []byte("theirs"), 0o600)
			}
			before, files, force := tree(r, dir), draw("files"), rapid.Bool().Draw(r, "force")
			f, err := safefile.WriteFolder(dir, title, files, force)
			after := tree(r, dir)
			if err != nil {
				if force || !maps.Equal(before, after) {
					r.Fatalf("%v; before %v, after %v", err, before, after)
				}
				continue
			}
			want := maps.Clone(before)
			for _, f := range files {
				want[f.Name] = string(f.Data)
			}
			for _, gone := range f.Removed {
				name, _ := filepath.Rel(dir, gone)
				name = filepath.ToSlash(name)
				if want[name] == "theirs" {
					r.Fatalf("%s is somebody else's and was removed", name)
				}
				delete(want, name)
			}
			delete(want, safefile.Sums)
			delete(after, safefile.Sums)
			if !maps.Equal(want, after) {
				r.Fatalf("holds %v, want %v", after, want)
			}
			for _, f := range files {
				if before[f.Name] == "theirs" && !force {
					r.Fatalf("%s was somebody else's and was replaced", f.Name)
				}
			}
		}
	})
}
