package markdown_test

import (
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/render/markdown"
)

// TestGoldens holds the runbooks of some answers files.
func TestGoldens(t *testing.T) {
	for _, name := range []string{"sample", "simple-serverless", "amazon-ml-scoped", "amazon-ml-document", "ai-unlimited-supplied", "ai-unlimited-existing"} {
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
	return plantest.File(t, "../../testdata/answers/"+name+".yaml", "")
}
