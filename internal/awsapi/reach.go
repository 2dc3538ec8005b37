package awsapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"onramp/internal/awsname"
)

// Unreachable says that no answer came from an endpoint. It is about the network, not about credentials.
type Unreachable struct {
	Endpoint string // scheme and host
	Proxy    string // "" : none is used; never with its user and password
	Region   string
	Reason   string
	err      error
}

// Error implements error.
func (e *Unreachable) Error() string {
	through := ""
	if e.Proxy != "" {
		through = " through the proxy " + e.Proxy
	}
	if e.Reason == cutOff {
		return fmt.Sprintf("no answer from %s%s: %s", e.Endpoint, through, e.Reason)
	}
	return fmt.Sprintf("cannot reach %s%s: %s", e.Endpoint, through, e.Reason)
}

// Unwrap gives the cause.
func (e *Unreachable) Unwrap() error { return e.err }

// ErrorHint says what to check.
func (e *Unreachable) ErrorHint() string {
	if e.Proxy != "" {
		return "check the network and the proxy (HTTPS_PROXY, NO_PROXY)"
	}
	if text := awsname.Doubt(e.Region); text != "" && strings.Contains(e.Endpoint, e.Region) {
		return text
	}
	return "check the network, the region, and AWS_ENDPOINT_URL if it is set"
}

// proxying finds the proxy for a request; nil: there is none.
type proxying func(*http.Request) (*url.URL, error)

// reach notes which endpoint is asked, and names it where no answer comes.
func (p proxying) reach(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	middleware.DeserializeOutput, middleware.Metadata, error,
) {
	request, is := in.Request.(*smithyhttp.Request)
	if !is {
		return next.HandleDeserialize(ctx, in)
	}
	limit := limitOf(ctx)
	limit.asks(p, request.URL)
	out, metadata, err := next.HandleDeserialize(ctx, in)
	var sent *smithyhttp.RequestSendError
	if errors.As(err, &sent) || err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = p.unreachable(request.URL, err)
	}
	return out, metadata, err
}

func (p proxying) unreachable(endpoint *url.URL, err error) *Unreachable {
	out := &Unreachable{Endpoint: endpoint.Scheme + "://" + endpoint.Host, Reason: reason(err), err: err}
	if p == nil {
		return out
	}
	if proxy, _ := p(&http.Request{URL: endpoint}); proxy != nil { // what is no URL is not used
		out.Proxy = proxy.Scheme + "://" + proxy.Host
	}
	return out
}

// cutOff is the reason where a request may have arrived.
const cutOff = "the connection broke"

// reason says in a few words why no answer came. The whole error may hold the password of a proxy.
func reason(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	var request *url.Error
	switch {
	case errors.Is(err, errSlow), errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "no such host"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return cutOff
	case errors.As(err, &request):
		var op *net.OpError
		if text := request.Err.Error(); !errors.As(err, &op) && !strings.Contains(text, "@") {
			return text // of TLS, and what a proxy answers
		}
	}
	return "the connection failed"
}

// networkLimit bounds how long credentials, and who calls, are waited for: the SDK alone goes on for minutes.
const networkLimit = 8 * time.Second

// errSlow ends what takes longer.
var errSlow = errors.New("no answer in time")

// limit bounds what is done without a human, and knows which endpoint was asked last.
type limit struct {
	mu       sync.Mutex
	timer    *time.Timer
	endpoint *url.URL
	proxy    proxying
}

type limitKey struct{}

func limitOf(ctx context.Context) *limit {
	l, _ := ctx.Value(limitKey{}).(*limit)
	return l
}

// withLimit gives a context that ends when the network takes too long.
func withLimit(ctx context.Context) (context.Context, *limit, func()) {
	l := &limit{}
	ctx, cancel := context.WithCancelCause(context.WithValue(ctx, limitKey{}, l))
	l.timer = time.AfterFunc(networkLimit, func() { cancel(errSlow) })
	return ctx, l, func() { l.timer.Stop(); cancel(nil) }
}

// pause does what has a limit of its own, or none: a process, a human.
func (l *limit) pause(f func()) {
	if l != nil {
		l.timer.Stop()
		defer l.timer.Reset(networkLimit)
	}
	f()
}

func (l *limit) asks(p proxying, endpoint *url.URL) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.proxy, l.endpoint = p, endpoint
}

// slow is the error for a limit that was reached; nil where it was not.
func (l *limit) slow(ctx context.Context, region string) error {
	if !errors.Is(context.Cause(ctx), errSlow) {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.endpoint == nil {
		return errSlow
	}
	out := l.proxy.unreachable(l.endpoint, errSlow)
	out.Region = region
	return out
}

// inRegion adds the region to an error that says what could not be reached.
func inRegion(err error, region string) error {
	var no *Unreachable
	if errors.As(err, &no) {
		no.Region = cmp.Or(no.Region, region)
	}
	return err
}
