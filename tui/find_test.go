package tui

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"onramp/internal/plan"
	"onramp/render/compare"
)

func TestFindingInTheReview(t *testing.T) {
	bubble(t, "review", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "/", "permissions BOUND")
		s.has("› ", "Permissions boundary")
		s.keys("q") // a letter of the text: it does not leave
		s.has("not there")
		s.keys("backspace", "enter")
		s.has(`"permissions BOUND": n shows the next`)
		s.keys("/", "esc")
		s.lacks("n shows the next")
		s.keys("/", "role", "enter")
		first := s.text()
		s.keys("n")
		if s.text() == first {
			t.Error("n shows nothing else")
		}
		s.keys("/", "esc", "q")
		if out := s.ended(); out.Ending != Left {
			t.Errorf("ended %v", out.Ending)
		}
	})
	bubble(t, "document", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "ctrl+p", "/", "securetransport", "enter")
		s.has("aws:SecureTransport")
		if !strings.Contains(s.text(), "\n ›") {
			t.Errorf("nothing is marked:\n%s", s.text())
		}
		s.keys("esc")
		s.has("Review · plan")
	})
}

// TestCopying: a document goes to the clipboard of the terminal, whole.
func TestCopying(t *testing.T) {
	bubble(t, "copy", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "ctrl+p", "c")
		s.has("was sent to the clipboard")
		want := base64.StdEncoding.EncodeToString([]byte(s.w.preview.tab().Text))
		if !strings.Contains(s.raw.String(), "\x1b]52;c;"+want) {
			t.Error("the terminal was not sent the document")
		}
	})
}

// TestRemedies: one key applies what makes a warning go away, and the answer can be changed back.
func TestRemedies(t *testing.T) {
	bubble(t, "a key", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t, "role.choice", "simple")
		s := show(t, o, size{100, 60})
		defer s.close()
		s.keys("enter")
		s.has("AmazonS3FullAccess opens every bucket", "answer role.choice with restrictive (A does it)")
		s.keys("Z")
		s.has("there is no such remedy")
		s.keys("A")
		s.has("Review · plan", "role.choice is restrictive now")
		s.lacks("AmazonS3FullAccess opens every bucket")
		if got := s.w.session.answers.Text("role.choice"); got != "restrictive" {
			t.Errorf("role.choice is %s", got)
		}
		s.keys("2")
		s.has("› Restrictive")
	})
	bubble(t, "by line", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t, "role.choice", "simple")
		var said bytes.Buffer
		out, err := Plain(t.Context(), o, strings.NewReader(lines("remedy", "9", "1", "leave")), &said)
		if err != nil || out.Ending != Left || out.Answers.Text("role.choice") != "restrictive" {
			t.Errorf("%v %v %v\n%s", err, out.Ending, out.Answers.Text("role.choice"), said.String())
		}
	})
}

// TestDocumentsAreMadeWhenTheyAreSeen: what costs more than a key press may is made for nobody who does not look.
func TestDocumentsAreMadeWhenTheyAreSeen(t *testing.T) {
	bubble(t, "lazy", func(t *testing.T) {
		made := 0
		o := online(&world{})
		o.Preview = func(p plan.Plan) []Tab {
			return append(tabsOf(p), Tab{Title: "costly", Make: func() string { made++; return fmt.Sprintf("calls of %s", p.Hash()) }})
		}
		o.Answers = full(t)
		s := show(t, o, size{120, 40})
		defer s.close()
		s.keys("enter", "4", "enter", "x", "y")
		if made != 0 {
			t.Fatalf("made %d times before it was seen", made)
		}
		s.keys("shift+tab", "shift+tab")
		s.has("costly", "calls of ")
		before := s.text()
		s.keys("z")
		if s.text() == before || !strings.Contains(s.text(), "▎") {
			t.Errorf("the document in sight does not follow the answer:\n%s", s.text())
		}
		n := made
		s.keys("tab", "w")
		if made != n {
			t.Error("it was made again out of sight")
		}
	})
}

// TestAnswersAreCompared: where there is something to choose, a document says what each answer allows.
func TestAnswersAreCompared(t *testing.T) {
	bubble(t, "compared", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		o.Compare = func(titles []string, plans []plan.Plan, chosen int) string {
			var all []compare.Choice
			for i := range plans {
				all = append(all, compare.Choice{Title: titles[i], Plan: plans[i]})
			}
			return compare.Text(all, chosen)
		}
		s := show(t, o, size{120, 40})
		defer s.close()
		s.keys("enter", "2", "shift+tab", "shift+tab")
		s.has("compared", "What each answer allows", "› Restrictive", "policy of AWS AmazonS3FullAccess")
		s.keys("up", "up")
		s.has("› Simple", "Restrictive, instead of what is chosen")
		s.keys("enter", "enter")
		s.lacks("compared")
	})
}
