package redshiftml

import (
	"cmp"
	"slices"

	"onramp/internal/lookup"
	"onramp/internal/plan"
)

// nameTag is the name that people give to what has only an id.
const nameTag = `Tags[?Key == 'Name'] | [0].Value`

func vpcs() lookup.Spec {
	return lookup.Spec{
		Name:  "vpcs",
		Call:  lookup.Always("ec2", "DescribeVpcs", "MaxResults", 1000),
		Pages: byNextToken,
		First: map[string]string{"value": "vpc-routing.vpc"},
		Rows:  `Vpcs[].{value: VpcId, notes: [` + nameTag + `, CidrBlock, IsDefault && 'default VPC']}`,
	}
}

// inVPC lists what is in the VPC that was answered.
func inVPC(operation string, most int) func(getter) plan.Call {
	return func(get getter) plan.Call { return ofVPC(operation, get("vpc-routing.vpc"), most) }
}

func ofVPC(operation, vpc string, most int) plan.Call {
	return plan.NewCall("ec2", operation, "Filters", []plan.Object{plan.In("Name", "vpc-id", "Values", []string{vpc})}, "MaxResults", most)
}

func subnets() lookup.Spec {
	return lookup.Spec{
		Name:  "subnets",
		Needs: []string{"vpc-routing.vpc"},
		Call:  inVPC("DescribeSubnets", 1000),
		Pages: byNextToken,
		First: map[string]string{"value": "vpc-routing.subnets"},
		Rows:  `Subnets[].{value: SubnetId, notes: [` + nameTag + `, AvailabilityZone, CidrBlock]}`,
	}
}

// mostTables is how many route tables a page has at most (Amazon EC2 API Reference, DescribeRouteTables).
const mostTables = 100

// routeTables that serve the chosen subnets come first.
func routeTables() lookup.Spec {
	return lookup.Spec{
		Name:  "route-tables",
		Needs: []string{"vpc-routing.vpc"},
		Call:  inVPC("DescribeRouteTables", mostTables),
		Pages: byNextToken,
		First: map[string]string{"_subnets": "vpc-routing.subnets"},
		Rows: `RouteTables[].{value: RouteTableId, _subnets: Associations[].SubnetId,
			notes: [` + nameTag + `, Associations[?Main] && 'main', ['serves', Associations[].SubnetId]]}`,
	}
}

func securityGroups() lookup.Spec {
	return lookup.Spec{
		Name:  "security-groups",
		Needs: []string{"vpc-routing.vpc"},
		Call:  inVPC("DescribeSecurityGroups", 1000),
		Pages: byNextToken,
		Rows:  `SecurityGroups[].{value: GroupId, notes: [GroupName, Description]}`,
	}
}

// addSubnets proposes subnets of the warehouse for the endpoint, one for each zone: an interface endpoint takes no more.
func addSubnets(row lookup.Row, subnets []lookup.Row) {
	slices.SortFunc(subnets, func(a, b lookup.Row) int {
		return cmp.Or(cmp.Compare(a.Text("zone"), b.Text("zone")), cmp.Compare(a.Text("id"), b.Text("id")))
	})
	var all, proposed []string
	for i, s := range subnets {
		all = append(all, s.Text("id"))
		if i == 0 || s.Text("zone") != subnets[i-1].Text("zone") {
			proposed = append(proposed, s.Text("id"))
		}
	}
	row["_subnets"], row["vpc-routing.subnets"] = all, proposed
}

// tablesOfSubnets proposes the route tables of all subnets of the warehouse: its nodes may stand in any of them.
func tablesOfSubnets() lookup.Each {
	return lookup.Each{
		Call: func(row lookup.Row) plan.Call {
			if row.Text("vpc-routing.vpc") == "" || len(row.Texts("_subnets")) == 0 {
				return plan.Call{}
			}
			return ofVPC("DescribeRouteTables", row.Text("vpc-routing.vpc"), mostTables)
		},
		Pages: byNextToken,
		Rows:  `RouteTables[].{id: RouteTableId, subnets: Associations[].SubnetId, main: Associations[?Main].RouteTableId}`,
		Add: func(row lookup.Row, tables []lookup.Row) {
			var ids []string
			for _, subnet := range row.Texts("_subnets") {
				if id := tableOf(subnet, tables); id != "" && !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
			row["vpc-routing.route-tables"] = ids
		},
	}
}

// tableOf is the route table of a subnet: its own, or the main one (Amazon VPC User Guide, Route tables).
func tableOf(subnet string, tables []lookup.Row) string {
	main := ""
	for _, t := range tables {
		if slices.Contains(t.Texts("subnets"), subnet) {
			return t.Text("id")
		}
		if len(t.Texts("main")) > 0 {
			main = t.Text("id")
		}
	}
	return main
}
