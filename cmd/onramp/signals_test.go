//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/spf13/cobra"

	"onramp/internal/practice"
	"onramp/internal/testenv"
	"onramp/internal/tools/terminal"
)

// stage is where the program is run: its folder, and the environment.
type stage struct {
	bin, dir string
	env      []string
}

// newStage has no AWS but the practice account that is given; nil: none.
func newStage(t *testing.T, a *practice.Account) stage {
	t.Helper()
	testenv.Tool(t, "stty", "it belongs to coreutils")
	s := stage{bin: filepath.Dir(program(t)), dir: t.TempDir()}
	s.env = []string{
		"PATH=" + s.bin + string(os.PathListSeparator) + os.Getenv("PATH"), "XDG_STATE_HOME=" + s.dir, "STAGE=" + s.dir, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull, "AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "AWS_SESSION_TOKEN=", "AWS_PROFILE=",
	}
	if a != nil {
		server := httptest.NewServer(a)
		t.Cleanup(server.Close)
		s.env = append(s.env, practiceVariables(server.URL, "us-east-1")...)
	}
	return s
}

// answersFile copies an answers file for the practice account.
func (s stage) answersFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "answers", name))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(data), "111122223333", practice.Number)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// act is the program in a terminal that outlives it: what it leaves on the screen can be read.
type act struct {
	*terminal.Terminal
	t   *testing.T
	dir string
}

const inTerminal = `cd "$STAGE"; rm -f pid before after
stty -g >before
sh -c 'echo $$ >pid.new; mv pid.new pid; exec "$0" "$@"' "$@"
echo "ended with $?."
stty -g >after
echo over.; sleep 60`

func (s stage) start(t *testing.T, args ...string) act {
	t.Helper()
	command := append([]string{"sh", "-c", inTerminal, "sh"}, args...)
	w, err := terminal.Start(terminal.Options{Size: terminal.Size{Width: 240, Height: 50}, Env: s.env}, command...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return act{w, t, s.dir}
}

// until waits for a text, and then types.
func (a act) until(text, keys string) {
	a.t.Helper()
	a.untilAgain(text, "", 1)
	if err := a.Type(keys); err != nil {
		a.t.Fatal(err)
	}
}

// untilAgain waits for a text that a key brings up. The key is typed again where a page that has just opened took none.
func (a act) untilAgain(text, key string, times int) {
	a.t.Helper()
	for limit := 60 * time.Second / time.Duration(times); ; times-- {
		if err := a.Type(key); err != nil {
			a.t.Fatal(err)
		}
		_, err := a.Until(limit, func(screen string) bool { return strings.Contains(screen, text) })
		if err == nil {
			return
		}
		if times <= 1 {
			a.t.Fatalf("wait for %q: %v\n%s", text, err, a.Text())
		}
	}
}

func (a act) signal(s syscall.Signal) {
	a.t.Helper()
	data, err := os.ReadFile(filepath.Join(a.dir, "pid"))
	if err != nil {
		a.t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		a.t.Fatal(err)
	}
	if err := syscall.Kill(pid, s); err != nil {
		a.t.Fatalf("signal %v: %v\n%s", s, err, a.Text())
	}
}

// ended waits until the program is over, checks that it has left the terminal as it was, and gives what is on the screen.
func (a act) ended(code int) string {
	a.t.Helper()
	a.until("over.", "")
	text := a.Text()
	if want := fmt.Sprintf("ended with %d.", code); !strings.Contains(text, want) {
		a.t.Fatalf("want %q\n%s", want, text)
	}
	var modes [2]string
	for i, name := range []string{"before", "after"} {
		data, err := os.ReadFile(filepath.Join(a.dir, name))
		if err != nil {
			a.t.Fatal(err)
		}
		modes[i] = string(data)
	}
	if modes[0] != modes[1] {
		a.t.Errorf("the terminal was left in another mode: %s, and before %s", modes[1], modes[0])
	}
	return text
}

var someSignals = []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP}

// tries is how often a race is looked for.
func tries() int {
	if testenv.All() {
		return 50
	}
	return 5
}

// TestSignalEndsTheFirstPage: a signal ends the wizard at every moment of its first page.
func TestSignalEndsTheFirstPage(t *testing.T) {
	s := newStage(t, nil)
	for i := range tries() {
		a := s.start(t, "onramp", "redshift-ml", "--practice")
		a.until("Enter begins", "")
		time.Sleep(rand.N(20 * time.Millisecond)) // anywhere in what the page does at its start
		a.signal(someSignals[i%len(someSignals)])
		if text := a.ended(exitInterrupted); strings.Contains(text, "Enter begins") || !strings.Contains(text, "onramp: interrupted") {
			t.Fatalf("the screen was not left:\n%s", text)
		}
		_ = a.Close()
	}
}

var (
	resumes = regexp.MustCompile(`(?m)^to resume: (onramp .*?) *$`)
	undoes  = regexp.MustCompile(`(?m)^to undo: (onramp .*?) *$`)
)

// TestSignalEndsARun: a signal in the middle of a run, from the wizard and the command line, lets the call in flight
// end, says what was done, and names a command that resumes.
func TestSignalEndsARun(t *testing.T) {
	resumed := 0
	for i := range 2 * tries() { // from the wizard and from the command line in turn
		account := practice.New(practice.Settings{Region: "us-east-1", Delays: practice.Lifelike().Times(0.1)})
		s := newStage(t, account)
		file := s.answersFile(t, "sample.yaml")
		var a act
		if i%2 == 0 {
			a = s.start(t, "onramp", "redshift-ml", "-a", file)
			a.until("user/practice", "\r")
			a.until("as planned · ! cannot", "")
			a.untilAgain("Type", "a", 5)
			a.until("Type", "yes\r")
			a.until("Applying ·", "")
		} else {
			a = s.start(t, "onramp", "apply", "redshift-ml", "-a", file, "--yes")
			a.until("IAM role redshift-ml", "")
		}
		time.Sleep(rand.N(800 * time.Millisecond)) // any moment of the run will do
		if strings.Contains(a.Text(), "over.") || strings.Contains(a.Text(), "Done in") {
			continue // it was faster
		}
		a.signal(someSignals[i/2%len(someSignals)])
		a.until("over.", "")
		code := exitInterrupted
		if strings.Contains(a.Text(), "ended with 0.") { // it was done when the signal came
			code = exitDone
		}
		text := a.ended(code)
		_ = a.Close()
		if !regexp.MustCompile(`\d+ changed, \d+ as planned already`).MatchString(text) || strings.Contains(text, "Applying ·") {
			t.Fatalf("what was done is not said:\n%s", text)
		}
		if m := resumes.FindStringSubmatch(text); m != nil && resumed < 2 {
			resumed++
			if strings.Contains(m[1], "--yes") != (i%2 == 1) {
				t.Errorf("consent was not given, or is not repeated: %s", m[1])
			}
			s.works(t, m[1]+map[bool]string{true: " --yes"}[i%2 == 0])
			s.works(t, "onramp verify redshift-ml -a "+file)
		} else if (m == nil) != (code == exitDone) {
			t.Fatalf("exit code %d, and what resumes is %q:\n%s", code, m, text)
		}
	}
	if resumed == 0 {
		t.Error("no run was interrupted before its end")
	}
}

// works runs a printed command and wants that it does what it says.
func (s stage) works(t *testing.T, command string) string {
	t.Helper()
	c := exec.Command("sh", "-c", command)
	c.Dir, c.Env = s.dir, append(os.Environ(), s.env...)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}

// TestSignalEndsEveryPage: once on each page.
func TestSignalEndsEveryPage(t *testing.T) {
	type move struct{ until, keys string }
	begin := []move{{"user/practice", "\r"}, {"as planned · ! cannot", ""}}
	with := func(more ...move) []move { return append(begin[:1:1], more...) }
	review := "as planned · ! cannot"
	pages := map[string][]move{
		"which guide":    {{"Which guide?", ""}},
		"no credentials": {{"How to go on without credentials?", ""}},
		"question":       {{"user/practice", "\r"}, {"What will run CREATE MODEL", ""}},
		"why":            {{"user/practice", "\r"}, {"What will run CREATE MODEL", "?"}, {"In the answers file", ""}},
		"list":           {{"user/practice", "\r"}, {"What will run CREATE MODEL", "\r"}, {"analytics", ""}},
		"full screen":    {{"user/practice", "\r"}, {"What will run CREATE MODEL", "\x10"}, {"esc close", ""}},
		"review":         begin,
		"steps":          with(move{review, "e"}, move{"which step?", ""}),
		"export":         with(move{review, "s"}, move{"File name:", ""}),
		"exported":       with(move{review, "s"}, move{"File name:", "\r"}, move{"wrote redshift-ml.sh", ""}),
		"confirm":        with(move{review, "a"}, move{"Type", ""}),
		"done":           with(move{review, "a"}, move{"Type", "yes\r"}, move{"Done in", ""}),
		"undo":           with(move{review, "a"}, move{"Type", "yes\r"}, move{"Done in", "u"}, move{"take it back", ""}),
		"undone":         with(move{review, "a"}, move{"Type", "yes\r"}, move{"Done in", "u"}, move{"take it back", "yes\r"}, move{"Taken back", ""}),
	}
	for name, moves := range pages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, nil)
			args := []string{"onramp", "redshift-ml", "--practice", "--practice-delays", "0"}
			switch moves[0].until {
			case "Which guide?":
				args = []string{"onramp", "--practice"}
			case "How to go on without credentials?":
				args = args[:2]
			}
			if len(moves) > 1 && moves[1].until == review {
				args = append(args, "-a", s.answersFile(t, "restrictive-cluster.yaml"))
			}
			a := s.start(t, args...)
			key := ""
			for _, m := range moves {
				switch len(key) {
				case 1:
					a.untilAgain(m.until, key, 12)
				default:
					a.untilAgain(m.until, key, 1)
				}
				key = m.keys
			}
			a.signal(someSignals[rand.N(len(someSignals))])
			want, says := exitInterrupted, ""
			switch name {
			case "done", "undo":
				want, says = exitDone, "6 changed, 0 as planned already"
			case "undone":
				want, says = exitDone, "undone: "
			}
			if text := a.ended(want); !strings.Contains(text, says) || want == exitDone && strings.Contains(text, "onramp: interrupted") {
				t.Error(text)
			}
		})
	}
}

// TestUnlessInterrupted: what cannot be interrupted is not waited for.
func TestUnlessInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if got, err := unlessInterrupted(ctx, func() (int, error) { return 7, nil }); got != 7 || err != nil {
		t.Error(got, err)
	}
	forever := make(chan int)
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := unlessInterrupted(ctx, func() (int, error) { return <-forever, nil }); code(err) != exitInterrupted {
		t.Error(err)
	}
}

// TestUnlessTheInputFails: the end of the input interrupts a question, and a read that fails is an error.
func TestUnlessTheInputFails(t *testing.T) {
	broken := errors.New("input/output error")
	for want, in := range map[int]io.Reader{exitInterrupted: strings.NewReader("no line feed"), exitFailed: iotest.ErrReader(broken)} {
		var said bytes.Buffer
		a := &app{in: in, errOut: &said, cmd: &cobra.Command{}}
		a.cmd.SetContext(t.Context())
		if _, err := a.readLine(); code(err) != want || errors.Is(err, broken) != (want == exitFailed) {
			t.Errorf("%v: exit code %d, want %d", err, code(err), want)
		}
	}
}

// TestSignalComesTooLate: a command that was done when a signal came ends as without it.
func TestSignalComesTooLate(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(signalled{syscall.SIGTERM})
	for want, errs := range map[int][]error{
		exitDone:        {nil, exitCode(exitDone)},
		exitDifferences: {errDifferences},
		exitInterrupted: {errInterrupted, context.Canceled, errors.New("call iam:CreateRole: canceled")},
		7:               {exitCode(7)},
	} {
		for _, err := range errs {
			if got := endCode(ctx, err); got != want {
				t.Errorf("%v: exit code %d, want %d", err, got, want)
			}
		}
	}
}

// TestSignalEndsPrompts: what waits for a line does not wait for it after a signal.
func TestSignalEndsPrompts(t *testing.T) {
	account := practice.New(practice.Settings{Region: "us-east-1"})
	s := newStage(t, account)
	file := s.answersFile(t, "restrictive-cluster.yaml")
	s.works(t, "onramp apply redshift-ml --yes -a "+file)
	for _, c := range []struct {
		until string
		args  []string
	}{
		{"Type the account number", []string{"apply", "redshift-ml", "-a", file}},
		{"Type the account number", []string{"undo"}},
		{"What will run CREATE MODEL", []string{"redshift-ml", "--plain", "--practice"}},
		{"Number [1]:", []string{"--plain", "--practice"}},
		{"In another terminal", []string{"practice"}},
		{"child waits", []string{"practice", "--", "sh", "-c", "echo child waits; while :; do sleep 0.1; done"}},
	} {
		for _, sig := range someSignals {
			a := s.start(t, append([]string{"onramp"}, c.args...)...)
			a.until(c.until, "")
			a.signal(sig)
			code := exitInterrupted
			if len(c.args) == 1 && c.args[0] == "practice" {
				code = exitDone // that is how it ends
			}
			a.ended(code)
			_ = a.Close()
		}
	}
}

// TestSecondSignalLeavesAtOnce: the first one waits for a call that hangs; the second does not.
func TestSecondSignalLeavesAtOnce(t *testing.T) {
	s := newStage(t, nil)
	file := s.answersFile(t, "restrictive-cluster.yaml")
	hang := []string{"--practice", "--practice-delays", "0", "--practice-fault", "iam:CreateRole hang d=1m", "-a", file}
	t.Run("command line", func(t *testing.T) {
		a := s.start(t, append([]string{"onramp", "apply", "redshift-ml", "--yes"}, hang...)...)
		a.until("(iam:CreateRole)", "")
		a.signal(syscall.SIGTERM)
		time.Sleep(2 * sameSignal) // until a second one counts
		if strings.Contains(a.Text(), "over.") {
			t.Fatalf("the call in flight was not waited for:\n%s", a.Text())
		}
		a.signal(syscall.SIGTERM)
		a.ended(exitInterrupted)
	})
	t.Run("wizard", func(t *testing.T) {
		a := s.start(t, append([]string{"onramp", "redshift-ml"}, hang...)...)
		a.until("user/practice", "\r")
		a.until("as planned · ! cannot", "")
		a.untilAgain("Type", "a", 5)
		a.until("Type", "yes\r")
		a.until("create role redshift-ml", "")
		a.signal(syscall.SIGINT)
		a.until("the call in flight is finished first", "")
		time.Sleep(2 * sameSignal)
		a.signal(syscall.SIGINT)
		a.ended(exitInterrupted)
	})
}

// TestSignalInTheBackground: nohup keeps SIGHUP ignored, and any other signal ends a run in the background as well. The
// wizard does not open there: a shell would stop it.
func TestSignalInTheBackground(t *testing.T) {
	s := newStage(t, nil)
	file := s.answersFile(t, "restrictive-cluster.yaml")
	slow := "onramp apply redshift-ml --yes --practice --practice-delays 0 --practice-fault 'iam:CreateRole latency d=1s' -a " + file
	out := s.works(t, `nohup `+slow+` >out 2>&1 & p=$!; until grep -q iam:CreateRole out; do sleep 0.01; done; kill -HUP $p; wait $p; echo "ended $?"`)
	if !strings.Contains(out, "ended 0") {
		t.Errorf("SIGHUP under nohup: %s", out)
	}
	for _, sig := range []string{"TERM", "INT", "HUP"} {
		out := s.works(t, `rm -f out; `+slow+` >out 2>&1 & p=$!; until grep -q iam:CreateRole out; do sleep 0.01; done; kill -`+sig+` $p; wait $p; echo "ended $?"`)
		if !strings.Contains(out, "ended 130") {
			t.Errorf("SIG%s: %s", sig, out)
		}
	}
	a := s.start(t, "sh", "-c", "set -m; onramp redshift-ml --practice & wait $!; echo wizard $?")
	a.until("wizard 1", "")
	if !strings.Contains(a.Text(), "onramp runs in the background") {
		t.Error(a.Text())
	}
}
