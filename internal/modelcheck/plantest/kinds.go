package plantest

import (
	"maps"
	"slices"
	"strings"

	"onramp/internal/kind"
	"onramp/internal/netpath"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/redshiftsql"
)

// EveryKind is a plan with a resource of every kind, most of them twice: with as little as the kind
// takes, and with as much. No guide would make it.
func EveryKind(t plan.Target) plan.Plan {
	p := plan.Plan{Guide: "every-kind", Owner: "every-kind.analytics", Target: t}
	for _, specs := range []map[string]plan.Spec{little(t), much(t)} {
		for _, id := range slices.Sorted(maps.Keys(specs)) {
			p.Resources = append(p.Resources, plan.Resource{ID: id, Spec: specs[id]})
		}
	}
	return p
}

// PublicKey is one that anybody may see: nobody has the private half.
const PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f operator@example.com"

func ref(resource, output string) string {
	return plan.Ref{Resource: resource, Output: output}.String()
}

func trust(t plan.Target) plan.Document {
	return document("trust", policy.Trust, policy.Statement{
		Effect: policy.Allow, Principal: policy.Principal{Services: []string{"redshift.amazonaws.com"}}, Actions: []string{"sts:AssumeRole"},
		Conditions: []policy.Condition{{Operator: "StringEquals", Key: "aws:SourceAccount", Values: []string{t.Account}}},
	})
}

func permissions(resource string) plan.Document {
	return document("permissions", policy.Identity, policy.Statement{Effect: policy.Allow, Actions: []string{"kms:Decrypt"}, Resources: []string{resource}})
}

func document(name string, kind policy.Kind, statement policy.Statement) plan.Document {
	return plan.Document{Name: name, Kind: kind, Policy: policy.Document{Version: policy.Version, Statements: []policy.Statement{statement}}}
}

func tlsOnly(t plan.Target, bucket string) plan.Document {
	return plan.Document{Name: "policy", Kind: policy.BucketPolicy, Policy: kind.TLSOnly(t, bucket)}
}

// path is what a warehouse's traffic has to reach.
func path(t plan.Target, warehouse string) netpath.Path {
	return netpath.Path{
		Warehouse: warehouse, VPC: vpc, Region: t.Region, Account: t.Account, Partition: t.Partition, Roles: []string{t.RoleARN("/", "r")},
		Buckets: []string{"abc"}, Services: []netpath.Service{{Suffix: ".sagemaker.api", Actions: []string{"sagemaker:CreateAutoMLJob"}}},
	}
}

func usedBy(t plan.Target) kind.UsedBy {
	return kind.UsedBy{RoleARN: t.RoleARN("/", "r"), Account: t.Account, Partition: t.Partition}
}

func little(t plan.Target) map[string]plan.Spec {
	tags := kind.Tags("every-kind.analytics", "little")
	return map[string]plan.Spec{
		"role":       kind.Role{Path: "/", RoleName: "r", Trust: trust(t), Tags: tags},
		"attachment": kind.Attachment{RoleName: "r", PolicyARN: t.ManagedPolicyARN("AmazonS3FullAccess"), Title: "AmazonS3FullAccess", RoleTags: tags},
		"policy":     kind.InlinePolicy{RoleName: "r", PolicyName: "p", Document: permissions("*"), RoleTags: tags},
		"user":       kind.ExistingPrincipal{Of: kind.Principal{Type: kind.User, Name: "u"}},
		"passes":     kind.PrincipalPolicy{Of: kind.Principal{Type: kind.User, Name: "u"}, PolicyName: "p", Document: permissions("*")},
		"managed":    kind.ManagedPolicy{ID: "managed", Path: "/", PolicyName: "m", Account: t.Account, Partition: t.Partition, Document: permissions("*"), Tags: tags},
		"profile":    kind.InstanceProfile{ProfileName: "i", RoleName: "r", Tags: tags},
		"pair":       kind.KeyPair{KeyName: "k", PublicKey: PublicKey, Tags: tags},
		"old-pair":   kind.ExistingKeyPair{KeyName: "old"},
		"bucket":     kind.Bucket{BucketName: "abc", Account: t.Account, Region: t.Region, Policy: tlsOnly(t, "abc"), Tags: tags},
		"old-bucket": kind.ExistingBucket{BucketName: "old", Account: t.Account, Region: t.Region, UsedBy: usedBy(t)},
		"key":        kind.Key{ID: "key", Alias: "k", Tags: tags},
		"old-key":    kind.ExistingKey{ID: "old-key", KeyRef: keyID, UsedBy: usedBy(t)},
		"vpc":        kind.VPC{VPCID: vpc},
		"service":    kind.EndpointService{ID: "service", Suffix: ".sagemaker.api"},
		"gateway":    kind.GatewayEndpoint{VPCID: vpc, Service: "com.amazonaws." + t.Region + ".s3", RouteTables: []string{tableA}, Tags: tags},
		"interface": kind.InterfaceEndpoint{
			Title: "sagemaker.api", VPCID: vpc, Service: ref("service", kind.ServiceName), Subnets: []string{subnetA}, SecurityGroups: []string{groupID}, Tags: tags,
		},
		"cluster":           kind.Cluster{Identifier: "c", NodeType: "ra3.large", Nodes: 1, Database: "dev", AdminUser: "awsuser", Tags: tags},
		"cluster-roles":     kind.ClusterRoles{Identifier: "c", RoleARNs: []string{t.RoleARN("/", "r")}},
		"cluster-routing":   kind.ClusterRouting{Identifier: "c", Path: path(t, "cluster c")},
		"namespace-roles":   kind.NamespaceRoles{Namespace: "abc", RoleARNs: []string{t.RoleARN("/", "r")}},
		"workgroup-routing": kind.WorkgroupRouting{Workgroup: "abc", Path: path(t, "workgroup abc")},
		"sql":               kind.SQL{Database: "dev", Connection: kind.Connection{Cluster: "c"}, Statements: []plan.Statement{redshiftsql.CreateGroup("g")}},
	}
}

// much has names as long and as odd as AWS takes them.
func much(t plan.Target) map[string]plan.Spec {
	tags := kind.Tags("every-kind.analytics", "much")
	name := strings.Repeat("n", 64)
	roles := []string{t.RoleARN("/a/~*$?/", "r+=,.@-_"), t.RoleARN("/", name)}
	everything := []plan.Statement{
		redshiftsql.CreateSchema(`it's "quoted" \ $(x) ünïcødé 日本`), redshiftsql.GrantCreateModel("g"),
		redshiftsql.RevokeAssumeRole("g", roles[0]), redshiftsql.GrantAssumeRole(roles[0], "g"),
	}
	return map[string]plan.Spec{
		"role-2": kind.Role{
			Path: "/a/~*$?/", RoleName: "r+=,.@-_", Description: strings.Repeat("d", 1000), Trust: trust(t),
			Boundary: t.ManagedPolicyARN("PowerUserAccess"), Tags: tags,
		},
		"attachment-2": kind.Attachment{RoleName: "r+=,.@-_", PolicyARN: t.GlobalARN("iam", "policy/a/"+name), Title: name, RoleTags: tags},
		"policy-2":     kind.InlinePolicy{RoleName: name, PolicyName: strings.Repeat("p", 128), Document: permissions(ref("key-2", kind.KeyARN)), RoleTags: tags},
		"people":       kind.ExistingPrincipal{Of: kind.Principal{Type: kind.Group, Name: "g+=,.@-_"}},
		"people-policy": kind.PrincipalPolicy{
			Of: kind.Principal{Type: kind.Group, Name: "g+=,.@-_"}, PolicyName: strings.Repeat("p", 128), Document: permissions(t.RoleARN("/a/~*$?/", "r+=,.@-_")),
		},
		"managed-2": kind.ManagedPolicy{
			ID: "managed-2", Path: "/a/", PolicyName: "m+=,.@-_", Description: strings.Repeat("d", 1000), Account: t.Account, Partition: t.Partition,
			Document: permissions(ref("key-2", kind.KeyARN)), Tags: tags,
		},
		"managed-2-on":      kind.Attachment{RoleName: "waiting", PolicyARN: t.GlobalARN("iam", "policy/a/m+=,.@-_"), Title: "m+=,.@-_"},
		"profile-2":         kind.InstanceProfile{ProfileName: "i+=,.@-_", RoleName: "r+=,.@-_", Tags: tags},
		"pair-2":            kind.KeyPair{KeyName: `k "$x" it's \`, PublicKey: PublicKey, Tags: tags},
		"waiting-role":      kind.ExistingPrincipal{Of: kind.Principal{Type: kind.RoleType, Name: "waiting"}, Trusted: "redshift.amazonaws.com", Trust: trust(t)},
		"other-role":        kind.ExistingPrincipal{Of: kind.Principal{Type: kind.RoleType, Name: "other"}},
		"other-role-policy": kind.PrincipalPolicy{Of: kind.Principal{Type: kind.RoleType, Name: "other"}, PolicyName: "p", Document: permissions(ref("key-2", kind.KeyARN))},
		"bucket-2": kind.Bucket{
			BucketName: strings.Repeat("b", 63), Account: t.Account, Region: t.Region, KeyARN: ref("old-key-2", kind.KeyARN), Policy: tlsOnly(t, "b"), Tags: tags,
		},
		"key-2":     kind.Key{ID: "key-2", Alias: "a/" + strings.Repeat("k", 240), Description: "key", Tags: tags},
		"old-key-2": kind.ExistingKey{KeyRef: t.ARN("kms", "alias/acme")},
		"group":     kind.SecurityGroup{ID: "group", GroupName: "g", Description: "d", VPCID: vpc, CIDR: ref("vpc", kind.VPCCIDR), Tags: tags},
		"interface-2": kind.InterfaceEndpoint{
			Title: "sagemaker.api", VPCID: vpc, Service: "com.amazonaws." + t.Region + ".sagemaker.api",
			Subnets: []string{subnetA, subnetB}, SecurityGroups: []string{groupID, ref("group", kind.GroupID)}, Tags: tags,
		},
		"cluster-2": kind.Cluster{
			Identifier: strings.Repeat("c", 63), NodeType: "ra3.4xlarge", Nodes: 100, Database: "dev", AdminUser: "awsuser", SubnetGroup: "private",
			RoleARNs: roles, DefaultRole: roles[0], Tags: tags,
		},
		"cluster-roles-2":   kind.ClusterRoles{Identifier: "c", RoleARNs: roles, DefaultRole: roles[0]},
		"namespace-roles-2": kind.NamespaceRoles{Namespace: name, RoleARNs: roles, DefaultRole: roles[0]},
		"sql-user":          kind.SQL{Database: "d$b", Connection: kind.Connection{Cluster: "c", DBUser: "a*b?${c}<d>日`"}, Statements: everything},
		"sql-secret":        kind.SQL{Database: "dev", Connection: kind.Connection{Workgroup: "abc", Secret: t.ARN("secretsmanager", "secret:"+secretID)}, Statements: everything},
		"sql-workgroup":     kind.SQL{Database: "dev", Connection: kind.Connection{Workgroup: "abc"}, Statements: everything},
	}
}
