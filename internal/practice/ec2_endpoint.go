package practice

import (
	"slices"
	"strings"
	"time"

	"onramp/internal/practice/authorize"
	"onramp/internal/practice/wire"
)

// endpoint is a VPC endpoint.
type endpoint struct {
	id, kind, vpc, service       string
	routeTables, subnets, groups []string
	privateDNS                   bool
	policy                       string // "" : full access
	tags                         tags
	created                      time.Time
	deleting                     bool
	ends                         time.Time // of the deletion
}

// The two kinds of endpoints.
const (
	gatewayKind   = "Gateway"
	interfaceKind = "Interface"
)

func endpointOperations() table {
	return table{
		"ec2:DescribeVpcEndpointServices": {reads, describeEndpointServices, anywhere("ec2:DescribeVpcEndpointServices")},
		"ec2:DescribeVpcEndpoints":        {reads, describeEndpoints, anywhere("ec2:DescribeVpcEndpoints")},
		"ec2:CreateVpcEndpoint":           {writes, createEndpoint, askCreateEndpoint},
		"ec2:ModifyVpcEndpoint":           {writes, modifyEndpoint, askModifyEndpoint},
		"ec2:DeleteVpcEndpoints":          {writes, deleteEndpoints, askDeleteEndpoints},
	}
}

// endpointService is a service of AWS that endpoints lead to.
type endpointService struct {
	suffix, kind string
	dns          string // first labels of its private name; "" : none
}

// endpointServices are the services that a warehouse needs a way to (AWS PrivateLink UG, AWS services
// that integrate with AWS PrivateLink).
var endpointServices = []endpointService{
	{"bedrock-runtime", interfaceKind, "bedrock-runtime"},
	{"dynamodb", gatewayKind, ""},
	{"ecr.api", interfaceKind, "api.ecr"},
	{"ecr.dkr", interfaceKind, "*.dkr.ecr"},
	{"kms", interfaceKind, "kms"},
	{"logs", interfaceKind, "logs"},
	{"redshift", interfaceKind, "redshift"},
	{"redshift-data", interfaceKind, "redshift-data"},
	{"redshift-serverless", interfaceKind, "redshift-serverless"},
	{"s3", gatewayKind, ""},
	{"s3", interfaceKind, ""},
	{"sagemaker.api", interfaceKind, "api.sagemaker"},
	{"sagemaker.runtime", interfaceKind, "runtime.sagemaker"},
	{"secretsmanager", interfaceKind, "secretsmanager"},
	{"sts", interfaceKind, "sts"},
}

// name is the service's name in a region. In China interface services have another prefix (aws-cdk,
// vpc-endpoint.ts).
func (s endpointService) name(region string) string {
	prefix := "com.amazonaws."
	if strings.HasPrefix(region, "cn-") && s.kind == interfaceKind {
		prefix = "cn.com.amazonaws."
	}
	return prefix + region + "." + s.suffix
}

func (s endpointService) privateName(region, partition string) string {
	if s.dns == "" {
		return ""
	}
	return s.dns + "." + region + "." + suffix(partition)
}

// host is what the names of endpoints end in.
func (s endpointService) host(region, partition string) string {
	labels := s.dns
	if labels == "" {
		labels = s.suffix
	}
	return strings.TrimPrefix(labels, "*.") + "." + region + ".vpce." + suffix(partition)
}

func prefixList(region, service string) string { return "pl-" + digestOf(region + service)[:8] }

func describeEndpointServices(c *call) (wire.Answer, error) {
	asked := c.in.Texts("ServiceName")
	var names, details []any
	seen := map[string]bool{}
	for _, s := range endpointServices {
		name := s.name(c.at.region)
		pass, err := c.filtered(map[string][]string{
			"service-type": {s.kind}, "service-name": {name},
			"owner": {"amazon"}, "supported-ip-address-types": {"ipv4"},
		}, nil)
		if err != nil {
			return because(err)
		}
		if !pass || len(asked) > 0 && !slices.Contains(asked, name) {
			continue
		}
		if !seen[name] {
			names = append(names, name)
		}
		seen[name] = true
		details = append(details, c.serviceFields(s))
	}
	for _, name := range asked {
		if !seen[name] {
			return because(noService(name))
		}
	}
	return answer("serviceNameSet", wire.List{Of: names}, "serviceDetailSet", wire.List{Of: details})
}

func noService(name string) error {
	return bad("InvalidServiceName", "The Vpc Endpoint Service '%s' does not exist", name)
}

func (c *call) serviceFields(s endpointService) wire.Fields {
	private := s.privateName(c.at.region, c.partition)
	f := wire.Of(
		"serviceName", s.name(c.at.region), "serviceId", "vpce-svc-"+digestOf(s.suffix + s.kind)[:17],
		"serviceType", wire.List{Of: []any{wire.Of("serviceType", s.kind)}}, "serviceRegion", c.at.region,
		"availabilityZoneSet", wire.Strings("", c.zones()), "owner", "amazon", "vpcEndpointPolicySupported", true, "acceptanceRequired", false,
		"managesVpcEndpoints", false, "tagSet", wire.List{}, "baseEndpointDnsNameSet", wire.Strings("", []string{s.host(c.at.region, c.partition)}),
	)
	if private != "" {
		f = append(f, wire.Of("privateDnsName", private,
			"privateDnsNameSet", wire.List{Of: []any{wire.Of("privateDnsName", private)}}, "privateDnsNameVerificationState", "verified")...)
	}
	return f
}

func (c *call) zones() []string {
	return []string{c.at.region + "a", c.at.region + "b", c.at.region + "c"}
}

func (c *call) noEndpoint(id string) error {
	return bad("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '%s' does not exist", id)
}

// state: an endpoint is pending for a while, and deleting before it is gone (EC2 API, VpcEndpoint:
// State).
func (c *call) state(e *endpoint) string {
	switch {
	case e.deleting:
		return "deleting"
	case c.now.Before(e.created.Add(c.delays.Endpoint)):
		return "pending"
	}
	return "available"
}

func describeEndpoints(c *call) (wire.Answer, error) {
	found, err := chosen(c, "VpcEndpointId", c.at.endpoints, c.noEndpoint, func(e *endpoint) (map[string][]string, tags) {
		state := c.state(e) // the filter's values are spelt in either case (EC2 API)
		return map[string][]string{
			"vpc-endpoint-id": {e.id}, "vpc-id": {e.vpc}, "service-name": {e.service}, "vpc-endpoint-type": {e.kind},
			"vpc-endpoint-state": {state, strings.ToUpper(state[:1]) + state[1:]}, "ip-address-type": {"ipv4"},
		}, e.tags
	})
	if err != nil {
		return because(err)
	}
	return answer("vpcEndpointSet", wire.Each("", found, func(e *endpoint) any { return c.endpointFields(e) }))
}

func (c *call) endpointFields(e *endpoint) wire.Fields {
	document := e.policy
	if document == "" {
		document = `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}`
	}
	f := wire.Of(
		"vpcEndpointId", e.id, "vpcEndpointType", e.kind, "vpcId", e.vpc, "serviceName", e.service, "state", c.state(e), "policyDocument", document,
		"routeTableIdSet", wire.Strings("", e.routeTables), "subnetIdSet", wire.Strings("", e.subnets),
		"groupSet", wire.Each("", e.groups, func(id string) any { return wire.Of("groupId", id, "groupName", c.groupName(id)) }),
		"privateDnsEnabled", e.privateDNS, "requesterManaged", false, "creationTimestamp", e.created, "ownerId", Number, "serviceRegion", c.at.region,
		"tagSet", e.tags.list("", "key", "value"),
		"networkInterfaceIdSet", wire.Each("", e.subnets, func(s string) any { return interfaceID(e, s) }),
	)
	if e.kind == interfaceKind {
		f = append(f, wire.Of("ipAddressType", "ipv4", "dnsOptions", wire.Of("dnsRecordIpType", "ipv4"), "dnsEntrySet", wire.List{Of: c.dnsEntries(e)})...)
	}
	return f
}

func (c *call) groupName(id string) string {
	if g := c.at.groups[id]; g != nil {
		return g.name
	}
	return ""
}

func (c *call) dnsEntries(e *endpoint) []any {
	s := c.serviceOf(e)
	own := e.id + "-" + digestOf(e.id)[:8] + "." + s.host(c.at.region, c.partition)
	out := []any{wire.Of("dnsName", own, "hostedZoneId", "Z7HUB22UULQXV")}
	if name := s.privateName(c.at.region, c.partition); name != "" && e.privateDNS {
		out = append(out, wire.Of("dnsName", name, "hostedZoneId", "Z0000000PRACTICE"))
	}
	return out
}

// serviceOf is the service that an endpoint leads to.
func (c *call) serviceOf(e *endpoint) endpointService {
	for _, s := range endpointServices {
		if s.name(c.at.region) == e.service && s.kind == e.kind {
			return s
		}
	}
	return endpointService{}
}

// askCreateEndpoint is asked for on the endpoint and on all that it is put into; an endpoint with
// private names also on their hosted zone, which is AWS's (Service Authorization Reference, EC2:
// CreateVpcEndpoint and its dependent action).
func askCreateEndpoint(c *call) []authorize.Request {
	const action = "ec2:CreateVpcEndpoint"
	made := c.arn("ec2", "vpc-endpoint/*")
	out := []authorize.Request{want(action, made, "ec2:VpceServiceName", c.in.Text("ServiceName"), "ec2:VpceServiceOwner", "amazon")}
	out = append(out, on(c.arn("ec2", "vpc/"+c.in.Text("VpcId")), action)...)
	out = append(out, c.askParts(action, "")...)
	out = append(out, c.askTags(made)...)
	if c.in.Bool("PrivateDnsEnabled") {
		out = append(out, want("route53:AssociateVPCWithHostedZone", "arn:"+c.partition+":route53:::hostedzone/Z0000000PRACTICE"))
	}
	return out
}

// askParts is an action on the tables, subnets and groups that a call names.
func (c *call) askParts(action, prefix string) []authorize.Request {
	var out []authorize.Request
	for _, part := range []struct{ member, kind string }{{"RouteTableId", "route-table"}, {"SubnetId", "subnet"}, {"SecurityGroupId", "security-group"}} {
		for _, id := range c.in.Texts(prefix + part.member) {
			out = append(out, want(action, c.arn("ec2", part.kind+"/"+id)))
		}
	}
	return out
}

func askModifyEndpoint(c *call) []authorize.Request {
	const action = "ec2:ModifyVpcEndpoint"
	out := on(c.arn("ec2", "vpc-endpoint/"+c.in.Text("VpcEndpointId")), action)
	return append(out, slices.Concat(c.askParts(action, "Add"), c.askParts(action, "Remove"))...)
}

func askDeleteEndpoints(c *call) []authorize.Request {
	var out []authorize.Request
	for _, id := range c.in.Texts("VpcEndpointId") {
		out = append(out, want("ec2:DeleteVpcEndpoints", c.arn("ec2", "vpc-endpoint/"+id)))
	}
	return out
}
