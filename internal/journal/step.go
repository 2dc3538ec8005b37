package journal

import (
	"encoding/json"
	"time"

	"onramp/internal/plan"
)

// What of a plan is written down, member by member. A field of these types that has no member here is
// lost: TestEveryFieldIsWritten finds it.

type callLine struct {
	Service   text   `json:"service,omitzero"`
	Operation text   `json:"operation,omitzero"`
	Input     object `json:"input,omitzero"`
}

func callFrom(c plan.Call) callLine {
	return callLine{text(c.Service), text(c.Operation), object(c.Input)}
}

func (l callLine) call() plan.Call {
	return plan.Call{Service: string(l.Service), Operation: string(l.Operation), Input: plan.Object(l.Input)}
}

type undoLine struct {
	Title  text        `json:"title,omitzero"`
	Read   callLine    `json:"read,omitzero"`
	Absent []text      `json:"absent,omitzero"`
	Owner  *ownerLine  `json:"owner,omitzero"`
	Check  checkLine   `json:"check,omitzero"`
	Calls  []callLine  `json:"calls,omitzero"`
	Gone   []text      `json:"gone,omitzero"`
	Leave  []leaveLine `json:"leave,omitzero"`
	Retry  []text      `json:"retry,omitzero"`
	Wait   *waitLine   `json:"wait,omitzero"`
	Keeps  text        `json:"keeps,omitzero"`
	Apart  bool        `json:"apart,omitzero"`
}

func undoFrom(u plan.Undo) undoLine {
	return undoLine{
		text(u.Title), callFrom(u.Read), texts(u.Absent), pointer(u.Owner, ownerFrom), checkFrom(u.Check), each(u.Calls, callFrom),
		texts(u.Gone), each(u.Leave, leaveFrom), texts(u.Retry), pointer(u.Wait, waitFrom), text(u.Keeps), u.Apart,
	}
}

func (l undoLine) undo() plan.Undo {
	return plan.Undo{
		Title: string(l.Title), Read: l.Read.call(), Absent: plain(l.Absent), Owner: pointer(l.Owner, ownerLine.owner),
		Check: l.Check.check(), Calls: each(l.Calls, callLine.call), Gone: plain(l.Gone), Leave: each(l.Leave, leaveLine.leave),
		Retry: plain(l.Retry), Wait: pointer(l.Wait, waitLine.wait), Keeps: string(l.Keeps), Apart: l.Apart,
	}
}

type findLine struct {
	List   callLine  `json:"list,omitzero"`
	Items  text      `json:"items,omitzero"`
	Output text      `json:"output,omitzero"`
	Owner  ownerLine `json:"owner,omitzero"`
	Read   callLine  `json:"read,omitzero"`
	Check  checkLine `json:"check,omitzero"`
}

func findFrom(f plan.Find) findLine {
	return findLine{callFrom(f.List), text(f.Items), text(f.Output), ownerFrom(f.Owner), callFrom(f.Read), checkFrom(f.Check)}
}

func (l findLine) find() plan.Find {
	return plan.Find{
		List: l.List.call(), Items: string(l.Items), Output: string(l.Output), Owner: l.Owner.owner(), Read: l.Read.call(),
		Check: l.Check.check(),
	}
}

type ownerLine struct {
	Read     callLine  `json:"read,omitzero"`
	Absent   []text    `json:"absent,omitzero"`
	Unmarked []text    `json:"unmarked,omitzero"`
	Exists   text      `json:"exists,omitzero"`
	Check    checkLine `json:"check,omitzero"`
}

func ownerFrom(o plan.Owner) ownerLine {
	return ownerLine{callFrom(o.Read), texts(o.Absent), texts(o.Unmarked), text(o.Exists), checkFrom(o.Check)}
}

func (l ownerLine) owner() plan.Owner {
	return plan.Owner{
		Read: l.Read.call(), Absent: plain(l.Absent), Unmarked: plain(l.Unmarked), Exists: string(l.Exists), Check: l.Check.check(),
	}
}

type checkLine struct {
	Query    text      `json:"query,omitzero"`
	Want     text      `json:"want,omitzero"`
	Document *document `json:"document,omitzero"`
	Contains bool      `json:"contains,omitzero"`
	Counts   bool      `json:"counts,omitzero"`
}

func checkFrom(c plan.Check) checkLine {
	return checkLine{text(c.Query), text(c.Want), (*document)(c.Document), c.Contains, c.Counts}
}

func (l checkLine) check() plan.Check {
	return plan.Check{Query: string(l.Query), Want: string(l.Want), Document: (*plan.Document)(l.Document), Contains: l.Contains, Counts: l.Counts}
}

type leaveLine struct {
	Code text `json:"code,omitzero"`
	Why  text `json:"why,omitzero"`
}

func leaveFrom(l plan.Leave) leaveLine { return leaveLine{text(l.Code), text(l.Why)} }

func (l leaveLine) leave() plan.Leave { return plan.Leave{Code: string(l.Code), Why: string(l.Why)} }

type waitLine struct {
	For   text   `json:"for,omitzero"`
	Query text   `json:"query,omitzero"`
	Want  text   `json:"want,omitzero"`
	Never []text `json:"never,omitzero"`
	Limit span   `json:"limit,omitzero"`
}

func waitFrom(w plan.Wait) waitLine {
	return waitLine{text(w.For), text(w.Query), text(w.Want), texts(w.Never), span(w.Limit)}
}

func (l waitLine) wait() plan.Wait {
	return plan.Wait{For: string(l.For), Query: string(l.Query), Want: string(l.Want), Never: plain(l.Never), Limit: time.Duration(l.Limit)}
}

type outputLine struct {
	Name  text `json:"name,omitzero"`
	Read  text `json:"read,omitzero"`
	Made  text `json:"made,omitzero"`
	Moves bool `json:"moves,omitzero"`
}

func outputFrom(o plan.Output) outputLine {
	return outputLine{text(o.Name), text(o.Read), text(o.Made), o.Moves}
}

func (l outputLine) output() plan.Output {
	return plan.Output{Name: string(l.Name), Read: string(l.Read), Made: string(l.Made), Moves: l.Moves}
}

// span is a duration, written for people: "5m0s".
type span time.Duration

func (s span) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(s).String()) }

func (s *span) UnmarshalJSON(data []byte) error {
	var written string
	if err := json.Unmarshal(data, &written); err != nil {
		return err
	}
	d, err := time.ParseDuration(written)
	*s = span(d)
	return err
}

// each turns every item of a list. A list that is not there stays so.
func each[A, B any](list []A, turn func(A) B) []B {
	if list == nil {
		return nil
	}
	out := make([]B, len(list))
	for i, item := range list {
		out[i] = turn(item)
	}
	return out
}

// pointer turns what a pointer points to.
func pointer[A, B any](p *A, turn func(A) B) *B {
	if p == nil {
		return nil
	}
	out := turn(*p)
	return &out
}
