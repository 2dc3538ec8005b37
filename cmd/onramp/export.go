package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"onramp/internal/answers"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/internal/safefile"
	"onramp/render"
	"onramp/render/documents"
	"onramp/render/markdown"
	"onramp/render/shell"
	"onramp/render/sql"
	"onramp/steps"
)

// format is one format of the export.
type format struct {
	name, about string
	ending      string
	private     bool // holds what only its owner should read
	executable  bool
	render      func(source) ([]byte, error)
	files       func(source) []render.File // instead of one file, in a folder
}

// source is what a format is made from.
type source struct {
	guide  steps.Guide
	set    answers.Set
	plan   plan.Plan
	origin render.Origin
}

// formats lists every format in the order of the help.
func formats() []format {
	return []format{
		{
			name: "shell", about: "a bash script of AWS CLI commands that can be run again", ending: "sh", executable: true,
			render: func(s source) ([]byte, error) { return shell.Render(s.plan, s.origin) },
		},
		{
			name: "json", about: "the policy documents", ending: "json",
			render: func(s source) ([]byte, error) { return documents.Object(s.plan) },
			files:  func(s source) []render.File { return documents.Files(s.plan) },
		},
		{
			name: "sql", about: "the SQL, for any client", ending: "sql",
			render: func(s source) ([]byte, error) { return sql.Render(s.plan, s.origin), nil },
		},
		{
			name: "markdown", about: "a runbook to review and sign", ending: "md",
			render: func(s source) ([]byte, error) {
				operator, err := permissions.Operator(s.plan)
				return markdown.Render(s.plan, operator, s.origin), err
			},
		},
		{
			name: "answers", about: "the answers file, complete", ending: "yaml", private: true,
			render: func(s source) ([]byte, error) { return answers.Save(s.guide.Name, s.guide.Fields(), s.set) },
		},
	}
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

func (a *app) exportCmd() *cobra.Command {
	var name, path string
	var force bool
	c := &cobra.Command{
		Use: "export GUIDE", Short: "Write the plan down as a script, as documents or as a runbook", Args: guideArg, ValidArgsFunction: guideNames,
		Long: "export writes the plan down in one of these formats:\n\n" + formatHelp() +
			"\nIt makes no call that changes anything, and with --offline none at all.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.export(cmd.Context(), args[0], name, path, force)
		},
	}
	a.guideFlags(c)
	c.Flags().StringVarP(&name, "format", "f", "shell", "`format` of the export")
	c.Flags().StringVarP(&path, "output", "o", "", "`file` or folder to write; standard output if not given")
	c.Flags().BoolVar(&force, "force", false, "replace files that are there")
	return c
}

func formatHelp() string {
	var b strings.Builder
	for _, f := range formats() {
		fmt.Fprintf(&b, "  %-10s %s\n", f.name, f.about)
	}
	fmt.Fprintf(&b, "  %-10s %s\n", "all", "all of them, into the folder given with -o")
	return b.String()
}

func (a *app) export(ctx context.Context, guide, name, path string, force bool) error {
	if name != "all" {
		if _, err := findFormat(name); err != nil {
			return err
		}
	}
	w, err := a.load(ctx, guide)
	if err != nil {
		return err
	}
	s := source{guide: w.guide, set: a.flags.practice.real(w.set), plan: w.plan, origin: render.Origin{Version: release(), Command: a.command()}}
	if name == "all" {
		return a.exportAll(s, path, force)
	}
	f, err := findFormat(name)
	if err != nil {
		return err
	}
	if path == "" {
		data, err := f.render(s)
		if err != nil {
			return fmt.Errorf("render %s: %w", name, err)
		}
		_, err = a.out.Write(data)
		return err
	}
	written, err := f.write(s, path, force)
	a.wrote(written)
	return err
}

// exportAll writes every format into one folder.
func (a *app) exportAll(s source, folder string, force bool) error {
	if folder == "" {
		return &hinted{errors.New("-f all writes a folder"), "name it with -o FOLDER"}
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	for _, f := range formats() {
		path := filepath.Join(folder, s.plan.Guide+"."+f.ending)
		if f.files != nil {
			path = folder
		}
		written, err := f.write(s, path, force)
		a.wrote(written)
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *app) wrote(paths []string) {
	for _, p := range paths {
		fmt.Fprintf(a.errOut, "wrote %s\n", p)
	}
}

// write writes a format to a file, or into a folder where it has several files and path is one.
func (f format) write(s source, path string, force bool) ([]string, error) {
	if f.files != nil && isFolder(path) {
		return writeAll(f.files(s), path, force)
	}
	data, err := f.render(s)
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", f.name, err)
	}
	if isFolder(path) {
		path = filepath.Join(path, s.plan.Guide+"."+f.ending)
	}
	if err := safefile.Write(path, data, f.mode(), force); err != nil {
		return nil, overwriteHint(err)
	}
	return []string{path}, nil
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

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return strings.HasSuffix(path, "/") || err == nil && info.IsDir()
}

// writeAll writes several files, or none if one of them cannot be written.
func writeAll(files []render.File, folder string, force bool) ([]string, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	var written []string
	for _, f := range files {
		path := filepath.Join(folder, filepath.Base(f.Name))
		if err := safefile.Write(path, f.Data, 0o644, force); err != nil {
			return written, overwriteHint(err)
		}
		written = append(written, path)
	}
	return written, nil
}

func overwriteHint(err error) error {
	if errors.Is(err, safefile.ErrExists) {
		return &hinted{err, "choose another name, or add --force to replace it"}
	}
	return err
}

// command is the command line that makes the same export again, for the header of what is exported.
func (a *app) command() string { return commandLine(a.args) }

func commandLine(args []string) string {
	words := []string{"onramp"}
	for _, w := range args {
		words = append(words, shell.Quote(w))
	}
	return strings.Join(words, " ")
}
