// Package terminal runs a program in a pseudo terminal with a virtual screen: it types keys, waits
// until something shows, and gives the screen as text or as cells. It is for tools and tests. It
// must not know the program that it runs.
package terminal

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// Size of a terminal, in cells.
type Size struct{ Width, Height int }

// Set reads a size as flags have it: 120x40.
func (s *Size) Set(text string) error {
	var end string
	if n, _ := fmt.Sscanf(text+" ", "%dx%d%s", &s.Width, &s.Height, &end); n != 2 || s.Width < 1 || s.Height < 1 || s.Width > 1000 || s.Height > 1000 {
		return fmt.Errorf("%q is no size: write it as 120x40", text)
	}
	return nil
}

// String writes a size as Set reads it.
func (s Size) String() string { return fmt.Sprintf("%dx%d", s.Width, s.Height) }

// Options say how a program is run.
type Options struct {
	Size       Size
	Background color.Color // what the terminal answers when it is asked; nil: black
	Env        []string    // added to the environment
}

// Terminal is a program and its screen.
type Terminal struct {
	cmd   *exec.Cmd
	file  *os.File
	size  Size
	start time.Time

	mu      sync.Mutex // holds all below
	screen  *vt.Emulator
	last    time.Time     // when the program last wrote
	written int           // bytes that it wrote
	changed chan struct{} // closed at the next change, then made anew
	ended   bool
}

// ErrEnded says that the program ended before what was waited for showed.
var ErrEnded = errors.New("the program has ended")

// Start runs a program. Its environment is that of a terminal with all colours.
func Start(o Options, command ...string) (*Terminal, error) {
	if len(command) == 0 {
		return nil, errors.New("start program: no command")
	}
	t := &Terminal{cmd: exec.Command(command[0], command[1:]...), size: o.Size, screen: vt.NewEmulator(o.Size.Width, o.Size.Height), changed: make(chan struct{})}
	if o.Background != nil {
		t.screen.SetDefaultBackgroundColor(o.Background)
	}
	t.cmd.Env = append(environment(), o.Env...)
	t.start = time.Now()
	file, err := pty.StartWithSize(t.cmd, &pty.Winsize{Rows: uint16(o.Size.Height), Cols: uint16(o.Size.Width)})
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", command[0], err)
	}
	t.file = file
	go func() { _, _ = io.Copy(file, t.screen) }() // what a terminal answers when it is asked; unread, it blocks
	go t.read()
	return t, nil
}

// environment is the caller's without what changes how a program draws.
func environment() []string {
	var env []string
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		switch name {
		case "TERM", "COLORTERM", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TMUX", "STY", "COLORFGBG", "COLUMNS", "LINES":
		default:
			env = append(env, kv)
		}
	}
	return append(env, "TERM=xterm-256color", "COLORTERM=truecolor")
}

func (t *Terminal) read() {
	buffer := make([]byte, 1<<16)
	for {
		n, err := t.file.Read(buffer)
		at := time.Now()
		t.mu.Lock()
		if n > 0 {
			_, _ = t.screen.Write(buffer[:n])
			t.last, t.written = at, t.written+n
		}
		t.ended = err != nil
		close(t.changed)
		t.changed = make(chan struct{})
		t.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// Close ends the program at once, and does not wait for what it has left running.
func (t *Terminal) Close() error {
	_ = t.cmd.Process.Kill()
	_ = t.cmd.Wait()                                         // it was killed: that is no news
	if answers, ok := t.screen.InputPipe().(io.Closer); ok { // Emulator.Close would race with its readers
		_ = answers.Close()
	}
	return t.file.Close()
}

func (t *Terminal) state() (changed chan struct{}, ended bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.changed, t.ended
}

// Pid is the number of the process.
func (t *Terminal) Pid() int { return t.cmd.Process.Pid }

// Started is when the program was started.
func (t *Terminal) Started() time.Time { return t.start }

// Written is how many bytes the program has written.
func (t *Terminal) Written() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.written
}

// Text is the screen without colours.
func (t *Terminal) Text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.screen.String()
}

// Cells is the screen, by row and column.
func (t *Terminal) Cells() [][]uv.Cell {
	t.mu.Lock()
	defer t.mu.Unlock()
	rows := make([][]uv.Cell, t.size.Height)
	for y := range rows {
		rows[y] = make([]uv.Cell, t.size.Width)
		for x := range rows[y] {
			if c := t.screen.CellAt(x, y); c != nil {
				rows[y][x] = *c
			}
		}
	}
	return rows
}

// Type sends bytes as a keyboard does.
func (t *Terminal) Type(s string) error {
	if _, err := io.WriteString(t.file, s); err != nil {
		return fmt.Errorf("type: %w", err)
	}
	return nil
}

// Until waits until the screen is as wanted, and says when the program wrote what made it so.
func (t *Terminal) Until(limit time.Duration, wanted func(text string) bool) (time.Time, error) {
	timeout := time.After(limit)
	for {
		t.mu.Lock()
		text, at, changed, ended := t.screen.String(), t.last, t.changed, t.ended
		t.mu.Unlock()
		switch {
		case wanted(text):
			return at, nil
		case ended:
			return at, ErrEnded
		}
		select {
		case <-changed:
		case <-timeout:
			return at, fmt.Errorf("not on the screen after %v", limit)
		}
	}
}

// Still waits until the program has written something and then nothing for a while, or ended. A
// program that never is still is not waited for longer than the limit.
func (t *Terminal) Still(quiet, limit time.Duration) {
	timeout := time.After(limit)
	for {
		changed, ended := t.state()
		if ended {
			return
		}
		var rest <-chan time.Time
		if t.Written() > 0 {
			rest = time.After(quiet)
		}
		select {
		case <-changed:
		case <-rest:
			return
		case <-timeout:
			return
		}
	}
}
