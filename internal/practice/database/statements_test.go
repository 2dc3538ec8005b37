package database_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/practice/database"
	"onramp/internal/redshiftsql"
)

// This file holds the statements that plans emit (internal/redshiftsql) against the database: each
// runs, its Holds query then answers Want, and after Undo it no longer does.

// hostile names are what a careless quoting would trip over.
var hostile = []string{
	`it's`, `a"b`, `"`, `'`, `\`, `\'`, `a\`, `"; DROP GROUP a; --`, `'; --`, `/* `, `*/`, `--`, `$(id)`, "`id`", `${x}`, `%s`, ` `, ` a `,
	`group`, `SELECT`, `Mixed Case`, `ünïcødé`, `ÄÖÜ`, `日本`, `İ`, `K`, `😀`, `a.b`, `a,b`, `:name`, `$1`, `\x41`, `\101`, `a;b`, `()`, strings.Repeat("x", 127),
}

// names of groups and schemas that Redshift takes.
func names() *rapid.Generator[string] {
	char := rapid.RuneFrom([]rune("ab AB_$\"'\\;-/*.:%"), unicode.Letter, unicode.Punct, unicode.Symbol)
	return rapid.OneOf(rapid.SampledFrom(hostile), rapid.StringOfN(char, 1, -1, 127)).Filter(func(s string) bool {
		lower := strings.ToLower(s)
		return !strings.HasPrefix(s, "__") && !strings.HasPrefix(lower, "pg_") && lower != "public" && lower != "information_schema" && lower != "catalog_history"
	})
}

func arns() *rapid.Generator[string] {
	return rapid.StringMatching(`arn:aws:iam::000000000000:role/[A-Za-z0-9+=,.@_-]{1,64}`).
		Filter(func(s string) bool { return !strings.Contains(s, ",") }) // a chain
}

// counts runs a counting query.
func counts(t rapid.TB, d *database.Database, query string) string {
	t.Helper()
	rows, err := d.Exec(database.Admin, query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if len(rows.Records) != 1 || len(rows.Records[0]) != 1 {
		t.Fatalf("%s: %v", query, rows.Records)
	}
	n, ok := rows.Records[0][0].(int64)
	if !ok {
		t.Fatalf("%s: %v", query, rows.Records)
	}
	return string(rune('0' + n))
}

func mustRun(t rapid.TB, d *database.Database, sql string) {
	t.Helper()
	if _, err := d.Exec(database.Admin, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// statements are all that redshiftsql writes for a group, with what each needs first.
func statements(group, schema, arn string) map[string]struct {
	needs     []plan.Statement
	statement plan.Statement
} {
	made := []plan.Statement{redshiftsql.CreateGroup(group), redshiftsql.CreateSchema(schema)}
	type row = struct {
		needs     []plan.Statement
		statement plan.Statement
	}
	return map[string]row{
		"group":            {nil, redshiftsql.CreateGroup(group)},
		"schema":           {nil, redshiftsql.CreateSchema(schema)},
		"create model":     {made, redshiftsql.GrantCreateModel(group)},
		"usage":            {made, redshiftsql.GrantSchema(schema, group, "USAGE")},
		"create and usage": {made, redshiftsql.GrantSchema(schema, group, "CREATE", "USAGE")},
		"use a role":       {made, redshiftsql.GrantAssumeRole(arn, group)},
		"restrict roles":   {append(made, redshiftsql.GrantAssumeRole(arn, group)), redshiftsql.RevokeAssumeRole(group, arn)},
	}
}

func TestStatementsOfPlans(t *testing.T) {
	for name := range statements("g", "s", roleARN) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				row := statements(names().Draw(t, "group"), names().Draw(t, "schema"), arns().Draw(t, "role"))[name]
				d := database.New()
				for _, s := range row.needs {
					mustRun(t, d, s.Text)
				}
				checkStatement(t, d, row.statement)
			})
		})
	}
}

func checkStatement(t *rapid.T, d *database.Database, s plan.Statement) {
	before := d.State()
	if counts(t, d, s.Holds) == s.Want {
		t.Fatalf("%s: holds before it was run", s.Text)
	}
	mustRun(t, d, s.Text)
	if got := counts(t, d, s.Holds); got != s.Want {
		t.Fatalf("%s: %s answers %s, want %s", s.Text, s.Holds, got, s.Want)
	}
	after := d.State()
	if _, err := d.Exec(database.Admin, s.Text); (err != nil) != strings.HasPrefix(s.Text, "CREATE GROUP") {
		t.Fatalf("%s, again: %v", s.Text, err)
	}
	if !reflect.DeepEqual(after, d.State()) {
		t.Fatalf("%s changes something when it is run again", s.Text)
	}
	if s.Undo == "" {
		return
	}
	mustRun(t, d, s.Undo)
	if counts(t, d, s.Holds) == s.Want {
		t.Fatalf("%s: still holds after %s", s.Text, s.Undo)
	}
	if !reflect.DeepEqual(before, d.State()) {
		t.Fatalf("%s leaves something behind", s.Undo)
	}
}

// TestStatementsMindTheirOwn: what one group was given is not taken for another's.
func TestStatementsMindTheirOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		group, other, schema := names().Draw(t, "group"), names().Draw(t, "other"), names().Draw(t, "schema")
		if strings.EqualFold(group, other) {
			t.Skip() // ASCII letters fold: two such names may be one group
		}
		d := database.New()
		for _, s := range []plan.Statement{
			redshiftsql.CreateGroup(group), redshiftsql.CreateSchema(schema), redshiftsql.GrantCreateModel(group),
			redshiftsql.GrantSchema(schema, group, "CREATE", "USAGE"), redshiftsql.GrantAssumeRole(roleARN, group),
		} {
			mustRun(t, d, s.Text)
		}
		for _, s := range []plan.Statement{
			redshiftsql.CreateGroup(other), redshiftsql.GrantCreateModel(other),
			redshiftsql.GrantSchema(schema, other, "CREATE", "USAGE"), redshiftsql.GrantAssumeRole(roleARN, other),
		} {
			if counts(t, d, s.Holds) == s.Want {
				t.Fatalf("%s is taken to be done, but it was done for %q", s.Text, group)
			}
		}
	})
}

// TestFollowUps: the first model of a plan can be made by a member of the group once the plan has
// run, and EXECUTE can be granted and taken back once the model is there.
func TestFollowUps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		group, schema, model := names().Draw(t, "group"), names().Draw(t, "schema"), names().Draw(t, "model")
		role := rapid.SampledFrom([]string{"", roleARN}).Draw(t, "role")
		d := database.New()
		d.DefaultRole = func() string { return roleARN }
		for _, s := range []plan.Statement{
			redshiftsql.CreateGroup(group), redshiftsql.CreateSchema(schema), redshiftsql.GrantCreateModel(group),
			redshiftsql.GrantSchema(schema, group, "CREATE", "USAGE"), redshiftsql.RevokeAssumeRole(group, roleARN), redshiftsql.GrantAssumeRole(roleARN, group),
		} {
			mustRun(t, d, s.Text)
		}
		mustRun(t, d, "CREATE USER ana PASSWORD DISABLE IN GROUP "+redshiftsql.Ident(group))
		if _, err := d.Exec(database.Admin, redshiftsql.GrantExecute(schema, model, group)); err == nil {
			t.Fatal("EXECUTE is granted before there is a model")
		}
		first := redshiftsql.Model{Schema: schema, Name: model, Function: "predict", RoleARN: role, Bucket: "acme-redshift-ml", KeyID: "k"}
		if _, err := d.Exec("ana", first.SQL()); err != nil {
			t.Fatalf("%s: %v", first.SQL(), err)
		}
		made := d.State()
		mustRun(t, d, redshiftsql.GrantExecute(schema, model, group))
		if got := counts(t, d, "SELECT COUNT(*) FROM svv_ml_model_privileges"); got != "1" {
			t.Fatalf("%s privileges on the model", got)
		}
		mustRun(t, d, redshiftsql.RevokeExecute(schema, model, group))
		if !reflect.DeepEqual(made, d.State()) {
			t.Fatal("REVOKE EXECUTE leaves something behind")
		}
	})
}

// TestSuperuser: the query that every plan begins with.
func TestSuperuser(t *testing.T) {
	d := with(t, "CREATE USER ana PASSWORD DISABLE", "CREATE USER eve PASSWORD DISABLE CREATEUSER")
	for user, want := range map[string]int64{database.Admin: 1, "ana": 0, "eve": 1, "IAM:joe": 0} {
		rows := run(t, d, user, kind.Superuser)
		if !slices.Equal(rows.Records[0], []database.Value{want}) {
			t.Errorf("%s: got %v, want %d", user, rows.Records, want)
		}
	}
}

// vocabulary of statements, for those that nobody would write.
var vocabulary = strings.Fields(`CREATE ALTER DROP GROUP USER ROLE SCHEMA MODEL GRANT REVOKE SHOW SELECT FROM WHERE TO ON FOR WITH OPTION ALL PUBLIC
	ASSUMEROLE USAGE EXECUTE PASSWORD DISABLE IN IF NOT EXISTS CASCADE TARGET FUNCTION IAM_ROLE default SETTINGS S3_BUCKET COUNT ( ) ( ) , , . * = > <>
	AND OR NULL TRUE CASE WHEN THEN ELSE END DISTINCT ANY IS AS JOIN lower current_user has_schema_privilege pg_user pg_group usename usesysid usesuper
	grolist groname svv_iam_privileges svv_database_privileges pg_get_iam_role_by_user ORDER BY DESC DATABASE g a b s.m 'a' '1' 't' 'arn:aws:iam::000000000000:role/r' 1 2 ; "g" "A""b" -- /* */ ADD EXTERNALID SAGEMAKER`)

// TestNonsense: whatever words come in whatever order, there is an answer or a refusal.
func TestNonsense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := database.New()
		for _, sql := range []string{"CREATE GROUP g", "CREATE SCHEMA s", "CREATE USER a PASSWORD DISABLE IN GROUP g"} {
			mustRun(t, d, sql)
		}
		for range 20 {
			start := rapid.SampledFrom([]string{"SELECT", "SELECT usename FROM pg_user, pg_group WHERE", "GRANT", "REVOKE", "CREATE", "CREATE MODEL m FROM a", "DROP", ""}).Draw(t, "start")
			words := rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 12).Draw(t, "words")
			exec(t, d, start+" "+strings.Join(words, " "))
		}
	})
}

// exec runs anything, and sees to it that a refusal says why.
func exec(t rapid.TB, d *database.Database, sql string) {
	t.Helper()
	rows, err := d.Exec(database.Admin, sql)
	refusal, ok := err.(*database.Error)
	switch {
	case err == nil:
		for _, r := range rows.Records {
			if len(r) != len(rows.Columns) {
				t.Fatalf("%s: %d values in %d columns", sql, len(r), len(rows.Columns))
			}
		}
	case !ok || len(refusal.Code) != 5 || refusal.Message == "":
		t.Fatalf("%s: %#v", sql, err)
	}
}

func FuzzExec(f *testing.F) {
	for _, row := range statements(`it's "q"`, `s\`, roleARN) {
		f.Add(row.statement.Text)
		f.Add(row.statement.Undo)
		f.Add(row.statement.Holds)
	}
	f.Add(redshiftsql.Model{Schema: "s", Name: "m", Function: "f", Bucket: "b"}.SQL())
	f.Add("SELECT g.*, CASE WHEN a = ANY(b) THEN (SELECT 1) END x FROM pg_group g JOIN pg_user u ON NOT 1 IN ('1', NULL) WHERE u.usename IS NOT NULL")
	f.Add("CREATE USER u PASSWORD 'Abcdefg1' IN GROUP g SESSION TIMEOUT 60")
	f.Fuzz(func(t *testing.T, sql string) {
		exec(t, with(t, "CREATE GROUP g"), sql)
	})
}

func BenchmarkHolds(b *testing.B) {
	d := database.New()
	for i := range 1000 {
		name := "g" + strings.Repeat("x", i%50) + string(rune('a'+i%26)) + strings.Repeat("y", i/50)
		for _, s := range []plan.Statement{redshiftsql.CreateGroup(name), redshiftsql.GrantCreateModel(name)} {
			if _, err := d.Exec(database.Admin, s.Text); err != nil {
				b.Fatal(err)
			}
		}
	}
	query := redshiftsql.GrantCreateModel("gm").Holds
	for b.Loop() {
		if _, err := d.Exec(database.Admin, query); err != nil {
			b.Fatal(err)
		}
	}
}
