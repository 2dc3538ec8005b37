package steps_test

import (
	"testing"

	"onramp/internal/lookup"
)

func TestListsAreFoundByTheirNames(t *testing.T) {
	g := toy()
	g.Lookups = []lookup.Spec{{Name: "fuels"}, {Name: "colours"}}
	if s, known := g.Lookup("colours"); !known || s.Name != "colours" {
		t.Errorf("%v %v", s.Name, known)
	}
	if _, known := g.Lookup("names"); known {
		t.Error("a list that is not there is found")
	}
}

// TestListsReadAnswers: those that were given and those that are proposed, whether they are asked or not.
func TestListsReadAnswers(t *testing.T) {
	g := toy()
	for key, want := range map[string]string{
		"name": "", "size": "small", "motor.fuel": "wood", "colours": "red,blue", "wagons": "1", "wagons.0.load": "coal", "wagons.0.note": "", "no.question": "",
	} {
		if have := g.TextOf(given{"colours": []string{"red", "blue"}, "wagons": 1, "wagons.0.load": "coal"}.set())(key); have != want {
			t.Errorf("%s: want %q, have %q", key, want, have)
		}
	}
	if have := g.TextOf(given{"size": "large"}.set())("motor.fuel"); have != "coal" {
		t.Errorf("a proposal that depends on another answer: %q", have)
	}
}
