package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestAnswersThatAreOnlyWrittenDown are exported, and refused by apply with what to do.
func TestAnswersThatAreOnlyWrittenDown(t *testing.T) {
	file := filepath.Join("..", "..", "testdata", "answers", "amazon-ml-managed.yaml")
	args := []string{guideIn(t, file), "--practice", "--practice-delays", "0", "-a", file, "--set", "service.use=export"}
	if _, stderr, code := onramp(t, append([]string{"export"}, args...)...); code != exitDone {
		t.Errorf("export: exit code %d\n%s", code, stderr)
	}
	_, stderr, code := onramp(t, append([]string{"apply", "--yes"}, args...)...)
	if code != exitAnswers || !strings.Contains(stderr, "service.use") || !strings.Contains(stderr, "remedy") {
		t.Errorf("apply: exit code %d\n%s", code, stderr)
	}
}

// TestEveryGuideIsListed with its notice, where it has one.
func TestEveryGuideIsListed(t *testing.T) {
	for _, g := range guides() {
		out, stderr, code := onramp(t, "questions", g.Name)
		if code != exitDone || !strings.HasPrefix(out, g.Title+"\n") || !strings.Contains(out, g.Notice()) {
			t.Errorf("%s: exit code %d %s\n%s", g.Name, code, stderr, out)
		}
	}
}
