// Package markdown renders a plan as a runbook: what a reviewer reads and signs before it is applied.
package markdown

import (
	"cmp"
	"fmt"
	"path"
	"strings"

	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/render"
	"onramp/render/documents"
	"onramp/render/picture"
	"onramp/render/shell"
	"onramp/render/tree"
)

// Render gives the runbook. operator is the policy that the person who applies needs.
func Render(p plan.Plan, operator policy.Document, o render.Origin) []byte {
	w := &writer{}
	w.line("# " + text(p.Title) + ": runbook")
	w.table([]string{"", ""}, [][]string{
		{"Account", p.Target.Account}, {"Region", p.Target.Region}, {"Plan", p.Hash()}, {"Made by", "onramp " + o.Version}, {"Again with", code(o.Command)},
	})
	w.picture(picture.Of(p, nil))
	w.resources(p)
	w.documents(p)
	w.calls(p)
	w.handOut(p)
	w.sql(p)
	w.warnings(p)
	w.costs(p)
	w.section("Who may apply it", "The least policy for the person who applies this plan:")
	if len(operator.Statements) > 0 {
		w.fence("json", string(operator.Map(plan.Shown).JSON()))
	} else {
		w.line("Nobody needs any: the plan makes no call.")
	}
	w.section("Sign-off", "The plan above, identified by its hash, may be applied.")
	w.table([]string{"Role", "Name", "Date", "Signature"}, [][]string{{"Prepared by", "", "", ""}, {"Reviewed by", "", "", ""}, {"Applied by", "", "", ""}})
	return []byte(w.b.String())
}

type writer struct{ b strings.Builder }

func (w *writer) line(s string) { w.b.WriteString(s + "\n") }

func (w *writer) section(title, intro string) { w.line("\n## " + title + "\n\n" + intro) }

func (w *writer) picture(g picture.Graph) {
	if len(g.Nodes) == 0 {
		return
	}
	w.section("At a glance", g.Sentence()+". What is thick goes beyond what the plan names; what is dashed is not made by it.")
	w.fence("mermaid", diagram(g))
	for _, note := range g.Notes {
		w.line("\n" + text(upperFirst(note)) + ".")
	}
}

func (w *writer) resources(p plan.Plan) {
	w.section("What will be made", "With settings and parts below each resource:")
	w.fence("text", tree.Render(p, nil)+"\n"+tree.Legend)
}

func (w *writer) documents(p plan.Plan) {
	if len(p.Documents()) == 0 {
		return
	}
	w.section("Documents", "Each is printed as it will be sent. `"+plan.Unknown+"` stands for what AWS has yet to give.")
	for _, d := range p.Documents() {
		w.line(fmt.Sprintf("\n### %s\n\n%s, %d characters as IAM counts them.\n", text(d.Title), upperFirst(d.Kind.String()), d.Policy.Size()))
		if d.Source != "" {
			w.line("- The text is that of " + text(d.Source) + ".")
		}
		for _, n := range d.Notes {
			w.line("- " + n.Text + ": " + code(strings.Join(n.Actions, ", ")))
		}
		w.fence("json", string(documents.Text(d.Document)))
	}
}

func (w *writer) calls(p plan.Plan) {
	w.section("Calls, in order", "Each is made only where a look at the account shows that it is needed.")
	n := 0
	for _, r := range p.Resources {
		for _, s := range r.Changes() {
			for _, c := range s.Calls() {
				n++
				w.line(fmt.Sprintf("%d. %s %s", n, text(plan.Shown(s.Title)), code(c.Name())))
			}
		}
	}
}

func (w *writer) sql(p plan.Plan) {
	if len(p.SQL) > 0 {
		w.section("SQL, in order", "Run as a superuser.")
		var lines []string
		for _, s := range p.SQL {
			lines = append(lines, s.Text+";")
		}
		w.fence("sql", strings.Join(lines, "\n"))
		w.line("\nWhat takes it back, last first:\n")
		lines = nil
		for i := len(p.SQL) - 1; i >= 0; i-- {
			if p.SQL[i].Undo != "" {
				lines = append(lines, p.SQL[i].Undo+";")
			}
		}
		w.fence("sql", strings.Join(lines, "\n"))
	}
	for _, f := range p.FollowUps {
		w.line("\n### Later: " + text(f.Title) + "\n\nWhen " + text(f.When) + ":\n")
		language, what := shell.ToDo(f)
		w.fence(language, plan.Shown(what))
	}
}

// handOut prints the files and values that go elsewhere.
func (w *writer) handOut(p plan.Plan) {
	if len(p.HandOver) > 0 {
		w.section("To hand over", "Values that have to be entered elsewhere:")
		var rows [][]string
		for _, v := range p.HandOver {
			rows = append(rows, []string{text(v.Name), text(cmp.Or(v.Value, "leave it empty")), text(v.For)})
		}
		w.table([]string{"Name", "Value", "Where"}, rows)
	}
	for _, f := range p.Files {
		w.section(text(f.Title), "The file "+code(f.Name)+":")
		w.fence(strings.TrimPrefix(path.Ext(f.Name), "."), strings.TrimSuffix(f.Text, "\n"))
	}
}

func (w *writer) warnings(p plan.Plan) {
	if len(p.Warnings) == 0 {
		return
	}
	w.section("Warnings", "To think about before signing:\n")
	for _, warning := range p.Warnings {
		w.line("- " + text(upperFirst(warning.Text)) + ". Remedy: " + text(warning.Remedy) + ".")
	}
}

func (w *writer) costs(p plan.Plan) {
	if len(p.Costs) == 0 {
		return
	}
	w.section("Costs", "")
	for _, c := range p.Costs {
		w.line("- " + text(upperFirst(c.Text)) + ".")
	}
}

func (w *writer) table(head []string, rows [][]string) {
	w.line("\n| " + strings.Join(head, " | ") + " |\n|" + strings.Repeat(" --- |", len(head)))
	for _, row := range rows {
		w.line("| " + strings.Join(row, " | ") + " |")
	}
}

// fence puts text into a code block whose fence is longer than any run of backticks in it.
func (w *writer) fence(language, s string) {
	fence := "```"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	w.line("\n" + fence + language + "\n" + s + "\n" + fence)
}

// text makes a text harmless in Markdown: nothing in it is read as markup.
func text(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		if strings.ContainsRune("\\`*_{}[]<>()#+!|~&$", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// code writes a text as a code span.
func code(s string) string {
	s = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", "\\|")
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
