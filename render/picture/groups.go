package picture

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"onramp/internal/kind"
	"onramp/internal/plan"
)

// This file reads the user groups from the plan's SQL. Names stand in it between quotes, all else is known.

// group is a user group.
type group struct {
	node             int
	creates, execute bool
}

// groups draws the groups that the plan's SQL makes.
func (b *builder) groups() {
	index := map[string]int{}
	find := func(name string) *group {
		i, ok := index[name]
		if !ok {
			i = len(b.people)
			index[name] = i
			b.people = append(b.people, group{node: b.node("group "+name, Node{Place: Who, Kind: "User group", Name: name})})
		}
		return &b.people[i]
	}
	restricted, mark := false, b.statementMark()
	for _, s := range b.plan.SQL {
		if v, ok := read(s.Text, "CREATE GROUP %"); ok {
			b.graph.Nodes[find(v[0]).node].Mark = mark(s)
		} else if v, ok := read(s.Text, "GRANT CREATE MODEL TO GROUP %"); ok {
			find(v[0]).creates = true
		} else if v, ok := read(s.Text, "GRANT + ON SCHEMA % TO GROUP %"); ok {
			b.note(find(v[2]).node, v[0]+" on schema "+v[1])
		} else if v, ok := read(s.Text, "GRANT ASSUMEROLE ON % TO GROUP % FOR CREATE MODEL"); ok {
			b.note(find(v[1]).node, "with role "+last(v[0]))
		} else if _, ok := read(s.Text, "REVOKE ASSUMEROLE ON ALL FROM PUBLIC FOR ALL"); ok {
			restricted = true
		}
	}
	for _, f := range b.plan.FollowUps {
		if v, ok := read(f.SQL, "GRANT EXECUTE ON MODEL % . % TO GROUP %"); ok {
			g := find(v[2])
			g.execute = true
			b.note(g.node, "with model "+v[0]+"."+v[1])
		}
	}
	b.explain(restricted)
}

// explain says what no arrow says: who may use which role.
func (b *builder) explain(restricted bool) {
	switch {
	case len(b.people) == 0:
	case restricted:
		b.say("the roles are open to nobody but superusers and the groups that are granted one")
	default:
		b.say("whoever may create models may use every role that the warehouse takes: the roles are not restricted to groups")
	}
}

// admit draws who works with the warehouse.
func (b *builder) admit() {
	to, ok := b.theWarehouse()
	if !ok {
		return
	}
	for _, g := range b.people {
		text := "uses its schema"
		switch {
		case g.creates:
			text = "creates models"
		case g.execute:
			text = "predicts, later"
		}
		b.edge(g.node, to, text, false)
	}
}

// statementMark gives the mark of a statement: what a look has found of the resource that runs it.
func (b *builder) statementMark() func(plan.Statement) string {
	mark := func(a plan.Action) func(plan.Statement) string {
		return func(plan.Statement) string { return a.Glyph() }
	}
	i := slices.IndexFunc(b.plan.Resources, func(r plan.Resource) bool { return r.Spec.Kind() == kind.SQL{}.Kind() })
	if i < 0 {
		return mark(plan.Create)
	}
	f, looked := b.findings[b.plan.Resources[i].ID]
	switch {
	case looked && f.Problem != "":
		return func(plan.Statement) string { return wrong }
	case !looked, f.Action == plan.Create:
		return mark(plan.Create)
	}
	missing := map[string]bool{}
	for _, d := range f.Differences {
		missing[d.Step] = true
	}
	return func(s plan.Statement) string {
		if missing[s.Title] {
			return plan.Create.Glyph()
		}
		return plan.None.Glyph()
	}
}

// read compares a statement with a form, in which % is a name or a string between quotes and + a list of words, and gives
// what stands in their places.
func read(text, form string) (values []string, ok bool) {
	for want := range strings.FieldsSeq(form) {
		t, rest, ok := token(text)
		if !ok {
			return nil, false
		}
		switch {
		case want == "%":
			if !t.quoted {
				return nil, false
			}
			values = append(values, t.text)
		case want == "+":
			list, after, ok := words(text)
			if !ok {
				return nil, false
			}
			values, rest = append(values, list), after
		case t.quoted || t.text != want:
			return nil, false
		}
		text = rest
	}
	return values, strings.TrimSpace(text) == ""
}

type piece struct {
	text   string
	quoted bool
}

// token is the first word, mark or quoted text of a statement.
func token(s string) (t piece, rest string, ok bool) {
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	if s == "" {
		return piece{}, "", false
	}
	if s[0] == '"' || s[0] == '\'' {
		text, rest, ok := quoted(s)
		return piece{text, true}, rest, ok
	}
	end := strings.IndexFunc(s, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	switch {
	case end < 0:
		end = len(s)
	case end == 0:
		_, end = utf8.DecodeRuneInString(s)
	}
	return piece{text: s[:end]}, s[end:], true
}

// quoted is the text between the quotes that s begins with: a quote in it is doubled, and in a string a backslash is, too.
func quoted(s string) (text, rest string, ok bool) {
	quote := s[0]
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		twice := i+1 < len(s) && s[i+1] == s[i]
		switch {
		case s[i] == quote && !twice:
			return b.String(), s[i+1:], true
		case s[i] == quote, s[i] == '\\' && quote == '\'' && twice:
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}

// words takes words with commas between them, up to the word ON.
func words(s string) (list, rest string, ok bool) {
	var out []string
	for {
		t, after, ok := token(s)
		if !ok || t.quoted {
			return "", "", false
		}
		if t.text == "ON" {
			return strings.Join(out, ", "), s, len(out) > 0
		}
		if t.text != "," {
			out = append(out, t.text)
		}
		s = after
	}
}
