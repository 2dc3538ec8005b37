package main

import (
	"context"
	"errors"
	"fmt"

	"onramp/internal/apply"
	"onramp/internal/awsapi"
	"onramp/internal/journal"
)

// book is a journal as the commands use it.
type book interface {
	apply.Journal
	Past() []apply.Change
	End(journal.End) error
	Close() error
	Path() string // "" : nothing is written down in a file
}

// openBook opens the journal for a command that changes the account. That of the practice account ends
// with the program, as the account does.
func (a *app) openBook(w *work, command string) (book, error) {
	if a.flags.practice.wanted() {
		return a.flags.practice.book, nil
	}
	t := w.plan.Target
	return journal.Open(
		journal.Target{Guide: w.plan.Guide, Account: t.Account, Partition: t.Partition, Region: t.Region},
		journal.Run{Version: release(), Command: command, Caller: w.caller.Caller, Plan: w.plan.Hash()},
	)
}

// resumeBook opens a journal whose changes are to be taken back.
func (a *app) resumeBook(path string, who awsapi.Identity) (book, error) {
	if a.flags.practice.wanted() {
		return a.flags.practice.book, nil
	}
	return journal.Resume(path, journal.Run{Version: release(), Command: journal.Undo, Caller: who.Caller})
}

// practiceBook is the journal of the practice account.
type practiceBook struct{ apply.Notebook }

func (*practiceBook) End(journal.End) error { return nil }
func (*practiceBook) Close() error          { return nil }
func (*practiceBook) Path() string          { return "" }

// run carries the plan out, with a journal.
func (a *app) run(ctx context.Context, w *work, command string, o apply.Options) (apply.Result, error) {
	b, err := a.openBook(w, command)
	if err != nil {
		return apply.Result{}, err
	}
	o.Journal, o.Past = b, b.Past()
	result, err := apply.Run(ctx, w.plan, w.client, o)
	result.Journal = b.Path()
	end := journal.End{Changed: len(result.Changed), Failed: len(result.Failed), Complete: err == nil}
	return result, errors.Join(err, wrote(b.End(end)), b.Close())
}

// wrote is an error of the journal's last line, which changes nothing about what was done.
func wrote(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("what was done is done, and the journal does not say that it ended well: %w", err)
}
