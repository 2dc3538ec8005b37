package database_test

import (
	"strings"
	"testing"

	"onramp/internal/practice/database"
)

// fact is one row of aws-facts 7.7: what is not so before a statement, is so after it, and is not so
// again once it is taken back.
type fact struct {
	do, undo   string
	query      string
	from, then string // what the query answers, without the columns
}

const otherARN = "arn:aws:iam::000000000000:role/other"

// facts follow each other on one database, which people have.
var facts = map[string]fact{
	"who may create models":   {"GRANT CREATE MODEL TO GROUP creators", "REVOKE CREATE MODEL FROM GROUP creators", "SELECT privilege_type, identity_name, identity_type FROM svv_language_privileges WHERE language_name='mlfunc'", "", "USAGE creators group"},
	"which role may":          {"GRANT CREATE MODEL TO ROLE r", "REVOKE CREATE MODEL FROM ROLE r", "SELECT system_privilege, identity_name, identity_type FROM svv_system_privileges", "", "CREATE MODEL r role"},
	"groups are not in there": {"GRANT CREATE MODEL TO GROUP creators, ben", "REVOKE CREATE MODEL FROM GROUP creators, ben", "SELECT COUNT(*) FROM svv_system_privileges", "0", "0"},
	"who may predict":         {"GRANT EXECUTE ON MODEL ml.m TO GROUP creators", "REVOKE EXECUTE ON MODEL ml.m FROM GROUP creators", "SELECT namespace_name, model_name, privilege_type, identity_name, admin_option FROM svv_ml_model_privileges", "", "ml m EXECUTE creators false"},
	"who may use a schema":    {"GRANT CREATE, USAGE ON SCHEMA ml TO GROUP creators", "REVOKE CREATE, USAGE ON SCHEMA ml FROM GROUP creators", "SELECT privilege_type, identity_name FROM svv_schema_privileges WHERE namespace_name = 'ml' ORDER BY privilege_type DESC", "", "USAGE creators; CREATE creators"},
	"may a member":            {"GRANT USAGE ON SCHEMA ml TO GROUP creators", "REVOKE USAGE ON SCHEMA ml FROM GROUP creators", "SELECT has_schema_privilege('ana', 'ml', 'usage')", "false", "true"},
	"who may use a database":  {"GRANT CREATE, TEMPORARY ON DATABASE dev TO GROUP creators", "REVOKE ALL ON DATABASE dev FROM GROUP creators", "SELECT * FROM svv_database_privileges ORDER BY 2", "", "dev CREATE 108 creators group false DATABASE; dev TEMP 108 creators group false DATABASE"},
	"no table is there":       {"GRANT USAGE ON SCHEMA ml TO GROUP creators", "REVOKE USAGE ON SCHEMA ml FROM GROUP creators", "SELECT DISTINCT namespace_name, relation_name, identity_name, identity_type FROM svv_relation_privileges WHERE identity_type='group' AND identity_name='creators'", "", ""},
	"nor a function":          {"GRANT EXECUTE ON MODEL ml.m TO GROUP creators", "REVOKE EXECUTE ON MODEL ml.m FROM GROUP creators", "SELECT namespace_name,function_name,argument_types,privilege_type,identity_name,identity_type,admin_option FROM svv_function_privileges", "", ""},
	"the models":              {model("ml.n"), "DROP MODEL ml.n", "SELECT schema_name, user_name, model_name, life_cycle, is_refreshable, model_state FROM svv_ml_model_info WHERE model_name = 'n'", "", "ml awsuser n Ready 1 Model is Ready"},
	"the same of the cluster": {model("ml.n"), "DROP MODEL ml.n", "SELECT * FROM stv_ml_model_info WHERE model_name = 'n'", "", "ml awsuser n Ready 1 Model is Ready"},
	"who may use a role":      {"GRANT ASSUMEROLE ON '" + roleARN + "' TO GROUP creators FOR CREATE MODEL", "REVOKE ASSUMEROLE ON '" + roleARN + "' FROM GROUP creators FOR CREATE MODEL", "SELECT command_type, identity_name, identity_type FROM svv_iam_privileges WHERE iam_arn = '" + roleARN + "'", "", "CREATE MODEL creators group"},
	"may the caller":          {"REVOKE ASSUMEROLE ON ALL FROM PUBLIC FOR CREATE MODEL", "GRANT ASSUMEROLE ON ALL TO PUBLIC FOR CREATE MODEL", "SELECT has_assumerole_privilege('ana', '" + roleARN + "', 'CREATE MODEL')", "true", "false"},
	"whom a role is granted to": {
		"GRANT ASSUMEROLE ON '" + roleARN + "' TO GROUP creators, ben FOR UNLOAD, CREATE MODEL", "REVOKE ASSUMEROLE ON '" + roleARN + "' FROM GROUP creators, ben FOR ALL",
		"select pg_get_grantee_by_iam_role('" + roleARN + "')", "(public,p,COPY|UNLOAD|EXFUNC|CREATE MODEL)",
		"(public,p,COPY|UNLOAD|EXFUNC|CREATE MODEL); (creators,g,UNLOAD|CREATE MODEL); (ben,u,UNLOAD|CREATE MODEL)",
	},
	"the same as a table": {
		"REVOKE ASSUMEROLE ON ALL FROM PUBLIC FOR ALL", "GRANT ASSUMEROLE ON ALL TO PUBLIC FOR ALL",
		"select grantee, grantee_type, cmd_type FROM pg_get_grantee_by_iam_role('" + roleARN + "') res_grantee(grantee text, grantee_type text, cmd_type text) ORDER BY 1,2,3",
		"public p COPY|UNLOAD|EXFUNC|CREATE MODEL", "",
	},
	"which roles a user may use": {
		"GRANT ASSUMEROLE ON '" + otherARN + "' TO GROUP creators FOR COPY", "REVOKE ASSUMEROLE ON '" + otherARN + "' FROM GROUP creators FOR COPY",
		"select username, iam_role, cmd FROM pg_get_iam_role_by_user('ana') AS res_iam_role(username text, iam_role text, cmd varchar(100)) WHERE cmd = 'COPY'", "", "ana " + otherARN + " COPY",
	},
	"the members of a group": {"ALTER GROUP creators ADD USER ben", "ALTER GROUP creators DROP USER ben", "SELECT u.usename FROM pg_group g JOIN pg_user u ON u.usesysid = ANY(g.grolist) WHERE g.groname = 'creators' ORDER BY usename DESC", "ana", "ben; ana"},
	"the groups":             {"CREATE GROUP g", "DROP GROUP g", "SELECT groname FROM pg_group ORDER BY groname", "creators", "creators; g"},
	"the schemas":            {"CREATE SCHEMA s", "DROP SCHEMA s", "SELECT database_name, schema_owner, schema_type FROM svv_all_schemas WHERE schema_name = 's'", "", "dev 100 local"},
	"the first groups":       {"CREATE GROUP a", "DROP GROUP a", "SELECT groname FROM pg_group ORDER BY groname LIMIT 1", "creators", "a"},
	"no groups":              {"CREATE GROUP g", "DROP GROUP g", "SELECT groname FROM pg_group LIMIT 0", "", ""},
	"schemas by a pattern":   {"CREATE SCHEMA pgx", "DROP SCHEMA pgx", "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'pg%' AND nspname NOT LIKE 'pg!_%' ESCAPE '!'", "", "pgx"},
	"groups by a pattern":    {"CREATE GROUP g_1", "DROP GROUP g_1", `SELECT groname FROM pg_group WHERE groname LIKE 'g\\__' OR groname LIKE '_'`, "", "g_1"},
	"the databases":          {"CREATE GROUP g", "DROP GROUP g", "SELECT datname FROM pg_database ORDER BY 1 LIMIT ALL", "dev; padb_harvest; template0; template1", "dev; padb_harvest; template0; template1"},
	"the users":              {"CREATE USER u PASSWORD DISABLE CREATEUSER", "", "SELECT user_name, superuser, syslog_access FROM svv_user_info WHERE user_name = 'u'", "", "u true RESTRICTED"},
	"the roles":              {"CREATE ROLE s", "DROP ROLE s", "SELECT role_owner FROM svv_roles WHERE role_name = 's'", "", "awsuser"},
}

func TestFactsFollowTheState(t *testing.T) {
	for name, f := range facts {
		t.Run(name, func(t *testing.T) {
			d := with(t, append(people, model("ml.m"))...)
			answers := func(want string) {
				t.Helper()
				_, have, _ := strings.Cut(table(run(t, d, database.Admin, f.query)), ": ")
				if have != want {
					t.Errorf("%s:\nwant %s\nhave %s", f.query, want, have)
				}
			}
			answers(f.from)
			run(t, d, database.Admin, f.do)
			answers(f.then)
			if f.undo != "" {
				run(t, d, database.Admin, f.undo)
				answers(f.from)
			}
		})
	}
}

// A group can be dropped once everything is taken back that it was granted (Guide, DROP GROUP).
func TestGroupsWithPrivilegesStay(t *testing.T) {
	d := with(t, append(people, model("ml.m"))...)
	for grant, revoke := range map[string]string{
		"GRANT CREATE MODEL TO GROUP creators":                                           "REVOKE CREATE MODEL FROM GROUP creators",
		"GRANT USAGE ON SCHEMA ml TO GROUP creators":                                     "REVOKE ALL ON SCHEMA ml FROM GROUP creators",
		"GRANT CREATE ON DATABASE dev TO GROUP creators":                                 "REVOKE CREATE ON DATABASE dev FROM GROUP creators",
		"GRANT EXECUTE ON MODEL ml.m TO GROUP creators":                                  "REVOKE EXECUTE ON MODEL ml.m FROM GROUP creators",
		"GRANT ASSUMEROLE ON default TO GROUP creators FOR COPY":                         "REVOKE ASSUMEROLE ON default FROM GROUP creators FOR ALL",
		"GRANT ASSUMEROLE ON '" + roleARN + "' TO GROUP creators FOR CREATE MODEL, COPY": "REVOKE ASSUMEROLE ON '" + roleARN + "' FROM GROUP creators FOR CREATE MODEL, COPY",
	} {
		run(t, d, database.Admin, grant)
		_, err := d.Exec(database.Admin, "DROP GROUP creators")
		if err == nil || err.Error() != `ERROR: group "creators" can't be dropped because the group has a privilege on some object` {
			t.Errorf("after %s: %v", grant, err)
		}
		run(t, d, database.Admin, revoke)
	}
	run(t, d, database.Admin, "DROP GROUP creators")
}

func TestOrderAndDistinct(t *testing.T) {
	d := with(t, append(people, "CREATE GROUP empty", "GRANT CREATE, USAGE ON SCHEMA ml TO ana, ben")...)
	for query, want := range map[string]string{
		"SELECT usename FROM pg_user ORDER BY 1 DESC":                                                          "rdsdb; ben; awsuser; ana",
		"SELECT usesuper, usename FROM pg_user ORDER BY usesuper DESC, 2 ASC":                                  "true awsuser; true rdsdb; false ana; false ben",
		"SELECT DISTINCT usesuper FROM pg_user ORDER BY 1":                                                     "false; true",
		"SELECT DISTINCT identity_name FROM svv_schema_privileges WHERE namespace_name = 'ml'":                 "ana; ben",
		"SELECT DISTINCT grolist FROM pg_group ORDER BY grolist":                                               "{106}; {}",
		"SELECT CASE WHEN usesuper THEN usename END AS n FROM pg_user ORDER BY n":                              "awsuser; rdsdb; <nil>; <nil>",
		"SELECT CASE WHEN usesuper THEN usename END AS n FROM pg_user ORDER BY n DESC":                         "<nil>; <nil>; rdsdb; awsuser",
		"SELECT (SELECT usename FROM pg_user WHERE usename = 'ana' ORDER BY 1)":                                "ana",
		"SELECT COUNT(*) FROM pg_user ORDER BY 1":                                                              "4",
		"SELECT cmd FROM pg_get_iam_role_by_user('ben') r(u text, role text, cmd text) JOIN pg_group ON FALSE": "",
	} {
		_, have, _ := strings.Cut(table(run(t, d, database.Admin, query)), ": ")
		if have != want {
			t.Errorf("%s:\nwant %s\nhave %s", query, want, have)
		}
	}
}

// What a user sees who is no superuser.
func TestOthersSeeTheirOwn(t *testing.T) {
	d := with(t, append(people, "GRANT CREATE ON DATABASE dev TO ana", "GRANT CREATE MODEL TO ROLE r")...)
	if have := table(run(t, d, "ben", "SELECT user_name FROM svv_user_info")); have != "user_name varchar: ben" {
		t.Error(have)
	}
	if have := table(run(t, d, "ben", "SELECT COUNT(*) FROM svv_database_privileges")); have != "count int8: 0" {
		t.Error(have)
	}
	for _, sql := range []string{"SELECT pg_get_grantee_by_iam_role('" + roleARN + "')", "SELECT a FROM pg_get_iam_role_by_user('ben') r(a text, b text, c text)"} {
		if _, err := d.Exec("ben", sql); err == nil || !strings.Contains(err.Error(), "permission denied for function") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	run(t, d, "ana", "CREATE SCHEMA own") // CREATE on the database is for that
	if _, err := d.Exec("ben", "CREATE SCHEMA own_too"); err == nil {
		t.Error("ben makes a schema")
	}
	if _, err := d.Exec(database.Admin, "GRANT CREATE ON DATABASE prod TO ana"); err == nil || err.Error() != `ERROR: database "prod" does not exist` {
		t.Error(err)
	}
	if _, err := d.Exec(database.Admin, "GRANT EXECUTE ON DATABASE dev TO ana"); err == nil || !strings.Contains(err.Error(), "invalid privilege type EXECUTE for database") {
		t.Error(err)
	}
}

func TestMark(t *testing.T) {
	d := with(t, people...)
	back := d.Mark()
	run(t, d, database.Admin, "CREATE GROUP g")
	if !back() {
		t.Error("a statement is not taken back")
	}
	if have := table(run(t, d, database.Admin, "SELECT COUNT(*) FROM pg_group")); have != "count int8: 1" {
		t.Error(have)
	}
	if back() {
		t.Error("a statement is taken back twice")
	}
	back = d.Mark()
	run(t, d, database.Admin, "CREATE GROUP g")
	run(t, d, database.Admin, "CREATE GROUP h")
	if back() {
		t.Error("a statement is taken back that another came after")
	}
}
