package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/awsapi"
	"onramp/internal/journal"
	"onramp/internal/term"
)

func (a *app) undoCmd() *cobra.Command {
	var yes, list bool
	c := &cobra.Command{
		Use: "undo [JOURNAL]", Short: "Take back what a run created or changed, and only that", Args: cobra.MaximumNArgs(1),
		Long: "undo reads the journal that apply writes, shows what it would take back, asks, and does it, the newest change first.\n" +
			"What was changed is put back as it was; what somebody has changed since, or what still holds data, is left and named.\n" +
			"Without a JOURNAL it takes the newest of your account that has something to take back. It can be interrupted and run again.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				return a.listJournals()
			}
			return a.undo(cmd.Context(), strings.Join(args, ""), yes)
		},
	}
	f := c.Flags()
	f.BoolVar(&yes, "yes", false, "do not ask")
	f.BoolVar(&list, "list", false, "list the journals, and change nothing")
	f.StringVar(&a.flags.profile, "profile", "", "AWS `profile`")
	f.BoolVar(&a.flags.json, "json", false, "print JSON for machines")
	return c
}

// errNoJournal says that there is nothing to take back.
var errNoJournal = errors.New("nothing to take back: no journal of this account has changes that still stand")

func (a *app) undo(ctx context.Context, path string, yes bool) error {
	rec, client, who, err := a.chooseJournal(ctx, path)
	if err != nil {
		return err
	}
	if who.Account != rec.Header.Account {
		return &hinted{fmt.Errorf("the journal is of account %s, and the caller's account is %s", rec.Header.Account, who.Account), "use credentials of that account (--profile)"}
	}
	todo := apply.Reversible(rec.Changes)
	if len(todo) == 0 {
		a.say("nothing is left to take back in %s", rec.Path)
		return nil
	}
	if !yes {
		if err := a.confirmUndo(rec, todo); err != nil {
			return err
		}
	}
	report := a.undoLines
	if a.flags.json {
		report = a.events
	}
	result, err := a.takeBack(ctx, rec.Path, who, client, report)
	return a.undoSummary(rec, result, err)
}

// takeBack takes back what a journal says.
func (a *app) takeBack(ctx context.Context, path string, who awsapi.Identity, client *awsapi.Client, report func(apply.Event)) (apply.UndoResult, error) {
	b, err := a.resumeBook(path, who)
	if err != nil {
		return apply.UndoResult{}, err
	}
	result, err := apply.Undo(ctx, b.Past(), client, apply.Options{Journal: b, Emit: report})
	end := journal.End{Changed: len(result.Undone), Complete: err == nil && len(result.Left) == 0}
	return result, errors.Join(err, wrote(b.End(end)), b.Close())
}

// chooseJournal reads the journal that was named, or the newest of the caller's account that has
// something to take back.
func (a *app) chooseJournal(ctx context.Context, path string) (rec journal.Record, client *awsapi.Client, who awsapi.Identity, err error) {
	region := "us-east-1" // only to ask who calls, where nothing else is known
	if path != "" {
		if rec, err = journal.Read(path); err != nil {
			return rec, nil, who, err
		}
		region = rec.Header.Region
	}
	if client, who, err = a.identify(ctx, region); err != nil || path != "" {
		return rec, client, who, err
	}
	list, err := journal.List(journal.Filter{Account: who.Account})
	if err != nil {
		return rec, client, who, err
	}
	for _, s := range list {
		if rec, err = journal.Read(s.Path); err != nil {
			return rec, client, who, err
		}
		if len(apply.Reversible(rec.Changes)) > 0 {
			client, who, err = a.identify(ctx, rec.Header.Region)
			return rec, client, who, err
		}
	}
	return rec, client, who, &hinted{errNoJournal, "onramp undo --list shows all journals"}
}

func (a *app) identify(ctx context.Context, region string) (*awsapi.Client, awsapi.Identity, error) {
	client, err := a.client(ctx, region)
	if err != nil {
		return nil, awsapi.Identity{}, credentialHint(err)
	}
	who, err := client.Identity(ctx, a.flags.profile)
	return client, who, credentialHint(err)
}

func (a *app) confirmUndo(rec journal.Record, todo []apply.Change) error {
	if !term.IsTerminal(a.in) {
		return &hinted{errNoTerminal, "add --yes to take it back without being asked"}
	}
	h := rec.Header
	fmt.Fprintf(a.errOut, "%s in account %s, region %s, begun %s\n\n", h.Guide, h.Account, h.Region, local(h.Created))
	for _, c := range todo {
		a.say("  - %s: %s", c.Label, undoTitle(c))
	}
	fmt.Fprintf(a.errOut, "\nType the account number %s to take this back: ", h.Account)
	line, err := bufio.NewReader(a.in).ReadString('\n')
	if err != nil {
		return errInterrupted
	}
	if typed := strings.TrimSpace(line); typed != h.Account {
		return &hinted{fmt.Errorf("not taken back: %q is not %s", answers.Short(typed), h.Account), "nothing was changed"}
	}
	return nil
}

func undoTitle(c apply.Change) string {
	if c.Undo == nil {
		return c.Step + " (there is no way to take it back)"
	}
	return c.Undo.Title
}

func local(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

// undoLines prints events of taking back for people.
func (a *app) undoLines(e apply.Event) {
	switch e.State {
	case apply.Calling:
		a.say("    %s (%s)", e.Step, e.Call.Name())
	case apply.Waiting:
		a.waiting(e)
	case apply.Changed:
		a.say("  - %s (%.1f s)", e.Label, e.Took.Seconds())
	case apply.Kept:
		a.say("  = %s: it stays: %s", e.Label, e.Detail)
	case apply.Failed:
		a.say("  ! %s", e.Label)
	case apply.Started, apply.Skipped:
	}
}

func (a *app) undoSummary(rec journal.Record, r apply.UndoResult, err error) error {
	again := commandLine([]string{"undo", rec.Path})
	if a.flags.json {
		line := map[string]any{"type": "result", "account": rec.Header.Account, "journal": rec.Path, "undone": len(r.Undone), "left": remains(r), "keeps": nonNil(r.Keeps)}
		if err != nil {
			line["error"], line["continue"] = err.Error(), again
		}
		return errors.Join(json.NewEncoder(a.out).Encode(line), err)
	}
	a.say("\n%d taken back, %d left", len(r.Undone), len(r.Left))
	for _, k := range r.Keeps {
		a.say("  %s", k)
	}
	for _, l := range r.Left {
		a.say("  %s stays: %s", l.Label, l.Why)
	}
	if err != nil || len(r.Left) > 0 {
		a.say("to go on: %s", again)
	}
	return err
}

func remains(r apply.UndoResult) []map[string]string {
	out := []map[string]string{}
	for _, l := range r.Left {
		out = append(out, map[string]string{"resource": l.Resource, "label": l.Label, "why": l.Why})
	}
	return out
}

func (a *app) listJournals() error {
	list, err := journal.List(journal.Filter{})
	if err != nil {
		return err
	}
	if a.flags.json {
		e := json.NewEncoder(a.out)
		e.SetIndent("", "  ")
		return e.Encode(journalsJSON(list))
	}
	if len(list) == 0 {
		a.say("no journals: apply has changed nothing yet")
	}
	for _, s := range list {
		state := fmt.Sprintf("%d changes, %d taken back", s.Changes, s.TakenBack)
		switch {
		case s.Err != nil:
			state = s.Err.Error()
		case s.Undone:
			state += ", nothing is left to take back"
		case s.Open:
			state += ", not finished"
		}
		fmt.Fprintln(a.out, term.Clean(fmt.Sprintf("%s  %s  account %s  %s  %s\n  %s", local(s.Started), s.Guide, s.Account, s.Region, state, s.Path)))
	}
	return nil
}

func journalsJSON(list []journal.Summary) []map[string]any {
	out := []map[string]any{}
	for _, s := range slices.Clone(list) {
		entry := map[string]any{
			"path": s.Path, "guide": s.Guide, "account": s.Account, "region": s.Region, "started": s.Started.UTC(), "runs": s.Runs,
			"changes": s.Changes, "taken_back": s.TakenBack, "left": s.Left, "open": s.Open, "undone": s.Undone,
		}
		if s.Err != nil {
			entry["error"] = s.Err.Error()
		}
		out = append(out, entry)
	}
	return out
}
