package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"onramp/internal/answers"
	"onramp/steps"
)

// start is the first page: which guide, with whose credentials, and from where to go on. It is
// there at once and waits for nothing.
type start struct {
	w      *Wizard
	stage  stage
	then   stage // what follows stageAlone
	guide  steps.Guide
	field  *field // nil: there is nothing to choose
	asking bool   // whether to leave
	eager  bool   // goes on by itself as soon as it is known who calls
}

// stage is what the start page asks.
type stage int

const (
	stageGuide   stage = iota // which guide
	stageDraft                // go on with the kept answers, or anew
	stageBegin                // nothing: Enter begins
	stageForeign              // the answers are for another account than the credentials
	stageAlone                // there are no credentials: the practice account, or offline
)

// Values of the choices on the start page.
const (
	goOn    = "continue"
	anew    = "anew"
	again   = "again"
	without = "offline"
	away    = "leave"
)

func newStart(w *Wizard) *start {
	p := &start{w: w, guide: w.o.Guides[0]}
	named := slices.IndexFunc(w.o.Guides, func(g steps.Guide) bool { return g.Name == w.o.Guide })
	if named >= 0 {
		p.guide = w.o.Guides[named]
	}
	if w.session != nil {
		p.guide = w.session.guide
	}
	switch {
	case w.session != nil && w.alone():
		p.then = stageBegin
		p.enter(stageAlone)
	case w.session != nil && foreign(w.session.answers, w.who.Identity):
		p.enter(stageForeign)
	case len(w.o.Guides) > 1 && named < 0:
		p.enter(stageGuide)
	default:
		p.enter(p.afterGuide())
	}
	if w.alone() {
		p.alone()
	}
	return p
}

// alone asks how to go on without credentials, before anything else.
func (p *start) alone() {
	if p.stage != stageAlone {
		p.then = p.stage
		p.enter(stageAlone)
	}
}

func (p *start) enter(s stage) {
	p.stage, p.field = s, nil
	switch s {
	case stageGuide:
		var options []option
		for _, g := range p.w.o.Guides {
			options = append(options, option{value: g.Name, title: g.Title})
		}
		p.field = newChoice(&p.w.theme, p.guide.Name, options)
	case stageDraft:
		p.field = newChoice(&p.w.theme, goOn, []option{
			{value: goOn, title: "Continue where you stopped", help: counted(len(p.w.o.Draft.Keys()), "answer") + " kept."},
			{value: anew, title: "Begin anew", help: "What was kept is replaced with the first step that you finish."},
		})
	case stageForeign:
		p.then = stageBegin
		options := []option{
			{value: without, title: "Go on offline", help: "The answers stay; the result can be exported, not applied."},
			{value: away, title: "Leave", help: "Then start again with credentials of the right account."},
		}
		if p.w.o.Practice != nil {
			options = slices.Insert(options, 1, optionPractice)
		}
		p.field = newChoice(&p.w.theme, without, options)
	case stageAlone:
		p.field = newChoice(&p.w.theme, practiceChoice, []option{optionPractice, optionOffline, optionAgain})
	}
}

// afterGuide is what is left to ask once the guide is chosen.
func (p *start) afterGuide() stage {
	if _, begun := p.w.sessions[p.guide.Name]; !begun && p.fits() {
		return stageDraft
	}
	return stageBegin
}

// fits says that the kept answers are answers to the guide's questions.
func (p *start) fits() bool {
	return p.w.o.Draft != nil && fits(p.guide, *p.w.o.Draft)
}

func fits(g steps.Guide, draft answers.Set) bool {
	for _, key := range draft.Keys() {
		if _, ok := g.Find(key); !ok {
			return false
		}
	}
	return len(draft.Keys()) > 0
}

// merged is the draft with what this command line says on top. What is in it was typed once.
func merged(given, draft answers.Set) answers.Set {
	out := map[string]answers.Value{}
	for _, key := range given.Keys() {
		out[key] = given.Get(key)
	}
	for _, key := range draft.Keys() {
		if out[key].Source != answers.Flag {
			out[key] = answers.Value{Data: draft.Get(key).Data, Source: answers.Typed}
		}
	}
	return answers.New(out)
}

// press implements page.
func (p *start) press(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	leaves := key.Matches(k, keys.back, keys.leave)
	switch {
	case p.asking && leaves:
		return p.w.leave(Left)
	case leaves:
		p.asking = true
		p.w.notice = "Leave onramp? Esc again leaves, any other key stays."
	case p.asking:
		p.asking = false
	case key.Matches(k, keys.enter):
		return p.next()
	case p.field != nil:
		p.field.update(msg)
		p.look()
	}
	return nil
}

// look follows the cursor through the guides.
func (p *start) look() {
	if p.stage != stageGuide {
		return
	}
	for _, g := range p.w.o.Guides {
		if g.Name == p.field.value() {
			p.guide = g
		}
	}
}

// next takes what was chosen.
func (p *start) next() tea.Cmd {
	switch {
	case p.stage == stageGuide:
		p.enter(p.afterGuide())
		if p.stage == stageBegin {
			return p.begin(p.w.o.Answers, (*session).begin)
		}
		return nil
	case p.stage == stageDraft && p.field.value() == goOn:
		return p.begin(merged(p.w.o.Answers, *p.w.o.Draft), (*session).resume)
	case p.stage == stageForeign && p.field.value() == away:
		return p.w.leave(Left)
	case p.stage == stageForeign && p.field.value() == practiceChoice:
		return p.goOn()
	case p.stage == stageForeign:
		p.w.goOffline()
		return p.w.ask(false)
	case p.stage == stageAlone:
		return p.goOn()
	}
	return p.begin(p.w.o.Answers, (*session).begin)
}

// goOn goes on without credentials, to where it would have gone with them. The practice account
// knows at once who calls; that moment is waited for, so that nobody is asked for its number.
func (p *start) goOn() tea.Cmd {
	switch p.field.value() {
	case again:
		p.enter(p.then)
		p.eager = p.stage == stageBegin
		p.w.who = newCredentials(p.w.o)
		return p.w.identify()
	case practiceChoice:
		p.enter(p.then)
		p.eager = p.stage == stageBegin
		return p.w.practise()
	}
	p.w.goOffline()
	p.enter(p.then)
	return p.goAhead()
}

// goAhead leaves the start page where there is nothing more to choose on it.
func (p *start) goAhead() tea.Cmd {
	switch {
	case p.w.session != nil:
		p.w.session.skip()
		return p.w.ask(false)
	case p.stage == stageBegin:
		return p.begin(p.w.o.Answers, (*session).begin)
	}
	return nil
}

// begin opens the guide with some answers, at the place that the session says.
func (p *start) begin(a answers.Set, place func(*session)) tea.Cmd {
	fresh := p.w.choose(p.guide, a)
	if fresh {
		place(p.w.session)
	}
	if foreign(p.w.session.answers, p.w.who.Identity) {
		p.enter(stageForeign)
		return nil
	}
	return tea.Batch(p.w.ahead(), p.w.ask(false))
}

// goOffline goes on without AWS. What the credentials answered is asked then.
func (w *Wizard) goOffline() {
	w.who = credentials{state: offline}
	for _, s := range w.sessions {
		s.alone()
	}
}

// body implements page. Where there is little room, what is only good to know gives way to what
// there is to choose.
func (p *start) body(width, height int) []string {
	var out []string
	for spare := 5; spare >= 0; spare-- {
		if out = p.compose(min(width, measure), spare); len(out) <= height {
			break
		}
	}
	return out
}

// compose draws the page with more or less to spare: 5 is everything, 0 only the choice.
func (p *start) compose(width, spare int) []string {
	t := p.w.theme
	var out []string
	add := func(least int, lines ...string) {
		if spare >= least {
			out = append(out, lines...)
		}
	}
	who := p.credentials(width)
	add(5, "")
	add(1, t.strong.Render(cut(line(p.guide.Title), width)))
	add(4, wrap(clean(p.guide.Summary), width)...)
	if notice := p.guide.Notice(); notice != "" { // it gives way last: nobody should begin without it
		add(1, each(wrap(clean(notice), width), t.bad.Render)...)
	}
	add(3, "")
	switch {
	case spare >= 5: // what comes below does not move when AWS answers
		add(5, rows(who, max(3, len(who)))...)
	case spare >= 3:
		add(3, who...)
	default:
		add(2, who[0])
	}
	add(3, "")
	return append(out, p.choice(width, spare >= 4)...)
}

func (p *start) credentials(width int) []string {
	const label = "Account  "
	t := p.w.theme
	said := p.w.who.sentence()
	if p.w.alone() {
		said = p.w.who.refusal()
	}
	lines := wrap(said, width-len(label))
	out := indent(lines, strings.Repeat(" ", len(label)))
	out[0] = t.dim.Render(label) + lines[0]
	return out
}

// choice is what there is to choose, or what Enter does.
func (p *start) choice(width int, explained bool) []string {
	t := p.w.theme
	if p.field == nil {
		verb := "begins"
		switch {
		case p.wrong() != "":
			verb = "shows what can be done"
		case p.w.session != nil:
			verb = "goes on"
		}
		return []string{t.accent.Render(markCursor+" ") + "Enter " + verb + "."}
	}
	var out []string
	switch p.stage {
	case stageGuide:
		out = append(out, t.strong.Render("Which guide?"))
	case stageDraft:
		out = append(out, t.strong.Render("You stopped before the end. Continue where you stopped?"))
	case stageForeign:
		out = append(out, t.strong.Render("Go on without AWS?"))
	case stageAlone:
		out = append(out, t.strong.Render("How to go on without credentials?"))
	}
	out = append(out, p.field.view(width, p.field.rows(width))...)
	if help := p.field.hovered().help; help != "" && explained {
		out = append(out, "")
		out = append(out, each(wrap(help, width), t.dim.Render)...)
	}
	return out
}

// keys implements page.
func (p *start) keys() []key.Binding {
	out := []key.Binding{called(keys.enter, "begin")}
	if p.field != nil {
		out = append(append([]key.Binding{called(keys.enter, "choose")}, p.field.keys()...), called(keys.back, "leave"))
		return out
	}
	return append(out, called(keys.back, "leave"))
}

// wrong implements page.
func (p *start) wrong() string {
	a := p.w.o.Answers
	switch {
	case p.asking:
		return ""
	case p.w.session != nil:
		a = p.w.session.answers
	case p.stage == stageDraft && p.field.value() == goOn:
		a = merged(a, *p.w.o.Draft)
	}
	if who := p.w.who; p.stage != stageAlone && foreign(a, who.Identity) {
		return mismatch(a, who.Identity)
	}
	return ""
}

// mismatch says that answers and credentials are of two accounts, and what to do.
func mismatch(a answers.Set, who Identity) string {
	given := map[answers.Source]string{answers.File: "the answers file is", answers.Flag: "--set account is"}[a.Get(keyAccount).Source]
	if given == "" {
		given = "the answers are"
	}
	return fmt.Sprintf("%s for account %s, but your credentials are of %s: use other credentials (--profile), correct the answer, or go on offline.",
		given, a.Text(keyAccount), who.Account)
}
