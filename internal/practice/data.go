package practice

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"onramp/internal/practice/authorize"
	"onramp/internal/practice/database"
	"onramp/internal/practice/fault"
	"onramp/internal/practice/wire"
)

// statementRun is one call of ExecuteStatement or BatchExecuteStatement with what came of it. The SQL
// is run at once; the status tells it later.
type statementRun struct {
	id, cluster, workgroup, database, user, secret string
	parts                                          []part // one, or those of a batch
	batch                                          bool
	begun, over                                    time.Time
	asked                                          string      // what its client token stands for
	undo                                           func() bool // takes it back, if that can be done
	cancelled                                      bool
}

// part is one statement.
type part struct {
	sql     string
	rows    database.Rows
	err     error
	skipped bool // one before it in its batch failed
}

func dataOperations() table {
	return table{
		"redshift-data:ExecuteStatement":      {writes, executeStatement, askRun("redshift-data:ExecuteStatement")},
		"redshift-data:BatchExecuteStatement": {writes, batchExecuteStatement, askRun("redshift-data:BatchExecuteStatement")},
		"redshift-data:CancelStatement":       {writes, cancelStatement, askOwn("redshift-data:CancelStatement")},
		"redshift-data:DescribeStatement":     {reads, describeStatement, askOwn("redshift-data:DescribeStatement")},
		"redshift-data:GetStatementResult":    {reads, getStatementResult, askOwn("redshift-data:GetStatementResult")},
	}
}

// Limits of the Data API (Redshift UG, Considerations when calling the Amazon Redshift Data API).
const (
	mostSQL   = 200_000 // bytes of one statement
	mostBatch = 40      // statements
	tokenLife = 8 * time.Hour
)

// askRun is asked for on the warehouse, and for the way in which the call becomes a database user
// (Redshift UG, Authorizing access to the Amazon Redshift Data API).
func askRun(action string) ask {
	return func(c *call) []authorize.Request {
		name, database := c.in.Text("ClusterIdentifier"), c.in.Text("Database")
		target := c.arn("redshift", "cluster:"+name)
		if c.in.Has("WorkgroupName") {
			target = c.workgroupARN(c.in.Text("WorkgroupName"))
		}
		out := on(target, action)
		switch {
		case c.in.Has("SecretArn"):
			return append(out, want("secretsmanager:GetSecretValue", c.secretARN(c.in.Text("SecretArn"))))
		case c.in.Has("WorkgroupName"):
			return append(out, want("redshift-serverless:GetCredentials", target))
		case c.in.Has("DbUser"):
			return append(out,
				want("redshift:GetClusterCredentials", c.arn("redshift", "dbuser:"+name+"/"+c.in.Text("DbUser"))),
				want("redshift:GetClusterCredentials", c.arn("redshift", "dbname:"+name+"/"+database)))
		}
		return append(out, want("redshift:GetClusterCredentialsWithIAM", c.arn("redshift", "dbname:"+name+"/"+database)))
	}
}

// askOwn: statements have no ARN, and belong to who ran them.
func askOwn(action string) ask {
	return func(*call) []authorize.Request {
		return []authorize.Request{want(action, "*", "redshift-data:statement-owner-iam-userid", callerID)}
	}
}

func invalid(format string, args ...any) error { return bad("ValidationException", format, args...) }

func executeStatement(c *call) (wire.Answer, error) {
	return c.run([]string{c.in.Text("Sql")}, false)
}

// batchExecuteStatement runs its statements in one transaction, one after another (Redshift Data API).
func batchExecuteStatement(c *call) (wire.Answer, error) {
	sqls := c.in.Texts("Sqls")
	if len(sqls) == 0 || len(sqls) > mostBatch {
		return because(invalid("1 validation error detected: Value at 'sqls' failed to satisfy constraint: Member must have length between 1 and %d", mostBatch))
	}
	return c.run(sqls, true)
}

func (c *call) run(sqls []string, batch bool) (wire.Answer, error) {
	token := c.in.Text("ClientToken")
	if s := c.at.statements[c.at.statementIDs[token]]; s != nil && token != "" && c.now.Before(s.begun.Add(tokenLife)) {
		if s.asked != c.asked() { // UNVERIFIED
			return because(invalid("The client token was used in a request with other parameters."))
		}
		return wire.Answer{Fields: s.started()}, nil
	}
	s := &statementRun{
		id: c.uuid(), cluster: c.in.Text("ClusterIdentifier"), workgroup: c.in.Text("WorkgroupName"), database: c.in.Text("Database"),
		user: c.in.Text("DbUser"), secret: c.in.Text("SecretArn"), batch: batch, begun: c.now, over: c.now.Add(c.delays.Statement),
		asked: c.asked(),
	}
	if err := s.check(sqls); err != nil {
		return because(err)
	}
	db, name, err := c.warehouseOf(s)
	if err != nil {
		return because(err)
	}
	user, err := c.databaseUser(s)
	if err != nil {
		return because(err)
	}
	for _, sql := range sqls {
		s.parts = append(s.parts, part{sql: sql})
	}
	if f := c.faults.Login(s.cluster + s.workgroup); f.Kind != fault.None {
		s.parts[0].err = errors.New(cmp.Or(f.Message, `FATAL: password authentication failed for user "`+user+`"`))
	} else if s.database == name {
		s.execute(db, user)
	} else {
		s.elsewhere()
	}
	c.at.statements[s.id] = s
	if token != "" {
		c.at.statementIDs[token] = s.id
	}
	return wire.Answer{Fields: s.started()}, nil
}

// check refuses what the Data API refuses before it looks at any warehouse.
func (s *statementRun) check(sqls []string) error {
	switch {
	case (s.cluster == "") == (s.workgroup == ""):
		return invalid("Exactly one of ClusterIdentifier and WorkgroupName must be specified.")
	case s.database == "":
		return invalid("Database must be specified.")
	case s.user != "" && s.secret != "":
		return invalid("DbUser and SecretArn cannot both be specified.")
	case s.user != "" && s.workgroup != "":
		return invalid("DbUser is not supported for a serverless workgroup.")
	}
	for _, sql := range sqls {
		if strings.TrimSpace(sql) == "" || len(sql) > mostSQL {
			return invalid("The SQL statement must have 1 to %d bytes.", mostSQL)
		}
	}
	return nil
}

// warehouseOf finds the database of a statement. The words for a warehouse that is not there are those
// that people quote; those for one that is paused are UNVERIFIED.
func (c *call) warehouseOf(s *statementRun) (*database.Database, string, error) {
	if s.workgroup != "" {
		w := c.at.workgroups[s.workgroup]
		if w == nil {
			return nil, "", invalid("Redshift endpoint doesn't exist in this region.")
		}
		n := c.at.namespaces[w.namespace]
		return n.sql, n.database, nil
	}
	k := c.cluster(s.cluster)
	switch {
	case k == nil:
		return nil, "", invalid("Redshift endpoint doesn't exist in this region.")
	case k.status(c.now) != "available" && k.status(c.now) != "modifying":
		return nil, "", invalid("Cluster %s is not available: it is %s.", k.name, k.status(c.now))
	}
	return k.sql, k.database, nil
}

// databaseUser is whom a statement runs as (Redshift UG, Authorizing access to the Data API).
func (c *call) databaseUser(s *statementRun) (string, error) {
	switch {
	case s.user != "":
		return s.user, nil
	case s.secret != "":
		secret := c.at.secretOf(s.secret)
		if secret == nil {
			return "", invalid("Secrets Manager can't find the specified secret.")
		}
		return secret.user, nil
	}
	return "IAM:" + Caller, nil
}

func (s *statementRun) started() wire.Fields {
	return append(wire.Of("Id", s.id, "CreatedAt", s.begun), s.place()...)
}

func (s *statementRun) place() wire.Fields {
	return wire.Of(
		"ClusterIdentifier", wire.Opt(s.cluster), "WorkgroupName", wire.Opt(s.workgroup), "Database", s.database,
		"DbUser", wire.Opt(s.user), "SecretArn", wire.Opt(s.secret),
	)
}

// status goes from SUBMITTED over PICKED and STARTED to the end (Redshift Data API,
// DescribeStatement).
func (s *statementRun) status(now time.Time, end string) string {
	whole := s.over.Sub(s.begun)
	switch gone := now.Sub(s.begun); {
	case s.cancelled:
		return "ABORTED"
	case gone >= whole:
		return end
	case gone < whole/4:
		return "SUBMITTED"
	case gone < whole/2:
		return "PICKED"
	}
	return "STARTED"
}

func (p part) end() string {
	switch {
	case p.skipped:
		return "ABORTED"
	case p.err != nil:
		return "FAILED"
	}
	return "FINISHED"
}

// end is how a call ends that is described by one of its parts: a part that fails fails the whole.
func (s *statementRun) end(i int) string {
	switch {
	case s.cancelled:
		return "ABORTED"
	case s.failure() != nil:
		return "FAILED"
	}
	return s.parts[i].end()
}

// failure is the first error of a statement.
func (s *statementRun) failure() error {
	for _, p := range s.parts {
		if p.err != nil {
			return p.err
		}
	}
	return nil
}

// theStatement finds a statement, and the part that its id names: "ID:2".
func (c *call) theStatement() (*statementRun, int, error) {
	id, number, isPart := strings.Cut(c.in.Text("Id"), ":")
	s := c.at.statements[id]
	if s == nil {
		return nil, 0, notThere("Query does not exist.")
	}
	if !isPart {
		return s, len(s.parts) - 1, nil
	}
	for i := range s.parts {
		if itoa(i+1) == number {
			return s, i, nil
		}
	}
	return nil, 0, notThere("Query does not exist.")
}

func describeStatement(c *call) (wire.Answer, error) {
	s, i, err := c.theStatement()
	if err != nil {
		return because(err)
	}
	last, failure := s.parts[i], s.failure()
	f := append(wire.Of(
		"Id", c.in.Text("Id"), "Status", s.status(c.now, s.end(i)), "CreatedAt", s.begun, "UpdatedAt", s.begun, "Duration", int64(s.over.Sub(s.begun)),
		"HasResultSet", failure == nil && !s.cancelled && last.rows.Columns != nil, "QueryString", last.sql, "ResultRows", len(last.rows.Records), "ResultSize", 0,
		"RedshiftPid", 1, "RedshiftQueryId", -1, "ResultFormat", "JSON",
	), s.place()...)
	if failure != nil && !s.cancelled && !c.now.Before(s.over) {
		f = append(f, wire.Of("Error", failure.Error())...)
	}
	if s.batch {
		f = append(f, wire.Of("SubStatements", wire.List{Of: s.subStatements(c.now)})...)
	}
	return wire.Answer{Fields: f}, nil
}

func (s *statementRun) subStatements(now time.Time) []any {
	var out []any
	for i, p := range s.parts {
		f := wire.Of(
			"Id", s.id+":"+itoa(i+1), "Status", s.status(now, p.end()), "QueryString", p.sql, "HasResultSet", p.rows.Columns != nil,
			"ResultRows", len(p.rows.Records), "CreatedAt", s.begun, "UpdatedAt", s.begun, "Duration", int64(0), "ResultSize", 0, "RedshiftQueryId", -1,
		)
		if p.err != nil {
			f = append(f, wire.Of("Error", p.err.Error())...)
		}
		out = append(out, f)
	}
	return out
}

func getStatementResult(c *call) (wire.Answer, error) {
	s, i, err := c.theStatement()
	if err != nil {
		return because(err)
	}
	p := s.parts[i]
	if c.now.Before(s.over) || s.cancelled || s.failure() != nil || p.rows.Columns == nil {
		return because(notThere("Query does not have result. Please check query status with DescribeStatement."))
	}
	return answer(
		"Records", wire.Each("", p.rows.Records, func(row []database.Value) any { return wire.Each("", row, field) }),
		"ColumnMetadata", wire.Each("", p.rows.Columns, func(k database.Column) any {
			return wire.Of("name", k.Name, "label", k.Name, "typeName", k.Type,
				"nullable", 1, "length", 0, "precision", 0, "scale", 0, "tableName", "", "schemaName", "")
		}), "TotalNumRows", len(p.rows.Records),
	)
}

// field is a value in the Data API's form.
func field(v database.Value) any {
	switch v := v.(type) {
	case int64:
		return wire.Of("longValue", v)
	case bool:
		return wire.Of("booleanValue", v)
	case string:
		return wire.Of("stringValue", v)
	}
	return wire.Of("isNull", true)
}
