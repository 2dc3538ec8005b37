package database_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"onramp/internal/practice/database"
)

const roleARN = "arn:aws:iam::000000000000:role/redshift-ml"

// with makes a database in which the admin has run some statements.
func with(t testing.TB, statements ...string) *database.Database {
	t.Helper()
	d := database.New()
	for _, sql := range statements {
		run(t, d, database.Admin, sql)
	}
	return d
}

// run runs a statement that must not be refused.
func run(t testing.TB, d *database.Database, user, sql string) database.Rows {
	t.Helper()
	rows, err := d.Exec(user, sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return rows
}

// table writes an answer on one line: columns: records.
func table(rows database.Rows) string {
	var columns, records []string
	for _, c := range rows.Columns {
		columns = append(columns, c.Name+" "+c.Type)
	}
	for _, r := range rows.Records {
		records = append(records, strings.TrimSuffix(fmt.Sprintln(r...), "\n"))
	}
	return strings.Join(columns, ", ") + ": " + strings.Join(records, "; ")
}

// people are users and groups for tests of privileges.
var people = []string{
	"CREATE USER ana PASSWORD DISABLE", "CREATE USER ben PASSWORD DISABLE", "CREATE GROUP creators WITH USER ana",
	"CREATE SCHEMA ml", "CREATE ROLE r",
}

// model makes one.
func model(name string) string {
	return "CREATE MODEL " + name + " FROM (SELECT a, b FROM t WHERE (a) > 1) TARGET b FUNCTION f_" + strings.ReplaceAll(name, ".", "_") +
		" IAM_ROLE '" + roleARN + "' SETTINGS (S3_BUCKET 'b')"
}

func TestRefusals(t *testing.T) {
	tests := map[string]struct {
		before []string // run by the admin
		user   string   // "": the admin
		sql    string
		code   string
		text   string // of the message
	}{
		// aws-facts 8.1: one statement in a string.
		"two statements":               {nil, "", "SELECT 1; SELECT 2", "42601", "cannot insert multiple commands into a prepared statement"},
		"nothing":                      {nil, "", " ; -- nothing", "42601", "syntax error at end of input"},
		"an unknown user":              {nil, "nobody", "SELECT 1", "28000", `user "nobody" does not exist`},
		"an unknown statement":         {nil, "", "VACUUM", "42601", `syntax error at or near "VACUUM"`},
		"an unknown thing to create":   {nil, "", "CREATE TABLE t (a int)", "42601", `syntax error at or near "TABLE"`},
		"a statement that breaks off":  {nil, "", "CREATE GROUP", "42601", "syntax error at end of input"},
		"a word too much":              {nil, "", "CREATE GROUP g h", "42601", `syntax error at or near "h"`},
		"a reserved word as a name":    {nil, "", "CREATE GROUP group", "42601", `syntax error at or near "group"`},
		"a string as a name":           {nil, "", "CREATE GROUP 'g'", "42601", `syntax error at or near "'g'"`},
		"a name without letters":       {nil, "", `CREATE GROUP ""`, "42601", `zero-length delimited identifier at or near """"`},
		"a name that is not closed":    {nil, "", `CREATE GROUP "g`, "42601", `unterminated quoted identifier at or near ""g"`},
		"a string that is not closed":  {nil, "", `SELECT 'a\'`, "42601", `unterminated quoted string at or near "'a\'"`},
		"a comment not closed":         {nil, "", `SELECT 1 /* a /* b */`, "42601", `unterminated /* comment at or near "/* a /* b */"`},
		"a parameter":                  {nil, "", "SELECT :name", "42601", `syntax error at or near ":"`},
		"a name that is too long":      {nil, "", "CREATE GROUP " + strings.Repeat("g", 128), "42622", "longer than 127 bytes"},
		"a name of control characters": {nil, "", "CREATE GROUP \"a\nb\"", "42602", "printable characters"},
		"NUL":                          {nil, "", "CREATE GROUP \"a\x00\"", "22021", "invalid byte sequence"},
		"no UTF-8":                     {nil, "", "SELECT '\xff'", "22021", "invalid byte sequence"},
		"an escape that is no UTF-8":   {nil, "", `SELECT '\377'`, "22021", "invalid byte sequence"},
		"an escape that is NUL":        {nil, "", `SELECT '\0'`, "22021", "invalid byte sequence"},

		// Guide, CREATE GROUP, ALTER GROUP, DROP GROUP.
		"a group by no superuser":     {people, "ana", "CREATE GROUP g", "42501", "permission denied"},
		"a group that is there":       {people, "", "CREATE GROUP Creators", "42710", `group "creators" already exists`},
		"a group of Redshift's own":   {nil, "", "CREATE GROUP __g", "42939", "reserved"},
		"a group named public":        {nil, "", `CREATE GROUP "Public"`, "42939", "reserved"},
		"a group of unknown users":    {nil, "", "CREATE GROUP g WITH USER awsuser, nobody", "42704", `user "nobody" does not exist`},
		"a change by no superuser":    {people, "ana", "ALTER GROUP creators ADD USER ben", "42501", "permission denied"},
		"a change of no group":        {people, "", "ALTER GROUP g ADD USER ben", "42704", `group "g" does not exist`},
		"a change with unknown users": {people, "", "ALTER GROUP creators DROP USER nobody", "42704", `user "nobody" does not exist`},
		"a change nobody knows":       {people, "", "ALTER GROUP creators RENAME TO g", "42601", `syntax error at or near "RENAME"`},
		"a drop by no superuser":      {people, "ana", "DROP GROUP creators", "42501", "permission denied"},
		"a drop of no group":          {nil, "", "DROP GROUP g", "42704", `group "g" does not exist`},
		"a drop of a group with privileges": {
			append([]string{"CREATE GROUP guests", "GRANT USAGE ON SCHEMA public TO GROUP guests"}, people...),
			"", "DROP GROUP guests", "2BP01", `group "guests" can't be dropped because the group has a privilege on some object`,
		},

		// Guide, CREATE USER.
		"a user by no superuser":         {people, "ana", "CREATE USER u PASSWORD DISABLE", "42501", "permission denied"},
		"a user that is there":           {people, "", "CREATE USER ana PASSWORD DISABLE", "42710", `user "ana" already exists`},
		"a user without password":        {nil, "", "CREATE USER u", "42601", "syntax error at end of input"},
		"a short password":               {nil, "", "CREATE USER u PASSWORD 'Ab1'", "22023", "at least 8"},
		"a long password":                {nil, "", "CREATE USER u PASSWORD '" + strings.Repeat("Ab1", 22) + "'", "22023", "at most 64"},
		"a password without upper case":  {nil, "", "CREATE USER u PASSWORD 'abcdefg1'", "22023", "upper case"},
		"a password without lower case":  {nil, "", "CREATE USER u PASSWORD 'ABCDEFG1'", "22023", "lower case"},
		"a password without number":      {nil, "", "CREATE USER u PASSWORD 'Abcdefgh'", "22023", "number"},
		"a user in no group":             {nil, "", "CREATE USER u PASSWORD DISABLE IN GROUP g", "42704", `group "g" does not exist`},
		"a user named public":            {nil, "", "CREATE USER public PASSWORD DISABLE", "42939", "reserved"},
		"a session too short":            {nil, "", "CREATE USER u PASSWORD DISABLE SESSION TIMEOUT 59", "22023", "59"},
		"an option nobody knows":         {nil, "", "CREATE USER u PASSWORD DISABLE NICE", "42601", `syntax error at or near "NICE"`},
		"a role that is there":           {people, "", "CREATE ROLE r", "42710", `role "r" already exists`},
		"a role with the name of a user": {people, "", "CREATE ROLE ana", "42710", `user "ana" already exists`},
		"a role of Redshift's own":       {nil, "", `CREATE ROLE "sys:mine"`, "42939", "reserved"},
		"a role by no superuser":         {people, "ana", "CREATE ROLE x", "42501", "permission denied"},
		"a drop of no role":              {nil, "", "DROP ROLE x", "42704", `role "x" does not exist`},
		"a drop of a role by anybody":    {people, "ana", "DROP ROLE r", "42501", "permission denied"},
		"a drop of a role with grants":   {append([]string{"CREATE ROLE q", "GRANT CREATE MODEL TO ROLE q"}, people...), "", "DROP ROLE q", "2BP01", "cannot be dropped"},
		"a drop of a role of Redshift's": {nil, "", `DROP ROLE "sys:dba"`, "2BP01", "cannot be dropped"},
		"a role granted by no superuser": {people, "ana", "GRANT ROLE r TO ana", "42501", "permission denied"},
		"an unknown role granted":        {people, "", "GRANT ROLE x TO ana", "42704", `role "x" does not exist`},
		"a role granted to nobody":       {people, "", "GRANT ROLE r TO nobody", "42704", `user "nobody" does not exist`},

		// Guide, CREATE SCHEMA, DROP SCHEMA.
		"a schema that is there":          {people, "", `CREATE SCHEMA "ML"`, "42P06", `schema "ml" already exists`},
		"a schema by no superuser":        {people, "ana", "CREATE SCHEMA IF NOT EXISTS s", "42501", "permission denied for database dev"},
		"a schema of the system":          {nil, "", "CREATE SCHEMA pg_x", "42939", "unacceptable schema name"},
		"a schema for nobody":             {nil, "", "CREATE SCHEMA s AUTHORIZATION nobody", "42704", `user "nobody" does not exist`},
		"a quota in miles":                {nil, "", "CREATE SCHEMA s QUOTA 5 miles", "42601", `syntax error at or near "miles"`},
		"a drop of no schema":             {nil, "", "DROP SCHEMA s", "3F000", `schema "s" does not exist`},
		"a drop of another's schema":      {people, "ana", "DROP SCHEMA ml", "42501", "must be owner of schema ml"},
		"a drop of a schema with a model": {append([]string{"CREATE SCHEMA s", model("s.m")}, people...), "", "DROP SCHEMA s", "2BP01", "cannot drop schema s because other objects depend on it"},
		"a drop of the catalog":           {nil, "", "DROP SCHEMA pg_catalog CASCADE", "2BP01", "required by the database system"},

		// Guide, GRANT, REVOKE and their usage notes.
		"CREATE MODEL granted by anybody":       {people, "ana", "GRANT CREATE MODEL TO GROUP creators", "42501", "permission denied for language mlfunc"},
		"CREATE MODEL for no group":             {nil, "", "GRANT CREATE MODEL TO GROUP g", "42704", `group "g" does not exist`},
		"CREATE MODEL for no role":              {nil, "", "GRANT CREATE MODEL TO ROLE x", "42704", `role "x" does not exist`},
		"CREATE MODEL for nobody":               {nil, "", "GRANT CREATE MODEL TO nobody", "42704", `user "nobody" does not exist`},
		"the option for a group":                {people, "", "GRANT CREATE MODEL TO GROUP creators WITH GRANT OPTION", "0LP01", "grant options can only be granted to individual users"},
		"the option for everybody":              {people, "", "GRANT USAGE ON SCHEMA ml TO PUBLIC WITH GRANT OPTION", "0LP01", "grant options"},
		"a grant on no schema":                  {people, "", "GRANT USAGE ON SCHEMA s TO GROUP creators", "3F000", `schema "s" does not exist`},
		"a grant on one's neighbour's schema":   {people, "ana", "GRANT USAGE ON SCHEMA ml TO GROUP creators", "42501", "permission denied for schema ml"},
		"a revoke by anybody":                   {people, "ana", "REVOKE USAGE ON SCHEMA ml FROM GROUP creators", "42501", "permission denied for schema ml"},
		"EXECUTE on a schema":                   {people, "", "GRANT EXECUTE ON SCHEMA ml TO GROUP creators", "0LP01", "invalid privilege type EXECUTE for schema"},
		"USAGE on a model":                      {people, "", "GRANT USAGE ON MODEL ml.m TO GROUP creators", "0LP01", "invalid privilege type USAGE for model"},
		"a privilege nobody knows":              {people, "", "GRANT FLY ON SCHEMA ml TO GROUP creators", "42601", `syntax error at or near "FLY"`},
		"a grant on a table":                    {people, "", "GRANT SELECT ON TABLE t TO GROUP creators", "42601", `syntax error at or near "TABLE"`},
		"EXECUTE before the model (7.3)":        {people, "", "GRANT EXECUTE ON MODEL ml.m TO GROUP creators", "42704", `model "ml.m" does not exist`},
		"ASSUMEROLE granted by anybody (7.4)":   {people, "ana", "GRANT ASSUMEROLE ON '" + roleARN + "' TO GROUP creators FOR CREATE MODEL", "42501", "permission denied"},
		"ASSUMEROLE revoked by anybody (7.4)":   {people, "ana", "REVOKE ASSUMEROLE ON ALL FROM PUBLIC FOR ALL", "42501", "permission denied"},
		"ASSUMEROLE without a command":          {people, "", "GRANT ASSUMEROLE ON '" + roleARN + "' TO GROUP creators", "42601", "end of input"},
		"ASSUMEROLE for an unknown command":     {people, "", "GRANT ASSUMEROLE ON ALL TO GROUP creators FOR SELECT", "42601", `syntax error at or near "SELECT"`},
		"ASSUMEROLE on no ARN":                  {people, "", "GRANT ASSUMEROLE ON 'redshift-ml' TO GROUP creators FOR ALL", "22023", `invalid IAM role ARN "redshift-ml"`},
		"ASSUMEROLE on a chain with a gap":      {people, "", "GRANT ASSUMEROLE ON '" + roleARN + ",' TO GROUP creators FOR ALL", "22023", `invalid IAM role ARN ""`},
		"one unknown grantee of several":        {people, "", "GRANT CREATE MODEL TO GROUP creators, GROUP g", "42704", `group "g" does not exist`},
		"a scoped grant, which has no MODEL":    {people, "", "GRANT EXECUTE FOR MODELS IN SCHEMA ml TO GROUP creators", "42601", `syntax error at or near "FOR"`},
		"a grant option revoked from a grantee": {people, "", "REVOKE CREATE MODEL FROM ana WITH GRANT OPTION", "42601", `syntax error at or near "WITH"`},

		// Guide, CREATE MODEL.
		"a model without the privilege":        {people, "ana", model("public.m"), "42501", "permission denied for language mlfunc"},
		"a model without CREATE on the schema": {append([]string{"CREATE USER u PASSWORD DISABLE", "GRANT CREATE MODEL TO u"}, people...), "u", model("ml.m"), "42501", "permission denied for schema ml"},
		"a model in no schema":                 {nil, "", model("s.m"), "3F000", `schema "s" does not exist`},
		"a model that is there":                {[]string{model("m")}, "", model("public.m"), "42710", `model "public.m" already exists`},
		"a function that is there":             {[]string{model("m")}, "", strings.Replace(model("n"), "f_n", "f_m", 1), "42723", "already exists with same argument types"},
		"a model without default role":         {nil, "", strings.Replace(model("m"), "'"+roleARN+"'", "default", 1), "22023", "no default IAM role"},
		"a model without bucket":               {nil, "", "CREATE MODEL m FROM t FUNCTION f IAM_ROLE default", "42601", "S3_BUCKET"},
		"a model without role":                 {nil, "", "CREATE MODEL m FROM t TARGET a FUNCTION f SETTINGS (S3_BUCKET 'b')", "42601", `syntax error at or near "SETTINGS"`},
		"clauses in another order":             {nil, "", "CREATE MODEL m FROM t FUNCTION f TARGET a IAM_ROLE default SETTINGS (S3_BUCKET 'b')", "42601", `syntax error at or near "TARGET"`},
		"a query that is not closed":           {nil, "", "CREATE MODEL m FROM (SELECT (1) FUNCTION f", "42601", "end of input"},
		"a model from nothing":                 {nil, "", "CREATE MODEL m FUNCTION f IAM_ROLE default SETTINGS (S3_BUCKET 'b')", "42601", `syntax error at or near "IAM_ROLE"`},
		"a setting nobody knows":               {nil, "", "CREATE MODEL m FROM t FUNCTION f IAM_ROLE default SETTINGS (COLOUR 'b')", "42601", `syntax error at or near "COLOUR"`},
		"without ASSUMEROLE (7.4)": {
			append([]string{"REVOKE ASSUMEROLE ON ALL FROM PUBLIC FOR ALL"}, append(people, "GRANT CREATE MODEL TO GROUP creators", "GRANT CREATE ON SCHEMA ml TO GROUP creators")...),
			"ana", model("ml.m"), "42501", `User ana does not have ASSUMEROLE permission on IAM role "` + roleARN + `" for CREATE MODEL`,
		},
		"a drop of no model":              {nil, "", "DROP MODEL m", "42704", `model "public.m" does not exist`},
		"a drop of another's model":       {append([]string{model("m")}, people...), "ana", "DROP MODEL m", "42501", "must be owner of model public.m"},
		"a look at no model":              {nil, "", "SHOW MODEL m", "42704", `model "public.m" does not exist`},
		"a look at a model of no schema":  {nil, "", "SHOW MODEL s.m", "3F000", `schema "s" does not exist`},
		"a look at another's model":       {append([]string{model("m")}, people...), "ana", "SHOW MODEL m", "42501", "permission denied for model public.m"},
		"a follow-up by another's member": {append([]string{model("m")}, people...), "ana", "GRANT EXECUTE ON MODEL m TO GROUP creators", "42501", "permission denied for model public.m"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := with(t, test.before...)
			before := d.State()
			user := test.user
			if user == "" {
				user = database.Admin
			}
			_, err := d.Exec(user, test.sql)
			refusal := (*database.Error)(nil)
			if !errors.As(err, &refusal) {
				t.Fatalf("got %v", err)
			}
			if refusal.Code != test.code || !strings.Contains(refusal.Message, test.text) {
				t.Errorf("got %s %v", refusal.Code, err)
			}
			if !reflect.DeepEqual(before, d.State()) {
				t.Error("a statement that was refused changed something")
			}
		})
	}
}

func TestQueries(t *testing.T) {
	d := with(t, append(people,
		"GRANT CREATE MODEL TO GROUP creators, ben WITH GRANT OPTION", "GRANT CREATE, USAGE ON SCHEMA ml TO GROUP creators", model("ml.m"),
		"GRANT EXECUTE ON MODEL ml.m TO GROUP creators, ROLE r", "GRANT ROLE r TO ben",
		"REVOKE ASSUMEROLE ON ALL FROM PUBLIC FOR ALL", "GRANT ASSUMEROLE ON '"+roleARN+"' TO GROUP creators FOR CREATE MODEL, EXTERNAL FUNCTION",
		"GRANT ASSUMEROLE ON default TO ben FOR COPY")...)
	d.DefaultRole = func() string { return roleARN }
	tests := map[string]struct{ user, sql, want string }{
		// aws-facts 8.4, 7.2 and 7.7.
		"who am I":           {"", "select current_user, (select usesuper from pg_user where usename=current_user)", "current_user varchar, usesuper bool: awsuser true"},
		"who is ana":         {"ana", "select current_user, (select usesuper from pg_user where usename=current_user)", "current_user varchar, usesuper bool: ana false"},
		"is the group there": {"", "SELECT 1 FROM pg_group WHERE groname = 'creators'", "?column? int8: 1"},
		"and another one":    {"", "SELECT 1 FROM pg_group WHERE groname = 'users'", "?column? int8: "},
		"who may create models": {
			"", "SELECT * FROM svv_language_privileges WHERE language_name='mlfunc'",
			"language_name varchar, privilege_type varchar, identity_id int8, identity_name varchar, identity_type varchar, admin_option bool: " +
				"mlfunc USAGE 108 creators group false; mlfunc USAGE 107 ben user true",
		},
		"who may predict": {
			"", "SELECT namespace_name, model_name, model_version, privilege_type, identity_name, identity_type, admin_option FROM svv_ml_model_privileges WHERE model_name = 'm'",
			"namespace_name varchar, model_name varchar, model_version int8, privilege_type varchar, identity_name varchar, identity_type varchar, admin_option bool: " +
				"ml m 1 EXECUTE creators group false; ml m 1 EXECUTE r role false",
		},
		"who may use the schema": {
			"", "SELECT namespace_name,privilege_type,identity_name,privilege_scope FROM svv_schema_privileges WHERE namespace_name = 'ml'",
			"namespace_name varchar, privilege_type varchar, identity_name varchar, privilege_scope varchar: ml CREATE creators SCHEMA; ml USAGE creators SCHEMA",
		},
		"the models": {"", "SELECT * FROM svv_ml_model_info", "database_name varchar, schema_name varchar, user_name varchar, model_name varchar, life_cycle varchar, is_refreshable int8, model_state varchar: dev ml awsuser m Ready 1 Model is Ready"},
		"who may use the role": {"", "SELECT iam_arn, command_type, identity_name, identity_type FROM svv_iam_privileges", "iam_arn varchar, command_type varchar, identity_name varchar, identity_type varchar: " +
			roleARN + " CREATE MODEL creators group; " + roleARN + " EXFUNC creators group; default-aws-iam-role COPY ben user"},
		"may ana use it":           {"", "select has_assumerole_privilege('ana', '" + roleARN + "', 'create model')", "has_assumerole_privilege bool: true"},
		"may ben use it":           {"ben", "select has_assumerole_privilege('" + roleARN + "', 'CREATE MODEL')", "has_assumerole_privilege bool: false"},
		"may ben copy with it":     {"ben", "select has_assumerole_privilege('" + roleARN + "', 'COPY')", "has_assumerole_privilege bool: true"},
		"may ana call functions":   {"ana", "select has_assumerole_privilege('" + roleARN + "', 'external function')", "has_assumerole_privilege bool: true"},
		"may ana create in ml":     {"", "select has_schema_privilege('ana', 'ml', 'create')", "has_schema_privilege bool: true"},
		"may ben create in ml":     {"ben", "select has_schema_privilege('ml', 'CREATE')", "has_schema_privilege bool: false"},
		"may ben create in public": {"ben", "select has_schema_privilege('public', 'CREATE')", "has_schema_privilege bool: true"},
		"may the owner do all":     {"", "select has_schema_privilege('rdsdb', 'public', 'drop')", "has_schema_privilege bool: true"},
		"the members of a group":   {"", "SELECT g.groname, u.usename FROM pg_group g JOIN pg_user u ON u.usesysid = ANY(g.grolist)", "groname varchar, usename varchar: creators ana"},
		"the same with a comma":    {"", "SELECT u.usename FROM pg_group AS g, pg_user AS u WHERE u.usesysid = ANY(g.grolist) AND g.groname = 'creators'", "usename varchar: ana"},
		"a list as text":           {"", "SELECT grolist FROM pg_group", "grolist _int4: {106}"},
		"the default role":         {"", "select default_iam_role();", "default_iam_role varchar: " + roleARN},
		"the roles":                {"", "SELECT role_name,role_owner FROM svv_roles WHERE role_name IN ('r', 'sys:dba')", "role_name varchar, role_owner varchar: r awsuser; sys:dba rdsdb"},
		"the schemas":              {"", "SELECT nspname, nspowner FROM pg_namespace WHERE nspowner <> 1", "nspname varchar, nspowner int8: ml 100"},

		"count":                        {"", "SELECT COUNT(*) FROM pg_group", "count int8: 1"},
		"count of nothing":             {"", "SELECT COUNT(*) FROM pg_group WHERE FALSE", "count int8: 0"},
		"count of a column with nulls": {"", "SELECT COUNT(valuntil), COUNT(usename) AS n FROM pg_user", "count int8, n int8: 0 4"},
		"count distinct":               {"", "SELECT COUNT(DISTINCT nspowner) owners FROM pg_namespace", "owners int8: 2"},
		"count without a table":        {"", "SELECT COUNT(*)", "count int8: 1"},
		"numbers":                      {"", "SELECT 1 WHERE 2 > 1 AND 1 < 2 AND 1 <= 1 AND 1 >= 1 AND 1 != 2 AND NOT 1 = 2", "?column? int8: 1"},
		"a number in quotes":           {"", "SELECT usename FROM pg_user WHERE usesysid = '1'", "usename varchar: rdsdb"},
		"a truth in quotes":            {"", "SELECT usename FROM pg_user WHERE usesuper = 'f' OR 'no'", "usename varchar: ana; ben"},
		"in":                           {"", "SELECT usename FROM pg_user WHERE usesysid IN (1, '100')", "usename varchar: awsuser; rdsdb"},
		"not in":                       {"", "SELECT usename FROM pg_user WHERE usename NOT IN ('ana', 'ben', 'rdsdb')", "usename varchar: awsuser"},
		"in with null":                 {"", "SELECT 1 IN (1, NULL), 1 IN (2, NULL), NULL IN (1)", "?column? bool, ?column? bool, ?column? bool: true <nil> <nil>"},
		"the logic of null":            {"", "SELECT NULL AND FALSE, NULL AND TRUE, NULL OR TRUE, NULL OR FALSE, NOT NULL, NULL = NULL", "?column? bool, ?column? bool, ?column? bool, ?column? bool, ?column? bool, ?column? bool: false <nil> true <nil> <nil> <nil>"},
		"is null":                      {"", "SELECT COUNT(*) FROM pg_user WHERE valuntil IS NULL AND usename IS NOT NULL", "count int8: 4"},
		"case":                         {"", "SELECT CASE WHEN usesuper THEN 'yes' WHEN usename = 'ben' THEN NULL ELSE usename END AS c FROM pg_user", "c varchar: ana; yes; <nil>; yes"},
		"case without else":            {"", "SELECT CASE WHEN FALSE THEN 1 END", "case int8: <nil>"},
		"a case of quotes in a row":    {"", "SELECT usename FROM pg_user WHERE CASE WHEN usesuper THEN 'a' ELSE 'b' END = 'b'", "usename varchar: ana; ben"},
		"a query of no rows is null":   {"", "SELECT (SELECT usename FROM pg_user WHERE FALSE) IS NULL", "?column? bool: true"},
		"lower":                        {"", "SELECT LOWER('ÄB' )", "lower varchar: äb"},
		"lower of null":                {"", "SELECT lower(NULL)", "lower varchar: <nil>"},
		"quotes and backslashes":       {"", `SELECT 'it''s \\ \'x\' \101\n'`, "?column? varchar: it's \\ 'x' A\n"},
		"comments":                     {"", "SELECT /* a /* nested */ one */ 1 -- and the rest", "?column? int8: 1"},
		"quoted names":                 {"", `SELECT "U"."useName" FROM "pg_user" U WHERE "USESYSID" = 1`, "usename varchar: rdsdb"},
		"a schema for the catalog":     {"", "SELECT COUNT(*) FROM pg_catalog.pg_group", "count int8: 1"},
		"all of one table":             {"", "SELECT g.*, 1 FROM pg_group g JOIN pg_user u ON u.usename = 'ana'", "groname varchar, grosysid int8, grolist _int4, ?column? int8: creators 108 {106} 1"},

		"a user sees own privileges": {"ben", "SELECT identity_name FROM svv_language_privileges", "identity_name varchar: ben"},
		"and those of own groups":    {"ana", "SELECT identity_name FROM svv_language_privileges", "identity_name varchar: creators"},
		"and those of own roles":     {"ben", "SELECT identity_name FROM svv_ml_model_privileges", "identity_name varchar: r"},
		"and no model of others":     {"ben", "SELECT COUNT(*) FROM svv_ml_model_info", "count int8: 0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			user := test.user
			if user == "" {
				user = database.Admin
			}
			if got := table(run(t, d, user, test.sql)); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestQueriesRefused(t *testing.T) {
	tests := map[string]struct{ sql, code, text string }{
		"no such table":               {"SELECT * FROM t", "42P01", `relation "t" does not exist`},
		"no such schema":              {"SELECT * FROM ml.t", "42P01", `relation "ml.t" does not exist`},
		"no such column":              {"SELECT name FROM pg_user", "42703", `column "name" does not exist in pg_user`},
		"no such column of a table":   {"SELECT pg_user.name FROM pg_user", "42703", "column pg_user.name does not exist"},
		"no table at all":             {"SELECT usename", "42703", `column "usename" does not exist`},
		"all of no table":             {"SELECT *", "42601", "SELECT * with no tables specified is not valid"},
		"a table that is not in FROM": {"SELECT g.groname FROM pg_user", "42P01", `relation "g" does not exist`},
		"all of a table not in FROM":  {"SELECT g.* FROM pg_user", "42P01", `relation "g" does not exist`},
		"a column of two tables":      {"SELECT usename FROM pg_user a, pg_user b", "42702", `column reference "usename" is ambiguous`},
		"one name for two tables":     {"SELECT 1 FROM pg_user, pg_user", "42712", "specified more than once"},
		"no such function":            {"SELECT upper('a')", "42883", "function upper(unknown) does not exist"},
		"a function of a number":      {"SELECT lower(1)", "42883", "function lower(integer) does not exist"},
		"arguments too many":          {"SELECT lower('a', 'b')", "42883", "function lower(unknown, unknown) does not exist"},
		"number and text":             {"SELECT 1 FROM pg_user WHERE usesysid = usename", "42883", "operator does not exist: integer = character varying"},
		"number and truth":            {"SELECT 1 IN (TRUE)", "42883", "operator does not exist: integer = boolean"},
		"lists":                       {"SELECT grolist = grolist FROM pg_group", "42883", "operator does not exist: integer[] = integer[]"},
		"a count of lists":            {"SELECT COUNT(grolist) FROM pg_group", "42883", "count(integer[])"},
		"any of no list":              {"SELECT 1 = ANY(2)", "42804", "requires array"},
		"any of the wrong list":       {"SELECT usename = ANY(grolist) FROM pg_user, pg_group", "42804", "requires array"},
		"quotes that are no number":   {"SELECT 1 FROM pg_user WHERE usesysid = 'one'", "22P02", `invalid input syntax for integer: "one"`},
		"quotes that are no truth":    {"SELECT 1 WHERE 'maybe'", "22P02", `invalid input syntax for type boolean: "maybe"`},
		"a number as condition":       {"SELECT 1 WHERE 1", "42804", "argument of WHERE must be type boolean, not type integer"},
		"a number and a condition":    {"SELECT 1 WHERE TRUE AND 1", "42804", "argument of AND must be type boolean, not type integer"},
		"a name as condition":         {"SELECT 1 FROM pg_user u JOIN pg_group g ON groname", "42804", "argument of JOIN/ON must be type boolean"},
		"a count as condition":        {"SELECT 1 FROM pg_user WHERE COUNT(*) = 1", "42803", "aggregates not allowed in WHERE"},
		"a count of counts":           {"SELECT COUNT(COUNT(*)) FROM pg_user", "42803", "aggregates not allowed in COUNT"},
		"a count beside a column":     {"SELECT COUNT(*), usename FROM pg_user", "42803", `column "usename" must appear in the GROUP BY clause`},
		"a count beside all":          {"SELECT *, COUNT(*) FROM pg_user", "42803", "GROUP BY"},
		"cases of two types":          {"SELECT CASE WHEN TRUE THEN 1 ELSE TRUE END", "42804", "CASE types integer and boolean cannot be matched"},
		"a case of nothing":           {"SELECT CASE ELSE 1 END", "42601", `syntax error at or near "ELSE"`},
		"two columns as a value":      {"SELECT (SELECT 1, 2)", "42601", "subquery must return only one column"},
		"two rows as a value":         {"SELECT (SELECT usename FROM pg_user)", "21000", "more than one row"},
		"groups, which are not known": {"SELECT usename FROM pg_user GROUP BY 1", "42601", `syntax error at or near "GROUP"`},
		"an order by no column":       {"SELECT usename FROM pg_user ORDER BY 2", "42601", "ORDER BY position 2 is not in select list"},
		"an order by column 0":        {"SELECT usename FROM pg_user ORDER BY 0", "42601", "ORDER BY position 0"},
		"an order by another column":  {"SELECT usename FROM pg_user ORDER BY usesysid", "42703", `column "usesysid" does not exist`},
		"a function in FROM of none":  {"SELECT * FROM lower('a') l(a text)", "42883", "function lower(unknown) does not exist"},
		"rows without their columns":  {"SELECT * FROM pg_get_iam_role_by_user('awsuser')", "42601", "syntax error at end of input"},
		"rows of other columns":       {"SELECT * FROM pg_get_iam_role_by_user('awsuser') r(a text)", "42804", "do not match"},
		"roles of no user":            {"SELECT pg_get_iam_role_by_user('nobody')", "42704", `user "nobody" does not exist`},
		"rows as a value":             {"SELECT pg_get_iam_role_by_user('awsuser'), 1", "42883", "does not exist"},
		"a great number":              {"SELECT 9223372036854775808", "22003", "out of range"},
		"a privilege nobody knows":    {"SELECT has_schema_privilege('public', 'fly')", "22023", `unrecognized privilege type: "fly"`},
		"privileges of nobody":        {"SELECT has_schema_privilege('nobody', 'public', 'usage')", "42704", `user "nobody" does not exist`},
		"privileges on no schema":     {"SELECT has_schema_privilege('s', 'usage')", "3F000", `schema "s" does not exist`},
		"a command nobody knows":      {"SELECT has_assumerole_privilege('" + roleARN + "', 'fly')", "22023", `unrecognized command type: "fly"`},
		"roles of nobody":             {"SELECT has_assumerole_privilege('nobody', '" + roleARN + "', 'copy')", "42704", "does not exist"},
		"too deep":                    {"SELECT " + strings.Repeat("(", 1000) + "1" + strings.Repeat(")", 1000), "54001", "stack depth limit exceeded"},
		"queries too deep":            {"SELECT " + strings.Repeat("(SELECT ", 1000) + "1" + strings.Repeat(")", 1000), "54001", "stack depth limit exceeded"},
	}
	d := with(t, "CREATE GROUP g")
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := d.Exec(database.Admin, test.sql)
			refusal := (*database.Error)(nil)
			if !errors.As(err, &refusal) || refusal.Code != test.code || !strings.Contains(refusal.Message, test.text) {
				t.Errorf("got %#v", err)
			}
		})
	}
}

// TestOthersPrivileges: "users can only view their own privileges" (Guide, HAS_ASSUMEROLE_PRIVILEGE).
func TestOthersPrivileges(t *testing.T) {
	d := with(t, people...)
	if _, err := d.Exec("ana", "SELECT has_assumerole_privilege('ben', '"+roleARN+"', 'COPY')"); err == nil {
		t.Error("ana sees the privileges of ben")
	}
}

// TestModels walks a member of a group from its grants to a model, and back.
func TestModels(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	d := with(t, append(people, "GRANT CREATE MODEL TO GROUP creators", "GRANT CREATE, USAGE ON SCHEMA ml TO GROUP creators")...)
	d.Now, d.Training = func() time.Time { return now }, time.Hour
	d.DefaultRole = func() string { return roleARN }
	sql := `CREATE MODEL ml."Churn" FROM (SELECT state, churn FROM customer_activity) TARGET churn FUNCTION predict_churn
		IAM_ROLE default AUTO ON MODEL_TYPE XGBOOST PROBLEM_TYPE BINARY_CLASSIFICATION OBJECTIVE 'F1' PREPROCESSORS '[]'
		SETTINGS (S3_BUCKET 'acme-redshift-ml', TAGS 'a=b', KMS_KEY_ID 'k', S3_GARBAGE_COLLECT OFF, MAX_CELLS 10, MAX_RUNTIME 1800)`
	if rows := run(t, d, "ana", sql); rows.Columns != nil {
		t.Errorf("CREATE MODEL has rows: %+v", rows)
	}
	shown := table(run(t, d, "ana", "SHOW MODEL ml.churn"))
	for _, want := range []string{
		"Model Name churn", "Schema Name ml", "Owner ana", "Creation Time Fri, 02.01.2026 03:04:05", "Model State TRAINING", "Target Column churn",
		"Model Type xgboost", "Problem Type binary_classification", "Objective F1", "Function Name predict_churn", "IAM Role " + roleARN,
		"S3 Bucket acme-redshift-ml", "KMS Key k", "Max Runtime 1800",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("SHOW MODEL lacks %q: %s", want, shown)
		}
	}
	if got := table(run(t, d, "ana", "SELECT model_state FROM svv_ml_model_info")); got != "model_state varchar: Train Model On SageMaker In Progress" {
		t.Error(got)
	}
	now = now.Add(time.Hour)
	if got := table(run(t, d, "ana", "SELECT model_state FROM svv_ml_model_info")); got != "model_state varchar: Model is Ready" {
		t.Error(got)
	}
	if got := table(run(t, d, "ben", "SHOW MODEL ALL")); got != "Schema Name varchar, Model Name varchar: " {
		t.Error(got)
	}
	run(t, d, "ana", "GRANT EXECUTE ON MODEL ml.churn TO ben WITH GRANT OPTION")
	if got := table(run(t, d, "ben", "SHOW MODEL ALL")); got != "Schema Name varchar, Model Name varchar: ml churn" {
		t.Error(got)
	}
	if got := table(run(t, d, "ben", "SHOW MODEL ml.churn")); strings.Contains(got, roleARN) || !strings.Contains(got, "READY") {
		t.Errorf("what a user with EXECUTE sees: %s", got)
	}
	run(t, d, "ben", "GRANT ALL PRIVILEGES ON MODEL ml.churn TO GROUP creators")
	run(t, d, "ana", "DROP MODEL ml.churn")
	run(t, d, "ana", "DROP MODEL IF EXISTS ml.churn")
	if got := table(run(t, d, database.Admin, "SELECT COUNT(*) FROM svv_ml_model_privileges")); got != "count int8: 0" {
		t.Errorf("a dropped model leaves privileges: %s", got)
	}
	run(t, d, "ana", sql)
}

func TestFormsOfCreateModel(t *testing.T) {
	for name, sql := range map[string]string{
		"from a table":        "CREATE MODEL m FROM ml.t TARGET 'Churn' FUNCTION ml.f IAM_ROLE 'ARN' SETTINGS (S3_BUCKET 'b')",
		"from a job":          "CREATE MODEL m FROM 'job' FUNCTION f (int, varchar(10), double precision, timestamp) RETURNS decimal(8, 2) IAM_ROLE 'ARN' SETTINGS (S3_BUCKET 'b')",
		"clusters":            "CREATE MODEL m FROM (SELECT a FROM t) FUNCTION f IAM_ROLE 'ARN' AUTO OFF MODEL_TYPE KMEANS PREPROCESSORS 'none' HYPERPARAMETERS DEFAULT EXCEPT (K '5') SETTINGS (S3_BUCKET 'b')",
		"XGBoost":             "CREATE MODEL m FROM t TARGET a FUNCTION f IAM_ROLE 'ARN' AUTO OFF MODEL_TYPE XGBOOST OBJECTIVE ('reg:logistic') PREPROCESSORS 'none' HYPERPARAMETERS DEFAULT SETTINGS (S3_BUCKET 'b')",
		"a problem in ()":     "CREATE MODEL m FROM t TARGET a FUNCTION f IAM_ROLE 'ARN' PROBLEM_TYPE (REGRESSION) SETTINGS (S3_BUCKET 'b')",
		"a forecast":          "CREATE MODEL m FROM t TARGET a FUNCTION f IAM_ROLE 'ARN' AUTO ON MODEL_TYPE FORECAST SETTINGS (S3_BUCKET 'b', HORIZON 5, FREQUENCY 'M', PERCENTILES '0.25')",
		"SageMaker's":         "CREATE MODEL m FUNCTION f (super) RETURNS super SAGEMAKER 'endpoint':'model' IAM_ROLE 'ARN' SETTINGS (MAX_BATCH_ROWS 10)",
		"SageMaker's, by job": "CREATE MODEL m FUNCTION f (int) RETURNS int SAGEMAKER 'endpoint' IAM_ROLE 'ARN'",
	} {
		t.Run(name, func(t *testing.T) {
			with(t, "CREATE SCHEMA ml", strings.ReplaceAll(sql, "ARN", roleARN))
		})
	}
}

func TestRoleCheck(t *testing.T) {
	asked := ""
	d := with(t)
	d.RoleCheck = func(arn string) error { asked = arn; return errors.New("not associated to cluster") }
	_, err := d.Exec(database.Admin, model("m"))
	if refusal := (*database.Error)(nil); !errors.As(err, &refusal) || refusal.Code != "XX000" || refusal.Message != "not associated to cluster" {
		t.Errorf("got %#v", err)
	}
	if asked != roleARN {
		t.Errorf("asked for %q", asked)
	}
	own := &database.Error{Code: "42501", Message: "no"}
	d.RoleCheck = func(string) error { return own }
	if _, err := d.Exec(database.Admin, model("m")); err != error(own) {
		t.Errorf("got %#v", err)
	}
	d.RoleCheck = func(string) error { return nil }
	run(t, d, database.Admin, model("m"))
}

// TestIAMUsers: the Data API makes a user for an IAM identity, who is no superuser (aws-facts 8.3)
// until a role says so.
func TestIAMUsers(t *testing.T) {
	d := with(t)
	const super = "SELECT COUNT(*) FROM pg_user WHERE usename = current_user AND usesuper"
	if got := table(run(t, d, "IAMR:Operator", super)); got != "count int8: 0" {
		t.Error(got)
	}
	if _, err := d.Exec("IAMR:Operator", "CREATE GROUP g"); err == nil {
		t.Error("an IAM identity creates groups")
	}
	run(t, d, database.Admin, `GRANT ROLE "sys:superuser" TO "IAMR:Operator"`)
	if got := table(run(t, d, "IAMR:Operator", super)); got != "count int8: 1" {
		t.Error(got)
	}
	run(t, d, "IAMR:Operator", "CREATE GROUP g")
	run(t, d, database.Admin, `REVOKE ROLE "sys:superuser" FROM "IAMR:Operator"`)
	if _, err := d.Exec("IAMR:Operator", "DROP GROUP g"); err == nil {
		t.Error("the role was not taken back")
	}
}

func TestFormsOfOtherStatements(t *testing.T) {
	d := with(t,
		"CREATE GROUP a; ", "CREATE GROUP b USER awsuser", `create user "Ana" with password 'md5c4ca4238a0b923820dcc509a6f75849b' createdb createuser
			syslog access unrestricted in group a, b valid until '2030-01-01' connection limit 5 session timeout 60 externalid 'x'`,
		"CREATE USER ben PASSWORD 'sha256|x' NOCREATEDB NOCREATEUSER CONNECTION LIMIT UNLIMITED EXTERNALID y", "CREATE USER eve PASSWORD 'Abcdefg1'",
		"ALTER GROUP a ADD USER ben, eve", `ALTER GROUP a DROP USER "Ana"`, "CREATE SCHEMA s AUTHORIZATION ben QUOTA 5 GB", "CREATE SCHEMA t QUOTA UNLIMITED",
		"CREATE ROLE r EXTERNALID e", "DROP ROLE r", "CREATE SCHEMA u QUOTA 7", "DROP SCHEMA IF EXISTS t, nothing RESTRICT", model("u.m"), "DROP SCHEMA u CASCADE",
		"REVOKE CREATE ON SCHEMA public FROM PUBLIC", "GRANT ALL ON SCHEMA s TO eve WITH GRANT OPTION", "REVOKE GRANT OPTION FOR ALTER, DROP ON SCHEMA s FROM eve RESTRICT",
		"GRANT USAGE ON SCHEMA s TO eve", "REVOKE ASSUMEROLE ON ALL FROM PUBLIC FOR COPY, UNLOAD, EXTERNAL FUNCTION")
	run(t, d, "ben", "GRANT USAGE ON SCHEMA s TO PUBLIC")
	run(t, d, "eve", "GRANT CREATE ON SCHEMA s TO GROUP a")
	if _, err := d.Exec("eve", "GRANT DROP ON SCHEMA s TO GROUP a"); err == nil {
		t.Error("eve grants what she may no longer grant")
	}
	got, err := json.Marshal(d.State())
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"users":[{"name":"Ana","superuser":true},{"name":"awsuser","superuser":true},{"name":"ben"},{"name":"eve"},{"name":"rdsdb","superuser":true}],` +
		`"groups":[{"name":"a","members":["ben","eve"]},{"name":"b","members":["Ana","awsuser"]}],` +
		`"roles":[{"name":"sys:dba","owner":"rdsdb"},{"name":"sys:monitor","owner":"rdsdb"},{"name":"sys:operator","owner":"rdsdb"},{"name":"sys:secadmin","owner":"rdsdb"},{"name":"sys:superuser","owner":"rdsdb"}],` +
		`"schemas":[{"name":"catalog_history","owner":"rdsdb"},{"name":"information_schema","owner":"rdsdb"},{"name":"pg_catalog","owner":"rdsdb"},{"name":"pg_internal","owner":"rdsdb"},{"name":"public","owner":"rdsdb"},{"name":"s","owner":"ben"}],` +
		`"models":[],` +
		`"privileges":[{"class":"IAM role","on":"ALL","privilege":"CREATE MODEL","kind":"public","to":"public"},` +
		`{"class":"schema","on":"public","privilege":"USAGE","kind":"public","to":"public"},` +
		`{"class":"schema","on":"s","privilege":"ALTER","kind":"user","to":"eve"},` +
		`{"class":"schema","on":"s","privilege":"CREATE","kind":"group","to":"a"},{"class":"schema","on":"s","privilege":"CREATE","kind":"user","to":"eve","grant_option":true},` +
		`{"class":"schema","on":"s","privilege":"DROP","kind":"user","to":"eve"},` +
		`{"class":"schema","on":"s","privilege":"USAGE","kind":"public","to":"public"},{"class":"schema","on":"s","privilege":"USAGE","kind":"user","to":"eve","grant_option":true}]}`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestStateHasNoOrder: databases that hold the same are the same, whatever ran first.
func TestStateHasNoOrder(t *testing.T) {
	a := with(t, "CREATE GROUP a", "CREATE GROUP b", "GRANT CREATE MODEL TO GROUP a", "GRANT CREATE MODEL TO GROUP b")
	b := with(t, "CREATE GROUP b", "GRANT CREATE MODEL TO GROUP b", "CREATE GROUP a", "GRANT CREATE MODEL TO GROUP a")
	if !reflect.DeepEqual(a.State(), b.State()) {
		t.Error("the order of the statements shows")
	}
}

// TestBatch: "any failure rolls back all" (aws-facts 8.1).
func TestBatch(t *testing.T) {
	d := with(t, people...)
	before := d.State()
	answers, err := d.Batch(database.Admin, []string{
		"CREATE GROUP g", "ALTER GROUP creators ADD USER ben", "GRANT ROLE r TO ana", "GRANT CREATE MODEL TO GROUP g", "SELECT COUNT(*) FROM pg_group",
		"DROP SCHEMA ml", "CREATE GROUP g", "CREATE GROUP never",
	})
	if err == nil || err.Error() != `ERROR: group "g" already exists` {
		t.Errorf("got %v", err)
	}
	if len(answers) != 6 || table(answers[4]) != "count int8: 2" {
		t.Errorf("got %v", answers)
	}
	if !reflect.DeepEqual(before, d.State()) {
		t.Error("a batch that failed left something behind")
	}
	if answers, err = d.Batch(database.Admin, []string{"CREATE GROUP g", "GRANT CREATE MODEL TO GROUP g"}); err != nil || len(answers) != 2 {
		t.Errorf("got %v, %v", answers, err)
	}
	run(t, d, database.Admin, "REVOKE CREATE MODEL FROM GROUP g")
}

func TestNewFor(t *testing.T) {
	d := database.NewFor("Chief")
	run(t, d, "Chief", "CREATE GROUP g")
	if _, err := d.Exec(database.Admin, "SELECT 1"); err == nil {
		t.Error("there is an awsuser beside the admin")
	}
	if _, err := d.Batch(database.Admin, []string{"SELECT 1"}); err == nil {
		t.Error("and in a batch")
	}
}

// TestConcurrentStatements loses nothing. Run it with -race.
func TestConcurrentStatements(t *testing.T) {
	d := with(t)
	var clients sync.WaitGroup
	for i := range 200 {
		clients.Go(func() {
			for _, sql := range []string{"CREATE GROUP g%d", "GRANT CREATE MODEL TO GROUP g%d", "SELECT COUNT(*) FROM pg_group WHERE groname = 'g%d'"} {
				if _, err := d.Exec(database.Admin, fmt.Sprintf(sql, i)); err != nil {
					t.Error(err)
				}
			}
			d.State()
		})
	}
	clients.Wait()
	if got := table(run(t, d, database.Admin, "SELECT COUNT(DISTINCT identity_name) FROM svv_language_privileges")); got != "count int8: 200" {
		t.Error(got)
	}
}
