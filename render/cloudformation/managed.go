package cloudformation

import (
	"go.yaml.in/yaml/v3"

	"onramp/internal/kind"
)

// Lengths of names (IAM and AWS STS quotas; Amazon EC2 API Reference, ImportKeyPair).
const (
	maxProfile = 128
	maxKeyName = 255
)

// ManagedPolicy implements kind.Visitor. AWS::IAM::ManagedPolicy has no tags, so a policy that a stack has made does
// not carry the plan's mark. It names the roles that it is attached to and that are not the stack's.
func (t *template) ManagedPolicy(p kind.ManagedPolicy) {
	var roles []*yaml.Node
	for _, r := range t.plan.Resources {
		a, is := r.Spec.(kind.Attachment)
		if _, made := t.roleNames[a.RoleName]; is && !made && a.PolicyARN == p.ARN(t.plan.Target) {
			roles = append(roles, t.principal(kind.Principal{Type: kind.RoleType, Name: a.RoleName}).node())
		}
	}
	id := t.id()
	t.resource(id, resource{kind: "AWS::IAM::ManagedPolicy", properties: t.properties(t.input("CreatePolicy"), shape{
		names:  map[string]string{"PolicyName": "ManagedPolicyName", "Tags": ""},
		values: map[string]*yaml.Node{"ManagedPolicyName": t.accountName(id, p.PolicyName, "the managed policy", maxPolicyName).node()},
		more:   []any{"Roles", ifAny(list(roles...))},
	})})
	t.output(id+"Arn", "ARN of the managed policy "+p.PolicyName, value{ref(id)})
}

// InstanceProfile implements kind.Visitor. AWS::IAM::InstanceProfile has no tags.
func (t *template) InstanceProfile(p kind.InstanceProfile) {
	role := t.principal(kind.Principal{Type: kind.RoleType, Name: p.RoleName})
	if _, made := t.roleNames[p.RoleName]; made {
		role = value{ref(t.roleIDs[t.roleARNOf(p.RoleName)])}
	}
	id := t.id()
	t.resource(id, resource{kind: "AWS::IAM::InstanceProfile", properties: t.properties(t.input("CreateInstanceProfile"), shape{
		names:  map[string]string{"Tags": ""},
		values: map[string]*yaml.Node{"InstanceProfileName": t.accountName(id, p.ProfileName, "the instance profile", maxProfile).node()},
		more:   []any{"Roles", list(role.node())},
	})})
}

// roleARNOf is the ARN of a role of the plan.
func (t *template) roleARNOf(name string) string {
	for _, r := range t.plan.Resources {
		if role, is := r.Spec.(kind.Role); is && role.RoleName == name {
			return role.ARN(t.plan.Target)
		}
	}
	return ""
}

// accountName is the name of something that IAM knows once in an account: in a stack set the region is put to it.
func (t *template) accountName(id, name, what string, most int) value {
	suffix, about := value(nil), "Name of "+what+" "+name
	if t.set {
		most -= 1 + t.most
		suffix, about, name = value{literal("-"), ref(region)}, "Beginning of the name of "+what+"; the region is put to it", shortened(name, most)
	}
	parameter := t.add(parameter{name: id + "Name", value: name, about: about, pattern: roleNames, most: most, wants: "letters, digits and _+=,.@-", group: groupNames})
	return append(value{ref(parameter)}, suffix...)
}

// KeyPair implements kind.Visitor.
func (t *template) KeyPair(k kind.KeyPair) {
	id := t.id()
	name := t.add(parameter{name: id + "Name", value: k.KeyName, about: "Name of the key pair " + k.KeyName, most: maxKeyName, group: groupNames})
	t.keyPairs[k.KeyName] = value{ref(name)}
	t.resource(id, resource{kind: "AWS::EC2::KeyPair", properties: t.properties(t.input("ImportKeyPair"), shape{
		names:  map[string]string{"TagSpecifications": ""},
		values: map[string]*yaml.Node{"KeyName": reference(name)},
		more:   []any{"Tags", t.tags("ImportKeyPair")},
	})})
}

// ExistingKeyPair implements kind.Visitor.
func (t *template) ExistingKeyPair(k kind.ExistingKeyPair) {
	t.output(t.id()+"Name", "Name of the key pair", t.keyPairs[k.KeyName])
	if t.set {
		t.lookInAccount(kind.ExistingKeyPair{KeyName: t.fromStore(t.id() + "Name")}, "key pair, which is there already")
		return
	}
	t.lookBefore(k)
}
