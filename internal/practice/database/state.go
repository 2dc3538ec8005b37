package database

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// state is what statements change.
type state struct {
	users      table[*user]
	groups     table[*group]
	roles      table[*role]
	schemas    table[*schema]
	models     table[*model]
	privileges table[privilege]
	lastID     int64
}

type user struct {
	name       string // keeps its case
	id         int64
	superuser  bool
	createsDBs bool
	roles      map[string]bool
}

type group struct {
	name    string
	id      int64
	members map[string]bool // names of users
}

// role is a role of the database, not one of IAM.
type role struct {
	name, owner string
	id          int64
}

type schema struct{ name, owner string }

type model struct {
	object
	owner    string
	function object
	settings modelSettings
	made     time.Time
}

// identity is whom a privilege is granted to.
type identity struct{ kind, name string }

// The kinds of identity, as the catalog spells them.
const (
	userIdentity   = "user"
	roleIdentity   = "role"
	groupIdentity  = "group"
	publicIdentity = "public"
)

var public = identity{publicIdentity, publicIdentity}

// class is the kind of thing that a privilege is on.
type class string

const (
	onLanguage class = "language"
	onDatabase class = "database"
	onSchema   class = "schema"
	onModel    class = "model"
	onIAMRole  class = "IAM role"
)

// machineLearning is the language behind the privilege CREATE MODEL, whose name is then USAGE
// (aws-facts 7.7).
const machineLearning = "mlfunc"

// What ASSUMEROLE can be granted on beside an ARN, as svv_iam_privileges spells it. The guide shows
// no row for ALL: its spelling is ours.
const (
	everyRole   = "ALL"
	defaultRole = "default-aws-iam-role"
)

// privilege is one privilege of one identity on one thing.
type privilege struct {
	class   class
	on      object // a language and an IAM role have no schema
	name    string
	to      identity
	grantor bool // WITH GRANT OPTION
}

// key tells privileges apart. No name holds NUL: the lexer sees to it.
func (p privilege) key() string {
	return strings.Join([]string{string(p.class), p.on.schema, p.on.name, p.name, p.to.kind, p.to.name}, "\x00")
}

func (o object) key() string { return o.schema + "\x00" + o.name }

// String is the name as a message gives it.
func (o object) String() string {
	if o.schema == "" {
		return o.name
	}
	return o.schema + "." + o.name
}

// owner of what a new database holds (Guide, CREATE USER: rdsdb is Redshift's own).
const rdsdb = "rdsdb"

// firstID is the first id that is not Redshift's own.
const firstID = 100

func newState(adminName string) state {
	s := state{lastID: firstID - 1}
	s.users.put(rdsdb, &user{name: rdsdb, id: 1, superuser: true, createsDBs: true, roles: map[string]bool{}})
	admin := s.addUser(adminName)
	admin.superuser, admin.createsDBs = true, true
	for _, name := range []string{"pg_catalog", "pg_internal", "information_schema", "catalog_history", defaultSchema} {
		s.schemas.put(name, &schema{name, rdsdb})
	}
	for _, name := range systemRoles {
		s.roles.put(name, &role{name: name, owner: rdsdb, id: s.nextID()})
	}
	// "By default all members of PUBLIC have CREATE and USAGE privileges on the PUBLIC schema"
	// (Guide, REVOKE, Usage notes), and everybody may use every IAM role (aws-facts 7.4).
	for _, name := range []string{"CREATE", "USAGE"} {
		s.grant(privilege{class: onSchema, on: object{name: defaultSchema}, name: name, to: public})
	}
	for _, command := range commands {
		s.grant(privilege{class: onIAMRole, on: object{name: everyRole}, name: command, to: public})
	}
	return s
}

// clone is a copy that shares nothing that statements change: schemas, roles and models never do.
func (s *state) clone() state {
	return state{
		users: s.users.clone((*user).clone), groups: s.groups.clone((*group).clone), roles: s.roles.clone(nil), schemas: s.schemas.clone(nil),
		models: s.models.clone(nil), privileges: s.privileges.clone(nil), lastID: s.lastID,
	}
}

func (u *user) clone() *user {
	copied := *u
	copied.roles = maps.Clone(u.roles)
	return &copied
}

func (g *group) clone() *group {
	copied := *g
	copied.members = maps.Clone(g.members)
	return &copied
}

func (s *state) nextID() int64 {
	s.lastID++
	return s.lastID
}

func (s *state) addUser(name string) *user {
	u := &user{name: name, id: s.nextID(), roles: map[string]bool{}}
	s.users.put(name, u)
	return u
}

// grant adds a privilege. One that is there stays, and keeps its grant option.
func (s *state) grant(p privilege) {
	if old, ok := s.privileges.get(p.key()); ok {
		p.grantor = p.grantor || old.grantor
	}
	s.privileges.put(p.key(), p)
}

// holds reports whether an identity itself was granted a privilege.
func (s *state) holds(p privilege) bool {
	old, ok := s.privileges.get(p.key())
	return ok && (old.grantor || !p.grantor)
}

// find looks an identity up.
func (s *state) find(to identity) (id int64, err error) {
	switch to.kind {
	case userIdentity:
		if u, ok := s.users.get(to.name); ok {
			return u.id, nil
		}
	case groupIdentity:
		if g, ok := s.groups.get(to.name); ok {
			return g.id, nil
		}
	case roleIdentity:
		if r, ok := s.roles.get(to.name); ok {
			return r.id, nil
		}
	default:
		return 0, nil
	}
	return 0, errorf(undefinedObject, `%s "%s" does not exist`, to.kind, to.name)
}

func (s *state) findAll(to []identity) error {
	for _, i := range to {
		if _, err := s.find(i); err != nil {
			return err
		}
	}
	return nil
}

// State is everything that statements can change but times and ids.
type State struct {
	Users      []UserState      `json:"users"`
	Groups     []GroupState     `json:"groups"`
	Roles      []RoleState      `json:"roles"`
	Schemas    []SchemaState    `json:"schemas"`
	Models     []ModelState     `json:"models"`
	Privileges []PrivilegeState `json:"privileges"`
}

// UserState is a user of the database. Passwords are not kept.
type UserState struct {
	Name      string   `json:"name"`
	Superuser bool     `json:"superuser,omitempty"`
	Roles     []string `json:"roles,omitempty"`
}

// GroupState is a group with the names of its users.
type GroupState struct {
	Name    string   `json:"name"`
	Members []string `json:"members,omitempty"`
}

// RoleState is a role of the database.
type RoleState struct {
	Name  string `json:"name"`
	Owner string `json:"owner"`
}

// SchemaState is a schema.
type SchemaState struct {
	Name  string `json:"name"`
	Owner string `json:"owner"`
}

// ModelState is a model.
type ModelState struct {
	Schema   string `json:"schema"`
	Name     string `json:"name"`
	Owner    string `json:"owner"`
	Function string `json:"function"`
	Role     string `json:"role"`
	Bucket   string `json:"bucket,omitempty"`
	Key      string `json:"key,omitempty"`
}

// PrivilegeState is one privilege of one identity.
type PrivilegeState struct {
	Class       string `json:"class"` // language, database, schema, model, IAM role
	On          string `json:"on"`
	Privilege   string `json:"privilege"`
	Kind        string `json:"kind"` // user, role, group, public
	To          string `json:"to"`
	GrantOption bool   `json:"grant_option,omitempty"`
}

func (s *state) snapshot() State {
	out := State{
		Users: []UserState{}, Groups: []GroupState{}, Roles: []RoleState{}, Schemas: []SchemaState{}, Models: []ModelState{}, Privileges: []PrivilegeState{},
	}
	for u := range s.users.all() {
		out.Users = append(out.Users, UserState{u.name, u.superuser, sorted(u.roles)})
	}
	for g := range s.groups.all() {
		out.Groups = append(out.Groups, GroupState{g.name, sorted(g.members)})
	}
	for r := range s.roles.all() {
		out.Roles = append(out.Roles, RoleState{r.name, r.owner})
	}
	for n := range s.schemas.all() {
		out.Schemas = append(out.Schemas, SchemaState{n.name, n.owner})
	}
	for m := range s.models.all() {
		out.Models = append(out.Models, ModelState{m.schema, m.name, m.owner, m.function.String(), m.settings.role, m.settings.bucket, m.settings.key})
	}
	for p := range s.privileges.all() {
		out.Privileges = append(out.Privileges, PrivilegeState{string(p.class), p.on.String(), p.name, p.to.kind, p.to.name, p.grantor})
	}
	return out
}

func sorted(names map[string]bool) []string { return slices.Sorted(maps.Keys(names)) }
