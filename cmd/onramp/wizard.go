package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/awsapi"
	"onramp/internal/draft"
	"onramp/internal/lookup"
	"onramp/internal/plan"
	"onramp/internal/term"
	"onramp/render"
	"onramp/render/shell"
	"onramp/render/tree"
	"onramp/steps"
	"onramp/tui"
)

// wizard opens the screens, or asks line by line. Without a terminal nothing prompts: what is
// missing is listed instead.
func (a *app) wizard(ctx context.Context, guide string) error {
	if err := a.check(); err != nil {
		return err
	}
	g, given, err := a.start(guide)
	if err != nil {
		return err
	}
	plain := a.flags.plain || os.Getenv("TERM") == "dumb"
	if !a.flags.plain && !a.hasTerminal() {
		return a.withoutTerminal(ctx, g)
	}
	o := a.wizardOptions(guide, g, given)
	var outcome tui.Outcome
	if plain {
		outcome, err = tui.Plain(ctx, o, a.in, a.errOut)
	} else {
		outcome, err = a.screens(ctx, o)
	}
	if err != nil {
		return err
	}
	return a.ended(outcome)
}

// start reads the answers that were given; their form must be right before anything is asked.
func (a *app) start(guide string) (steps.Guide, answers.Set, error) {
	name := guide
	if name == "" {
		name = a.guides[0].Name
	}
	g, err := a.findGuide(name)
	if err != nil {
		return g, answers.Set{}, err
	}
	given, problems, err := a.given(g)
	if err == nil && len(problems) > 0 {
		err = problems
	}
	return g, given, err
}

func (a *app) hasTerminal() bool {
	return term.IsTerminal(a.in) && term.IsTerminal(a.errOut) && a.flags.answers != "-"
}

// withoutTerminal lists what is missing, all at once, or names the commands that need no terminal.
func (a *app) withoutTerminal(ctx context.Context, g steps.Guide) error {
	if _, err := a.load(ctx, g.Name); err != nil {
		return err
	}
	return &hinted{errNoTerminal, fmt.Sprintf("the answers are complete: use onramp plan %[1]s, onramp export %[1]s or onramp apply %[1]s", g.Name)}
}

func (a *app) wizardOptions(guide string, g steps.Guide, given answers.Set) tui.Options {
	p := &port{app: a, guide: g, given: given}
	o := tui.Options{
		Guides: a.guides, Guide: guide, Answers: given, Offline: a.flags.offline, Mouse: a.flags.mouse,
		Preview: preview, Tree: tree.Render, Compare: compared, Port: tui.Port{Keep: p.keep, Forget: draft.Forget, Export: p.export},
		Practice: a.practice(g, given),
	}
	if len(given.Keys()) == 0 {
		o.Draft = draft.Load(g.Name, g.Fields())
	}
	if !a.flags.offline {
		o.Port.Identify, o.Port.Alias, o.Port.Inspect, o.Port.Look, o.Port.Apply, o.Port.Undo = p.identify, p.alias, p.inspect, p.look, p.apply, p.undo
	}
	return o
}

// practice is the practice account for the wizard. What is kept there is kept for the real thing: it
// is not forgotten when a practice run ends.
func (a *app) practice(g steps.Guide, given answers.Set) *tui.Practice {
	learning := &app{guides: a.guides, in: a.in, out: a.out, errOut: a.errOut, flags: a.flags, args: a.args}
	learning.flags.practice.on = true // whatever is chosen later
	p := &port{app: learning, guide: g, given: given}
	return &tui.Practice{
		Begun: a.flags.practice.wanted(), Answers: learning.flags.practice.answers,
		Port: tui.Port{Keep: p.keep, Export: p.export, Identify: p.identify, Alias: p.alias, Inspect: p.inspect, Look: p.look, Apply: p.apply, Undo: p.undo},
	}
}

func (a *app) screens(ctx context.Context, o tui.Options) (tui.Outcome, error) {
	w := tui.New(o)
	opts := []tea.ProgramOption{tea.WithContext(ctx), tea.WithOutput(a.errOut), tea.WithInput(a.in), tea.WithFPS(120)}
	if a.flags.noColor || os.Getenv("NO_COLOR") != "" { // any value counts: https://no-color.org
		opts = append(opts, tea.WithColorProfile(colorprofile.ASCII))
	}
	_, err := tea.NewProgram(w, opts...).Run()
	outcome := w.Outcome()
	if err != nil && !errors.Is(err, tea.ErrInterrupted) && !errors.Is(err, context.Canceled) {
		return outcome, fmt.Errorf("run the wizard: %w", err)
	}
	return outcome, nil
}

// ended says after the screens are gone what was done, and what the exit code is.
func (a *app) ended(o tui.Outcome) error {
	for _, f := range o.Files {
		a.say("wrote %s", f)
	}
	switch { // however the run had ended
	case o.Undone && errors.Is(o.Err, context.Canceled):
		return &hinted{errInterrupted, "onramp undo goes on with taking back"}
	case o.Undone && o.Err != nil:
		return o.Err
	case o.Undone:
		a.say("what the run had done was taken back; onramp undo --list shows what stays")
		return nil
	}
	switch o.Ending {
	case tui.Interrupted:
		if !o.Kept {
			return errInterrupted
		}
		return &hinted{errInterrupted, "the answers are kept: start onramp again to go on"}
	case tui.ApplyFailed:
		return o.Err
	case tui.Applied:
		a.say("done: %d changed, %d as planned already", len(o.Result.Changed), len(o.Result.Kept))
		if o.Practice {
			a.say("it was the practice account: nothing real was changed. onramp %s goes on with the same answers in your own", o.Guide)
		}
	case tui.Left, tui.Exported:
		if o.Kept {
			a.say("the answers are kept: start onramp again to go on")
		}
	}
	return nil
}

// port is how the wizard reaches the world.
type port struct {
	app     *app
	guide   steps.Guide
	given   answers.Set
	journal string // of the last run

	mu    sync.Mutex
	books map[string]*lookup.Book // by region
}

// look looks up what the account holds in the region of the answers. Each region has its own book: what is in one is not
// in another.
func (p *port) look(ctx context.Context, s lookup.Spec, get func(key string) string) (lookup.List, error) {
	book, err := p.book(ctx, get("region"))
	if err != nil {
		return lookup.List{}, err
	}
	return book.Get(ctx, s, get)
}

func (p *port) book(ctx context.Context, region string) (*lookup.Book, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b := p.books[region]; b != nil {
		return b, nil
	}
	client, err := p.app.client(context.WithoutCancel(ctx), region)
	if err != nil {
		return nil, err
	}
	if p.books == nil {
		p.books = map[string]*lookup.Book{}
	}
	p.books[region] = lookup.NewBook(client)
	return p.books[region], nil
}

func (p *port) identify(ctx context.Context) (tui.Identity, error) {
	client, err := p.app.client(ctx, p.given.Text("region"))
	if err != nil {
		return tui.Identity{}, err
	}
	who, err := client.Identity(ctx, p.app.flags.profile)
	if err != nil {
		return tui.Identity{}, err
	}
	return tui.Identity(who), nil
}

// alias is the account's alias. An account has one at most (IAM API Reference, ListAccountAliases).
func (p *port) alias(ctx context.Context) (string, error) {
	client, err := p.app.client(ctx, p.given.Text("region"))
	if err != nil {
		return "", err
	}
	answer, err := client.Call(ctx, plan.NewCall("iam", "ListAccountAliases"))
	if err != nil {
		return "", err
	}
	members, _ := answer.(map[string]any)
	aliases, _ := members["AccountAliases"].([]any)
	if len(aliases) == 0 {
		return "", nil
	}
	alias, _ := aliases[0].(string)
	return alias, nil
}

func (p *port) inspect(ctx context.Context, pl plan.Plan) (map[string]apply.Finding, error) {
	client, _, err := p.connected(ctx, pl)
	if err != nil {
		return nil, err
	}
	return apply.Inspect(ctx, pl, client)
}

// connected gives a client for the account and region of a plan, and refuses any other account.
func (p *port) connected(ctx context.Context, pl plan.Plan) (*awsapi.Client, awsapi.Identity, error) {
	p.app.logins.NewRun()
	client, who, err := p.app.identify(ctx, pl.Target.Region)
	if err == nil && who.Account != pl.Target.Account {
		err = fmt.Errorf("the caller's account is %s, and the plan is for %s", who.Account, pl.Target.Account)
	}
	return client, who, err
}

func (p *port) apply(ctx context.Context, pl plan.Plan, agreed *apply.Consent, emit func(apply.Event)) (apply.Result, error) {
	client, who, err := p.connected(ctx, pl)
	if err != nil {
		return apply.Result{}, err
	}
	result, err := p.app.run(ctx, &work{plan: pl, client: client, caller: who}, "apply", apply.Options{Consent: agreed, Emit: emit})
	p.journal = result.Journal
	return result, err
}

func (p *port) undo(ctx context.Context, pl plan.Plan, emit func(apply.Event)) (apply.UndoResult, error) {
	client, who, err := p.connected(ctx, pl)
	if err != nil {
		return apply.UndoResult{}, err
	}
	return p.app.takeBack(ctx, p.journal, who, client, emit)
}

func (p *port) keep(guide string, s answers.Set) error {
	g, err := p.app.findGuide(guide)
	if err != nil {
		return err
	}
	return draft.Keep(guide, g.Fields(), p.app.flags.practice.real(s))
}

func (p *port) export(g steps.Guide, pl plan.Plan, s answers.Set, name, path string) ([]string, error) {
	command := "onramp export " + g.Name + " -f " + name + " -a ANSWERS -o " + shell.Quote(path)
	if p.app.flags.practice.wanted() {
		command += " --practice"
	}
	from := source{guide: g, set: p.app.flags.practice.real(s), plan: pl, origin: render.Origin{Version: release(), Command: command}}
	if name == "all" {
		from.findings = p.seen(pl)
		return writeEverything(from, formats(), path, false)
	}
	f, err := findFormat(name)
	if err != nil {
		return nil, err
	}
	return f.write(from, path, false)
}

// seen is what a look at the account finds; nil where there can be none, which the exports then say.
func (p *port) seen(pl plan.Plan) map[string]apply.Finding {
	if p.app.flags.offline {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	found, err := p.inspect(ctx, pl)
	if err != nil {
		return nil
	}
	return found
}
