package redshiftml_test

import (
	"fmt"
	"strings"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/plan"
	"onramp/steps"
	"onramp/steps/redshiftml"
)

const secretARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:redshift!analytics-awsuser-AbCdEf"

// makers is one group that creates models.
var makers = given{"groups": 1, "groups.0.name": "makers", "groups.0.schema": "ml", "sql.run": "data-api"}

func TestAnswersThatDoNotGoTogether(t *testing.T) {
	key := func(arn string) given { return given{"kms.choice": "existing", "kms.key": arn} }
	secret := func(arn string) given { return with(makers, given{"sql.auth": "secret", "sql.secret": arn}) }
	tests := map[string]struct {
		answers given
		key     string // of the problem
		says    string // a word of its text
	}{
		"a bucket of a group's own without a role of its own": {
			with(makers, given{"groups.0.bucket": "acme-makers"}), "groups.0.role", "together",
		},
		"a role of a group's own without a bucket of its own": {
			with(makers, given{"groups.0.role": "ml-makers"}), "groups.0.bucket", "together",
		},
		"a group's bucket is the main bucket": {
			with(makers, given{"groups.0.bucket": "acme-redshift-ml", "groups.0.role": "ml-makers"}), "groups.0.bucket", "bucket.name",
		},
		"two groups have one bucket of their own": {
			with(groupsWithRoles, given{"groups.1.bucket": "acme-churn"}), "groups.1.bucket", "groups.0.bucket",
		},
		"two groups have one role of their own": {
			with(groupsWithRoles, given{"groups.1.role": "ml-churn"}), "groups.1.role", "groups.0.role",
		},
		"two groups have one role in two spellings": {
			with(groupsWithRoles, given{"groups.1.role": "ML-Churn"}), "groups.1.role", "groups.0.role",
		},
		"a group's role is the main role in another spelling": {
			with(groupsWithRoles, given{"groups.0.role": "Redshift-ML"}), "groups.0.role", "role.name",
		},
		"a group stands twice": {
			with(twoGroups, given{"groups.1.name": "makers"}), "groups.1.name", "groups.0.name",
		},
		"a group stands twice in two spellings, which Redshift folds": {
			with(twoGroups, given{"groups.1.name": "MAKERS"}), "groups.1.name", "groups.0.name",
		},
		"51 roles for one warehouse": {manyGroups(50, true), "groups", "50"},
		"a key of another region":    {key("arn:aws:kms:eu-west-1:111122223333:key/" + keyID), "kms.key", "region"},
		"an alias of another region": {key("arn:aws:kms:eu-west-1:111122223333:alias/acme"), "kms.key", "region"},
		"a key of another partition": {key("arn:aws-cn:kms:cn-north-1:111122223333:key/" + keyID), "kms.key", "partition"},
		"an ARN that is no key":      {key("arn:aws:s3:::acme"), "kms.key", ""},
		"a secret of another region": {secret(strings.Replace(secretARN, "us-east-1", "eu-west-1", 1)), "sql.secret", "region"},
		"a secret of another partition": {
			secret("arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:x-AbCdEf"), "sql.secret", "partition",
		},
		"a boundary of another partition": {
			given{"role.permissions-boundary": "arn:aws-cn:iam::111122223333:policy/boundary"}, "role.permissions-boundary", "partition",
		},
		"a boundary of another account": {
			given{"role.permissions-boundary": "arn:aws:iam::999988887777:policy/boundary"}, "role.permissions-boundary", "999988887777",
		},
		"a boundary that is a role": {
			given{"role.permissions-boundary": "arn:aws:iam::111122223333:role/boundary"}, "role.permissions-boundary", "",
		},
		"the use of roles is restricted to groups of which none creates models": {
			with(makers, given{"groups.0.create-models": false, "sql.restrict-assume-role": true}), "sql.restrict-assume-role", "create models",
		},
		"serverless has no database users to name": {
			with(serverless, makers, given{"sql.auth": "db-user", "sql.db-user": "admin"}), "sql.auth", "",
		},
		"a new cluster's database has a name that CREATE DATABASE would take": {
			with(newCluster, given{"warehouse.database": "My Database"}), "warehouse.database", "",
		},
		"a new cluster's admin user is a reserved word": {
			with(newCluster, given{"warehouse.admin-user": "user"}), "warehouse.admin-user", "",
		},
		"a new bucket in a form that S3 keeps to itself":                   {given{"bucket.name": "amzn-s3-demo-bucket"}, "bucket.name", ""},
		"a role path without a slash at its end":                           {given{"role.path": "/ml"}, "role.path", ""},
		"a role path with a star, which a policy would read as a wildcard": {given{"role.path": "/a*/"}, "role.path", "wildcard"},
		"a role path that looks like a template's":                         {given{"role.path": "/`team`/"}, "role.path", "placeholder"},
		"a role path with a comma":                                         {given{"role.path": "/a,b/"}, "role.path", "chain"},
		"a role with a comma in its name":                                  {given{"role.name": "a,b"}, "role.name", "chain"},
		"a role path with a policy variable":                               {given{"role.path": "/${aws:username}/"}, "role.path", ""},
		"a cluster identifier with capitals":                               {given{"warehouse.cluster": "Analytics"}, "warehouse.cluster", ""},
		"a group that is everybody":                                        {with(makers, given{"groups.0.name": "PUBLIC"}), "groups.0.name", ""},
		"a group of the system's":                                          {with(makers, given{"groups.0.name": "__admins"}), "groups.0.name", ""},
		"a group's name with a line feed":                                  {with(makers, given{"groups.0.name": "a\nb"}), "groups.0.name", ""},
		"a schema of the system's":                                         {with(makers, given{"groups.0.schema": "pg_catalog"}), "groups.0.schema", ""},
		"a model without a schema":                                         {with(twoGroups, given{"groups.1.execute": []string{"churn"}}), "groups.1.execute", ""},
		"an alias of AWS's own":                                            {given{"kms.choice": "new", "kms.alias": "aws/redshift"}, "kms.alias", ""},
		"no subnets":                                                       {with(routing, given{"vpc-routing.subnets": []string{}}), "vpc-routing.subnets", ""},
		"an account of 11 digits":                                          {given{"account": "11112222333"}, "account", ""},
		"a region that is none":                                            {given{"region": "us-east"}, "region", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, problems := attempt(with(test.answers))
			var found *answers.Problem
			for i, p := range problems {
				if p.Key == test.key && strings.Contains(p.Text, test.says) {
					found = &problems[i]
				}
			}
			if found == nil {
				t.Fatalf("no problem with %s that says %q, but %v", test.key, test.says, problems)
			}
			if found.Remedy == "" || found.Text == "" {
				t.Errorf("no remedy, or no text: %+v", found)
			}
			if len(problems) > 1 {
				t.Errorf("one thing is wrong, and the problems are %v", problems)
			}
		})
	}
}

// manyGroups are groups with roles of their own, or without.
func manyGroups(n int, own bool) given {
	g := with(given{"groups": n, "sql.run": "export"})
	for i := range n {
		g[answers.ItemKey("groups", i, "name")] = fmt.Sprintf("group_%d", i)
		if own {
			g[answers.ItemKey("groups", i, "bucket")] = fmt.Sprintf("acme-%d", i)
			g[answers.ItemKey("groups", i, "role")] = fmt.Sprintf("ml-%d", i)
		}
	}
	return g
}

func TestAnswersThatDoGoTogether(t *testing.T) {
	tests := map[string]given{
		"50 roles for one warehouse":                   manyGroups(49, true),
		"1,000 groups share the main role":             manyGroups(1000, false),
		"a key of another account":                     {"kms.choice": "existing", "kms.key": "arn:aws:kms:us-east-1:444455556666:key/" + keyID},
		"a multi-region key":                           {"kms.choice": "existing", "kms.key": "mrk-1234abcd12ab34cd56ef1234567890ab"},
		"an alias by its ARN":                          {"kms.choice": "existing", "kms.key": "arn:aws:kms:us-east-1:111122223333:alias/acme"},
		"a boundary that AWS manages":                  {"role.permissions-boundary": "arn:aws:iam::aws:policy/PowerUserAccess"},
		"two groups on one schema":                     twoGroups,
		"a group's bucket without redshift in it":      with(groupsWithRoles, given{"role.choice": "console-default"}),
		"an existing database that needs quotes":       {"warehouse.database": "My Database"},
		"a group whose name is a word of SQL":          with(makers, given{"groups.0.name": "select"}),
		"a group whose name needs quotes":              with(makers, given{"groups.0.name": `it's "quoted"; -- */ $(x)`}),
		"a group in another script":                    with(makers, given{"groups.0.name": "分析"}),
		"a schema that every database has":             with(makers, given{"groups.0.schema": "public"}),
		"serverless with the admin's secret":           with(serverless, makers, given{"sql.auth": "secret", "sql.secret": secretARN}),
		"serverless as the caller":                     with(serverless, makers, given{"sql.auth": "iam"}),
		"one node":                                     with(newCluster, given{"warehouse.nodes": 1}),
		"as many nodes as there can be":                with(newCluster, given{"warehouse.nodes": 100}),
		"a role name as long as it may be":             {"role.name": strings.Repeat("r", 64)},
		"a bucket name as long as it may be":           {"bucket.name": strings.Repeat("b", 63)},
		"a cluster identifier as long as it may be":    {"warehouse.cluster": strings.Repeat("c", 63)},
		"the longest path of a role":                   {"role.path": "/" + strings.Repeat("p", 510) + "/"},
		"the longest path, every module, tightened":    with(routing, given{"role.path": "/" + strings.Repeat("p", 510) + "/", "role.policy": "tightened", "kms.choice": "new"}),
		"a role for each user group on serverless":     with(serverless, groupsWithRoles),
		"a group with all that a group can be granted": with(twoGroups, given{"groups.0.execute": []string{"ml.churn", "ml.other"}}),
	}
	for name, g := range tests {
		t.Run(name, func(t *testing.T) {
			p := build(t, with(g))
			fail := func(format string, args ...any) { t.Errorf(format, args...) }
			checkResources(p, fail)
			_, a, _ := attempt(with(g))
			checkDocuments(p, a, fail)
		})
	}
}

// TestAnswersThatAreRefusedStillBuild: a plan is built at every key press, also from answers that
// break their rule.
func TestAnswersThatAreRefusedStillBuild(t *testing.T) {
	reference := plan.Ref{Resource: "key", Output: "arn"}.String()
	hostile := []string{"", " ", reference, "\uFDD0", "\uFDD1", "\uFDD0role.arn\uFDD1", "a\x00b", "\xff", "arn:", "arn:aws:kms:::", strings.Repeat("x", 5000), "../..", "<>", "${aws:username}"}
	eachQuestion(redshiftml.Guide(), func(q steps.Question) {
		for _, text := range hostile {
			var data any = text
			if q.Kind == answers.List {
				data = []string{text, text}
			}
			if q.Kind != answers.Text && q.Kind != answers.List {
				continue
			}
			for _, g := range []given{with(routing, makers, given{"kms.choice": "new"}), with(routing, makers, newCluster, given{"kms.choice": "existing"}), with(serverless, makers, given{"sql.auth": "secret", "sql.secret": secretARN})} {
				survives(t, with(g, given{q.Key: data}))
			}
		}
	})
	for _, field := range []string{"name", "schema", "bucket", "role"} {
		for _, text := range hostile {
			survives(t, with(makers, given{"groups.0." + field: text, "groups.0.execute": []string{text}}))
		}
	}
	for _, n := range []int{-1, 0, 1 << 20} {
		survives(t, with(newCluster, given{"warehouse.nodes": n}))
	}
}

func survives(t *testing.T, g given) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("panics with %v: %v", r, g)
		}
	}()
	attempt(g)
}

// TestAllProblemsAtOnce: nobody is sent back twice.
func TestAllProblemsAtOnce(t *testing.T) {
	_, _, problems := attempt(with(twoGroups, given{
		"warehouse.cluster": "Analytics", "bucket.name": "B", "role.path": "ml", "groups.1.name": "makers", "groups.0.bucket": "acme-makers",
		"kms.choice": "existing", "kms.key": "arn:aws:kms:eu-west-1:111122223333:key/" + keyID,
	}))
	want := map[string]bool{"warehouse.cluster": true, "bucket.name": true, "role.path": true, "groups.1.name": true, "groups.0.role": true, "kms.key": true}
	for _, p := range problems {
		delete(want, p.Key)
	}
	if len(want) > 0 {
		t.Errorf("not reported: %v; reported: %v", want, problems)
	}
}

// TestBuildIsTotal: from no answers, from any one answer alone, and with any one answer missing, a plan
// is built, and what is missing is named.
func TestBuildIsTotal(t *testing.T) {
	full := with(routing, groupsWithRoles, given{"kms.choice": "new", "kms.alias": "redshift-ml", "groups.0.execute": []string{"ml.churn"}})
	if _, _, problems := attempt(given{}); len(problems) == 0 {
		t.Error("no problem with no answers")
	}
	required := map[string]bool{"account": true, "region": true, "warehouse.cluster": true, "bucket.name": true, "groups.0.name": true, "groups.1.name": true, "vpc-routing.vpc": true, "vpc-routing.subnets": true, "vpc-routing.route-tables": true}
	for key, data := range full {
		attempt(given{key: data})
		_, _, problems := attempt(with(full, given{key: nil}))
		var keys []string
		for _, p := range problems {
			keys = append(keys, p.Key)
		}
		if required[key] && !strings.Contains(" "+strings.Join(keys, " ")+" ", " "+key+" ") {
			t.Errorf("%s is missing, and the problems are with %v", key, keys)
		}
	}
}

func TestWarnings(t *testing.T) {
	tests := map[string]struct {
		answers given
		rule    string
	}{
		"full access to S3 is broad":                         {given{"role.choice": "simple"}, "role-broad"},
		"the console's policy does not reach the bucket":     {given{"role.choice": "console-default", "bucket.name": "acme-ml"}, "bucket-name"},
		"routing breaks COPY":                                {routing, "vpc-routing"},
		"the role may be passed to any service":              {given{"role.policy": "documented"}, "pass-role-without-service"},
		"actions by wildcard":                                {given{"role.policy": "documented"}, ""},
		"trust without a source":                             {given{"role.source-account": false}, ""},
		"a default role that others rely on":                 {nil, "default-role"},
		"a bucket name with dots":                            {given{"bucket.name": "acme.redshift.ml"}, "bucket-dots"},
		"taking the use of roles away from everybody":        {with(makers, given{"sql.restrict-assume-role": true}), "assume-role"},
		"a key whose own policy decides":                     {given{"kms.choice": "existing", "kms.key": "arn:aws:kms:us-east-1:444455556666:key/" + keyID}, "key-of-other-account"},
		"sample data in another region than the S3 endpoint": {with(routing, given{"region": "eu-west-1"}), "sample-data-region"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var rules []string
			for _, w := range build(t, with(test.answers)).Warnings {
				if w.Text == "" || w.Remedy == "" || w.Rule == "" {
					t.Errorf("incomplete: %+v", w)
				}
				if w.Rule == test.rule {
					return
				}
				rules = append(rules, w.Rule)
			}
			if test.rule != "" {
				t.Errorf("no warning %s among %v", test.rule, rules)
			}
		})
	}
	tests = map[string]struct {
		answers given
		rule    string
	}{
		"the tightened policy passes the role to named services only": {given{"role.policy": "tightened"}, "pass-role-without-service"},
		"the console's policy reaches a bucket with the word":         {given{"role.choice": "console-default"}, "bucket-name"},
		"a role that is not made the default":                         {given{"role.default": false}, "default-role"},
		"a new cluster has no other default role":                     {newCluster, "default-role"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, w := range build(t, with(test.answers)).Warnings {
				if w.Rule == test.rule {
					t.Errorf("warns: %+v", w)
				}
			}
		})
	}
}
