package aiunlimited

import (
	"slices"

	"onramp/internal/plan"
	"onramp/internal/policy"
)

// The action lists are those of the policy files of Teradata/ai-unlimited at upstream, in their order. None of the
// files has a Sid or a Condition, and all but the engine's are on every resource.

// creatingRoles are the actions by which ai-unlimited-workspaces.json differs from its sister for accounts in which the
// service may create no roles.
var creatingRoles = []string{"iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy"}

// rewriting are the actions by which whoever has the manager's role could use any other role of the account.
var rewriting = []string{"iam:PassRole", "iam:PutRolePolicy", "iam:TagRole"}

// workspaces is the list of ai-unlimited-workspaces.json.
var workspaces = slices.Concat(
	of("iam", "PassRole", "AddRoleToInstanceProfile", "CreateInstanceProfile", "CreateRole", "DeleteInstanceProfile", "DeleteRole", "DeleteRolePolicy",
		"GetInstanceProfile", "GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListInstanceProfilesForRole", "ListRolePolicies", "PutRolePolicy",
		"RemoveRoleFromInstanceProfile", "TagRole", "TagInstanceProfile"),
	of("ec2", "TerminateInstances", "RunInstances", "RevokeSecurityGroupEgress", "ModifyInstanceAttribute", "ImportKeyPair", "DescribeVpcs", "DescribeVolumes",
		"DescribeTags", "DescribeSubnets", "DescribeSecurityGroups", "DescribePlacementGroups", "DescribeNetworkInterfaces", "DescribeLaunchTemplates",
		"DescribeLaunchTemplateVersions", "DescribeKeyPairs", "DescribeInstanceTypes", "DescribeInstanceTypeOfferings", "DescribeInstances",
		"DescribeInstanceAttribute", "DescribeImages", "DescribeAccountAttributes", "DescribeAvailabilityZones", "DescribeManagedPrefixLists",
		"DescribeVpcAttribute", "DeleteTags", "DeleteSecurityGroup", "DeletePlacementGroup", "DeleteLaunchTemplate", "DeleteLaunchTemplateVersions",
		"DeleteKeyPair", "CreateTags", "CreateSecurityGroup", "CreatePlacementGroup", "CreateLaunchTemplateVersion", "CreateLaunchTemplate",
		"AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress", "CreateInternetGateway", "CreateVpc",
		"DescribeInternetGateways", "DeleteVpc", "ModifyVpcAttribute", "DeleteInternetGateway", "CreateSubnet", "CreateRouteTable", "DescribeRouteTables",
		"DeleteSubnet", "DeleteRouteTable", "AttachInternetGateway", "ModifySubnetAttribute", "DetachInternetGateway", "AssociateRouteTable", "CreateRoute",
		"DisassociateRouteTable", "DeleteRoute", "DescribeAddresses", "AssociateAddress", "DisassociateAddress"),
	of("secretsmanager", "CreateSecret", "DeleteSecret", "DescribeSecret", "GetResourcePolicy", "GetSecretValue", "PutSecretValue", "TagResource"),
	of("s3", "CreateBucket", "DeleteBucket", "PutObject", "GetObject", "DeleteObject"),
	of("cloudformation", "CreateStack", "DeleteStack", "DescribeStacks", "ListStacks", "DescribeStackEvents"),
	of("ssm", "PutParameter", "GetParameter", "DeleteParameter"),
	of("route53", "GetHostedZone", "ChangeResourceRecordSets", "GetChange"),
)

// of are actions of one service.
func of(service string, names ...string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = service + ":" + n
	}
	return out
}

// without is a list without some of its actions.
func without(actions, less []string) []string {
	return slices.DeleteFunc(slices.Clone(actions), func(a string) bool { return slices.Contains(less, a) })
}

func allow(actions []string, resources ...string) policy.Statement {
	return policy.Statement{Effect: policy.Allow, Actions: actions, Resources: resources}
}

func document(statements ...policy.Statement) policy.Document {
	return policy.Document{Version: policy.Version, Statements: statements}
}

// sample says which file of upstream a text is of.
func sample(file string) string { return file + " of Teradata/ai-unlimited at commit " + upstream }

// managerActions are those of the manager, and the file that has them.
func managerActions(createsRoles bool) ([]string, string) {
	if createsRoles {
		return workspaces, "ai-unlimited-workspaces.json"
	}
	return without(workspaces, creatingRoles), "ai-unlimited-workspaces-without-iam-role-permissions.json"
}

// managerPolicy is what the manager may do. engine has the ARNs of the only role that it may hand on; none: any, as the
// sample has it.
func managerPolicy(createsRoles bool, engine []string) (policy.Document, string) {
	actions, file := managerActions(createsRoles)
	if len(engine) == 0 {
		return document(allow(actions, "*")), sample(file)
	}
	pass := allow([]string{"iam:PassRole"}, engine...)
	pass.Sid = "PassEngineRole"
	pass.Conditions = []policy.Condition{{Operator: "StringEquals", Key: "iam:PassedToService", Values: []string{ec2}}}
	change := allow([]string{"iam:PutRolePolicy", "iam:TagRole"}, engine...)
	change.Sid = "ChangeEngineRole"
	return document(allow(without(actions, rewriting), "*"), pass, change), sample(file) + ", with three actions held to the engine's role, which is onramp's own"
}

// enginePolicy lets the engine read its secrets, in every region in which it is deployed. The sample has placeholders
// for region and account; the star at the end stands for the names of cluster and secret and for what Secrets
// Manager puts to them.
func enginePolicy(t plan.Target, regions []string) policy.Document {
	var secrets []string
	for _, r := range regions {
		t.Region = r
		secrets = append(secrets, t.ARN("secretsmanager", "secret:compute-engine/*"))
	}
	return document(allow([]string{"secretsmanager:GetSecretValue"}, secrets...))
}

// sessionPolicy lets Systems Manager open sessions on an instance. It is AWS's AmazonSSMManagedInstanceCore without
// the reading of parameters.
func sessionPolicy() policy.Document {
	return document(
		allow(of("ssm", "DescribeAssociation", "GetDeployablePatchSnapshotForInstance", "GetDocument", "DescribeDocument", "GetManifest", "ListAssociations",
			"ListInstanceAssociations", "PutInventory", "PutComplianceItems", "PutConfigurePackageResult", "UpdateAssociationStatus",
			"UpdateInstanceAssociationStatus", "UpdateInstanceInformation"), "*"),
		allow(of("ssmmessages", "CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"), "*"),
		allow(of("ec2messages", "AcknowledgeMessage", "DeleteMessage", "FailMessage", "GetEndpoint", "GetMessages", "SendReply"), "*"),
	)
}

// ec2 is the service that assumes both roles: the manager is an instance (the templates say so), and so are the engine's
// nodes (no page says so).
const ec2 = "ec2.amazonaws.com"

// trust lets instances have the role. EC2 names no source when it assumes one, so no condition can.
func trust() policy.Document {
	return document(policy.Statement{Effect: policy.Allow, Principal: policy.Principal{Services: []string{ec2}}, Actions: []string{"sts:AssumeRole"}})
}
