package answers

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Save writes the answers as a file that Load reads back to the same set, in the order of the
// fields. Fields without an answer are left out.
func Save(guide string, fields []Field, s Set) ([]byte, error) {
	root := mapping()
	put(root, GuideKey, text(guide))
	for _, f := range fields {
		if !s.Has(f.Key) {
			continue
		}
		if f.Kind == Records {
			place(root, f.Key, saveRecords(f, s))
			continue
		}
		place(root, f.Key, node(s.Get(f.Key).Data))
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, fmt.Errorf("encode answers: %w", err)
	}
	return b.Bytes(), nil
}

func saveRecords(f Field, s Set) *yaml.Node {
	seq := &yaml.Node{Kind: yaml.SequenceNode}
	if s.Int(f.Key) == 0 {
		seq.Style = yaml.FlowStyle
	}
	for i := range s.Int(f.Key) {
		item := mapping()
		for _, field := range f.Item {
			if key := ItemKey(f.Key, i, field.Key); s.Has(key) {
				place(item, field.Key, node(s.Get(key).Data))
			}
		}
		seq.Content = append(seq.Content, item)
	}
	return seq
}

// place puts a value under a dotted key, making the mappings on the way.
func place(m *yaml.Node, key string, value *yaml.Node) {
	name, rest, nested := strings.Cut(key, ".")
	if !nested {
		put(m, name, value)
		return
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == name {
			place(m.Content[i+1], rest, value)
			return
		}
	}
	below := mapping()
	put(m, name, below)
	place(below, rest, value)
}

func mapping() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode} }

func put(m *yaml.Node, name string, value *yaml.Node) {
	m.Content = append(m.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, value)
}

// text is a string scalar. The library quotes it where it would read as anything else itself.
func text(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	if strings.ContainsAny(s, "\n\t\r") || older().MatchString(s) { // the library cannot read back every block that it writes
		n.Style = yaml.DoubleQuotedStyle
	}
	if n.Tag == "!!binary" { // not UTF-8: no answer that passed its check is
		n.Tag = "!!str"
	}
	return n
}

// older are the plain words that readers of YAML 1.1 take for a boolean, a null or a number to the base of 60, and those
// of 1.2, as the library is, for texts (yaml.org/type: bool, null, int, float).
var older = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:y|Y|n|N|(?i:yes|no|on|off|true|false|null)|~|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)$`)
})

func node(data any) *yaml.Node {
	switch v := data.(type) {
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v)}
	case int:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(v)}
	case []string:
		seq := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, s := range v {
			seq.Content = append(seq.Content, text(s))
		}
		return seq
	}
	s, _ := data.(string)
	return text(s)
}
