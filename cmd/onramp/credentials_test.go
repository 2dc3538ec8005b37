package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"onramp/internal/practice"
	"onramp/internal/practice/fault"
)

// TestCredentials runs testdata/credentials/*.txtar: each against an AWS of its own, with the configuration in the
// script. Nothing is set that would hide what a machine without credentials does.
func TestCredentials(t *testing.T) {
	silent, closed := silentServer(t), closedPort(t)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "credentials"),
		Setup: func(e *testscript.Env) error {
			f, url := newFakeAWS(t, practice.Settings{})
			for name, value := range map[string]string{
				"HOME": e.WorkDir, "XDG_STATE_HOME": filepath.Join(e.WorkDir, "state"), "AWS_CONFIG_FILE": filepath.Join(e.WorkDir, "config"),
				"AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_ENDPOINT_URL": url, "AWS_EC2_METADATA_SERVICE_ENDPOINT": closed,
				"PROXY": proxy(t, f, filepath.Join(e.WorkDir, "ca.pem")), "CLOSED_PROXY": strings.Replace(closed, "http://", "http://anna:SECRET@", 1),
				"SILENT": silent, "CLOSED": closed, "AWS": url,
			} {
				e.Setenv(name, value)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitcode, "within": within, "mode": mode,
		},
	})
}

// within runs a command that must end in time: within 10s exitcode 1 onramp plan ...
func within(ts *testscript.TestScript, neg bool, args []string) {
	limit, err := time.ParseDuration(args[0])
	ts.Check(err)
	begun := time.Now()
	exitcode(ts, neg, args[2:])
	if took := time.Since(begun); took > limit {
		ts.Fatalf("took %s", took)
	}
}

// mode wants the mode of a file: mode 600 file
func mode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := strings.TrimLeft(info.Mode().Perm().String(), "-"); got != args[0] {
		ts.Fatalf("mode of %s is %s, want %s", args[1], got, args[0])
	}
}

// silentServer takes connections and never answers.
func silentServer(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			if _, err := l.Accept(); err != nil {
				return
			}
		}
	}()
	return "http://" + l.Addr().String()
}

// closedPort is an address that refuses connections.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return "http://" + l.Addr().String()
}

// TestCredentialsThatExpireInTheMiddle: the run stops, says what it has done, and the same command resumes it.
func TestCredentialsThatExpireInTheMiddle(t *testing.T) {
	faults, err := fault.Parse("redshift:ModifyClusterIamRoles error code=ExpiredToken status=403 times=1")
	if err != nil {
		t.Fatal(err)
	}
	a := practice.New(practice.Settings{Region: "us-east-1", Faults: faults})
	file, _ := inAccount(t, a, "sample.yaml")
	args := []string{"apply", "redshift-ml", "-a", file, "--yes", "--adopt"}
	_, stderr, code := onramp(t, args...)
	if code != exitCredentials {
		t.Errorf("exit code %d, want %d", code, exitCredentials)
	}
	for _, want := range []string{"ExpiredToken", "sign in again", "to resume: onramp apply redshift-ml -a " + file, "as planned already, 1 failed"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q is missing:\n%s", want, stderr)
		}
	}
	if _, stderr, code := onramp(t, args...); code != exitDone {
		t.Errorf("the same command again: exit code %d\n%s", code, stderr)
	}
	if stdout, _, code := onramp(t, "verify", "redshift-ml", "-a", file); code != exitDone {
		t.Errorf("verify: exit code %d\n%s", code, stdout)
	}
}
