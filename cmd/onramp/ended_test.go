package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"onramp/internal/apply"
	"onramp/tui"
)

// TestEnded: whoever leaves the wizard is told what became of it, and the exit code says so too.
func TestEnded(t *testing.T) {
	failed := errors.New("create role: AccessDenied")
	for name, c := range map[string]struct {
		of   tui.Outcome
		code int
		says string // "" : nothing
	}{
		"left, nothing answered":        {tui.Outcome{Ending: tui.Left}, 0, ""},
		"left":                          {tui.Outcome{Ending: tui.Left, Kept: true}, 0, "the answers are kept"},
		"a script was written":          {tui.Outcome{Ending: tui.Exported, Kept: true, Files: []string{"a.sh"}}, 0, "wrote a.sh\nthe answers are kept"},
		"the answers were written":      {tui.Outcome{Ending: tui.Exported, Files: []string{"a.yaml"}}, 0, "wrote a.yaml"},
		"interrupted":                   {tui.Outcome{Ending: tui.Interrupted, Kept: true}, 130, "the answers are kept"},
		"interrupted, nothing answered": {tui.Outcome{Ending: tui.Interrupted}, 130, "interrupted"},
		"applied":                       {tui.Outcome{Ending: tui.Applied, Result: apply.Result{Changed: []string{"role"}}}, 0, "1 changed"},
		"applied and taken back":        {tui.Outcome{Ending: tui.Applied, Undone: true}, 0, "undone: 0 changes"},
		"failed":                        {tui.Outcome{Ending: tui.ApplyFailed, Err: failed}, 1, "AccessDenied"},
		"failed and taken back":         {tui.Outcome{Ending: tui.ApplyFailed, Undone: true}, 0, "undone: 0 changes"},
		"the undo failed":               {tui.Outcome{Ending: tui.Applied, Undone: true, Err: failed}, 1, "AccessDenied"},
		"the undo was interrupted":      {tui.Outcome{Ending: tui.Applied, Undone: true, Err: context.Canceled}, 130, "interrupted"},
	} {
		var out bytes.Buffer
		a := &app{errOut: &out}
		err := a.ended(c.of)
		if err != nil {
			report(&out, err)
		}
		if said := strings.TrimSpace(out.String()); code(err) != c.code || !strings.Contains(said, c.says) || c.says == "" && said != "" {
			t.Errorf("%s: code %d, said %q", name, code(err), said)
		}
		if kept := strings.Contains(out.String(), "kept"); kept != c.of.Kept {
			t.Errorf("%s: said %q", name, out.String())
		}
	}
}
