package tui

import (
	"bytes"
	"strings"
	"testing"

	"onramp/internal/answers"
	"onramp/steps"
	"onramp/steps/redshiftml"
)

func find(t *testing.T, key string) steps.Question {
	t.Helper()
	for _, p := range redshiftml.Guide().Sequence(full(t, "vpc-routing.enabled", "true", "groups", "1")) {
		if p.Question.Key == key {
			return p.Question
		}
	}
	t.Fatalf("%s is not asked", key)
	return steps.Question{}
}

func TestWith(t *testing.T) {
	for name, c := range map[string]struct {
		before answers.Set
		key    string
		data   any
		source answers.Source // of the answer afterwards
	}{
		"a default that is accepted stays unset":      {answers.Set{}, "role.name", "redshift-ml", answers.Unset},
		"another value is typed":                      {answers.Set{}, "role.name", "mine", answers.Typed},
		"the file's value stays the file's":           {given(t, "role.name", "mine"), "role.name", "mine", answers.File},
		"the default in place of the file's is typed": {given(t, "role.name", "mine"), "role.name", "redshift-ml", answers.Typed},
		"nothing where there was nothing":             {answers.Set{}, "role.permissions-boundary", "", answers.Unset},
		"nothing in place of something takes it away": {given(t, "role.permissions-boundary", "arn:aws:iam::111122223333:policy/b"), "role.permissions-boundary", "", answers.Unset},
		"a list that says the same":                   {given(t, "vpc-routing.subnets", "subnet-1,subnet-2"), "vpc-routing.subnets", []string{"subnet-1", "subnet-2"}, answers.File},
		"no is an answer where the default is yes":    {answers.Set{}, "role.default", false, answers.Typed},
	} {
		t.Run(name, func(t *testing.T) {
			if got := with(c.before, find(t, c.key), c.data).Get(c.key); got.Source != c.source {
				t.Errorf("%v is %s, want %s", got.Data, got.Source, c.source)
			}
		})
	}
}

func TestRead(t *testing.T) {
	for name, c := range map[string]struct {
		key, text string
		want      string // "" with an error
		err       string
	}{
		"spaces around are not meant": {"role.name", "  mine ", "mine", ""},
		"what is needed":              {"bucket.name", "  ", "", "an answer is needed: bucket name"},
		"a list of nothing":           {"vpc-routing.subnets", " , ", "", "an answer is needed: subnets"},
		"a default again":             {"role.path", " ", "/", ""},
		"what may be empty":           {"role.permissions-boundary", "", "", ""},
		"a number":                    {"groups", "", "", "a whole number is needed; the default is 0"},
		"not a number":                {"groups", "two", "", `"two" is not a whole number`},
		"the question's own rule":     {"account", "12", "", "an account number is 12 digits long, not 2"},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := read(find(t, c.key), c.text)
			switch {
			case err == nil && c.err != "", err != nil && c.err == "":
				t.Errorf("error %v, want %q", err, c.err)
			case err == nil && answers.Format(data) != c.want:
				t.Errorf("%v, want %s", data, c.want)
			case err != nil && c.key != "account" && err.Error() != c.err:
				t.Errorf("error %q, want %q", err, c.err)
			}
		})
	}
}

func TestLabels(t *testing.T) {
	g := redshiftml.Guide()
	got := labels(g)
	if got[0] != "" || got[1] != "1" || got[6] != "6" || got[7] != "" {
		t.Errorf("the document's numbers became %q", got)
	}
	for i := range g.Steps {
		g.Steps[i].Number = ""
	}
	if got := labels(g); got[0] != "1" || got[7] != "8" {
		t.Errorf("without numbers of its own: %q", got)
	}
}

func TestStepsAreCounted(t *testing.T) {
	g := redshiftml.Guide()
	for step, want := range map[int]string{0: "", 1: "Step 1 of 6", 6: "Step 6 of 6", 7: ""} {
		if got := stepLabel(g, step, true); got != want {
			t.Errorf("step %d is %q, want %q", step, got, want)
		}
	}
	if got := stepLabel(g, 1, false); got != "Step 1" {
		t.Errorf("without a count it is %q", got)
	}
	g.Steps[2].Number = "C1"
	if got := stepLabel(g, 2, true); got != "Step C1, 2 of 6" {
		t.Errorf("with a number that is no count it is %q", got)
	}
	bubble(t, "on the screen and on lines", func(t *testing.T) {
		s := show(t, online(&world{}), size{80, 24})
		defer s.close()
		s.keys("enter")
		s.has("Step 1 of 6 · Warehouse · question 1 of 3")
		s.resize(size{40, 10})
		s.has("Step 1 · Warehouse · question 1 of 3") // no room for more
		var said bytes.Buffer
		if _, err := Plain(t.Context(), online(&world{}), strings.NewReader(lines("1")), &said); err != nil {
			t.Error(err)
		}
		for _, want := range []string{"\nStep 1 of 6 · Warehouse\n", "\nWarehouse (question 1 of 3)\n", "\nCluster identifier (question 2 of 3)\n"} {
			if !strings.Contains(said.String(), want) {
				t.Errorf("does not say %q:\n%s", want, said.String())
			}
		}
	})
}

func TestPlanNamesEveryProblem(t *testing.T) {
	s := newSession(redshiftml.Guide(), given(t, "role.name", "no good!"))
	keys := map[string]bool{}
	for _, p := range s.plan(s.answers).Problems {
		keys[p.Key] = true
	}
	for _, want := range []string{"account", "region", "warehouse.cluster", "role.name", "bucket.name"} {
		if !keys[want] {
			t.Errorf("%s is not among the problems", want)
		}
	}
}
