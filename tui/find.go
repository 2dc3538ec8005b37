package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// finder looks for a text in the lines of a pane. While it is open, keys are letters of that text.
type finder struct {
	theme *theme
	field *field // nil: not open
	text  string // what is looked for; "" : nothing
	at    int    // line of the match in sight; -1: none
}

func newFinder(t *theme) finder { return finder{theme: t, at: -1} }

// open begins to ask for a text.
func (f *finder) open() { f.field = newText(f.theme, f.text) }

// press takes a key; false where it is for the page.
func (f *finder) press(msg tea.Msg, pane *scroll) bool {
	k, isKey := msg.(tea.KeyPressMsg)
	switch {
	case f.field == nil && isKey && key.Matches(k, keys.find):
		f.open()
	case f.field == nil && isKey && f.text != "" && key.Matches(k, keys.findNext):
		f.next(pane, f.at+1)
	case f.field == nil:
		return false
	case isKey && key.Matches(k, keys.back):
		f.field, f.text, f.at = nil, "", -1
	case isKey && key.Matches(k, keys.enter):
		f.text, f.field = strings.TrimSpace(f.field.value()), nil
		f.next(pane, max(f.at, 0))
	default: // what is typed is looked for at once
		f.field.update(msg)
		f.text = strings.TrimSpace(f.field.value())
		f.next(pane, pane.top)
	}
	return true
}

// next shows the first line from some line on that has the text, and begins again above where there is none.
func (f *finder) next(pane *scroll, from int) {
	f.at = -1
	if f.text == "" {
		return
	}
	want := strings.ToLower(f.text)
	for i := range pane.lines {
		l := (from + i) % len(pane.lines)
		if strings.Contains(strings.ToLower(ansi.Strip(pane.lines[l])), want) {
			f.at = l
			pane.reveal(l)
			return
		}
	}
}

// mark puts the cursor's mark before the line that was found.
func (f *finder) mark(lines []string, top int) []string {
	i := f.at - top
	if f.at < 0 || i < 0 || i >= len(lines) {
		return lines
	}
	out := append([]string(nil), lines...)
	out[i] = f.theme.accent.Render(markCursor) + ansi.TruncateLeft(out[i], 1, "")
	return out
}

// line is what is asked, or how it went; "" where nothing is looked for.
func (f *finder) line(width int) string {
	switch {
	case f.field != nil:
		return cut(f.theme.dim.Render("find ")+strings.Join(f.field.view(max(width-5, 4), 1), "")+f.none(), width)
	case f.text != "" && f.at < 0:
		return cut(f.theme.dim.Render(`"`+line(f.text)+`" is not there`), width)
	case f.text != "":
		return cut(f.theme.dim.Render(`"`+line(f.text)+`": n shows the next`), width)
	}
	return ""
}

func (f *finder) none() string {
	if f.text != "" && f.at < 0 {
		return f.theme.dim.Render("  not there")
	}
	return ""
}

// keys are those of the open finder; nil where the page has its own.
func (f *finder) keys() []key.Binding {
	if f.field == nil {
		return nil
	}
	return []key.Binding{called(keys.enter, "stay there"), called(keys.back, "end the search")}
}
