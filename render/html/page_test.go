package html_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	nethtml "golang.org/x/net/html"
	"pgregory.net/rapid"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/testenv"
	"onramp/render/documents"
	"onramp/render/html"
	"onramp/render/shell"
	"onramp/render/tree"
)

// allowed are all elements that a page may have, with the attributes that each may have.
var allowed = map[string]string{
	"html": "lang", "head": "", "meta": "charset http-equiv content name", "title": "id", "style": "", "body": "", "a": "href", "header": "", "p": "", "h1": "", "h2": "id", "h3": "id",
	"dl": "", "dt": "", "dd": "", "div": "role aria-label tabindex", "nav": "aria-label", "ol": "start", "ul": "aria-label", "li": "", "main": "id tabindex",
	"section": "aria-labelledby id", "article": "aria-labelledby id", "figure": "", "figcaption": "", "details": "open", "summary": "", "span": "aria-hidden", "bdi": "", "strong": "",
	"code": "", "pre": "", "mark": "", "table": "", "caption": "", "thead": "", "tbody": "", "tr": "", "th": "scope", "td": "", "footer": "",
	"svg": "viewBox width height role aria-labelledby x y", "rect": "x y width height rx", "text": "x y text-anchor", "path": "d",
}

// sound says what a page has that none may have: an element or an attribute of another kind, a link that leads away, an id
// twice, or a style that the page's own policy would stop.
func sound(root *nethtml.Node) (wrong []string) {
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	ids := map[string]int{}
	var allowedStyles string
	for n := range root.Descendants() {
		if n.Type == nethtml.CommentNode {
			complain("has the comment %q", n.Data)
		}
		if n.Type != nethtml.ElementNode {
			continue
		}
		attributes, ok := allowed[n.Data]
		if !ok {
			complain("has <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if a.Key != "class" && !slices.Contains(strings.Fields(attributes), a.Key) {
				complain("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
			if a.Key == "id" {
				ids[a.Val]++
			}
		}
		if attr(n, "http-equiv") == "Content-Security-Policy" {
			allowedStyles = attr(n, "content")
		}
		if n.Data == "style" {
			sum := sha256.Sum256([]byte(text(n)))
			if hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(allowedStyles, hash) {
				complain("the content policy %q stops a style sheet", allowedStyles)
			}
		}
	}
	if !strings.HasPrefix(allowedStyles, "default-src 'none'; style-src 'sha256-") || strings.Contains(allowedStyles, "unsafe") {
		complain("has the content policy %q", allowedStyles)
	}
	for id, n := range ids {
		if n > 1 {
			complain("the id %q is there %d times", id, n)
		}
	}
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			switch a.Key {
			case "href":
				if to, inside := strings.CutPrefix(a.Val, "#"); !inside || ids[to] == 0 {
					complain("a link leads to %q", a.Val)
				}
			case "aria-labelledby":
				if ids[a.Val] == 0 {
					complain("%q labels and is not there", a.Val)
				}
			}
		}
	}
	return wrong
}

// TestElementsEscape: in every element that a page may have a text stays a text; but for the style sheets, which are the
// program's own.
func TestElementsEscape(t *testing.T) {
	for tag := range allowed {
		if tag == "style" || tag == "meta" { // and this has none
			continue
		}
		n := &nethtml.Node{Type: nethtml.ElementNode, Data: tag}
		n.AppendChild(&nethtml.Node{Type: nethtml.TextNode, Data: "<b>"})
		var b strings.Builder
		if err := nethtml.Render(&b, n); err != nil || strings.Contains(b.String(), "<b>") {
			t.Errorf("<%s> writes %q: %v", tag, b.String(), err)
		}
	}
}

// outline is what a page is built of: elements and attributes without what depends on a name's length, and no text.
func outline(root *nethtml.Node) (out []string) {
	for n := range root.Descendants() {
		if n.Type != nethtml.ElementNode || n.Namespace == "svg" {
			continue
		}
		s := n.Data
		for _, a := range n.Attr {
			if n.Data == "meta" && a.Key == "content" { // the hash of the plan stands in a style sheet
				continue
			}
			s += " " + a.Key + "=" + a.Val
		}
		out = append(out, s)
	}
	return out
}

// visible is a text as a page shows it: nothing in it is hidden, and nothing but text.
func visible(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == '\r':
			if !strings.HasPrefix(s[i:], "\r\n") {
				b.WriteRune('\n')
			}
		case r == utf8.RuneError, r < ' ', 0x7f <= r && r <= 0x9f, unicode.Is(unicode.Noncharacter_Code_Point, r):
			b.WriteRune('\uFFFD')
		case unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// hostile are names that HTML, or a reader's eye, would take for something else.
var hostile = []string{
	"</script><script>alert(1)</script>", "]]>", "<!--", "-->", "<![CDATA[", "</style>", "</title>", "</svg>", "</text><rect>", "<img src=x onerror=alert(1)>", `" onmouseover="alert(1)`, `' x='`, "a|b", "](", "`",
	"&lt;", "&amp;lt;", "&#0;", "{{.}}", "{{end}}", "\u202eabc", "a\u2066b", "a\nb", "a\r\nb", "\x00", "\xff\xfe", "\u0085", "\uFEFFa", "a\u200db", "javascript:alert(1)", "'; DROP SCHEMA x; --", `\`, "日本語", "﷽﷽﷽",
	strings.Repeat("é", 63) + "x", strings.Repeat("日", 42), strings.Repeat("M", 127), strings.Repeat("a\u0301", 42), "  a  b  ", "",
}

// TestHostileNames: with any name the page is built as with a harmless one, and says the name.
func TestHostileNames(t *testing.T) {
	want := outline(read(t, rendered(t, with(t, "name"))))
	for _, name := range hostile {
		page := rendered(t, with(t, name))
		root := read(t, page)
		for _, w := range sound(root) {
			t.Errorf("%q: %s", name, w)
		}
		if got := outline(root); !reflect.DeepEqual(got, want) && name != "" {
			t.Errorf("with %q the page is built otherwise: %s", name, firstDifference(got, want))
		}
		if err := says(root, with(t, name), name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if !utf8.Valid(page) || strings.ContainsFunc(string(page), func(r rune) bool {
			return r != '\n' && r != '\t' && !unicode.IsPrint(r) && r != '\u00a0' && !unicode.Is(unicode.Zs, r) && !unicode.Is(unicode.Co, r) && !unicode.Is(unicode.Mn, r)
		}) {
			t.Errorf("with %q something in the page cannot be seen", name)
		}
	}
}

func firstDifference(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("element %d is %q, want %q", i, got[i], want[i])
		}
	}
	return fmt.Sprintf("%d elements, want %d", len(got), len(want))
}

// says compares the places in which a name stands with the name.
func says(root *nethtml.Node, in html.Input, name string) error {
	have := func(where string, nodes []*nethtml.Node, want string) error {
		var texts []string
		for _, n := range nodes {
			if s := text(n); s == visible(want) {
				return nil
			} else if len(texts) < 4 {
				texts = append(texts, s)
			}
		}
		return fmt.Errorf("%s says nowhere %q, but %q", where, visible(want), texts)
	}
	last := in.Plan.SQL[len(in.Plan.SQL)-1]
	for _, err := range []error{
		have("the title", all(root, tag("h1")), in.Plan.Title),
		have("the SQL", all(root, func(n *nethtml.Node) bool { return n.Data == "code" && n.Parent.Data == "td" }), last.Text+";"),
		have("what the SQL is for", all(root, tag("bdi")), last.Title),
		have("what is left for later", all(root, tag("code")), plan.Shown(in.Plan.FollowUps[len(in.Plan.FollowUps)-1].SQL)+";"),
		have("the command", all(root, tag("code")), name),
		have("the picture", all(root, func(n *nethtml.Node) bool { return n.Data == "title" && n.Namespace == "svg" }), strings.TrimSpace("User group "+name)+": create"),
		have("the picture in words", all(root, tag("bdi")), strings.TrimSpace("User group "+name)),
	} {
		if err != nil {
			return err
		}
	}
	papers := all(root, class("paper"))
	if got, want := code(papers[len(papers)-1]), visible(string(documents.Text(plan.Document{Policy: in.Operator}))); got != want {
		return fmt.Errorf("the operator's policy is\n%s\nwant\n%s", got, want)
	}
	return nil
}

// code is the text of a document on the page.
func code(paper *nethtml.Node) string {
	var b strings.Builder
	for _, n := range all(paper, tag("code")) {
		b.WriteString(text(n))
	}
	return b.String()
}

// TestAnyName is TestHostileNames for names that nobody has thought of.
func TestAnyName(t *testing.T) {
	name := rapid.OneOf(rapid.SampledFrom(hostile), rapid.String(), rapid.StringMatching("[<>&\"'`={}/\\\\a-c!\\-\\[\\]]{1,16}"))
	in := with(t, "name")
	want := outline(read(t, rendered(t, in)))
	rapid.Check(t, func(rt *rapid.T) {
		name := name.Filter(func(s string) bool { return s != "" && !strings.ContainsAny(s, "\uFDD0\uFDD1") }).Draw(rt, "name")
		in := with(t, name)
		root := read(rt, rendered(rt, in))
		if wrong := sound(root); len(wrong) > 0 {
			rt.Fatal(wrong)
		}
		if got := outline(root); !reflect.DeepEqual(got, want) {
			rt.Fatal(firstDifference(got, want))
		}
		if err := says(root, in, name); err != nil {
			rt.Fatal(err)
		}
	})
}

func FuzzPage(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if name == "" || strings.ContainsAny(name, "\uFDD0\uFDD1") {
			return // no answer that passed its check
		}
		in := with(t, name)
		root := read(t, rendered(t, in))
		if wrong := sound(root); len(wrong) > 0 {
			t.Fatal(wrong)
		}
		if err := says(root, in, name); err != nil {
			t.Fatal(err)
		}
	})
}

// TestThePageSaysThePlan: every resource, document, call with its input, statement, warning, cost and follow-up of a
// guide's plans, and where to sign.
func TestThePageSaysThePlan(t *testing.T) {
	sample := testenv.OneOf(t, 211)
	for name, p := range plantest.RedshiftML() {
		if !sample.Takes() {
			continue
		}
		in := input(t, p)
		root := read(t, rendered(t, in))
		for _, wrong := range slices.Concat(sound(root), missing(root, in)) {
			t.Errorf("%s: %s", name, wrong)
		}
		if t.Failed() {
			return
		}
	}
}

// missing is what a page lacks of its plan.
func missing(root *nethtml.Node, in html.Input) (out []string) {
	p := in.Plan
	said := strings.Join(strings.Fields(text(root)), " ")
	need := func(s string) {
		if !strings.Contains(said, strings.Join(strings.Fields(plan.Shown(s)), " ")) {
			out = append(out, "does not say "+s)
		}
	}
	for _, s := range []string{p.Target.Account, p.Target.Region, p.Hash(), origin.Version, origin.Command, "Sign-off"} {
		need(s)
	}
	for _, w := range p.Warnings {
		need(w.Text[1:])
		need(w.Remedy)
	}
	for _, c := range p.Costs {
		need(c.Text[1:])
	}
	for _, f := range p.FollowUps {
		need(f.Title)
		_, what := shell.ToDo(f)
		need(what)
	}
	for _, v := range p.HandOver {
		need(v.Name)
		need(cmp.Or(v.Value, "leave it empty"))
		need(v.For)
	}
	for _, f := range p.Files {
		need(f.Name)
		need(f.Text)
	}
	for _, s := range p.SQL {
		need(s.Text + ";")
		need(s.Undo)
	}
	out = append(out, differentPapers(root, p)...)
	if len(p.Resources) == 0 {
		need(strings.TrimSpace(tree.Render(p, nil)))
	} else if got, want := lines(all(root, class("tree"))[0], 0), treeLines(tree.Render(p, in.Findings)); !slices.Equal(got, want) {
		out = append(out, "the tree differs: "+firstDifference(got, want))
	}
	return append(out, differentCalls(root, p)...)
}

// differentPapers compares the documents, and what is marked in them with what the linter says.
func differentPapers(root *nethtml.Node, p plan.Plan) (out []string) {
	papers := map[string]*nethtml.Node{}
	for _, n := range all(root, class("paper")) {
		papers[attr(n, "id")] = n
	}
	for _, d := range p.Documents() {
		paper := papers["document-"+d.File]
		if paper == nil {
			out = append(out, "has no "+d.File)
			continue
		}
		if got, want := code(paper), string(documents.Text(d.Document)); got != want {
			out = append(out, fmt.Sprintf("%s is\n%s\nwant\n%s", d.File, got, want))
		}
		var got []string
		for _, n := range all(paper, class("findings")) {
			for _, li := range all(n, tag("strong")) {
				got = append(got, text(li))
			}
		}
		for i, f := range policy.Lint(d.Policy, d.Kind) {
			if i >= len(got) || !strings.Contains(got[i], f.Text[1:]) {
				out = append(out, fmt.Sprintf("%s does not explain %q", d.File, f.Text))
			}
		}
		marked := 0
		for _, n := range all(paper, tag("mark")) {
			if n.Parent.Data == "code" {
				marked++
			}
		}
		noted := 0
		for _, n := range d.Notes {
			noted += len(n.Actions)
		}
		if marked != noted {
			out = append(out, fmt.Sprintf("%s has %d actions marked, want %d", d.File, marked, noted))
		}
	}
	return out
}

// lines are the lines of nested lists, with their depth.
func lines(list *nethtml.Node, depth int) (out []string) {
	for li := range list.ChildNodes() {
		if li.Data != "li" {
			continue
		}
		var b strings.Builder
		var below []string
		for n := range li.ChildNodes() {
			switch {
			case n.Data == "ul":
				below = lines(n, depth+1)
			case class("mark")(n):
				b.WriteString(text(n.FirstChild))
			case n.Type == nethtml.TextNode:
				b.WriteString(n.Data)
			default:
				b.WriteString(text(n))
			}
		}
		out = append(append(out, strconv.Itoa(depth)+" "+strings.TrimSpace(b.String())), below...)
	}
	return out
}

// treeLines are the lines of a tree in letters, with their depth.
func treeLines(s string) (out []string) {
	for line := range strings.Lines(s) {
		bare := strings.TrimLeft(line, "│├└─ ")
		out = append(out, strconv.Itoa((utf8.RuneCountInString(line)-utf8.RuneCountInString(bare))/3)+" "+strings.TrimSpace(bare))
	}
	return out
}

// differentCalls compares the calls with their inputs. Those that run SQL are one on the page.
func differentCalls(root *nethtml.Node, p plan.Plan) (out []string) {
	var items []*nethtml.Node
	for _, group := range all(root, class("calls")) {
		items = append(items, all(group, func(n *nethtml.Node) bool { return n.Data == "li" })...)
	}
	at, count := 0, 0
	for _, r := range p.Resources {
		for i, s := range r.Changes() {
			for _, c := range s.Calls() {
				if count++; r.Spec.Kind() == "redshift-sql" && i > 0 {
					continue
				}
				if at >= len(items) {
					return append(out, "a call is missing: "+c.Name())
				}
				if err := sameCall(items[at], c.Map(plan.Shown)); err != nil {
					out = append(out, fmt.Sprintf("call %d: %v", count, err))
				}
				at++
			}
		}
	}
	if said := text(all(root, id("calls"))[0]); !strings.Contains(said, fmt.Sprintf("All %d calls", count)) && count > 0 {
		out = append(out, fmt.Sprintf("does not say that there are %d calls", count))
	}
	if at != len(items) {
		out = append(out, fmt.Sprintf("has %d calls, want %d", len(items), at))
	}
	return out
}

func sameCall(item *nethtml.Node, c plan.Call) error {
	if got := text(all(item, class("call"))[0]); got != c.Name() {
		return fmt.Errorf("is %s, want %s", got, c.Name())
	}
	names, values := all(item, tag("dt")), all(item, tag("dd"))
	i := 0
	for _, m := range c.Input {
		if c.Service == "redshift-data" && m.Name == "Sql" {
			continue
		}
		if i >= len(names) || text(names[i]) != m.Name {
			return fmt.Errorf("%s: member %s is missing", c.Name(), m.Name)
		}
		if err := sameValue(text(values[i]), m.Value); err != nil {
			return fmt.Errorf("%s: %s: %w", c.Name(), m.Name, err)
		}
		i++
	}
	if i != len(names) {
		return fmt.Errorf("%s: has %d members, want %d", c.Name(), len(names), i)
	}
	return nil
}

func sameValue(got string, value any) error {
	switch v := value.(type) {
	case string:
		if got != v {
			return fmt.Errorf("is %q, want %q", got, v)
		}
		return nil
	case plan.Document:
		if got != v.Title {
			return fmt.Errorf("is %q, want %q", got, v.Title)
		}
		return nil
	case plan.Merged:
		if want := "what is there already, with " + v.Document.Title; got != want {
			return fmt.Errorf("is %q, want %q", got, want)
		}
		return nil
	case plan.Current, plan.Before:
		return nil
	}
	want, err := json.Marshal(value)
	if err != nil {
		return err
	}
	var a, b any
	if json.Unmarshal([]byte(got), &a) != nil || json.Unmarshal(want, &b) != nil || !reflect.DeepEqual(a, b) {
		return fmt.Errorf("is %s, want %s", got, want)
	}
	return nil
}

// TestWhoCannotSeeIt: headings in their order, one place for each landmark, tables with heads, a name for the picture.
func TestWhoCannotSeeIt(t *testing.T) {
	for _, name := range []string{"sample", "simple-cluster"} {
		root := read(t, rendered(t, example(t, name)))
		for _, wrong := range sound(root) {
			t.Error(wrong)
		}
		depth := 0
		for _, h := range all(root, tag("h1", "h2", "h3", "h4", "h5", "h6")) {
			level := int(h.Data[1] - '0')
			if level > depth+1 || strings.TrimSpace(text(h)) == "" {
				t.Errorf("a heading of level %d follows one of level %d: %q", level, depth, text(h))
			}
			depth = level
		}
		for _, once := range []string{"h1", "header", "main", "nav", "footer", "title"} {
			n := len(all(root, func(n *nethtml.Node) bool { return n.Data == once && n.Namespace == "" }))
			if n != 1 {
				t.Errorf("has %d <%s>", n, once)
			}
		}
		if first := all(root, tag("a", "summary"))[0]; attr(first, "href") != "#main" {
			t.Error("the first that is reached by keyboard is not the way past the contents")
		}
		if attr(all(root, tag("html"))[0], "lang") != "en" {
			t.Error("does not say its language")
		}
		for _, n := range all(root, tag("th")) {
			if s := attr(n, "scope"); s != "col" && s != "row" {
				t.Errorf("a head of a table has the scope %q", s)
			}
		}
		for _, n := range all(root, tag("table")) {
			if len(all(n, tag("caption"))) != 1 {
				t.Error("a table has no caption")
			}
		}
		for _, n := range all(root, tag("details")) {
			if len(all(n, tag("summary"))) != 1 || all(n, func(*nethtml.Node) bool { return true })[0].Data != "summary" {
				t.Error("what can be opened does not say what it is")
			}
		}
		for _, n := range all(root, func(n *nethtml.Node) bool { return n.Data == "svg" && attr(n, "role") != "" }) {
			if attr(n, "role") != "img" || attr(n, "aria-labelledby") == "" {
				t.Error("the picture has no name")
			}
		}
	}
}
