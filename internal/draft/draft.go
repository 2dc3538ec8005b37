// Package draft keeps the answers of a wizard that is not finished yet, so that nothing is lost when
// the terminal closes. Secrets are never among answers, and the file is private all the same.
package draft

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"onramp/internal/answers"
	"onramp/internal/safefile"
)

// Path is where the draft of a guide is kept: in the state folder.
func Path(guide string) (string, error) {
	state, err := safefile.StateFolder()
	if err != nil {
		return "", err
	}
	return filepath.Join(state, "draft-"+guide+".yaml"), nil
}

// Keep saves the answers that the operator gave.
func Keep(guide string, fields []answers.Field, a answers.Set) error {
	path, err := Path(guide)
	if err != nil {
		return err
	}
	data, err := answers.Save(guide, fields, a)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make folder for drafts: %w", err)
	}
	return safefile.Write(path, data, 0o600, true)
}

// Load reads a draft; nil where there is none, or where it no longer fits the guide.
func Load(guide string, fields []answers.Field) *answers.Set {
	path, err := Path(guide)
	if err != nil {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	set, problems := answers.Load(bytes.NewReader(data), guide, fields)
	if len(problems) > 0 || len(set.Keys()) == 0 {
		return nil
	}
	return &set
}

// Forget removes a draft.
func Forget(guide string) error {
	path, err := Path(guide)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget draft: %w", err)
	}
	return nil
}
