//go:build unix

package term

import (
	"os"

	"golang.org/x/sys/unix"
)

// Background says that a stream is a terminal whose keyboard belongs to other processes: a read would stop this one.
func Background(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	group, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCGPGRP)
	return err == nil && group != unix.Getpgrp()
}
