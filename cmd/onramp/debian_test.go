package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"onramp/internal/testenv"
)

// debianCLI is the AWS CLI of the distribution, which may be years older than the one that is first on PATH.
const debianCLI = "/usr/bin/aws"

// TestScriptsWithTheCLIOfDebian runs exported scripts with an old AWS CLI: one that it can run, to its end, and one
// that uses an option that it lacks, which stops before it changes anything. Version 2.9 does not read
// AWS_ENDPOINT_URL, so a command of the same name passes the address.
func TestScriptsWithTheCLIOfDebian(t *testing.T) {
	out, err := exec.Command(debianCLI, "--version").CombinedOutput()
	if err != nil {
		testenv.Missing(t, debianCLI+" is not installed: apt-get install awscli")
	}
	version := regexp.MustCompile(`aws-cli/([0-9.]+)`).FindStringSubmatch(string(out))
	if version == nil || !regexp.MustCompile(`^(1\.2[2-8]\.|2\.([4-9]|1[0-2])\.)`).MatchString(version[1]) {
		t.Skipf("NOT TESTED: %s is not old enough: %s", debianCLI, out)
	}
	bin := t.TempDir()
	wrapper := "#!/bin/sh\nexec " + debianCLI + " --endpoint-url \"$AWS_ENDPOINT_URL\" \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "aws"), []byte(wrapper), 0o755); err != nil {
		t.Fatal(err)
	}
	binary := program(t)
	// exported is the account in which a script is to run, with this CLI first on PATH, and the script.
	exported := func(t *testing.T, file string) (listening, string) {
		file = filepath.Join("..", "..", "testdata", "answers", file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		mine, script := filepath.Join(dir, "answers.yaml"), filepath.Join(dir, "script.sh")
		if err := os.WriteFile(mine, []byte(strings.ReplaceAll(string(text), "111122223333", "000000000000")), 0o600); err != nil {
			t.Fatal(err)
		}
		s := serve(t, binary, regionIn(t, string(text)))
		s.run(t, binary, "export", guideIn(t, file), "-a", mine, "-f", "shell", "-o", script)
		s.reset(t)
		s.env = append(s.env, "PATH="+bin+":"+os.Getenv("PATH"))
		return s, script
	}
	t.Run("it can run this one", func(t *testing.T) {
		t.Parallel()
		s, script := exported(t, "ai-unlimited-stack.yaml")
		before := s.get(t, "/practice/state")
		if out := s.run(t, "bash", script); !strings.Contains(out, "\nFinished: ") || s.get(t, "/practice/state") == before {
			t.Errorf("the script has changed nothing:\n%s", out)
		}
	})
	t.Run("it cannot run this one", func(t *testing.T) {
		t.Parallel()
		s, script := exported(t, "restrictive-new-cluster.yaml")
		cmd := exec.Command("bash", script)
		cmd.Dir, cmd.Env = filepath.Dir(script), append(s.env, "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null")
		out, err := cmd.CombinedOutput()
		if err == nil {
			t.Error("the script ended well")
		}
		for _, says := range []string{
			"error: AWS CLI " + version[1] + " lacks what this script needs:",
			"aws redshift create-cluster --manage-master-password (new in 1.29.64 and 2.13.27)",
			"update it to ", "This run has changed nothing.",
		} {
			if !strings.Contains(string(out), says) {
				t.Errorf("it does not say %q:\n%s", says, out)
			}
		}
		calls := s.get(t, "/practice/calls")
		if made := changes(t, calls); len(made) > 0 {
			t.Errorf("it changed the account: %v", made)
		}
		if !strings.Contains(calls, "GetCallerIdentity") {
			t.Errorf("it did not reach the account:\n%s", calls)
		}
	})
}
