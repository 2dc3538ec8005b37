//go:build unix

package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onramp/internal/practice"
	"onramp/internal/tools/terminal"
)

// signingIn starts the wizard with a configuration of its own, and with nothing set that would hide what a machine
// without credentials does.
func signingIn(t *testing.T, binary string, size terminal.Size, config string, env []string, args ...string) *terminal.Terminal {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "config")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	unset := []string{"env"}
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if upper := strings.ToUpper(name); strings.HasPrefix(upper, "AWS_") || strings.HasSuffix(upper, "_PROXY") || upper == "ONRAMP_DEBUG_LOG" {
			unset = append(unset, "-u", name)
		}
	}
	set := []string{
		"AWS_CONFIG_FILE=" + file, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull, "AWS_REGION=us-east-1", "HOME=" + dir, "XDG_STATE_HOME=" + dir,
	}
	w, err := terminal.Start(terminal.Options{Size: size}, slices.Concat(unset, set, env, []string{binary}, args)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

// the first frame, as the wizard draws it before it knows who calls.
const firstFrame = ` onramp                                                    looking who you are…
 ──────────────────────────────────────────────────────────────────────────────

 Amazon Redshift ML administration
 Role, trust, bucket, key, user groups, VPC routing and SQL permissions that
 CREATE MODEL needs.

 Account  looking who you are…



 › Enter begins.`

// afterwards is what stands below the header once there are no credentials.
const afterwards = ` Amazon Redshift ML administration
 Role, trust, bucket, key, user groups, VPC routing and SQL permissions that
 CREATE MODEL needs.

`

// TestSigningIn starts the real binary, built once, in a terminal.
func TestSigningIn(t *testing.T) {
	binary := program(t)
	t.Run("first frame", func(t *testing.T) { firstFrames(t, binary) })
	t.Run("code in the wizard", func(t *testing.T) { codeInTheWizard(t, binary) })
	t.Run("code on a line", func(t *testing.T) { codeOnALine(t, binary) })
	t.Run("code in the middle of a run", func(t *testing.T) { codeInTheMiddle(t, binary) })
	t.Run("interrupted at the prompt", func(t *testing.T) { interruptedAtThePrompt(t, binary) })
}

// firstFrames are clean and come in time: whatever credentials are waited for, and whatever a library or a process would
// write to the terminal meanwhile, the page is what onramp draws and nothing else.
func firstFrames(t *testing.T, binary string) {
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(refusing.Close)
	written := filepath.Join(t.TempDir(), "written")
	for name, c := range map[string]struct {
		config string
		env    []string
		later  string // what stands on the page in the end; "" : it is not waited for
	}{
		"a metadata service that answers 403": {"", []string{"AWS_EC2_METADATA_SERVICE_ENDPOINT=" + refusing.URL}, `
 Account  No usable AWS credentials: none in the environment, in a profile or
          from an instance.`},
		"a metadata service that hangs": {"", []string{"AWS_EC2_METADATA_SERVICE_ENDPOINT=" + silentServer(t)}, `
 Account  No usable AWS credentials: none in the environment, in a profile or
          from an instance.`},
		"a process that writes to its standard error and fails": {
			"[default]\ncredential_process = sh -c 'echo SECRET >&2; echo SECRET >/dev/tty; exit 3'\n", nil, `
 Account  No usable AWS credentials: the credential_process of profile
          "default" failed with exit code`},
		"a process that takes 20 seconds": {"[default]\ncredential_process = sh -c 'echo SECRET >&2; : >\"$WRITTEN\"; exec sleep 20'\n", []string{"WRITTEN=" + written}, ""},
		"a process that asks":             {"[default]\ncredential_process = sh -c 'read code </dev/tty || read code || exit 9'\n", nil, `failed with exit code`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := signingIn(t, binary, terminal.Size{Width: 80, Height: 24}, c.config, c.env, "redshift-ml")
			shown := func(text string) bool {
				return strings.HasPrefix(unpadded(text), firstFrame) || strings.Contains(text, "How to go on")
			}
			at, err := w.Until(5*time.Second, shown)
			if err != nil {
				t.Fatalf("%v\n%s", err, w.Text())
			}
			t.Logf("the first frame came after %s", at.Sub(w.Started()))
			if c.later != "" {
				if _, err := w.Until(15*time.Second, func(text string) bool { return strings.Contains(text, "How to go on without credentials?") }); err != nil {
					t.Fatalf("%v\n%s", err, w.Text())
				}
				w.Still(300*time.Millisecond, 5*time.Second)
				if text := unpadded(w.Text()); !strings.Contains(text, strings.TrimPrefix(c.later, "\n")) || !strings.Contains(text, afterwards) {
					t.Errorf("the page is not clean:\n%s", text)
				}
			}
			for end := time.Now().Add(10 * time.Second); c.later == "" && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
				if _, err := os.Stat(written); err == nil {
					w.Still(300*time.Millisecond, 5*time.Second)
					if text := unpadded(w.Text()); !strings.HasPrefix(text, firstFrame) {
						t.Errorf("the page is not clean:\n%s", text)
					}
					break
				}
			}
			if text := w.Text(); strings.Contains(text, "SECRET") || strings.Contains(text, "SDK") {
				t.Errorf("something was written over the page:\n%s", text)
			}
		})
	}
}

// unpadded is a screen without the blanks at the ends of its lines.
func unpadded(screen string) string {
	lines := strings.Split(strings.ReplaceAll(screen, "\r", ""), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

const withMFA = `[profile base]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = s
[profile admin]
role_arn = arn:aws:iam::000000000000:role/admin
source_profile = base
mfa_serial = arn:aws:iam::000000000000:mfa/alice
`

// codeInTheWizard: a wrong form and a wrong code first.
func codeInTheWizard(t *testing.T, binary string) {
	f, url := newFakeAWS(t, practice.Settings{})
	w := signingIn(t, binary, terminal.Size{Width: 100, Height: 30}, withMFA, []string{"AWS_ENDPOINT_URL=" + url}, "redshift-ml", "--profile", "admin")
	play(t, w, "<wait:MFA code of arn:aws:iam::000000000000:mfa/alice>")
	w.Still(500*time.Millisecond, 5*time.Second) // it opens by itself and takes no key at once
	play(t, w, "12<enter><wait:a code has 6 digits><ctrl-u>654321<enter><wait:MultiFactorAuthentication failed>"+goodCode+"<enter><wait:profile admin>")
	if text := w.Text(); !strings.Contains(text, "000000000000 (onramp-practice)") || strings.Contains(text, goodCode) {
		t.Error(text)
	}
	play(t, w, "<enter><wait:What will run CREATE MODEL><enter><wait:analytics>") // look-ups, in the background
	if n := len(f.requests()); n != 2 {
		t.Errorf("a role was assumed %d times, want once with a wrong code and once with the right one", n)
	}
}

// codeOnALine: plan asks on the terminal, and its output stays what it is.
func codeOnALine(t *testing.T, binary string) {
	_, url := newFakeAWS(t, practice.Settings{})
	answers := mfaAnswers(t)
	w := signingIn(t, binary, terminal.Size{Width: 120, Height: 40}, withMFA, []string{"AWS_ENDPOINT_URL=" + url}, "plan", "redshift-ml", "--profile", "admin", "-a", answers)
	play(t, w, "<wait:MFA code of arn:aws:iam::000000000000:mfa/alice (profile admin)>12<enter><wait:a code has 6 digits>654321<enter><wait:MultiFactorAuthentication failed>")
	play(t, w, goodCode+"<enter><wait:onramp-mfa-1>")
}

func mfaAnswers(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "answers.yaml")
	const text = "guide: redshift-ml\nwarehouse: {kind: cluster, cluster: analytics}\nbucket: {choice: new, name: onramp-mfa-1}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// codeInTheMiddle: the first session expires while roles of the cluster are waited for. The run asks again and goes on.
func codeInTheMiddle(t *testing.T, binary string) {
	f, url := newFakeAWS(t, practice.Settings{Delays: practice.Delays{RoleSync: 4 * time.Second}})
	f.first = 32 * time.Second // onramp renews it half a minute before it expires
	w := signingIn(t, binary, terminal.Size{Width: 160, Height: 60}, withMFA, []string{"AWS_ENDPOINT_URL=" + url},
		"apply", "redshift-ml", "--profile", "admin", "-a", mfaAnswers(t), "--yes", "--adopt")
	play(t, w, "<wait:MFA code>"+goodCode+"<enter>")
	again := func(text string) bool {
		return strings.Count(text, "MFA code of arn:aws:iam::000000000000:mfa/alice") == 2
	}
	if _, err := w.Until(15*time.Second, again); err != nil {
		t.Fatalf("%v\n%s", err, w.Text())
	}
	if text := w.Text(); !strings.Contains(text, "waiting:") || strings.Contains(text, "to undo:") {
		t.Errorf("the code is not asked for in the middle:\n%s", text)
	}
	play(t, w, goodCode+"<enter><wait:to undo:>")
	if text := w.Text(); strings.Contains(text, "failed") {
		t.Error(text)
	}
}

// interruptedAtThePrompt: Ctrl-C there ends the program, as it does anywhere.
func interruptedAtThePrompt(t *testing.T, binary string) {
	_, url := newFakeAWS(t, practice.Settings{})
	w := signingIn(t, binary, terminal.Size{Width: 120, Height: 40}, withMFA, []string{"AWS_ENDPOINT_URL=" + url},
		"plan", "redshift-ml", "--profile", "admin", "-a", mfaAnswers(t))
	play(t, w, "<wait:MFA code><ctrl-c><wait:onramp: >")
	if text := w.Text(); strings.Contains(text, "no usable AWS credentials") || !strings.Contains(text, "interrupted") {
		t.Error(text)
	}
}
