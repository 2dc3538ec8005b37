//go:build unix

package journal

import (
	"errors"
	"os"
	"syscall"
)

// syncFolder sees to it that a new file is found after a power cut. Some file systems cannot, and say
// so.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
