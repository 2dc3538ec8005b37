package tui

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/render"
)

// Values of the choices after the review.
const (
	toApply     = "apply"
	toScript    = "shell"
	toAnswers   = "answers"
	toAll       = "all"
	toDocuments = "documents"
	toEdit      = "edit"
	toFix       = "remedy"
	toLeave     = "leave"
)

// review writes the review and asks what to do, until the operator is done or wants to change an
// answer.
func (p *plain) review() (done bool, err error) {
	p.takeIn()
	p.session.review()
	pl := p.session.plan(p.session.answers)
	found, look := p.inspect(pl)
	r := p.report(pl, found, look)
	p.line("")
	p.line("Review · plan " + pl.Hash())
	if p.o.practising {
		p.line(practiceText)
	}
	p.line("")
	p.line(r.text())
	for {
		p.line("")
		p.say("What now?")
		o, err := p.choose(p.choices(pl, found), none)
		if err != nil {
			return false, err
		}
		switch o.value {
		case toApply:
			if applied, err := p.apply(pl, found); applied || err != nil {
				return true, err
			}
		case toScript, toAnswers, toAll:
			if err := p.export(pl, o.value); err != nil {
				return false, err
			}
		case toDocuments:
			p.documents(pl)
		case toFix:
			return false, p.fix(pl)
		case toEdit:
			return false, p.edit(r)
		case toLeave:
			p.leave()
			return true, nil
		}
	}
}

func (p *plain) report(pl plan.Plan, found map[string]apply.Finding, look string) *report {
	r := &report{
		theme: bareTheme(), shell: p.o.Shell, width: plainWidth, guide: p.session.guide, answers: p.session.answers,
		plan: pl, found: found, look: look, chosen: none,
	}
	if p.o.Preview != nil {
		r.tabs = p.o.Preview(pl)
	}
	if p.o.Tree != nil {
		r.tree = unlined.Replace(p.o.Tree(pl, found))
	}
	r.write()
	return r
}

// unlined takes the lines out of a tree: a screen reader would read them aloud.
var unlined = strings.NewReplacer("├─ ", "  ", "└─ ", "  ", "│  ", "  ")

// inspect looks at the account, where that is possible and worth it.
func (p *plain) inspect(pl plan.Plan) (map[string]apply.Finding, string) {
	if p.who.state != known || p.o.Port.Inspect == nil || len(pl.Problems) > 0 {
		return nil, ""
	}
	p.line("")
	p.say("looking at the account…")
	ctx, cancel := context.WithTimeout(p.ctx, inspectLimit)
	defer cancel()
	found, err := attempt(ctx, func() (map[string]apply.Finding, error) { return p.o.Port.Inspect(ctx, pl) })
	if err != nil {
		return nil, "the account could not be looked at: " + line(err.Error())
	}
	return found, legend
}

// choices are what can be done with the plan.
func (p *plain) choices(pl plan.Plan, found map[string]apply.Finding) []option {
	var out []option
	whole := len(pl.Problems) == 0
	if whole && p.who.state == known && p.o.Port.Apply != nil && len(obstacles(pl, found, nil)) == 0 {
		out = append(out, option{toApply, "Apply it", "In account " + pl.Target.Account + "."})
	}
	if whole && p.o.Port.Export != nil {
		for _, f := range []string{toScript, toAnswers, toAll} {
			out = append(out, option{f, formats[f].title, formats[f].help})
		}
	}
	if p.o.Preview != nil {
		out = append(out, option{toDocuments, "Show the documents", ""})
	}
	if len(fixes(pl)) > 0 {
		out = append(out, option{toFix, "Apply the remedy of a warning", ""})
	}
	return append(out, option{toEdit, "Change answers", "Opens one of the steps."}, option{toLeave, "Leave", "The answers are kept."})
}

func (p *plain) documents(pl plan.Plan) {
	for _, t := range p.o.Preview(pl) {
		p.line("")
		p.line(line(t.Title))
		for _, l := range split(t.text()) {
			p.line("  " + clean(l))
		}
		for _, n := range t.Notes {
			p.say("%s", strings.TrimSuffix(n.Text+": "+strings.Join(n.Actions, ", "), ": "))
		}
	}
}

// fix asks which warning is to go away, and gives the answers that see to it.
func (p *plain) fix(pl plan.Plan) error {
	var options []option
	for i, fix := range fixes(pl) {
		var why []string
		for _, w := range pl.Warnings {
			if maps.Equal(w.Fix, fix) {
				why = append(why, render.Pretty(w.Text))
			}
		}
		options = append(options, option{itoa(i), answered(fix), strings.Join(why, "; ")})
	}
	p.say("Which remedy?")
	o, err := p.choose(append(options, option{toLeave, "None", ""}), none)
	if err != nil || o.value == toLeave {
		return err
	}
	for i, fix := range fixes(pl) {
		if itoa(i) == o.value {
			if err := p.session.fix(fix); err != nil {
				p.say("✗ %s", err)
			}
		}
	}
	return nil
}

// edit opens a step: that of the first problem, if there is any.
func (p *plain) edit(r *report) error {
	p.step = none
	for _, problem := range r.allProblems() {
		if problem.Key != "" && p.session.editKey(problem.Key) {
			return nil
		}
	}
	var options []option
	for i, s := range p.session.guide.Steps {
		options = append(options, option{value: "step " + itoa(i), title: s.Title})
	}
	p.say("Which step?")
	for {
		o, err := p.choose(options, none)
		if err != nil {
			return err
		}
		for i := range options {
			if options[i] == o && p.session.edit(i) {
				return nil
			}
		}
		p.say("✗ nothing is asked there with these answers")
	}
}

func (p *plain) export(pl plan.Plan, format string) error {
	path, err := p.ask("File name (< for none)", p.session.guide.Name+formats[format].ending)
	if err != nil || path == "<" {
		return err
	}
	resolved, _ := p.session.guide.Resolve(p.session.answers)
	files, err := attempt(p.ctx, func() ([]string, error) {
		return p.o.Port.Export(p.session.guide, pl, resolved, format, path)
	})
	if err != nil {
		p.say("✗ %s", line(err.Error()))
		return nil
	}
	p.out.Files = append(p.out.Files, files...)
	if format != toScript {
		p.written = p.session.answers
	}
	for _, f := range files {
		p.say("✓ wrote %s", f)
	}
	return nil
}

func (p *plain) leave() {
	p.out.Ending = Left
	if len(p.out.Files) == 0 {
		return
	}
	p.out.Ending = Exported
	if reflect.DeepEqual(p.written, p.session.answers) { // they can be read back
		p.forget()
	} else {
		p.out.Kept = p.keep()
	}
}

func (p *plain) forget() {
	if p.o.Port.Forget != nil {
		guide := p.session.guide.Name
		p.said(p.shelf.request(func() error { return p.o.Port.Forget(guide) })())
	}
}

// apply asks once more, and carries the plan out. false: the operator has thought better of it.
func (p *plain) apply(pl plan.Plan, found map[string]apply.Finding) (bool, error) {
	for _, c := range consents(pl, found) {
		p.say("This will be replaced: %s: %s (now: %s)", c.label, c.Step, c.Have)
	}
	text, err := p.ask(strings.TrimSuffix(typeToApply(pl.Target.Account), ":")+" (< goes back)", "")
	if err != nil {
		return false, err
	}
	if text != word(pl.Target.Account) {
		p.say("Nothing was done.")
		return false, nil
	}
	agreed := apply.Agree(found)
	p.out.Plan, p.out.Adopted = pl, agreed.Adopts()
	p.out.Result, p.out.Err = attempt(context.WithoutCancel(p.ctx), func() (apply.Result, error) {
		return p.o.Port.Apply(p.ctx, pl, agreed, p.tell)
	})
	if p.o.Port.Commands != nil {
		p.out.CommandsErr = calm(func() (err error) {
			p.out.Commands, err = p.o.Port.Commands(p.session.guide, p.session.answers, pl, p.out.Result, agreed.Adopts())
			return err
		})
	}
	p.applied(pl)
	return true, nil
}

// tell writes an event of the engine, which may work on several resources at a time.
func (p *plain) tell(e apply.Event) {
	p.telling.Lock()
	defer p.telling.Unlock()
	row := resourceRow{begun: true, state: e.State}
	mark, _ := row.mark()
	text := mark + " " + e.Label + ": " + e.State.String()
	switch e.State {
	case apply.Calling:
		text += ": " + e.Step
	case apply.Waiting:
		text += ": " + e.Detail
	case apply.Changed, apply.Kept:
		text += fmt.Sprintf(" (%s)", elapsed(e.Took.Round(time.Second)))
	}
	p.say("%s", line(text))
}

// applied says how the run ended.
func (p *plain) applied(pl plan.Plan) {
	p.out.Told = true
	p.line("")
	res := p.out.Result
	counts := fmt.Sprintf("%d made or changed, %d kept, %d failed, %d not begun", len(res.Changed), len(res.Kept), len(res.Failed), len(res.Skipped))
	if p.out.Err != nil {
		p.out.Ending = ApplyFailed
		if p.ctx.Err() != nil || errors.Is(p.out.Err, context.Canceled) {
			p.out.Ending = Interrupted
		}
		p.say("✗ Stopped: %s", line(p.out.Err.Error()))
		if h := hint(p.out.Err); h != "" {
			p.say("→ %s", h)
		}
		p.say("%s.", counts)
		switch {
		case blocked(p.out.Err):
			p.say("Nothing was changed. Fix the problems first.")
		case p.o.practising:
			p.say("%s", practiceEnds)
		default:
			p.command("To resume:", p.out.Commands.Apply)
			p.command("To undo what this run did, and only that:", p.out.Commands.Undo)
		}
		return
	}
	p.out.Ending = Applied
	p.forget()
	p.say("✓ Done: %s.", counts)
	for _, id := range res.Changed {
		if r, ok := pl.Find(id); ok && pl.ARN(r, res.Outputs) != "" {
			p.line("  " + line(pl.ARN(r, res.Outputs)))
		}
	}
	left := pl.Filled(res.Outputs)
	for _, l := range slices.Concat(handOver(bareTheme(), left, plainWidth), followUps(bareTheme(), p.o.Shell, left.FollowUps, plainWidth, 0)) {
		p.line(l)
	}
	if p.o.practising {
		p.command(ownAccount, p.out.Commands.Own)
		return
	}
	p.command("To undo what this run did, and only that:", p.out.Commands.Undo)
	p.command("The same from the command line:", p.out.Commands.Apply)
}

// command writes a command on a line of its own.
func (p *plain) command(title string, words []string) {
	if words != nil {
		p.say("%s", title)
		p.line(clean(p.o.Shell.Line(words)))
	}
}
