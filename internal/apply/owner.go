package apply

import (
	"fmt"
	"slices"

	"onramp/internal/plan"
	"onramp/internal/query"
)

// ownership says whose a thing is.
type ownership int

const (
	nobodys ownership = iota // it is not there
	ours
	theirs
	unmarked // it is there, and carries no mark at all
)

// owns asks whose a thing is. The read of o is filled in.
func owns(o plan.Owner, read func(plan.Call) (any, error)) (ownership, error) {
	answer, err := read(o.Read)
	switch code := codeOf(err); {
	case err != nil && slices.Contains(o.Absent, code):
		return nobodys, nil
	case err != nil && slices.Contains(o.Unmarked, code):
		return unmarked, nil
	case err != nil:
		return nobodys, fmt.Errorf("see who made it: %w", err)
	}
	if o.Exists != "" {
		if there, err := query.Text(answer, o.Exists); err != nil || there == "" {
			return nobodys, err
		}
	}
	mark, err := query.Text(answer, o.Check.Query)
	if err != nil {
		return nobodys, err
	}
	if mark != o.Check.Want {
		return theirs, nil
	}
	return ours, nil
}
