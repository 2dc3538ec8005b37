package markdown_test

import (
	"os"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/render/markdown"
	"onramp/steps/redshiftml"
)

// TestGoldens holds the runbooks of some answers files.
func TestGoldens(t *testing.T) {
	for _, name := range []string{"sample", "simple-serverless"} {
		t.Run(name, func(t *testing.T) {
			p := example(t, name)
			operator, err := permissions.Operator(p)
			if err != nil {
				t.Fatal(err)
			}
			golden.RequireEqual(t, markdown.Render(p, operator, origin))
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
