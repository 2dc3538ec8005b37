package modelcheck_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/syntax"
)

// scriptReader reads a script from its beginning to its end.
type scriptReader struct {
	uses   map[cliName]bool
	needs  map[cliName]firstCLI
	arrays map[string][]string // arrays of words, by their name
	texts  map[string]string   // texts of variables
	asked  string              // the command in READ, of which look and others ask
}

// readScript gives the names of the AWS CLI that a script uses, and those that it asks for first. It knows the script
// by its text alone, so that it can judge how the text was made.
func readScript(t testing.TB, script string) (uses map[cliName]bool, needs map[cliName]firstCLI) {
	t.Helper()
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(script), "")
	if err != nil {
		t.Fatal(err)
	}
	r := &scriptReader{
		uses: map[cliName]bool{}, needs: map[cliName]firstCLI{}, arrays: map[string][]string{}, texts: map[string]string{},
	}
	for range 2 { // an array may be filled below the function that uses it
		syntax.Walk(f, func(n syntax.Node) bool { return n == nil || r.visit(n) })
	}
	return r.uses, r.needs
}

// queries are the functions of a script that ask READ's command, with the place of the query among their words.
var queries = map[string]int{
	"look": 1, "look_document": 1, "get": 1, "learn": 1, "current": 1, "roles": 1, "found": 1, "settle": 2, "await": 2,
}

func (r *scriptReader) visit(node syntax.Node) bool {
	switch n := node.(type) {
	case *syntax.Assign:
		r.assign(n)
	case *syntax.CallExpr:
		r.call(r.words(n.Args))
	}
	return true
}

func (r *scriptReader) assign(a *syntax.Assign) {
	switch {
	case a.Name == nil:
	case a.Array != nil:
		var words []string
		for _, e := range a.Array.Elems {
			words = append(words, r.words([]*syntax.Word{e.Value})...)
		}
		r.arrays[a.Name.Value] = words
		command := r.command(words)
		switch {
		case a.Name.Value == "READ" && len(words) > 0:
			r.asked = command
		case a.Name.Value == "OWNER" && len(words) > 0:
			r.query(command, words[0])
		}
	case a.Value != nil:
		if words := r.words([]*syntax.Word{a.Value}); len(words) == 1 {
			r.texts[a.Name.Value] = words[0]
		}
	}
}

func (r *scriptReader) call(words []string) {
	if len(words) == 0 {
		return
	}
	if words[0] == "needs" {
		r.need(words[1:])
		return
	}
	command := r.command(words)
	if i, asks := queries[words[0]]; asks && len(words) > i && r.asked != "" {
		r.query(r.asked, words[i])
	}
	if words[0] == "candidates" {
		r.query(command, words[1])
	}
}

// need notes what a line of new_features asks for.
func (r *scriptReader) need(words []string) {
	if len(words) < 6 {
		return
	}
	name := words[4] + " " + words[5]
	switch {
	case words[2] == "output":
		name += " ." + words[3]
	case len(words) > 6 && strings.HasPrefix(words[len(words)-1], words[3]+"="):
		name += " {" + words[3]
	case len(words) > 6:
		name += " " + words[6]
	}
	r.needs[cliName(name)] = firstCLI{words[0], words[1]}
}

// global are options that every command has.
var global = []string{"--query", "--output", "--generate-cli-skeleton", "--version"}

var member = regexp.MustCompile(`"([A-Za-z][A-Za-z0-9]*)":`)

// command notes a command of the AWS CLI that stands among some words, and gives its name.
func (r *scriptReader) command(words []string) string {
	i := slices.Index(words, "aws")
	if i < 0 || i+2 >= len(words) || !plain.MatchString(words[i+1]) || !plain.MatchString(words[i+2]) {
		return ""
	}
	name := words[i+1] + " " + words[i+2]
	r.uses[cliName(name)] = true
	option := ""
	for _, w := range words[i+3:] {
		if strings.HasPrefix(w, "--") {
			option, _, _ = strings.Cut(w, "=")
			if !slices.Contains(global, option) {
				r.uses[cliName(name+" "+option)] = true
			}
			continue
		}
		if option == "--query" {
			r.query(name, w)
			continue
		}
		for _, m := range member.FindAllStringSubmatch(w, -1) {
			r.uses[cliName(name+" {"+m[1])] = true
		}
	}
	return name
}

var (
	plain = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)
	// word is a name in a JMESPath expression, or what looks like one: a text, a literal, a function.
	word = regexp.MustCompile("'[^']*'|`[^`]*`|[A-Za-z_][A-Za-z0-9_]*\\(?")
)

// query notes the members of a command's answer that a query names.
func (r *scriptReader) query(command, query string) {
	if command == "" || command == "redshift-data execute-statement" { // the statement's result is asked
		return
	}
	for _, w := range word.FindAllString(query, -1) {
		if !strings.ContainsAny(w, "'`(") {
			r.uses[cliName(command+" ."+w)] = true
		}
	}
}

// words are the texts of words, as far as the script has them. An array of options stands for its words.
func (r *scriptReader) words(words []*syntax.Word) (out []string) {
	for _, w := range words {
		if w == nil {
			continue
		}
		text, more := r.parts(w.Parts)
		if len(more) > 0 {
			out = append(out, more...)
			continue
		}
		out = append(out, text)
	}
	return out
}

func (r *scriptReader) parts(parts []syntax.WordPart) (text string, more []string) {
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			text += strings.ReplaceAll(p.Value, `\`, "")
		case *syntax.SglQuoted:
			text += p.Value
		case *syntax.DblQuoted:
			inner, m := r.parts(p.Parts)
			text, more = text+inner, append(more, m...)
		case *syntax.ParamExp:
			switch {
			case p.Exp != nil && p.Exp.Word != nil: // ${x:+--option "$x"}
				inner, _ := r.parts(p.Exp.Word.Parts)
				if strings.HasPrefix(inner, "--") {
					more = append(more, strings.Fields(inner)...)
				}
			case p.Index != nil:
				if words := r.arrays[p.Param.Value]; len(words) > 0 && strings.HasPrefix(words[0], "--") {
					more = append(more, words...)
				}
			default:
				text += r.texts[p.Param.Value]
			}
		}
	}
	return text, more
}
