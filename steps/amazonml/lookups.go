package amazonml

import (
	"onramp/internal/lookup"
	"onramp/internal/plan"
)

// lookups are the pick lists. None is needed to answer a question, and no call of theirs is among the permissions of a plan.
func lookups() []lookup.Spec {
	return []lookup.Spec{clusters(), buckets(), users(), groups(), roles()}
}

type getter = func(key string) string

// inUse makes a call only for who goes on after the first question: nobody else's account is looked at.
func inUse(call func(getter) plan.Call) func(getter) plan.Call {
	return func(get getter) plan.Call {
		if use := get("service.use"); use != "yes" && use != "export" {
			return plan.Call{}
		}
		return call(get)
	}
}

// passing makes a call only where who may pass the role is of a kind.
func passing(to string, call func(getter) plan.Call) func(getter) plan.Call {
	return inUse(func(get getter) plan.Call {
		if get("pass.to") != to {
			return plan.Call{}
		}
		return call(get)
	})
}

// clusters that the service can reach come first: it wants them available and publicly accessible (Amazon Machine Learning
// Developer Guide, Troubleshooting).
func clusters() lookup.Spec {
	return lookup.Spec{
		Name:  "clusters",
		Call:  inUse(lookup.Always("redshift", "DescribeClusters", "MaxRecords", 100)),
		Pages: lookup.ByMarker,
		Rows: `Clusters[].{value: ClusterIdentifier, first: ClusterStatus == 'available' && PubliclyAccessible,
			notes: [ClusterStatus, [NumberOfNodes, 'x', NodeType], PubliclyAccessible && 'publicly accessible' || 'not publicly accessible']}`,
	}
}

func buckets() lookup.Spec {
	s := lookup.Buckets()
	s.Call = inUse(s.Call)
	return s
}

func users() lookup.Spec {
	return lookup.Spec{
		Name:  "users",
		Call:  passing("user", lookup.Always("iam", "ListUsers", "MaxItems", 1000)),
		Pages: lookup.ByMarker,
		Rows:  `Users[].{value: UserName, notes: [Path != '/' && ['path', Path]]}`,
	}
}

func groups() lookup.Spec {
	return lookup.Spec{
		Name:  "groups",
		Call:  passing("group", lookup.Always("iam", "ListGroups", "MaxItems", 1000)),
		Pages: lookup.ByMarker,
		Rows:  `Groups[].{value: GroupName, notes: [Path != '/' && ['path', Path]]}`,
	}
}

// roles are those of the people who create datasources. Those that belong to a service or to IAM Identity Center are left out:
// nobody can give them a policy. The role that is passed trusts Amazon ML, and says so.
func roles() lookup.Spec {
	return lookup.Spec{
		Name:  "roles",
		Call:  passing("role", lookup.Always("iam", "ListRoles", "MaxItems", 1000)),
		Pages: lookup.ByMarker,
		Rows: `Roles[?!starts_with(to_string(Path), '/aws-')].{value: RoleName,
			notes: [contains(to_string(AssumeRolePolicyDocument), '"` + principal + `"') && 'trusts Amazon ML', Path != '/' && ['path', Path], Description]}`,
	}
}
