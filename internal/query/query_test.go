package query_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/query"
	"onramp/internal/testenv"
)

func decode(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// answers and queries that a plan's steps make.
var examples = map[string]struct {
	answer, query string
	want          string
}{
	"a text":                        {`{"Role":{"Path":"/service-role/"}}`, `Role.Path`, "/service-role/"},
	"an empty text":                 {`{"a":""}`, `a`, ""},
	"a text that says None":         {`{"a":"None"}`, `a`, "None"},
	"true":                          {`{"a":true}`, `a`, "True"},
	"false":                         {`{"a":false}`, `a`, "False"},
	"a number":                      {`{"a":7}`, `a`, "7"},
	"nought":                        {`{"a":0}`, `a`, "0"},
	"a number below nought":         {`{"a":-3}`, `a`, "-3"},
	"a large number":                {`{"a":123456789012}`, `a`, "123456789012"},
	"a fraction":                    {`{"a":1.5}`, `a`, "1.5"},
	"nothing":                       {`{"a":null}`, `a`, ""},
	"no such member":                {`{}`, `a.b.c`, ""},
	"no answer at all":              {`null`, `a`, ""},
	"an empty list":                 {`{"a":[]}`, `a`, ""},
	"the first of an empty list":    {`{"a":[]}`, `a[0].b`, ""},
	"a list of texts":               {`{"a":["x","y"]}`, `a`, "x y"},
	"a list of truths":              {`{"c":{"a":true,"b":false}}`, `c.[a, b]`, "True False"},
	"a list with nothing in it":     {`{"c":{"a":"aws:kms"}}`, `c.[a, b]`, "aws:kms None"},
	"a list of nothing but nothing": {`{"c":{}}`, `c.[a, b]`, ""},
	"a list of what is not there":   {`{}`, `c.[a, b]`, ""},
	"a filter that finds":           {`{"a":[{"k":"x","v":1},{"k":"y","v":2}]}`, `a[?k=='y'].v | [0]`, "2"},
	"a filter that finds nothing":   {`{"a":[{"k":"x","v":1}]}`, `a[?k=='y'].v | [0]`, ""},
	"a filter on nothing":           {`{}`, `a[?k=='y'].v | [0]`, ""},
	"one thing or the other":        {`{"b":"x"}`, `a || b`, "x"},
	"a word that is fixed":          {`{}`, `a || 'us-east-1'`, "us-east-1"},
	"a false is passed over by or":  {`{"a":false}`, `a || 'x'`, "x"},
	"a comparison":                  {`{"a":[1,2,3]}`, "length(a) < `50` && 'room' || 'full'", "room"},
	"a length of nothing":           {`{}`, "length(a || `[]`) < `1` && 'room' || 'full'", "room"},
	"the end of a text":             {`{"a":["x.api","x.runtime"]}`, `a[?ends_with(@, '.api')] | [0]`, "x.api"},
	"a part of a text":              {`{"a":["IamRole(iamRoleArn=x, s=y)"]}`, `a[?contains(@, 'iamRoleArn=x, ')] | [0]`, "IamRole(iamRoleArn=x, s=y)"},
	"a literal with a quote":        {`{"a":["it's"]}`, "a[?@==`\"it's\"`] | [0]", "it's"},
	"a list in a list is one line":  {`{"a":[{"b":["x","y"]},{"b":["z"]}]}`, `a[].b[]`, "x y z"},
}

func TestText(t *testing.T) {
	for name, test := range examples {
		t.Run(name, func(t *testing.T) {
			got, err := query.Text(decode(t, test.answer), test.query)
			if err != nil || got != test.want {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

// program prints what the AWS CLI prints for each answer and query: its own formatter over its own
// library.
const program = `
import io, json, sys
import jmespath
from awscli.text import format_text
out = []
for answer, query in json.load(sys.stdin):
    stream = io.StringIO()
    format_text(jmespath.search(query, answer), stream)
    out.append(stream.getvalue())
json.dump(out, sys.stdout)
`

// cli runs the AWS CLI's formatter. What it writes for nothing at all is made "" as package query has
// it, and its tabs and line ends are made spaces, as the exported script does.
func cli(t *testing.T, pairs [][2]any) []string {
	t.Helper()
	testenv.Python(t, "pip install awscli", "awscli.text", "jmespath")
	data, err := json.Marshal(pairs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "-c", program)
	cmd.Stdin = strings.NewReader(string(data))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3: %v", err)
	}
	var lines []string
	if err := json.Unmarshal(out, &lines); err != nil {
		t.Fatal(err)
	}
	for i, line := range lines {
		words := strings.FieldsFunc(line, func(r rune) bool { return r == '\t' || r == '\n' })
		if !slices.ContainsFunc(words, func(w string) bool { return w != query.None }) {
			words = nil
		}
		lines[i] = strings.Join(words, " ")
	}
	return lines
}

// TestTextIsWhatTheCLIPrints.
func TestTextIsWhatTheCLIPrints(t *testing.T) {
	var names []string
	var pairs [][2]any
	for name, test := range examples {
		if name == "a text that says None" {
			continue // the CLI itself does not tell it from nothing
		}
		names = append(names, name)
		pairs = append(pairs, [2]any{decode(t, test.answer), test.query})
	}
	for i, line := range cli(t, pairs) {
		if want := examples[names[i]].want; line != want {
			t.Errorf("%s: the CLI prints %q, want %q", names[i], line, want)
		}
	}
}

// TestAnyAnswerIsReadAlike: apply and the script decide alike on whatever AWS answers. Values that the
// CLI writes on several lines, objects in lists, are not asked for.
func TestAnyAnswerIsReadAlike(t *testing.T) {
	value := func(t *rapid.T, label string) any {
		return rapid.OneOf(
			rapid.SampledFrom([]any{nil, true, false, 0.0, 7.0, 50.0, "x", "in-sync", "None of it", "a b", "ünï"}),
			rapid.SampledFrom([]any{[]any{}, []any{"x", "y"}, []any{nil}, []any{nil, "x"}, []any{true, 3.0}}),
		).Draw(t, label)
	}
	queries := []string{
		"a", "b", "a.c", "[length(list), a.c, list[0].k]", "a || b", "a || 'x'", "list[].k", "list[?k=='x'].v | [0]", "list[0].v", "list[].v | [0]", "length(list)", "a && 'room' || 'full'",
		"(list[?k=='x'].v | [0]) || list[0].k", "list[?k==`7`].k | [0]", "not_null(a, b)",
	}
	var pairs [][2]any
	var got []string
	rapid.Check(t, func(t *rapid.T) {
		answer := map[string]any{"a": value(t, "a"), "b": value(t, "b")}
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			list = append(list, map[string]any{"k": rapid.SampledFrom([]any{"x", "y", 7.0, nil}).Draw(t, "k"), "v": value(t, "v")})
		}
		answer["list"] = list
		q := rapid.SampledFrom(queries).Draw(t, "query")
		text, err := query.Text(answer, q)
		if err != nil {
			t.Fatal(err)
		}
		pairs, got = append(pairs, [2]any{answer, q}), append(got, text)
	})
	for i, line := range cli(t, pairs) {
		if line != got[i] {
			data, _ := json.Marshal(pairs[i])
			t.Errorf("%s: the CLI prints %q, and apply reads %q", data, line, got[i])
		}
	}
}

func TestTexts(t *testing.T) {
	tests := map[string]struct {
		answer, query string
		want          []string
	}{
		"a list":            {`{"a":["x","y"]}`, "a", []string{"x", "y"}},
		"an empty list":     {`{"a":[]}`, "a", []string{}},
		"nothing":           {`{}`, "a", []string{}},
		"what is no list":   {`{"a":"x"}`, "a", []string{}},
		"items of any kind": {`{"a":[1,true,null,"x"]}`, "a", []string{"1", "True", "None", "x"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := query.Texts(decode(t, test.answer), test.query)
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestBadQueries(t *testing.T) {
	for _, q := range []string{"a[", "a[?b=='x]", "", "nosuch(a)", "length(a)"} {
		if got, err := query.Text(decode(t, `{"a":7}`), q); err == nil {
			t.Errorf("%q answers %q", q, got)
		}
		if _, err := query.Value(decode(t, `{"a":7}`), q); err == nil || q != "" && !strings.Contains(err.Error(), q) {
			t.Errorf("%q: the error does not name the query: %v", q, err)
		}
		if _, err := query.Texts(decode(t, `{"a":7}`), q); err == nil {
			t.Errorf("%q has texts", q)
		}
	}
}

func TestValue(t *testing.T) {
	got, err := query.Value(decode(t, `{"a":{"b":[1]}}`), "a.b[0]")
	if err != nil || got != 1.0 {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := query.Value(nil, "a.b"); err != nil || got != nil {
		t.Errorf("of nothing: %v, %v", got, err)
	}
}

func TestQueriesMayRunSideBySide(t *testing.T) {
	answer := decode(t, `{"a":["x"]}`)
	t.Run("group", func(t *testing.T) {
		for range 8 {
			t.Run("one", func(t *testing.T) {
				t.Parallel()
				for range 100 {
					if got, err := query.Text(answer, "a[?@=='x'] | [0]"); got != "x" || err != nil {
						t.Errorf("got %q, %v", got, err)
					}
				}
			})
		}
	})
}
