package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// mostPicks is how many items of a list are in sight at most.
const mostPicks = 8

// view draws the list into a width and at most a height: what there is, or why there is nothing.
func (p *picks) view(t theme, width, height int) []string {
	if height < 1 {
		return nil
	}
	head, right := p.heading()
	if right == "" { // why there is no list is not cut
		said := wrap(line(head), width)
		return each(said[:min(len(said), height)], t.dim.Render)
	}
	lines := []string{t.dim.Render(ends(cut(head, width-ansi.StringWidth(right)-1), right, width))}
	if len(p.shown) == 0 {
		return lines
	}
	note := p.noteLines(width)
	room := min(mostPicks, height-1-len(note))
	if room < 1 {
		note, room = nil, min(mostPicks, height-1)
	}
	top := max(0, min(p.at-room/2, len(p.shown)-room))
	column := p.valueWidth(width, top, room)
	for i := top; i < min(top+room, len(p.shown)); i++ {
		lines = append(lines, p.row(t, i, column, width))
	}
	return append(lines, each(note, t.dim.Render)...)
}

// heading says how the look-up stands.
func (p *picks) heading() (left, right string) {
	switch n := len(p.list.Items); {
	case p.looking:
		return "In the account: looking…", ""
	case p.why != "":
		return "In the account: " + p.why, ""
	case n == 0:
		return "In the account: none", ""
	case len(p.shown) == 0:
		return "In the account: none of " + itoa(n) + " has this", ""
	default:
		right = itoa(len(p.shown))
		if len(p.shown) < n || p.list.More {
			right += " of " + itoa(n)
		}
		if p.list.More {
			right += "+"
		}
		return "In the account", right
	}
}

// noteLines are what is worth knowing of the item under the cursor, where its line is too narrow for it.
func (p *picks) noteLines(width int) []string {
	item, is := p.item()
	if !is || len(item.Notes) == 0 || ansi.StringWidth(item.Value+strings.Join(item.Notes, " · "))+4 <= width {
		return nil
	}
	lines := wrap(line(item.Value)+": "+line(strings.Join(item.Notes, " · ")), width)
	return append([]string{""}, lines[:min(3, len(lines))]...)
}

// valueWidth is the column of the values in sight.
func (p *picks) valueWidth(width, top, rows int) int {
	most := 0
	for i := top; i < min(top+rows, len(p.shown)); i++ {
		most = max(most, ansi.StringWidth(line(p.list.Items[p.shown[i]].Value)))
	}
	return min(most, width-2)
}

func (p *picks) row(t theme, i, column, width int) string {
	item := p.list.Items[p.shown[i]]
	mark, value := "  ", line(item.Value)
	if p.has(item.Value) {
		mark = markDone + " "
	}
	if i == p.at {
		mark = markCursor + " "
	}
	text := fit(value, column)
	notes := cut(line(strings.Join(item.Notes, " · ")), width-column-4)
	if i == p.at {
		return t.accent.Render(mark+text) + "  " + t.dim.Render(notes)
	}
	return t.accent.Render(mark) + t.plain.Render(text) + "  " + t.dim.Render(notes)
}
