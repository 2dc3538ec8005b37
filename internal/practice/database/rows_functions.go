package database

import (
	"iter"
	"slices"
	"strings"
)

// This file has the functions that give rows. Both are for superusers, and tell who may use which IAM
// role (Guide, PG_GET_GRANTEE_BY_IAM_ROLE, PG_GET_IAM_ROLE_BY_USER).

// rowFunctions by name: each gives rows of three texts.
var rowFunctions = map[string]func(s *session, argument string) ([][3]string, error){
	"pg_get_grantee_by_iam_role": granteesOf,
	"pg_get_iam_role_by_user":    rolesOf,
}

// table is a function in FROM, with the columns that the query gives it.
func (f source) table(s *session) (view, error) {
	function, known := rowFunctions[f.view]
	if !known {
		return view{}, errorf(undefinedFunction, "function %s(unknown) does not exist", f.view)
	}
	rows, err := s.asSuperuser(f.view, function, f.argument)
	if err != nil {
		return view{}, err
	}
	if len(f.columns) != 3 {
		return view{}, errorf(datatypeMismatch, "function return row and query-specified return row do not match")
	}
	return view{texts(f.columns...), func(*session) iter.Seq[[]Value] {
		return rowsOf(slices.Values(rows), func(row [3]string) []Value { return []Value{row[0], row[1], row[2]} })
	}}, nil
}

// tupled is a query that selects such a function alone: each of its rows is one text then.
func (q *query) tupled(s *session) (columns []column, records [][]Value, ok bool, err error) {
	if len(q.items) != 1 || q.from != nil || q.where != nil {
		return nil, nil, false, nil
	}
	c, isCall := q.items[0].expression.(call)
	function := rowFunctions[c.name]
	if !isCall || function == nil || len(c.args) != 1 {
		return nil, nil, false, nil
	}
	argument, isLiteral := c.args[0].(literal)
	text, isText := argument.value.(string)
	if !isLiteral || !isText {
		return nil, nil, false, nil
	}
	rows, err := s.asSuperuser(c.name, function, text)
	for _, row := range rows {
		records = append(records, []Value{"(" + strings.Join(row[:], ",") + ")"})
	}
	columns = texts(q.items[0].label)
	if err == nil {
		err = q.sort(columns, records)
	}
	return columns, records, true, err
}

func (s *session) asSuperuser(name string, function func(*session, string) ([][3]string, error), argument string) ([][3]string, error) {
	if !s.user.isSuperuser() {
		return nil, errorf(insufficientPrivilege, "permission denied for function %s", name)
	}
	return function(s, argument)
}

// granteesOf lists to whom a role was granted, by name or with all others. A letter is the kind: "p
// for public, u for user, and g for group"; that of roles is ours.
func granteesOf(s *session, arn string) ([][3]string, error) {
	var rows [][3]string
	may := commandsBy(s, func(p privilege) (identity, bool) { return p.to, p.on.name == arn || p.on.name == everyRole })
	for _, to := range may.keys {
		rows = append(rows, [3]string{to.name, to.kind[:1], may.text(to)})
	}
	return rows, nil
}

// rolesOf lists the roles that a user may use, by any of the user's names. "A value of default in the
// result indicates that the user can specify any available role".
func rolesOf(s *session, name string) ([][3]string, error) {
	u, ok := s.state.users.get(name)
	if !ok {
		return nil, errorf(undefinedObject, `user "%s" does not exist`, name)
	}
	own := s.state.identities(u)
	var rows [][3]string
	may := commandsBy(s, func(p privilege) (string, bool) { return p.on.name, slices.Contains(own, p.to) })
	for _, role := range may.keys {
		shown := role
		if role == everyRole {
			shown = "default"
		}
		rows = append(rows, [3]string{name, shown, may.text(role)})
	}
	return rows, nil
}

// granted are commands by what they are granted to, or on, in the order in which that comes.
type granted[K comparable] struct {
	keys []K
	of   map[K][]string
}

// text joins the commands as the functions do.
func (g granted[K]) text(key K) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(commands), func(c string) bool { return !slices.Contains(g.of[key], c) }), "|")
}

// commandsBy gathers the privileges on IAM roles by a key, where it says that they count.
func commandsBy[K comparable](s *session, key func(privilege) (K, bool)) granted[K] {
	g := granted[K]{of: map[K][]string{}}
	for p := range s.state.privileges.all() {
		if p.class != onIAMRole {
			continue
		}
		k, counts := key(p)
		if !counts {
			continue
		}
		if g.of[k] == nil {
			g.keys = append(g.keys, k)
		}
		g.of[k] = append(g.of[k], p.name)
	}
	return g
}
