package permissions

import (
	"strings"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

func newScope(p plan.Plan) scope {
	s := scope{Target: p.Target, owner: p.Owner, paths: map[string]string{}, networks: map[string]string{}, suffixes: map[string]string{}}
	for _, r := range p.Resources {
		switch spec := r.Spec.(type) {
		case kind.Role:
			s.paths[spec.RoleName] = spec.Path
		case kind.SecurityGroup:
			s.networks[r.ID] = spec.VPCID
		case kind.EndpointService:
			s.suffixes[r.ID] = spec.Suffix
		}
	}
	return s
}

// wild is a text for an ARN: what is known stands for itself, and what only AWS can give is "*".
func wild(text string) string {
	var b strings.Builder
	for _, part := range plan.Parts(text) {
		if part.IsRef() {
			b.WriteByte('*')
		} else {
			b.WriteString(literal(part.Text))
		}
	}
	return b.String()
}

// literal writes a text so that IAM takes none of it for a wildcard or a variable (IAM User Guide,
// Policy elements: Variables and tags). A policy can hold no character beyond U+00FF and no control
// character, and package policy refuses what looks like a placeholder: "?" stands for any such one.
func literal(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return special(r) || unwritable(r) }) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case special(r):
			b.WriteString("${" + string(r) + "}")
		case unwritable(r):
			b.WriteByte('?')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func special(r rune) bool { return r == '*' || r == '?' || r == '$' }

func unwritable(r rune) bool {
	return r == '<' || r == '>' || r == '`' || r < ' ' || r > '\u00FF'
}

// on is the permission for some actions on one resource.
func on(resource string, actions ...string) []Permission {
	out := make([]Permission, len(actions))
	for i, a := range actions {
		out[i] = Permission{Action: a, Resource: resource}
	}
	return out
}

// only adds a condition to permissions.
func only(permissions []Permission, operator, key string, values ...string) []Permission {
	for i, p := range permissions {
		permissions[i].Conditions = append(p.Conditions[:len(p.Conditions):len(p.Conditions)],
			policy.Condition{Operator: operator, Key: key, Values: values})
	}
	return permissions
}

// list is a member that is a list of strings.
func list(c plan.Call, member string) []string {
	values, _ := c.Input.Get(member).([]string)
	return values
}

// has says that a call has a member.
func has(c plan.Call, member string) bool { return c.Input.Get(member) != nil }
