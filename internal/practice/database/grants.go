package database

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// This file grants and revokes (Guide, GRANT, REVOKE).

// commands are what ASSUMEROLE can be granted for, as svv_iam_privileges spells them.
var commands = []string{"COPY", "UNLOAD", "EXFUNC", "CREATE MODEL"}

// What ALL means on a schema, and on a database: TEMP is short for TEMPORARY.
var (
	schemaPrivileges   = []string{"CREATE", "USAGE", "ALTER", "DROP"}
	databasePrivileges = []string{"CREATE", "USAGE", "TEMP", "ALTER"}
)

// grant is GRANT or REVOKE of privileges.
type grant struct {
	revoke     bool
	optionOnly bool // REVOKE GRANT OPTION FOR
	class      class
	on         []object
	names      []string
	to         []grantee
}

// grantee is whom a GRANT names.
type grantee struct {
	identity
	grantor bool // WITH GRANT OPTION
}

func (p *parser) grant() statement {
	if p.accept("role") {
		return p.grantRole(false)
	}
	return p.privileges(grant{})
}

func (p *parser) revoke() statement {
	if p.accept("role") {
		return p.grantRole(true)
	}
	return p.privileges(grant{revoke: true, optionOnly: p.accept("grant", "option", "for")})
}

// privileges reads what follows GRANT or REVOKE.
func (p *parser) privileges(g grant) statement {
	switch {
	case p.accept("create", "model"):
		g.class, g.on, g.names = onLanguage, []object{{name: machineLearning}}, []string{"USAGE"}
	case p.accept("assumerole"):
		p.expect("on")
		g.class, g.on = onIAMRole, p.iamRoles()
	default:
		p.objectPrivileges(&g)
	}
	p.grantees(&g)
	if g.class == onIAMRole {
		p.expect("for")
		g.names = p.commands()
	}
	if g.revoke {
		p.accept("restrict")
	}
	return g
}

// objectPrivileges reads {privilege [, ...] | ALL [PRIVILEGES]} ON {DATABASE | SCHEMA | MODEL} name
// [, ...].
func (p *parser) objectPrivileges(g *grant) {
	all := p.accept("all")
	if all {
		p.accept("privileges")
	} else {
		g.names = list(p, p.privilegeName)
	}
	p.expect("on")
	var possible []string
	plain := func() object { return object{name: p.name()} }
	switch p.oneOf("database", "schema", "model") {
	case "database":
		g.class, g.on, possible = onDatabase, list(p, plain), databasePrivileges
	case "schema":
		g.class, g.on, possible = onSchema, list(p, plain), schemaPrivileges
	default:
		g.class, g.on, possible = onModel, list(p, p.object), []string{"EXECUTE"}
	}
	if all {
		g.names = possible
	}
	for _, name := range g.names {
		if p.err == nil && !slices.Contains(possible, name) {
			p.err = errorf(invalidGrant, "invalid privilege type %s for %s", name, g.class)
		}
	}
}

// privilegeName takes the name of any privilege on any kind of object.
func (p *parser) privilegeName() string {
	name := p.oneOf("select", "insert", "update", "delete", "references", "create", "usage", "alter", "drop", "truncate", "execute", "temporary", "temp")
	if name == "temporary" {
		name = "temp"
	}
	return strings.ToUpper(name)
}

var roleARN = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]+$`)
})

// iamRoles reads {'arn' [, ...] | DEFAULT | ALL}. A string may hold a chain of roles, with commas
// between them, which is granted as a whole.
func (p *parser) iamRoles() []object {
	switch {
	case p.accept("all"):
		return []object{{name: everyRole}}
	case p.accept("default"):
		return []object{{name: defaultRole}}
	}
	return list(p, func() object {
		chain := p.text()
		for arn := range strings.SplitSeq(chain, ",") {
			if p.err == nil && !roleARN().MatchString(arn) {
				p.err = errorf(invalidParameter, `invalid IAM role ARN "%s"`, arn)
			}
		}
		return object{name: chain}
	})
}

// commands reads {ALL | command [, ...]}.
func (p *parser) commands() []string {
	if p.accept("all") {
		return commands
	}
	return list(p, func() string {
		switch {
		case p.accept("external", "function"):
			return "EXFUNC"
		case p.accept("create", "model"):
			return "CREATE MODEL"
		}
		return strings.ToUpper(p.oneOf("copy", "unload"))
	})
}

// grantees reads {TO | FROM} {user [WITH GRANT OPTION] | ROLE name | GROUP name | PUBLIC} [, ...].
func (p *parser) grantees(g *grant) {
	if g.revoke {
		p.expect("from")
	} else {
		p.expect("to")
	}
	g.to = list(p, func() grantee {
		to := grantee{identity: p.identity()}
		if !g.revoke && p.accept("with", "grant", "option") {
			to.grantor = true
			if to.kind != userIdentity && p.err == nil {
				p.err = errorf(invalidGrant, "grant options can only be granted to individual users")
			}
		}
		return to
	})
}

func (p *parser) identity() identity {
	switch {
	case p.accept("group"):
		return identity{groupIdentity, p.name()}
	case p.accept("role"):
		return identity{roleIdentity, p.name()}
	}
	if name := p.spelled(); !strings.EqualFold(name, publicIdentity) {
		return identity{userIdentity, name}
	}
	return public
}

func (g grant) run(s *session) (Rows, error) {
	for _, on := range g.on {
		for _, name := range g.names {
			if err := s.checkGrantor(privilege{class: g.class, on: on, name: name}); err != nil {
				return Rows{}, err
			}
		}
	}
	for _, to := range g.to {
		if _, err := s.state.find(to.identity); err != nil {
			return Rows{}, err
		}
	}
	for _, to := range g.to {
		for _, on := range g.on {
			for _, name := range g.names {
				g.change(s, privilege{g.class, on, name, to.identity, to.grantor})
			}
		}
	}
	return Rows{}, nil
}

// change makes the change of one privilege. What was not granted is revoked without a word.
func (g grant) change(s *session, p privilege) {
	switch {
	case !g.revoke:
		s.state.grant(p)
	case g.optionOnly:
		if s.state.holds(p) {
			s.state.privileges.put(p.key(), p)
		}
	case g.class == onIAMRole && p.on.name == everyRole:
		s.state.privileges.dropAll(func(old privilege) bool {
			return old.class == onIAMRole && old.name == p.name && old.to == p.to
		})
	default:
		s.state.privileges.drop(p.key())
	}
}

// checkGrantor: "To grant privileges on an object, you must be the object owner, be a superuser, or
// have a grant privilege for that object and privilege"; ASSUMEROLE is for superusers alone (Guide,
// GRANT, Usage notes).
func (s *session) checkGrantor(p privilege) error {
	owner, err := s.ownerOf(p)
	switch {
	case err != nil:
		return err
	case p.class == onIAMRole:
		return s.requireSuperuser("grant or revoke ASSUMEROLE")
	case owner == s.user.name:
		return nil
	}
	p.grantor = true
	if !s.state.may(s.user, p) {
		return errorf(insufficientPrivilege, "permission denied for %s %s", p.class, p.on)
	}
	return nil
}

// ownerOf looks up what a privilege is on. Languages and IAM roles have no owner here, and a database
// is Redshift's.
func (s *session) ownerOf(p privilege) (string, error) {
	switch p.class {
	case onDatabase:
		if p.on.name != s.Name {
			return "", errorf(undefinedDatabase, `database "%s" does not exist`, p.on.name)
		}
		return rdsdb, nil
	case onSchema:
		n, err := s.state.findSchema(p.on.name)
		if err != nil {
			return "", err
		}
		return n.owner, nil
	case onModel:
		m, err := s.state.findModel(p.on)
		if err != nil {
			return "", err
		}
		return m.owner, nil
	}
	return "", nil
}

// grantRoles is GRANT ROLE or REVOKE ROLE.
type grantRoles struct {
	revoke bool
	roles  []string
	users  []string
}

// grantRole reads name [, ...] {TO | FROM} user [, ...]. Roles granted to roles are not known here.
func (p *parser) grantRole(revoke bool) statement {
	g := grantRoles{revoke: revoke, roles: list(p, p.name)}
	if revoke {
		p.expect("from")
	} else {
		p.expect("to")
	}
	g.users = list(p, p.spelled)
	return g
}

func (g grantRoles) run(s *session) (Rows, error) {
	if err := s.requireSuperuser("grant or revoke role"); err != nil {
		return Rows{}, err
	}
	if err := s.state.findAll(identities(roleIdentity, g.roles)); err != nil {
		return Rows{}, err
	}
	if err := s.state.findAll(identities(userIdentity, g.users)); err != nil {
		return Rows{}, err
	}
	for _, name := range g.users {
		u, _ := s.state.users.get(name)
		for _, role := range g.roles {
			if g.revoke {
				delete(u.roles, role)
			} else {
				u.roles[role] = true
			}
		}
	}
	return Rows{}, nil
}
