package tui

import (
	"image/color"

	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"
)

// theme is how things look. There is one accent colour; everything it says is also said by a
// mark, so that nothing is lost without colours.
type theme struct {
	plain  lipgloss.Style // what is neither
	accent lipgloss.Style // where the operator is, what changed
	strong lipgloss.Style // titles
	dim    lipgloss.Style // what is not now
	bad    lipgloss.Style // errors
	rule   lipgloss.Style // lines between panes
	banner lipgloss.Style // the practice account
	huh    *huh.Styles
	dark   bool
}

// Marks, each one cell wide.
const (
	markDone    = "✓"
	markCurrent = "▸"
	markToDo    = "·"
	markNone    = "–" // nothing to do
	markWrong   = "✗"
	markKept    = "="
	markSkipped = "-"
	markChanged = "▎" // a line that the last answer changed
	markNoted   = "*" // an action with a remark
	markRemoved = "▔" // lines that stood above are gone
	markBlock   = "┃" // the question on screen
	markCursor  = "›"
)

func newTheme(dark bool) theme {
	shade := lipgloss.LightDark(dark)
	t := themeOf(
		shade(lipgloss.Color("#1F5FA8"), lipgloss.Color("#7FB4F0")),
		shade(lipgloss.Color("#6B7280"), lipgloss.Color("#8A93A2")),
		shade(lipgloss.Color("#B42318"), lipgloss.Color("#F28B82")),
		shade(lipgloss.Color("#CBD0D8"), lipgloss.Color("#474D59")),
	)
	t.dark = dark
	return t
}

func themeOf(accent, dim, bad, rule color.Color) theme {
	t := theme{
		plain:  lipgloss.NewStyle(),
		accent: lipgloss.NewStyle().Foreground(accent),
		strong: lipgloss.NewStyle().Bold(true),
		dim:    lipgloss.NewStyle().Foreground(dim),
		bad:    lipgloss.NewStyle().Foreground(bad),
		rule:   lipgloss.NewStyle().Foreground(rule),
		banner: lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Color("#1B1300")).Background(lipgloss.Color("#F2B632")),
	}
	t.huh = t.fields()
	return t
}

// bareTheme writes text and nothing else, for line prompts.
func bareTheme() theme {
	none := lipgloss.NewStyle()
	return theme{plain: none, accent: none, strong: none, dim: none, bad: none, banner: none}
}

// fields is the look of huh's fields. Title and help are drawn by the page, so what is left is
// the input, the options and the two buttons. The focus of a button is a mark, because huh's own
// is only a background colour and vanishes with NO_COLOR.
func (t theme) fields() *huh.Styles {
	s := huh.ThemeBase(true)
	f := &s.Focused
	f.Base = lipgloss.NewStyle()
	f.SelectSelector = t.accent.SetString(markCursor + " ")
	f.SelectedOption = t.accent.Bold(true)
	f.UnselectedOption = t.plain
	f.TextInput.Prompt = t.accent
	f.TextInput.Cursor = t.accent
	f.TextInput.Text = t.plain
	f.TextInput.Placeholder = t.dim
	f.FocusedButton = t.accent.Bold(true).SetString(markCursor).MarginRight(3)
	f.BlurredButton = t.plain.SetString(" ").MarginRight(3)
	s.Blurred = s.Focused
	return s
}
