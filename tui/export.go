package tui

import (
	"context"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"onramp/internal/answers"
	"onramp/internal/plan"
)

// export is the page on which a file is named and written.
type export struct {
	w       *Wizard
	below   page
	plan    plan.Plan
	format  string
	field   *field
	writing bool
	wrote   []string // not empty: done
	err     string
}

// formats are the kinds of files that can be written here: what each is called, and its ending.
var formats = map[string]struct{ title, ending, help string }{
	"shell":   {"Export a script", ".sh", "A bash script that does what apply would do, with the AWS CLI. It can be run again at any time."},
	"all":     {"Export everything", "", "A folder with every format: script, CloudFormation, Terraform, documents, SQL, runbook, the page for whoever approves, answers; and an index that says which is for whom."},
	"answers": {"Export the answers", ".yaml", "Every answer, with defaults: for the commands plan, apply and export without questions."},
}

func newExport(w *Wizard, below page, format string) *export {
	return &export{
		w: w, below: below, plan: w.plan(), format: format,
		field: newText(&w.theme, w.session.guide.Name+formats[format].ending),
	}
}

// press implements page.
func (p *export) press(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	switch {
	case p.writing:
	case ok && len(p.wrote) > 0 && key.Matches(k, keys.leave):
		return p.w.leave(p.w.ending())
	case ok && len(p.wrote) > 0 && key.Matches(k, keys.enter, keys.back):
		p.w.notice = markDone + " wrote " + line(strings.Join(p.wrote, ", "))
		return p.w.open(p.below)
	case ok && key.Matches(k, keys.back):
		return p.w.open(p.below)
	case ok && key.Matches(k, keys.enter):
		return p.write()
	case len(p.wrote) == 0:
		p.field.update(msg)
		p.err = ""
	}
	return nil
}

// ending is how the wizard ends when it is left now.
func (w *Wizard) ending() Ending {
	switch {
	case w.ran:
		return w.out.Ending
	case len(w.out.Files) > 0:
		return Exported
	}
	return Left
}

// exported is what Port.Export answered.
type exported struct {
	of      *export
	files   []string
	err     error
	answers answers.Set // that it was made from
}

func (p *export) write() tea.Cmd {
	path := strings.TrimSpace(p.field.value())
	switch {
	case p.w.o.Port.Export == nil:
		p.err = "files cannot be written here"
		return nil
	case path == "":
		p.err = "a name is needed"
		return nil
	}
	p.writing = true
	g, port := p.w.session.guide, p.w.o.Port
	given := p.w.session.answers
	resolved, _ := g.Resolve(given)
	return func() tea.Msg {
		files, err := attempt(context.Background(), func() ([]string, error) {
			return port.Export(g, p.plan, resolved, p.format, path)
		})
		return exported{p, files, err, given}
	}
}

func (m exported) arrive(w *Wizard) tea.Cmd {
	p := m.of
	p.writing = false
	if m.err != nil {
		p.err = m.err.Error()
		return nil
	}
	p.wrote = m.files
	if p.format != "shell" {
		w.written = m.answers
	}
	w.out.Files = append(w.out.Files, m.files...)
	if d, is := p.below.(*done); is { // its commands name the file
		return d.run.makeCommands()
	}
	return nil
}

// body implements page.
func (p *export) body(width, _ int) []string {
	t := p.w.theme
	width = min(width, measure)
	out := []string{t.strong.Render(formats[p.format].title), ""}
	switch {
	case len(p.wrote) > 0:
		for _, f := range p.wrote {
			out = append(out, t.accent.Render(markDone)+" "+cut("wrote "+line(f), width-2))
		}
		return out
	case p.writing:
		return append(out, "writing…")
	}
	out = append(out, each(wrap(formats[p.format].help, width), t.dim.Render)...)
	what := "File name:"
	if p.format == "all" {
		what = "Folder:"
	}
	out = append(out, "", what)
	return append(out, p.field.view(width, 1)...)
}

// keys implements page.
func (p *export) keys() []key.Binding {
	if len(p.wrote) > 0 {
		return []key.Binding{called(keys.enter, "go on"), keys.leave}
	}
	return []key.Binding{called(keys.enter, "write"), keys.back}
}

// wrong implements page.
func (p *export) wrong() string { return p.err }
