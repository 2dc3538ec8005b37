package practice_test

import (
	"net/http"
	"strings"
	"testing"

	"onramp/internal/practice"
)

// furnished are calls, each with what it finds in every region of a furnished account.
var furnished = map[string]struct{ path, want string }{
	"redshift:DescribeClusters":                                         {"Clusters.0.ClusterIdentifier", "analytics"},
	`redshift-serverless:GetWorkgroup {"WorkgroupName":"analytics-wg"}`: {"Workgroup.Status", "AVAILABLE"},
	`kms:DescribeKey {"KeyId":"alias/analytics"}`:                       {"KeyMetadata.KeyState", "Enabled"},
	`ec2:DescribeVpcs {"VpcIds":["vpc-0a1b2c3d4e5f60718"]}`:             {"Vpcs.0.CidrBlock", "10.0.0.0/16"},
	"ec2:DescribeSubnets":                                               {"Subnets.2.SubnetId", "subnet-0c3d4e5f60718293a"},
}

func TestEveryRegionIsFurnished(t *testing.T) {
	for home, others := range map[string][]string{
		"us-east-1": {"us-east-1", "eu-west-1", "ap-southeast-2"}, "eu-central-1": {"eu-central-1", "us-east-1"}, "cn-north-1": {"cn-north-1", "cn-northwest-1"},
	} {
		a := practice.New(practice.Settings{Region: home})
		for _, region := range others {
			s := inProcess(t, a, region)
			for call, found := range furnished {
				if have := at(s.must(split(call)), found.path); have != found.want {
					t.Errorf("%s in %s: %s", call, region, have)
				}
			}
			zone := at(s.must("ec2:DescribeSubnets", ""), "Subnets.0.AvailabilityZone")
			arn := at(s.must("kms:DescribeKey", `{"KeyId":"alias/analytics"}`), "KeyMetadata.Arn")
			if zone != region+"a" || !strings.Contains(arn, ":kms:"+region+":") {
				t.Error(zone, arn)
			}
		}
	}
}

func TestEmptyAccountIsEmptyEverywhere(t *testing.T) {
	a := practice.New(practice.Settings{Empty: true})
	if have := at(inProcess(t, a, "eu-west-1").must("redshift:DescribeClusters", ""), "Clusters.0"); have != "<none>" {
		t.Error(have)
	}
}

// What is made in one region is not in the others.
func TestRegionsAreApart(t *testing.T) {
	a := practice.New(practice.Settings{})
	here, there := inProcess(t, a, "us-east-1"), inProcess(t, a, "eu-west-1")
	key := at(here.must("kms:CreateKey", ""), "KeyMetadata.KeyId")
	group := at(here.must(split(createGroup("g", "d"))), "GroupId")
	here.must(split(newCluster(`"ManageMasterPassword":true`)))
	here.must(split(importKey("k", rsaKey)))
	for call, code := range map[string]string{
		`ec2:DescribeKeyPairs {"KeyNames":["k"]}`:                       "InvalidKeyPair.NotFound",
		`kms:DescribeKey {"KeyId":"` + key + `"}`:                       "NotFoundException",
		`ec2:DescribeSecurityGroups {"GroupIds":["` + group + `"]}`:     "InvalidGroup.NotFound",
		`redshift:DescribeClusters {"ClusterIdentifier":"new"}`:         "ClusterNotFound",
		`redshift-serverless:GetNamespace {"NamespaceName":"not-here"}`: "ResourceNotFoundException",
	} {
		if have, _, _ := there.refused(split(call)); have != code {
			t.Errorf("%s: %s", call, have)
		}
	}
}

func TestStateShowsRegionsThatWereChanged(t *testing.T) {
	a := practice.New(practice.Settings{})
	start := string(a.State())
	if !strings.Contains(start, `"us-east-1": {`) || strings.Contains(start, `"eu-west-1": {`) {
		t.Error("the state has another region than the account's own")
	}
	s := inProcess(t, a, "eu-west-1")
	for call := range furnished {
		s.must(split(call))
	}
	s.must("redshift-data:ExecuteStatement", `{"WorkgroupName":"analytics-wg","Database":"dev","Sql":"SELECT\n1"}`)
	if code, _, _ := s.refused("kms:DisableKey", `{"KeyId":"00000000-0000-4000-8000-000000000000"}`); code != "NotFoundException" {
		t.Error(code)
	}
	if string(a.State()) != start {
		t.Error("a look at another region changed the state")
	}
	id := at(s.must(split(createGroup("g", "d"))), "GroupId")
	changed := string(a.State())
	if changed == start || !strings.Contains(changed, "GROUP(vpc-0a1b2c3d4e5f60718 g)") {
		t.Error("a new security group in another region is not in the state")
	}
	s.must("ec2:DeleteSecurityGroup", `{"GroupId":"`+id+`"}`)
	s.must("redshift-data:ExecuteStatement", `{"WorkgroupName":"analytics-wg","Database":"dev","Sql":"DROP GROUP none"}`)
	other := practice.New(practice.Settings{})
	inProcess(t, other, "us-east-1").must("redshift:DescribeClusters", "")
	twin := inProcess(t, other, "eu-west-1")
	twin.must("redshift-data:ExecuteStatement", `{"WorkgroupName":"analytics-wg","Database":"dev","Sql":"DROP GROUP none"}`)
	if string(a.State()) != string(other.State()) {
		t.Error("accounts that hold the same have two states")
	}
}

// What was made in another region and taken away again leaves the state as it was.
func TestStateForgetsWhatWasTakenAway(t *testing.T) {
	a := practice.New(practice.Settings{Region: "us-west-2"})
	start := string(a.State())
	s := inProcess(t, a, "eu-west-1")
	id := at(s.must(split(createGroup("g", "d"))), "GroupId")
	s.must("ec2:DeleteSecurityGroup", `{"GroupId":"`+id+`"}`)
	s.must("iam:TagRole", `{"RoleName":"analytics-copy","Tags":[{"Key":"k","Value":"v"}]}`)
	s.must("iam:UntagRole", `{"RoleName":"analytics-copy","TagKeys":["k"]}`)
	if string(a.State()) != start {
		t.Error("an account that holds what it held has another state")
	}
}

// A region is furnished alike whenever it is first used.
func TestFurnitureDoesNotDependOnWhatCameBefore(t *testing.T) {
	late, early := practice.New(practice.Settings{}), practice.New(practice.Settings{})
	inProcess(t, early, "eu-west-1").must("redshift:DescribeClusters", "")
	for _, a := range []*practice.Account{late, early} {
		s := inProcess(t, a, "us-east-1")
		s.must("iam:DetachRolePolicy", `{"RoleName":"analytics-copy","PolicyArn":"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}`)
		s.must("iam:DeleteRole", `{"RoleName":"analytics-copy"}`)
		s.must("kms:CreateKey", "")
		inProcess(t, a, "eu-west-1").must("kms:CreateKey", "")
	}
	if string(late.State()) != string(early.State()) {
		t.Errorf("it does: %s", parting(string(late.State()), string(early.State())))
	}
}

func TestOtherPartitions(t *testing.T) {
	for region, arn := range map[string]string{"cn-north-1": "arn:aws-cn:iam::000000000000:user/practice", "us-gov-west-1": "arn:aws-us-gov:iam::000000000000:user/practice"} {
		a := practice.New(practice.Settings{Region: region})
		if have := at(inProcess(t, a, region).must("sts:GetCallerIdentity", ""), "Arn"); have != arn {
			t.Error(have)
		}
		start, s := string(a.State()), inProcess(t, a, "us-east-1")
		for call, want := range map[string]struct {
			code   string
			status int
		}{
			"sts:GetCallerIdentity": {"InvalidClientTokenId", 403}, "iam:ListRoles": {"InvalidClientTokenId", 403}, "redshift:DescribeClusters": {"InvalidClientTokenId", 403},
			"ec2:DescribeVpcs": {"AuthFailure", 401}, "s3:ListBuckets": {"InvalidAccessKeyId", 403}, "kms:ListKeys": {"UnrecognizedClientException", 400},
			"redshift-serverless:ListNamespaces": {"UnrecognizedClientException", 400},
		} {
			if code, status, _ := s.refused(call, ""); code != want.code || status != want.status {
				t.Errorf("%s: %s %d", call, code, status)
			}
		}
		if status, e := raw(t, a, "access-analyzer", http.MethodPost, "/policy/validation", "", `{}`); status != 403 || at(e, "__type") != "UnrecognizedClientException" {
			t.Error(status, e)
		}
		if string(a.State()) != start {
			t.Error("a request of another partition changed something")
		}
	}
}

// The first look at a region is to add at most a millisecond to a call.
func BenchmarkFirstLookAtARegion(b *testing.B) {
	for b.Loop() {
		practice.New(practice.Settings{}).Look("eu-west-1")
	}
}
