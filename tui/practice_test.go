package tui

import (
	"testing"
	"time"

	"onramp/internal/answers"
)

// elsewhere has credentials of one account, answers for another, and a practice account.
func elsewhere(t *testing.T, w *world) Options {
	o := answering("account", "999988887777", "warehouse.cluster", "analytics")(t, w)
	o.Practice = learning(&world{run: w.run})
	return o
}

func TestPractice(t *testing.T) {
	bubble(t, "is one way on without credentials, and every page says so", func(t *testing.T) {
		w := &world{}
		quick(t, w)
		s := show(t, alone(t, w), usual)
		defer s.close()
		s.has("no AWS credentials that work", "How to go on without credentials?", "› Use the practice account", "Go on offline")
		s.keys("x", "enter") // a wrong key first
		for range 60 {
			s.has(practiceText)
			switch p := s.w.page.(type) {
			case *question:
				if p.at.Question.Key == "bucket.name" {
					s.keys("acme-ml")
				}
				if p.at.Question.Key == "warehouse.cluster" {
					s.keys("analytics")
				}
				s.keys("enter")
			case *review:
				s.keys("a")
			case *confirm:
				s.has("practice account")
				s.keys("yes", "enter")
				s.wait(time.Minute)
			case *done:
				s.has("Nothing real was changed", "onramp apply redshift-ml -a redshift-ml.yaml")
				s.lacks("--yes")
				s.keys("enter")
				if out := s.ended(); out.Ending != Applied || !out.Practice {
					t.Errorf("%+v", out)
				}
				return
			}
		}
		t.Fatalf("no end:\n%s", s.text())
	})
	bubble(t, "is not chosen: offline", func(t *testing.T) {
		s := show(t, alone(t, &world{}), usual)
		defer s.close()
		s.keys("down", "enter")
		s.has("┃ Account number", "offline: export only")
		s.lacks(practiceText)
	})
	bubble(t, "is offered late, and what was answered stays", func(t *testing.T) {
		w := &world{whoTakes: 4 * time.Second}
		s := show(t, alone(t, w), usual)
		defer s.close()
		s.keys("enter", "111122223333", "enter", "eu-west-1", "enter")
		s.has("┃ Warehouse")
		s.wait(5 * time.Second)
		s.has("How to go on without credentials?")
		s.keys("enter")
		s.has("┃ Warehouse", practiceText)
		a := s.w.Outcome().Answers
		if a.Text("account") != practiceAccount || a.Text("region") != "eu-west-1" {
			t.Errorf("account %s, region %s", a.Text("account"), a.Text("region"))
		}
	})
	bubble(t, "is another way on where the answers are for another account", func(t *testing.T) {
		s := show(t, elsewhere(t, &world{}), usual)
		defer s.close()
		s.keys("enter", "down")
		s.has("› Use the practice account")
		s.keys("enter")
		s.has(practiceText)
		if got := s.w.Outcome().Answers.Text("account"); got != practiceAccount {
			t.Errorf("account %s", got)
		}
	})
	bubble(t, "a draft goes on there, and is kept", func(t *testing.T) {
		o := alone(t, &world{})
		kept := fromSource(t, answers.Typed, "warehouse.cluster", "analytics", "account", "111122223333")
		o.Draft = &kept
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter")
		s.has("Continue where you stopped?", practiceText)
		s.keys("enter")
		s.has("┃ Database")
	})
	bubble(t, "the account can be looked at again after a run", func(t *testing.T) {
		s := show(t, practised(t, &world{}), usual)
		defer s.close()
		s.keys("enter", "a", "yes", "enter")
		s.wait(time.Minute)
		s.has("Now for real")
		s.keys("ctrl+r")
		s.has("Review · plan", practiceText)
	})
}
