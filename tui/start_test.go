package tui

import (
	"context"
	"errors"
	"testing"
	"time"

	"onramp/internal/answers"
	"onramp/steps"
)

func TestDraft(t *testing.T) {
	draft := func(t *testing.T) *answers.Set {
		a := given(t, "warehouse.cluster", "kept", "role.name", "kept-role")
		return &a
	}
	bubble(t, "goes on behind its last answer", func(t *testing.T) {
		o := online(&world{})
		o.Draft = draft(t)
		s := show(t, o, usual)
		defer s.close()
		s.has("Continue where you stopped?", "2 answers kept")
		s.keys("enter")
		s.has("┃ Role path", "kept-role")
		if v := s.w.Outcome().Answers.Get("role.name"); v.Source != answers.Typed {
			t.Errorf("role.name is %s", v.Source)
		}
	})
	bubble(t, "anew leaves it alone", func(t *testing.T) {
		o := online(&world{})
		o.Draft = draft(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("down", "enter")
		s.has("┃ Warehouse", "1 of 3")
	})
	bubble(t, "is not offered for another guide", func(t *testing.T) {
		o := several(online(&world{}))
		o.Draft = draft(t)
		s := show(t, o, usual)
		defer s.close()
		s.has("Which guide?")
		s.keys("enter")
		s.has("Continue where you stopped?")
	})
	bubble(t, "flags win over it", func(t *testing.T) {
		o := online(&world{})
		o.Draft = draft(t)
		o.Answers = fromSource(t, answers.Flag, "role.name", "flagged")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter")
		if v := s.w.Outcome().Answers.Get("role.name"); v.Data != "flagged" {
			t.Errorf("role.name is %v", v)
		}
	})
	bubble(t, "is kept when the wizard is interrupted", func(t *testing.T) {
		w := &world{}
		s := show(t, online(w), usual)
		defer s.close()
		s.keys("enter", "enter", "analytics", "enter", "ctrl+c")
		out := s.ended()
		if out.Ending != Interrupted || w.kept["redshift-ml"].Text("warehouse.cluster") != "analytics" {
			t.Errorf("%s, kept %v", out.Ending, w.kept)
		}
		if w.kept["redshift-ml"].Has("account") {
			t.Error("what the credentials say was kept")
		}
	})
	bubble(t, "an error of keeping is shown and does not stop anything", func(t *testing.T) {
		o := online(&world{})
		o.Port.Keep = func(string, answers.Set) error { return errors.New("disk full\x1b[2J") }
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "enter", "analytics", "enter", "enter")
		s.has("the answers could not be kept: disk full", "┃ Permissions of the role")
	})
}

func TestIdentity(t *testing.T) {
	bubble(t, "slow: the wizard does not wait", func(t *testing.T) {
		w := &world{whoTakes: 4 * time.Second}
		s := show(t, online(w), usual)
		defer s.close()
		s.has("looking who you are…")
		s.keys("enter")
		s.has("┃ Account number")
		s.wait(5 * time.Second)
		s.has("› 111122223333", "found")
		s.keys("enter")
		s.has("┃ Warehouse")
	})
	bubble(t, "the account has a name, which nothing waits for", func(t *testing.T) {
		o := online(&world{})
		o.Port.Alias = func(ctx context.Context) (string, error) {
			<-time.After(time.Second)
			return "acme-prod\x1b[2J", nil
		}
		s := show(t, o, usual)
		defer s.close()
		s.has("111122223333 · us-east-1")
		s.wait(2 * time.Second)
		s.has("Account  111122223333 (acme-prod", "111122223333 (acme-prod")
		s.keys("enter")
		s.has("111122223333 (acme-prod")
	})
	bubble(t, "who it is may not be asked, or is slow", func(t *testing.T) {
		for _, alias := range []func(ctx context.Context) (string, error){
			func(context.Context) (string, error) { return "", errors.New("AccessDenied") },
			func(ctx context.Context) (string, error) { <-ctx.Done(); return "late", ctx.Err() },
		} {
			o := online(&world{})
			o.Port.Alias = alias
			s := show(t, o, usual)
			s.wait(5 * time.Second)
			s.has("Account  111122223333 · us-east-1")
			s.lacks("AccessDenied", "late")
			s.close()
		}
	})
	bubble(t, "slow: what was typed meanwhile stays", func(t *testing.T) {
		w := &world{whoTakes: 4 * time.Second}
		s := show(t, online(w), usual)
		defer s.close()
		s.keys("enter", "1111")
		s.wait(5 * time.Second)
		s.has("› 1111", "┃ Account number")
	})
	bubble(t, "slow: while the question is explained", func(t *testing.T) {
		w := &world{whoTakes: 4 * time.Second}
		s := show(t, online(w), usual)
		defer s.close()
		s.keys("enter", "?")
		s.wait(5 * time.Second)
		s.has("any key closes")
		s.keys("x")
		s.has("› 111122223333", "┃ Account number")
	})
	bubble(t, "slow: the review is made anew", func(t *testing.T) {
		w := &world{whoTakes: 4 * time.Second}
		o := online(w)
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "ctrl+r")
		s.has("2 problems", "› account: is missing")
		s.keys("ctrl+p")
		s.wait(5 * time.Second)
		s.keys("esc")
		s.has("Review · plan", "a apply")
	})
	bubble(t, "slow: the review on screen is made anew", func(t *testing.T) {
		w := &world{whoTakes: 4 * time.Second}
		o := online(w)
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "ctrl+r")
		s.wait(5 * time.Second)
		s.has("Review · plan", "a apply")
	})
	bubble(t, "too slow: offline in the end", func(t *testing.T) {
		w := &world{whoTakes: time.Hour}
		s := show(t, online(w), usual)
		defer s.close()
		s.wait(79 * time.Second)
		s.has("looking who you are…")
		s.wait(2 * time.Second)
		s.has("no answer within 1m20s", "offline: export only")
	})
	bubble(t, "fails: account and region are asked", func(t *testing.T) {
		w := &world{whoErr: errors.New("no credentials")}
		s := show(t, online(w), usual)
		defer s.close()
		s.has("no AWS credentials that work (no credentials)")
		s.keys("enter")
		s.has("┃ Account number", "offline: export only")
	})
	bubble(t, "panics: the same", func(t *testing.T) {
		o := online(&world{})
		o.Port.Identify = func(context.Context) (Identity, error) { panic("at the disco") }
		s := show(t, o, usual)
		defer s.close()
		s.has("internal error: at the disco", "offline: export only")
	})
	bubble(t, "not possible: the same", func(t *testing.T) {
		o := online(&world{})
		o.Port.Identify = nil
		s := show(t, o, usual)
		defer s.close()
		s.has("no AWS credentials that work", "offline: export only")
	})
	bubble(t, "no region: it is asked", func(t *testing.T) {
		w := &world{who: Identity{Account: "111122223333", Partition: "aws"}}
		s := show(t, online(w), usual)
		defer s.close()
		s.keys("enter")
		s.has("┃ Region")
	})
}

func TestAccountMismatch(t *testing.T) {
	other := func(t *testing.T) Options {
		o := online(&world{})
		o.Answers = full(t, "account", "999988887777")
		return o
	}
	bubble(t, "nothing is applied: offline", func(t *testing.T) {
		s := show(t, other(t), usual)
		defer s.close()
		s.has("✗ the answers file is for account 999988887777")
		s.keys("enter")
		s.has("Go on without AWS?", "✗ ")
		s.keys("enter")
		s.has("offline: export only", "┃ Region") // found by credentials that do not count
		s.keys("us-east-1", "enter", "ctrl+r")
		s.has("Review · plan")
		s.lacks("a apply")
	})
	bubble(t, "or leave", func(t *testing.T) {
		s := show(t, other(t), usual)
		defer s.close()
		s.keys("enter", "down", "enter")
		if out := s.ended(); out.Ending != Left {
			t.Errorf("%+v", out)
		}
	})
	bubble(t, "found late: the page that opens by itself takes no key meant for another", func(t *testing.T) {
		w := &world{whoTakes: 4 * time.Second}
		s := show(t, online(w), usual)
		defer s.close()
		s.keys("enter", "999988887777", "enter", "us-east-1", "enter")
		s.has("┃ Warehouse")
		s.wait(4 * time.Second)
		s.has("Go on without AWS?")
		s.w.deaf = true // as in the first moment
		s.send("enter")
		s.settle()
		s.has("Go on without AWS?")
		s.wait(time.Second)
	})
}

func TestLeaving(t *testing.T) {
	for name, keys := range map[string][]string{
		"from the start page":  {"esc", "esc"},
		"with q":               {"q", "q"},
		"from the review":      {"enter", "q"},
		"after another choice": {"esc", "down", "q", "q"},
	} {
		bubble(t, name, func(t *testing.T) {
			o := online(&world{})
			o.Answers = full(t)
			s := show(t, o, usual)
			defer s.close()
			s.keys(keys...)
			if out := s.ended(); out.Ending != Left {
				t.Errorf("%+v", out)
			}
		})
	}
	bubble(t, "a save that hangs is not waited for twice", func(t *testing.T) {
		o := online(&world{})
		o.Port.Keep = func(string, answers.Set) error { time.Sleep(5 * time.Second); return nil }
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "enter", "analytics", "enter", "ctrl+c")
		s.keys("ctrl+c")
		if out := s.ended(); out.Ending != Interrupted {
			t.Errorf("%+v", out)
		}
	})
}

// TestBanner: whoever opens a guide whose service is closed reads so before the first question, however small the screen.
func TestBanner(t *testing.T) {
	closed := func(o Options) Options {
		o.Guides[0].Standing = steps.Standing{Status: steps.Closed, Banner: "Nobody new may use it"}
		return o
	}
	for name, screen := range map[string]size{"usual": usual, "small": {40, 12}} {
		bubble(t, name, func(t *testing.T) {
			s := show(t, closed(online(&world{})), screen)
			defer s.close()
			s.has("closed: Nobody new may use it")
		})
	}
}
