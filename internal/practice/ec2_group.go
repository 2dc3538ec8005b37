package practice

import (
	"slices"
	"strings"

	"onramp/internal/awsname"
	"onramp/internal/practice/authorize"
	"onramp/internal/practice/wire"
)

// securityGroup is a security group of a VPC.
type securityGroup struct {
	id, name, description, vpc string
	tags                       tags
	ingress, egress            []groupRule
}

// groupRule admits one source, or lets out to one destination.
type groupRule struct {
	id, protocol string
	from, to     int
	cidr, group  string // one of them
	description  string
	tags         tags
}

// six says that a rule is about addresses of version 6.
func (r groupRule) six() bool { return strings.Contains(r.cidr, ":") }

// same says that two rules admit the same.
func (r groupRule) same(o groupRule) bool {
	return r.protocol == o.protocol && r.from == o.from && r.to == o.to && r.cidr == o.cidr && r.group == o.group
}

func (c *call) noGroup(id string) error {
	return bad("InvalidGroup.NotFound", "The security group '%s' does not exist", id)
}

func onGroup(action string) ask {
	return func(c *call) []authorize.Request {
		r := want(action, c.arn("ec2", "security-group/"+c.in.Text("GroupId")))
		if g := c.at.groups[c.in.Text("GroupId")]; g != nil {
			r.Context["ec2:Vpc"] = []string{c.arn("ec2", "vpc/"+g.vpc)}
		}
		return []authorize.Request{r}
	}
}

// askRules is asked for on the group, and tags of the rules as for everything that is made.
func askRules(action string) ask {
	return func(c *call) []authorize.Request {
		return append(onGroup(action)(c), c.askTags(c.arn("ec2", "security-group-rule/*"))...)
	}
}

// askCreateGroup is asked for on the VPC and on the group, whose id nobody knows yet.
func askCreateGroup(c *call) []authorize.Request {
	group := c.arn("ec2", "security-group/*")
	out := append(on(c.arn("ec2", "vpc/"+c.in.Text("VpcId")), "ec2:CreateSecurityGroup"), on(group, "ec2:CreateSecurityGroup")...)
	return append(out, c.askTags(group)...)
}

func describeSecurityGroups(c *call) (wire.Answer, error) {
	found, next, err := listed(c, ec2Pages, "GroupId", c.at.groups, c.noGroup, func(g *securityGroup) (map[string][]string, tags) {
		return map[string][]string{"group-id": {g.id}, "group-name": {g.name}, "vpc-id": {g.vpc}, "description": {g.description}, "owner-id": {Number}}, g.tags
	})
	if err != nil {
		return because(err)
	}
	return answer("securityGroupInfo", wire.Each("", found, func(g *securityGroup) any {
		return wire.Of(
			"ownerId", Number, "groupId", g.id, "groupName", g.name, "groupDescription", g.description, "vpcId", g.vpc,
			"securityGroupArn", c.arn("ec2", "security-group/"+g.id), "ipPermissions", wire.List{Of: permissions(g.ingress)},
			"ipPermissionsEgress", wire.List{Of: permissions(g.egress)}, "tagSet", g.tags.list("", "key", "value"),
		)
	}), "nextToken", wire.Opt(next))
}

// outward is the rule that every new group has: everything may go out (VPC UG, Security group rules).
func outward(id string) []groupRule {
	return []groupRule{{id: id, protocol: "-1", from: -1, to: -1, cidr: "0.0.0.0/0"}}
}

// permissions gathers the sources of one protocol and ports, as EC2 answers rules.
func permissions(rules []groupRule) []any {
	type ports struct {
		protocol string
		from, to int
	}
	var heads []ports
	of := map[ports][]groupRule{}
	for _, r := range rules {
		h := ports{r.protocol, r.from, r.to}
		if of[h] == nil {
			heads = append(heads, h)
		}
		of[h] = append(of[h], r)
	}
	out := make([]any, 0, len(heads))
	for _, h := range heads {
		f := wire.Of("ipProtocol", h.protocol)
		if h.protocol != "-1" {
			f = append(f, wire.Of("fromPort", h.from, "toPort", h.to)...)
		}
		out = append(out, append(f, sources(of[h])...))
	}
	return out
}

func sources(rules []groupRule) wire.Fields {
	var four, six, groups []any
	for _, r := range rules {
		switch {
		case r.group != "":
			groups = append(groups, wire.Of("groupId", r.group, "userId", Number, "description", wire.Opt(r.description)))
		case r.six():
			six = append(six, wire.Of("cidrIpv6", r.cidr, "description", wire.Opt(r.description)))
		default:
			four = append(four, wire.Of("cidrIp", r.cidr, "description", wire.Opt(r.description)))
		}
	}
	return wire.Of("groups", wire.List{Of: groups}, "ipRanges", wire.List{Of: four}, "ipv6Ranges", wire.List{Of: six}, "prefixListIds", wire.List{})
}

const groupAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789. _-:/()#,@[]+=&;{}!$*"

// createSecurityGroup follows EC2 API, CreateSecurityGroup: names and descriptions.
func createSecurityGroup(c *call) (wire.Answer, error) {
	name, description, in := c.in.Text("GroupName"), c.in.Text("GroupDescription"), c.in.Text("VpcId")
	switch {
	case strings.HasPrefix(strings.ToLower(name), "sg-"):
		return because(bad("InvalidParameterValue", "Value (%s) for parameter GroupName is invalid. Group names may not be in the format sg-*.", name))
	case awsname.SecurityGroupName(name) != nil:
		return because(bad("InvalidParameterValue", "Value (%s) for parameter GroupName is invalid. Character sets beyond ASCII are not supported.", name))
	case description == "":
		return because(bad("MissingParameter", "The request must contain the parameter GroupDescription"))
	case len(description) > 255 || strings.Trim(description, groupAlphabet) != "":
		return because(bad("InvalidParameterValue",
			"Value (%s) for parameter GroupDescription is invalid. Invalid security group description. "+
				"Valid descriptions are strings less than 256 characters from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*", description))
	case in == "": // EC2-Classic is gone, and the practice account has no default VPC (EC2 API)
		return because(bad("VPCIdNotSpecified", "No default VPC for this user"))
	}
	if _, err := c.theVPC(); err != nil {
		return because(err)
	}
	t, err := c.ec2Tags("security-group")
	if err != nil {
		return because(err)
	}
	for _, g := range c.at.groups {
		if g.vpc == in && strings.EqualFold(g.name, name) {
			return because(bad("InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'", name, in))
		}
	}
	g := &securityGroup{id: c.id("sg-"), name: name, description: description, vpc: in, tags: t, egress: outward(c.id("sgr-"))}
	c.at.groups[g.id] = g
	return answer("return", true, "groupId", g.id, "securityGroupArn", c.arn("ec2", "security-group/"+g.id), "tagSet", t.list("", "key", "value"))
}

// theGroup finds a group by id; names are for the default VPC, which the account has not.
func (c *call) theGroup() (*securityGroup, error) {
	g := c.at.groups[c.in.Text("GroupId")]
	if g == nil {
		return nil, c.noGroup(c.in.Text("GroupId"))
	}
	return g, nil
}

// deleteSecurityGroup refuses while something uses the group (EC2 API, DeleteSecurityGroup).
func deleteSecurityGroup(c *call) (wire.Answer, error) {
	g, err := c.theGroup()
	if err != nil {
		return because(err)
	}
	if g.name == "default" {
		return because(bad("CannotDelete", "the specified group: %q name: \"default\" cannot be deleted by a user", g.id))
	}
	if c.at.uses(g) {
		return because(bad("DependencyViolation", "resource %s has a dependent object", g.id))
	}
	delete(c.at.groups, g.id)
	return answer("return", true, "groupId", g.id)
}

// uses says that something is in a group, or names it in a rule.
func (p *place) uses(g *securityGroup) bool {
	for _, e := range p.endpoints {
		if slices.Contains(e.groups, g.id) {
			return true
		}
	}
	for _, k := range p.clusters {
		if slices.Contains(k.groups, g.id) {
			return true
		}
	}
	for _, w := range p.workgroups {
		if slices.Contains(w.groups, g.id) {
			return true
		}
	}
	for _, other := range p.groups {
		named := func(r groupRule) bool { return r.group == g.id }
		if other != g && slices.ContainsFunc(slices.Concat(other.ingress, other.egress), named) {
			return true
		}
	}
	return false
}
