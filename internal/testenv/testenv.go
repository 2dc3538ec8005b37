// Package testenv says what a test may use on this machine and in this run: which tools are installed, how many cases of a
// generated matrix are run, and whether tests that take long run at all. It must not be imported by anything but tests.
//
// Variables: ONRAMP_LONG=1 runs the tests that take long, whose names begin with TestLong. ONRAMP_ALL=1 runs them with
// every case. ONRAMP_SEED=N repeats the sample of an earlier run.
package testenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// All says that every case of a matrix is to be run, and not a sample.
func All() bool { return os.Getenv("ONRAMP_ALL") != "" }

// Long skips a test that takes long, unless such tests were asked for. Its name must begin with TestLong: CI finds it by
// that.
func Long(t testing.TB) {
	t.Helper()
	if !strings.HasPrefix(t.Name(), "TestLong") {
		t.Fatalf("a test that takes long must be called TestLong...: CI would not run %s", t.Name())
	}
	if os.Getenv("ONRAMP_LONG") == "" && !All() {
		t.Skip("takes long: ONRAMP_LONG=1 runs it")
	}
}

// Missing ends a test that lacks something on this machine: it is skipped with a message, and fails in CI.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip("NOT TESTED: " + what)
}

// Tool gives the path of a program, or calls Missing. install says how to get it.
func Tool(t testing.TB, name, install string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, name+" is not installed: "+install)
	}
	return path
}

// Has says whether a program is installed, for a test that can check the rest without it. In CI it must be.
func Has(t testing.TB, name, install string) bool {
	t.Helper()
	_, err := exec.LookPath(name)
	if err == nil {
		return true
	}
	if os.Getenv("CI") != "" {
		t.Fatal(name + " is not installed: " + install)
	}
	t.Logf("NOT TESTED: %s is not installed: %s", name, install)
	return false
}

// Python calls Missing unless python3 can import the modules.
func Python(t testing.TB, install string, modules ...string) {
	t.Helper()
	if err := exec.Command("python3", "-c", "import "+strings.Join(modules, ", ")).Run(); err != nil {
		Missing(t, "python3 cannot import "+strings.Join(modules, ", ")+": "+install)
	}
}

// mirrors are where systems keep providers for use without a network: folders that have
// registry.terraform.io/hashicorp/aws in them. ONRAMP_TERRAFORM names another.
var mirrors = []string{"$ONRAMP_TERRAFORM", "/opt/*", "/usr/share/terraform/*", "/usr/local/share/terraform/*", "$HOME/.terraform.d/plugins"}

// TerraformInit runs `terraform init` in a folder, with the providers of a mirror where there is one, or calls Missing.
func TerraformInit(t testing.TB, folder string) {
	t.Helper()
	Tool(t, "terraform", "https://developer.hashicorp.com/terraform/install")
	args := []string{"-chdir=" + folder, "init", "-input=false", "-no-color"}
	for _, pattern := range mirrors {
		found, _ := filepath.Glob(filepath.Join(os.ExpandEnv(pattern), "registry.terraform.io/hashicorp/aws/5.*"))
		if len(found) > 0 {
			args = append(args, "-plugin-dir="+strings.Split(found[0], "/registry.terraform.io/")[0])
			break
		}
	}
	cmd := exec.Command("terraform", args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "TF_") })
	out, err := cmd.CombinedOutput()
	if err == nil {
		return
	}
	if strings.Contains(string(out), "Failed to query available provider packages") {
		Missing(t, "terraform finds no provider (without a network ONRAMP_TERRAFORM must name a mirror with hashicorp/aws 5.100): "+string(out))
	}
	t.Fatalf("terraform init: %v\n%s", err, out)
}
