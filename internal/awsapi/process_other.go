//go:build !unix

package awsapi

import "os/exec"

// detach has nothing to do: the process has neither standard input nor standard error of the terminal. What it starts is not
// ended with it.
func detach(*exec.Cmd) {}
