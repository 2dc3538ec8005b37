package terraform

import (
	"onramp/internal/kind"
)

// ManagedPolicy implements kind.Visitor.
func (m *module) ManagedPolicy(p kind.ManagedPolicy) {
	name := m.name(m.label+"_name", rule{
		about: "Name of the managed policy.", message: "A policy's name has 1 to 128 letters, digits and characters of +=,.@_-.",
		condition: `can(regex("^[A-Za-z0-9_+=,.@-]{1,128}$", %[1]s))`,
	}, p.PolicyName)
	m.title()
	b := m.resourceBlock("aws_iam_policy")
	b.expr("name", "%s", name)
	b.literal("path", p.Path)
	b.literal("description", p.Description)
	b.policy("policy", p.Document)
	b.tags(p.Tags)
	b.strangers(name, p.PolicyName, "policy")
	m.takeOverMarked("aws_iam_policy", "arn", "arn", m.literal(p.ARN(m.plan.Target)), b.address, p.Tags, "The policy")
}

// InstanceProfile implements kind.Visitor.
func (m *module) InstanceProfile(p kind.InstanceProfile) {
	name := m.name(m.label+"_name", rule{
		about: "Name of the instance profile.", message: "An instance profile's name has 1 to 128 letters, digits and characters of +=,.@_-.",
		condition: `can(regex("^[A-Za-z0-9_+=,.@-]{1,128}$", %[1]s))`,
	}, p.ProfileName)
	m.title()
	b := m.resourceBlock("aws_iam_instance_profile")
	b.expr("name", "%s", name)
	b.set("role", m.role(p.RoleName))
	b.tags(p.Tags)
	b.strangers(name, p.ProfileName, "instance profile")
	if m.exists(m.of) {
		m.takeOver(b.address, expression("%s", name))
	}
}

// KeyPair implements kind.Visitor. EC2 gives a key back under another comment than it was given, which the provider
// would take for another key.
func (m *module) KeyPair(k kind.KeyPair) {
	name := m.name(m.label+"_name", rule{
		about: "Name of the key pair.", message: "A key pair's name has 1 to 255 ASCII characters.", condition: `can(regex("^[ -~]{1,255}$", %[1]s))`,
	}, k.KeyName)
	m.title()
	b := m.resourceBlock("aws_key_pair")
	b.expr("key_name", "%s", name)
	b.literal("public_key", k.PublicKey)
	b.tags(k.Tags)
	b.strangers(name, k.KeyName, "key pair")
	if m.exists(m.of) {
		m.takeOver(b.address, expression("%s", name))
	}
}

// ExistingKeyPair implements kind.Visitor.
func (m *module) ExistingKeyPair(k kind.ExistingKeyPair) {
	m.title()
	m.dataBlock("aws_key_pair").literal("key_name", k.KeyName)
}

// takeOverMarked imports what bears the plan's mark, and is found by an argument of its data source.
func (m *module) takeOverMarked(of, argument, id string, value expr, address string, tags []kind.Tag, what string) {
	if !m.exists(m.of) || m.asks(m.of) {
		return
	}
	found := m.lookup(of)
	found.set(argument, value)
	found.mustBeOurs(tags, what)
	m.takeOver(address, expression("data.%s.%s.%s", of, m.label, id))
}
