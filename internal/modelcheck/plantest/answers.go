package plantest

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/answers"
	"onramp/internal/plan"
	"onramp/steps"
	"onramp/steps/aiunlimited"
	"onramp/steps/amazonml"
	"onramp/steps/redshiftml"
)

// Guides are those whose answers Random draws and whose answers files are read. Nothing below knows one.
func Guides() []steps.Guide {
	return []steps.Guide{redshiftml.Guide(), aiunlimited.Guide(), amazonml.Guide()}
}

// Drawn are answers that go together, and what a guide makes of them.
type Drawn struct {
	Guide   steps.Guide
	Given   answers.Set // as they were given, without the defaults
	Answers answers.Set // as the plan is made from them
	Plan    plan.Plan
}

// GoString is the answers file: what a test that fails prints of its draw.
func (d Drawn) GoString() string {
	data, err := answers.Save(d.Guide.Name, d.Guide.Fields(), d.Given)
	if err != nil {
		return err.Error()
	}
	return "\n" + string(data)
}

// Random holds a property of what the guides make of random answers, which all go together.
func Random(t *testing.T, property func(*rapid.T, Drawn)) {
	t.Helper()
	n := &tally{}
	drawn := rapid.Custom(func(t *rapid.T) Drawn { return n.draw(t, rapid.SampledFrom(Guides()).Draw(t, "guide")) })
	rapid.Check(t, func(t *rapid.T) { property(t, drawn.Draw(t, "answers")) })
	t.Log(n)
}

// RandomFew is Random for a property that takes long: it is held once where Random holds it so many times, and
// never fewer than three times.
func RandomFew(t *testing.T, times int, property func(*rapid.T, Drawn)) {
	t.Helper()
	checks := flag.Lookup("rapid.checks")
	before := checks.Value.String()
	defer func() { _ = checks.Value.Set(before) }()
	n, err := strconv.Atoi(before)
	if err != nil {
		t.Fatal(err)
	}
	least := 3
	if testing.Short() {
		least *= 5 // of which rapid takes a fifth
	}
	if err := checks.Value.Set(strconv.Itoa(max(n/times, least))); err != nil {
		t.Fatal(err)
	}
	Random(t, property)
}

// Answers draws answers to a guide's questions that go together.
func Answers(g steps.Guide) *rapid.Generator[Drawn] {
	return rapid.Custom(func(t *rapid.T) Drawn { return (&tally{}).draw(t, g) })
}

// tally counts what was drawn.
type tally struct{ drawn, discarded, anew int }

func (n *tally) String() string {
	return fmt.Sprintf("drew answers %d times: discarded %d (%.1f %%), answered %d questions anew", n.drawn, n.discarded, 100*float64(n.discarded)/float64(max(n.drawn, 1)), n.anew)
}

// mostAnew is how often answers that do not go together are mended before they are given up.
const mostAnew = 20

func (n *tally) draw(t *rapid.T, g steps.Guide) Drawn {
	n.drawn++
	h := newHand(t, g)
	h.answerAll()
	for h.anew = range mostAnew {
		d, problems := h.made()
		if len(problems) == 0 {
			return d
		}
		questions := h.mendable(problems)
		if len(questions) == 0 {
			break
		}
		for _, q := range questions {
			n.anew++
			h.answer(q)
		}
	}
	n.discarded++
	t.Skip("the answers do not go together")
	return Drawn{}
}

// hand answers the questions of a guide, as somebody would who takes whatever is allowed.
type hand struct {
	t      *rapid.T
	guide  steps.Guide
	target plan.Target
	forms  []string
	given  answers.Set
	anew   int // how often it was mended
}

// accounts are numbers that a reader of numbers would write otherwise, and one that it would not.
var accounts = []string{Account, "012345678901", "000000000000"}

func newHand(t *rapid.T, g steps.Guide) *hand {
	target := Target(rapid.SampledFrom(taken(g, "region", regions)).Draw(t, "region"))
	target.Account = rapid.SampledFrom(accounts).Draw(t, "account")
	h := &hand{t: t, guide: g, target: target, forms: forms(target)}
	h.give("account", target.Account)
	h.give("region", target.Region)
	return h
}

// taken are the values that the guide's rule for a key takes.
func taken(g steps.Guide, key string, values []string) []string {
	q, _ := g.Find(key)
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return q.CheckValue(v) != nil })
}

func (h *hand) give(key string, data any) {
	h.given = h.given.With(key, answers.Value{Data: data, Source: answers.File})
}

// answerAll walks through the questions. Some are passed over, where that is allowed.
func (h *hand) answerAll() {
	for w := steps.Start(h.guide, h.given); !w.Done(); w = w.Next(h.given) {
		p, _ := w.Current(h.given)
		q := p.Question
		if h.given.Has(q.Key) || !needed(q) && rapid.IntRange(0, 2).Draw(h.t, q.Key+"?") == 0 {
			continue
		}
		h.answer(q)
	}
}

// needed says that a question has no default, and may not be left open.
func needed(q steps.Question) bool { return q.Required() && q.Default == nil }

// mendable are the questions that problems are about.
func (h *hand) mendable(problems []answers.Problem) (out []steps.Question) {
	for _, p := range h.guide.Sequence(h.given) {
		q := p.Question
		if q.Key != "account" && q.Key != "region" && slices.ContainsFunc(problems, func(p answers.Problem) bool { return p.Key == q.Key }) {
			out = append(out, q)
		}
	}
	return out
}

// made is what the guide makes of the answers, and what is wrong with them.
func (h *hand) made() (Drawn, []answers.Problem) {
	resolved, problems := h.guide.Resolve(h.given)
	if len(problems) > 0 {
		return Drawn{}, problems
	}
	d := Drawn{Guide: h.guide, Given: h.asked(), Answers: resolved, Plan: h.guide.Build(resolved, h.target)}
	return d, d.Plan.Problems
}

// asked are the answers to what is asked: mending one may have made another meaningless.
func (h *hand) asked() answers.Set {
	values := map[string]answers.Value{}
	for _, p := range h.guide.Sequence(h.given) {
		if key := p.Question.Key; h.given.Has(key) {
			values[key] = h.given.Get(key)
		}
	}
	return answers.New(values)
}

// answer answers a question: a yes with no and a choice with another, where it was answered before.
func (h *hand) answer(q steps.Question) {
	before := h.given.Get(q.Key).Data
	switch q.Kind {
	case answers.Choice:
		h.give(q.Key, rapid.SampledFrom(others(q.Choices, before)).Draw(h.t, q.Key).Value)
	case answers.YesNo:
		yes, again := before.(bool)
		h.give(q.Key, again && !yes || !again && rapid.Bool().Draw(h.t, q.Key))
	case answers.Number:
		h.give(q.Key, rapid.SampledFrom(numbers(q)).Draw(h.t, q.Key))
	case answers.Records:
		h.give(q.Key, rapid.IntRange(0, 3).Draw(h.t, q.Key))
	case answers.List:
		h.give(q.Key, h.list(q))
	default:
		h.give(q.Key, h.text(q))
	}
}

// others are the options of a choice but for the one that was taken before.
func others(options []steps.Option, before any) []steps.Option {
	if len(options) < 2 {
		return options
	}
	return slices.DeleteFunc(slices.Clone(options), func(o steps.Option) bool { return o.Value == before })
}

// numbers are those at the ends of what rules take.
func numbers(q steps.Question) []int {
	all := []int{1, 2, 3, 0, 7, 10, 63, 64, 99, 100, 127, 443, 1000, 65535}
	return slices.DeleteFunc(all, func(n int) bool { return q.CheckValue(n) != nil })
}

func (h *hand) list(q steps.Question) []string {
	var out []string
	for range rapid.IntRange(1, 3).Draw(h.t, "items") {
		if item := h.text(q); !slices.Contains(out, item) {
			out = append(out, item)
		}
	}
	return out
}

// text is a text that the question's rule takes. Where some were refused for what else was answered, it is a plain one.
func (h *hand) text(q steps.Question) string {
	takes := func(s string) bool { return s != "" && (q.Check == nil || q.Check(s) == nil) }
	plain := slices.DeleteFunc(slices.Clone(h.forms), func(s string) bool { return !takes(s) })
	if len(plain) == 0 {
		h.t.Fatalf("%s takes no text of the forms that are known: add one", q.Key)
	}
	if h.anew > 2 {
		return rapid.SampledFrom(plain).Draw(h.t, q.Key)
	}
	begin := plain
	if strange := slices.DeleteFunc(slices.Clone(words), func(s string) bool { return !takes(s) }); len(strange) > 0 && rapid.Bool().Draw(h.t, "strange") {
		begin = strange
	}
	return disturbed(h.t, rapid.SampledFrom(begin).Draw(h.t, q.Key), takes)
}
