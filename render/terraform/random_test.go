package terraform

import (
	"bytes"
	"slices"
	"testing"

	"mvdan.cc/sh/v3/syntax"
	"pgregory.net/rapid"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/render/shell"
)

// TestRandomAnswersGiveTheirModule: whatever was answered, Terraform's own parser reads a module that makes what the plan
// makes and nothing else, whose defaults its own conditions take; and the scripts do the rest.
func TestRandomAnswersGiveTheirModule(t *testing.T) {
	plantest.Random(t, func(r *rapid.T, d plantest.Drawn) {
		t := asTB{t, r}
		files := moduleOf(t, d.Plan, nil)
		filesMean(t, d.Plan, files).valid(t)
		have, left := append(begun(files["pre.sh"]), begun(files["post.sh"])...), want(t, d.Plan).left
		slices.Sort(have)
		slices.Sort(left)
		if !slices.Equal(have, left) {
			t.Errorf("the scripts do %q, want %q", have, left)
		}
	})
}

// TestRandomAnswersGiveReadableFiles: what is imported is Terraform, too, the scripts are bash, and the SQL is in one of
// them, or in README.md for somebody to run.
func TestRandomAnswersGiveReadableFiles(t *testing.T) {
	plantest.RandomFew(t, 2, func(r *rapid.T, d plantest.Drawn) {
		t := asTB{t, r}
		read(t, moduleOf(t, d.Plan, allFound(d.Plan)), nil)
		files := moduleOf(t, d.Plan, nil)
		for _, s := range d.Plan.SQL {
			if !bytes.Contains(files["README.md"].Data, []byte(s.Text+";")) && !bytes.Contains(files["post.sh"].Data, []byte(shell.Quote(s.Text))) {
				t.Errorf("nobody is told to run %s", s.Text)
			}
		}
		for _, f := range d.Plan.FollowUps {
			if len(plan.Refs(f.SQL)) == 0 && !bytes.Contains(files["README.md"].Data, []byte(f.SQL+";")) {
				t.Errorf("README.md does not say %s", f.SQL)
			}
		}
		for name, f := range files {
			if !f.Executable {
				continue
			}
			if _, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(bytes.NewReader(f.Data), name); err != nil {
				t.Errorf("%v", err)
			}
		}
	})
}
