package tui

import (
	"context"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/steps"
)

// bare drives a wizard without a program and without a clock: commands run beside it, and what
// they have answered by the next key arrives before it.
type bare struct {
	w     *Wizard
	inbox chan tea.Msg
	seen  map[string]string // screens with colours, by what they are without
}

func (b *bare) send(msg tea.Msg) {
	_, cmd := b.w.Update(msg)
	b.run(cmd)
}

func (b *bare) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				b.run(c)
			}
		default:
			b.inbox <- msg
		}
	}()
}

func (b *bare) drain() {
	for range 3 {
		runtime.Gosched()
		for {
			select {
			case msg := <-b.inbox:
				b.send(msg)
				continue
			default:
			}
			break
		}
	}
}

func begin(o Options, at size) *bare {
	b := &bare{w: New(o), inbox: make(chan tea.Msg, 10000), seen: map[string]string{}}
	b.run(b.w.Init())
	b.send(tea.WindowSizeMsg{Width: at.w, Height: at.h})
	return b
}

// pool is what random hands press: what leads on more often than the rest.
var pool = append(slices.Repeat([]string{"enter"}, 12), "esc", "up", "down", "left", "right", "tab", "shift+tab", "pgup", "pgdown", "f1", "?",
	"ctrl+p", "ctrl+r", "backspace", "ctrl+u", "space", "home", "end", "/", "A", "B", "c", "a", "s", "f", "e", "q", "y", "n", "x", "-", "1", "2", "3", "4", "5", "6", "9", "0",
	"acme-redshift-ml", "analytics", "vpc-0a1b2c3d4e5f60718", "111122223333", "us-east-1", "é", "日本", "\u202e", "ctrl+c")

// TestRandomKeys presses anything anywhere. The screen must stay a screen, and nothing may panic.
func TestRandomKeys(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := online(watched(rt))
		switch rapid.IntRange(0, 3).Draw(rt, "begins with") {
		case 1:
			o.Answers = full(t, "groups", "2")
		case 2:
			o = several(o)
			kept := given(t, "warehouse.cluster", "kept")
			o.Draft = &kept
		case 3:
			o.Answers = given(t, "account", "999988887777", "role.name", "not good")
		}
		wander(rt, o)
	})
}

// TestRandomKeysInEveryGuide does so in every guide, from the beginning and from answers that go together.
func TestRandomKeysInEveryGuide(t *testing.T) {
	for _, g := range plantest.Guides() {
		t.Run(g.Name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				o := online(watched(rt))
				o.Guides = []steps.Guide{g}
				o.Offline = rapid.Bool().Draw(rt, "offline")
				if rapid.Bool().Draw(rt, "with answers") {
					o.Answers = plantest.Answers(g).Draw(rt, "answers").Given
				}
				wander(rt, o)
			})
		})
	}
}

// watched is an account in which no plan is carried out that lacks answers.
func watched(t *rapid.T) *world {
	w := holding()
	w.run = func(_ context.Context, p plan.Plan, emit func(apply.Event)) (apply.Result, error) {
		if len(p.Problems) > 0 {
			t.Errorf("a plan that lacks answers is carried out: %v", p.Problems)
		}
		for _, r := range p.Resources {
			emit(apply.Event{Resource: r.ID, Label: r.Spec.Label(), State: apply.Changed})
		}
		return apply.Result{}, nil
	}
	return w
}

// wander presses keys at random, and goes back at the end.
func wander(t *rapid.T, o Options) {
	o.Port.Keep = func(string, answers.Set) error { return nil }
	b := begin(o, size{100, 30})
	for range rapid.IntRange(1, 300).Draw(t, "keys") {
		b.key(rapid.SampledFrom(pool).Draw(t, "key"))
		if rapid.IntRange(0, 30).Draw(t, "resize") == 0 {
			b.send(tea.WindowSizeMsg{Width: rapid.IntRange(1, 200).Draw(t, "w"), Height: rapid.IntRange(1, 60).Draw(t, "h")})
		}
		b.drain()
		b.check(t)
		if b.w.leaving {
			b.w.Outcome()
			b = begin(o, size{80, 24})
		}
	}
	b.back(t)
	b.w.Outcome()
}

// back goes back for as long as there is anything to go back to: to the start page, or out.
func (b *bare) back(t *rapid.T) {
	b.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	for tried := range 3000 {
		if tried > 500 { // for a moment a page that came by itself hears no key
			time.Sleep(10 * time.Millisecond)
		}
		b.drain()
		if _, atStart := b.w.page.(*start); atStart || b.w.leaving {
			return
		}
		b.key("esc")
	}
	t.Fatalf("there is no way back from here:\n%s", b.w.View().Content)
}

func (b *bare) key(k string) {
	if m, ok := named[k]; ok {
		b.send(m)
		return
	}
	if len(k) > 3 {
		b.send(tea.PasteMsg{Content: k})
		return
	}
	for _, r := range k {
		b.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func (b *bare) check(t *rapid.T) {
	screen := b.w.View().Content
	lines := strings.Split(screen, "\n")
	if !b.w.tooSmall() && len(lines) != b.w.h {
		t.Fatalf("%d lines on %dx%d:\n%s", len(lines), b.w.w, b.w.h, screen)
	}
	for _, l := range lines {
		if ansi.StringWidth(l) > b.w.w {
			t.Fatalf("%d cells wide on %dx%d: %q", ansi.StringWidth(l), b.w.w, b.w.h, l)
		}
	}
	b.colours(t, screen)
	if strings.Contains(screen, "\u202e") {
		t.Fatalf("turned the direction of writing:\n%s", screen)
	}
}

// cursor is the cell in a field that is shown the other way round, on terminals without colours too.
var cursor = regexp.MustCompile(`\x1b\[7;[0-9;]*m(.)\x1b\[m`)

// colours wants no two screens that only their colours tell apart.
func (b *bare) colours(t *rapid.T, screen string) {
	if cursor.MatchString(screen) {
		return
	}
	bare := ansi.Strip(screen)
	if other, known := b.seen[bare]; known && other != screen {
		t.Fatalf("without colours these are the same:\n%s\n%s", other, screen)
	}
	b.seen[bare] = screen
}

// BenchmarkKey is what a key costs from Update to the drawn screen, with every pane in sight.
func BenchmarkKey(b *testing.B) {
	for _, at := range []size{{60, 15}, {80, 24}, {120, 40}, {300, 100}} {
		b.Run(at.String(), func(b *testing.B) {
			d := begin(online(&world{}), at)
			time.Sleep(20 * time.Millisecond)
			d.drain()
			for _, k := range append([]string{"enter", "enter", "analytics"}, slices.Repeat([]string{"enter"}, 10)...) {
				d.key(k)
			}
			d.key("acme-redshift-ml")
			if q, ok := d.w.page.(*question); !ok || q.at.Question.Key != "bucket.name" {
				b.Fatal("not at the bucket's name")
			}
			for i := 0; b.Loop(); i++ {
				d.key([]string{"x", "backspace"}[i%2])
				if d.w.View().Content == "" {
					b.Fatal("no screen")
				}
			}
		})
	}
}
