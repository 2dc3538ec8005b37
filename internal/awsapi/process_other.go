//go:build !unix

package awsapi

import "os/exec"

// detach has nothing to do: the process has neither standard input nor standard error of the terminal.
func detach(*exec.Cmd) {}
