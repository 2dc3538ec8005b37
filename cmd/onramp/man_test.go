package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"onramp/internal/testenv"
)

// TestManPages writes the pages and has groff read them: every word and flag of the help is there as it is typed.
func TestManPages(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("SOURCE_DATE_EPOCH", "1790000000")
	if _, stderr, code := onramp(t, "man", "-o", folder); code != 0 {
		t.Fatal(stderr)
	}
	root := (&app{guides: guides()}).root()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	var every func(c *cobra.Command)
	pages := 0
	every = func(c *cobra.Command) {
		pages++
		file := filepath.Join(folder, manName(c)+".1")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			return
		}
		if !bytes.HasPrefix(data, []byte(".TH "+roff(strings.ToUpper(manName(c)))+" 1 2026-09-21 onramp onramp\n")) {
			t.Errorf("%s begins with %.60q", file, data)
		}
		t.Run(manName(c), func(t *testing.T) { typeset(t, file, c) })
		for _, sub := range documented(c) {
			every(sub)
		}
	}
	every(root)
	written, err := os.ReadDir(folder)
	if err != nil || len(written) != pages || pages < 15 {
		t.Errorf("%d pages are written for %d commands: %v", len(written), pages, err)
	}
}

func typeset(t *testing.T, file string, c *cobra.Command) {
	groff := testenv.Tool(t, "groff", "apt install groff-base")
	cmd := exec.Command(groff, "-man", "-Tutf8", "-P-cbou", "-rLL=2000n", "-w", "char", "-w", "mac", "-w", "escape",
		"-w", "syntax", file)
	var warnings bytes.Buffer
	cmd.Stderr = &warnings
	page, err := cmd.Output()
	if err != nil || warnings.Len() > 0 {
		t.Fatalf("groff: %v\n%s", err, warnings.String())
	}
	plain := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	text := plain(string(page))
	for _, line := range strings.Split(c.Long+"\n"+c.Short, "\n") {
		if want := plain(strings.TrimLeft(line, "# ")); !strings.Contains(text, want) {
			t.Errorf("%q is not on the page:\n%s", want, text)
		}
	}
	for line := range strings.Lines(c.LocalFlags().FlagUsages()) {
		for _, word := range strings.Fields(line) {
			if strings.HasPrefix(word, "--") && !strings.Contains(text, word) {
				t.Errorf("%s is not on the page:\n%s", word, text)
			}
		}
	}
}
