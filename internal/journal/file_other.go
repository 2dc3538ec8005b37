//go:build !unix

package journal

// noFollow is not known here: open looks whether the file is a link.
const noFollow = 0

// hasModes says that a mode does not tell who may read a file.
const hasModes = false

// syncFolder has nothing to do: a folder cannot be written to the disk by itself.
func syncFolder(string) error { return nil }
