package tui

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"onramp/internal/answers"
)

var usual = size{100, 30}

func TestAllDefaultsToAnExportedFile(t *testing.T) {
	bubble(t, "online", func(t *testing.T) {
		w := &world{}
		s := show(t, online(w), usual)
		defer s.close()
		s.keys("enter")
		s.has("▸ 1 Warehouse", "A cluster that exists")
		s.keys("enter", "analytics", "enter", "enter")
		s.until("┃ Bucket name")
		s.keys("acme-redshift-ml", "enter")
		s.until("Review · plan")
		s.keys("f")
		s.has("redshift-ml.yaml")
		s.keys("enter")
		s.has("wrote redshift-ml.yaml")
		s.keys("enter")
		s.has("Review · plan", "✓ wrote redshift-ml.yaml")
		s.keys("q")
		out := s.ended()
		if out.Ending != Exported || out.Guide != "redshift-ml" || !slices.Equal(out.Files, []string{"redshift-ml.yaml"}) {
			t.Errorf("outcome %+v", out)
		}
		expectSources(t, out.Answers, map[string]answers.Source{
			"account": answers.Found, "region": answers.Found, "warehouse.cluster": answers.Typed, "bucket.name": answers.Typed,
		})
		if file := w.files["redshift-ml.yaml"]; file.Text("role.name") != "redshift-ml" || file.Get("role.name").Source != answers.Default {
			t.Errorf("the file lacks defaults: %v", file.Keys())
		}
		if len(w.kept) != 0 || !slices.Equal(w.forgot, []string{"redshift-ml"}) {
			t.Errorf("kept %v, forgot %v", w.kept, w.forgot)
		}
		if w.keeps < 6 {
			t.Errorf("kept %d times, not after every step", w.keeps)
		}
	})
	bubble(t, "offline", func(t *testing.T) {
		w := &world{}
		s := show(t, offlineOptions(w), usual)
		defer s.close()
		s.keys("enter", "111122223333", "enter", "us-gov-west-1", "enter", "enter", "analytics", "enter", "enter")
		s.until("┃ Bucket name")
		s.keys("acme-redshift-ml", "enter")
		s.until("Review · plan")
		s.lacks("a apply")
		s.keys("a")
		s.has("nothing can be applied without AWS")
		s.keys("s", "enter", "q")
		if out := s.ended(); out.Ending != Exported || s.w.session.target(out.Answers).Partition != "aws-us-gov" {
			t.Errorf("outcome %+v", out)
		}
	})
}

// expectSources checks that the answers are those and no others.
func expectSources(t *testing.T, a answers.Set, want map[string]answers.Source) {
	t.Helper()
	for _, key := range a.Keys() {
		if a.Get(key).Source != want[key] {
			t.Errorf("%s is %s, want %s", key, a.Get(key).Source, want[key])
		}
		delete(want, key)
	}
	if len(want) > 0 {
		t.Errorf("not answered: %v", want)
	}
}

func TestGoingBackLosesNothing(t *testing.T) {
	bubble(t, "answers", func(t *testing.T) {
		s := show(t, online(&world{}), usual)
		defer s.close()
		s.keys("enter", "down", "enter", "analytics", "enter", "esc", "esc")
		s.has("› A new cluster")
		s.keys("enter")
		s.has("› analytics")
		s.keys("enter")
		s.has("┃ Node type")
	})
	bubble(t, "what was typed and is not valid", func(t *testing.T) {
		s := show(t, online(&world{}), usual)
		defer s.close()
		s.keys("enter", "enter", "Not Valid!", "enter")
		s.has("✗ ")
		s.keys("esc")
		s.has("┃ Warehouse", "What will run CREATE MODEL")
		s.lacks("✗ ")
		s.keys("enter")
		s.has("› Not Valid!")
		if s.w.session.answers.Has("warehouse.cluster") {
			t.Error("an invalid value became an answer")
		}
	})
	bubble(t, "to the start page and on", func(t *testing.T) {
		s := show(t, online(&world{}), usual)
		defer s.close()
		s.keys("enter", "enter", "analytics", "enter", "esc", "esc", "esc")
		s.has("Enter goes on.")
		s.keys("enter", "enter")
		s.has("› analytics")
	})
	bubble(t, "from the review", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter")
		s.has("Review · plan")
		s.keys("esc")
		s.has("┃ Use enhanced VPC routing")
		s.keys("enter")
		s.has("Review · plan")
	})
}

func TestWrongKeysDoNoHarm(t *testing.T) {
	bubble(t, "on every page", func(t *testing.T) {
		s := show(t, online(&world{}), usual)
		defer s.close()
		for _, k := range []string{"x", "down", "?", "tab", "pgdown", "left"} {
			s.keys(k)
		}
		s.has("Enter begins.")
		s.keys("enter", "x", "left", "q", "backspace")
		s.has("┃ Warehouse", "› A cluster that exists")
		s.keys("enter", "backspace", "left", "home", "end", "up", "enter")
		s.has("✗ an answer is needed: cluster identifier")
		s.keys("a")
		s.lacks("✗ ")
	})
}

// TestAClearedFieldHasItsDefaultAgain: it says so before Enter.
func TestAClearedFieldHasItsDefaultAgain(t *testing.T) {
	bubble(t, "role path", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t, "role.path", "/ml/")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "2", "enter", "enter", "enter")
		s.has("┃ Role path", "› /ml/")
		s.lacks("Empty")
		s.keys("ctrl+u")
		s.has("Empty: Enter takes the default, /")
		s.keys("enter")
		s.has("┃ Make it the default role", "✓ Role path                        /")
	})
	bubble(t, "without a default", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "1", "enter", "ctrl+u")
		s.lacks("Empty")
		s.keys("enter")
		s.has("✗ an answer is needed: cluster identifier")
	})
	bubble(t, "line prompts", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t, "role.path", "/ml/")
		var said bytes.Buffer
		out, err := Plain(t.Context(), o, strings.NewReader(lines("edit", "step 2", "", "", "", "-", "")), &said)
		if err != nil || out.Answers.Text("role.path") != "/" || !strings.Contains(said.String(), "Role path (- for the default, /) [/ml/]: ") {
			t.Errorf("%v, the path is %q\n%s", err, out.Answers.Text("role.path"), said.String())
		}
	})
}

func TestBurstOfEnters(t *testing.T) {
	bubble(t, "stops at what must be answered", func(t *testing.T) {
		s := show(t, online(&world{}), usual)
		defer s.close()
		s.send(slices.Repeat([]string{"enter"}, 30)...)
		s.settle()
		s.has("┃ Cluster identifier", "✗ an answer is needed")
		s.send("analytics")
		s.send(slices.Repeat([]string{"enter"}, 50)...)
		s.settle()
		s.has("┃ Bucket name", "✗ an answer is needed")
	})
	bubble(t, "pasted lines stay in one answer", func(t *testing.T) {
		s := show(t, online(&world{}), usual)
		defer s.close()
		s.keys("enter", "enter")
		s.p.Send(tea.PasteMsg{Content: " ana\u202elytics\n\n\n"})
		s.settle()
		s.has("› analytics", "┃ Cluster identifier")
	})
}

func TestReviewEditsAnAnswer(t *testing.T) {
	bubble(t, "a choice brings up and takes away questions", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "2")
		s.has("┃ Permissions of the role", "Restrictive policy")
		s.keys("up", "up", "enter") // simple
		s.lacks("Restrictive policy")
		s.until("Review · plan")
		s.has("AmazonS3FullAccess")
		out := s.w.Outcome().Answers
		if out.Text("role.choice") != "simple" || out.Get("role.choice").Source != answers.Typed {
			t.Errorf("role.choice is %v", out.Get("role.choice"))
		}
	})
	bubble(t, "only the step is asked again", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "3", "enter")
		s.has("Review · plan")
		s.keys("4", "esc")
		s.has("Review · plan")
	})
	bubble(t, "questions that come up later are asked", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "5", "backspace", "1", "enter", "analysts", "enter")
		s.until("Permissions and ownership")
		s.until("┃ SQL")
		s.until("Review · plan")
	})
	bubble(t, "a problem leads to its question", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t, "groups", "2", "groups.0.name", "analysts", "groups.0.bucket", "acme-analysts-ml", "groups.1.name", "analysts")
		s := show(t, o, size{100, 40})
		defer s.close()
		s.keys("enter")
		s.has("2 problems", "› groups.0.role")
		s.keys("s")
		s.has("first mend the problems")
		s.keys("down")
		s.has("› groups.1.name")
		s.keys("enter")
		s.has("┃ Group name", "› analysts")
		s.keys("_two", "enter")
		s.until("1 problem")
		s.keys("enter")
		s.has("┃ Own role")
		s.keys("analysts-ml", "enter")
		s.until("Review · plan")
	})
	bubble(t, "ctrl+r goes there from anywhere, and loses nothing", func(t *testing.T) {
		s := show(t, online(&world{}), usual)
		defer s.close()
		s.keys("enter", "enter", "analyt", "ctrl+r")
		s.has("2 problems", "› warehouse.cluster", "bucket.name")
		s.keys("enter")
		s.has("┃ Cluster identifier", "› analyt")
		s.keys("enter")
		s.until("1 problem")
	})
	bubble(t, "the list reaches every step", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "e", "up", "enter") // the last: nothing is asked there
		s.has("nothing is asked there with these answers", "Review")
		s.keys("e", "enter") // the first: of account and region, the region
		s.has("┃ Region", "› us-east-1")
		s.keys("ctrl+u", "backspace", "eu-west-1", "enter")
		s.has("111122223333 · eu-west-1", "Review · plan")
	})
}

// TestARecordIsNumberedOnEveryQuestion: on its first one too.
func TestARecordIsNumberedOnEveryQuestion(t *testing.T) {
	bubble(t, "groups", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t, "groups", "3", "groups.0.name", "analysts", "groups.2.name", "writers")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter")
		s.has("┃ Group name", "✓ 1 of 3 · analysts", "▸ 2 of 3", "✓ 3 of 3 · writers")
		s.keys("marketing", "enter")
		s.has("▸ 2 of 3", "✓ Group name")
	})
}

func TestAnswersFromAFile(t *testing.T) {
	bubble(t, "open at the first open question", func(t *testing.T) {
		o := online(&world{})
		o.Answers = given(t, "warehouse.cluster", "analytics")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter")
		s.has("┃ Bucket name", "✓ 1 Warehouse", "✓ 2 IAM role")
	})
	bubble(t, "Enter keeps where a value came from", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "1", "enter", "enter", "enter")
		if v := s.w.Outcome().Answers.Get("warehouse.cluster"); v.Source != answers.File {
			t.Errorf("warehouse.cluster is %s", v.Source)
		}
		if s.w.Outcome().Answers.Has("warehouse.database") {
			t.Error("a default that was accepted is an answer now")
		}
	})
	bubble(t, "a flag alone begins at the beginning", func(t *testing.T) {
		o := online(&world{})
		o.Answers = fromSource(t, answers.Flag, "region", "eu-west-1")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter")
		s.has("eu-west-1", "┃ Region", "flag")
		s.keys("enter")
		s.has("┃ Warehouse")
	})
	bubble(t, "a value that breaks its rule is where it opens", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t, "role.name", "no good!")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter")
		s.has("┃ Role name", "› no good!")
	})
}

func TestResizeStorm(t *testing.T) {
	bubble(t, "every page at every size", func(t *testing.T) {
		o := online(&world{})
		o.Answers = full(t)
		s := show(t, o, usual)
		defer s.close()
		storm := func() {
			for _, at := range []size{{10, 3}, {40, 10}, {41, 11}, {60, 15}, {75, 24}, {76, 24}, {99, 14}, {100, 16}, {300, 100}, {80, 24}} {
				s.resize(at)
				if small := at.w < 40 || at.h < 10; small != strings.Contains(strings.Join(strings.Fields(s.text()), " "), "The termin") {
					t.Fatalf("at %s:\n%s", at, s.text())
				}
			}
		}
		for _, keys := range [][]string{{}, {"enter"}, {"ctrl+p"}, {"esc", "e"}, {"esc", "2"}, {"?"}, {"x", "ctrl+p"}, {"esc", "esc", "s"}, {"enter"}, {"esc", "a"}} {
			s.keys(keys...)
			storm()
		}
	})
	bubble(t, "keys are not taken where nothing can be seen", func(t *testing.T) {
		s := show(t, online(&world{}), size{30, 8})
		defer s.close()
		s.has("The terminal is too small")
		s.keys("enter", "enter")
		s.resize(usual)
		s.has("Enter begins.")
	})
}

func TestPreviewFollows(t *testing.T) {
	bubble(t, "marks what the last answer changed", func(t *testing.T) {
		o := online(&world{})
		o.Answers = given(t, "warehouse.cluster", "analytics")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter")
		s.lacks("▎")
		s.keys("acm")
		s.has("bucket-policy", "▎", "arn:aws:s3:::acm")
		s.keys("!") // not valid: nothing in the field could be planned
		s.lacks("arn:aws:s3:::acm")
		s.keys("backspace", "e", "enter")
		s.has("▎", "┃ Read AWS's sample data") // still those of the last answer
		s.keys("enter")
		s.lacks("▎")
	})
	bubble(t, "a document that the operator turned to stays while it changes", func(t *testing.T) {
		o := online(&world{})
		o.Answers = given(t, "warehouse.cluster", "analytics")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "shift+tab")
		s.has("1/3 plan")
		s.keys("acme")
		s.has("1/4 plan", "▎ + S3 bucket acme")
	})
	bubble(t, "what is not in the field is not planned", func(t *testing.T) {
		s := show(t, online(&world{}), size{120, 40})
		defer s.close()
		s.keys("enter", "enter", "x")
		s.has("roles of cluster x")
		s.keys("backspace")
		s.lacks("cluster x")
		s.keys("my")
		s.has("roles of cluster my")
		s.keys("_cl")
		s.lacks("cluster my")
		s.keys("ctrl+u", "analytics", "enter", "esc", "ctrl+u")
		s.has("roles of cluster analytics") // that is the answer still
	})
	bubble(t, "a document that is gone for a moment comes back into sight", func(t *testing.T) {
		o := online(&world{})
		o.Answers = given(t, "warehouse.cluster", "analytics")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "acme")
		s.has("2/4 bucket-policy")
		s.keys("-") // no name ends so
		s.lacks("bucket-policy")
		s.keys("ml")
		s.has("2/4 bucket-policy", "› acme-ml")
	})
	bubble(t, "what was abandoned leaves no mark", func(t *testing.T) {
		o := online(&world{})
		o.Answers = given(t, "warehouse.cluster", "analytics")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "acme", "esc")
		s.lacks("▎", "acme")
	})
}
