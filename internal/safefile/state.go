package safefile

import (
	"fmt"
	"os"
	"path/filepath"
)

// StateFolder is where the program keeps what must outlive a run and is of no use to anybody else:
// the folder onramp below XDG_STATE_HOME, or below ~/.local/state (XDG Base Directory Specification).
// It need not be there yet.
func StateFolder() (string, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) { // the specification says to ignore a relative one
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("find state folder: %w", err)
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "onramp"), nil
}
