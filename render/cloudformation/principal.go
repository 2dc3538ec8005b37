package cloudformation

import (
	"go.yaml.in/yaml/v3"

	"onramp/internal/kind"
)

// Lengths of the names of principals (IAM and AWS STS quotas).
var maxPrincipal = map[kind.PrincipalType]int{kind.User: 64, kind.Group: 128, kind.RoleType: maxRole}

// principalTypes are the types of CloudFormation for an inline policy on one principal, with the property that
// names it (AWS CloudFormation Template Reference Guide, AWS::IAM::UserPolicy and its sisters).
var principalTypes = map[kind.PrincipalType]struct{ resource, property string }{
	kind.User: {"AWS::IAM::UserPolicy", "UserName"}, kind.Group: {"AWS::IAM::GroupPolicy", "GroupName"}, kind.RoleType: {"AWS::IAM::RolePolicy", "RoleName"},
}

// introducePrincipal gives the name of what is there already a parameter.
func (t *template) introducePrincipal(id string, e kind.ExistingPrincipal) {
	name := t.add(parameter{
		name: id + "Name", value: e.Of.Name, foreign: true, pattern: roleNames, most: maxPrincipal[e.Of.Type], group: groupThere,
		about: "IAM " + string(e.Of.Type) + ", which is there already", wants: "letters, digits and _+=,.@-",
	})
	t.principals[e.Of] = value{ref(name)}
	if e.Of.Type == kind.RoleType { // whose path nobody knows
		for _, path := range []string{"role/", "role/*/"} {
			t.roles[path+e.Of.Name] = value{literal(path), ref(name)}
		}
	}
}

// ExistingPrincipal implements kind.Visitor.
func (t *template) ExistingPrincipal(e kind.ExistingPrincipal) {
	if t.set {
		e.Of.Name = t.fromStore(t.id() + "Name")
		t.lookInAccount(e, "IAM "+string(e.Of.Type)+", which is there already")
		return
	}
	t.lookBefore(e)
}

// PrincipalPolicy implements kind.Visitor. In a stack set the policy is told from that of the stack in another
// region of the account: IAM knows none.
func (t *template) PrincipalPolicy(p kind.PrincipalPolicy) {
	of := principalTypes[p.Of.Type]
	name := t.text(p.PolicyName)
	if t.set {
		most := maxPolicyName - 1 - t.most
		name = value{literal(shortened(p.PolicyName, most) + "-"), ref(region)}
	}
	t.resource(t.id(), resource{kind: of.resource, properties: t.properties(t.input("Put"+of.property[:len(of.property)-len("Name")]+"Policy"), shape{
		values: map[string]*yaml.Node{of.property: t.principal(p.Of).node(), "PolicyName": name.node()},
	})})
}

// maxPolicyName is the length of the name of a policy (IAM and AWS STS quotas).
const maxPolicyName = 128

func (t *template) principal(p kind.Principal) value {
	if v, known := t.principals[p]; known {
		return v
	}
	return t.text(p.Name)
}
