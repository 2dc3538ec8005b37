package journal

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"onramp/internal/apply"
)

// child is set in a process that this test starts to have a lock and be killed.
const child = "ONRAMP_JOURNAL_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(child) == "" {
		os.Exit(m.Run())
	}
	j, err := Open(target, applying())
	if err == nil {
		err = j.Intend(role(1))
	}
	fmt.Println("has it", err)
	time.Sleep(time.Minute)
}

func TestTheSecondIsToldWhoHasIt(t *testing.T) {
	home(t)
	first := open1(t, target, atMoment(applying()))
	_, err := Open(target, applying())
	var locked *Locked
	if !errors.As(err, &locked) || locked.Holder != "process 4711, onramp apply, since 2026-11-22 03:04:05 UTC" {
		t.Fatalf("got %v", err)
	}
	var h apply.Hinter = locked
	if !strings.Contains(err.Error(), "process 4711") || !strings.Contains(h.ErrorHint(), "terminal") {
		t.Errorf("says %q, hint %q", err, h.ErrorHint())
	}
	other := target
	other.Region = "eu-west-1" // roles have no region
	if _, err := Open(other, applying()); !errors.As(err, &locked) {
		t.Errorf("another region: %v", err)
	}
	other.Guide = "ai-unlimited"
	must(t, open1(t, other, applying()).Close())

	must(t, first.Intend(role(1)))
	if _, err := Resume(first.Path(), undoing()); !errors.As(err, &locked) {
		t.Errorf("undo: %v", err)
	}
	must(t, first.Close())
	must(t, open1(t, target, applying()).Close())
}

// TestAHolderThatCannotBeRead is still a holder.
func TestAHolderThatCannotBeRead(t *testing.T) {
	folder := home(t)
	open1(t, target, applying())
	path := filepath.Join(folder, "111122223333-redshift-ml.holder")
	spoilt := map[string]func() error{
		"no json": func() error { return os.WriteFile(path, []byte("{"), 0o600) }, "nothing": func() error { return os.Remove(path) },
		"a link": func() error { return errors.Join(os.Remove(path), os.Symlink(path+"2", path)) },
	}
	if runtime.GOOS == "windows" { // where not everybody may make one
		delete(spoilt, "a link")
	}
	for name, spoil := range spoilt {
		must(t, spoil())
		_, err := Open(target, applying())
		var locked *Locked
		if !errors.As(err, &locked) || locked.Holder != "another run of onramp" {
			t.Errorf("%s: %v", name, err)
		}
		_ = os.Remove(path)
		must(t, os.WriteFile(path, nil, 0o600))
	}
}

// TestALockOfTheDeadIsFree: the next run goes on with what the killed one has written.
func TestALockOfTheDeadIsFree(t *testing.T) {
	home(t)
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	defer func() { _ = cmd.Wait() }()
	defer func() { _ = cmd.Process.Kill() }()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "has it <nil>\n" {
		t.Fatalf("the child says %q, %v", line, err)
	}

	_, err = Open(target, applying())
	var locked *Locked
	if !errors.As(err, &locked) || !regexp.MustCompile(fmt.Sprintf(`^process %d, onramp apply, since `, cmd.Process.Pid)).MatchString(locked.Holder) {
		t.Fatalf("while it lives: %v", err)
	}
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()

	j := open1(t, target, applying())
	if len(j.Past()) != 1 || j.Past()[0].Seq != 1 {
		t.Errorf("past %v", j.Past())
	}
	_, err = Open(target, applying()) // what the dead has left says nothing any more
	if !errors.As(err, &locked) || !strings.HasPrefix(locked.Holder, fmt.Sprintf("process %d,", os.Getpid())) {
		t.Errorf("after: %v", err)
	}
}
