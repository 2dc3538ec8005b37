package aiunlimited

import (
	"onramp/internal/lookup"
	"onramp/internal/plan"
)

type getter = func(key string) string

// lookups are the pick lists. None is needed to answer a question, and no call of theirs is among the permissions of a
// plan.
func lookups() []lookup.Spec {
	return []lookup.Spec{roles(), keyPairs(), vpcs(), subnets(), balancerSubnets(), securityGroups()}
}

// byNextToken is how EC2 pages.
var byNextToken = lookup.Pages{Output: "NextToken", Input: "NextToken"}

// nameTag is the name that people give to what has only an id.
const nameTag = `Tags[?Key == 'Name'] | [0].Value`

// roles are listed for who has one already. Those of services are left out: nobody can give them a policy.
func roles() lookup.Spec {
	return lookup.Spec{
		Name: "roles",
		Call: func(get getter) plan.Call {
			if get("manager.source") != "existing" && get("engine.source") != "existing" {
				return plan.Call{}
			}
			return plan.NewCall("iam", "ListRoles", "MaxItems", 1000)
		},
		Pages: lookup.ByMarker,
		Rows: `Roles[?!starts_with(to_string(Path), '/aws-')].{value: RoleName, first: contains(to_string(AssumeRolePolicyDocument), '"` + ec2 + `"'),
			notes: [contains(to_string(AssumeRolePolicyDocument), '"` + ec2 + `"') && 'instances can assume it', Path != '/' && ['path', Path], Description]}`,
	}
}

// keyPairs are those of the manager's region: EC2 keeps them by region, and has no pages of them.
func keyPairs() lookup.Spec {
	return lookup.Spec{
		Name: "key-pairs",
		Call: func(get getter) plan.Call {
			if get("access.key") != "existing" {
				return plan.Call{}
			}
			return plan.NewCall("ec2", "DescribeKeyPairs")
		},
		Rows: `KeyPairs[].{value: KeyName, notes: [KeyType]}`,
	}
}

// filled makes a call only for who fills the network in here.
func filled(call func(getter) plan.Call) func(getter) plan.Call {
	return func(get getter) plan.Call {
		if get("network.fill-in") != "true" {
			return plan.Call{}
		}
		return call(get)
	}
}

func vpcs() lookup.Spec {
	return lookup.Spec{
		Name:  "vpcs",
		Call:  filled(lookup.Always("ec2", "DescribeVpcs", "MaxResults", 1000)),
		Pages: byNextToken,
		Rows:  `Vpcs[].{value: VpcId, notes: [` + nameTag + `, CidrBlock, IsDefault && 'default VPC']}`,
	}
}

// inVPC lists what is in the VPC that was answered.
func inVPC(operation string) func(getter) plan.Call {
	return filled(func(get getter) plan.Call {
		return plan.NewCall("ec2", operation, "Filters", []plan.Object{plan.In("Name", "vpc-id", "Values", []string{get("network.vpc")})}, "MaxResults", 1000)
	})
}

// subnets bring their availability zone: the template wants it, and takes no other.
func subnets() lookup.Spec {
	return lookup.Spec{
		Name:  "subnets",
		Needs: []string{"network.vpc"},
		Call:  inVPC("DescribeSubnets"),
		Pages: byNextToken,
		Rows:  `Subnets[].{value: SubnetId, "network.availability-zone": AvailabilityZone, notes: [` + nameTag + `, AvailabilityZone, CidrBlock, MapPublicIpOnLaunch && 'public']}`,
	}
}

// balancerSubnets are the same, and bring nothing: the zone is that of the manager.
func balancerSubnets() lookup.Spec {
	s := subnets()
	s.Name = "balancer-subnets"
	s.Rows = `Subnets[].{value: SubnetId, notes: [` + nameTag + `, AvailabilityZone, CidrBlock, MapPublicIpOnLaunch && 'public']}`
	return s
}

func securityGroups() lookup.Spec {
	return lookup.Spec{
		Name:  "security-groups",
		Needs: []string{"network.vpc"},
		Call:  inVPC("DescribeSecurityGroups"),
		Pages: byNextToken,
		Rows:  `SecurityGroups[].{value: GroupId, notes: [GroupName, Description]}`,
	}
}
