package markdown_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/redshiftsql"
	"onramp/internal/testenv"
	"onramp/render"
	"onramp/render/markdown"
	"onramp/render/shell"
	"onramp/render/tree"
	"onramp/steps/redshiftml"
)

var origin = render.Origin{Version: "1.2.3", Command: "onramp export redshift-ml -f markdown -a answers.yaml"}

// block is a piece of Markdown as a reader sees it: a code block, or a line.
type block struct {
	fence    string // "" : a line outside code
	language string
	text     string
}

// failer is a test, or one of rapid's.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

// blocks takes Markdown apart at its fenced code blocks (CommonMark 0.31, 4.5): a block ends at a line
// of at least as many backticks as began it, and nothing else.
func blocks(t failer, md string) (out []block) {
	t.Helper()
	var open *block
	for line := range strings.SplitSeq(md, "\n") {
		ticks := len(line) - len(strings.TrimLeft(line, "`"))
		switch {
		case open == nil && ticks >= 3 && !strings.Contains(line[ticks:], "`"):
			open = &block{fence: line[:ticks], language: line[ticks:]}
		case open == nil:
			out = append(out, block{text: line})
		case ticks >= len(open.fence) && strings.TrimSpace(line[ticks:]) == "":
			out = append(out, *open)
			open = nil
		default:
			open.text += line + "\n"
		}
	}
	if open != nil {
		t.Errorf("a code block is not closed: %q", open.text)
	}
	return out
}

// plainly is what is left of a line when what is escaped and what stands in code spans is taken out
// (CommonMark 0.31, 2.4 and 6.1): the markup that a reader's program sees.
func plainly(line string) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		switch {
		case line[i] == '\\' && i+1 < len(line):
			i += 2
		case line[i] == '`':
			rest := strings.TrimLeft(line[i:], "`")
			fence := line[i : len(line)-len(rest)]
			end := spanEnd(rest, fence)
			if end < 0 {
				b.WriteString(fence)
				i += len(fence)
				continue
			}
			i = len(line) - len(rest) + end + len(fence)
		default:
			b.WriteByte(line[i])
			i++
		}
	}
	return b.String()
}

// spanEnd finds the run of backticks that closes a code span: one of the same length.
func spanEnd(s, fence string) int {
	for i := 0; i < len(s); i++ {
		if s[i] != '`' {
			continue
		}
		n := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if n == len(fence) {
			return i
		}
		i += n - 1
	}
	return -1
}

// hostile are names that AWS takes and that Markdown would read.
var hostile = []string{
	"a|b", "a`b", "``", "```", "a](http://x)", "![x](y)", "[a]", "<script>alert(1)</script>", "<!--", `a\`, `\`, `a\|b`, "*a*", "__b__x", "# a", "- a", "1. a", "> a", "~~a~~", "&lt;", "$x$", "<http://x>",
	"````\na", "日本",
}

// with is the plan of hostile names: as many as can be given go through the guide, and the rest are put
// into a plan by hand.
func with(t *testing.T, name string) plan.Plan {
	t.Helper()
	p, ok := plantest.Build(redshiftml.Guide(), map[string]any{
		"account": plantest.Account, "region": "us-east-1", "warehouse.cluster": "analytics", "bucket.name": "acme-ml", "sql.run": "data-api", "kms.choice": "new",
		"warehouse.database": "dev", "groups": 1, "groups.0.name": "analysts", "groups.0.create-models": false, "groups.0.execute": []string{"ml.churn"},
	}, plantest.Target("us-east-1"))
	if !ok {
		t.Fatal("the answers do not go together")
	}
	p.SQL = append(p.SQL, redshiftsql.CreateGroup(name), redshiftsql.CreateSchema(name), redshiftsql.GrantSchema(name, name, "USAGE"))
	p.FollowUps = append(p.FollowUps, plan.FollowUp{Title: "Let " + name + " predict", When: "the model " + name + " exists", SQL: redshiftsql.GrantExecute(name, name, name)})
	p.Warnings = append(p.Warnings, plan.Warning{Rule: "r", On: "x", Text: "group " + name + " is odd", Remedy: "rename " + name})
	p.Costs = append(p.Costs, plan.Note{On: "x", Text: name + " costs"})
	return p
}

// TestNamesDoNotBreakOut: with any name the runbook has the headings, lists, tables and code blocks that
// it has with a harmless one, and no link, image or tag.
func TestNamesDoNotBreakOut(t *testing.T) {
	outline := func(p plan.Plan, o render.Origin) string {
		var out []string
		for _, b := range blocks(t, string(markdown.Render(p, policy.Document{}, o))) {
			if b.fence != "" {
				out = append(out, fmt.Sprintf("code %s, %d lines", b.language, strings.Count(b.text, "\n")))
				continue
			}
			line := markup(t, b)
			head, _, _ := strings.Cut(strings.TrimLeft(line, " ")+" ", " ")
			switch {
			case strings.HasPrefix(line, "|"):
				// A pipe ends a cell in a code span too, unless it is escaped (GFM 4.10).
				out = append(out, fmt.Sprintf("row of %d", strings.Count(strings.ReplaceAll(b.text, `\|`, ""), "|")))
			case strings.Trim(head, "#") == "", head == "-", strings.HasSuffix(head, "."):
				out = append(out, head)
			default:
				out = append(out, "text")
			}
		}
		return strings.Join(out, "\n")
	}
	want := outline(with(t, "name"), origin)
	for _, name := range hostile {
		if strings.Contains(name, "\n") {
			continue // refused as an answer; see TestLineFeeds
		}
		o := render.Origin{Version: "1.2.3", Command: "onramp export -a " + name}
		if got := outline(with(t, name), o); got != want {
			t.Errorf("with %q the runbook is built otherwise:\n%s", name, difference(got, want))
		}
	}
}

// markup is what is left of a line outside code; see plainly. No name makes any there.
func markup(t failer, b block) string {
	t.Helper()
	line := plainly(strings.TrimPrefix(b.text, tree.Legend)) // no name is in it; see TestTheLegendIsNoList
	for _, bad := range []string{"](", "<", "![", "*", "_", "~", "&", "$", "`"} {
		if strings.Contains(line, bad) {
			t.Errorf("%q has the markup %q in %q", b.text, bad, line)
		}
	}
	return line
}

// difference is the first line in which two texts differ.
func difference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d is %q, want %q", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(a), len(b))
}

// TestTheLegendIsNoList: a plus and a space at the beginning of a line are a list's (CommonMark 0.31, 5.2).
func TestTheLegendIsNoList(t *testing.T) {
	for _, b := range blocks(t, string(markdown.Render(with(t, "name"), policy.Document{}, origin))) {
		if b.fence == "" && strings.HasPrefix(b.text, "+ ") {
			t.Errorf("%q is read as an item of a list", b.text)
		}
	}
}

// TestLineFeeds: no rule lets one through, and still it ends no line of the runbook.
func TestLineFeeds(t *testing.T) {
	for _, b := range blocks(t, string(markdown.Render(with(t, "a\n# b\n- c\n````\nd"), policy.Document{}, origin))) {
		if b.fence == "" && (b.text == "# b" || b.text == "- c") {
			t.Errorf("a name made the line %q", b.text)
		}
	}
}

// TestTheRunbookSaysThePlan: the account, the plan's hash, every resource, document, call, statement,
// warning, cost and follow-up, and a place to sign.
func TestTheRunbookSaysThePlan(t *testing.T) {
	sample := testenv.OneOf(t, 97)
	for name, p := range plantest.RedshiftML() {
		if !sample.Takes() {
			continue
		}
		operator, err := permissions.Operator(p)
		if err != nil {
			t.Fatal(err)
		}
		md := string(markdown.Render(p, operator, origin))
		missing := missingFrom(t, md, p)
		if len(missing) > 0 {
			t.Fatalf("%s: does not say %q", name, missing)
		}
		if err := checkDiagram(p); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if strings.ContainsAny(md, "\uFDD0\uFDD1") {
			t.Fatalf("%s: a mark of a reference is left", name)
		}
	}
}

func missingFrom(t failer, md string, p plan.Plan) (missing []string) {
	var code, lines strings.Builder
	documents := 0
	for _, b := range blocks(t, md) {
		if b.fence == "" {
			lines.WriteString(spaced(unescape(b.text)) + "\n")
			continue
		}
		code.WriteString(b.text + "\n")
		if b.language == "json" {
			if _, err := policy.Parse([]byte(b.text)); err == nil {
				documents++
			}
		}
	}
	need := func(where *strings.Builder, s string) {
		if where == &lines {
			s = spaced(s)
		}
		if !strings.Contains(where.String(), s) {
			missing = append(missing, s)
		}
	}
	for _, s := range []string{p.Target.Account, p.Target.Region, p.Hash(), "1.2.3", "Sign-off"} {
		need(&lines, s)
	}
	for _, r := range p.Resources {
		need(&code, strings.TrimRight(r.Spec.Label(), " ")) // the tree ends no line with a space
		for _, s := range r.Changes() {
			for _, c := range s.Calls() {
				need(&lines, plan.Shown(s.Title)+" `"+c.Name()+"`")
			}
		}
	}
	for _, s := range p.SQL {
		need(&code, s.Text+";")
		need(&code, s.Undo)
	}
	for _, f := range p.FollowUps {
		need(&lines, f.Title)
		_, what := shell.ToDo(f)
		need(&code, plan.Shown(what))
	}
	for _, v := range p.HandOver {
		need(&lines, v.Name)
		need(&lines, cmp.Or(v.Value, "leave it empty"))
	}
	for _, f := range p.Files {
		need(&lines, f.Name)
		need(&code, strings.TrimSuffix(f.Text, "\n"))
	}
	for _, w := range p.Warnings {
		need(&lines, w.Text[1:])
		need(&lines, w.Remedy)
	}
	for _, c := range p.Costs {
		need(&lines, c.Text[1:])
	}
	if want := len(p.Documents()) + min(len(p.Resources), 1); documents != want { // with the operator's, where anything is called
		missing = append(missing, fmt.Sprintf("%d documents, has %d", want, documents))
	}
	return missing
}

// spaced is a text as it is read outside code: white space is one space.
func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// unescape takes the backslashes away that escape.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func TestAnEmptyPlan(t *testing.T) {
	md := string(markdown.Render(plan.Plan{Title: "Toy"}, policy.Document{}, origin))
	for _, b := range blocks(t, md) {
		if strings.HasPrefix(b.text, "## SQL") || strings.HasPrefix(b.text, "## Warnings") {
			t.Errorf("has %q, and there is none", b.text)
		}
	}
}
