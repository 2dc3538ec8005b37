//go:build !unix

package term

// Background says that a stream is a terminal whose keyboard belongs to other processes: a read would stop this one.
func Background(any) bool { return false }
