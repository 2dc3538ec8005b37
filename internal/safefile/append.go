package safefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Append opens a file that only grows, for its owner alone; one that does not exist is created. A symbolic link is
// not followed, and what is not an ordinary file is refused. Each Write goes to the end in one piece.
func Append(path string) (f *os.File, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("open %s: %w", path, cause(err))
		}
	}()
	if err := check(path, true); err != nil { // for the message, and so that no pipe is waited for
		return nil, err
	}
	f, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|NoFollow, 0o600)
	if err != nil {
		return nil, err
	}
	opened, err := f.Stat()
	there, look := os.Lstat(path)
	if err = errors.Join(err, look); err == nil && (!os.SameFile(opened, there) || !opened.Mode().IsRegular()) {
		err = errors.New("it was replaced meanwhile")
	}
	if err == nil && HasModes && opened.Mode().Perm() != 0o600 {
		err = f.Chmod(fs.FileMode(0o600))
	}
	if err == nil {
		err = OwnerOnly(path)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
