// Package sql renders the SQL of a plan as a script for any SQL client, with what is to be run later as comments, and a
// second script that takes it back.
//
// Both can be run again. Only CREATE GROUP and the statements that take back cannot be repeated: Redshift has no IF NOT
// EXISTS for groups, and a script has no condition. A stored procedure has one, but many clients cut its body into pieces at
// the semicolons (Amazon Redshift Database Developer Guide, Overview of stored procedures). So a query stands before each
// statement, as a comment: it says when to pass over it.
package sql

import (
	"fmt"
	"slices"
	"strings"

	"onramp/internal/plan"
	"onramp/render"
)

// Files gives the script, and where there is something to take back, the script that does. A plan without any SQL, now
// or later, has neither: render.ErrNothing.
func Files(p plan.Plan, o render.Origin) ([]render.File, error) {
	script, err := Script(p, o)
	if err != nil {
		return nil, err
	}
	out := []render.File{{Name: p.Guide + ".sql", Data: script}}
	if len(undone(p)) > 0 {
		out = append(out, render.File{Name: p.Guide + "-undo.sql", Data: Undo(p, o)})
	}
	return out, nil
}

// Script gives the first of the files.
func Script(p plan.Plan, o render.Origin) ([]byte, error) {
	later := slices.ContainsFunc(p.FollowUps, func(f plan.FollowUp) bool { return f.SQL != "" })
	if len(p.SQL) == 0 && !later {
		return nil, fmt.Errorf("write SQL: %w; the other formats have the plan", render.ErrNothing)
	}
	return Render(p, o), nil
}

// Render gives the script, even where it only says that there is no SQL.
func Render(p plan.Plan, o render.Origin) []byte {
	w := &writer{}
	w.head(p, o, p.Title+": SQL permissions")
	w.comment(
		"Run it in the warehouse's database as a superuser, one statement after another and not as one transaction. It can be",
		"run again: a statement that cannot be repeated says when to skip it. A client that goes on after an error needs no",
		"look: where a group is there, CREATE GROUP fails and changes nothing.")
	if len(p.SQL) == 0 {
		w.gap()
		w.comment("The answers ask for no SQL.")
	}
	for _, s := range p.SQL {
		w.gap()
		w.comment(s.Title)
		switch {
		case s.Holds == "":
		case repeats(s.Text):
			w.comment("can be run again; it is done where this answers " + s.Want + ": " + s.Holds)
		default:
			w.comment("skip it where this answers " + s.Want + ": " + s.Holds)
		}
		w.statement(s.Text)
	}
	w.later(p.FollowUps)
	w.back(p)
	return []byte(w.b.String())
}

// repeats says that a statement can be run where it has been run before: it then changes nothing (Amazon Redshift Database
// Developer Guide, GRANT, REVOKE, CREATE SCHEMA).
func repeats(text string) bool {
	return strings.HasPrefix(text, "GRANT ") || strings.HasPrefix(text, "REVOKE ") || strings.Contains(text, " IF NOT EXISTS ")
}

// Undo gives the script that takes back what Render's has made, last first.
func Undo(p plan.Plan, o render.Origin) []byte {
	w := &writer{}
	w.head(p, o, p.Title+": takes the SQL permissions back")
	w.comment(
		"Run it in the warehouse's database as a superuser, one statement after another and not as one transaction. It takes",
		"back what the plan names, whoever has made it: what was there before the plan is not known here. Each statement says",
		"when to run it; where its query answers something else, nothing is left to take back, or others rely on it by now.")
	back := undone(p)
	if len(back) == 0 {
		w.gap()
		w.comment("There is nothing to take back.")
		return []byte(w.b.String())
	}
	w.before(p.FollowUps)
	for _, s := range back {
		w.gap()
		w.comment("takes back: " + s.Title)
		if query, want := remains(s); query != "" {
			w.comment("run it only where this answers " + want + ": " + query)
		}
		w.statement(s.Undo)
	}
	return []byte(w.b.String())
}

// undone are the statements that can be taken back, last first.
func undone(p plan.Plan) (out []plan.Statement) {
	for i := len(p.SQL) - 1; i >= 0; i-- {
		if p.SQL[i].Undo != "" {
			out = append(out, p.SQL[i])
		}
	}
	return out
}

// remains is the query that says before the undo what is left of a statement, and its answer where all of it is.
func remains(s plan.Statement) (query, want string) {
	if s.Remains != "" {
		return s.Remains, "1"
	}
	return s.Holds, s.Want
}

type writer struct{ b strings.Builder }

func (w *writer) head(p plan.Plan, o render.Origin, title string) {
	w.comment(title,
		"account "+p.Target.Account+", region "+p.Target.Region+", plan "+p.Hash()+", onramp "+o.Version,
		"made with: "+o.Command, "")
}

func (w *writer) gap() { w.b.WriteString("\n") }

func (w *writer) statement(text string) { w.b.WriteString(text + ";\n") }

// later lists what can be done only afterwards.
func (w *writer) later(followUps []plan.FollowUp) {
	for _, f := range followUps {
		if f.SQL == "" {
			continue // a command, which is nothing for a client of SQL
		}
		w.gap()
		w.comment("Later: "+f.Title+", when "+f.When, plan.Shown(f.SQL)+";")
	}
}

// back says how all of it is taken back.
func (w *writer) back(p plan.Plan) {
	back := undone(p)
	if len(back) == 0 {
		return
	}
	w.gap()
	w.comment("To take it back, last first; the second file has the queries that say whether to:")
	for _, s := range back {
		w.comment("  " + s.Undo + ";")
	}
}

// before lists the grants that were left for later: a group that holds one cannot be dropped.
func (w *writer) before(followUps []plan.FollowUp) {
	for _, f := range followUps {
		if strings.HasPrefix(f.SQL, "GRANT ") {
			w.gap()
			w.comment("First take back, if it was done: " + f.Title + ", when " + f.When)
		}
	}
}

// comment writes every line of its texts as a comment of its own: a line feed in a name ends no comment.
func (w *writer) comment(texts ...string) {
	for _, s := range texts {
		for line := range strings.SplitSeq(strings.ReplaceAll(s, "\r", "\n"), "\n") {
			w.b.WriteString(strings.TrimRight("-- "+line, " ") + "\n")
		}
	}
}
