package safefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Sums is the name of the list that a folder has of its files: what `sha256sum -c` reads. It tells what was written
// here and has not been changed since, and so may be written anew.
const Sums = "SHA256SUMS"

// File is one file of a folder.
type File struct {
	Name string // below the folder, with slashes
	Data []byte
	Mode fs.FileMode
}

// Folder is what has become of a folder.
type Folder struct {
	Written []string // paths
	Removed []string // what was written earlier under the same title, and is not of it any more
}

// WriteFolder writes the files of a folder, or none of them, and the list of them. A folder that is new appears whole.
// In one that is there, files that were not written by WriteFolder, or were changed since, are in the way unless force
// is given; ErrExists says so, and names them all. No symbolic link is followed below the folder, nor if it is one.
// The title is a line that says what the files are.
func WriteFolder(folder, title string, files []File, force bool) (Folder, error) {
	if err := checkNames(files); err != nil {
		return Folder{}, fmt.Errorf("write %s: %w", folder, err)
	}
	folder = filepath.Clean(folder)
	info, err := os.Lstat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = createFolder(folder, title, files)
	case err != nil:
		err = cause(err)
	case info.Mode()&fs.ModeSymlink != 0:
		err = errors.New("it is a symbolic link, and links are not followed")
	case !info.IsDir():
		err = errors.New("it is not a folder")
	default:
		return updateFolder(folder, title, files, force)
	}
	if err != nil {
		return Folder{}, fmt.Errorf("write %s: %w", folder, err)
	}
	return Folder{Written: paths(folder, files)}, nil
}

// checkNames refuses names that would lead out of the folder, and those that are not one file each on every system: a
// folder is passed on from Linux to Windows and macOS, where upper and lower case are the same.
func checkNames(files []File) error {
	seen := map[string]bool{strings.ToLower(Sums): true}
	for _, f := range files {
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) || path.Clean(f.Name) != f.Name || !portable(f.Name) {
			return fmt.Errorf("%q is no name for a file in a folder", f.Name)
		}
		if folded := strings.ToLower(f.Name); seen[folded] {
			return fmt.Errorf("%q is the name of two files", f.Name)
		} else {
			seen[folded] = true
		}
	}
	return nil
}

func paths(folder string, files []File) []string {
	var out []string
	for _, f := range files {
		out = append(out, filepath.Join(folder, filepath.FromSlash(f.Name)))
	}
	return append(out, filepath.Join(folder, Sums))
}

// createFolder makes the folder beside its place, and moves it there in one go.
func createFolder(folder, title string, files []File) (err error) {
	parent := filepath.Dir(folder)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return cause(err)
	}
	tmp, err := os.MkdirTemp(parent, "."+filepath.Base(folder)+".*")
	if err != nil {
		return cause(err)
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(tmp)
			err = cause(err)
		}
	}()
	if err := fillFolder(tmp, append(slices.Clone(files), sumsOf(title, files, nil))); err != nil {
		return err
	}
	return whenFree(func() error { return os.Rename(tmp, folder) })
}

// fillFolder writes the files of a new folder. The folder is closed when it returns: Windows does not rename one that
// is open.
func fillFolder(folder string, files []File) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err = writeIn(root, f.Name, f); err != nil {
			break
		}
	}
	return errors.Join(err, root.Close())
}

// writeIn writes a file of a folder under another name than its own, and the folders that its name has.
func writeIn(root *os.Root, name string, f File) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.Mode)
	if err != nil {
		return err
	}
	return fill(out, f.Data, f.Mode)
}

// updateFolder writes into a folder that is there: all files beside their places first, and then each to its place,
// the list last. Broken off in between, it can be done again: what is at its place already is no hindrance.
func updateFolder(folder, title string, files []File, force bool) (Folder, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return Folder{}, fmt.Errorf("write %s: %w", folder, cause(err))
	}
	defer root.Close()
	old := readSums(root)
	absent, err := old.inTheWay(root, files, force)
	if err != nil {
		return Folder{}, fmt.Errorf("write %s: %w", folder, err)
	}
	stale := old.stale(root, title, files)
	all := append(slices.Clone(files), sumsOf(title, files, old.others(files, stale)))
	if err := place(root, all, absent); err != nil {
		return Folder{}, fmt.Errorf("write %s: %w", folder, cause(err))
	}
	out := Folder{Written: paths(folder, files)}
	for _, name := range stale {
		if err := root.Remove(name); err != nil {
			return out, fmt.Errorf("remove %s: %w", filepath.Join(folder, name), cause(err))
		}
		out.Removed = append(out.Removed, filepath.Join(folder, filepath.FromSlash(name)))
	}
	return out, nil
}

// place writes the files under other names, and then gives them their own.
func place(root *os.Root, files []File, absent map[string]bool) (err error) {
	staged := map[string]string{}
	defer func() {
		for _, tmp := range staged {
			_ = root.Remove(tmp)
		}
	}()
	for _, f := range files {
		tmp := path.Join(path.Dir(f.Name), "."+path.Base(f.Name)+".onramp")
		_ = root.Remove(tmp) // of a run that was killed
		if err := writeIn(root, tmp, f); err != nil {
			return err
		}
		staged[f.Name] = tmp
	}
	for _, f := range files {
		if err := move(root, staged[f.Name], f.Name, absent[f.Name]); err != nil {
			return err
		}
		delete(staged, f.Name)
	}
	return nil
}

// move gives a file its name. What was absent when it was looked for must still be: a link cannot replace anything.
func move(root *os.Root, from, to string, absent bool) error {
	rename := func() error { return whenFree(func() error { return root.Rename(from, to) }) }
	if !absent {
		return rename()
	}
	err := root.Link(from, to)
	switch {
	case err == nil:
		return whenFree(func() error { return root.Remove(from) })
	case errors.Is(err, fs.ErrExist):
		return err
	}
	return rename() // a file system without links
}

// inTheWay looks at each place for what must not be written over, and says which places are empty.
func (s sums) inTheWay(root *os.Root, files []File, force bool) (absent map[string]bool, err error) {
	absent = map[string]bool{}
	var wrong []error
	for _, f := range append(slices.Clone(files), File{Name: Sums}) {
		err := linked(root, path.Dir(f.Name))
		if err == nil {
			err = s.mayReplace(root, f, force || f.Name == Sums && s.title != "")
		}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			absent[f.Name] = true
		case err != nil:
			wrong = append(wrong, fmt.Errorf("%s: %w", f.Name, cause(err)))
		}
	}
	return absent, errors.Join(wrong...)
}

// linked says that a folder below the root is, or lies behind, a symbolic link.
func linked(root *os.Root, folder string) error {
	for at := folder; at != "."; at = path.Dir(at) {
		info, err := root.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case info.Mode()&fs.ModeSymlink != 0:
			return fmt.Errorf("%s is a symbolic link, and links are not followed", at)
		case !info.IsDir():
			return fmt.Errorf("%s is not a folder", at)
		}
	}
	return nil
}

func (s sums) mayReplace(root *os.Root, f File, force bool) error {
	info, err := root.Lstat(f.Name)
	switch {
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return errors.New("it is a symbolic link, and links are not followed")
	case info.IsDir():
		return errors.New("it is a folder")
	case !info.Mode().IsRegular():
		return errors.New("it is not an ordinary file")
	case force:
		return nil
	}
	data, err := root.ReadFile(f.Name)
	if err != nil {
		return err
	}
	switch has := sum(data); {
	case has == sum(f.Data), has == s.of[f.Name]:
		return nil
	case s.of[f.Name] != "":
		return errChanged
	}
	return ErrExists
}

// errChanged is an ErrExists of a file that was written here.
var errChanged error = changed{}

type changed struct{}

func (changed) Error() string        { return "was changed since it was written" }
func (changed) Is(target error) bool { return target == ErrExists }
