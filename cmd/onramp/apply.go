package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/internal/term"
	"onramp/tui"
)

func (a *app) applyCmd() *cobra.Command {
	var yes, adopt bool
	c := &cobra.Command{
		Use: "apply GUIDE", Short: "Carry the plan out", Args: a.guideArg, ValidArgsFunction: a.guideNames,
		Long: "apply shows the plan, asks, and carries it out. What is as planned already is left alone, so it can be run again at any time.\n" +
			"What exists, was not made by onramp and is not as planned stops it, unless --adopt says that it may be changed.\n" +
			"Consent covers what was shown: the plan before the question, or what --yes --adopt prints first. A value that has\n" +
			"changed since stops the run and is not overwritten.",
		RunE: func(cmd *cobra.Command, args []string) error { return a.apply(cmd.Context(), args[0], yes, adopt) },
	}
	c.Annotations = map[string]string{needsAccount: "yes"}
	a.guideFlags(c)
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&adopt, "adopt", false, "change what exists and was not made by onramp")
	c.Flags().IntVar(&a.flags.parallelism, "parallelism", 8, "calls to AWS at once, at most (`number`)")
	return c
}

func (a *app) apply(ctx context.Context, guide string, yes, adopt bool) error {
	if a.flags.offline {
		o, err := a.again()
		if err != nil {
			return err
		}
		o.without = append(o.without, consent...)
		return &hinted{errors.New("apply cannot work offline"), "leave --offline out, or use: " + commandLine(a.repeat("export", []string{guide}, o))}
	}
	w, err := a.load(ctx, guide)
	if err != nil {
		return err
	}
	if held := w.plan.ExportOnly; held != nil {
		return answers.Problems{*held}
	}
	var agreed *apply.Consent
	if !yes || adopt {
		if agreed, err = a.consent(ctx, w, yes, adopt); err != nil {
			return err
		}
	}
	a.forecast(ctx, w)
	return a.carryOut(ctx, w, "apply", agreed)
}

// forecastLimit bounds how long IAM is asked what the caller may do.
const forecastLimit = 10 * time.Second

// forecast says which permissions the caller seems to lack, where IAM may be asked. It stops nothing: IAM does
// not know everything that decides.
func (a *app) forecast(ctx context.Context, w *work) {
	needs, err := permissions.Operator(w.plan)
	if err != nil {
		return // the plan's JSON says so
	}
	ctx, cancel := context.WithTimeout(ctx, forecastLimit)
	defer cancel()
	lacking, err := apply.Lacking(ctx, w.client, w.caller.Caller, needs)
	if err != nil || len(lacking) == 0 {
		return
	}
	a.say("warning: IAM says that you lack permissions that this needs; it may stop on the way:")
	for _, l := range lacking {
		a.say("  %s", l)
	}
}

// consent looks at the account and gives what the operator has agreed to.
func (a *app) consent(ctx context.Context, w *work, yes, adopt bool) (*apply.Consent, error) {
	findings, err := w.inspect(ctx)
	if err != nil {
		return nil, err
	}
	return a.agree(w.plan, findings, yes, adopt)
}

// agree gives consent to exactly what it shows: the plan before it asks, or with --yes what --adopt allows to change. It
// is nil where --yes alone was given. What stands against the plan is an error.
func (a *app) agree(p plan.Plan, findings map[string]apply.Finding, yes, adopt bool) (*apply.Consent, error) {
	agreed := apply.Agree(findings)
	if !adopt {
		if err := apply.Blocking(p, findings, nil); err != nil {
			return nil, err
		}
	} else if err := apply.Blocking(p, findings, agreed); err != nil {
		return nil, err
	}
	switch {
	case !yes:
		return agreed, a.confirm(p, findings)
	case !adopt:
		return nil, nil
	}
	for _, one := range agreed.Changes() {
		a.agreed(p, one)
	}
	return agreed, nil
}

// agreed prints one change of what exists to which --adopt agrees.
func (a *app) agreed(p plan.Plan, one apply.Agreed) {
	if a.flags.json {
		_ = json.NewEncoder(a.out).Encode(struct {
			Type string `json:"type"`
			apply.Agreed
		}{"consent", one}) // that it cannot be written must not stop the run
		return
	}
	label := one.Resource
	if r, found := p.Find(one.Resource); found {
		label = r.Spec.Label()
	}
	a.say("  ~ %s: %s: now %s", label, one.Step, cmp.Or(one.Have, "nothing"))
	if one.Affects != "" {
		a.say("    affects: %s", one.Affects)
	}
}

// confirm shows the plan and asks for the account's number.
func (a *app) confirm(p plan.Plan, findings map[string]apply.Finding) error {
	if !term.IsTerminal(a.in) || a.flags.answers == "-" {
		return &hinted{errNoTerminal, "add --yes to apply without being asked"}
	}
	fmt.Fprint(a.errOut, planText(p, findings))
	word := p.Target.Account
	if a.flags.practice.wanted() {
		word = "yes"
		fmt.Fprint(a.errOut, "\nThis is the practice account. Type yes to apply this: ")
	} else {
		fmt.Fprintf(a.errOut, "\nType the account number %s to apply this: ", word)
	}
	line, err := a.readLine()
	if err != nil {
		return err
	}
	if typed := strings.TrimSpace(line); typed != word {
		return &hinted{fmt.Errorf("not applied: %q is not %s", answers.Short(typed), word), "nothing was changed"}
	}
	return nil
}

func (a *app) carryOut(ctx context.Context, w *work, command string, agreed *apply.Consent) error {
	report := a.lines
	if a.flags.json {
		report = a.events
	}
	result, err := a.run(ctx, w, command, apply.Options{Consent: agreed, Parallelism: a.flags.parallelism, Emit: report})
	verb, _, _ := strings.Cut(command, " ")
	end := closing{practice: a.flags.practice.wanted()}
	end.Commands, end.err = a.commands(verb, w.plan, result)
	if a.flags.json {
		return errors.Join(a.summaryJSON(w.plan, result, err, end), err)
	}
	a.summary(w.plan, result, err, end)
	return err
}

// lines prints events for people.
func (a *app) lines(e apply.Event) {
	switch e.State {
	case apply.Calling:
		a.say("    %s (%s)", e.Step, e.Call.Name())
	case apply.Waiting:
		a.waiting(e)
	case apply.Changed:
		a.say("  + %s (%.1f s)", e.Label, e.Took.Seconds())
	case apply.Kept:
		a.say("  . %s is as planned", e.Label)
	case apply.Failed:
		a.say("  ! %s", e.Label)
	case apply.Skipped:
		a.say("  - %s was not begun", e.Label)
	case apply.Started:
	}
}

// waiting says what is waited for: at once, and then every quarter of a minute.
func (a *app) waiting(e apply.Event) {
	since := int(e.Waited.Seconds()) / 15
	if last, said := a.waits[e.Resource+e.Detail]; said && since <= last && e.Waited > 0 {
		return
	}
	if a.waits == nil {
		a.waits = map[string]int{}
	}
	a.waits[e.Resource+e.Detail] = since
	if since == 0 {
		a.say("    waiting: %s (at most %s)", e.Detail, e.Limit)
		return
	}
	a.say("    waiting: %s (%d s of at most %s)", e.Detail, int(e.Waited.Seconds()), e.Limit)
}

func (a *app) say(format string, args ...any) {
	fmt.Fprintln(a.errOut, term.Clean(fmt.Sprintf(format, args...)))
}

// events prints events for machines, one JSON object a line.
func (a *app) events(e apply.Event) {
	line := map[string]any{"type": "event", "resource": e.Resource, "state": e.State.String(), "took_ms": e.Took.Milliseconds()}
	if e.State == apply.Waiting {
		line["waited_ms"], line["limit_ms"] = e.Waited.Milliseconds(), e.Limit.Milliseconds()
	}
	for name, value := range map[string]string{"step": e.Step, "detail": e.Detail} {
		if value != "" {
			line[name] = value
		}
	}
	if e.Call != nil {
		line["call"] = e.Call.Name()
	}
	if e.Err != nil {
		line["error"] = e.Err.Error()
	}
	_ = json.NewEncoder(a.out).Encode(line) // that it cannot be written must not stop the run
}

// closing is what is said at the end of a run beside what it did.
type closing struct {
	tui.Commands
	err      error // why there are no commands
	practice bool
}

// resumes says that the run resumes with its command.
func (c closing) resumes(err error) bool {
	return err != nil && !c.practice && c.Apply != nil && !blocked(err)
}

// blocked says that a run was refused before it changed anything.
func blocked(err error) bool {
	var b *apply.Blocked
	return errors.As(err, &b)
}

func (a *app) summaryJSON(p plan.Plan, r apply.Result, err error, end closing) error {
	line := map[string]any{
		"type": "result", "account": p.Target.Account, "region": p.Target.Region, "hash": p.Hash(),
		"changed": nonNil(r.Changed), "kept": nonNil(r.Kept), "failed": nonNil(r.Failed), "skipped": nonNil(r.Skipped),
	}
	line["arns"] = arns(p, r, slices.Concat(r.Changed, r.Kept))
	if r.Journal != "" {
		line["journal"] = r.Journal
	}
	if end.Undo != nil {
		line["undo"] = commandLine(end.Undo)
	}
	if err != nil {
		line["error"] = err.Error()
		if end.resumes(err) {
			line["continue"] = commandLine(end.Apply)
		}
	} else {
		left := p.Filled(r.Outputs)
		line["follow_up"], line["hand_over"], line["files"] = nonNil(left.FollowUps), nonNil(left.HandOver), nonNil(left.Files)
	}
	return json.NewEncoder(a.out).Encode(line)
}

// arns are the ARNs of resources that are there, by id.
func arns(p plan.Plan, r apply.Result, ids []string) map[string]string {
	out := map[string]string{}
	for _, id := range ids {
		if res, ok := p.Find(id); ok && p.ARN(res, r.Outputs) != "" {
			out[id] = p.ARN(res, r.Outputs)
		}
	}
	return out
}

func nonNil[T any](s []T) []T { return append([]T{}, s...) }

// practiceEnds is what becomes of a practice run that did not end well.
const practiceEnds = "the practice account ends with onramp: there is nothing to resume or undo"

// summary says what is done, what is not, and the command that resumes.
func (a *app) summary(p plan.Plan, r apply.Result, err error, end closing) {
	w := &strings.Builder{}
	fmt.Fprintf(w, "\n%d changed, %d as planned already", len(r.Changed), len(r.Kept))
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(w, ", %d not finished, %d not begun", len(r.Failed), len(r.Skipped))
	case err != nil:
		fmt.Fprintf(w, ", %d failed, %d not begun", len(r.Failed), len(r.Skipped))
	}
	w.WriteString("\n")
	have := arns(p, r, r.Changed)
	for _, id := range r.Changed {
		if have[id] != "" {
			fmt.Fprintf(w, "  %s\n", have[id])
		}
	}
	if end.err != nil {
		fmt.Fprintf(w, "there is no command to repeat this: %v\n", end.err)
	}
	if end.resumes(err) {
		fmt.Fprintf(w, "to resume: %s\n", commandLine(end.Apply))
	}
	if end.Undo != nil {
		fmt.Fprintf(w, "to undo: %s\n", commandLine(end.Undo))
	}
	if err == nil {
		nextSteps(w, p.Filled(r.Outputs), end.Commands)
	}
	switch {
	case end.practice && err != nil && blocked(err):
	case end.practice && err != nil:
		fmt.Fprintf(w, "%s\n", practiceEnds)
	case end.practice && end.Own != nil:
		fmt.Fprintf(w, "\nit was the practice account: nothing real was changed. For your own account:\n  %s\n", commandLine(end.Own))
	}
	_, _ = io.WriteString(a.errOut, term.Clean(w.String()))
}

// nextSteps says which values go elsewhere, how the files are written that go with them, and what is left to do by hand.
func nextSteps(w io.Writer, p plan.Plan, c tui.Commands) {
	if len(p.HandOver) > 0 {
		fmt.Fprint(w, "\nto hand over:\n")
	}
	for _, v := range p.HandOver {
		fmt.Fprintf(w, "  %s\n", handOver(v))
	}
	for _, f := range p.Files {
		fmt.Fprintf(w, "\n%s: %s\n", f.Title, f.Name)
		if c.Files != nil {
			fmt.Fprintf(w, "  %s\n", commandLine(c.Files))
		}
	}
	for _, f := range p.FollowUps {
		fmt.Fprintf(w, "\nnext: %s\n  when %s\n\n%s\n", f.Title, f.When, plan.Shown(prompt.ToDo(f)))
	}
}
