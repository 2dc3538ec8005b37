package lookup_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"onramp/internal/lookup"
	"onramp/internal/plan"
)

// account answers calls with a function, and remembers them.
type account struct {
	answer func(ctx context.Context, c plan.Call) (any, error)
	mu     sync.Mutex
	calls  []plan.Call
}

// Call implements lookup.Caller.
func (a *account) Call(ctx context.Context, c plan.Call) (any, error) {
	a.mu.Lock()
	a.calls = append(a.calls, c)
	a.mu.Unlock()
	return a.answer(ctx, c)
}

func (a *account) asked() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.calls)
}

// saying answers the same JSON always.
func saying(text string) *account {
	return &account{answer: func(context.Context, plan.Call) (any, error) {
		var answer any
		err := json.Unmarshal([]byte(text), &answer)
		return answer, err
	}}
}

func failing(err error) *account {
	return &account{answer: func(context.Context, plan.Call) (any, error) { return nil, err }}
}

// given are answers.
type given map[string]string

func (g given) get(key string) string { return g[key] }

// things lists what a fake answers in the form of rows already.
func things() lookup.Spec {
	return lookup.Spec{
		Name: "things", Rows: "Things", Pages: lookup.Pages{Output: "Next", Input: "Token"},
		Call: func(func(string) string) plan.Call { return plan.NewCall("toy", "ListThings") },
	}
}

func run(t *testing.T, a *account, s lookup.Spec, g given) lookup.List {
	t.Helper()
	l, err := lookup.Run(t.Context(), a, s, g.get)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func values(l lookup.List) string {
	var out []string
	for _, item := range l.Items {
		out = append(out, item.Value)
	}
	return strings.Join(out, " ")
}

// paged answers n things, size to a page.
func paged(n, size int) *account {
	return &account{answer: func(_ context.Context, c plan.Call) (any, error) {
		at, _ := strconv.Atoi(c.Input.Text("Token"))
		end := min(at+size, n)
		page := []any{}
		for i := at; i < end; i++ {
			page = append(page, map[string]any{"value": fmt.Sprintf("thing-%05d", i)})
		}
		answer := map[string]any{"Things": page}
		if end < n {
			answer["Next"] = strconv.Itoa(end)
		}
		return answer, nil
	}}
}

func TestPages(t *testing.T) {
	for _, test := range []struct {
		n, size, items, calls int
		more                  bool
	}{
		{0, 100, 0, 1, false},
		{1, 100, 1, 1, false},
		{100, 100, 100, 1, false},
		{500, 100, 500, 5, false},
		{lookup.Most, 1000, lookup.Most, 2, false},
		{lookup.Most + 1, 1000, lookup.Most, 3, true},
		{10_000, 100, lookup.Most, 21, true},
		{10_000, 10_000, lookup.Most, 1, true},
	} {
		a := paged(test.n, test.size)
		l := run(t, a, things(), nil)
		if len(l.Items) != test.items || l.More != test.more || a.asked() != test.calls {
			t.Errorf("%d by %d: %d items, more %v, %d calls; want %d, %v, %d", test.n, test.size, len(l.Items), l.More, a.asked(), test.items, test.more, test.calls)
		}
	}
}

func TestPagesWithoutEnd(t *testing.T) {
	a := saying(`{"Things": [], "Next": "again"}`)
	if l := run(t, a, things(), nil); len(l.Items) != 0 || !l.More || a.asked() > 1000 {
		t.Errorf("%v after %d calls", l, a.asked())
	}
}

// TestNextPageIsAsked leaves the call as it was for whoever holds it.
func TestNextPageIsAsked(t *testing.T) {
	c := plan.NewCall("toy", "ListThings", "Size", 5, "Kind", "k")
	c.Input = append(make(plan.Object, 0, 8), c.Input...)
	p := lookup.Pages{Output: "Next", Input: "Token"}
	a, b := p.Next(c, "a"), p.Next(c, "b")
	if a.Input.Text("Token") != "a" || b.Input.Text("Token") != "b" || b.Input.Get("Size") != 5 || len(c.Input) != 2 {
		t.Errorf("%v and %v of %v", a, b, c)
	}
}

func TestWhatIsListed(t *testing.T) {
	for name, test := range map[string]struct{ things, want string }{
		"notes and what they are made of": {
			`{"value": "a", "notes": ["available", null, false, "", [2, "x", "ra3.large"], ["default role", null], ["roles", []], 3, true, {}, ["in", ["b", "c"]]]}`,
			`[{a [available 2 x ra3.large 3 in b c] map[]}]`,
		},
		"an ARN among the notes":      {`{"value": "a", "notes": [["role", "arn:aws:iam::000000000000:role/data/copy"], "arn:aws:sns:us-east-1:1:topic"]}`, `[{a [role copy topic] map[]}]`},
		"what it brings":              {`{"value": "a", "x.y": "1", "x.list": ["1", "2"], "x.none": null, "x.empty": "", "x.few": [], "x.number": 1, "_own": "o", "first": true}`, `[{a [] map[x.list:[1 2] x.y:1]}]`},
		"in the order of names":       {`{"value": "b"}, {"value": "B"}, {"value": "a10"}, {"value": "a9"}, {"value": "A"}`, `[{A [] map[]} {a10 [] map[]} {a9 [] map[]} {B [] map[]} {b [] map[]}]`},
		"first what is wanted":        {`{"value": "a"}, {"value": "c", "first": true}, {"value": "b", "first": true}, {"value": "0", "first": false}`, `[{b [] map[]} {c [] map[]} {0 [] map[]} {a [] map[]}]`},
		"values that are none":        {`{"value": ""}, {"value": null}, {"notes": ["x"]}, {"value": 7}, {"value": ["a"]}, "text", null, {"value": "good"}`, `[{good [] map[]}]`},
		"values that do something":    {`{"value": "a\nb"}, {"value": "\u001b[2J"}, {"value": "a\u0000"}, {"value": "a\u202eb"}, {"value": "a\u2028b"}, {"value": "a\ufdd0b"}, {"value": "a\u009bb"}, {"value": "ü ß 名"}`, `[{ü ß 名 [] map[]}]`},
		"notes that do something":     {`{"value": "a", "notes": ["two\nlines", "\u001b[31mred", "\u202e", "  wide   gap "]}`, `[{a [two lines [31mred wide gap] map[]}]`},
		"answers that do something":   {`{"value": "a", "x.y": "\u001b[2J", "x.list": ["1", "a\nb"]}`, `[{a [] map[x.list:[1]]}]`},
		"nothing":                     {``, `[]`},
		"spaces at the ends of notes": {`{"value": " a ", "notes": [" n "]}`, `[{ a  [n] map[]}]`},
	} {
		l := run(t, saying(`{"Things": [`+test.things+`]}`), things(), nil)
		if have := fmt.Sprint(l.Items); have != test.want {
			t.Errorf("%s:\nwant %s\nhave %s", name, test.want, have)
		}
	}
}

func TestAnswersDecideWhatIsListed(t *testing.T) {
	s := things()
	s.Where, s.First = map[string]string{"_of": "owner"}, map[string]string{"_in": "places"}
	a := saying(`{"Things": [{"value": "a", "_of": "me", "_in": ["x"]}, {"value": "b", "_of": "me", "_in": ["y", "z"]}, {"value": "c", "_of": "you"}, {"value": "d"}, {"value": "e", "_of": "me", "_in": "z"}]}`)
	for places, want := range map[string]string{"z": "b e a", "q,x": "a b e", "": "a b e"} {
		if have := values(run(t, a, s, given{"owner": "me", "places": places})); have != want {
			t.Errorf("%s: want %s, have %s", places, want, have)
		}
	}
	if have := values(run(t, a, s, given{})); have != "" {
		t.Errorf("without an owner: %s", have)
	}
}

func TestAnswersThatAreNeeded(t *testing.T) {
	s := things()
	s.Needs = []string{"vpc", "zone"}
	s.Call = func(get func(string) string) plan.Call {
		if get("zone") == "none" {
			return plan.Call{}
		}
		return plan.NewCall("toy", "ListThings", "Vpc", get("vpc"))
	}
	for _, test := range []struct {
		g   given
		why string
	}{
		{given{}, "needs vpc, zone"}, {given{"vpc": "v"}, "needs zone"}, {given{"vpc": "v", "zone": "none"}, "nothing to list"}, {given{"vpc": "v", "zone": "z"}, ""},
	} {
		a := saying(`{}`)
		_, err := lookup.Run(t.Context(), a, s, test.g.get)
		if have := lookup.Why(err); have != test.why || s.Ready(test.g.get) != (test.why == "") || a.asked() != map[bool]int{true: 1}[test.why == ""] {
			t.Errorf("%v: %q, ready %v, %d calls", test.g, have, s.Ready(test.g.get), a.asked())
		}
	}
}

// twice is a list whose rows are looked at again, by a number that some of them share.
func twice() lookup.Spec {
	s := things()
	s.Each = []lookup.Each{{
		Call: func(row lookup.Row) plan.Call {
			if row.Text("_number") == "" {
				return plan.Call{}
			}
			return plan.NewCall("toy", "DescribeThing", "Number", row.Text("_number"))
		},
		Rows: "Thing",
	}}
	return s
}

// numbered are n things, and the state of each in a call of its own.
func numbered(n int, number func(i int) string) *account {
	return &account{answer: func(_ context.Context, c plan.Call) (any, error) {
		if c.Operation == "DescribeThing" {
			if c.Input.Text("Number") == "bad" {
				return nil, errors.New("not today")
			}
			return map[string]any{"Thing": map[string]any{"notes": []any{"number", c.Input.Text("Number")}, "value": "other", "x.y": "brought"}}, nil
		}
		var list []any
		for i := range n {
			list = append(list, map[string]any{"value": fmt.Sprintf("t%04d", i), "_number": number(i), "notes": []any{"own"}})
		}
		return map[string]any{"Things": list}, nil
	}}
}

func TestFurtherReads(t *testing.T) {
	a := numbered(5, func(i int) string { return []string{"1", "2", "1", "bad", ""}[i] })
	l := run(t, a, twice(), nil)
	want := "[{t0000 [own number 1] map[x.y:brought]} {t0001 [own number 2] map[x.y:brought]} {t0002 [own number 1] map[x.y:brought]} {t0003 [own] map[]} {t0004 [own] map[]}]"
	if have := fmt.Sprint(l.Items); have != want || a.asked() != 4 {
		t.Errorf("%d calls\nwant %s\nhave %s", a.asked(), want, have)
	}
	a = numbered(500, strconv.Itoa)
	l = run(t, a, twice(), nil)
	if a.asked() != 1+lookup.MostReads || len(l.Items) != 500 || len(l.Items[lookup.MostReads-1].Notes) != 3 || len(l.Items[lookup.MostReads].Notes) != 1 {
		t.Errorf("%d calls for 500 things", a.asked())
	}
	a = numbered(500, func(i int) string { return strconv.Itoa(i % 3) })
	if l = run(t, a, twice(), nil); a.asked() != 4 || len(l.Items[499].Notes) != 3 {
		t.Errorf("%d calls for 3 numbers", a.asked())
	}
}

// coded is an error that AWS answered.
type coded struct{ code, message string }

func (c coded) Error() string     { return c.code + ": " + c.message }
func (c coded) ErrorCode() string { return c.code }

type lacking struct{}

func (lacking) Error() string       { return "no usable credentials" }
func (lacking) NoCredentials() bool { return true }

func TestWhy(t *testing.T) {
	long := strings.Repeat("long ", 100)
	for _, test := range []struct {
		err  error
		want string
	}{
		{coded{"AccessDenied", "User: arn:aws:iam::1:user/x is not authorized to perform: redshift:DescribeClusters on resource: * because no identity-based policy allows the redshift:DescribeClusters action"}, "not permitted (redshift:DescribeClusters)"},
		{coded{"UnauthorizedOperation", "You are not authorized to perform this operation."}, "not permitted (toy:ListThings)"},
		{coded{"AccessDeniedException", ""}, "not permitted (toy:ListThings)"},
		{coded{"ExpiredToken", "The security token included in the request is expired"}, "credentials refused (ExpiredToken)"},
		{fmt.Errorf("call x: %w", lacking{}), "no credentials"},
		{coded{"Throttling", "Rate exceeded"}, "Throttling: Rate exceeded"},
		{fmt.Errorf("call redshift:DescribeClusters: %w", coded{"InvalidParameterValue", "two\nlines \x1b[31m"}), "InvalidParameterValue: two lines [31m"},
		{&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "redshift.mars-1.amazonaws.com"}}, "lookup redshift.mars-1.amazonaws.com: no such host"},
		{errors.New(long), strings.TrimSpace(long)[:99] + "…"},
		{context.DeadlineExceeded, "no answer in time"},
		{context.Canceled, "interrupted"},
	} {
		_, err := lookup.Run(t.Context(), failing(test.err), things(), given{}.get)
		if have := lookup.Why(err); have != test.want {
			t.Errorf("%v: want %q, have %q", test.err, test.want, have)
		}
	}
	if have := lookup.Why(nil); have != "" {
		t.Errorf("no error: %q", have)
	}
}

func TestQueriesThatFail(t *testing.T) {
	s := things()
	s.Rows = "length(Things)"
	_, err := lookup.Run(t.Context(), saying(`{}`), s, given{}.get)
	if err == nil || lookup.Why(err) == "" {
		t.Errorf("%v", err)
	}
}

// TestAnyAnswer: whatever comes, only texts that do nothing are listed.
func TestAnyAnswer(t *testing.T) {
	s := twice()
	s.Where = map[string]string{}
	rapid.Check(t, func(t *rapid.T) {
		row := rapid.MapOf(rapid.SampledFrom([]string{"value", "notes", "first", "_number", "x.y"}), anything(3))
		answer := rapid.OneOf(
			rapid.Map(rapid.SliceOf(row), func(rows []map[string]any) any {
				list := []any{}
				for _, r := range rows {
					list = append(list, r)
				}
				return map[string]any{"Things": list, "Thing": list}
			}), anything(4),
		).Draw(t, "answer")
		a := &account{answer: func(context.Context, plan.Call) (any, error) { return clone(answer), nil }}
		l, err := lookup.Run(context.Background(), a, s, given{}.get)
		if err != nil {
			return
		}
		shows := func(text string) {
			if text == "" || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Fatalf("%q is shown", text)
			}
		}
		for _, item := range l.Items {
			shows(item.Value)
			for _, n := range item.Notes {
				shows(n)
			}
			for key, v := range item.Brings {
				switch v := v.(type) {
				case string:
					shows(v)
				case []string:
					for _, one := range v {
						shows(one)
					}
				default:
					t.Fatalf("%s brings %s", key, reflect.TypeOf(v))
				}
			}
		}
	})
}

// anything is decoded JSON.
func anything(depth int) *rapid.Generator[any] {
	leaf := rapid.OneOf(
		rapid.Just[any](nil), rapid.Map(rapid.Bool(), func(b bool) any { return b }), rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		rapid.Map(rapid.String(), func(s string) any { return s }), rapid.SampledFrom([]any{"a", "\x1b[2J", "\xff", "arn:aws:iam::1:role/", "a\u202e"}),
	)
	if depth == 0 {
		return leaf
	}
	return rapid.OneOf(
		leaf, rapid.Map(rapid.SliceOfN(anything(depth-1), 0, 4), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"Things", "Thing", "Next", "value", "notes"}), anything(depth-1), 0, 4), func(m map[string]any) any { return m }),
	)
}

// clone is what a second answer would be: no two have parts in common.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, one := range v {
			out[name] = clone(one)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = clone(one)
		}
		return out
	}
	return v
}
