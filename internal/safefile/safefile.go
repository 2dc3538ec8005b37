// Package safefile writes files so that nobody ever finds a half of one: beside the place first,
// then in one move. It follows no symbolic link and replaces nothing without being told to.
package safefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrExists says that there is a file already.
var ErrExists = errors.New("exists already")

// Write writes a file with exactly this mode. Without force it does not replace a file. A symbolic
// link is not followed: it is an error, with force too.
func Write(path string, data []byte, mode fs.FileMode, force bool) (err error) {
	if err := check(path, force); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, cause(err))
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
			err = fmt.Errorf("write %s: %w", path, cause(err))
		}
	}()
	if err := fill(tmp, data, mode); err != nil {
		return err
	}
	if force {
		return whenFree(func() error { return os.Rename(tmp.Name(), path) })
	}
	// A link cannot replace what somebody else has put there since the check, where a rename would.
	err = os.Link(tmp.Name(), path)
	if err != nil && !errors.Is(err, fs.ErrExist) { // a file system without links
		err = create(path, data, mode)
	}
	if err != nil {
		return err
	}
	return whenFree(func() error { return os.Remove(tmp.Name()) })
}

// create writes a file that must not be there yet, at its place.
func create(path string, data []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	return fill(f, data, mode)
}

// fill writes a new file and closes it. It is the owner's alone, where it is to be, before anything is in it.
func fill(f *os.File, data []byte, mode fs.FileMode) error {
	var err error
	if mode&0o077 == 0 {
		err = OwnerOnly(f.Name())
	}
	if err == nil {
		_, err = f.Write(data)
	}
	return errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
}

// whenFree does what Windows refuses while another process has the file open, such as a virus scanner: it tries again
// for two seconds.
func whenFree(do func() error) error {
	begun := time.Now()
	for {
		err := do()
		if err == nil || !inUse(err) || time.Since(begun) > 2*time.Second {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func check(path string, force bool) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return cause(err)
	case info.Mode()&fs.ModeSymlink != 0:
		return errors.New("it is a symbolic link, and links are not followed")
	case info.IsDir():
		return errors.New("it is a folder")
	case !info.Mode().IsRegular():
		return errors.New("it is not an ordinary file")
	case !force:
		return ErrExists
	}
	return nil
}

// cause takes the name of the temporary file out of an error: nobody knows that name.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		if errors.Is(err, fs.ErrExist) {
			return ErrExists
		}
		return link.Err
	}
	return err
}
