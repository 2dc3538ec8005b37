package terraform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/render"
)

// block is a block being written.
type block struct {
	m       *module
	body    *body
	address string // of what it is a block of: nothing in it refers to that
}

// in adds a block to a file, below an empty line.
func (m *module) in(f *body, of string, labels ...string) block {
	if len(f.rows) > 0 && !m.headed {
		f.line("")
	}
	m.headed = false
	b := block{m: m, body: f.add(of, labels)}
	if of == "resource" {
		b.address = labels[0] + "." + labels[1]
	}
	return b
}

// resourceBlock and dataBlock add a block of the resource that is being written.
func (m *module) resourceBlock(of string) block { return m.in(m.main, "resource", of, m.label) }
func (m *module) dataBlock(of string) block     { return m.in(m.main, "data", of, m.label) }

func (b block) set(name string, value expr) { b.body.set(name, value) }

// expr sets an attribute to an expression that is written in this package.
func (b block) expr(name, format string, args ...any) { b.set(name, expression(format, args...)) }

// literal sets an attribute to a text as it is, and text sets one to a text in which the plan refers to resources.
// What is empty is left out.
func (b block) literal(name, text string) {
	if text != "" {
		b.set(name, b.m.literal(text))
	}
}

func (b block) text(name, text string) {
	if text != "" {
		b.set(name, b.m.text(text, b.address))
	}
}

func (b block) texts(name string, texts []string) {
	if len(texts) == 0 {
		return
	}
	var items []expr
	for _, t := range texts {
		items = append(items, b.m.text(t, b.address))
	}
	b.set(name, list(items))
}

// policy sets an attribute to what a document says. One that names several regions names them by choice: none of them
// stands for the module's.
func (b block) policy(name string, d plan.Document) {
	b.m.names.chosen = len(regions(d)) > 1
	defer func() { b.m.names.chosen = false }()
	says := b.m.or(document(d.Policy.Compact(), func(text string) (expr, error) { return b.m.names.text(text, b.address) }))
	b.expr(name, "jsonencode(%s)", says)
}

// regions are those that the ARNs of a document name.
func regions(d plan.Document) []string {
	var out []string
	d.Policy.Map(func(s string) string {
		if parts := strings.SplitN(s, ":", 6); len(parts) == 6 && parts[0] == "arn" && parts[3] != "" && parts[3] != "*" && !slices.Contains(out, parts[3]) {
			out = append(out, parts[3])
		}
		return s
	})
	return out
}

func (b block) tags(tags []kind.Tag, more ...member) {
	var members []member
	for _, t := range tags {
		members = append(members, member{b.m.literal(t.Key), b.m.literal(t.Value)})
	}
	if members = append(members, more...); len(members) > 0 {
		b.set("tags", object(members))
	}
}

// dependsOn names what must be there first and is not referred to.
func (b block) dependsOn(addresses ...string) {
	var items []expr
	for _, a := range addresses {
		items = append(items, expression("%s", a))
	}
	if len(items) > 0 {
		b.set("depends_on", list(items))
	}
}

// nest adds a block inside. An empty line keeps it from the attributes above.
func (b block) nest(of string, labels ...string) block {
	b.body.line("")
	return b.inside(of, labels...)
}

func (b block) inside(of string, labels ...string) block {
	return block{m: b.m, body: b.body.add(of, labels), address: b.address}
}

// insists adds a condition that is judged when Terraform plans: a precondition or a postcondition.
func (b block) insists(of, message, condition string, args ...any) {
	inner := b.nest("lifecycle").inside(of)
	inner.expr("condition", condition, args...)
	inner.literal("error_message", message)
}

func (m *module) text(text, own string) expr { return m.or(m.names.text(text, own)) }

func (m *module) literal(text string) expr { return m.or(template(piece{text: text})) }

// or is an expression, or an empty text where there is none because of an error.
func (m *module) or(is expr, err error) expr {
	if err != nil {
		m.fail(err)
		return `""`
	}
	return is
}

func (m *module) literals(texts []string) expr {
	var items []expr
	for _, t := range texts {
		items = append(items, m.literal(t))
	}
	return list(items)
}

// heading writes a comment above the next block.
func (m *module) heading(f *body, text string) {
	if len(f.rows) > 0 {
		f.line("")
	}
	f.line(strings.TrimSuffix(comment(printable(text)), "\n"))
	m.headed = true
}

// title is the heading of the resource that is being written.
func (m *module) title() {
	text := plan.Shown(m.of.Spec.Label())
	if m.of.Place != "" {
		text = "Step " + m.of.Place + ": " + text
	}
	m.heading(m.main, text)
}

// rule says what a variable may be.
type rule struct {
	of        string // type
	about     string // description
	condition string // with %[1]s for the variable
	message   string
}

// variable adds a variable whose default is the plan's value, and gives its name.
func (m *module) variable(name string, r rule, byDefault expr) string {
	name = m.unique("var." + name)[len("var."):]
	b := m.in(m.variables, "variable", name)
	b.literal("description", r.about)
	b.expr("type", "%s", r.of)
	b.set("default", byDefault)
	b.expr("nullable", "false")
	if r.condition != "" {
		v := b.nest("validation")
		v.expr("condition", r.condition, "var."+name)
		v.literal("error_message", r.message)
	}
	return "var." + name
}

// name adds a variable for a text.
func (m *module) name(name string, r rule, byDefault string) string {
	r.of = "string"
	return m.variable(name, r, m.literal(byDefault))
}

// ids adds a variable for a list of ids of one kind.
func (m *module) ids(name, prefix, about string, byDefault []string) string {
	return m.variable(name, rule{
		of: "list(string)", about: about, message: "Each of them is an id: " + prefix + "- and 8 or 17 hexadecimal digits.",
		condition: `alltrue([for id in %[1]s : can(regex("^` + prefix + `-([0-9a-f]{8}|[0-9a-f]{17})$", id))])`,
	}, m.literals(byDefault))
}

// output adds an output, and gives its name.
func (m *module) output(name, about, format string, args ...any) string {
	name = m.unique("output." + name)[len("output."):]
	b := m.in(m.outputs, "output", name)
	b.literal("description", about)
	b.expr("value", format, args...)
	return name
}

// unique is a name that nothing has yet.
func (m *module) unique(name string) string {
	for n := 1; ; n++ {
		candidate := name
		if n > 1 {
			candidate += "_" + strconv.Itoa(n)
		}
		if !slices.Contains(m.taken, candidate) {
			m.taken = append(m.taken, candidate)
			return candidate
		}
	}
}

// file is a file of the module, in the form that terraform fmt gives it, below a comment that says where it comes
// from.
func (m *module) file(name string, o render.Origin, f *body) render.File {
	head := comment(fmt.Sprintf("%s: account %s, region %s, plan %s. Made by onramp %s:\n  %s",
		printable(m.plan.Title), m.plan.Target.Account, m.plan.Target.Region, m.hash, printable(o.Version), printable(o.Command)))
	return render.File{Name: name, Data: []byte(head + "\n" + f.text())}
}
