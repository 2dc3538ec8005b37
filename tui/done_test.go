package tui

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"onramp/internal/apply"
	"onramp/internal/plan"
)

const keyID = "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"

// withKey is a wizard whose run makes a key: its id is known only then.
func withKey(t *testing.T, w *world) Options {
	t.Helper()
	w.run = func(_ context.Context, p plan.Plan, _ func(apply.Event)) (apply.Result, error) {
		r := apply.Result{Outputs: map[plan.Ref]string{}}
		for _, f := range p.FollowUps {
			for _, ref := range plan.Refs(f.SQL) {
				r.Outputs[ref] = keyID
			}
		}
		if len(r.Outputs) == 0 {
			return r, errors.New("the next steps of this plan refer to nothing")
		}
		return r, nil
	}
	o := online(w)
	o.Answers = full(t, "kms.choice", "new")
	return o
}

// TestNextStepsHaveTheValuesOfTheRun: the page, what is copied from it, and the line prompts hand over what can be run.
func TestNextStepsHaveTheValuesOfTheRun(t *testing.T) {
	for _, at := range []size{{40, 20}, {80, 60}} {
		bubble(t, fmt.Sprint(at), func(t *testing.T) {
			s := show(t, withKey(t, &world{}), at)
			defer s.close()
			s.keys("enter")
			s.wait(time.Second)
			s.keys("a", ann.Account, "enter")
			s.wait(time.Second)
			page, ok := s.w.page.(*done)
			if !ok {
				t.Fatal(s.text())
			}
			text := ansi.Strip(strings.Join(page.text(at.w-2), ""))
			if joined := strings.ReplaceAll(text, " ", ""); !strings.Contains(joined, "KMS_KEY_ID'"+keyID+"'") || strings.Contains(text, "…") || strings.Contains(text, plan.Unknown) {
				t.Errorf("the page has no whole statement:\n%s", text)
			}
			cmd := page.copy()
			if cmd == nil {
				t.Fatal("nothing is copied")
			}
			if copied := fmt.Sprint(reflect.ValueOf(cmd())); !strings.Contains(copied, "KMS_KEY_ID '"+keyID+"', MAX_RUNTIME 1800);\n") {
				t.Errorf("copied %q", copied)
			}
			s.keys("c")
			s.has("sent to the clipboard")
		})
	}
	bubble(t, "line prompts", func(t *testing.T) {
		var out strings.Builder
		in := strings.NewReader("apply\n" + ann.Account + "\n")
		if _, err := Plain(t.Context(), withKey(t, &world{}), in, &out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "SETTINGS (S3_BUCKET 'acme-redshift-ml', KMS_KEY_ID '"+keyID+"', MAX_RUNTIME 1800);\n") {
			t.Error(out.String())
		}
	})
}

func TestCodeLinesLeaveNothingOut(t *testing.T) {
	text := "CREATE MODEL x\n  SETTINGS (S3_BUCKET 'a  b', KMS_KEY_ID 'arn:aws:kms:us-east-1:111122223333:key/x');"
	for width := range 60 {
		got := codeLines(text, width)
		for _, l := range got {
			if width > 9 && ansi.StringWidth(l) > width {
				t.Errorf("%q is wider than %d", l, width)
			}
		}
		if width > 6 && strings.Join(strings.Fields(strings.Join(got, "")), "") != strings.Join(strings.Fields(text), "") {
			t.Errorf("at %d: %q", width, got)
		}
	}
	if got := codeLines(text, 0); len(got) != 2 {
		t.Errorf("broken: %q", got)
	}
}

// TestBlockedRunOffersNoCommand: what is in the way would be in its way as well.
func TestBlockedRunOffersNoCommand(t *testing.T) {
	refused := func(context.Context, plan.Plan, func(apply.Event)) (apply.Result, error) {
		return apply.Result{}, &apply.Blocked{Problems: []string{"S3 bucket x: it belongs to another account"}}
	}
	bubble(t, "page", func(t *testing.T) {
		w := &world{run: refused}
		o := online(w)
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter")
		s.wait(time.Second)
		s.keys("a", ann.Account, "enter")
		s.wait(time.Second)
		s.has("Fix the problems first")
		s.lacks("onramp apply")
	})
	bubble(t, "line prompts", func(t *testing.T) {
		o := online(&world{run: refused})
		o.Answers = full(t)
		var out strings.Builder
		if _, err := Plain(t.Context(), o, strings.NewReader("apply\n"+ann.Account+"\n"), &out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "Fix the problems first") || strings.Contains(out.String(), "onramp apply") {
			t.Error(out.String())
		}
	})
}

// TestCommandsThatCannotBeMadeAreSaid: no command is better than one that names a file that is not there.
func TestCommandsThatCannotBeMadeAreSaid(t *testing.T) {
	bubble(t, "page", func(t *testing.T) {
		w := &world{commandsErr: errors.New("save the answers: no space left on device")}
		s := afterRun(t, w)
		defer s.close()
		s.has("✓ Done in", "no space left on device")
		s.lacks("onramp apply")
	})
}

// afterRun is a wizard after a run that ended well.
func afterRun(t *testing.T, w *world) *screen {
	t.Helper()
	s := show(t, slow(t, w), usual)
	s.keys("enter")
	s.wait(time.Second)
	s.keys("a", ann.Account, "enter")
	s.wait(time.Minute)
	return s
}

// TestStopEndsEveryState: a signal closes the screens, and Outcome waits for the call in flight and says how it ended.
func TestStopEndsEveryState(t *testing.T) {
	bubble(t, "in a run", func(t *testing.T) {
		w := &world{}
		s := show(t, slow(t, w), usual)
		defer s.close()
		s.keys("enter")
		s.wait(time.Second)
		s.keys("a", ann.Account, "enter")
		s.wait(3 * time.Second)
		s.p.Send(Stop{})
		s.settle()
		out := s.ended()
		if out.Ending != Interrupted || !errors.Is(out.Err, context.Canceled) || len(out.Result.Changed)+len(out.Result.Kept) == 0 || len(out.Result.Skipped) == 0 || out.Commands.Apply == nil {
			t.Errorf("%+v", out)
		}
	})
	bubble(t, "after a run", func(t *testing.T) {
		s := afterRun(t, &world{})
		defer s.close()
		s.p.Send(Stop{})
		s.settle()
		if out := s.ended(); out.Ending != Applied || out.Abandoned {
			t.Errorf("%+v", out)
		}
	})
}

// TestStopWhileTheProgramGoesOn: Outcome can be read while the program still calls the wizard, as where a terminal takes
// no more output. It is for the race detector.
func TestStopWhileTheProgramGoesOn(t *testing.T) {
	w := New(offlineOptions(&world{}))
	ended, going := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for i := range 200 {
			w.Update(tea.WindowSizeMsg{Width: 80 + i, Height: 24})
			w.Update(tea.KeyPressMsg{Code: tea.KeyEnter})
			w.View()
			if i == 0 {
				close(going)
			}
		}
		w.Update(Stop{})
	}()
	<-going
	for range 20 {
		_ = w.Working()
		_ = w.Outcome()
	}
	<-ended
}
