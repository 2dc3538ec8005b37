package terraform

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"onramp/internal/modelcheck/plantest"
	"onramp/render"
)

var update = flag.Bool("update", false, "write the expected modules anew")

// scriptLine are the lines of a script that say what it does; how is render/shell's.
var scriptLine = regexp.MustCompile(`(?m)^(begin|step|terraform_has) .*$`)

// together are the files of a module, one below the other.
func together(files map[string]render.File) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		data := string(files[name].Data)
		if files[name].Executable {
			data = strings.Join(scriptLine.FindAllString(data, -1), "\n") + "\n"
		}
		b.WriteString("-- " + name + " --\n" + data)
	}
	return b.String()
}

func TestGoldens(t *testing.T) {
	modules := map[string]map[string]render.File{}
	for name, file := range answersFiles(t) {
		modules[name] = moduleOf(t, planOf(t, file, ""), nil)
	}
	sample := planOf(t, answersFiles(t)["sample"], "")
	modules["sample-found"] = moduleOf(t, sample, allFound(sample))
	for name, files := range modules {
		t.Run(name, func(t *testing.T) {
			have, path := together(files), filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(path, []byte(have), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if have != string(want) {
				t.Errorf("the module is another one (go test ./render/terraform -update writes it anew):\n%s", udiff.Unified("want", "have", string(want), have))
			}
		})
	}
}

func TestTheSamePlanGivesTheSameBytes(t *testing.T) {
	p := planOf(t, answersFiles(t)["sample"], "")
	if together(moduleOf(t, p, nil)) != together(moduleOf(t, p, nil)) {
		t.Error("two renderings differ")
	}
}

// modules writes the module of every answers file, and of a plan with every kind of resource, into folders below
// one.
func modules(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for name, file := range answersFiles(t) {
		write(t, filepath.Join(folder, name), moduleOf(t, planOf(t, file, ""), nil))
	}
	for _, region := range []string{"us-east-1", "cn-north-1", "us-gov-west-1"} {
		write(t, filepath.Join(folder, "every-kind-"+region), moduleOf(t, plantest.EveryKind(plantest.Target(region)), nil))
	}
	return folder
}

func TestFormIsThatOfTerraform(t *testing.T) {
	folder := modules(t)
	if out, code := newWorkspace(t, folder).run(t, "fmt", "-check", "-diff", "-recursive"); code != 0 {
		t.Errorf("terraform fmt would write it differently:\n%s", out)
	}
}

var provider = regexp.MustCompile(`(?s)\nprovider "aws" \{.*?\n\}\n`)

// TestModulesAreValid has Terraform judge all modules at once, as parts of one, with the provider's own
// knowledge of its resources: a part can have no provider of its own, so theirs are taken out.
func TestModulesAreValid(t *testing.T) {
	if testing.Short() {
		t.Skip("Terraform takes a while")
	}
	folder := modules(t)
	main := "terraform {\n  required_providers {\n    aws = {\n      source = \"hashicorp/aws\"\n    }\n  }\n}\n"
	parts, err := filepath.Glob(filepath.Join(folder, "*", "versions.tf"))
	if err != nil || len(parts) < 10 {
		t.Fatal(parts, err)
	}
	for _, part := range parts {
		data, err := os.ReadFile(part)
		if err != nil {
			t.Fatal(err)
		}
		if !provider.Match(data) {
			t.Errorf("%s has no provider", part)
		}
		if err := os.WriteFile(part, provider.ReplaceAll(data, nil), 0o600); err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(filepath.Dir(part))
		main += "module \"" + name + "\" {\n  source = \"./" + name + "\"\n}\n"
	}
	if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(main), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := initialised(t, folder).run(t, "validate", "-no-color"); code != 0 || strings.Contains(out, "Warning") {
		t.Errorf("terraform validate: exit code %d\n%s", code, out)
	}
}

// TestProviderIsOfOneAccount: no credentials are in it, and it works in no other account than the plan's.
func TestProviderIsOfOneAccount(t *testing.T) {
	p := planOf(t, answersFiles(t)["sample"], "")
	files := moduleOf(t, p, nil)
	versions := string(files["versions.tf"].Data)
	if !strings.Contains(versions, `allowed_account_ids = ["`+p.Target.Account+`"]`) {
		t.Errorf("no account is named:\n%s", versions)
	}
	for _, word := range []string{"access_key", "secret_key", "token", "profile", "endpoints", "default_tags", "backend"} {
		if strings.Contains(versions, word) {
			t.Errorf("versions.tf has %s", word)
		}
	}
}
