package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onramp/internal/testenv"
)

// groupsFile is an answers file with many groups; with their own roles and buckets, if they are to have them.
func groupsFile(t *testing.T, n int, own bool) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "answers", "simple-cluster.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.Write(data)
	b.WriteString("groups:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - name: analysts_%04d\n    create-models: true\n    schema: demo_ml\n", i)
		if own {
			fmt.Fprintf(&b, "    bucket: acme-ml-%04d\n    role: redshift-ml-%04d\n", i, i)
		}
	}
	path := filepath.Join(t.TempDir(), "groups.yaml")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestThousandGroupsInEveryFormat: the program writes 1,000 groups in every format; how long that takes it prints, and
// how much memory may not be more than 200 MiB. Roles of their own AWS does not allow them, and that is said.
func TestThousandGroupsInEveryFormat(t *testing.T) {
	if !testenv.Child(t) { // what this process has used counts for those that it starts
		return
	}
	binary := program(t)
	shared, own := groupsFile(t, 1000, false), groupsFile(t, 1000, true)
	names := []string{"all"}
	for _, f := range formats() {
		names = append(names, f.name)
	}
	for _, name := range names {
		out := filepath.Join(t.TempDir(), "out")
		cmd := exec.Command(binary, "export", "redshift-ml", "--offline", "-a", shared, "-f", name, "-o", out)
		begun := time.Now()
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, said)
			continue
		}
		took, peak := time.Since(begun), peakMemory(cmd)
		t.Logf("%-14s %5d ms, %3d MiB", name, took.Milliseconds(), peak>>20)
		if peak > 200<<20 {
			t.Errorf("%s takes %d MiB, and may take 200", name, peak>>20)
		}
		said, err := exec.Command(binary, "export", "redshift-ml", "--offline", "-a", own, "-f", name, "-o", out+"2").CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitAnswers || !strings.Contains(string(said), "a warehouse takes 50") {
			t.Errorf("%s of 1,001 roles: %v\n%s", name, err, said)
		}
	}
}
