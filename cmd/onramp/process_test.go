//go:build unix

package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestSignalEndsACredentialProcess: the process that gets credentials, and what it has started, end with the program.
func TestSignalEndsACredentialProcess(t *testing.T) {
	const patience = 15 * time.Second
	for name, args := range map[string][]string{
		"command": {"plan", "redshift-ml", "-a", "FILE"}, "wizard": {"redshift-ml"}, "line prompts": {"redshift-ml", "--plain"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, nil)
			pipe, config := filepath.Join(s.dir, "pipe"), filepath.Join(s.dir, "config")
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			text := fmt.Sprintf("[profile slow]\nregion = us-east-1\ncredential_process = exec >%s; echo begun; sleep 50; echo late\n", pipe)
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			s.env = append(s.env, "AWS_CONFIG_FILE="+config, "AWS_PROFILE=slow")
			written := make(chan string)
			go func() { // the pipe ends when all that may write to it have ended
				defer close(written)
				f, err := os.Open(pipe)
				if err != nil {
					return
				}
				defer f.Close()
				for lines := bufio.NewScanner(f); lines.Scan(); {
					written <- lines.Text()
				}
			}()
			next := func() (text string, more bool) {
				select {
				case text, more = <-written:
					return text, more
				case <-time.After(patience):
					t.Fatal("the process goes on")
				}
				return "", false
			}
			for i := range args {
				if args[i] == "FILE" {
					args[i] = s.answersFile(t, "sample.yaml")
				}
			}
			a := s.start(t, append([]string{"onramp"}, args...)...)
			if text, _ := next(); text != "begun" {
				t.Fatalf("the process writes %q", text)
			}
			a.signal(syscall.SIGINT)
			if text, more := next(); more {
				t.Errorf("the process writes %q", text)
			}
			a.ended(exitInterrupted)
		})
	}
}
