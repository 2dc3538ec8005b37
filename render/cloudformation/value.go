package cloudformation

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// value is what stands in the template for a text of the plan: literal pieces, and pieces that only
// CloudFormation fills in.
type value []piece

// piece is one of three: a literal; the name of a parameter, of a pseudo parameter, or of a resource with
// or without an attribute; any other function.
type piece struct {
	literal string
	name    string // "RoleName", "AWS::Region", "Role.Arn"
	node    *yaml.Node
}

func literal(s string) piece { return piece{literal: s} }
func ref(name string) piece  { return piece{name: name} }

// Pseudo parameters.
const (
	partition = "AWS::Partition"
	region    = "AWS::Region"
	account   = "AWS::AccountId"
	noValue   = "AWS::NoValue"
)

// reference writes a name as the function that gives its value.
func reference(name string) *yaml.Node {
	if strings.Contains(name, ".") {
		return intrinsic("!GetAtt", name)
	}
	return intrinsic("!Ref", name)
}

// pick writes a choice by a condition.
func pick(condition string, yes, no *yaml.Node) *yaml.Node {
	return short("!If", scalar(condition), yes, no)
}

// optional writes a property that is there only under a condition.
func optional(condition string, yes *yaml.Node) *yaml.Node {
	return pick(condition, yes, reference(noValue))
}

// joined is the value with neighbouring literals made one, and empty ones gone.
func (v value) joined() value {
	var out value
	for _, p := range v {
		isLiteral := p.name == "" && p.node == nil
		switch {
		case isLiteral && p.literal == "":
		case isLiteral && len(out) > 0 && out[len(out)-1].name == "" && out[len(out)-1].node == nil:
			out[len(out)-1].literal += p.literal
		default:
			out = append(out, p)
		}
	}
	return out
}

// node writes the value: as a text, as the one function that it is, or as a !Sub.
func (v value) node() *yaml.Node {
	v = v.joined()
	switch {
	case len(v) == 0:
		return scalar("")
	case len(v) == 1 && v[0].node != nil:
		return v[0].node
	case len(v) == 1 && v[0].name != "":
		return reference(v[0].name)
	case len(v) == 1:
		return fixed(v[0].literal)
	}
	return v.sub()
}

// fixed writes a text with nothing to fill in. Where it has what looks like a name to be filled in, as
// policy variables do, a !Sub says that it is none.
func fixed(s string) *yaml.Node {
	if quoted, can := subText(s); can && quoted != s {
		return intrinsic("!Sub", quoted)
	}
	return scalar(s)
}

// sub writes a !Sub. What its text cannot hold goes into its list of variables.
func (v value) sub() *yaml.Node {
	var text strings.Builder
	variables := object()
	for _, p := range v {
		quoted, can := subText(p.literal)
		switch {
		case p.name != "":
			text.WriteString("${" + p.name + "}")
		case p.node == nil && can:
			text.WriteString(quoted)
		default:
			name := fmt.Sprintf("Text%d", len(variables.Content)/2+1)
			n := p.node
			if n == nil {
				n = scalar(p.literal)
			}
			put(variables, name, n)
			text.WriteString("${" + name + "}")
		}
	}
	if len(variables.Content) == 0 {
		return intrinsic("!Sub", text.String())
	}
	return short("!Sub", scalar(text.String()), variables)
}

// subVariable is what a !Sub would fill in.
var subVariable = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\$\{([A-Za-z0-9_.:-]+)\}`)
})

// subText writes a literal as part of a !Sub: ${name} is written ${!name} (AWS CloudFormation User
// Guide, Fn::Sub). What the guide does not say how to write, such as a brace that is not closed, is
// not written so.
func subText(s string) (text string, can bool) {
	rest := subVariable().ReplaceAllString(s, "")
	if strings.Contains(rest, "${") || strings.HasSuffix(rest, "$") {
		return "", false
	}
	return subVariable().ReplaceAllString(s, "${!$1}"), true
}
