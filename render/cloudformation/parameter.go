package cloudformation

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// parameter is a value that differs between accounts.
type parameter struct {
	name     string // in the template; two of one name and different values are numbered
	kind     string // CloudFormation's type; "" : String
	value    string // of this plan
	unknown  bool   // the plan does not know it, and no other value would do
	looked   bool   // deploy.sh asks the account for it
	foreign  bool   // it names what is there already: another thing in each account
	about    string
	pattern  string // what it must match, whole; "" : anything
	wants    string // the same for people
	choices  []string
	most     int // Number: 1 to most; String: length
	optional bool
	group    string
}

// Groups of parameters, in the order in which the console shows them.
const (
	groupNames   = "Names"
	groupThere   = "What is there already"
	groupCluster = "Cluster"
	groupChoices = "Choices"
)

var groups = []string{groupNames, groupThere, groupCluster, groupChoices}

// add adds a parameter, unless it is there, and gives the name that it has got.
func (t *template) add(p parameter) string {
	if t.set && p.foreign {
		p = t.stored(p)
	}
	for n, base := 2, p.name; ; n++ {
		i := slices.IndexFunc(t.parameters, func(other parameter) bool { return other.name == p.name })
		if i < 0 && !t.taken(p.name) {
			break
		}
		if i >= 0 && t.parameters[i].value == p.value {
			return p.name
		}
		p.name = base + strconv.Itoa(n)
	}
	t.parameters = append(t.parameters, p)
	return p.name
}

// storedKind begins the type of a parameter that Systems Manager holds.
const storedKind = "AWS::SSM::Parameter::Value<"

// stored is a parameter of a stack set whose value each account keeps for itself, in the Parameter
// Store of Systems Manager: its value is the name under which it is kept.
func (t *template) stored(p parameter) parameter {
	kind := cmp.Or(p.kind, "String")
	if kind == "CommaDelimitedList" {
		kind = "List<String>"
	}
	p.kind = storedKind + kind + ">"
	p.value = "/onramp/" + t.plan.Guide + "/" + kebab(p.name)
	p.about = p.about + ": the name of the Systems Manager parameter that holds it in each account and region"
	p.pattern, p.wants, p.most, p.unknown, p.looked = "", "", 0, false, false
	return p
}

var capital = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`([a-z0-9])([A-Z])`)
})

// kebab writes the name of a parameter as a path and a variable have it: VpcId is vpc-id.
func kebab(name string) string { return strings.ToLower(capital().ReplaceAllString(name, "$1-$2")) }

// node writes the parameter.
func (p parameter) node() *yaml.Node {
	kind := cmp.Or(p.kind, "String")
	n := object("Type", scalar(kind), "Description", scalar(p.about))
	if !p.unknown {
		put(n, "Default", scalar(p.value))
	}
	if p.pattern != "" {
		pattern := "^" + p.pattern + "$"
		if p.optional {
			pattern = "^(|" + p.pattern + ")$"
		}
		put(n, "AllowedPattern", scalar(pattern))
	}
	if len(p.choices) > 0 {
		put(n, "AllowedValues", texts(p.choices...))
	}
	if p.most > 0 && kind == "Number" {
		put(n, "MinValue", integer(1))
		put(n, "MaxValue", integer(p.most))
	}
	if p.most > 0 && kind == "String" {
		put(n, "MaxLength", integer(p.most))
	}
	if p.wants != "" {
		put(n, "ConstraintDescription", scalar(p.wants))
	}
	return n
}

// interfaceNode is how the console shows the parameters.
func (t *template) interfaceNode() *yaml.Node {
	shown := list()
	for _, g := range groups {
		names := list()
		for _, p := range t.parameters {
			if p.group == g {
				names.Content = append(names.Content, scalar(p.name))
			}
		}
		if len(names.Content) > 0 {
			shown.Content = append(shown.Content, object("Label", object("default", scalar(g)), "Parameters", names))
		}
	}
	return object("ParameterGroups", shown)
}

// token stands in parameters.json for a value that deploy.sh looks up.
func token(name string) string { return "<" + name + ": deploy.sh looks it up>" }

// parameterFile writes the values of the plan in the form that create-stack, create-change-set and
// create-stack-set take with --parameters, one on a line.
func (t *template) parameterFile() ([]byte, error) {
	var lines []string
	for _, p := range t.parameters {
		v := p.value
		if p.looked {
			v = token(p.name)
		}
		name, err := quotedJSON(p.name)
		if err != nil {
			return nil, err
		}
		text, err := quotedJSON(v)
		if err != nil {
			return nil, err
		}
		lines = append(lines, fmt.Sprintf(`  {"ParameterKey": %s, "ParameterValue": %s}`, name, text))
	}
	if len(lines) == 0 {
		return []byte("[]\n"), nil
	}
	return []byte("[\n" + strings.Join(lines, ",\n") + "\n]\n"), nil
}

// quotedJSON writes a text as JSON. It is the only function here that does.
func quotedJSON(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("write JSON: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// flag adds a choice between making something and using what is there, and gives the condition under
// which it is made. The names of flags begin with Create.
func (t *template) flag(name, about string) string {
	t.add(parameter{name: name, value: "yes", choices: []string{"yes", "no"}, about: about, group: groupChoices})
	return t.condition(strings.Replace(name, "Create", "Creates", 1), short("!Equals", reference(name), scalar("yes")))
}

// given adds the condition that a parameter is not empty.
func (t *template) given(name string) string {
	return t.condition("Has"+name, short("!Not", short("!Equals", reference(name), scalar(""))))
}

// missing adds the condition that a parameter is empty.
func (t *template) missing(condition, name string) string {
	return t.condition(condition, short("!Equals", reference(name), scalar("")))
}
