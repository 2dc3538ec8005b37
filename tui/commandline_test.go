package tui

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/render/commandline"
)

// TestCommandsAreForTheShell: the commands of the last page are quoted for the shell that they are copied to.
func TestCommandsAreForTheShell(t *testing.T) {
	tests := map[string]struct {
		shell         commandline.Shell
		journal, want string
	}{
		"posix":   {commandline.POSIX, "/home/ann lee/j.jsonl", "onramp undo '/home/ann lee/j.jsonl'\n"},
		"windows": {commandline.Windows, `C:\Users\Ann Lee\j.jsonl`, `onramp undo "C:\Users\Ann Lee\j.jsonl"` + "\n"},
	}
	for name, test := range tests {
		bubble(t, name, func(t *testing.T) {
			w := &world{}
			o := quick(t, w)
			o.Shell = test.shell
			run := w.run
			w.run = func(ctx context.Context, p plan.Plan, emit func(apply.Event)) (apply.Result, error) {
				res, err := run(ctx, p, emit)
				res.Journal = test.journal
				return res, err
			}
			var out bytes.Buffer
			if _, err := Plain(t.Context(), o, strings.NewReader(lines("1", ann.Account)), &out); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), test.want) {
				t.Errorf("does not have %q:\n%s", test.want, out.String())
			}
		})
	}
}

// TestFoldedCommands: a command that is too long for the screen goes on as the shell takes it.
func TestFoldedCommands(t *testing.T) {
	words := []string{"onramp", "undo", `C:\Users\Ann Lee\j.jsonl`}
	for shell, want := range map[commandline.Shell]string{
		commandline.POSIX:   "onramp undo \\\n  \"C:\\\\Users\\\\Ann Lee\\\\j.jsonl\"",
		commandline.Windows: "onramp undo `\n  \"C:\\Users\\Ann Lee\\j.jsonl\"",
	} {
		w := &Wizard{o: Options{Shell: shell}}
		if got := strings.Join(w.folded(words, 34), "\n"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
