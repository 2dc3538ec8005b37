package permissions_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onramp/internal/kind"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/permissions"
	"onramp/internal/plan"
)

var (
	target = plantest.Target("us-east-1")
	made   = plan.Ref{Resource: "made", Output: "id"}.String()
	roleA  = "arn:aws:iam::111122223333:role/a"
	roleB  = "arn:aws:iam::111122223333:role/b"
)

// around is a plan that has what some rules look for: a bounded role under a path, a security group
// and an endpoint service.
var around = plan.Plan{Target: target, Owner: "redshift-ml.c", Resources: []plan.Resource{
	{ID: "role", Spec: kind.Role{RoleName: "ours", Path: "/ml/"}},
	{ID: "made", Spec: kind.SecurityGroup{ID: "made", VPCID: "vpc-1"}},
	{ID: "service", Spec: kind.EndpointService{ID: "service", Suffix: ".sagemaker.api"}},
}}

// lines writes permissions as "action resource [operator key=values]".
func lines(permissions []permissions.Permission) []string {
	var out []string
	for _, p := range permissions {
		line := p.Action + " " + p.Resource
		for _, c := range p.Conditions {
			line += fmt.Sprintf(" [%s %s=%s]", c.Operator, c.Key, strings.Join(c.Values, ","))
		}
		out = append(out, line)
	}
	return out
}

func TestRequired(t *testing.T) {
	tags := []plan.Object{plan.In("Key", "k", "Value", "v")}
	const (
		ec2  = "arn:aws:ec2:us-east-1:111122223333:"
		key  = "arn:aws:kms:us-east-1:111122223333:key/"
		data = "redshift-data:DescribeStatement * [StringEquals redshift-data:statement-owner-iam-userid=${aws:userid}]"
		get  = "redshift-data:GetStatementResult * [StringEquals redshift-data:statement-owner-iam-userid=${aws:userid}]"
		run  = "redshift-data:ExecuteStatement arn:aws:redshift:us-east-1:111122223333:cluster:c"
		runs = "redshift-data:ExecuteStatement arn:aws:redshift-serverless:us-east-1:111122223333:workgroup/*"
	)
	for name, test := range map[string]struct {
		call plan.Call
		want []string
	}{
		"asking who one is needs nothing": {
			call: plan.NewCall("sts", "GetCallerIdentity"),
		},
		"S3 operations have actions of other names": {
			call: plan.NewCall("s3", "PutBucketEncryption", "Bucket", "b"),
			want: []string{"s3:PutEncryptionConfiguration arn:aws:s3:::b"},
		},
		"a bucket with object ownership needs a second action": {
			call: plan.NewCall("s3", "CreateBucket", "Bucket", "b", "ObjectOwnership", "BucketOwnerEnforced"),
			want: []string{"s3:CreateBucket arn:aws:s3:::b", "s3:PutBucketOwnershipControls arn:aws:s3:::b"},
		},
		"a key that is not there yet has no ARN, and its tags need every key": {
			call: plan.NewCall("kms", "CreateKey", "Tags", tags),
			want: []string{"kms:CreateKey *", "kms:TagResource " + key + "*"},
		},
		"a key without tags needs no tagging": {
			call: plan.NewCall("kms", "CreateKey"),
			want: []string{"kms:CreateKey *"},
		},
		"an alias is asked for on alias and key": {
			call: plan.NewCall("kms", "CreateAlias", "AliasName", "alias/ml", "TargetKeyId", made),
			want: []string{"kms:CreateAlias arn:aws:kms:us-east-1:111122223333:alias/ml", "kms:CreateAlias " + key + "*"},
		},
		"a key named by alias may be any key, if the call names the alias": {
			call: plan.NewCall("kms", "DescribeKey", "KeyId", "alias/ml"),
			want: []string{"kms:DescribeKey " + key + "* [StringEquals kms:RequestAlias=alias/ml]"},
		},
		"a key named by the ARN of an alias is a key of that account": {
			call: plan.NewCall("kms", "DescribeKey", "KeyId", "arn:aws:kms:us-east-1:999988887777:alias/ml"),
			want: []string{"kms:DescribeKey arn:aws:kms:us-east-1:999988887777:key/* [StringEquals kms:RequestAlias=alias/ml]"},
		},
		"a key named by id is that key": {
			call: plan.NewCall("kms", "DescribeKey", "KeyId", "0a1b"), want: []string{"kms:DescribeKey " + key + "0a1b"},
		},
		"a key named by ARN is that key": {
			call: plan.NewCall("kms", "DescribeKey", "KeyId", key+"0a1b"), want: []string{"kms:DescribeKey " + key + "0a1b"},
		},
		"a role is read under whatever path it has": {
			call: plan.NewCall("iam", "GetRole", "RoleName", "ours"),
			want: []string{"iam:GetRole arn:aws:iam::111122223333:role/ours", "iam:GetRole arn:aws:iam::111122223333:role/*/ours"},
		},
		"a role of the plan is changed under the plan's path": {
			call: plan.NewCall("iam", "PutRolePolicy", "RoleName", "ours"),
			want: []string{"iam:PutRolePolicy arn:aws:iam::111122223333:role/ml/ours"},
		},
		"a role that the plan does not make may have any path": {
			call: plan.NewCall("iam", "PutRolePolicy", "RoleName", "a"),
			want: []string{"iam:PutRolePolicy " + roleA, "iam:PutRolePolicy arn:aws:iam::111122223333:role/*/a"},
		},
		"a role with boundary and tags": {
			call: plan.NewCall("iam", "CreateRole", "RoleName", "a", "Path", "/", "PermissionsBoundary", "arn:aws:iam::111122223333:policy/b", "Tags", tags),
			want: []string{"iam:CreateRole " + roleA + " [StringEquals iam:PermissionsBoundary=arn:aws:iam::111122223333:policy/b]", "iam:TagRole " + roleA},
		},
		"a role without either": {
			call: plan.NewCall("iam", "CreateRole", "RoleName", "a", "Path", "/"),
			want: []string{"iam:CreateRole " + roleA},
		},
		"a boundary may be set to the plan's and no other": {
			call: plan.NewCall("iam", "PutRolePermissionsBoundary", "RoleName", "ours", "PermissionsBoundary", "arn:aws:iam::aws:policy/P"),
			want: []string{"iam:PutRolePermissionsBoundary arn:aws:iam::111122223333:role/ml/ours [StringEquals iam:PermissionsBoundary=arn:aws:iam::aws:policy/P]"},
		},
		"a managed policy with tags": {
			call: plan.NewCall("iam", "CreatePolicy", "PolicyName", "p*", "Path", "/a/", "Tags", tags),
			want: []string{"iam:CreatePolicy arn:aws:iam::111122223333:policy/a/p${*}", "iam:TagPolicy arn:aws:iam::111122223333:policy/a/p${*}"},
		},
		"a managed policy without tags or path": {
			call: plan.NewCall("iam", "CreatePolicy", "PolicyName", "p"), want: []string{"iam:CreatePolicy arn:aws:iam::111122223333:policy/p"},
		},
		"a version of a policy by its ARN": {
			call: plan.NewCall("iam", "SetDefaultPolicyVersion", "PolicyArn", "arn:aws:iam::111122223333:policy/a/p", "VersionId", "v1"),
			want: []string{"iam:SetDefaultPolicyVersion arn:aws:iam::111122223333:policy/a/p"},
		},
		"a policy whose ARN only AWS knows may be any of the account": {
			call: plan.NewCall("iam", "DeletePolicy", "PolicyArn", made), want: []string{"iam:DeletePolicy arn:aws:iam::111122223333:policy/*"},
		},
		"a policy that is read first may be any of the account": {
			call: plan.NewCall("iam", "CreatePolicyVersion", "PolicyArn", plan.Current{Query: "x"}), want: []string{"iam:CreatePolicyVersion arn:aws:iam::111122223333:policy/*"},
		},
		"an instance profile with tags": {
			call: plan.NewCall("iam", "CreateInstanceProfile", "InstanceProfileName", "p", "Path", "/a/", "Tags", tags),
			want: []string{"iam:CreateInstanceProfile arn:aws:iam::111122223333:instance-profile/a/p", "iam:TagInstanceProfile arn:aws:iam::111122223333:instance-profile/a/p"},
		},
		"an instance profile is read under whatever path it has": {
			call: plan.NewCall("iam", "GetInstanceProfile", "InstanceProfileName", "p"),
			want: []string{"iam:GetInstanceProfile arn:aws:iam::111122223333:instance-profile/p", "iam:GetInstanceProfile arn:aws:iam::111122223333:instance-profile/*/p"},
		},
		"a role that is put into a profile is passed to EC2": {
			call: plan.NewCall("iam", "AddRoleToInstanceProfile", "InstanceProfileName", "p", "RoleName", "ours"),
			want: []string{
				"iam:AddRoleToInstanceProfile arn:aws:iam::111122223333:instance-profile/p", "iam:AddRoleToInstanceProfile arn:aws:iam::111122223333:instance-profile/*/p",
				"iam:PassRole arn:aws:iam::111122223333:role/ml/ours [StringEquals iam:PassedToService=ec2.amazonaws.com]",
			},
		},
		"a role that is taken out of a profile is not passed": {
			call: plan.NewCall("iam", "RemoveRoleFromInstanceProfile", "InstanceProfileName", "p", "RoleName", "ours"),
			want: []string{"iam:RemoveRoleFromInstanceProfile arn:aws:iam::111122223333:instance-profile/p", "iam:RemoveRoleFromInstanceProfile arn:aws:iam::111122223333:instance-profile/*/p"},
		},
		"a key pair is imported under its name and tagged then only": {
			call: plan.NewCall("ec2", "ImportKeyPair", "KeyName", "k", "TagSpecifications", tags),
			want: []string{"ec2:ImportKeyPair " + ec2 + "key-pair/k", "ec2:CreateTags " + ec2 + "key-pair/k [StringEquals ec2:CreateAction=ImportKeyPair]"},
		},
		"key pairs are listed without naming one": {
			call: plan.NewCall("ec2", "DescribeKeyPairs", "KeyNames", []string{"k"}), want: []string{"ec2:DescribeKeyPairs *"},
		},
		"a key pair is deleted by its name": {
			call: plan.NewCall("ec2", "DeleteKeyPair", "KeyName", "k"), want: []string{"ec2:DeleteKeyPair " + ec2 + "key-pair/k"},
		},
		"a key pair that is deleted by its id may be any": {
			call: plan.NewCall("ec2", "DeleteKeyPair", "KeyPairId", "key-1"), want: []string{"ec2:DeleteKeyPair " + ec2 + "key-pair/*"},
		},
		"one managed policy may be attached": {
			call: plan.NewCall("iam", "AttachRolePolicy", "RoleName", "ours", "PolicyArn", "arn:aws:iam::aws:policy/P"),
			want: []string{"iam:AttachRolePolicy arn:aws:iam::111122223333:role/ml/ours [ArnEquals iam:PolicyARN=arn:aws:iam::aws:policy/P]"},
		},
		"keys are listed without naming one": {
			call: plan.NewCall("kms", "ListKeys"), want: []string{"kms:ListKeys *"},
		},
		"the tags of any key may be the plan's": {
			call: plan.NewCall("kms", "ListResourceTags", "KeyId", made), want: []string{"kms:ListResourceTags " + key + "*"},
		},
		"an alias is taken from whichever key has it": {
			call: plan.NewCall("kms", "DeleteAlias", "AliasName", "alias/ml"),
			want: []string{"kms:DeleteAlias arn:aws:kms:us-east-1:111122223333:alias/ml", "kms:DeleteAlias " + key + "*"},
		},
		"one managed policy may be detached": {
			call: plan.NewCall("iam", "DetachRolePolicy", "RoleName", "ours", "PolicyArn", "arn:aws:iam::aws:policy/P"),
			want: []string{"iam:DetachRolePolicy arn:aws:iam::111122223333:role/ml/ours [ArnEquals iam:PolicyARN=arn:aws:iam::aws:policy/P]"},
		},
		"which boundary is put back is not known": {
			call: plan.NewCall("iam", "PutRolePermissionsBoundary", "RoleName", "ours", "PermissionsBoundary", plan.Before{Query: "x"}),
			want: []string{"iam:PutRolePermissionsBoundary arn:aws:iam::111122223333:role/ml/ours"},
		},
		"a group that is read first may be any": {
			call: plan.NewCall("ec2", "DeleteSecurityGroup", "GroupId", plan.Current{Query: "x"}),
			want: []string{"ec2:DeleteSecurityGroup " + ec2 + "security-group/*"},
		},
		"only endpoints of the plan may be deleted": {
			call: plan.NewCall("ec2", "DeleteVpcEndpoints", "VpcEndpointIds", plan.RoleList{Query: "x"}),
			want: []string{"ec2:DeleteVpcEndpoints " + ec2 + "vpc-endpoint/* [StringEquals aws:ResourceTag/onramp:plan=redshift-ml.c]"},
		},
		"a route table is taken from any endpoint": {
			call: plan.NewCall("ec2", "ModifyVpcEndpoint", "VpcEndpointId", plan.Current{Query: "x"}, "RemoveRouteTableIds", []string{"rtb-1"}),
			want: []string{"ec2:ModifyVpcEndpoint " + ec2 + "vpc-endpoint/*", "ec2:ModifyVpcEndpoint " + ec2 + "route-table/rtb-1"},
		},
		"a cluster is deleted with a snapshot and its secret": {
			call: plan.NewCall("redshift", "DeleteCluster", "ClusterIdentifier", "c", "FinalClusterSnapshotIdentifier", "s"),
			want: []string{
				"redshift:DeleteCluster arn:aws:redshift:us-east-1:111122223333:cluster:c",
				"redshift:CreateClusterSnapshot arn:aws:redshift:us-east-1:111122223333:snapshot:c/s",
				"secretsmanager:DeleteSecret arn:aws:secretsmanager:us-east-1:111122223333:secret:redshift!c-*",
				"secretsmanager:DescribeSecret arn:aws:secretsmanager:us-east-1:111122223333:secret:redshift!c-*",
			},
		},
		"a default role that is put back may be any": {
			call: plan.NewCall("redshift", "ModifyClusterIamRoles", "ClusterIdentifier", "c", "DefaultIamRoleArn", plan.Before{Query: "x"}),
			want: []string{
				"redshift:ModifyClusterIamRoles arn:aws:redshift:us-east-1:111122223333:cluster:c",
				"iam:PassRole arn:aws:iam::111122223333:role/* [StringEquals iam:PassedToService=redshift.amazonaws.com]",
			},
		},
		"no role is passed to have no default role": {
			call: plan.NewCall("redshift", "ModifyClusterIamRoles", "ClusterIdentifier", "c", "DefaultIamRoleArn", plan.EmptyText),
			want: []string{"redshift:ModifyClusterIamRoles arn:aws:redshift:us-east-1:111122223333:cluster:c"},
		},
		"a security group is made in its VPC and tagged then only": {
			call: plan.NewCall("ec2", "CreateSecurityGroup", "VpcId", "vpc-1", "TagSpecifications", tags),
			want: []string{
				"ec2:CreateSecurityGroup " + ec2 + "vpc/vpc-1", "ec2:CreateSecurityGroup " + ec2 + "security-group/*",
				"ec2:CreateTags " + ec2 + "security-group/* [StringEquals ec2:CreateAction=CreateSecurityGroup]",
			},
		},
		"a group of the plan is opened in its VPC": {
			call: plan.NewCall("ec2", "AuthorizeSecurityGroupIngress", "GroupId", made),
			want: []string{"ec2:AuthorizeSecurityGroupIngress " + ec2 + "security-group/* [ArnEquals ec2:Vpc=" + ec2 + "vpc/vpc-1]"},
		},
		"a group that is known is opened by its id": {
			call: plan.NewCall("ec2", "AuthorizeSecurityGroupIngress", "GroupId", "sg-1"),
			want: []string{"ec2:AuthorizeSecurityGroupIngress " + ec2 + "security-group/sg-1"},
		},
		"an interface endpoint with private names": {
			call: plan.NewCall("ec2", "CreateVpcEndpoint", "VpcId", "vpc-1", "ServiceName", plan.Ref{Resource: "service", Output: "name"}.String(),
				"SubnetIds", []string{"subnet-1"}, "SecurityGroupIds", []string{made, "sg-1"}, "PrivateDnsEnabled", true),
			want: []string{
				"ec2:CreateVpcEndpoint " + ec2 + "vpc-endpoint/* [StringLike ec2:VpceServiceName=*.sagemaker.api]",
				"ec2:CreateVpcEndpoint " + ec2 + "vpc/vpc-1", "ec2:CreateVpcEndpoint " + ec2 + "subnet/subnet-1",
				"ec2:CreateVpcEndpoint " + ec2 + "security-group/*", "ec2:CreateVpcEndpoint " + ec2 + "security-group/sg-1",
				"ec2:DescribeSecurityGroups *", "ec2:DescribeSubnets *", "ec2:DescribeVpcs *",
				"route53:AssociateVPCWithHostedZone arn:aws:route53:::hostedzone/*",
			},
		},
		"a gateway endpoint leads to one service": {
			call: plan.NewCall("ec2", "CreateVpcEndpoint", "VpcId", "vpc-1", "ServiceName", "com.amazonaws.us-east-1.s3", "RouteTableIds", []string{"rtb-1"}),
			want: []string{
				"ec2:CreateVpcEndpoint " + ec2 + "vpc-endpoint/* [StringEquals ec2:VpceServiceName=com.amazonaws.us-east-1.s3]",
				"ec2:CreateVpcEndpoint " + ec2 + "vpc/vpc-1", "ec2:CreateVpcEndpoint " + ec2 + "route-table/rtb-1",
				"ec2:DescribeSecurityGroups *", "ec2:DescribeSubnets *", "ec2:DescribeVpcs *",
			},
		},
		"an endpoint whose id is read first may be any": {
			call: plan.NewCall("ec2", "ModifyVpcEndpoint", "VpcEndpointId", plan.Current{Query: "x"}, "AddRouteTableIds", []string{"rtb-1"}),
			want: []string{"ec2:ModifyVpcEndpoint " + ec2 + "vpc-endpoint/*", "ec2:ModifyVpcEndpoint " + ec2 + "route-table/rtb-1"},
		},
		"a role that is attached to a cluster is passed to Redshift": {
			call: plan.NewCall("redshift", "ModifyClusterIamRoles", "ClusterIdentifier", "c", "AddIamRoles", []string{roleA}, "DefaultIamRoleArn", roleA),
			want: []string{
				"redshift:ModifyClusterIamRoles arn:aws:redshift:us-east-1:111122223333:cluster:c",
				"iam:PassRole " + roleA + " [StringEquals iam:PassedToService=redshift.amazonaws.com]",
			},
		},
		"a namespace is given its roles once more, and nobody knows them": {
			call: plan.NewCall("redshift-serverless", "UpdateNamespace", "iamRoles", plan.RoleList{Add: []string{roleA}}, "defaultIamRoleArn", plan.Current{Query: "x"}),
			want: []string{
				"redshift-serverless:UpdateNamespace arn:aws:redshift-serverless:us-east-1:111122223333:namespace/*",
				"iam:PassRole arn:aws:iam::111122223333:role/* [StringEquals iam:PassedToService=redshift-serverless.amazonaws.com]",
			},
		},
		"a namespace that is given roles by name passes those": {
			call: plan.NewCall("redshift-serverless", "UpdateNamespace", "iamRoles", []string{roleA, roleB}, "defaultIamRoleArn", roleA),
			want: []string{
				"redshift-serverless:UpdateNamespace arn:aws:redshift-serverless:us-east-1:111122223333:namespace/*",
				"iam:PassRole " + roleA + " [StringEquals iam:PassedToService=redshift-serverless.amazonaws.com]",
				"iam:PassRole " + roleB + " [StringEquals iam:PassedToService=redshift-serverless.amazonaws.com]",
			},
		},
		"SQL as a database user of a cluster": {
			call: plan.NewCall("redshift-data", "ExecuteStatement", "ClusterIdentifier", "c", "Database", "dev", "DbUser", "u"),
			want: []string{
				run, data, get,
				"redshift:GetClusterCredentials arn:aws:redshift:us-east-1:111122223333:dbuser:c/u",
				"redshift:GetClusterCredentials arn:aws:redshift:us-east-1:111122223333:dbname:c/dev",
			},
		},
		"SQL as oneself on a cluster": {
			call: plan.NewCall("redshift-data", "ExecuteStatement", "ClusterIdentifier", "c", "Database", "dev"),
			want: []string{run, data, get, "redshift:GetClusterCredentialsWithIAM arn:aws:redshift:us-east-1:111122223333:dbname:c/dev"},
		},
		"SQL with a secret": {
			call: plan.NewCall("redshift-data", "ExecuteStatement", "ClusterIdentifier", "c", "Database", "dev", "SecretArn", "arn:aws:secretsmanager:us-east-1:111122223333:secret:s-AbCdEf"),
			want: []string{run, data, get, "secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:111122223333:secret:s-AbCdEf"},
		},
		"SQL with a secret on a workgroup, beside which the cluster's name says nothing": {
			call: plan.NewCall("redshift-data", "ExecuteStatement", "WorkgroupName", "w", "Database", "dev", "SecretArn", "s"),
			want: []string{runs, data, get, "secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:111122223333:secret:s-??????"},
		},
		"SQL as oneself on a workgroup": {
			call: plan.NewCall("redshift-data", "ExecuteStatement", "WorkgroupName", "w", "Database", "dev"),
			want: []string{runs, data, get, "redshift-serverless:GetCredentials arn:aws:redshift-serverless:us-east-1:111122223333:workgroup/*"},
		},
		"a name is never a wildcard, a variable, or a character that no policy can hold": {
			call: plan.NewCall("redshift-data", "ExecuteStatement", "ClusterIdentifier", "c", "Database", "dev", "DbUser", "*?${u}<日>`"),
			want: []string{
				run, data, get,
				"redshift:GetClusterCredentials arn:aws:redshift:us-east-1:111122223333:dbuser:c/${*}${?}${$}{u}????",
				"redshift:GetClusterCredentials arn:aws:redshift:us-east-1:111122223333:dbname:c/dev",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := permissions.Required(test.call, around)
			if err != nil {
				t.Fatal(err)
			}
			if g := lines(got); !slices.Equal(g, test.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(g, "\n  "), strings.Join(test.want, "\n  "))
			}
		})
	}
}

func TestRoleIsPassedToEC2InChina(t *testing.T) {
	call := plan.NewCall("iam", "AddRoleToInstanceProfile", "InstanceProfileName", "p", "RoleName", "a")
	got, err := permissions.Required(call, plan.Plan{Target: plantest.Target("cn-north-1")})
	if want := "[StringEquals iam:PassedToService=ec2.amazonaws.com,ec2.amazonaws.com.cn]"; err != nil || !strings.HasSuffix(lines(got)[2], want) {
		t.Errorf("%v: %v", lines(got), err)
	}
}

func TestNewClusterNeedsMoreThanItsOwnAction(t *testing.T) {
	call := plan.NewCall("redshift", "CreateCluster", "ClusterIdentifier", "c", "IamRoles", []string{roleA, roleB}, "DefaultIamRoleArn", roleA,
		"ManageMasterPassword", true, "Tags", []plan.Object{plan.In("Key", "k", "Value", "v")})
	got, err := permissions.Required(call, around)
	if err != nil {
		t.Fatal(err)
	}
	const secret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:redshift!c-*"
	for _, want := range []string{
		"redshift:CreateCluster arn:aws:redshift:us-east-1:111122223333:cluster:c",
		"redshift:CreateTags arn:aws:redshift:us-east-1:111122223333:cluster:c",
		"iam:PassRole " + roleA + " [StringEquals iam:PassedToService=redshift.amazonaws.com]",
		"iam:PassRole " + roleB + " [StringEquals iam:PassedToService=redshift.amazonaws.com]",
		"iam:CreateServiceLinkedRole arn:aws:iam::111122223333:role/aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift [StringEquals iam:AWSServiceName=redshift.amazonaws.com]",
		"ec2:DescribeSubnets *", "secretsmanager:GetRandomPassword *", "secretsmanager:CreateSecret " + secret, "secretsmanager:TagResource " + secret,
	} {
		if !slices.Contains(lines(got), want) {
			t.Errorf("missing %s in\n  %s", want, strings.Join(lines(got), "\n  "))
		}
	}
}

func TestUnknownCallIsAnError(t *testing.T) {
	_, err := permissions.Required(plan.NewCall("iam", "DeleteUser", "UserName", "a"), around)
	if err == nil || err.Error() != "look up what iam:DeleteUser needs: not in the table" {
		t.Errorf("got %v", err)
	}
}
