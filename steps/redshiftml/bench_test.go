package redshiftml_test

import (
	"bytes"
	"testing"

	"onramp/internal/answers"
	"onramp/steps/redshiftml"
)

// The plan is built at every key press: full answers within 1 ms, 1,000 groups within 50 ms.
func BenchmarkPlan(b *testing.B) {
	guide := redshiftml.Guide()
	sample, problems := answers.Load(bytes.NewReader(answersFiles(b)["sample"]), guide.Name, guide.Fields())
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	for name, a := range map[string]answers.Set{"sample": sample, "1000 groups": manyGroups(1000, false).set()} {
		resolved, _ := guide.Resolve(a)
		t := target(resolved.Text("region"))
		p := guide.Build(resolved, t)
		saved, err := answers.Save(guide.Name, guide.Fields(), a)
		if err != nil {
			b.Fatal(err)
		}
		for what, do := range map[string]func(){
			"resolve": func() { guide.Resolve(a) },
			"build":   func() { guide.Build(resolved, t) },
			"hash":    func() { p.Hash() },
			"load":    func() { answers.Load(bytes.NewReader(saved), guide.Name, guide.Fields()) },
		} {
			b.Run(what+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					do()
				}
			})
		}
	}
}
