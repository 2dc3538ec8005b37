package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"onramp/internal/safefile"
)

func (a *app) manCmd() *cobra.Command {
	var folder string
	c := &cobra.Command{
		Use: "man", Short: "Write the man pages", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			date, err := manDate()
			if err != nil {
				return err
			}
			if folder == "" {
				_, err = a.out.Write(manPage(cmd.Root(), date))
				return err
			}
			if err := os.MkdirAll(filepath.Clean(folder), 0o755); err != nil {
				return fmt.Errorf("make folder: %w", err)
			}
			return writeManPages(cmd.Root(), date, folder)
		},
	}
	c.Flags().StringVarP(&folder, "output", "o", "",
		"`folder` for a page of every command; without it the main page goes to standard output")
	return c
}

// manDate is the day of the pages: today, or that of SOURCE_DATE_EPOCH
// (https://reproducible-builds.org/specs/source-date-epoch/).
func manDate() (string, error) {
	now := time.Now()
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return "", fmt.Errorf("read SOURCE_DATE_EPOCH: %w", err)
		}
		now = time.Unix(seconds, 0)
	}
	return now.UTC().Format(time.DateOnly), nil
}

func writeManPages(c *cobra.Command, date, folder string) error {
	file := filepath.Join(folder, manName(c)+".1")
	if err := safefile.Write(file, manPage(c, date), 0o644, true); err != nil {
		return fmt.Errorf("write man page: %w", err)
	}
	for _, sub := range documented(c) {
		if err := writeManPages(sub, date, folder); err != nil {
			return err
		}
	}
	return nil
}

func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// documented are the commands below c that have a page.
func documented(c *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(c.Commands()), func(sub *cobra.Command) bool {
		return !sub.IsAvailableCommand() || sub.IsAdditionalHelpTopicCommand()
	})
}

// manPage is the page of one command, in the macros of man(7).
func manPage(c *cobra.Command, date string) []byte {
	c.InitDefaultHelpFlag()
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line(`.TH %s 1 %s onramp onramp`, roff(strings.ToUpper(manName(c))), date)
	line(".SH NAME\n%s \\- %s", roff(manName(c)), roff(c.Short))
	line(".SH SYNOPSIS\n\\fB%s\\fR", roff(c.UseLine()))
	about := c.Long
	if about == "" {
		about = c.Short
	}
	line(".SH DESCRIPTION")
	b.WriteString(manText(about))
	for _, set := range []struct {
		title string
		flags *pflag.FlagSet
	}{{"OPTIONS", c.NonInheritedFlags()}, {"OPTIONS OF EVERY COMMAND", c.InheritedFlags()}} {
		if set.flags.HasAvailableFlags() {
			line(".SH %s", set.title)
			set.flags.VisitAll(func(f *pflag.Flag) { b.WriteString(manFlag(f)) })
		}
	}
	var also []string
	if c.HasParent() {
		also = append(also, manName(c.Parent()))
	}
	for _, sub := range documented(c) {
		also = append(also, manName(sub))
	}
	if len(also) > 0 {
		line(".SH SEE ALSO")
		for i, page := range also {
			line(".BR %s (1)%s", roff(page), map[bool]string{true: ","}[i < len(also)-1])
		}
	}
	return b.Bytes()
}

// manText is a text of several paragraphs. Lines that are indented stand as they are.
func manText(text string) string {
	var b strings.Builder
	asIs := false
	for line := range strings.Lines(strings.Trim(text, "\n") + "\n") {
		line = strings.TrimSuffix(line, "\n")
		if indented := strings.TrimLeft(line, " \t") != line; indented != asIs && line != "" {
			asIs = indented
			b.WriteString(map[bool]string{true: ".RS\n.nf\n", false: ".fi\n.RE\n"}[asIs])
		}
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "#"): // the headings of cobra's pages on completion
			b.WriteString(".SS " + roff(strings.TrimLeft(line, "# ")) + "\n")
		case line != "":
			b.WriteString(roff(line) + "\n")
		case asIs:
			b.WriteString("\n")
		default:
			b.WriteString(".PP\n")
		}
	}
	if asIs {
		b.WriteString(".fi\n.RE\n")
	}
	return b.String()
}

// manFlag is a flag with what it takes and what it takes by default.
func manFlag(f *pflag.Flag) string {
	if f.Hidden || f.Deprecated != "" {
		return ""
	}
	names := `\fB` + roff("--"+f.Name) + `\fR`
	if f.Shorthand != "" {
		names = `\fB` + roff("-"+f.Shorthand) + `\fR, ` + names
	}
	takes, usage := pflag.UnquoteUsage(f)
	if takes != "" {
		names += ` \fI` + roff(takes) + `\fR`
	}
	if !slices.Contains([]string{"", "false", "0", "0s", "[]"}, f.DefValue) {
		usage += " (default " + f.DefValue + ")"
	}
	return ".TP\n" + names + "\n" + roff(usage) + "\n"
}

// roff writes a text so that it is printed as it is: groff_char(7) has the signs that are printed as others, and a line
// that begins with a dot or a quote would be a command.
func roff(text string) string {
	signs := map[rune]string{
		'\\': `\e`, '-': `\-`, '\'': `\(aq`, '`': `\(ga`, '^': `\(ha`, '~': `\(ti`, '"': `\(dq`, '\n': " ",
	}
	var b strings.Builder
	for i, r := range text {
		switch sign, is := signs[r]; {
		case is:
			b.WriteString(sign)
		case r >= utf8.RuneSelf:
			fmt.Fprintf(&b, `\[u%04X]`, r)
		case r == '.' && i == 0:
			b.WriteString(`\&.`)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
