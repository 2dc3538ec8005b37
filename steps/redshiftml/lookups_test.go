package redshiftml_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aymanbagabas/go-udiff"

	"onramp/internal/awsapi"
	"onramp/internal/lookup"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/practice"
	"onramp/internal/practice/database"
	"onramp/internal/practice/fault"
	"onramp/internal/redshiftsql"
	"onramp/steps"
	"onramp/steps/redshiftml"
)

// chosen are answers with which every list but those of the other kind of warehouse can be looked up.
func chosen(warehouse string, more ...given) given {
	g := given{
		"region": "us-east-1", "warehouse.kind": warehouse, "warehouse.cluster": "analytics", "warehouse.namespace": "analytics-ns", "warehouse.workgroup": "analytics-wg",
		"bucket.choice": "existing", "kms.choice": "existing", "vpc-routing.vpc": "vpc-0a1b2c3d4e5f60718",
		"sql.secret": "arn:aws:secretsmanager:us-east-1:000000000000:secret:redshift!analytics-ns-admin-AbCdEf",
	}
	for _, m := range more {
		maps.Copy(g, m)
	}
	return g
}

func client(t testing.TB, s practice.Settings) (*awsapi.Client, *practice.Account) {
	t.Helper()
	account := practice.New(s)
	c, err := awsapi.New(t.Context(), awsapi.Options{Region: "us-east-1", Account: account})
	if err != nil {
		t.Fatal(err)
	}
	return c, account
}

func list(t testing.TB, c lookup.Caller, name string, g given) (lookup.List, error) {
	t.Helper()
	guide := redshiftml.Guide()
	s, known := guide.Lookup(name)
	if !known {
		t.Fatalf("there is no list %s", name)
	}
	return lookup.Run(t.Context(), c, s, guide.TextOf(g.set()))
}

// shown is a list as text: value (notes).
func shown(l lookup.List) string {
	var lines []string
	for _, item := range l.Items {
		line := item.Value
		if len(item.Notes) > 0 {
			line += " (" + strings.Join(item.Notes, ", ") + ")"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

const vpcID = "vpc-0a1b2c3d4e5f60718"

// furnished is what the practice account offers.
var furnished = []struct {
	list, warehouse string
	more            given
	want            string
}{
	{"clusters", "cluster", nil, "analytics (available, 2 x ra3.large, 1 of 50 roles); archive (paused, 1 x ra3.large, 0 of 50 roles); reporting (available, 2 x ra3.large, 1 of 50 roles, default role analytics-copy)"},
	{"namespaces", "serverless", nil, "analytics-ns (AVAILABLE, 1 of 50 roles)"},
	{"workgroups", "serverless", nil, "analytics-wg (AVAILABLE, " + vpcID + ")"},
	{"workgroups", "serverless", given{"warehouse.namespace": "another-ns"}, ""},
	{"databases", "cluster", nil, "dev"},
	{"databases", "serverless", given{"sql.auth": "secret"}, "dev"},
	{"groups", "cluster", nil, "loaders; reporting"},
	{"groups", "serverless", nil, ""},
	{"schemas", "cluster", nil, "public; sales"},
	{"roles", "cluster", nil, "analytics-copy (trusts Redshift, trusts Redshift Serverless); serverless-copy (trusts Redshift, trusts Redshift Serverless); instance-tools (does not trust Redshift)"},
	{"buckets", "cluster", nil, "amazon-machine-learning-analytics (us-east-1); analytics-logs (us-east-1); analytics-redshift-data (us-east-1); analytics-elsewhere (eu-west-1)"},
	{"keys", "cluster", nil, "alias/analytics (Enabled, Key of analytics, 1234abcd-12ab-34cd-56ef-1234567890ab); alias/archive (Enabled, Key of archive, 87654321-dcba-4321-8765-ba0987654321)"},
	{"vpcs", "cluster", nil, vpcID + " (analytics, 10.0.0.0/16)"},
	{"subnets", "cluster", nil, "subnet-0a1b2c3d4e5f60718 (analytics-a, us-east-1a, 10.0.0.0/20); subnet-0b2c3d4e5f6071829 (analytics-b, us-east-1b, 10.0.16.0/20); subnet-0c3d4e5f60718293a (analytics-c, us-east-1c, 10.0.32.0/20)"},
	{"subnets", "cluster", given{"vpc-routing.subnets": []string{"subnet-0c3d4e5f60718293a"}}, "subnet-0c3d4e5f60718293a (analytics-c, us-east-1c, 10.0.32.0/20); subnet-0a1b2c3d4e5f60718 (analytics-a, us-east-1a, 10.0.0.0/20); subnet-0b2c3d4e5f6071829 (analytics-b, us-east-1b, 10.0.16.0/20)"},
	{"subnets", "cluster", given{"vpc-routing.vpc": "vpc-0ffffffffffffffff"}, ""},
	{"route-tables", "cluster", nil, "rtb-0a1b2c3d4e5f60718 (analytics-private, main); rtb-0b2c3d4e5f6071829 (analytics-public, serves subnet-0c3d4e5f60718293a)"},
	{"route-tables", "cluster", given{"vpc-routing.subnets": []string{"subnet-0c3d4e5f60718293a"}}, "rtb-0b2c3d4e5f6071829 (analytics-public, serves subnet-0c3d4e5f60718293a); rtb-0a1b2c3d4e5f60718 (analytics-private, main)"},
	{"security-groups", "cluster", nil, "sg-0a1b2c3d4e5f60718 (default, default VPC security group)"},
}

func TestListsOfTheFurnishedAccount(t *testing.T) {
	c, _ := client(t, practice.Settings{})
	tested := map[string]bool{}
	for _, f := range furnished {
		tested[f.list] = true
		l, err := list(t, c, f.list, chosen(f.warehouse, f.more))
		if have := shown(l); err != nil || have != f.want || l.More {
			t.Errorf("%s of a %s with %v: %v\nwant %s\nhave %s", f.list, f.warehouse, f.more, err, f.want, have)
		}
	}
	for _, s := range redshiftml.Guide().Lookups {
		if !tested[s.Name] {
			t.Errorf("%s is not tested", s.Name)
		}
	}
}

// TestNothingToList: what is to be made has no list, nor has what nobody can ask yet.
func TestNothingToList(t *testing.T) {
	c, account := client(t, practice.Settings{})
	for _, test := range []struct {
		list, why string
		g         given
	}{
		{"clusters", "nothing to list", chosen("new-cluster")},
		{"clusters", "nothing to list", chosen("serverless")},
		{"namespaces", "nothing to list", chosen("cluster")},
		{"workgroups", "needs warehouse.namespace", chosen("serverless", given{"warehouse.namespace": ""})},
		{"buckets", "nothing to list", chosen("cluster", given{"bucket.choice": "new"})},
		{"keys", "nothing to list", chosen("cluster", given{"kms.choice": "new"})},
		{"databases", "nothing to list", chosen("cluster", given{"warehouse.cluster": ""})},
		{"databases", "nothing to list", chosen("new-cluster")},
		{"databases", "nothing to list", chosen("serverless", given{"warehouse.workgroup": ""})},
		{"groups", "nothing to list", chosen("serverless", given{"sql.secret": ""})},
		{"groups", "nothing to list", chosen("serverless", given{"sql.auth": "db-user"})},
		{"groups", "nothing to list", chosen("cluster", given{"sql.auth": "iam"})},
		{"groups", "nothing to list", chosen("serverless", given{"sql.auth": "iam"})},
		{"groups", "nothing to list", chosen("cluster", given{"sql.run": "export"})},
		{"schemas", "needs warehouse.database", chosen("cluster", given{"warehouse.database": ""})},
		{"subnets", "needs vpc-routing.vpc", chosen("cluster", given{"vpc-routing.vpc": ""})},
	} {
		_, err := list(t, c, test.list, test.g)
		if have := lookup.Why(err); have != test.why {
			t.Errorf("%s: want %s, have %s", test.list, test.why, have)
		}
		if s, _ := redshiftml.Guide().Lookup(test.list); s.Ready(redshiftml.Guide().TextOf(test.g.set())) {
			t.Errorf("%s: it says that it is ready", test.list)
		}
	}
	if calls := account.Calls(); len(calls) > 0 {
		t.Errorf("%d calls", len(calls))
	}
}

// TestWarehousesBringTheirNetwork, and their database and admin.
func TestWarehousesBringTheirNetwork(t *testing.T) {
	c, _ := client(t, practice.Settings{})
	network := given{
		"vpc-routing.vpc":     vpcID,
		"vpc-routing.subnets": []string{"subnet-0a1b2c3d4e5f60718", "subnet-0b2c3d4e5f6071829", "subnet-0c3d4e5f60718293a"}, "vpc-routing.route-tables": []string{"rtb-0a1b2c3d4e5f60718", "rtb-0b2c3d4e5f6071829"},
	}
	cluster := given{"warehouse.database": "dev", "sql.db-user": "awsuser"}
	maps.Copy(cluster, network)
	for name, test := range map[string]struct {
		warehouse string
		want      given
	}{
		"clusters":   {"cluster", cluster},
		"workgroups": {"serverless", network},
		"namespaces": {"serverless", given{"warehouse.database": "dev", "sql.secret": chosen("")["sql.secret"]}},
		"roles":      {"cluster", given{"role.path": "/"}},
	} {
		l, err := list(t, c, name, chosen(test.warehouse))
		if err != nil {
			t.Fatal(err)
		}
		if have := fmt.Sprint(l.Items[0].Brings); have != fmt.Sprint(map[string]any(test.want)) {
			t.Errorf("%s: want %v, have %s", name, test.want, have)
		}
	}
}

// TestWhatIsChosenIsAccepted: what a list offers and brings is a right answer to its questions.
func TestWhatIsChosenIsAccepted(t *testing.T) {
	guide := redshiftml.Guide()
	c, _ := client(t, practice.Settings{})
	named := map[string]bool{}
	each := func(q steps.Question) {
		if q.Lookup == "" {
			return
		}
		named[q.Lookup] = true
		warehouse := map[bool]string{true: "serverless", false: "cluster"}[q.Lookup == "namespaces" || q.Lookup == "workgroups"]
		l, err := list(t, c, q.Lookup, chosen(warehouse))
		if err != nil || len(l.Items) == 0 {
			t.Errorf("%s: %d items: %v", q.Key, len(l.Items), err)
		}
		for _, item := range l.Items {
			if _, err := q.Accept(item.Value); err != nil {
				t.Errorf("%s: %s: %v", q.Key, item.Value, err)
			}
			for key, value := range item.Brings {
				other, found := guide.Find(key)
				if !found {
					t.Errorf("%s brings %s, which is no question", q.Lookup, key)
				} else if err := other.CheckValue(value); err != nil {
					t.Errorf("%s brings %s %v: %v", q.Lookup, key, value, err)
				}
			}
		}
	}
	eachQuestion(guide, func(q steps.Question) {
		each(q)
		for _, item := range q.Item {
			each(item)
		}
	})
	for _, s := range guide.Lookups {
		if !named[s.Name] {
			t.Errorf("no question names the list %s", s.Name)
		}
		for _, key := range slices.Concat(s.Needs, slices.Collect(maps.Values(s.Where)), slices.Collect(maps.Values(s.First))) {
			if _, found := guide.Find(key); !found {
				t.Errorf("%s needs %s, which is no question", s.Name, key)
			}
		}
	}
}

// eachList calls f with every list and with answers that it can be looked up with, in every way to connect.
func eachList(f func(s lookup.Spec, get func(string) string)) {
	guide := redshiftml.Guide()
	for _, warehouse := range []string{"cluster", "serverless"} {
		for _, auth := range []string{"db-user", "secret", "iam"} {
			get := guide.TextOf(chosen(warehouse, given{"sql.auth": auth}).set())
			for _, s := range guide.Lookups {
				if s.Ready(get) {
					f(s, get)
				}
			}
		}
	}
}

// TestListsChangeNothing: the account says of no call that it changes something, and is the same afterwards.
func TestListsChangeNothing(t *testing.T) {
	c, account := client(t, practice.Settings{})
	before, lists := string(account.State()), map[string]bool{}
	eachList(func(s lookup.Spec, get func(string) string) {
		lists[s.Name] = true
		_, _ = lookup.Run(t.Context(), c, s, get) // of a refused call the same holds
		sql := s.Call(get).Input.Text("Sql")
		if s.Billed != (sql != "") {
			t.Errorf("%s: billed %v, though its SQL is %q", s.Name, s.Billed, sql)
		}
		if sql != "" && (database.Verb(sql) != "select" || strings.Contains(sql, ";")) {
			t.Errorf("%s: %s", s.Name, sql)
		}
	})
	if len(lists) != len(redshiftml.Guide().Lookups) {
		t.Errorf("only %d lists were looked up", len(lists))
	}
	for _, made := range account.Calls() {
		if made.Mutating {
			t.Errorf("%s changes something: %s", made.Op, made.Body)
		}
	}
	if after := string(account.State()); after != before {
		t.Errorf("the account is other than before:\n%s", udiff.Unified("before", "after", before, after))
	}
}

// nothing is allowed by this policy.
var nothing = &policy.Document{Version: policy.Version}

// TestDeniedLists name the permission that is missing, in the words of each service.
func TestDeniedLists(t *testing.T) {
	c, _ := client(t, practice.Settings{Policy: nothing})
	for name, action := range map[string]string{
		"clusters": "redshift:DescribeClusters", "namespaces": "redshift-serverless:ListNamespaces", "workgroups": "redshift-serverless:ListWorkgroups",
		"databases": "redshift-data:ExecuteStatement", "groups": "redshift-data:ExecuteStatement", "schemas": "redshift-data:ExecuteStatement",
		"roles": "iam:ListRoles", "buckets": "s3:ListAllMyBuckets", "keys": "kms:ListAliases", "vpcs": "ec2:DescribeVpcs", "subnets": "ec2:DescribeSubnets",
		"route-tables": "ec2:DescribeRouteTables", "security-groups": "ec2:DescribeSecurityGroups",
	} {
		warehouse := map[bool]string{true: "serverless", false: "cluster"}[name == "namespaces" || name == "workgroups"]
		_, err := list(t, c, name, chosen(warehouse))
		if have := lookup.Why(err); have != "not permitted ("+action+")" {
			t.Errorf("%s: %s", name, have)
		}
	}
}

// TestListsWithoutTheirComforts: who may list clusters and keys, and look no further, has the lists.
func TestListsWithoutTheirComforts(t *testing.T) {
	c, _ := client(t, practice.Settings{Policy: &policy.Document{Version: policy.Version, Statements: []policy.Statement{{
		Effect: policy.Allow, Actions: []string{"redshift:DescribeClusters", "kms:ListAliases"}, Resources: []string{"*"},
	}}}})
	l, err := list(t, c, "clusters", chosen("cluster"))
	if err != nil || len(l.Items) != 3 || l.Items[0].Brings["vpc-routing.vpc"] != vpcID || l.Items[0].Brings["vpc-routing.subnets"] != nil {
		t.Errorf("%v %v", l, err)
	}
	l, err = list(t, c, "keys", chosen("cluster"))
	if have := shown(l); err != nil || have != "alias/analytics; alias/archive" {
		t.Errorf("%s %v", have, err)
	}
}

func TestRefusedStatementsSayWhy(t *testing.T) {
	c, _ := client(t, practice.Settings{})
	for why, g := range map[string]given{
		"ValidationException: Cluster archive is not available: it is paused.":  chosen("cluster", given{"warehouse.cluster": "archive"}),
		"ValidationException: Redshift endpoint doesn't exist in this region.":  chosen("cluster", given{"warehouse.cluster": "none"}),
		"StatementFailed: FATAL: database \"none\" does not exist":              chosen("cluster", given{"warehouse.database": "none"}),
		"ValidationException: Secrets Manager can't find the specified secret.": chosen("cluster", given{"sql.auth": "secret", "sql.secret": "arn:aws:secretsmanager:us-east-1:000000000000:secret:none-AbCdEf"}),
	} {
		_, err := list(t, c, "groups", g)
		if have := lookup.Why(err); have != why {
			t.Errorf("want %s\nhave %s", why, have)
		}
	}
}

// TestSlowAccount: a call that hangs costs its list, or its notes, and no more than the limit.
func TestSlowAccount(t *testing.T) {
	faults, err := fault.Parse("redshift:DescribeClusters latency d=1m\nkms:DescribeKey latency d=1m\nredshift-data:DescribeStatement latency d=1m")
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		c, _ := client(t, practice.Settings{Faults: faults})
		guide, book := redshiftml.Guide(), lookup.NewBook(c)
		get := guide.TextOf(chosen("cluster").set())
		for name, want := range map[string]string{"clusters": "no answer within 10 s", "groups": "no answer within 10 s", "keys": "alias/analytics; alias/archive"} {
			s, _ := guide.Lookup(name)
			l, err := book.Get(t.Context(), s, get)
			if have := lookup.Why(err) + shown(l); have != want {
				t.Errorf("%s: %s", name, have)
			}
		}
	})
}

// crowd makes many of one thing.
func crowd(t *testing.T, c lookup.Caller, n int, call func(name string) plan.Call) {
	t.Helper()
	for i := range n {
		if _, err := c.Call(t.Context(), call(fmt.Sprintf("crowd-%04d", i))); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCrowdedAccount: every page is asked for, and what clusters share is asked for once.
func TestCrowdedAccount(t *testing.T) {
	c, account := client(t, practice.Settings{})
	crowd(t, c, 497, func(name string) plan.Call {
		return plan.NewCall("redshift", "CreateCluster", "ClusterIdentifier", name, "NodeType", "ra3.large", "ClusterType", "single-node",
			"MasterUsername", "awsuser", "ManageMasterPassword", true, "ClusterSubnetGroupName", "analytics")
	})
	crowd(t, c, 1996, func(name string) plan.Call { return plan.NewCall("s3", "CreateBucket", "Bucket", name) })
	before := len(account.Calls())
	l, err := list(t, c, "clusters", chosen("cluster"))
	if err != nil || len(l.Items) != 500 || l.More || l.Items[499].Brings["vpc-routing.subnets"] == nil || l.Items[1].Value != "archive" {
		t.Errorf("%d clusters, more %v: %v", len(l.Items), l.More, err)
	}
	if secret, _ := l.Items[2].Brings["sql.secret"].(string); !strings.HasPrefix(secret, "arn:aws:secretsmanager:") {
		t.Errorf("%s brings %v", l.Items[2].Value, l.Items[2].Brings)
	}
	if made := len(account.Calls()) - before; made != 7 {
		t.Errorf("%d calls, want 5 pages of clusters, a subnet group, and route tables", made)
	}
	l, err = list(t, c, "buckets", chosen("cluster"))
	if err != nil || len(l.Items) != 2000 || l.More {
		t.Errorf("%d buckets, more %v: %v", len(l.Items), l.More, err)
	}
	crowd(t, c, 1, func(string) plan.Call { return plan.NewCall("s3", "CreateBucket", "Bucket", "one-more") })
	if l, err = list(t, c, "buckets", chosen("cluster")); err != nil || len(l.Items) != lookup.Most || !l.More {
		t.Errorf("%d buckets, more %v: %v", len(l.Items), l.More, err)
	}
}

// TestCrowdedDatabase: more groups than are listed, and names that only quotes can hold.
func TestCrowdedDatabase(t *testing.T) {
	c, _ := client(t, practice.Settings{})
	run := func(sql string) {
		t.Helper()
		call := plan.NewCall("redshift-data", "ExecuteStatement", "ClusterIdentifier", "analytics", "Database", "dev", "DbUser", "awsuser", "Sql", sql)
		if _, err := c.Call(t.Context(), call); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{`a "b" c`, `$(reboot)`, `größe`, `'; DROP GROUP loaders; --`} {
		run("CREATE GROUP " + redshiftsql.Ident(name))
	}
	l, err := list(t, c, "groups", chosen("cluster"))
	if have := shown(l); err != nil || have != `$(reboot); '; drop group loaders; --; a "b" c; größe; loaders; reporting` {
		t.Errorf("%s %v", have, err)
	}
	for i := range lookup.Most {
		run(fmt.Sprintf("CREATE GROUP g%d", i))
	}
	if l, err = list(t, c, "groups", chosen("cluster")); err != nil || len(l.Items) != lookup.Most || !l.More {
		t.Errorf("%d groups, more %v: %v", len(l.Items), l.More, err)
	}
}

// answering is an account that gives the same answer to every call of a name, and refuses all others.
type answering map[string]any

// Call implements lookup.Caller.
func (a answering) Call(_ context.Context, c plan.Call) (any, error) {
	if answer := a[c.Name()]; answer != nil {
		return answer, nil
	}
	return nil, errors.New("not here")
}

type (
	object = map[string]any
	array  = []any
)

// TestOddNetworks: two subnets in one zone, tables of their own, and none at all.
func TestOddNetworks(t *testing.T) {
	subnet := func(id, zone string) object {
		return object{"SubnetIdentifier": id, "SubnetAvailabilityZone": object{"Name": zone}}
	}
	table := func(id string, main bool, subnets ...string) object {
		associations := array{}
		if main {
			associations = append(associations, object{"Main": true, "RouteTableId": id})
		}
		for _, s := range subnets {
			associations = append(associations, object{"Main": false, "SubnetId": s})
		}
		return object{"RouteTableId": id, "Associations": associations}
	}
	account := answering{
		"redshift:DescribeClusters": object{"Clusters": array{
			object{"ClusterIdentifier": "c", "VpcId": "vpc-1", "ClusterSubnetGroupName": "g"}, object{"ClusterIdentifier": "d", "VpcId": "vpc-1"},
		}},
		"redshift:DescribeClusterSubnetGroups": object{"ClusterSubnetGroups": array{object{"Subnets": array{
			subnet("subnet-4", "b"), subnet("subnet-3", "a"), subnet("subnet-2", "a"), subnet("subnet-1", "b"),
		}}}},
		"ec2:DescribeRouteTables": object{"RouteTables": array{table("rtb-1", false, "subnet-9"), table("rtb-2", true), table("rtb-3", false, "subnet-4", "subnet-3")}},
	}
	l, err := list(t, account, "clusters", chosen("cluster"))
	if err != nil {
		t.Fatal(err)
	}
	if have, want := fmt.Sprint(l.Items[0].Brings), "map[vpc-routing.route-tables:[rtb-2 rtb-3] vpc-routing.subnets:[subnet-2 subnet-1] vpc-routing.vpc:vpc-1]"; have != want {
		t.Errorf("want %s\nhave %s", want, have)
	}
	if have, want := fmt.Sprint(l.Items[1].Brings), "map[vpc-routing.vpc:vpc-1]"; have != want {
		t.Errorf("want %s, have %s", want, have)
	}
}

// TestNamesByStrangers: what a terminal would obey is not listed, nor are the system's own groups.
func TestNamesByStrangers(t *testing.T) {
	records := array{}
	for _, name := range []string{"__own", "new\nline", "red\x1b[31m", "\u202edesrever", "good"} {
		records = append(records, array{object{"stringValue": name}})
	}
	l, err := list(t, answering{"redshift-data:ExecuteStatement": object{"Records": append(records, array{object{"isNull": true}})}}, "groups", chosen("cluster"))
	if have := shown(l); err != nil || have != "good" {
		t.Errorf("%q %v", have, err)
	}
}

// TestRolesAndKeysThatAreOfUseComeFirst, and those that are AWS's do not come at all.
func TestRolesAndKeysThatAreOfUseComeFirst(t *testing.T) {
	role := func(name, path, service string) object {
		return object{"RoleName": name, "Path": path, "AssumeRolePolicyDocument": object{"Statement": object{"Principal": object{"Service": service}}}}
	}
	account := answering{
		"iam:ListRoles": object{"Roles": array{
			role("a", "/", "ec2.amazonaws.com"), role("b", "/data/", "redshift.amazonaws.com"), role("c", "/", "redshift-serverless.amazonaws.com"),
			role("d", "/aws-service-role/redshift.amazonaws.com/", "redshift.amazonaws.com"),
		}},
		"kms:ListAliases": object{"Aliases": array{
			object{"AliasName": "alias/aws/s3", "TargetKeyId": "1"}, object{"AliasName": "alias/signs", "TargetKeyId": "2"}, object{"AliasName": "alias/aws/unused"},
		}},
		"kms:DescribeKey": object{"KeyMetadata": object{"KeyId": "2", "KeyState": "Disabled", "KeyUsage": "SIGN_VERIFY", "KeySpec": "RSA_2048", "Description": ""}},
	}
	l, err := list(t, account, "roles", chosen("cluster"))
	if have := shown(l); err != nil || have != "b (trusts Redshift, path /data/); a (does not trust Redshift); c (does not trust Redshift, trusts Redshift Serverless)" {
		t.Errorf("%s %v", have, err)
	}
	l, err = list(t, account, "keys", chosen("cluster"))
	if have := shown(l); err != nil || have != "alias/signs (Disabled, SIGN_VERIFY, RSA_2048, 2)" {
		t.Errorf("%s %v", have, err)
	}
}
