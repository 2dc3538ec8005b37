package lookup

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// failure is a call that failed.
type failure struct {
	call string // "redshift:DescribeClusters"
	err  error
}

func (f *failure) Error() string { return fmt.Sprintf("look up with %s: %v", f.call, f.err) }

func (f *failure) Unwrap() error { return f.err }

// cause is why a call failed: that time has run out, where it has. Who made the call may have other
// words for it.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// late is a look-up that took longer than it may.
type late struct{ limit time.Duration }

func (l *late) Error() string { return "no answer within " + short(l.limit) }

func (l *late) Is(target error) bool { return target == context.DeadlineExceeded }

// short writes a time with a space before its unit: "10 s".
func short(d time.Duration) string {
	if d%time.Second == 0 {
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// Why is one short line for people: why there is no list.
func Why(err error) string {
	var missing *Missing
	var slow *late
	var none interface{ NoCredentials() bool }
	switch code := codeOf(err); {
	case err == nil:
		return ""
	case errors.As(err, &missing):
		return "needs " + strings.Join(missing.Keys, ", ")
	case errors.Is(err, ErrNone):
		return "nothing to list"
	case errors.As(err, &slow):
		return slow.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.As(err, &none) && none.NoCredentials():
		return "no credentials"
	case slices.Contains(refused, code):
		return "credentials refused (" + code + ")"
	case slices.Contains(denied, code):
		return "not permitted" + action(err)
	}
	return shortened(err)
}

func codeOf(err error) string {
	var coded interface{ ErrorCode() string }
	if errors.As(err, &coded) {
		return coded.ErrorCode()
	}
	return ""
}

// denied are the codes with which AWS's protocols say that a permission is missing; refused those for
// credentials that are none or were good once (IAM User Guide, Troubleshoot access denied error messages;
// common errors of the APIs).
var (
	denied  = []string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedAccess", "AuthorizationError", "Forbidden"}
	refused = []string{
		"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure",
		"InvalidAccessKeyId", "InvalidSignatureException", "SignatureDoesNotMatch", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
	}
)

// lacking is how AWS names the permission that is missing.
var lacking = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)`)
})

// action is the permission that was missing, in brackets. Where AWS does not say, it is that of the call, which
// mostly has the same name.
func action(err error) string {
	var f *failure
	if m := lacking().FindStringSubmatch(err.Error()); m != nil {
		return " (" + m[1] + ")"
	}
	if errors.As(err, &f) {
		return " (" + f.call + ")"
	}
	return ""
}

// mostWhy bounds a line, in characters.
const mostWhy = 100

// shortened is what is at the bottom of an error: what AWS said, or what the network did.
func shortened(err error) string {
	for {
		if _, coded := err.(interface{ ErrorCode() string }); coded {
			break
		}
		below := errors.Unwrap(err)
		if below == nil {
			break
		}
		err = below
	}
	said := []rune(plain(err.Error()))
	if len(said) > mostWhy {
		return string(said[:mostWhy-1]) + "…"
	}
	return string(said)
}
