package terraform

import (
	"onramp/internal/kind"
)

// principalName is the argument by which the provider finds a principal that is there.
var principalName = map[kind.PrincipalType]string{kind.User: "user_name", kind.Group: "group_name", kind.RoleType: "name"}

// ExistingPrincipal implements kind.Visitor.
func (m *module) ExistingPrincipal(e kind.ExistingPrincipal) {
	name := m.name(m.label+"_name", rule{about: "Name of the IAM " + string(e.Of.Type) + ", which exists."}, e.Of.Name)
	m.title()
	m.dataBlock("aws_iam_"+string(e.Of.Type)).expr(principalName[e.Of.Type], "%s", name)
	if e.Trusted != "" {
		m.sooner()
	}
}

// principal is the expression for the name of a principal.
func (m *module) principal(p kind.Principal) expr {
	if at := m.names.principals[p]; at != "" {
		return expression("%s.%s", at, principalName[p.Type])
	}
	return m.literal(p.Name)
}

// PrincipalPolicy implements kind.Visitor. The provider puts an inline policy without a look at what it overwrites.
func (m *module) PrincipalPolicy(p kind.PrincipalPolicy) {
	b := m.resourceBlock("aws_iam_" + string(p.Of.Type) + "_policy")
	b.literal("name", p.PolicyName)
	b.set(string(p.Of.Type), m.principal(p.Of))
	b.policy("policy", p.Document)
	b.reliedOn(m.principal(p.Of), p.Of.Name, "inline policy", "another "+string(p.Of.Type))
	m.takeOverPart(b.address, m.principal(p.Of), ":", p.PolicyName)
}
