package lookup

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"onramp/internal/plan"
	"onramp/internal/query"
)

// Run looks a list up. Why says in one line what an error means.
func Run(ctx context.Context, c Caller, s Spec, get func(key string) string) (List, error) {
	call, err := s.call(get)
	if err != nil {
		return List{}, err
	}
	f, err := s.find(ctx, c, call)
	if err != nil {
		return List{}, err
	}
	return s.list(f, get), nil
}

// found is what AWS answered, before any answer of the operator's is looked at.
type found struct {
	rows []Row
	more bool
}

// find makes the calls. Of rows that ask for more, those that come first are served.
func (s Spec) find(ctx context.Context, c Caller, call plan.Call) (found, error) {
	f, err := read(ctx, c, call, s.Pages, s.Rows)
	if err != nil {
		return found{}, err
	}
	slices.SortStableFunc(f.rows, func(a, b Row) int { return byName(a.Text(valueOf), b.Text(valueOf)) })
	for _, e := range s.Each {
		e.addTo(ctx, c, f.rows)
	}
	return f, nil
}

// byName sorts as people look names up: in whatever case they are written.
func byName(a, b string) int {
	return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(a, b))
}

// read makes a call for page after page, until there are more rows than are listed.
func read(ctx context.Context, c Caller, call plan.Call, pages Pages, rows string) (found, error) {
	var f found
	for next, n := call, 1; ; n++ {
		answer, err := c.Call(ctx, next)
		if err != nil {
			return f, &failure{call: call.Name(), err: cause(ctx, err)}
		}
		if err := f.add(answer, rows); err != nil {
			return f, &failure{call: call.Name(), err: err}
		}
		token, err := pages.token(answer)
		switch {
		case err != nil:
			return f, &failure{call: call.Name(), err: err}
		case len(f.rows) > Most || token != "" && n == mostPages:
			f.rows, f.more = f.rows[:min(len(f.rows), Most)], true
			return f, nil
		case token == "":
			return f, nil
		}
		next = pages.Next(call, token)
	}
}

func (f *found) add(answer any, rows string) error {
	v, err := query.Value(answer, rows)
	if err != nil {
		return err
	}
	list, are := v.([]any)
	if !are {
		list = []any{v}
	}
	for _, item := range list {
		if row, is := item.(map[string]any); is {
			f.rows = append(f.rows, row)
		}
	}
	return nil
}

// token is what asks for the next page; "" where there is none.
func (p Pages) token(answer any) (string, error) {
	if p.Output == "" {
		return "", nil
	}
	v, err := query.Value(answer, p.Output)
	token, _ := v.(string)
	return token, err
}

// addTo makes the further reads, many at once. Each goroutine has rows of its own.
func (e Each) addTo(ctx context.Context, c Caller, rows []Row) {
	calls, asking := e.calls(rows)
	var all sync.WaitGroup
	for i, call := range calls {
		all.Go(func() {
			f, err := read(ctx, c, call, e.Pages, e.Rows)
			if err != nil {
				return // these rows stay as they are
			}
			for _, row := range asking[i] {
				e.add(row, f.rows)
			}
		})
	}
	all.Wait()
}

// calls are the different calls of all rows, as many as may be made, each with the rows that ask it.
func (e Each) calls(rows []Row) (calls []plan.Call, asking [][]Row) {
	at := map[string]int{}
	for _, row := range rows {
		call := e.Call(row)
		if call.Zero() {
			continue
		}
		key := keyOf(call)
		i, known := at[key]
		switch {
		case known:
			asking[i] = append(asking[i], row)
		case len(calls) < MostReads:
			at[key] = len(calls)
			calls, asking = append(calls, call), append(asking, []Row{row})
		}
	}
	return calls, asking
}

// keyOf tells calls apart.
func keyOf(c plan.Call) string {
	data, err := json.Marshal(c)
	if err != nil { // such a call can be made by nobody, and its error is shown
		return fmt.Sprintf("%#v", c)
	}
	return string(data)
}

func (e Each) add(row Row, rows []Row) {
	if e.Add != nil {
		e.Add(row, rows)
		return
	}
	if len(rows) == 0 {
		return
	}
	for name, value := range rows[0] {
		if notes, are := value.([]any); name == notesOf && are {
			row.Note(notes...)
			continue
		}
		if row[name] == nil {
			row[name] = value
		}
	}
}
