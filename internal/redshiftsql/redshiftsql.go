// Package redshiftsql writes the SQL of Redshift's permission model: groups, schemas, grants, and
// the counting queries that tell whether a statement is still needed.
//
// Every identifier passes through Ident and every string through Literal; nothing else in the
// program quotes SQL. The package is pure and must not know where statements run.
package redshiftsql

import (
	"fmt"
	"strings"

	"onramp/internal/plan"
)

// Ident quotes an identifier. Redshift folds names to lower case even inside quotes, unless the
// session asks otherwise (Amazon Redshift Database Developer Guide, Names and identifiers).
func Ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Literal quotes a string. A backslash would start an escape in Redshift, so it is doubled too.
func Literal(s string) string {
	return `'` + strings.ReplaceAll(strings.ReplaceAll(s, `'`, `''`), `\`, `\\`) + `'`
}

// Fold is a name as Redshift keeps it: ASCII letters in lower case, all others as they are (Amazon
// Redshift Database Developer Guide, Names and identifiers).
func Fold(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

// is compares a column of a catalog with a name: folded, and as it is for databases that keep case.
func is(column, name string) string {
	if folded := Fold(name); folded != name {
		return column + " IN (" + Literal(folded) + ", " + Literal(name) + ")"
	}
	return column + " = " + Literal(name)
}

// Qualified is a name in a schema.
func Qualified(schema, name string) string { return Ident(schema) + "." + Ident(name) }

// CreateGroup makes a group. CREATE GROUP has no IF NOT EXISTS, hence the query before it. DROP GROUP
// drops a group with its members in it, and who they were is lost then.
func CreateGroup(group string) plan.Statement {
	there := "SELECT COUNT(*) FROM pg_group WHERE " + is("groname", group)
	members := "SELECT COUNT(*) FROM pg_user, pg_group WHERE usesysid = ANY(grolist) AND " + is("groname", group)
	return plan.Statement{
		Title:   "create group " + group,
		Text:    "CREATE GROUP " + Ident(group),
		Undo:    "DROP GROUP " + Ident(group),
		Holds:   there,
		Want:    "1",
		Remains: "SELECT CASE WHEN (" + members + ") > 0 THEN 2 ELSE (" + there + ") END",
	}
}

// CreateSchema makes a schema for models. RESTRICT is the default of DROP SCHEMA, and said all the same:
// a schema may hold what others made.
func CreateSchema(schema string) plan.Statement {
	return plan.Statement{
		Title: "create schema " + schema,
		Text:  "CREATE SCHEMA IF NOT EXISTS " + Ident(schema),
		Undo:  "DROP SCHEMA " + Ident(schema) + " RESTRICT",
		Holds: "SELECT COUNT(*) FROM pg_namespace WHERE " + is("nspname", schema),
		Want:  "1",
	}
}

// GrantCreateModel lets a group create models. The privilege is not tied to a schema: CREATE on a
// schema says where (Amazon Redshift Database Developer Guide, GRANT).
func GrantCreateModel(group string) plan.Statement {
	return plan.Statement{
		Title: "let group " + group + " create models",
		Text:  "GRANT CREATE MODEL TO GROUP " + Ident(group),
		Undo:  "REVOKE CREATE MODEL FROM GROUP " + Ident(group),
		Holds: "SELECT COUNT(*) FROM svv_language_privileges WHERE language_name = 'mlfunc' AND privilege_type = 'USAGE'" + grantee(group),
		Want:  "1",
	}
}

// GrantSchema gives a group privileges on a schema: "CREATE", "USAGE".
func GrantSchema(schema, group string, privileges ...string) plan.Statement {
	list := strings.Join(privileges, ", ")
	quoted := make([]string, len(privileges))
	for i, p := range privileges {
		quoted[i] = Literal(p)
	}
	return plan.Statement{
		Title: "grant " + list + " on schema " + schema + " to group " + group,
		Text:  "GRANT " + list + " ON SCHEMA " + Ident(schema) + " TO GROUP " + Ident(group),
		Undo:  "REVOKE " + list + " ON SCHEMA " + Ident(schema) + " FROM GROUP " + Ident(group),
		Holds: "SELECT COUNT(DISTINCT privilege_type) FROM svv_schema_privileges WHERE " + is("namespace_name", schema) +
			" AND privilege_type IN (" + strings.Join(quoted, ", ") + ")" + grantee(group),
		Want: fmt.Sprint(len(privileges)),
	}
}

// RevokeAssumeRole takes the use of IAM roles away from everybody but superusers. Without it
// GrantAssumeRole restricts nothing. It is needed as long as PUBLIC has the privilege, or as long
// as none of the grants that come after it is there: where PUBLIC's privilege is not listed, only
// they show that it was run. It is taken back only where nobody has been granted the use of a role: such
// a grant would mean nothing any more.
func RevokeAssumeRole(firstGroup, firstRole string) plan.Statement {
	return plan.Statement{
		Title: "take the use of IAM roles away from PUBLIC",
		Text:  "REVOKE ASSUMEROLE ON ALL FROM PUBLIC FOR ALL",
		Undo:  "GRANT ASSUMEROLE ON ALL TO PUBLIC FOR ALL",
		Holds: "SELECT CASE WHEN (SELECT COUNT(*) FROM svv_iam_privileges WHERE identity_type = 'public') = 0 AND (" +
			assumeRoleCount(firstRole, firstGroup) + ") > 0 THEN 1 ELSE 0 END",
		Want: "1",
		Remains: "SELECT CASE WHEN (SELECT COUNT(*) FROM svv_iam_privileges WHERE identity_type = 'public') > 0 THEN 0 " +
			"WHEN (SELECT COUNT(*) FROM svv_iam_privileges) > 0 THEN 2 ELSE 1 END",
	}
}

// GrantAssumeRole lets a group use a role in CREATE MODEL.
func GrantAssumeRole(roleARN, group string) plan.Statement {
	return plan.Statement{
		Title: "let group " + group + " use its role in CREATE MODEL",
		Text:  "GRANT ASSUMEROLE ON " + Literal(roleARN) + " TO GROUP " + Ident(group) + " FOR CREATE MODEL",
		Undo:  "REVOKE ASSUMEROLE ON " + Literal(roleARN) + " FROM GROUP " + Ident(group) + " FOR CREATE MODEL",
		Holds: assumeRoleCount(roleARN, group),
		Want:  "1",
	}
}

func assumeRoleCount(roleARN, group string) string {
	return "SELECT COUNT(*) FROM svv_iam_privileges WHERE iam_arn = " + Literal(roleARN) + " AND command_type = 'CREATE MODEL'" + grantee(group)
}

func grantee(group string) string {
	return " AND identity_type = 'group' AND " + is("identity_name", group)
}

// GrantExecute lets a group predict with a model, which must exist.
func GrantExecute(schema, model, group string) string {
	return "GRANT EXECUTE ON MODEL " + Qualified(schema, model) + " TO GROUP " + Ident(group)
}

// RevokeExecute takes GrantExecute back.
func RevokeExecute(schema, model, group string) string {
	return "REVOKE EXECUTE ON MODEL " + Qualified(schema, model) + " FROM GROUP " + Ident(group)
}

// Model is a first CREATE MODEL statement to start from.
type Model struct {
	Schema, Name, Function string // the function is made in the schema of the model
	RoleARN                string // "" : the warehouse's default role
	Bucket                 string
	KeyID                  string // "" : none
}

// SQL writes the statement. The query and the target column are the reader's to replace.
func (m Model) SQL() string {
	role := "default"
	if m.RoleARN != "" {
		role = Literal(m.RoleARN)
	}
	settings := "S3_BUCKET " + Literal(m.Bucket)
	if m.KeyID != "" {
		settings += ", KMS_KEY_ID " + Literal(m.KeyID)
	}
	return strings.Join([]string{
		"CREATE MODEL " + Qualified(m.Schema, m.Name),
		"FROM (SELECT feature_1, feature_2, outcome FROM your_training_table)",
		"TARGET outcome",
		"FUNCTION " + Ident(m.Function),
		"IAM_ROLE " + role,
		"SETTINGS (" + settings + ", MAX_RUNTIME 1800)",
	}, "\n")
}
