// Package shell renders a plan as a bash script of AWS CLI commands: what a careful operator would
// have written by hand.
//
// The script is made from the plan's steps and knows no kind of resource. What a step means (absent,
// same, differs; who made it; what to wait for) is said once, by the helpers of prelude.sh; what is
// written for each step only calls them. One call is special: redshift-data:ExecuteStatement, which
// accepts a statement and runs it later, so the script also waits for its end.
//
// The package is pure. It must not know guides, the terminal or aws-sdk-go-v2.
package shell

import (
	"bytes"
	_ "embed" // prelude.sh
	"errors"
	"fmt"
	"slices"
	"strings"

	"onramp/internal/plan"
	"onramp/render"
)

//go:embed prelude.sh
var prelude string

// Render writes the script. A plan with problems has none.
func Render(p plan.Plan, o render.Origin) ([]byte, error) {
	if len(p.Problems) > 0 {
		return nil, fmt.Errorf("render script: the plan is not complete: %w", p.Problems[0])
	}
	s := &script{variables: map[plan.Ref]string{}, known: map[plan.Ref]bool{}, documents: map[string]string{}}
	s.nameOutputs(p)
	s.header(p, o)
	s.printf("%s", Beginning(calls(p)))
	s.printf("ACCOUNT=%s\nREGION=%s\nTOTAL=%d\n\n", s.quote(p.Target.Account), s.quote(p.Target.Region), len(p.Resources))
	s.printf("%s\n", prelude)
	s.values(p)
	for i, r := range p.Resources {
		s.resource(r, fmt.Sprintf("[%d/%d]", i+1, len(p.Resources)))
	}
	s.end(p)
	if s.err != nil {
		return nil, s.err
	}
	return s.out.Bytes(), nil
}

// script is a script being written. The first thing that cannot be said ends it with an error.
type script struct {
	out       bytes.Buffer
	err       error
	variables map[plan.Ref]string // shell variables of the values that AWS gives
	known     map[plan.Ref]bool   // those that a step written by now has taken
	documents map[string]string   // texts of the documents written so far, by their file
	texts     int                 // number of texts that had to go through a file
}

func (s *script) printf(format string, args ...any) { fmt.Fprintf(&s.out, format, args...) }

func (s *script) fail(err error) {
	if s.err == nil && err != nil {
		s.err = fmt.Errorf("render script: %w", err)
	}
}

const rule = "# ------------------------------------------------------------------------------\n"

func (s *script) header(p plan.Plan, o render.Origin) {
	s.printf("#!/usr/bin/env bash\n#\n")
	for _, line := range [][2]string{
		{"sets up", p.Title},
		{"guide", p.Guide},
		{"account", p.Target.Account},
		{"region", p.Target.Region},
		{"plan", p.Hash() + " (two plans with one hash do the same)"},
		{"onramp", o.Version},
		{"made by", o.Command},
	} {
		s.printf("%s\n", strings.TrimRight(fmt.Sprintf("#   %-8s  %s", line[0], comment(line[1])), " "))
	}
	s.printf("#\n# It takes %s:\n", Takes(calls(p)))
	s.printf("%s", `#
#   bash SCRIPT             does what is listed below, step by step. It can be run again at any
#                           time: what is there already is found and left as it is.
#   DRY_RUN=1 bash SCRIPT   only reads, and prints each command that would change something.
#   ADOPT=1 bash SCRIPT     also changes what is there but was not made by this plan, and what
#                           others may rely on. Without it the script stops there and shows what
#                           is there and what would replace it.
`)
	for _, m := range manuals(p) {
		s.printf("#   %s=1 bash SCRIPT\n", m.Variable)
		s.printf("%s", `#                           continues without checks that the script cannot make. Check first:
`)
		s.printf("#                           %s.\n", comment(m.What))
		s.printf("%s", `#                           onramp apply checks all of it.
`)
	}
	if len(p.Warnings) > 0 {
		s.printf("#\n# To think about before it is run:\n#\n")
	}
	for _, w := range p.Warnings {
		s.printf("%s\n", strings.TrimRight("#   - "+comment(sentence(plan.Shown(w.Text), plan.Shown(w.Remedy))), " "))
	}
}

// manuals are what the user of a script has to check, each once.
func manuals(p plan.Plan) []plan.Manual {
	var out []plan.Manual
	for _, r := range p.Resources {
		for _, st := range r.Spec.Steps() {
			m := manual(st)
			if m != nil && !slices.ContainsFunc(out, func(o plan.Manual) bool { return o.Variable == m.Variable }) {
				out = append(out, *m)
			}
		}
	}
	return out
}

func sentence(text, remedy string) string {
	if remedy == "" {
		return text
	}
	return text + " (remedy: " + remedy + ")"
}

// values declares a variable for each value that AWS gives.
func (s *script) values(p plan.Plan) {
	s.printf("%s# The plan\n", rule)
	if len(s.variables) > 0 {
		s.printf("\n# Values that only AWS can give. They are filled in as the steps go.\n")
	}
	for _, ref := range outputs(p) {
		if name, used := s.variables[ref]; used {
			s.printf("%s=$UNKNOWN\n", name)
		}
	}
}

func (s *script) resource(r plan.Resource, place string) {
	label := plan.Shown(r.Spec.Label())
	s.printf("\n%s# %s %s\n\n", rule, place, comment(label))
	s.printf("begin %s %s", s.quote(r.ID), s.word(r.Spec.Label()))
	if r.Within != "" {
		s.printf(" %s", s.quote(r.Within))
	}
	s.printf("\n")
	for _, st := range r.Spec.Steps() {
		s.step(r, st)
	}
}

// end tells what is left to do by hand: SQL that the plan only writes down, and the follow-ups.
func (s *script) end(p plan.Plan) {
	s.printf("\n%s# The end\n\nthe_end\n", rule)
	for _, f := range p.Files {
		s.printf("\nhand_out %s %s <<%s\n", s.quote(f.Name), s.quote(f.Title), s.heredoc(f.Text))
	}
	if len(p.HandOver) > 0 {
		s.printf("\nsay ''\nsay 'To hand over:'\n")
	}
	for _, v := range p.HandOver {
		s.printf("hand_over %s %s %s\n", s.quote(v.Name), s.word(v.Value), s.quote(v.For))
	}
	sql := p.SQL
	if runsSQL(p) {
		sql = nil
	}
	if len(sql)+len(p.FollowUps) > 0 {
		s.printf("\nsay ''\nsay 'Left to do by hand:'\n")
	}
	for _, st := range sql {
		s.byHand(st.Title, "", st.Text+";")
	}
	for _, f := range p.FollowUps {
		_, what := ToDo(f)
		s.byHand(f.Title, f.When, what)
	}
}

// ToDo is what a follow-up has to be done with, to be copied, and the name of its language: sql or sh.
func ToDo(f plan.FollowUp) (language, text string) {
	if len(f.Command) > 0 {
		return "sh", Lines(f.Command)
	}
	return "sql", strings.TrimRight(f.SQL, "\n") + ";"
}

// Lines writes the words of a command for bash, with each option on a line of its own.
func Lines(words []string) string { return LinesFor(words, Quote, `\`) }

// LinesFor is Lines for another shell: it has its own way to quote, and its own end of a line that goes on.
func LinesFor(words []string, quote func(string) string, goesOn string) string {
	var b strings.Builder
	for i, w := range words {
		switch {
		case i > 0 && strings.HasPrefix(w, "--"):
			b.WriteString(" " + goesOn + "\n  ")
		case i > 0:
			b.WriteByte(' ')
		}
		b.WriteString(quote(w))
	}
	return b.String()
}

func (s *script) byHand(title, when, what string) {
	text, tokens := s.tokens(what)
	words := append([]string{"by_hand", s.word(title), s.word(when)}, tokens...)
	s.printf("\n%s <<%s\n", strings.Join(words, " "), s.heredoc(text))
}

// calls are all calls that the script of a plan can make, but for those of the prelude.
func calls(p plan.Plan) []plan.Call {
	var out []plan.Call
	for _, r := range p.Resources {
		for _, st := range r.Spec.Steps() {
			out = append(out, slices.Concat(st.Reads(), searches(st), st.Create, st.Update)...)
		}
	}
	return out
}

func runsSQL(p plan.Plan) bool {
	for _, r := range p.Resources {
		for _, st := range r.Spec.Steps() {
			for _, c := range st.Calls() {
				if isStatement(c) {
					return true
				}
			}
		}
	}
	return false
}

// isStatement tells the one call that ends later than it answers.
func isStatement(c plan.Call) bool { return c.Name() == "redshift-data:ExecuteStatement" }

var (
	errNested          = errors.New("a value that is read first can only be a member of the call itself")
	errStatementOutput = errors.New("a script takes no value from the answer to ExecuteStatement")
	errOwners          = errors.New("a script cannot ask both who has made a resource and whether it is found again")
)
