package practice

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"

	"onramp/internal/practice/database"
	"onramp/internal/practice/wire"
)

// Call is one request in the log. Its JSON holds the request as it came, so that it
// can be checked against the models of AWS's APIs.
type Call struct {
	Seq      int      `json:"seq"`
	Op       string   `json:"op"` // "iam:CreateRole"
	Region   string   `json:"region,omitempty"`
	Mutating bool     `json:"mutating"`          // it is a call that changes something
	Status   int      `json:"status"`            // 0: a fault kept it from being served
	Error    string   `json:"error,omitempty"`   // AWS's code
	Faults   []string `json:"faults,omitempty"`  // lines that applied
	Attempt  string   `json:"attempt,omitempty"` // what the SDK says of its retries
	Ms       float64  `json:"ms"`
	Input    any      `json:"input,omitempty"` // of S3, whose requests have no members in the body
	Body     string   `json:"body,omitempty"`  // as it came, without passwords
}

// log writes a request down. It is called with the lock held.
func (a *Account) log(q wire.Request, begun time.Time, status int, err error, faults []string) {
	c := Call{
		Seq: len(a.calls) + 1, Op: q.Name(), Region: q.Region, Mutating: mutates(q), Status: status, Faults: faults, Attempt: q.Attempt,
		Ms: float64(time.Since(begun).Microseconds()) / 1000,
	}
	if err != nil {
		c.Error = refusal(err).Code
	}
	if q.Protocol == wire.S3 {
		c.Input = q.Input
	} else {
		c.Body = redacted(string(q.Body))
	}
	a.calls = append(a.calls, c)
}

// mutates says that a call changes something. A statement that only asks does not.
func mutates(q wire.Request) bool {
	op := operations()[q.Name()]
	if q.Service != "redshift-data" {
		return op.mutating
	}
	statements := append(q.Input.Texts("Sqls"), q.Input.Texts("Sql")...)
	if len(statements) == 0 {
		return op.mutating
	}
	return op.mutating && slices.ContainsFunc(statements, func(sql string) bool {
		return !slices.Contains([]string{"select", "show", "with", "explain"}, database.Verb(sql))
	})
}

// password is a password in a form, in JSON, or in SQL.
var password = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(MasterUserPassword=|"adminUserPassword"\s*:\s*"|(?i:PASSWORD\s+'))[^&"']*`)
})

func redacted(body string) string { return password().ReplaceAllString(body, "${1}***") }

// Calls is the log since the start or the last Reset.
func (a *Account) Calls() []Call {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.calls)
}

// Log is the log as JSON lines.
func (a *Account) Log() []byte {
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	encoder.SetEscapeHTML(false)
	for _, c := range a.Calls() {
		_ = encoder.Encode(c) // texts, numbers and what was decoded always encode
	}
	return lines.Bytes()
}

// inspect serves what AWS has not: GET /practice/state, GET /practice/calls as JSON lines, and POST
// /practice/reset.
func (a *Account) inspect(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "GET /practice/state":
		write(w, "application/json", a.State())
	case "GET /practice/calls":
		write(w, "application/x-ndjson", a.Log())
	case "POST /practice/reset":
		a.Reset()
		w.WriteHeader(http.StatusNoContent)
	default:
		http.Error(w, "there are GET /practice/state, GET /practice/calls and POST /practice/reset", http.StatusNotFound)
	}
}

func write(w http.ResponseWriter, kind string, data []byte) {
	w.Header().Set("Content-Type", kind)
	_, _ = io.Copy(w, bytes.NewReader(data)) // who does not wait for the answer does not need it
}
