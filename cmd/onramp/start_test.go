package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// mostBytes bounds what a package of this module may allocate before main. It is counted and not timed, so that it is the
// same on every machine: 10 kB is some 50 microseconds.
const mostBytes = 10_000

// TestStartUpIsIdle has the program say what is done before main, for the command that needs nothing.
func TestStartUpIsIdle(t *testing.T) {
	cmd := exec.Command(program(t), "version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace bytes.Buffer
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	form := regexp.MustCompile(`^init (\S+) @.* (\d+) bytes, \d+ allocs$`)
	ours := 0
	for lines := bufio.NewScanner(&trace); lines.Scan(); {
		m := form.FindStringSubmatch(lines.Text())
		if m == nil || !strings.HasPrefix(m[1], "onramp/") || strings.HasPrefix(m[1], "onramp/internal/tools/") {
			continue
		}
		ours++
		if n, err := strconv.Atoi(m[2]); err != nil || n > mostBytes {
			t.Errorf("%s allocates %s bytes before main, more than %d", m[1], m[2], mostBytes)
		}
	}
	if ours < 5 {
		t.Errorf("the trace names %d packages of this module", ours)
	}
}

// TestLibrariesAreLeftOut keeps out what costs start-up or size and that the program can do without: html/template, with
// which the linker keeps every exported method of the AWS SDKs, and converters of Markdown, compared and parsed values.
func TestLibrariesAreLeftOut(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skipf("go list does not work here: %v", err)
	}
	libraries := strings.Fields(string(out))
	if len(libraries) < 100 {
		t.Fatalf("the program has %d packages", len(libraries))
	}
	for _, library := range libraries {
		for _, out := range []string{
			"html/template", "github.com/spf13/cobra/doc", "github.com/russross/blackfriday", "github.com/google/go-cmp",
			"github.com/hashicorp/", "github.com/zclconf/", "testing",
		} {
			if library == out || strings.HasPrefix(library, out) {
				t.Errorf("the program has %s", library)
			}
		}
	}
}
