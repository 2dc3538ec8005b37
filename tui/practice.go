package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"onramp/internal/answers"
)

// Practice is an account to learn on: it answers as AWS does, and nothing in it is real. What is
// done in it must never be taken for the real thing, so every page says where it is.
type Practice struct {
	Port    Port
	Begun   bool                          // it was asked for on the command line
	Answers func(answers.Set) answers.Set // answers for a real account as ones for this account
}

// practise goes on in the practice account.
func (w *Wizard) practise() tea.Cmd {
	w.o.practise()
	w.out.Practice = true
	w.drafts = newShelf(w.o.Port)
	for _, s := range w.sessions {
		s.answers = w.o.Practice.Answers(s.answers)
	}
	w.who = newCredentials(w.o)
	return w.identify()
}

// practise puts the practice account in the place of AWS.
func (o *Options) practise() {
	o.Port, o.Offline, o.practising = o.Practice.Port, false, true
	o.Answers = o.Practice.Answers(o.Answers)
	if o.Draft != nil {
		draft := o.Practice.Answers(*o.Draft)
		o.Draft = &draft
	}
}

// practiceText is what stands on every page of a practice run.
const practiceText = "PRACTICE ACCOUNT · nothing here is real"

// banner is the line that says so. It says it without colours too.
func (t theme) practiceBanner(width int) string {
	text := "━━ " + practiceText + " "
	return t.banner.Render(ansi.Truncate(text+strings.Repeat("━", width), width, ""))
}

// Values and texts of the choice between the practice account and offline.
var (
	optionPractice = option{practiceChoice, "Use the practice account", "An AWS account inside onramp, with clusters, buckets and keys to try everything on. " +
		"It needs no credentials and no network, and nothing in it is real."}
	optionAgain   = option{again, "Try again", "After you have signed in to AWS in another window."}
	optionOffline = option{without, "Go on offline", "Nothing is asked of AWS; the result can be exported, not applied."}
)

const practiceChoice = "practice"

// ownAccount is what comes after practice.
const ownAccount = "Nothing real was changed. In your own account, with your credentials:"

// practiceEnds is what becomes of a practice run that did not end well.
const practiceEnds = "The practice account ends with onramp: there is nothing to resume or undo."
