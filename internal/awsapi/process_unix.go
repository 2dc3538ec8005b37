//go:build unix

package awsapi

import (
	"os/exec"
	"syscall"
)

// detach gives a process a session of its own: it has no terminal to write to, and all that it starts ends with it.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
