package cloudformation

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

var update = flag.Bool("update", false, "write the goldens anew")

// fileOrder is the order in which files stand in a golden.
var fileOrder = []string{fileTemplate, fileParameters, fileDeploy, fileAccounts, filePre, filePost}

// golden is what is exported, in one text. Of scripts it has what is of this plan: their helpers are the same for
// every plan.
func golden(files map[string]string) string {
	var b strings.Builder
	for _, name := range fileOrder {
		data, is := files[name]
		if !is {
			continue
		}
		switch name {
		case fileDeploy, fileAccounts:
			data, _, _ = strings.Cut(data, "# Helpers.")
		case filePre, filePost:
			_, data, _ = strings.Cut(data, "# The plan\n")
		}
		b.WriteString("-- " + name + " --\n" + data)
	}
	return b.String()
}

func TestGoldens(t *testing.T) {
	check := func(name string, files map[string]string) {
		t.Run(name, func(t *testing.T) {
			got, file := golden(files), filepath.Join("testdata", name+".golden")
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
				t.Errorf("the export differs from %s (go test ./render/cloudformation -update writes it anew):\n%s", file, udiff.Unified("golden", "export", string(want), got))
			}
		})
	}
	for _, name := range answersFiles(t) {
		check(name, filesOf(t, planOf(t, name, nil)))
	}
	for _, name := range []string{"sample", "console-default-serverless", "restrictive-documented", "restrictive-new-cluster", "ai-unlimited-supplied", "ai-unlimited-existing", "amazon-ml-scoped"} {
		check(name+"-set", setOf(t, planOf(t, name, nil)))
	}
}

func TestTheSamePlanGivesTheSameBytes(t *testing.T) {
	for _, name := range answersFiles(t) {
		for file, data := range filesOf(t, planOf(t, name, routed)) {
			if again := filesOf(t, planOf(t, name, routed))[file]; again != data {
				t.Errorf("%s of %s differs from one time to the next", file, name)
			}
		}
	}
}
