package database

import (
	"slices"
	"strings"
	"unicode"
)

// This file makes users, groups and roles (Guide, CREATE GROUP, ALTER GROUP, DROP GROUP, CREATE
// USER, CREATE ROLE, DROP ROLE).

type createGroup struct {
	name  string
	users []string
}

// createGroup reads CREATE GROUP name [[WITH] USER user [, ...]].
func (p *parser) createGroup() statement {
	c := createGroup{name: p.name()}
	if p.accept("with", "user") || p.accept("user") {
		c.users = list(p, p.spelled)
	}
	return c
}

func (c createGroup) run(s *session) (Rows, error) {
	if err := s.requireSuperuser("create group"); err != nil {
		return Rows{}, err
	}
	// "Group names beginning with two underscores are reserved for Amazon Redshift internal use."
	if strings.HasPrefix(c.name, "__") || c.name == publicIdentity {
		return Rows{}, errorf(reservedName, `group name "%s" is reserved`, c.name)
	}
	if _, there := s.state.groups.get(c.name); there {
		return Rows{}, errorf(duplicateObject, `group "%s" already exists`, c.name)
	}
	if err := s.state.findAll(identities(userIdentity, c.users)); err != nil {
		return Rows{}, err
	}
	g := &group{name: c.name, id: s.state.nextID(), members: map[string]bool{}}
	for _, name := range c.users {
		g.members[name] = true
	}
	s.state.groups.put(c.name, g)
	return Rows{}, nil
}

func identities(kind string, names []string) []identity {
	out := make([]identity, len(names))
	for i, name := range names {
		out[i] = identity{kind, name}
	}
	return out
}

type alterGroup struct {
	name  string
	add   bool // or drop
	users []string
}

// alterGroup reads ALTER GROUP name {ADD | DROP} USER user [, ...].
func (p *parser) alterGroup() statement {
	a := alterGroup{name: p.name(), add: p.oneOf("add", "drop") == "add"}
	p.expect("user")
	a.users = list(p, p.spelled)
	return a
}

// run: adding a member and dropping one who is none are only warned of.
func (a alterGroup) run(s *session) (Rows, error) {
	if err := s.requireSuperuser("alter group"); err != nil {
		return Rows{}, err
	}
	g, ok := s.state.groups.get(a.name)
	if !ok {
		return Rows{}, errorf(undefinedObject, `group "%s" does not exist`, a.name)
	}
	if err := s.state.findAll(identities(userIdentity, a.users)); err != nil {
		return Rows{}, err
	}
	for _, name := range a.users {
		if a.add {
			g.members[name] = true
		} else {
			delete(g.members, name)
		}
	}
	return Rows{}, nil
}

type dropGroup struct{ name string }

func (p *parser) dropGroup() statement { return dropGroup{p.name()} }

// run: "You can't drop a group if the group has any privileges on an object" (Guide, DROP GROUP).
func (d dropGroup) run(s *session) (Rows, error) {
	if err := s.requireSuperuser("drop group"); err != nil {
		return Rows{}, err
	}
	if _, ok := s.state.groups.get(d.name); !ok {
		return Rows{}, errorf(undefinedObject, `group "%s" does not exist`, d.name)
	}
	to := identity{groupIdentity, d.name}
	if s.state.privileges.any(func(p privilege) bool { return p.to == to }) {
		return Rows{}, errorf(dependentObjects, `group "%s" can't be dropped because the group has a privilege on some object`, d.name)
	}
	s.state.groups.drop(d.name)
	return Rows{}, nil
}

type createUser struct {
	name           string
	super, creates bool
	groups         []string
}

// createUser reads CREATE USER name [WITH] PASSWORD {'...' | DISABLE} [option ...].
func (p *parser) createUser() statement {
	c := createUser{name: p.spelled()}
	p.accept("with")
	p.expect("password")
	if !p.accept("disable") {
		p.password()
	}
	for !p.done() && p.peek().kind == wordToken {
		p.userOption(&c)
	}
	return c
}

func (p *parser) userOption(c *createUser) {
	switch {
	case p.accept("createuser"):
		c.super = true
	case p.accept("createdb"):
		c.creates = true
	case p.accept("nocreateuser"), p.accept("nocreatedb"):
	case p.accept("in", "group"):
		c.groups = append(c.groups, list(p, p.name)...)
	case p.accept("valid", "until"):
		p.text()
	case p.accept("connection", "limit"):
		if !p.accept("unlimited") {
			p.integer()
		}
	case p.accept("syslog", "access"):
		p.oneOf("restricted", "unrestricted")
	case p.accept("session", "timeout"):
		p.sessionTimeout()
	case p.accept("externalid"):
		p.externalID()
	default:
		p.fail()
	}
}

// sessionTimeout: 60 seconds to 20 days.
func (p *parser) sessionTimeout() {
	n := p.integer()
	if p.err == nil && (n < 60 || n > 1728000) {
		p.err = errorf(invalidParameter, "session timeout %d is not between 60 and 1728000", n)
	}
}

func (p *parser) externalID() {
	if p.peek().kind == stringToken {
		p.text()
		return
	}
	p.spelled()
}

// password reads a password and forgets it. A hash cannot be checked.
func (p *parser) password() {
	text := p.text()
	hashed := strings.HasPrefix(text, "md5") && len(text) == len("md5")+32 || strings.HasPrefix(text, "sha256|")
	if p.err == nil && !hashed {
		p.err = checkPassword(text)
	}
}

// checkPassword: 8 to 64 characters, with an uppercase letter, a lowercase letter and a number
// (Guide, CREATE USER).
func checkPassword(password string) error {
	rules := []struct {
		kept bool
		text string
	}{
		{len(password) >= 8, "must be at least 8 characters"},
		{len(password) <= 64, "must be at most 64 characters"},
		{strings.ContainsFunc(password, unicode.IsUpper), "must contain an upper case letter"},
		{strings.ContainsFunc(password, unicode.IsLower), "must contain a lower case letter"},
		{strings.ContainsFunc(password, isDigit), "must contain a number"},
	}
	for _, rule := range rules {
		if !rule.kept {
			return errorf(invalidParameter, "password %s", rule.text)
		}
	}
	return nil
}

func (c createUser) run(s *session) (Rows, error) {
	if err := s.requireSuperuser("create user"); err != nil {
		return Rows{}, err
	}
	if strings.EqualFold(c.name, publicIdentity) {
		return Rows{}, errorf(reservedName, `user name "%s" is reserved`, c.name)
	}
	if _, there := s.state.users.get(c.name); there {
		return Rows{}, errorf(duplicateObject, `user "%s" already exists`, c.name)
	}
	if err := s.state.findAll(identities(groupIdentity, c.groups)); err != nil {
		return Rows{}, err
	}
	u := s.state.addUser(c.name)
	u.superuser, u.createsDBs = c.super, c.creates
	for _, name := range c.groups {
		g, _ := s.state.groups.get(name)
		g.members[c.name] = true
	}
	return Rows{}, nil
}

type createRole struct{ name string }

// createRole reads CREATE ROLE name [EXTERNALID id].
func (p *parser) createRole() statement {
	c := createRole{p.name()}
	if p.accept("externalid") {
		p.externalID()
	}
	return c
}

// run: a role's name must differ from those of users, and "sys:" is Redshift's own.
func (c createRole) run(s *session) (Rows, error) {
	if err := s.requireSuperuser("create role"); err != nil {
		return Rows{}, err
	}
	if strings.HasPrefix(c.name, "sys:") || c.name == publicIdentity {
		return Rows{}, errorf(reservedName, `role name "%s" is reserved`, c.name)
	}
	for _, taken := range []identity{{roleIdentity, c.name}, {userIdentity, c.name}} {
		if _, err := s.state.find(taken); err == nil {
			return Rows{}, errorf(duplicateObject, `%s "%s" already exists`, taken.kind, c.name)
		}
	}
	s.state.roles.put(c.name, &role{name: c.name, owner: s.user.name, id: s.state.nextID()})
	return Rows{}, nil
}

type dropRole struct{ name string }

func (p *parser) dropRole() statement {
	d := dropRole{p.name()}
	p.accept("restrict")
	return d
}

// run: a role that a user holds, or that holds a privilege, stays (Guide, DROP ROLE, RESTRICT).
func (d dropRole) run(s *session) (Rows, error) {
	if err := s.requireSuperuser("drop role"); err != nil {
		return Rows{}, err
	}
	to := identity{roleIdentity, d.name}
	if _, err := s.state.find(to); err != nil {
		return Rows{}, err
	}
	used := s.state.users.any(func(u *user) bool { return u.roles[d.name] }) ||
		s.state.privileges.any(func(p privilege) bool { return p.to == to })
	if used || slices.Contains(systemRoles, d.name) {
		return Rows{}, errorf(dependentObjects, `role "%s" cannot be dropped because some objects depend on it`, d.name)
	}
	s.state.roles.drop(d.name)
	return Rows{}, nil
}
