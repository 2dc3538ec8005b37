package testenv

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// variable tells the child process which test it is.
const variable = "ONRAMP_TEST_CHILD"

// Child runs the calling test, which must not be a subtest, again in a process of its own, for tests that set what holds for the whole process, such as
// a limit on the size of files. In the child it returns true, and the test goes on; in the parent it reports how the
// child ended and returns false.
func Child(t *testing.T) bool {
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
