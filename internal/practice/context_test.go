package practice_test

import (
	"strings"
	"testing"

	"onramp/internal/practice"
)

// when is a statement that allows actions under one condition.
func when(actions, operator, key, values string) string {
	return `"Effect":"Allow","Action":["` + strings.Join(strings.Fields(actions), `","`) + `"],"Resource":"*","Condition":{"` + operator + `":{"` + key + `":` + values + `}}`
}

func TestTagsInConditionsOfTheCaller(t *testing.T) {
	const (
		team   = `"Tags":[{"Key":"team","Value":"ml"}]`
		other  = `"Tags":[{"Key":"team","Value":"sales"}]`
		keyTag = `"Tags":[{"TagKey":"team","TagValue":"ml"}]`
		spec   = `"TagSpecifications":[{"ResourceType":"KIND",` + team + `}]`
		ml     = `"ml"`
	)
	group := `ec2:CreateSecurityGroup {"GroupName":"g","Description":"d",` + inVPC + `,` + strings.Replace(spec, "KIND", "security-group", 1) + `}`
	endpoint := strings.Replace(gateway, `{`, `{`+strings.Replace(spec, "KIND", "vpc-endpoint", 1)+`,`, 1)
	role := func(tags string) string {
		return `iam:CreateRole {"RoleName":"r",` + tags + `,"AssumeRolePolicyDocument":` + goodTrust + `}`
	}
	teamPair := strings.Replace(importKey("a:b/c", rsaKey), "{", "{"+strings.Replace(spec, "KIND", "key-pair", 1)+",", 1)
	teamProfile := `iam:CreateInstanceProfile {"InstanceProfileName":"p",` + team + `}`
	mine, theirs := role(team), role(other)
	bucket := `s3:CreateBucket {"Bucket":"onramp-b","CreateBucketConfiguration":{` + team + `}}`
	clusterARN := "arn:aws:redshift:us-east-1:000000000000:cluster:analytics"
	for name, c := range map[string]struct {
		before       []string
		narrow, rest string
		call         string
		lacks        string // the action that is refused; "" : none is
	}{
		"a role with the tag":                   {nil, when("iam:CreateRole iam:TagRole", "StringEquals", "aws:RequestTag/team", ml), "iam:GetRole", mine, ""},
		"a role with another tag":               {nil, when("iam:CreateRole iam:TagRole", "StringEquals", "aws:RequestTag/team", ml), "iam:GetRole", theirs, "iam:CreateRole"},
		"a role without a tag":                  {nil, when("iam:CreateRole", "StringEquals", "aws:RequestTag/team", ml), "iam:GetRole", createRole("r", goodTrust), "iam:CreateRole"},
		"a role with keys that are allowed":     {nil, when("iam:CreateRole iam:TagRole", "ForAllValues:StringEquals", "aws:TagKeys", `["team"]`), "iam:GetRole", mine, ""},
		"a role with a key too many":            {nil, when("iam:CreateRole iam:TagRole", "ForAllValues:StringEquals", "aws:TagKeys", `["team"]`), "iam:GetRole", role(`"Tags":[{"Key":"team","Value":"ml"},{"Key":"x","Value":""}]`), "iam:CreateRole"},
		"tags of a role by a right to tag":      {nil, when("iam:TagRole", "StringEquals", "aws:RequestTag/team", ml), "iam:CreateRole", theirs, "iam:TagRole"},
		"a tag that may be taken away":          {[]string{mine}, when("iam:UntagRole", "ForAnyValue:StringEquals", "aws:TagKeys", `"team"`), "iam:GetRole", `iam:UntagRole {"RoleName":"r","TagKeys":["team"]}`, ""},
		"a tag that may not be taken away":      {[]string{mine}, when("iam:UntagRole", "ForAnyValue:StringEquals", "aws:TagKeys", `"team"`), "iam:GetRole", `iam:UntagRole {"RoleName":"r","TagKeys":["x"]}`, "iam:UntagRole"},
		"a role that has the tag":               {[]string{mine}, when("iam:DeleteRole", "StringEquals", "aws:ResourceTag/team", ml), "iam:GetRole", `iam:DeleteRole {"RoleName":"r"}`, ""},
		"the same by IAM's own key":             {[]string{mine}, when("iam:DeleteRole", "StringEquals", "iam:ResourceTag/team", ml), "iam:GetRole", `iam:DeleteRole {"RoleName":"r"}`, ""},
		"a role that has another tag":           {[]string{theirs}, when("iam:DeleteRole", "StringEquals", "iam:ResourceTag/team", ml), "iam:GetRole", `iam:DeleteRole {"RoleName":"r"}`, "iam:DeleteRole"},
		"a role that is passed by its tag":      {[]string{mine}, when("iam:PassRole", "StringEquals", "aws:ResourceTag/team", ml), "redshift:*", roles("analytics", `"AddIamRoles":["arn:aws:iam::000000000000:role/r"]`), "iam:PassRole"},
		"a profile with the tag":                {nil, when("iam:CreateInstanceProfile iam:TagInstanceProfile", "StringEquals", "aws:RequestTag/team", ml), "iam:GetRole", teamProfile, ""},
		"a profile without a tag":               {nil, when("iam:CreateInstanceProfile", "StringEquals", "aws:RequestTag/team", ml), "iam:GetRole", ownProfile, "iam:CreateInstanceProfile"},
		"a profile that has the tag":            {[]string{teamProfile}, when("iam:DeleteInstanceProfile", "StringEquals", "iam:ResourceTag/team", ml), "iam:GetRole", `iam:DeleteInstanceProfile {"InstanceProfileName":"p"}`, ""},
		"a profile that has none":               {[]string{ownProfile}, when("iam:DeleteInstanceProfile", "StringEquals", "aws:ResourceTag/team", ml), "iam:GetRole", `iam:DeleteInstanceProfile {"InstanceProfileName":"p"}`, "iam:DeleteInstanceProfile"},
		"a policy with the tag":                 {nil, when("iam:CreatePolicy iam:TagPolicy", "StringEquals", "aws:RequestTag/team", ml), "iam:GetRole", `iam:CreatePolicy {"PolicyName":"p",` + team + `,"PolicyDocument":` + statement(goodGrant) + `}`, ""},
		"a policy that has no tag":              {nil, when("iam:DeletePolicy", "StringEquals", "aws:ResourceTag/team", ml), "iam:GetRole", `iam:DeletePolicy {"PolicyArn":"arn:aws:iam::000000000000:policy/boundary"}`, "iam:DeletePolicy"},
		"a key with the tag":                    {nil, when("kms:CreateKey kms:TagResource", "StringEquals", "aws:RequestTag/team", ml), "kms:ListKeys", `kms:CreateKey {` + keyTag + `}`, ""},
		"a key without a tag":                   {nil, when("kms:CreateKey", "StringEquals", "aws:RequestTag/team", ml), "kms:ListKeys", `kms:CreateKey {}`, "kms:CreateKey"},
		"a key that gets another tag":           {nil, when("kms:TagResource", "StringEquals", "aws:RequestTag/team", `"sales"`), "kms:ListKeys", `kms:TagResource {"KeyId":"` + key + `",` + keyTag + `}`, "kms:TagResource"},
		"a key that has the tag":                {[]string{`kms:TagResource {"KeyId":"` + key + `",` + keyTag + `}`}, when("kms:ScheduleKeyDeletion", "StringEquals", "aws:ResourceTag/team", ml), "kms:ListKeys", `kms:ScheduleKeyDeletion {"KeyId":"` + key + `"}`, ""},
		"a key that has none":                   {nil, when("kms:ScheduleKeyDeletion", "StringEquals", "aws:ResourceTag/team", ml), "kms:ListKeys", `kms:ScheduleKeyDeletion {"KeyId":"` + key + `"}`, "kms:ScheduleKeyDeletion"},
		"a bucket with the tag":                 {nil, when("s3:CreateBucket s3:TagResource", "StringEquals", "aws:RequestTag/team", ml), "s3:GetBucketTagging", bucket, ""},
		"a bucket with tags and no right to":    {nil, when("s3:CreateBucket", "StringEquals", "aws:RequestTag/team", ml), "s3:PutBucketTagging", bucket, "s3:TagResource"},
		"a bucket by its own tags":              {nil, when("s3:DeleteBucket", "StringEquals", "aws:ResourceTag/team", `"analytics"`), "s3:GetBucketTagging", `s3:DeleteBucket {"Bucket":"analytics-redshift-data"}`, "s3:DeleteBucket"},
		"versions without a right to list them": {nil, when("s3:ListBucket", "StringLike", "aws:userid", `"*"`), "s3:GetBucketTagging", `s3:ListObjectVersions {"Bucket":"analytics-logs"}`, "s3:ListBucketVersions"},
		"a version without a right to it":       {nil, when("s3:DeleteObject", "StringLike", "aws:userid", `"*"`), "s3:GetBucketTagging", `s3:DeleteObject {"Bucket":"analytics-logs","Key":"k","VersionId":"null"}`, "s3:DeleteObjectVersion"},
		"a group that has the tag":              {[]string{`ec2:CreateTags {"Resources":["sg-0a1b2c3d4e5f60718"],` + team + `}`}, when("ec2:AuthorizeSecurityGroupIngress", "StringEquals", "ec2:ResourceTag/team", ml), "ec2:DescribeVpcs", https, ""},
		"a group that has none":                 {nil, when("ec2:AuthorizeSecurityGroupIngress", "StringEquals", "aws:ResourceTag/team", ml), "ec2:DescribeVpcs", https, "ec2:AuthorizeSecurityGroupIngress"},
		"a rule with tags and no right to tag":  {nil, when("ec2:AuthorizeSecurityGroupIngress", "StringLike", "aws:userid", `"*"`), "ec2:DescribeVpcs", strings.Replace(https, "{", "{"+strings.Replace(spec, "KIND", "security-group-rule", 1)+",", 1), "ec2:CreateTags"},
		"a key pair with the tag":               {nil, when("ec2:ImportKeyPair ec2:CreateTags", "StringEquals", "aws:RequestTag/team", ml), "ec2:DescribeVpcs", teamPair, ""},
		"a key pair without a tag":              {nil, when("ec2:ImportKeyPair", "StringEquals", "aws:RequestTag/team", ml), "ec2:DescribeVpcs", importKey("a:b/c", rsaKey), "ec2:ImportKeyPair"},
		"a key pair with tags and no right to":  {nil, when("ec2:ImportKeyPair", "StringLike", "aws:userid", `"*"`), "ec2:DescribeVpcs", teamPair, "ec2:CreateTags"},
		"a key pair that has the tag":           {[]string{teamPair}, when("ec2:DeleteKeyPair", "StringEquals", "ec2:ResourceTag/team", ml), "ec2:DescribeVpcs", `ec2:DeleteKeyPair {"KeyName":"a:b/c"}`, ""},
		"a key pair that has none":              {[]string{importKey("a:b/c", rsaKey)}, when("ec2:DeleteKeyPair", "StringEquals", "aws:ResourceTag/team", ml), "ec2:DescribeVpcs", `ec2:DeleteKeyPair {"KeyName":"a:b/c"}`, "ec2:DeleteKeyPair"},
		"a key pair by its kind":                {[]string{teamPair}, when("ec2:DeleteKeyPair", "StringEquals", "ec2:KeyPairType", `"rsa"`), "ec2:DescribeVpcs", `ec2:DeleteKeyPair {"KeyName":"a:b/c"}`, ""},
		"a network that has another tag":        {nil, when("ec2:ModifyVpcAttribute", "StringEquals", "aws:ResourceTag/Name", ml), "ec2:DescribeVpcs", hostnames, "ec2:ModifyVpcAttribute"},
		"a network that has the tag":            {nil, when("ec2:ModifyVpcAttribute", "StringEquals", "aws:ResourceTag/Name", `"analytics"`), "ec2:DescribeVpcs", hostnames, ""},
		"a new group in a network with no tag":  {nil, when("ec2:CreateSecurityGroup ec2:CreateTags", "StringEquals", "aws:RequestTag/team", ml), "ec2:DescribeVpcs", group, "ec2:CreateSecurityGroup"}, // the network carries no aws:RequestTag
		"tags of a new group":                   {nil, when("ec2:CreateTags", "StringEquals", "aws:RequestTag/team", ml), "ec2:CreateSecurityGroup", group, ""},
		"other tags of a new group":             {nil, when("ec2:CreateTags", "StringEquals", "aws:RequestTag/team", `"sales"`), "ec2:CreateSecurityGroup", group, "ec2:CreateTags"},
		"tags of a new endpoint":                {nil, when("ec2:CreateTags", "StringEquals", "aws:RequestTag/team", ml), "ec2:CreateVpcEndpoint", endpoint, ""},
		"a table that has another tag":          {nil, when("ec2:CreateVpcEndpoint", "StringEqualsIfExists", "aws:ResourceTag/Name", `"analytics"`), "ec2:DescribeVpcs", gateway, "ec2:CreateVpcEndpoint"},
		"a tag that may not be deleted":         {nil, when("ec2:DeleteTags", "ForAllValues:StringEquals", "aws:TagKeys", `["team"]`), "ec2:DescribeVpcs", `ec2:DeleteTags {"Resources":["vpc-0a1b2c3d4e5f60718"],"Tags":[{"Key":"Name"}]}`, "ec2:DeleteTags"},
		"a cluster that has the tag":            {nil, when("redshift:PauseCluster", "StringEquals", "aws:ResourceTag/team", `"analytics"`), "redshift:DescribeClusters", `redshift:PauseCluster {"ClusterIdentifier":"analytics"}`, ""},
		"a cluster that has another":            {nil, when("redshift:PauseCluster", "StringEquals", "aws:ResourceTag/team", ml), "redshift:DescribeClusters", `redshift:PauseCluster {"ClusterIdentifier":"analytics"}`, "redshift:PauseCluster"},
		"a statement for a cluster by its tag":  {nil, when("redshift-data:ExecuteStatement", "StringEquals", "aws:ResourceTag/team", ml), "redshift:*", run(`"ClusterIdentifier":"analytics","Database":"dev"`), "redshift-data:ExecuteStatement"},
		"a cluster that gets the tag":           {nil, when("redshift:CreateTags", "StringEquals", "aws:RequestTag/team", ml), "redshift:DescribeClusters", `redshift:CreateTags {"ResourceName":"` + clusterARN + `",` + team + `}`, ""},
		"a cluster that loses the tag":          {nil, when("redshift:DeleteTags", "ForAnyValue:StringEquals", "aws:TagKeys", `"x"`), "redshift:DescribeClusters", `redshift:DeleteTags {"ResourceName":"` + clusterARN + `","TagKeys":["team"]}`, "redshift:DeleteTags"},
		"a new cluster with another tag":        {nil, when("redshift:CreateCluster", "StringEquals", "aws:RequestTag/team", ml), "redshift:CreateTags ec2:* secretsmanager:* iam:CreateServiceLinkedRole", newCluster(`"ManageMasterPassword":true,` + other), "redshift:CreateCluster"},
		"a policy of a role with a boundary":    {[]string{`iam:PutRolePermissionsBoundary {"RoleName":"analytics-copy","PermissionsBoundary":"arn:aws:iam::000000000000:policy/boundary"}`}, when("iam:PutRolePolicy", "StringEquals", "iam:PermissionsBoundary", `"arn:aws:iam::000000000000:policy/boundary"`), "iam:GetRole", putPolicy(goodGrant), ""},
		"a policy of a role without one":        {nil, when("iam:PutRolePolicy", "StringEquals", "iam:PermissionsBoundary", `"arn:aws:iam::000000000000:policy/boundary"`), "iam:GetRole", putPolicy(goodGrant), "iam:PutRolePolicy"},
		"the caller's own statements":           {nil, when("redshift-data:CancelStatement", "StringEquals", "redshift-data:statement-owner-iam-userid", `"${aws:userid}"`), "redshift:*", `redshift-data:CancelStatement {"Id":"none"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := practice.New(practice.Settings{})
			s := inProcess(t, a, "us-east-1")
			for _, call := range c.before {
				s.must(split(call))
			}
			a.SetPolicy(allowing(t, c.narrow, c.rest))
			_, err := s.call(split(c.call))
			refused := err != nil && strings.Contains(err.Error(), "is not authorized to perform: ")
			if refused != (c.lacks != "") || c.lacks != "" && !strings.Contains(err.Error(), "perform: "+c.lacks+" ") {
				t.Errorf("want %q refused, have %v", c.lacks, err)
			}
		})
	}
}
