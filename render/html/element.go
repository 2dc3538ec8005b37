package html

import (
	"fmt"
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"
)

// content is what an element is made of: attributes, texts and other elements.
type content func(of *nethtml.Node)

// name is an element's or an attribute's, and written here. Values are escaped and names are not: that they have a type of
// their own keeps any other text from becoming one unnoticed.
type name string

func element(tag name, inside ...content) content {
	return func(of *nethtml.Node) {
		n := &nethtml.Node{Type: nethtml.ElementNode, Data: string(tag)}
		all(inside...)(n)
		of.AppendChild(n)
	}
}

func attribute(key name, value string) content {
	return func(of *nethtml.Node) {
		of.Attr = append(of.Attr, nethtml.Attribute{Key: string(key), Val: clean(value)})
	}
}

// text is cleaned here and not on the page: there, a carriage return would be escaped already, and last.
func text(s string) content {
	return func(of *nethtml.Node) {
		if s != "" {
			of.AppendChild(&nethtml.Node{Type: nethtml.TextNode, Data: clean(s)})
		}
	}
}

// row is an element at the end of a line, block one that has lines in it: a page can be read, and compared, as a file.
func row(tag name, inside ...content) content { return all(element(tag, inside...), text("\n")) }

func block(tag name, inside ...content) content { return row(tag, text("\n"), all(inside...)) }

func class(names string) content { return attribute("class", names) }

func all(parts ...content) content {
	return func(of *nethtml.Node) {
		for _, p := range parts {
			p(of)
		}
	}
}

func when(is bool, parts ...content) content {
	if !is {
		return all()
	}
	return all(parts...)
}

// either is the first where it is so, and the second otherwise.
func either(is bool, yes, no content) content {
	if is {
		return yes
	}
	return no
}

func each[T any](items []T, of func(T) content) content {
	parts := make([]content, len(items))
	for i, item := range items {
		parts[i] = of(item)
	}
	return all(parts...)
}

// raw are the elements whose text is written, and read, as it is.
var raw = []string{"iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "xmp"}

// guard refuses a tree in which anything but the style sheets would be written without being escaped.
func guard(root *nethtml.Node, sheets []string) error {
	for n := range root.Descendants() {
		switch n.Type {
		case nethtml.TextNode, nethtml.DoctypeNode:
		case nethtml.ElementNode:
			if slices.Contains(raw, strings.ToLower(n.Data)) && !sheet(n, sheets) {
				return fmt.Errorf("write <%s>: its text would not be escaped", n.Data)
			}
		default:
			return fmt.Errorf("write %q: it is neither an element nor a text", n.Data)
		}
	}
	return nil
}

// sheet says that an element is one of these style sheets, whole and nothing else; and what has no < cannot end early.
func sheet(n *nethtml.Node, sheets []string) bool {
	css := n.FirstChild
	return n.Data == "style" && css != nil && css == n.LastChild && css.Type == nethtml.TextNode &&
		slices.Contains(sheets, css.Data) && !strings.Contains(css.Data, "<")
}
