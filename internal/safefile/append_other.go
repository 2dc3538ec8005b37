//go:build !unix

package safefile

// noFollow is not known here: the look before and after says whether the file is a link.
const noFollow = 0

// hasModes says that a mode does not tell who may read a file.
const hasModes = false
