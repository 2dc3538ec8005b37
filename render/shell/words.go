package shell

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"

	"onramp/internal/plan"
)

// What a plan says reaches the script in one of three forms: as a word (quote, word), as lines of
// a document (heredoc), or as a comment (comment).

// Quote writes a text as one word of bash, as the script does. A text with a NUL is no argument of
// any command, and stays as it is.
func Quote(text string) string {
	word, err := quoted(text)
	if err != nil {
		return text
	}
	return word
}

// quote writes a text as one word of the script. Nothing else in this package quotes.
func (s *script) quote(text string) string {
	word, err := quoted(text)
	s.fail(err)
	return word
}

func (s *script) quoteAll(texts []string) []string {
	words := make([]string, len(texts))
	for i, text := range texts {
		words[i] = s.quote(text)
	}
	return words
}

// quoted leaves the work to syntax.Quote, and helps it with what it cannot know. It writes a
// character that cannot be printed as \u, which is not known to bash 3.2: cut off after its first
// byte it is no character any more, and goes byte by byte.
func quoted(text string) (string, error) {
	var words strings.Builder
	for first := true; first || text != ""; first = false {
		n := strings.IndexFunc(text, unprintable)
		switch n {
		case -1:
			n = len(text)
		case 0:
			n = 1
		}
		word, err := quotedPiece(text[:n])
		if err != nil {
			return "", fmt.Errorf("quote %q: %w", text, err)
		}
		words.WriteString(word)
		text = text[n:]
	}
	return words.String(), nil
}

// quotedPiece has a text in double quotes that would look like a mistake in single ones, such as
// '$x' (shellcheck SC2016, SC1003). Quote takes double quotes for a text with a single quote in it.
func quotedPiece(text string) (string, error) {
	if strings.ContainsAny(text, "'\n\r\t") || !strings.ContainsAny(text, "$`\\") {
		return syntax.Quote(text, syntax.LangBash)
	}
	word, err := syntax.Quote(text+"'", syntax.LangBash)
	if doubled, ok := strings.CutSuffix(word, `'"`); ok && err == nil {
		return doubled + `"`, nil
	}
	return syntax.Quote(text, syntax.LangBash)
}

func unprintable(r rune) bool {
	return r == utf8.RuneError || r > unicode.MaxASCII && !unicode.IsPrint(r)
}

// word writes a text as one word, with the values of its references spliced in.
func (s *script) word(text string) string {
	if text == "" {
		return s.quote(text)
	}
	var b strings.Builder
	for _, p := range plan.Parts(text) {
		if p.IsRef() {
			b.WriteString(`"$` + s.variable(p.Ref) + `"`)
		} else {
			b.WriteString(s.quote(p.Text))
		}
	}
	return b.String()
}

// variable is the shell variable of a value that AWS has given by now.
func (s *script) variable(r plan.Ref) string {
	name := s.variables[r]
	switch {
	case name == "":
		s.fail(fmt.Errorf("nothing in the plan gives %s of %s", r.Output, r.Resource))
	case !s.known[r]:
		s.fail(fmt.Errorf("%s of %s is used before a step gives it", r.Output, r.Resource))
	}
	return name
}

// nameOutputs names a variable for each output that something refers to. The form "arn_of_key"
// is that of no variable of the environment and of none in the prelude.
func (s *script) nameOutputs(p plan.Plan) {
	used := references(p)
	for _, ref := range outputs(p) {
		if used[ref] {
			s.variables[ref] = s.name(ref.Output) + "_of_" + s.name(ref.Resource)
		}
	}
}

// name makes a part of a variable's name.
func (s *script) name(id string) string {
	for _, r := range id {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", r) {
			s.fail(fmt.Errorf("%q is no name: it may have letters, digits and hyphens", id))
		}
	}
	return strings.ReplaceAll(id, "-", "_")
}

// outputs lists what the steps of a plan take, in their order.
func outputs(p plan.Plan) []plan.Ref {
	var refs []plan.Ref
	for _, r := range p.Resources {
		for _, st := range r.Spec.Steps() {
			for _, o := range st.Take {
				refs = append(refs, plan.Ref{Resource: r.ID, Output: o.Name})
			}
		}
	}
	return refs
}

// references finds what a plan refers to anywhere.
func references(p plan.Plan) map[plan.Ref]bool {
	used := map[plan.Ref]bool{}
	visit := func(text string) string {
		for _, ref := range plan.Refs(text) {
			used[ref] = true
		}
		return text
	}
	for _, r := range p.Resources {
		visit(r.Spec.Label())
		for _, st := range r.Spec.Steps() {
			for _, text := range texts(st) {
				visit(text)
			}
			for _, c := range slices.Concat(reads(st), searches(st), st.Create, st.Update) {
				c.Map(visit)
			}
			if st.Check.Document != nil {
				plan.MapStrings(*st.Check.Document, visit)
			}
		}
	}
	for _, st := range p.SQL {
		visit(st.Title + st.Text)
	}
	for _, f := range p.FollowUps {
		visit(f.Title + f.When + f.SQL)
	}
	for _, v := range p.HandOver {
		visit(v.Value)
	}
	return used
}

// reads are the reads of a step that a script makes: it judges no facts.
func reads(st plan.Step) []plan.Call {
	m := manual(st)
	st.Guard = nil
	out := st.Reads()
	if m != nil {
		for _, l := range m.Looks {
			out = append(out, l.Read)
		}
	}
	return out
}

// texts lists what a step says outside its calls.
func texts(st plan.Step) []string {
	out := []string{st.Title, st.Refuse, st.Check.Query, st.Check.Want}
	if st.Owner != nil {
		out = append(out, st.Owner.Exists, st.Owner.Check.Query, st.Owner.Check.Want)
	}
	if st.Wait != nil {
		out = append(append(out, st.Wait.For, st.Wait.Query, st.Wait.Want), st.Wait.Never...)
	}
	if f := st.Find; f != nil {
		out = append(out, f.Items, f.Owner.Exists, f.Owner.Check.Query, f.Owner.Check.Want, f.Check.Query, f.Check.Want)
	}
	for _, o := range st.Take {
		out = append(out, o.Read, o.Made)
	}
	return out
}

// searches lists the calls that look for what an earlier run could not name.
func searches(st plan.Step) []plan.Call {
	if st.Find == nil {
		return nil
	}
	return []plan.Call{st.Find.List, st.Find.Owner.Read, st.Find.Read}
}

// tokens puts a token into a text for each of its references, and gives the words that tell bash
// what to put in their place: token and value in turn. The tokens stand nowhere else in the text.
func (s *script) tokens(text string) (string, []string) {
	var refs []plan.Ref
	for _, ref := range plan.Refs(text) {
		if !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	for margin := "@"; ; margin += "@" {
		token := func(r plan.Ref) string { return margin + s.variable(r) + margin }
		marked := plan.Fill(text, token)
		back, words := marked, []string(nil)
		for _, ref := range refs {
			back = strings.ReplaceAll(back, token(ref), ref.String())
			words = append(words, s.quote(token(ref)), s.word(ref.String()))
		}
		if back == text || s.err != nil {
			return marked, words
		}
	}
}

// heredoc writes lines after "<<", ended by a word that is none of them.
func (s *script) heredoc(text string) string {
	s.quote(text) // refuses what bash cannot hold
	end := "EOF"
	for slices.Contains(strings.Split(text, "\n"), end) {
		end += "_"
	}
	return "'" + end + "'\n" + strings.TrimSuffix(text, "\n") + "\n" + end
}

// comment writes a text so that it stays in the comment that it is put into.
func comment(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
