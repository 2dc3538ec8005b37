package practice_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"onramp/internal/practice"
)

// step is one call of a story. ${name} in its input is what an earlier step kept.
type step struct {
	call, input string
	want        map[string]string // paths of the answer with their values
	keep        map[string]string // names with paths of the answer
	fails       string            // AWS's code
}

// tell makes the calls of a story.
func tell(t *testing.T, s sdk, steps []step) {
	t.Helper()
	kept := map[string]string{}
	for _, st := range steps {
		input := os.Expand(st.input, func(name string) string { return kept[name] })
		answer, err := s.call(st.call, input)
		switch {
		case st.fails != "" && (err == nil || codeOf(err) != st.fails):
			t.Fatalf("%s %s: want %s, have %v", st.call, input, st.fails, err)
		case st.fails == "" && err != nil:
			t.Fatalf("%s %s: %v", st.call, input, err)
		}
		for path, want := range st.want {
			if have := at(answer, path); have != os.Expand(want, func(name string) string { return kept[name] }) {
				t.Errorf("%s %s: %s is %s, want %s", st.call, input, path, have, want)
			}
		}
		for name, path := range st.keep {
			kept[name] = at(answer, path)
		}
	}
}

const (
	trustJSON    = `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":[\"redshift.amazonaws.com\",\"redshift-serverless.amazonaws.com\"]},\"Action\":\"sts:AssumeRole\"}]}`
	identityJSON = `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::b/*\"}]}`
	otherJSON    = `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:PutObject\",\"Resource\":\"arn:aws:s3:::b/*\"}]}`
)

// stories have every operation once at least, but for those of services whose SDK is not a part of
// the module: TestOtherOperations has these.
var stories = map[string][]step{
	"who am I": {
		{call: "sts:GetCallerIdentity", want: map[string]string{"Account": practice.Number, "Arn": "arn:aws:iam::000000000000:user/practice"}},
	},
	"a role is made, changed and taken away": {
		{call: "iam:GetRole", input: `{"RoleName":"ml"}`, fails: "NoSuchEntity"},
		{
			call: "iam:CreateRole", input: `{"RoleName":"ml","Path":"/a/","AssumeRolePolicyDocument":"` + trustJSON + `","Tags":[{"Key":"k","Value":"v"}],"PermissionsBoundary":"arn:aws:iam::000000000000:policy/boundary"}`,
			want: map[string]string{"Role.Arn": "arn:aws:iam::000000000000:role/a/ml", "Role.Tags.0.Value": "v", "Role.MaxSessionDuration": "3600"},
		},
		{call: "iam:CreateRole", input: `{"RoleName":"ML","AssumeRolePolicyDocument":"` + trustJSON + `"}`, fails: "EntityAlreadyExists"},
		{call: "iam:GetRole", input: `{"RoleName":"ml"}`, want: map[string]string{"Role.Path": "/a/", "Role.PermissionsBoundary.PermissionsBoundaryArn": "arn:aws:iam::000000000000:policy/boundary"}},
		{call: "iam:ListRoles", input: `{"PathPrefix":"/a/"}`, want: map[string]string{"Roles.0.RoleName": "ml", "Roles.1": "<none>"}},
		{call: "iam:UpdateRole", input: `{"RoleName":"ml","Description":"d","MaxSessionDuration":7200}`},
		{call: "iam:UpdateAssumeRolePolicy", input: `{"RoleName":"ml","PolicyDocument":"` + trustJSON + `"}`},
		{call: "iam:TagRole", input: `{"RoleName":"ml","Tags":[{"Key":"k","Value":"w"},{"Key":"l","Value":""}]}`},
		{call: "iam:UntagRole", input: `{"RoleName":"ml","TagKeys":["l"]}`},
		{call: "iam:ListRoleTags", input: `{"RoleName":"ml"}`, want: map[string]string{"Tags.0.Value": "w", "Tags.1": "<none>"}},
		{call: "iam:DeleteRolePermissionsBoundary", input: `{"RoleName":"ml"}`},
		{call: "iam:PutRolePermissionsBoundary", input: `{"RoleName":"ml","PermissionsBoundary":"arn:aws:iam::aws:policy/AmazonS3FullAccess"}`},
		{call: "iam:AttachRolePolicy", input: `{"RoleName":"ml","PolicyArn":"arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"}`},
		{call: "iam:AttachRolePolicy", input: `{"RoleName":"ml","PolicyArn":"arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"}`},
		{call: "iam:ListAttachedRolePolicies", input: `{"RoleName":"ml"}`, want: map[string]string{"AttachedPolicies.0.PolicyName": "AmazonSageMakerFullAccess", "AttachedPolicies.1": "<none>"}},
		{call: "iam:PutRolePolicy", input: `{"RoleName":"ml","PolicyName":"p","PolicyDocument":"` + identityJSON + `"}`},
		{call: "iam:GetRolePolicy", input: `{"RoleName":"ml","PolicyName":"p"}`, want: map[string]string{"PolicyName": "p"}},
		{call: "iam:ListRolePolicies", input: `{"RoleName":"ml"}`, want: map[string]string{"PolicyNames.0": "p"}},
		{call: "iam:ListInstanceProfilesForRole", input: `{"RoleName":"ml"}`, want: map[string]string{"InstanceProfiles.0": "<none>"}},
		{
			call: "iam:SimulatePrincipalPolicy", input: `{"PolicySourceArn":"arn:aws:iam::000000000000:role/a/ml","ActionNames":["s3:GetObject","s3:PutObject"],"ResourceArns":["arn:aws:s3:::b/x"]}`,
			want: map[string]string{"EvaluationResults.0.EvalDecision": "allowed", "EvaluationResults.1.EvalDecision": "implicitDeny"},
		},
		{call: "iam:DeleteRole", input: `{"RoleName":"ml"}`, fails: "DeleteConflict"},
		{call: "iam:DetachRolePolicy", input: `{"RoleName":"ml","PolicyArn":"arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"}`},
		{call: "iam:DeleteRole", input: `{"RoleName":"ml"}`, fails: "DeleteConflict"},
		{call: "iam:DeleteRolePolicy", input: `{"RoleName":"ml","PolicyName":"p"}`},
		{call: "iam:DeleteRole", input: `{"RoleName":"ml"}`},
		{call: "iam:GetRole", input: `{"RoleName":"ml"}`, fails: "NoSuchEntity"},
	},
	"an IAM user and its policies": {
		{call: "iam:GetUser", input: `{"UserName":"onramp-p"}`, fails: "NoSuchEntity"},
		{call: "iam:PutUserPolicy", input: `{"UserName":"onramp-p","PolicyName":"p","PolicyDocument":"` + identityJSON + `"}`, fails: "NoSuchEntity"},
		{call: "iam:CreateUser", input: `{"UserName":"onramp-p","Path":"/a/","Tags":[{"Key":"k","Value":"v"}]}`, want: map[string]string{"User.Arn": "arn:aws:iam::000000000000:user/a/onramp-p"}},
		{call: "iam:CreateUser", input: `{"UserName":"ONRAMP-P"}`, fails: "EntityAlreadyExists"},
		{call: "iam:GetUser", input: `{"UserName":"onramp-p"}`, want: map[string]string{"User.Path": "/a/"}},
		{call: "iam:ListUsers", input: `{"PathPrefix":"/a/"}`, want: map[string]string{"Users.0.UserName": "onramp-p", "Users.1": "<none>"}},
		{call: "iam:GetUserPolicy", input: `{"UserName":"onramp-p","PolicyName":"p"}`, fails: "NoSuchEntity"},
		{call: "iam:PutUserPolicy", input: `{"UserName":"onramp-p","PolicyName":"p","PolicyDocument":"` + identityJSON + `"}`},
		{call: "iam:GetUserPolicy", input: `{"UserName":"onramp-p","PolicyName":"p"}`, want: map[string]string{"UserName": "onramp-p", "PolicyName": "p"}},
		{call: "iam:ListUserPolicies", input: `{"UserName":"onramp-p"}`, want: map[string]string{"PolicyNames.0": "p"}},
		{call: "iam:DeleteUser", input: `{"UserName":"onramp-p"}`, fails: "DeleteConflict"},
		{call: "iam:DeleteUserPolicy", input: `{"UserName":"onramp-p","PolicyName":"p"}`},
		{call: "iam:DeleteUserPolicy", input: `{"UserName":"onramp-p","PolicyName":"p"}`, fails: "NoSuchEntity"},
		{call: "iam:DeleteUser", input: `{"UserName":"onramp-p"}`},
	},
	"an IAM group and its policies": {
		{call: "iam:GetGroup", input: `{"GroupName":"onramp-p"}`, fails: "NoSuchEntity"},
		{call: "iam:PutGroupPolicy", input: `{"GroupName":"onramp-p","PolicyName":"p","PolicyDocument":"` + identityJSON + `"}`, fails: "NoSuchEntity"},
		{call: "iam:CreateGroup", input: `{"GroupName":"onramp-p","Path":"/a/"}`, want: map[string]string{"Group.Arn": "arn:aws:iam::000000000000:group/a/onramp-p"}},
		{call: "iam:CreateGroup", input: `{"GroupName":"ONRAMP-P"}`, fails: "EntityAlreadyExists"},
		{call: "iam:GetGroup", input: `{"GroupName":"onramp-p"}`, want: map[string]string{"Group.Path": "/a/"}},
		{call: "iam:ListGroups", input: `{"PathPrefix":"/a/"}`, want: map[string]string{"Groups.0.GroupName": "onramp-p", "Groups.1": "<none>"}},
		{call: "iam:GetGroupPolicy", input: `{"GroupName":"onramp-p","PolicyName":"p"}`, fails: "NoSuchEntity"},
		{call: "iam:PutGroupPolicy", input: `{"GroupName":"onramp-p","PolicyName":"p","PolicyDocument":"` + identityJSON + `"}`},
		{call: "iam:GetGroupPolicy", input: `{"GroupName":"onramp-p","PolicyName":"p"}`, want: map[string]string{"GroupName": "onramp-p", "PolicyName": "p"}},
		{call: "iam:ListGroupPolicies", input: `{"GroupName":"onramp-p"}`, want: map[string]string{"PolicyNames.0": "p"}},
		{call: "iam:DeleteGroup", input: `{"GroupName":"onramp-p"}`, fails: "DeleteConflict"},
		{call: "iam:DeleteGroupPolicy", input: `{"GroupName":"onramp-p","PolicyName":"p"}`},
		{call: "iam:DeleteGroupPolicy", input: `{"GroupName":"onramp-p","PolicyName":"p"}`, fails: "NoSuchEntity"},
		{call: "iam:DeleteGroup", input: `{"GroupName":"onramp-p"}`},
	},
	"the caller and the furnished people": {
		{call: "iam:GetUser", want: map[string]string{"User.Arn": "arn:aws:iam::000000000000:user/practice"}},
		{call: "iam:GetUser", input: `{"UserName":"ada"}`, want: map[string]string{"User.UserName": "ada"}},
		{call: "iam:GetGroup", input: `{"GroupName":"analysts"}`, want: map[string]string{"Group.GroupName": "analysts", "Users.0": "<none>"}},
	},
	"a managed policy and its versions": {
		{call: "iam:CreatePolicy", input: `{"PolicyName":"p","Path":"/a/","PolicyDocument":"` + identityJSON + `","Description":"d"}`, want: map[string]string{"Policy.Arn": "arn:aws:iam::000000000000:policy/a/p", "Policy.DefaultVersionId": "v1"}},
		{call: "iam:GetPolicy", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/a/p"}`, want: map[string]string{"Policy.Description": "d", "Policy.AttachmentCount": "0"}},
		{call: "iam:CreatePolicyVersion", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/a/p","PolicyDocument":"` + identityJSON + `","SetAsDefault":true}`, want: map[string]string{"PolicyVersion.VersionId": "v2"}},
		{call: "iam:GetPolicyVersion", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/a/p","VersionId":"v2"}`, want: map[string]string{"PolicyVersion.IsDefaultVersion": "true"}},
		{call: "iam:ListPolicyVersions", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/a/p"}`, want: map[string]string{"Versions.0.VersionId": "v2", "Versions.1.VersionId": "v1"}},
		{call: "iam:DeletePolicy", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/a/p"}`, fails: "DeleteConflict"},
		{call: "iam:SetDefaultPolicyVersion", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/a/p","VersionId":"v1"}`},
		{call: "iam:SetDefaultPolicyVersion", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/a/p","VersionId":"v1"}`},
		{call: "iam:GetPolicy", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/a/p"}`, want: map[string]string{"Policy.DefaultVersionId": "v1"}},
		{call: "iam:DeletePolicyVersion", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/a/p","VersionId":"v1"}`, fails: "DeleteConflict"},
		{call: "iam:SetDefaultPolicyVersion", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/a/p","VersionId":"v2"}`},
		{call: "iam:DeletePolicyVersion", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/a/p","VersionId":"v1"}`},
		{call: "iam:SetDefaultPolicyVersion", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/a/p","VersionId":"v1"}`, fails: "NoSuchEntity"},
		{call: "iam:ListPolicies", input: `{"Scope":"Local","PathPrefix":"/a/"}`, want: map[string]string{"Policies.0.PolicyName": "p", "Policies.1": "<none>"}},
		{call: "iam:ListPolicies", input: `{"Scope":"AWS","MaxItems":1}`, want: map[string]string{"IsTruncated": "true", "Policies.1": "<none>"}},
		{call: "iam:GetPolicyVersion", input: `{"PolicyArn":"arn:aws:iam::aws:policy/AmazonRedshiftAllCommandsFullAccess","VersionId":"v2"}`, want: map[string]string{"PolicyVersion.IsDefaultVersion": "true"}},
		{call: "iam:DeletePolicy", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/a/p"}`},
	},
	"a bucket and its settings": {
		{call: "s3:ListBuckets", want: map[string]string{"Buckets.1.Name": "analytics-elsewhere", "Buckets.4": "<none>"}},
		{call: "s3:HeadBucket", input: `{"Bucket":"onramp-b"}`, fails: "NotFound"},
		{call: "s3:CreateBucket", input: `{"Bucket":"onramp-b","ObjectOwnership":"BucketOwnerEnforced"}`},
		{call: "s3:CreateBucket", input: `{"Bucket":"onramp-b"}`}, // in us-east-1 no error
		{call: "s3:HeadBucket", input: `{"Bucket":"onramp-b","ExpectedBucketOwner":"000000000000"}`, want: map[string]string{"BucketRegion": "us-east-1"}},
		{call: "s3:GetBucketLocation", input: `{"Bucket":"onramp-b"}`, want: map[string]string{"LocationConstraint": ""}},
		{call: "s3:GetBucketLocation", input: `{"Bucket":"analytics-elsewhere"}`, want: map[string]string{"LocationConstraint": "eu-west-1"}},
		{call: "s3:GetPublicAccessBlock", input: `{"Bucket":"onramp-b"}`, want: map[string]string{"PublicAccessBlockConfiguration.BlockPublicPolicy": "true"}},
		{call: "s3:DeletePublicAccessBlock", input: `{"Bucket":"onramp-b"}`},
		{call: "s3:GetPublicAccessBlock", input: `{"Bucket":"onramp-b"}`, fails: "NoSuchPublicAccessBlockConfiguration"},
		{call: "s3:PutPublicAccessBlock", input: `{"Bucket":"onramp-b","PublicAccessBlockConfiguration":{"BlockPublicAcls":true}}`},
		{call: "s3:GetPublicAccessBlock", input: `{"Bucket":"onramp-b"}`, want: map[string]string{"PublicAccessBlockConfiguration.BlockPublicAcls": "true", "PublicAccessBlockConfiguration.BlockPublicPolicy": "false"}},
		{call: "s3:GetBucketEncryption", input: `{"Bucket":"onramp-b"}`, want: map[string]string{"ServerSideEncryptionConfiguration.Rules.0.ApplyServerSideEncryptionByDefault.SSEAlgorithm": "AES256"}},
		{call: "s3:PutBucketEncryption", input: `{"Bucket":"onramp-b","ServerSideEncryptionConfiguration":{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"k"},"BucketKeyEnabled":true}]}}`},
		{call: "s3:GetBucketEncryption", input: `{"Bucket":"onramp-b"}`, want: map[string]string{"ServerSideEncryptionConfiguration.Rules.0.ApplyServerSideEncryptionByDefault.KMSMasterKeyID": "k", "ServerSideEncryptionConfiguration.Rules.0.BucketKeyEnabled": "true"}},
		{call: "s3:DeleteBucketEncryption", input: `{"Bucket":"onramp-b"}`},
		{call: "s3:GetBucketEncryption", input: `{"Bucket":"onramp-b"}`, want: map[string]string{"ServerSideEncryptionConfiguration.Rules.0.ApplyServerSideEncryptionByDefault.SSEAlgorithm": "AES256"}},
		{call: "s3:GetBucketTagging", input: `{"Bucket":"onramp-b"}`, fails: "NoSuchTagSet"},
		{call: "s3:PutBucketTagging", input: `{"Bucket":"onramp-b","Tagging":{"TagSet":[{"Key":"a","Value":"<&>"},{"Key":"b","Value":"2"}]}}`},
		{call: "s3:GetBucketTagging", input: `{"Bucket":"onramp-b"}`, want: map[string]string{"TagSet.0.Value": "<&>", "TagSet.1.Key": "b"}},
		{call: "s3:DeleteBucketTagging", input: `{"Bucket":"onramp-b"}`},
		{call: "s3:GetBucketPolicy", input: `{"Bucket":"onramp-b"}`, fails: "NoSuchBucketPolicy"},
		{call: "s3:PutBucketPolicy", input: `{"Bucket":"onramp-b","Policy":"{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::onramp-b/*\"}}"}`},
		{call: "s3:GetBucketPolicy", input: `{"Bucket":"onramp-b"}`, want: map[string]string{"Policy": `{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::onramp-b/*"}}`}},
		{call: "s3:DeleteBucketPolicy", input: `{"Bucket":"onramp-b"}`},
		{call: "s3:GetBucketLifecycleConfiguration", input: `{"Bucket":"onramp-b"}`, fails: "NoSuchLifecycleConfiguration"},
		{call: "s3:PutBucketLifecycleConfiguration", input: `{"Bucket":"onramp-b","LifecycleConfiguration":{"Rules":[{"ID":"r","Status":"Enabled","Filter":{"Prefix":""},"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":7}}]}}`},
		{call: "s3:GetBucketLifecycleConfiguration", input: `{"Bucket":"onramp-b"}`, want: map[string]string{"Rules.0.ID": "r", "Rules.0.AbortIncompleteMultipartUpload.DaysAfterInitiation": "7"}},
		{call: "s3:DeleteBucketLifecycle", input: `{"Bucket":"onramp-b"}`},
		{call: "s3:GetBucketOwnershipControls", input: `{"Bucket":"onramp-b"}`, want: map[string]string{"OwnershipControls.Rules.0.ObjectOwnership": "BucketOwnerEnforced"}},
		{call: "s3:PutBucketOwnershipControls", input: `{"Bucket":"onramp-b","OwnershipControls":{"Rules":[{"ObjectOwnership":"ObjectWriter"}]}}`},
		{call: "s3:DeleteBucketOwnershipControls", input: `{"Bucket":"onramp-b"}`},
		{call: "s3:GetBucketVersioning", input: `{"Bucket":"onramp-b"}`, want: map[string]string{"Status": ""}},
		{call: "s3:PutBucketVersioning", input: `{"Bucket":"onramp-b","VersioningConfiguration":{"Status":"Enabled"}}`},
		{call: "s3:GetBucketVersioning", input: `{"Bucket":"onramp-b"}`, want: map[string]string{"Status": "Enabled"}},
		{call: "s3:PutObject", input: `{"Bucket":"onramp-b","Key":"a/b.csv","Body":"1,2,3"}`},
		{call: "s3:ListObjectsV2", input: `{"Bucket":"onramp-b","Prefix":"a/"}`, want: map[string]string{"Contents.0.Key": "a/b.csv", "Contents.0.Size": "5", "KeyCount": "1"}},
		{call: "s3:PutObject", input: `{"Bucket":"onramp-b","Key":"a/b.csv","Body":"1"}`, keep: map[string]string{"newer": "VersionId"}},
		{call: "s3:DeleteObject", input: `{"Bucket":"onramp-b","Key":"a/b.csv"}`, want: map[string]string{"DeleteMarker": "true"}, keep: map[string]string{"marker": "VersionId"}},
		{call: "s3:ListObjectsV2", input: `{"Bucket":"onramp-b"}`, want: map[string]string{"KeyCount": "0"}},
		{call: "s3:DeleteBucket", input: `{"Bucket":"onramp-b"}`, fails: "BucketNotEmpty"},
		{
			call: "s3:ListObjectVersions", input: `{"Bucket":"onramp-b"}`, keep: map[string]string{"older": "Versions.1.VersionId"},
			want: map[string]string{"DeleteMarkers.0.VersionId": "${marker}", "DeleteMarkers.0.IsLatest": "true", "Versions.0.VersionId": "${newer}", "Versions.0.Size": "1", "Versions.1.Size": "5", "Versions.2": "<none>"},
		},
		{
			call: "s3:ListObjectVersions", input: `{"Bucket":"onramp-b","MaxKeys":1,"KeyMarker":"a/b.csv","VersionIdMarker":"${marker}"}`,
			want: map[string]string{"Versions.0.VersionId": "${newer}", "Versions.1": "<none>", "DeleteMarkers.0": "<none>", "IsTruncated": "true", "NextVersionIdMarker": "${newer}"},
		},
		{call: "s3:DeleteObject", input: `{"Bucket":"onramp-b","Key":"a/b.csv","VersionId":"${marker}"}`, want: map[string]string{"DeleteMarker": "true"}},
		{call: "s3:ListObjectsV2", input: `{"Bucket":"onramp-b"}`, want: map[string]string{"Contents.0.Size": "1"}},
		{call: "s3:DeleteObject", input: `{"Bucket":"onramp-b","Key":"a/b.csv","VersionId":"${newer}"}`},
		{call: "s3:DeleteObject", input: `{"Bucket":"onramp-b","Key":"a/b.csv","VersionId":"${older}"}`},
		{call: "s3:DeleteBucket", input: `{"Bucket":"onramp-b"}`},
		{call: "s3:HeadBucket", input: `{"Bucket":"onramp-b"}`, fails: "NotFound"},
	},
	"lists are given in parts": {
		{call: "s3:ListBuckets", want: map[string]string{"Buckets.0.BucketRegion": "<none>", "ContinuationToken": "<none>"}},
		{call: "s3:ListBuckets", input: `{"MaxBuckets":2}`, want: map[string]string{"Buckets.1.BucketRegion": "eu-west-1", "Buckets.2": "<none>"}, keep: map[string]string{"next": "ContinuationToken"}},
		{call: "s3:ListBuckets", input: `{"MaxBuckets":2,"ContinuationToken":"${next}"}`, want: map[string]string{"Buckets.1.Name": "analytics-redshift-data", "Buckets.2": "<none>", "ContinuationToken": "<none>"}},
		{call: "s3:ListBuckets", input: `{"MaxBuckets":0}`, fails: "InvalidParameterValue"},
		{call: "s3:ListBuckets", input: `{"ContinuationToken":"!"}`, fails: "InvalidParameterValue"},
		{call: "redshift-serverless:ListNamespaces", input: `{"MaxResults":1}`, want: map[string]string{"NextToken": "<none>"}},
		{call: "redshift-serverless:ListWorkgroups", input: `{"MaxResults":101}`, fails: "InvalidParameterValue"},
		{call: "redshift:DescribeClusters", input: `{"MaxRecords":20}`, want: map[string]string{"Clusters.2.ClusterIdentifier": "reporting", "Marker": "<none>"}},
		{call: "redshift:DescribeClusterSubnetGroups", input: `{"MaxRecords":19}`, fails: "InvalidParameterValue"},
		{call: "ec2:CreateSecurityGroup", input: `{"GroupName":"a","Description":"d","VpcId":"vpc-0a1b2c3d4e5f60718"}`},
		{call: "ec2:CreateSecurityGroup", input: `{"GroupName":"b","Description":"d","VpcId":"vpc-0a1b2c3d4e5f60718"}`},
		{call: "ec2:CreateSecurityGroup", input: `{"GroupName":"c","Description":"d","VpcId":"vpc-0a1b2c3d4e5f60718"}`},
		{call: "ec2:CreateSecurityGroup", input: `{"GroupName":"d","Description":"d","VpcId":"vpc-0a1b2c3d4e5f60718"}`},
		{call: "ec2:CreateSecurityGroup", input: `{"GroupName":"e","Description":"d","VpcId":"vpc-0a1b2c3d4e5f60718"}`},
		{call: "ec2:DescribeSecurityGroups", input: `{"MaxResults":5}`, want: map[string]string{"SecurityGroups.5": "<none>"}, keep: map[string]string{"next": "NextToken"}},
		{call: "ec2:DescribeSecurityGroups", input: `{"MaxResults":5,"NextToken":"${next}"}`, want: map[string]string{"SecurityGroups.1": "<none>", "NextToken": "<none>"}},
		{call: "ec2:DescribeRouteTables", input: `{"MaxResults":1000}`, fails: "InvalidParameterValue"},
	},
	"a key, its alias and its end": {
		{call: "kms:ListKeys", want: map[string]string{"Keys.0.KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Keys.2": "<none>"}},
		{call: "kms:DescribeKey", input: `{"KeyId":"alias/ml"}`, fails: "NotFoundException"},
		{call: "kms:CreateKey", input: `{"Description":"d","Tags":[{"TagKey":"k","TagValue":"v"}]}`, want: map[string]string{"KeyMetadata.KeyState": "Enabled"}, keep: map[string]string{"id": "KeyMetadata.KeyId", "arn": "KeyMetadata.Arn"}},
		{call: "kms:CreateAlias", input: `{"AliasName":"alias/ml","TargetKeyId":"${arn}"}`},
		{call: "kms:CreateAlias", input: `{"AliasName":"alias/ml","TargetKeyId":"${id}"}`, fails: "AlreadyExistsException"},
		{call: "kms:DescribeKey", input: `{"KeyId":"alias/ml"}`, want: map[string]string{"KeyMetadata.Arn": "${arn}"}},
		{call: "kms:DescribeKey", input: `{"KeyId":"arn:aws:kms:us-east-1:000000000000:alias/ml"}`, want: map[string]string{"KeyMetadata.Arn": "${arn}"}},
		{call: "kms:ListAliases", input: `{"KeyId":"${id}"}`, want: map[string]string{"Aliases.0.AliasName": "alias/ml", "Aliases.1": "<none>"}},
		{call: "kms:TagResource", input: `{"KeyId":"${id}","Tags":[{"TagKey":"l","TagValue":"w"}]}`},
		{call: "kms:UntagResource", input: `{"KeyId":"${id}","TagKeys":["k"]}`},
		{call: "kms:ListResourceTags", input: `{"KeyId":"${id}"}`, want: map[string]string{"Tags.0.TagKey": "l", "Tags.1": "<none>"}},
		{call: "kms:GetKeyPolicy", input: `{"KeyId":"${id}"}`, keep: map[string]string{"policy": "Policy"}, want: map[string]string{"PolicyName": "default"}},
		{call: "kms:PutKeyPolicy", input: `{"KeyId":"${id}","Policy":"{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"000000000000\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}}"}`},
		{call: "kms:GetKeyRotationStatus", input: `{"KeyId":"${id}"}`, want: map[string]string{"KeyRotationEnabled": "false"}},
		{call: "kms:EnableKeyRotation", input: `{"KeyId":"${id}"}`},
		{call: "kms:GetKeyRotationStatus", input: `{"KeyId":"${id}"}`, want: map[string]string{"KeyRotationEnabled": "true", "RotationPeriodInDays": "365"}},
		{call: "kms:DisableKeyRotation", input: `{"KeyId":"${id}"}`},
		{call: "kms:DisableKey", input: `{"KeyId":"${id}"}`},
		{call: "kms:EnableKeyRotation", input: `{"KeyId":"${id}"}`, fails: "DisabledException"},
		{call: "kms:EnableKey", input: `{"KeyId":"${id}"}`},
		{call: "kms:ScheduleKeyDeletion", input: `{"KeyId":"${id}","PendingWindowInDays":7}`, want: map[string]string{"KeyState": "PendingDeletion"}},
		{call: "kms:EnableKeyRotation", input: `{"KeyId":"${id}"}`, fails: "KMSInvalidStateException"},
		{call: "kms:CancelKeyDeletion", input: `{"KeyId":"${id}"}`},
		{call: "kms:DescribeKey", input: `{"KeyId":"${id}"}`, want: map[string]string{"KeyMetadata.KeyState": "Disabled"}},
		{call: "kms:DeleteAlias", input: `{"AliasName":"alias/ml"}`},
		{call: "kms:DeleteAlias", input: `{"AliasName":"alias/ml"}`, fails: "NotFoundException"},
	},
	"a network and its endpoints": {
		{call: "ec2:DescribeVpcs", input: `{"Filters":[{"Name":"tag:Name","Values":["anal*"]}]}`, want: map[string]string{"Vpcs.0.CidrBlock": "10.0.0.0/16", "Vpcs.0.IsDefault": "false"}},
		{call: "ec2:DescribeVpcAttribute", input: `{"VpcId":"vpc-0a1b2c3d4e5f60718","Attribute":"enableDnsHostnames"}`, want: map[string]string{"EnableDnsHostnames.Value": "false"}},
		{call: "ec2:ModifyVpcAttribute", input: `{"VpcId":"vpc-0a1b2c3d4e5f60718","EnableDnsHostnames":{"Value":true}}`},
		{call: "ec2:DescribeVpcAttribute", input: `{"VpcId":"vpc-0a1b2c3d4e5f60718","Attribute":"enableDnsHostnames"}`, want: map[string]string{"EnableDnsHostnames.Value": "true"}},
		{call: "ec2:DescribeSubnets", input: `{"Filters":[{"Name":"vpc-id","Values":["vpc-0a1b2c3d4e5f60718"]}]}`, want: map[string]string{"Subnets.0.AvailabilityZone": "us-east-1a", "Subnets.2.AvailabilityZone": "us-east-1c", "Subnets.0.AvailableIpAddressCount": "4091"}},
		{call: "ec2:DescribeRouteTables", input: `{"Filters":[{"Name":"association.main","Values":["true"]}]}`, want: map[string]string{"RouteTables.0.RouteTableId": "rtb-0a1b2c3d4e5f60718", "RouteTables.0.Associations.0.Main": "true", "RouteTables.1": "<none>"}},
		{call: "ec2:DescribeNetworkAcls", input: `{"Filters":[{"Name":"vpc-id","Values":["vpc-0a1b2c3d4e5f60718"]}]}`, want: map[string]string{"NetworkAcls.0.IsDefault": "true", "NetworkAcls.0.Associations.2.SubnetId": "subnet-0c3d4e5f60718293a", "NetworkAcls.0.Entries.0.RuleAction": "allow", "NetworkAcls.0.Entries.3.RuleNumber": "32767"}},
		{call: "ec2:DescribeNetworkAcls", input: `{"NetworkAclIds":["acl-00000000"]}`, fails: "InvalidNetworkAclID.NotFound"},
		{call: "ec2:CreateSecurityGroup", input: `{"GroupName":"g","Description":"d","VpcId":"vpc-0a1b2c3d4e5f60718","TagSpecifications":[{"ResourceType":"security-group","Tags":[{"Key":"k","Value":"v"}]}]}`, keep: map[string]string{"group": "GroupId"}},
		{call: "ec2:AuthorizeSecurityGroupIngress", input: `{"GroupId":"${group}","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"10.0.0.0/16","Description":"x"}]}]}`, want: map[string]string{"SecurityGroupRules.0.CidrIpv4": "10.0.0.0/16"}},
		{call: "ec2:DescribeSecurityGroups", input: `{"Filters":[{"Name":"group-name","Values":["g"]}]}`, want: map[string]string{"SecurityGroups.0.GroupId": "${group}", "SecurityGroups.0.Tags.0.Value": "v", "SecurityGroups.0.IpPermissions.0.IpRanges.0.CidrIp": "10.0.0.0/16"}},
		{call: "ec2:DescribeVpcEndpointServices", input: `{"Filters":[{"Name":"service-type","Values":["Interface"]}]}`, want: map[string]string{"ServiceNames.10": "com.amazonaws.us-east-1.sagemaker.runtime"}},
		{call: "ec2:CreateVpcEndpoint", input: `{"VpcId":"vpc-0a1b2c3d4e5f60718","ServiceName":"com.amazonaws.us-east-1.s3","RouteTableIds":["rtb-0a1b2c3d4e5f60718"],"ClientToken":"t"}`, keep: map[string]string{"gateway": "VpcEndpoint.VpcEndpointId"}, want: map[string]string{"VpcEndpoint.VpcEndpointType": "Gateway"}},
		{call: "ec2:CreateVpcEndpoint", input: `{"VpcId":"vpc-0a1b2c3d4e5f60718","ServiceName":"com.amazonaws.us-east-1.s3","RouteTableIds":["rtb-0a1b2c3d4e5f60718"],"ClientToken":"t"}`, want: map[string]string{"VpcEndpoint.VpcEndpointId": "${gateway}"}},
		{call: "ec2:DescribeRouteTables", input: `{"RouteTableIds":["rtb-0a1b2c3d4e5f60718"]}`, want: map[string]string{"RouteTables.0.Routes.1.GatewayId": "${gateway}"}},
		{call: "ec2:ModifyVpcEndpoint", input: `{"VpcEndpointId":"${gateway}","AddRouteTableIds":["rtb-0b2c3d4e5f6071829"]}`},
		{call: "ec2:CreateVpcEndpoint", input: `{"VpcEndpointType":"Interface","VpcId":"vpc-0a1b2c3d4e5f60718","ServiceName":"com.amazonaws.us-east-1.sagemaker.api","SubnetIds":["subnet-0a1b2c3d4e5f60718"],"SecurityGroupIds":["${group}"],"PrivateDnsEnabled":true}`, keep: map[string]string{"endpoint": "VpcEndpoint.VpcEndpointId"}},
		{call: "ec2:DescribeVpcEndpoints", input: `{"Filters":[{"Name":"vpc-endpoint-type","Values":["Interface"]}]}`, want: map[string]string{"VpcEndpoints.0.State": "available", "VpcEndpoints.0.Groups.0.GroupName": "g", "VpcEndpoints.0.DnsEntries.1.DnsName": "api.sagemaker.us-east-1.amazonaws.com"}},
		{call: "ec2:DescribeVpcEndpoints", input: `{"VpcEndpointIds":["${gateway}"]}`, want: map[string]string{"VpcEndpoints.0.RouteTableIds.1": "rtb-0b2c3d4e5f6071829"}},
		{call: "ec2:DeleteSecurityGroup", input: `{"GroupId":"${group}"}`, fails: "DependencyViolation"},
		{call: "ec2:DeleteVpcEndpoints", input: `{"VpcEndpointIds":["${endpoint}","${gateway}","vpce-0"]}`, want: map[string]string{"Unsuccessful.0.ResourceId": "vpce-0", "Unsuccessful.0.Error.Code": "InvalidVpcEndpoint.NotFound"}},
		{call: "ec2:RevokeSecurityGroupIngress", input: `{"GroupId":"${group}","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"10.0.0.0/16"}]}]}`},
		{call: "ec2:DeleteSecurityGroup", input: `{"GroupId":"${group}"}`},
		{call: "ec2:DescribeVpcs", input: `{"DryRun":true}`, fails: "DryRunOperation"},
	},
	"a cluster": {
		{call: "redshift:DescribeClusters", want: map[string]string{"Clusters.0.ClusterStatus": "available", "Clusters.0.IamRoles.0.ApplyStatus": "in-sync", "Clusters.1.ClusterStatus": "paused", "Clusters.2.ClusterIdentifier": "reporting", "Clusters.3": "<none>"}},
		{call: "redshift:DescribeClusters", input: `{"ClusterIdentifier":"none"}`, fails: "ClusterNotFound"},
		{call: "redshift:DescribeClusterSubnetGroups", want: map[string]string{"ClusterSubnetGroups.0.ClusterSubnetGroupName": "analytics", "ClusterSubnetGroups.0.Subnets.0.SubnetAvailabilityZone.Name": "us-east-1a"}},
		{
			call: "redshift:CreateCluster", input: `{"ClusterIdentifier":"new","NodeType":"ra3.large","ClusterType":"multi-node","NumberOfNodes":2,"MasterUsername":"boss","ManageMasterPassword":true,"Tags":[{"Key":"k","Value":"v"}]}`,
			want: map[string]string{"Cluster.ClusterStatus": "creating", "Cluster.DBName": "dev"}, keep: map[string]string{"secret": "Cluster.MasterPasswordSecretArn"},
		},
		{call: "redshift:CreateCluster", input: `{"ClusterIdentifier":"new","NodeType":"ra3.large","MasterUsername":"boss","ManageMasterPassword":true}`, fails: "ClusterAlreadyExists"},
		{call: "redshift:DescribeClusters", input: `{"TagKeys":["k"]}`, want: map[string]string{"Clusters.0.ClusterIdentifier": "new", "Clusters.0.ClusterStatus": "available", "Clusters.0.NumberOfNodes": "2", "Clusters.1": "<none>"}},
		{call: "redshift:ModifyCluster", input: `{"ClusterIdentifier":"new","EnhancedVpcRouting":true}`, want: map[string]string{"Cluster.EnhancedVpcRouting": "true"}},
		{
			call: "redshift:ModifyClusterIamRoles", input: `{"ClusterIdentifier":"new","AddIamRoles":["arn:aws:iam::000000000000:role/analytics-copy"],"DefaultIamRoleArn":"arn:aws:iam::000000000000:role/analytics-copy"}`,
			want: map[string]string{"Cluster.DefaultIamRoleArn": "arn:aws:iam::000000000000:role/analytics-copy"},
		},
		{call: "redshift:ModifyClusterIamRoles", input: `{"ClusterIdentifier":"new","RemoveIamRoles":["arn:aws:iam::000000000000:role/analytics-copy"]}`, want: map[string]string{"Cluster.IamRoles.0": "<none>"}},
		{call: "redshift-data:ExecuteStatement", input: `{"ClusterIdentifier":"new","Database":"dev","SecretArn":"${secret}","Sql":"SELECT COUNT(*) FROM pg_user WHERE usename = current_user AND usesuper"}`, keep: map[string]string{"id": "Id"}},
		{call: "redshift-data:GetStatementResult", input: `{"Id":"${id}"}`, want: map[string]string{"Records.0.0.Value": "1"}},
		{call: "redshift:PauseCluster", input: `{"ClusterIdentifier":"new"}`},
		{call: "redshift:PauseCluster", input: `{"ClusterIdentifier":"new"}`, fails: "InvalidClusterState"},
		{call: "redshift:ResumeCluster", input: `{"ClusterIdentifier":"new"}`},
		{call: "redshift:DeleteCluster", input: `{"ClusterIdentifier":"new"}`, fails: "InvalidParameterCombination"},
		{call: "redshift:DeleteCluster", input: `{"ClusterIdentifier":"new","SkipFinalClusterSnapshot":true}`, want: map[string]string{"Cluster.ClusterStatus": "deleting"}},
		{call: "redshift:DescribeClusters", input: `{"ClusterIdentifier":"new"}`, fails: "ClusterNotFound"},
	},
	"a serverless warehouse": {
		{call: "iam:CreateRole", input: `{"RoleName":"ml","AssumeRolePolicyDocument":"` + trustJSON + `"}`},
		{call: "redshift-serverless:ListNamespaces", want: map[string]string{"Namespaces.0.NamespaceName": "analytics-ns"}},
		{call: "redshift-serverless:ListWorkgroups", want: map[string]string{"Workgroups.0.WorkgroupName": "analytics-wg"}},
		{call: "redshift-serverless:GetNamespace", input: `{"NamespaceName":"analytics-ns"}`, want: map[string]string{"Namespace.IamRoles.0": "IamRole(applyStatus=in-sync, iamRoleArn=arn:aws:iam::000000000000:role/serverless-copy)"}},
		{
			call: "redshift-serverless:UpdateNamespace", input: `{"NamespaceName":"analytics-ns","IamRoles":["arn:aws:iam::000000000000:role/serverless-copy","arn:aws:iam::000000000000:role/ml"],"DefaultIamRoleArn":"arn:aws:iam::000000000000:role/ml"}`,
			want: map[string]string{"Namespace.IamRoles.1": "IamRole(iamRoleArn=arn:aws:iam::000000000000:role/ml, applyStatus=in-sync)", "Namespace.DefaultIamRoleArn": "arn:aws:iam::000000000000:role/ml"},
		},
		{call: "redshift-serverless:GetWorkgroup", input: `{"WorkgroupName":"analytics-wg"}`, want: map[string]string{"Workgroup.EnhancedVpcRouting": "false", "Workgroup.Status": "AVAILABLE"}},
		{call: "redshift-serverless:UpdateWorkgroup", input: `{"WorkgroupName":"analytics-wg","EnhancedVpcRouting":true}`, want: map[string]string{"Workgroup.EnhancedVpcRouting": "true"}},
		{call: "redshift-data:ExecuteStatement", input: `{"WorkgroupName":"analytics-wg","Database":"dev","Sql":"CREATE GROUP g"}`, keep: map[string]string{"id": "Id"}},
		{call: "redshift-data:DescribeStatement", input: `{"Id":"${id}"}`, want: map[string]string{"Status": "FAILED"}}, // the caller is no superuser there
	},
	"statements": {
		{call: "redshift-data:ExecuteStatement", input: `{"ClusterIdentifier":"analytics","Database":"dev","DbUser":"awsuser","Sql":"SELECT COUNT(*) FROM pg_group","ClientToken":"t"}`, keep: map[string]string{"id": "Id"}},
		{call: "redshift-data:ExecuteStatement", input: `{"ClusterIdentifier":"analytics","Database":"dev","DbUser":"awsuser","Sql":"SELECT COUNT(*) FROM pg_group","ClientToken":"t"}`, want: map[string]string{"Id": "${id}"}},
		{call: "redshift-data:DescribeStatement", input: `{"Id":"${id}"}`, want: map[string]string{"Status": "FINISHED", "HasResultSet": "true", "QueryString": "SELECT COUNT(*) FROM pg_group"}},
		{call: "redshift-data:GetStatementResult", input: `{"Id":"${id}"}`, want: map[string]string{"Records.0.0.Value": "2", "TotalNumRows": "1"}},
		{call: "redshift-data:BatchExecuteStatement", input: `{"ClusterIdentifier":"analytics","Database":"dev","DbUser":"awsuser","Sqls":["CREATE GROUP x","CREATE GROUP y","CREATE GROUP x"]}`, keep: map[string]string{"batch": "Id"}},
		{call: "redshift-data:DescribeStatement", input: `{"Id":"${batch}"}`, want: map[string]string{"Status": "FAILED", "SubStatements.0.Status": "FINISHED", "SubStatements.2.Status": "FAILED"}},
		{call: "redshift-data:ExecuteStatement", input: `{"ClusterIdentifier":"analytics","Database":"dev","Sql":"SELECT COUNT(*) FROM pg_group"}`, keep: map[string]string{"id": "Id"}},
		{call: "redshift-data:GetStatementResult", input: `{"Id":"${id}"}`, want: map[string]string{"Records.0.0.Value": "2"}}, // the batch was taken back
		{call: "redshift-data:BatchExecuteStatement", input: `{"ClusterIdentifier":"analytics","Database":"dev","DbUser":"awsuser","Sqls":["CREATE GROUP x","SELECT COUNT(*) FROM pg_group"]}`, keep: map[string]string{"batch": "Id"}},
		{call: "redshift-data:GetStatementResult", input: `{"Id":"${batch}:2"}`, want: map[string]string{"Records.0.0.Value": "3"}},
		{call: "redshift-data:CancelStatement", input: `{"Id":"${batch}"}`, fails: "ValidationException"}, // it is over
		{call: "redshift-data:DescribeStatement", input: `{"Id":"none"}`, fails: "ResourceNotFoundException"},
	},
}

// What only Terraform asks for.
func init() {
	stories["Terraform reads every property"] = []step{
		{call: "s3:GetBucketAcl", input: `{"Bucket":"analytics-logs"}`, want: map[string]string{"Grants.0.Permission": "FULL_CONTROL"}},
		{call: "s3:GetBucketCors", input: `{"Bucket":"analytics-logs"}`, fails: "NoSuchCORSConfiguration"},
		{call: "s3:GetBucketWebsite", input: `{"Bucket":"analytics-logs"}`, fails: "NoSuchWebsiteConfiguration"},
		{call: "s3:GetBucketReplication", input: `{"Bucket":"analytics-logs"}`, fails: "ReplicationConfigurationNotFoundError"},
		{call: "s3:GetObjectLockConfiguration", input: `{"Bucket":"analytics-logs"}`, fails: "ObjectLockConfigurationNotFoundError"},
		{call: "s3:GetBucketAccelerateConfiguration", input: `{"Bucket":"analytics-logs"}`, want: map[string]string{"Status": ""}},
		{call: "s3:GetBucketLogging", input: `{"Bucket":"analytics-logs"}`, want: map[string]string{"LoggingEnabled": "<none>"}},
		{call: "s3:GetBucketRequestPayment", input: `{"Bucket":"analytics-logs"}`, want: map[string]string{"Payer": "BucketOwner"}},
		{call: "ec2:DescribeSecurityGroupRules", input: `{"Filters":[{"Name":"group-id","Values":["sg-0a1b2c3d4e5f60718"]}]}`, want: map[string]string{"SecurityGroupRules.0.IsEgress": "false", "SecurityGroupRules.1.IsEgress": "true"}},
		{call: "ec2:RevokeSecurityGroupEgress", input: `{"GroupId":"sg-0a1b2c3d4e5f60718","IpPermissions":[{"IpProtocol":"-1","FromPort":0,"ToPort":0,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}`},
		{call: "ec2:RevokeSecurityGroupEgress", input: `{"GroupId":"sg-0a1b2c3d4e5f60718","IpPermissions":[{"IpProtocol":"-1","Ipv6Ranges":[{"CidrIpv6":"::/0"}]}]}`, fails: "InvalidPermission.NotFound"},
		{call: "ec2:AuthorizeSecurityGroupEgress", input: `{"GroupId":"sg-0a1b2c3d4e5f60718","IpPermissions":[{"IpProtocol":"-1","Ipv6Ranges":[{"CidrIpv6":"::/0"}]}]}`, want: map[string]string{"SecurityGroupRules.0.CidrIpv6": "::/0", "SecurityGroupRules.0.IsEgress": "true"}, keep: map[string]string{"rule": "SecurityGroupRules.0.SecurityGroupRuleId"}},
		{call: "ec2:DescribeSecurityGroupRules", input: `{"SecurityGroupRuleIds":["${rule}"]}`, want: map[string]string{"SecurityGroupRules.0.GroupId": "sg-0a1b2c3d4e5f60718"}},
		{call: "ec2:RevokeSecurityGroupEgress", input: `{"GroupId":"sg-0a1b2c3d4e5f60718","SecurityGroupRuleIds":["${rule}"]}`},
		{call: "ec2:DescribeSecurityGroupRules", input: `{"SecurityGroupRuleIds":["${rule}"]}`, fails: "InvalidSecurityGroupRuleId.NotFound"},
		{call: "ec2:DescribePrefixLists", input: `{"Filters":[{"Name":"prefix-list-name","Values":["com.amazonaws.us-east-1.s3"]}]}`, want: map[string]string{"PrefixLists.0.PrefixListName": "com.amazonaws.us-east-1.s3"}},
		{call: "ec2:CreateVpcEndpoint", input: `{"VpcEndpointType":"Interface","VpcId":"vpc-0a1b2c3d4e5f60718","ServiceName":"com.amazonaws.us-east-1.kms","SubnetIds":["subnet-0a1b2c3d4e5f60718"]}`, keep: map[string]string{"endpoint": "VpcEndpoint.VpcEndpointId"}},
		{call: "ec2:DescribeNetworkInterfaces", input: `{"Filters":[{"Name":"group-id","Values":["sg-0a1b2c3d4e5f60718"]}]}`, want: map[string]string{"NetworkInterfaces.0.SubnetId": "subnet-0a1b2c3d4e5f60718"}},
		{call: "ec2:CreateTags", input: `{"Resources":["${endpoint}","vpc-0a1b2c3d4e5f60718","sg-0a1b2c3d4e5f60718"],"Tags":[{"Key":"k","Value":"v"},{"Key":"l","Value":"w"}]}`},
		{call: "ec2:DeleteTags", input: `{"Resources":["${endpoint}"],"Tags":[{"Key":"k"}]}`},
		{call: "ec2:DescribeVpcEndpoints", input: `{"VpcEndpointIds":["${endpoint}"]}`, want: map[string]string{"VpcEndpoints.0.Tags.0.Key": "l", "VpcEndpoints.0.Tags.1": "<none>"}},
		{call: "ec2:CreateTags", input: `{"Resources":["i-0"],"Tags":[{"Key":"k","Value":"v"}]}`, fails: "InvalidID"},
		{call: "redshift:DescribeLoggingStatus", input: `{"ClusterIdentifier":"analytics"}`, want: map[string]string{"LoggingEnabled": "false"}},
		{call: "redshift:CreateTags", input: `{"ResourceName":"arn:aws:redshift:us-east-1:000000000000:cluster:analytics","Tags":[{"Key":"k","Value":"v"}]}`},
		{call: "redshift:DeleteTags", input: `{"ResourceName":"arn:aws:redshift:us-east-1:000000000000:cluster:analytics","TagKeys":["team"]}`},
		{call: "redshift:DescribeClusters", input: `{"ClusterIdentifier":"analytics"}`, want: map[string]string{"Clusters.0.Tags.0.Key": "k", "Clusters.0.Tags.1": "<none>"}},
		{call: "redshift:DeleteTags", input: `{"ResourceName":"arn:aws:redshift:us-east-1:000000000000:cluster:none","TagKeys":["team"]}`, fails: "ResourceNotFoundFault"},
		{call: "redshift-serverless:ListTagsForResource", input: `{"ResourceArn":"arn:aws:redshift-serverless:us-east-1:000000000000:namespace/11111111-2222-4333-8444-555555555555"}`, want: map[string]string{"Tags.0": "<none>"}},
		{call: "iam:PutRolePermissionsBoundary", input: `{"RoleName":"analytics-copy","PermissionsBoundary":"arn:aws:iam::000000000000:policy/boundary"}`},
		{call: "iam:ListEntitiesForPolicy", input: `{"PolicyArn":"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}`, want: map[string]string{"PolicyRoles.0.RoleName": "analytics-copy"}},
		{call: "iam:TagPolicy", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/boundary","Tags":[{"Key":"k","Value":"v"}]}`},
		{call: "iam:UntagPolicy", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/boundary","TagKeys":["l"]}`},
		{call: "iam:GetPolicy", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/boundary"}`, want: map[string]string{"Policy.Tags.0.Key": "k"}},
	}
}

func TestStoriesInProcess(t *testing.T) {
	for name, steps := range stories {
		t.Run(name, func(t *testing.T) {
			tell(t, inProcess(t, practice.New(practice.Settings{}), "us-east-1"), steps)
		})
	}
}

func TestStoriesOverHTTP(t *testing.T) {
	for name, steps := range stories {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(practice.New(practice.Settings{}))
			defer server.Close()
			tell(t, overHTTP(t, server.URL, "us-east-1"), steps)
		})
	}
}

// raw makes a call of a service whose SDK is not a part of the module.
func raw(t *testing.T, a *practice.Account, service, method, path, target, body string) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "https://"+service+".us-east-1.amazonaws.com"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/"+service+"/aws4_request, SignedHeaders=host, Signature=0")
	if target != "" {
		r.Header.Set("X-Amz-Target", target)
	}
	out, err := a.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	data, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer map[string]any
	if err := json.Unmarshal(data, &answer); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return out.StatusCode, answer
}

// others are the operations of services whose SDK is not a part of the module, and one that needs an
// account that takes its time: TestStatementsAreCancelled makes it.
var others = []string{"access-analyzer:ValidatePolicy", "secretsmanager:DescribeSecret", "secretsmanager:ListSecrets", "redshift-data:CancelStatement"}

func TestOtherOperations(t *testing.T) {
	a := practice.New(practice.Settings{})
	_, list := raw(t, a, "secretsmanager", "POST", "/", "secretsmanager.ListSecrets", `{}`)
	if name := at(list, "SecretList.0.Name"); name != "redshift!analytics-ns-admin" {
		t.Error(name)
	}
	_, one := raw(t, a, "secretsmanager", "POST", "/", "secretsmanager.DescribeSecret", `{"SecretId":"redshift!analytics-ns-admin"}`)
	if owner := at(one, "OwningService"); owner != "redshift" {
		t.Error(owner)
	}
	if status, e := raw(t, a, "secretsmanager", "POST", "/", "secretsmanager.DescribeSecret", `{"SecretId":"x"}`); status != 400 || at(e, "__type") != "ResourceNotFoundException" {
		t.Error(status, e)
	}
	validate := func(document string) map[string]any {
		body, _ := json.Marshal(map[string]string{"policyDocument": document, "policyType": "IDENTITY_POLICY"})
		_, found := raw(t, a, "access-analyzer", "POST", "/policy/validation", "", string(body))
		return found
	}
	if found := validate(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`); at(found, "findings.0") != "<none>" {
		t.Error(found)
	}
	if found := validate(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}]}`); at(found, "findings.0.findingType") != "SECURITY_WARNING" {
		t.Error(found)
	}
	if found := validate(`{`); at(found, "findings.0.findingType") != "ERROR" {
		t.Error(found)
	}
}

func TestEveryOperationIsDriven(t *testing.T) {
	driven := map[string]bool{}
	for _, steps := range stories {
		for _, st := range steps {
			unset := strings.HasPrefix(st.call, "s3:Get") && st.fails != "" // no bucket has the setting
			driven[st.call] = driven[st.call] || st.fails == "" || unset
		}
	}
	for _, name := range practice.Operations() {
		if !driven[name] && !slices.Contains(others, name) {
			t.Errorf("%s: no story makes it", name)
		}
	}
}

func TestPoliciesOfAWSAreRead(t *testing.T) {
	s := inProcess(t, practice.New(practice.Settings{}), "us-east-1")
	for _, name := range practice.Policies() {
		version := at(s.must("iam:GetPolicy", `{"PolicyArn":"arn:aws:iam::aws:policy`+name+`"}`), "Policy.DefaultVersionId")
		s.must("iam:GetPolicyVersion", `{"PolicyArn":"arn:aws:iam::aws:policy`+name+`","VersionId":"`+version+`"}`)
	}
}
