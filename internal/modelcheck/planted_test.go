package modelcheck_test

import (
	"slices"
	"strings"
	"testing"

	"onramp/internal/plan"
)

func broken(service, operation string, members ...any) line {
	return line{Service: service, Operation: operation, Input: plan.In(members...)}
}

// restored is a call that puts back what a read has answered before.
func restored(service, operation, of string, members ...any) line {
	l := broken(service, operation, members...)
	l.Of = of
	return l
}

func asked(service, operation string, queries ...string) line {
	return line{Service: service, Operation: operation, Queries: queries}
}

// planted are calls and queries that must be reported, each in these words. No words: it is sound.
var planted = map[string]struct {
	line line
	says string
}{
	"a service that does not exist":         {broken("redshift-lessserver", "GetNamespace"), "redshift-lessserver"},
	"an operation that does not exist":      {broken("iam", "MakeRole"), "MakeRole"},
	"a member that does not exist":          {broken("iam", "GetRole", "RoleName", "r", "Rolename", "r"), "iam:GetRole.Rolename: no such member"},
	"a member deep inside that does not":    {broken("s3", "PutBucketTagging", "Bucket", "b", "Tagging", plan.In("TagSet", []plan.Object{plan.In("Key", "k", "Value", "v", "Name", "n")})), "Tagging.TagSet[0].Name: no such member"},
	"a required member that is missing":     {broken("iam", "CreateRole", "RoleName", "r"), "AssumeRolePolicyDocument: required, missing"},
	"a name with a space":                   {broken("iam", "GetRole", "RoleName", "a role"), "'a role' does not match"},
	"a name that is too long":               {broken("iam", "GetRole", "RoleName", strings.Repeat("r", 65)), "65 characters, the model says at most 64"},
	"a namespace with a capital letter":     {broken("redshift-serverless", "GetNamespace", "namespaceName", "Analytics"), "'Analytics' does not match"},
	"a word that is not of the list":        {broken("s3", "CreateBucket", "Bucket", "b", "ObjectOwnership", "BucketOwner"), "'BucketOwner' is not one of"},
	"text where a number belongs":           {broken("redshift", "CreateCluster", "ClusterIdentifier", "c", "NodeType", "n", "MasterUsername", "u", "NumberOfNodes", "2"), "NumberOfNodes: not an integer"},
	"a number where text belongs":           {broken("redshift", "DescribeClusters", "ClusterIdentifier", 7), "ClusterIdentifier: not a string"},
	"text where yes or no belongs":          {broken("ec2", "ModifyVpcAttribute", "VpcId", "vpc-1", "EnableDnsSupport", plan.In("Value", "true")), "Value: not a boolean"},
	"one thing where a list belongs":        {broken("redshift", "ModifyClusterIamRoles", "ClusterIdentifier", "c", "AddIamRoles", "arn"), "AddIamRoles: not a list"},
	"a structure where text belongs":        {broken("kms", "DescribeKey", "KeyId", plan.In("Id", "x")), "KeyId: not a string"},
	"a number out of bounds":                {broken("kms", "EnableKeyRotation", "KeyId", "k", "RotationPeriodInDays", 30), "30, the model says at least 90"},
	"too many items":                        {broken("iam", "CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", "{}", "Tags", slices.Repeat([]plan.Object{plan.In("Key", "k", "Value", "v")}, 51)), "51 items, the model says at most 50"},
	"a query that does not compile":         {asked("iam", "GetRole", "Role.["), "query Role.[: does not compile"},
	"a query for a member that is not":      {asked("iam", "GetRole", "Role.RolePath"), "Role has no member RolePath"},
	"a query for a list as one thing":       {asked("redshift", "DescribeClusters", "Clusters.ClusterStatus"), "ClusterStatus is asked of a list"},
	"a query for an item of one thing":      {asked("iam", "GetRole", "Role[0]"), "item 0 is asked of a structure"},
	"a query that filters on nothing":       {asked("redshift", "DescribeClusters", "Clusters[0].IamRoles[?RoleArn=='x'].ApplyStatus | [0]"), "ClusterIamRole has no member RoleArn"},
	"a query that goes astray in a list":    {asked("ec2", "DescribeVpcEndpoints", "VpcEndpoints[].RouteTables[] | [0]"), "VpcEndpoint has no member RouteTables"},
	"a query for a member of text":          {asked("iam", "GetRole", "Role.Path.Name"), "Name is asked of a string"},
	"a query in a choice of several":        {asked("kms", "DescribeKey", "KeyMetadata.[KeyState, Usage]"), "KeyMetadata has no member Usage"},
	"a query that fails where nothing is":   {asked("redshift", "DescribeClusters", "length(Clusters[0].IamRoles)"), "fails on an empty answer"},
	"a query of what is sorted":             {asked("s3", "GetBucketTagging", "sort_by(TagSet || `[]`, &Key)[*].Name"), "Tag has no member Name"},
	"a query of a function that is not":     {asked("iam", "GetRole", "size(Role)"), "fails on a full answer"},
	"a result that is asked of the run":     {line{Service: "redshift-data", Operation: "ExecuteStatement", Queries: []string{"Records[0][0].longValue"}}, "has no member Records"},
	"an error that is not answered":         {line{Service: "redshift", Operation: "DescribeClusters", Errors: []string{"ClusterNotFoundFault"}}, "answers no error ClusterNotFoundFault, only ClusterNotFound"},
	"text put back where a structure goes":  {restored("s3", "PutPublicAccessBlock", "GetPublicAccessBlock", "Bucket", "b", "PublicAccessBlockConfiguration", asItWas{"PublicAccessBlockConfiguration", true}), "text where a structure belongs"},
	"a structure put back as text":          {restored("iam", "PutRolePolicy", "GetRole", "RoleName", "r", "PolicyName", "p", "PolicyDocument", asItWas{"Role", false}), "a structure was there where a string belongs"},
	"more put back than is taken":           {restored("s3", "PutBucketVersioning", "GetBucketEncryption", "Bucket", "b", "VersioningConfiguration", asItWas{"ServerSideEncryptionConfiguration", false}), "VersioningConfiguration.Rules: is answered, and not taken back"},
	"what no answer has is put back":        {restored("s3", "PutBucketPolicy", "GetBucketPolicy", "Bucket", "b", "Policy", asItWas{"Document", false}), "has no member Document"},
	"put back of nothing":                   {broken("s3", "PutBucketPolicy", "Bucket", "b", "Policy", asItWas{"Policy", false}), "nothing has answered what it puts back"},
	"a policy that is put back":             {restored("s3", "PutBucketPolicy", "GetBucketPolicy", "Bucket", "b", "Policy", asItWas{"Policy", false}), ""},
	"an error that any call may answer":     {line{Service: "kms", Operation: "ListResourceTags", Errors: []string{"AccessDeniedException"}}, ""},
	"a sound call, with a token of the SDK": {broken("redshift-data", "ExecuteStatement", "Sql", "SELECT 1", "ClusterIdentifier", "c"), ""},
	"a sound query of a result":             {line{Service: "redshift-data", Operation: "ExecuteStatement", Output: "GetStatementResult", Queries: []string{"Records[0][0].longValue"}}, ""},
}

func TestPlantedErrorsAreReported(t *testing.T) {
	var lines []line
	for name, p := range planted {
		l := p.line
		l.At = name
		lines = append(lines, l)
	}
	problems, counts := judge(t, lines)
	t.Log(counts)
	for name, p := range planted {
		t.Run(name, func(t *testing.T) {
			var found []string
			for _, problem := range problems {
				if rest, ok := strings.CutPrefix(problem, name+": "); ok {
					found = append(found, rest)
				}
			}
			switch {
			case p.says == "" && len(found) > 0:
				t.Errorf("reported %q, though it is sound", found)
			case p.says != "" && (len(found) != 1 || !strings.Contains(found[0], p.says)):
				t.Errorf("reported %q, want one problem with %q", found, p.says)
			}
		})
	}
}
