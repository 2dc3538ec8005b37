// Package render is the room of the formats: each package below it turns a plan into one of them.
// They are pure: the same plan gives the same bytes, and nothing is read or written.
package render

import (
	"errors"

	"onramp/internal/plan"
)

// ErrNothing is the error of a format in which a plan has nothing to say.
var ErrNothing = errors.New("the plan has nothing that it could make")

// File is a file of an export.
type File struct {
	Name       string // without a folder
	Data       []byte
	Executable bool
}

// Origin is what a format may say of where the plan came from.
type Origin struct {
	Version string // of onramp
	Command string // that makes the same export again
}

// Pretty returns the plan's text with its references readable.
func Pretty(s string) string { return plan.Shown(s) }
