package steps_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/answers"
	"onramp/steps"
)

// anyAnswers draws answers to the toy's questions: right, wrong, of another form and absent.
func anyAnswers() *rapid.Generator[answers.Set] {
	pool := map[string][]any{
		"name": {"puffer", "locomotive", ""}, "size": {"small", "large", "huge", 3}, "motor.on": {true, false, "perhaps"},
		"motor.fuel": {"wood", "coal", ""}, "motor.power": {0, 7}, "colours": {[]string{}, []string{"red"}, []string{"aquamarine"}},
		"varnish": {[]string{"x"}}, "wagons": {0, 1, 3, -1},
		"wagons.0.load": {"people", "coal"}, "wagons.0.seats": {4}, "wagons.1.load": {"coal"}, "wagons.2.seats": {2}, "wagons.2.note": {"n"},
	}
	return rapid.Custom(func(t *rapid.T) answers.Set {
		g := given{}
		for _, key := range slices.Sorted(maps.Keys(pool)) {
			if rapid.Bool().Draw(t, key+"?") {
				g[key] = rapid.SampledFrom(pool[key]).Draw(t, key)
			}
		}
		return g.set()
	})
}

// TestWalking: Next from Start visits exactly the sequence, Back undoes Next, and Progress counts.
func TestWalking(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyAnswers().Draw(t, "answers")
		sequence := toy().Sequence(a)
		w := steps.Start(toy(), a)
		for i, want := range sequence {
			p, ok := w.Current(a)
			if !ok || p.Question.Key != want.Question.Key {
				t.Fatalf("at %d is %q, want %q", i, p.Question.Key, want.Question.Key)
			}
			if done, all := w.Progress(a); done != i || all != len(sequence) {
				t.Fatalf("at %d says %d of %d", i, done, all)
			}
			if w.Done() {
				t.Fatalf("done at %s", want.Question.Key)
			}
			next := w.Next(a)
			if back, ok := next.Back(a); !ok || back.Done() || now(back, a) != now(w, a) {
				t.Fatalf("Back after Next from %s leads to %s", now(w, a), now(back, a))
			}
			w = next
		}
		if _, ok := w.Current(a); ok || !w.Done() {
			t.Fatal("not done after the last question")
		}
		if done, all := w.Progress(a); done != all {
			t.Fatalf("at the end says %d of %d", done, all)
		}
	})
}

// now is the key of the question on screen.
func now(w steps.Walk, a answers.Set) string {
	p, _ := w.Current(a)
	return p.Question.Key
}

func TestTheEndsOfTheWalk(t *testing.T) {
	a := given{}.set()
	if w, ok := steps.Start(toy(), a).Back(a); ok {
		t.Errorf("Back from the first question leads to %q", now(w, a))
	}
	w := steps.Start(toy(), a)
	for !w.Done() {
		w = w.Next(a)
	}
	if w = w.Next(a); !w.Done() {
		t.Errorf("Next after the last question leads to %q", now(w, a))
	}
	if back, ok := w.Back(a); !ok || now(back, a) != "wagons" {
		t.Errorf("Back from after the last question leads to %q", now(back, a))
	}
}

// TestTheQuestionOnScreenGoesAway: another answer, such as one found in the account, may take away
// the question on screen. The walk must not begin again.
func TestTheQuestionOnScreenGoesAway(t *testing.T) {
	on := given{"name": "puffer", "motor.on": true}.set()
	w, ok := steps.Start(toy(), on).GoToKey("motor.fuel", on)
	if !ok {
		t.Fatal("motor.fuel is not asked")
	}
	off := given{"name": "puffer", "motor.on": false}.set()
	if got := now(w.Next(off), off); got != "colours" {
		t.Errorf("Next leads to %q, want colours", got)
	}
	if back, _ := w.Back(off); now(back, off) != "motor.on" {
		t.Errorf("Back leads to %q, want motor.on", now(back, off))
	}
}

func TestStartOpen(t *testing.T) {
	tests := map[string]struct {
		answers given
		want    string // "" : after the last
	}{
		"with no answers":                           {given{}, "name"},
		"a default is good enough":                  {given{"name": "puffer"}, ""},
		"an answer that breaks its rule":            {given{"name": "puffer", "size": "huge"}, "size"},
		"an answer that is missing further on":      {given{"name": "puffer", "size": "large", "motor.on": true}, "motor.power"},
		"an answer of a record":                     {given{"name": "puffer", "wagons": 2, "wagons.0.seats": 4}, "wagons.1.seats"},
		"what may be left empty":                    {given{"name": "puffer", "colours": []string{}}, ""},
		"an answer to a question that is not asked": {given{"name": "puffer", "motor.fuel": "steam"}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := test.answers.set()
			w := steps.StartOpen(toy(), a)
			if got := now(w, a); got != test.want || w.Done() != (test.want == "") {
				t.Errorf("starts at %q, want %q", got, test.want)
			}
		})
	}
}

// TestAfterTheLastNothingIsOpen: where no problem is found, no required question is without an
// answer, and StartOpen is after the last; where one is, StartOpen is at the first of them.
func TestAfterTheLastNothingIsOpen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyAnswers().Draw(t, "answers")
		resolved, problems := toy().Resolve(a)
		w := steps.StartOpen(toy(), a)
		if len(problems) > 0 {
			if now(w, a) != problems[0].Key {
				t.Fatalf("starts at %q, and the first problem is %v", now(w, a), problems[0])
			}
			return
		}
		if !w.Done() {
			t.Fatalf("starts at %q without a problem", now(w, a))
		}
		for _, p := range toy().Sequence(a) {
			if p.Question.Required() && answers.Format(resolved.Get(p.Question.Key).Data) == "" {
				t.Fatalf("%s has no answer and is no problem", p.Question.Key)
			}
		}
		if keys(toy().Sequence(resolved)) != keys(toy().Sequence(a)) {
			t.Fatal("resolved answers call for other questions")
		}
	})
}

func TestGoTo(t *testing.T) {
	a := given{"name": "puffer"}.set()
	for step, want := range []string{"name", "motor.on", "colours", "wagons"} {
		w, ok := steps.Start(toy(), a).GoTo(step, a)
		if !ok || now(w, a) != want {
			t.Errorf("step %d begins with %q, want %q", step, now(w, a), want)
		}
	}
	start := steps.Start(toy(), a)
	if w, ok := start.GoTo(9, a); ok || now(w, a) != "name" {
		t.Error("went to a step that is not there")
	}
	if w, ok := start.GoToKey("motor.power", a); ok || now(w, a) != "name" {
		t.Error("went to a question that is not asked")
	}
}

// TestManyRecords: a number that nobody means must not take the memory of the machine.
func TestManyRecords(t *testing.T) {
	q, _ := toy().Find("wagons")
	if _, err := q.Accept("1000000000"); err == nil {
		t.Error("a thousand million records are accepted")
	}
	if _, err := q.Accept("10000"); err != nil {
		t.Errorf("10,000 records: %v", err)
	}
}

func BenchmarkResolve(b *testing.B) {
	g := given{"name": "puffer", "wagons": 1000}
	for i := range 1000 {
		g[answers.ItemKey("wagons", i, "seats")] = i
	}
	a := g.set()
	b.Run("1000 records", func(b *testing.B) {
		for b.Loop() {
			toy().Resolve(a)
		}
	})
}

// TestAskedIfGiven: nobody meets such a question who has not answered it, and its answer reaches the plan.
func TestAskedIfGiven(t *testing.T) {
	guide := steps.Guide{Steps: []steps.Step{{Questions: []steps.Question{
		{Key: "name", Kind: answers.Text}, {Key: "rare", Kind: answers.Text, IfGiven: true, Optional: true}, {Key: "last", Kind: answers.Text},
	}}}}
	for want, g := range map[string]given{"name last": {}, "name rare last": {"rare": "x"}} {
		if have := keys(guide.Sequence(g.set())); have != want {
			t.Errorf("%v: asked %s, want %s", g, have, want)
		}
		resolved, _ := guide.Resolve(g.set())
		if resolved.Has("rare") != (g["rare"] != nil) {
			t.Errorf("%v: resolved %v", g, resolved.Keys())
		}
	}
}
