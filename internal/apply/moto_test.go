package apply_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/aymanbagabas/go-udiff"

	"onramp/internal/apply"
	"onramp/internal/awsapi"
	"onramp/internal/mototest"
	"onramp/internal/practice/fault"
	"onramp/internal/practice/wire"
	"onramp/internal/testenv"
)

// proxy stands before moto and lets things go wrong as a plan of faults says.
type proxy struct {
	to     string // moto's address
	faults *fault.Plan
}

// ServeHTTP implements http.Handler.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	q, _ := wire.Read(r, body)
	f := p.faults.Next(q.Service, q.Operation)
	if f.Kind.Serves() {
		answer, err := p.forward(r, body)
		switch {
		case err != nil:
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		case f.Kind == fault.None:
			for name, values := range answer.header {
				w.Header()[name] = values
			}
			w.WriteHeader(answer.status)
			_, _ = w.Write(answer.body)
			return
		}
	}
	switch f.Kind {
	case fault.Throttle:
		refuse(w, q, wire.Throttled(q.Protocol))
	case fault.Fail, fault.FailAfter:
		refuse(w, q, wire.Failed(q.Protocol))
	default:
		cut(w)
	}
}

type answered struct {
	status int
	header http.Header
	body   []byte
}

func (p *proxy) forward(r *http.Request, body []byte) (answered, error) {
	out, err := http.NewRequestWithContext(r.Context(), r.Method, p.to+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return answered{}, err
	}
	out.Header, out.Host = r.Header, r.Host
	resp, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		return answered{}, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return answered{resp.StatusCode, resp.Header, data}, err
}

func refuse(w http.ResponseWriter, q wire.Request, e *wire.Error) {
	reply := q.WriteError(e, "00000000-0000-4000-8000-000000000000")
	for name, values := range reply.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Body)
}

// cut resets the connection.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// TestLongDisturbancesOnMoto is the same as TestEveryDisturbanceAtEveryCall against moto, which was written by others,
// for a plan whose calls it has all.
func TestLongDisturbancesOnMoto(t *testing.T) {
	testenv.Long(t)
	m := mototest.Start(t)
	m.Setenv(t)
	p := builtFor(t, "../../testdata/answers/restrictive-new-cluster.yaml", mototest.Account)
	run := func(faults string, kill int, after bool) (int, int, error) {
		f, err := fault.Parse(faults)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(&proxy{to: os.Getenv("AWS_ENDPOINT_URL"), faults: f})
		defer server.Close()
		moto := os.Getenv("AWS_ENDPOINT_URL")
		t.Setenv("AWS_ENDPOINT_URL", server.URL)
		defer t.Setenv("AWS_ENDPOINT_URL", moto)
		client, err := awsapi.New(t.Context(), awsapi.Options{Region: p.Target.Region})
		if err != nil {
			t.Fatal(err)
		}
		book, calls, writes := &apply.Notebook{}, 0, 0
		for i := range 4 {
			l := &life{caller: client, book: book, kill: kill, after: after}
			far := &far{caller: l}
			_, err = apply.Run(t.Context(), p, far, apply.Options{
				Consent: seen(t, p, client), Journal: l, Past: book.Past(), Poll: apply.Poll{First: 10 * time.Millisecond, Most: 50 * time.Millisecond},
			})
			if i == 0 {
				calls, writes = far.calls, l.calls
			}
			if err == nil {
				break
			}
			kill = 0
		}
		return calls, writes, err
	}
	m.Reset(t)
	calls, writes, err := run("", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	want := m.State(t)
	sample := testenv.OneOf(t, 34)
	n, ran := 0, 0
	for _, d := range disturbances {
		most := calls
		if d.fault == "" {
			most = writes
		}
		for k := 1; k <= most; k++ {
			if n++; !sample.Takes() {
				continue
			}
			ran++
			t.Run(fmt.Sprintf("%s at call %d", d.name, k), func(t *testing.T) {
				m.Reset(t)
				faults, kill := "", k
				if d.fault != "" {
					faults, kill = fmt.Sprintf(d.fault, k), 0
				}
				if _, _, err := run(faults, kill, d.after); err != nil {
					t.Fatal(err)
				}
				if have := m.State(t); have != want {
					t.Errorf("another account than that of an undisturbed run:\n%s", udiff.Unified("undisturbed", "disturbed", want, have))
				}
			})
		}
	}
	t.Logf("%d of %d cases", ran, n)
}
