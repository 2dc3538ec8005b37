package permissions

import (
	"slices"

	"onramp/internal/plan"
)

func (s scope) cluster(c plan.Call) string {
	return s.ARN("redshift", "cluster:"+wild(c.Input.Text("ClusterIdentifier")))
}

func onCluster(actions ...string) rule {
	return func(s scope, c plan.Call) []Permission { return on(s.cluster(c), actions...) }
}

// The ARNs of serverless warehouses end in an id that AWS makes, so no policy can name one before it
// is seen.
func onNamespace(actions ...string) rule {
	return func(s scope, _ plan.Call) []Permission {
		return on(s.ARN("redshift-serverless", "namespace/*"), actions...)
	}
}

func (s scope) workgroups() string { return s.ARN("redshift-serverless", "workgroup/*") }

func onWorkgroup(actions ...string) rule {
	return func(s scope, _ plan.Call) []Permission { return on(s.workgroups(), actions...) }
}

// createCluster is what AmazonRedshiftFullAccess holds for it, with the roles that it passes and the
// admin password that Secrets Manager keeps.
func createCluster(s scope, c plan.Call) []Permission {
	out := on(s.cluster(c), "redshift:CreateCluster")
	if has(c, "Tags") {
		out = append(out, on(s.cluster(c), "redshift:CreateTags")...)
	}
	out = append(out, pass(toRedshift, passed(c, "IamRoles", "DefaultIamRoleArn")...)...)
	linked := s.GlobalARN("iam", "role/aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift")
	out = append(out, only(on(linked, "iam:CreateServiceLinkedRole"), "StringEquals", "iam:AWSServiceName", toRedshift)...)
	out = append(out, on("*", "ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones",
		"ec2:DescribeInternetGateways", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")...)
	if managed, _ := c.Input.Get("ManageMasterPassword").(bool); managed {
		out = append(out, s.managedPassword(c.Input.Text("ClusterIdentifier"))...)
	}
	return out
}

// managedPassword is what Redshift does with Secrets Manager in the caller's name: the dependent
// actions of redshift:CreateCluster in the Service Authorization Reference. Redshift names the secret
// redshift!CLUSTER-USER; no AWS page says so, many secrets show it. The secret is encrypted with the
// key of Secrets Manager, so that no action of KMS is asked for.
func (s scope) managedPassword(cluster string) []Permission {
	secret := s.ARN("secretsmanager", "secret:redshift!"+wild(cluster)+"-*")
	return append(on("*", "secretsmanager:GetRandomPassword"), on(secret,
		"secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret",
		"secretsmanager:RotateSecret", "secretsmanager:TagResource", "secretsmanager:UpdateSecret")...)
}

// deleteCluster takes a final snapshot, and has Redshift delete the secret that it keeps the admin password
// in.
func deleteCluster(s scope, c plan.Call) []Permission {
	cluster := c.Input.Text("ClusterIdentifier")
	snapshot := s.ARN("redshift", "snapshot:"+wild(cluster)+"/"+wild(c.Input.Text("FinalClusterSnapshotIdentifier")))
	out := append(on(s.cluster(c), "redshift:DeleteCluster"), on(snapshot, "redshift:CreateClusterSnapshot")...)
	secret := s.ARN("secretsmanager", "secret:redshift!"+wild(cluster)+"-*")
	return append(out, on(secret, "secretsmanager:DeleteSecret", "secretsmanager:DescribeSecret")...)
}

// passed lists the ARNs of the roles in some members of a call.
func passed(c plan.Call, members ...string) []string {
	var out []string
	for _, m := range members {
		roles := list(c, m)
		if arn := c.Input.Text(m); arn != "" {
			roles = []string{arn}
		}
		for _, arn := range roles {
			if arn = wild(arn); !slices.Contains(out, arn) {
				out = append(out, arn)
			}
		}
	}
	return out
}

func modifyClusterRoles(s scope, c plan.Call) []Permission {
	roles := passed(c, "AddIamRoles", "DefaultIamRoleArn")
	if _, before := c.Input.Get("DefaultIamRoleArn").(plan.Before); before { // it is put back, and may be any
		roles = []string{s.GlobalARN("iam", "role/*")}
	}
	return append(on(s.cluster(c), "redshift:ModifyClusterIamRoles"), pass(toRedshift, roles...)...)
}

// updateNamespace takes the whole list of roles, and passes those that are attached already once
// more. Nobody knows them before the namespace is read, so every role of the account may be passed,
// to Redshift Serverless only (aws-solutions clickstream-analytics-on-aws #743 came to the same).
// Roles that are listed by name are passed by name.
func updateNamespace(s scope, c plan.Call) []Permission {
	roles := passed(c, "iamRoles", "defaultIamRoleArn")
	_, whole := c.Input.Get("iamRoles").(plan.RoleList)
	_, kept := c.Input.Get("defaultIamRoleArn").(plan.Current)
	if whole || kept {
		roles = []string{s.GlobalARN("iam", "role/*")}
	}
	return append(onNamespace("redshift-serverless:UpdateNamespace")(s, c), pass(toServerless, roles...)...)
}
