package terraform

import (
	"fmt"
	"slices"

	"onramp/internal/kind"
	"onramp/internal/plan"
)

// What is there already. What bears a name of the plan is imported: from then on Terraform manages it. What is
// found by what it does or by what it holds (an endpoint, a cluster) is used and left alone, and where an
// earlier export has made it, Terraform lets go of it without deleting it.

// lookup adds a data source for what is to be imported.
func (m *module) lookup(of string) block { return m.in(m.imports, "data", of, m.label) }

// takeOver imports what is there, unless a look has found that changing it needs consent: Terraform then refuses
// to make it.
func (m *module) takeOver(address string, id expr) {
	if m.asks(m.of) {
		return
	}
	b := m.in(m.imports, "import")
	b.expr("to", "%s", address)
	b.set("id", id)
}

// takeOverPart imports a policy of a role, user or group. Its id is the other's name, a sign and its own.
func (m *module) takeOverPart(address string, of expr, sign, id string) {
	if !m.exists(m.of) {
		return
	}
	m.takeOver(address, m.or(template(piece{expr: of}, piece{text: sign + id})))
}

// takeOverRole imports a role that bears the plan's mark.
func (m *module) takeOverRole(address string, name expr, tags []kind.Tag) {
	if !m.exists(m.of) || m.asks(m.of) {
		return
	}
	found := m.lookup("aws_iam_role")
	found.set("name", name)
	found.mustBeOurs(tags, "The role")
	m.takeOver(address, expression("data.aws_iam_role.%s.name", m.label))
}

// takeOverKey imports a key, which is found by its alias, and the alias.
func (m *module) takeOverKey(key, address string, alias expr) {
	if !m.exists(m.of) || m.asks(m.of) {
		return
	}
	m.lookup("aws_kms_alias").set("name", alias)
	m.takeOver(key, expression("data.aws_kms_alias.%s.target_key_id", m.label))
	m.takeOver(address, alias)
}

// takeOverGroup imports a security group that bears the plan's mark, and those of its rules that are there.
func (m *module) takeOverGroup(g kind.SecurityGroup, name, address string, port int, in, out block) {
	if !m.exists(m.of) || m.asks(m.of) {
		return
	}
	found := m.lookup("aws_security_group")
	found.expr("name", "%s", name)
	found.set("vpc_id", m.vpc(g.VPCID))
	found.mustBeOurs(g.Tags, "The security group")
	m.takeOver(address, expression("data.aws_security_group.%s.id", m.label))

	filter := m.lookup("aws_vpc_security_group_rules").inside("filter")
	filter.literal("name", "group-id")
	filter.expr("values", "[data.aws_security_group.%s.id]", m.label)
	rules := m.lookup("aws_vpc_security_group_rule")
	rules.expr("for_each", "toset(data.aws_vpc_security_group_rules.%s.ids)", m.label)
	rules.expr("security_group_rule_id", "each.value")
	m.takeOverRule(in.address, fmt.Sprintf(`!rule.is_egress && rule.ip_protocol == "tcp" && rule.from_port == %[1]d && rule.to_port == %[1]d`, port), m.text(g.CIDR, in.address))
	m.takeOverRule(out.address, `rule.is_egress && rule.ip_protocol == "-1"`, m.literal(anywhere))
}

// takeOverRule imports the rule that lets through what a resource says, if there is one.
func (m *module) takeOverRule(address, kind string, cidr expr) {
	b := m.in(m.imports, "import")
	b.expr("for_each", `toset([
  for rule in data.aws_vpc_security_group_rule.%s : rule.security_group_rule_id
  if %s && rule.cidr_ipv4 == %s
])`, m.label, kind, cidr)
	b.expr("to", "%s", address)
	b.expr("id", "each.value")
}

// mustBeOurs stops before something is imported that bears another mark.
func (b block) mustBeOurs(tags []kind.Tag, what string) {
	i := slices.IndexFunc(tags, func(t kind.Tag) bool { return t.Key == plan.TagPlan })
	if i < 0 {
		return
	}
	condition := b.nest("lifecycle").inside("postcondition")
	condition.expr("condition", `lookup(self.tags, %q, "") == %s`, plan.TagPlan, b.m.literal(tags[i].Value))
	condition.literal("error_message", what+" was not made by this plan. Take this condition away if Terraform may manage it from now on, and delete it on destroy.")
}

// strangers stops where the look has found something of somebody else's under the name of a resource.
func (b block) strangers(variable, name, what string) {
	if b.m.foreign(b.m.of) {
		b.insists("precondition", "This "+what+" exists already, and was not made by this plan: give it another name.", "%s != %s", variable, b.m.literal(name))
	}
}

// reliedOn stops where the look has found something under the name of a resource that others may rely on.
func (b block) reliedOn(variable expr, name, what, another string) {
	if len(b.m.reliedOn(b.m.of)) > 0 {
		b.insists("precondition", "This "+what+" is there already, is not as planned, and others may rely on it: look at it, and let onramp apply --adopt change it and export again, or name "+another+".",
			"%s != %s", variable, b.m.literal(name))
	}
}

// letGo makes Terraform forget what an earlier export may have made, without deleting it.
func (m *module) letGo(what string, addresses ...string) {
	m.heading(m.imports, "Left as it is: "+plan.Shown(what)+". If an earlier export has made it, Terraform forgets it and deletes nothing.")
	for _, a := range addresses {
		b := m.in(m.imports, "removed")
		b.expr("from", "%s", a)
		b.nest("lifecycle").set("destroy", yes(false))
	}
}
