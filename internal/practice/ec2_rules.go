package practice

import (
	"net/netip"
	"slices"
	"strings"

	"onramp/internal/practice/wire"
)

// groupRules reads IpPermissions, or the members of the old form with one source.
func (c *call) groupRules() ([]groupRule, error) {
	permissions := c.in.Objects("IpPermissions")
	if len(permissions) == 0 {
		one := wire.Input{"IpProtocol": c.in["IpProtocol"], "FromPort": c.in["FromPort"], "ToPort": c.in["ToPort"]}
		one["IpRanges"] = []any{map[string]any{"CidrIp": c.in["CidrIp"]}}
		permissions = []wire.Input{one}
	}
	var out []groupRule
	for _, p := range permissions {
		r := groupRule{protocol: protocolName(p.Text("IpProtocol")), from: p.Int("FromPort", -1), to: p.Int("ToPort", -1)}
		if r.protocol == "-1" { // all protocols have all ports (EC2 API, IpPermission)
			r.from, r.to = -1, -1
		}
		if err := r.check(); err != nil {
			return nil, err
		}
		for _, source := range slices.Concat(p.Objects("IpRanges"), p.Objects("Ipv6Ranges")) {
			r.cidr, r.description = source.Text("CidrIp")+source.Text("CidrIpv6"), source.Text("Description")
			if prefix, err := netip.ParsePrefix(r.cidr); err != nil || prefix.Masked() != prefix {
				return nil, bad("InvalidParameterValue", "CIDR block %s is malformed", r.cidr)
			}
			out = append(out, r)
		}
		r.cidr = ""
		for _, source := range p.Objects("Groups") {
			r.group, r.description = source.Text("GroupId"), source.Text("Description")
			if c.at.groups[r.group] == nil {
				return nil, c.noGroup(r.group)
			}
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, bad("MissingParameter", "The request must contain the parameter ipPermissions")
	}
	return out, once(out)
}

// once refuses a call that names a rule twice (terraform-provider-aws #2587).
func once(rules []groupRule) error {
	for i, r := range rules {
		if slices.ContainsFunc(rules[:i], r.same) {
			return bad("InvalidParameterValue", "The same permission must not appear multiple times")
		}
	}
	return nil
}

func protocolName(p string) string {
	if name, ok := map[string]string{"6": "tcp", "17": "udp", "1": "icmp", "all": "-1"}[p]; ok {
		return name
	}
	return strings.ToLower(p)
}

func (r groupRule) check() error {
	switch {
	case !slices.Contains([]string{"tcp", "udp", "icmp", "icmpv6", "-1"}, r.protocol):
		return bad("InvalidParameterValue", "Invalid value '%s' for IP protocol. Unknown protocol.", r.protocol)
	case (r.protocol == "tcp" || r.protocol == "udp") && (r.from < 0 || r.to > 65535 || r.from > r.to):
		return bad("InvalidParameterValue", "Invalid TCP/UDP port range (%d:%d)", r.from, r.to)
	}
	return nil
}

// direction is one of the two lists of a group's rules.
type direction func(*securityGroup) *[]groupRule

func inward(g *securityGroup) *[]groupRule { return &g.ingress }
func egress(g *securityGroup) *[]groupRule { return &g.egress }

// authorizeRules adds rules to a group: all of a call, or none.
func authorizeRules(to direction) func(*call) (wire.Answer, error) {
	return func(c *call) (wire.Answer, error) {
		g, err := c.theGroup()
		if err != nil {
			return because(err)
		}
		rules, err := c.groupRules()
		if err != nil {
			return because(err)
		}
		list := to(g)
		for _, r := range rules {
			if slices.ContainsFunc(*list, r.same) {
				return because(bad("InvalidPermission.Duplicate", "the specified rule \"peer: %s, %s, from port: %d, to port: %d, ALLOW\" already exists",
					r.cidr+r.group, strings.ToUpper(r.protocol), r.from, r.to))
			}
		}
		t, err := c.ec2Tags("security-group-rule")
		if err != nil {
			return because(err)
		}
		var made []any
		for _, r := range rules {
			r.id, r.tags = c.id("sgr-"), t
			*list = append(*list, r)
			made = append(made, c.ruleFields(g, r, list == &g.egress))
		}
		return answer("return", true, "securityGroupRuleSet", wire.List{Of: made})
	}
}

func (c *call) ruleFields(g *securityGroup, r groupRule, out bool) wire.Fields {
	f := wire.Of(
		"securityGroupRuleId", r.id, "groupId", g.id, "groupOwnerId", Number, "isEgress", out, "ipProtocol", r.protocol, "fromPort", r.from, "toPort", r.to,
		"description", wire.Opt(r.description), "tagSet", r.tags.list("", "key", "value"),
		"securityGroupRuleArn", c.arn("ec2", "security-group-rule/"+r.id),
	)
	switch {
	case r.group != "":
		return append(f, wire.Of("referencedGroupInfo", wire.Of("groupId", r.group, "userId", Number))...)
	case r.six():
		return append(f, wire.Of("cidrIpv6", r.cidr)...)
	}
	return append(f, wire.Of("cidrIpv4", r.cidr)...)
}

// revokeRules takes rules away, by what they say or by their ids.
func revokeRules(from direction) func(*call) (wire.Answer, error) {
	return func(c *call) (wire.Answer, error) {
		g, err := c.theGroup()
		if err != nil {
			return because(err)
		}
		list := from(g)
		if ids := c.in.Texts("SecurityGroupRuleId"); len(ids) > 0 {
			return c.revokeByID(list, ids)
		}
		rules, err := c.groupRules()
		if err != nil {
			return because(err)
		}
		for _, r := range rules {
			if !slices.ContainsFunc(*list, r.same) {
				return because(bad("InvalidPermission.NotFound", "The specified rule does not exist in this security group."))
			}
		}
		for _, r := range rules {
			*list = slices.DeleteFunc(*list, r.same)
		}
		return answer("return", true)
	}
}

func (c *call) revokeByID(list *[]groupRule, ids []string) (wire.Answer, error) {
	for _, id := range ids {
		if !slices.ContainsFunc(*list, func(r groupRule) bool { return r.id == id }) {
			return because(bad("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '%s' does not exist", id))
		}
	}
	*list = slices.DeleteFunc(*list, func(r groupRule) bool { return slices.Contains(ids, r.id) })
	return answer("return", true)
}

// describeRules lists the rules of groups with ids of their own, as Terraform manages them.
func describeRules(c *call) (wire.Answer, error) {
	ids := c.in.Texts("SecurityGroupRuleId")
	var found []any
	seen := map[string]bool{}
	for _, id := range sorted(c.at.groups) {
		g := c.at.groups[id]
		for i, r := range slices.Concat(g.ingress, g.egress) {
			pass, err := c.filtered(map[string][]string{"group-id": {g.id}, "security-group-rule-id": {r.id}}, r.tags)
			if err != nil {
				return because(err)
			}
			if pass && (len(ids) == 0 || slices.Contains(ids, r.id)) {
				seen[r.id] = true
				found = append(found, c.ruleFields(g, r, i >= len(g.ingress)))
			}
		}
	}
	for _, id := range ids {
		if !seen[id] {
			return because(bad("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '%s' does not exist", id))
		}
	}
	return answer("securityGroupRuleSet", wire.List{Of: found})
}
