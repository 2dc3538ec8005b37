package tui

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onramp/internal/answers"
	"onramp/internal/lookup"
	"onramp/steps"
)

// holding is an account with some things in it.
func holding() *world {
	return &world{lists: map[string]lookup.List{
		"clusters": {Items: []lookup.Item{
			{Value: "analytics", Notes: []string{"available", "2 x ra3.large", "3 of 50 roles"}, Brings: map[string]any{
				"vpc-routing.vpc": "vpc-0a1b2c3d4e5f60718", "vpc-routing.subnets": []string{"subnet-0a1b2c3d4e5f60718"}, "warehouse.database": "sales", "no.such.key": "x",
			}},
			{Value: "archive", Notes: []string{"paused"}, Brings: map[string]any{"vpc-routing.vpc": "vpc-0f1b2c3d4e5f60718"}},
			{Value: "reporting", Notes: []string{"available", "with a rather long line of further remarks that no column has room for"}},
		}},
		"subnets": {Items: []lookup.Item{
			{Value: "subnet-0a1b2c3d4e5f60718", Notes: []string{"us-east-1a"}},
			{Value: "subnet-0b1b2c3d4e5f60718", Notes: []string{"us-east-1b"}},
			{Value: "subnet-0c1b2c3d4e5f60718", Notes: []string{"us-east-1c"}},
		}},
		"databases": {},
	}}
}

func TestChoosingFromTheAccount(t *testing.T) {
	bubble(t, "one", func(t *testing.T) {
		w := holding()
		s := show(t, online(w), usual)
		defer s.close()
		s.keys("enter", "enter")
		s.has("┃ Cluster identifier", "In the account", "analytics  available", "archive    paused")
		s.keys("down", "down")
		s.has("› archive")
		s.keys("up", "enter")
		s.has("┃ Database", "› sales", "found")
		a := s.w.session.answers
		expectSources(t, a, map[string]answers.Source{
			"account": answers.Found, "region": answers.Found, "warehouse.cluster": answers.Typed,
			"vpc-routing.vpc": answers.Found, "vpc-routing.subnets": answers.Found, "warehouse.database": answers.Found,
		})
		if a.Text("warehouse.cluster") != "analytics" {
			t.Errorf("the cluster is %q", a.Text("warehouse.cluster"))
		}
	})
	bubble(t, "another one later", func(t *testing.T) {
		s := show(t, online(holding()), usual)
		defer s.close()
		s.keys("enter", "enter", "down", "enter", "esc", "ctrl+u")
		s.keys("down", "down", "enter")
		if got := s.w.session.answers.Text("vpc-routing.vpc"); got != "vpc-0f1b2c3d4e5f60718" {
			t.Errorf("the VPC is %q, and not that of the other cluster", got)
		}
	})
	bubble(t, "what was given stays", func(t *testing.T) {
		o := online(holding())
		o.Answers = given(t, "vpc-routing.vpc", "vpc-09999999999999999")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "down", "enter")
		if got := s.w.session.answers.Get("vpc-routing.vpc"); got.Data != "vpc-09999999999999999" || got.Source != answers.File {
			t.Errorf("the VPC is %v", got)
		}
	})
	bubble(t, "typed instead", func(t *testing.T) {
		s := show(t, online(holding()), usual)
		defer s.close()
		s.keys("enter", "enter", "ARCH")
		s.lacks("reporting ", "analytics ")
		s.has("archive", "1 of 3")
		s.keys("ctrl+u", "n", "o", "n", "e")
		s.has("In the account: none of 3 has", "this")
		s.keys("enter")
		if got := s.w.session.answers.Text("warehouse.cluster"); got != "none" {
			t.Errorf("the cluster is %q", got)
		}
	})
}

// unrelated is an account whose cluster brings no answer.
func unrelated() *world {
	w := holding()
	w.lists["clusters"] = lookup.List{}
	return w
}

func TestChoosingSeveralFromTheAccount(t *testing.T) {
	bubble(t, "several", func(t *testing.T) {
		o := online(unrelated())
		o.Answers = given(t, vpcFull...)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter")
		s.until("┃ Subnets")
		s.keys("down", "space", "down", "down", "space")
		s.has("✓ subnet-0a1b2c3d4e5f60718", "› subnet-0c1b2c3d4e5f60718", "space add or take away")
		s.keys("up", "space", "space", "enter")
		s.until("┃ Route tables")
		if got, want := s.w.session.answers.Get("vpc-routing.subnets").Data, []string{"subnet-0a1b2c3d4e5f60718", "subnet-0c1b2c3d4e5f60718"}; !slices.Equal(got.([]string), want) {
			t.Errorf("the subnets are %v, want %v", got, want)
		}
	})
	bubble(t, "one by enter", func(t *testing.T) {
		o := online(unrelated())
		o.Answers = given(t, vpcFull...)
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "down", "down", "enter")
		if got := s.w.session.answers.Get("vpc-routing.subnets").Data; !slices.Equal(got.([]string), []string{"subnet-0b1b2c3d4e5f60718"}) {
			t.Errorf("the subnets are %v", got)
		}
	})
}

// denied is an error that AWS answered.
type denied struct{}

func (denied) Error() string {
	return "AccessDenied: User ann is not authorized to perform: redshift:DescribeClusters"
}
func (denied) ErrorCode() string { return "AccessDenied" }

// TestAStepNeverWaitsForAList: it opens, takes what is typed, and the list comes when it comes, or never.
func TestAStepNeverWaitsForAList(t *testing.T) {
	bubble(t, "a slow account", func(t *testing.T) {
		w := holding()
		w.listFor = 9 * time.Second
		s := show(t, online(w), usual)
		defer s.close()
		s.keys("enter", "enter")
		s.has("In the account: looking…")
		s.keys("a", "r", "c")
		s.has("› arc")
		s.wait(10 * time.Second)
		s.has("archive", "1 of 3")
		s.keys("enter")
		if got := s.w.session.answers.Text("warehouse.cluster"); got != "arc" {
			t.Errorf("the cluster is %q: the list has taken what was typed", got)
		}
	})
	bubble(t, "an answer before the list", func(t *testing.T) {
		w := holding()
		w.listFor = time.Minute
		s := show(t, online(w), usual)
		defer s.close()
		s.keys("enter", "enter", "analytics", "enter")
		s.has("┃ Database")
		s.wait(2 * time.Minute)
		s.has("┃ Database")
	})
	bubble(t, "denied", func(t *testing.T) {
		s := show(t, online(&world{listErr: denied{}}), usual)
		defer s.close()
		s.keys("enter", "enter")
		s.has("In the account: not permitted", "(redshift:DescribeClusters)")
		s.keys("analytics", "enter")
		s.has("┃ Database")
	})
	bubble(t, "offline", func(t *testing.T) {
		w := holding()
		s := show(t, offlineOptions(w), usual)
		defer s.close()
		s.keys("enter", "111122223333", "enter", "us-east-1", "enter", "enter")
		s.lacks("In the account")
		if len(w.listed) > 0 {
			t.Errorf("offline %v were looked up", w.listed)
		}
	})
	bubble(t, "a panic in a look-up", func(t *testing.T) {
		o := online(holding())
		o.Port.Look = func(context.Context, lookup.Spec, func(string) string) (lookup.List, error) { panic("oh") }
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "enter")
		s.has("In the account: internal error: oh")
	})
}

// TestListsAreLookedUpAhead: what a question will need is asked for before it is on screen.
func TestListsAreLookedUpAhead(t *testing.T) {
	bubble(t, "ahead", func(t *testing.T) {
		w := holding()
		o := online(w)
		o.Answers = given(t, "vpc-routing.enabled", "true")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter")
		for _, name := range []string{"clusters", "roles", "vpcs"} {
			if !slices.Contains(w.listed, name) {
				t.Errorf("%s is not looked up at the start: %v", name, w.listed)
			}
		}
		if slices.Contains(w.listed, "subnets") {
			t.Error("subnets are looked up before there is a VPC")
		}
		s.keys("down", "enter")
		if !slices.Contains(w.listed, "subnets") {
			t.Errorf("subnets are not looked up when the VPC is known: %v", w.listed)
		}
	})
}

// TestAnswersOfAFileBringOthers: what follows from an answer of a file is found, too; what the file says stays.
func TestAnswersOfAFileBringOthers(t *testing.T) {
	bubble(t, "review", func(t *testing.T) {
		w := holding()
		w.listFor = 3 * time.Second
		o := online(w)
		o.Answers = full(t, "vpc-routing.enabled", "true", "vpc-routing.route-tables", "rtb-0a1b2c3d4e5f60718")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "ctrl+r")
		s.has("2 problems")
		s.wait(4 * time.Second)
		s.has("Review · plan")
		s.lacks("problem")
		a := s.w.session.answers
		if a.Get("vpc-routing.vpc").Source != answers.Found || a.Text("warehouse.cluster") != "analytics" || a.Get("vpc-routing.route-tables").Source != answers.File {
			t.Errorf("answers %v", a.Get("vpc-routing.vpc"))
		}
	})
	bubble(t, "kept without what can be found again", func(t *testing.T) {
		w := holding()
		s := show(t, online(w), usual)
		defer s.close()
		s.keys("enter", "enter", "down", "enter", "enter")
		kept := w.kept["redshift-ml"]
		if !kept.Has("warehouse.cluster") || kept.Has("vpc-routing.vpc") {
			t.Errorf("kept %v", kept.Keys())
		}
	})
}

func TestLargeLists(t *testing.T) {
	bubble(t, "buckets", func(t *testing.T) {
		w := holding()
		var many lookup.List
		for i := range 2000 {
			many.Items = append(many.Items, lookup.Item{Value: fmt.Sprintf("bucket-%04d", i), Notes: []string{"us-east-1"}})
		}
		many.More = true
		w.lists["buckets"] = many
		o := online(w)
		o.Answers = full(t, "bucket.choice", "existing")
		s := show(t, o, usual)
		defer s.close()
		s.keys("enter", "4", "enter")
		s.has("┃ Bucket name", "2000 of 2000+")
		s.keys("ctrl+u", "1", "9", "9")
		s.has("bucket-0199", "bucket-1990", "12 of 2000+")
		for range 30 {
			s.send("down")
		}
		s.settle()
		s.has("› bucket-1999")
		s.keys("enter")
		if got := s.w.session.answers.Text("bucket.name"); got != "bucket-1999" {
			t.Errorf("the bucket is %q", got)
		}
	})
}

// TestLinePromptsOfferLists: by number, by name, narrowed with a star, and never waited for long.
func TestLinePromptsOfferLists(t *testing.T) {
	talk := func(t *testing.T, w *world, in ...string) (Outcome, string) {
		var said bytes.Buffer
		out, err := Plain(t.Context(), online(w), strings.NewReader(lines(in...)), &said)
		if err != nil {
			t.Fatal(err)
		}
		return out, said.String()
	}
	bubble(t, "by number", func(t *testing.T) {
		out, said := talk(t, holding(), "1", "*arch", "*", "1")
		if out.Answers.Text("warehouse.cluster") != "analytics" || out.Answers.Get("vpc-routing.vpc").Source != answers.Found {
			t.Errorf("the cluster is %q\n%s", out.Answers.Text("warehouse.cluster"), said)
		}
		for _, want := range []string{"In the account, to be chosen by number:", "  1  analytics: available, 2 x ra3.large", "  1  archive: paused"} {
			if !strings.Contains(said, want) {
				t.Errorf("does not say %q:\n%s", want, said)
			}
		}
	})
	bubble(t, "a list of answers", func(t *testing.T) {
		q := steps.Question{Kind: answers.List}
		items := holding().lists["subnets"].Items
		if got := numbered(q, items, "3, subnet-0a1b2c3d4e5f60718,1,9"); got != "subnet-0c1b2c3d4e5f60718, subnet-0a1b2c3d4e5f60718,subnet-0a1b2c3d4e5f60718,9" {
			t.Errorf("got %q", got)
		}
	})
	bubble(t, "slow", func(t *testing.T) {
		w := holding()
		w.listFor = time.Hour
		begun := time.Now()
		out, said := talk(t, w, "1", "analytics")
		if out.Answers.Text("warehouse.cluster") != "analytics" || !strings.Contains(said, "still looking") || time.Since(begun) > 10*time.Second {
			t.Errorf("after %v: %s", time.Since(begun), said)
		}
	})
	bubble(t, "denied", func(t *testing.T) {
		_, said := talk(t, &world{listErr: denied{}}, "1", "analytics")
		if !strings.Contains(said, "In the account: not permitted (redshift:DescribeClusters).") {
			t.Error(said)
		}
	})
}
