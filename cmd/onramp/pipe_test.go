//go:build unix

package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"onramp/internal/practice"
)

// TestSignalOfAClosedPipe: a run goes to its end, and the journal too, where nobody reads what it prints.
func TestSignalOfAClosedPipe(t *testing.T) {
	for name, args := range map[string][]string{"lines": nil, "events": {"--json"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, practice.New(practice.Settings{Region: "us-east-1"}))
			file := s.answersFile(t, "restrictive-cluster.yaml")
			if code := s.unread(t, append([]string{"apply", "redshift-ml", "--yes", "-a", file}, args...)...); code != exitDone {
				t.Errorf("apply: exit code %d", code)
			}
			s.works(t, "onramp verify redshift-ml -a "+file)
			if out := s.works(t, "onramp undo --list --json"); !strings.Contains(out, `"open": false`) {
				t.Errorf("the journal has no end: %s", out)
			}
			if code := s.unread(t, append([]string{"undo", "--yes"}, args...)...); code != exitDone {
				t.Errorf("undo: exit code %d", code)
			}
			if code := s.unread(t, append([]string{"verify", "redshift-ml", "-a", file}, args...)...); code != exitDifferences {
				t.Errorf("verify: exit code %d", code)
			}
		})
	}
}

// unread runs the program with pipes that nobody reads.
func (s stage) unread(t *testing.T, args ...string) int {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	defer w.Close()
	c := exec.Command("onramp", args...)
	c.Path, c.Dir, c.Env, c.Stdout, c.Stderr = program(t), s.dir, append(os.Environ(), s.env...), w, w
	_ = c.Run() // the exit code says it
	return c.ProcessState.ExitCode()
}

// TestSignalOfAPipeIsQuiet: a reader may take as much as it wants. What cannot be written for another reason is an error.
func TestSignalOfAPipeIsQuiet(t *testing.T) {
	s := newStage(t, practice.New(practice.Settings{Region: "us-east-1"}))
	file := s.answersFile(t, "restrictive-cluster.yaml")
	out, _ := s.sh("", "{ onramp plan redshift-ml -a "+file+"; echo \"code $?\" >&2; } | true")
	if out != "code 0\n" {
		t.Errorf("plan: %q", out)
	}
	out, _ = s.sh("", "onramp practice -- sh -c 'yes; echo \"code $?\" >&2' | head -n 1")
	if out != "y\ncode 141\n" {
		t.Errorf("a child of the practice account: %q", out)
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full")
	}
	out, code := s.sh("", "onramp apply redshift-ml --yes --json -a "+file+" >/dev/full")
	if code != exitFailed || !strings.Contains(out, "no space left on device") {
		t.Errorf("apply to a full disk: exit code %d\n%s", code, out)
	}
	s.works(t, "onramp verify redshift-ml -a "+file)
}
