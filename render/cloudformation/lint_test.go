package cloudformation

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/syntax"

	"onramp/internal/plan"
	"onramp/internal/testenv"
)

// judged are the files that other programs judge, by plan and form: those of every answers file, of a stack set
// for some, and with VPC routing for a new cluster. With ONRAMP_ALL every form of every file is there.
func judged(t *testing.T) map[string]export {
	all := testenv.All()
	out := map[string]export{}
	add := func(name string, p plan.Plan, set bool) {
		out[name] = export{p.Target.Region, filesOf(t, p)}
		if set || all {
			out[name+"-set"] = export{p.Target.Region, setOf(t, p)}
		}
	}
	for _, name := range answersFiles(t) {
		add(name, planOf(t, name, nil), slices.Contains([]string{"sample", "console-default-serverless", "restrictive-documented"}, name))
		if name == "restrictive-new-cluster" || all {
			add(name+"-routed", planOf(t, name, routed), true)
		}
	}
	bounded := map[string]any{"role.permissions-boundary": "arn:aws:iam::111122223333:policy/boundary", "kms.choice": "existing", "kms.key": "alias/acme"}
	add("bounded", planOf(t, "restrictive-serverless", bounded), false)
	return out
}

// export is what is exported for a region.
type export struct {
	region string
	files  map[string]string
}

// TestLintFindsNothing: cfn-lint has no error, warning or remark on any template, for the region it is for.
func TestLintFindsNothing(t *testing.T) {
	lint := testenv.Tool(t, "cfn-lint", "pip install cfn-lint")
	byRegion := map[string][]string{}
	all := judged(t)
	for _, name := range testenv.Few(t, slices.Sorted(maps.Keys(all)), 6) { // cfn-lint takes some seconds for a template
		e := all[name]
		path := filepath.Join(t.TempDir(), name+".yaml")
		if err := os.WriteFile(path, []byte(e.files[fileTemplate]), 0o600); err != nil {
			t.Fatal(err)
		}
		byRegion[e.region] = append(byRegion[e.region], path)
	}
	for _, region := range slices.Sorted(maps.Keys(byRegion)) {
		args := append([]string{"--include-checks", "I", "--regions", region, "--template"}, byRegion[region]...)
		if out, err := exec.Command(lint, args...).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

func TestScriptsAreBash(t *testing.T) {
	for name, e := range judged(t) {
		for file, data := range e.files {
			if !strings.HasSuffix(file, ".sh") {
				continue
			}
			if _, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(data), file); err != nil {
				t.Errorf("%s of %s: %v", file, name, err)
			}
		}
	}
}

// tooNew are words and forms that bash 3.2 does not know.
var tooNew = regexp.MustCompile(`(?m)^[^#\n]*(\b(declare|local|typeset) -[a-zA-Z]*[Agnu]|\b(mapfile|readarray|coproc)\b|\bwait -n\b|` +
	`\$\{[^}]*(\^\^?|,,?|@[A-Za-z])\}|&>>|\|&|;;?&|\[\[ -[vR] |\$\{[A-Za-z_]+\[-|printf '?%\()`)

// TestShellcheckFindsNothing has bash and shellcheck judge the scripts that are written here; package shell has
// its own judged.
func TestShellcheckFindsNothing(t *testing.T) {
	check := testenv.Tool(t, "shellcheck", "apt-get install shellcheck")
	seen, all := map[string]bool{}, judged(t)
	for _, name := range testenv.Few(t, slices.Sorted(maps.Keys(all)), 6) {
		e := all[name]
		judge := []string{fileDeploy, fileAccounts}
		if strings.HasPrefix(name, "sample") {
			judge = append(judge, filePre, filePost)
		}
		for _, file := range judge {
			data, is := e.files[file]
			if !is || seen[data] {
				continue
			}
			seen[data] = true
			path := filepath.Join(t.TempDir(), name+"-"+file)
			if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
				t.Fatal(err)
			}
			if found := tooNew.FindString(data); file != filePost && file != filePre && found != "" {
				t.Errorf("%s of %s: bash 3.2 does not know %s", file, name, found)
			}
			for _, cmd := range []*exec.Cmd{exec.Command("bash", "-n", path), exec.Command(check, path)} {
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%s of %s: %v\n%s", file, name, err, out)
				}
			}
		}
	}
}
