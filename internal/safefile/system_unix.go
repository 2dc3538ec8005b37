//go:build unix

package safefile

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// NoFollow makes opening a symbolic link an error, and a pipe that has taken the place of a file not block.
const NoFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// HasModes says that a mode tells who may read a file.
const HasModes = true

// OwnerOnly keeps everybody but its owner away from a new file or folder where its mode does not: here it does.
func OwnerOnly(string) error { return nil }

// inUse says that an error is for the moment only: another process has the file open. That stands in nobody's way here.
func inUse(error) bool { return false }

func defaultState() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find state folder: %w", err)
	}
	return filepath.Join(home, ".local", "state"), nil
}
