package html

import (
	"bytes"
	"encoding/json"
	"fmt"

	"onramp/internal/kind"
	"onramp/internal/plan"
)

// calls are the calls that would be made, in their order.
type calls struct {
	Groups []callGroup
	Count  int // all of them
	Cut    int // not printed
}

// callGroup are the calls of one resource.
type callGroup struct {
	Action      action
	Label       string
	First, Last int
	Calls       []call
	SQL         bool // the last call stands for all: they differ in their statement only, which the page lists by itself
}

type call struct {
	Title, Name string
	Input       []member
}

// member is one member of a call's input. A document is not printed again: Document is its place on the page.
type member struct {
	Name, Text string
	Document   string
}

// calls lists the calls. printed has the places of the documents that are on the page.
func (in source) calls(printed map[string]bool) calls {
	var out calls
	for _, r := range in.Plan.Resources {
		g := callGroup{Action: in.action(r), Label: plan.Shown(r.Spec.Label()), First: out.Count + 1, SQL: r.Spec.Kind() == kind.SQL{}.Kind()}
		for _, s := range in.needed(r) {
			for _, c := range s.Calls() {
				out.Count++
				switch {
				case g.SQL && len(g.Calls) > 0:
				case out.Count-out.Cut > mostCalls:
					out.Cut++
				default:
					g.Calls = append(g.Calls, callOf(r, s, c, g.SQL, printed))
				}
			}
		}
		if g.Last = out.Count; len(g.Calls) > 0 {
			out.Groups = append(out.Groups, g)
		}
	}
	return out
}

func callOf(r plan.Resource, s plan.Step, c plan.Call, sql bool, printed map[string]bool) call {
	out := call{Title: plan.Shown(s.Title), Name: c.Name()}
	if sql {
		out.Title = "run each statement of the SQL below"
	}
	for _, m := range c.Map(plan.Shown).Input {
		if sql && m.Name == "Sql" {
			continue
		}
		shown := memberOf(r, m)
		if !printed[shown.Document] {
			shown.Document = ""
		}
		out.Input = append(out.Input, shown)
	}
	return out
}

func memberOf(r plan.Resource, m plan.Member) member {
	switch v := m.Value.(type) {
	case string:
		return member{Name: m.Name, Text: v}
	case plan.Document:
		return member{Name: m.Name, Text: v.Title, Document: paperID(r.ID, v.Name)}
	case plan.Merged:
		return member{Name: m.Name, Text: "what is there already, with " + v.Document.Title, Document: paperID(r.ID, v.Document.Name)}
	case plan.Current, plan.Before:
		return member{Name: m.Name, Text: "what is there already"}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m.Value); err != nil {
		return member{Name: m.Name, Text: fmt.Sprint(m.Value)}
	}
	return member{Name: m.Name, Text: string(bytes.TrimSpace(b.Bytes()))}
}

// statement is one SQL statement.
type statement struct {
	Number      int
	Title, Text string
	Holds       bool // a look has found that it is not needed
}

// statements are the SQL, and what takes it back, last first.
func (in source) statements() (list[statement], list[string]) {
	wanting := in.wanting()
	shown := cut(in.Plan.SQL, mostStatements)
	sql, undo := list[statement]{Cut: shown.Cut}, list[string]{}
	for i, s := range shown.Items {
		sql.Items = append(sql.Items, statement{i + 1, plan.Shown(s.Title), plan.Shown(s.Text) + ";", wanting != nil && !wanting[s.Title]})
	}
	for i := len(in.Plan.SQL) - 1; i >= 0; i-- {
		switch s := in.Plan.SQL[i]; {
		case s.Undo == "":
		case len(undo.Items) < mostStatements:
			undo.Items = append(undo.Items, plan.Shown(s.Undo)+";")
		default:
			undo.Cut++
		}
	}
	return sql, undo
}

// wanting are the titles of the statements that would be run; nil where nobody looked, or all of them would be.
func (in source) wanting() map[string]bool {
	for _, r := range in.Plan.Resources {
		f, looked := in.Findings[r.ID]
		if r.Spec.Kind() != (kind.SQL{}).Kind() || !looked || f.Action == plan.Create || f.Problem != "" {
			continue
		}
		titles := map[string]bool{}
		for _, d := range f.Differences {
			titles[d.Step] = true
		}
		return titles
	}
	return nil
}
