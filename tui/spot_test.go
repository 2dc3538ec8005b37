package tui

import (
	"strings"
	"testing"

	"onramp/internal/answers"
)

// TestBackFromAReviewBeforeItsTurn: esc goes to where ctrl+r was pressed, with everything as it was there.
func TestBackFromAReviewBeforeItsTurn(t *testing.T) {
	bubble(t, "to the question and on", func(t *testing.T) {
		s := show(t, online(&world{}), usual)
		defer s.close()
		s.keys("enter", "enter", "analytics", "enter", "mydb")
		s.has("┃ Database", "▸ 1 Warehouse", "· 2 IAM role", "· 4 Bucket and key")
		unmarked := func() string { return strings.ReplaceAll(s.text(), "▎", " ") } // what the last answer changed
		before := unmarked()
		s.keys("ctrl+r")
		s.has("Review", "1 problem")
		s.keys("esc")
		if unmarked() != before {
			t.Errorf("esc leads to another screen:\n%s\nbefore:\n%s", s.text(), before)
		}
		s.keys("esc")
		s.has("┃ Cluster identifier", "› analytics")
		s.keys("enter")
		s.has("┃ Database", "mydb")
		s.keys("enter")
		s.has("┃ Permissions of the role", "▸ 2 IAM role", "· 4 Bucket and key")
	})
	bubble(t, "after a step was edited there", func(t *testing.T) {
		s := show(t, online(&world{}), usual)
		defer s.close()
		s.keys("enter", "enter", "analytics", "enter", "ctrl+r", "4", "enter", "acme-redshift-ml", "enter")
		s.until("Review · plan")
		s.keys("esc")
		s.has("┃ Database", "· 2 IAM role", "✓ 4 Bucket and key")
		if s.w.session.answers.Get("bucket.name").Source != answers.Typed {
			t.Error("what was edited is lost")
		}
	})
	bubble(t, "from a step that is edited there", func(t *testing.T) {
		s := show(t, online(&world{}), usual)
		defer s.close()
		s.keys("enter", "enter", "analytics", "enter", "ctrl+r", "2", "enter")
		s.has("┃ Restrictive policy")
		s.keys("ctrl+r", "esc")
		s.has("┃ Restrictive policy")
		s.keys("esc")
		s.has("┃ Permissions of the role")
		s.keys("esc")
		s.has("Review")
		s.keys("esc")
		s.has("┃ Database", "· 2 IAM role")
	})
	bubble(t, "to a question that is no longer asked", func(t *testing.T) {
		s := show(t, online(&world{}), usual)
		defer s.close()
		s.keys("enter", "down", "enter", "analytics", "enter")
		s.has("┃ Node type")
		s.keys("ctrl+r", "1", "up", "enter")
		s.until("Review")
		s.keys("esc")
		s.has("┃ Use enhanced VPC routing")
	})
	bubble(t, "a review in its turn", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "esc", "ctrl+r", "esc")
		s.has("┃ Use enhanced VPC routing")
		s.keys("enter")
		s.has("Review · plan")
		s.keys("esc", "esc")
		s.lacks("┃ Use enhanced VPC routing")
	})
}
