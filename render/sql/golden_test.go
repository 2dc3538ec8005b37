package sql_test

import (
	"os"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/internal/plan"
	"onramp/render/sql"
	"onramp/steps/redshiftml"
)

// TestGoldens holds both scripts of some answers files.
func TestGoldens(t *testing.T) {
	for _, name := range []string{"sample", "restrictive-serverless", "group-roles"} {
		t.Run(name, func(t *testing.T) {
			files, err := sql.Files(example(t, name), origin)
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				t.Run(file.Name, func(t *testing.T) { golden.RequireEqual(t, file.Data) })
			}
		})
	}
}

// example is the plan of an answers file.
func example(t *testing.T, name string) plan.Plan {
	t.Helper()
	file, err := os.Open("../../testdata/answers/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	guide := redshiftml.Guide()
	a, problems := answers.Load(file, guide.Name, guide.Fields())
	resolved, missing := guide.Resolve(a)
	if len(problems)+len(missing) > 0 {
		t.Fatal(problems, missing)
	}
	region := resolved.Text("region")
	return guide.Build(resolved, plan.Target{Account: resolved.Text("account"), Region: region, Partition: awsname.Partition(region)})
}
