package practice

import (
	"strings"

	"onramp/internal/practice/wire"
)

// networkACL is the default network ACL of a VPC. It belongs to all subnets and lets everything pass (Amazon VPC UG,
// Default network ACL).
type networkACL struct{ id, vpc string }

func (c *call) networkACLs() map[string]networkACL {
	out := map[string]networkACL{}
	for vpc := range c.at.vpcs {
		id := "acl-" + strings.TrimPrefix(vpc, "vpc-")
		out[id] = networkACL{id, vpc}
	}
	return out
}

func (c *call) noACL(id string) error {
	return bad("InvalidNetworkAclID.NotFound", "The networkAcl ID '%s' does not exist", id)
}

func describeNetworkACLs(c *call) (wire.Answer, error) {
	found, next, err := listed(c, ec2Pages, "NetworkAclId", c.networkACLs(), c.noACL, func(a networkACL) (map[string][]string, tags) {
		return map[string][]string{"network-acl-id": {a.id}, "vpc-id": {a.vpc}, "default": {"true"}, "owner-id": {Number}}, nil
	})
	if err != nil {
		return because(err)
	}
	return answer("networkAclSet", wire.Each("", found, func(a networkACL) any {
		return wire.Of(
			"networkAclId", a.id, "vpcId", a.vpc, "default", true, "ownerId", Number, "tagSet", wire.List{},
			"entrySet", wire.List{Of: a.entries()}, "associationSet", wire.List{Of: c.aclAssociations(a)},
		)
	}), "nextToken", wire.Opt(next))
}

// entries are one that allows and the last, which denies, for either direction.
func (networkACL) entries() []any {
	var out []any
	for _, egress := range []bool{true, false} {
		for _, e := range []struct {
			number int
			action string
		}{{100, "allow"}, {32767, "deny"}} {
			out = append(out, wire.Of("ruleNumber", e.number, "protocol", "-1", "ruleAction", e.action, "egress", egress, "cidrBlock", "0.0.0.0/0"))
		}
	}
	return out
}

func (c *call) aclAssociations(a networkACL) []any {
	var out []any
	for _, id := range sorted(c.at.subnets) {
		if c.at.subnets[id].vpc == a.vpc {
			out = append(out, wire.Of("networkAclAssociationId", "aclassoc-"+digestOf(a.id + id)[:17], "networkAclId", a.id, "subnetId", id))
		}
	}
	return out
}
