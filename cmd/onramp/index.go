package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"onramp/internal/safefile"
)

// indexName is the file that says what the others of a folder are for.
const indexName = "README.md"

// index tells which file is for whom. Everything in it is onramp's own text: names of formats and files, and the plan's
// numbers.
func index(s source, wanted []format, files []safefile.File) []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s\n", s.plan.Title)
	line("One plan, written down in every format of onramp. All of them say the same: choose **one** of shell, CloudFormation and")
	line("Terraform to carry it out. `sha256sum -c %s` tells whether a file was changed since.\n", safefile.Sums)
	line("| | |\n|---|---|")
	line("| account | %s |\n| region | %s |\n| plan | `%s` |\n| onramp | %s |\n", s.plan.Target.Account, s.plan.Target.Region, s.plan.Hash(), s.origin.Version)
	line("| file | what it is | for |\n|---|---|---|")
	for _, f := range wanted {
		if f.files == nil {
			line("| [%[1]s](%[1]s) | %s | %s |", f.fileName(s), f.about, f.reader)
			continue
		}
		line("| [%[1]s/](%[1]s) | %[2]s: %[3]s | %[4]s |", f.name, f.about, strings.Join(in(f.name, files), ", "), f.reader)
	}
	for _, f := range formats() {
		if !slices.ContainsFunc(wanted, func(w format) bool { return w.name == f.name }) {
			line("\nThere is nothing as %s: the plan has nothing that it could make.", f.name)
		}
	}
	line("\nIt was asked for with\n")
	fence := "```"
	for strings.Contains(s.origin.Command, fence) {
		fence += "`"
	}
	line("%stext\n%s\n%s", fence, s.origin.Command, fence)
	return []byte(b.String())
}

// in are the files of a folder.
func in(folder string, files []safefile.File) []string {
	var out []string
	for _, f := range files {
		if path.Dir(f.Name) == folder {
			out = append(out, fmt.Sprintf("[%s](%s)", path.Base(f.Name), f.Name))
		}
	}
	return out
}
