package practice

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"onramp/internal/practice/fault"
	"onramp/internal/practice/wire"
)

// exchange is what becomes of one request: an answer, or a connection that breaks.
type exchange struct {
	reply wire.Reply
	reset bool // the connection breaks before the answer
	cut   bool // it breaks in the middle of the answer
}

// mostBody bounds a request; the largest that a plan sends is a bucket policy.
const mostBody = 16 << 20

// ServeHTTP implements http.Handler.
func (a *Account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/practice/") && r.Header.Get("Authorization") == "" {
		a.inspect(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if err != nil {
		http.Error(w, "the request is too large", http.StatusRequestEntityTooLarge)
		return
	}
	x := a.exchange(r.Context(), r, body)
	switch {
	case x.reset:
		hijack(w, nil)
	case x.cut:
		hijack(w, x.reply.Half(r.Method == http.MethodHead))
	default:
		for name, values := range x.reply.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(x.reply.Status)
		_, _ = w.Write(x.reply.Body) // who does not wait for the answer does not need it
	}
}

// hijack writes what there is to write and resets the connection.
func hijack(w http.ResponseWriter, data []byte) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = conn.Write(data)
	if len(data) > 0 {
		time.Sleep(20 * time.Millisecond) // let the half arrive before the reset discards it
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// RoundTrip implements http.RoundTripper: it serves in the same process.
func (a *Account) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := drain(r.Body)
	if err != nil {
		return nil, err
	}
	if r.Host == "" {
		r = r.Clone(r.Context())
		r.Host = r.URL.Host
	}
	x := a.exchange(r.Context(), r, body)
	if x.reset {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if x.cut && (r.Method == http.MethodHead || len(x.reply.Body) == 0) { // net/http reads the header before it returns
		return nil, io.ErrUnexpectedEOF
	}
	return x.reply.Response(r, x.cut), nil
}

// drain reads a body and closes it.
func drain(body io.ReadCloser) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	data, err := io.ReadAll(body)
	return data, errors.Join(err, body.Close())
}

// exchange carries one request out, with the faults that are meant for it.
func (a *Account) exchange(ctx context.Context, r *http.Request, body []byte) exchange {
	begun := time.Now()
	q, err := wire.Read(r, body)
	if r.URL.Scheme == "https" {
		q.Secure = true
	}
	f := a.settings.Faults.Next(q.Service, q.Operation)
	wait(ctx, f.Delay)
	if f.Kind == fault.Hang {
		wait(ctx, f.Hold)
	}
	x := exchange{reset: f.Kind == fault.DropBefore || f.Kind == fault.DropAfter || f.Kind == fault.Hang, cut: f.Kind == fault.Cut}
	said := faulty(f, q.Protocol)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ids++
	id := uuidOf(digestOf("request " + itoa(a.ids)))
	if f.Kind.Serves() {
		var out wire.Answer
		if errors.Is(err, wire.ErrUnknown) {
			err = unknown(q)
		}
		if err == nil {
			out, err = a.serve(q)
		}
		if err == nil {
			x.reply = q.Write(out, id)
		} else {
			x.reply = q.WriteError(refusal(err), id)
		}
	}
	status := x.reply.Status
	if said != nil {
		x.reply = q.WriteError(said, id)
	}
	a.log(q, begun, status, err, f.Faults)
	return x
}

// unknown is the refusal of a request to no service that is here, or to none that can be told.
func unknown(q wire.Request) error {
	if q.AccessKey == "" {
		return wire.Unsigned(q.Protocol)
	}
	return refuse(http.StatusNotFound, "UnknownEndpoint", "the practice account does not have the service %q", q.Service)
}

// faulty is the error that a fault answers; nil where it answers none.
func faulty(f fault.Action, p wire.Protocol) *wire.Error {
	var e *wire.Error
	switch f.Kind {
	case fault.Throttle:
		e = wire.Throttled(p)
	case fault.Fail, fault.FailAfter:
		e = wire.Failed(p)
	default:
		return nil
	}
	if f.Code != "" {
		e.Code = f.Code
	}
	if f.Message != "" {
		e.Message = f.Message
	}
	if f.Status != 0 {
		e.Status = f.Status
	}
	return e
}

func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
