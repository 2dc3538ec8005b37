package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"onramp/internal/answers"
	"onramp/internal/testenv"
	"onramp/internal/tools/terminal"
)

func answersFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../testdata/answers/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	return files
}

// guideIn is the guide that an answers file is for.
func guideIn(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return answers.GuideOf(data)
}

// TestEveryAnswersFileIsAppliedInPractice needs no credentials, no network and no consent.
func TestEveryAnswersFileIsAppliedInPractice(t *testing.T) {
	for _, file := range answersFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			out, stderr, code := onramp(t, "apply", guideIn(t, file), "--practice", "--practice-delays", "0", "-a", file, "--yes", "--json")
			if code != 0 {
				t.Fatalf("exit code %d\n%s", code, stderr)
			}
			var end struct {
				Account         string
				Changed, Failed []string
			}
			lines := strings.Split(strings.TrimSpace(out), "\n")
			if err := json.Unmarshal([]byte(lines[len(lines)-1]), &end); err != nil {
				t.Fatal(err)
			}
			if end.Account != "000000000000" || len(end.Changed) == 0 || len(end.Failed) > 0 {
				t.Errorf("%+v", end)
			}
		})
	}
}

// TestOperatorPolicyInPractice: what plan prints is enough to apply it, also where it was printed for
// the real account, and less is not.
func TestOperatorPolicyInPractice(t *testing.T) {
	file := "../../testdata/answers/sample.yaml"
	for name, mode := range map[string]string{"for the practice account": "--practice", "for the real account": "--offline"} {
		t.Run(name, func(t *testing.T) {
			out, stderr, code := onramp(t, "plan", "redshift-ml", mode, "-a", file, "--json")
			var p struct {
				Operator json.RawMessage `json:"operator_policy"`
			}
			if err := json.Unmarshal([]byte(out), &p); err != nil {
				t.Fatal(code, stderr, err)
			}
			apply := func(policy string) (string, int) {
				path := filepath.Join(t.TempDir(), "operator.json")
				if err := os.WriteFile(path, []byte(policy), 0o600); err != nil {
					t.Fatal(err)
				}
				_, stderr, code := onramp(t, "apply", "redshift-ml", "--practice-policy", path, "--practice-delays", "0", "-a", file, "--yes")
				return stderr, code
			}
			if stderr, code := apply(string(p.Operator)); code != 0 {
				t.Errorf("the operator policy is not enough: exit code %d\n%s", code, stderr)
			}
			less := strings.Replace(string(p.Operator), `"iam:PassRole"`, `"iam:ListRoles"`, 1)
			if stderr, code := apply(less); code != exitFailed || !strings.Contains(stderr, "iam:PassRole") {
				t.Errorf("without iam:PassRole: exit code %d\n%s", code, stderr)
			}
		})
	}
}

// listening is `onramp practice --listen`, as another program reaches it.
type listening struct {
	env []string
	url string
}

// serve starts the real command in a region and reads what it prints for a shell.
func serve(t *testing.T, binary, region string) listening {
	t.Helper()
	cmd := exec.Command(binary, "practice", "--listen", "127.0.0.1:0", "--practice-delays", "0", "--region", region)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("practice did not end as it should: %v", err)
		}
	})
	s := listening{env: slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "AWS_") })}
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "unset") {
		kv, found := strings.CutPrefix(lines.Text(), "export ")
		if !found {
			continue
		}
		kv = strings.ReplaceAll(kv, "'", "")
		s.env = append(s.env, kv)
		if url, ok := strings.CutPrefix(kv, "AWS_ENDPOINT_URL="); ok {
			s.url = url
		}
	}
	if s.url == "" {
		t.Fatal("practice printed no address")
	}
	return s
}

func (s listening) get(t *testing.T, path string) string {
	t.Helper()
	r, err := http.Get(s.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func (s listening) reset(t *testing.T) {
	t.Helper()
	r, err := http.Post(s.url+"/practice/reset", "", nil)
	if err != nil || r.StatusCode != http.StatusNoContent {
		t.Fatal(r, err)
	}
	r.Body.Close()
}

// run runs a command inside the account.
func (s listening) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), name, args...)
	if name == "bash" { // a script may write files into the current folder
		cmd.Dir = filepath.Dir(args[0])
	}
	cmd.Env = append(slices.Clone(s.env), "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "ONRAMP_POLL_SECONDS=0.1", "ROUTING_CHECKED=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// sampled are the answers files whose script is run where not all are: the AWS CLI takes half a second
// a call. ONRAMP_ALL=1 runs all; docs/proofs.md holds its last result.
var sampled = []string{"simple-serverless.yaml"}

// TestScriptAndApplyLeaveEqualPracticeAccounts runs the exported script with the AWS CLI, twice, and
// apply, against `onramp practice --listen`, and checks their calls against AWS's own models.
func TestScriptAndApplyLeaveEqualPracticeAccounts(t *testing.T) {
	testenv.AWS(t)
	binary := program(t)
	for _, file := range answersFiles(t) {
		if !slices.Contains(sampled, filepath.Base(file)) && !testenv.All() {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			scriptEqualsApply(t, binary, file)
		})
	}
}

func scriptEqualsApply(t *testing.T, binary, file string) {
	guide, dir := guideIn(t, file), t.TempDir()
	mine := filepath.Join(dir, "answers.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mine, []byte(strings.ReplaceAll(string(text), "111122223333", "000000000000")), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, binary, regionIn(t, string(text)))
	script := filepath.Join(dir, "script.sh")
	s.run(t, binary, "export", guide, "-a", mine, "-f", "shell", "-o", script)
	s.reset(t)

	s.run(t, "bash", script)
	first, calls := s.get(t, "/practice/state"), s.get(t, "/practice/calls")
	s.run(t, "bash", script)
	if again := s.get(t, "/practice/state"); again != first {
		t.Errorf("the second run of the script changed the account:\n%s", udiff.Unified("first", "second", first, again))
	}
	if made := changes(t, s.get(t, "/practice/calls")[len(calls):]); len(made) > 0 {
		t.Errorf("the second run of the script made %v", made)
	}
	all := s.get(t, "/practice/calls")

	s.reset(t)
	s.run(t, binary, "apply", guide, "-a", mine, "--yes")
	if applied := s.get(t, "/practice/state"); applied != first {
		t.Errorf("apply and script leave different accounts:\n%s", udiff.Unified("script", "apply", first, applied))
	}
	calls = s.get(t, "/practice/calls")
	s.run(t, binary, "apply", guide, "-a", mine, "--yes")
	if made := changes(t, s.get(t, "/practice/calls")[len(calls):]); len(made) > 0 {
		t.Errorf("the second apply made %v", made)
	}
	legal(t, all+s.get(t, "/practice/calls"))
}

func regionIn(t *testing.T, text string) string {
	t.Helper()
	for line := range strings.Lines(text) {
		if region, ok := strings.CutPrefix(line, "region: "); ok {
			return strings.TrimSpace(region)
		}
	}
	t.Fatal("the answers file names no region")
	return ""
}

// changes are the calls of a log that change something.
func changes(t *testing.T, log string) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(log) {
		var c struct {
			Op       string
			Mutating bool
		}
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		if c.Mutating {
			out = append(out, c.Op)
		}
	}
	return out
}

// legal checks the calls of a log against AWS's own models.
func legal(t *testing.T, log string) {
	t.Helper()
	testenv.Python(t, "pip install botocore", "botocore.session")
	cmd := exec.Command("python3", "testdata/legal.py")
	cmd.Stdin = strings.NewReader(log)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("calls that AWS would not take: %v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// TestLegalFindsWhatIsNot: a check that cannot fail checks nothing.
func TestLegalFindsWhatIsNot(t *testing.T) {
	testenv.Python(t, "pip install botocore", "botocore.session")
	for body, want := range map[string]string{
		`{"op":"iam:CreateRole","body":"Action=CreateRole&Version=2010-05-08&RoleName=x&AssumeRolePolicyDocument=d&Colour=red"}`: "Colour",
		`{"op":"iam:CreateRole","body":"Action=CreateRole&Version=2010-05-08&RoleName=x"}`:                                       "AssumeRolePolicyDocument",
		`{"op":"kms:CreateKey","body":"{\"KeySpec\":\"RSA_1\"}"}`:                                                                "KeySpec",
		`{"op":"s3:CreateBucket","input":{"Bucket":"ab"},"body":""}`:                                                             "",
	} {
		cmd := exec.Command("python3", "testdata/legal.py")
		cmd.Stdin = strings.NewReader(body + "\n")
		out, err := cmd.CombinedOutput()
		if want != "" && (err == nil || !strings.Contains(string(out), want)) || want == "" && err != nil {
			t.Errorf("%s: %v\n%s", body, err, out)
		}
	}
}

// TestPracticeInTheWizard drives the real binary without credentials: a wrong key, the practice
// account, the review, the run, and the command for the real account.
func TestPracticeInTheWizard(t *testing.T) {
	dir := t.TempDir()
	w := wizard(t, terminal.Size{Width: 80, Height: 24}, dir, "redshift-ml", "-a", "../../testdata/answers/simple-serverless.yaml", "--practice-delays", "0")
	play(t, w, "<wait:PRACTICE ACCOUNT><wait:Enter begins>x<enter><wait:Review><wait:+ make>a<wait:Type>000000000000<enter><wait:nothing was done>")
	play(t, w, "<ctrl-u>yes<enter><wait:Now for real><wait:Nothing real was changed>")
	if text := w.Text(); !strings.Contains(text, "onramp apply redshift-ml -a ../../testdata/answers/simple-serverless.yaml") || strings.Contains(text, "111122223333") {
		t.Errorf("the last page:\n%s", text)
	}
	play(t, w, "f<wait:redshift-ml.yaml><ctrl-u>"+filepath.Join(dir, "mine.yaml")+"<enter><wait:mine.yaml>")
	data, err := os.ReadFile(filepath.Join(dir, "mine.yaml"))
	if err != nil || !strings.Contains(string(data), `account: "111122223333"`) || strings.Contains(string(data), "000000000000") {
		t.Errorf("the answers that leave the practice account: %v\n%s", err, data)
	}
}

// TestWithoutCredentialsTheWizardOffersPractice: nobody is left alone at a terminal.
func TestWithoutCredentialsTheWizardOffersPractice(t *testing.T) {
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"} {
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	w := wizard(t, terminal.Size{Width: 80, Height: 24}, t.TempDir(), "redshift-ml")
	play(t, w, "<wait:How to go on without credentials>x<enter><wait:PRACTICE ACCOUNT><wait:What will run CREATE MODEL>")
	if text := w.Text(); !strings.Contains(text, fmt.Sprintf("%012d", 0)) {
		t.Errorf("the page does not name the account:\n%s", text)
	}
}
