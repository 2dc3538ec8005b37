package steps

import (
	"fmt"
	"strings"

	"onramp/internal/answers"
)

// Resolve makes the answers that a plan is built from: defaults are filled in, and answers to
// questions that are not asked and answers that break their rule are left out, so that nothing of
// them reaches the plan. The
// problems name every answer that is missing or that breaks its rule.
func (g Guide) Resolve(a answers.Set) (answers.Set, []answers.Problem) {
	values := map[string]answers.Value{}
	var problems []answers.Problem
	for _, p := range g.Sequence(a) {
		v := a.Get(p.Question.Key)
		if v.Source == answers.Unset && p.Question.Default != nil {
			v = answers.Value{Data: p.Question.Default, Source: answers.Default}
		}
		problem, wrong := p.Question.judge(v)
		if wrong {
			problems = append(problems, problem)
			continue
		}
		if v.Source != answers.Unset {
			values[p.Question.Key] = v
		}
	}
	return answers.New(values), problems
}

// judge says what is wrong with an answer.
func (q Question) judge(v answers.Value) (answers.Problem, bool) {
	if v.Source == answers.Unset || empty(v.Data) {
		return answers.Problem{Key: q.Key, Line: v.Line, Text: "is missing" + q.wanted(), Remedy: q.Remedy()}, q.Required()
	}
	if err := q.CheckValue(v.Data); err != nil {
		return answers.Problem{
			Key: q.Key, Line: v.Line, Value: answers.Short(answers.Format(v.Data)), Text: err.Error(), Remedy: q.Remedy(),
		}, true
	}
	return answers.Problem{}, false
}

func empty(data any) bool {
	switch v := data.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	}
	return false
}

// CheckValue applies the question's rule to an answer of its kind. An answer left empty breaks
// no rule here; whether it may be empty is for Resolve.
func (q Question) CheckValue(data any) error {
	switch v := data.(type) {
	case string:
		if q.Kind == answers.Choice && v != "" {
			_, err := answers.Parse(q.Field(), v)
			return err
		}
		if q.Check != nil && v != "" {
			return q.Check(v)
		}
	case int:
		if q.Kind == answers.Records {
			_, err := answers.Parse(q.Field(), answers.Format(v))
			return err
		}
		if q.Check != nil {
			return q.Check(answers.Format(v))
		}
	case []string:
		return q.checkItems(v)
	}
	return nil
}

func (q Question) checkItems(items []string) error {
	seen := map[string]bool{}
	for _, item := range items {
		if seen[item] {
			return fmt.Errorf("%q stands twice", answers.Short(item))
		}
		seen[item] = true
		if q.Check == nil {
			continue
		}
		if err := q.Check(item); err != nil {
			return err
		}
	}
	return nil
}

// wanted names what an answer may be, for the end of a message; "" where the key says it.
func (q Question) wanted() string {
	if q.Kind == answers.Choice {
		values := make([]string, len(q.Choices))
		for i, o := range q.Choices {
			values[i] = o.Value
		}
		return ": one of " + strings.Join(values, ", ")
	}
	title := lowerFirst(q.Title)
	if strings.HasSuffix(q.Key, title) {
		return ""
	}
	return ": " + title
}

func lowerFirst(s string) string {
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// Flag is how the answer is given on the command line.
func (q Question) Flag() string {
	switch q.Key {
	case "region":
		return "--region REGION"
	case "account":
		return "--set account=NUMBER"
	}
	return "--set " + q.Key + "=" + strings.ToUpper(q.Kind.String())
}

// Remedy is what to do about a missing answer, for who has no wizard open.
func (q Question) Remedy() string {
	return fmt.Sprintf("give %s, or the key %s in the answers file", q.Flag(), q.Key)
}
