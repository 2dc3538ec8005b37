package fault

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Error is what is wrong with a line of a plan.
type Error struct {
	Line   int    // from 1
	Word   string // of the line
	Reason string
	Remedy string // what to write instead
}

// Error names the line, the word, the reason and the remedy.
func (e *Error) Error() string {
	return fmt.Sprintf("parse fault: line %d: %q: %s: %s", e.Line, e.Word, e.Reason, e.Remedy)
}

// Parse reads faults, one a line; empty lines and lines that begin with # say nothing. The error
// joins an *Error for each line that is wrong.
func Parse(text string) (*Plan, error) {
	p := &Plan{}
	var wrong []error
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f, err := parseLine(line)
		if err != nil {
			err.Line = number
			wrong = append(wrong, err)
			continue
		}
		p.faults = append(p.faults, f)
	}
	if wrong != nil {
		return nil, errors.Join(wrong...)
	}
	return p, nil
}

// words of a line: a value may be quoted to hold spaces.
var words = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[^\s"]*"[^"]*"|\S+`)
})

func parseLine(line string) (*fault, *Error) {
	fields := words().FindAllString(line, -1)
	f := &fault{text: line, match: fields[0], probability: 1}
	if err := checkMatch(f.match); err != nil {
		return nil, err
	}
	if len(fields) < 2 {
		return nil, &Error{Word: line, Reason: "no kind of fault", Remedy: "write MATCH KIND [key=value ...], with one of these kinds: " + kindList()}
	}
	if f.kind = Kind(fields[1]); !slices.Contains(kinds, f.kind) {
		return nil, &Error{Word: fields[1], Reason: "no such kind of fault", Remedy: "write one of " + kindList()}
	}
	if f.kind == Hang {
		f.duration = 10 * time.Minute
	}
	given := map[string]bool{}
	for _, word := range fields[2:] {
		name, _, _ := strings.Cut(word, "=")
		if given[name] {
			return nil, &Error{Word: word, Reason: "the key stands twice", Remedy: "write " + name + " once"}
		}
		given[name] = true
		if err := f.set(word); err != nil {
			return nil, err
		}
	}
	if f.kind == Latency && !given["d"] && !given["jitter"] {
		return nil, &Error{Word: string(Latency), Reason: "no duration", Remedy: "add d=100ms"}
	}
	f.reset()
	return f, nil
}

var matchForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([a-z0-9*-]+:[A-Za-z0-9*]+|[a-z0-9-]*\*[a-zA-Z0-9*-]*)$`)
})

// checkMatch refuses what could never match a call.
func checkMatch(match string) *Error {
	if matchForm().MatchString(match) {
		return nil
	}
	return &Error{Word: match, Reason: "matches no call", Remedy: "write service:Operation, such as iam:CreateRole, s3:Put* or *"}
}

var kinds = []Kind{Latency, Throttle, Fail, DropBefore, DropAfter, FailAfter, Cut, Hang}

func kindList() string { return list(kinds) }

func list[T ~string](items []T) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = string(item)
	}
	return strings.Join(texts, ", ")
}

// key is something that can be set in a line.
type key struct {
	name string
	hint string
	on   []Kind // empty: every kind
	set  func(f *fault, value string) bool
}

// keys in the order in which a message lists them.
var keys = []key{
	{"nth", "a call's number from 1, such as nth=3", nil, func(f *fault, v string) bool { return count(&f.nth, v) }},
	{"from", "a call's number from 1, such as from=2", nil, func(f *fault, v string) bool { return count(&f.from, v) }},
	{"times", "a number of calls from 1, such as times=3", nil, func(f *fault, v string) bool { return count(&f.times, v) }},
	{"every", "a number of calls from 1, such as every=5", nil, func(f *fault, v string) bool { return count(&f.every, v) }},
	{"p", "a probability from 0 to 1, such as p=0.1", nil, setProbability},
	{"seed", "a whole number, such as seed=7", nil, setSeed},
	{"d", "a duration, such as d=100ms", []Kind{Latency, Hang}, func(f *fault, v string) bool { return duration(&f.duration, v) }},
	{"jitter", "a duration, such as jitter=50ms", []Kind{Latency}, func(f *fault, v string) bool { return duration(&f.jitter, v) }},
	{"code", "an error code, such as code=InternalFailure", []Kind{Throttle, Fail, FailAfter}, setCode},
	{"msg", `a message, such as msg="Rate exceeded"`, []Kind{Throttle, Fail, FailAfter}, setMessage},
	{"status", "an HTTP status from 400 to 599, such as status=503", []Kind{Throttle, Fail, FailAfter}, setStatus},
}

func (k key) fits(kind Kind) bool { return len(k.on) == 0 || slices.Contains(k.on, kind) }

// set reads one key=value.
func (f *fault) set(word string) *Error {
	name, value, ok := strings.Cut(word, "=")
	i := slices.IndexFunc(keys, func(k key) bool { return k.name == name })
	if !ok || i < 0 || !keys[i].fits(f.kind) {
		return &Error{Word: word, Reason: "no such key of " + string(f.kind), Remedy: "write key=value with one of " + keysOf(f.kind)}
	}
	if !keys[i].set(f, strings.Trim(value, `"`)) {
		return &Error{Word: word, Reason: "not a value of " + name, Remedy: "write " + keys[i].hint}
	}
	return nil
}

func keysOf(kind Kind) string {
	var names []string
	for _, k := range keys {
		if k.fits(kind) {
			names = append(names, k.name)
		}
	}
	return list(names)
}

func count(into *int, value string) bool {
	n, err := strconv.Atoi(value)
	*into = n
	return err == nil && n >= 1
}

func duration(into *time.Duration, value string) bool {
	d, err := time.ParseDuration(value)
	*into = d
	return err == nil && d >= 0
}

func setProbability(f *fault, value string) bool {
	p, err := strconv.ParseFloat(value, 64)
	f.probability = p
	return err == nil && !math.IsNaN(p) && p >= 0 && p <= 1
}

func setSeed(f *fault, value string) bool {
	seed, err := strconv.ParseUint(value, 10, 64)
	f.seed = seed
	return err == nil
}

func setCode(f *fault, value string) bool {
	f.code = value
	return value != "" && !strings.ContainsAny(value, " \t")
}

func setMessage(f *fault, value string) bool {
	f.message = value
	return value != ""
}

func setStatus(f *fault, value string) bool {
	status, err := strconv.Atoi(value)
	f.status = status
	return err == nil && status >= 400 && status <= 599
}
