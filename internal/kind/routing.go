package kind

import (
	"onramp/internal/netpath"
	"onramp/internal/plan"
)

// This file guards enhanced VPC routing. It sends COPY, UNLOAD and all else that the warehouse does on the network
// through its VPC: where the VPC has no way to S3, the warehouse is cut off from its data.

// routed is what the change means for who uses the warehouse.
const routed = "COPY and UNLOAD of everybody who uses the warehouse go through its VPC afterwards"

// pathGuard is the guard of a step that switches routing on. whose are the reads of the warehouse itself.
func pathGuard(p netpath.Path, whose ...plan.Fact) *plan.Guard {
	if p.Warehouse == "" {
		return nil
	}
	in := []plan.Object{filter("vpc-id", p.VPC)}
	attribute := func(name string) plan.Call {
		return plan.NewCall("ec2", "DescribeVpcAttribute", "VpcId", p.VPC, "Attribute", name)
	}
	g := &plan.Guard{Judge: pathJudge{p}, Facts: append(whose,
		plan.Fact{Name: netpath.VPCFact, Title: p.VPC, Read: plan.NewCall("ec2", "DescribeVpcs", "VpcIds", []string{p.VPC}), Absent: noVPC},
		plan.Fact{Name: netpath.DNSSupportFact, Title: "DNS resolution in " + p.VPC, Read: attribute("enableDnsSupport"), Absent: noVPC},
		plan.Fact{Name: netpath.DNSHostnamesFact, Title: "DNS hostnames in " + p.VPC, Read: attribute("enableDnsHostnames"), Absent: noVPC},
		plan.Fact{Name: netpath.SubnetsFact, Title: "the subnets of " + p.VPC, Read: plan.NewCall("ec2", "DescribeSubnets", "Filters", in)},
		plan.Fact{Name: netpath.RouteTablesFact, Title: "the route tables of " + p.VPC, Read: plan.NewCall("ec2", "DescribeRouteTables", "Filters", in)},
		plan.Fact{Name: netpath.GroupsFact, Title: "the security groups of " + p.VPC, Read: plan.NewCall("ec2", "DescribeSecurityGroups", "Filters", in)},
		plan.Fact{Name: netpath.ACLsFact, Title: "the network ACLs of " + p.VPC, Read: plan.NewCall("ec2", "DescribeNetworkAcls", "Filters", in)},
		plan.Fact{Name: netpath.EndpointsFact, Title: "the endpoints of " + p.VPC, Read: plan.NewCall("ec2", "DescribeVpcEndpoints", "Filters", in)},
	)}
	if p.SubnetGroup == "" { // nobody uses a cluster yet that the plan creates
		g.Manual = &plan.Manual{
			Variable: "ROUTING_CHECKED",
			What:     "the routes, endpoint policies, security groups and network ACLs between the warehouse and S3 and SageMaker",
			Looks:    pathLooks(p),
		}
	}
	return g
}

// pathLooks are what one query can show: an endpoint policy that names neither every bucket nor the plan's. JMESPath
// cannot read the policy, which is a text.
func pathLooks(p netpath.Path) []plan.Look {
	if p.VPC == "" {
		return nil
	}
	var looks []plan.Look
	for _, bucket := range p.Buckets {
		text := "(PolicyDocument || '*')"
		none := "!contains(" + text + ", " + raw(bucket) + ") && !contains(" + text + ", ':::*')"
		for _, every := range []string{`"Resource":"*"`, `"Resource": "*"`, `"Resource":["*"`, `"Resource": ["*"`} {
			none += " && !contains(" + text + ", " + raw(every) + ")"
		}
		looks = append(looks, plan.Look{
			Title: "see that the S3 endpoint admits " + bucket,
			Read: plan.NewCall("ec2", "DescribeVpcEndpoints", "Filters", []plan.Object{
				filter("vpc-id", p.VPC), filter("vpc-endpoint-type", "Gateway"), filter("service-name", "*.s3"),
			}),
			Query:  "VpcEndpoints[?" + none + "].VpcEndpointId | [0] || 'none'",
			Want:   "none",
			Refuse: "the policy of that S3 endpoint names neither every bucket nor " + bucket + ", and would cut the warehouse off from it: change the policy, or run onramp apply, which judges it",
		})
	}
	return looks
}

// pathJudge judges the path of a warehouse.
type pathJudge struct{ path netpath.Path }

// Judge implements plan.Judge.
func (j pathJudge) Judge(f plan.Facts) ([]plan.Objection, error) {
	facts, err := netpath.Read(f.Answers, j.path.SubnetGroup)
	if err != nil {
		return nil, err
	}
	if f.Planned {
		facts = j.path.Planned(facts)
	}
	var out []plan.Objection
	for _, found := range netpath.Check(j.path, facts) {
		if found.Check == netpath.FactsCheck && f.Denied[found.Resource] {
			continue
		}
		weight := map[netpath.Grade]plan.Weight{netpath.Broken: plan.Stop, netpath.Unknown: plan.Ask, netpath.Risk: plan.Tell}[found.Grade]
		out = append(out, plan.Objection{Weight: weight, Check: found.Check, Subject: found.Subject, Text: found.Text, Remedy: found.Remedy})
	}
	return out, nil
}

// tableJudge judges what a route table gets with an S3 endpoint that is there: its policy holds for everything in the
// subnets of the table from then on.
type tableJudge struct {
	path  netpath.Path
	table string
}

// Judge implements plan.Judge.
func (j tableJudge) Judge(f plan.Facts) ([]plan.Objection, error) {
	facts, err := netpath.Read(f.Answers, "")
	if err != nil || len(facts.Endpoints) == 0 {
		return nil, err
	}
	admitted := netpath.Narrow(j.path, facts.Endpoints[0])
	if admitted == "" {
		return nil, nil
	}
	return []plan.Objection{{
		Weight: plan.Ask, Check: "network.endpoint-policy", Subject: j.table + ", " + facts.Endpoints[0].VpcEndpointId + ", " + admitted,
		Text: "everything in the subnets of " + j.table + " reaches S3 through " + facts.Endpoints[0].VpcEndpointId + " afterwards, whose policy has " + admitted,
	}}, nil
}
