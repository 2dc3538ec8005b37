package testenv

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// Clean frees this process, and those that it starts, from settings of the caller: AWS's, those of terminals, and files in
// the caller's home. It is meant for TestMain. It gives a temporary folder and a function that removes it.
func Clean() (folder string, remove func()) {
	folder, err := os.MkdirTemp("", "onramp-test")
	if err != nil {
		panic(fmt.Errorf("make a folder for tests: %w", err))
	}
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "AWS_") || name == "ONRAMP_DEBUG_LOG" || strings.HasSuffix(strings.ToLower(name), "_proxy") || name == "NO_COLOR" {
			os.Unsetenv(name)
		}
	}
	for name, value := range map[string]string{
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true",
		"XDG_STATE_HOME": filepath.Join(folder, "state"), "XDG_CONFIG_HOME": filepath.Join(folder, "config"), "TERM": "xterm-256color",
	} {
		os.Setenv(name, value)
	}
	// A caller that ignores signals, as nohup does and shells do for what runs in the background, would have the programs
	// that tests start ignore them, too. What is caught here is not ignored there.
	if signals := ignored(); len(signals) > 0 {
		signal.Notify(make(chan os.Signal, 1), signals...)
	}
	return folder, func() { _ = os.RemoveAll(folder) }
}

// ignored are the signals that this process ignores.
func ignored() []os.Signal {
	var out []os.Signal
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE} {
		if signal.Ignored(s) {
			out = append(out, s)
		}
	}
	return out
}
