package answers_test

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/answers"
)

// roundTrip saves and loads.
func roundTrip(g given) (given, []byte, error) {
	data, err := answers.Save("toy", fields, g.set())
	if err != nil {
		return nil, nil, err
	}
	back, problems := answers.Load(bytes.NewReader(data), "toy", fields)
	if len(problems) > 0 {
		return nil, data, problems
	}
	return asGiven(back), data, nil
}

// same compares answers; an empty list is no list at all.
func same(a, b given) bool {
	return reflect.DeepEqual(normal(a), normal(b))
}

func normal(g given) given {
	out := given{}
	for key, data := range g {
		if list, is := data.([]string); is && len(list) == 0 {
			data = []string{}
		}
		out[key] = data
	}
	return out
}

// TestEveryTextSurvivesTheFile takes the awkward texts one by one, as a value and as an item.
func TestEveryTextSurvivesTheFile(t *testing.T) {
	for _, s := range awkward {
		want := given{"account": s, "warehouse.cluster": s, "role.deep.down": s, "subnets": []string{s, "x", s}, "groups": 1, "groups.0.name": s, "groups.0.execute": []string{s}}
		got, data, err := roundTrip(want)
		if err != nil || !same(got, want) {
			t.Errorf("%q: %v, %q\n%s", s, err, got["account"], data)
		}
	}
}

// TestWordsOfOlderReadersAreQuoted: a reader of YAML 1.1 takes each of these for something else than a text
// (yaml.org/type: bool, null, int, float).
func TestWordsOfOlderReadersAreQuoted(t *testing.T) {
	words := "y Y yes Yes YES n N no No NO true True TRUE false False FALSE on On ON off Off OFF ~ null Null NULL 190:20:30 12:30 -1:10.5"
	for _, word := range append(strings.Fields(words), "") {
		want := given{"account": word, "subnets": []string{word}, "groups": 1, "groups.0.name": word}
		got, data, err := roundTrip(want)
		if err != nil || !same(got, want) {
			t.Errorf("%q: %v, %v", word, err, got)
		}
		quoted := `"` + word + `"`
		if text := "guide: toy\naccount: " + quoted + "\ngroups:\n  - name: " + quoted + "\nsubnets: [" + quoted + "]\n"; string(data) != text {
			t.Errorf("%q is saved as\n%s", word, data)
		}
	}
	for _, word := range []string{"yesterday", "one", "y1", "nullable", "a:10", "demo:1"} {
		if _, data, err := roundTrip(given{"account": word}); err != nil || strings.Contains(string(data), `"`) {
			t.Errorf("%q needs no quotes: %v\n%s", word, err, data)
		}
	}
}

func TestWhatIsSavedLoadsToTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anySet().Draw(t, "answers")
		got, data, err := roundTrip(want)
		if err != nil || !same(got, want) {
			t.Fatalf("%v: got %q\nwant %q\n%s", err, got, want, data)
		}
	})
}

func TestSaveIsInTheOrderOfTheFields(t *testing.T) {
	data, err := answers.Save("toy", fields, given{
		"subnets": []string{"b", "a"}, "groups": 2, "groups.1.size": 3, "groups.0.name": "x", "groups.0.create-models": true,
		"role.default": false, "warehouse.nodes": 2, "warehouse.kind": "cluster", "account": "111122223333", "role.deep.down": "here", "unknown": "left out",
	}.set())
	if err != nil {
		t.Fatal(err)
	}
	want := `guide: toy
account: "111122223333"
warehouse:
  kind: cluster
  nodes: 2
role:
  default: false
  deep:
    down: here
groups:
  - name: x
    create-models: true
  - size: 3
subnets: [b, a]
`
	if string(data) != want {
		t.Errorf("got\n%s\nwant\n%s", data, want)
	}
}

func TestSaveOfNothingNamesTheGuide(t *testing.T) {
	data, err := answers.Save("toy", fields, answers.Set{})
	if err != nil || string(data) != "guide: toy\n" {
		t.Errorf("got %q, %v", data, err)
	}
	if got := answers.GuideOf(data); got != "toy" {
		t.Errorf("the file is for %q", got)
	}
}

func TestSaveIsTheSameEachTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anySet().Draw(t, "answers")
		first, err := answers.Save("toy", fields, g.set())
		if err != nil {
			t.Fatal(err)
		}
		back, _ := answers.Load(bytes.NewReader(first), "toy", fields)
		second, err := answers.Save("toy", fields, back)
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%v: first\n%s\nthen\n%s", err, first, second)
		}
	})
}

func TestManyRecords(t *testing.T) {
	g := given{"groups": 10000}
	for i := range 10000 {
		g[answers.ItemKey("groups", i, "name")] = "group"
	}
	got, _, err := roundTrip(g)
	if err != nil || !same(got, g) {
		t.Errorf("10,000 records do not survive: %v", err)
	}
}

// TestFormatAndParse are each other's inverse, but for the commas that separate the items of a list.
func TestFormatAndParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(fields).Draw(t, "field")
		if f.Kind == answers.Records {
			f = rapid.SampledFrom(f.Item).Draw(t, "item")
		}
		data := dataOf(f).Draw(t, "answer")
		if list, is := data.([]string); is {
			data = slices.DeleteFunc(list, func(s string) bool { return strings.Contains(s, ",") || strings.TrimSpace(s) != s || s == "" })
		}
		got, err := answers.Parse(f, answers.Format(data))
		if list, is := data.([]string); is && len(list) == 0 {
			if err != nil || len(got.([]string)) > 0 {
				t.Fatalf("got %v, %v", got, err)
			}
			return
		}
		if err != nil || !reflect.DeepEqual(got, data) {
			t.Fatalf("%s: got %#v, %v, want %#v", f.Kind, got, err, data)
		}
	})
}
