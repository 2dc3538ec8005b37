package tui

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"onramp/internal/answers"
)

// networked is an account whose cluster analytics brings all that VPC routing asks.
func networked() *world {
	w := holding()
	brings := w.lists["clusters"].Items[0].Brings
	brings["vpc-routing.route-tables"] = []string{"rtb-0a1b2c3d4e5f60718"}
	return w
}

// network are the answers of VPC routing that a cluster brings.
var network = []string{"vpc-routing.vpc", "vpc-routing.subnets", "vpc-routing.route-tables"}

// TestWhatAChoiceBroughtGoesWithIt: a VPC that came with one cluster is nobody's choice when another is taken.
func TestWhatAChoiceBroughtGoesWithIt(t *testing.T) {
	gone := func(t *testing.T, a answers.Set) {
		t.Helper()
		for _, key := range append([]string{"warehouse.database"}, network...) {
			if a.Has(key) {
				t.Errorf("%s is still %v (%s)", key, a.Get(key).Data, a.Get(key).Source)
			}
		}
	}
	bubble(t, "another cluster", func(t *testing.T) {
		s := show(t, online(networked()), usual)
		defer s.close()
		s.keys("enter", "enter", "down", "enter")
		s.has("┃ Database", "› sales")
		s.keys("esc", "ctrl+u", "prod-warehouse", "enter")
		s.has("┃ Database", "› dev")
		gone(t, s.w.session.answers)
		s.until("┃ Bucket name")
		s.keys("acme-redshift-ml", "enter")
		s.until("┃ Use enhanced VPC routing")
		s.keys("y", "enter")
		s.has("┃ VPC", "✗ an answer is needed: VPC")
	})
	bubble(t, "a cluster that is to be made", func(t *testing.T) {
		s := show(t, online(networked()), usual)
		defer s.close()
		s.keys("enter", "enter", "down", "enter", "esc", "esc", "down", "enter")
		s.has("┃ Cluster identifier", "› analytics")
		gone(t, s.w.session.answers)
	})
	bubble(t, "another region", func(t *testing.T) {
		s := show(t, online(networked()), usual)
		defer s.close()
		s.keys("enter", "enter", "down", "enter", "ctrl+r", "e", "enter")
		s.has("┃ Region", "› us-east-1")
		w := s.w.session
		at, _ := w.place()
		w.accept(at, "eu-west-1")
		gone(t, w.answers)
	})
	bubble(t, "the preview shows it before", func(t *testing.T) {
		o := online(networked())
		o.Answers = given(t, "vpc-routing.enabled", "true")
		s := show(t, o, size{120, 40})
		defer s.close()
		s.keys("enter", "down", "enter", "esc", "x")
		if q := s.w.page.(*question); q.live.Has("vpc-routing.vpc") || !s.w.session.answers.Has("vpc-routing.vpc") {
			t.Error("the preview has the VPC of another cluster, or the answer is gone before Enter")
		}
	})
	bubble(t, "line prompts", func(t *testing.T) {
		var said bytes.Buffer
		out, err := Plain(t.Context(), online(networked()), strings.NewReader(lines("1", "1", "<", "prod-warehouse")), &said)
		if err != nil || out.Answers.Text("warehouse.cluster") != "prod-warehouse" {
			t.Fatalf("%v\n%s", err, said.String())
		}
		gone(t, out.Answers)
	})
	bubble(t, "what lost its answer is asked again", func(t *testing.T) {
		o := online(networked())
		o.Answers = full(t, "vpc-routing.enabled", "true")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "ctrl+r", "1", "enter", "ctrl+u", "prod-warehouse", "enter", "enter")
		s.has("┃ VPC")
	})
}

// TestWhatWasConfirmedStays: from then on it is the operator's own.
func TestWhatWasConfirmedStays(t *testing.T) {
	confirmed := func(t *testing.T) *screen {
		o := online(networked())
		o.Answers = given(t, "vpc-routing.enabled", "true", "bucket.name", "acme-redshift-ml")
		s := show(t, o, usual)
		s.keys("enter", "down", "enter")
		s.until("┃ VPC")
		s.keys("enter")
		s.has("┃ Subnets")
		s.keys("ctrl+r", "1", "enter", "ctrl+u")
		return s
	}
	bubble(t, "another cluster that is not in the list", func(t *testing.T) {
		s := confirmed(t)
		defer s.close()
		s.keys("prod-warehouse", "enter")
		a := s.w.session.answers
		if v := a.Get("vpc-routing.vpc"); v.Data != "vpc-0a1b2c3d4e5f60718" || v.Source != answers.Typed {
			t.Errorf("the VPC is %v (%s)", v.Data, v.Source)
		}
		if a.Has("vpc-routing.subnets") {
			t.Error("the subnets, which were only found, are still there")
		}
	})
	bubble(t, "another cluster that brings its own", func(t *testing.T) {
		s := confirmed(t)
		defer s.close()
		s.keys("archive", "enter")
		if v := s.w.session.answers.Get("vpc-routing.vpc"); v.Data != "vpc-0f1b2c3d4e5f60718" || v.Source != answers.Found {
			t.Errorf("the VPC is %v (%s)", v.Data, v.Source)
		}
	})
	bubble(t, "typed", func(t *testing.T) {
		s := newSession(online(networked()).Guides[0], given(t, "warehouse.cluster", "analytics"))
		s.bring(find(t, "warehouse.cluster"), "analytics", networked().lists["clusters"])
		a := s.answers.With("vpc-routing.subnets", answers.Value{Data: []string{"subnet-0b1b2c3d4e5f60718"}, Source: answers.Typed})
		s.settle(a.With("warehouse.cluster", answers.Value{Data: "other", Source: answers.Typed}))
		if got := s.answers.Keys(); !slices.Equal(got, []string{"vpc-routing.subnets", "warehouse.cluster"}) {
			t.Errorf("answers to %v", got)
		}
	})
}

// TestAnswersOfAFileBringOthersToAQuestion: the question that waits for them shows them when they come.
func TestAnswersOfAFileBringOthersToAQuestion(t *testing.T) {
	slow := func(t *testing.T) (Options, *world) {
		w := networked()
		w.listFor = time.Second
		o := online(w)
		o.Answers = full(t, "vpc-routing.enabled", "true")
		return o, w
	}
	bubble(t, "an untouched field", func(t *testing.T) {
		o, _ := slow(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "enter")
		s.has("┃ VPC", "✗ an answer is needed: VPC")
		s.wait(3 * time.Second)
		s.has("┃ VPC", "› vpc-0a1b2c3d4e5f60718", "found")
		s.lacks("✗")
		s.keys("enter")
		s.wait(3 * time.Second)
		s.has("┃ Subnets", "› subnet-0a1b2c3d4e5f60718", "  subnet-0b1b2c3d4e5f60718") // this list could not be had without the VPC
		s.keys("enter", "enter")
		s.has("┃ Security group of the endpoint")
	})
	bubble(t, "a draft", func(t *testing.T) {
		o, _ := slow(t)
		draft := o.Answers
		o.Answers, o.Draft = answers.Set{}, &draft
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "enter")
		s.wait(3 * time.Second)
		s.has("┃ VPC", "› vpc-0a1b2c3d4e5f60718")
	})
	bubble(t, "a field that was typed into", func(t *testing.T) {
		o, _ := slow(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "vpc-09")
		s.wait(3 * time.Second)
		s.has("┃ VPC", "› vpc-09")
		s.keys("999999999999999", "enter")
		s.has("┃ Subnets", "› subnet-0a1b2c3d4e5f60718")
		if v := s.w.session.answers.Get("vpc-routing.vpc"); v.Data != "vpc-09999999999999999" || v.Source != answers.Typed {
			t.Errorf("the VPC is %v (%s)", v.Data, v.Source)
		}
	})
	bubble(t, "below an explanation", func(t *testing.T) {
		o, _ := slow(t)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "?")
		s.wait(3 * time.Second)
		s.keys("x")
		s.has("┃ VPC", "› vpc-0a1b2c3d4e5f60718")
	})
	bubble(t, "line prompts", func(t *testing.T) {
		o, _ := slow(t)
		var said bytes.Buffer
		out, err := Plain(t.Context(), o, strings.NewReader(lines("", "", "", "")), &said)
		if err != nil || !strings.Contains(said.String(), "VPC [vpc-0a1b2c3d4e5f60718]: ") || out.Answers.Text("vpc-routing.vpc") == "" {
			t.Errorf("%v\n%s", err, said.String())
		}
	})
	bubble(t, "line prompts wait no longer than for their own list", func(t *testing.T) {
		o, w := slow(t)
		w.listFor = time.Hour
		begun := time.Now()
		var said bytes.Buffer
		if _, err := Plain(t.Context(), o, strings.NewReader(lines("vpc-09999999999999999")), &said); err != nil || time.Since(begun) > 3*plainPatience {
			t.Errorf("%v after %v\n%s", err, time.Since(begun), said.String())
		}
	})
}
