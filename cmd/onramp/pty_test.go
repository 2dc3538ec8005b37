package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"onramp/internal/tools/terminal"
)

// built is the folder of the binary, which is built once.
var built = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp(scratch, "")
	if err != nil {
		return "", err
	}
	if out, err := exec.Command("go", "build", "-o", filepath.Join(folder, "onramp"), ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return folder, nil
})

// program gives the path of the real binary.
func program(t *testing.T) string {
	t.Helper()
	folder, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, "onramp")
}

// wizard starts the real binary in a terminal.
func wizard(t *testing.T, size terminal.Size, state string, args ...string) *terminal.Terminal {
	t.Helper()
	w, err := terminal.Start(terminal.Options{Size: size, Env: []string{"XDG_STATE_HOME=" + state, "AWS_EC2_METADATA_DISABLED=true"}},
		append([]string{program(t)}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

func play(t *testing.T, w *terminal.Terminal, keys string) {
	t.Helper()
	if err := w.Play(keys); err != nil {
		t.Fatalf("%v\n%s", err, w.Text())
	}
}

// TestWizardFromFirstQuestionToScript drives the real binary at 80x24, with a wrong answer first, and
// a step back, to a script that bash can read.
func TestWizardFromFirstQuestionToScript(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "set-up.sh")
	w := wizard(t, terminal.Size{Width: 80, Height: 24}, dir, "redshift-ml", "--offline")
	play(t, w, "<wait:Enter begins><enter><wait:Account number>12<enter><wait:12 digits>")
	play(t, w, "<ctrl-u>111122223333<enter><wait:Region>us-east-1<enter><wait:What will run CREATE MODEL>")
	play(t, w, "<esc><wait:us-east-1><enter><wait:What will run CREATE MODEL><enter><wait:Cluster identifier>analytics<enter>")
	play(t, w, "<wait:The database that>dev<ctrl-u>dev<enter><wait:How much the role may do><enter><wait:Which version><down><enter>")
	play(t, w, "<wait:A name that no other><enter><wait:unless your organisation><enter><wait:IAM_ROLE default><enter><wait:ARN of the policy><enter>")
	play(t, w, "<wait:aws:SourceAccount to the trust><enter><wait:Where training data><enter><wait:3 to 63 lower-case>acme-redshift-ml<enter>")
	play(t, w, "<wait:redshift-downloads><enter><wait:Whether a KMS key><enter><wait:How many database groups><enter><wait:Makes the endpoints><enter>")
	play(t, w, "<wait:Review>s<wait:redshift-ml.sh><ctrl-u>"+script+"<enter><wait:set-up.sh>")
	data, err := os.ReadFile(script)
	if err != nil {
		t.Fatalf("%v\n%s", err, w.Text())
	}
	for _, want := range []string{"acme-redshift-ml", "111122223333", "SageMakerRedshiftJobs"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the script lacks %s", want)
		}
	}
	if out, err := exec.Command("bash", "-n", script).CombinedOutput(); err != nil {
		t.Errorf("bash cannot read the script: %v\n%s", err, out)
	}
}

// TestWizardKeepsAnswersWhenItIsKilled: what was answered is offered again.
func TestWizardKeepsAnswersWhenItIsKilled(t *testing.T) {
	dir := t.TempDir()
	w := wizard(t, terminal.Size{Width: 80, Height: 24}, dir, "redshift-ml", "--offline")
	play(t, w, "<wait:Enter begins><enter><wait:Account number>111122223333<enter><wait:Region>eu-west-1<enter><wait:What will run CREATE MODEL><enter><wait:Cluster identifier>")
	draft := filepath.Join(dir, "onramp", "draft-redshift-ml.yaml")
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if data, _ := os.ReadFile(draft); strings.Contains(string(data), "eu-west-1") {
			break
		}
	}
	if err := w.Close(); err != nil {
		t.Log(err) // it was killed
	}
	info, err := os.Stat(draft)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the draft can be read by others: %v", info.Mode())
	}
	again := wizard(t, terminal.Size{Width: 80, Height: 24}, dir, "redshift-ml", "--offline")
	play(t, again, "<wait:Continue where you stopped><enter><wait:Cluster identifier>")
}
