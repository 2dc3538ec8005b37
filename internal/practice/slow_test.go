package practice_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onramp/internal/practice"
)

// slow is an account as slow as practice makes it, in a bubble where time costs nothing.
func slow(t *testing.T, do func(t *testing.T, a *practice.Account, s sdk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a := practice.New(practice.Settings{Delays: practice.Lifelike()})
		do(t, a, inProcess(t, a, "us-east-1"))
	})
}

// until makes a read every 100 ms and gives the values of a path in the order in which they came.
func until(t *testing.T, s sdk, call, path, last string) []string {
	t.Helper()
	var seen []string
	for range 1000 {
		answer, err := s.call(split(call))
		value := "<error>"
		if err == nil {
			value = at(answer, path)
		}
		if len(seen) == 0 || seen[len(seen)-1] != value {
			seen = append(seen, value)
		}
		if value == last {
			return seen
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s: %s never gets %s: %v", call, path, last, seen)
	return nil
}

func is(t *testing.T, have []string, want string) {
	t.Helper()
	if strings.Join(have, " ") != want {
		t.Errorf("want %s, have %s", want, strings.Join(have, " "))
	}
}

func TestNewRoleIsUnknownForAWhile(t *testing.T) {
	slow(t, func(t *testing.T, _ *practice.Account, s sdk) {
		s.must(split(createRole("r", goodTrust)))
		s.must("iam:GetRole", `{"RoleName":"r"}`)
		attach := roles("analytics", `"AddIamRoles":["arn:aws:iam::000000000000:role/r"]`)
		keys := keyPolicy(`"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::000000000000:root","arn:aws:iam::000000000000:role/r"]},"Action":"kms:*","Resource":"*"`)
		bucket := own(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:role/r"},"Action":"s3:*","Resource":"arn:aws:s3:::analytics-logs/*"`)
		serverless := namespace(`"IamRoles":["arn:aws:iam::000000000000:role/r"]`)
		for call, code := range map[string]string{attach: "InvalidParameterValue", keys: "MalformedPolicyDocumentException", bucket: "MalformedPolicy", serverless: "ValidationException"} {
			if have, _, _ := s.refused(split(call)); have != code {
				t.Errorf("%s: %s", call, have)
			}
		}
		time.Sleep(practice.Lifelike().Role)
		for _, call := range []string{attach, keys, bucket, serverless} {
			s.must(split(call))
		}
	})
}

func TestClusterTakesItsTime(t *testing.T) {
	slow(t, func(t *testing.T, _ *practice.Account, s sdk) {
		describe := `redshift:DescribeClusters {"ClusterIdentifier":"new"}`
		s.must(split(newCluster(`"ManageMasterPassword":true`)))
		is(t, until(t, s, describe, "Clusters.0.ClusterStatus", "available"), "creating available")
		s.must(split(roles("new", `"AddIamRoles":["arn:aws:iam::000000000000:role/analytics-copy"]`)))
		if code, _, _ := s.refused("redshift:ModifyCluster", `{"ClusterIdentifier":"new","EnhancedVpcRouting":true}`); code != "InvalidClusterState" {
			t.Error(code)
		}
		is(t, until(t, s, describe, "Clusters.0.IamRoles.0.ApplyStatus", "in-sync"), "adding in-sync")
		is(t, until(t, s, describe, "Clusters.0.ClusterStatus", "available"), "available")
		s.must("redshift:ModifyCluster", `{"ClusterIdentifier":"new","EnhancedVpcRouting":true}`)
		is(t, until(t, s, describe, "Clusters.0.ClusterAvailabilityStatus", "Available"), "Modifying Available")
		s.must("redshift:PauseCluster", `{"ClusterIdentifier":"new"}`)
		is(t, until(t, s, describe, "Clusters.0.ClusterStatus", "paused"), "pausing paused")
		s.must("redshift:ResumeCluster", `{"ClusterIdentifier":"new"}`)
		is(t, until(t, s, describe, "Clusters.0.ClusterStatus", "available"), "resuming available")
		s.must("redshift:DeleteCluster", `{"ClusterIdentifier":"new","SkipFinalClusterSnapshot":true}`)
		is(t, until(t, s, describe, "Clusters.0.ClusterStatus", "<error>"), "deleting <error>")
	})
}

func TestServerlessTakesItsTime(t *testing.T) {
	slow(t, func(t *testing.T, _ *practice.Account, s sdk) {
		update := namespace(`"IamRoles":["arn:aws:iam::000000000000:role/analytics-copy"]`)
		s.must(split(update))
		if code, status, _ := s.refused(split(update)); code != "ConflictException" || status != 400 {
			t.Error(code, status)
		}
		is(t, until(t, s, `redshift-serverless:GetNamespace {"NamespaceName":"analytics-ns"}`, "Namespace.Status", "AVAILABLE"), "MODIFYING AVAILABLE")
		s.must("redshift-serverless:UpdateWorkgroup", `{"WorkgroupName":"analytics-wg","EnhancedVpcRouting":true}`)
		if code, _, _ := s.refused("redshift-serverless:UpdateWorkgroup", `{"WorkgroupName":"analytics-wg","EnhancedVpcRouting":false}`); code != "ConflictException" {
			t.Error(code)
		}
		is(t, until(t, s, `redshift-serverless:GetWorkgroup {"WorkgroupName":"analytics-wg"}`, "Workgroup.Status", "AVAILABLE"), "MODIFYING AVAILABLE")
	})
}

func TestEndpointIsPendingForAWhile(t *testing.T) {
	slow(t, func(t *testing.T, _ *practice.Account, s sdk) {
		s.must(split(gateway))
		is(t, until(t, s, `ec2:DescribeVpcEndpoints`, "VpcEndpoints.0.State", "available"), "pending available")
	})
}

func TestStatementGoesFromSubmittedToFinished(t *testing.T) {
	slow(t, func(t *testing.T, _ *practice.Account, s sdk) {
		id := at(s.must("redshift-data:ExecuteStatement", `{"ClusterIdentifier":"analytics","Database":"dev","Sql":"SELECT COUNT(*) FROM pg_group"}`), "Id")
		if code, _, _ := s.refused("redshift-data:GetStatementResult", `{"Id":"`+id+`"}`); code != "ResourceNotFoundException" {
			t.Error(code)
		}
		is(t, until(t, s, `redshift-data:DescribeStatement {"Id":"`+id+`"}`, "Status", "FINISHED"), "SUBMITTED PICKED STARTED FINISHED")
		bad := at(s.must("redshift-data:ExecuteStatement", `{"ClusterIdentifier":"analytics","Database":"dev","DbUser":"ada","Sql":"CREATE GROUP g"}`), "Id")
		is(t, until(t, s, `redshift-data:DescribeStatement {"Id":"`+bad+`"}`, "Status", "FAILED"), "SUBMITTED PICKED STARTED FAILED")
	})
}

func TestStatementsThatFail(t *testing.T) {
	s := inProcess(t, practice.New(practice.Settings{}), "us-east-1")
	for sql, c := range map[string]struct{ user, database, says string }{
		"CREATE GROUP a":                                  {"ada", "dev", "permission denied"},
		"GRANT CREATE MODEL TO GROUP reporting":           {"ada", "dev", "permission denied"},
		"CREATE GROUP a; CREATE GROUP b":                  {"awsuser", "dev", "cannot insert multiple commands into a prepared statement"},
		"CREATE GROUP reporting":                          {"awsuser", "dev", "already exists"},
		"GRANT USAGE ON SCHEMA none TO GROUP reporting":   {"awsuser", "dev", "does not exist"},
		"GRANT EXECUTE ON MODEL none TO GROUP reporting":  {"awsuser", "dev", "does not exist"},
		"DELETE FROM everything":                          {"awsuser", "dev", "syntax error"},
		"SELECT COUNT(*) FROM pg_user":                    {"nobody", "dev", "nobody"},
		"SELECT COUNT(*) FROM pg_user WHERE usesuper":     {"awsuser", "other", `database "other" does not exist`},
		"GRANT USAGE ON SCHEMA sales TO GROUP strangers1": {"awsuser", "dev", "does not exist"},
	} {
		id := at(s.must("redshift-data:ExecuteStatement", `{"ClusterIdentifier":"analytics","Database":"`+c.database+`","DbUser":"`+c.user+`","Sql":"`+sql+`"}`), "Id")
		answer := s.must("redshift-data:DescribeStatement", `{"Id":"`+id+`"}`)
		if at(answer, "Status") != "FAILED" || !strings.Contains(at(answer, "Error"), c.says) {
			t.Errorf("%s: %s %s", sql, at(answer, "Status"), at(answer, "Error"))
		}
	}
}
