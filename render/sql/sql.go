// Package sql renders the SQL of a plan as a script for any SQL client, with what takes it back and
// what is to be run later as comments.
package sql

import (
	"strings"

	"onramp/internal/plan"
	"onramp/render"
)

// Render gives the script. Statements that cannot be run twice say so.
func Render(p plan.Plan, o render.Origin) []byte {
	var b strings.Builder
	comment(&b, p.Title+": SQL permissions")
	comment(&b, "account "+p.Target.Account+", region "+p.Target.Region+", plan "+p.Hash()+", onramp "+o.Version)
	comment(&b, "Run it as a superuser, one statement after another. GRANT and REVOKE can be run again; CREATE GROUP fails")
	comment(&b, "where the group exists, and may then be passed over.")
	if len(p.SQL) == 0 {
		b.WriteString("\n")
		comment(&b, "The answers ask for no SQL.")
	}
	for _, s := range p.SQL {
		b.WriteString("\n")
		comment(&b, s.Title)
		if s.Holds != "" {
			comment(&b, "needed unless this answers "+s.Want+": "+s.Holds)
		}
		b.WriteString(s.Text + ";\n")
	}
	undo(&b, p.SQL)
	later(&b, p.FollowUps)
	return []byte(b.String())
}

// undo lists what takes the statements back, last first, as comments.
func undo(b *strings.Builder, statements []plan.Statement) {
	if len(statements) == 0 {
		return
	}
	b.WriteString("\n")
	comment(b, "To take it back, last first:")
	for i := len(statements) - 1; i >= 0; i-- {
		if statements[i].Undo != "" {
			comment(b, "  "+statements[i].Undo+";")
		}
	}
}

func later(b *strings.Builder, followUps []plan.FollowUp) {
	for _, f := range followUps {
		b.WriteString("\n")
		comment(b, "Later: "+f.Title+", when "+f.When)
		comment(b, plan.Shown(f.SQL)+";")
	}
}

// comment writes every line of s as a comment of its own: a line feed in a name ends no comment.
func comment(b *strings.Builder, s string) {
	for line := range strings.SplitSeq(strings.ReplaceAll(s, "\r", "\n"), "\n") {
		b.WriteString("-- " + line + "\n")
	}
}
