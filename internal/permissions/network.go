package permissions

import (
	"onramp/internal/plan"
)

func (s scope) vpc(c plan.Call) string { return s.ARN("ec2", "vpc/"+wild(c.Input.Text("VpcId"))) }

func onVPC(actions ...string) rule {
	return func(s scope, c plan.Call) []Permission { return on(s.vpc(c), actions...) }
}

// createTags is what tags need that are given when something is made: they may be given then and at
// no other time (Amazon EC2 User Guide, Grant permission to tag resources during creation).
func createTags(c plan.Call, resource string) []Permission {
	if !has(c, "TagSpecifications") {
		return nil
	}
	return only(on(resource, "ec2:CreateTags"), "StringEquals", "ec2:CreateAction", c.Operation)
}

// createSecurityGroup is asked for on the VPC and on the group, whose id AWS makes.
func createSecurityGroup(s scope, c plan.Call) []Permission {
	group := s.ARN("ec2", "security-group/*")
	out := append(on(s.vpc(c), "ec2:CreateSecurityGroup"), on(group, "ec2:CreateSecurityGroup")...)
	return append(out, createTags(c, group)...)
}

// onGroup is for actions on one group. The id of a group of the plan is not known, but its VPC is
// (Amazon EC2 User Guide, Example policies, ec2:Vpc).
func onGroup(action string) rule {
	return func(s scope, c plan.Call) []Permission {
		group := c.Input.Text("GroupId")
		if group == "" { // a plan.Current: any group
			return on(s.ARN("ec2", "security-group/*"), action)
		}
		out := on(s.ARN("ec2", "security-group/"+wild(group)), action)
		for _, ref := range plan.Refs(group) {
			if vpc, ok := s.networks[ref.Resource]; ok {
				return only(out, "ArnEquals", "ec2:Vpc", s.ARN("ec2", "vpc/"+wild(vpc)))
			}
		}
		return out
	}
}

// createEndpoint is asked for on the endpoint and on all that it is put into. EC2 looks at these in
// the caller's name, and at the private hosted zone of an interface endpoint's names.
func createEndpoint(s scope, c plan.Call) []Permission {
	endpoint := s.ARN("ec2", "vpc-endpoint/*")
	out := s.onService(on(endpoint, "ec2:CreateVpcEndpoint"), c.Input.Text("ServiceName"))
	out = append(out, on(s.vpc(c), "ec2:CreateVpcEndpoint")...)
	out = append(out, s.members(c, "ec2:CreateVpcEndpoint", "RouteTableIds", "SubnetIds", "SecurityGroupIds")...)
	out = append(out, createTags(c, endpoint)...)
	out = append(out, on("*", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")...)
	if private, _ := c.Input.Get("PrivateDnsEnabled").(bool); private {
		zones := "arn:" + s.Partition + ":route53:::hostedzone/*" // the zone is AWS's
		out = append(out, on(zones, "route53:AssociateVPCWithHostedZone")...)
	}
	return out
}

// modifyEndpoint adds to an endpoint that is there already, whose id is read first.
func modifyEndpoint(s scope, c plan.Call) []Permission {
	id := c.Input.Text("VpcEndpointId") // a plan.Current is no text: any endpoint
	if id == "" {
		id = "*"
	} else {
		id = wild(id)
	}
	out := on(s.ARN("ec2", "vpc-endpoint/"+id), "ec2:ModifyVpcEndpoint")
	return append(out, s.members(c, "ec2:ModifyVpcEndpoint", "AddRouteTableIds", "RemoveRouteTableIds", "AddSubnetIds", "AddSecurityGroupIds")...)
}

// deleteEndpoints is for endpoints that are looked for by the plan's tags, and lets no others be deleted
// that carry none.
func deleteEndpoints(s scope, _ plan.Call) []Permission {
	return only(on(s.ARN("ec2", "vpc-endpoint/*"), "ec2:DeleteVpcEndpoints"), "StringEquals", "aws:ResourceTag/"+plan.TagPlan, literal(s.owner))
}

// keyPair is a key pair by its name, which its ARN has in the place of its id (Service Authorization
// Reference, EC2, key-pair).
func (s scope) keyPair(name string) string { return s.ARN("ec2", "key-pair/"+wild(name)) }

func importKeyPair(s scope, c plan.Call) []Permission {
	pair := s.keyPair(c.Input.Text("KeyName"))
	return append(on(pair, "ec2:ImportKeyPair"), createTags(c, pair)...)
}

// deleteKeyPair may name the key pair by its id: then it may be any.
func deleteKeyPair(s scope, c plan.Call) []Permission {
	name := c.Input.Text("KeyName")
	if name == "" {
		return on(s.ARN("ec2", "key-pair/*"), "ec2:DeleteKeyPair")
	}
	return on(s.keyPair(name), "ec2:DeleteKeyPair")
}

// onService bounds which service an endpoint may lead to.
func (s scope) onService(permissions []Permission, name string) []Permission {
	const key = "ec2:VpceServiceName"
	refs := plan.Refs(name)
	if len(refs) == 0 {
		return only(permissions, "StringEquals", key, literal(name))
	}
	if suffix, ok := s.suffixes[refs[0].Resource]; ok {
		return only(permissions, "StringLike", key, "*"+literal(suffix))
	}
	return permissions
}

// members is an action on each of the things that the lists of a call name.
func (s scope) members(c plan.Call, action string, lists ...string) []Permission {
	types := map[string]string{
		"RouteTableIds": "route-table", "SubnetIds": "subnet", "SecurityGroupIds": "security-group",
		"AddRouteTableIds": "route-table", "RemoveRouteTableIds": "route-table", "AddSubnetIds": "subnet", "AddSecurityGroupIds": "security-group",
	}
	var out []Permission
	for _, member := range lists {
		for _, id := range list(c, member) {
			out = append(out, on(s.ARN("ec2", types[member]+"/"+wild(id)), action)...)
		}
	}
	return out
}
