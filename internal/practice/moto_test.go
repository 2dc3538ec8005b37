package practice_test

import (
	"fmt"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"onramp/internal/mototest"
	"onramp/internal/practice"
)

// question is one call that is made to moto and to the practice account alike.
type question struct {
	call, input string
	keep        map[string]string // as in step
	shape       bool              // the accounts hold different things: only the members are compared, and of lists the first items
}

var questions = []question{
	{call: "sts:GetCallerIdentity"},

	{call: "iam:GetRole", input: `{"RoleName":"ml"}`},
	{call: "iam:CreateRole", input: `{"RoleName":"ml","Path":"/a/","Description":"d","AssumeRolePolicyDocument":"` + trustJSON + `","Tags":[{"Key":"k","Value":"v"}]}`},
	{call: "iam:CreateRole", input: `{"RoleName":"ml","AssumeRolePolicyDocument":"` + trustJSON + `"}`},
	{call: "iam:GetRole", input: `{"RoleName":"ml"}`},
	{call: "iam:ListRoles", input: `{"PathPrefix":"/a/"}`},
	{call: "iam:UpdateAssumeRolePolicy", input: `{"RoleName":"ml","PolicyDocument":"` + trustJSON + `"}`},
	{call: "iam:UpdateAssumeRolePolicy", input: `{"RoleName":"none","PolicyDocument":"` + trustJSON + `"}`},
	{call: "iam:TagRole", input: `{"RoleName":"ml","Tags":[{"Key":"k","Value":"w"}]}`},
	{call: "iam:ListRoleTags", input: `{"RoleName":"ml"}`},
	{call: "iam:UntagRole", input: `{"RoleName":"ml","TagKeys":["k"]}`},
	{call: "iam:UpdateRole", input: `{"RoleName":"ml","Description":"e","MaxSessionDuration":7200}`},
	{call: "iam:CreatePolicy", input: `{"PolicyName":"p","Description":"d","PolicyDocument":"` + identityJSON + `"}`},
	{call: "iam:CreatePolicy", input: `{"PolicyName":"p","PolicyDocument":"` + identityJSON + `"}`},
	{call: "iam:GetPolicy", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/p"}`},
	{call: "iam:GetPolicy", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/none"}`},
	{call: "iam:GetPolicyVersion", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/p","VersionId":"v1"}`},
	{call: "iam:GetPolicyVersion", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/p","VersionId":"v9"}`},
	{call: "iam:CreatePolicyVersion", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/p","SetAsDefault":true,"PolicyDocument":"` + identityJSON + `"}`},
	{call: "iam:ListPolicyVersions", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/p"}`},
	{call: "iam:SetDefaultPolicyVersion", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/p","VersionId":"v1"}`},
	{call: "iam:SetDefaultPolicyVersion", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/p","VersionId":"v2"}`},
	{call: "iam:SetDefaultPolicyVersion", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/p","VersionId":"v9"}`},
	{call: "iam:SetDefaultPolicyVersion", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/p","VersionId":"1"}`},
	{call: "iam:DeletePolicyVersion", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/p","VersionId":"v2"}`},
	{call: "iam:DeletePolicyVersion", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/p","VersionId":"v1"}`},
	{call: "iam:ListPolicies", input: `{"Scope":"Local"}`, shape: true},
	{call: "iam:PutRolePermissionsBoundary", input: `{"RoleName":"ml","PermissionsBoundary":"arn:aws:iam::${account}:policy/p"}`},
	{call: "iam:GetRole", input: `{"RoleName":"ml"}`},
	{call: "iam:DeleteRolePermissionsBoundary", input: `{"RoleName":"ml"}`},
	{call: "iam:AttachRolePolicy", input: `{"RoleName":"ml","PolicyArn":"arn:aws:iam::aws:policy/AmazonRedshiftAllCommandsFullAccess"}`},
	{call: "iam:AttachRolePolicy", input: `{"RoleName":"ml","PolicyArn":"arn:aws:iam::aws:policy/AmazonRedshiftMLFullAccess"}`},
	{call: "iam:ListAttachedRolePolicies", input: `{"RoleName":"ml"}`},
	{call: "iam:PutRolePolicy", input: `{"RoleName":"ml","PolicyName":"q","PolicyDocument":"` + identityJSON + `"}`},
	{call: "iam:PutRolePolicy", input: `{"RoleName":"ml","PolicyName":"q","PolicyDocument":"{"}`},
	{call: "iam:GetRolePolicy", input: `{"RoleName":"ml","PolicyName":"q"}`},
	{call: "iam:GetRolePolicy", input: `{"RoleName":"ml","PolicyName":"none"}`},
	{call: "iam:ListRolePolicies", input: `{"RoleName":"ml"}`},
	{call: "iam:ListInstanceProfilesForRole", input: `{"RoleName":"ml"}`},
	{call: "iam:GetInstanceProfile", input: `{"InstanceProfileName":"ml"}`},
	{call: "iam:CreateInstanceProfile", input: `{"InstanceProfileName":"ml","Path":"/a/","Tags":[{"Key":"k","Value":"v"}]}`},
	{call: "iam:CreateInstanceProfile", input: `{"InstanceProfileName":"ml"}`},
	{call: "iam:AddRoleToInstanceProfile", input: `{"InstanceProfileName":"ml","RoleName":"none"}`},
	{call: "iam:AddRoleToInstanceProfile", input: `{"InstanceProfileName":"none","RoleName":"ml"}`},
	{call: "iam:AddRoleToInstanceProfile", input: `{"InstanceProfileName":"ml","RoleName":"ml"}`},
	{call: "iam:AddRoleToInstanceProfile", input: `{"InstanceProfileName":"ml","RoleName":"ml"}`},
	{call: "iam:GetInstanceProfile", input: `{"InstanceProfileName":"ml"}`},
	{call: "iam:ListInstanceProfiles", input: `{"PathPrefix":"/a/"}`},
	{call: "iam:ListInstanceProfilesForRole", input: `{"RoleName":"ml"}`},
	{call: "iam:TagInstanceProfile", input: `{"InstanceProfileName":"ml","Tags":[{"Key":"k","Value":"w"}]}`},
	{call: "iam:UntagInstanceProfile", input: `{"InstanceProfileName":"ml","TagKeys":["k"]}`},
	{call: "iam:DeleteInstanceProfile", input: `{"InstanceProfileName":"ml"}`},
	{call: "iam:DeleteRole", input: `{"RoleName":"ml"}`},
	{call: "iam:RemoveRoleFromInstanceProfile", input: `{"InstanceProfileName":"ml","RoleName":"none"}`},
	{call: "iam:RemoveRoleFromInstanceProfile", input: `{"InstanceProfileName":"ml","RoleName":"ml"}`},
	{call: "iam:DeleteInstanceProfile", input: `{"InstanceProfileName":"ml"}`},
	{call: "iam:DeleteInstanceProfile", input: `{"InstanceProfileName":"ml"}`},
	{call: "iam:DeleteRole", input: `{"RoleName":"ml"}`},
	{call: "iam:DeleteRolePolicy", input: `{"RoleName":"ml","PolicyName":"q"}`},
	{call: "iam:DeleteRolePolicy", input: `{"RoleName":"ml","PolicyName":"q"}`},
	{call: "iam:DetachRolePolicy", input: `{"RoleName":"ml","PolicyArn":"arn:aws:iam::aws:policy/AmazonRedshiftAllCommandsFullAccess"}`},
	{call: "iam:DetachRolePolicy", input: `{"RoleName":"ml","PolicyArn":"arn:aws:iam::aws:policy/AmazonRedshiftAllCommandsFullAccess"}`},
	{call: "iam:DeleteRole", input: `{"RoleName":"ml"}`},
	{call: "iam:DeletePolicy", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/p"}`},

	{call: "iam:ListAccountAliases"},
	{call: "iam:GetUser", input: `{"UserName":"none"}`},
	{call: "iam:CreateUser", input: `{"UserName":"p","Path":"/a/"}`},
	{call: "iam:CreateUser", input: `{"UserName":"p"}`},
	{call: "iam:GetUser", input: `{"UserName":"p"}`},
	{call: "iam:ListUsers", input: `{"PathPrefix":"/a/"}`},
	{call: "iam:PutUserPolicy", input: `{"UserName":"p","PolicyName":"q","PolicyDocument":"` + identityJSON + `"}`},
	{call: "iam:PutUserPolicy", input: `{"UserName":"none","PolicyName":"q","PolicyDocument":"` + identityJSON + `"}`},
	{call: "iam:GetUserPolicy", input: `{"UserName":"p","PolicyName":"q"}`},
	{call: "iam:GetUserPolicy", input: `{"UserName":"p","PolicyName":"none"}`},
	{call: "iam:ListUserPolicies", input: `{"UserName":"p"}`},
	{call: "iam:DeleteUser", input: `{"UserName":"p"}`},
	{call: "iam:DeleteUserPolicy", input: `{"UserName":"p","PolicyName":"q"}`},
	{call: "iam:DeleteUserPolicy", input: `{"UserName":"p","PolicyName":"q"}`},
	{call: "iam:DeleteUser", input: `{"UserName":"p"}`},
	{call: "iam:DeleteUser", input: `{"UserName":"p"}`},

	{call: "iam:GetGroup", input: `{"GroupName":"none"}`},
	{call: "iam:CreateGroup", input: `{"GroupName":"p","Path":"/a/"}`},
	{call: "iam:CreateGroup", input: `{"GroupName":"p"}`},
	{call: "iam:GetGroup", input: `{"GroupName":"p"}`},
	{call: "iam:ListGroups", input: `{"PathPrefix":"/a/"}`},
	{call: "iam:PutGroupPolicy", input: `{"GroupName":"p","PolicyName":"q","PolicyDocument":"` + identityJSON + `"}`},
	{call: "iam:PutGroupPolicy", input: `{"GroupName":"none","PolicyName":"q","PolicyDocument":"` + identityJSON + `"}`},
	{call: "iam:GetGroupPolicy", input: `{"GroupName":"p","PolicyName":"q"}`},
	{call: "iam:GetGroupPolicy", input: `{"GroupName":"p","PolicyName":"none"}`},
	{call: "iam:ListGroupPolicies", input: `{"GroupName":"p"}`},
	{call: "iam:DeleteGroupPolicy", input: `{"GroupName":"p","PolicyName":"q"}`},
	{call: "iam:DeleteGroupPolicy", input: `{"GroupName":"p","PolicyName":"q"}`},
	{call: "iam:DeleteGroup", input: `{"GroupName":"p"}`},
	{call: "iam:DeleteGroup", input: `{"GroupName":"p"}`},

	{call: "s3:HeadBucket", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:GetBucketTagging", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:CreateBucket", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:CreateBucket", input: `{"Bucket":"onramp-b","CreateBucketConfiguration":{"LocationConstraint":"us-west-2"},"ObjectOwnership":"BucketOwnerEnforced"}`},
	{call: "s3:CreateBucket", input: `{"Bucket":"onramp-b","CreateBucketConfiguration":{"LocationConstraint":"us-west-2"}}`},
	{call: "s3:CreateBucket", input: `{"Bucket":"onramp-c","CreateBucketConfiguration":{"LocationConstraint":"eu-west-1"}}`},
	{call: "s3:HeadBucket", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:ListBuckets", shape: true},
	{call: "s3:ListBuckets", input: `{"MaxBuckets":1000}`, shape: true},
	{call: "s3:GetBucketLocation", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:GetBucketTagging", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:PutBucketTagging", input: `{"Bucket":"onramp-b","Tagging":{"TagSet":[{"Key":"k","Value":"v"}]}}`},
	{call: "s3:GetBucketTagging", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:PutPublicAccessBlock", input: `{"Bucket":"onramp-b","PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":true,"RestrictPublicBuckets":true}}`},
	{call: "s3:GetPublicAccessBlock", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:DeletePublicAccessBlock", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:GetPublicAccessBlock", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:PutBucketEncryption", input: `{"Bucket":"onramp-b","ServerSideEncryptionConfiguration":{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"arn:aws:kms:us-west-2:${account}:key/1"},"BucketKeyEnabled":true}]}}`},
	{call: "s3:GetBucketEncryption", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:GetBucketPolicy", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:PutBucketPolicy", input: `{"Bucket":"onramp-b","Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::onramp-b/*\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"false\"}}}]}"}`},
	{call: "s3:GetBucketPolicy", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:DeleteBucketPolicy", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:GetBucketLifecycleConfiguration", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:PutBucketLifecycleConfiguration", input: `{"Bucket":"onramp-b","LifecycleConfiguration":{"Rules":[{"ID":"r","Status":"Enabled","Filter":{"Prefix":""},"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":7}}]}}`},
	{call: "s3:GetBucketLifecycleConfiguration", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:DeleteBucketLifecycle", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:PutBucketOwnershipControls", input: `{"Bucket":"onramp-b","OwnershipControls":{"Rules":[{"ObjectOwnership":"BucketOwnerEnforced"}]}}`},
	{call: "s3:GetBucketOwnershipControls", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:GetBucketVersioning", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:PutBucketVersioning", input: `{"Bucket":"onramp-b","VersioningConfiguration":{"Status":"Suspended"}}`},
	{call: "s3:GetBucketVersioning", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:PutObject", input: `{"Bucket":"onramp-b","Key":"a","Body":"1"}`},
	{call: "s3:ListObjectsV2", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:ListObjectVersions", input: `{"Bucket":"onramp-b","Prefix":"a"}`},
	{call: "s3:ListObjectVersions", input: `{"Bucket":"onramp-b","Prefix":"b"}`},
	{call: "s3:DeleteBucket", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:DeleteObject", input: `{"Bucket":"onramp-b","Key":"a","VersionId":"null"}`},
	{call: "s3:DeleteBucketTagging", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:DeleteBucketEncryption", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:DeleteBucketOwnershipControls", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:DeleteBucket", input: `{"Bucket":"onramp-b"}`},
	{call: "s3:DeleteBucket", input: `{"Bucket":"onramp-b"}`},

	{call: "kms:DescribeKey", input: `{"KeyId":"alias/ml"}`},
	{call: "kms:CreateKey", input: `{"Description":"d","Tags":[{"TagKey":"k","TagValue":"v"}]}`, keep: map[string]string{"key": "KeyMetadata.KeyId", "arn": "KeyMetadata.Arn"}},
	{call: "kms:CreateAlias", input: `{"AliasName":"alias/ml","TargetKeyId":"${arn}"}`},
	{call: "kms:CreateAlias", input: `{"AliasName":"alias/ml","TargetKeyId":"${arn}"}`},
	{call: "kms:DescribeKey", input: `{"KeyId":"alias/ml"}`},
	{call: "kms:DescribeKey", input: `{"KeyId":"00000000-0000-4000-8000-000000000000"}`},
	{call: "kms:ListKeys", shape: true},
	{call: "kms:ListAliases", input: `{"KeyId":"${key}"}`},
	{call: "kms:ListResourceTags", input: `{"KeyId":"${key}"}`},
	{call: "kms:TagResource", input: `{"KeyId":"${key}","Tags":[{"TagKey":"l","TagValue":"w"}]}`},
	{call: "kms:UntagResource", input: `{"KeyId":"${key}","TagKeys":["l"]}`},
	{call: "kms:GetKeyPolicy", input: `{"KeyId":"${key}","PolicyName":"default"}`},
	{call: "kms:PutKeyPolicy", input: `{"KeyId":"${key}","PolicyName":"default","Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::${account}:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}"}`},
	{call: "kms:GetKeyRotationStatus", input: `{"KeyId":"${arn}"}`},
	{call: "kms:EnableKeyRotation", input: `{"KeyId":"${arn}"}`},
	{call: "kms:GetKeyRotationStatus", input: `{"KeyId":"${arn}"}`},
	{call: "kms:DisableKeyRotation", input: `{"KeyId":"${arn}"}`},
	{call: "kms:DisableKey", input: `{"KeyId":"${key}"}`},
	{call: "kms:DescribeKey", input: `{"KeyId":"${arn}"}`},
	{call: "kms:EnableKey", input: `{"KeyId":"${key}"}`},
	{call: "kms:ScheduleKeyDeletion", input: `{"KeyId":"${key}","PendingWindowInDays":7}`},
	{call: "kms:DescribeKey", input: `{"KeyId":"${key}"}`},
	{call: "kms:CancelKeyDeletion", input: `{"KeyId":"${key}"}`},
	{call: "kms:DeleteAlias", input: `{"AliasName":"alias/ml"}`},
	{call: "kms:DeleteAlias", input: `{"AliasName":"alias/ml"}`},

	{call: "ec2:DescribeVpcs", shape: true, keep: map[string]string{"vpc": "Vpcs.0.VpcId", "cidr": "Vpcs.0.CidrBlock"}},
	{call: "ec2:DescribeVpcs", input: `{"VpcIds":["vpc-00000000"]}`},
	{call: "ec2:DescribeNetworkAcls", input: `{"Filters":[{"Name":"vpc-id","Values":["${vpc}"]}]}`, shape: true},
	{call: "ec2:DescribeVpcAttribute", input: `{"VpcId":"${vpc}","Attribute":"enableDnsSupport"}`},
	{call: "ec2:ModifyVpcAttribute", input: `{"VpcId":"${vpc}","EnableDnsHostnames":{"Value":true}}`},
	{call: "ec2:DescribeVpcAttribute", input: `{"VpcId":"${vpc}","Attribute":"enableDnsHostnames"}`},
	{call: "ec2:DescribeSubnets", input: `{"Filters":[{"Name":"vpc-id","Values":["${vpc}"]}]}`, shape: true, keep: map[string]string{"subnet": "Subnets.0.SubnetId"}},
	{call: "ec2:DescribeSubnets", input: `{"SubnetIds":["subnet-00000000"]}`},
	{call: "ec2:DescribeRouteTables", input: `{"Filters":[{"Name":"association.main","Values":["true"]}]}`, shape: true, keep: map[string]string{"table": "RouteTables.0.RouteTableId"}},
	{call: "ec2:DescribeRouteTables", input: `{"RouteTableIds":["rtb-00000000"]}`},
	{call: "ec2:CreateSecurityGroup", input: `{"GroupName":"g","Description":"d","VpcId":"${vpc}","TagSpecifications":[{"ResourceType":"security-group","Tags":[{"Key":"k","Value":"v"}]}]}`, keep: map[string]string{"group": "GroupId"}},
	{call: "ec2:CreateSecurityGroup", input: `{"GroupName":"g","Description":"d","VpcId":"${vpc}"}`},
	{call: "ec2:AuthorizeSecurityGroupIngress", input: `{"GroupId":"${group}","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"10.9.0.0/16","Description":"x"}]}]}`},
	{call: "ec2:AuthorizeSecurityGroupIngress", input: `{"GroupId":"${group}","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"10.9.0.0/16"}]}]}`},
	{call: "ec2:AuthorizeSecurityGroupIngress", input: `{"GroupId":"sg-00000000","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"10.9.0.0/16"}]}]}`},
	{call: "ec2:DescribeSecurityGroups", input: `{"Filters":[{"Name":"vpc-id","Values":["${vpc}"]},{"Name":"group-name","Values":["g"]}]}`},
	{call: "ec2:DescribeVpcEndpointServices", input: `{"ServiceNames":["com.amazonaws.us-west-2.sagemaker.api"]}`},
	{call: "ec2:DescribeVpcEndpointServices", input: `{"ServiceNames":["none"]}`},
	{call: "ec2:CreateVpcEndpoint", input: `{"VpcEndpointType":"Gateway","VpcId":"${vpc}","ServiceName":"com.amazonaws.us-west-2.s3","RouteTableIds":["${table}"],"PrivateDnsEnabled":false,"TagSpecifications":[{"ResourceType":"vpc-endpoint","Tags":[{"Key":"k","Value":"v"}]}]}`, keep: map[string]string{"gateway": "VpcEndpoint.VpcEndpointId"}},
	{call: "ec2:DescribeVpcEndpoints", input: `{"Filters":[{"Name":"vpc-id","Values":["${vpc}"]},{"Name":"service-name","Values":["com.amazonaws.us-west-2.s3"]},{"Name":"vpc-endpoint-type","Values":["Gateway"]}]}`},
	{call: "ec2:CreateVpcEndpoint", input: `{"VpcEndpointType":"Interface","VpcId":"${vpc}","ServiceName":"com.amazonaws.us-west-2.sagemaker.api","SubnetIds":["${subnet}"],"SecurityGroupIds":["${group}"],"PrivateDnsEnabled":true}`, keep: map[string]string{"endpoint": "VpcEndpoint.VpcEndpointId"}},
	{call: "ec2:DescribeVpcEndpoints", input: `{"VpcEndpointIds":["${endpoint}"]}`},
	{call: "ec2:DescribeVpcEndpoints", input: `{"VpcEndpointIds":["vpce-00000000"]}`},
	{call: "ec2:ModifyVpcEndpoint", input: `{"VpcEndpointId":"${gateway}","ResetPolicy":true}`},
	{call: "ec2:DeleteVpcEndpoints", input: `{"VpcEndpointIds":["${gateway}","${endpoint}"]}`},
	{call: "ec2:RevokeSecurityGroupIngress", input: `{"GroupId":"${group}","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"10.9.0.0/16"}]}]}`},
	{call: "ec2:DeleteSecurityGroup", input: `{"GroupId":"${group}"}`},
	{call: "ec2:DeleteSecurityGroup", input: `{"GroupId":"${group}"}`},

	{call: "s3:CreateBucket", input: `{"Bucket":"onramp-d","CreateBucketConfiguration":{"LocationConstraint":"us-west-2"}}`},
	{call: "s3:GetBucketAcl", input: `{"Bucket":"onramp-d"}`, shape: true},
	{call: "s3:GetBucketCors", input: `{"Bucket":"onramp-d"}`},
	{call: "s3:GetBucketWebsite", input: `{"Bucket":"onramp-d"}`},
	{call: "s3:GetBucketReplication", input: `{"Bucket":"onramp-d"}`},
	{call: "s3:GetObjectLockConfiguration", input: `{"Bucket":"onramp-d"}`},
	{call: "s3:GetBucketAccelerateConfiguration", input: `{"Bucket":"onramp-d"}`},
	{call: "s3:GetBucketLogging", input: `{"Bucket":"onramp-d"}`},
	{call: "s3:GetBucketRequestPayment", input: `{"Bucket":"onramp-d"}`},
	{call: "ec2:CreateSecurityGroup", input: `{"GroupName":"h","Description":"d","VpcId":"${vpc}"}`, keep: map[string]string{"other": "GroupId"}},
	{call: "ec2:DescribeSecurityGroupRules", input: `{"Filters":[{"Name":"group-id","Values":["${other}"]}]}`},
	{call: "ec2:RevokeSecurityGroupEgress", input: `{"GroupId":"${other}","IpPermissions":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}`},
	{call: "ec2:AuthorizeSecurityGroupEgress", input: `{"GroupId":"${other}","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"10.9.0.0/16"}]}]}`},
	{call: "ec2:CreateTags", input: `{"Resources":["${other}"],"Tags":[{"Key":"k","Value":"v"}]}`},
	{call: "ec2:DeleteTags", input: `{"Resources":["${other}"],"Tags":[{"Key":"k"}]}`},
	{call: "ec2:DescribeSecurityGroups", input: `{"GroupIds":["${other}"]}`},
	{call: "ec2:ImportKeyPair", input: `{"KeyName":"r",` + material(rsaKey) + `,"TagSpecifications":[{"ResourceType":"key-pair","Tags":[{"Key":"k","Value":"v"}]}]}`},
	{call: "ec2:ImportKeyPair", input: `{"KeyName":"r",` + material(rsaKey) + `}`},
	{call: "ec2:ImportKeyPair", input: `{"KeyName":"e",` + material(ed25519Key+" e") + `}`},
	{call: "ec2:ImportKeyPair", input: `{"KeyName":"x",` + material("x") + `}`},
	{call: "ec2:DescribeKeyPairs", input: `{"KeyNames":["r"]}`},
	{call: "ec2:DescribeKeyPairs", input: `{"KeyNames":["none"]}`},
	{call: "ec2:DescribeKeyPairs", input: `{"Filters":[{"Name":"key-name","Values":["e"]}],"IncludePublicKey":true}`},
	{call: "ec2:DescribeKeyPairs", input: `{"Filters":[{"Name":"tag:k","Values":["v"]}]}`},
	{call: "ec2:DeleteKeyPair", input: `{"KeyName":"r"}`},
	{call: "ec2:DeleteKeyPair", input: `{"KeyName":"r"}`},
	{call: "ec2:DescribePrefixLists", shape: true},
	{call: "ec2:DescribeNetworkInterfaces", input: `{"Filters":[{"Name":"group-id","Values":["${other}"]}]}`},
	{call: "iam:CreatePolicy", input: `{"PolicyName":"t","PolicyDocument":"` + identityJSON + `"}`},
	{call: "iam:TagPolicy", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/t","Tags":[{"Key":"k","Value":"v"}]}`},
	{call: "iam:UntagPolicy", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/t","TagKeys":["k"]}`},
	{call: "iam:ListEntitiesForPolicy", input: `{"PolicyArn":"arn:aws:iam::${account}:policy/t"}`},

	{call: "redshift:DescribeClusters", input: `{"ClusterIdentifier":"new"}`},
	{call: "redshift:DescribeLoggingStatus", input: `{"ClusterIdentifier":"new"}`},
	{call: "redshift:DescribeClusterSubnetGroups", input: `{"ClusterSubnetGroupName":"none"}`},
	{call: "redshift:CreateCluster", input: `{"ClusterIdentifier":"new","NodeType":"ra3.large","ClusterType":"multi-node","NumberOfNodes":2,"DBName":"dev","MasterUsername":"boss","MasterUserPassword":"Abcdefg1","PubliclyAccessible":false,"Encrypted":true,"Tags":[{"Key":"k","Value":"v"}]}`},
	{call: "redshift:CreateCluster", input: `{"ClusterIdentifier":"new","NodeType":"ra3.large","ClusterType":"single-node","MasterUsername":"boss","MasterUserPassword":"Abcdefg1"}`},
	{call: "redshift:DescribeClusters", input: `{"ClusterIdentifier":"new"}`},
	{call: "redshift:ModifyCluster", input: `{"ClusterIdentifier":"new","EnhancedVpcRouting":true}`},
	{call: "redshift:DescribeLoggingStatus", input: `{"ClusterIdentifier":"new"}`},
	{call: "redshift:CreateTags", input: `{"ResourceName":"arn:aws:redshift:us-west-2:${account}:cluster:new","Tags":[{"Key":"l","Value":"w"}]}`},
	{call: "redshift:DeleteTags", input: `{"ResourceName":"arn:aws:redshift:us-west-2:${account}:cluster:new","TagKeys":["l"]}`},
	{call: "redshift:PauseCluster", input: `{"ClusterIdentifier":"new"}`},
	{call: "redshift:ResumeCluster", input: `{"ClusterIdentifier":"new"}`},
	{call: "redshift:DeleteCluster", input: `{"ClusterIdentifier":"new","SkipFinalClusterSnapshot":true}`},
	{call: "redshift:DeleteCluster", input: `{"ClusterIdentifier":"new","SkipFinalClusterSnapshot":true}`},
}

// missing are operations that the practice account has and moto has not, or not so that the SDK can
// read its answers (reference/testing-against-aws.md).
var missing = []string{
	"iam:SimulatePrincipalPolicy", "iam:ListInstanceProfileTags", "redshift:ModifyClusterIamRoles", "redshift-data:*", "redshift-serverless:*", "access-analyzer:*", "secretsmanager:*",
}

// answers makes every call and gives what each answers, flat.
func answersOf(t *testing.T, s sdk, account string) []map[string]string {
	t.Helper()
	kept := map[string]string{"account": account}
	var out []map[string]string
	for _, q := range questions {
		answer, err := patient(s, q.call, os.Expand(q.input, func(name string) string { return kept[name] }))
		flat := map[string]string{}
		if err != nil {
			flat["error"] = fmt.Sprintf("%s %d", codeOf(err), statusOf(err))
		} else {
			flatten(flat, "", answer, q.shape)
		}
		for name, path := range q.keep {
			kept[name] = at(answer, path)
		}
		for path, value := range flat {
			flat[path] = leveled(value, kept)
		}
		out = append(out, flat)
	}
	return out
}

// patient makes a call again where moto has closed the connection on its answer.
func patient(s sdk, call, input string) (answer map[string]any, err error) {
	for range 5 {
		if answer, err = s.call(call, input); err == nil || !strings.Contains(err.Error(), "closed network connection") {
			break
		}
	}
	return answer, err
}

// flatten writes the members that are there, by their paths.
func flatten(into map[string]string, at string, v any, shape bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, one := range v {
			flatten(into, strings.TrimPrefix(at+"."+name, "."), one, shape)
		}
	case []any:
		for i, one := range v {
			if !shape || i == 0 {
				flatten(into, fmt.Sprintf("%s.%d", at, i), one, shape)
			}
		}
	case nil:
	default:
		if text := fmt.Sprint(v); text != "" && shape {
			into[at] = "something"
		} else if text != "" {
			into[at] = text
		}
	}
}

var (
	moment = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(Z|\+00:00)?`)
	random = regexp.MustCompile(`\b(AROA|ANPA)[A-Z0-9]+|\b(vpce|eni|sgr|vpce-svc|pl|key)-[0-9a-zA-Z]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|"?[0-9a-f]{32,}"?`)
)

// leveled takes out of a value what cannot be the same in two accounts.
func leveled(value string, kept map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		if kept[name] != "" && kept[name] != "<none>" {
			value = strings.ReplaceAll(value, kept[name], "${"+name+"}")
		}
	}
	return random.ReplaceAllString(moment.ReplaceAllString(value, "<moment>"), "<id>")
}

func TestAnswersAreThoseOfMoto(t *testing.T) {
	m := mototest.Start(t)
	moto := answersOf(t, overHTTP(t, m.URL, mototest.Region), mototest.Account)
	ours := answersOf(t, inProcess(t, practice.New(practice.Settings{Region: mototest.Region}), mototest.Region), practice.Number)
	used := map[string]bool{}
	for i, q := range questions {
		for _, at := range slices.Sorted(maps.Keys(union(moto[i], ours[i]))) {
			if moto[i][at] == ours[i][at] {
				continue
			}
			rule := justified(q.call + " " + at)
			used[rule] = true
			if rule == "" {
				t.Errorf("%d %s %s: %s: moto %q, practice %q", i, q.call, q.input, at, moto[i][at], ours[i][at])
			}
		}
	}
	for rule := range differences {
		if !used[rule] {
			t.Errorf("the difference %q is no more", rule)
		}
	}
}

func union(a, b map[string]string) map[string]string {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

func justified(at string) string {
	for _, rule := range slices.Sorted(maps.Keys(differences)) {
		if ok, _ := path.Match(rule, at); ok {
			return rule
		}
	}
	return ""
}

// differences are where the practice account answers otherwise than moto, and why AWS does so too. In
// a pattern * stands for anything.
var differences = map[string]string{
	"sts:GetCallerIdentity Arn":    "a user's ARN is one of iam (STS API, GetCallerIdentity); moto's user has no name there",
	"sts:GetCallerIdentity UserId": "a user's id begins with AIDA (IAM UG, Unique identifiers); moto answers the access key",

	"iam:*Polic* *.PermissionsBoundaryUsageCount":           "IAM API, Policy: moto leaves it out",
	"iam:*Policy Policy.PolicyId":                           "IAM UG, Unique identifiers: ANPA begins the id of a managed policy; moto's begins with anything",
	"iam:GetPolicyVersion PolicyVersion.Document":           "IAM API, GetPolicyVersion: the document is URL-encoded",
	"iam:ListRoles Roles.0.AssumeRolePolicyDocument":        "IAM API, ListRoles: the document is URL-encoded",
	"iam:GetRolePolicy PolicyDocument":                      "IAM API, GetRolePolicy: URL-encoded after RFC 3986, which encodes the slash; moto does not",
	"iam:GetUserPolicy PolicyDocument":                      "as iam:GetRolePolicy",
	"iam:GetGroupPolicy PolicyDocument":                     "as iam:GetRolePolicy",
	"iam:* *.UserId":                                        "IAM UG, Unique identifiers: AIDA begins the id of a user; moto's begins with anything",
	"iam:* *.GroupId":                                       "IAM UG, Unique identifiers: AGPA begins the id of a group; moto's begins with anything",
	"iam:ListAccountAliases AccountAliases.0":               "the furniture has an alias",
	"iam:* *.InstanceProfileId":                             "IAM UG, Unique identifiers: AIPA begins the id of an instance profile; moto's begins with anything",
	"iam:*InstanceProfile* *.AssumeRolePolicyDocument":      "IAM API, Role: the document is URL-encoded",
	"iam:ListInstanceProfiles* InstanceProfiles.0.Tags.*":   "IAM API, ListInstanceProfiles: lists leave out tags",
	"iam:CreatePolicyVersion PolicyVersion.Document":        "IAM API, PolicyVersion: CreatePolicyVersion does not answer the document",
	"iam:ListPolicyVersions Versions.*.Document":            "IAM API, PolicyVersion: ListPolicyVersions does not answer the document",
	"iam:ListPolicyVersions Versions.*.VersionId":           "IAM lists the newest version first; moto the oldest",
	"iam:ListPolicyVersions Versions.*.IsDefaultVersion":    "as VersionId",
	"iam:GetRole Role.PermissionsBoundary.*Type":            "IAM API, AttachedPermissionsBoundary: the value is Policy; moto answers the name of the enum's member",
	"s3:HeadBucket AccessPointAlias":                        "S3 API, HeadBucket: x-amz-access-point-alias",
	"s3:ListBuckets Buckets.0.BucketRegion":                 "S3 API, Bucket: moto leaves it out",
	"s3:ListBuckets Owner.DisplayName":                      "S3 API, Owner: DisplayName ended on 2025-11-21",
	"s3:ListObjectVersions Versions.0.Owner.DisplayName":    "S3 API, Owner: DisplayName ended on 2025-11-21",
	"s3:DeleteObject VersionId":                             "S3 API, DeleteObject: x-amz-version-id is the version that was deleted",
	"s3:GetBucketAcl Owner.DisplayName":                     "S3 API, Owner: DisplayName ended on 2025-11-21",
	"s3:GetBucketRequestPayment Payer":                      "S3 API, GetBucketRequestPayment: BucketOwner by default; moto does not have the call",
	"ec2:DescribePrefixLists PrefixLists.0.Cidrs.0":         "EC2 API, PrefixList: moto leaves it out",
	"redshift:DescribeLoggingStatus *Time":                  "Redshift API, LoggingStatus: without logging there was no delivery",
	"s3:PutBucketLifecycleConfiguration Transition*":        "S3 API, PutBucketLifecycleConfiguration: the header x-amz-transition-default-minimum-object-size",
	"kms:CreateKey KeyMetadata.KeyUsage":                    "KMS API, CreateKey: ENCRYPT_DECRYPT is the default",
	"kms:DescribeKey KeyMetadata.KeyUsage":                  "as kms:CreateKey",
	"kms:* KeyMetadata.MultiRegion":                         "KMS API, KeyMetadata: moto leaves it out",
	"kms:GetKeyPolicy Policy":                               "KMS UG, Default key policy: the same words, with other white space",
	"kms:GetKeyPolicy PolicyName":                           "KMS API, GetKeyPolicy: moto leaves it out",
	"kms:GetKeyRotationStatus *":                            "KMS API, GetKeyRotationStatus: moto answers only whether",
	"kms:ScheduleKeyDeletion *":                             "KMS API, ScheduleKeyDeletion: KeyId is the key's ARN, and state and window are answered",
	"kms:CancelKeyDeletion KeyId":                           "KMS API, CancelKeyDeletion: the key's ARN",
	"ec2:Describe* *.0.Tags.*":                              "the furniture has tags, and what moto makes has none",
	"ec2:CreateSecurityGroup Tags.*":                        "EC2 API, CreateSecurityGroup: moto leaves them out",
	"ec2:ImportKeyPair KeyFingerprint":                      "EC2 UG, Verify the fingerprint of your key pair: of an Ed25519 key as ssh-keygen -l has it; moto hashes another form of the key",
	"ec2:DescribeKeyPairs KeyPairs.0.KeyFingerprint":        "as ec2:ImportKeyPair",
	"ec2:ImportKeyPair error":                               "aws-sdk-js #314, streisand #1171: EC2 answers InvalidKey.Format; moto InvalidKeyPair.Format",
	"ec2:*SecurityGroup* *.GroupOwnerId":                    "EC2 API, SecurityGroupRule: moto leaves it out",
	"ec2:*SecurityGroup* *RuleArn":                          "EC2 API, SecurityGroupRule: moto leaves it out",
	"ec2:DeleteSecurityGroup *":                             "EC2 API, DeleteSecurityGroup: Return and GroupId are answered since 2024",
	"ec2:*VpcEndpoint* *.PolicyDocument":                    "PrivateLink UG, Default endpoint policy: it has no Version",
	"ec2:*VpcEndpoint* *.DnsEntries.*":                      "PrivateLink UG, DNS hostnames: ID-HASH.SERVICE.REGION.vpce.amazonaws.com, and the private name beside it",
	"ec2:*VpcEndpoint* *.DnsOptions.DnsRecordIpType":        "EC2 API, VpcEndpoint: moto leaves it out",
	"ec2:*VpcEndpoint* *.IpAddressType":                     "EC2 API, VpcEndpoint: moto leaves it out",
	"ec2:*VpcEndpoint* *.RequesterManaged":                  "EC2 API, VpcEndpoint: moto leaves it out",
	"ec2:*VpcEndpoint* *.ServiceRegion":                     "EC2 API, VpcEndpoint and ServiceDetail: moto leaves it out",
	"ec2:DescribeVpcEndpointServices *.AvailabilityZones.3": "the furniture has three zones",
	"ec2:DescribeVpcEndpointServices *.ServiceId":           "a random id, made in another way",

	"redshift:* *.AquaConfiguration.*":              "Redshift API, Cluster: moto leaves it out",
	"redshift:* *.AvailabilityZoneRelocationStatus": "Redshift API, Cluster: moto leaves it out, and Terraform waits for it",
	"redshift:* *.ClusterAvailabilityStatus":        "Redshift API, Cluster: moto leaves it out, and Terraform waits for it",
	"redshift:* *.ClusterNamespaceArn":              "Redshift API, Cluster: moto leaves it out",
	"redshift:* *.ClusterNodes.*":                   "Redshift API, Cluster: moto leaves it out",
	"redshift:* *.ParameterGroupName":               "Redshift UG, Parameter groups: default.redshift-2.0 since 2025",
	"redshift:* *.ClusterSecurityGroups.*":          "Redshift API, Cluster: they are of clusters outside a VPC, and there are none any more",
	"redshift:* *.ClusterSubnetGroupName":           "every cluster is in a VPC",
	"redshift:* *.VpcId":                            "every cluster is in a VPC",
	"redshift:* *.VpcSecurityGroups.*":              "every cluster is in a VPC",
	"redshift:* *.Endpoint.Address":                 "a random name, made in another way",
	"redshift:* *.IpAddressType":                    "Redshift API, Cluster: moto leaves it out",
	"redshift:* *.KmsKeyId":                         "Redshift API, Cluster: every cluster is encrypted",
	"redshift:* *.MaintenanceTrackName":             "Redshift API, Cluster: moto leaves it out",
	"redshift:* *.ManualSnapshotRetentionPeriod":    "Redshift API, Cluster: moto leaves it out",
	"redshift:* *.MultiAZ":                          "Redshift API, Cluster: moto leaves it out",
	"redshift:* *.PreferredMaintenanceWindow":       "Redshift chooses one, in lower case",
	"redshift:* *.TotalStorageCapacityInMegaBytes":  "moto has no storage",
	"redshift:DeleteCluster Cluster.ClusterStatus":  "Redshift API, DeleteCluster: the cluster is deleting; moto says available",
}

func TestEveryOperationIsAskedOfMotoOrMissingThere(t *testing.T) {
	asked := map[string]bool{}
	for _, q := range questions {
		asked[q.call] = true
	}
	for _, name := range practice.Operations() {
		absent := slices.ContainsFunc(missing, func(p string) bool { ok, _ := path.Match(p, name); return ok })
		if !asked[name] && !absent {
			t.Errorf("%s: not asked", name)
		}
	}
}
