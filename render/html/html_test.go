package html_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
	nethtml "golang.org/x/net/html"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/redshiftsql"
	"onramp/render"
	"onramp/render/html"
	"onramp/steps/redshiftml"
)

var origin = render.Origin{Version: "1.2.3", Command: "onramp export redshift-ml -f html -a answers.yaml"}

// example is the page's input for an answers file.
func example(t testing.TB, name string) html.Input {
	t.Helper()
	return input(t, plantest.File(t, "../../testdata/answers/"+name+".yaml", ""))
}

func input(t testing.TB, p plan.Plan) html.Input {
	t.Helper()
	operator, err := permissions.Operator(p)
	if err != nil {
		t.Fatal(err)
	}
	return html.Input{Plan: p, Operator: operator, Origin: origin}
}

// with is a plan in which a name stands wherever one can.
func with(t testing.TB, name string) html.Input {
	t.Helper()
	p, ok := plantest.Build(redshiftml.Guide(), map[string]any{
		"account": plantest.Account, "region": "us-east-1", "warehouse.cluster": "analytics", "bucket.name": "acme-ml", "sql.run": "data-api", "kms.choice": "new",
		"groups": 1, "groups.0.name": "analysts", "groups.0.create-models": false, "groups.0.execute": []string{"ml.churn"},
	}, plantest.Target("us-east-1"))
	if !ok {
		t.Fatal("the answers do not go together")
	}
	in := input(t, p)
	in.Origin = render.Origin{Version: name, Command: name}
	in.Plan.Title = name
	in.Plan.SQL = append(in.Plan.SQL, redshiftsql.CreateGroup(name), redshiftsql.CreateSchema(name), redshiftsql.GrantSchema(name, name, "USAGE"))
	in.Plan.FollowUps = append(in.Plan.FollowUps, plan.FollowUp{Title: name, When: name, SQL: redshiftsql.GrantExecute(name, name, name)})
	in.Plan.Warnings = append(in.Plan.Warnings, plan.Warning{Rule: name, On: name, Text: name, Remedy: name})
	in.Plan.Costs = append(in.Plan.Costs, plan.Note{On: name, Text: name})
	in.Plan.Problems = append(in.Plan.Problems, answers.Problem{Key: name, Text: name, Remedy: name})
	in.Operator = policy.Document{Version: policy.Version, Statements: []policy.Statement{{Sid: name, Effect: policy.Deny, Actions: []string{name}, Resources: []string{"*", name}}}}
	return in
}

func rendered(t interface{ Fatal(...any) }, in html.Input) []byte {
	page, err := html.Render(in)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// read parses a page as browsers do.
func read(t interface{ Fatal(...any) }, page []byte) *nethtml.Node {
	root, err := nethtml.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// all are the elements below a node that are kept.
func all(n *nethtml.Node, keep func(*nethtml.Node) bool) []*nethtml.Node {
	var out []*nethtml.Node
	for d := range n.Descendants() {
		if d.Type == nethtml.ElementNode && keep(d) {
			out = append(out, d)
		}
	}
	return out
}

func tag(names ...string) func(*nethtml.Node) bool {
	return func(n *nethtml.Node) bool { return slices.Contains(names, n.Data) }
}

func attr(n *nethtml.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func class(name string) func(*nethtml.Node) bool {
	return func(n *nethtml.Node) bool { return slices.Contains(strings.Fields(attr(n, "class")), name) }
}

func id(name string) func(*nethtml.Node) bool {
	return func(n *nethtml.Node) bool { return attr(n, "id") == name }
}

// text is what a node says.
func text(n *nethtml.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == nethtml.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// TestGoldens holds whole pages: the hash of each is in it, so that they change with the plan.
func TestGoldens(t *testing.T) {
	for _, name := range []string{"sample", "simple-cluster", "group-roles", "console-default-serverless", "amazon-ml-scoped", "amazon-ml-managed", "ai-unlimited-supplied", "ai-unlimited-stack"} {
		t.Run(name, func(t *testing.T) { golden.RequireEqual(t, rendered(t, example(t, name))) })
	}
}

// TestTheSamePageTwice: a page is a function of the plan.
func TestTheSamePageTwice(t *testing.T) {
	in := example(t, "sample")
	before := in.Plan.Hash()
	if !bytes.Equal(rendered(t, in), rendered(t, in)) || in.Plan.Hash() != before {
		t.Error("the second page is another")
	}
}

// found is a look at the account of the sample: something of everything.
func found(p plan.Plan) map[string]apply.Finding {
	findings := map[string]apply.Finding{}
	for _, r := range p.Resources {
		findings[r.ID] = apply.Finding{Action: plan.None}
	}
	findings["bucket"] = apply.Finding{Action: plan.Create}
	findings["role"] = apply.Finding{Action: plan.Update, Differences: []apply.Difference{{Step: "set the trust policy of redshift-ml", Have: "{...}", Want: "{...}", Ask: true}}}
	findings["key"] = apply.Finding{Problem: "the key waits to be deleted"}
	findings["sql"] = apply.Finding{Action: plan.Update, Differences: []apply.Difference{{Step: "create schema demo_ml"}}}
	return findings
}

// TestWithALook: the page says what was found, and lists only the calls that would be made.
func TestWithALook(t *testing.T) {
	in := example(t, "sample")
	in.Findings = found(in.Plan)
	root := read(t, rendered(t, in))
	said := text(root)
	for _, want := range []string{"looked at", "1cannot be done", "set the trust policy of redshift-ml: now {...} (needs your consent)", "cannot: the key waits to be deleted"} {
		if !strings.Contains(strings.ReplaceAll(said, "</strong> ", ""), want) && !strings.Contains(strings.ReplaceAll(said, " ", ""), strings.ReplaceAll(want, " ", "")) {
			t.Errorf("does not say %q", want)
		}
	}
	var names []string
	for _, n := range all(root, class("call")) {
		names = append(names, text(n))
	}
	want := []string{
		"s3:CreateBucket", "s3:PutBucketTagging", "s3:PutPublicAccessBlock", "s3:PutBucketEncryption", "s3:PutBucketPolicy", "s3:PutBucketLifecycleConfiguration",
		"iam:UpdateAssumeRolePolicy", "redshift-data:ExecuteStatement",
	}
	if !slices.Equal(names, want) {
		t.Errorf("lists the calls %q, want %q", names, want)
	}
	holding := 0
	for _, row := range all(root, tag("tr")) {
		if strings.Contains(text(row), "holds already") {
			holding++
		}
	}
	if want := len(in.Plan.SQL) - 1; holding != want {
		t.Errorf("%d statements hold already, want %d", holding, want)
	}
}

// TestBroadGrants: what is broad is counted where the reader begins, and nothing is called narrow because somebody else
// keeps its text.
func TestBroadGrants(t *testing.T) {
	counted := regexp.MustCompile(`(\d+) broad grants?`)
	for name, want := range map[string]string{"sample": "12", "restrictive-cluster": "0", "simple-cluster": "2", "console-default-cluster": "3"} {
		root := read(t, rendered(t, example(t, name)))
		m := counted.FindStringSubmatch(text(all(root, class("tallies"))[0]))
		if m == nil || m[1] != want {
			t.Errorf("%s counts %v broad grants, want %s", name, m, want)
		}
		total := 0
		for _, p := range all(root, class("paper")) {
			total += len(all(p, func(n *nethtml.Node) bool { return n.Data == "li" && class("findings")(n.Parent) }))
		}
		if fmt.Sprint(total) != want {
			t.Errorf("%s explains %d broad grants, want %s", name, total, want)
		}
	}
}

// TestAnEmptyPlan has a page, too, and so has one that is not complete.
func TestAnEmptyPlan(t *testing.T) {
	root := read(t, rendered(t, html.Input{Plan: plan.Plan{Title: "Toy"}}))
	for _, id := range []string{"sql", "later", "problems-title"} {
		if len(all(root, func(n *nethtml.Node) bool { return attr(n, "id") == id })) > 0 {
			t.Errorf("has %s, and there is none", id)
		}
	}
	partial := redshiftml.Guide().Build(answers.New(nil), plan.Target{Partition: "aws"})
	partial.Problems = append(partial.Problems, answers.Problem{Key: "bucket.name", Text: "is missing", Remedy: "give one"})
	if said := text(read(t, rendered(t, html.Input{Plan: partial}))); !strings.Contains(said, "This plan is not complete") || !strings.Contains(said, "bucket.name is missing. Give one.") {
		t.Error("does not say what is missing")
	}
}

// many is a plan with so many groups, each with a role and a bucket of its own.
func many(n int) html.Input {
	a := map[string]any{
		"account": plantest.Account, "region": "us-east-1", "warehouse.cluster": "analytics", "bucket.name": "acme-ml", "sql.run": "data-api", "kms.choice": "new", "groups": n,
	}
	for i := range n {
		a[fmt.Sprintf("groups.%d.name", i)] = fmt.Sprintf("group %d", i)
		a[fmt.Sprintf("groups.%d.execute", i)] = []string{"ml.churn"}
	}
	p, _ := plantest.Build(redshiftml.Guide(), a, plantest.Target("us-east-1"))
	return html.Input{Plan: p, Origin: origin}
}

// TestManyGroups: the page stays one that can be opened and read, and says what it leaves out.
func TestManyGroups(t *testing.T) {
	in := many(10_000)
	if len(in.Plan.SQL) < 10_000 {
		t.Fatalf("the plan has %d statements", len(in.Plan.SQL))
	}
	page := rendered(t, in)
	if len(page) > 2_500_000 {
		t.Errorf("has %d bytes", len(page))
	}
	said := text(read(t, page))
	for _, want := range []string{"and 9989 more", fmt.Sprintf("%d,%03d SQL statements", len(in.Plan.SQL)/1000, len(in.Plan.SQL)%1000), "more, which are not printed here"} {
		if !strings.Contains(said, want) {
			t.Errorf("does not say %q", want)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	for name, in := range map[string]html.Input{"sample": example(b, "sample"), "10000 groups": many(10_000)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := html.Render(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
