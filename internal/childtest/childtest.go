// Package childtest runs a test in a process of its own, for tests that set what holds for the whole process, such as a
// limit on the size of files. It must not be imported by anything but tests.
package childtest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// variable tells the child process which test it is.
const variable = "ONRAMP_TEST_CHILD"

// Run runs the calling test again in a child process and reports how it ended there. In the child it returns true, and
// the test goes on; in the parent it returns false, and the test is over.
func Run(t *testing.T) (child bool) {
	t.Helper()
	if os.Getenv(variable) == t.Name() {
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.count=1")
	cmd.Env = append(os.Environ(), variable+"="+t.Name())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("in a child process: %v\n%s", err, out)
	}
	return false
}
