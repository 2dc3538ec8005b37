package plantest

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/internal/plan"
	"onramp/steps"
)

// File is the plan of an answers file, of whichever guide the file names, in an account; "" : in the one that it names.
// The answers must go together.
func File(t testing.TB, path, account string) plan.Plan {
	t.Helper()
	g, set := Load(t, path, account)
	return Resolved(t, g, set)
}

// Load reads an answers file, and finds the guide that it names.
func Load(t testing.TB, path, account string) (steps.Guide, answers.Set) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if account != "" {
		data = bytes.ReplaceAll(data, []byte(Account), []byte(account))
	}
	i := slices.IndexFunc(Guides(), func(g steps.Guide) bool { return g.Name == answers.GuideOf(data) })
	if i < 0 {
		t.Fatalf("%s is for no guide that is known", path)
	}
	g := Guides()[i]
	set, problems := answers.Load(bytes.NewReader(data), g.Name, g.Fields())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return g, set
}

// Resolved is the plan that a guide makes of answers which go together.
func Resolved(t testing.TB, g steps.Guide, set answers.Set) plan.Plan {
	t.Helper()
	resolved, missing := g.Resolve(set)
	region := resolved.Text("region")
	p := g.Build(resolved, plan.Target{Account: resolved.Text("account"), Region: region, Partition: awsname.Partition(region)})
	if len(missing)+len(p.Problems) > 0 {
		t.Fatal(missing, p.Problems)
	}
	return p
}
