package practice_test

import "maps"

// accessStories are of what people and machines get in with.
var accessStories = map[string][]step{
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
}

func init() { maps.Copy(stories, accessStories) }
