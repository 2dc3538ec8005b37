package terraform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onramp/internal/apply"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/render"
)

var origin = render.Origin{Version: "0.1.0", Command: "onramp export redshift-ml -f terraform -a answers.yaml -o module"}

// answersFiles are the answers files that every output is tested with, by name.
func answersFiles(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../testdata/answers/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	out := map[string]string{}
	for _, file := range files {
		out[strings.TrimSuffix(filepath.Base(file), ".yaml")] = file
	}
	return out
}

// planOf is the plan of an answers file, for an account; "" : for the one that it names.
func planOf(t testing.TB, file, account string) plan.Plan {
	t.Helper()
	return plantest.File(t, file, account)
}

// module are the files of a plan by name.
func moduleOf(t testing.TB, p plan.Plan, found map[string]apply.Finding) map[string]render.File {
	t.Helper()
	files, err := Files(p, found, origin)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]render.File{}
	for _, f := range files {
		if _, twice := out[f.Name]; twice {
			t.Errorf("two files are called %s", f.Name)
		}
		out[f.Name] = f
	}
	return out
}

// write writes files into a folder.
func write(t testing.TB, folder string, files map[string]render.File) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		mode := os.FileMode(0o644)
		if f.Executable {
			mode = 0o755
		}
		if err := os.WriteFile(filepath.Join(folder, f.Name), f.Data, mode); err != nil {
			t.Fatal(err)
		}
	}
}
