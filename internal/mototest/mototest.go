// Package mototest starts moto, a stand-in for AWS, for tests. It must not be imported by anything
// but tests.
package mototest

import (
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"onramp/internal/testenv"
)

// Account is the number of moto's account.
const Account = "111122223333"

// Region is where tests work, if they do not say otherwise.
const Region = "us-west-2"

// Server is a running moto.
type Server struct {
	URL    string
	Region string // where the tools work that speak to it
}

// Start runs moto until the test ends.
func Start(t testing.TB) Server {
	t.Helper()
	return StartAs(t, Account)
}

// StartAs is Start for an account of another number.
func StartAs(t testing.TB, account string) Server {
	t.Helper()
	path := testenv.Tool(t, "moto_server", "pip install 'moto[server]'")
	port := freePort(t)
	cmd := exec.Command(path, "-H", "127.0.0.1", "-p", fmt.Sprint(port))
	cmd.Env = append(os.Environ(), "MOTO_IAM_LOAD_MANAGED_POLICIES=true", "MOTO_ACCOUNT_ID="+account)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	s := Server{URL: fmt.Sprintf("http://127.0.0.1:%d", port), Region: Region}
	s.await(t)
	return s
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (s Server) await(t testing.TB) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		resp, err := http.Get(s.URL + "/moto-api/data.json")
		if err == nil {
			resp.Body.Close()
			return
		}
	}
	t.Fatal("moto did not start within 60 s")
}

// Reset empties the account.
func (s Server) Reset(t testing.TB) {
	t.Helper()
	resp, err := http.Post(s.URL+"/moto-api/reset", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

//go:embed dump.py
var dump string

// State is what the account holds, as canonical JSON: the same for equal accounts.
func (s Server) State(t testing.TB) string {
	t.Helper()
	cmd := exec.Command("python3", "-c", dump)
	cmd.Env = s.Env()
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			out = exit.Stderr
		}
		t.Fatalf("dump the account: %v\n%s", err, out)
	}
	return string(out)
}

// Env is the environment in which AWS tools speak to this server. It holds nothing of the caller's
// AWS settings.
func (s Server) Env() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "AWS_") {
			env = append(env, kv)
		}
	}
	return append(env, s.settings()...)
}

func (s Server) settings() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + s.URL, "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=x", "AWS_REGION=" + s.Region, "AWS_DEFAULT_REGION=" + s.Region,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_PAGER=",
	}
}

// Setenv makes the test's own process speak to this server.
func (s Server) Setenv(t *testing.T) {
	t.Helper()
	for _, name := range []string{"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE"} {
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	for _, kv := range s.settings() {
		name, value, _ := strings.Cut(kv, "=")
		t.Setenv(name, value)
	}
}

// AWS runs the AWS CLI against this server and gives what it printed.
func (s Server) AWS(t testing.TB, args ...string) string {
	t.Helper()
	testenv.AWS(t)
	cmd := exec.Command("aws", args...)
	cmd.Env = s.Env()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("aws %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}
