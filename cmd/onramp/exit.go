package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/awsapi"
	"onramp/internal/term"
)

// Exit codes: a public contract.
const (
	exitDone        = 0
	exitFailed      = 1
	exitDifferences = 2
	exitAnswers     = 3
	exitCredentials = 4
	exitInterrupted = 130
)

// hinted is an error with what to do about it.
type hinted struct {
	err  error
	hint string
}

func (e *hinted) Error() string     { return e.err.Error() }
func (e *hinted) Unwrap() error     { return e.err }
func (e *hinted) ErrorHint() string { return e.hint }

// errDifferences ends a command that found differences and has printed them.
var errDifferences = errors.New("the account is not as planned")

// exitCode ends a command with the exit code of the one that it ran, which has said why.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// errInterrupted ends a command that the operator broke off.
var errInterrupted = errors.New("interrupted")

func isExitCode(err error) bool {
	var own exitCode
	return errors.As(err, &own)
}

// code is the exit code for an error.
func code(err error) int {
	var problems answers.Problems
	var own exitCode
	var file *unreadable
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &own):
		return int(own)
	case errors.Is(err, errDifferences):
		return exitDifferences
	case errors.As(err, &problems), errors.Is(err, awsapi.ErrRegion), errors.As(err, &file):
		return exitAnswers
	case errors.Is(err, awsapi.ErrCredentials):
		return exitCredentials
	case errors.Is(err, errInterrupted), errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailed
}

// endCode is the exit code of a command that may have been interrupted. One that was done before it saw the signal ends as
// without it.
func endCode(ctx context.Context, err error) int {
	done := err == nil || errors.Is(err, errDifferences) || isExitCode(err)
	if wasSignalled(ctx) && !done {
		return exitInterrupted
	}
	return code(err)
}

// report prints an error as people read it: what is wrong, and apart from that what to do.
func report(w io.Writer, err error) {
	var problems answers.Problems
	if errors.Is(err, errDifferences) || isExitCode(err) {
		return
	}
	if errors.As(err, &problems) {
		reportProblems(w, problems)
		return
	}
	if errors.Is(err, context.Canceled) { // what was not finished has been said
		err = errInterrupted
	}
	fmt.Fprintf(w, "onramp: %s\n", term.Clean(err.Error()))
	var h apply.Hinter
	if errors.As(err, &h) && h.ErrorHint() != "" {
		fmt.Fprintf(w, "  %s\n", term.Clean(h.ErrorHint()))
	}
}

func reportProblems(w io.Writer, problems answers.Problems) {
	are := "answers are"
	if len(problems) == 1 {
		are = "answer is"
	}
	fmt.Fprintf(w, "onramp: %d %s missing or wrong\n", len(problems), are)
	for _, p := range problems {
		fmt.Fprintf(w, "  %s\n", term.Clean(p.Error()))
		if p.Value != "" {
			fmt.Fprintf(w, "    given:  %q\n", p.Value)
		}
		if p.Remedy != "" {
			fmt.Fprintf(w, "    remedy: %s\n", term.Clean(p.Remedy))
		}
	}
}
