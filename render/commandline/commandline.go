// Package commandline writes a command as people copy it into a terminal: quoted for the shells of a system. Scripts
// are bash everywhere and belong to render/shell. The package does not look where it runs: its caller knows.
package commandline

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"onramp/internal/plan"
	"onramp/render/shell"
)

// Shell is the way in which the usual shells of a system read a command.
type Shell int

// The shells. Windows is PowerShell, and cmd as far as the two agree.
const (
	POSIX Shell = iota
	Windows
)

// Of is the shell of a system, by the name that Go has for it.
func Of(goos string) Shell {
	if goos == "windows" {
		return Windows
	}
	return POSIX
}

// Quote writes a text as one word. On Windows a few words are right in PowerShell alone: see quoteWindows.
func (s Shell) Quote(text string) string {
	if s == Windows {
		return quoteWindows(text)
	}
	return shell.Quote(text)
}

// Continue is what stands at the end of a line when the command continues on the next one.
func (s Shell) Continue() string {
	if s == Windows {
		return "`"
	}
	return `\`
}

// Line writes a command on one line.
func (s Shell) Line(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = s.Quote(w)
	}
	return strings.Join(quoted, " ")
}

// Lines is Line with each option on a line of its own.
func (s Shell) Lines(words []string) string { return shell.LinesFor(words, s.Quote, s.Continue()) }

// Set is the command that sets a variable for the commands after it; on Windows it is PowerShell's.
func (s Shell) Set(name, value string) string {
	if s == Windows {
		return "$env:" + name + " = " + stringWindows(value)
	}
	return "export " + name + "=" + s.Quote(value)
}

// Unset is the command after which variables are not set, as for Set.
func (s Shell) Unset(names []string) string {
	if s == Windows {
		return "Remove-Item -ErrorAction Ignore Env:" + strings.Join(names, ", Env:")
	}
	return "unset " + strings.Join(names, " ")
}

// ToDo is the command of a next step, or its SQL.
func (s Shell) ToDo(f plan.FollowUp) string {
	if len(f.Command) > 0 {
		return s.Lines(f.Command)
	}
	_, text := shell.ToDo(f)
	return text
}

// bare is what both shells of Windows pass on as it is. PowerShell splits an option at a dot or a colon.
var bare = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(-{1,2}[A-Za-z][A-Za-z0-9-]*|[A-Za-z0-9_./\\][A-Za-z0-9_./\\:=+-]*)$`)
})

// quoteWindows uses double quotes, which both shells have. cmd, Windows PowerShell 5.1 and PowerShell since 7.3 all pass a word
// on as it was that has none of " “ ” „ $ % or a backtick, nothing that cannot be printed, is not empty, and does not end with
// a backslash where it is quoted. No form of the others is right in all of them
// (https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_parsing):
//
//   - What PowerShell reads inside the quotes gets its escape character, which cmd does not have.
//   - Of a double quote inside, and of an empty word, that is right since PowerShell 7.3: earlier ones drop them.
//   - A backslash before the last quote is doubled, as a program in cmd would take that quote for a character
//     (https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments). PowerShell since 7.3 passes both on, which
//     name the same folder.
//   - cmd replaces %NAME% where such a variable exists, and nothing prevents that. PowerShell does not.
func quoteWindows(text string) string {
	if bare().MatchString(text) {
		return text
	}
	return stringWindows(text + text[len(strings.TrimRight(text, `\`)):])
}

// stringWindows is a text as a string of PowerShell
// (https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules).
func stringWindows(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case strings.ContainsRune("$`\"“”„", r):
			b.WriteString("`" + string(r))
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, "$([char]::ConvertFromUtf32(0x%x))", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
