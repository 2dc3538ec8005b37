package markdown_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/kind"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/redshiftsql"
	"onramp/render/markdown"
	"onramp/render/picture"
)

// forms are all lines that a diagram may have, after the grammar of Mermaid's flowcharts. Text holds no mark that Mermaid,
// Markdown or HTML would read, but for numbered entities and the line break.
var forms = func() map[string]*regexp.Regexp {
	const text = `((?:[\p{L}\p{Nd} ,]|[\p{L}\p{Nd}][_-]|#[0-9]+;|<br/>)*)`
	out := map[string]*regexp.Regexp{}
	for name, form := range map[string]string{
		"begin":    `flowchart LR`,
		"title":    `  accTitle: [A-Za-z ,]+`,
		"node":     `  (?:  )?n(\d+)\["` + text + `"\]`,
		"subgraph": `  subgraph network\["` + text + `"\]`,
		"end":      `  end`,
		"edge":     `  n(\d+) -->\|"` + text + `"\| n(\d+)`,
		"links":    `  linkStyle (\d+(?:,\d+)*) stroke-width:4px`,
		"style":    `  classDef (?:foreign stroke-dasharray:5 4|broad stroke-width:4px)`,
		"class":    `  class (n\d+(?:,n\d+)*) (?:foreign|broad)`,
	} {
		out[name] = regexp.MustCompile(`^` + form + `$`)
	}
	return out
}()

var entity = regexp.MustCompile(`#([0-9]+);`)

// decoded is a text as Mermaid shows it, without the joiners that keep its own marks apart.
func decoded(text string) string {
	return strings.ReplaceAll(entity.ReplaceAllStringFunc(text, func(s string) string {
		n, _ := strconv.Atoi(s[1 : len(s)-1])
		return string(rune(n))
	}), "\u2060", "")
}

// drawn reads a diagram: the texts of its nodes, and its edges.
func drawn(md string) (nodes map[int][]string, edges []string, err error) {
	_, rest, _ := strings.Cut(md, "\n```mermaid\n")
	diagram, _, ok := strings.Cut(rest, "\n```\n")
	if !ok {
		return nil, nil, fmt.Errorf("has no diagram")
	}
	nodes = map[int][]string{}
	depth := 0
	for line := range strings.SplitSeq(diagram, "\n") {
		matched := ""
		for name, form := range forms {
			m := form.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			matched = name
			switch name {
			case "node":
				i, _ := strconv.Atoi(m[1])
				for _, s := range strings.Split(m[2], "<br/>") {
					nodes[i] = append(nodes[i], decoded(s))
				}
			case "edge":
				edges = append(edges, m[1]+" "+decoded(m[2])+" "+m[3])
			case "subgraph":
				depth++
			case "end":
				depth--
			}
		}
		if matched == "" {
			return nil, nil, fmt.Errorf("line %q has no form", line)
		}
	}
	if depth != 0 {
		return nil, nil, fmt.Errorf("%d subgraphs are not closed", depth)
	}
	return nodes, edges, nil
}

// folded is a text as a diagram can show it.
func folded(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " "), "\u2060", "")
}

// checkDiagram compares a plan's diagram with its picture.
func checkDiagram(p plan.Plan) error {
	g := picture.Of(p, nil)
	nodes, edges, err := drawn(string(markdown.Render(p, policy.Document{}, origin)))
	if len(g.Nodes) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if len(nodes) != len(g.Nodes) || len(edges) != len(g.Edges) {
		return fmt.Errorf("draws %d nodes and %d edges, want %d and %d", len(nodes), len(edges), len(g.Nodes), len(g.Edges))
	}
	for i, n := range g.Nodes {
		var want []string
		for _, s := range append([]string{n.Name}, n.Notes...) {
			if s != "" {
				want = append(want, folded(s))
			}
		}
		if len(nodes[i]) == 0 || !strings.HasPrefix(nodes[i][0], n.Kind) || !slices.Equal(nodes[i][1:], want) {
			return fmt.Errorf("node %d says %q, want %q", i, nodes[i], want)
		}
	}
	for i, e := range g.Edges {
		if want := fmt.Sprint(e.From, " ", e.Text, " ", e.To); edges[i] != want {
			return fmt.Errorf("edge %d is %q, want %q", i, edges[i], want)
		}
	}
	return nil
}

// named is a plan whose every drawn thing has a name.
func named(a, b string) plan.Plan {
	return plan.Plan{
		Target: plan.Target{Account: a, Region: b},
		SQL:    []plan.Statement{redshiftsql.CreateGroup(a), redshiftsql.GrantSchema(b, a, "USAGE")},
		Resources: []plan.Resource{
			{ID: "bucket", Spec: kind.ExistingBucket{BucketName: a}},
			{ID: "role", Spec: kind.Role{RoleName: b}},
			{ID: "vpc", Spec: kind.GatewayEndpoint{VPCID: a}},
			{ID: "warehouse", Spec: kind.ClusterRoles{Identifier: b}},
		},
	}
}

// TestEveryKindIsDrawn; TestTheRunbookSaysThePlan has the guide's plans.
func TestEveryKindIsDrawn(t *testing.T) {
	if err := checkDiagram(plantest.EveryKind(plantest.Target("us-east-1"))); err != nil {
		t.Fatal(err)
	}
}

// odd are names that Mermaid, Markdown or HTML would read.
var odd = append(slices.Clone(hostile),
	"end", "a\nend\nb", "subgraph x", `"]; click n0 "javascript:alert(1)"`, "#35;", "#quot;", "1. a", "+ a", "%%{init: {}}%%", "x --> y", "style n0 fill:#f00;", "$$x$$", `\n`, "fa:fa-car",
	"www.example.com", "lifestyle: #a;", "\u202eabc", "\xff", "{{a}}", "a;b", "<br/>", "---", "😀",
)

func TestOddNames(t *testing.T) {
	for _, name := range odd {
		if err := checkDiagram(named(name, name)); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	name := rapid.OneOf(rapid.SampledFrom(odd), rapid.String(), rapid.StringMatching("[-_a1.#;:`\"<>|$\\\\ ]{1,8}"))
	rapid.Check(t, func(t *rapid.T) {
		if err := checkDiagram(named(name.Draw(t, "a"), name.Draw(t, "b"))); err != nil {
			t.Fatal(err)
		}
	})
}

// TestMermaidFindsNothing: three marks that Mermaid finds in what it has decoded are kept apart.
func TestMermaidFindsNothing(t *testing.T) {
	for name, want := range map[string]string{"$$x$$": "#36;#8288;#36;x", `\n`: "#92;#8288;n", "fa:fa-car": "fa#58;#8288;fa-car"} {
		if md := string(markdown.Render(named(name, "b"), policy.Document{}, origin)); !strings.Contains(md, want) {
			t.Errorf("%q is not written as %q", name, want)
		}
	}
}

func FuzzDiagram(f *testing.F) {
	for _, s := range odd {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if strings.ContainsAny(a+b, "\uFDD0\uFDD1") {
			return // no answer that passed its check
		}
		if err := checkDiagram(named(a, b)); err != nil {
			t.Fatal(err)
		}
	})
}
