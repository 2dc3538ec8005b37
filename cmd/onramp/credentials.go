package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"sync"

	"github.com/spf13/cobra"

	"onramp/internal/awsapi"
	"onramp/internal/awsname"
	"onramp/internal/debuglog"
	"onramp/internal/term"
	"onramp/tui"
)

// reaching is how a run of the program reaches AWS.
type reaching struct {
	log   *debuglog.Log // nil: none is written
	codes *tui.Codes    // of the wizard that is open; nil: a code is asked for on a line

	mu  sync.Mutex
	aws *awsapi.Client // whose credentials all clients share; nil: none has been needed yet
}

// prepare remembers the command, opens the debug log, and keeps what libraries log off the terminal. Their texts may hold what a server
// answered, so that none is written anywhere.
func (a *app) prepare(cmd *cobra.Command, _ []string) error {
	a.cmd = cmd
	path := a.flags.debugLog
	if path == "" {
		path = os.Getenv("ONRAMP_DEBUG_LOG")
	}
	if path != "" {
		var err error
		if a.reach.log, err = debuglog.Open(path); err != nil {
			return &hinted{fmt.Errorf("open debug log: %w", err), "name an ordinary file, or one that does not exist yet, with --debug-log or ONRAMP_DEBUG_LOG"}
		}
	}
	log.SetFlags(0)
	log.SetOutput(libraries{a.reach.log})
	return nil
}

// libraries takes what libraries write with the package log.
type libraries struct{ log *debuglog.Log }

func (l libraries) Write(p []byte) (int, error) {
	l.log.Write(line(awsapi.Entry{Message: "a library's message, left out"}))
	return len(p), nil
}

// line is an entry as a line of the debug log.
func line(e awsapi.Entry) debuglog.Line {
	l := debuglog.Line{
		Time: e.Time, Operation: e.Operation, Attempt: e.Attempt, Status: e.Status, RequestID: e.RequestID, Error: e.Code,
		Message: e.Message, Process: e.Process,
	}
	if e.Process != "" {
		l.Message, l.Stderr = "", e.Message
	}
	if e.Operation != "" {
		took := e.Duration.Milliseconds()
		l.DurationMS = &took
	}
	return l
}

// client reaches the account that the flags choose: AWS's, or the practice account. All clients share the credentials
// of the first.
func (a *app) client(ctx context.Context, region string) (*awsapi.Client, error) {
	o := awsapi.Options{
		Profile: a.flags.profile, Region: region, Logins: &a.logins, Processes: &a.processes,
		Token: a.token, Line: prompt.Line, LogName: a.reach.log.Name(),
		Log: func(e awsapi.Entry) { a.reach.log.Write(line(e)) },
	}
	if a.flags.practice.wanted() {
		o.Region = practiceRegion(region)
		account, err := a.flags.practice.open(o.Region)
		if err != nil {
			return nil, err
		}
		o.Account = account
		return awsapi.New(ctx, o)
	}
	a.reach.mu.Lock()
	defer a.reach.mu.Unlock()
	if a.reach.aws == nil || a.reach.aws.Region() == "" { // without a region no role can be assumed
		c, err := awsapi.New(ctx, o)
		if err != nil {
			return nil, err
		}
		a.reach.aws = c
	}
	return a.reach.aws.In(region), nil
}

// forget has the configuration read again: the operator may have signed in meanwhile.
func (a *app) forget() {
	a.reach.mu.Lock()
	defer a.reach.mu.Unlock()
	a.reach.aws = nil
}

// token asks for a code of an MFA device: in the wizard, or on a line of the terminal.
func (a *app) token(ctx context.Context, ask awsapi.TokenRequest) (string, error) {
	r := tui.CodeRequest(ask)
	if a.reach.codes != nil {
		return a.reach.codes.Ask(ctx, r)
	}
	if !a.hasTerminal() {
		return "", &hinted{errNoTerminal, "run it at a terminal, or with temporary credentials from: " +
			commandLine([]string{"aws", "configure", "export-credentials", "--profile", r.Profile, "--format", "env"})}
	}
	if r.Reason != "" {
		a.say("%s", r.Reason)
	}
	for {
		fmt.Fprint(a.errOut, term.Clean(r.Title())+": ")
		text, err := a.readLine()
		if err != nil {
			return "", err
		}
		code, err := tui.Code(text)
		if err == nil {
			return code, nil
		}
		a.say("%s", err)
	}
}

// doubt warns of a region that may be a typing error.
func (a *app) doubt(region string) {
	if text := awsname.Doubt(region); text != "" && !a.flags.practice.wanted() {
		a.say("warning: %s", text)
	}
}

// whoCalls asks AWS who calls in a region; where none is configured, the answer has none.
func (a *app) whoCalls(ctx context.Context, region string) (awsapi.Identity, error) {
	who, err := a.identityIn(ctx, region)
	if errors.Is(err, awsapi.ErrRegion) {
		who, err = a.identityIn(ctx, practiceRegion(""))
		who.Region = ""
	}
	if err != nil {
		a.forget()
	}
	return who, err
}

func (a *app) identityIn(ctx context.Context, region string) (awsapi.Identity, error) {
	client, err := a.client(ctx, region)
	if err != nil {
		return awsapi.Identity{}, err
	}
	return client.Identity(ctx, a.flags.profile)
}
