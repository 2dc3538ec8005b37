package netpath

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"onramp/internal/policy"
)

// This file judges security groups and network ACLs. Addresses of version 6 are not looked at.

// ways are ports of a connection: 443 there, and the client's own port back (Amazon VPC User Guide, Ephemeral ports).
const firstEphemeral, lastEphemeral = 1024, 65535

// reach judges the rules between the warehouse and an interface endpoint.
func (c *checker) reach(e Endpoint, what string) {
	if len(e.SubnetIds) == 0 {
		c.say(Broken, "zones", e.VpcEndpointId, e.VpcEndpointId+", the "+what+" endpoint, is in no subnet", "add a subnet to it")
		return
	}
	there := c.subnets(e.SubnetIds)
	c.zones(e, there, what)
	c.groupsOut(e, there, what)
	c.groupsIn(e, what)
	for _, from := range c.active {
		for _, to := range there {
			c.acls(from, to)
		}
	}
}

// zones: a zone without the endpoint reaches it through another, until that one fails.
func (c *checker) zones(e Endpoint, there []Subnet, what string) {
	for _, s := range c.active {
		if !slices.ContainsFunc(there, func(t Subnet) bool { return t.AvailabilityZone == s.AvailabilityZone }) {
			c.say(Risk, "zones", e.VpcEndpointId, fmt.Sprintf("%s, the %s endpoint, is not in zone %s of %s", e.VpcEndpointId, what, s.AvailabilityZone, s.SubnetId),
				"give it a subnet in "+s.AvailabilityZone)
		}
	}
}

// groupsOut: some group of the warehouse lets HTTPS out to the endpoint.
func (c *checker) groupsOut(e Endpoint, there []Subnet, what string) {
	rules, known := c.rules(c.Path.Warehouse, c.Facts.Warehouse.Groups, func(g Group) []Permission { return g.IpPermissionsEgress })
	if !known || len(there) == 0 {
		return
	}
	var to []netip.Prefix
	for _, s := range there {
		to = append(to, prefixes(s.CidrBlock)...)
	}
	own := strings.Join(c.Facts.Warehouse.Groups, ", ")
	switch admits(rules, e.groups(), to) {
	case policy.No:
		c.say(Broken, "security-groups", own, fmt.Sprintf("%s of %s has no outbound rule for port 443 of %s, the %s endpoint", own, c.Path.Warehouse, e.VpcEndpointId, what),
			egressRule(c.Facts.Warehouse.Groups[0], to))
	case policy.Perhaps:
		c.unknown("security-groups", own, "outbound, "+what, fmt.Sprintf("the outbound rules of %s admit only some addresses of the subnets of %s", own, e.VpcEndpointId), "see that its addresses are among them")
	}
}

// groupsIn: some group of the endpoint admits HTTPS from the warehouse.
func (c *checker) groupsIn(e Endpoint, what string) {
	rules, known := c.rules("the "+what+" endpoint", e.groups(), func(g Group) []Permission { return g.IpPermissions })
	if !known {
		return
	}
	own := strings.Join(e.groups(), ", ")
	for _, s := range c.active {
		from := prefixes(s.CidrBlock)
		switch admits(rules, c.Facts.Warehouse.Groups, from) {
		case policy.No:
			remedy := ingressRule(e.groups()[0], c.Facts.Warehouse.Groups)
			if e.planned {
				remedy = "name a security group that admits it (vpc-routing.endpoint-security-group)"
			}
			c.say(Broken, "security-groups", own, fmt.Sprintf("%s of %s, the %s endpoint, does not admit port 443 from %s of %s", own, e.VpcEndpointId, what, s.SubnetId, c.Path.Warehouse), remedy)
		case policy.Perhaps:
			c.unknown("security-groups", own, "inbound, "+what+", "+s.SubnetId, fmt.Sprintf("%s of %s admits only some addresses of %s", own, e.VpcEndpointId, s.SubnetId), "see that those of the warehouse are among them")
		}
	}
}

func (e Endpoint) groups() []string {
	var out []string
	for _, g := range e.Groups {
		out = append(out, g.GroupId)
	}
	return out
}

// rules are the rules of some groups; not known where a group was not read.
func (c *checker) rules(whose string, ids []string, of func(Group) []Permission) (rules []Permission, known bool) {
	switch {
	case c.Facts.Groups == nil:
		c.lacks(GroupsFact, "the security groups of "+c.Path.VPC)
		return nil, false
	case len(ids) == 0:
		c.lacks("security groups of "+whose, "the security groups of "+whose)
		return nil, false
	}
	for _, id := range ids {
		if id == "" { // of the group that the plan creates
			c.lacks(VPCFact, "the addresses of "+c.Path.VPC)
			return nil, false
		}
		at := slices.IndexFunc(c.Facts.Groups, func(g Group) bool { return g.GroupId == id })
		if at < 0 {
			c.lacks("rules of "+id, "the rules of "+id)
			return nil, false
		}
		rules = append(rules, of(c.Facts.Groups[at])...)
	}
	return rules, true
}

// admits says whether rules cover port 443 of all addresses, or of a member of the groups. A prefix list is taken to
// hold what it was made for.
func admits(rules []Permission, groups []string, addresses []netip.Prefix) policy.Answer {
	best := policy.No
	for _, r := range rules {
		if !r.https() {
			continue
		}
		if len(r.PrefixListIds) > 0 || slices.ContainsFunc(r.UserIdGroupPairs, func(g struct{ GroupId string }) bool { return slices.Contains(groups, g.GroupId) }) {
			return policy.Yes
		}
	}
	all := len(addresses) > 0
	for _, a := range addresses {
		covered := policy.No
		for _, r := range rules {
			for _, ip := range r.IpRanges {
				if r.https() {
					covered = max(covered, covers(ip.CidrIp, a))
				}
			}
		}
		all = all && covered == policy.Yes
		best = max(best, min(covered, policy.Perhaps))
	}
	if all {
		return policy.Yes
	}
	return best
}

// https says that a rule is about TCP to port 443. Rules of all protocols have no ports.
func (r Permission) https() bool {
	switch r.IpProtocol {
	case "-1":
		return true
	case "tcp", "6":
		return r.FromPort != nil && r.ToPort != nil && *r.FromPort <= httpsPort && *r.ToPort >= httpsPort
	}
	return false
}

// covers says whether a range holds all of another, or some.
func covers(cidr string, of netip.Prefix) policy.Answer {
	p, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil || !p.Overlaps(of):
		return policy.No
	case p.Bits() <= of.Bits():
		return policy.Yes
	}
	return policy.Perhaps
}

func prefixes(cidrs ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, c := range cidrs {
		if p, err := netip.ParsePrefix(c); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// anywhere is the public internet, which S3's and the services' public addresses are in.
var anywhere = netip.MustParsePrefix("0.0.0.0/0")

// outward judges the rules for public addresses, to which a gateway endpoint, a NAT gateway and all else that leads
// out of the VPC are the way.
func (c *checker) outward(s Subnet, what string) {
	rules, known := c.rules(c.Path.Warehouse, c.Facts.Warehouse.Groups, func(g Group) []Permission { return g.IpPermissionsEgress })
	if known && !slices.ContainsFunc(rules, c.public) {
		own := strings.Join(c.Facts.Warehouse.Groups, ", ")
		c.say(Broken, "security-groups", own, fmt.Sprintf("%s of %s has no outbound rule for port 443 of %s", own, c.Path.Warehouse, what),
			egressRule(c.Facts.Warehouse.Groups[0], []netip.Prefix{anywhere}))
	}
	c.acl(s, anywhere, what)
}

// public says that a rule admits HTTPS to some address outside of the VPC.
func (c *checker) public(r Permission) bool {
	if !r.https() {
		return false
	}
	return len(r.PrefixListIds) > 0 || slices.ContainsFunc(r.IpRanges, func(ip struct{ CidrIp string }) bool { return c.outside(ip.CidrIp) })
}

// outside says that a range has public addresses.
func (c *checker) outside(cidr string) bool {
	p, err := netip.ParsePrefix(cidr)
	return err == nil && (p.Bits() < 8 || !p.Addr().IsPrivate() && !shared.Contains(p.Addr()))
}

// shared are addresses that VPCs have beside the private ones (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

// acls judges both directions between two subnets. Inside one subnet no ACL is asked.
func (c *checker) acls(from, to Subnet) {
	if from.SubnetId == to.SubnetId {
		return
	}
	for _, p := range prefixes(to.CidrBlock) {
		c.acl(from, p, to.SubnetId)
	}
	for _, p := range prefixes(from.CidrBlock) {
		c.aclOf(to, p, true, httpsPort, httpsPort, from.SubnetId)
		c.aclOf(to, p, false, firstEphemeral, lastEphemeral, from.SubnetId)
	}
}

// acl judges the ACL of a subnet of the warehouse: out to port 443, and back in.
func (c *checker) acl(s Subnet, to netip.Prefix, what string) {
	c.aclOf(s, to, false, httpsPort, httpsPort, what)
	c.aclOf(s, to, true, firstEphemeral, lastEphemeral, what)
}

func (c *checker) aclOf(s Subnet, peer netip.Prefix, inbound bool, first, last int, what string) {
	at := slices.IndexFunc(c.ACLs, func(a ACL) bool {
		return slices.ContainsFunc(a.Associations, func(as struct{ SubnetId string }) bool { return as.SubnetId == s.SubnetId })
	})
	if c.ACLs == nil {
		c.lacks(ACLsFact, "the network ACLs of "+c.Path.VPC)
		return
	}
	if at < 0 {
		c.lacks("network ACL of "+s.SubnetId, "the network ACL of "+s.SubnetId)
		return
	}
	if c.ACLs[at].admits(peer, inbound, first, last) != policy.No {
		return
	}
	direction, preposition := "outbound", "to"
	if inbound {
		direction, preposition = "inbound", "from"
	}
	ports := fmt.Sprintf("port %d", first)
	if first != last {
		ports = fmt.Sprintf("ports %d to %d", first, last)
	}
	c.say(Broken, "network-acl", c.ACLs[at].NetworkAclId, fmt.Sprintf("%s, the network ACL of %s, denies %s traffic on %s %s %s",
		c.ACLs[at].NetworkAclId, s.SubnetId, direction, ports, preposition, what), "allow it in "+c.ACLs[at].NetworkAclId)
}

// admits goes through the entries by their numbers. Part of the addresses or of the client's ports may be enough.
func (a ACL) admits(peer netip.Prefix, inbound bool, first, last int) policy.Answer {
	entries := slices.SortedFunc(slices.Values(a.Entries), func(x, y Entry) int { return cmp.Compare(x.RuleNumber, y.RuleNumber) })
	best := policy.No
	for _, e := range entries {
		if e.Egress == inbound || e.CidrBlock == "" || e.Protocol != "-1" && e.Protocol != "6" {
			continue
		}
		ports := e.ports(first, last)
		covered := min(covers(e.CidrBlock, peer), ports)
		if covered == policy.No {
			continue
		}
		if strings.EqualFold(e.RuleAction, "allow") {
			best = max(best, covered)
		}
		if covered == policy.Yes {
			return best
		}
	}
	return best
}

func (e Entry) ports(first, last int) policy.Answer {
	switch {
	case e.Protocol == "-1" || e.PortRange == nil || e.PortRange.From <= first && e.PortRange.To >= last:
		return policy.Yes
	case e.PortRange.From > last || e.PortRange.To < first:
		return policy.No
	}
	return policy.Perhaps
}

func egressRule(group string, to []netip.Prefix) string {
	return rule("egress", group, "--cidr "+to[0].String())
}

func ingressRule(group string, from []string) string {
	if len(from) == 0 {
		return "admit port 443 from the warehouse in " + group
	}
	return rule("ingress", group, "--source-group "+from[0])
}

// rule is a command whose words need no quotes in any shell.
func rule(direction, group, peer string) string {
	return fmt.Sprintf("aws ec2 authorize-security-group-%s --group-id %s --protocol tcp --port 443 %s", direction, group, peer)
}
