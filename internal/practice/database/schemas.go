package database

import "strings"

// This file makes and drops schemas (Guide, CREATE SCHEMA, DROP SCHEMA).

type createSchema struct {
	name        string
	ifNotExists bool
	owner       string // "": who runs it
}

// createSchema reads CREATE SCHEMA [IF NOT EXISTS] name [AUTHORIZATION user] [QUOTA n [MB|GB|TB]].
func (p *parser) createSchema() statement {
	c := createSchema{ifNotExists: p.accept("if", "not", "exists"), name: p.name()}
	if p.accept("authorization") {
		c.owner = p.spelled()
	}
	if p.accept("quota") && !p.accept("unlimited") {
		p.integer()
		if p.peek().kind == wordToken {
			p.oneOf("mb", "gb", "tb")
		}
	}
	return c
}

// run: a user needs CREATE on the database (Guide, CREATE SCHEMA).
func (c createSchema) run(s *session) (Rows, error) {
	if !s.state.may(s.user, privilege{class: onDatabase, on: object{name: s.Name}, name: "CREATE"}) {
		return Rows{}, errorf(insufficientPrivilege, "permission denied for database %s", s.Name)
	}
	if _, there := s.state.schemas.get(c.name); there {
		if c.ifNotExists {
			return Rows{}, nil
		}
		return Rows{}, errorf(duplicateSchema, `schema "%s" already exists`, c.name)
	}
	if strings.HasPrefix(c.name, "pg_") {
		return Rows{}, errorf(reservedName, `unacceptable schema name "%s": the prefix "pg_" is reserved for system schemas`, c.name)
	}
	owner := s.user.name
	if c.owner != "" {
		if _, err := s.state.find(identity{userIdentity, c.owner}); err != nil {
			return Rows{}, err
		}
		owner = c.owner
	}
	s.state.schemas.put(c.name, &schema{c.name, owner})
	return Rows{}, nil
}

type dropSchema struct {
	ifExists, cascade bool
	names             []string
}

// dropSchema reads DROP SCHEMA [IF EXISTS] name [, ...] [CASCADE | RESTRICT].
func (p *parser) dropSchema() statement {
	d := dropSchema{ifExists: p.accept("if", "exists"), names: list(p, p.name)}
	d.cascade = p.accept("cascade")
	if !d.cascade {
		p.accept("restrict")
	}
	return d
}

func (d dropSchema) run(s *session) (Rows, error) {
	for _, name := range d.names {
		if err := d.check(s, name); err != nil {
			return Rows{}, err
		}
	}
	for _, name := range d.names {
		s.state.schemas.drop(name)
		s.state.models.dropAll(func(m *model) bool { return m.schema == name })
		s.state.privileges.dropAll(func(p privilege) bool {
			return p.class == onSchema && p.on.name == name || p.class == onModel && p.on.schema == name
		})
	}
	return Rows{}, nil
}

func (d dropSchema) check(s *session, name string) error {
	n, err := s.state.findSchema(name)
	switch {
	case err != nil && d.ifExists:
		return nil
	case err != nil:
		return err
	case n.owner != s.user.name && !s.user.isSuperuser():
		return errorf(insufficientPrivilege, "must be owner of schema %s", name)
	case n.owner == rdsdb && name != defaultSchema:
		return errorf(dependentObjects, "cannot drop schema %s because it is required by the database system", name)
	case !d.cascade && s.state.models.any(func(m *model) bool { return m.schema == name }):
		return errorf(dependentObjects, "cannot drop schema %s because other objects depend on it", name)
	}
	return nil
}
