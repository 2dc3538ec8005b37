package picture

import (
	"fmt"
	"strings"
)

// Text draws a graph in lines, place by place: each thing, what is worth knowing of it, and what it does with others.
// What goes beyond what the plan names has an exclamation mark.
func Text(g Graph) string {
	var b strings.Builder
	for _, place := range Places {
		if !g.has(place) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(place.String() + "\n")
		for i, n := range g.Nodes {
			if n.Place == place {
				g.thing(&b, i, n)
			}
		}
	}
	for i, note := range g.Notes {
		if i == 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.ToUpper(note[:1]) + note[1:] + ".\n")
	}
	return b.String()
}

func (g Graph) has(place Place) bool {
	for _, n := range g.Nodes {
		if n.Place == place {
			return true
		}
	}
	return false
}

// thing writes a node: its line, its notes, and its edges, those to one node on one line.
func (g Graph) thing(b *strings.Builder, i int, n Node) {
	mark, notes := n.Mark, n.Notes
	if mark == "" {
		mark = " "
	}
	switch {
	case n.Foreign:
		notes = append([]string{"AWS's"}, notes...)
	case n.Broad:
		notes = append([]string{"more than the plan names"}, notes...)
	}
	if n.Network && g.VPC != "" {
		notes = append([]string{"in " + g.VPC}, notes...)
	}
	fmt.Fprintf(b, "  %s %s\n", mark, n.Label())
	for _, note := range notes {
		fmt.Fprintf(b, "      %s\n", note)
	}
	for _, e := range g.Edges {
		if e.From != i {
			continue
		}
		arrow := "->"
		if e.Broad {
			arrow = "=>"
		}
		text := e.Text
		if e.Broad {
			text = strings.TrimSpace(text + "  (!)")
		}
		if text != "" {
			text = ": " + text
		}
		fmt.Fprintf(b, "      %s %s%s\n", arrow, g.Nodes[e.To].Label(), text)
	}
}
