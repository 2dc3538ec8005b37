package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"onramp/internal/awsapi"
	"onramp/internal/plan"
	"onramp/internal/practice"
	"onramp/internal/practice/fault"
)

// logins counts the logins to databases: one for each statement.
func logins(a *practice.Account) int {
	n := 0
	for _, c := range a.Calls() {
		if strings.HasSuffix(c.Op, "ExecuteStatement") {
			n++
		}
	}
	return n
}

// refusing is an account in which every login from a number on is refused, as with a secret whose password is wrong.
func refusing(t *testing.T, from int) *practice.Account {
	t.Helper()
	f, err := fault.Parse(fmt.Sprintf("login:* error from=%d", from))
	if err != nil {
		t.Fatal(err)
	}
	return practice.New(practice.Settings{Region: "us-east-1", Faults: f})
}

// TestOneFailedLogin: whatever a command would run in the database, a refused login is tried once, is named, and no
// other statement is sent.
func TestOneFailedLogin(t *testing.T) {
	for _, command := range []string{"plan", "apply --yes", "apply --yes --adopt", "verify", "verify --fix --yes"} {
		t.Run(command, func(t *testing.T) {
			a := refusing(t, 1)
			file, _ := inAccount(t, a, "sample.yaml")
			words := strings.Fields(command)
			stdout, stderr, _ := onramp(t, append([]string{words[0], "redshift-ml", "-a", file}, words[1:]...)...)
			oneLogin(t, a, 0, stdout+stderr)
		})
	}
	t.Run("undo", func(t *testing.T) {
		a := refusing(t, 10_000)
		file, _ := inAccount(t, a, "sample.yaml")
		if _, stderr, code := onramp(t, "apply", "redshift-ml", "-a", file, "--yes"); code != exitDone {
			t.Fatal(stderr)
		}
		made := logins(a)
		a = refusing(t, made+1)
		file, _ = inAccount(t, a, "sample.yaml")
		if _, stderr, code := onramp(t, "apply", "redshift-ml", "-a", file, "--yes"); code != exitDone {
			t.Fatal(stderr)
		}
		stdout, stderr, code := onramp(t, "undo", "--yes")
		if code != exitFailed {
			t.Errorf("exit code %d", code)
		}
		oneLogin(t, a, made, stdout+stderr)
	})
}

func oneLogin(t *testing.T, a *practice.Account, before int, said string) {
	t.Helper()
	if n := logins(a) - before; n != 1 {
		t.Errorf("%d logins\n%s", n, said)
	}
	if !strings.Contains(said, `password authentication failed for user "awsuser"`) {
		t.Errorf("nobody says why:\n%s", said)
	}
}

// TestLoginsOfASession: pick lists, looks and runs of one wizard share what is known of a login, also where they come at
// once. A warehouse that could not be reached is tried again by the next run, and a refused user is not.
func TestLoginsOfASession(t *testing.T) {
	for message, again := range map[string]int{"": 0, "connection timed out": 1} {
		logged := &awsapi.Logins{}
		f, err := fault.Parse("login:* error")
		if message != "" {
			f, err = fault.Parse(`login:* error msg="` + message + `"`)
		}
		if err != nil {
			t.Fatal(err)
		}
		a := practice.New(practice.Settings{Region: "us-east-1", Faults: f})
		run := func() {
			var all sync.WaitGroup
			for i := range 10 {
				client, err := awsapi.New(t.Context(), awsapi.Options{Region: "us-east-1", Account: a, Logins: logged})
				if err != nil {
					t.Fatal(err)
				}
				all.Go(func() {
					_, err := client.Call(t.Context(), plan.NewCall("redshift-data", "ExecuteStatement",
						"ClusterIdentifier", "analytics", "Database", "dev", "DbUser", "awsuser", "Sql", fmt.Sprintf("SELECT %d", i)))
					if err == nil || !strings.Contains(err.Error(), "connect to the database: ") {
						t.Errorf("error %v", err)
					}
				})
			}
			all.Wait()
		}
		run()
		run()
		if n := logins(a); n != 1 {
			t.Errorf("%q: %d logins", message, n)
		}
		logged.NewRun()
		run()
		if n := logins(a); n != 1+again {
			t.Errorf("%q: %d logins after a new run", message, n)
		}
	}
}
