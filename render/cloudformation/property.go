package cloudformation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"onramp/internal/plan"
)

// The properties of a resource are the members of the calls that the plan makes for it, under
// CloudFormation's names. So what the preview shows is what the template says.

// shape says how the members of a call become properties.
type shape struct {
	names  map[string]string     // of members that CloudFormation calls otherwise; "" : it has none
	values map[string]*yaml.Node // of properties that are not just what the member says; nil: there is none
	more   []any                 // further properties, names and nodes in turn
}

// input is what the plan sends with an operation for the resource being written.
func (t *template) input(operation string) plan.Object {
	for _, st := range t.current.Spec.Steps() {
		for _, c := range st.Calls() {
			if c.Operation == operation {
				return c.Input
			}
		}
	}
	t.fail(fmt.Errorf("%s makes no call %s", t.current.ID, operation))
	return nil
}

// properties writes the members of a call.
func (t *template) properties(in plan.Object, s shape) *yaml.Node {
	out := object()
	for _, m := range in {
		name, renamed := s.names[m.Name]
		switch {
		case !renamed:
			name = m.Name
		case name == "":
			continue
		}
		node, other := s.values[name]
		if !other {
			node = t.node(m.Name, m.Value)
		}
		if node != nil {
			put(out, name, node)
		}
	}
	for i := 0; i+1 < len(s.more); i += 2 {
		if node := s.more[i+1].(*yaml.Node); node != nil {
			put(out, s.more[i].(string), node)
		}
	}
	return out
}

// node writes the value of a member. Tags and other lists keep their order.
func (t *template) node(name string, v any) *yaml.Node {
	switch v := v.(type) {
	case string:
		if name == "Description" {
			return t.sentence(v).node()
		}
		return t.text(v).node()
	case bool:
		return boolean(v)
	case int:
		return integer(v)
	case []string:
		n := list()
		for _, s := range v {
			n.Content = append(n.Content, t.text(s).node())
		}
		return n
	case plan.Object:
		return t.properties(v, shape{})
	case []plan.Object:
		n := list()
		for _, o := range v {
			n.Content = append(n.Content, t.properties(o, shape{}))
		}
		return n
	case plan.Document:
		return t.document(v)
	case plan.Blob:
		return t.text(string(v)).node()
	}
	if v == any(plan.EmptyText) {
		return scalar("")
	}
	t.fail(fmt.Errorf("%s of %s: a template cannot say a %T", name, t.current.ID, v))
	return scalar("")
}

// document writes a policy, element by element. One that names several regions names them by choice: none of them
// stands for the region of the stack.
func (t *template) document(d plan.Document) *yaml.Node {
	t.chosen = len(regions(d)) > 1
	defer func() { t.chosen = false }()
	decoder := json.NewDecoder(bytes.NewReader(d.Policy.Compact()))
	n, err := t.element(decoder)
	if err != nil {
		t.fail(fmt.Errorf("document %s of %s: %w", d.Name, t.current.ID, err))
	}
	return n
}

// regions are those that the ARNs of a document name.
func regions(d plan.Document) map[string]bool {
	out := map[string]bool{}
	d.Policy.Map(func(s string) string {
		if parts := strings.SplitN(s, ":", 6); len(parts) == 6 && parts[0] == "arn" && parts[3] != "" && parts[3] != "*" {
			out[parts[3]] = true
		}
		return s
	})
	return out
}

// element reads one JSON value and writes it. Objects keep the order of their members.
func (t *template) element(d *json.Decoder) (*yaml.Node, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case string:
		return t.text(token).node(), nil
	case json.Delim:
		return t.elements(d, token)
	}
	return nil, fmt.Errorf("a policy holds no %T", token)
}

func (t *template) elements(d *json.Decoder, open json.Delim) (*yaml.Node, error) {
	n := list()
	if open == '{' {
		n = object()
	}
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, scalar(name.(string)))
		}
		child, err := t.element(d)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, child)
	}
	_, err := d.Token() // the bracket
	return n, err
}
