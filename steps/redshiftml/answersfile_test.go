package redshiftml_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/plan"
	"onramp/steps/redshiftml"
)

// answersFiles are the examples of the repository, by name without the ending.
func answersFiles(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/answers/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no answers files: %v", err)
	}
	out := map[string][]byte{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if answers.GuideOf(data) == redshiftml.Guide().Name {
			out[strings.TrimSuffix(filepath.Base(path), ".yaml")] = data
		}
	}
	return out
}

// fromFile makes the plan that a file asks for.
func fromFile(t testing.TB, data []byte) (answers.Set, plan.Plan) {
	t.Helper()
	guide := redshiftml.Guide()
	a, problems := answers.Load(bytes.NewReader(data), guide.Name, guide.Fields())
	if len(problems) > 0 {
		t.Fatalf("load: %v\n%s", problems, data)
	}
	resolved, missing := guide.Resolve(a)
	if len(missing) > 0 {
		t.Fatalf("resolve: %v", missing)
	}
	p := guide.Build(resolved, target(resolved.Text("region")))
	if len(p.Problems) > 0 {
		t.Fatalf("build: %v", p.Problems)
	}
	return resolved, p
}

// TestAnswersFiles: every example makes a plan, and written back, complete with its defaults, makes
// the same plan.
func TestAnswersFiles(t *testing.T) {
	guide := redshiftml.Guide()
	choices := map[string]bool{}
	for name, data := range answersFiles(t) {
		t.Run(name, func(t *testing.T) {
			a, p := fromFile(t, data)
			choices[a.Text("role.choice")+" "+a.Text("warehouse.kind")] = true
			saved, err := answers.Save(guide.Name, guide.Fields(), a)
			if err != nil {
				t.Fatal(err)
			}
			again, q := fromFile(t, saved)
			if q.Hash() != p.Hash() {
				t.Errorf("written back it makes plan %s, not %s:\n%s", q.Hash(), p.Hash(), saved)
			}
			if said(again) != said(a) {
				t.Errorf("written back it says\n%s\nnot\n%s", said(again), said(a))
			}
			twice, err := answers.Save(guide.Name, guide.Fields(), again)
			if err != nil || !bytes.Equal(twice, saved) {
				t.Errorf("written twice it is\n%s\nnot\n%s", twice, saved)
			}
		})
	}
	for _, role := range []string{"simple", "console-default", "restrictive"} {
		for _, warehouse := range []string{"cluster", "new-cluster", "serverless"} {
			if !choices[role+" "+warehouse] {
				t.Errorf("no example of %s on %s", role, warehouse)
			}
		}
	}
}

// TestTheSampleHasEveryKey: the sample is where people look up a key, and what it says of questions
// that are not asked is passed over.
func TestTheSampleHasEveryKey(t *testing.T) {
	guide := redshiftml.Guide()
	a, problems := answers.Load(bytes.NewReader(answersFiles(t)["sample"]), guide.Name, guide.Fields())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, f := range guide.Fields() {
		if !a.Has(f.Key) {
			t.Errorf("the sample lacks %s", f.Key)
		}
		for _, item := range f.Item {
			if !a.Has(answers.ItemKey(f.Key, 0, item.Key)) && !a.Has(answers.ItemKey(f.Key, 1, item.Key)) {
				t.Errorf("the sample lacks %s of %s", item.Key, f.Key)
			}
		}
	}
	resolved, p := fromFile(t, answersFiles(t)["sample"])
	for _, key := range []string{"warehouse.namespace", "warehouse.node-type", "kms.key", "sql.secret"} {
		if resolved.Has(key) {
			t.Errorf("%s is not asked for a cluster, and reaches the plan", key)
		}
	}
	for _, want := range []string{"group-1-role", "s3-endpoint", "sagemaker-endpoint", "warehouse-roles", "warehouse-routing", "sql", "key"} {
		if _, found := p.Find(want); !found {
			t.Errorf("the sample's plan has no %s", want)
		}
	}
}

// TestWhatIsWrittenBackIsComplete: every question that is asked and has an answer or a default stands
// in the file, so that nobody has to know the defaults to read it.
func TestWhatIsWrittenBackIsComplete(t *testing.T) {
	guide := redshiftml.Guide()
	a, _ := guide.Resolve(with(makers).set())
	saved, err := answers.Save(guide.Name, guide.Fields(), a)
	if err != nil {
		t.Fatal(err)
	}
	back, problems := answers.Load(bytes.NewReader(saved), guide.Name, guide.Fields())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, p := range guide.Sequence(a) {
		if p.Question.Default != nil && !back.Has(p.Question.Key) {
			t.Errorf("%s is not written back:\n%s", p.Question.Key, saved)
		}
	}
	if got, want := back.Keys(), a.Keys(); !slices.Equal(got, want) {
		t.Errorf("has %v, want %v", got, want)
	}
}
