package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"onramp/internal/apply"
)

// format is the version of the file's form. Members and types of lines may be added under the same
// version: who does not know them passes over them.
const format = 1

// Header is the first line of a journal.
type Header struct {
	Journal int    // version of the form; zero: the line was never finished, and nothing was done
	Version string // of onramp
	Target
	Created time.Time
}

// Record is what a journal says.
type Record struct {
	Path    string
	Header  Header
	Runs    []RunRecord    // in their order
	Changes []apply.Change // in the order in which they were written down
	Torn    []int          // numbers of lines that were not finished: the program or the disk ended there

	unterminated bool // the file does not end in a line feed
}

// RunRecord is one run, with how it ended.
type RunRecord struct {
	Run
	End *End // nil: it did not end in good order
}

// End is how a run ended.
type End struct {
	Time     time.Time // zero: now
	Changed  int       // resources
	Failed   int
	Complete bool // all was brought about that it was run for
}

// Happened counts the changes that took effect, or may have.
func (r Record) Happened() int { return r.count(happened) }

// TakenBack counts the changes that were taken back.
func (r Record) TakenBack() int {
	return r.count(func(c apply.Change) bool { return c.Undone != nil && c.Undone.Left == "" })
}

// Left counts the changes of which an undo has said that they stay.
func (r Record) Left() int {
	return r.count(func(c apply.Change) bool { return c.Undone != nil && c.Undone.Left != "" })
}

func (r Record) count(which func(apply.Change) bool) int {
	n := 0
	for _, c := range r.Changes {
		if which(c) {
			n++
		}
	}
	return n
}

// Undone says that changes were taken back, and nothing is left for another undo.
func (r Record) Undone() bool { return r.TakenBack() > 0 && len(apply.Reversible(r.Changes)) == 0 }

// Open says that something was changed, and the last run did not end with all done.
func (r Record) Open() bool {
	return r.Happened() > 0 && !r.Undone() && !complete(r.Runs)
}

// unfinished says that the journal's plan was not brought about, so that the next run goes on with it.
func (r Record) unfinished() bool {
	var builds []RunRecord
	for _, run := range r.Runs {
		if run.Command != Undo {
			builds = append(builds, run)
		}
	}
	return !r.Undone() && !complete(builds)
}

// complete says that the last run ended with all done.
func complete(runs []RunRecord) bool {
	return len(runs) > 0 && runs[len(runs)-1].End != nil && runs[len(runs)-1].End.Complete
}

// Read reads a journal. A line that was not finished is passed over: nothing was done on its word. Any
// other damage is an error; the record then holds what is before it.
func Read(path string) (Record, error) {
	data, err := readFile(path)
	if err != nil {
		return Record{Path: path}, fmt.Errorf("read journal %s: %w", path, cause(err))
	}
	rec, err := parse(data)
	rec.Path = path
	if err != nil {
		err = fmt.Errorf("read journal %s: %w", path, err)
	}
	return rec, err
}

func parse(data []byte) (Record, error) {
	r := reader{index: map[int]int{}}
	r.unterminated = len(data) > 0 && data[len(data)-1] != '\n'
	number := 0
	for line := range bytes.Lines(data) {
		number++
		line = bytes.TrimSuffix(line, []byte("\n"))
		// A disk that lost its power may have given a file its length and not its end.
		text := bytes.TrimRight(line, "\x00")
		switch {
		case len(line) == 0:
		case unfinished(text):
			r.Torn = append(r.Torn, number)
		default:
			if err := r.line(text); err != nil {
				return r.Record, damaged(number, err)
			}
		}
	}
	return r.Record, nil
}

// unfinished says that a text is the beginning of a line, and not all of it.
func unfinished(text []byte) bool {
	if len(text) == 0 {
		return true
	}
	err := json.NewDecoder(bytes.NewReader(text)).Decode(new(json.RawMessage))
	return text[0] == '{' && errors.Is(err, io.ErrUnexpectedEOF)
}

// hinted is an error with what to do about it.
type hinted struct {
	error
	hint string
}

func (e *hinted) Unwrap() error     { return e.error }
func (e *hinted) ErrorHint() string { return e.hint }

func damaged(line int, err error) error {
	err = fmt.Errorf("line %d: %w", line, err)
	var known *hinted
	if errors.As(err, &known) {
		return &hinted{err, known.hint}
	}
	return &hinted{err, "put the file back as it was; if that cannot be, move it away, and onramp no longer knows what those runs have made"}
}

func newer(what string) error {
	return &hinted{errors.New(what), "use the version of onramp that wrote it, or a newer one"}
}

// reader joins the lines of a journal.
type reader struct {
	Record
	index map[int]int // number of a change -> its place
}

// line takes one whole line.
func (r *reader) line(data []byte) error {
	if !utf8.Valid(data) { // encoding/json would put something else in the place of it
		return errors.New("not UTF-8")
	}
	var head struct {
		Journal int    `json:"journal"`
		Type    string `json:"type"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return err
	}
	if r.Header.Journal == 0 {
		return r.header(head.Journal, data)
	}
	switch head.Type {
	case "run":
		return decode(data, func(l runLine) error {
			r.Runs = append(r.Runs, RunRecord{Run: l.run()})
			return nil
		})
	case "intent":
		return decode(data, r.intent)
	case "outcome":
		return decode(data, r.outcome)
	case "undone":
		return decode(data, r.undone)
	case "end":
		return decode(data, r.end)
	case "":
		return errors.New("not a line of a journal")
	}
	return nil // of a newer onramp
}

func decode[L any](data []byte, take func(L) error) error {
	var line L
	if err := json.Unmarshal(data, &line); err != nil {
		return err
	}
	return take(line)
}

func (r *reader) header(version int, data []byte) error {
	switch {
	case version < 1:
		return errors.New("not the header of a journal")
	case version > format:
		return newer(fmt.Sprintf("the journal has form %d, and this onramp reads forms up to %d", version, format))
	}
	return decode(data, func(l headerLine) error {
		r.Header = l.header()
		return nil
	})
}

func (r *reader) intent(l intentLine) error {
	switch _, twice := r.index[l.Seq]; {
	case l.Seq < 1:
		return fmt.Errorf("change %d: they count from 1", l.Seq)
	case twice:
		return fmt.Errorf("change %d stands twice", l.Seq)
	}
	r.index[l.Seq] = len(r.Changes)
	r.Changes = append(r.Changes, apply.Change{Intent: l.intent()})
	return nil
}

func (r *reader) outcome(l outcomeLine) error {
	c, err := r.change(l.Seq)
	if err == nil {
		out := l.outcome()
		c.Outcome = &out
	}
	return err
}

func (r *reader) undone(l undoneLine) error {
	c, err := r.change(l.Seq)
	if err == nil {
		u := l.undone()
		c.Undone = &u
	}
	return err
}

func (r *reader) change(seq int) (*apply.Change, error) {
	at, ok := r.index[seq]
	if !ok {
		return nil, fmt.Errorf("there is no change %d", seq)
	}
	return &r.Changes[at], nil
}

func (r *reader) end(l endLine) error {
	if len(r.Runs) == 0 {
		return errors.New("the end of a run that did not begin")
	}
	e := l.end()
	r.Runs[len(r.Runs)-1].End = &e
	return nil
}
