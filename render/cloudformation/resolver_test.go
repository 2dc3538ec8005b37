package cloudformation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// stackModel resolves a template as CloudFormation does, for some account, region and parameters. It knows
// no more than the documentation of the functions, and nothing of how templates are written here.
type stackModel struct {
	root       map[string]*yaml.Node // sections
	parameters map[string]any        // values: string, or []string
	pseudo     map[string]string
	resources  map[string]map[string]*yaml.Node
	kinds      map[string]string // of resources
}

// resolved is a resource with all functions of its properties resolved.
type resolved struct {
	id, kind, deletion, replace string
	properties                  map[string]any
	ref                         any // what !Ref gives of it
}

// parseTemplate reads a template. given are the values of parameters that differ from the defaults.
func parseTemplate(text string, given, pseudo map[string]string) (*stackModel, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return nil, err
	}
	m := &stackModel{root: members(doc.Content[0]), parameters: map[string]any{}, pseudo: pseudo, resources: map[string]map[string]*yaml.Node{}, kinds: map[string]string{}}
	for name, n := range members(m.root["Parameters"]) {
		if err := m.parameter(name, members(n), given); err != nil {
			return nil, err
		}
	}
	for id, n := range members(m.root["Resources"]) {
		m.resources[id], m.kinds[id] = members(n), members(n)["Type"].Value
	}
	return m, nil
}

func members(n *yaml.Node) map[string]*yaml.Node {
	out := map[string]*yaml.Node{}
	for i := 0; n != nil && i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		if _, twice := out[name]; twice {
			panic("stands twice: " + name)
		}
		out[name] = n.Content[i+1]
	}
	return out
}

func (m *stackModel) parameter(name string, p map[string]*yaml.Node, given map[string]string) error {
	v, isGiven := given[name]
	if !isGiven {
		if p["Default"] == nil {
			return fmt.Errorf("parameter %s has neither value nor default", name)
		}
		if v = p["Default"].Value; p["Default"].ShortTag() != "!!str" {
			return fmt.Errorf("parameter %s has a default that is no text", name)
		}
	}
	kind := p["Type"].Value
	if pattern := p["AllowedPattern"]; pattern != nil && checkPatterns && kind == "String" && !regexp.MustCompile(pattern.Value).MatchString(v) {
		return fmt.Errorf("parameter %s: %q does not match %s", name, v, pattern.Value)
	}
	if kind != "CommaDelimitedList" && !strings.Contains(kind, "List<") {
		m.parameters[name] = v
		return nil
	}
	items := strings.Split(v, ",")
	for i, item := range items {
		items[i] = strings.TrimSpace(item)
	}
	m.parameters[name] = items
	return nil
}

// checkPatterns holds values to the patterns of parameters.
var checkPatterns = true

// absent is what a property has that !Ref AWS::NoValue leaves out.
var absent = &struct{}{}

// all resolves the resources whose condition holds.
func (m *stackModel) all() ([]resolved, error) {
	var out []resolved
	for id, r := range m.resources {
		if c := r["Condition"]; c != nil {
			holds, err := m.condition(c.Value)
			if err != nil {
				return nil, err
			}
			if !holds {
				continue
			}
		}
		properties, err := m.eval(r["Properties"])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		one := resolved{id: id, kind: m.kinds[id], properties: properties.(map[string]any)}
		if one.ref, err = m.ref(id); err != nil {
			return nil, err
		}
		if n := r["DeletionPolicy"]; n != nil {
			one.deletion, one.replace = n.Value, r["UpdateReplacePolicy"].Value
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b resolved) int { return strings.Compare(a.id, b.id) })
	return out, nil
}

// outputs resolves the outputs whose condition holds.
func (m *stackModel) outputs() (map[string]string, error) {
	out := map[string]string{}
	for name, n := range members(m.root["Outputs"]) {
		o := members(n)
		if c := o["Condition"]; c != nil {
			if holds, err := m.condition(c.Value); err != nil || !holds {
				continue
			}
		}
		v, err := m.eval(o["Value"])
		if err != nil {
			return nil, err
		}
		text, isText := v.(string)
		if !isText {
			return nil, fmt.Errorf("output %s is %v", name, v)
		}
		out[name] = text
	}
	return out, nil
}

func (m *stackModel) condition(name string) (bool, error) {
	n := members(m.root["Conditions"])[name]
	if n == nil {
		return false, fmt.Errorf("there is no condition %s", name)
	}
	v, err := m.eval(n)
	if err != nil {
		return false, err
	}
	holds, isBool := v.(bool)
	if !isBool {
		return false, fmt.Errorf("condition %s is %v", name, v)
	}
	return holds, nil
}

// eval resolves a node. Texts are string, and nothing is taken for one that YAML reads otherwise.
func (m *stackModel) eval(n *yaml.Node) (any, error) {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return m.function(n)
	}
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		for name, child := range members(n) {
			v, err := m.eval(child)
			if err != nil {
				return nil, err
			}
			if v != absent {
				out[name] = v
			}
		}
		return out, nil
	case yaml.SequenceNode:
		out := []any{}
		for _, child := range n.Content {
			v, err := m.eval(child)
			if err != nil {
				return nil, err
			}
			if v != absent {
				out = append(out, v)
			}
		}
		return out, nil
	}
	switch n.ShortTag() {
	case "!!str":
		return n.Value, nil
	case "!!bool":
		return n.Value == "true", nil
	case "!!int":
		return n.Value, nil
	}
	return nil, fmt.Errorf("%q is a %s", n.Value, n.ShortTag())
}

func (m *stackModel) function(n *yaml.Node) (any, error) {
	switch n.Tag {
	case "!Ref":
		return m.ref(n.Value)
	case "!GetAtt":
		return m.attribute(n.Value)
	case "!Sub":
		return m.sub(n)
	case "!If":
		holds, err := m.condition(n.Content[0].Value)
		if err != nil {
			return nil, err
		}
		if holds {
			return m.eval(n.Content[1])
		}
		return m.eval(n.Content[2])
	case "!Equals":
		a, err := m.eval(n.Content[0])
		if err != nil {
			return nil, err
		}
		b, err := m.eval(n.Content[1])
		return a == b, err
	case "!Select", "!Split":
		return m.pick(n)
	case "!Join":
		v, err := m.eval(n.Content[1])
		items, isList := v.([]string)
		if err != nil || !isList {
			return nil, fmt.Errorf("!Join of %v: %w", v, err)
		}
		return strings.Join(items, n.Content[0].Value), nil
	case "!Not":
		v, err := m.eval(n.Content[0])
		if err != nil {
			return nil, err
		}
		return !v.(bool), nil
	}
	return nil, fmt.Errorf("unknown function %s", n.Tag)
}

// pick resolves !Select [index, !Split [at, text]].
func (m *stackModel) pick(n *yaml.Node) (any, error) {
	v, err := m.eval(n.Content[1])
	if err != nil {
		return nil, err
	}
	if n.Tag == "!Split" {
		return strings.Split(v.(string), n.Content[0].Value), nil
	}
	items, i := v.([]string), int(n.Content[0].Value[0]-'0')
	if i >= len(items) {
		return nil, fmt.Errorf("there is no item %d in %q", i, items)
	}
	return items[i], nil
}

func (m *stackModel) ref(name string) (any, error) {
	if name == "AWS::NoValue" {
		return absent, nil
	}
	if v, is := m.pseudo[name]; is {
		return v, nil
	}
	if v, is := m.parameters[name]; is {
		return v, nil
	}
	switch m.kinds[name] {
	case "":
		return nil, fmt.Errorf("nothing is called %s", name)
	case "AWS::S3::Bucket":
		return m.property(name, "BucketName")
	case "AWS::IAM::Role":
		return m.property(name, "RoleName")
	case "AWS::IAM::ManagedPolicy":
		return m.named(name, "policy", "ManagedPolicyName")
	}
	return "id-of-" + name, nil
}

// attribute is what AWS gives: of a role, what its name and path say.
func (m *stackModel) attribute(name string) (any, error) {
	id, attribute, _ := strings.Cut(name, ".")
	switch m.kinds[id] + " " + attribute {
	case "AWS::IAM::Role Arn":
		return m.named(id, "role", "RoleName")
	case "AWS::KMS::Key Arn":
		return "arn-of-" + id, nil
	case "AWS::EC2::SecurityGroup GroupId":
		return "id-of-" + id, nil
	}
	return nil, fmt.Errorf("%s of a %q is not known", attribute, m.kinds[id])
}

// named is the ARN of something of IAM's, by its path and name.
func (m *stackModel) named(id, what, property string) (any, error) {
	path, err := m.property(id, "Path")
	if err != nil {
		return nil, err
	}
	name, err := m.property(id, property)
	return "arn:" + m.pseudo["AWS::Partition"] + ":iam::" + m.pseudo["AWS::AccountId"] + ":" + what + path + name, err
}

func (m *stackModel) property(id, name string) (string, error) {
	v, err := m.eval(members(m.resources[id]["Properties"])[name])
	if err != nil {
		return "", err
	}
	return v.(string), nil
}

var (
	inSub    = regexp.MustCompile(`\$\{[^{}]*\}`)
	subNames = regexp.MustCompile(`^[A-Za-z0-9_.:]+$`)
)

// sub resolves Fn::Sub: ${Name} is filled in, ${!Text} is the text ${Text}.
func (m *stackModel) sub(n *yaml.Node) (any, error) {
	text, variables := n.Value, map[string]*yaml.Node{}
	if n.Kind == yaml.SequenceNode {
		text, variables = n.Content[0].Value, members(n.Content[1])
	}
	var failed error
	filled := inSub.ReplaceAllStringFunc(text, func(part string) string {
		name := part[2 : len(part)-1]
		if text, escaped := strings.CutPrefix(name, "!"); escaped {
			return "${" + text + "}"
		}
		var v any
		var err error
		switch {
		case !subNames.MatchString(name):
			err = fmt.Errorf("!Sub %q names %q", text, name)
		case variables[name] != nil:
			v, err = m.eval(variables[name])
		case strings.Contains(name, "."):
			v, err = m.attribute(name)
		default:
			v, err = m.ref(name)
		}
		s, isText := v.(string)
		if err == nil && !isText {
			err = fmt.Errorf("!Sub %q: %s is %v", text, name, v)
		}
		if err != nil && failed == nil {
			failed = err
		}
		return s
	})
	if rest := inSub.ReplaceAllString(text, ""); strings.Contains(rest, "${") {
		return nil, fmt.Errorf("!Sub %q has a brace that is not closed", text)
	}
	return filled, failed
}
