package permissions

import (
	"strings"

	"onramp/internal/plan"
)

// executeStatement runs one statement, waits for it and fetches its result, as the identity that the
// call names (Amazon Redshift Management Guide, Authorizing access to the Amazon Redshift Data API).
// Statements have no ARN: a caller may ask for its own only.
func executeStatement(s scope, c plan.Call) []Permission {
	target := s.cluster(c)
	if has(c, "WorkgroupName") {
		target = s.workgroups()
	}
	out := on(target, "redshift-data:ExecuteStatement")
	out = append(out, only(on("*", "redshift-data:DescribeStatement", "redshift-data:GetStatementResult"),
		"StringEquals", "redshift-data:statement-owner-iam-userid", "${aws:userid}")...)
	return append(out, s.identity(c)...)
}

// identity is what the Data API needs to become a user of the database.
func (s scope) identity(c plan.Call) []Permission {
	cluster := wild(c.Input.Text("ClusterIdentifier"))
	database := s.ARN("redshift", "dbname:"+cluster+"/"+wild(c.Input.Text("Database")))
	switch {
	case has(c, "SecretArn"):
		return on(s.secret(c.Input.Text("SecretArn")), "secretsmanager:GetSecretValue")
	case has(c, "WorkgroupName"):
		return on(s.workgroups(), "redshift-serverless:GetCredentials")
	case has(c, "DbUser"):
		user := s.ARN("redshift", "dbuser:"+cluster+"/"+wild(c.Input.Text("DbUser")))
		return append(on(user, "redshift:GetClusterCredentials"), on(database, "redshift:GetClusterCredentials")...)
	}
	return on(database, "redshift:GetClusterCredentialsWithIAM")
}

// secret is the ARN of a secret given by ARN or by name, to which AWS adds a hyphen and six
// characters.
func (s scope) secret(id string) string {
	if strings.HasPrefix(id, "arn:") {
		return wild(id)
	}
	return s.ARN("secretsmanager", "secret:"+wild(id)+"-??????")
}
