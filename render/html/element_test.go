package html

import (
	"bytes"
	"testing"

	nethtml "golang.org/x/net/html"

	"onramp/internal/plan"
)

// built is a tree with nothing else in it.
func built(parts ...content) *nethtml.Node {
	root := &nethtml.Node{Type: nethtml.DocumentNode}
	all(parts...)(root)
	return root
}

// node puts in what no builder makes.
func node(kind nethtml.NodeType, data string) content {
	return func(of *nethtml.Node) { of.AppendChild(&nethtml.Node{Type: kind, Data: data}) }
}

// TestOnlyStyleSheetsAreRaw: whatever else would be written without being escaped is not written at all.
func TestOnlyStyleSheetsAreRaw(t *testing.T) {
	sheets := []string{"a{color:red}", "b{}", "</style><script>"}
	if err := guard(built(row("style", text(sheets[0])), row("style", text(sheets[1])), element("p", text("<script>"))), sheets); err != nil {
		t.Error(err)
	}
	refused := map[string]content{
		"another sheet":                      element("style", text("c{}")),
		"two sheets in one":                  element("style", text(sheets[0]), text(sheets[1])),
		"no sheet":                           element("style"),
		"an element in a sheet's place":      element("style", element("p", text(sheets[0]))),
		"a sheet that ends early":            element("style", text(sheets[2])),
		"a sheet in a script":                element("script", text(sheets[0])),
		"a script in capitals":               element("SCRIPT", text("alert(1)")),
		"a script where nobody looks for it": element("div", element("svg", element("script"))),
		"a comment":                          node(nethtml.CommentNode, "x"),
		"what is written as it is":           node(nethtml.RawNode, "<script>"),
	}
	for _, tag := range raw {
		refused["text in "+tag] = element(name(tag), text("<p>"))
	}
	for what, c := range refused {
		if guard(built(c), sheets) == nil {
			t.Errorf("lets %s through", what)
		}
	}
}

// TestABadSheetGivesNoPage: the guard stands before every page.
func TestABadSheetGivesNoPage(t *testing.T) {
	good := styleText
	t.Cleanup(func() { styleText = good })
	for _, bad := range []string{"a{}</style><script>alert(1)</script>", "a{content:'\u202e'}"} { // the second is not what its hash says once it is clean
		styleText = bad
		if page, err := Render(Input{Plan: plan.Plan{Title: "Toy"}}); err == nil || page != nil {
			t.Errorf("a page with the style sheet %q: %v", bad, err)
		}
	}
}

// TestTextsAndValuesStayWhatTheyAre, and are clean.
func TestTextsAndValuesStayWhatTheyAre(t *testing.T) {
	var b bytes.Buffer
	hostile := "\"'<p>&lt;\r\n\x00\u202e"
	if err := nethtml.Render(&b, built(element("p", attribute("title", hostile), text(hostile)))); err != nil {
		t.Fatal(err)
	}
	const same = "&#34;&#39;&lt;p&gt;&amp;lt;\n\uFFFD⟨U+202E⟩"
	if want := `<p title="` + same + `">` + same + "</p>"; b.String() != want {
		t.Errorf("writes %q, want %q", b.String(), want)
	}
}
