package main

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"onramp/internal/testenv"
)

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"onramp": main, withExample: mainWithExample})
}

// scratch is a folder for what several tests share.
var scratch string

// tests run without the settings of the caller.
type tests struct{ *testing.M }

// Run implements testscript.TestingM.
func (t tests) Run() int {
	var remove func()
	scratch, remove = testenv.Clean()
	defer remove()
	return t.M.Run()
}

// TestScripts runs testdata/*.txtar with the real program.
func TestScripts(t *testing.T) {
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("ANSWERS", root+"/../../testdata/answers")
			e.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			e.Setenv("AWS_CONFIG_FILE", "/dev/null")
			e.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_STATE_HOME", e.WorkDir+"/state")
			return nil
		},
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"exitcode": exitcode},
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
	})
}

// exitcode runs the program and wants one exit code: exitcode 3 onramp plan ...
func exitcode(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exitcode N program [args...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}
