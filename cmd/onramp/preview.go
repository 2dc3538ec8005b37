package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"onramp/internal/plan"
	"onramp/render"
	"onramp/render/compare"
	"onramp/render/documents"
	"onramp/render/picture"
	"onramp/render/shell"
	"onramp/render/tree"
	"onramp/tui"
)

// preview are the documents beside the questions: what will be made, each document, the SQL; and, made when they come in
// sight, the calls, the script and the picture.
func preview(p plan.Plan) []tui.Tab {
	tabs := []tui.Tab{{Title: "plan", Text: tree.Render(p, nil)}}
	for _, d := range p.Documents() {
		tabs = append(tabs, tui.Tab{Title: d.File, Text: string(documents.Text(d.Document)), Notes: notes(d.Document)})
	}
	if len(p.SQL) > 0 {
		tabs = append(tabs, tui.Tab{Title: "sql", Text: statements(p)})
	}
	for _, f := range p.Files {
		tabs = append(tabs, tui.Tab{Title: f.Name, Text: f.Text})
	}
	if commands := commandsOf(p); commands != "" {
		tabs = append(tabs, tui.Tab{Title: "afterwards", Text: commands})
	}
	return append(tabs,
		tui.Tab{Title: "picture", Make: func() string { return picture.Text(picture.Of(p, nil)) }},
		tui.Tab{Title: "calls", Make: func() string { return callsOf(p) }},
		tui.Tab{Title: "script", Make: func() string { return scriptOf(p) }},
	)
}

// statements is the SQL of a plan in the order in which it runs.
func statements(p plan.Plan) string {
	var b strings.Builder
	for _, s := range p.SQL {
		b.WriteString(s.Text + ";\n")
	}
	return plan.Shown(b.String())
}

// notes are the remarks on a document: whose text it is, and those on single actions.
func notes(d plan.Document) []plan.ActionNote {
	if d.Source == "" {
		return d.Notes
	}
	return append([]plan.ActionNote{{Text: "The text is that of " + d.Source}}, d.Notes...)
}

// commandsOf are the values that go elsewhere, and the commands that are run afterwards.
func commandsOf(p plan.Plan) string {
	var b strings.Builder
	for _, v := range p.HandOver {
		b.WriteString("# " + handOver(v) + "\n")
	}
	for _, f := range p.FollowUps {
		if len(f.Command) > 0 {
			fmt.Fprintf(&b, "\n# %s, when %s\n%s\n", f.Title, f.When, prompt.Lines(f.Command))
		}
	}
	return b.String()
}

// callsOf are the calls that the plan would make in an account that holds nothing of it, with all that they send.
func callsOf(p plan.Plan) string {
	var b bytes.Buffer
	n := 0
	for _, r := range p.Resources {
		changes := r.Changes()
		if len(changes) > 0 {
			fmt.Fprintf(&b, "%s\n", plan.Shown(r.Spec.Label()))
		}
		for _, s := range changes {
			for _, c := range s.Calls() {
				n++
				fmt.Fprintf(&b, "  %d. %s %s\n", n, c.Name(), indented(c.Map(plan.Shown).Input))
			}
		}
	}
	return b.String()
}

// indented is the input of a call as JSON, below its name.
func indented(input plan.Object) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("    ", "  ")
	if err := e.Encode(input); err != nil {
		return err.Error()
	}
	return plan.Shown(strings.TrimSpace(b.String()))
}

// scriptOf is the script of a plan; what is missing, where it is not complete.
func scriptOf(p plan.Plan) string {
	if len(p.Problems) > 0 {
		return "The script is there when everything is answered. Still missing: " + p.Problems[0].Error()
	}
	data, err := shell.Render(p, render.Origin{Version: release(), Command: "onramp export " + p.Guide + " -f shell"})
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// compared says what each answer to a question makes of a plan.
func compared(titles []string, plans []plan.Plan, chosen int) string {
	choices := make([]compare.Choice, len(plans))
	for i, p := range plans {
		choices[i] = compare.Choice{Title: titles[i], Plan: p}
	}
	return compare.Text(choices, chosen)
}
