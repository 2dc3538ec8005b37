package kind

import (
	"slices"
	"strings"

	"onramp/internal/netpath"
	"onramp/internal/plan"
)

// VPC is the network that the warehouse is in. Private DNS names of endpoints resolve only where
// both of its DNS attributes are on (Amazon VPC User Guide, DNS attributes for your VPC).
type VPC struct{ VPCID string }

// VPCCIDR is the output of a VPC: its first range of addresses.
const VPCCIDR = "cidr"

// Kind implements plan.Spec.
func (VPC) Kind() plan.Kind { return "ec2-vpc-dns" }

// Name implements plan.Spec.
func (v VPC) Name() string { return v.VPCID }

// Label implements plan.Spec.
func (v VPC) Label() string { return "DNS of VPC " + v.VPCID }

// Action implements plan.Spec.
func (VPC) Action() plan.Action { return plan.Update }

// Documents implements plan.Spec.
func (VPC) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (v VPC) Accept(to Visitor) { to.VPC(v) }

// noVPC is what EC2 answers where there is no such VPC.
var noVPC = []string{"InvalidVpcID.NotFound"}

// Steps implements plan.Spec. One ModifyVpcAttribute call changes one attribute only (Amazon EC2
// API Reference).
func (v VPC) Steps() []plan.Step {
	return []plan.Step{
		{
			Title:  "look at VPC " + v.VPCID,
			Read:   plan.NewCall("ec2", "DescribeVpcs", "VpcIds", []string{v.VPCID}),
			Absent: noVPC,
			Check:  plan.Check{Query: "Vpcs[0].VpcId", Want: v.VPCID},
			Refuse: "the VPC must exist in this region: name the VPC of the warehouse",
			Take:   []plan.Output{{Name: VPCCIDR, Read: "Vpcs[0].CidrBlock"}},
		},
		v.attribute("enableDnsSupport", "EnableDnsSupport", "resolution"),
		v.attribute("enableDnsHostnames", "EnableDnsHostnames", "hostnames"),
	}
}

func (v VPC) attribute(attribute, member, title string) plan.Step {
	set := func(value any) []plan.Call {
		return []plan.Call{plan.NewCall("ec2", "ModifyVpcAttribute", "VpcId", v.VPCID, member, value)}
	}
	yes, no := set(plan.In("Value", true)), set(plan.In("Value", false))
	st := plan.Step{
		Title: "switch on DNS " + title + " in " + v.VPCID,
		Read:  plan.NewCall("ec2", "DescribeVpcAttribute", "VpcId", v.VPCID, "Attribute", attribute),
		Check: plan.Check{Query: member + ".Value", Want: "True"}, Turn: "ec2:vpc:" + v.VPCID,
		Create: yes, Update: yes, Restore: set(plan.Before{Query: member}),
	}
	st.Undo = back(st, "switch off DNS "+title+" in "+v.VPCID, no...)
	st.Undo.Check, st.Undo.Absent = on(member+".Value"), noVPC
	return st
}

// SecurityGroup admits HTTPS from the VPC to an interface endpoint.
type SecurityGroup struct {
	ID          string // of the resource
	GroupName   string
	Description string
	VPCID       string
	CIDR        string // who may come; usually a reference to VPCCIDR
	Tags        []Tag
}

// GroupID is the output of a security group.
const GroupID = "id"

// Kind implements plan.Spec.
func (SecurityGroup) Kind() plan.Kind { return "ec2-security-group" }

// Name implements plan.Spec.
func (g SecurityGroup) Name() string { return g.GroupName }

// Label implements plan.Spec.
func (g SecurityGroup) Label() string { return "security group " + g.GroupName }

// Action implements plan.Spec.
func (SecurityGroup) Action() plan.Action { return plan.Create }

// Documents implements plan.Spec.
func (SecurityGroup) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (g SecurityGroup) Accept(v Visitor) { v.SecurityGroup(g) }

// Steps implements plan.Spec. A group's name is unique in its VPC.
func (g SecurityGroup) Steps() []plan.Step { return []plan.Step{g.create(), g.admit()} }

func (g SecurityGroup) find() plan.Call {
	return plan.NewCall("ec2", "DescribeSecurityGroups", "Filters", []plan.Object{filter("vpc-id", g.VPCID), filter("group-name", g.GroupName)})
}

// foundGroup is the query for the group that find answers.
const foundGroup = "SecurityGroups[0].GroupId"

// noGroup is what EC2 answers where a group, or the rule of one, is not there.
var noGroup = []string{"InvalidGroup.NotFound", "InvalidPermission.NotFound"}

// create makes the group. It can be deleted once nothing is in it: the network interfaces of a deleted
// endpoint take a while to go.
func (g SecurityGroup) create() plan.Step {
	st := plan.Step{
		Title: "create security group " + g.GroupName,
		Owner: &plan.Owner{Read: g.find(), Exists: foundGroup, Check: plan.Check{Query: tagValue("SecurityGroups[0].Tags"), Want: owner(g.Tags)}},
		Read:  g.find(),
		Check: plan.Check{Query: foundGroup},
		Create: []plan.Call{plan.NewCall("ec2", "CreateSecurityGroup",
			"GroupName", g.GroupName, "Description", g.Description, "VpcId", g.VPCID, "TagSpecifications", tagged("security-group", g.Tags))},
		Take: []plan.Output{{Name: GroupID, Read: foundGroup, Made: "GroupId"}},
	}
	st.Undo = back(st, "delete security group "+g.GroupName, plan.NewCall("ec2", "DeleteSecurityGroup", "GroupId", plan.Current{Query: foundGroup}))
	st.Undo.Owner, st.Undo.Gone, st.Undo.Retry = st.Owner, noGroup, []string{"DependencyViolation"}
	st.Undo.Leave = []plan.Leave{{Code: "DependencyViolation", Why: "something of somebody else's is in it, or refers to it"}}
	return st
}

func (g SecurityGroup) admit() plan.Step {
	rule := func(of plan.Object) []plan.Object {
		return []plan.Object{plan.In("IpProtocol", "tcp", "FromPort", 443, "ToPort", 443, "IpRanges", []plan.Object{of})}
	}
	st := plan.Step{
		Title: "admit HTTPS from the VPC to " + g.GroupName,
		Read:  g.find(),
		Check: plan.Check{
			Query: "SecurityGroups[0].IpPermissions[?FromPort==`443` && ToPort==`443` && IpProtocol=='tcp'].IpRanges[].CidrIp | [?@==" + raw(g.CIDR) + "] | [0]",
			Want:  g.CIDR,
		},
		Create: []plan.Call{plan.NewCall("ec2", "AuthorizeSecurityGroupIngress", "GroupId", plan.Ref{Resource: g.ID, Output: GroupID}.String(),
			"IpPermissions", rule(plan.In("CidrIp", g.CIDR, "Description", "HTTPS from the VPC")))},
	}
	st.Undo = back(st, "admit HTTPS to "+g.GroupName+" no more", plan.NewCall("ec2", "RevokeSecurityGroupIngress",
		"GroupId", plan.Current{Query: foundGroup}, "IpPermissions", rule(plan.In("CidrIp", g.CIDR))))
	st.Undo.Gone = noGroup
	return st
}

// tagged is how EC2 takes the tags of what it makes.
func tagged(resourceType string, tags []Tag) []plan.Object {
	return []plan.Object{plan.In("ResourceType", resourceType, "Tags", objects(tags, "Key", "Value"))}
}

// GatewayEndpoint lets the subnets of some route tables reach S3 without leaving the VPC. It costs
// nothing, and reaches buckets of its own region only.
type GatewayEndpoint struct {
	VPCID       string
	Service     string // com.amazonaws.REGION.s3
	RouteTables []string
	Account     string // with Partition: whose principals the policy of an endpoint that is there is judged for
	Partition   string
	Tags        []Tag
}

// Kind implements plan.Spec.
func (GatewayEndpoint) Kind() plan.Kind { return "ec2-gateway-endpoint" }

// Name implements plan.Spec.
func (e GatewayEndpoint) Name() string { return e.Service }

// Label implements plan.Spec.
func (e GatewayEndpoint) Label() string { return "S3 gateway endpoint in " + e.VPCID }

// Action implements plan.Spec.
func (GatewayEndpoint) Action() plan.Action { return plan.Create }

// Documents implements plan.Spec.
func (GatewayEndpoint) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (e GatewayEndpoint) Accept(v Visitor) { v.GatewayEndpoint(e) }

// alive are the states of an endpoint that counts (Amazon EC2 API Reference, VpcEndpoint), in
// either of the spellings that the service has used.
var alive = []string{"pendingAcceptance", "pending", "available", "PendingAcceptance", "Pending", "Available"}

// standing are those of one that is there in some way: all but deleted.
var standing = append(slices.Clip(alive), "deleting", "rejected", "failed", "expired", "Deleting", "Rejected", "Failed", "Expired")

// Steps implements plan.Spec. A route table takes one S3 gateway only, so an endpoint that the VPC
// has already is used, and given the route tables that it lacks.
func (e GatewayEndpoint) Steps() []plan.Step {
	find := plan.NewCall("ec2", "DescribeVpcEndpoints", "Filters", []plan.Object{
		filter("vpc-id", e.VPCID), filter("service-name", e.Service), filter("vpc-endpoint-type", "Gateway"), filter("vpc-endpoint-state", alive...),
	})
	steps := []plan.Step{{
		Title: "create an S3 gateway endpoint in " + e.VPCID,
		Read:  find,
		Check: plan.Check{Query: foundEndpoint},
		Create: []plan.Call{plan.NewCall("ec2", "CreateVpcEndpoint",
			"VpcEndpointType", "Gateway", "VpcId", e.VPCID, "ServiceName", e.Service, "RouteTableIds", e.RouteTables,
			"TagSpecifications", tagged("vpc-endpoint", e.Tags))},
		Wait: &plan.Wait{For: "the S3 endpoint is available", Query: "VpcEndpoints[0].State", Want: "available", Never: []string{"failed", "rejected"}, Limit: waitEndpoint},
		Undo: undoEndpoint("delete the S3 gateway endpoint in "+e.VPCID, e.VPCID, "Gateway", "RouteTableIds", e.RouteTables, e.Tags),
	}}
	for _, table := range e.RouteTables {
		steps = append(steps, e.route(find, table))
	}
	return steps
}

// route gives an endpoint that was there a route table that it lacks.
func (e GatewayEndpoint) route(find plan.Call, table string) plan.Step {
	modify := func(id plan.Current, list string) plan.Call {
		return plan.NewCall("ec2", "ModifyVpcEndpoint", "VpcEndpointId", id, list, []string{table})
	}
	st := plan.Step{
		Title: "route S3 from " + table + " to the endpoint",
		Read:  find, Fresh: true,
		Check:  plan.Check{Query: "VpcEndpoints[].RouteTableIds[] | [?@==" + raw(table) + "] | [0]", Want: table},
		Create: []plan.Call{modify(plan.Current{Query: foundEndpoint}, "AddRouteTableIds")},
		Guard: &plan.Guard{
			Facts: []plan.Fact{{Name: netpath.EndpointsFact, Title: "the S3 endpoint of " + e.VPCID, Read: find}},
			Judge: tableJudge{netpath.Path{VPC: e.VPCID, Account: e.Account, Partition: e.Partition}, table},
		},
	}
	holder := "VpcEndpoints[?contains(RouteTableIds || `[]`, " + raw(table) + ")].VpcEndpointId | [0]"
	st.Undo = back(st, "take "+table+" from the S3 endpoint again", modify(plan.Current{Query: holder}, "RemoveRouteTableIds"))
	st.Undo.Gone = noEndpoint
	return st
}

// foundEndpoint is the query for the first endpoint that a look answers.
const foundEndpoint = "VpcEndpoints[0].VpcEndpointId"

// noEndpoint is what EC2 says of an endpoint, or of a route table, that is not there.
var noEndpoint = []string{"InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound", "InvalidRouteTableId.NotFound"}

// undoEndpoint deletes the endpoint of the plan, as long as it is in the very parts of the VPC that it was
// made for: one that others have spread since is theirs, too. It is known by its tags, so that one of
// somebody else for the same service is left alone. Its deletion takes minutes, and is not refused at once
// where it cannot be done, hence the wait until it is gone in every state.
func undoEndpoint(title, vpc, kind, member string, parts []string, tags []Tag) *plan.Undo {
	filters := []plan.Object{filter("vpc-id", vpc), filter("vpc-endpoint-type", kind), filter("vpc-endpoint-state", standing...)}
	for _, t := range tags {
		filters = append(filters, filter("tag:"+t.Key, t.Value))
	}
	find := plan.NewCall("ec2", "DescribeVpcEndpoints", "Filters", filters)
	return &plan.Undo{
		Title: title,
		Read:  find,
		Owner: &plan.Owner{Read: find, Exists: foundEndpoint, Check: plan.Check{Query: tagValue("VpcEndpoints[0].Tags"), Want: owner(tags)}},
		Check: plan.Check{Query: "sort(VpcEndpoints[0]." + member + " || `[]`)", Want: strings.Join(slices.Sorted(slices.Values(parts)), " ")},
		Calls: []plan.Call{plan.NewCall("ec2", "DeleteVpcEndpoints", "VpcEndpointIds", plan.RoleList{Query: "VpcEndpoints[:1].VpcEndpointId"})}, // a list of what is there, whatever it is of
		Gone:  noEndpoint,
		Wait:  gone("the endpoint is gone", foundEndpoint, waitEndpoint),
	}
}

// EndpointService finds the name of an endpoint service in the region. Names differ between
// partitions, so they are looked up and never put together (Amazon VPC, AWS PrivateLink, AWS
// services that integrate).
type EndpointService struct {
	ID     string // of the resource
	Suffix string // ".sagemaker.api"
}

// ServiceName is the output of an EndpointService.
const ServiceName = "name"

// Kind implements plan.Spec.
func (EndpointService) Kind() plan.Kind { return "ec2-endpoint-service" }

// Name implements plan.Spec.
func (s EndpointService) Name() string { return strings.TrimPrefix(s.Suffix, ".") }

// Label implements plan.Spec.
func (s EndpointService) Label() string { return "endpoint service " + s.Name() }

// Action implements plan.Spec.
func (EndpointService) Action() plan.Action { return plan.Adopt }

// Documents implements plan.Spec.
func (EndpointService) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (s EndpointService) Accept(v Visitor) { v.EndpointService(s) }

// Steps implements plan.Spec.
func (s EndpointService) Steps() []plan.Step {
	name := "ServiceNames[?ends_with(@, " + raw(s.Suffix) + ")] | [0]"
	return []plan.Step{{
		Title:  "find the endpoint service " + s.Name(),
		Read:   plan.NewCall("ec2", "DescribeVpcEndpointServices", "Filters", []plan.Object{filter("service-type", "Interface")}),
		Check:  plan.Check{Query: name},
		Refuse: "the region offers no such endpoint: answer vpc-routing.enabled with false, or give the warehouse another way to SageMaker, such as a NAT gateway",
		Take:   []plan.Output{{Name: ServiceName, Read: name}},
	}}
}

// InterfaceEndpoint is a private address of an AWS service in the VPC. It is billed by the hour for
// each availability zone.
type InterfaceEndpoint struct {
	Title          string // "sagemaker.api"
	VPCID          string
	Service        string // name of the service; usually a reference to ServiceName
	Subnets        []string
	SecurityGroups []string
	Tags           []Tag
}

// Kind implements plan.Spec.
func (InterfaceEndpoint) Kind() plan.Kind { return "ec2-interface-endpoint" }

// Name implements plan.Spec.
func (e InterfaceEndpoint) Name() string { return e.Title }

// Label implements plan.Spec.
func (e InterfaceEndpoint) Label() string { return e.Title + " interface endpoint in " + e.VPCID }

// Action implements plan.Spec.
func (InterfaceEndpoint) Action() plan.Action { return plan.Create }

// Documents implements plan.Spec.
func (InterfaceEndpoint) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (e InterfaceEndpoint) Accept(v Visitor) { v.InterfaceEndpoint(e) }

// Steps implements plan.Spec. Two endpoints for one service cannot both have private names in a
// VPC, so one that is there already is used.
func (e InterfaceEndpoint) Steps() []plan.Step {
	find := plan.NewCall("ec2", "DescribeVpcEndpoints", "Filters", []plan.Object{
		filter("vpc-id", e.VPCID), filter("service-name", e.Service), filter("vpc-endpoint-type", "Interface"), filter("vpc-endpoint-state", alive...),
	})
	create := plan.Step{
		Title: "create a " + e.Title + " interface endpoint in " + e.VPCID,
		Read:  find,
		Check: plan.Check{Query: foundEndpoint},
		Create: []plan.Call{plan.NewCall("ec2", "CreateVpcEndpoint",
			"VpcEndpointType", "Interface", "VpcId", e.VPCID, "ServiceName", e.Service,
			"SubnetIds", e.Subnets, "SecurityGroupIds", slices.Clone(e.SecurityGroups), "PrivateDnsEnabled", true,
			"TagSpecifications", tagged("vpc-endpoint", e.Tags))},
		Wait: &plan.Wait{For: "the " + e.Title + " endpoint is available", Query: "VpcEndpoints[0].State", Want: "available", Never: []string{"failed", "rejected"}, Limit: waitEndpoint},
		Undo: undoEndpoint("delete the "+e.Title+" interface endpoint in "+e.VPCID, e.VPCID, "Interface", "SubnetIds", e.Subnets, e.Tags),
	}
	return []plan.Step{create, e.privateDNS(find)}
}

// privateDNS gives an endpoint that was there the service's own name inside the VPC: without it the warehouse looks
// for the service outside (AWS PrivateLink, Private DNS names).
func (e InterfaceEndpoint) privateDNS(find plan.Call) plan.Step {
	set := func(value any) []plan.Call {
		return []plan.Call{plan.NewCall("ec2", "ModifyVpcEndpoint", "VpcEndpointId", plan.Current{Query: foundEndpoint}, "PrivateDnsEnabled", value)}
	}
	return plan.Step{
		Title: "switch on private DNS of the " + e.Title + " endpoint",
		Read:  find, Fresh: true, Ask: true,
		Affects: "everything in " + e.VPCID + " that calls " + e.Title + " by its usual name goes through that endpoint afterwards, and needs its security group and policy to admit it",
		Check:   plan.Check{Query: "(VpcEndpoints[?PrivateDnsEnabled].PrivateDnsEnabled | [0]) || VpcEndpoints[0].PrivateDnsEnabled", Want: "True"},
		Update:  set(true), Restore: set(false),
		Refuse: "there is no " + e.Title + " endpoint whose private DNS could be switched on: run the same command again",
	}
}
