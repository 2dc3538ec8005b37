package plantest

import (
	"onramp/internal/plan"
)

// Names of things that exist in the account before the plan.
const (
	keyID    = "0a1b2c3d-1111-2222-3333-444455556666"
	vpc      = "vpc-0a1b2c3d4e5f60718"
	subnetA  = "subnet-0a1b2c3d4e5f60718"
	subnetB  = "subnet-0b1b2c3d4e5f60718"
	tableA   = "rtb-0a1b2c3d4e5f60718"
	tableB   = "rtb-0b1b2c3d4e5f60718"
	groupID  = "sg-0a1b2c3d4e5f60718"
	secretID = "redshift!analytics-awsuser-AbCdEf"
)

// mainAxes are the answers that decide which resources and which calls there are. Every combination
// of them is built.
func mainAxes(t plan.Target) [][]given {
	return [][]given{warehouses, roles, keys(t), groups, routings, statements(t)}
}

var warehouses = []given{
	{"warehouse.kind": "cluster", "warehouse.cluster": "analytics"},
	{"warehouse.kind": "new-cluster", "warehouse.cluster": "analytics", "warehouse.nodes": 1, "warehouse.subnet-group": "private"},
	{"warehouse.kind": "new-cluster", "warehouse.cluster": "analytics", "warehouse.nodes": 2},
	{"warehouse.kind": "serverless", "warehouse.namespace": "analytics-ns", "warehouse.workgroup": "analytics-wg"},
}

var roles = []given{
	{"role.choice": "simple"},
	{"role.choice": "console-default"},
	{"role.choice": "restrictive", "role.policy": "documented"},
	{"role.choice": "restrictive", "role.policy": "current"},
	{"role.choice": "restrictive", "role.policy": "tightened"},
}

func keys(t plan.Target) []given {
	return []given{
		{"kms.choice": "none"},
		{"kms.choice": "new", "kms.alias": "acme/ml"},
		{"kms.choice": "existing", "kms.key": keyID},
		{"kms.choice": "existing", "kms.key": t.ARN("kms", "key/"+keyID)},
		{"kms.choice": "existing", "kms.key": "alias/acme"},
		{"kms.choice": "existing", "kms.key": t.ARN("kms", "alias/acme")},
	}
}

var groups = []given{
	{"groups": 0},
	{"groups": 1, "groups.0.name": "analysts", "groups.0.create-models": true},
	{
		"groups": 3, "groups.0.name": "retention", "groups.0.bucket": "acme-retention", "groups.0.role": "acme-retention",
		"groups.1.name": `it's "quoted" \ $(x)`, "groups.1.create-models": false, "groups.1.execute": []string{"demo_ml.churn"},
		"groups.2.name": "growth", "groups.2.schema": "growth", "groups.2.bucket": "acme-redshift-growth", "groups.2.role": "acme-growth",
	},
}

var routings = []given{
	{"vpc-routing.enabled": false},
	{
		"vpc-routing.enabled": true, "vpc-routing.vpc": vpc,
		"vpc-routing.subnets": []string{subnetA}, "vpc-routing.route-tables": []string{tableA},
	},
	{
		"vpc-routing.enabled": true, "vpc-routing.vpc": vpc, "vpc-routing.endpoint-security-group": groupID,
		"vpc-routing.subnets": []string{subnetA, subnetB}, "vpc-routing.route-tables": []string{tableA, tableB},
	},
}

func statements(t plan.Target) []given {
	return []given{
		{"sql.run": "export"},
		{"sql.run": "data-api", "sql.auth": "db-user", "sql.db-user": "awsuser"},
		{"sql.run": "data-api", "sql.auth": "secret", "sql.secret": t.ARN("secretsmanager", "secret:"+secretID)},
		{"sql.run": "data-api", "sql.auth": "iam"},
	}
}

// minorAxes are the answers that change a value in a call or two. Each plan gets one of each.
func minorAxes(t plan.Target) [][]given {
	return [][]given{
		{{"bucket.choice": "new"}, {"bucket.choice": "existing"}},
		{{"bucket.name": "acme-ml"}, {"bucket.name": "acme-redshift-ml"}},
		{{"bucket.sample-data": true}, {"bucket.sample-data": false}},
		{{"role.path": "/"}, {"role.path": "/service-role/"}},
		{{"role.default": true}, {"role.default": false}},
		{{"role.source-account": true}, {"role.source-account": false}},
		{{}, {"role.permissions-boundary": t.GlobalARN("iam", "policy/bounds/developers")}},
		{{"sql.restrict-assume-role": true}, {"sql.restrict-assume-role": false}},
	}
}
