package shell

import (
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"onramp/internal/plan"
)

// This file reads a script as bash does, without running it: the commands below the prelude, with their words expanded,
// as if AWS had given each value.

// command is a command of a script.
type command struct {
	words []string
	input string // its lines after <<
	arm   string // the pattern of the case that it stands in; "" : none
}

// reading is a script being read.
type reading struct {
	t         failer
	variables map[string]expand.Variable
	files     map[string]string
	commands  []command
}

// Get implements expand.Environ.
func (r *reading) Get(name string) expand.Variable { return r.variables[name] }

// Each implements expand.Environ.
func (r *reading) Each(visit func(string, expand.Variable) bool) {
	for name, v := range r.variables {
		if !visit(name, v) {
			return
		}
	}
}

func (r *reading) set(name, value string) {
	r.variables[name] = expand.Variable{Set: true, Kind: expand.String, Str: value}
}

// readScript reads the script of a plan.
func readScript(t failer, p plan.Plan, script string) *reading {
	_, own, found := strings.Cut(script, "# The plan\n")
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(own), "script.sh")
	if err != nil || !found {
		t.Fatalf("the script does not parse: %v", err)
	}
	r := &reading{t: t, variables: map[string]expand.Variable{}, files: map[string]string{}}
	r.set("WORK", "/private")
	r.set("STATE", "absent")
	r.set("FOUND", "") // no earlier run has made anything
	under := func(s string) string { return strings.ReplaceAll(s, "-", "_") }
	for _, ref := range outputs(p) {
		r.set(under(ref.Output)+"_of_"+under(ref.Resource), value(ref))
	}
	for _, s := range file.Stmts {
		r.statement(s, "")
	}
	return r
}

func (r *reading) statement(s *syntax.Stmt, arm string) {
	var body []*syntax.Stmt
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		r.call(c, r.heredoc(s), arm)
	case *syntax.CaseClause:
		for _, item := range c.Items {
			var pattern []string
			for _, w := range item.Patterns {
				pattern = append(pattern, w.Lit())
			}
			for _, s := range item.Stmts {
				r.statement(s, strings.Join(pattern, " "))
			}
		}
	case *syntax.IfClause:
		body = append(slices.Clone(c.Cond), c.Then...)
	case *syntax.WhileClause:
		body = append(slices.Clone(c.Cond), c.Do...)
	case *syntax.TestClause:
	default:
		r.t.Fatalf("a script has no %T", c)
	}
	for _, s := range body {
		r.statement(s, arm)
	}
}

// heredoc are the lines after <<'EOF': the quotes say that they are read as they are.
func (r *reading) heredoc(s *syntax.Stmt) string {
	for _, redirect := range s.Redirs {
		if redirect.Hdoc == nil {
			continue
		}
		if _, quoted := redirect.Word.Parts[0].(*syntax.SglQuoted); !quoted {
			r.t.Fatalf("bash would expand the lines after << %v", redirect.Word.Parts)
		}
		return redirect.Hdoc.Lit()
	}
	return ""
}

// call reads a command, and does what those of the prelude do that others rely on.
func (r *reading) call(c *syntax.CallExpr, input, arm string) {
	words, err := expand.Fields(&expand.Config{Env: r, NoUnset: true}, c.Args...)
	if err != nil {
		r.t.Fatalf("%v", err)
	}
	if len(words) == 0 { // an assignment
		for _, a := range c.Assigns {
			if strings.HasPrefix(a.Name.Value, "now_") {
				r.set(a.Name.Value, "") // there is nothing to send back
			}
		}
		return
	}
	switch words[0] {
	case "document":
		r.files["/private/"+words[1]+".json"] = filledIn(input, words[2:])
	case "plain":
		r.files["/private/"+words[1]+".txt"] = words[2]
	case "roles":
		r.variables["ROLES"] = expand.Variable{Set: true, Kind: expand.Indexed, List: withOldRoles(plan.RoleList{Add: words[2:]})}
	}
	r.commands = append(r.commands, command{words, input, arm})
}

// filledIn puts values into a text in place of its tokens: token and value in turn.
func filledIn(text string, tokens []string) string {
	return strings.NewReplacer(tokens...).Replace(text)
}

// of are the words of the commands of one name, without it.
func (r *reading) of(name string) (out [][]string) {
	for _, c := range r.commands {
		if c.words[0] == name {
			out = append(out, c.words[1:])
		}
	}
	return out
}

// runs are the calls that the script makes where a step finds things in a state, in the form of text.
func (r *reading) runs(state string) (out []string) {
	for _, c := range r.commands {
		if c.words[0] != "run" || c.arm != "" && !slices.Contains(strings.Fields(c.arm), state) || c.arm == "" && state != "absent" {
			continue
		}
		if c.words[1] != "aws" {
			r.t.Fatalf("runs %q", c.words)
		}
		call, _ := parse(c.words[2:], func(path string) string {
			text, there := r.files[path]
			if !there {
				r.t.Fatalf("nobody has written %s", path)
			}
			return text
		})
		out = append(out, call)
	}
	return out
}

// byHand are the texts that are left for somebody to run: title, when, and SQL.
func (r *reading) byHand() (out [][]string) {
	for _, c := range r.commands {
		if c.words[0] == "by_hand" {
			out = append(out, []string{c.words[1], c.words[2], strings.TrimSuffix(filledIn(c.input, c.words[3:]), "\n")})
		}
	}
	return out
}

// sayings are what a plan's script must say: its resources and steps, the calls in both states, and what is left.
type sayings struct {
	begin, steps, byHand [][]string
	absent, differs      []string
}

func said(p plan.Plan) sayings {
	var out sayings
	for _, r := range p.Resources {
		begin := []string{r.ID, filled(r.Spec.Label())}
		if r.Within != "" {
			begin = append(begin, r.Within)
		}
		out.begin = append(out.begin, begin)
		for _, st := range r.Spec.Steps() {
			if onlyJudged(st) {
				continue
			}
			out.steps = append(out.steps, []string{filled(st.Title)})
			if !st.Read.Zero() && st.Check.Query == "" && st.Check.Document == nil {
				continue
			}
			for _, c := range st.Create {
				out.absent = append(out.absent, text(c))
			}
			for _, c := range st.Update {
				if !merges(st.Update) && !st.Read.Zero() && (st.Check.Want != "" || st.Check.Document != nil) {
					out.differs = append(out.differs, text(c))
				}
			}
		}
	}
	if !runsSQL(p) {
		for _, s := range p.SQL {
			out.byHand = append(out.byHand, []string{filled(s.Title), "", filled(s.Text) + ";"})
		}
	}
	for _, f := range p.FollowUps {
		what := filled(f.SQL) + ";"
		if len(f.Command) > 0 {
			what = Lines(f.Command)
		}
		out.byHand = append(out.byHand, []string{filled(f.Title), filled(f.When), what})
	}
	return out
}

// different is where two lists part; "" : nowhere.
func different(what string, got, want any) string {
	g, w := strings.Split(fmt.Sprintf("%q", got), `" "`), strings.Split(fmt.Sprintf("%q", want), `" "`)
	for i := range max(len(g), len(w)) {
		have, should := "nothing", "nothing"
		if i < len(g) {
			have = g[i]
		}
		if i < len(w) {
			should = w[i]
		}
		if have != should {
			return fmt.Sprintf("%s, number %d of %d:\n got %s\nwant %s", what, i+1, len(w), have, should)
		}
	}
	return ""
}
