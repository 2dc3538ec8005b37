// Package debuglog writes one line of JSON for each attempt at a call to AWS into a file that its owner alone may
// read. It writes a few named fields and nothing else. It must not know AWS or a terminal.
package debuglog

import (
	"encoding/json"
	"os"
	"strings"
	"time"

	"onramp/internal/safefile"
	"onramp/internal/term"
)

// Line is what a line of the log can hold.
type Line struct {
	Time       time.Time `json:"time"`                // zero: now
	Operation  string    `json:"operation,omitempty"` // service:Operation
	Attempt    int       `json:"attempt,omitempty"`
	Status     int       `json:"status,omitempty"` // of HTTP
	RequestID  string    `json:"request_id,omitempty"`
	DurationMS *int64    `json:"duration_ms,omitempty"`
	Error      string    `json:"error,omitempty"`              // AWS's code
	Message    string    `json:"message,omitempty"`            // one of onramp's own texts
	Process    string    `json:"credential_process,omitempty"` // the profile whose process has written Stderr
	Stderr     string    `json:"stderr,omitempty"`
}

// Log is an open log.
type Log struct {
	file *os.File
	name string
}

// Open opens a log, or creates it. What is in it stays.
func Open(path string) (*Log, error) {
	f, err := safefile.Append(path)
	if err != nil {
		return nil, err
	}
	return &Log{file: f, name: path}, nil
}

// Name is the path of the log; "" where there is none.
func (l *Log) Name() string {
	if l == nil {
		return ""
	}
	return l.name
}

// Bounds of what comes from a server and from a process.
const mostOfField, mostOfText = 128, 8192

// Write adds a line. It is one write, so that lines of several programs do not mix; that it fails must stop nothing.
func (l *Log) Write(line Line) {
	if l == nil {
		return
	}
	if line.Time.IsZero() {
		line.Time = time.Now()
	}
	line.Time = line.Time.UTC()
	for _, field := range []*string{&line.Operation, &line.RequestID, &line.Error} {
		*field = short(word(*field), mostOfField)
	}
	for _, text := range []*string{&line.Message, &line.Process, &line.Stderr} {
		*text = short(term.Clean(strings.ToValidUTF8(*text, "�")), mostOfText)
	}
	data, err := json.Marshal(line)
	if err == nil {
		_, _ = l.file.Write(append(data, '\n'))
	}
}

// word keeps of a code or an identifier what can be part of one.
func word(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune(":-_.+/=", r):
			return r
		}
		return -1
	}, s)
}

func short(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}
