package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"onramp/internal/answers"
	"onramp/internal/lookup"
	"onramp/steps"
)

// Plain asks the same questions as the screens do, as line prompts: "?" explains, "<" goes back,
// Enter takes what stands in brackets. The end of the input or of ctx interrupts; the error is for
// what could not be read or written.
func Plain(ctx context.Context, o Options, in io.Reader, out io.Writer) (Outcome, error) {
	w := &checked{to: out}
	p := &plain{prompt: newPrompt(ctx, in, w), o: o, who: newCredentials(o), shelf: newShelf(o.Port)}
	p.out.Ending = Interrupted
	ctx, end := context.WithCancel(ctx)
	defer end()
	go p.codes(ctx)
	err := p.run()
	if errors.Is(err, errInterrupted) {
		err = nil
	}
	if p.out.Ending == Interrupted || p.out.Ending == Left {
		p.out.Kept = p.keep()
	}
	return p.outcome(), cmp.Or(err, w.err)
}

// checked remembers the first error of a writer.
type checked struct {
	to  io.Writer
	err error
}

func (c *checked) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	if c.err == nil {
		c.err = err
	}
	return n, err
}

// plain is a walk by line prompts.
type plain struct {
	*prompt
	o       Options
	who     credentials
	session *session
	shelf   *shelf
	out     Outcome
	written answers.Set // as they stand in a file of answers that was written
	step    int         // whose heading was written last
	// advances are the look-ups that were begun before their question, by list.
	advances map[string]*advance
	telling  sync.Mutex
}

func (p *plain) outcome() Outcome {
	p.out.Answers = p.o.Answers
	if p.session != nil {
		p.out.Guide, p.out.Answers = p.session.guide.Name, p.session.answers
	}
	return p.out
}

func (p *plain) run() error {
	if p.o.Practice != nil && p.o.Practice.Begun {
		p.practise()
	}
	if err := p.identify(); err != nil {
		return err
	}
	if err := p.start(); err != nil {
		return err
	}
	for {
		if err := p.questions(); err != nil {
			return err
		}
		p.keep()
		done, err := p.review()
		if done || err != nil {
			return err
		}
	}
}

// identify waits for whose credentials there are: lines that came later would break a prompt. Where
// there are none, it asks how to go on.
func (p *plain) identify() error {
	p.look()
	if p.who.state != refused || p.o.Practice == nil || p.o.practising {
		return nil
	}
	p.say("How to go on without credentials?")
	o, err := p.choose([]option{optionPractice, optionOffline, optionAgain}, 0)
	switch {
	case err != nil:
		return err
	case o.value == again:
		p.who = newCredentials(p.o)
		return p.identify()
	case o.value == without:
		p.who = credentials{state: offline}
		return nil
	}
	p.practise()
	p.look()
	return nil
}

func (p *plain) practise() {
	p.o.practise()
	p.out.Practice = true
	p.shelf = newShelf(p.o.Port)
	p.who = newCredentials(p.o)
	p.say("*** %s ***", practiceText)
}

func (p *plain) look() {
	if p.who.state == looking {
		p.say("%s", p.who.sentence())
		who, err := askWho(p.ctx, p.o)
		p.who = credentials{state: known, Identity: who}
		if err != nil {
			p.who = credentials{state: refused, err: err}
		} else {
			p.who.alias = askAlias(p.ctx, p.o.Port)
		}
	}
	said := p.who.sentence()
	if p.who.state == refused && p.o.Practice != nil && !p.o.practising {
		said = p.who.refusal()
	}
	p.say("Account: %s", said)
	p.line("")
}

// start chooses the guide and the answers to begin with.
func (p *plain) start() error {
	g, err := p.guide()
	if err != nil {
		return err
	}
	given, place := p.o.Answers, (*session).begin
	if p.o.Draft != nil && fits(g, *p.o.Draft) {
		p.say("You stopped before the end. Continue where you stopped?")
		o, err := p.choose([]option{
			{goOn, "Continue", counted(len(p.o.Draft.Keys()), "answer") + " kept."}, {anew, "Begin anew", ""},
		}, 0)
		if err != nil {
			return err
		}
		if o.value == goOn {
			given, place = merged(given, *p.o.Draft), (*session).resume
		}
	}
	p.session, p.step, p.advances = newSession(g, given), none, map[string]*advance{}
	p.session.identify(p.who.Identity)
	if foreign(given, p.who.Identity) {
		if err := p.offline(given); err != nil {
			return err
		}
	}
	place(p.session)
	p.ahead()
	p.line(line(g.Title))
	p.say("%s", g.Summary)
	if notice := g.Notice(); notice != "" {
		p.say("*** %s ***", notice)
	}
	p.say("Enter takes the answer in brackets. ? explains a question, < goes back.")
	return nil
}

func (p *plain) guide() (steps.Guide, error) {
	for _, g := range p.o.Guides {
		if g.Name == p.o.Guide || len(p.o.Guides) == 1 {
			return g, nil
		}
	}
	var options []option
	for _, g := range p.o.Guides {
		options = append(options, option{g.Name, g.Title, g.Summary})
	}
	p.say("Which guide?")
	chosen, err := p.choose(options, 0)
	i := slices.IndexFunc(p.o.Guides, func(g steps.Guide) bool { return g.Name == chosen.value })
	return p.o.Guides[max(i, 0)], err
}

// offline goes on without AWS where the answers are for another account, or leaves.
func (p *plain) offline(given answers.Set) error {
	p.say("✗ %s", mismatch(given, p.who.Identity))
	options := []option{{without, "Go on offline", "The result can be exported, not applied."}, {away, "Leave", ""}}
	if p.o.Practice != nil {
		options = append(options, optionPractice)
	}
	o, err := p.choose(options, none)
	switch {
	case err == nil && o.value == away:
		p.out.Ending = Left
		return errInterrupted
	case err == nil && o.value == practiceChoice:
		p.practise()
		p.look()
		p.session.answers = p.o.Practice.Answers(given)
		p.session.identify(p.who.Identity)
		return nil
	}
	p.who = credentials{state: offline}
	p.session.alone()
	return err
}

// questions asks until all are answered.
func (p *plain) questions() error {
	for {
		at, more := p.session.place()
		if !more {
			return nil
		}
		if err := p.question(at); err != nil {
			return err
		}
	}
}

// question asks one question until it is answered or left.
func (p *plain) question(at steps.Place) error {
	p.heading(at)
	q := at.Question
	ctx, cancel := p.patience()
	shown := p.offer(ctx, q, "")
	p.await(ctx, q)
	p.takeIn()
	cancel()
	for {
		text, err := p.ask(p.label(q))
		switch {
		case err != nil:
			return err
		case text == "<":
			p.back()
			return nil
		case text == "?":
			p.explain(at)
			continue
		case strings.HasPrefix(text, "*") && q.Lookup != "":
			ctx, cancel := p.patience()
			shown = p.offer(ctx, q, strings.TrimSpace(text[1:]))
			cancel()
			continue
		}
		data, err := p.answer(q, numbered(q, shown, text))
		if err == nil {
			p.accept(at, data, shown)
			return nil
		}
		p.say("✗ %s", err)
	}
}

// accept stores an answer, and what follows from it where it was chosen from a list.
func (p *plain) accept(at steps.Place, data any, shown []lookup.Item) {
	if text, one := data.(string); one {
		p.session.bring(at.Question, text, lookup.List{Items: shown})
	}
	p.session.accept(at, data)
	if text := doubt(data); at.Question.Key == keyRegion && text != "" {
		p.say("%s", text)
	}
	p.keep()
	p.ahead()
}

func (p *plain) back() {
	if !p.session.back() {
		p.say("This is the first question.")
	}
	p.step = none
}

// heading writes what a question is, with its step where that is another than before.
func (p *plain) heading(at steps.Place) {
	p.line("")
	if at.Step != p.step {
		p.step = at.Step
		step := p.session.guide.Steps[at.Step]
		title := line(step.Title)
		if label := stepLabel(p.session.guide, at.Step, true); label != "" {
			title = label + " · " + title
		}
		if step.Optional {
			title += " (optional)"
		}
		if p.o.practising {
			title += " [practice account]"
		}
		p.line(title)
		p.line(strings.Repeat("-", len([]rune(title))))
	}
	n, of := inStep(p.session.guide.Sequence(p.session.answers), at)
	text := "question " + itoa(n) + " of " + itoa(of)
	if list, n, _, ok := answers.Record(at.Question.Key); ok {
		text += ", " + itoa(n+1) + " of " + itoa(p.session.answers.Int(list))
	}
	p.say("%s (%s)", at.Question.Title, text)
	p.say("%s", at.Question.Help)
	p.options(optionsOf(at.Question))
}

func optionsOf(q steps.Question) []option {
	var out []option
	for _, o := range q.Choices {
		out = append(out, option{o.Value, o.Title, o.Help})
	}
	return out
}

// label is what stands before the answer, and the default.
func (p *plain) label(q steps.Question) (label, byDefault string) {
	byDefault = answers.Format(value(q, p.session.answers).Data)
	switch q.Kind {
	case answers.Choice:
		for i, o := range q.Choices {
			if o.Value == byDefault {
				return "Number", itoa(i + 1)
			}
		}
		return "Number", ""
	case answers.YesNo:
		return "yes or no", map[string]string{"true": "yes", "false": "no"}[byDefault]
	case answers.List:
		label = q.Title + ", separated by commas"
	default:
		label = q.Title
	}
	switch {
	case q.Optional && byDefault != "":
		label += " (- for none)"
	case q.Optional:
		label += " (may be empty)"
	case p.another(q):
		label += " (- for the default, " + answers.Format(q.Default) + ")"
	}
	return label, byDefault
}

// answer reads what was typed. Choices go by number too, and a hyphen empties what may be
// empty, or takes the default again.
func (p *plain) answer(q steps.Question, text string) (any, error) {
	if q.Kind == answers.Choice {
		o, ok := pick(optionsOf(q), text)
		if !ok {
			return nil, fmt.Errorf("give a number from 1 to %d", len(q.Choices))
		}
		text = o.value
	}
	if text == "-" && (q.Optional || p.another(q)) {
		text = ""
	}
	return read(q, text)
}

// another says that the answer in brackets is another than the default, which could only be typed then.
func (p *plain) another(q steps.Question) bool {
	return falls(q) && answers.Format(value(q, p.session.answers).Data) != answers.Format(q.Default)
}

func (p *plain) explain(at steps.Place) {
	step := p.session.guide.Steps[at.Step]
	for _, text := range []string{at.Question.Why, step.Why, at.Question.Link, step.Link} {
		if text != "" {
			p.say("%s", text)
		}
	}
	p.say("In the answers file: %s", at.Question.Key)
}

// keep saves the answers, and says whether it did. An error is said and does not stop anything.
func (p *plain) keep() bool {
	cmd := p.shelf.keepCmd(p.session)
	if cmd == nil {
		return false
	}
	msg := cmd()
	p.said(msg)
	m, is := msg.(kept)
	return is && m.err == nil
}

func (p *plain) said(msg any) {
	if m, ok := msg.(kept); ok && m.err != nil {
		p.say("The answers could not be kept: %s", line(m.err.Error()))
	}
}
