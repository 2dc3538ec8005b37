package shell

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the goldens anew")

func TestGoldens(t *testing.T) {
	for name, g := range samples {
		t.Run(name, func(t *testing.T) {
			got := scriptOf(t, planOf(t, g))
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
