package plantest_test

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"onramp/internal/answers"
	"onramp/internal/kind"
	"onramp/internal/modelcheck/plantest"
	"onramp/steps"
	"onramp/steps/redshiftml"
)

// TestRandomAnswersGoTogether: what is drawn breaks no rule, and no plan of it has a problem.
func TestRandomAnswersGoTogether(t *testing.T) {
	plantest.Random(t, func(t *rapid.T, d plantest.Drawn) {
		resolved, problems := d.Guide.Resolve(d.Given)
		if len(problems) > 0 || !reflect.DeepEqual(resolved, d.Answers) {
			t.Fatalf("the answers given make other ones: %v", problems)
		}
		if len(d.Plan.Problems) > 0 || len(d.Plan.Resources)+len(d.Plan.Files) == 0 {
			t.Fatalf("the plan has %d resources, and problems %v", len(d.Plan.Resources), d.Plan.Problems)
		}
	})
}

// TestRandomAnswersMeetEverything: among some hundred draws are each answer to each question that lists its answers, each
// question left open, every kind of resource and every partition, and in every text what outputs could stumble over.
func TestRandomAnswersMeetEverything(t *testing.T) {
	guide := redshiftml.Guide()
	met, kinds, texts, long := map[string]int{}, met{}, map[string]string{}, false
	began := time.Now()
	const draws = 400
	for i := range draws {
		d := plantest.Answers(guide).Example(i)
		kinds.visit(d.Plan)
		met[d.Plan.Target.Partition]++
		for _, p := range guide.Sequence(d.Given) {
			general, v := generally(p.Question.Key), d.Given.Get(p.Question.Key)
			switch data := v.Data.(type) {
			case nil:
				met[general+" is left open"]++
			case []string:
				texts[general] += strings.Join(data, "")
			case string:
				texts[general] += data
				long = long || general == "groups.N.name" && len(data) > 120 && utf8.RuneCountInString(data) < 70
				met[general+"="+data]++
			default:
				met[general+"="+answers.Format(data)]++
			}
		}
	}
	for _, other := range plantest.Guides() {
		for i := range draws / 10 {
			kinds.visit(plantest.Answers(other).Example(i).Plan)
		}
	}
	t.Logf("%v for each of %d draws", time.Since(began)/draws, draws)
	if want := reflect.TypeFor[kind.Visitor]().NumMethod(); len(kinds) != want {
		t.Errorf("the plans have %d kinds of %d: %v", len(kinds), want, kinds)
	}
	for _, want := range expected(guide) {
		if met[want] == 0 {
			t.Errorf("among %d draws is none in which %s", draws, want)
		}
	}
	for key, marks := range map[string]string{
		"groups.N.name": `'"` + "`" + `\$%{}<>|&#!*[]()@:;,日é😀ש`, "groups.N.schema": `'"` + "`" + `\$%{}<>|&#!*日`, "groups.N.execute": `'"\$%{日`, "warehouse.database": `'"$日`, "sql.db-user": `'"\$`,
		"role.path": `'"\{}>|&#!%[]`, "role.name": "+=.@-_", "kms.key": ":/-", "bucket.name": ".-0",
	} {
		for _, mark := range marks {
			if !strings.ContainsRune(texts[key], mark) {
				t.Errorf("no %s has %q in it", key, mark)
			}
		}
	}
	if !long {
		t.Error("no group's name is as long as may be, in letters of several bytes")
	}
}

// generally is the key of a question without the number of its record.
func generally(key string) string {
	if list, _, name, ok := answers.Record(key); ok {
		return list + ".N." + name
	}
	return key
}

// expected are the answers that a guide's questions list themselves, and what may be left open.
func expected(g steps.Guide) []string {
	out := []string{"aws", "aws-cn", "aws-us-gov"}
	var add func(prefix string, q steps.Question)
	add = func(prefix string, q steps.Question) {
		for _, o := range q.Choices {
			out = append(out, prefix+q.Key+"="+o.Value)
		}
		switch q.Kind {
		case answers.YesNo:
			out = append(out, prefix+q.Key+"=true", prefix+q.Key+"=false")
		case answers.Records:
			out = append(out, prefix+q.Key+"=0", prefix+q.Key+"=3")
		}
		if q.IfGiven {
			return // nobody is asked
		}
		if !q.Required() || q.Default != nil {
			out = append(out, prefix+q.Key+" is left open")
		}
		for _, item := range q.Item {
			add(prefix+q.Key+".N.", item)
		}
	}
	for _, s := range g.Steps {
		for _, q := range s.Questions {
			add("", q)
		}
	}
	return out
}
