package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
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
	if term.Background(a.in) {
		return errBackground
	}
	plain := a.flags.plain || os.Getenv("TERM") == "dumb"
	if !a.flags.plain && !a.hasTerminal() {
		return a.withoutTerminal(ctx, g)
	}
	o := a.wizardOptions(guide, g, given)
	asking, end := context.WithCancel(ctx)
	defer end()
	o.Codes = tui.NewCodes(asking)
	a.reach.codes = o.Codes
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
		err = a.located(problems)
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
	o, err := a.again()
	if err != nil {
		return err
	}
	hint := "the answers are complete; to use them:"
	for _, verb := range []string{"plan", "export", "apply"} {
		if verb == "apply" {
			o.without = append(o.without, "offline")
		}
		hint += "\n  " + commandLine(a.repeat(verb, []string{g.Name}, o))
	}
	return &hinted{errNoTerminal, hint}
}

func (a *app) wizardOptions(guide string, g steps.Guide, given answers.Set) tui.Options {
	p := &port{app: a, guide: g, given: given}
	o := tui.Options{
		Shell: prompt, Guides: a.guides, Guide: guide, Answers: given, Offline: a.flags.offline, Mouse: a.flags.mouse,
		Preview: preview, Tree: tree.Render, Compare: compared, Port: tui.Port{Keep: p.keep, Forget: draft.Forget, Export: p.export, Commands: p.commands},
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
	learning := &app{guides: a.guides, in: a.in, out: a.out, errOut: a.errOut, flags: a.flags, args: a.args, cmd: a.cmd}
	learning.reach.log = a.reach.log
	learning.flags.practice.on = true // whatever is chosen later
	p := &port{app: learning, guide: g, given: given}
	return &tui.Practice{
		Begun: a.flags.practice.wanted(), Answers: learning.flags.practice.answers,
		Port: tui.Port{Keep: p.keep, Export: p.export, Commands: p.commands, Identify: p.identify, Alias: p.alias, Inspect: p.inspect, Look: p.look, Apply: p.apply, Undo: p.undo},
	}
}

// stopLimit is how long the screens may take to close after a signal: a terminal may take no more output.
const stopLimit = 2 * time.Second

// screens runs the wizard. A signal closes the screens at once; what the engine has in flight is finished after that.
func (a *app) screens(ctx context.Context, o tui.Options) (tui.Outcome, error) {
	w := tui.New(o)
	opts := []tea.ProgramOption{tea.WithoutSignalHandler(), tea.WithOutput(a.errOut), tea.WithInput(a.in), tea.WithFPS(120)}
	if a.flags.noColor || os.Getenv("NO_COLOR") != "" { // any value counts: https://no-color.org
		opts = append(opts, tea.WithColorProfile(colorprofile.ASCII))
	}
	restore := term.Save(a.in, a.errOut)
	a.emergency.set(restore)
	program := tea.NewProgram(w, opts...)
	ended := make(chan error, 1)
	go func() {
		_, err := program.Run()
		ended <- err
	}()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		go program.Send(tui.Stop{})
		select {
		case err = <-ended:
		case <-time.After(stopLimit):
			restore()
		}
	}
	a.emergency.set(nil)
	if w.Working() {
		a.say("onramp: the call in flight is finished first; a second signal leaves at once")
	}
	outcome := w.Outcome()
	if err != nil && ctx.Err() == nil && !terminalGone(err) {
		return outcome, fmt.Errorf("run the wizard: %w", err)
	}
	return outcome, nil
}

// terminalGone says that an error is that of a terminal which was closed.
func terminalGone(err error) bool { return errors.Is(err, syscall.EIO) || errors.Is(err, io.EOF) }

// ended says after the screens are gone what was done, and what the exit code is.
func (a *app) ended(o tui.Outcome) error {
	for _, f := range o.Files {
		a.say("wrote %s", f)
	}
	switch { // however the run had ended
	case o.Abandoned:
		return a.abandoned(o)
	case o.Undone:
		return a.undone(o)
	case o.Ending == tui.ApplyFailed, o.Ending == tui.Interrupted && o.Err != nil:
		if !o.Told {
			a.summary(o.Plan, o.Result, o.Err, a.closing(o))
		}
		return o.Err
	case o.Ending == tui.Applied:
		if !o.Told {
			a.summary(o.Plan, o.Result, nil, a.closing(o))
		}
		return nil
	}
	if o.Kept {
		a.say("the answers are kept: start onramp again to resume")
	}
	if o.Ending == tui.Interrupted {
		return errInterrupted
	}
	return nil
}

// abandoned says what becomes of a run or an undo whose call in flight was not waited for.
func (a *app) abandoned(o tui.Outcome) error {
	a.say("the call in flight was not waited for")
	again := o.Commands.Apply
	if o.Undone {
		again = o.Commands.Undo
	}
	switch {
	case o.Practice:
		a.say(practiceEnds)
	case again != nil:
		a.say("to resume: %s", commandLine(again))
	}
	return errInterrupted
}

// closing is how the end of a run of the wizard is told.
func (a *app) closing(o tui.Outcome) closing { return closing{o.Commands, o.CommandsErr, o.Practice} }

// undone says how the undo of a run ended.
func (a *app) undone(o tui.Outcome) error {
	if o.Err == nil {
		a.say("undone: %d changes of the run, %d left", len(o.Undo.Undone), len(o.Undo.Left))
		if !o.Practice {
			a.say("to list what stays: onramp undo --list")
		}
		return nil
	}
	err := o.Err
	if errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	switch {
	case o.Practice:
		a.say(practiceEnds)
	case o.Commands.Undo != nil:
		a.say("%d undone\nto resume: %s", len(o.Undo.Undone), commandLine(o.Commands.Undo))
	}
	return err
}

// port is how the wizard reaches the world.
type port struct {
	app     *app
	guide   steps.Guide
	given   answers.Set
	journal string // of the last run
	// exported are the answers in the file exportedTo, where one was exported.
	exported   []byte
	exportedTo string

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
	who, err := p.app.whoCalls(ctx, p.given.Text("region"))
	return tui.Identity(who), err
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
	from := source{guide: g, set: p.app.flags.practice.real(s), plan: pl, origin: render.Origin{Version: release()}}
	data, err := answers.Save(g.Name, g.Fields(), from.set)
	if err != nil {
		return nil, err
	}
	f, err := findFormat(name)
	all := name == "all"
	if !all && err != nil {
		return nil, err
	}
	answersTo := ""
	switch {
	case all:
		answersTo = filepath.Join(path, g.Name+".yaml")
	case name == "answers":
		answersTo = path
	}
	from.origin.Command, err = p.exportCommand(g, s, answersTo, name, path)
	if err != nil {
		return nil, err
	}
	var written []string
	if all {
		from.findings = p.seen(pl)
		written, err = writeEverything(from, formats(), path, false)
	} else {
		written, err = f.write(from, path, false)
	}
	if err == nil && answersTo != "" {
		p.exported, p.exportedTo = data, answersTo
	}
	return written, err
}

// exportCommand is the command that makes an export again. file is the answers file that is among it; "" : there is none.
func (p *port) exportCommand(g steps.Guide, s answers.Set, file, name, path string) (string, error) {
	o := repeated{file: file}
	if file == "" {
		var err error
		if o, err = p.answersFor(g, s); err != nil {
			return "", err
		}
	}
	o.without = append(o.without, "json", "plain", "mouse")
	o.more = append(o.more, "-f", name, "-o", path)
	if p.app.flags.practice.on {
		o.more, o.without = append(o.more, "--practice"), append(o.without, "practice")
	}
	return commandLine(p.app.repeat("export", []string{g.Name}, o)), nil
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
