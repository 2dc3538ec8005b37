package tui

import (
	"slices"

	"github.com/charmbracelet/x/ansi"

	"onramp/internal/answers"
	"onramp/steps"
)

// Widths of the columns on the page of a question, in cells.
const (
	sidebarWidth  = 27
	leastQuestion = 36
	mostQuestion  = 64
)

// body implements page.
func (q *question) body(width, height int) []string {
	var columns []column
	wide := q.w.w >= threePanes
	if wide {
		columns = append(columns, column{q.w.sidebar(q.places, q.at, sidebarWidth, height), sidebarWidth})
		width -= sidebarWidth + ruleWidth
	}
	var top []string
	if !wide {
		top = []string{q.crumb(width)}
		if height > 10 {
			top = append(top, "")
		}
		height -= len(top)
	}
	ask := width
	if q.w.w >= twoPanes && q.w.preview.build != nil {
		ask = min(mostQuestion, max(leastQuestion, width*45/100))
	}
	columns = append(columns, column{q.step(ask, height, wide), ask})
	if rest := width - ask - ruleWidth; rest > 0 && q.w.w >= twoPanes && q.w.preview.build != nil {
		columns = append(columns, column{q.w.preview.view(q.w.theme, rest, height), rest})
	}
	return append(top, q.w.beside(height, columns...)...)
}

// heading is the step's number and title; how many steps there are and that it is optional where there is room to say so.
func (q *question) heading(width int) string {
	t, g := q.w.theme, q.w.session.guide
	step := g.Steps[q.at.Step]
	title := func(counted bool) string {
		out := t.strong.Render(line(step.Title))
		if label := stepLabel(g, q.at.Step, counted); label != "" {
			out = t.strong.Render(label) + t.dim.Render(" · ") + out
		}
		return out
	}
	out := title(false)
	if more := title(true); ansi.StringWidth(more) <= width {
		out = more
	}
	if more := out + t.dim.Render(" (optional)"); step.Optional && ansi.StringWidth(more) <= width {
		return more
	}
	return out
}

// crumb says in one line where the operator is.
func (q *question) crumb(width int) string {
	t := q.w.theme
	at, of := inStep(q.places, q.at)
	within := t.dim.Render(" · question " + itoa(at) + " of " + itoa(of))
	if ansi.StringWidth(q.heading(0))+ansi.StringWidth(within) > width {
		within = t.dim.Render(" · " + itoa(at) + "/" + itoa(of))
	}
	done, all := q.progress()
	right := t.dim.Render(itoa(done) + "/" + itoa(all))
	room := width - ansi.StringWidth(within)
	left := q.heading(room-ansi.StringWidth(right)-2) + within
	if ansi.StringWidth(left)+ansi.StringWidth(right)+2 > width {
		return cut(q.heading(room)+within, width)
	}
	return ends(left, right, width)
}

func (q *question) progress() (at, all int) {
	i := slices.IndexFunc(q.places, func(p steps.Place) bool { return p.Question.Key == q.at.Question.Key })
	return i + 1, len(q.places)
}

// step draws the questions of the step: the one on screen open, the others one line each.
func (q *question) step(width, height int, titled bool) []string {
	var top []string
	if titled {
		at, of := inStep(q.places, q.at)
		count := itoa(at) + " of " + itoa(of)
		top = []string{ends(q.heading(width-len(count)-1), q.w.theme.dim.Render(count), width), ""}
	}
	height -= len(top)
	before, after := q.folded(width)
	open := q.unfolded(width, height)
	if space := height - len(open) - len(before) - len(after); space >= 2 {
		open = spaced(open, len(before) > 0, len(after) > 0)
	}
	room := max(0, height-len(open))
	below := min(len(after), max(room-len(before), room/3))
	above := min(len(before), room-below)
	top = append(top, q.shortened(before, above, true)...)
	top = append(top, open...)
	return append(top, q.shortened(after, below, false)...)
}

// spaced sets a block apart from its neighbours.
func spaced(block []string, above, below bool) []string {
	if above {
		block = append([]string{""}, block...)
	}
	if below {
		block = append(block, "")
	}
	return block
}

// shortened keeps the n lines that are nearest to the open question, and says that there are more.
func (q *question) shortened(lines []string, n int, end bool) []string {
	if n >= len(lines) || n <= 0 {
		return lines[:max(0, min(n, len(lines)))]
	}
	more := q.w.theme.dim.Render("  … " + itoa(len(lines)-n+1) + " more")
	if end {
		return append([]string{more}, lines[len(lines)-n+1:]...)
	}
	return append(lines[:n-1:n-1], more)
}

// folded draws the questions before and after the one on screen. Of the other records of a list,
// only the first question is shown.
func (q *question) folded(width int) (before, after []string) {
	out := &before
	last := -1
	for _, p := range q.places {
		if p.Step != q.at.Step {
			continue
		}
		if p.Record != last && p.Record >= 0 { // also above the first question of the record on screen
			*out = append(*out, q.recordLine(p, width))
		}
		if p.Question.Key == q.at.Question.Key {
			out, last = &after, p.Record
			continue
		}
		if p.Record < 0 || p.Record == q.at.Record {
			*out = append(*out, q.foldedLines(p, width)...)
		}
		last = p.Record
	}
	return before, after
}

// recordLine heads a record: "2 of 3 · marketing_analyst_grp".
func (q *question) recordLine(p steps.Place, width int) string {
	t := q.w.theme
	list, n, _, _ := answers.Record(p.Question.Key)
	text := itoa(n+1) + " of " + itoa(q.count(list))
	if p.Record == q.at.Record {
		return t.accent.Render(markCurrent) + " " + t.strong.Render(text)
	}
	if name := shown(p.Question, value(p.Question, q.live)); name != "" {
		text += " · " + name
	}
	if q.w.session.passed[p.Question.Key] || q.live.Has(p.Question.Key) {
		return cut(t.accent.Render(markDone)+" "+text, width)
	}
	return t.dim.Render(cut(markToDo+" "+text, width))
}

func (q *question) count(list string) int {
	question, _ := q.w.session.guide.Find(list)
	n, _ := value(question, q.live).Data.(int)
	return n
}

// foldedLines is a question with its answer, on a second line where it does not fit into one.
// Questions that are still to come are dim, with what would be answered if nothing were said.
func (q *question) foldedLines(p steps.Place, width int) []string {
	t := q.w.theme
	v := value(p.Question, q.live)
	text, title := shown(p.Question, v), line(p.Question.Title)
	fits := func(right string) bool { return ansi.StringWidth(title)+ansi.StringWidth(right)+4 <= width }
	if !q.w.session.passed[p.Question.Key] && !q.live.Has(p.Question.Key) {
		if !fits(text) {
			text = ""
		}
		return []string{t.dim.Render(ends(markToDo+" "+title, text, width))}
	}
	if text == "" {
		text = t.dim.Render("none")
	}
	left := t.accent.Render(markDone) + " " + title
	if sourced := text + t.dim.Render(" "+from(v)); from(v) != "" && fits(sourced) {
		text = sourced
	}
	if fits(text) {
		return []string{ends(left, text, width)}
	}
	return []string{cut(left, width), ends("", cut(text, width-4), width)}
}

// unfolded draws the question on screen. Where there is little room, help gives way first: it can
// be read with ? too.
func (q *question) unfolded(width, height int) []string {
	t := q.w.theme
	inner := width - 2
	field := q.field.view(inner, max(1, height-1))
	room := height - 1 - len(field)
	take := func(lines []string) []string {
		if len(lines) > room {
			return nil
		}
		room -= len(lines)
		return lines
	}
	name := q.name(inner)
	if more := take(name[1:]); more == nil {
		name = name[:1]
	}
	list := q.listed(inner, room)
	room -= len(list)
	help := take(each(wrap(clean(q.at.Question.Help), inner), t.dim.Render))
	choice := take(q.choiceHelp(inner))
	whole := take(append(q.whole(inner), q.fallback(inner)...))
	gap := take([]string{""})
	lines := append(name, help...)
	lines = append(lines, gap...)
	lines = append(lines, field...)
	if len(choice)+len(whole) > 0 && room > 0 {
		lines = append(lines, "")
	}
	lines = append(append(lines, choice...), whole...)
	lines = append(lines, list...)
	return indent(lines, t.accent.Render(markBlock)+" ")
}

// listed is the list of the account, with a line between it and the field where there is room. Help has its room first
// as long as no item is chosen.
func (q *question) listed(width, room int) []string {
	if q.picks == nil || room < 1 {
		return nil
	}
	if _, inList := q.picks.item(); !inList && room > 4 {
		room = max(4, room-len(wrap(clean(q.at.Question.Help), width))-1)
	}
	gap := 0
	if room > 3 {
		gap = 1
	}
	return append(make([]string, gap), q.picks.view(q.w.theme, width, room-gap)...)
}

// whole is what was typed, where the field is too narrow to show all of it.
func (q *question) whole(width int) []string {
	text := q.field.value()
	if !q.field.typing() || ansi.StringWidth(text) < width-3 {
		return nil
	}
	return each(wrap(clean(text), width), q.w.theme.dim.Render)
}

// fallback says what Enter takes where the field is empty and may not stay so.
func (q *question) fallback(width int) []string {
	if !q.field.typing() || q.text() != "" || !falls(q.at.Question) {
		return nil
	}
	text := "Empty: Enter takes the default, " + shown(q.at.Question, answers.Value{Data: q.at.Question.Default})
	return each(wrap(text, width), q.w.theme.dim.Render)
}

// name is the title of the question on screen, with what to know about its answer, on one line where that is possible.
func (q *question) name(width int) []string {
	t := q.w.theme
	var tag string
	switch {
	case q.at.Question.Kind == answers.List && q.at.Question.Optional:
		tag = "list, optional"
	case q.at.Question.Kind == answers.List:
		tag = "list: a, b, c"
	case q.at.Question.Optional:
		tag = "optional"
	default:
		tag = from(value(q.at.Question, q.live))
	}
	rows := wrap(line(q.at.Question.Title), width)
	if len(rows) > 1 {
		return each(rows, t.strong.Render)
	}
	title := t.strong.Render(rows[0])
	if ansi.StringWidth(title)+len(tag)+1 > width {
		tag = ""
	}
	return []string{ends(title, t.dim.Render(tag), width)}
}

// choiceHelp says what the option under the cursor means. It takes the room of the longest, so
// that nothing below it moves.
func (q *question) choiceHelp(width int) []string {
	var out []string
	most := 0
	for _, o := range q.field.options {
		lines := wrap(clean(o.help), width)
		most = max(most, len(lines))
		if o.value == q.field.value() {
			out = lines
		}
	}
	return rows(each(out, q.w.theme.plain.Render), most)
}
