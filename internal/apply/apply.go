// Package apply carries a plan out: it looks at the account, compares, makes the calls that are
// needed as soon as what they build on is there, waits where AWS needs it, writes every change down
// before it makes it, and reports events. It takes back what a journal says was done.
//
// It never prints, imports no SDK, touches no file, and must not know any kind of resource: it runs
// the steps that the plan holds.
package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"onramp/internal/plan"
)

// Caller makes a call whose references are filled in and gives its answer as decoded JSON under the
// API's member names. An error that AWS answered has a method ErrorCode. It may be called by several
// goroutines at once.
type Caller interface {
	Call(ctx context.Context, c plan.Call) (any, error)
}

// Options of a run.
type Options struct {
	Consent     *Consent    // nil: what others own or may rely on stays, and the run's own look is what was shown
	Parallelism int         // calls in flight at most; zero: 8
	Emit        func(Event) // nil: nobody listens. It is called from one goroutine at a time.
	Poll        Poll        // zero: 1 s growing to 5 s
	Journal     Journal     // nil: nothing is written down
	Past        []Change    // of earlier runs of the same plan's guide in this account
}

const defaultParallelism = 8

// Poll is how often something that is waited for is looked at.
type Poll struct{ First, Most time.Duration }

func (p Poll) orDefault() Poll {
	if p.First == 0 {
		return Poll{First: time.Second, Most: 5 * time.Second}
	}
	return p
}

// Run carries the plan out. First it looks at everything; what stands against the plan stops it before
// anything is changed, with a *Blocked. Then each resource is worked on as soon as what it needs is
// done. What is not as it was shown when its turn comes stops the run. After a failure nothing new is begun: what was
// done stays, and a second run goes on from there, because every step looks before it writes. When ctx ends, the calls
// in flight are finished first.
func Run(ctx context.Context, p plan.Plan, c Caller, o Options) (Result, error) {
	r := newRun(p, c, o)
	findings, err := r.survey(ctx, p)
	if err == nil {
		err = Blocking(p, findings, o.Consent)
	}
	if err != nil {
		for _, res := range p.Resources {
			r.skip(res)
		}
		return r.result, err
	}
	if r.shown = o.Consent; r.shown == nil {
		r.shown = Agree(findings)
	}
	walk(p, func(res plan.Resource) {
		if r.stopped(ctx) {
			r.skip(res)
			return
		}
		r.fail(r.resource(ctx, res))
	})
	r.result.Outputs = r.outputs
	return r.result, r.failure
}

// Error says where a run stopped.
type Error struct {
	Resource string // id
	Label    string
	Step     string
	Err      error
	Hint     string // what to do
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%s: %s: %v", e.Label, e.Step, e.Err) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hinter is an error that knows what to do about it.
type Hinter interface{ ErrorHint() string }

// ErrorHint implements Hinter.
func (e *Error) ErrorHint() string { return e.Hint }

// NeedsConsent is why a step stopped: going on would change something of someone else's.
type NeedsConsent struct {
	Foreign    bool   // the whole resource was not made by this plan
	Have, Want string // shortened
	Affects    string // what the change means for those who rely on what is there
}

// Error implements error.
func (e *NeedsConsent) Error() string {
	text := fmt.Sprintf("it is %s now, and others may rely on that; the plan says %s", cmp.Or(e.Have, "not there"), e.Want)
	if e.Foreign {
		text = "it exists already, was not made by this plan, and is not as planned"
	}
	if e.Affects != "" {
		text += ": " + e.Affects
	}
	return text
}

// refusal is a difference that no call mends.
type refusal struct{ what, why string }

func (e *refusal) Error() string { return e.what }

// hint is what to do about an error.
func hint(err error) string {
	var consent *NeedsConsent
	var refused *refusal
	var hinter Hinter
	switch {
	case errors.As(err, &consent):
		return "look at it; if it may be changed, run again with --adopt"
	case errors.As(err, &refused):
		return refused.why
	case errors.As(err, &hinter):
		return hinter.ErrorHint()
	case denied(codeOf(err)):
		return "the caller lacks a permission; the plan's operator_policy lists all that are needed"
	case expired(codeOf(err)):
		return "the credentials have expired: sign in again, then resume"
	case errors.Is(err, context.Canceled):
		return ""
	}
	return "fix the cause, then resume"
}

func denied(code string) bool {
	return slices.Contains([]string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden"}, code)
}

// expired are AWS's codes for credentials that were good and are no longer (common errors of the query
// APIs, Amazon S3 API Reference, Amazon EC2 Developer Guide).
func expired(code string) bool {
	return slices.Contains([]string{
		"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "InvalidAccessKeyId",
	}, code)
}

func codeOf(err error) string {
	var coded interface{ ErrorCode() string }
	if errors.As(err, &coded) {
		return coded.ErrorCode()
	}
	return ""
}

// lost says that a call may have taken effect all the same: no answer came, or a server broke.
func lost(err error) bool {
	var unsure interface{ Lost() bool }
	if errors.As(err, &unsure) {
		return unsure.Lost()
	}
	return codeOf(err) == "" && !errors.Is(err, context.Canceled)
}

// exhausted says that whoever made the call has repeated it already, for as long as there is sense in it.
func exhausted(err error) bool {
	var tired interface{ Exhausted() bool }
	return errors.As(err, &tired) && tired.Exhausted()
}
