package commandline_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"onramp/render/commandline"
)

// echo is set in a process that prints its arguments.
const echo = "ONRAMP_ECHO_ARGUMENTS"

func TestMain(m *testing.M) {
	if os.Getenv(echo) == "" {
		os.Exit(m.Run())
	}
	_ = json.NewEncoder(os.Stdout).Encode(os.Args[1:])
}

// TestCmdReadsIt: cmd passes each word on as it was.
func TestCmdReadsIt(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(echo, "1")
	for _, text := range []string{
		"redshift-ml", "-a", "--set=role.policy=tightened", "", "my answers.yaml", `C:\Users\Ada L\a.yaml`, `C:\Ada L\`, `plan\`,
		`\\server\share\a.yaml`, "it's", "a&b|c>d<e^f", "a,b;c", "(a)", "50%", "!a!", "@a", "#a", "~", `a\\b c`, "äöü 日本",
	} {
		cmd := exec.Command("cmd")
		cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /s /c "` + commandline.Windows.Line([]string{self, text, "end"}) + `"`}
		out, err := cmd.CombinedOutput()
		var got []string
		if err != nil || json.Unmarshal(out, &got) != nil || len(got) != 2 || got[0] != text || got[1] != "end" {
			t.Errorf("%q arrives as %q, %v\n%s", text, got, err, out)
		}
	}
}
