package practice_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"onramp/internal/practice"
)

// made is what plans make, each with the call that takes it back. ${name} is what a call before kept.
var made = []struct {
	do, undo   string
	keep, path string // a name for a value of the answer
}{
	{do: `kms:CreateKey {"Description":"ml","Tags":[{"TagKey":"onramp","TagValue":"1"}]}`, undo: `kms:ScheduleKeyDeletion {"KeyId":"${key}","PendingWindowInDays":7}`, keep: "key", path: "KeyMetadata.KeyId"},
	{do: `kms:CreateAlias {"AliasName":"alias/ml","TargetKeyId":"${key}"}`, undo: `kms:DeleteAlias {"AliasName":"alias/ml"}`},
	{do: `kms:EnableKeyRotation {"KeyId":"${key}"}`, undo: `kms:DisableKeyRotation {"KeyId":"${key}"}`},
	{do: `kms:TagResource {"KeyId":"${key}","Tags":[{"TagKey":"k","TagValue":"v"}]}`, undo: `kms:UntagResource {"KeyId":"${key}","TagKeys":["k"]}`},

	{do: `s3:CreateBucket {"Bucket":"onramp-b","CreateBucketConfiguration":{REGION"Tags":[{"Key":"k","Value":"v"}]}}`, undo: `s3:DeleteBucket {"Bucket":"onramp-b"}`},
	{do: `s3:PutBucketVersioning {"Bucket":"onramp-b","VersioningConfiguration":{"Status":"Enabled"}}`, undo: `s3:PutBucketVersioning {"Bucket":"onramp-b","VersioningConfiguration":{"Status":"Suspended"}}`},
	{do: `s3:PutBucketTagging {"Bucket":"onramp-b","Tagging":{"TagSet":[{"Key":"l","Value":"w"}]}}`, undo: `s3:DeleteBucketTagging {"Bucket":"onramp-b"}`},
	{do: `s3:PutBucketPolicy {"Bucket":"onramp-b","Policy":"{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::onramp-b/*\"}}"}`, undo: `s3:DeleteBucketPolicy {"Bucket":"onramp-b"}`},
	{do: `s3:PutBucketLifecycleConfiguration {"Bucket":"onramp-b","LifecycleConfiguration":{"Rules":[{"ID":"r","Status":"Enabled","Filter":{"Prefix":""},"Expiration":{"Days":7}}]}}`, undo: `s3:DeleteBucketLifecycle {"Bucket":"onramp-b"}`},
	{do: `s3:PutBucketEncryption {"Bucket":"onramp-b","ServerSideEncryptionConfiguration":{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"${key}"},"BucketKeyEnabled":true}]}}`, undo: `s3:DeleteBucketEncryption {"Bucket":"onramp-b"}`},
	{do: `s3:PutPublicAccessBlock {"Bucket":"onramp-b","PublicAccessBlockConfiguration":{"BlockPublicAcls":true}}`, undo: `s3:DeletePublicAccessBlock {"Bucket":"onramp-b"}`},
	{do: `s3:PutBucketOwnershipControls {"Bucket":"onramp-b","OwnershipControls":{"Rules":[{"ObjectOwnership":"BucketOwnerEnforced"}]}}`, undo: `s3:DeleteBucketOwnershipControls {"Bucket":"onramp-b"}`},

	{do: `iam:CreateRole {"RoleName":"ml","AssumeRolePolicyDocument":"` + trustJSON + `"}`, undo: `iam:DeleteRole {"RoleName":"ml"}`, keep: "role", path: "Role.Arn"},
	{do: `iam:CreatePolicy {"PolicyName":"ml","PolicyDocument":"` + identityJSON + `"}`, undo: `iam:DeletePolicy {"PolicyArn":"${managed}"}`, keep: "managed", path: "Policy.Arn"},
	{do: `iam:CreatePolicyVersion {"PolicyArn":"${managed}","PolicyDocument":"` + otherJSON + `"}`, undo: `iam:DeletePolicyVersion {"PolicyArn":"${managed}","VersionId":"v2"}`},
	{do: `iam:SetDefaultPolicyVersion {"PolicyArn":"${managed}","VersionId":"v2"}`, undo: `iam:SetDefaultPolicyVersion {"PolicyArn":"${managed}","VersionId":"v1"}`},
	{do: `iam:TagRole {"RoleName":"ml","Tags":[{"Key":"k","Value":"v"}]}`, undo: `iam:UntagRole {"RoleName":"ml","TagKeys":["k"]}`},
	{do: `iam:PutRolePolicy {"RoleName":"ml","PolicyName":"p","PolicyDocument":"` + identityJSON + `"}`, undo: `iam:DeleteRolePolicy {"RoleName":"ml","PolicyName":"p"}`},
	{do: `iam:PutUserPolicy {"UserName":"ada","PolicyName":"p","PolicyDocument":"` + identityJSON + `"}`, undo: `iam:DeleteUserPolicy {"UserName":"ada","PolicyName":"p"}`},
	{do: `iam:PutGroupPolicy {"GroupName":"analysts","PolicyName":"p","PolicyDocument":"` + identityJSON + `"}`, undo: `iam:DeleteGroupPolicy {"GroupName":"analysts","PolicyName":"p"}`},
	{do: `iam:AttachRolePolicy {"RoleName":"ml","PolicyArn":"arn:aws:iam::aws:policy/AmazonS3FullAccess"}`, undo: `iam:DetachRolePolicy {"RoleName":"ml","PolicyArn":"arn:aws:iam::aws:policy/AmazonS3FullAccess"}`},
	{do: `iam:PutRolePermissionsBoundary {"RoleName":"ml","PermissionsBoundary":"arn:aws:iam::000000000000:policy/boundary"}`, undo: `iam:DeleteRolePermissionsBoundary {"RoleName":"ml"}`},
	{do: `iam:CreateInstanceProfile {"InstanceProfileName":"ml"}`, undo: `iam:DeleteInstanceProfile {"InstanceProfileName":"ml"}`},
	{do: `iam:TagInstanceProfile {"InstanceProfileName":"ml","Tags":[{"Key":"k","Value":"v"}]}`, undo: `iam:UntagInstanceProfile {"InstanceProfileName":"ml","TagKeys":["k"]}`},
	{do: `iam:AddRoleToInstanceProfile {"InstanceProfileName":"ml","RoleName":"ml"}`, undo: `iam:RemoveRoleFromInstanceProfile {"InstanceProfileName":"ml","RoleName":"ml"}`},

	{do: `ec2:ModifyVpcAttribute {"VpcId":"vpc-0a1b2c3d4e5f60718","EnableDnsHostnames":{"Value":true}}`, undo: `ec2:ModifyVpcAttribute {"VpcId":"vpc-0a1b2c3d4e5f60718","EnableDnsHostnames":{"Value":false}}`},
	{do: `ec2:CreateSecurityGroup {"GroupName":"g","Description":"d","VpcId":"vpc-0a1b2c3d4e5f60718"}`, undo: `ec2:DeleteSecurityGroup {"GroupId":"${group}"}`, keep: "group", path: "GroupId"},
	{do: `ec2:CreateTags {"Resources":["${group}"],"Tags":[{"Key":"k","Value":"v"}]}`, undo: `ec2:DeleteTags {"Resources":["${group}"],"Tags":[{"Key":"k","Value":"v"}]}`},
	{do: `ec2:AuthorizeSecurityGroupIngress {"GroupId":"${group}","IpPermissions":[` + twice + `]}`, undo: `ec2:RevokeSecurityGroupIngress {"GroupId":"${group}","IpPermissions":[` + twice + `]}`},
	{do: `ec2:AuthorizeSecurityGroupEgress {"GroupId":"${group}","IpPermissions":[` + twice + `]}`, undo: `ec2:RevokeSecurityGroupEgress {"GroupId":"${group}","IpPermissions":[` + twice + `]}`},
	{do: importKey("ml", rsaKey), undo: `ec2:DeleteKeyPair {"KeyName":"ml"}`, keep: "pair", path: "KeyPairId"},
	{do: `ec2:CreateTags {"Resources":["${pair}"],"Tags":[{"Key":"k","Value":"v"}]}`, undo: `ec2:DeleteTags {"Resources":["${pair}"],"Tags":[{"Key":"k","Value":"v"}]}`},
	{do: `ec2:CreateVpcEndpoint {"ServiceName":"com.amazonaws.HERE.s3","VpcId":"vpc-0a1b2c3d4e5f60718","RouteTableIds":["rtb-0a1b2c3d4e5f60718"]}`, undo: `ec2:DeleteVpcEndpoints {"VpcEndpointIds":["${gateway}"]}`, keep: "gateway", path: "VpcEndpoint.VpcEndpointId"},
	{do: `ec2:ModifyVpcEndpoint {"VpcEndpointId":"${gateway}","AddRouteTableIds":["rtb-0b2c3d4e5f6071829"]}`, undo: `ec2:ModifyVpcEndpoint {"VpcEndpointId":"${gateway}","RemoveRouteTableIds":["rtb-0b2c3d4e5f6071829"]}`},
	{do: `ec2:CreateVpcEndpoint {"VpcEndpointType":"Interface","ServiceName":"com.amazonaws.HERE.sagemaker.api","VpcId":"vpc-0a1b2c3d4e5f60718","SubnetIds":["subnet-0a1b2c3d4e5f60718"],"SecurityGroupIds":["${group}"]}`, undo: `ec2:DeleteVpcEndpoints {"VpcEndpointIds":["${endpoint}"]}`, keep: "endpoint", path: "VpcEndpoint.VpcEndpointId"},
	{do: `ec2:ModifyVpcEndpoint {"VpcEndpointId":"${endpoint}","PrivateDnsEnabled":true}`, undo: `ec2:ModifyVpcEndpoint {"VpcEndpointId":"${endpoint}","PrivateDnsEnabled":false}`},

	{do: `redshift:ModifyClusterIamRoles {"ClusterIdentifier":"analytics","AddIamRoles":["${role}"],"DefaultIamRoleArn":"${role}"}`, undo: `redshift:ModifyClusterIamRoles {"ClusterIdentifier":"analytics","RemoveIamRoles":["${role}"],"DefaultIamRoleArn":"arn:aws:iam::000000000000:role/analytics-copy"}`},
	{do: `redshift:ModifyCluster {"ClusterIdentifier":"analytics","EnhancedVpcRouting":true}`, undo: `redshift:ModifyCluster {"ClusterIdentifier":"analytics","EnhancedVpcRouting":false}`},
	{do: `redshift:CreateCluster {"ClusterIdentifier":"new","NodeType":"ra3.large","ClusterType":"single-node","MasterUsername":"boss","ManageMasterPassword":true,"IamRoles":["${role}"],"DefaultIamRoleArn":"${role}"}`, undo: `redshift:DeleteCluster {"ClusterIdentifier":"new","SkipFinalClusterSnapshot":true}`},
	{
		do:   `redshift-serverless:UpdateNamespace {"NamespaceName":"analytics-ns","IamRoles":["arn:aws:iam::000000000000:role/serverless-copy","${role}"],"DefaultIamRoleArn":"${role}"}`,
		undo: `redshift-serverless:UpdateNamespace {"NamespaceName":"analytics-ns","IamRoles":["arn:aws:iam::000000000000:role/serverless-copy"],"DefaultIamRoleArn":"arn:aws:iam::000000000000:role/serverless-copy"}`,
	},
	{do: `redshift-serverless:UpdateWorkgroup {"WorkgroupName":"analytics-wg","EnhancedVpcRouting":true}`, undo: `redshift-serverless:UpdateWorkgroup {"WorkgroupName":"analytics-wg","EnhancedVpcRouting":false}`},
	{do: sqls("CREATE GROUP g", "CREATE SCHEMA s"), undo: sqls("DROP SCHEMA s", "DROP GROUP g")},
	{
		do:   sqls("GRANT CREATE MODEL TO GROUP g", "GRANT CREATE, USAGE ON SCHEMA s TO GROUP g", "REVOKE ASSUMEROLE ON ALL FROM PUBLIC FOR ALL", "GRANT ASSUMEROLE ON default TO GROUP g FOR CREATE MODEL"),
		undo: sqls("REVOKE ASSUMEROLE ON default FROM GROUP g FOR CREATE MODEL", "GRANT ASSUMEROLE ON ALL TO PUBLIC FOR ALL", "REVOKE CREATE, USAGE ON SCHEMA s FROM GROUP g", "REVOKE CREATE MODEL FROM GROUP g"),
	},
}

func sqls(all ...string) string {
	return `redshift-data:BatchExecuteStatement {"ClusterIdentifier":"analytics","Database":"dev","DbUser":"awsuser","Sqls":["` + strings.Join(all, `","`) + `"]}`
}

// finished makes a call and, where it runs statements, sees to it that they succeeded.
func finished(t *testing.T, s sdk, call string) map[string]any {
	t.Helper()
	answer := s.must(split(call))
	if strings.HasPrefix(call, "redshift-data:") {
		if d := s.must("redshift-data:DescribeStatement", `{"Id":"`+at(answer, "Id")+`"}`); at(d, "Status") != "FINISHED" {
			t.Fatalf("%s: %s", call, at(d, "Error"))
		}
	}
	return answer
}

// Everything that is made can be taken back in the reverse order, and leaves nothing behind but a key
// that waits for its end. Nothing can be taken back twice without a word where AWS has one.
func TestWhatIsMadeCanBeTakenBack(t *testing.T) {
	for region, constraint := range map[string]string{"us-east-1": "", "eu-west-1": `"LocationConstraint":"eu-west-1",`} {
		a := practice.New(practice.Settings{})
		s := inProcess(t, a, region)
		start, kept := string(a.State()), map[string]string{}
		written := func(call string) string {
			call = os.Expand(call, func(name string) string { return kept[name] })
			return strings.NewReplacer("REGION", constraint, "HERE", region).Replace(call)
		}
		for _, m := range made {
			before := string(a.State())
			answer := finished(t, s, written(m.do))
			if m.keep != "" {
				kept[m.keep] = at(answer, m.path)
			}
			if string(a.State()) == before && !strings.Contains(m.do, "OwnershipControls") { // which every new bucket has
				t.Errorf("%s changes nothing", m.do)
			}
		}
		for _, m := range slices.Backward(made) {
			before := string(a.State())
			finished(t, s, written(m.undo))
			if string(a.State()) == before {
				t.Errorf("%s changes nothing", m.undo)
			}
		}
		end := string(a.State())
		if !strings.Contains(end, `"PendingDeletion"`) {
			t.Error("no key waits for its end")
		}
		if region == "us-east-1" && strings.Count(end, "\n") != strings.Count(start, "\n")+len(lonelyKey) {
			t.Errorf("%d lines more are left behind: %s", strings.Count(end, "\n")-strings.Count(start, "\n"), parting(start, end))
		}
		s.must("kms:CancelKeyDeletion", `{"KeyId":"`+kept["key"]+`"}`)
		s.must("kms:EnableKey", `{"KeyId":"`+kept["key"]+`"}`)
	}
}

// lonelyKey are the lines of a key that nothing uses any more.
var lonelyKey = strings.Split(strings.TrimSpace(`
"ml": {
  "aliases": [],
  "description": "ml",
  "period": 365,
  "policy": {
    "Statement": [
      {
        "Action": "kms:*",
        "Effect": "Allow",
        "Principal": {
          "AWS": "arn:aws:iam::000000000000:root"
        },
        "Resource": "*",
        "Sid": "Enable IAM User Permissions"
      }
    ],
    "Version": "2012-10-17"
  },
  "rotates": false,
  "spec": "SYMMETRIC_DEFAULT",
  "state": "PendingDeletion",
  "tags": {
    "onramp": "1"
  },
  "usage": "ENCRYPT_DECRYPT"
},`), "\n")

// A key is found again by its tag: with every key's tags in hand.
func TestKeyIsFoundByItsTag(t *testing.T) {
	s := inProcess(t, practice.New(practice.Settings{}), "us-east-1")
	id := at(s.must("kms:CreateKey", `{"Tags":[{"TagKey":"onramp","TagValue":"run"}]}`), "KeyMetadata.KeyId")
	var found []string
	for _, k := range s.must("kms:ListKeys", "")["Keys"].([]any) {
		if at(s.must("kms:ListResourceTags", `{"KeyId":"`+at(k, "KeyId")+`"}`), "Tags.0.TagValue") == "run" {
			found = append(found, at(k, "KeyId"))
		}
	}
	if !slices.Equal(found, []string{id}) {
		t.Error(found)
	}
}

// The network interfaces of an endpoint hold its security group until it is gone.
func TestGroupWaitsForItsEndpoint(t *testing.T) {
	slow(t, func(t *testing.T, a *practice.Account, s sdk) {
		start := string(a.State())
		group := at(s.must(split(createGroup("g", "d"))), "GroupId")
		id := at(s.must(split(interfaceEndpoint(`,"SecurityGroupIds":["`+group+`"]`))), "VpcEndpoint.VpcEndpointId")
		time.Sleep(time.Minute)
		s.must("ec2:DeleteVpcEndpoints", `{"VpcEndpointIds":["`+id+`"]}`)
		remove := `ec2:DeleteSecurityGroup {"GroupId":"` + group + `"}`
		if code, _, _ := s.refused(split(remove)); code != "DependencyViolation" {
			t.Error(code)
		}
		is(t, until(t, s, `ec2:DescribeVpcEndpoints {"VpcEndpointIds":["`+id+`"]}`, "VpcEndpoints.0.State", "<error>"), "deleting <error>")
		s.must(split(remove))
		if string(a.State()) != start {
			t.Error("something is left behind")
		}
	})
}

func TestRoleTakesItsTimeToGo(t *testing.T) {
	slow(t, func(t *testing.T, a *practice.Account, s sdk) {
		s.must(split(roles("reporting", `"RemoveIamRoles":["arn:aws:iam::000000000000:role/analytics-copy"]`)))
		is(t, until(t, s, `redshift:DescribeClusters {"ClusterIdentifier":"reporting"}`, "Clusters.0.IamRoles.0.ApplyStatus", "<none>"), "removing <none>")
		time.Sleep(practice.Lifelike().Change)
		s.must(split(roles("reporting", `"AddIamRoles":["arn:aws:iam::000000000000:role/analytics-copy"],"DefaultIamRoleArn":"arn:aws:iam::000000000000:role/analytics-copy"`)))
		time.Sleep(practice.Lifelike().Change + practice.Lifelike().RoleSync)
		if string(a.State()) != string(practice.New(practice.Settings{}).State()) {
			t.Error("a role that went and came again is not the same")
		}
	})
}

// What else holds a security group (EC2 API, DeleteSecurityGroup).
func TestGroupsInUseStay(t *testing.T) {
	for name, use := range map[string]string{
		"a cluster":             `redshift:ModifyCluster {"ClusterIdentifier":"reporting","VpcSecurityGroupIds":["GROUP"]}`,
		"a rule of another":     `ec2:AuthorizeSecurityGroupIngress {` + group + `,"IpPermissions":[{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"GROUP"}]}]}`,
		"a rule to go out by":   `ec2:AuthorizeSecurityGroupEgress {` + group + `,"IpPermissions":[{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"GROUP"}]}]}`,
		"an endpoint":           interfaceEndpoint(`,"SecurityGroupIds":["GROUP"]`),
		"a cluster that begins": newCluster(`"ManageMasterPassword":true,"VpcSecurityGroupIds":["GROUP"]`),
	} {
		s := inProcess(t, practice.New(practice.Settings{}), "us-east-1")
		id := at(s.must(split(createGroup("g", "d"))), "GroupId")
		s.must(split(strings.Replace(use, "GROUP", id, 1)))
		if code, _, _ := s.refused("ec2:DeleteSecurityGroup", `{"GroupId":"`+id+`"}`); code != "DependencyViolation" {
			t.Errorf("%s: %s", name, code)
		}
	}
}

// DeleteTags by key, by key and value, and all (EC2 API, DeleteTags).
func TestTagsOfTheNetworkAreDeleted(t *testing.T) {
	for tags, want := range map[string]string{
		`,"Tags":[{"Key":"a"}]`: "b=2", `,"Tags":[{"Key":"a","Value":"1"}]`: "b=2", `,"Tags":[{"Key":"a","Value":"2"}]`: "a=1 b=2", `,"Tags":[{"Key":"a","Value":""}]`: "a=1 b=2", "": "",
	} {
		s := inProcess(t, practice.New(practice.Settings{}), "us-east-1")
		s.must("ec2:CreateTags", `{"Resources":["sg-0a1b2c3d4e5f60718"],"Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":"2"}]}`)
		s.must("ec2:DeleteTags", `{"Resources":["sg-0a1b2c3d4e5f60718"]`+tags+`}`)
		var have []string
		left, _ := s.must("ec2:DescribeSecurityGroups", `{"GroupIds":["sg-0a1b2c3d4e5f60718"]}`)["SecurityGroups"].([]any)[0].(map[string]any)["Tags"].([]any)
		for _, one := range left {
			have = append(have, at(one, "Key")+"="+at(one, "Value"))
		}
		if strings.Join(have, " ") != want {
			t.Errorf("%s: %v", tags, have)
		}
	}
	if code, _, _ := inProcess(t, practice.New(practice.Settings{}), "us-east-1").refused("ec2:CreateTags", `{"Resources":["sg-0a1b2c3d4e5f60718"],"Tags":[{"Key":"aws:a","Value":"1"}]}`); code != "InvalidParameterValue" {
		t.Error(code)
	}
}
