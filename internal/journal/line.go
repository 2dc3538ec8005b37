package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"onramp/internal/apply"
	"onramp/internal/plan"
)

// The types below are the lines of the file. What a reader may meet in a file of last year stays as it
// is; testdata/journal.jsonl holds it.

type headerLine struct {
	Journal   int   `json:"journal"`
	Onramp    text  `json:"onramp,omitzero"`
	Guide     text  `json:"guide"`
	Account   text  `json:"account"`
	Partition text  `json:"partition,omitzero"`
	Region    text  `json:"region,omitzero"`
	Created   stamp `json:"created"`
}

func headerFrom(h Header) headerLine {
	return headerLine{h.Journal, text(h.Version), text(h.Guide), text(h.Account), text(h.Partition), text(h.Region), stamp(h.Created)}
}

func (l headerLine) header() Header {
	t := Target{Guide: string(l.Guide), Account: string(l.Account), Partition: string(l.Partition), Region: string(l.Region)}
	return Header{Journal: l.Journal, Version: string(l.Onramp), Target: t, Created: time.Time(l.Created)}
}

type runLine struct {
	Type    string `json:"type"`
	Time    stamp  `json:"time"`
	Command text   `json:"command"`
	Caller  text   `json:"caller,omitzero"`
	Plan    text   `json:"plan,omitzero"`
	PID     int    `json:"pid"`
	Onramp  text   `json:"onramp,omitzero"`
}

func runFrom(r Run) runLine {
	return runLine{"run", stamp(r.Time), text(r.Command), text(r.Caller), text(r.Plan), r.PID, text(r.Version)}
}

func (l runLine) run() Run {
	return Run{Time: time.Time(l.Time), Version: string(l.Onramp), Command: string(l.Command), Caller: string(l.Caller), Plan: string(l.Plan), PID: l.PID}
}

type endLine struct {
	Type     string `json:"type"`
	Time     stamp  `json:"time"`
	Changed  int    `json:"changed"`
	Failed   int    `json:"failed"`
	Complete bool   `json:"complete"`
}

func endFrom(e End) endLine {
	return endLine{"end", stamp(e.Time), e.Changed, e.Failed, e.Complete}
}

func (l endLine) end() End {
	return End{Time: time.Time(l.Time), Changed: l.Changed, Failed: l.Failed, Complete: l.Complete}
}

type intentLine struct {
	Type     string       `json:"type"`
	Seq      int          `json:"seq"`
	Time     stamp        `json:"time"`
	Resource text         `json:"resource,omitzero"`
	Label    text         `json:"label,omitzero"`
	Step     text         `json:"step,omitzero"`
	First    bool         `json:"first,omitzero"`
	Call     callLine     `json:"call,omitzero"`
	Absent   bool         `json:"absent,omitzero"`
	Before   text         `json:"before,omitzero"`
	Undo     *undoLine    `json:"undo,omitzero"`
	Find     *findLine    `json:"find,omitzero"`
	Needs    []text       `json:"needs,omitzero"`
	Outputs  []outputLine `json:"outputs,omitzero"`
}

func intentFrom(in apply.Intent) intentLine {
	return intentLine{
		Type: "intent", Seq: in.Seq, Time: stamp(in.Time), Resource: text(in.Resource), Label: text(in.Label), Step: text(in.Step),
		First: in.First, Call: callFrom(in.Call), Absent: in.Absent, Before: text(in.Before), Undo: pointer(in.Undo, undoFrom),
		Find: pointer(in.Find, findFrom), Needs: texts(in.Needs), Outputs: each(in.Outputs, outputFrom),
	}
}

func (l intentLine) intent() apply.Intent {
	return apply.Intent{
		Seq: l.Seq, Time: time.Time(l.Time), Resource: string(l.Resource), Label: string(l.Label), Step: string(l.Step),
		First: l.First, Call: l.Call.call(), Absent: l.Absent, Before: string(l.Before), Undo: pointer(l.Undo, undoLine.undo),
		Find: pointer(l.Find, findLine.find), Needs: plain(l.Needs), Outputs: each(l.Outputs, outputLine.output),
	}
}

type outcomeLine struct {
	Type      string  `json:"type"`
	Seq       int     `json:"seq"`
	Time      stamp   `json:"time"`
	RequestID text    `json:"request,omitzero"`
	Code      text    `json:"code,omitzero"`
	Error     text    `json:"error,omitzero"`
	Outputs   outputs `json:"outputs,omitzero"`
}

func outcomeFrom(o apply.Outcome) outcomeLine {
	return outcomeLine{"outcome", o.Seq, stamp(o.Time), text(o.RequestID), text(o.Code), text(o.Error), outputs(o.Outputs)}
}

func (l outcomeLine) outcome() apply.Outcome {
	return apply.Outcome{
		Seq: l.Seq, Time: time.Time(l.Time), RequestID: string(l.RequestID), Code: string(l.Code), Error: string(l.Error),
		Outputs: l.Outputs,
	}
}

type undoneLine struct {
	Type string `json:"type"`
	Seq  int    `json:"seq"`
	Time stamp  `json:"time"`
	Left text   `json:"left,omitzero"`
}

func undoneFrom(u apply.Undone) undoneLine {
	return undoneLine{"undone", u.Seq, stamp(u.Time), text(u.Left)}
}

func (l undoneLine) undone() apply.Undone {
	return apply.Undone{Seq: l.Seq, Time: time.Time(l.Time), Left: string(l.Left)}
}

// stamp is a time as a line has it: UTC, to the millisecond.
type stamp time.Time

const stampForm = "2006-01-02T15:04:05.000Z"

func (s stamp) MarshalJSON() ([]byte, error) {
	t := time.Time(s).UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return nil, fmt.Errorf("the year %d has not four digits", y)
	}
	return json.Marshal(t.Format(stampForm))
}

func (s *stamp) UnmarshalJSON(data []byte) error {
	var written string
	if err := json.Unmarshal(data, &written); err != nil {
		return err
	}
	t, err := time.Parse(time.RFC3339, written)
	*s = stamp(t.UTC())
	return err
}

// outputs are values by name. They are written as a structure is, so that the same rules hold.
type outputs map[string]string

func (o outputs) MarshalJSON() ([]byte, error) {
	members := plan.Object{}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		members = append(members, plan.Member{Name: name, Value: o[name]})
	}
	return object(members).MarshalJSON()
}

func (o *outputs) UnmarshalJSON(data []byte) error {
	var members object
	if err := members.UnmarshalJSON(data); err != nil {
		return err
	}
	*o = outputs{}
	for _, m := range members {
		value, ok := m.Value.(string)
		if !ok {
			return errors.New("an output is not a text")
		}
		(*o)[m.Name] = value
	}
	return nil
}
