package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"onramp/internal/mototest"
)

// onramp runs the program in this process and gives what it printed.
func onramp(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errOut bytes.Buffer
	code = run(args, strings.NewReader(""), &out, &errOut)
	return out.String(), errOut.String(), code
}

// served are the answers files whose whole plan moto can serve. moto knows neither
// ModifyClusterIamRoles nor the Data API, so the cluster is a new one, which gets its role when it is
// made, and its SQL is written down.
var served = []string{"simple-new-cluster", "console-default-new-cluster", "restrictive-new-cluster"}

// inVPC are flags that switch VPC routing on in moto's own VPC.
func inVPC(t *testing.T, m mototest.Server) []string {
	t.Helper()
	list := func(args ...string) string {
		return strings.Join(strings.Fields(m.AWS(t, append(args, "--output", "text")...)), ",")
	}
	return []string{
		"--set", "vpc-routing.enabled=true",
		"--set", "vpc-routing.vpc=" + list("ec2", "describe-vpcs", "--query", "Vpcs[0].VpcId"),
		"--set", "vpc-routing.subnets=" + list("ec2", "describe-subnets", "--query", "Subnets[:2].SubnetId"),
		"--set", "vpc-routing.route-tables=" + list("ec2", "describe-route-tables", "--query", "RouteTables[].RouteTableId"),
	}
}

// TestApplyAndScriptLeaveEqualAccounts is promise 1: what apply does and what the exported script
// does is the same.
func TestApplyAndScriptLeaveEqualAccounts(t *testing.T) {
	m := mototest.Start(t)
	m.Setenv(t)
	for _, name := range served {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("..", "..", "testdata", "answers", name+".yaml")
			m.Reset(t)
			args := append([]string{"apply", "redshift-ml", "-a", file, "--yes"}, inVPC(t, m)...)
			if _, stderr, code := onramp(t, args...); code != 0 {
				t.Fatalf("apply: exit code %d\n%s", code, stderr)
			}
			applied := m.State(t)

			m.Reset(t)
			script := filepath.Join(t.TempDir(), "set-up.sh")
			args = append([]string{"export", "redshift-ml", "-a", file, "-f", "shell", "-o", script}, inVPC(t, m)...)
			if _, stderr, code := onramp(t, args...); code != 0 {
				t.Fatalf("export: exit code %d\n%s", code, stderr)
			}
			bash(t, m, script)
			scripted := m.State(t)
			if applied != scripted {
				t.Errorf("apply and script leave different accounts:\n%s", udiff.Unified("apply", "script", applied, scripted))
			}
			if !strings.Contains(applied, "redshift-ml") {
				t.Error("the account does not hold what the plan makes")
			}

			// Apply after the script finds nothing to do, and the script after itself neither.
			plan := slices.Concat([]string{"plan", "redshift-ml", "-a", file, "--detailed-exitcode"}, inVPC(t, m))
			if out, stderr, code := onramp(t, plan...); code != 0 {
				t.Errorf("plan after the script: exit code %d\n%s%s", code, out, stderr)
			}
			if name != served[len(served)-1] {
				return // one second run is enough: the script's own tests have the others
			}
			bash(t, m, script)
			if again := m.State(t); again != scripted {
				t.Errorf("the second run of the script changed the account:\n%s", udiff.Unified("first", "second", scripted, again))
			}
		})
	}
}

func bash(t *testing.T, m mototest.Server, script string) {
	t.Helper()
	cmd := exec.Command("bash", script)
	cmd.Env = append(m.Env(), "ONRAMP_POLL_SECONDS=0.2")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("run the script: %v\n%s", err, out)
	}
}

// TestNothingIsChangedByLooking is promise 2 on the command line: plan and export leave no trace.
func TestNothingIsChangedByLooking(t *testing.T) {
	m := mototest.Start(t)
	m.Setenv(t)
	before := m.State(t)
	file := filepath.Join("..", "..", "testdata", "answers", "restrictive-new-cluster.yaml")
	for _, args := range [][]string{
		{"plan", "redshift-ml", "-a", file}, {"plan", "redshift-ml", "-a", file, "--json"},
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
