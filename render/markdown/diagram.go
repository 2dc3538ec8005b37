package markdown

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"onramp/internal/plan"
	"onramp/render/picture"
)

// diagram writes a graph as a Mermaid flowchart: one node or arrow a line. All text stands between quotes, and passes
// through label.
func diagram(g picture.Graph) string {
	d := &mermaid{graph: g}
	d.line(0, "flowchart LR")
	d.line(1, "accTitle: "+g.Sentence())
	d.nodes(1, func(n picture.Node) bool { return !n.Network })
	if inVPC := func(n picture.Node) bool { return n.Network }; slices.ContainsFunc(g.Nodes, inVPC) {
		d.line(1, `subgraph network["`+label("VPC "+g.VPC)+`"]`)
		d.nodes(2, inVPC)
		d.line(1, "end")
	}
	d.edges()
	d.class("foreign", "stroke-dasharray:5 4", func(n picture.Node) bool { return n.Foreign || n.Mark == "" && !n.Broad })
	d.class("broad", "stroke-width:4px", func(n picture.Node) bool { return n.Broad })
	return strings.TrimSuffix(d.b.String(), "\n")
}

type mermaid struct {
	b     strings.Builder
	graph picture.Graph
}

func (d *mermaid) line(depth int, s string) { d.b.WriteString(strings.Repeat("  ", depth) + s + "\n") }

func (d *mermaid) nodes(depth int, which func(picture.Node) bool) {
	for i, n := range d.graph.Nodes {
		if which(n) {
			d.line(depth, fmt.Sprintf(`%s["%s"]`, nodeID(i), nodeText(n)))
		}
	}
}

// nodeID is what a node is called in the text; no word of Mermaid's is.
func nodeID(i int) string { return fmt.Sprintf("n%d", i) }

// done says what happens to a node.
var done = map[string]string{
	plan.Create.Glyph(): ", create", plan.Update.Glyph(): ", change", plan.Adopt.Glyph(): ", use as it is", "!": ", cannot be done",
}

// nodeText begins with the kind: a name that stood first could be read as Markdown.
func nodeText(n picture.Node) string {
	lines := []string{label(n.Kind + done[n.Mark])}
	if n.Name != "" {
		lines = append(lines, label(n.Name))
	}
	for _, note := range n.Notes {
		lines = append(lines, label(note))
	}
	return strings.Join(lines, "<br/>")
}

func (d *mermaid) edges() {
	var broad []string
	for i, e := range d.graph.Edges {
		d.line(1, fmt.Sprintf(`%s -->|"%s"| %s`, nodeID(e.From), label(e.Text), nodeID(e.To)))
		if e.Broad {
			broad = append(broad, fmt.Sprint(i))
		}
	}
	if len(broad) > 0 {
		d.line(1, "linkStyle "+strings.Join(broad, ",")+" stroke-width:4px")
	}
}

func (d *mermaid) class(name, style string, which func(picture.Node) bool) {
	var ids []string
	for i, n := range d.graph.Nodes {
		if which(n) {
			ids = append(ids, nodeID(i))
		}
	}
	if len(ids) > 0 {
		d.line(1, "classDef "+name+" "+style)
		d.line(1, "class "+strings.Join(ids, ",")+" "+name)
	}
}

// label writes a text for between Mermaid's quotes. Mermaid has no escape but numbered entities (Mermaid, Flowcharts, Entity
// codes), reads what is left as Markdown, and puts that into the page as HTML. So nothing stays as it is but letters,
// digits, blanks, commas, and hyphens and underscores between letters. Three things Mermaid finds in the text even so: a
// formula, a line feed and an icon. A joiner, which has no width, keeps each apart.
func label(s string) string {
	runes := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " "))
	plain := func(i int) bool {
		return i >= 0 && i < len(runes) && (unicode.IsLetter(runes[i]) || unicode.Is(unicode.Nd, runes[i]))
	}
	var b strings.Builder
	for i, r := range runes {
		switch {
		case plain(i), r == ' ', r == ',', (r == '-' || r == '_') && plain(i-1) && plain(i+1):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
			if next := string(runes[i+1 : min(i+4, len(runes))]); r == '$' && strings.HasPrefix(next, "$") || r == '\\' && strings.HasPrefix(next, "n") || r == ':' && next == "fa-" {
				fmt.Fprintf(&b, "#%d;", joiner)
			}
		}
	}
	return b.String()
}

const joiner = '\u2060'
