// Package tui holds the screens: the wizard with its questions and live preview, the review, the
// progress of a run and its end; and the same questions as line prompts.
//
// It is one bubbletea model whose pages are plain structs. It makes no call and reads no file:
// everything that touches the world goes through the functions of Port, and those run only inside
// commands. It must not know aws-sdk-go-v2, how a plan is carried out, or any single guide.
package tui

import (
	"context"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/lookup"
	"onramp/internal/plan"
	"onramp/render/commandline"
	"onramp/steps"
)

// Options is what a wizard begins with.
type Options struct {
	Shell   commandline.Shell // that commands are printed for
	Guides  []steps.Guide     // at least one; the first is the default, and a single one is not asked for
	Guide   string            // name chosen on the command line; "" : ask
	Answers answers.Set       // from file and flags
	// Draft is what a wizard that was cut off had kept; nil: nothing. It is offered for the guide
	// that asks all of its keys.
	Draft   *answers.Set
	Offline bool // no call to AWS: export only
	Mouse   bool // the wheel scrolls
	Port    Port
	Codes   *Codes // requests for codes of MFA devices; nil: there are none
	// Practice is offered where there are no credentials; nil: it is not.
	Practice *Practice
	Preview  func(p plan.Plan) []Tab                                  // documents beside the questions
	Tree     func(p plan.Plan, found map[string]apply.Finding) string // what will be made; found may be nil
	// Compare says in lines what each answer to a question makes of the plan; nil: nothing is compared.
	Compare func(titles []string, plans []plan.Plan, chosen int) string

	practising bool // Port is that of Practice
}

// Tab is a document of the preview. Its text is plain: JSON or a tree. Lines that hold an action
// of a note are marked, and the note is shown below.
type Tab struct {
	Title, Text string
	Notes       []plan.ActionNote
	// Make gives the text where it costs more than a key press may: it is called when the document comes in sight.
	Make func() string
}

// text is the text, made now where it must be.
func (t *Tab) text() string {
	if t.Make != nil {
		t.Text, t.Make = t.Make(), nil
	}
	return t.Text
}

// Port is everything that touches the world. A nil function means that it is not possible here.
// Each runs in a goroutine of its own and must end soon after its context does.
type Port struct {
	Identify func(ctx context.Context) (Identity, error)
	// Alias gives the name that people know the account by; "" : it has none.
	Alias   func(ctx context.Context) (string, error)
	Inspect func(ctx context.Context, p plan.Plan) (map[string]apply.Finding, error)
	// Look gives a list of what the account holds; get gives the answers' texts. It is called again for the same list,
	// and so should remember it.
	Look func(ctx context.Context, s lookup.Spec, get func(key string) string) (lookup.List, error)
	// Apply carries the plan out. agreed is what the operator was shown, and nothing else is changed. When ctx
	// ends it finishes the call in flight and returns.
	Apply func(ctx context.Context, p plan.Plan, agreed *apply.Consent, emit func(apply.Event)) (apply.Result, error)
	// Undo takes back what the last Apply of a plan has done. When ctx ends it finishes the call in flight.
	Undo   func(ctx context.Context, p plan.Plan, emit func(apply.Event)) (apply.UndoResult, error)
	Keep   func(guide string, a answers.Set) error // saves the answers so far
	Forget func(guide string) error                // removes them
	// Commands gives the commands that do without the wizard what it did. It saves the answers to a file for them, where
	// no file has them. adopted: the run had consent to change what exists.
	Commands func(g steps.Guide, a answers.Set, p plan.Plan, r apply.Result, adopted bool) (Commands, error)
	// Export writes a file and lists what it wrote. The answers are resolved: defaults are in them,
	// and nothing that is not asked. The formats in use are "shell", "answers" and, into a folder, "all".
	Export func(g steps.Guide, p plan.Plan, a answers.Set, format, path string) (files []string, err error)
}

// Commands are commands that go with a run, each as its words; nil: there is none.
type Commands struct {
	Saved string   // file that the answers are in for them; "" : the command line has the answers
	Apply []string // carries the same plan out, or the rest of it
	Own   []string // does so in the operator's own account, after practice
	Undo  []string // undoes what the run did
	Files []string // writes the files of the plan
}

// Identity is whose credentials are used.
type Identity struct{ Account, Partition, Region, Caller, Profile string }

// Ending is how a wizard ended.
type Ending int

// The endings. A wizard that was killed reads as Interrupted.
const (
	Interrupted Ending = iota // ctrl+c, a signal, the end of the input
	Left                      // the operator left
	Exported                  // left after files had been written
	Applied                   // the plan was carried out
	ApplyFailed               // it was begun and stopped at an error
)

// String names the ending, for messages and tests.
func (e Ending) String() string {
	return [...]string{"interrupted", "left", "exported", "applied", "apply-failed"}[e]
}

// Outcome is what a wizard left behind.
type Outcome struct {
	Ending  Ending
	Guide   string       // name; "" : none was chosen
	Answers answers.Set  // as given, without defaults
	Files   []string     // that were written
	Plan    plan.Plan    // of the last run; zero: there was none
	Adopted bool         // the run had consent to change what exists
	Result  apply.Result // of a run, also of one that failed or was interrupted
	Err     error        // of a run, or of the undo
	Undone  bool         // what the run had done was taken back, or that was begun
	Undo    apply.UndoResult
	// Abandoned says that a run or an undo was left while a call was in flight.
	Abandoned bool
	Told      bool // the line prompts have said how the run ended
	// Commands go with the last run. They are made only where Plan is one that was run, and CommandsErr is nil.
	Commands    Commands
	CommandsErr error
	Kept        bool // the answers were kept for the next time
	// Practice says that it was all in the practice account.
	Practice bool
}
