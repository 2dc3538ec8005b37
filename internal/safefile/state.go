package safefile

import (
	"os"
	"path/filepath"
)

// StateFolder is where the program keeps what must outlive a run and is of no use to anybody else: the folder onramp
// below XDG_STATE_HOME (XDG Base Directory Specification), or else below ~/.local/state, and on Windows below
// %LocalAppData%. It need not be there yet.
func StateFolder() (string, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) { // the specification says to ignore a relative one
		var err error
		if state, err = defaultState(); err != nil {
			return "", err
		}
	}
	return filepath.Join(state, "onramp"), nil
}
