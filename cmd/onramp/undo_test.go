package main

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aymanbagabas/go-udiff"

	"onramp/internal/practice"
	"onramp/internal/testenv"
)

// inAccount makes this process speak to a practice account that is served over HTTP, with a state folder of its
// own, and gives an answers file for it.
func inAccount(t *testing.T, a *practice.Account, name string) (answers, region string) {
	t.Helper()
	return inAccountWith(t, a, filepath.Join("..", "..", "testdata", "answers", name))
}

// inAccountWith is inAccount for an answers file anywhere.
func inAccountWith(t *testing.T, a *practice.Account, path string) (answers, region string) {
	t.Helper()
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	region = regionIn(t, string(data))
	for _, v := range elsewhere {
		t.Setenv(v, "")
		os.Unsetenv(v)
	}
	for _, v := range append(practiceVariables(server.URL, region), "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "XDG_STATE_HOME="+t.TempDir()) {
		key, value, _ := strings.Cut(v, "=")
		t.Setenv(key, value)
	}
	answers = filepath.Join(t.TempDir(), filepath.Base(path))
	if err := os.WriteFile(answers, []byte(strings.ReplaceAll(string(data), "111122223333", practice.Number)), 0o600); err != nil {
		t.Fatal(err)
	}
	return answers, region
}

// TestApplyVerifyBreakFixUndo is the life of a set-up on the command line, with real journals.
func TestApplyVerifyBreakFixUndo(t *testing.T) {
	a := practice.New(practice.Settings{Region: "us-east-1"})
	file, _ := inAccount(t, a, "sample.yaml")
	before := string(a.State())
	want := func(code int, out string, args ...string) string {
		t.Helper()
		stdout, stderr, got := onramp(t, args...)
		if got != code || !strings.Contains(stdout+stderr, out) {
			t.Fatalf("onramp %s: exit code %d, want %d and %q\n%s%s", strings.Join(args, " "), got, code, out, stdout, stderr)
		}
		return stdout
	}
	want(exitDone, "nothing to undo", "undo", "--yes")
	want(exitDifferences, "+ IAM role redshift-ml", "verify", "redshift-ml", "-a", file)
	want(exitDone, "to undo: onramp undo ", "apply", "redshift-ml", "-a", file, "--yes")
	want(exitDone, "as planned", "verify", "redshift-ml", "-a", file)
	calls := len(a.Calls())
	want(exitDone, "0 changed", "apply", "redshift-ml", "-a", file, "--yes")
	for _, c := range a.Calls()[calls:] {
		if c.Mutating {
			t.Errorf("the second apply makes %s", c.Op)
		}
	}

	s := sdkCall(t, "iam", "delete-role-policy", "--role-name", "redshift-ml", "--policy-name", "redshift-ml")
	s("redshift", "modify-cluster", "--cluster-identifier", "analytics", "--no-enhanced-vpc-routing")
	var verdict struct {
		AsPlanned bool `json:"as_planned"`
		Resources []struct {
			ID          string
			Differences []any
		}
	}
	if err := json.Unmarshal([]byte(want(exitDifferences, "", "verify", "redshift-ml", "-a", file, "--json")), &verdict); err != nil {
		t.Fatal(err)
	}
	var wrong []string
	for _, r := range verdict.Resources {
		if len(r.Differences) > 0 {
			wrong = append(wrong, r.ID)
		}
	}
	if got := strings.Join(wrong, " "); verdict.AsPlanned || got != "role-policy warehouse-routing" {
		t.Errorf("verify finds differences at %q", got)
	}
	want(exitFailed, "add --yes", "verify", "redshift-ml", "-a", file, "--fix")
	want(exitDone, "as planned", "verify", "redshift-ml", "-a", file, "--fix", "--yes")
	want(exitDone, "redshift-ml", "undo", "--list")

	want(exitFailed, "add --yes", "undo")
	want(exitDone, "taken back", "undo", "--yes") // of the repair
	want(exitDone, "it waits 30 days", "undo", "--yes")
	want(exitDone, "nothing to undo", "undo", "--yes")
	after := string(a.State())
	if diff := udiff.Unified("before", "after", before, after); strings.Count(diff, "\n+") > 40 || !strings.Contains(diff, "PendingDeletion") || strings.Contains(after, `"alias/redshift-ml": {`) {
		t.Errorf("undo leaves more than the key that waits:\n%s", diff)
	}
}

// sdkCall works in the account with the AWS CLI, as somebody else does.
func sdkCall(t *testing.T, args ...string) func(args ...string) {
	t.Helper()
	testenv.AWS(t)
	call := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("aws", args...).CombinedOutput(); err != nil {
			t.Fatalf("aws %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	call(args...)
	return call
}

// TestTwoAppliesAtOnce: the second is told who has the journal, and changes nothing.
func TestTwoAppliesAtOnce(t *testing.T) {
	a := practice.New(practice.Settings{Region: "us-west-2", Delays: practice.Delays{RoleSync: 3 * time.Second, Role: time.Second}})
	file, _ := inAccount(t, a, "simple-cluster.yaml")
	binary := program(t)
	first := exec.Command(binary, "apply", "redshift-ml", "-a", file, "--yes")
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && !changed(a); {
		time.Sleep(5 * time.Millisecond)
	}
	out, err := exec.Command(binary, "apply", "redshift-ml", "-a", file, "--yes").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "lock journal: it is held by process") || !strings.Contains(string(out), "wait until that run has ended") {
		t.Errorf("the second run: %v\n%s", err, out)
	}
	if err := first.Wait(); err != nil {
		t.Error(err)
	}
	if out, err := exec.Command(binary, "apply", "redshift-ml", "-a", file, "--yes").CombinedOutput(); err != nil || !strings.Contains(string(out), "0 changed") {
		t.Errorf("a run after that: %v\n%s", err, out)
	}
}

// changed says that something was changed in an account.
func changed(a *practice.Account) bool {
	for _, c := range a.Calls() {
		if c.Mutating {
			return true
		}
	}
	return false
}

// TestKilledApplyGoesOn kills the real program, with the signal that nobody can catch, at some of its calls, and
// runs it again: the account is the one of a run that nobody disturbed, and undo takes all of it back.
func TestKilledApplyGoesOn(t *testing.T) {
	const name = "sample.yaml"
	whole := practice.New(practice.Settings{Region: "us-east-1"})
	file, _ := inAccount(t, whole, name)
	if _, stderr, code := onramp(t, "apply", "redshift-ml", "-a", file, "--yes"); code != 0 {
		t.Fatal(stderr)
	}
	want := string(whole.State())
	binary := program(t)
	for _, k := range []int{1, 3, 8, 14, 21, 27} {
		a := practice.New(practice.Settings{Region: "us-east-1"})
		file, _ := inAccount(t, a, name)
		cmd := exec.Command(binary, "apply", "redshift-ml", "-a", file, "--yes", "--parallelism", "2")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && changeCount(a) < k; {
			time.Sleep(time.Millisecond)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if _, stderr, code := onramp(t, "apply", "redshift-ml", "-a", file, "--yes"); code != 0 {
			t.Errorf("after a kill at change %d: exit code %d\n%s", k, code, stderr)
			continue
		}
		if have := string(a.State()); have != want {
			t.Errorf("after a kill at change %d:\n%s", k, udiff.Unified("undisturbed", "killed", want, have))
		}
		if _, stderr, code := onramp(t, "undo", "--yes"); code != 0 || strings.Contains(string(a.State()), "redshift-ml.analytics\",\n") && !strings.Contains(string(a.State()), "PendingDeletion") {
			t.Errorf("undo after a kill at change %d: exit code %d\n%s", k, code, stderr)
		}
	}
}

func changeCount(a *practice.Account) int {
	n := 0
	for _, c := range a.Calls() {
		if c.Mutating {
			n++
		}
	}
	return n
}
