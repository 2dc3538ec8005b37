package database

import (
	"iter"
	"slices"
)

// This file shows the state as Redshift's catalog does (Guide, System catalog tables and SVV
// metadata views).

// column is a column of a view.
type column struct {
	name string
	kind valueKind
}

// view is a catalog table or view.
type view struct {
	columns []column
	rows    func(*session) iter.Seq[[]Value]
}

func texts(names ...string) []column {
	columns := make([]column, len(names))
	for i, name := range names {
		columns[i] = column{name, textKind}
	}
	return columns
}

// whom are the columns of an identity.
var whom = []column{{"identity_id", longKind}, {"identity_name", textKind}, {"identity_type", textKind}}

var option = []column{{"admin_option", boolKind}}

// views by name.
var views = map[string]view{
	"pg_user": {
		[]column{
			{"usename", textKind},
			{"usesysid", longKind},
			{"usecreatedb", boolKind},
			{"usesuper", boolKind},
			{"usecatupd", boolKind},
			{"passwd", textKind},
			{"valuntil", textKind},
			{"useconfig", textKind},
		},
		users,
	},
	"pg_group":                {[]column{{"groname", textKind}, {"grosysid", longKind}, {"grolist", listKind}}, groups},
	"pg_namespace":            {[]column{{"nspname", textKind}, {"nspowner", longKind}, {"nspacl", textKind}}, namespaces},
	"pg_database":             {texts("datname"), databases},
	"svv_roles":               {[]column{{"role_id", longKind}, {"role_name", textKind}, {"role_owner", textKind}, {"external_id", textKind}}, roles},
	"svv_language_privileges": {slices.Concat(texts("language_name", "privilege_type"), whom, option), languagePrivileges},
	"svv_schema_privileges":   {slices.Concat(texts("namespace_name", "privilege_type"), whom, option, texts("privilege_scope")), schemaGrants},
	"svv_ml_model_privileges": {slices.Concat(texts("namespace_name", "model_name"), []column{{"model_version", longKind}}, texts("privilege_type"), whom, option), modelGrants},
	"svv_iam_privileges":      {slices.Concat(texts("iam_arn", "command_type"), whom), roleGrants},
	"svv_database_privileges": {slices.Concat(texts("database_name", "privilege_type"), whom, option, texts("privilege_scope")), databaseGrants},
	"svv_system_privileges":   {slices.Concat(texts("system_privilege"), whom), systemGrants},

	// There are no tables here, and functions are only those of models, whose privileges are the models'.
	"svv_relation_privileges": {slices.Concat(texts("namespace_name", "relation_name", "privilege_type"), whom, option), nothing},
	"svv_function_privileges": {slices.Concat(texts("namespace_name", "function_name", "argument_types", "privilege_type"), whom, option), nothing},

	"svv_all_schemas": {
		[]column{
			{"database_name", textKind},
			{"schema_name", textKind},
			{"schema_owner", longKind},
			{"schema_type", textKind},
			{"schema_acl", textKind},
			{"source_database", textKind},
			{"schema_option", textKind},
		},
		allSchemas,
	},
	"svv_user_info": {
		[]column{
			{"user_name", textKind},
			{"user_id", longKind},
			{"createdb", boolKind},
			{"superuser", boolKind},
			{"catalog_update", boolKind},
			{"connection_limit", textKind},
			{"syslog_access", textKind},
			{"last_ddl_timestamp", textKind},
			{"session_timeout", longKind},
			{"external_user_id", textKind},
		},
		userInfo,
	},
	"svv_ml_model_info": {
		slices.Concat(texts("database_name", "schema_name", "user_name", "model_name", "life_cycle"), []column{{"is_refreshable", longKind}}, texts("model_state")),
		modelInfo,
	},
	"stv_ml_model_info": { // the same less the database (aws-facts 7.7)
		slices.Concat(texts("schema_name", "user_name", "model_name", "life_cycle"), []column{{"is_refreshable", longKind}}, texts("model_state")),
		func(s *session) iter.Seq[[]Value] {
			return rowsOf(modelInfo(s), func(row []Value) []Value { return row[1:] })
		},
	},
}

func nothing(*session) iter.Seq[[]Value] { return func(func([]Value) bool) {} }

func allSchemas(s *session) iter.Seq[[]Value] {
	return rowsOf(s.state.schemas.all(), func(n *schema) []Value {
		return []Value{s.Name, n.name, s.state.idOf(identity{userIdentity, n.owner}), "local", nil, nil, nil}
	})
}

// userInfo: "Superusers can see all rows; regular users can see only their own data". What is said of
// a user's connections is the default.
func userInfo(s *session) iter.Seq[[]Value] {
	return func(yield func([]Value) bool) {
		for u := range s.state.users.all() {
			if u != s.user && !s.user.isSuperuser() {
				continue
			}
			if !yield([]Value{u.name, u.id, u.createsDBs, u.isSuperuser(), u.isSuperuser(), "UNLIMITED", "RESTRICTED", nil, int64(0), nil}) {
				return
			}
		}
	}
}

func databaseGrants(s *session) iter.Seq[[]Value] {
	return s.privilegeRows(onDatabase, func(p privilege) []Value {
		return []Value{p.on.name, p.name, s.state.idOf(p.to), p.to.name, p.to.kind, p.grantor, "DATABASE"}
	})
}

// systemGrants lists what only roles have: of the system permissions there is CREATE MODEL alone. How
// Redshift shows one that a role was given by GRANT CREATE MODEL is UNVERIFIED.
func systemGrants(s *session) iter.Seq[[]Value] {
	return func(yield func([]Value) bool) {
		for row := range languagePrivileges(s) {
			if row[4] == roleIdentity && !yield([]Value{"CREATE MODEL", row[2], row[3], row[4]}) {
				return
			}
		}
	}
}

func users(s *session) iter.Seq[[]Value] {
	return rowsOf(s.state.users.all(), func(u *user) []Value {
		return []Value{u.name, u.id, u.createsDBs, u.isSuperuser(), u.isSuperuser(), "********", nil, nil}
	})
}

func groups(s *session) iter.Seq[[]Value] {
	return rowsOf(s.state.groups.all(), func(g *group) []Value {
		members := []int64{}
		for _, name := range sorted(g.members) {
			members = append(members, s.state.idOf(identity{userIdentity, name}))
		}
		return []Value{g.name, g.id, members}
	})
}

func namespaces(s *session) iter.Seq[[]Value] {
	return rowsOf(s.state.schemas.all(), func(n *schema) []Value {
		return []Value{n.name, s.state.idOf(identity{userIdentity, n.owner}), nil}
	})
}

// databases are the one that there is and those of the system: padb_harvest is Redshift's own, and from the templates
// new ones are made (PostgreSQL 8.0, pg_database).
func databases(s *session) iter.Seq[[]Value] {
	return rowsOf(slices.Values([]string{s.Name, "padb_harvest", "template1", "template0"}), func(name string) []Value { return []Value{name} })
}

func roles(s *session) iter.Seq[[]Value] {
	return rowsOf(s.state.roles.all(), func(r *role) []Value { return []Value{r.id, r.name, r.owner, nil} })
}

func languagePrivileges(s *session) iter.Seq[[]Value] {
	return s.privilegeRows(onLanguage, func(p privilege) []Value {
		return []Value{p.on.name, p.name, s.state.idOf(p.to), p.to.name, p.to.kind, p.grantor}
	})
}

func schemaGrants(s *session) iter.Seq[[]Value] {
	return s.privilegeRows(onSchema, func(p privilege) []Value {
		return []Value{p.on.name, p.name, s.state.idOf(p.to), p.to.name, p.to.kind, p.grantor, "SCHEMA"}
	})
}

func modelGrants(s *session) iter.Seq[[]Value] {
	return s.privilegeRows(onModel, func(p privilege) []Value {
		return []Value{p.on.schema, p.on.name, int64(1), p.name, s.state.idOf(p.to), p.to.name, p.to.kind, p.grantor}
	})
}

func roleGrants(s *session) iter.Seq[[]Value] {
	return s.privilegeRows(onIAMRole, func(p privilege) []Value {
		return []Value{p.on.name, p.name, s.state.idOf(p.to), p.to.name, p.to.kind}
	})
}

// modelInfo: "Superusers can see all rows; regular users can see only their own data". The guide
// does not list the values of life_cycle: ours are a guess.
func modelInfo(s *session) iter.Seq[[]Value] {
	return func(yield func([]Value) bool) {
		for m := range s.state.models.all() {
			if m.owner != s.user.name && !s.user.isSuperuser() {
				continue
			}
			cycle, state := "Ready", "Model is Ready"
			if !s.ready(m) {
				cycle, state = "Training", "Train Model On SageMaker In Progress"
			}
			if !yield([]Value{s.Name, m.schema, m.owner, m.name, cycle, int64(1), state}) {
				return
			}
		}
	}
}

// privilegeRows shows the privileges on one kind of thing. Users who are no superusers "can only see
// identities they have access to or own".
func (s *session) privilegeRows(on class, row func(privilege) []Value) iter.Seq[[]Value] {
	var own []identity
	if !s.user.isSuperuser() {
		own = s.state.identities(s.user)
	}
	return func(yield func([]Value) bool) {
		for p := range s.state.privileges.all() {
			if p.class != on || own != nil && !slices.Contains(own, p.to) {
				continue
			}
			if !yield(row(p)) {
				return
			}
		}
	}
}

// idOf is the id of an identity that is there; PUBLIC has 0.
func (s *state) idOf(to identity) int64 {
	id, _ := s.find(to)
	return id
}

func rowsOf[T any](things iter.Seq[T], row func(T) []Value) iter.Seq[[]Value] {
	return func(yield func([]Value) bool) {
		for thing := range things {
			if !yield(row(thing)) {
				return
			}
		}
	}
}
