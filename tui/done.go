package tui

import (
	"context"
	"errors"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"onramp/internal/apply"
	"onramp/internal/plan"
)

// done is the page after a run: what it left, what is to do, and how to do the same again.
type done struct {
	w    *Wizard
	run  *applying
	pane scroll
	wide int // of the page: a command is broken only where it does not fit
}

func newDone(run *applying) *done { return &done{w: run.w, run: run} }

// press implements page.
func (p *done) press(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok || scrolled(&p.pane, k):
	case key.Matches(k, keys.enter, keys.leave, keys.back):
		return p.w.leave(p.w.out.Ending)
	case key.Matches(k, keys.answers) && p.w.o.Port.Export != nil:
		return p.w.open(newExport(p.w, p, "answers"))
	case key.Matches(k, keys.copy):
		return p.copy()
	case key.Matches(k, keys.undo) && p.undoable():
		return p.w.open(newUndoing(p))
	case key.Matches(k, keys.toReview):
		return p.w.review() // looks at the account anew
	}
	return nil
}

// interrupt leaves: the run is over, and how it ended stays.
func (p *done) interrupt() (tea.Cmd, bool) { return p.w.leave(p.w.out.Ending), true }

// body implements page.
func (p *done) body(width, height int) []string {
	p.wide, width = width, min(width, 100)
	p.pane.set(p.text(width), height)
	return p.pane.window()
}

func (p *done) text(width int) []string {
	t := p.w.theme
	r := &report{theme: t, width: width}
	p.head(r)
	if p.w.o.practising { // what it was for comes first
		p.goOn(r)
	}
	p.list(r, "Done", markDone, p.run.result.Changed)
	p.list(r, "Kept as it was", markKept, p.run.result.Kept)
	if errors.Is(p.run.err, context.Canceled) { // an error names what it stopped at
		p.list(r, "Not finished", markWrong, p.run.result.Failed)
	}
	p.list(r, "Not begun", markSkipped, p.run.result.Skipped)
	left := p.left()
	if n := len(left.HandOver) + len(left.Files); n > 0 {
		r.section("To hand over", n, func() { r.add(handOver(t, left, width)...) })
	}
	if n := len(left.FollowUps); n > 0 {
		r.section("Next steps", n, func() { r.add(followUps(t, p.w.o.Shell, left.FollowUps, width, width)...) })
	}
	if !p.w.o.practising {
		p.goOn(r)
	}
	return r.lines[:len(r.lines)-1]
}

// undoable says that something was done that can be taken back.
func (p *done) undoable() bool {
	return p.w.o.Port.Undo != nil && len(p.run.result.Changed)+len(p.run.result.Failed) > 0
}

// left is what is left to do after a run that ended well, with the values that it gave.
func (p *done) left() plan.Plan {
	if p.run.err != nil {
		return plan.Plan{}
	}
	return p.run.plan.Filled(p.run.result.Outputs)
}

// copy sends the statements and commands of the next steps to the clipboard.
func (p *done) copy() tea.Cmd {
	var all []string
	for _, f := range p.left().FollowUps {
		all = append(all, toDo(p.w.o.Shell, f))
	}
	if len(all) == 0 {
		return nil
	}
	p.w.notice = markDone + " sent to the clipboard, if the terminal allows it: " + counted(len(all), "next step")
	return tea.SetClipboard(strings.Join(all, "\n\n") + "\n")
}

// goOn says what comes next: the same again, the rest of it, or after practice the real thing.
func (p *done) goOn(r *report) {
	switch {
	case blocked(p.run.err):
		r.section("To resume", 1, func() { r.remark("Nothing was changed. Fix the problems first; ctrl+r opens the review.") })
	case p.w.o.practising && p.run.err != nil:
		r.section("To resume", 1, func() {
			r.remark("Press ctrl+r to review and apply again. The practice account is gone when you leave onramp.")
		})
	case p.w.o.practising:
		r.section("Now for real", 1, func() {
			r.remark(ownAccount)
			p.command(r, func(c Commands) []string { return c.Own }, "It shows the plan and asks before it changes anything.")
		})
	case p.run.err != nil:
		r.section("To resume", 1, func() { p.again(r) })
	default:
		r.section("The same from the command line", 1, func() { p.again(r) })
	}
}

// blocked says that a run was refused before it changed anything.
func blocked(err error) bool {
	var b *apply.Blocked
	return errors.As(err, &b)
}

func (p *done) again(r *report) {
	p.command(r, func(c Commands) []string { return c.Apply }, "What exists already is left unchanged.")
	p.command(r, func(c Commands) []string { return c.Undo }, "undoes what this run did, and only that; u does so now.")
}

// command writes one of the commands of the run, and below it a remark.
func (p *done) command(r *report, which func(Commands) []string, remark string) {
	switch c := p.run.commands; {
	case c == nil:
	case c.err != nil:
		r.item(r.theme.bad.Render(markWrong), c.err.Error())
	case which(c.Commands) != nil:
		r.add(indent(p.w.folded(which(c.Commands), p.wide-2), "  ")...)
		r.remark(remark)
	}
}

// folded is a command for a width, broken between its words so that it can be copied.
func (w *Wizard) folded(words []string, width int) []string {
	var out []string
	row := ""
	for i, word := range words {
		word = clean(w.o.Shell.Quote(word))
		for ansi.StringWidth(word) > max(width-2, 2) { // such as a long path: all of it is shown
			if row != "" {
				out, row = append(out, row+" "+w.o.Shell.Continue()), ""
			}
			head := ansi.Truncate(word, max(width-2, 2), "")
			out, word = append(out, "  "+head), word[len(head):]
		}
		more := 2 // for what says that the command goes on
		if i == len(words)-1 {
			more = 0
		}
		if row != "" && ansi.StringWidth(row)+1+ansi.StringWidth(word)+more > width {
			out, row = append(out, row+" "+w.o.Shell.Continue()), " "
		}
		if row != "" {
			row += " "
		}
		row += word
	}
	return append(out, row)
}

// head says how the run ended.
func (p *done) head(r *report) {
	t := r.theme
	took := elapsed(p.run.now.Sub(p.run.begun))
	res := p.run.result
	switch {
	case p.run.err == nil:
		r.add(t.accent.Render(markDone)+" "+t.strong.Render("Done")+t.dim.Render(" in "+took+": "+
			itoa(len(res.Changed))+" made or changed, "+itoa(len(res.Kept))+" kept"), "")
		return
	case p.run.stopping:
		r.add(t.bad.Render(markWrong)+" "+t.strong.Render("Stopped")+t.dim.Render(" after "+took), "")
	default:
		r.add(t.bad.Render(markWrong)+" "+t.strong.Render("Failed")+t.dim.Render(" after "+took), "")
	}
	if errors.Is(p.run.err, context.Canceled) {
		r.add("  What was in flight was finished; nothing is lost.", "")
		return
	}
	r.item(t.bad.Render(markWrong), p.run.err.Error())
	r.remedy(hint(p.run.err))
	r.add("")
}

// hint is what an error says to do about it.
func hint(err error) string {
	var h apply.Hinter
	if errors.As(err, &h) {
		return h.ErrorHint()
	}
	return ""
}

func (p *done) list(r *report, title, mark string, ids []string) {
	r.section(title, len(ids), func() {
		for _, id := range ids {
			label, arn := id, ""
			if res, ok := p.run.plan.Find(id); ok {
				label, arn = res.Spec.Label(), p.run.plan.ARN(res, p.run.result.Outputs)
			}
			r.item(r.theme.accent.Render(mark), label)
			if arn != "" {
				r.remark(arn)
			}
		}
	})
}

// keys implements page.
func (p *done) keys() []key.Binding {
	out := []key.Binding{called(keys.enter, "leave")}
	if p.w.o.Port.Export != nil {
		out = append(out, keys.answers)
	}
	if p.undoable() {
		out = append(out, keys.undo)
	}
	if len(p.left().FollowUps) > 0 {
		out = append(out, keys.copy)
	}
	out = append(out, keys.toReview)
	if p.pane.where() != "" {
		out = append(out, keys.page)
	}
	return out
}

// wrong implements page.
func (p *done) wrong() string { return "" }
