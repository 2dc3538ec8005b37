// Command jointserve serves the account of package joint, counts the requests to it, and lets each of them take as
// long as the way to AWS does.
//
//	jointserve -moto http://127.0.0.1:5000 [-region REGION] [-latency 50ms]
//
// It prints its address and serves until it is ended. GET /requests is the number of requests since it began or was
// emptied; POST /moto-api/reset empties the whole account.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"
	"time"

	"onramp/internal/practice"
	"onramp/internal/tools/joint"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "jointserve:", err)
		os.Exit(1)
	}
}

func run(args []string, out, errOut io.Writer) error {
	f := flag.NewFlagSet("jointserve", flag.ContinueOnError)
	moto := f.String("moto", "", "`address` of moto")
	region := f.String("region", "us-west-2", "where the account is at home")
	latency := f.Duration("latency", 0, "what every request takes longer")
	if err := f.Parse(args); err != nil {
		return err
	}
	at, err := url.Parse(*moto)
	if err != nil || at.Host == "" {
		return fmt.Errorf("-moto is not the address of one: %q", *moto)
	}
	p := practice.New(practice.Settings{Region: *region})
	account := joint.New(at, p, func(change, refusal string) {
		fmt.Fprintf(errOut, "the practice account refuses %s: %s\n", change, refusal)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "http://%s\n", l.Addr())
	return http.Serve(l, &counting{next: account, practice: p, latency: *latency})
}

// counting counts what it hands on, and holds it up.
type counting struct {
	next     http.Handler
	practice *practice.Account
	latency  time.Duration
	requests atomic.Int64
}

// ServeHTTP implements http.Handler.
func (c *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/requests":
		fmt.Fprintln(w, c.requests.Load())
	case "/moto-api/reset":
		c.practice.Reset()
		c.requests.Store(0)
		c.next.ServeHTTP(w, r)
	default:
		c.requests.Add(1)
		time.Sleep(c.latency)
		c.next.ServeHTTP(w, r)
	}
}
