package main

import (
	"os/exec"
	"syscall"
)

// peakMemory is the most memory that an ended program had, in bytes.
func peakMemory(c *exec.Cmd) int64 {
	if u, is := c.ProcessState.SysUsage().(*syscall.Rusage); is {
		return u.Maxrss << 10
	}
	return 0
}
