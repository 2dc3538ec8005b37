package shell

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestGoldens holds the scripts of the samples, and of an answers file of the other guide.
func TestGoldens(t *testing.T) {
	plans := map[string]plan.Plan{
		"amazon-ml":    plantest.File(t, "../../testdata/answers/amazon-ml-scoped.yaml", ""),
		"ai-unlimited": plantest.File(t, "../../testdata/answers/ai-unlimited-stack.yaml", ""),
	}
	for name, g := range samples {
		plans[name] = planOf(t, g)
	}
	for name, p := range plans {
		t.Run(name, func(t *testing.T) {
			got := scriptOf(t, p)
			file := filepath.Join("testdata", name+".golden.sh")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs from the script (go test ./render/shell -update writes it anew)", file)
			}
		})
	}
}
