package kind_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/query"
)

// The verdicts of a step on what its Read answered; see plan.Step.
const (
	absent  = "absent"
	same    = "same"
	differs = "differs"
)

// verdict is what a step says of an answer.
func verdict(t *testing.T, s plan.Step, answer string) string {
	t.Helper()
	var data any
	if err := json.Unmarshal([]byte(answer), &data); err != nil {
		t.Fatal(err)
	}
	got, err := query.Text(data, s.Check.Query)
	switch {
	case err != nil:
		t.Fatal(err)
	case got == "" || got == query.None:
		return absent
	case s.Check.Document != nil:
		return documentVerdict(t, s, got)
	case s.Check.Want == "" || got == s.Check.Want:
		return same
	}
	return differs
}

func documentVerdict(t *testing.T, s plan.Step, text string) string {
	t.Helper()
	have, err := policy.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	compare := policy.Equal
	if s.Check.Contains {
		compare = policy.Contains
	}
	if compare(have, s.Check.Document.Policy) {
		return same
	}
	return differs
}

// find returns the step whose title begins so.
func find(t *testing.T, s plan.Spec, title string) plan.Step {
	t.Helper()
	var titles []string
	for _, step := range s.Steps() {
		if strings.HasPrefix(step.Title, title) {
			return step
		}
		titles = append(titles, step.Title)
	}
	t.Fatalf("no step %q among %q", title, titles)
	return plan.Step{}
}

const (
	arn     = "arn:aws:iam::111122223333:role/redshift-ml"
	longer  = arn + "-2"
	otherID = "arn:aws:iam::111122223333:role/other"
)

// fullCluster answers DescribeClusters with n roles that are not ours.
func fullCluster(n int, ours ...string) string {
	var roles []string
	for i := range n {
		roles = append(roles, fmt.Sprintf(`{"IamRoleArn":"arn:aws:iam::111122223333:role/r%d","ApplyStatus":"in-sync"}`, i))
	}
	for _, arn := range ours {
		roles = append(roles, fmt.Sprintf(`{"IamRoleArn":%q,"ApplyStatus":"in-sync"}`, arn))
	}
	return `{"Clusters":[{"IamRoles":[` + strings.Join(roles, ",") + `]}]}`
}

func TestVerdicts(t *testing.T) {
	attachment := kind.Attachment{RoleName: "r", PolicyARN: "arn:aws:iam::aws:policy/AmazonS3FullAccess", Title: "AmazonS3FullAccess"}
	cluster := kind.ClusterRoles{Identifier: "c", RoleARNs: []string{arn}, DefaultRole: arn}
	namespace := kind.NamespaceRoles{Namespace: "ns", RoleARNs: []string{arn}, DefaultRole: arn}
	bucket := kind.Bucket{BucketName: "b", Account: "111122223333", Region: "us-west-2", KeyARN: "arn:aws:kms:us-west-2:111122223333:key/k", Tags: kind.Tags("redshift-ml.c", "bucket")}
	plain := bucket
	plain.KeyARN = ""
	key := kind.Key{ID: "key", Alias: "a"}
	service := kind.EndpointService{ID: "s", Suffix: ".sagemaker.api"}
	gateway := kind.GatewayEndpoint{VPCID: "vpc-1", Service: "com.amazonaws.us-west-2.s3", RouteTables: []string{"rtb-1"}}
	group := kind.SecurityGroup{ID: "g", GroupName: "g", VPCID: "vpc-1", CIDR: "10.0.0.0/16"}
	role := kind.Role{RoleName: "r", Path: "/ml/", Boundary: "arn:aws:iam::111122223333:policy/b"}
	tests := map[string]struct {
		step   plan.Step
		answer string
		want   string
	}{
		"a role under another path":             {find(t, role, "create role"), `{"Role":{"Path":"/","RoleName":"r"}}`, differs},
		"a role under its path":                 {find(t, role, "create role"), `{"Role":{"Path":"/ml/","RoleName":"r"}}`, same},
		"a role without a boundary":             {find(t, role, "set the permissions boundary"), `{"Role":{"Path":"/ml/"}}`, absent},
		"a role with another boundary":          {find(t, role, "set the permissions boundary"), `{"Role":{"PermissionsBoundary":{"PermissionsBoundaryArn":"x"}}}`, differs},
		"no policy attached":                    {find(t, attachment, "attach"), `{"AttachedPolicies":[],"IsTruncated":false}`, absent},
		"another policy attached":               {find(t, attachment, "attach"), `{"AttachedPolicies":[{"PolicyArn":"arn:aws:iam::aws:policy/AmazonS3FullAccess2"}]}`, absent},
		"the policy attached among others":      {find(t, attachment, "attach"), `{"AttachedPolicies":[{"PolicyArn":"x"},{"PolicyArn":"arn:aws:iam::aws:policy/AmazonS3FullAccess"}]}`, same},
		"a cluster without roles":               {find(t, cluster, "attach"), `{"Clusters":[{"IamRoles":[]}]}`, absent},
		"a cluster that names no roles":         {find(t, cluster, "attach"), `{"Clusters":[{}]}`, absent},
		"a cluster with a role named alike":     {find(t, cluster, "attach"), fullCluster(0, longer), absent},
		"a cluster with the role":               {find(t, cluster, "attach"), fullCluster(3, arn), same},
		"room for the 50th role":                {find(t, cluster, "look for room"), fullCluster(49), same},
		"no room for the 51st":                  {find(t, cluster, "look for room"), fullCluster(50), differs},
		"the 50th is ours already":              {find(t, cluster, "look for room"), fullCluster(49, arn), same},
		"room in a cluster that names no roles": {find(t, cluster, "look for room"), `{"Clusters":[{}]}`, same},
		"no default role":                       {find(t, cluster, "make "), `{"Clusters":[{"DefaultIamRoleArn":""}]}`, absent},
		"no default role, not even empty":       {find(t, cluster, "make "), `{"Clusters":[{}]}`, absent},
		"another default role":                  {find(t, cluster, "make "), fmt.Sprintf(`{"Clusters":[{"DefaultIamRoleArn":%q}]}`, otherID), differs},
		"our default role":                      {find(t, cluster, "make "), fmt.Sprintf(`{"Clusters":[{"DefaultIamRoleArn":%q}]}`, arn), same},
		"a namespace without roles":             {find(t, namespace, "attach"), `{"namespace":{"iamRoles":[]}}`, absent},
		"a namespace that names no roles":       {find(t, namespace, "attach"), `{"namespace":{}}`, absent},
		"a namespace's role by its ARN":         {find(t, namespace, "attach"), fmt.Sprintf(`{"namespace":{"iamRoles":[%q]}}`, arn), same},
		"a namespace's role, status first":      {find(t, namespace, "attach"), fmt.Sprintf(`{"namespace":{"iamRoles":["IamRole(applyStatus=in-sync, iamRoleArn=%s)"]}}`, arn), same},
		"a namespace's role, ARN first":         {find(t, namespace, "attach"), fmt.Sprintf(`{"namespace":{"iamRoles":["x","IamRole(iamRoleArn=%s, applyStatus=adding)"]}}`, arn), same},
		"a namespace's role named alike":        {find(t, namespace, "attach"), fmt.Sprintf(`{"namespace":{"iamRoles":["IamRole(iamRoleArn=%s, applyStatus=in-sync)","IamRole(applyStatus=in-sync, iamRoleArn=%s)",%q]}}`, longer, longer, longer), absent},
		"another default of a namespace":        {find(t, namespace, "make "), fmt.Sprintf(`{"namespace":{"defaultIamRoleArn":%q}}`, otherID), differs},
		"a bucket in the region":                {find(t, bucket, "create bucket"), `{"BucketRegion":"us-west-2"}`, same},
		"a bucket in another region":            {find(t, bucket, "create bucket"), `{"BucketRegion":"eu-west-1"}`, differs},
		"a bucket that does not say where":      {find(t, bucket, "create bucket"), `{}`, same},
		"a bucket with the plan's tags":         {find(t, bucket, "tag"), `{"TagSet":[{"Key":"team","Value":"x"},{"Key":"onramp:plan","Value":"redshift-ml.c"}]}`, same},
		"a bucket with tags of another plan":    {find(t, bucket, "tag"), `{"TagSet":[{"Key":"onramp:plan","Value":"redshift-ml.other"}]}`, differs},
		"a bucket with tags of someone else":    {find(t, bucket, "tag"), `{"TagSet":[{"Key":"team","Value":"x"}]}`, differs},
		"a bucket open in one way":              {find(t, bucket, "block public"), `{"PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":true,"RestrictPublicBuckets":false}}`, differs},
		"a bucket open in a way not named":      {find(t, bucket, "block public"), `{"PublicAccessBlockConfiguration":{"BlockPublicAcls":true}}`, differs},
		"a bucket that is closed":               {find(t, bucket, "block public"), `{"PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":true,"RestrictPublicBuckets":true}}`, same},
		"S3's own keys where ours is wanted":    {find(t, bucket, "set the default encryption"), encryption(`"SSEAlgorithm":"AES256"`, "false"), differs},
		"another key":                           {find(t, bucket, "set the default encryption"), encryption(`"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"x"`, "true"), differs},
		"our key with a bucket key":             {find(t, bucket, "set the default encryption"), encryption(`"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"arn:aws:kms:us-west-2:111122223333:key/k"`, "true"), same},
		"our key without a bucket key":          {find(t, bucket, "set the default encryption"), encryption(`"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"arn:aws:kms:us-west-2:111122223333:key/k"`, "false"), differs},
		"S3's own keys":                         {find(t, plain, "set the default encryption"), encryption(`"SSEAlgorithm":"AES256"`, "false"), same},
		"the abort rule among others":           {find(t, bucket, "remove incomplete"), `{"Rules":[{"ID":"x","Expiration":{"Days":1}},{"ID":"onramp-abort-incomplete-uploads","AbortIncompleteMultipartUpload":{"DaysAfterInitiation":7}}]}`, same},
		"other rules only":                      {find(t, bucket, "remove incomplete"), `{"Rules":[{"ID":"x","Expiration":{"Days":1}}]}`, differs},
		"a key in use":                          {find(t, key, "create key"), `{"KeyMetadata":{"KeyState":"Enabled","KeyUsage":"ENCRYPT_DECRYPT"}}`, same},
		"a key waiting to be deleted":           {find(t, key, "create key"), `{"KeyMetadata":{"KeyState":"PendingDeletion","KeyUsage":"ENCRYPT_DECRYPT"}}`, differs},
		"a key that signs":                      {find(t, key, "create key"), `{"KeyMetadata":{"KeyState":"Enabled","KeyUsage":"SIGN_VERIFY"}}`, differs},
		"a key that does not rotate":            {find(t, key, "rotate"), `{"KeyRotationEnabled":false}`, differs},
		"a key that rotates":                    {find(t, key, "rotate"), `{"KeyRotationEnabled":true}`, same},
		"the endpoint service":                  {find(t, service, "find"), `{"ServiceNames":["com.amazonaws.us-west-2.s3","com.amazonaws.us-west-2.sagemaker.api"]}`, same},
		"the endpoint service of China":         {find(t, service, "find"), `{"ServiceNames":["cn.com.amazonaws.cn-north-1.sagemaker.api"]}`, same},
		"services named alike":                  {find(t, service, "find"), `{"ServiceNames":["com.amazonaws.us-west-2.sagemaker.api-fips","com.amazonaws.us-west-2.sagemaker.runtime"]}`, absent},
		"no gateway":                            {find(t, gateway, "create an S3"), `{"VpcEndpoints":[]}`, absent},
		"a gateway on another route table":      {find(t, gateway, "route S3"), `{"VpcEndpoints":[{"RouteTableIds":["rtb-2"]}]}`, absent},
		"a gateway on the route table":          {find(t, gateway, "route S3"), `{"VpcEndpoints":[{"RouteTableIds":["rtb-2"]},{"RouteTableIds":["rtb-3","rtb-1"]}]}`, same},
		"a group that admits nobody":            {find(t, group, "admit"), `{"SecurityGroups":[{"IpPermissions":[]}]}`, absent},
		"a group that admits others":            {find(t, group, "admit"), `{"SecurityGroups":[{"IpPermissions":[{"FromPort":443,"ToPort":443,"IpProtocol":"tcp","IpRanges":[{"CidrIp":"10.1.0.0/16"}]}]}]}`, absent},
		"a group that admits to another port":   {find(t, group, "admit"), `{"SecurityGroups":[{"IpPermissions":[{"FromPort":80,"ToPort":443,"IpProtocol":"tcp","IpRanges":[{"CidrIp":"10.0.0.0/16"}]}]}]}`, absent},
		"a group that admits the VPC":           {find(t, group, "admit"), `{"SecurityGroups":[{"IpPermissions":[{"FromPort":22,"ToPort":22,"IpProtocol":"tcp","IpRanges":[]},{"FromPort":443,"ToPort":443,"IpProtocol":"tcp","IpRanges":[{"CidrIp":"10.1.0.0/16"},{"CidrIp":"10.0.0.0/16"}]}]}]}`, same},
		"routing is off":                        {find(t, kind.ClusterRouting{Identifier: "c"}, "switch on"), `{"Clusters":[{"EnhancedVpcRouting":false}]}`, differs},
		"routing is on":                         {find(t, kind.ClusterRouting{Identifier: "c"}, "switch on"), `{"Clusters":[{"EnhancedVpcRouting":true}]}`, same},
		"routing of a workgroup is off":         {find(t, kind.WorkgroupRouting{Workgroup: "w"}, "switch on"), `{"workgroup":{"enhancedVpcRouting":false}}`, differs},
		"routing of a workgroup is on":          {find(t, kind.WorkgroupRouting{Workgroup: "w"}, "switch on"), `{"workgroup":{"enhancedVpcRouting":true}}`, same},
		"DNS hostnames are on":                  {find(t, kind.VPC{VPCID: "vpc-1"}, "switch on DNS hostnames"), `{"EnableDnsHostnames":{"Value":true}}`, same},
		"DNS hostnames are off":                 {find(t, kind.VPC{VPCID: "vpc-1"}, "switch on DNS hostnames"), `{"EnableDnsHostnames":{"Value":false}}`, differs},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := verdict(t, test.step, test.answer); got != test.want {
				t.Errorf("%s: %s, want %s", test.step.Title, got, test.want)
			}
		})
	}
}

func encryption(byDefault, bucketKey string) string {
	return `{"ServerSideEncryptionConfiguration":{"Rules":[{"ApplyServerSideEncryptionByDefault":{` + byDefault + `},"BucketKeyEnabled":` + bucketKey + `}]}}`
}

// TestDocumentVerdicts: policies are compared by meaning, and in a bucket's policy others' statements
// are none of our business.
func TestDocumentVerdicts(t *testing.T) {
	bucket := kind.Bucket{BucketName: "b", Account: "111122223333", Region: "us-west-2", Policy: plan.Document{Name: "policy", Kind: policy.BucketPolicy, Policy: kind.TLSOnly(target, "b")}}
	step := find(t, bucket, "put the bucket policy")
	mine := string(kind.TLSOnly(target, "b").Compact())
	others := strings.Replace(mine, `"Statement":[`, `"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},`, 1)
	tests := map[string]struct{ text, want string }{
		"to the letter":            {mine, same},
		"beside another statement": {others, same},
		"for another bucket":       {strings.ReplaceAll(mine, ":::b", ":::c"), differs},
		"allowed, not denied":      {strings.Replace(mine, "Deny\"", "Allow\"", 1), differs},
		"another condition":        {strings.Replace(mine, `"false"`, `"true"`, 1), differs},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer, _ := json.Marshal(map[string]string{"Policy": test.text})
			if got := verdict(t, step, string(answer)); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

// TestPolicyVerdicts: a role's policies are the plan's alone, so that one statement more is a difference.
func TestPolicyVerdicts(t *testing.T) {
	mine := plan.Document{Name: "d", Policy: policy.Document{Version: policy.Version, Statements: []policy.Statement{{Effect: policy.Allow, Actions: []string{"s3:GetObject", "s3:PutObject"}, Resources: []string{"*"}}}}}
	more := mine.Policy
	more.Statements = append(more.Statements[:1:1], policy.Statement{Effect: policy.Allow, Actions: []string{"s3:*"}, Resources: []string{"*"}})
	turned := policy.Document{Version: policy.Version, Statements: []policy.Statement{{Sid: "Other", Effect: policy.Allow, Actions: []string{"s3:PutObject", "s3:GetObject"}, Resources: []string{"*"}}}}
	steps := map[string]plan.Step{
		`{"Role":{"AssumeRolePolicyDocument":%s}}`: find(t, kind.Role{RoleName: "r", Path: "/", Trust: mine}, "set the trust"),
		`{"PolicyDocument":%s}`:                    find(t, kind.InlinePolicy{RoleName: "r", PolicyName: "p", Document: mine}, "put inline"),
	}
	for answer, step := range steps {
		for want, have := range map[string][]policy.Document{same: {mine.Policy, turned}, differs: {more}} {
			for _, d := range have {
				text, _ := json.Marshal(string(d.Compact())) // IAM answers documents as texts, and the SDK's callers decode them
				if got := verdict(t, step, strings.Replace(answer, "%s", string(text), 1)); got != want {
					t.Errorf("%s: %s, want %s for %s", step.Title, got, want, d.Compact())
				}
			}
		}
	}
}

// TestWhatOthersHaveIsKept: a bucket's policy and its lifecycle rules are sent whole, so a step that
// sends its own alone takes those of others away: it must send theirs, too, or ask first.
func TestWhatOthersHaveIsKept(t *testing.T) {
	bucket := kind.Bucket{BucketName: "b", Account: "111122223333", Region: "us-west-2"}
	for _, title := range []string{"put the bucket policy", "remove incomplete"} {
		s := find(t, bucket, title)
		for _, c := range s.Update {
			if _, merged := c.Input.Get("Policy").(plan.Merged); !merged && !s.Ask {
				t.Errorf("%q replaces what others put there, without asking", s.Title)
			}
		}
	}
	// Other commands, such as COPY, may rely on the default role that is there.
	for _, roles := range []plan.Spec{kind.ClusterRoles{Identifier: "c", RoleARNs: []string{arn}, DefaultRole: arn}, kind.NamespaceRoles{Namespace: "ns", RoleARNs: []string{arn}, DefaultRole: arn}} {
		if s := find(t, roles, "make "); !s.Ask {
			t.Errorf("%q replaces the default role without asking", s.Title)
		}
	}
	key := kind.Key{ID: "key", Alias: "a", Tags: kind.Tags("redshift-ml.c", "key")}
	if key.Steps()[0].Owner == nil {
		for _, s := range key.Steps() {
			if len(s.Update) > 0 && !s.Ask {
				t.Errorf("an alias that is there may lead to someone else's key, and %q changes it without asking", s.Title)
			}
		}
	}
}
