package practice

import (
	"slices"

	"onramp/internal/policy"
	"onramp/internal/practice/wire"
)

// createEndpoint makes a gateway unless another kind is asked for (EC2 API, CreateVpcEndpoint). What a
// token answers whose endpoint is deleted is UNVERIFIED: it makes a new one.
func createEndpoint(c *call) (wire.Answer, error) {
	name := c.in.Text("ClientToken")
	if t := c.at.tokens[name]; name != "" && c.at.endpoints[t.made] != nil {
		if t.asked != c.asked() {
			return because(bad("IdempotentParameterMismatch", "The request uses the same client token as a previous, but non-identical request."))
		}
		return answer("vpcEndpoint", c.endpointFields(c.at.endpoints[t.made]), "clientToken", name)
	}
	e := &endpoint{
		kind: c.in.Text("VpcEndpointType"), vpc: c.in.Text("VpcId"), service: c.in.Text("ServiceName"), routeTables: c.in.Texts("RouteTableId"),
		subnets: c.in.Texts("SubnetId"), groups: c.in.Texts("SecurityGroupId"), privateDNS: c.in.Bool("PrivateDnsEnabled"),
		policy: c.in.Text("PolicyDocument"), created: c.now,
	}
	if e.kind == "" {
		e.kind = gatewayKind
	}
	if _, err := c.theVPC(); err != nil {
		return because(err)
	}
	if err := c.checkEndpoint(e); err != nil {
		return because(err)
	}
	t, err := c.ec2Tags("vpc-endpoint")
	if err != nil {
		return because(err)
	}
	if e.kind == interfaceKind && len(e.groups) == 0 { // "the default security group" (EC2 API)
		e.groups = c.defaultGroup(e.vpc)
	}
	e.tags, e.id = t, c.id("vpce-")
	c.at.endpoints[e.id] = e
	if name != "" {
		c.at.tokens[name] = token{made: e.id, asked: c.asked()}
	}
	return answer("vpcEndpoint", c.endpointFields(e), "clientToken", wire.Opt(name))
}

func (c *call) defaultGroup(vpc string) []string {
	for _, id := range sorted(c.at.groups) {
		if g := c.at.groups[id]; g.vpc == vpc && g.name == "default" {
			return []string{id}
		}
	}
	return nil
}

func (c *call) checkEndpoint(e *endpoint) error {
	offered := slices.ContainsFunc(endpointServices, func(s endpointService) bool { return s.name(c.at.region) == e.service && s.kind == e.kind })
	switch {
	case !offered:
		return noService(e.service)
	case e.kind == gatewayKind && len(e.subnets)+len(e.groups) > 0:
		return bad("InvalidParameter", "Subnets and security groups are not supported for Gateway endpoints")
	case e.kind == interfaceKind && len(e.routeTables) > 0:
		return bad("InvalidParameter", "Route table IDs are only supported for Gateway type VPC Endpoints")
	}
	return first(c.checkEndpointPolicy(e.policy), c.checkTables(e), c.checkSubnets(e), c.checkGroups(e), c.checkPrivateDNS(e))
}

func (c *call) checkEndpointPolicy(text string) error {
	if text == "" {
		return nil
	}
	if _, err := document(text, policy.EndpointPolicy); err != nil {
		return bad("InvalidPolicyDocument", "The Policy Document is invalid: %s", err)
	}
	return nil
}

// checkTables: a route table has one route to a service's prefix list, so one gateway endpoint of it
// (Amazon VPC UG, Gateway endpoints, Considerations). The code is RouteAlreadyExists, as for any route
// that is there twice (terraform-provider-aws #23866).
func (c *call) checkTables(e *endpoint) error {
	for _, id := range e.routeTables {
		t := c.at.routeTables[id]
		if t == nil {
			return c.noRouteTable(id)
		}
		if t.vpc != e.vpc {
			return bad("InvalidParameter", "Route table %s does not belong to VPC %s", id, e.vpc)
		}
		for _, other := range c.at.endpoints {
			if other != e && other.service == e.service && slices.Contains(other.routeTables, id) {
				return bad("RouteAlreadyExists", "route table %s already has a route with destination-prefix-list-id %s", id, prefixList(c.at.region, e.service))
			}
		}
	}
	return nil
}

// checkSubnets: an interface endpoint has one subnet in a zone (EC2 API, CreateVpcEndpoint: SubnetIds).
func (c *call) checkSubnets(e *endpoint) error {
	zones := map[string]bool{}
	for _, id := range e.subnets {
		s := c.at.subnets[id]
		switch {
		case s == nil:
			return c.noSubnet(id)
		case s.vpc != e.vpc:
			return bad("InvalidParameter", "The subnet ID '%s' is not in the VPC %s", id, e.vpc)
		case zones[s.zone]:
			return bad("DuplicateSubnetsInSameZone",
				"Found another VPC endpoint subnet in the availability zone of %s. "+
					"VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.", id)
		}
		zones[s.zone] = true
	}
	return nil
}

func (c *call) checkGroups(e *endpoint) error {
	for _, id := range e.groups {
		g := c.at.groups[id]
		switch {
		case g == nil:
			return c.noGroup(id)
		case g.vpc != e.vpc:
			return bad("InvalidParameter", "Security group %s does not belong to VPC %s", id, e.vpc)
		}
	}
	return nil
}

// checkPrivateDNS: private names need both DNS attributes of the VPC, and nobody else who answers to
// them there (AWS PrivateLink UG, Enable private DNS names).
func (c *call) checkPrivateDNS(e *endpoint) error {
	if !e.privateDNS {
		return nil
	}
	v := c.at.vpcs[e.vpc]
	if e.kind == gatewayKind {
		return bad("InvalidParameter", "Private DNS can't be enabled for Gateway endpoints")
	}
	if !v.dnsSupport || !v.dnsHostname {
		return bad("InvalidParameter", "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for %s", v.id)
	}
	for _, other := range c.at.endpoints {
		if other != e && other.vpc == e.vpc && other.service == e.service && other.privateDNS {
			return bad("InvalidParameter",
				"private-dns-enabled cannot be set because there is already a conflicting DNS domain for %s in the VPC %s",
				c.serviceOf(e).privateName(c.at.region, c.partition), e.vpc)
		}
	}
	return nil
}

// modifyEndpoint adds and removes (EC2 API, ModifyVpcEndpoint). It changes nothing where it refuses.
func modifyEndpoint(c *call) (wire.Answer, error) {
	e := c.at.endpoints[c.in.Text("VpcEndpointId")]
	if e == nil || e.deleting { // the code of the second is UNVERIFIED
		return because(c.noEndpoint(c.in.Text("VpcEndpointId")))
	}
	changed := *e
	changed.routeTables = c.changed(e.routeTables, "RouteTableId")
	changed.subnets = c.changed(e.subnets, "SubnetId")
	changed.groups = c.changed(e.groups, "SecurityGroupId")
	if c.in.Has("PrivateDnsEnabled") {
		changed.privateDNS = c.in.Bool("PrivateDnsEnabled")
	}
	if c.in.Bool("ResetPolicy") {
		changed.policy = ""
	}
	if text := c.in.Text("PolicyDocument"); text != "" {
		changed.policy = text
	}
	before := *e
	*e = changed // the checks pass the endpoint itself over
	if err := c.checkEndpoint(e); err != nil {
		*e = before
		return because(err)
	}
	return answer("return", true)
}

func (c *call) changed(have []string, member string) []string {
	remove := c.in.Texts("Remove" + member)
	out := slices.DeleteFunc(slices.Clone(have), func(id string) bool { return slices.Contains(remove, id) })
	for _, id := range c.in.Texts("Add" + member) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// deleteEndpoints lists what it could not delete and is no error itself (EC2 API, DeleteVpcEndpoints).
// Until an endpoint is gone its network interfaces hold their security groups.
func deleteEndpoints(c *call) (wire.Answer, error) {
	var failed []any
	for _, id := range c.in.Texts("VpcEndpointId") {
		if c.at.endpoints[id] == nil {
			failed = append(failed, wire.Of("resourceId", id,
				"error", wire.Of("code", "InvalidVpcEndpoint.NotFound", "message", "The Vpc Endpoint Id '"+id+"' does not exist")))
			continue
		}
		if e := c.at.endpoints[id]; !e.deleting {
			e.deleting, e.ends = true, c.now.Add(c.delays.Endpoint)
		}
	}
	c.at.settle(c.now)
	return answer("unsuccessful", wire.List{Of: failed})
}
