package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"onramp/internal/mototest"
)

// onramp runs the program in this process and gives what it printed.
func onramp(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errOut bytes.Buffer
	code = run(guides(), args, strings.NewReader(""), &out, &errOut)
	return out.String(), errOut.String(), code
}

// TestNothingIsChangedByLooking is promise 2 on the command line: plan and export leave no trace.
func TestNothingIsChangedByLooking(t *testing.T) {
	m := mototest.Start(t)
	m.Setenv(t)
	before := m.State(t)
	file := filepath.Join("..", "..", "testdata", "answers", "restrictive-new-cluster.yaml")
	for _, args := range [][]string{
		{"plan", "redshift-ml", "-a", file},
		{"plan", "redshift-ml", "-a", file, "--json"},
		{"export", "redshift-ml", "-a", file, "-f", "all", "-o", t.TempDir()},
	} {
		if _, stderr, code := onramp(t, args...); code != 0 {
			t.Fatalf("%v: exit code %d\n%s", args, code, stderr)
		}
	}
	if after := m.State(t); after != before {
		t.Errorf("looking changed the account:\n%s", udiff.Unified("before", "after", before, after))
	}
}

// TestAnotherAccountIsRefused: answers for one account are never applied in another.
func TestAnotherAccountIsRefused(t *testing.T) {
	m := mototest.Start(t)
	m.Setenv(t)
	before := m.State(t)
	file := filepath.Join("..", "..", "testdata", "answers", "restrictive-new-cluster.yaml")
	_, stderr, code := onramp(t, "apply", "redshift-ml", "-a", file, "--set", "account=999988887777", "--yes")
	if code != exitAnswers || !strings.Contains(stderr, "the caller's account is "+mototest.Account) {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
	if after := m.State(t); after != before {
		t.Error("the account was changed")
	}
}

// TestForeignRoleStopsApplyBeforeAnythingIsWritten is promise 6.
func TestForeignRoleStopsApplyBeforeAnythingIsWritten(t *testing.T) {
	m := mototest.Start(t)
	m.Setenv(t)
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	m.AWS(t, "iam", "create-role", "--role-name", "redshift-ml-tight", "--assume-role-policy-document", trust)
	before := m.State(t)
	file := filepath.Join("..", "..", "testdata", "answers", "restrictive-new-cluster.yaml")
	_, stderr, code := onramp(t, "apply", "redshift-ml", "-a", file, "--yes")
	if code != exitFailed || !strings.Contains(stderr, "--adopt") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
	if after := m.State(t); after != before {
		t.Errorf("the account was changed:\n%s", udiff.Unified("before", "after", before, after))
	}
	if _, stderr, code := onramp(t, "apply", "redshift-ml", "-a", file, "--yes", "--adopt"); code != 0 {
		t.Errorf("with --adopt: exit code %d\n%s", code, stderr)
	}
}
