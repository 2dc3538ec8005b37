package house

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// A rule that cannot fail holds nothing: each is broken here once, in a house built for it.

// plant builds a house of files, name and content in turn.
func plant(t *testing.T, files map[string]string) []pkg {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
	}
	pkgs, err := read(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return pkgs
}

// importing is a file of a package that imports one other.
func importing(name, imported string) string {
	return fmt.Sprintf("// Package %s is planted.\npackage %s\n\nimport _ %q\n", name, name, imported)
}

func refused(t *testing.T, wrong []string, word string) {
	t.Helper()
	if len(wrong) != 1 || !strings.Contains(wrong[0], word) {
		t.Errorf("want one refusal that names %s, have %q", word, wrong)
	}
}

func TestForbiddenImportIsFound(t *testing.T) {
	forbidden := map[string][]string{ // by package: what it must not import
		"cmd/onramp":                  {"github.com/aws/aws-sdk-go-v2/service/iam", "onramp/internal/mototest", "onramp/internal/tools/shot", "onramp/internal/modelcheck/plantest", "example.com/unknown"},
		"tui":                         {"github.com/aws/aws-sdk-go-v2/aws", "os", "os/exec", "net/http", "onramp/internal/awsapi", "onramp/steps/redshiftml", "onramp/internal/draft", "onramp/cmd/onramp"},
		"steps":                       {"charm.land/huh/v2", "github.com/aws/aws-sdk-go-v2/aws", "os", "net", "onramp/tui", "onramp/steps/redshiftml", "onramp/render"},
		"steps/redshiftml":            {"charm.land/lipgloss/v2", "os", "net/http", "onramp/tui", "onramp/steps/aiunlimited", "onramp/internal/apply", "onramp/internal/awsapi"},
		"steps/aiunlimited":           {"charm.land/lipgloss/v2", "os", "onramp/steps/redshiftml"},
		"render":                      {"charm.land/lipgloss/v2", "os", "onramp/render/shell"},
		"render/shell":                {"charm.land/lipgloss/v2", "os", "net/url", "onramp/internal/awsapi", "onramp/steps", "onramp/steps/redshiftml", "onramp/tui"},
		"internal/policy":             {"os", "onramp/internal/plan", "onramp/internal/awsname", "charm.land/huh/v2"},
		"internal/awsname":            {"os", "net", "onramp/internal/policy", "go.yaml.in/yaml/v3"},
		"internal/answers":            {"os", "path/filepath", "onramp/steps", "onramp/internal/plan"},
		"internal/plan":               {"os", "math/rand/v2", "crypto/rand", "onramp/internal/kind", "onramp/internal/apply", "onramp/render", "github.com/aws/smithy-go"},
		"internal/kind":               {"os", "log/slog", "onramp/internal/awsapi", "onramp/steps/redshiftml"},
		"internal/query":              {"os", "onramp/internal/plan"},
		"internal/redshiftsql":        {"os", "onramp/steps/redshiftml"},
		"internal/permissions":        {"os", "syscall", "onramp/internal/awsapi"},
		"internal/apply":              {"charm.land/bubbletea/v2", "github.com/aws/aws-sdk-go-v2/aws", "onramp/internal/awsapi", "onramp/tui", "onramp/steps", "onramp/internal/mototest"},
		"internal/awsapi":             {"onramp/internal/apply", "onramp/tui", "charm.land/huh/v2"},
		"internal/draft":              {"onramp/steps", "onramp/tui"},
		"internal/safefile":           {"onramp/internal/plan", "golang.org/x/sys/unix"},
		"internal/term":               {"onramp/internal/plan", "charm.land/lipgloss/v2"},
		"internal/practice":           {"onramp/internal/plan", "onramp/internal/kind", "onramp/steps/redshiftml", "github.com/aws/aws-sdk-go-v2/aws"},
		"internal/practice/authorize": {"net", "net/http", "onramp/internal/practice", "onramp/internal/plan"},
		"internal/practice/database":  {"os", "onramp/internal/redshiftsql", "onramp/internal/practice"},
		"internal/practice/fault":     {"onramp/internal/practice", "onramp/internal/plan"},
		"internal/practice/wire":      {"onramp/internal/practice", "onramp/internal/apply"},
		"internal/a-new-room":         {"fmt"},
	}
	for name, imports := range forbidden {
		for _, i := range imports {
			t.Run(name+" imports "+i, func(t *testing.T) {
				pkgs := plant(t, map[string]string{name + "/x.go": importing("x", i)})
				refused(t, direction(rooms, pkgs), name)
			})
		}
	}
}

func TestOnlyAwsapiKnowsTheSDK(t *testing.T) {
	for _, r := range rooms {
		refuses := r.refuses(rooms, "github.com/aws/aws-sdk-go-v2/aws") != ""
		if allowed := r.path == "internal/awsapi" || r.tests; refuses == allowed && !r.tests {
			t.Errorf("%s: refuses the SDK: %v", r.path, refuses)
		}
	}
}

func TestOnlyTheProgramKnowsTheGuides(t *testing.T) {
	for _, r := range rooms {
		if r.refuses(rooms, "onramp/steps/redshiftml") == "" && r.path != "cmd/onramp" && !r.tests {
			t.Errorf("%s may import a guide", r.path)
		}
	}
}

func TestNameOfAGuideIsFound(t *testing.T) {
	named := func(name string) map[string]string {
		return map[string]string{name: "package x\n\nconst hint = \"use the guide a-guide\"\n"}
	}
	for _, name := range []string{"cmd/onramp/x.go", "tui/x.go", "render/x.go", "render/shell/x.go", "internal/apply/x.go", "internal/awsapi/x.go"} {
		refused(t, naming(plant(t, named(name)), []string{"a-guide", "another"}), name)
	}
	for _, name := range []string{"steps/aguide/x.go", "internal/tools/joint/x.go", "tui/x_test.go"} {
		none(t, naming(plant(t, named(name)), []string{"a-guide"}))
	}
}

func TestSecondRegistrationIsFound(t *testing.T) {
	const use = "package x\n\nimport \"onramp/steps/aguide\"\n\nvar g = aguide.%s()\n"
	for name, refusal := range map[string]string{"cmd/onramp/other.go": "imports", "internal/apply/x.go": "imports", "steps/other/x.go": "imports"} {
		refused(t, registering(plant(t, map[string]string{name: fmt.Sprintf(use, "Guide")})), refusal)
	}
	refused(t, registering(plant(t, map[string]string{registration: fmt.Sprintf(use, "Name")})), "aguide.Name")
	refused(t, registering(plant(t, map[string]string{registration: fmt.Sprintf(use, "Guide") + "var again = aguide.Guide()\n"})), "2 times")
	none(t, registering(plant(t, map[string]string{
		registration: fmt.Sprintf(use, "Guide"), "cmd/onramp/x_test.go": fmt.Sprintf(use, "Name"), "internal/modelcheck/plantest/x.go": fmt.Sprintf(use, "Guide"),
	})))
}

func TestAllowedImportIsNotRefused(t *testing.T) {
	pkgs := plant(t, map[string]string{
		"cmd/onramp/main.go":            importing("main", "onramp/steps/redshiftml"),
		"tui/tui.go":                    importing("tui", "charm.land/bubbletea/v2"),
		"steps/aiunlimited/guide.go":    importing("aiunlimited", "onramp/internal/plan"),
		"internal/awsapi/awsapi.go":     importing("awsapi", "github.com/aws/aws-sdk-go-v2/service/iam"),
		"internal/plan/plan_test.go":    importing("plan", "onramp/steps/redshiftml"),
		"internal/policy/x_test.go":     importing("policy_test", "os"),
		"internal/checks/x_test.go":     importing("checks", "onramp/tui"),
		"internal/mototest/mototest.go": importing("mototest", "net/http"),
		"tui/testdata/broken.go":        "no Go",
		".hidden/broken.go":             "no Go",
		"other/go.mod":                  "module other",
		"other/broken.go":               "no Go",
	})
	none(t, direction(rooms, pkgs))
}

// Files that are built for another system only are held to the rules too.
func TestFileForAnotherSystemIsRead(t *testing.T) {
	pkgs := plant(t, map[string]string{"internal/plan/x_windows.go": "//go:build windows\n\n" + importing("plan", "os")})
	refused(t, direction(rooms, pkgs), "x_windows.go")
}

func TestClockInPurePackageIsFound(t *testing.T) {
	pkgs := plant(t, map[string]string{"internal/plan/x.go": "package plan\n\nimport when \"time\"\n\nvar Built = when.Now()\n"})
	refused(t, direction(rooms, pkgs), "time.Now")
}

func TestEmptyRoomIsFound(t *testing.T) {
	pkgs := plant(t, map[string]string{"tui/x.go": importing("tui", "fmt")})
	refused(t, empty([]room{{path: "tui"}, {path: "internal/gone"}, {path: "internal/next", planned: true}}, pkgs), "internal/gone")
}

func TestLongFileIsFound(t *testing.T) {
	long := func(lines int) string { return "package x\n" + strings.Repeat("\n", lines-1) }
	pkgs := plant(t, map[string]string{
		"a/long.go": long(mostLines + 1), "a/right.go": long(mostLines), "a/long_test.go": long(2 * mostLines), "internal/tools/x/main.go": long(mostLines),
	})
	refused(t, tooLong(pkgs), "a/long.go")
	refused(t, tooLong(plant(t, map[string]string{"cmd/onramp/main.go": long(mostMain + 1)})), "main.go")
	none(t, tooLong(plant(t, map[string]string{"cmd/onramp/main.go": long(mostMain)})))
}

func TestExitOutsideMainIsFound(t *testing.T) {
	exit := func(pkg, imported, call string) string {
		return fmt.Sprintf("package %s\n\nimport %s\n\nfunc leave() { %s }\n", pkg, imported, call)
	}
	for name, data := range map[string]string{
		"cmd/onramp/other.go":      exit("main", `"os"`, "os.Exit(1)"),
		"internal/plan/main.go":    exit("plan", `"os"`, "os.Exit(1)"),
		"internal/plan/renamed.go": exit("plan", `system "os"`, "system.Exit(1)"),
		"internal/plan/fatal.go":   exit("plan", `"log"`, `log.Fatal("x")`),
	} {
		refused(t, leaves(plant(t, map[string]string{name: data})), name)
	}
	none(t, leaves(plant(t, map[string]string{
		"cmd/onramp/main.go":        exit("main", `"os"`, "os.Exit(1)"),
		"internal/tools/x/other.go": exit("main", `"os"`, "os.Exit(1)"),
		"internal/plan/x_test.go":   exit("plan", `"os"`, "os.Exit(1)"),
	})))
}

func TestMissingPackageCommentIsFound(t *testing.T) {
	pkgs := plant(t, map[string]string{
		"a/a.go": "// Package a is explained.\npackage a\n", "a/b.go": "package a\n",
		"b/b.go": "package b\n", "c/c.go": "// Package other is another.\npackage c\n", "cmd/d/main.go": "// Package main is main.\npackage main\n",
		"e/e_test.go": "// Package e is explained in its test.\npackage e\n",
	})
	wrong := unexplained(pkgs)
	want := []string{"b has", "c has", "cmd/d has"}
	if !slices.EqualFunc(wrong, want, strings.HasPrefix) {
		t.Errorf("want %q, have %q", want, wrong)
	}
}

func TestReplaceIsFound(t *testing.T) {
	const clean = "module onramp\n\ngo 1.26.0\n\nrequire example.com/replace v1.0.0 // replace\n"
	none(t, replaced(clean))
	refused(t, replaced(clean+"replace example.com/a => ../a\n"), "../a")
	refused(t, replaced(clean+"replace (\n\texample.com/a => ../a\n)\n"), "replace (")
}

func TestEarlyPatternIsFound(t *testing.T) {
	const head = "// Package x is planted.\npackage x\n\nimport (\"regexp\"; \"sync\")\n\n"
	pkgs := plant(t, map[string]string{"render/x/x.go": head + "var form = regexp.MustCompile(`a`)\n"})
	refused(t, early(pkgs), "render/x/x.go")
	pkgs = plant(t, map[string]string{"render/x/x.go": head + "var form = sync.OnceValue(func() *regexp.Regexp {\n" +
		"\treturn regexp.MustCompile(`a`)\n})\n"})
	none(t, early(pkgs))
}
