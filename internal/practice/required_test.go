package practice_test

import (
	"encoding/json"
	"strings"
	"testing"

	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/practice"
)

// alone are calls that no plan makes yet, in an order in which they succeed.
func alone(partition string) []plan.Call {
	ownPolicy := "arn:" + partition + ":iam::000000000000:policy/a/p"
	return []plan.Call{
		plan.NewCall("iam", "CreatePolicy", "PolicyName", "p", "Path", "/a/", "PolicyDocument", plainGrant, "Tags", oneTag),
		plan.NewCall("iam", "GetPolicy", "PolicyArn", ownPolicy),
		plan.NewCall("iam", "CreatePolicyVersion", "PolicyArn", ownPolicy, "PolicyDocument", plainGrant),
		plan.NewCall("iam", "SetDefaultPolicyVersion", "PolicyArn", ownPolicy, "VersionId", "v2"),
		plan.NewCall("iam", "GetPolicyVersion", "PolicyArn", ownPolicy, "VersionId", "v2"),
		plan.NewCall("iam", "ListPolicyVersions", "PolicyArn", ownPolicy),
		plan.NewCall("iam", "DeletePolicyVersion", "PolicyArn", ownPolicy, "VersionId", "v1"),
		plan.NewCall("iam", "DeletePolicy", "PolicyArn", ownPolicy),
		plan.NewCall("iam", "CreateInstanceProfile", "InstanceProfileName", "p", "Path", "/a/", "Tags", oneTag),
		plan.NewCall("iam", "AddRoleToInstanceProfile", "InstanceProfileName", "p", "RoleName", "analytics-copy"),
		plan.NewCall("iam", "GetInstanceProfile", "InstanceProfileName", "p"),
		plan.NewCall("iam", "RemoveRoleFromInstanceProfile", "InstanceProfileName", "p", "RoleName", "analytics-copy"),
		plan.NewCall("iam", "DeleteInstanceProfile", "InstanceProfileName", "p"),
		plan.NewCall("ec2", "ImportKeyPair", "KeyName", "k", "PublicKeyMaterial", []byte(ed25519Key), "TagSpecifications", []plan.Object{plan.In("ResourceType", "key-pair", "Tags", oneTag)}),
		plan.NewCall("ec2", "DescribeKeyPairs", "KeyNames", []string{"k"}),
		plan.NewCall("ec2", "DeleteKeyPair", "KeyName", "k"),
	}
}

const plainGrant = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`

var oneTag = []plan.Object{plan.In("Key", "k", "Value", "v")}

// allowed are permissions as a policy.
func allowed(all []permissions.Permission) policy.Document {
	d := policy.Document{Version: policy.Version}
	for _, p := range all {
		d.Statements = append(d.Statements, policy.Statement{Effect: policy.Allow, Actions: []string{p.Action}, Resources: []string{p.Resource}, Conditions: p.Conditions})
	}
	return d
}

// Each call succeeds with what package permissions says that it needs, and not without any action of it.
func TestCallsNeedWhatPermissionsSay(t *testing.T) {
	for _, region := range []string{"us-east-1", "cn-north-1", "us-gov-west-1"} {
		a := practice.New(practice.Settings{Region: region})
		s := inProcess(t, a, region)
		target := plan.Target{Account: practice.Number, Region: region, Partition: partition(region)}
		for _, call := range alone(target.Partition) {
			needs, err := permissions.Required(call, plan.Plan{Target: target})
			if err != nil {
				t.Fatal(err)
			}
			input, err := json.Marshal(call.Input)
			if err != nil {
				t.Fatal(err)
			}
			whole := allowed(needs)
			for _, action := range policy.Actions(whole) {
				lacking := without(whole, action)
				a.SetPolicy(&lacking)
				if _, err := s.call(call.Name(), string(input)); err == nil || !strings.Contains(err.Error(), "perform: "+action) {
					t.Errorf("%s: %s without %s: %v", region, call.Name(), action, err)
				}
			}
			a.SetPolicy(&whole)
			if _, err := s.call(call.Name(), string(input)); err != nil {
				t.Errorf("%s: %s: %v", region, call.Name(), err)
			}
		}
	}
}
