package kind

import (
	"onramp/internal/plan"
)

// SQL runs statements in a database through the Redshift Data API.
type SQL struct {
	Database   string
	Connection Connection
	Statements []plan.Statement
}

// Connection says where statements run and as whom.
type Connection struct {
	Cluster   string // provisioned; or
	Workgroup string // serverless
	DBUser    string // a user of the cluster, by temporary credentials; or
	Secret    string // ARN of a secret; neither: the caller's own IAM identity
}

// Kind implements plan.Spec.
func (SQL) Kind() plan.Kind { return "redshift-sql" }

// Name implements plan.Spec.
func (s SQL) Name() string { return s.Database }

// Label implements plan.Spec.
func (s SQL) Label() string { return "SQL permissions in database " + s.Database }

// Action implements plan.Spec.
func (SQL) Action() plan.Action { return plan.Update }

// Documents implements plan.Spec.
func (SQL) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (s SQL) Accept(v Visitor) { v.SQL(s) }

func (s SQL) call(text string) plan.Call { return s.Connection.Send(s.Database, text) }

// Send is the call that sends one statement: the Data API takes no more in one string.
func (c Connection) Send(database, text string) plan.Call {
	return plan.NewCall("redshift-data", "ExecuteStatement",
		"ClusterIdentifier", c.Cluster, "WorkgroupName", c.Workgroup, "Database", database, "DbUser", c.DBUser, "SecretArn", c.Secret, "Sql", text)
}

// count reads the number that a counting query answers, in the form of GetStatementResult, and some
// the same where it is not 0: what there is none of is not there.
const (
	count = "Records[0][0].longValue"
	some  = "Records[0][?to_string(longValue) != '0'].longValue | [0]"
)

// Superuser counts 1 where the session is a superuser's. Only superusers create groups and grant
// CREATE MODEL (Amazon Redshift Database Developer Guide, CREATE GROUP, GRANT).
const Superuser = "SELECT COUNT(*) FROM pg_user WHERE usename = current_user AND usesuper"

// Steps implements plan.Spec.
func (s SQL) Steps() []plan.Step {
	steps := []plan.Step{{
		Title:  "connect to database " + s.Database + " as a superuser",
		Read:   s.call(Superuser),
		Check:  plan.Check{Query: count, Want: "1", Counts: true},
		Refuse: "the database user is not a superuser, and only a superuser can create groups and grant CREATE MODEL: connect as the admin user (sql.auth and sql.db-user, or sql.secret), or answer sql.run with export",
	}}
	for _, statement := range s.Statements {
		steps = append(steps, s.run(statement))
	}
	return steps
}

// run runs one statement. Where a privilege of several was there before, nothing says which, so that
// such a grant is not taken back.
func (s SQL) run(statement plan.Statement) plan.Step {
	run := []plan.Call{s.call(statement.Text)}
	st := plan.Step{Title: statement.Title, Create: run, Update: run}
	if statement.Holds != "" {
		st.Read, st.Check = s.call(statement.Holds), plan.Check{Query: some, Want: statement.Want, Counts: true}
	}
	if statement.Undo == "" {
		return st
	}
	st.Undo = back(st, "take back: "+statement.Title, s.call(statement.Undo))
	st.Undo.Leave = inUse
	if statement.Remains != "" {
		st.Undo.Read, st.Undo.Check = s.call(statement.Remains), plan.Check{Query: some, Want: "1"}
	}
	return st
}

// inUse are the words in which Redshift refuses to drop what others rely on (Amazon Redshift Database
// Developer Guide, DROP GROUP; PostgreSQL 8.0, DROP SCHEMA).
var inUse = []plan.Leave{
	{Code: "a privilege on some object", Why: "somebody else has granted it privileges"},
	{Code: "because other objects depend on it", Why: "it holds objects"},
}
