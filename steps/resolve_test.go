package steps_test

import (
	"reflect"
	"strings"
	"testing"

	"onramp/internal/answers"
	"onramp/steps"
)

func TestSequence(t *testing.T) {
	tests := map[string]struct {
		answers given
		want    string
	}{
		"with no answers the defaults decide": {given{}, "name size motor.on colours wagons"},
		"a condition that holds asks":         {given{"motor.on": true}, "name size motor.on motor.fuel colours wagons"},
		"a proposal counts as an answer": {
			given{"motor.on": true, "size": "large"}, "name size motor.on motor.fuel motor.power colours wagons",
		},
		"an answer to a question that is not asked decides nothing": {
			given{"motor.on": false, "motor.fuel": "coal"}, "name size motor.on colours wagons",
		},
		"a list that has something":   {given{"colours": []string{"red"}}, "name size motor.on colours varnish wagons"},
		"a list that has nothing":     {given{"colours": []string{}}, "name size motor.on colours wagons"},
		"records ask for each":        {given{"wagons": 2}, "name size motor.on colours wagons wagons.0.load wagons.0.seats wagons.0.note wagons.1.load wagons.1.seats wagons.1.note"},
		"conditions inside a record":  {given{"wagons": 2, "wagons.1.load": "coal"}, "name size motor.on colours wagons wagons.0.load wagons.0.seats wagons.0.note wagons.1.load wagons.1.note"},
		"fewer records than were":     {given{"wagons": 1, "wagons.1.load": "coal"}, "name size motor.on colours wagons wagons.0.load wagons.0.seats wagons.0.note"},
		"no records at all":           {given{"wagons": 0, "wagons.0.load": "coal"}, "name size motor.on colours wagons"},
		"a number below nothing":      {given{"wagons": -3}, "name size motor.on colours wagons"},
		"an answer of the wrong form": {given{"motor.on": "perhaps", "wagons": "two"}, "name size motor.on colours wagons"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := keys(toy().Sequence(test.answers.set())); got != test.want {
				t.Errorf("asks %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestSequencePlaces(t *testing.T) {
	for _, p := range toy().Sequence(given{"wagons": 2, "motor.on": true, "size": "large"}.set()) {
		title := toy().Steps[p.Step].Title
		want := map[string]string{"name": "Before", "motor.fuel": "Motor", "wagons": "Wagons", "wagons.1.load": "Wagons"}[p.Question.Key]
		if want != "" && title != want {
			t.Errorf("%s is in step %s, want %s", p.Question.Key, title, want)
		}
		record := map[string]int{"wagons.0.load": 0, "wagons.1.load": 1, "wagons.1.note": 1, "wagons": -1, "name": -1}
		if n, is := record[p.Question.Key]; is && n != p.Record {
			t.Errorf("%s is in record %d, want %d", p.Question.Key, p.Record, n)
		}
	}
}

// TestOptionsAndProposals: a question is asked with the options and the default that the other
// answers leave.
func TestOptionsAndProposals(t *testing.T) {
	tests := map[string]struct {
		answers given
		options string
		byDef   any
	}{
		"a small one burns wood":       {given{"motor.on": true}, "wood", "wood"},
		"a large one may burn coal":    {given{"motor.on": true, "size": "large"}, "wood coal", "coal"},
		"its own answer decides not":   {given{"motor.on": true, "size": "large", "motor.fuel": "wood"}, "wood coal", "coal"},
		"a size that is none is large": {given{"motor.on": true, "size": "huge"}, "wood coal", "wood"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, p := range toy().Sequence(test.answers.set()) {
				if p.Question.Key != "motor.fuel" {
					continue
				}
				var options []string
				for _, o := range p.Question.Choices {
					options = append(options, o.Value)
				}
				if got := strings.Join(options, " "); got != test.options || p.Question.Default != test.byDef {
					t.Errorf("offers %s, default %v; want %s, %v", got, p.Question.Default, test.options, test.byDef)
				}
				return
			}
			t.Error("is not asked")
		})
	}
}

// TestConditionsOfARecordsOptions: a key that begins with a dot names another field of the same
// record, in an option and a proposal as in a question.
func TestConditionsOfARecordsOptions(t *testing.T) {
	g := steps.Guide{Steps: []steps.Step{{Questions: []steps.Question{{
		Key: "wagons", Kind: answers.Records, Default: 0,
		Item: []steps.Question{
			{Key: "load", Kind: answers.Choice, Default: "people", Choices: []steps.Option{{Value: "people"}, {Value: "coal"}}},
			{
				Key: "roof", Kind: answers.Choice, Default: "glass", Choices: []steps.Option{{Value: "glass", When: []steps.When{steps.Is(".load", "people")}}, {Value: "none"}},
				Propose: []steps.Proposal{{When: []steps.When{steps.Is(".load", "coal")}, Value: "none"}},
			},
		},
	}}}}}
	a := given{"wagons": 2, "wagons.1.load": "coal"}.set()
	want := map[string]steps.Question{
		"wagons.0.roof": {Choices: make([]steps.Option, 2), Default: "glass"},
		"wagons.1.roof": {Choices: make([]steps.Option, 1), Default: "none"},
	}
	for _, p := range g.Sequence(a) {
		w, is := want[p.Question.Key]
		if is && (len(p.Question.Choices) != len(w.Choices) || p.Question.Default != w.Default) {
			t.Errorf("%s: offers %d options, default %v; want %d, %v", p.Question.Key, len(p.Question.Choices), p.Question.Default, len(w.Choices), w.Default)
		}
	}
}

func TestResolve(t *testing.T) {
	full := given{"name": "puffer", "motor.on": true, "size": "large", "motor.power": 7}
	tests := map[string]struct {
		answers given
		want    map[string]any // key to value; the ones that are not in answers must be defaults
	}{
		"defaults are filled in": {
			given{"name": "puffer"}, map[string]any{"name": "puffer", "size": "small", "motor.on": false, "wagons": 0},
		},
		"a proposal is a default": {full, map[string]any{
			"name": "puffer", "size": "large", "motor.on": true, "motor.fuel": "coal", "motor.power": 7, "wagons": 0,
		}},
		"what is not asked does not reach the result": {
			given{"name": "puffer", "motor.fuel": "coal", "motor.power": 7, "varnish": []string{"x"}, "wagons.0.load": "coal", "unknown": "x"},
			map[string]any{"name": "puffer", "size": "small", "motor.on": false, "wagons": 0},
		},
		"each record gets its defaults": {
			given{"name": "puffer", "wagons": 2, "wagons.0.seats": 8, "wagons.1.load": "coal", "wagons.1.seats": 9},
			map[string]any{"name": "puffer", "size": "small", "motor.on": false, "wagons": 2, "wagons.0.load": "people", "wagons.0.seats": 8, "wagons.1.load": "coal"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, problems := toy().Resolve(test.answers.set())
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			have := map[string]any{}
			for _, key := range got.Keys() {
				v := got.Get(key)
				have[key] = v.Data
				_, said := test.answers[key]
				if said != (v.Source == answers.Typed) || !said && v.Source != answers.Default {
					t.Errorf("%s is from %v", key, v.Source)
				}
			}
			if !reflect.DeepEqual(have, test.want) {
				t.Errorf("got %v, want %v", have, test.want)
			}
		})
	}
}

// TestWrongAnswersDoNotReachThePlan: what breaks its rule is a problem, and nothing of it goes on.
func TestWrongAnswersDoNotReachThePlan(t *testing.T) {
	got, problems := toy().Resolve(given{"name": "locomotive", "size": "huge", "colours": []string{"red", "red"}, "varnish": []string{"x"}, "motor.on": true}.set())
	if len(problems) != 3 {
		t.Errorf("problems are %v, want three", problems)
	}
	if keys := strings.Join(got.Keys(), " "); keys != "motor.fuel motor.on varnish wagons" {
		t.Errorf("%s go on", keys)
	}
}

func TestResolveIsIdempotent(t *testing.T) {
	a := given{"name": "puffer", "motor.on": true, "size": "large", "motor.power": 7, "wagons": 1, "wagons.0.seats": 3}.set()
	once, _ := toy().Resolve(a)
	twice, problems := toy().Resolve(once)
	if !reflect.DeepEqual(once, twice) || len(problems) > 0 {
		t.Errorf("resolved again: %v, %v", twice, problems)
	}
}

// TestProblems: each names the key, how to answer on the command line and in the file, and what is
// allowed.
func TestProblems(t *testing.T) {
	tests := map[string]struct {
		answers given
		key     string
		says    string
	}{
		"a missing answer":                  {given{}, "name", "missing"},
		"an answer left empty":              {given{"name": ""}, "name", "missing"},
		"a list left empty":                 {given{"name": "a", "colours": []string{"red"}, "varnish": []string{}}, "varnish", "missing"},
		"an answer that breaks its rule":    {given{"name": "locomotive"}, "name", "8 characters"},
		"an item that breaks its rule":      {given{"name": "a", "colours": []string{"red", "aquamarine"}, "varnish": []string{"x"}}, "colours", "8 characters"},
		"an item that stands twice":         {given{"name": "a", "colours": []string{"red", "red"}, "varnish": []string{"x"}}, "colours", "twice"},
		"a choice that is none":             {given{"name": "a", "size": "huge"}, "size", "small, large"},
		"an option that is not offered":     {given{"name": "a", "motor.on": true, "motor.fuel": "coal", "motor.power": 1}, "motor.fuel", "wood"},
		"a missing number":                  {given{"name": "a", "motor.on": true, "size": "large"}, "motor.power", "missing"},
		"a missing answer of a record":      {given{"name": "a", "wagons": 2, "wagons.0.seats": 1}, "wagons.1.seats", "missing"},
		"a number of records below nothing": {given{"name": "a", "wagons": -1}, "wagons", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, problems := toy().Resolve(test.answers.set())
			if len(problems) != 1 {
				t.Fatalf("problems are %v, want one", problems)
			}
			p := problems[0]
			if p.Key != test.key || !strings.Contains(p.Text, test.says) {
				t.Errorf("got %+v, want one with %s that says %q", p, test.key, test.says)
			}
			q, _ := toy().Find(test.key)
			if !strings.Contains(p.Remedy, q.Flag()) || !strings.Contains(p.Remedy, test.key) {
				t.Errorf("the remedy %q names neither %s nor the key", p.Remedy, q.Flag())
			}
		})
	}
}

func TestProblemsAreReportedAtOnceWithTheirLines(t *testing.T) {
	a := answers.New(map[string]answers.Value{
		"name":     {Data: "locomotive", Source: answers.File, Line: 3},
		"size":     {Data: "huge", Source: answers.File, Line: 4},
		"motor.on": {Data: true, Source: answers.File, Line: 5},
		"colours":  {Data: []string{"red"}, Source: answers.File, Line: 6},
		"varnish":  {Data: []string{}, Source: answers.File, Line: 7},
	})
	_, problems := toy().Resolve(a)
	lines := map[string]int{}
	for _, p := range problems {
		lines[p.Key] = p.Line
	}
	want := map[string]int{"name": 3, "size": 4, "varnish": 7}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("got lines %v, want %v", lines, want)
	}
}

func TestFind(t *testing.T) {
	tests := map[string]struct {
		key   string
		found bool
	}{
		"a question":              {"motor.fuel", true},
		"a question of a record":  {"wagons.3.seats", true},
		"a record without field":  {"wagons.3", false},
		"a field without record":  {"wagons.seats", false},
		"another field":           {"wagons.0.wheels", false},
		"a list that is no list":  {"name.0.seats", false},
		"nothing":                 {"", false},
		"a prefix of a key":       {"motor", false},
		"a record below nothing":  {"wagons.-1.seats", false},
		"a record that is no one": {"wagons.x.seats", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q, found := toy().Find(test.key)
			if found != test.found || found && q.Key != test.key {
				t.Errorf("got %q, %v", q.Key, found)
			}
		})
	}
}

func TestFieldsFollowTheQuestions(t *testing.T) {
	fields := toy().Fields()
	var got []string
	for _, f := range fields {
		got = append(got, f.Key)
	}
	if want := "name size motor.on motor.fuel motor.power colours varnish wagons"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if f, found := answers.Lookup(fields, "wagons.2.load"); !found || f.Kind != answers.Choice || len(f.Choices) != 2 {
		t.Errorf("wagons.2.load is %+v, %v", f, found)
	}
}

func TestAccept(t *testing.T) {
	tests := map[string]struct {
		key, typed string
		want       any // nil: refused
	}{
		"text":                        {"name", "puffer", "puffer"},
		"text that breaks its rule":   {"name", "locomotive", nil},
		"yes":                         {"motor.on", "yes", true},
		"neither yes nor no":          {"motor.on", "perhaps", nil},
		"a number":                    {"motor.power", "12", 12},
		"no number":                   {"motor.power", "twelve", nil},
		"a list":                      {"colours", "red, blue", []string{"red", "blue"}},
		"a list with a bad item":      {"colours", "red, aquamarine", nil},
		"a choice":                    {"size", "large", "large"},
		"none of the choices":         {"size", "huge", nil},
		"a question left empty":       {"name", "", ""},
		"how many records":            {"wagons", "3", 3},
		"fewer records than none":     {"wagons", "-3", nil},
		"more records than there are": {"wagons", "99999999999999999999", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q, _ := toy().Find(test.key)
			got, err := q.Accept(test.typed)
			if test.want == nil {
				if err == nil {
					t.Errorf("accepted as %v", got)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v, %v, want %#v", got, err, test.want)
			}
		})
	}
}
