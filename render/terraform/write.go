package terraform

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// Terraform's language is written here without its library: that one reads the language too, and what it brings along for
// this is done again at every start of the program. The tests read every module with it.

// expr is an expression. Its lines after the first are indented as if the first were not.
type expr string

// row is one line or more of a body: an attribute, a block, or a line as it is.
type row struct {
	name  string // of an attribute, what a block begins with, or the line
	value expr   // of an attribute
	block *body
}

// body is what a file, a block or an object holds.
type body struct{ rows []row }

func (b *body) line(text string)            { b.rows = append(b.rows, row{name: text}) }
func (b *body) set(name string, value expr) { b.rows = append(b.rows, row{name: name, value: value}) }
func (b *body) begins() bool                { return len(b.rows) == 0 }
func (r row) aligned() bool                 { return r.value != "" && !strings.Contains(string(r.value), "\n") }
func (b *body) add(of string, labels []string) *body {
	for _, label := range labels {
		of += ` "` + label + `"`
	}
	inside := &body{}
	b.rows = append(b.rows, row{name: of, block: inside})
	return inside
}

// text writes a body in the form that terraform fmt gives it
// (https://developer.hashicorp.com/terraform/language/style): two spaces for each level, and the equals signs of
// neighbors below each other where their values take one line.
func (b *body) text() string {
	var out strings.Builder
	widest := 0
	for i, r := range b.rows {
		if r.aligned() && (i == 0 || !b.rows[i-1].aligned()) {
			widest = 0
			for _, next := range b.rows[i:] {
				if !next.aligned() {
					break
				}
				widest = max(widest, columns(next.name))
			}
		}
		out.WriteString(r.name)
		switch {
		case r.block != nil:
			out.WriteString(" " + braced(r.block))
		case r.aligned():
			out.WriteString(strings.Repeat(" ", widest-columns(r.name)) + " = " + string(r.value))
		case r.value != "":
			out.WriteString(" = " + string(r.value))
		}
		out.WriteString("\n")
	}
	return out.String()
}

// braced is a body as a block or an object has it.
func braced(b *body) string { return "{\n" + indented(b.text()) + "}" }

func indented(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if line != "\n" {
			out.WriteString("  ")
		}
		out.WriteString(line)
	}
	return out.String()
}

// columns is the width of a name as terraform fmt counts it: what a reader takes for one sign is one column, but no sign
// reaches over a quotation mark that begins or ends a text, or over a dollar or percent sign, each of which is a token of its own.
func columns(name string) int {
	n, from := 0, 0
	for i, r := range name {
		quotes := r == '"' && (i == 0 || i == len(name)-1)                          // others are escaped
		escapes := r == '{' && i > 0 && strings.ContainsRune("$%", rune(name[i-1])) // as in $${
		if !quotes && !escapes && r != '$' && r != '%' {
			continue
		}
		n += signs(name[from:i]) + 1
		from = i + 1
	}
	return n + signs(name[from:])
}

// signs counts what a reader takes for one sign each.
func signs(text string) int {
	n := 0
	for s := graphemes.FromString(text); s.Next(); n++ {
	}
	return n
}

// object writes members, each on a line of its own.
func object(members []member) expr {
	var b body
	for _, m := range members {
		b.set(string(m.name), m.value)
	}
	return expr(braced(&b))
}

// list writes items: one on the line of its brackets, and several on lines of their own.
func list(items []expr) expr {
	if len(items) == 0 {
		return "[]"
	}
	if len(items) == 1 {
		return "[" + items[0] + "]"
	}
	var b body
	for _, item := range items {
		b.line(string(item) + ",")
	}
	return expr("[\n" + indented(b.text()) + "]")
}

// escaped writes a text as it stands between quotes
// (https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences-1).
func escaped(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '"', r == '\\':
			b.WriteString(`\` + string(r))
		case (r == '$' || r == '%') && strings.HasPrefix(text[i+1:], "{"):
			b.WriteString(string([]rune{r, r}))
		case !unicode.IsPrint(r) || r == unicode.ReplacementChar: // which stands for broken text
			if r > 0xffff {
				fmt.Fprintf(&b, `\U%08x`, r)
			} else {
				fmt.Fprintf(&b, `\u%04x`, r)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
