package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/internal/term"
)

func (a *app) applyCmd() *cobra.Command {
	var yes, adopt bool
	c := &cobra.Command{
		Use: "apply GUIDE", Short: "Carry the plan out", Args: guideArg, ValidArgsFunction: guideNames,
		Long: "apply shows the plan, asks, and carries it out. What is as planned already is left alone, so it can be run again at any time.\n" +
			"What exists, was not made by onramp and is not as planned stops it, unless --adopt says that it may be changed.",
		RunE: func(cmd *cobra.Command, args []string) error { return a.apply(cmd.Context(), args[0], yes, adopt) },
	}
	a.guideFlags(c)
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&adopt, "adopt", false, "change what exists and was not made by onramp")
	return c
}

func (a *app) apply(ctx context.Context, guide string, yes, adopt bool) error {
	if a.flags.offline {
		return &hinted{errors.New("apply cannot work offline"), "leave --offline out, or use: onramp export " + guide}
	}
	w, err := a.load(ctx, guide)
	if err != nil {
		return err
	}
	findings, err := w.inspect(ctx)
	if err != nil {
		return err
	}
	if err := blocked(w.plan, findings, adopt); err != nil {
		return err
	}
	if !yes {
		if err := a.confirm(w.plan, findings); err != nil {
			return err
		}
	}
	return a.carryOut(ctx, w, adopt)
}

// blocked gathers everything that would stop a run, before anything is written.
func blocked(p plan.Plan, findings map[string]apply.Finding, adopt bool) error {
	var problems []string
	hint := "mend these first; nothing was changed"
	for _, r := range p.Resources {
		f := findings[r.ID]
		if f.Problem != "" {
			problems = append(problems, r.Spec.Label()+": "+f.Problem)
		}
		for _, d := range f.Differences {
			if d.Ask && !adopt {
				problems = append(problems, fmt.Sprintf("%s: %s: it is not as planned (%s), and others may rely on it", r.Spec.Label(), d.Step, d.Have))
				hint = "look at them; if they may be changed, run again with --adopt; nothing was changed"
			}
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return &hinted{errors.New("the account stands against the plan:\n  " + strings.Join(problems, "\n  ")), hint}
}

// confirm shows the plan and asks for the account's number.
func (a *app) confirm(p plan.Plan, findings map[string]apply.Finding) error {
	if !term.IsTerminal(a.in) || a.flags.answers == "-" {
		return &hinted{errNoTerminal, "add --yes to apply without being asked"}
	}
	fmt.Fprint(a.errOut, planText(p, findings))
	fmt.Fprintf(a.errOut, "\nType the account number %s to apply this: ", p.Target.Account)
	line, err := bufio.NewReader(a.in).ReadString('\n')
	if err != nil {
		return errInterrupted
	}
	if strings.TrimSpace(line) != p.Target.Account {
		return &hinted{fmt.Errorf("not applied: %q is not the account number", answers.Short(strings.TrimSpace(line))), "nothing was changed"}
	}
	return nil
}

func (a *app) carryOut(ctx context.Context, w *work, adopt bool) error {
	report := a.lines
	if a.flags.json {
		report = a.events
	}
	result, err := apply.Run(ctx, w.plan, w.client, apply.Options{Adopt: adopt, Emit: report})
	if a.flags.json {
		return errors.Join(a.summaryJSON(w.plan, result, err), err)
	}
	a.summary(w.plan, result, err)
	return err
}

// lines prints events for people.
func (a *app) lines(e apply.Event) {
	switch e.State {
	case apply.Calling:
		a.say("    %s (%s)", e.Step, e.Call.Name())
	case apply.Waiting:
		a.say("    waiting: %s", e.Detail)
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

func (a *app) say(format string, args ...any) {
	fmt.Fprintln(a.errOut, term.Clean(fmt.Sprintf(format, args...)))
}

// events prints events for machines, one JSON object a line.
func (a *app) events(e apply.Event) {
	line := map[string]any{"type": "event", "resource": e.Resource, "state": e.State.String(), "took_ms": e.Took.Milliseconds()}
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
	_ = json.NewEncoder(a.out).Encode(line) // a closed pipe must not stop the run
}

func (a *app) summaryJSON(p plan.Plan, r apply.Result, err error) error {
	line := map[string]any{
		"type": "result", "account": p.Target.Account, "region": p.Target.Region, "hash": p.Hash(),
		"changed": nonNil(r.Changed), "kept": nonNil(r.Kept), "failed": nonNil(r.Failed), "skipped": nonNil(r.Skipped),
	}
	if err != nil {
		line["error"], line["continue"] = err.Error(), a.command()
	}
	return json.NewEncoder(a.out).Encode(line)
}

func nonNil(s []string) []string { return append([]string{}, s...) }

// summary says what is done, what is not, and the command that goes on.
func (a *app) summary(p plan.Plan, r apply.Result, err error) {
	w := &strings.Builder{}
	fmt.Fprintf(w, "\n%d changed, %d as planned already", len(r.Changed), len(r.Kept))
	if err != nil {
		fmt.Fprintf(w, ", %d failed, %d not begun\nto go on: %s\n", len(r.Failed), len(r.Skipped), a.command())
		_, _ = io.WriteString(a.errOut, term.Clean(w.String()))
		return
	}
	w.WriteString("\n")
	for _, f := range p.FollowUps {
		sql := plan.Fill(f.SQL, func(ref plan.Ref) string { return r.Outputs[ref] })
		fmt.Fprintf(w, "\nnext: %s\n  when %s\n\n%s;\n", f.Title, f.When, sql)
	}
	_, _ = io.WriteString(a.errOut, term.Clean(w.String()))
}
