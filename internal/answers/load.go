package answers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// GuideKey is the one key of the file that no guide asks for: which guide the file is for.
const GuideKey = "guide"

// MaxFile bounds what is read: 10,000 groups take about 2 MB.
const MaxFile = 16 << 20

// Load reads an answers file. Every problem of its form is reported at once: unknown keys, wrong
// types, values that are none of the choices, keys that stand twice. The answers that are in order are
// returned beside the problems. A file that cannot be read, or is for another guide, is one problem.
func Load(r io.Reader, guide string, fields []Field) (Set, Problems) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return Set{}, whole(0, err.Error(), "check the file and its permissions")
	}
	if len(data) > MaxFile {
		return Set{}, whole(0, fmt.Sprintf("it has more than %d MiB", MaxFile>>20), "give a smaller file")
	}
	root, ps := parse(data, guide)
	if ps == nil {
		ps = otherGuide(root, guide)
	}
	if ps != nil {
		return Set{}, ps
	}
	l := loader{guideName: guide, fields: fields, values: map[string]Value{}}
	l.mapping("", root, fields)
	l.guide()
	return Set{values: l.values}, l.problems
}

// GuideOf reads only which guide a file is for; "" where it does not say.
func GuideOf(data []byte) string {
	var head struct {
		Guide string `yaml:"guide"`
	}
	_ = yaml.Unmarshal(data, &head) // Load reports what is wrong with the file
	return head.Guide
}

func whole(line int, text, remedy string) Problems {
	return Problems{{Line: line, Text: text, Remedy: remedy, Unreadable: true}}
}

func parse(data []byte, guide string) (*yaml.Node, Problems) {
	if bytes.IndexByte(data, 0) >= 0 && !bytes.HasPrefix(data, []byte("\xff\xfe")) && !bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return nil, whole(0, "it is not a text file", "give an answers file")
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) || err == nil && (len(doc.Content) == 0 || doc.Content[0].Tag == "!!null") {
		return nil, whole(0, "the file is empty", fmt.Sprintf("begin with the line `guide: %s`; `onramp questions %[1]s` lists the other keys", guide))
	}
	if err != nil {
		return nil, notYAML(data, err)
	}
	var second yaml.Node
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		line := second.Line
		if err != nil {
			line = yamlLine(err)
		}
		return nil, whole(line, "the file holds more than one document", "keep one document; remove the line with ---")
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, whole(root.Line, "the file is not a list of keys with values", "begin with a line such as `guide: "+guide+"`")
	}
	return root, nil
}

// notYAML says why a file cannot be read, and where.
func notYAML(data []byte, err error) Problems {
	n := yamlLine(err)
	if lines := bytes.Split(data, []byte("\n")); n > 0 && n <= len(lines) {
		if indent := lines[n-1][:len(lines[n-1])-len(bytes.TrimLeft(lines[n-1], " \t"))]; bytes.ContainsRune(indent, '\t') {
			return whole(n, "the line is indented with a tab; YAML allows only spaces", "indent it with spaces")
		}
	}
	return whole(n, "not valid YAML: "+strings.TrimPrefix(stripLine(err.Error()), "yaml: "),
		"fix the file there or in the lines around it; a file that was cut off ends in the middle of a value")
}

// otherGuide says that a file is for another guide.
func otherGuide(root *yaml.Node, want string) Problems {
	for i := 0; i+1 < len(root.Content); i += 2 {
		name, value := root.Content[i], root.Content[i+1]
		if name.Value != GuideKey {
			continue
		}
		if value.Kind == yaml.ScalarNode && value.Value != "" && value.Value != want {
			return Problems{{
				Key: GuideKey, Line: value.Line, Value: Short(value.Value), Text: fmt.Sprintf("the file is for guide %q, not for %q", Short(value.Value), want),
				Remedy: "give the command the file's guide, or another file", Unreadable: true,
			}}
		}
		return nil // any other fault of it is one of form
	}
	return nil
}

// yamlLine finds the line number that the library writes into its error texts. Where its parser
// complains, and not its scanner, it counts lines from 0.
func yamlLine(err error) int {
	_, rest, found := strings.Cut(err.Error(), "line ")
	if !found {
		return 0
	}
	digits, _, _ := strings.Cut(rest, ":")
	n, _ := strconv.Atoi(digits)
	if strings.Contains(rest, "did not find expected") {
		n++
	}
	return n
}

func stripLine(s string) string {
	before, rest, found := strings.Cut(s, "line ")
	if !found {
		return s
	}
	_, text, _ := strings.Cut(rest, ": ")
	return before + text
}

type loader struct {
	guideName string
	fields    []Field
	values    map[string]Value
	problems  Problems
}

func (l *loader) add(key string, n *yaml.Node, text, remedy string) {
	l.problems = append(l.problems, Problem{Key: key, Value: Short(n.Value), Line: n.Line, Text: text, Remedy: remedy})
}

// Short cuts a value to what fits into a message. A private key that somebody has taken for something else is in no
// message at all.
func Short(s string) string {
	const most = 60
	if secret(s) {
		return "(not shown: it looks like a private key)"
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// secret knows the private halves of key pairs, whole or in part: PEM, PuTTY's, and how OpenSSH's begin in base64.
func secret(s string) bool {
	return strings.Contains(s, "PRIVATE KEY") || strings.Contains(s, "PuTTY-User-Key-File") || strings.Contains(s, "b3BlbnNzaC1rZXktdj")
}

func (l *loader) guide() {
	if _, ok := l.values[GuideKey]; !ok {
		l.problems = append(l.problems, Problem{Key: GuideKey, Text: "is missing", Remedy: fmt.Sprintf("add the line `guide: %s`", l.guideName)})
	}
	delete(l.values, GuideKey)
}

// mapping reads the keys below prefix. fields are those of one level of records.
func (l *loader) mapping(prefix string, n *yaml.Node, fields []Field) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		key := prefix + name.Value
		if seen[name.Value] {
			l.add(key, name, "stands twice", "remove one of the two")
			continue
		}
		seen[name.Value] = true
		l.entry(key, name, value, fields)
	}
}

func (l *loader) entry(key string, name, value *yaml.Node, fields []Field) {
	if name.Tag == "!!merge" || value.Kind == yaml.AliasNode {
		l.add(key, value, "anchors and aliases are not read", "write the value out")
		return
	}
	if key == GuideKey {
		if value.Kind != yaml.ScalarNode || value.Value == "" {
			l.add(key, value, "is not a single value", "write the name of one guide")
		}
		l.values[key] = Value{Data: value.Value, Source: File, Line: value.Line}
		return
	}
	if strings.Contains(name.Value, ".") {
		l.add(key, name, "a key with a dot", "write each part on a line of its own, the next one indented")
		return
	}
	f, ok := Lookup(fields, key)
	switch {
	case ok && f.Kind == Records:
		l.records(key, value, f)
	case ok:
		l.value(key, value, f)
	case hasBelow(fields, key) && value.Kind == yaml.MappingNode:
		l.mapping(key+".", value, fields)
	case hasBelow(fields, key) && value.Tag == "!!null": // "role:" with nothing below it
	case hasBelow(fields, key):
		l.add(key, value, "holds further keys, not a value", fmt.Sprintf("write `%s:` and its keys below it, indented", name.Value))
	default:
		l.add(key, name, "no such key", nearest(l.guideName, fields, key))
	}
}

func hasBelow(fields []Field, key string) bool {
	for _, f := range fields {
		if strings.HasPrefix(f.Key, key+".") {
			return true
		}
	}
	return false
}

func (l *loader) records(key string, n *yaml.Node, f Field) {
	if n.Tag == "!!null" {
		return
	}
	if n.Kind != yaml.SequenceNode {
		l.add(key, n, "is not a list", fmt.Sprintf("write each entry below `%s:` with a dash", f.Key))
		return
	}
	if len(n.Content) > maxRecords {
		l.add(key, n, fmt.Sprintf("has %d entries, more than %d", len(n.Content), maxRecords), "split the work over several files")
		return
	}
	l.values[key] = Value{Data: len(n.Content), Source: File, Line: n.Line}
	for i, item := range n.Content {
		at := fmt.Sprintf("%s.%d", key, i)
		if item.Kind != yaml.MappingNode {
			l.add(at, item, "is not a set of keys with values", "write keys such as `- name: analysts`")
			continue
		}
		l.mapping(at+".", item, absolute(f, at))
	}
}

// absolute gives the fields of one record their full keys.
func absolute(f Field, at string) []Field {
	out := make([]Field, len(f.Item))
	for i, item := range f.Item {
		item.Key = at + "." + item.Key
		out[i] = item
	}
	return out
}

func (l *loader) value(key string, n *yaml.Node, f Field) {
	if n.Tag == "!!null" {
		return // "key:" without a value is no answer
	}
	data, text, remedy := scalar(n, f)
	if text != "" {
		l.add(key, n, text, remedy)
		return
	}
	l.values[key] = Value{Data: data, Source: File, Line: n.Line}
}

// scalar reads one value. text says what is wrong with it.
func scalar(n *yaml.Node, f Field) (data any, text, remedy string) {
	if f.Kind == List {
		return list(n)
	}
	if n.Kind != yaml.ScalarNode {
		return nil, fmt.Sprintf("is not a single value (%s is wanted)", f.Kind), "write one value after the colon"
	}
	switch f.Kind {
	case Text, Choice:
		if n.Tag != "!!str" && n.Tag != "!!int" { // an account number without quotes is what people write
			return nil, fmt.Sprintf("%s is not text", Short(n.Value)), "put it into quotes"
		}
	case YesNo:
		if n.Tag != "!!bool" {
			return nil, fmt.Sprintf("%q is neither true nor false", Short(n.Value)), "write true or false, without quotes"
		}
	case Number:
		if n.Tag != "!!int" {
			return nil, fmt.Sprintf("%q is not a whole number", Short(n.Value)), "write digits, without quotes"
		}
	}
	data, err := Parse(f, n.Value)
	if err != nil {
		return nil, err.Error(), remedyOf(f)
	}
	return data, "", ""
}

func remedyOf(f Field) string {
	if f.Kind == Choice {
		return "write one of " + strings.Join(f.Choices, ", ")
	}
	return "write " + article(f.Kind)
}

func article(k Kind) string {
	return map[Kind]string{Text: "text", YesNo: "true or false", Number: "a whole number", List: "a list", Records: "a list of entries"}[k]
}

func list(n *yaml.Node) (any, string, string) {
	if n.Kind != yaml.SequenceNode {
		return nil, "is not a list", "write [first, second], or one item a line with a dash"
	}
	items := []string{}
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode || item.Tag == "!!null" {
			return nil, "holds something that is not a single value", "write [first, second]"
		}
		items = append(items, item.Value)
	}
	return items, "", ""
}
