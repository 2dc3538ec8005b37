package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/vt"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/lookup"
	"onramp/internal/plan"
	"onramp/render/documents"
	"onramp/render/tree"
	"onramp/steps"
	"onramp/steps/redshiftml"
)

// screen is a whole program against a terminal that exists only in memory, on a clock that moves
// only when everyone waits.
type screen struct {
	t    *testing.T
	w    *Wizard
	p    *tea.Program
	out  wire
	emu  *vt.Emulator
	done chan error
	over bool
	raw  bytes.Buffer // everything that was sent to the terminal
}

// wire is what leads from the program to the terminal.
type wire struct {
	mu   sync.Mutex
	sent []byte
}

func (w *wire) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, b...)
	return len(b), nil
}

func (w *wire) take() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	sent := w.sent
	w.sent = nil
	return sent
}

// size is a terminal's, in cells.
type size struct{ w, h int }

func (s size) String() string { return fmt.Sprintf("%dx%d", s.w, s.h) }

// pictured is the size at which pages are compared with goldens; at the others they are checked for what holds on all.
var (
	pictured = size{100, 30}
	sizes    = []size{{60, 15}, {80, 24}, {120, 40}}
)

func show(t *testing.T, o Options, at size, more ...tea.ProgramOption) *screen {
	s := &screen{t: t, w: New(o), emu: vt.NewEmulator(at.w, at.h), done: make(chan error, 1)}
	go io.Copy(io.Discard, s.emu) // it answers queries; without a reader Write blocks for ever
	s.p = tea.NewProgram(s.w, append([]tea.ProgramOption{
		tea.WithInput(nil), tea.WithOutput(&s.out), tea.WithoutSignalHandler(), tea.WithWindowSize(at.w, at.h),
		tea.WithColorProfile(colorprofile.ASCII), tea.WithEnvironment([]string{"TERM=xterm-256color"}),
	}, more...)...)
	go func() { _, err := s.p.Run(); s.done <- err }()
	s.settle()
	return s
}

// settle waits until nobody has anything to do, and draws what was sent.
func (s *screen) settle() { s.wait(50 * time.Millisecond) }

func (s *screen) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
	sent := s.out.take()
	s.raw.Write(sent)
	s.emu.Write(bytes.ReplaceAll(sent, []byte("\n"), []byte("\r\n")))
}

// text is what stands on the screen.
func (s *screen) text() string {
	lines := strings.Split(s.emu.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

var hash = regexp.MustCompile(`plan [0-9a-f]{12}`)

// masked is a text without the plan's hash, which every change of a call changes.
func masked(text string) string { return hash.ReplaceAllString(text, "plan 0123456789ab") }

func (s *screen) has(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.text(), text) {
			s.t.Fatalf("%q is not on the screen:\n%s", text, s.text())
		}
	}
}

func (s *screen) lacks(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if strings.Contains(s.text(), text) {
			s.t.Fatalf("%q is on the screen:\n%s", text, s.text())
		}
	}
}

var named = map[string]tea.KeyPressMsg{
	"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown},
	"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "tab": {Code: tea.KeyTab}, "shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift},
	"pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "f1": {Code: tea.KeyF1}, "backspace": {Code: tea.KeyBackspace},
	"ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+p": {Code: 'p', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl}, "ctrl+r": {Code: 'r', Mod: tea.ModCtrl},
	"space": {Code: ' ', Text: " "}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
}

// keys presses keys by name; anything else is typed letter by letter.
func (s *screen) keys(keys ...string) {
	for _, k := range keys {
		s.send(k)
		s.settle()
	}
}

// send presses keys without waiting in between.
func (s *screen) send(keys ...string) {
	for _, k := range keys {
		if m, ok := named[k]; ok {
			s.p.Send(m)
			continue
		}
		for _, r := range k {
			s.p.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
}

// enters presses Enter n times, one after the other.
func (s *screen) enters(n int) {
	for range n {
		s.keys("enter")
	}
}

// until presses Enter until a text is on the screen.
func (s *screen) until(text string) {
	s.t.Helper()
	for range 40 {
		if strings.Contains(s.text(), text) {
			return
		}
		s.keys("enter")
	}
	s.t.Fatalf("%q never came:\n%s", text, s.text())
}

func (s *screen) resize(at size) {
	s.emu.Resize(at.w, at.h)
	s.p.Send(tea.WindowSizeMsg{Width: at.w, Height: at.h})
	s.settle()
}

// ended waits for the program to end by itself.
func (s *screen) ended() Outcome {
	s.t.Helper()
	s.settle()
	select {
	case err := <-s.done:
		if err != nil {
			s.t.Fatal(err)
		}
	default:
		s.t.Fatalf("the program still runs:\n%s", s.text())
	}
	s.over = true
	return s.w.Outcome()
}

func (s *screen) close() {
	if !s.over {
		s.p.Send(tea.QuitMsg{})
		<-s.done
	}
	s.w.Outcome()
	s.emu.Close()
	time.Sleep(20 * time.Second) // virtual: what still waits comes to its end
}

// bubble runs a test on a clock of its own. Tests with names of their own begin it inside t.Run.
func bubble(t *testing.T, name string, do func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, do) })
}

// world is a Port that lives in memory and remembers what it was asked.
type world struct {
	who      Identity
	whoErr   error
	whoTakes time.Duration
	found    map[string]apply.Finding
	foundErr error
	lookFor  time.Duration
	lists    map[string]lookup.List // pick lists by name; nil: none can be had
	listErr  error
	listFor  time.Duration
	listed   []string // names of the lists that were asked for, in order
	listing  sync.Mutex
	run      func(ctx context.Context, p plan.Plan, emit func(apply.Event)) (apply.Result, error)
	undo     func(ctx context.Context, p plan.Plan, emit func(apply.Event)) (apply.UndoResult, error)
	kept     map[string]answers.Set
	keeps    int
	forgot   []string
	files    map[string]answers.Set
	agreed   []*apply.Consent

	commandsErr error
}

func (w *world) port() Port {
	w.kept, w.files = map[string]answers.Set{}, map[string]answers.Set{}
	p := Port{
		Identify: func(ctx context.Context) (Identity, error) {
			select {
			case <-time.After(w.whoTakes):
				return w.who, w.whoErr
			case <-ctx.Done():
				return Identity{}, ctx.Err()
			}
		},
		Inspect: func(ctx context.Context, _ plan.Plan) (map[string]apply.Finding, error) {
			select {
			case <-time.After(w.lookFor):
				return w.found, w.foundErr
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		},
		Apply: func(ctx context.Context, p plan.Plan, agreed *apply.Consent, emit func(apply.Event)) (apply.Result, error) {
			w.agreed = append(w.agreed, agreed)
			return w.run(ctx, p, emit)
		},
		Undo: func(ctx context.Context, p plan.Plan, emit func(apply.Event)) (apply.UndoResult, error) {
			if w.undo == nil {
				return takenBack(ctx, p, emit)
			}
			return w.undo(ctx, p, emit)
		},
		Keep: func(guide string, a answers.Set) error {
			w.keeps++
			w.kept[guide] = a
			return nil
		},
		Forget: func(guide string) error {
			w.forgot = append(w.forgot, guide)
			delete(w.kept, guide)
			return nil
		},
		Commands: func(g steps.Guide, _ answers.Set, _ plan.Plan, r apply.Result, adopted bool) (Commands, error) {
			c := Commands{Apply: []string{"onramp", "apply", g.Name, "-a", g.Name + ".yaml"}}
			c.Own = c.Apply
			if adopted {
				c.Apply = append(c.Apply, "--adopt")
			}
			if r.Journal != "" {
				c.Undo = []string{"onramp", "undo", r.Journal}
			}
			return c, w.commandsErr
		},
		Export: func(_ steps.Guide, _ plan.Plan, a answers.Set, format, path string) ([]string, error) {
			if _, there := w.files[path]; there {
				return nil, fmt.Errorf("write %s: the file exists already; choose another name", path)
			}
			if format != "shell" && format != "answers" && format != "all" {
				return nil, errors.New("no such format")
			}
			w.files[path] = a
			return []string{path}, nil
		},
	}
	if w.lists != nil || w.listErr != nil {
		p.Look = w.look
	}
	return p
}

func (w *world) look(ctx context.Context, s lookup.Spec, _ func(string) string) (lookup.List, error) {
	w.listing.Lock()
	w.listed = append(w.listed, s.Name)
	w.listing.Unlock()
	select {
	case <-time.After(w.listFor):
		return w.lists[s.Name], w.listErr
	case <-ctx.Done():
		return lookup.List{}, ctx.Err()
	}
}

var ann = Identity{
	Account: "111122223333", Partition: "aws", Region: "us-east-1",
	Caller: "arn:aws:sts::111122223333:assumed-role/Admin/ann", Profile: "dev",
}

// online are the options of a wizard whose credentials are good.
func online(w *world) Options {
	if w.who.Account == "" {
		w.who = ann
	}
	return Options{Guides: []steps.Guide{redshiftml.Guide()}, Port: w.port(), Preview: tabsOf, Tree: tree.Render}
}

// offlineOptions are those of a wizard that asks nothing of AWS.
func offlineOptions(w *world) Options {
	o := online(w)
	o.Offline = true
	return o
}

// tabsOf are the documents that the command line gives the preview.
func tabsOf(p plan.Plan) []Tab {
	out := []Tab{{Title: "plan", Text: tree.Render(p, nil)}}
	for _, d := range p.Documents() {
		out = append(out, Tab{Title: d.File, Text: string(documents.Text(d.Document)), Notes: d.Notes})
	}
	return out
}

// given makes answers as a file would give them.
func given(t *testing.T, pairs ...string) answers.Set {
	t.Helper()
	return fromSource(t, answers.File, pairs...)
}

func fromSource(t *testing.T, source answers.Source, pairs ...string) answers.Set {
	t.Helper()
	var out answers.Set
	for i := 0; i+1 < len(pairs); i += 2 {
		q, ok := redshiftml.Guide().Find(pairs[i])
		if !ok {
			t.Fatalf("no question %s", pairs[i])
		}
		data, err := answers.Parse(q.Field(), pairs[i+1])
		if err != nil {
			t.Fatal(err)
		}
		out = out.With(pairs[i], answers.Value{Data: data, Source: source})
	}
	return out
}

// full are answers with which nothing is missing.
func full(t *testing.T, more ...string) answers.Set {
	t.Helper()
	return given(t, append([]string{"warehouse.cluster", "analytics", "bucket.name", "acme-redshift-ml"}, more...)...)
}
