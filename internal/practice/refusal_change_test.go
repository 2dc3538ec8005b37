package practice_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"onramp/internal/practice"
)

// aliasRefusals has every call on a key that takes no alias, with a name and with an ARN.
func aliasRefusals() map[string]refusal {
	out := map[string]refusal{}
	for operation, members := range map[string]string{
		"ListAliases": "", "ListResourceTags": "", "TagResource": `,"Tags":[{"TagKey":"k","TagValue":"v"}]`, "UntagResource": `,"TagKeys":["k"]`, "GetKeyPolicy": "",
		"PutKeyPolicy":         `,"Policy":` + statement(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"`),
		"GetKeyRotationStatus": "", "EnableKeyRotation": "", "DisableKeyRotation": "", "EnableKey": "", "DisableKey": "", "ScheduleKeyDeletion": "", "CancelKeyDeletion": "",
	} {
		source := "KMS API, " + operation + ": KeyId: a key ID or a key ARN"
		out[operation+" by an alias"] = refusal{source: source + "; the code UNVERIFIED", call: `kms:` + operation + ` {"KeyId":"alias/analytics"` + members + `}`, code: "NotFoundException", status: 400}
		out[operation+" by an alias's ARN"] = refusal{source: source + "; terraform #20813 for the words", call: `kms:` + operation + ` {"KeyId":"arn:aws:kms:us-east-1:000000000000:alias/analytics"` + members + `}`, code: "InvalidArnException", status: 400, says: "Key Aliases are not supported"}
	}
	return out
}

const conditionalTrust = `"Effect":"Allow","Principal":{"Service":["redshift.amazonaws.com","redshift-serverless.amazonaws.com"]},"Action":"sts:AssumeRole","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:redshift-serverless:us-east-1:000000000000:%s"}}`

func trusting(source string) string {
	return createRole("other", statement(fmt.Sprintf(conditionalTrust, source)))
}

var (
	serverlessOther = namespace(`"IamRoles":["arn:aws:iam::000000000000:role/other"]`)
	twice           = `{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"10.0.0.0/16"}]}`
	withToken       = strings.Replace(gateway, "{", `{"ClientToken":"t",`, 1)
	dataToken       = `redshift-data:ExecuteStatement {"ClusterIdentifier":"analytics","Database":"dev","DbUser":"awsuser","ClientToken":"t","Sql":"SELECT 1"}`
	lastSnapshot    = `redshift:DeleteCluster {"ClusterIdentifier":"analytics","FinalClusterSnapshotIdentifier":"last"}`
)

// changeRefusals are of calls that change, and take back, what plans make.
var changeRefusals = map[string]refusal{
	"an alias's ARN as an alias's key":    {source: "KMS API, CreateAlias: TargetKeyId", call: `kms:CreateAlias {"AliasName":"alias/b","TargetKeyId":"arn:aws:kms:us-east-1:000000000000:alias/analytics"}`, code: "ValidationException", status: 400},
	"tags off a key that is to go":        {source: "KMS UG, Key states", before: []string{`kms:ScheduleKeyDeletion {"KeyId":"` + key + `"}`}, call: `kms:UntagResource {"KeyId":"` + key + `","TagKeys":["k"]}`, code: "KMSInvalidStateException", status: 400},
	"a list of no keys":                   {source: "KMS API, ListKeys: Limit", call: `kms:ListKeys {"Limit":1001}`, code: "ValidationException", status: 400},
	"a list from a marker that is none":   {source: "KMS API, ListKeys: InvalidMarkerException", call: `kms:ListKeys {"Marker":"x"}`, code: "InvalidMarkerException", status: 400},
	"a session of a role cut too short":   {source: "IAM API, UpdateRole: MaxSessionDuration", call: `iam:UpdateRole {"RoleName":"analytics-copy","MaxSessionDuration":3599}`, code: "ValidationError", status: 400, says: "between 3600 and 43200"},
	"a session of a role that is longer":  {source: "IAM API, UpdateRole: MaxSessionDuration", call: `iam:UpdateRole {"RoleName":"analytics-copy","MaxSessionDuration":43201}`, code: "ValidationError", status: 400},
	"a rule twice in one call":            {source: "terraform-provider-aws #2587", call: `ec2:AuthorizeSecurityGroupIngress {` + group + `,"IpPermissions":[` + twice + `,` + twice + `]}`, code: "InvalidParameterValue", status: 400, says: "must not appear multiple times"},
	"a rule twice with two descriptions":  {source: ec2Codes, before: []string{https}, call: strings.Replace(https, `"CidrIp"`, `"Description":"again","CidrIp"`, 1), code: "InvalidPermission.Duplicate", status: 400},
	"a token for another endpoint":        {source: ec2Codes + ": IdempotentParameterMismatch", before: []string{withToken}, call: strings.Replace(withToken, "rtb-0a1b2c3d4e5f60718", "rtb-0b2c3d4e5f6071829", 1), code: "IdempotentParameterMismatch", status: 400},
	"a token for another statement":       {source: "Redshift Data API, ClientToken; the code UNVERIFIED", before: []string{dataToken}, call: strings.Replace(dataToken, "SELECT 1", "SELECT 2", 1), code: "ValidationException", status: 400},
	"a token for another user":            {source: "Redshift Data API, ClientToken; the code UNVERIFIED", before: []string{dataToken}, call: strings.Replace(dataToken, "awsuser", "ada", 1), code: "ValidationException", status: 400},
	"a cluster with an unknown group":     {source: "aws-cdk #11294", call: newCluster(`"ManageMasterPassword":true,"VpcSecurityGroupIds":["sg-00000000"]`), code: "InvalidParameterValue", status: 400, says: "VPC Security group sg-00000000 does not exist in VPC vpc-0a1b2c3d4e5f60718"},
	"an unknown group for a cluster":      {source: "aws-cdk #11294", call: `redshift:ModifyCluster {"ClusterIdentifier":"analytics","VpcSecurityGroupIds":["sg-00000000"]}`, code: "InvalidParameterValue", status: 400},
	"a cluster with an unknown key":       {source: redshiftAPI + ": KmsKeyId; the code UNVERIFIED", call: newCluster(`"ManageMasterPassword":true,"KmsKeyId":"00000000-0000-4000-8000-000000000000"`), code: "InvalidParameterValue", status: 400},
	"a cluster with an alias":             {source: redshiftAPI + ": KmsKeyId; UNVERIFIED", call: newCluster(`"ManageMasterPassword":true,"KmsKeyId":"alias/analytics"`), code: "InvalidParameterValue", status: 400},
	"a cluster with a disabled key":       {source: redshiftAPI + ": KmsKeyId; the code UNVERIFIED", before: []string{`kms:DisableKey {"KeyId":"` + key + `"}`}, call: newCluster(`"ManageMasterPassword":true,"KmsKeyId":"` + key + `"`), code: "InvalidParameterValue", status: 400},
	"a snapshot with a bad name":          {source: "Redshift API, DeleteCluster: FinalClusterSnapshotIdentifier", call: strings.Replace(lastSnapshot, "last", "last--one", 1), code: "InvalidParameterValue", status: 400},
	"a snapshot that is there":            {source: "Redshift API, DeleteCluster: ClusterSnapshotAlreadyExists", before: []string{lastSnapshot}, call: strings.Replace(lastSnapshot, "analytics", "archive", 1), code: "ClusterSnapshotAlreadyExists", status: 400},
	"a role for another workgroup":        {source: "Redshift UG, Cross-service confused deputy prevention", before: []string{trusting("workgroup/00000000-0000-0000-0000-000000000000")}, call: serverlessOther, code: "ValidationException", status: 400, says: "is not authorized to assume"},
	"a role for a workgroup by its name":  {source: "SAR, redshift-serverless: a workgroup's ARN ends in its id", before: []string{trusting("workgroup/analytics-wg")}, call: serverlessOther, code: "ValidationException", status: 400},
	"a statement that is over, cancelled": {source: "Redshift Data API, CancelStatement", before: []string{dataToken}, call: `redshift-data:CancelStatement {"Id":"none"}`, code: "ResourceNotFoundException", status: 400},
}

// What AWS takes when it is said in the right way.
func TestWhatAWSTakesBesideThat(t *testing.T) {
	for name, calls := range map[string][]string{
		"a role for any workgroup":             {trusting("workgroup/*"), serverlessOther},
		"a role for the namespace's workgroup": {trusting("workgroup/66666666-7777-4888-8999-aaaaaaaaaaaa"), serverlessOther},
		"a session of twelve hours":            {`iam:UpdateRole {"RoleName":"analytics-copy","MaxSessionDuration":43200}`},
		"a role's description alone":           {`iam:UpdateRole {"RoleName":"analytics-copy","Description":"d"}`},
		"a cluster with a group":               {newCluster(`"ManageMasterPassword":true,"VpcSecurityGroupIds":["sg-0a1b2c3d4e5f60718"]`)},
		"a cluster with a key":                 {newCluster(`"ManageMasterPassword":true,"KmsKeyId":"` + key + `"`)},
		"a cluster with a key's ARN":           {newCluster(`"ManageMasterPassword":true,"KmsKeyId":"arn:aws:kms:us-east-1:000000000000:key/` + key + `"`)},
		"other groups for a cluster":           {`redshift:ModifyCluster {"ClusterIdentifier":"analytics","VpcSecurityGroupIds":["sg-0a1b2c3d4e5f60718"]}`},
		"an alias of the alias call":           {`kms:DescribeKey {"KeyId":"arn:aws:kms:us-east-1:000000000000:alias/analytics"}`},
		"a second rule":                        {https, strings.Replace(https, "10.0.0.0/16", "10.1.0.0/16", 1)},
	} {
		s := inProcess(t, practice.New(practice.Settings{}), "us-east-1")
		for _, call := range calls {
			if _, err := s.call(split(call)); err != nil {
				t.Errorf("%s: %s: %v", name, call, err)
			}
		}
	}
}

// The same request with the same token makes one thing, however often it comes.
func TestClientTokens(t *testing.T) {
	slow(t, func(t *testing.T, a *practice.Account, s sdk) {
		endpoint := at(s.must(split(withToken)), "VpcEndpoint.VpcEndpointId")
		state := string(a.State())
		if again := at(s.must(split(withToken)), "VpcEndpoint.VpcEndpointId"); again != endpoint || string(a.State()) != state {
			t.Errorf("a token made %s and then %s", endpoint, again)
		}
		id := at(s.must(split(dataToken)), "Id")
		time.Sleep(8*time.Hour - time.Second)
		if again := at(s.must(split(dataToken)), "Id"); again != id {
			t.Error("a token ran two statements")
		}
		time.Sleep(time.Second)
		if again := at(s.must(split(dataToken)), "Id"); again == id {
			t.Error("a token is known after 8 hours (Redshift UG, Considerations when calling the Data API)")
		}
	})
}

func TestListsOfKMSComeInPages(t *testing.T) {
	s := inProcess(t, practice.New(practice.Settings{}), "us-east-1")
	for i := range 110 {
		id := at(s.must("kms:CreateKey", `{"Tags":[{"TagKey":"n","TagValue":"`+fmt.Sprint(i)+`"}]}`), "KeyMetadata.KeyId")
		s.must("kms:CreateAlias", `{"AliasName":"alias/k`+fmt.Sprint(i)+`","TargetKeyId":"`+id+`"}`)
	}
	for call, want := range map[string]string{"kms:ListKeys Keys KeyId": "100 12", "kms:ListAliases Aliases AliasName": "50 50 12"} {
		name, members, _ := strings.Cut(call, " ")
		list, id, _ := strings.Cut(members, " ")
		seen, sizes, marker := map[string]bool{}, []string{}, ""
		for {
			page := s.must(name, `{`+marker+`}`)
			items, _ := page[list].([]any)
			for _, item := range items {
				seen[at(item, id)] = true
			}
			sizes = append(sizes, fmt.Sprint(len(items)))
			if at(page, "Truncated") != "true" {
				break
			}
			marker = `"Marker":"` + at(page, "NextMarker") + `"`
		}
		if strings.Join(sizes, " ") != want || len(seen) != 112 {
			t.Errorf("%s: pages of %v with %d names", name, sizes, len(seen))
		}
	}
}

func TestLastSnapshot(t *testing.T) {
	slow(t, func(t *testing.T, a *practice.Account, s sdk) {
		if status := at(s.must(split(lastSnapshot)), "Cluster.ClusterStatus"); status != "final-snapshot" {
			t.Error(status)
		}
		is(t, until(t, s, `redshift:DescribeClusters {"ClusterIdentifier":"analytics"}`, "Clusters.0.ClusterStatus", "<error>"), "final-snapshot deleting <error>")
		if !strings.Contains(string(a.State()), `"snapshots": [`) {
			t.Error("the snapshot is not in the state")
		}
	})
}

func TestStatementsAreCancelled(t *testing.T) {
	slow(t, func(t *testing.T, a *practice.Account, s sdk) {
		start := string(a.State())
		execute := func(sql string) string {
			return at(s.must("redshift-data:BatchExecuteStatement", `{"ClusterIdentifier":"analytics","Database":"dev","DbUser":"awsuser","Sqls":[`+sql+`]}`), "Id")
		}
		cancel := func(id string) string {
			answer, err := s.call("redshift-data:CancelStatement", `{"Id":"`+id+`"}`)
			if err != nil {
				return codeOf(err)
			}
			return at(answer, "Status")
		}
		id := execute(`"CREATE GROUP a","CREATE GROUP b"`)
		time.Sleep(practice.Lifelike().Statement / 2)
		if have := cancel(id); have != "true" {
			t.Error(have)
		}
		answer := s.must("redshift-data:DescribeStatement", `{"Id":"`+id+`"}`)
		if at(answer, "Status") != "ABORTED" || at(answer, "SubStatements.0.Status") != "ABORTED" || at(answer, "HasResultSet") != "false" {
			t.Error(answer)
		}
		if string(a.State()) != start {
			t.Error("a statement that was cancelled did something")
		}
		if have := cancel(id); have != "ValidationException" {
			t.Error("cancelled again:", have)
		}
		first, second := execute(`"CREATE GROUP a"`), execute(`"CREATE GROUP b"`)
		if have := cancel(first); have != "ValidationException" {
			t.Error("one is cancelled that another came after:", have)
		}
		time.Sleep(practice.Lifelike().Statement)
		if have := cancel(second); have != "ValidationException" {
			t.Error("one is cancelled that was over:", have)
		}
		is(t, until(t, s, `redshift-data:DescribeStatement {"Id":"`+second+`"}`, "Status", "FINISHED"), "FINISHED")
	})
}

// A role that is still "adding" is none that CREATE MODEL can use.
func TestModelWaitsForItsRole(t *testing.T) {
	slow(t, func(t *testing.T, _ *practice.Account, s sdk) {
		s.must(split(createRole("ml", goodTrust)))
		time.Sleep(practice.Lifelike().Role)
		s.must(split(roles("reporting", `"AddIamRoles":["arn:aws:iam::000000000000:role/ml"]`)))
		create := func() []string {
			id := at(s.must("redshift-data:ExecuteStatement", `{"ClusterIdentifier":"reporting","Database":"dev","DbUser":"awsuser","Sql":"CREATE MODEL m FROM t TARGET a FUNCTION f IAM_ROLE 'arn:aws:iam::000000000000:role/ml' SETTINGS (S3_BUCKET 'b')"}`), "Id")
			time.Sleep(practice.Lifelike().Statement)
			answer := s.must("redshift-data:DescribeStatement", `{"Id":"`+id+`"}`)
			return []string{at(answer, "Status"), at(answer, "Error")}
		}
		if have := create(); have[0] != "FAILED" || !strings.Contains(have[1], "is not associated with the cluster") {
			t.Error(have)
		}
		time.Sleep(practice.Lifelike().RoleSync)
		if have := create(); have[0] != "FINISHED" {
			t.Error(have)
		}
		s.must(split(roles("reporting", `"RemoveIamRoles":["arn:aws:iam::000000000000:role/ml"]`)))
		if have := at(s.must("redshift:DescribeClusters", `{"ClusterIdentifier":"reporting"}`), "Clusters.0.DefaultIamRoleArn"); have != "arn:aws:iam::000000000000:role/analytics-copy" {
			t.Error("the default role changed with another:", have)
		}
	})
}
