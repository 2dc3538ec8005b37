// Package house holds the order of the house by tests: which package may know which, and the few
// rules of form that a linter does not know. It has no code that runs, and nothing imports it.
//
// A test that fails here names the rule. A new package needs a line in the table; a new guide below
// steps and a new format below render have theirs already.
package house

import (
	"io/fs"
	"os"
	"testing"

	"onramp/internal/modelcheck/plantest"
)

// rooms is the order of the house. Imports of tests are free.
var rooms = []room{
	// The one place that sees all, and so the only one that knows the guides. AWS it knows through
	// internal/awsapi.
	{path: "cmd/onramp", own: []string{"..."}, third: []string{"charm.land/bubbletea/v2", "github.com/charmbracelet/colorprofile", "github.com/spf13/cobra", "github.com/spf13/pflag"}},

	// The screens: no AWS, no file, no single guide.
	{
		path: "tui", own: []string{"steps", "render", "render/*", "internal/answers", "internal/apply", "internal/awsname", "internal/lookup", "internal/plan", "internal/policy"},
		third: []string{"charm.land", "github.com/charmbracelet/x/ansi", "github.com/aymanbagabas/go-udiff"}, indoors: true,
	},

	// Questions and guides: no terminal, and a guide does not know the others. Its pick lists are data; who looks them up is
	// not its business.
	{path: "steps", own: []string{"internal/answers", "internal/lookup", "internal/plan"}, pure: true},
	{
		path: "steps/*", own: []string{"steps", "internal/answers", "internal/awsname", "internal/kind", "internal/lookup", "internal/netpath", "internal/plan", "internal/policy", "internal/redshiftsql"},
		pure: true,
	},

	// Texts: a plan in, bytes out. What a look at the account found is internal/apply's to say.
	{path: "render", own: []string{"internal/plan"}, pure: true},
	{ // it writes one block for each kind of resource, and leaves the rest to the script
		path: "render/terraform", own: []string{"render", "render/shell", "internal/apply", "internal/kind", "internal/plan"},
		third: []string{"github.com/clipperhouse/uax29/v2", "golang.org/x/text/unicode/norm"}, pure: true,
	},
	{path: "render/compare", own: []string{"internal/kind", "internal/plan", "internal/policy"}, pure: true},
	{ // a picture says in short what each kind of resource is for, and a page draws it and reads the kinds of calls
		path: "render/picture", own: []string{"internal/apply", "internal/kind", "internal/plan", "internal/policy"}, pure: true,
	},
	{ // it builds a tree of elements: with html/template the linker would keep every method of the AWS SDKs
		path: "render/html", own: []string{"render", "render/documents", "render/picture", "render/shell", "internal/answers", "internal/apply", "internal/kind", "internal/plan", "internal/policy"},
		third: []string{"golang.org/x/net/html"}, pure: true,
	},
	// A template, with scripts for what CloudFormation cannot do: it knows the kinds, to tell which is which.
	{
		path: "render/cloudformation", own: []string{"render", "render/shell", "internal/awsname", "internal/kind", "internal/plan"},
		third: []string{"go.yaml.in/yaml/v3"}, pure: true,
	},
	{
		path: "render/*", own: []string{"render", "render/*", "internal/answers", "internal/apply", "internal/plan", "internal/policy", "internal/query"},
		third: []string{"mvdan.cc/sh/v3"}, pure: true,
	},

	// The core.
	{path: "internal/policy", pure: true},
	{path: "internal/awsname", third: []string{"github.com/agext/levenshtein"}, pure: true},
	{path: "internal/answers", third: []string{"go.yaml.in/yaml/v3"}, pure: true},
	{path: "internal/query", third: []string{"github.com/jmespath/go-jmespath"}, pure: true},
	{path: "internal/plan", own: []string{"internal/answers", "internal/policy"}, pure: true},
	{path: "internal/netpath", own: []string{"internal/policy"}, pure: true},
	{path: "internal/kind", own: []string{"internal/netpath", "internal/plan", "internal/policy"}, pure: true},
	{path: "internal/redshiftsql", own: []string{"internal/plan"}, pure: true},
	{path: "internal/permissions", own: []string{"internal/kind", "internal/plan", "internal/policy"}, pure: true},

	// What touches the world; internal/apply and internal/lookup do so through their ports only.
	{path: "internal/apply", own: []string{"internal/plan", "internal/policy", "internal/query"}, indoors: true},
	{path: "internal/lookup", own: []string{"internal/plan", "internal/query"}, indoors: true},
	{
		path: "internal/awsapi", own: []string{"internal/awsname", "internal/plan"},
		third: []string{"github.com/aws/aws-sdk-go-v2", "github.com/aws/smithy-go"},
	},
	{path: "internal/debuglog", own: []string{"internal/safefile", "internal/term"}},
	{path: "internal/draft", own: []string{"internal/answers", "internal/safefile"}},
	{
		path: "internal/journal", own: []string{"internal/apply", "internal/plan", "internal/policy", "internal/safefile"},
		third: []string{"github.com/gofrs/flock"},
	},
	{path: "internal/safefile", third: []string{"golang.org/x/sys/windows"}},
	{path: "internal/term", third: []string{"github.com/charmbracelet/x/term", "golang.org/x/sys/unix"}},

	// The practice account knows AWS, and nothing of plans: that is what makes it a test of them.
	{path: "internal/practice", own: []string{"internal/awsname", "internal/policy", "internal/practice/*"}},
	{path: "internal/practice/authorize", own: []string{"internal/policy"}, pure: true},
	{path: "internal/practice/database", own: []string{"internal/awsname"}, pure: true},
	{path: "internal/practice/fault"},
	{path: "internal/practice/wire"},

	// Not part of the program.
	{path: "internal/modelcheck/*", tests: true},
	{path: "internal/testenv", tests: true},
	{path: "internal/mototest", tests: true},
	{path: "internal/tools/*", tests: true},
}

// root is the module's.
var root = os.DirFS("../..")

// guides are the names by which they are called.
func guides() []string {
	var names []string
	for _, g := range plantest.Guides() {
		names = append(names, g.Name)
	}
	return names
}

func packages(t *testing.T) []pkg {
	t.Helper()
	pkgs, err := read(root)
	if err != nil {
		t.Fatal(err)
	}
	return pkgs
}

func none(t *testing.T, wrong []string) {
	t.Helper()
	for _, w := range wrong {
		t.Error(w)
	}
}

func TestImportsRunDownward(t *testing.T)      { none(t, direction(rooms, packages(t))) }
func TestEveryRoomIsLivedIn(t *testing.T)      { none(t, empty(rooms, packages(t))) }
func TestNobodyNamesAGuide(t *testing.T)       { none(t, naming(packages(t), guides())) }
func TestGuidesAreRegisteredOnce(t *testing.T) { none(t, registering(packages(t))) }
func TestFilesAreShort(t *testing.T)           { none(t, tooLong(packages(t))) }
func TestOnlyMainEndsTheProcess(t *testing.T)  { none(t, leaves(packages(t))) }
func TestPatternsWait(t *testing.T)            { none(t, early(packages(t))) }
func TestPackagesSayWhatTheyAre(t *testing.T)  { none(t, unexplained(packages(t))) }
func TestModuleReplacesNothing(t *testing.T) {
	data, err := fs.ReadFile(root, "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	none(t, replaced(string(data)))
}
