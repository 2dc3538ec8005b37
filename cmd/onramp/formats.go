package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/safefile"
	"onramp/render"
	"onramp/render/cloudformation"
	"onramp/render/documents"
	"onramp/render/html"
	"onramp/render/markdown"
	"onramp/render/shell"
	"onramp/render/sql"
	"onramp/render/terraform"
	"onramp/steps"
)

// source is what a format is made from.
type source struct {
	guide    steps.Guide
	set      answers.Set
	plan     plan.Plan
	findings map[string]apply.Finding        // nil: the account was not looked at
	stackSet *cloudformation.StackSetOptions // nil: one account, one stack
	origin   render.Origin
}

// format is one format of the export.
type format struct {
	name, about string
	reader      string // for whom it is
	ending      string // of its name as one file
	private     bool   // holds what only its owner should read
	executable  bool
	looks       bool                                // says more when the account was looked at
	one         func(source) ([]byte, error)        // as one file; nil: the files of some ending, one after another
	files       func(source) ([]render.File, error) // as a folder; nil: it is one file
	parts       bool                                // as one file it is not all there: a name means a folder
}

// formats lists every format in the order of the help.
func formats() []format {
	return []format{
		{
			name: "shell", about: "a bash script of AWS CLI commands that can be run again", ending: "sh", executable: true,
			reader: "an operator with bash and the AWS CLI, who runs it",
			one:    func(s source) ([]byte, error) { return shell.Render(s.plan, s.origin) },
		},
		{
			name: "cloudformation", about: "a template, with scripts for what CloudFormation cannot do", ending: "yaml", parts: true,
			reader: "a team that deploys with CloudFormation; with --stackset for many accounts",
			files:  template,
		},
		{
			name: "terraform", about: "a module, with scripts for what Terraform cannot do", ending: "tf", parts: true, looks: true,
			reader: "a team that deploys with Terraform",
			files:  module,
		},
		{
			name: "json", about: "the policy documents; in a folder also the least policy of whoever applies them", ending: "json",
			reader: "a reviewer of policies, and tools that check them",
			one:    func(s source) ([]byte, error) { return documents.Object(s.plan) },
			files:  policies,
		},
		{
			name: "sql", about: "the SQL and what takes it back, for any client", ending: "sql",
			reader: "a database administrator, who runs it as a superuser",
			one:    func(s source) ([]byte, error) { return sql.Script(s.plan, s.origin) },
			files:  func(s source) ([]render.File, error) { return sql.Files(s.plan, s.origin) },
		},
		{
			name: "markdown", about: "a runbook to review and sign", ending: "md",
			reader: "a reviewer, in a pull request or a wiki",
			one: func(s source) ([]byte, error) {
				operator, err := permissions.Operator(s.plan)
				return markdown.Render(s.plan, operator, s.origin), err
			},
		},
		{
			name: "html", about: "a page for the person who approves, with a picture", ending: "html", looks: true,
			reader: "whoever must approve it and has no terminal: it opens in a browser and prints",
			one: func(s source) ([]byte, error) {
				operator, err := permissions.Operator(s.plan)
				if err != nil {
					return nil, err
				}
				return html.Render(html.Input{Plan: s.plan, Operator: operator, Findings: s.findings, Origin: s.origin})
			},
		},
		{
			name: "answers", about: "the answers file, complete", ending: "yaml", private: true,
			reader: "onramp itself: with -a it makes the same plan again",
			one:    func(s source) ([]byte, error) { return answers.Save(s.guide.Name, s.guide.Fields(), s.set) },
		},
	}
}

// policies are the documents of the plan, and what the person who applies it needs: in several documents where one would
// be longer than a managed policy may be.
func policies(s source) ([]render.File, error) {
	operator, err := permissions.Operator(s.plan)
	if err != nil {
		return nil, err
	}
	out := append(documents.Files(s.plan), handedOut(s.plan)...)
	if len(operator.Statements) == 0 { // nothing is called
		return out, nil
	}
	parts := permissions.Split(operator, policy.MaxManaged)
	for i, d := range parts {
		name := "operator-policy.json"
		if len(parts) > 1 {
			name = fmt.Sprintf("operator-policy-%d-of-%d.json", i+1, len(parts))
		}
		out = append(out, render.File{Name: name, Data: append(d.JSON(), '\n')})
	}
	return out, nil
}

func template(s source) ([]render.File, error) {
	if s.stackSet != nil {
		return cloudformation.StackSet(s.plan, *s.stackSet, s.origin)
	}
	files, err := cloudformation.Files(s.plan, s.origin)
	return append(files, handedOut(s.plan)...), err
}

func module(s source) ([]render.File, error) {
	files, err := terraform.Files(s.plan, s.findings, s.origin)
	return append(files, handedOut(s.plan)...), err
}

// handedOut are the files that a plan hands out, which stand beside whatever carries it out.
func handedOut(p plan.Plan) []render.File {
	var out []render.File
	for _, f := range p.Files {
		out = append(out, render.File{Name: f.Name, Data: []byte(f.Text)})
	}
	return out
}

func findFormat(name string) (format, error) {
	var names []string
	for _, f := range formats() {
		if f.name == name {
			return f, nil
		}
		names = append(names, f.name)
	}
	return format{}, &hinted{fmt.Errorf("no format is called %q", name), "the formats are: " + strings.Join(names, ", ") + ", all"}
}

func formatHelp() string {
	var b strings.Builder
	for _, f := range formats() {
		fmt.Fprintf(&b, "  %-14s %s\n", f.name, f.about)
	}
	fmt.Fprintf(&b, "  %-14s %s\n", "all", "all of them, into the folder given with -o, with an index")
	return b.String()
}

// oneFile is the format as one file. left names the files that are not in it.
func (f format) oneFile(s source) (data []byte, left []string, err error) {
	if f.one != nil {
		data, err = f.one(s)
		return data, nil, f.failed(err)
	}
	files, err := f.files(s)
	if err != nil {
		return nil, nil, f.failed(err)
	}
	var b bytes.Buffer
	for _, file := range files {
		switch {
		case filepath.Ext(file.Name) != "."+f.ending:
			left = append(left, file.Name)
		default:
			if b.Len() > 0 {
				b.WriteString("\n")
			}
			b.Write(file.Data)
		}
	}
	return b.Bytes(), left, nil
}

// folder is the format as files of a folder.
func (f format) folder(s source) ([]safefile.File, error) {
	if f.files == nil {
		data, err := f.one(s)
		return []safefile.File{{Name: f.fileName(s), Data: data, Mode: f.mode()}}, f.failed(err)
	}
	files, err := f.files(s)
	var out []safefile.File
	for _, file := range files {
		mode := fs.FileMode(0o644)
		if file.Executable {
			mode = 0o755
		}
		out = append(out, safefile.File{Name: file.Name, Data: file.Data, Mode: mode})
	}
	return out, f.failed(err)
}

func (f format) fileName(s source) string { return s.plan.Guide + "." + f.ending }

func (f format) failed(err error) error {
	var hinted *hinted
	if err == nil || errors.As(err, &hinted) {
		return err
	}
	return fmt.Errorf("export as %s: %w", f.name, err)
}

func (f format) mode() fs.FileMode {
	switch {
	case f.executable:
		return 0o755
	case f.private:
		return 0o600
	}
	return 0o644
}
