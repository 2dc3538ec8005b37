package answers_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/answers"
	"onramp/internal/modelcheck/plantest"
)

// TestRandomAnswersSurviveTheFile: as they were given, and complete with their defaults, answers to a guide are loaded from
// the file that they were saved in, and make the same plan.
func TestRandomAnswersSurviveTheFile(t *testing.T) {
	plantest.Random(t, func(t *rapid.T, d plantest.Drawn) {
		for _, want := range []answers.Set{d.Given, d.Answers} {
			data, err := answers.Save(d.Guide.Name, d.Guide.Fields(), want)
			if err != nil {
				t.Fatal(err)
			}
			got, problems := answers.Load(bytes.NewReader(data), d.Guide.Name, d.Guide.Fields())
			if len(problems) > 0 || !same(asGiven(got), asGiven(want)) {
				t.Fatalf("%v: loaded %q\nwant %q\n%s", problems, asGiven(got), asGiven(want), data)
			}
			if name := answers.GuideOf(data); name != d.Guide.Name {
				t.Fatalf("the file is for %q\n%s", name, data)
			}
			resolved, missing := d.Guide.Resolve(got)
			p := d.Guide.Build(resolved, d.Plan.Target)
			if len(missing)+len(p.Problems) > 0 || p.Hash() != d.Plan.Hash() {
				t.Fatalf("the file makes plan %s, not %s: %v %v\n%s", p.Hash(), d.Plan.Hash(), missing, p.Problems, data)
			}
		}
	})
}
