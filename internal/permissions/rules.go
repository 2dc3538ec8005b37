package permissions

import (
	"sync"

	"onramp/internal/plan"
)

// rule says what a call needs.
type rule func(scope, plan.Call) []Permission

// rules has every call that package kind makes. Actions, resources and condition keys are those of
// the Service Authorization Reference; where the name of an action is not that of the operation, or
// where one call needs several, the rule says so.
var rules = sync.OnceValue(func() map[string]rule {
	return map[string]rule{
		"sts:GetCallerIdentity": nothing, // AWS lets everybody ask who they are (AWS STS API Reference)

		"s3:HeadBucket":                      onBucket("s3:ListBucket"),
		"s3:CreateBucket":                    createBucket,
		"s3:GetBucketTagging":                onBucket("s3:GetBucketTagging"),
		"s3:PutBucketTagging":                onBucket("s3:PutBucketTagging"),
		"s3:GetPublicAccessBlock":            onBucket("s3:GetBucketPublicAccessBlock"),
		"s3:PutPublicAccessBlock":            onBucket("s3:PutBucketPublicAccessBlock"),
		"s3:GetBucketEncryption":             onBucket("s3:GetEncryptionConfiguration"),
		"s3:PutBucketEncryption":             onBucket("s3:PutEncryptionConfiguration"),
		"s3:GetBucketPolicy":                 onBucket("s3:GetBucketPolicy"),
		"s3:PutBucketPolicy":                 onBucket("s3:PutBucketPolicy"),
		"s3:GetBucketLifecycleConfiguration": onBucket("s3:GetLifecycleConfiguration"),
		"s3:PutBucketLifecycleConfiguration": onBucket("s3:PutLifecycleConfiguration"),
		"s3:DeleteBucket":                    onBucket("s3:DeleteBucket"),
		"s3:DeleteBucketTagging":             onBucket("s3:PutBucketTagging"),
		"s3:DeletePublicAccessBlock":         onBucket("s3:PutBucketPublicAccessBlock"),
		"s3:DeleteBucketEncryption":          onBucket("s3:PutEncryptionConfiguration"),
		"s3:DeleteBucketPolicy":              onBucket("s3:DeleteBucketPolicy"),
		"s3:DeleteBucketLifecycle":           onBucket("s3:PutLifecycleConfiguration"),

		"kms:DescribeKey":          onKey("kms:DescribeKey"),
		"kms:GetKeyPolicy":         onKey("kms:GetKeyPolicy"),
		"kms:CreateKey":            createKey,
		"kms:CreateAlias":          createAlias,
		"kms:GetKeyRotationStatus": onKey("kms:GetKeyRotationStatus"),
		"kms:EnableKeyRotation":    onKey("kms:EnableKeyRotation"),
		"kms:ListKeys":             anywhere("kms:ListKeys"),
		"kms:ListResourceTags":     onKey("kms:ListResourceTags"),
		"kms:DeleteAlias":          deleteAlias,
		"kms:DisableKeyRotation":   onKey("kms:DisableKeyRotation"),
		"kms:ScheduleKeyDeletion":  onKey("kms:ScheduleKeyDeletion"),

		"iam:GetRole":                       readRole("iam:GetRole"),
		"iam:ListAttachedRolePolicies":      readRole("iam:ListAttachedRolePolicies"),
		"iam:GetRolePolicy":                 readRole("iam:GetRolePolicy"),
		"iam:CreateRole":                    createRole,
		"iam:UpdateAssumeRolePolicy":        writeRole("iam:UpdateAssumeRolePolicy"),
		"iam:PutRolePermissionsBoundary":    putBoundary,
		"iam:AttachRolePolicy":              onePolicy("iam:AttachRolePolicy"),
		"iam:PutRolePolicy":                 writeRole("iam:PutRolePolicy"),
		"iam:DeleteRole":                    writeRole("iam:DeleteRole"),
		"iam:DeleteRolePermissionsBoundary": writeRole("iam:DeleteRolePermissionsBoundary"),
		"iam:DetachRolePolicy":              onePolicy("iam:DetachRolePolicy"),
		"iam:DeleteRolePolicy":              writeRole("iam:DeleteRolePolicy"),

		"iam:GetPolicy":               onManaged("iam:GetPolicy"),
		"iam:GetPolicyVersion":        onManaged("iam:GetPolicyVersion"),
		"iam:CreatePolicy":            createPolicy,
		"iam:CreatePolicyVersion":     onManaged("iam:CreatePolicyVersion"),
		"iam:SetDefaultPolicyVersion": onManaged("iam:SetDefaultPolicyVersion"),
		"iam:DeletePolicyVersion":     onManaged("iam:DeletePolicyVersion"),
		"iam:DeletePolicy":            onManaged("iam:DeletePolicy"),

		"iam:GetInstanceProfile":            onProfile("iam:GetInstanceProfile"),
		"iam:CreateInstanceProfile":         createProfile,
		"iam:AddRoleToInstanceProfile":      addRoleToProfile,
		"iam:RemoveRoleFromInstanceProfile": onProfile("iam:RemoveRoleFromInstanceProfile"),
		"iam:DeleteInstanceProfile":         onProfile("iam:DeleteInstanceProfile"),

		"iam:GetUser":           onUser("iam:GetUser"),
		"iam:GetUserPolicy":     onUser("iam:GetUserPolicy"),
		"iam:PutUserPolicy":     onUser("iam:PutUserPolicy"),
		"iam:DeleteUserPolicy":  onUser("iam:DeleteUserPolicy"),
		"iam:GetGroup":          onIAMGroup("iam:GetGroup"),
		"iam:GetGroupPolicy":    onIAMGroup("iam:GetGroupPolicy"),
		"iam:PutGroupPolicy":    onIAMGroup("iam:PutGroupPolicy"),
		"iam:DeleteGroupPolicy": onIAMGroup("iam:DeleteGroupPolicy"),

		"ec2:DescribeVpcs":                  anywhere("ec2:DescribeVpcs"),
		"ec2:DescribeVpcAttribute":          onVPC("ec2:DescribeVpcAttribute"),
		"ec2:ModifyVpcAttribute":            onVPC("ec2:ModifyVpcAttribute"),
		"ec2:DescribeSubnets":               anywhere("ec2:DescribeSubnets"),
		"ec2:DescribeRouteTables":           anywhere("ec2:DescribeRouteTables"),
		"ec2:DescribeNetworkAcls":           anywhere("ec2:DescribeNetworkAcls"),
		"ec2:DescribeSecurityGroups":        anywhere("ec2:DescribeSecurityGroups"),
		"ec2:CreateSecurityGroup":           createSecurityGroup,
		"ec2:AuthorizeSecurityGroupIngress": onGroup("ec2:AuthorizeSecurityGroupIngress"),
		"ec2:DescribeVpcEndpoints":          anywhere("ec2:DescribeVpcEndpoints"),
		"ec2:DescribeVpcEndpointServices":   anywhere("ec2:DescribeVpcEndpointServices"),
		"ec2:CreateVpcEndpoint":             createEndpoint,
		"ec2:ModifyVpcEndpoint":             modifyEndpoint,
		"ec2:DeleteSecurityGroup":           onGroup("ec2:DeleteSecurityGroup"),
		"ec2:RevokeSecurityGroupIngress":    onGroup("ec2:RevokeSecurityGroupIngress"),
		"ec2:DeleteVpcEndpoints":            deleteEndpoints,
		"ec2:DescribeKeyPairs":              anywhere("ec2:DescribeKeyPairs"),
		"ec2:ImportKeyPair":                 importKeyPair,
		"ec2:DeleteKeyPair":                 deleteKeyPair,

		"redshift:DescribeClusterSubnetGroups": anywhere("redshift:DescribeClusterSubnetGroups"),

		"redshift:DescribeClusters":      onCluster("redshift:DescribeClusters"),
		"redshift:CreateCluster":         createCluster,
		"redshift:ModifyCluster":         onCluster("redshift:ModifyCluster"),
		"redshift:ModifyClusterIamRoles": modifyClusterRoles,
		"redshift:DeleteCluster":         deleteCluster,

		"redshift-serverless:GetNamespace":    onNamespace("redshift-serverless:GetNamespace"),
		"redshift-serverless:UpdateNamespace": updateNamespace,
		"redshift-serverless:GetWorkgroup":    onWorkgroup("redshift-serverless:GetWorkgroup"),
		"redshift-serverless:UpdateWorkgroup": onWorkgroup("redshift-serverless:UpdateWorkgroup"),

		"redshift-data:ExecuteStatement": executeStatement,
	}
})

func nothing(scope, plan.Call) []Permission { return nil }

// anywhere is for actions that AWS gives no resource.
func anywhere(actions ...string) rule {
	return func(scope, plan.Call) []Permission { return on("*", actions...) }
}
