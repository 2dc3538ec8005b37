package tui

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"onramp/internal/answers"
)

// TestKeptAfterEachAnswer: a step can be long, and a terminal can be gone at any moment.
func TestKeptAfterEachAnswer(t *testing.T) {
	bubble(t, "in the middle of a step", func(t *testing.T) {
		w := &world{}
		s := show(t, online(w), usual)
		defer s.close()
		s.keys("enter", "enter", "analytics", "enter")
		s.has("Step 1")
		if got := w.kept["redshift-ml"].Text("warehouse.cluster"); got != "analytics" {
			t.Errorf("%q is kept", got)
		}
	})
	bubble(t, "by a signal", func(t *testing.T) {
		w := &world{}
		ctx, stop := context.WithCancel(t.Context())
		o := online(w)
		hangs := o.Port.Keep
		o.Port.Keep = func(guide string, a answers.Set) error { time.Sleep(time.Second); return hangs(guide, a) }
		s := show(t, o, usual, tea.WithContext(ctx))
		s.keys("enter", "enter", "analytics", "enter")
		stop() // before the command has kept it
		<-s.done
		s.over = true
		defer s.close()
		if out := s.w.Outcome(); out.Ending != Interrupted || !out.Kept || w.kept["redshift-ml"].Text("warehouse.cluster") != "analytics" {
			t.Errorf("%+v, kept %v", out, w.kept)
		}
	})
	bubble(t, "and nothing is said to be kept where nothing was answered", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		s := show(t, online(&world{}), usual, tea.WithContext(ctx))
		stop()
		<-s.done
		s.over = true
		defer s.close()
		if out := s.w.Outcome(); out.Kept {
			t.Errorf("%+v", out)
		}
	})
	bubble(t, "a save that hangs is not waited for", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		o := online(&world{})
		o.Port.Keep = func(string, answers.Set) error { time.Sleep(4 * time.Second); return nil }
		s := show(t, o, usual, tea.WithContext(ctx))
		s.keys("enter", "enter", "analytics", "enter")
		stop()
		<-s.done
		s.over = true
		defer s.close()
		before := time.Now()
		if out := s.w.Outcome(); out.Kept || time.Since(before) > keepLimit {
			t.Errorf("%+v after %s", out, time.Since(before))
		}
	})
}

// TestKeptBesideAnExport: only a file that can be read back takes the place of what is kept, and only while it says the
// same.
func TestKeptBesideAnExport(t *testing.T) {
	for name, c := range map[string]struct {
		keys []string
		kept bool
	}{
		"a script":                     {[]string{"A", "s", "enter", "enter", "q"}, true},
		"the answers":                  {[]string{"f", "enter", "enter", "q"}, false},
		"everything":                   {[]string{"x", "enter", "enter", "q"}, false},
		"the answers, then a script":   {[]string{"f", "enter", "enter", "s", "enter", "q"}, false},
		"the answers, then a remedy":   {[]string{"f", "enter", "enter", "A", "q"}, true},
		"the answers, left from there": {[]string{"f", "enter", "q"}, false},
	} {
		bubble(t, name, func(t *testing.T) {
			w := &world{}
			o := online(w)
			o.Answers = full(t)
			s := show(t, o, usual)
			defer s.close()
			s.keys(append([]string{"enter"}, c.keys...)...)
			out := s.ended()
			if _, kept := w.kept["redshift-ml"]; out.Ending != Exported || kept != c.kept || len(w.forgot) > 0 == c.kept {
				t.Errorf("%s: kept %t, forgot %v", out.Ending, kept, w.forgot)
			}
		})
	}
}

// TestLettersStay: a remedy keeps its letter, so that a key that is pressed twice does nothing the second time.
func TestLettersStay(t *testing.T) {
	bubble(t, "twice", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "A")
		once := s.w.session.answers
		s.keys("A")
		s.has("✗ A has been applied")
		for _, key := range append(once.Keys(), s.w.session.answers.Keys()...) {
			if a, b := answers.Format(once.Get(key).Data), answers.Format(s.w.session.answers.Get(key).Data); a != b {
				t.Errorf("%s was %s and is %s", key, a, b)
			}
		}
	})
}
