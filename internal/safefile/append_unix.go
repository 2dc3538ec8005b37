//go:build unix

package safefile

import "syscall"

// noFollow makes opening a symbolic link an error, and a pipe that has taken the place of a file not block.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// hasModes says that a mode tells who may read a file.
const hasModes = true
