package practice_test

import (
	"encoding/base64"
	"maps"
)

// Public keys that nobody uses, as ssh-keygen made them, without their comments. What openssl and
// ssh-keygen say of them stands in the story of key pairs.
const (
	ed25519Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC7uvlVeflXfGhqunuFp3C0+s0OmcBxFM6JLqPDXotSe"
	rsaKey     = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCzaFUzbFseaTvtHoLYkthYnOywO802SLwXOJwMydT2SorE9C7FFbHGfx0sX6BtJlMZ2kYCHMcqFdfIxEBuD+isMSCkEjeL0DeIdFlDbCiJaXUDmHwcKAXEqIMo0xFSKCwO9tzBdzvmsBQz0ksWy/YHBburuAxyRgfw2n0jgfzZdqNwwDl/rP+A3sQyWHCZyadRqqCuBt2KAWEXl3MrbeHmocbavA2EX7iw8DCxGl3X0InmMaLoApnTkNArXk4ykvXGEPN4h2YsW86kdhfPxSGDwJ9JZ2DyWF//TNVZFDuc+UngUrG5F7Ako+FNJh+1/Z0H3HgGOhQ8nib4/O3HFLoZ"
)

// importKey imports a public key under a name. Its member is binary, which is base64 in JSON.
func importKey(name, key string) string {
	return `ec2:ImportKeyPair {"KeyName":"` + name + `","PublicKeyMaterial":"` + base64.StdEncoding.EncodeToString([]byte(key)) + `"}`
}

func material(key string) string {
	return `"PublicKeyMaterial":"` + base64.StdEncoding.EncodeToString([]byte(key)) + `"`
}

// A policy of a role and a boundary that share one action, deny one each, and allow one each that the other does not know.
const (
	widerJSON  = `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:PutObject\",\"s3:ListBucket\"],\"Resource\":\"*\"},{\"Effect\":\"Deny\",\"Action\":\"s3:DeleteObject\",\"Resource\":\"*\"}]}`
	boundsJSON = `{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:DeleteObject\",\"iam:GetUser\"],\"Resource\":\"*\"},{\"Effect\":\"Deny\",\"Action\":\"s3:PutObject\",\"Resource\":\"*\"}]}`
	simulated  = `{"PolicySourceArn":"arn:aws:iam::000000000000:role/bounded","ActionNames":["s3:GetObject","s3:DeleteObject","s3:PutObject","s3:ListBucket","iam:GetUser","kms:Decrypt"]}`
)

// accessStories are of what people and machines get in with.
var accessStories = map[string][]step{
	"what a permissions boundary leaves of a role's policies": {
		{call: "iam:CreatePolicy", input: `{"PolicyName":"bounds","PolicyDocument":"` + boundsJSON + `"}`},
		{call: "iam:CreateRole", input: `{"RoleName":"bounded","PermissionsBoundary":"arn:aws:iam::000000000000:policy/bounds","AssumeRolePolicyDocument":"` + trustJSON + `"}`},
		{call: "iam:PutRolePolicy", input: `{"RoleName":"bounded","PolicyName":"p","PolicyDocument":"` + widerJSON + `"}`},
		{call: "iam:SimulatePrincipalPolicy", input: simulated, want: map[string]string{
			"EvaluationResults.0.EvalDecision": "allowed", "EvaluationResults.1.EvalDecision": "explicitDeny", "EvaluationResults.2.EvalDecision": "explicitDeny",
			"EvaluationResults.3.EvalDecision": "implicitDeny", "EvaluationResults.4.EvalDecision": "implicitDeny", "EvaluationResults.5.EvalDecision": "implicitDeny",
		}},
		{call: "iam:DeleteRolePermissionsBoundary", input: `{"RoleName":"bounded"}`},
		{call: "iam:SimulatePrincipalPolicy", input: simulated, want: map[string]string{
			"EvaluationResults.0.EvalDecision": "allowed", "EvaluationResults.1.EvalDecision": "explicitDeny", "EvaluationResults.2.EvalDecision": "allowed",
			"EvaluationResults.3.EvalDecision": "allowed", "EvaluationResults.4.EvalDecision": "implicitDeny", "EvaluationResults.5.EvalDecision": "implicitDeny",
		}},
		{call: "iam:DeleteRolePolicy", input: `{"RoleName":"bounded","PolicyName":"p"}`},
		{call: "iam:DeleteRole", input: `{"RoleName":"bounded"}`},
		{call: "iam:DeletePolicy", input: `{"PolicyArn":"arn:aws:iam::000000000000:policy/bounds"}`},
	},
	"an instance profile and its role": {
		{call: "iam:GetInstanceProfile", input: `{"InstanceProfileName":"ml"}`, fails: "NoSuchEntity"},
		{call: "iam:CreateInstanceProfile", input: `{"InstanceProfileName":"ml","Path":"/a/","Tags":[{"Key":"k","Value":"v"}]}`, want: map[string]string{"InstanceProfile.Arn": "arn:aws:iam::000000000000:instance-profile/a/ml", "InstanceProfile.Roles.0": "<none>", "InstanceProfile.Tags.0.Value": "v"}},
		{call: "iam:CreateInstanceProfile", input: `{"InstanceProfileName":"ML"}`, fails: "EntityAlreadyExists"},
		{call: "iam:ListInstanceProfilesForRole", input: `{"RoleName":"analytics-copy"}`, want: map[string]string{"InstanceProfiles.0": "<none>"}},
		{call: "iam:AddRoleToInstanceProfile", input: `{"InstanceProfileName":"ml","RoleName":"none"}`, fails: "NoSuchEntity"},
		{call: "iam:RemoveRoleFromInstanceProfile", input: `{"InstanceProfileName":"ml","RoleName":"analytics-copy"}`, fails: "NoSuchEntity"},
		{call: "iam:AddRoleToInstanceProfile", input: `{"InstanceProfileName":"ml","RoleName":"analytics-copy"}`},
		{call: "iam:AddRoleToInstanceProfile", input: `{"InstanceProfileName":"ml","RoleName":"analytics-copy"}`, fails: "LimitExceeded"},
		{call: "iam:AddRoleToInstanceProfile", input: `{"InstanceProfileName":"ml","RoleName":"serverless-copy"}`, fails: "LimitExceeded"},
		{call: "iam:GetInstanceProfile", input: `{"InstanceProfileName":"ml"}`, want: map[string]string{"InstanceProfile.Roles.0.Arn": "arn:aws:iam::000000000000:role/analytics-copy", "InstanceProfile.Roles.1": "<none>", "InstanceProfile.Tags.0.Key": "k"}},
		{call: "iam:ListInstanceProfilesForRole", input: `{"RoleName":"analytics-copy"}`, want: map[string]string{"InstanceProfiles.0.InstanceProfileName": "ml", "InstanceProfiles.0.Tags": "<none>", "InstanceProfiles.1": "<none>"}},
		{call: "iam:ListInstanceProfilesForRole", input: `{"RoleName":"serverless-copy"}`, want: map[string]string{"InstanceProfiles.0": "<none>"}},
		{call: "iam:CreateInstanceProfile", input: `{"InstanceProfileName":"other"}`},
		{call: "iam:ListInstanceProfiles", input: `{"MaxItems":1}`, want: map[string]string{"InstanceProfiles.0.InstanceProfileName": "ml", "InstanceProfiles.1": "<none>", "IsTruncated": "true"}, keep: map[string]string{"next": "Marker"}},
		{call: "iam:ListInstanceProfiles", input: `{"MaxItems":1,"Marker":"${next}"}`, want: map[string]string{"InstanceProfiles.0.InstanceProfileName": "other", "IsTruncated": "false"}},
		{call: "iam:ListInstanceProfiles", input: `{"PathPrefix":"/a/"}`, want: map[string]string{"InstanceProfiles.0.InstanceProfileName": "ml", "InstanceProfiles.1": "<none>"}},
		{call: "iam:TagInstanceProfile", input: `{"InstanceProfileName":"ml","Tags":[{"Key":"k","Value":"w"},{"Key":"l","Value":""}]}`},
		{call: "iam:UntagInstanceProfile", input: `{"InstanceProfileName":"ml","TagKeys":["l"]}`},
		{call: "iam:ListInstanceProfileTags", input: `{"InstanceProfileName":"ml"}`, want: map[string]string{"Tags.0.Value": "w", "Tags.1": "<none>"}},
		{call: "iam:DetachRolePolicy", input: `{"RoleName":"analytics-copy","PolicyArn":"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}`},
		{call: "iam:DeleteRole", input: `{"RoleName":"analytics-copy"}`, fails: "DeleteConflict"},
		{call: "iam:DeleteInstanceProfile", input: `{"InstanceProfileName":"ml"}`, fails: "DeleteConflict"},
		{call: "iam:RemoveRoleFromInstanceProfile", input: `{"InstanceProfileName":"ml","RoleName":"analytics-copy"}`},
		{call: "iam:DeleteInstanceProfile", input: `{"InstanceProfileName":"ml"}`},
		{call: "iam:DeleteInstanceProfile", input: `{"InstanceProfileName":"ml"}`, fails: "NoSuchEntity"},
		{call: "iam:DeleteRole", input: `{"RoleName":"analytics-copy"}`},
	},
	"who and what is in the account": {
		{call: "iam:ListAccountAliases", want: map[string]string{"AccountAliases.0": "onramp-practice", "AccountAliases.1": "<none>", "IsTruncated": "false"}},
		{call: "iam:ListUsers", input: `{"MaxItems":1}`, want: map[string]string{"Users.0.UserName": "ada", "Users.1": "<none>", "IsTruncated": "true"}, keep: map[string]string{"next": "Marker"}},
		{call: "iam:ListUsers", input: `{"MaxItems":1,"Marker":"${next}"}`, want: map[string]string{"Users.0.UserName": "practice", "Users.1": "<none>", "IsTruncated": "false"}},
		{call: "iam:CreateGroup", input: `{"GroupName":"b"}`},
		{call: "iam:ListGroups", input: `{"MaxItems":1}`, want: map[string]string{"Groups.0.GroupName": "analysts", "Groups.1": "<none>", "IsTruncated": "true"}, keep: map[string]string{"next": "Marker"}},
		{call: "iam:ListGroups", input: `{"MaxItems":1,"Marker":"${next}"}`, want: map[string]string{"Groups.0.GroupName": "b", "IsTruncated": "false"}},
	},
	"key pairs": {
		{call: "ec2:DescribeKeyPairs", want: map[string]string{"KeyPairs.0.KeyName": "operators", "KeyPairs.1": "<none>"}},
		{call: "ec2:DescribeKeyPairs", input: `{"KeyNames":["ml"]}`, fails: "InvalidKeyPair.NotFound"},
		{call: "ec2:DeleteKeyPair", input: `{"KeyName":"ml"}`, want: map[string]string{"Return": "true", "KeyPairId": "<none>"}},
		{
			call: "ec2:ImportKeyPair", input: `{"KeyName":"ml",` + material(ed25519Key+" ada@example.com\n") + `,"TagSpecifications":[{"ResourceType":"key-pair","Tags":[{"Key":"k","Value":"v"}]}]}`,
			want: map[string]string{"KeyName": "ml", "KeyFingerprint": "l5K7EoR6IawTG8xRIYP7OT0kkjwSuD0oiDYuPJeH0OE=", "Tags.0.Value": "v"}, keep: map[string]string{"id": "KeyPairId"},
		},
		{call: "ec2:ImportKeyPair", input: `{"KeyName":"ml",` + material(rsaKey) + `}`, fails: "InvalidKeyPair.Duplicate"},
		{call: "ec2:ImportKeyPair", input: `{"KeyName":"ML",` + material(rsaKey) + `}`, want: map[string]string{"KeyFingerprint": "a1:19:93:24:0d:02:fc:fc:ab:6d:a6:a3:da:7e:5f:8f"}, keep: map[string]string{"rsa": "KeyPairId"}},
		{call: "ec2:DescribeKeyPairs", input: `{"KeyNames":["ml"]}`, want: map[string]string{"KeyPairs.0.KeyPairId": "${id}", "KeyPairs.0.KeyType": "ed25519", "KeyPairs.0.PublicKey": "<none>", "KeyPairs.0.Tags.0.Key": "k", "KeyPairs.1": "<none>"}},
		{call: "ec2:DescribeKeyPairs", input: `{"KeyPairIds":["${rsa}"],"IncludePublicKey":true}`, want: map[string]string{"KeyPairs.0.KeyName": "ML", "KeyPairs.0.KeyType": "rsa", "KeyPairs.0.PublicKey": rsaKey + " ML", "KeyPairs.1": "<none>"}},
		{call: "ec2:DescribeKeyPairs", input: `{"Filters":[{"Name":"key-name","Values":["m*"]}]}`, want: map[string]string{"KeyPairs.0.KeyName": "ml", "KeyPairs.1": "<none>"}},
		{call: "ec2:DescribeKeyPairs", input: `{"Filters":[{"Name":"tag:k","Values":["v"]}],"IncludePublicKey":true}`, want: map[string]string{"KeyPairs.0.PublicKey": ed25519Key + " ml", "KeyPairs.1": "<none>"}},
		{call: "ec2:DescribeKeyPairs", input: `{"Filters":[{"Name":"fingerprint","Values":["a1:19:*"]}]}`, want: map[string]string{"KeyPairs.0.KeyPairId": "${rsa}", "KeyPairs.1": "<none>"}},
		{call: "ec2:DescribeKeyPairs", want: map[string]string{"KeyPairs.0.KeyName": "ML", "KeyPairs.1.KeyName": "ml", "KeyPairs.2.KeyName": "operators", "KeyPairs.3": "<none>"}},
		{call: "ec2:CreateTags", input: `{"Resources":["${rsa}"],"Tags":[{"Key":"l","Value":"w"}]}`},
		{call: "ec2:DescribeKeyPairs", input: `{"Filters":[{"Name":"tag-key","Values":["l"]}]}`, want: map[string]string{"KeyPairs.0.KeyName": "ML", "KeyPairs.0.Tags.0.Value": "w", "KeyPairs.1": "<none>"}},
		{call: "ec2:DeleteTags", input: `{"Resources":["${rsa}"],"Tags":[{"Key":"l"}]}`},
		{call: "ec2:DescribeKeyPairs", input: `{"KeyNames":["ML"]}`, want: map[string]string{"KeyPairs.0.Tags.0": "<none>"}},
		{call: "ec2:DeleteKeyPair", input: `{"KeyPairId":"${rsa}"}`, want: map[string]string{"KeyPairId": "${rsa}"}},
		{call: "ec2:DescribeKeyPairs", input: `{"KeyPairIds":["${rsa}"]}`, fails: "InvalidKeyPair.NotFound"},
		{call: "ec2:DeleteKeyPair", input: `{"KeyName":"ml"}`, want: map[string]string{"KeyPairId": "${id}"}},
		{call: "ec2:DeleteKeyPair", input: `{"KeyPairId":"${id}"}`, want: map[string]string{"Return": "true"}},
	},
}

func init() { maps.Copy(stories, accessStories) }
