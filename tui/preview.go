package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/aymanbagabas/go-udiff/lcs"
	"github.com/charmbracelet/x/ansi"

	"onramp/internal/plan"
)

// preview is the pane with the documents of the plan as the answers stand. Lines that the last
// answer changed are marked. Only the document in sight is compared and painted.
type preview struct {
	build   func(plan.Plan) []Tab // nil: there is no preview
	tabs    []Tab
	base    []Tab          // before the last answer that changed anything
	settled []Tab          // when the question on screen was opened
	fresh   bool           // the question on screen has not changed anything yet
	current int            // index of the document in sight
	turned  bool           // the operator has turned to it
	missing *sight         // what was looked at, while there is no such document
	marks   map[int]string // by line of that document
	pane    scroll
	shift   int // columns that the document is moved to the left
}

func newPreview(build func(plan.Plan) []Tab) *preview { return &preview{build: build} }

// reset shows a plan with nothing marked. more are documents that are not of the plan alone.
func (p *preview) reset(pl plan.Plan, more ...Tab) {
	if p.build == nil {
		return
	}
	title, first := p.tab().Title, len(p.tabs) == 0
	p.tabs = append(p.build(pl), more...)
	p.base, p.settled, p.fresh, p.missing = p.tabs, p.tabs, true, nil
	p.current = p.find(title)
	if first {
		p.current = max(0, slices.IndexFunc(p.tabs, isJSON))
	}
	p.read()
}

// settle tells that another question is on screen. The marks stay if the last one changed
// something.
func (p *preview) settle() {
	if same(p.tabs, p.settled) {
		p.base = p.tabs
		p.mark()
	}
	p.settled, p.fresh, p.missing = p.tabs, true, nil
}

// update shows what a change of the answers makes of the plan, in a document that it changes.
func (p *preview) update(pl plan.Plan, more ...Tab) {
	if p.build == nil {
		return
	}
	tabs := append(p.build(pl), more...)
	if i := slices.IndexFunc(tabs, func(t Tab) bool { return t.Title == p.tab().Title }); i >= 0 {
		tabs[i].text() // it is in sight
	}
	if same(tabs, p.tabs) {
		p.tabs = tabs // those that were not made yet are of the new plan
		return
	}
	if p.fresh {
		p.base, p.fresh = p.settled, false
	}
	before, was := p.tabs, sight{p.tab().Title, p.turned, p.pane.top}
	p.tabs = tabs
	p.current = p.changedTab(p.find(was.title), before)
	p.keepSight(was, before)
	p.read()
	p.toFirstMark()
}

// sight is the document that is looked at, and the line at its top.
type sight struct {
	title  string
	turned bool
	top    int
}

// keepSight remembers what is looked at when it goes, and goes back to it when it comes: what is being typed may be no
// answer for a moment, such as a bucket's name that ends with a hyphen for now.
func (p *preview) keepSight(was sight, before []Tab) {
	if p.missing == nil && len(p.tabs) < len(before) && !p.has(was.title) {
		p.missing = &was
	}
	if p.missing != nil && p.has(p.missing.title) {
		p.current, p.turned, p.pane.top = p.find(p.missing.title), p.missing.turned, p.missing.top
		p.missing = nil
	}
}

func (p *preview) has(title string) bool {
	return slices.ContainsFunc(p.tabs, func(t Tab) bool { return t.Title == title })
}

// changedTab is the document to show: the one in sight if it changed, else the first JSON that did,
// else anything that did. The tree changes with nearly everything, so it is kept only where the
// operator has turned to it.
func (p *preview) changedTab(current int, before []Tab) int {
	changed := func(i int) bool { // what nobody has seen has not changed for anybody
		return i < len(p.tabs) && p.tabs[i].Make == nil && p.tabs[i].Text != counterpart(p.tabs, i, before).Text
	}
	if changed(current) && (p.turned || isJSON(p.tabs[current])) {
		return current
	}
	p.turned = false
	for i, t := range p.tabs {
		if changed(i) && isJSON(t) {
			return i
		}
	}
	for i := range p.tabs {
		if changed(i) {
			return i
		}
	}
	return current
}

func isJSON(t Tab) bool { return strings.HasPrefix(t.Text, "{") }

// counterpart is a document as it was before. A title may hold what is being typed, so a document
// is also known by its place.
func counterpart(tabs []Tab, i int, before []Tab) *Tab {
	for j := range before {
		if before[j].Title == tabs[i].Title {
			return &before[j]
		}
	}
	if len(before) == len(tabs) {
		return &before[i]
	}
	return &Tab{}
}

func same(a, b []Tab) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		made := a[i].Make == nil && b[i].Make == nil // what was not made yet is not compared
		if a[i].Title != b[i].Title || made && a[i].Text != b[i].Text {
			return false
		}
	}
	return true
}

// tab is the document in sight; zero where there is none.
func (p *preview) tab() Tab {
	if p.current < len(p.tabs) {
		return p.tabs[p.current]
	}
	return Tab{}
}

func (p *preview) find(title string) int {
	for i, t := range p.tabs {
		if t.Title == title {
			return i
		}
	}
	return max(0, min(p.current, len(p.tabs)-1))
}

func split(text string) []string { return strings.Split(strings.TrimRight(text, "\n"), "\n") }

// read takes the lines of the document in sight.
func (p *preview) read() {
	if p.current < len(p.tabs) {
		p.tabs[p.current].text()
	}
	p.pane.set(split(p.tab().Text), p.pane.height)
	p.mark()
}

func (p *preview) mark() {
	p.marks = map[int]string{}
	if len(p.tabs) == 0 {
		return
	}
	var before []string
	if old := counterpart(p.tabs, p.current, p.base).text(); old != "" {
		before = split(old)
	}
	for _, d := range lcs.DiffLines(before, p.pane.lines) {
		if d.ReplStart == d.ReplEnd {
			p.marks[d.ReplStart] = markRemoved
		}
		for i := d.ReplStart; i < d.ReplEnd; i++ {
			p.marks[i] = markChanged
		}
	}
}

// toFirstMark scrolls to the first change, if it is not in sight, with some lines before it.
func (p *preview) toFirstMark() {
	for i := range p.pane.lines {
		if p.marks[i] == "" {
			continue
		}
		if !p.pane.shows(i) {
			p.pane.by(i - p.pane.top - p.pane.height/4)
		}
		return
	}
}

// turn shows the next document, or the one before.
func (p *preview) turn(by int) {
	if len(p.tabs) == 0 {
		return
	}
	p.current = (p.current + by + len(p.tabs)) % len(p.tabs)
	p.pane.top, p.shift, p.turned, p.missing = 0, 0, true, nil
	p.read()
	p.toFirstMark()
}

// press takes the keys of the pane.
func (p *preview) press(k tea.KeyPressMsg) (tea.Cmd, bool) {
	switch {
	case p.build == nil:
		return nil, false
	case key.Matches(k, keys.nextTab):
		p.turn(1)
	case key.Matches(k, keys.previousTab):
		p.turn(-1)
	case key.Matches(k, keys.pageUp):
		p.pane.page(-1)
	case key.Matches(k, keys.pageDown):
		p.pane.page(1)
	default:
		return nil, false
	}
	return nil, true
}

// view draws the pane: the titles, then the document with its marks.
func (p *preview) view(t theme, width, height int) []string {
	if len(p.tabs) == 0 {
		return each(wrap("The documents appear here as you answer.", width), t.dim.Render)
	}
	notes := p.notes(t, width)
	p.pane.set(p.pane.lines, height-2-len(notes))
	out := []string{p.titles(t, width), ""}
	for i, l := range p.pane.window() {
		out = append(out, p.line(t, p.pane.top+i, l, width))
	}
	return append(rows(out, height-len(notes)), notes...)
}

// line draws a line of the document behind its marks.
func (p *preview) line(t theme, i int, l string, width int) string {
	mark, note := p.marks[i], " "
	if mark == "" {
		mark = " "
	}
	if p.noted(l) {
		note = markNoted
	}
	l = clean(l)
	if p.shift > 0 {
		l = ansi.TruncateLeft(l, p.shift, "")
	}
	return t.accent.Render(mark+note) + paint(t, cut(l, width-2), mark == markChanged)
}

// noted says that a line holds an action that there is a remark on.
func (p *preview) noted(l string) bool {
	for _, n := range p.tab().Notes {
		for _, a := range n.Actions {
			if strings.Contains(l, `"`+a+`"`) {
				return true
			}
		}
	}
	return false
}

// notes are the remarks on the document in sight.
func (p *preview) notes(t theme, width int) []string {
	var out []string
	for _, n := range p.tab().Notes {
		for i, l := range wrap(line(n.Text), width-2) {
			lead := "  "
			if i == 0 {
				lead = t.accent.Render(markNoted) + " "
			}
			out = append(out, lead+t.dim.Render(l))
		}
	}
	return out
}

// titles names the document in sight, which it is of how many, and which of its lines are seen.
func (p *preview) titles(t theme, width int) string {
	right := p.pane.where()
	left := t.strong.Render(line(p.tab().Title))
	if len(p.tabs) > 1 {
		left = t.accent.Render(itoa(p.current+1)+"/"+itoa(len(p.tabs))) + " " + left
	}
	if width < 30 {
		right = ""
	}
	return ends(left, t.dim.Render(right), width)
}
