package practice_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onramp/internal/permissions"
	"onramp/internal/policy"
	"onramp/internal/practice"
	"onramp/internal/testenv"
)

// operator is the least policy for a plan, as package permissions computes it. Its table and that of
// this package were written apart: here each checks the other.
func operator(t *testing.T, file string) policy.Document {
	t.Helper()
	p, _ := built(t, file)
	d, err := permissions.Operator(p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// applied applies an answers file as an operator who has a policy.
func applied(t *testing.T, file string, d policy.Document) error {
	t.Helper()
	p, region := built(t, file)
	a := practice.New(practice.Settings{Region: region})
	serving(t, a, region)
	a.SetPolicy(&d)
	return carryOut(t, p, caller(t))
}

func TestOperatorPolicyIsSufficient(t *testing.T) {
	for _, file := range answersFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if err := applied(t, file, operator(t, file)); err != nil {
				t.Error(err)
			}
		})
	}
}

// without takes one action out of a document.
func without(d policy.Document, action string) policy.Document {
	out := policy.Document{Version: d.Version}
	for _, s := range d.Statements {
		s.Actions = slices.DeleteFunc(slices.Clone(s.Actions), func(a string) bool { return a == action })
		if len(s.Actions) > 0 {
			out.Statements = append(out.Statements, s)
		}
	}
	return out
}

// notAsked are actions of operator policies that the first run of a plan never asks for.
var notAsked = map[string]string{
	"iam:UpdateAssumeRolePolicy":     "only for a role that is there with another trust policy",
	"iam:PutRolePermissionsBoundary": "only for a role that is there without its boundary",
	"s3:PutBucketPublicAccessBlock":  "only for a bucket that is open: new ones are closed",
	"s3:PutEncryptionConfiguration":  "only where there is a key, or for a bucket that is encrypted in another way",
	"redshift:ModifyClusterIamRoles": "only for a cluster that is there: a new one is made with its roles",
	"iam:CreatePolicyVersion":        "only for a policy that is there with another text",
	"iam:GetPolicyVersion":           "as iam:CreatePolicyVersion",
	"kms:ListKeys":                   "only after a run that ended before it could name its key: else a refusal is passed over",
	"kms:ListResourceTags":           "as kms:ListKeys",
	"ec2:ModifyVpcEndpoint":          "only for a gateway that is there without the route table",
	"ec2:DescribeSubnets":            "EC2 may look at subnets in the caller's name when it makes an endpoint: UNVERIFIED",
	"ec2:DescribeSecurityGroups":     "as ec2:DescribeSubnets",
}

func TestEveryActionOfTheOperatorPolicyIsNecessary(t *testing.T) {
	sample := testenv.OneOf(t, 10)
	for _, file := range answersFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			whole := operator(t, file)
			for _, action := range policy.Actions(whole) {
				if !sample.Takes() {
					continue
				}
				err := applied(t, file, without(whole, action))
				switch {
				case err == nil && notAsked[action] == "":
					t.Errorf("without %s apply succeeds", action)
				case err != nil && action != "s3:ListBucket" && !strings.Contains(err.Error(), action): // the answer to a HEAD has no words
					t.Errorf("without %s: %v", action, err)
				}
			}
		})
	}
}

// drift is what somebody else does to a finished account, and the action that puts it right.
var drift = map[string]string{
	"iam:CreatePolicyVersion": `iam:CreatePolicyVersion {"PolicyArn":"arn:aws:iam::000000000000:policy/ai-unlimited-engine","SetAsDefault":true,"PolicyDocument":"` +
		identityJSON + `"}`,
	"iam:UpdateAssumeRolePolicy":     `iam:UpdateAssumeRolePolicy {"RoleName":"redshift-ml","PolicyDocument":` + goodTrust + `}`,
	"iam:PutRolePermissionsBoundary": `iam:DeleteRolePermissionsBoundary {"RoleName":"redshift-ml"}`,
	"s3:PutBucketPublicAccessBlock":  `s3:DeletePublicAccessBlock {"Bucket":"acme-redshift-ml"}`,
	"redshift:ModifyClusterIamRoles": `redshift:ModifyClusterIamRoles {"ClusterIdentifier":"analytics","RemoveIamRoles":["arn:aws:iam::000000000000:role/analytics/redshift-ml"]}`,
}

func TestActionsThatOnlyRepairsNeed(t *testing.T) {
	for _, action := range slices.Sorted(maps.Keys(drift)) {
		t.Run(action, func(t *testing.T) {
			file := "../../testdata/answers/group-roles.yaml"
			if strings.Contains(drift[action], ":policy/ai-unlimited") {
				file = "../../testdata/answers/ai-unlimited-supplied.yaml"
			}
			p, region := built(t, file)
			a := practice.New(practice.Settings{Region: region})
			serving(t, a, region)
			if err := carryOut(t, p, caller(t)); err != nil {
				t.Fatal(err)
			}
			inProcess(t, a, region).must(split(drift[action]))
			whole := operator(t, file)
			lacking := without(whole, action)
			a.SetPolicy(&lacking)
			if err := carryOut(t, p, caller(t)); err == nil || !strings.Contains(err.Error(), action) {
				t.Errorf("without %s: %v", action, err)
			}
			a.SetPolicy(&whole)
			if err := carryOut(t, p, caller(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCallerWhoMayDoNothing(t *testing.T) {
	nothing := policy.Document{Version: policy.Version}
	codes := map[string]string{
		"iam": "AccessDenied 403", "redshift": "AccessDenied 403", "s3": "AccessDenied 403", "ec2": "UnauthorizedOperation 403",
		"kms": "AccessDeniedException 400", "redshift-serverless": "AccessDeniedException 400", "redshift-data": "AccessDeniedException 400",
	}
	for _, steps := range stories {
		a := practice.New(practice.Settings{})
		a.SetPolicy(&nothing)
		s := inProcess(t, a, "us-east-1")
		state := string(a.State())
		for _, st := range steps {
			service, operation, _ := strings.Cut(st.call, ":")
			if service == "sts" {
				s.must(st.call, st.input)
				continue
			}
			code, status, message := s.refused(st.call, st.input)
			switch {
			case operation == "HeadBucket":
				if code != "Forbidden" || status != 403 {
					t.Errorf("%s: %s %d", st.call, code, status)
				}
			case codes[service] != fmt.Sprintf("%s %d", code, status):
				t.Errorf("%s: want %s, have %s %d: %s", st.call, codes[service], code, status, message)
			case !strings.Contains(message, "User: arn:aws:iam::000000000000:user/practice is not authorized to perform: "):
				t.Errorf("%s: %s", st.call, message)
			}
		}
		if string(a.State()) != state {
			t.Error("a caller who may do nothing did something")
		}
	}
}

// allowing is a policy of one statement, and the rest of the world.
func allowing(t *testing.T, narrow, rest string) *policy.Document {
	t.Helper()
	text := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":["` + strings.Join(strings.Fields(rest), `","`) + `"]},{` + narrow + `}]}`
	d, err := policy.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

func TestConditionsOfTheCaller(t *testing.T) {
	const copying = "arn:aws:iam::000000000000:role/analytics-copy"
	for name, c := range map[string]struct {
		narrow, rest, call string
		lacks              string // the action that is refused; "" : none is
	}{
		"a role passed to the right service":        {`"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"redshift.amazonaws.com"}}`, "redshift:*", roles("analytics", `"AddIamRoles":["`+copying+`"]`), ""},
		"a role passed to another service":          {`"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"sagemaker.amazonaws.com"}}`, "redshift:*", roles("analytics", `"AddIamRoles":["`+copying+`"]`), "iam:PassRole"},
		"another role passed":                       {`"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::000000000000:role/other"`, "redshift:*", roles("analytics", `"AddIamRoles":["`+copying+`"]`), "iam:PassRole"},
		"a default role passed":                     {`"Effect":"Allow","Action":"iam:GetRole","Resource":"*"`, "redshift:*", roles("analytics", `"DefaultIamRoleArn":"`+copying+`"`), "iam:PassRole"},
		"a new cluster with a role":                 {`"Effect":"Allow","Action":"redshift:*","Resource":"*"`, "ec2:* secretsmanager:* iam:CreateServiceLinkedRole", newCluster(`"ManageMasterPassword":true,"IamRoles":["` + copying + `"]`), "iam:PassRole"},
		"a namespace's role passed to clusters":     {`"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"redshift.amazonaws.com"}}`, "redshift-serverless:*", namespace(`"IamRoles":["` + copying + `"]`), "iam:PassRole"},
		"a namespace's role passed to serverless":   {`"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"redshift-serverless.amazonaws.com"}}`, "redshift-serverless:*", namespace(`"IamRoles":["` + copying + `"]`), ""},
		"a role put into a profile":                 {`"Effect":"Allow","Action":"iam:PassRole","Resource":"` + copying + `","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"},"ArnLike":{"iam:AssociatedResourceArn":"arn:aws:ec2:*:000000000000:instance/*"}}`, "iam:AddRoleToInstanceProfile", profileRole, ""},
		"a role put into a profile, but not passed": {`"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"redshift.amazonaws.com"}}`, "iam:AddRoleToInstanceProfile", profileRole, "iam:PassRole"},
		"a role put into another profile":           {`"Effect":"Allow","Action":"iam:AddRoleToInstanceProfile","Resource":"arn:aws:iam::000000000000:instance-profile/other"`, "iam:PassRole", profileRole, "iam:AddRoleToInstanceProfile"},
		"a profile under another path":              {`"Effect":"Allow","Action":"iam:CreateInstanceProfile","Resource":"arn:aws:iam::000000000000:instance-profile/team/*"`, "iam:GetRole", ownProfile, "iam:CreateInstanceProfile"},
		"a profile with tags and no right to tag":   {`"Effect":"Allow","Action":"iam:CreateInstanceProfile","Resource":"*"`, "iam:GetRole", `iam:CreateInstanceProfile {"InstanceProfileName":"p","Tags":[{"Key":"k","Value":"v"}]}`, "iam:TagInstanceProfile"},
		"a role without the boundary":               {`"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::000000000000:policy/boundary"}}`, "iam:TagRole", createRole("r", goodTrust), "iam:CreateRole"},
		"a role with the boundary":                  {`"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::000000000000:policy/boundary"}}`, "iam:TagRole", `iam:CreateRole {"RoleName":"r","PermissionsBoundary":"arn:aws:iam::000000000000:policy/boundary","AssumeRolePolicyDocument":` + goodTrust + `}`, ""},
		"a role with tags and no right to tag":      {`"Effect":"Allow","Action":"iam:CreateRole","Resource":"*"`, "iam:GetRole", `iam:CreateRole {"RoleName":"r","Tags":[{"Key":"k","Value":"v"}],"AssumeRolePolicyDocument":` + goodTrust + `}`, "iam:TagRole"},
		"a role under another path":                 {`"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::000000000000:role/team/*"`, "iam:GetRole", createRole("r", goodTrust), "iam:CreateRole"},
		"the policy that may be attached":           {`"Effect":"Allow","Action":"iam:AttachRolePolicy","Resource":"*","Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/AmazonS3FullAccess"}}`, "iam:GetRole", `iam:AttachRolePolicy {"RoleName":"analytics-copy","PolicyArn":"arn:aws:iam::aws:policy/AmazonS3FullAccess"}`, ""},
		"a policy that may not be attached":         {`"Effect":"Allow","Action":"iam:AttachRolePolicy","Resource":"*","Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/AmazonS3FullAccess"}}`, "iam:GetRole", `iam:AttachRolePolicy {"RoleName":"analytics-copy","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}`, "iam:AttachRolePolicy"},
		"a key by the alias that is allowed":        {`"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*","Condition":{"StringEquals":{"kms:RequestAlias":"alias/analytics"}}`, "kms:ListKeys", `kms:DescribeKey {"KeyId":"alias/analytics"}`, ""},
		"a key by its id where the alias is wanted": {`"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*","Condition":{"StringEquals":{"kms:RequestAlias":"alias/analytics"}}`, "kms:ListKeys", `kms:DescribeKey {"KeyId":"` + key + `"}`, "kms:DescribeKey"},
		"an alias without a right on the key":       {`"Effect":"Allow","Action":"kms:CreateAlias","Resource":"arn:aws:kms:*:*:alias/*"`, "kms:ListKeys", `kms:CreateAlias {"AliasName":"alias/b","TargetKeyId":"` + key + `"}`, "kms:CreateAlias"},
		"a cluster that is not the one":             {`"Effect":"Allow","Action":"redshift:DescribeClusters","Resource":"arn:aws:redshift:us-east-1:000000000000:cluster:archive"`, "kms:ListKeys", `redshift:DescribeClusters {"ClusterIdentifier":"analytics"}`, "redshift:DescribeClusters"},
		"tags that are given at another time":       {`"Effect":"Allow","Action":"ec2:CreateTags","Resource":"*","Condition":{"StringEquals":{"ec2:CreateAction":"CreateVpcEndpoint"}}`, "ec2:CreateSecurityGroup", `ec2:CreateSecurityGroup {"GroupName":"g","Description":"d",` + inVPC + `,"TagSpecifications":[{"ResourceType":"security-group","Tags":[{"Key":"k","Value":"v"}]}]}`, "ec2:CreateTags"},
		"an endpoint to another service":            {`"Effect":"Allow","Action":"ec2:CreateVpcEndpoint","Resource":"arn:aws:ec2:*:*:vpc-endpoint/*","Condition":{"StringEquals":{"ec2:VpceServiceName":"com.amazonaws.us-east-1.dynamodb"}}`, "ec2:DescribeVpcs", gateway, "ec2:CreateVpcEndpoint"},
		"a key pair by its name":                    {`"Effect":"Allow","Action":"ec2:ImportKeyPair","Resource":"arn:aws:ec2:us-east-1:000000000000:key-pair/k","Condition":{"StringEquals":{"ec2:KeyPairName":"k"}}`, "ec2:DescribeVpcs", importKey("k", rsaKey), ""},
		"a key pair by another name":                {`"Effect":"Allow","Action":"ec2:ImportKeyPair","Resource":"arn:aws:ec2:us-east-1:000000000000:key-pair/k"`, "ec2:DescribeVpcs", importKey("l", rsaKey), "ec2:ImportKeyPair"},
		"deleting a key pair by another name":       {`"Effect":"Allow","Action":"ec2:DeleteKeyPair","Resource":"arn:aws:ec2:us-east-1:000000000000:key-pair/k"`, "ec2:DescribeVpcs", `ec2:DeleteKeyPair {"KeyName":"l"}`, "ec2:DeleteKeyPair"},
		"private names without a right in Route 53": {`"Effect":"Allow","Action":"ec2:*","Resource":"*"`, "kms:ListKeys", interfaceEndpoint(`,"PrivateDnsEnabled":true`), "route53:AssociateVPCWithHostedZone"},
		"another database user":                     {`"Effect":"Allow","Action":"redshift:GetClusterCredentials","Resource":["arn:aws:redshift:*:*:dbuser:analytics/ada","arn:aws:redshift:*:*:dbname:*"]`, "redshift-data:ExecuteStatement", run(`"ClusterIdentifier":"analytics","Database":"dev","DbUser":"awsuser"`), "redshift:GetClusterCredentials"},
		"the caller's own database user":            {`"Effect":"Allow","Action":"redshift:GetClusterCredentialsWithIAM","Resource":"arn:aws:redshift:*:*:dbname:analytics/dev"`, "redshift-data:ExecuteStatement", run(`"ClusterIdentifier":"analytics","Database":"dev"`), ""},
		"the caller's own statements":               {`"Effect":"Allow","Action":"redshift-data:DescribeStatement","Resource":"*","Condition":{"StringEquals":{"redshift-data:statement-owner-iam-userid":"${aws:userid}"}}`, "redshift-data:ExecuteStatement", `redshift-data:DescribeStatement {"Id":"none"}`, ""},
		"what is denied":                            {`"Effect":"Deny","Action":"s3:GetBucketTagging","Resource":"*"`, "s3:*", `s3:GetBucketTagging {"Bucket":"analytics-logs"}`, "s3:GetBucketTagging"},
	} {
		t.Run(name, func(t *testing.T) {
			a := practice.New(practice.Settings{Policy: allowing(t, c.narrow, c.rest)})
			_, err := inProcess(t, a, "us-east-1").call(split(c.call))
			refused := err != nil && strings.Contains(err.Error(), "is not authorized to perform: ")
			if refused != (c.lacks != "") || c.lacks != "" && !strings.Contains(err.Error(), "perform: "+c.lacks) {
				t.Errorf("want %q refused, have %v", c.lacks, err)
			}
		})
	}
}
