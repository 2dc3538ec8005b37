package cloudformation

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/render/shell"
)

// VPC implements kind.Visitor. CloudFormation changes nothing of a VPC that it has not made, and AWS refuses
// an endpoint with private names in one without DNS, so DNS is switched on before.
func (t *template) VPC(v kind.VPC) {
	r, what := t.current, v.Label()
	if t.set {
		t.vpc(v.VPCID)
		what = "DNS of the VPC"
		r.Spec = relabelled{kind.VPC{VPCID: t.fromStore("VpcId")}, what}
	}
	t.before = append(t.before, left{r, what})
}

// SecurityGroup implements kind.Visitor.
func (t *template) SecurityGroup(g kind.SecurityGroup) {
	condition := ""
	if flag := t.groupOf[t.current.ID]; flag != "" {
		condition = t.flag(flag, endpointChoice)
	}
	t.resource(t.id(), resource{kind: "AWS::EC2::SecurityGroup", condition: condition, properties: t.properties(t.input("CreateSecurityGroup"), shape{
		names:  map[string]string{"Description": "GroupDescription", "TagSpecifications": ""},
		values: map[string]*yaml.Node{"VpcId": reference(t.vpc(g.VPCID))},
		more:   []any{"SecurityGroupIngress", t.ingress(), "Tags", t.tags("CreateSecurityGroup")},
	})})
}

// ingress is a rule for each range of addresses that may come in.
func (t *template) ingress() *yaml.Node {
	n := list()
	permissions, _ := t.input("AuthorizeSecurityGroupIngress").Get("IpPermissions").([]plan.Object)
	for _, p := range permissions {
		ranges, _ := p.Get("IpRanges").([]plan.Object)
		for _, r := range ranges {
			rule := t.properties(p, shape{names: map[string]string{"IpRanges": ""}})
			rule.Content = append(rule.Content, t.properties(r, shape{}).Content...)
			n.Content = append(n.Content, rule)
		}
	}
	return n
}

// tags are those that an EC2 call gives to what it makes.
func (t *template) tags(operation string) *yaml.Node {
	of, _ := t.input(operation).Get("TagSpecifications").([]plan.Object)
	if len(of) == 0 {
		return nil
	}
	return t.node("Tags", of[0].Get("Tags"))
}

const endpointChoice = "Whether the endpoint is made; no: the VPC has one already, and it is used as it is"

// GatewayEndpoint implements kind.Visitor. Where the VPC has one already, the script that comes after gives
// it the route tables that it lacks.
func (t *template) GatewayEndpoint(e kind.GatewayEndpoint) {
	flag := "Create" + t.id()
	vpc := t.vpc(e.VPCID)
	tables := t.add(parameter{
		name: "RouteTableIds", kind: "CommaDelimitedList", value: strings.Join(e.RouteTables, ","), foreign: true, pattern: routeTables,
		wants: "ids of route tables, rtb-..., with commas between them", about: "Route tables of the warehouse's subnets", group: groupThere,
	})
	t.endpoint(flag, vpc, map[string]*yaml.Node{"RouteTableIds": reference(tables)})
	if t.set {
		return // how many route tables there are differs between accounts
	}
	t.output(vpc, "VPC of the warehouse", value{ref(vpc)})
	t.output(tables, "Route tables of the warehouse's subnets", value{{node: short("!Join", scalar(","), reference(tables))}})
	t.same = append(t.same, sameParameter{vpc, e.VPCID}, sameParameter{tables, strings.Join(e.RouteTables, ",")})
	t.leave(e, "route tables of an S3 endpoint that "+e.VPCID+" had before")
}

// InterfaceEndpoint implements kind.Visitor.
func (t *template) InterfaceEndpoint(e kind.InterfaceEndpoint) {
	subnets := t.add(parameter{
		name: "SubnetIds", kind: "List<AWS::EC2::Subnet::Id>", value: strings.Join(e.Subnets, ","), foreign: true,
		about: "Subnets that get an address of the endpoint", group: groupThere,
	})
	groups := list()
	for _, g := range e.SecurityGroups {
		if len(plan.Refs(g)) > 0 {
			groups.Content = append(groups.Content, t.text(g).node())
			continue
		}
		groups.Content = append(groups.Content, reference(t.add(parameter{
			name: "EndpointSecurityGroupId", kind: "AWS::EC2::SecurityGroup::Id", value: g, foreign: true,
			about: "Security group of the endpoint, which admits HTTPS from the warehouse", group: groupThere,
		})))
	}
	t.endpoint("Create"+t.id(), t.vpc(e.VPCID), map[string]*yaml.Node{
		"ServiceName": t.text(e.Service).node(), "SubnetIds": reference(subnets), "SecurityGroupIds": groups,
	})
}

// endpoint writes an endpoint, which is made unless the VPC has one already.
func (t *template) endpoint(flag, vpc string, values map[string]*yaml.Node) {
	id, in := t.id(), t.input("CreateVpcEndpoint")
	condition := t.flag(flag, endpointChoice)
	values["VpcId"] = reference(vpc)
	t.resource(id, resource{kind: "AWS::EC2::VPCEndpoint", condition: condition, properties: t.properties(in, shape{
		names: map[string]string{"TagSpecifications": ""}, values: values, more: []any{"Tags", t.tags("CreateVpcEndpoint")},
	})})
	t.outputIf(condition, id+"Id", "Id of the endpoint", reference(id))
	service := shell.Quote("Name=service-name,Values=" + in.Text("ServiceName"))
	if refs := plan.Refs(in.Text("ServiceName")); len(refs) > 0 {
		service = `"Name=service-name,Values=$(value ` + t.ids[refs[0].Resource] + `Name)"`
	}
	t.checks = append(t.checks, check{flag: flag, what: "the VPC has such an endpoint already", command: fmt.Sprintf(
		"ec2 describe-vpc-endpoints --filters \"Name=vpc-id,Values=$(value %s)\" %s \\\n    Name=vpc-endpoint-type,Values=%s Name=vpc-endpoint-state,Values=pending,available --query 'VpcEndpoints[0].VpcEndpointId'",
		vpc, service, in.Text("VpcEndpointType"))})
	if in.Get("PrivateDnsEnabled") == true {
		t.dns = vpc
	}
}

// EndpointService implements kind.Visitor.
func (t *template) EndpointService(s kind.EndpointService) { t.lookBefore(s) }
