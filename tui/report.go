package tui

import (
	"cmp"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/render"
	"onramp/render/commandline"
	"onramp/steps"
)

// report is everything that is to be known before saying yes, as lines. The review page and the
// line prompts show the same.
type report struct {
	theme   theme
	shell   commandline.Shell
	width   int
	guide   steps.Guide
	answers answers.Set // as given
	plan    plan.Plan
	found   map[string]apply.Finding
	look    string // how the look at the account stands
	where   string // where the documents can be read
	tree    string
	tabs    []Tab
	chosen  int                 // index of the problem under the cursor; -1: none
	fixes   []map[string]string // remedies by their letters; none: no key applies one

	lines    []string
	problems []int // line of each problem
}

func (r *report) write() {
	r.lines, r.problems = nil, nil
	r.section("Problems", len(r.allProblems()), r.writeProblems)
	r.section("What will be made", 1, r.writeTree)
	r.section("Replaced with your consent", len(consents(r.plan, r.found)), r.writeConsents)
	r.section("Documents", len(r.tabs), r.writeDocuments)
	r.section("Warnings", len(r.plan.Warnings), r.writeWarnings)
	r.section("Costs", len(r.plan.Costs), r.writeCosts)
	r.section("To hand over", len(r.plan.HandOver)+len(r.plan.Files), r.writeHandOver)
	r.section("To do afterwards", len(r.plan.FollowUps), r.writeFollowUps)
	r.section("Answers", 1, r.writeAnswers)
	r.lines = r.lines[:len(r.lines)-1]
}

func (r *report) section(title string, n int, write func()) {
	if n == 0 {
		return
	}
	if n > 1 {
		title += " (" + itoa(n) + ")"
	}
	r.add(r.theme.strong.Render(title))
	write()
	r.add("")
}

func (r *report) add(lines ...string) { r.lines = append(r.lines, lines...) }

// item writes a paragraph behind a mark, its further lines indented.
func (r *report) item(mark, text string) {
	for i, l := range wrap(clean(text), r.width-4) {
		lead := "  "
		if i == 0 {
			lead = mark + " "
		}
		r.add("  " + lead + l)
	}
}

// remark writes a dim paragraph below an item.
func (r *report) remark(text string) {
	if text != "" {
		r.add(indent(each(wrap(clean(text), r.width-4), r.theme.dim.Render), "    ")...)
	}
}

// remedy writes below an item what to do about it.
func (r *report) remedy(text string) {
	if text == "" {
		return
	}
	for i, l := range wrap(clean(text), r.width-6) {
		lead := "      "
		if i == 0 {
			lead = "    → "
		}
		r.add(r.theme.dim.Render(lead + l))
	}
}

// allProblems are those of the answers and those that the account has with them.
func (r *report) allProblems() []answers.Problem {
	return append(r.plan.Problems[:len(r.plan.Problems):len(r.plan.Problems)], obstacles(r.plan, r.found, r.naming)...)
}

// naming is the key of the answer that names something, as far as one does.
func (r *report) naming(name string) string {
	for _, p := range r.guide.Sequence(r.answers) {
		if text, is := value(p.Question, r.answers).Data.(string); is && text == name && name != "" {
			return p.Question.Key
		}
	}
	return ""
}

// obstacles are what stands against applying: answers that only allow an export, and the resources that cannot be
// brought about in the account as it is, with the question that names each; nil: nobody asks for it.
func obstacles(p plan.Plan, found map[string]apply.Finding, naming func(name string) string) []answers.Problem {
	var out []answers.Problem
	if p.ExportOnly != nil {
		out = append(out, *p.ExportOnly)
	}
	for _, res := range p.Resources {
		if text := found[res.ID].Problem; text != "" {
			problem := answers.Problem{Text: res.Spec.Label() + ": " + text}
			if naming != nil {
				problem.Key = naming(res.Spec.Name())
			}
			out = append(out, problem)
		}
	}
	return out
}

func (r *report) writeProblems() {
	for i, p := range r.allProblems() {
		r.problems = append(r.problems, len(r.lines))
		mark := r.theme.bad.Render(markWrong)
		if i == r.chosen {
			mark = r.theme.accent.Render(markCursor)
		}
		text := p.Text
		if p.Key != "" {
			text = p.Key + ": " + p.Text
		}
		r.item(mark, text)
		if q, asked := r.guide.Find(p.Key); !asked || p.Remedy != q.Remedy() { // here the question can be opened
			r.remedy(p.Remedy)
		}
	}
}

func (r *report) writeTree() {
	for _, l := range split(r.tree) {
		r.branch(clean(l))
	}
	r.remark(r.look)
}

// branch writes a line of the tree; what does not fit goes on below, beside the same stems.
func (r *report) branch(l string) {
	text := strings.TrimLeft(l, stems)
	stem := l[:len(l)-len(text)]
	below := strings.NewReplacer("├", "│", "└", " ", "─", " ", "+", " ", "~", " ", "=", " ", ".", " ", "!", " ").Replace(stem)
	for i, piece := range wrap(text, r.width-2-ansi.StringWidth(stem)) {
		if i > 0 {
			stem = below
		}
		r.add("  " + paintStem(r.theme, stem) + r.theme.plain.Render(piece))
	}
}

// consent is a difference that is replaced only where the operator says so.
type consent struct {
	label string
	apply.Difference
}

func consents(p plan.Plan, found map[string]apply.Finding) []consent {
	var out []consent
	for _, res := range p.Resources {
		for _, d := range found[res.ID].Differences {
			if d.Ask {
				out = append(out, consent{res.Spec.Label(), d})
			}
		}
	}
	return out
}

func (r *report) writeConsents() {
	for _, c := range consents(r.plan, r.found) {
		r.item(r.theme.accent.Render("~"), c.label+": "+c.Step)
		text := "now: " + cmp.Or(c.Have, "nothing") + "\nthen: " + render.Pretty(c.Want)
		if c.Affects != "" {
			text += "\naffects: " + render.Pretty(c.Affects)
		}
		r.remark(text)
	}
}

func (r *report) writeDocuments() {
	for _, t := range r.tabs {
		size := ""
		if t.Make == nil {
			size = counted(len(split(t.Text)), "line")
		}
		r.add("  " + ends(markToDo+" "+line(t.Title), r.theme.dim.Render(size), r.width-2))
	}
	r.remark(r.where)
}

func (r *report) writeWarnings() {
	for _, w := range r.plan.Warnings {
		r.item(r.theme.accent.Render("!"), render.Pretty(w.Text))
		remedy := render.Pretty(w.Remedy)
		if i := fixIndex(r.fixes, w.Fix); w.Fix != nil && i >= 0 {
			remedy += " (" + letter(i) + " does it)"
		}
		r.remedy(remedy)
	}
}

func (r *report) writeCosts() {
	for _, n := range r.plan.Costs {
		r.item(markToDo, render.Pretty(n.Text))
	}
}

func (r *report) writeFollowUps() {
	r.add(followUps(r.theme, r.shell, r.plan.FollowUps, r.width, r.width)...)
}

func (r *report) writeHandOver() { r.add(handOver(r.theme, r.plan, r.width)...) }

// handOver writes the values that have to be entered elsewhere, and names the files that go with them.
func handOver(t theme, p plan.Plan, width int) []string {
	r := &report{theme: t, width: width}
	for _, v := range p.HandOver {
		r.item(markToDo, line(v.Name)+": "+cmp.Or(line(v.Value), "leave it empty"))
		r.remark(line(v.For))
	}
	for _, f := range p.Files {
		r.item(markToDo, line(f.Name))
		r.remark(line(f.Title) + "; every export to a folder writes it")
	}
	return r.lines
}

// followUps writes what is left to do by hand, with its SQL ready to be copied. code is the width of that; 0: no line is
// broken.
func followUps(t theme, sh commandline.Shell, all []plan.FollowUp, width, code int) []string {
	r := &report{theme: t, width: width}
	for _, f := range all {
		r.item(markToDo, render.Pretty(f.Title))
		r.remark("once " + render.Pretty(f.When))
		r.add(codeLines(toDo(sh, f), code)...)
	}
	return r.lines
}

// toDo is the command or the statement of a next step, as it is copied.
func toDo(sh commandline.Shell, f plan.FollowUp) string { return clean(render.Pretty(sh.ToDo(f))) }

// codeLines are the lines of a statement or command, indented below its title. A line that is too wide goes on below,
// further in; nothing is left out.
func codeLines(text string, width int) []string {
	var out []string
	for _, l := range split(text) {
		lead := "    "
		for width > 0 && ansi.StringWidth(l) > max(width-len(lead), 2) {
			head := ansi.Truncate(l, max(width-len(lead), 2), "")
			if at := strings.LastIndex(head, " "); strings.TrimSpace(head[:max(at, 0)]) != "" {
				head = head[:at+1]
			}
			out = append(out, strings.TrimRight(lead+head, " "))
			l, lead = l[len(head):], "      "
		}
		out = append(out, lead+l)
	}
	return out
}

func (r *report) writeAnswers() {
	resolved, _ := r.guide.Resolve(r.answers)
	step := -1
	for _, p := range r.guide.Sequence(r.answers) {
		if p.Step != step {
			step = p.Step
			title := line(r.guide.Steps[step].Title)
			if number := labels(r.guide)[step]; number != "" {
				title = number + " " + title
			}
			r.add("  " + r.theme.plain.Render(cut(title, r.width-2)))
		}
		r.answer(p, resolved.Get(p.Question.Key))
	}
}

// sourceWidth is that of the longest source, "default".
const sourceWidth = 7

func (r *report) answer(p steps.Place, v answers.Value) {
	title := line(p.Question.Title)
	if p.Record >= 0 {
		title = itoa(p.Record+1) + " · " + title
	}
	source, text := v.Source.String(), shown(p.Question, v)
	if v.Source == answers.Unset {
		source = ""
	}
	if text == "" {
		text = "none"
	}
	room := r.width - 4 - sourceWidth - 2
	column := min(34, room*55/100)
	if w := ansi.StringWidth(title); w > column {
		column = min(w, room-2)
	}
	if column+2+ansi.StringWidth(text) > room { // on a line of its own
		r.add("    " + cut(title, r.width-4))
		for i, row := range wrap(text, r.width-sourceWidth-8) { // whole: this is where it is agreed to
			if i > 0 {
				source = ""
			}
			r.add("    " + ends("  "+row, r.theme.dim.Render(fit(source, sourceWidth)), r.width-4))
		}
		return
	}
	r.add("    " + fit(title, column) + "  " + fit(text, room-column-2) + "  " + r.theme.dim.Render(source))
}

// text is the report for a screen that does not scroll.
func (r *report) text() string {
	out := make([]string, len(r.lines))
	for i, l := range r.lines {
		out[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(out, "\n")
}
