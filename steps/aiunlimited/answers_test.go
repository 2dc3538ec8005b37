package aiunlimited_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/answers"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/steps"
	"onramp/steps/aiunlimited"
)

// texts are right answers to some questions, and wrong ones to the rest.
var texts = []string{
	account, "us-east-1", "cn-north-1", "mars", "boss", "node", "BOSS", "a b", "p", "arn:aws:iam::111122223333:policy/b", "arn:aws-cn:iam::aws:policy/b", "operators", publicKey,
	vpc, subnet, "us-east-1a", "us-west-2a", "203.0.113.0/24", "999.999.999.999/99", "0.0.0.0/0", "pl-0a1b2c3d", "sg-0a1b2c3d", "<REGION>", "`x`", "", strings.Repeat("a", 300),
}

// halfAnswered draws answers to some of the questions, right and wrong ones.
func halfAnswered() *rapid.Generator[given] {
	return rapid.Custom(func(t *rapid.T) given {
		g := given{}
		for _, f := range aiunlimited.Guide().Fields() {
			if rapid.Bool().Draw(t, f.Key+" is answered") {
				g[f.Key] = anyAnswer(t, f)
			}
		}
		return g
	})
}

func anyAnswer(t *rapid.T, f answers.Field) any {
	switch f.Kind {
	case answers.Choice:
		return rapid.SampledFrom(append([]string{"", "other"}, f.Choices...)).Draw(t, f.Key)
	case answers.YesNo:
		return rapid.Bool().Draw(t, f.Key)
	case answers.Number:
		return rapid.SampledFrom([]int{-1, 0, 7, 8, 20, 1000, 1001}).Draw(t, f.Key)
	case answers.List:
		return rapid.SliceOfN(rapid.SampledFrom(texts), 0, 3).Draw(t, f.Key)
	}
	return rapid.SampledFrom(texts).Draw(t, f.Key)
}

// TestHalfAnswered: whatever is answered, a plan is built, the same one each time; a problem says what is wrong and what
// to do; and no plan comes of answers without an account number.
func TestHalfAnswered(t *testing.T) {
	guide := aiunlimited.Guide()
	rapid.Check(t, func(t *rapid.T) {
		g := halfAnswered().Draw(t, "answers")
		p, problems := built(g)
		if again, _ := built(g); again.Hash() != p.Hash() {
			t.Fatal("the same answers give another plan")
		}
		for _, problem := range problems {
			if _, known := guide.Find(problem.Key); !known || problem.Text == "" || problem.Remedy == "" {
				t.Fatalf("%+v", problem)
			}
		}
		resolved, missing := guide.Resolve(set(g))
		if !resolved.Has("account") && (len(missing) == 0 || missing[0].Key != "account") {
			t.Fatalf("without an account number: %v", missing)
		}
		if len(wrongWarnings(p)) > 0 {
			t.Fatal(wrongWarnings(p))
		}
		if len(problems) > 0 {
			return // then two roles may have one name
		}
		if wrong := slices.Concat(wrongResources(p), wrongDocuments(p), wrongSizes(p)); len(wrong) > 0 {
			t.Fatal(wrong)
		}
	})
}

// TestNothingAnswered: a builder is given what there is, which may be nothing at all.
func TestNothingAnswered(t *testing.T) {
	p := aiunlimited.Guide().Build(answers.Set{}, plan.Target{})
	if wrong := wrongWarnings(p); len(wrong) > 0 {
		t.Error(wrong)
	}
	_, problems := built(given{})
	if len(problems) == 0 || problems[0].Key != "account" {
		t.Errorf("%v", problems)
	}
}

// TestWithoutOne: of answers that go together, none that is needed can be taken away without a word.
func TestWithoutOne(t *testing.T) {
	whole := with(supplied, imported, network, balanced, given{"manager.source": "existing", "manager.name": "m", "engine.source": "existing", "engine.name": "e"})
	needed := []string{
		"account", "manager.name", "engine.name", "access.key-name", "access.public-key", "network.vpc", "network.subnet", "network.availability-zone", "network.cidr", "load-balancer.subnet",
	}
	good(t, whole)
	for _, key := range needed {
		half := with(whole)
		delete(half, key)
		if _, problems := built(half); len(problems) == 0 || problems[0].Key != key || !strings.Contains(problems[0].Text, "missing") {
			t.Errorf("without %s: %v", key, problems)
		}
	}
}

// TestTheBanner stands before everything else, in whatever is made of the guide.
func TestTheBanner(t *testing.T) {
	g := aiunlimited.Guide()
	if g.Status != steps.Preview || g.Notice() != "preview: "+g.Banner {
		t.Errorf("%q %q", g.Status, g.Notice())
	}
	for _, word := range []string{"preview", "May 2024", "April 2025"} {
		if !strings.Contains(g.Notice(), word) {
			t.Errorf("it does not say %s: %q", word, g.Notice())
		}
	}
	for _, over := range []given{{}, supplied, network, {"load-balancer.kind": "application"}, {"account": "1"}} {
		p, _ := built(with(over))
		if len(p.Warnings) == 0 || p.Warnings[0].Text != g.Banner || !strings.Contains(p.Warnings[0].Remedy, "check with Teradata") {
			t.Errorf("%v: %+v", over, p.Warnings)
		}
	}
}

// whatIsMade is all of a plan that its hash stands for, and what is handed out beside it.
func whatIsMade(p plan.Plan) string {
	return fmt.Sprintf("%s\n%s\n%+v\n%+v\n%+v\n%+v", p.Hash(), calls(p), p.Files, p.FollowUps, p.HandOver, p.Warnings)
}

func save(a answers.Set) ([]byte, error) {
	return answers.Save(aiunlimited.Guide().Name, aiunlimited.Guide().Fields(), a)
}

func load(data []byte) (answers.Set, answers.Problems) {
	return answers.Load(bytes.NewReader(data), aiunlimited.Guide().Name, aiunlimited.Guide().Fields())
}

// checkRoundTrip says what is lost of a plan when its answers are written down, complete with their defaults, and read
// again; "" : nothing.
func checkRoundTrip(a answers.Set) string {
	resolved, _ := aiunlimited.Guide().Resolve(a)
	p, _ := fromSet(a)
	data, err := save(resolved)
	if err != nil {
		return err.Error()
	}
	again, problems := load(data)
	if len(problems) > 0 {
		return fmt.Sprintf("%v\n%s", problems, data)
	}
	q, _ := fromSet(again)
	if have, want := whatIsMade(q), whatIsMade(p); have != want {
		return fmt.Sprintf("%s\nnot\n%s\nof\n%s", have, want, data)
	}
	return ""
}

func TestAnswersSavedMakeTheSamePlan(t *testing.T) {
	for _, over := range [][]given{
		{},
		{supplied},
		{imported, network, balanced},
		{supplied, {"manager.narrow": true, "access.kind": "both", "access.key-name": "it's: a \"key\" #1"}},
		{supplied, {"region": "cn-north-1", "engine.regions": []string{"cn-north-1", "cn-northwest-1"}}},
		{{"account": "012345678901"}},
	} {
		good(t, over...)
		if lost := checkRoundTrip(set(with(over...))); lost != "" {
			t.Error(lost)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if lost := checkRoundTrip(plantest.Answers(aiunlimited.Guide()).Draw(t, "answers").Given); lost != "" {
			t.Fatal(lost)
		}
	})
}

// TestAnswersFiles: every example of the guide makes a plan, and one is of each source of the manager's role.
func TestAnswersFiles(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/answers/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]bool{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if answers.GuideOf(data) != aiunlimited.Guide().Name {
			continue
		}
		a, problems := load(data)
		if _, more := fromSet(a); len(problems)+len(more) > 0 {
			t.Errorf("%s: %v %v", path, problems, more)
		}
		if lost := checkRoundTrip(a); lost != "" {
			t.Errorf("%s: %s", path, lost)
		}
		sources[a.Text("manager.source")] = true
	}
	if len(sources) != 3 {
		t.Errorf("no example of each source: %v", sources)
	}
}
