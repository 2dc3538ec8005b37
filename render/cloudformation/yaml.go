package cloudformation

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The template is a tree of nodes, and no text of it is put together by hand: scalar writes a text,
// intrinsic and short a function of CloudFormation, and encode the whole.

// plainText are texts that every version of YAML reads as they are written, unless misread has them:
// a letter first, then words of what ARNs, actions and names are made of, with single spaces between them.
var plainText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9_./@+*=$(){};-]|:+[A-Za-z0-9_/*$]|,? [A-Za-z0-9(/])*$`)
})

// misread are the plain words that YAML 1.1, which CloudFormation reads, takes for something else than
// text (yaml.org, type repository: bool, null).
var misread = strings.Fields("y n yes no on off true false null")

// scalar writes a text. It is the only function that quotes one.
func scalar(text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if !plainText().MatchString(text) || slices.Contains(misread, strings.ToLower(text)) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func boolean(b bool) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(b)}
}

func integer(i int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(i)}
}

// intrinsic writes a function with one argument in its short form: !Ref, !GetAtt, !Sub.
func intrinsic(tag, argument string) *yaml.Node {
	n := scalar(argument)
	n.Tag = tag
	return n
}

// short writes a function with several arguments in its short form.
func short(tag string, arguments ...*yaml.Node) *yaml.Node {
	n := list(arguments...)
	n.Tag = tag
	return n
}

func list(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Content: items}
}

func texts(items ...string) *yaml.Node {
	n := list()
	for _, item := range items {
		n.Content = append(n.Content, scalar(item))
	}
	return n
}

// object writes a mapping from names and nodes in turn. A member whose node is nil is left out.
func object(members ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(members); i += 2 {
		if node := members[i+1].(*yaml.Node); node != nil {
			put(n, members[i].(string), node)
		}
	}
	return n
}

func put(object *yaml.Node, name string, value *yaml.Node) {
	object.Content = append(object.Content, scalar(name), value)
}

// ifAny is the node, or nil where it holds nothing.
func ifAny(n *yaml.Node) *yaml.Node {
	if len(n.Content) == 0 {
		return nil
	}
	return n
}

// encode writes the tree.
func encode(root *yaml.Node) ([]byte, error) {
	if bad := unsayable(root); bad != "" {
		return nil, fmt.Errorf("write template: %q is no text that a template can hold", bad)
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(root); err != nil {
		return nil, fmt.Errorf("write template: %w", err)
	}
	return escaped(b.Bytes()), nil
}

func unsayable(n *yaml.Node) string {
	if !utf8.ValidString(n.Value) || strings.ContainsRune(n.Value, 0) {
		return n.Value
	}
	for _, child := range n.Content {
		if bad := unsayable(child); bad != "" {
			return bad
		}
	}
	return ""
}

// escaped writes what nobody can see, such as a mark that turns the direction of writing, as its number.
// Whatever is not ASCII stands in double quotes, where YAML takes it so.
func escaped(data []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(data) {
		switch {
		case r <= unicode.MaxASCII || unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.Bytes()
}
