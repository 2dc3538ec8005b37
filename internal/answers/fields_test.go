package answers_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/answers"
)

// fields are of every kind, nested, and in records.
var fields = []answers.Field{
	{Key: "account", Kind: answers.Text},
	{Key: "warehouse.kind", Kind: answers.Choice, Choices: []string{"cluster", "new-cluster", "serverless"}},
	{Key: "warehouse.cluster", Kind: answers.Text},
	{Key: "warehouse.nodes", Kind: answers.Number},
	{Key: "role.default", Kind: answers.YesNo},
	{Key: "role.deep.down", Kind: answers.Text},
	{Key: "groups", Kind: answers.Records, Item: []answers.Field{
		{Key: "name", Kind: answers.Text},
		{Key: "create-models", Kind: answers.YesNo},
		{Key: "size", Kind: answers.Number},
		{Key: "execute", Kind: answers.List},
		{Key: "kind", Kind: answers.Choice, Choices: []string{"a", "b"}},
	}},
	{Key: "subnets", Kind: answers.List},
}

// given are answers by key.
type given map[string]any

// set makes them answers out of a file.
func (g given) set() answers.Set {
	values := map[string]answers.Value{}
	for key, data := range g {
		values[key] = answers.Value{Data: data, Source: answers.File}
	}
	return answers.New(values)
}

// asGiven takes a set apart again.
func asGiven(s answers.Set) given {
	out := given{}
	for _, key := range s.Keys() {
		out[key] = s.Get(key).Data
	}
	return out
}

// awkward are texts that YAML would read as something else, or not at all, were they not quoted.
var awkward = []string{
	"", " ", "~", "null", "Null", "true", "False", "yes", "no", "on", "y", "N", "0123", "007", "123456789012", "0x1F", "0o17", "1_000", "1e3", "1.5", ".inf", ".nan", "-1",
	"2012-10-17", "2001-12-14t21:59:43.10-05:00", "12:30:45", "- a", "-", "--", "---", "...", "? a", ": a", "a: b", "a:", "key: [x]", "a #b", "#b", "a  b", " a", "a ", "\ta", "a\t",
	"[a", "]", "{a}", "}", ",", "a, b", "&a", "*a", "!a", "!!str a", "|", ">", "|-", "%a", "@a", "`a`", `"`, `'`, `''`, `""`, `"a"`, `'a'`, `it's`, `\`, `\n`, `a\`, `"\"`,
	"a\nb", "a\n", "\na", "\n", "\n\n", " \n ", "a\n\nb\n\n", "a\n b", " a\nb", "\ta\nb", "a\n\tb", "a\r\nb", "\r", "a\r", "- a\n- b", "a: b\nc: d", "#a\nb", "---\na", "...\n",
	"日本語", "ünïcødé", "👩‍👩‍👧", "\u00a0", "\u0085", "\u2028", "\u2029", "a\u2028b", "\ufeff", "\ufeffa", "a\ufeff", "\u200b", "\u202e", "\ufdd0role.arn\ufdd1", "\U0010ffff", "\x00", "\x07", "\x1b[31m", "\x7f", "=", "<<", "<", "guide", "!!binary aGk=",
}

// text draws strings, most of them awkward.
func text() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom(awkward), rapid.String(), rapid.StringN(0, 200, -1), rapid.StringMatching(`[ \n\t\r'":#,\[\]{}&*!|>%@a-]{0,12}`))
}

func dataOf(f answers.Field) *rapid.Generator[any] {
	switch f.Kind {
	case answers.Choice:
		return rapid.SampledFrom(f.Choices).AsAny()
	case answers.YesNo:
		return rapid.Bool().AsAny()
	case answers.Number:
		return rapid.Int().AsAny()
	case answers.List:
		return rapid.SliceOfN(text(), 0, 4).AsAny()
	}
	return text().AsAny()
}

// anySet draws answers to some of the fields.
func anySet() *rapid.Generator[given] {
	return rapid.Custom(func(t *rapid.T) given {
		g := given{}
		for _, f := range fields {
			if !rapid.Bool().Draw(t, f.Key+"?") {
				continue
			}
			if f.Kind != answers.Records {
				g[f.Key] = dataOf(f).Draw(t, f.Key)
				continue
			}
			n := rapid.IntRange(0, 3).Draw(t, f.Key)
			g[f.Key] = n
			for i := range n {
				for _, item := range f.Item {
					if key := answers.ItemKey(f.Key, i, item.Key); rapid.Bool().Draw(t, key+"?") {
						g[key] = dataOf(item).Draw(t, key)
					}
				}
			}
		}
		return g
	})
}

func TestTheFieldsAreOfEveryKind(t *testing.T) {
	kinds := map[answers.Kind]bool{}
	for _, f := range fields {
		kinds[f.Kind] = true
	}
	want := []answers.Kind{answers.Text, answers.Choice, answers.YesNo, answers.Number, answers.List, answers.Records}
	if got := slices.Sorted(maps.Keys(kinds)); !slices.Equal(got, want) {
		t.Errorf("have %v, want %v", got, want)
	}
}
