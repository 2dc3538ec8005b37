package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"onramp/internal/safefile"
	"onramp/render"
)

// exporting is what an export was asked for.
type exporting struct {
	format   string
	path     string // "" : standard output
	force    bool
	stackSet stackSetFlags
}

func (a *app) exportCmd() *cobra.Command {
	var e exporting
	c := &cobra.Command{
		Use: "export GUIDE", Short: "Write the plan down as a script, a template, a module or a runbook", Args: a.guideArg, ValidArgsFunction: a.guideNames,
		Long: "export writes the plan down in one of these formats:\n\n" + formatHelp() +
			"\nIt makes no call that changes anything, and with --offline none at all. Without -o it writes to standard\n" +
			"output. In a folder it writes all files of a format, and a list of them (" + safefile.Sums + "); written again, it replaces\n" +
			"what it has written and nobody has changed, and nothing else without --force.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.export(cmd.Context(), args[0], e)
		},
	}
	a.guideFlags(c)
	c.Flags().StringVarP(&e.format, "format", "f", "shell", "`format` of the export")
	c.Flags().StringVarP(&e.path, "output", "o", "", "`file` or folder to write; standard output if not given")
	c.Flags().BoolVar(&e.force, "force", false, "replace files that are there")
	e.stackSet.add(c)
	_ = c.RegisterFlagCompletionFunc("format", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return formatNames(), cobra.ShellCompDirectiveNoFileComp
	})
	return c
}

func formatNames() []string {
	names := []string{}
	for _, f := range formats() {
		names = append(names, f.name+"\t"+f.about)
	}
	return append(names, "all\tall of them")
}

func (a *app) export(ctx context.Context, guide string, e exporting) error {
	wanted, err := e.formats()
	if err != nil {
		return err
	}
	w, err := a.load(ctx, guide)
	if err != nil {
		return err
	}
	s := source{guide: w.guide, set: a.flags.practice.real(w.set), plan: w.plan, origin: render.Origin{Version: release(), Command: a.command()}}
	if s.stackSet, err = e.stackSet.options(s); err != nil {
		return err
	}
	if slices.ContainsFunc(wanted, func(f format) bool { return f.looks }) {
		if s.findings, err = w.inspect(ctx); err != nil {
			return &hinted{fmt.Errorf("look at the account: %w", err), "with --offline the export takes it that nothing is there yet"}
		}
	}
	if e.format == "all" {
		return a.exportAll(s, wanted, e)
	}
	return a.exportOne(s, wanted[0], e)
}

// formats are those that are asked for. What cannot be is refused before anything is read.
func (e exporting) formats() ([]format, error) {
	if e.format == "all" && e.path == "" {
		return nil, &hinted{errors.New("-f all writes a folder"), "name it with -o FOLDER"}
	}
	wanted := formats()
	if e.format != "all" {
		f, err := findFormat(e.format)
		if err != nil {
			return nil, err
		}
		wanted = []format{f}
	}
	return wanted, e.stackSet.check(e.format)
}

func (a *app) exportOne(s source, f format, e exporting) error {
	if e.path != "" {
		written, err := f.write(s, e.path, e.force)
		a.wrote(written)
		return err
	}
	data, left, err := f.oneFile(s)
	if err != nil {
		return err
	}
	if _, err = a.out.Write(data); err == nil {
		a.leftOut(left)
	}
	return err
}

// leftOut says what a single file does not hold.
func (a *app) leftOut(names []string) {
	if len(names) > 0 {
		a.say("not written: %s; -o FOLDER writes them, too", strings.Join(names, ", "))
	}
}

// exportAll writes every format into one folder.
func (a *app) exportAll(s source, wanted []format, e exporting) error {
	written, err := writeEverything(s, wanted, e.path, e.force)
	a.wrote(written)
	return err
}

func writeEverything(s source, wanted []format, path string, force bool) ([]string, error) {
	var all []safefile.File
	var has []format
	for _, f := range wanted {
		files, err := f.folder(s)
		if errors.Is(err, render.ErrNothing) {
			continue
		}
		if err != nil {
			return nil, err
		}
		has = append(has, f)
		for _, file := range files {
			if f.files != nil {
				file.Name = f.name + "/" + file.Name
			}
			all = append(all, file)
		}
	}
	all = append([]safefile.File{{Name: indexName, Data: index(s, has, all), Mode: 0o644}}, all...)
	return writeFolder(path, title(s, "all"), all, force)
}

func (a *app) wrote(paths []string) {
	for _, p := range paths {
		fmt.Fprintf(a.errOut, "wrote %s\n", p)
	}
}

// write writes a format to a file, or into a folder where it has several files and path is one. It gives a line for
// each file.
func (f format) write(s source, path string, force bool) ([]string, error) {
	if f.files != nil && (isFolder(path) || f.parts && filepath.Ext(path) != "."+f.ending) {
		files, err := f.folder(s)
		if err != nil {
			return nil, err
		}
		return writeFolder(path, title(s, f.name), files, force)
	}
	data, left, err := f.oneFile(s)
	if err != nil {
		return nil, err
	}
	if isFolder(path) {
		path = filepath.Join(path, f.fileName(s))
	}
	if err := safefile.Write(path, data, f.mode(), force); err != nil {
		return nil, overwriteHint(err)
	}
	if len(left) > 0 {
		return []string{path + ", without " + strings.Join(left, ", ")}, nil
	}
	return []string{path}, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return path != "" && os.IsPathSeparator(path[len(path)-1]) || err == nil && info.IsDir()
}

// title says what the files of a folder are.
func title(s source, name string) string { return "onramp export " + s.plan.Guide + " -f " + name }

// writeFolder writes several files, or none if one of them cannot be written.
func writeFolder(path, title string, files []safefile.File, force bool) ([]string, error) {
	f, err := safefile.WriteFolder(path, title, files, force)
	lines := f.Written
	for _, r := range f.Removed {
		lines = append(lines, r+" no more: it has been removed")
	}
	return lines, overwriteHint(err)
}

func overwriteHint(err error) error {
	if errors.Is(err, safefile.ErrExists) {
		return &hinted{err, "choose another name, or add --force to replace what is there"}
	}
	return err
}
