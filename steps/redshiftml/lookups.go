package redshiftml

import (
	"onramp/internal/lookup"
	"onramp/internal/plan"
)

// lookups are the pick lists. None is needed to answer a question, and no call of theirs is among the permissions of a plan.
func lookups() []lookup.Spec {
	return []lookup.Spec{
		clusters(), namespaces(), workgroups(), databases(), roles(), buckets(), keys(), groupNames(), schemas(),
		vpcs(), subnets(), routeTables(), securityGroups(),
	}
}

// How the other services page: token out, token in.
var (
	byNextMarker     = lookup.Pages{Output: "NextMarker", Input: "Marker"}
	byNextToken      = lookup.Pages{Output: "NextToken", Input: "NextToken"}
	byNextTokenLower = lookup.Pages{Output: "nextToken", Input: "nextToken"}
)

type getter = func(key string) string

// where makes a call only where an answer is as said: elsewhere the same key is a name for something new.
func where(key, is string, call func(getter) plan.Call) func(getter) plan.Call {
	return func(get getter) plan.Call {
		if get(key) != is {
			return plan.Call{}
		}
		return call(get)
	}
}

// clusters bring what is read of the one that is chosen: the database, the admin, and the network for VPC routing. AWS knows
// the tracks current and trailing (Amazon Redshift Management Guide, Tracks); any other is said.
func clusters() lookup.Spec {
	return lookup.Spec{
		Name:  "clusters",
		Call:  where("warehouse.kind", "cluster", lookup.Always("redshift", "DescribeClusters", "MaxRecords", 100)),
		Pages: lookup.ByMarker,
		Rows: `Clusters[].{value: ClusterIdentifier, _group: ClusterSubnetGroupName, "vpc-routing.vpc": VpcId,
			"warehouse.database": DBName, "sql.db-user": MasterUsername, "sql.secret": MasterPasswordSecretArn,
			notes: [ClusterStatus, [NumberOfNodes, 'x', NodeType], [length(IamRoles || ''), 'of 50 roles'],
				['default role', DefaultIamRoleArn], EnhancedVpcRouting && 'enhanced VPC routing',
				MaintenanceTrackName != 'current' && MaintenanceTrackName != 'trailing' && ['track', MaintenanceTrackName, '(neither current nor trailing)']]}`,
		Each: []lookup.Each{{
			Call: func(row lookup.Row) plan.Call {
				if row.Text("_group") == "" {
					return plan.Call{}
				}
				return plan.NewCall("redshift", "DescribeClusterSubnetGroups", "ClusterSubnetGroupName", row.Text("_group"))
			},
			Rows: `ClusterSubnetGroups[0].Subnets[].{id: SubnetIdentifier, zone: SubnetAvailabilityZone.Name}`,
			Add:  addSubnets,
		}, tablesOfSubnets()},
	}
}

func namespaces() lookup.Spec {
	return lookup.Spec{
		Name:  "namespaces",
		Call:  where("warehouse.kind", "serverless", lookup.Always("redshift-serverless", "ListNamespaces", "maxResults", 100)),
		Pages: byNextTokenLower,
		Rows: `namespaces[].{value: namespaceName, "warehouse.database": dbName, "sql.secret": adminPasswordSecretArn,
			notes: [status, [length(iamRoles || ''), 'of 50 roles'], ['default role', defaultIamRoleArn]]}`,
	}
}

// workgroups are those of the namespace: the API lists all. They name their subnets, and the subnets name the VPC.
func workgroups() lookup.Spec {
	return lookup.Spec{
		Name:  "workgroups",
		Needs: []string{"warehouse.namespace"},
		Call:  where("warehouse.kind", "serverless", lookup.Always("redshift-serverless", "ListWorkgroups", "maxResults", 100)),
		Pages: byNextTokenLower,
		Where: map[string]string{"_namespace": "warehouse.namespace"},
		Rows: `workgroups[].{value: workgroupName, _namespace: namespaceName, _subnets: subnetIds,
			notes: [status, enhancedVpcRouting && 'enhanced VPC routing']}`,
		Each: []lookup.Each{{
			Call: func(row lookup.Row) plan.Call {
				if len(row.Texts("_subnets")) == 0 {
					return plan.Call{}
				}
				return plan.NewCall("ec2", "DescribeSubnets", "SubnetIds", row.Texts("_subnets"))
			},
			Rows: `Subnets[].{id: SubnetId, zone: AvailabilityZone, vpc: VpcId}`,
			Add: func(row lookup.Row, subnets []lookup.Row) {
				addSubnets(row, subnets)
				if len(subnets) > 0 {
					row["vpc-routing.vpc"] = subnets[0].Text("vpc")
					row.Note(subnets[0].Text("vpc"))
				}
			},
		}, tablesOfSubnets()},
	}
}

// roles without those that belong to a service or to IAM Identity Center, which nobody can give a policy. Those that Redshift
// may assume come first; only for them was anything to do with Redshift ever meant.
func roles() lookup.Spec {
	const trusted = `to_string(AssumeRolePolicyDocument)`
	return lookup.Spec{
		Name:  "roles",
		Call:  lookup.Always("iam", "ListRoles", "MaxItems", 1000),
		Pages: lookup.ByMarker,
		Rows: `Roles[?!starts_with(to_string(Path), '/aws-')].{value: RoleName, "role.path": Path,
			first: contains(` + trusted + `, '"redshift.amazonaws.com"'),
			notes: [contains(` + trusted + `, '"redshift.amazonaws.com"') && 'trusts Redshift' || 'does not trust Redshift',
				contains(` + trusted + `, '"redshift-serverless.amazonaws.com"') && 'trusts Redshift Serverless',
				contains(` + trusted + `, '"sagemaker.amazonaws.com"') && 'trusts SageMaker',
				Path != '/' && ['path', Path]]}`,
	}
}

// buckets are listed where one is to be used that exists.
func buckets() lookup.Spec {
	s := lookup.Buckets()
	s.Call = where("bucket.choice", "existing", s.Call)
	return s
}

// keys are known by their aliases; those that AWS manages are left out. Keys that can encrypt a bucket come first.
func keys() lookup.Spec {
	return lookup.Spec{
		Name:  "keys",
		Call:  where("kms.choice", "existing", lookup.Always("kms", "ListAliases", "Limit", 100)),
		Pages: byNextMarker,
		Rows:  `Aliases[?TargetKeyId && !starts_with(to_string(AliasName), 'alias/aws/')].{value: AliasName, _key: TargetKeyId}`,
		Each: []lookup.Each{{
			Call: func(row lookup.Row) plan.Call { return plan.NewCall("kms", "DescribeKey", "KeyId", row.Text("_key")) },
			Rows: `KeyMetadata.{first: KeyState == 'Enabled' && KeyUsage == 'ENCRYPT_DECRYPT' && KeySpec == 'SYMMETRIC_DEFAULT',
				notes: [KeyState, KeyUsage != 'ENCRYPT_DECRYPT' && KeyUsage, KeySpec != 'SYMMETRIC_DEFAULT' && KeySpec, Description, KeyId]}`,
		}},
	}
}
