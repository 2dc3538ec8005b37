package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Sizes at which the layout changes, in cells.
const (
	leastWidth, leastHeight = 40, 10
	twoPanes                = 76  // from here on the preview stands beside the questions
	threePanes              = 100 // from here on the list of steps does too
	ruleHeight              = 15  // from here on a rule stands below the header
)

// errorRows bounds what a long error takes from the page.
const errorRows = 3

func (w *Wizard) tooSmall() bool { return w.w < leastWidth || w.h < leastHeight }

// View implements tea.Model.
func (w *Wizard) View() tea.View {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := tea.NewView(w.screen())
	v.AltScreen = true
	if w.o.Mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	v.WindowTitle = "onramp"
	if w.o.practising {
		v.WindowTitle = "onramp (practice)"
	}
	return v
}

func (w *Wizard) screen() string {
	switch {
	case w.w == 0 || w.h == 0: // the size is not known yet
		return ""
	case w.tooSmall():
		lines := wrap("The terminal is too small: make it 40x10 or larger.", w.w)
		return strings.Join(lines[:min(len(lines), w.h)], "\n")
	}
	width := w.w - 2
	head, said := w.head(width), w.said(width)
	if w.code != nil {
		head = append(head, w.code.lines(width)...)
	}
	height := max(0, w.h-len(head)-len(said)-1)
	lines := head
	if height > 2 || w.code == nil {
		lines = append(lines, w.page.body(width, height)...)
	}
	lines = rows(lines, len(head)+height)
	lines = append(append(lines, said...), helpLine(w.theme, w.help(), width))
	for i, l := range lines {
		lines[i] = strings.TrimRight(" "+cut(l, width), " ")
	}
	return strings.Join(lines, "\n")
}

// rows makes a block exactly as high as asked.
func rows(lines []string, height int) []string {
	if len(lines) >= height {
		return lines[:height]
	}
	return append(lines[:len(lines):len(lines)], make([]string, height-len(lines))...)
}

// head is the header line and, where there is room, a rule.
func (w *Wizard) head(width int) []string {
	left, right := w.theme.strong.Render("onramp"), w.theme.dim.Render(w.whose(width))
	if w.o.practising && w.h < ruleHeight {
		right = w.theme.banner.Render(" PRACTICE ACCOUNT ")
	}
	if w.session != nil {
		named := left + w.theme.dim.Render(" · ") + w.title(width)
		if ansi.StringWidth(named)+ansi.StringWidth(right) < width {
			left = named
		}
	}
	lines := []string{ends(left, right, width)}
	switch {
	case w.h < ruleHeight:
	case w.o.practising:
		lines = append(lines, w.theme.practiceBanner(width))
	default:
		lines = append(lines, w.theme.rule.Render(strings.Repeat("─", width)))
	}
	return lines
}

// title is the guide's title, or its short name where there is no room.
func (w *Wizard) title(width int) string {
	if width < twoPanes {
		return line(w.session.guide.Name)
	}
	return line(w.session.guide.Title)
}

// said is the error line. It is one, but a long error is not cut: it takes lines from the page.
func (w *Wizard) said(width int) []string {
	var lines []string
	wrong := w.page.wrong()
	if w.code != nil {
		wrong = w.code.err
	}
	switch {
	case wrong != "":
		for i, l := range wrap(clean(wrong), width-2) {
			mark := "  "
			if i == 0 {
				mark = markWrong + " "
			}
			lines = append(lines, w.theme.bad.Render(mark+l))
		}
	case w.notice != "":
		lines = each(wrap(clean(w.notice), width), w.theme.plain.Render)
	default:
		lines = []string{""}
	}
	if len(lines) > errorRows {
		lines = lines[:errorRows]
		lines[errorRows-1] = cut(lines[errorRows-1], width-1) + "…"
	}
	return lines
}

func (w *Wizard) help() []key.Binding {
	if w.leaving {
		return nil
	}
	out := w.page.keys()
	if w.code != nil {
		out = w.code.keys()
	}
	if slices.ContainsFunc(out, func(b key.Binding) bool {
		return b.Help().Desc == keys.stop.Help().Desc || b.Help().Key == keys.stop.Help().Key
	}) {
		return out // one way to leave is enough
	}
	return append(out, keys.stop)
}

// column is one of the blocks that stand side by side.
type column struct {
	lines []string
	width int
}

// beside joins columns with a thin line between them.
func (w *Wizard) beside(height int, columns ...column) []string {
	rule := w.theme.rule.Render(" │ ")
	out := make([]string, height)
	for i := range out {
		for j, c := range columns {
			if j > 0 {
				out[i] += rule
			}
			var l string
			if i < len(c.lines) {
				l = c.lines[i]
			}
			out[i] += fit(l, c.width)
		}
	}
	return out
}

// ruleWidth is the width of what stands between two columns.
const ruleWidth = 3
