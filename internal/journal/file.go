package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"onramp/internal/safefile"
)

// ending of the names of journals.
const ending = ".jsonl"

// Folder is where the journals are. It need not be there.
func Folder() (string, error) {
	state, err := safefile.StateFolder()
	if err != nil {
		return "", err
	}
	return filepath.Join(state, "journals"), nil
}

// makeFolder makes the folder of the journals, for its owner only.
func makeFolder() (string, error) {
	folder, err := Folder()
	if err != nil {
		return "", err
	}
	info, err := os.Lstat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = newFolder(folder)
	case err != nil:
	case info.Mode()&fs.ModeSymlink != 0:
		err = errLink
	case !info.IsDir():
		err = errors.New("it is not a folder")
	case safefile.HasModes && info.Mode().Perm()&0o077 != 0:
		err = os.Chmod(folder, 0o700)
	}
	if err == nil {
		err = safefile.OwnerOnly(folder)
	}
	if err != nil {
		return "", fmt.Errorf("make folder %s: %w", folder, cause(err))
	}
	return folder, nil
}

// newFolder makes a folder, and those above it, so that they are there after a power cut too.
func newFolder(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	above := filepath.Dir(folder)
	return errors.Join(syncFolder(above), syncFolder(filepath.Dir(above)))
}

var errLink = errors.New("it is a symbolic link, and links are not followed")

// open opens an ordinary file that is there. The look before it is for the message, and so that a pipe
// does not keep us waiting; the flag is what holds.
func open(path string, flag int) (*os.File, error) {
	before, err := os.Lstat(path)
	switch {
	case err != nil:
		return nil, err
	case before.Mode()&fs.ModeSymlink != 0:
		return nil, errLink
	case !before.Mode().IsRegular():
		return nil, errors.New("it is not an ordinary file")
	}
	f, err := os.OpenFile(path, flag|safefile.NoFollow, 0)
	if err != nil {
		return nil, err
	}
	now, err := f.Stat()
	if err == nil && (!os.SameFile(before, now) || !now.Mode().IsRegular()) {
		err = errors.New("it was replaced meanwhile")
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func readFile(path string) ([]byte, error) {
	f, err := open(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	return io.ReadAll(f)
}

// openAppend opens a journal that is to be gone on with.
func openAppend(path string) (*os.File, error) {
	f, err := open(path, os.O_WRONLY|os.O_APPEND)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && safefile.HasModes && info.Mode().Perm()&0o077 != 0 { // somebody has copied it
		err = f.Chmod(0o600)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// cause takes the name of the file out of an error whose message names it already.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
