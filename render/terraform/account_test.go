package terraform

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onramp/internal/apply"
	"onramp/internal/awsapi"
	"onramp/internal/plan"
	"onramp/internal/practice"
	"onramp/internal/testenv"
	"onramp/render"
)

// override makes the module's provider speak to the practice account. No export holds anything of it.
const override = `
provider "aws" {
  access_key              = "AKIAIOSFODNN7EXAMPLE"
  secret_key              = "x"
  s3_use_path_style       = true
  skip_metadata_api_check = true

  endpoints {
    ec2                = "URL"
    iam                = "URL"
    kms                = "URL"
    redshift           = "URL"
    redshiftserverless = "URL"
    s3                 = "URL"
    s3control          = "URL"
    sts                = "URL"
  }
}
`

// workspace is a folder in which Terraform runs, and how long its commands took.
type workspace struct {
	path string
	took map[string]time.Duration
}

// newWorkspace needs Terraform, and nothing else.
func newWorkspace(t *testing.T, path string) *workspace {
	t.Helper()
	testenv.Tool(t, "terraform", "https://developer.hashicorp.com/terraform/install")
	return &workspace{path: path, took: map[string]time.Duration{}}
}

// initialised needs the provider, too.
func initialised(t *testing.T, path string) *workspace {
	t.Helper()
	w := newWorkspace(t, path)
	testenv.TerraformInit(t, path)
	return w
}

// run runs Terraform, and gives what it says and its exit code.
func (w *workspace) run(t *testing.T, args ...string) (string, int) {
	t.Helper()
	return w.command(t, exec.Command("terraform", args...), args[0])
}

func (w *workspace) command(t *testing.T, cmd *exec.Cmd, name string) (string, int) {
	t.Helper()
	cmd.Dir = w.path
	cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "TF_") })
	cmd.Env = append(cmd.Env, "CHECKPOINT_DISABLE=1") // no look for newer versions
	begun := time.Now()
	out, err := cmd.CombinedOutput()
	w.took[name] += time.Since(begun)
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// must runs Terraform, which must succeed.
func (w *workspace) must(t *testing.T, args ...string) string {
	t.Helper()
	out, code := w.run(t, args...)
	if code != 0 {
		t.Fatalf("terraform %v: exit code %d\n%s", args, code, out)
	}
	return out
}

// script runs a script of the module, if it has it.
func (w *workspace) script(t *testing.T, name string) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(w.path, name)); err != nil {
		return ""
	}
	testenv.AWS(t)
	out, code := w.command(t, exec.Command("./"+name), name)
	if code != 0 {
		t.Fatalf("%s: exit code %d\n%s", name, code, out)
	}
	return out
}

// serving serves an account over HTTP, and makes the test's own process and those that it starts speak to it.
func serving(t *testing.T, a *practice.Account, region string) string {
	t.Helper()
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	for _, name := range []string{"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE"} {
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": region,
		"AWS_DEFAULT_REGION": region, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
		"AWS_PAGER": "", "ONRAMP_POLL_SECONDS": "0.1", "ROUTING_CHECKED": "1",
	} {
		t.Setenv(name, value)
	}
	return server.URL
}

func caller(t *testing.T) apply.Caller {
	t.Helper()
	client, err := awsapi.New(t.Context(), awsapi.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// applied is an account in which a plan was carried out, and how long that took.
func applied(t *testing.T, p plan.Plan) (*practice.Account, time.Duration) {
	t.Helper()
	a := practice.New(practice.Settings{Region: p.Target.Region})
	serving(t, a, p.Target.Region)
	c := caller(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	begun := time.Now()
	found, err := apply.Inspect(ctx, p, c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := apply.Run(ctx, p, c, apply.Options{Consent: apply.Agree(found), Poll: apply.Poll{First: 10 * time.Millisecond, Most: 50 * time.Millisecond}}); err != nil {
		t.Fatal(err)
	}
	return a, time.Since(begun)
}

// onPractice is a module whose provider speaks to the account that is served.
func onPractice(t *testing.T, files map[string]render.File) *workspace {
	t.Helper()
	path := t.TempDir()
	write(t, path, files)
	text := strings.ReplaceAll(override, "URL", os.Getenv("AWS_ENDPOINT_URL"))
	if err := os.WriteFile(filepath.Join(path, "override.tf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return initialised(t, path)
}

// unchanged says that Terraform finds nothing to do.
func (w *workspace) unchanged(t *testing.T) {
	t.Helper()
	if out, code := w.run(t, "plan", "-detailed-exitcode", "-input=false", "-no-color"); code != 0 {
		t.Errorf("terraform plan finds differences: exit code %d\n%s", code, out)
	}
}

func (w *workspace) forget(t *testing.T, name string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(w.path, name)); err != nil {
		t.Fatal(err)
	}
}
