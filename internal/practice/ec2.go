package practice

import (
	"net/netip"
	"slices"
	"strings"

	"onramp/internal/practice/authorize"
	"onramp/internal/practice/wire"
)

// network is what EC2 holds in a region.
type network struct {
	vpcs        map[string]*vpc
	subnets     map[string]*subnet
	routeTables map[string]*routeTable
	groups      map[string]*securityGroup
	endpoints   map[string]*endpoint
	keyPairs    map[string]*keyPair // by name
	tokens      map[string]token    // of endpoints
}

func newNetwork() network {
	return network{
		vpcs: map[string]*vpc{}, subnets: map[string]*subnet{}, routeTables: map[string]*routeTable{}, groups: map[string]*securityGroup{},
		endpoints: map[string]*endpoint{}, keyPairs: map[string]*keyPair{}, tokens: map[string]token{},
	}
}

type vpc struct {
	id, cidr                string
	standard                bool // the account's default VPC
	dnsSupport, dnsHostname bool
	tags                    tags
}

type subnet struct {
	id, vpc, cidr, zone string
	tags                tags
}

// routeTable has routes beside those of gateway endpoints, which follow from the endpoints.
type routeTable struct {
	id, vpc string
	main    bool
	subnets []string
	gateway string // id of an internet gateway; "" : none
	tags    tags
}

func ec2Operations() table {
	return table{
		"ec2:DescribeVpcs":                  {reads, describeVpcs, anywhere("ec2:DescribeVpcs")},
		"ec2:DescribeVpcAttribute":          {reads, describeVpcAttribute, onVPC("ec2:DescribeVpcAttribute")},
		"ec2:ModifyVpcAttribute":            {writes, modifyVpcAttribute, onVPC("ec2:ModifyVpcAttribute")},
		"ec2:DescribeSubnets":               {reads, describeSubnets, anywhere("ec2:DescribeSubnets")},
		"ec2:DescribeRouteTables":           {reads, describeRouteTables, anywhere("ec2:DescribeRouteTables")},
		"ec2:DescribeNetworkAcls":           {reads, describeNetworkACLs, anywhere("ec2:DescribeNetworkAcls")},
		"ec2:DescribeSecurityGroups":        {reads, describeSecurityGroups, anywhere("ec2:DescribeSecurityGroups")},
		"ec2:CreateSecurityGroup":           {writes, createSecurityGroup, askCreateGroup},
		"ec2:DeleteSecurityGroup":           {writes, deleteSecurityGroup, onGroup("ec2:DeleteSecurityGroup")},
		"ec2:AuthorizeSecurityGroupIngress": {writes, authorizeRules(inward), askRules("ec2:AuthorizeSecurityGroupIngress")},
		"ec2:RevokeSecurityGroupIngress":    {writes, revokeRules(inward), onGroup("ec2:RevokeSecurityGroupIngress")},
	}
}

func onVPC(action string) ask {
	return func(c *call) []authorize.Request { return on(c.arn("ec2", "vpc/"+c.in.Text("VpcId")), action) }
}

// filtered says that a resource passes the filters of a call: every filter must hold, and one holds if
// one of its values does, with * and ? as wildcards (EC2 API, Filter).
func (c *call) filtered(of map[string][]string, t tags) (bool, error) {
	for _, f := range c.in.Objects("Filter") {
		name := f.Text("Name")
		have, known := of[name]
		if key, isTag := strings.CutPrefix(name, "tag:"); isTag {
			have, known = nil, true
			if t.has(key) {
				have = []string{t.get(key)}
			}
		}
		if name == "tag-key" {
			for _, one := range t {
				have = append(have, one.key)
			}
			known = true
		}
		if !known {
			return false, bad("InvalidParameterValue", "The filter '%s' is invalid", name)
		}
		wanted := f.Texts("Value")
		if !slices.ContainsFunc(have, func(v string) bool { return matchesAny(wanted, v) }) {
			return false, nil
		}
	}
	return true, nil
}

func matchesAny(patterns []string, s string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return like(p, s) })
}

// like matches a text against a pattern with * and ?.
func like(pattern, s string) bool {
	for pattern != "" {
		switch {
		case pattern[0] == '*':
			for i := 0; i <= len(s); i++ {
				if like(pattern[1:], s[i:]) {
					return true
				}
			}
			return false
		case s == "" || pattern[0] != '?' && pattern[0] != s[0]:
			return false
		}
		pattern, s = pattern[1:], s[1:]
	}
	return s == ""
}

// listed is a part of what chosen picks.
func listed[T any](c *call, p paging, member string, all map[string]T, missing func(id string) error, of func(T) (map[string][]string, tags)) ([]T, string, error) {
	found, err := chosen(c, member, all, missing, of)
	if err != nil {
		return nil, "", err
	}
	return pageOf(c, p, found)
}

// chosen picks the resources that a call asks for by id and by filter, in the order of their ids.
func chosen[T any](c *call, member string, all map[string]T, missing func(id string) error, of func(T) (map[string][]string, tags)) ([]T, error) {
	ids := c.in.Texts(member)
	if len(ids) == 0 {
		ids = sorted(all)
	}
	var out []T
	for _, id := range ids {
		one, ok := all[id]
		if !ok {
			return nil, missing(id)
		}
		fields, t := of(one)
		pass, err := c.filtered(fields, t)
		if err != nil {
			return nil, err
		}
		if pass {
			out = append(out, one)
		}
	}
	return out, nil
}

func (c *call) noVPC(id string) error {
	return bad("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", id)
}

func (c *call) noSubnet(id string) error {
	return bad("InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist", id)
}

func (c *call) noRouteTable(id string) error {
	return bad("InvalidRouteTableID.NotFound", "The routeTable ID '%s' does not exist", id)
}

func describeVpcs(c *call) (wire.Answer, error) {
	found, next, err := listed(c, ec2Pages, "VpcId", c.at.vpcs, c.noVPC, func(v *vpc) (map[string][]string, tags) {
		return map[string][]string{
			"vpc-id": {v.id}, "cidr": {v.cidr}, "cidr-block-association.cidr-block": {v.cidr}, "state": {"available"},
			"isDefault": {boolText(v.standard)}, "is-default": {boolText(v.standard)}, "owner-id": {Number},
		}, v.tags
	})
	if err != nil {
		return because(err)
	}
	return answer("vpcSet", wire.Each("", found, func(v *vpc) any {
		return wire.Of(
			"vpcId", v.id, "ownerId", Number, "state", "available", "cidrBlock", v.cidr, "dhcpOptionsId", "dopt-0a1b2c3d4e5f60718", "instanceTenancy", "default",
			"isDefault", v.standard, "tagSet", v.tags.list("", "key", "value"),
			"cidrBlockAssociationSet", wire.List{Of: []any{wire.Of(
				"associationId", "vpc-cidr-assoc-"+strings.TrimPrefix(v.id, "vpc-"), "cidrBlock", v.cidr, "cidrBlockState", wire.Of("state", "associated"),
			)}},
		)
	}), "nextToken", wire.Opt(next))
}

func (c *call) theVPC() (*vpc, error) {
	v := c.at.vpcs[c.in.Text("VpcId")]
	if v == nil {
		return nil, c.noVPC(c.in.Text("VpcId"))
	}
	return v, nil
}

// describeVpcAttribute answers one attribute (EC2 API, DescribeVpcAttribute).
func describeVpcAttribute(c *call) (wire.Answer, error) {
	v, err := c.theVPC()
	if err != nil {
		return because(err)
	}
	attribute := c.in.Text("Attribute")
	value, known := map[string]bool{
		"enableDnsSupport": v.dnsSupport, "enableDnsHostnames": v.dnsHostname, "enableNetworkAddressUsageMetrics": false,
	}[attribute]
	if !known {
		return because(bad("InvalidParameterValue", "Value (%s) for parameter attribute is invalid. Unknown attribute.", attribute))
	}
	return answer("vpcId", v.id, attribute, wire.Of("value", value))
}

// modifyVpcAttribute changes one attribute a call (EC2 API, ModifyVpcAttribute). Hostnames need
// resolution (Amazon VPC UG, DNS attributes for your VPC).
func modifyVpcAttribute(c *call) (wire.Answer, error) {
	v, err := c.theVPC()
	if err != nil {
		return because(err)
	}
	support, hostnames := c.in.Has("EnableDnsSupport"), c.in.Has("EnableDnsHostnames")
	switch {
	case support && hostnames:
		return because(bad("InvalidParameterCombination", "Fields for multiple attribute types specified: enableDnsHostnames, enableDnsSupport"))
	case support:
		v.dnsSupport = c.in.Object("EnableDnsSupport").Bool("Value")
	case hostnames:
		v.dnsHostname = c.in.Object("EnableDnsHostnames").Bool("Value")
	}
	return answer("return", true)
}

func describeSubnets(c *call) (wire.Answer, error) {
	found, next, err := listed(c, ec2Pages, "SubnetId", c.at.subnets, c.noSubnet, func(s *subnet) (map[string][]string, tags) {
		return map[string][]string{
			"subnet-id": {s.id}, "vpc-id": {s.vpc}, "availability-zone": {s.zone}, "availabilityZone": {s.zone}, "state": {"available"},
			"cidr-block": {s.cidr}, "default-for-az": {"false"}, "map-public-ip-on-launch": {"false"},
		}, s.tags
	})
	if err != nil {
		return because(err)
	}
	return answer("subnetSet", wire.Each("", found, func(s *subnet) any {
		return wire.Of(
			"subnetId", s.id, "subnetArn", c.arn("ec2", "subnet/"+s.id), "state", "available", "ownerId", Number, "vpcId", s.vpc, "cidrBlock", s.cidr,
			"availableIpAddressCount", addresses(s.cidr)-5, "availabilityZone", s.zone, "availabilityZoneId", zoneID(s.zone), "defaultForAz", false,
			"mapPublicIpOnLaunch", false, "assignIpv6AddressOnCreation", false, "ipv6Native", false, "tagSet", s.tags.list("", "key", "value"),
			"privateDnsNameOptionsOnLaunch", wire.Of("hostnameType", "ip-name", "enableResourceNameDnsARecord", false, "enableResourceNameDnsAAAARecord", false),
		)
	}), "nextToken", wire.Opt(next))
}

// addresses counts the addresses of a block; AWS keeps five of a subnet.
func addresses(cidr string) int {
	p, err := netip.ParsePrefix(cidr)
	if err != nil {
		return 0
	}
	return 1 << (32 - p.Bits())
}

// zoneID is the id of a zone that is the same in every account, such as use1-az1.
func zoneID(zone string) string {
	parts := strings.Split(strings.TrimRight(zone, "abcdef"), "-")
	if len(parts) != 3 {
		return zone
	}
	return parts[0] + parts[1][:1] + parts[2] + "-az" + itoa(int(zone[len(zone)-1]-'a')+1)
}

func describeRouteTables(c *call) (wire.Answer, error) {
	found, next, err := listed(c, routeTablePages, "RouteTableId", c.at.routeTables, c.noRouteTable, func(t *routeTable) (map[string][]string, tags) {
		return map[string][]string{
			"route-table-id": {t.id}, "vpc-id": {t.vpc}, "association.main": {boolText(t.main)}, "association.subnet-id": t.subnets,
			"association.route-table-id": {t.id}, "owner-id": {Number},
		}, t.tags
	})
	if err != nil {
		return because(err)
	}
	return answer("routeTableSet", wire.Each("", found, func(t *routeTable) any {
		return wire.Of(
			"routeTableId", t.id, "vpcId", t.vpc, "ownerId", Number, "routeSet", wire.List{Of: c.routes(t)},
			"associationSet", wire.List{Of: t.associations()}, "propagatingVgwSet", wire.List{}, "tagSet", t.tags.list("", "key", "value"),
		)
	}), "nextToken", wire.Opt(next))
}

// routes are the local one, that of the internet gateway and those of gateway endpoints.
func (c *call) routes(t *routeTable) []any {
	out := []any{wire.Of("destinationCidrBlock", c.at.vpcs[t.vpc].cidr, "gatewayId", "local", "state", "active", "origin", "CreateRouteTable")}
	if t.gateway != "" {
		out = append(out, wire.Of("destinationCidrBlock", "0.0.0.0/0", "gatewayId", t.gateway, "state", "active", "origin", "CreateRoute"))
	}
	for _, id := range sorted(c.at.endpoints) {
		if e := c.at.endpoints[id]; slices.Contains(e.routeTables, t.id) {
			out = append(out, wire.Of("destinationPrefixListId", prefixList(c.at.region, e.service), "gatewayId", e.id, "state", "active", "origin", "CreateRoute"))
		}
	}
	return out
}

func (t *routeTable) associations() []any {
	var out []any
	one := func(subnet string, main bool) any {
		return wire.Of(
			"routeTableAssociationId", "rtbassoc-"+digestOf(t.id + subnet)[:17], "routeTableId", t.id, "subnetId", wire.Opt(subnet), "main", main,
			"associationState", wire.Of("state", "associated"),
		)
	}
	if t.main {
		out = append(out, one("", true))
	}
	for _, s := range t.subnets {
		out = append(out, one(s, false))
	}
	return out
}

// ec2Tags reads the tags that are given to what a call makes (EC2 UG, Tag your resources).
func (c *call) ec2Tags(kind string) (tags, error) {
	var out tags
	for _, spec := range c.in.Objects("TagSpecification") {
		if spec.Text("ResourceType") != kind {
			return nil, bad("InvalidParameterValue", "%q is not a valid taggable resource type for this operation.", spec.Text("ResourceType"))
		}
		t, err := ec2TagRules.read(spec.Objects("Tag"), out)
		if err != nil {
			return nil, err
		}
		out = t
	}
	return out, nil
}

var ec2TagRules = tagRules{
	key: "Key", value: "Value",
	refused: func(m string) error { return bad("InvalidParameterValue", "%s", m) },
	many:    func(string) error { return bad("TagLimitExceeded", "More than 50 tags specified") },
}

// askTags is ec2:CreateTags for tags given on creation, which says by which call (EC2 UG, Grant
// permission to tag resources during creation).
func (c *call) askTags(resource string) []authorize.Request {
	if len(c.in.Objects("TagSpecification")) == 0 {
		return nil
	}
	_, operation, _ := strings.Cut(c.name, ":")
	return []authorize.Request{want("ec2:CreateTags", resource, "ec2:CreateAction", operation)}
}
