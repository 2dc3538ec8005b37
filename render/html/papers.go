package html

import (
	"slices"
	"strconv"
	"strings"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/render/documents"
	"onramp/render/picture"
)

// paper is a policy document, statement by statement, with what a careful reader would mark in it.
type paper struct {
	ID, Title, Kind string
	Size            int // as IAM counts
	Notes           []plan.ActionNote
	Source          string
	Parts           []part
	Broad           int      // findings
	ARN             string   // of a managed policy, whose text is not the plan's
	Managed         []string // what is broad in it
}

// part is a piece of the document's text. All parts together are the text, byte for byte.
type part struct {
	Spans    []span
	Findings []policy.Finding
}

// span is a piece of text; Noted where a note speaks of it.
type span struct {
	Text  string
	Noted bool
}

// papers are the documents of the plan in their order, and the managed policies between them.
func (in source) papers() list[paper] {
	var out list[paper]
	remedy := in.remedies()
	add := func(written func() paper) {
		if len(out.Items) == mostDocuments {
			out.Cut++
			return
		}
		out.Items = append(out.Items, written())
	}
	for _, r := range in.Plan.Resources {
		if a, ok := r.Spec.(kind.Attachment); ok {
			add(func() paper { return managed(r, a) })
		}
		for _, d := range r.Spec.Documents() {
			add(func() paper {
				p := annotate(d, func(f policy.Finding) string { return remedy(r.ID, f) })
				p.ID = paperID(r.ID, d.Name)
				return p
			})
		}
	}
	return out
}

// managed stands for a policy whose text somebody else keeps.
func managed(r plan.Resource, a kind.Attachment) paper {
	p := paper{ID: paperID(r.ID, "managed"), Title: plan.Shown(a.Label()), Kind: "policy that AWS keeps and may change", ARN: a.PolicyARN}
	broad, known := picture.Managed(a.PolicyARN)
	if !known {
		p.Kind, broad = "policy that the account keeps", []string{"what it allows is not known here"}
	}
	p.Managed, p.Broad = broad, len(broad)
	return p
}

// paperID is the place of a document on the page. Ids of resources and names of documents are the guides' own words.
func paperID(resource, name string) string { return "document-" + resource + "-" + name }

// operator is the policy of the person who applies.
func (in source) operator() paper {
	p := annotate(plan.Document{Title: "Least policy for whoever applies", Kind: policy.Identity, Policy: in.Operator},
		func(f policy.Finding) string { return f.Remedy })
	p.ID = "document-operator"
	if len(in.Operator.Statements) == 0 {
		p.Parts = nil
	}
	return p
}

// remedies finds those of the plan's own warnings: a guide knows by which answer a finding goes away. They are known by
// rule and text; what holds for several documents a guide says once.
func (in source) remedies() func(resource string, f policy.Finding) string {
	byRule := map[string][]plan.Warning{}
	for _, w := range in.Plan.Warnings {
		byRule[w.Rule] = append(byRule[w.Rule], w)
	}
	return func(resource string, f policy.Finding) string {
		found := f.Remedy
		for _, w := range byRule[f.Rule] {
			if !strings.HasSuffix(w.Text, f.Text) {
				continue
			}
			found = w.Remedy
			if w.On == resource {
				break
			}
		}
		return found
	}
}

// annotate marks what is broad in a document, and where.
func annotate(d plan.Document, remedy func(policy.Finding) string) paper {
	p := paper{Title: d.Title, Kind: d.Kind.String(), Size: d.Policy.Size(), Notes: d.Notes, Source: d.Source}
	noted := map[string]bool{}
	for _, n := range d.Notes {
		for _, action := range n.Actions {
			noted[action] = true
		}
	}
	n := 0
	for _, text := range pieces(string(documents.Text(d))) {
		out := part{Spans: spans(text, noted)}
		if strings.HasPrefix(text, statementOpen) && n < len(d.Policy.Statements) {
			out.Findings = findings(d, n, remedy)
			n++
		}
		p.Broad += len(out.Findings)
		p.Parts = append(p.Parts, out)
	}
	return p
}

// findings judges one statement.
func findings(d plan.Document, n int, remedy func(policy.Finding) string) []policy.Finding {
	one := policy.Document{Version: d.Policy.Version, Statements: d.Policy.Statements[n : n+1]}
	out := policy.Lint(one, d.Kind)
	for i, f := range out {
		out[i].Remedy = remedy(f)
	}
	return out
}

// How a statement begins and ends in a document's text; see policy.Document.JSON. No string of it holds a line feed.
const (
	statementOpen  = "    {\n"
	statementClose = "    }"
)

// pieces cuts a document's text into its statements and what stands around them.
func pieces(text string) []string {
	var out []string
	var now strings.Builder
	flush := func() {
		if now.Len() > 0 {
			out = append(out, now.String())
			now.Reset()
		}
	}
	for line := range strings.Lines(text) {
		if line == statementOpen {
			flush()
		}
		now.WriteString(line)
		if strings.HasPrefix(line, statementClose) {
			flush()
		}
	}
	flush()
	return out
}

// spans cuts a text at the lines that are noted actions.
func spans(text string, noted map[string]bool) []span {
	if len(noted) == 0 {
		return []span{{Text: text}}
	}
	var out []span
	for line := range strings.Lines(text) {
		if !noted[strings.Trim(line, " \",\n")] {
			out = append(out, span{Text: line})
			continue
		}
		bare := strings.TrimLeft(line, " ")
		end := strings.LastIndexByte(bare, '"') + 1
		out = append(out, span{Text: line[:len(line)-len(bare)]}, span{Text: bare[:end], Noted: true}, span{Text: bare[end:]})
	}
	return slices.DeleteFunc(joined(out), func(s span) bool { return s.Text == "" })
}

// joined puts neighbours together that are not noted.
func joined(in []span) []span {
	var out []span
	for _, s := range in {
		if last := len(out) - 1; last >= 0 && !s.Noted && !out[last].Noted {
			out[last].Text += s.Text
			continue
		}
		out = append(out, s)
	}
	return out
}

func (v page) documents() content {
	return section("documents", "Policy documents", either(len(v.Papers.Items) > 0, all(
		row("p", text("Each as it is sent. "), code("<known after apply>"), text(" stands for what AWS has yet to give. "+
			"What a careful reader would stop at is marked, with what to do about it.")),
		each(v.Papers.Items, paperArticle),
		rest(v.Papers.Cut),
	), row("p", text("There are none."))))
}

func paperArticle(p paper) content {
	title := p.ID + "-title"
	about := p.Kind
	if p.ARN == "" {
		about += ", " + number(p.Size) + " characters as IAM counts them"
	}
	return block("article", class("paper"), attribute("id", p.ID), attribute("aria-labelledby", title),
		block("details", when(p.Broad > 0, attribute("open", "")),
			row("summary",
				row("h3", attribute("id", title), isolated(p.Title)),
				row("span", class("about"), text(about)),
				broadFlag(p.Broad)),
			when(p.ARN != "", managedPart(p)),
			when(p.Source != "", row("p", class("noted"), text("The text is that of "+p.Source+"."))),
			each(p.Notes, func(n plan.ActionNote) content {
				return row("p", class("noted"), element("mark", text("Marked")), text(": "+n.Text+"."))
			}),
			each(p.Parts, partOf)))
}

func broadFlag(grants int) content {
	switch grants {
	case 0:
		return row("span", class("flag fine"), text("nothing broad"))
	case 1:
		return row("span", class("flag warn"), text("1 broad grant"))
	}
	return row("span", class("flag warn"), text(strconv.Itoa(grants)+" broad grants"))
}

func managedPart(p paper) content {
	return block("div", class("part broad"), row("pre", code(p.ARN)), findingList(each(p.Managed, func(broad string) content {
		return row("li", element("strong", text(sentence(broad))))
	})))
}

func partOf(p part) content {
	classes := "part"
	if len(p.Findings) > 0 {
		classes += " broad"
	}
	spans := each(p.Spans, func(s span) content { return either(s.Noted, element("mark", text(s.Text)), text(s.Text)) })
	return block("div", class(classes),
		row("pre", element("code", spans)),
		when(len(p.Findings) > 0, findingList(each(p.Findings, findingItem))))
}

func findingList(items content) content {
	return block("ul", class("findings"), attribute("aria-label", "What is broad here"), items)
}

func findingItem(f policy.Finding) content {
	return row("li", element("strong", text(sentence(f.Text))), text(" "),
		element("span", class("remedy"), remedyWord(), text(" "+f.Remedy+".")))
}
