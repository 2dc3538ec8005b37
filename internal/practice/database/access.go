package database

// This file says what a user may do.

// superuserRole makes who holds it a superuser (Guide, Amazon Redshift system-defined roles).
const superuserRole = "sys:superuser"

var systemRoles = []string{superuserRole, "sys:dba", "sys:operator", "sys:monitor", "sys:secadmin"}

func (u *user) isSuperuser() bool { return u.superuser || u.roles[superuserRole] }

// identities lists under what names a user holds privileges.
func (s *state) identities(u *user) []identity {
	out := []identity{{userIdentity, u.name}, public}
	for _, name := range sorted(u.roles) {
		out = append(out, identity{roleIdentity, name})
	}
	for g := range s.groups.all() {
		if g.members[u.name] {
			out = append(out, identity{groupIdentity, g.name})
		}
	}
	return out
}

// may reports whether a user has a privilege, by any of the user's names. "Superusers can access all
// objects regardless of GRANT and REVOKE commands" (Guide, GRANT, Usage notes).
func (s *state) may(u *user, p privilege) bool {
	if u.isSuperuser() {
		return true
	}
	for _, p.to = range s.identities(u) {
		if s.holds(p) {
			return true
		}
	}
	return false
}

// mayInSchema: the owner of a schema has every privilege on it.
func (s *state) mayInSchema(u *user, n *schema, name string) bool {
	return n.owner == u.name || s.may(u, privilege{class: onSchema, on: object{name: n.name}, name: name})
}

// mayAssume reports whether a user may have a command use an IAM role. The role that is called by
// the keyword default is covered by a grant on default as well as by one on its ARN.
func (s *state) mayAssume(u *user, arn string, byDefault bool, command string) bool {
	on := []string{everyRole, arn}
	if byDefault {
		on = append(on, defaultRole)
	}
	for _, name := range on {
		if s.may(u, privilege{class: onIAMRole, on: object{name: name}, name: command}) {
			return true
		}
	}
	return false
}

// requireSuperuser refuses everybody else.
func (s *session) requireSuperuser(what string) error {
	if s.user.isSuperuser() {
		return nil
	}
	return errorf(insufficientPrivilege, "permission denied to %s: must be superuser", what)
}

// findSchema looks a schema up.
func (s *state) findSchema(name string) (*schema, error) {
	n, ok := s.schemas.get(name)
	if !ok {
		return nil, errorf(undefinedSchema, `schema "%s" does not exist`, name)
	}
	return n, nil
}

// findModel looks a model up.
func (s *state) findModel(name object) (*model, error) {
	if _, err := s.findSchema(name.schema); err != nil {
		return nil, err
	}
	m, ok := s.models.get(name.key())
	if !ok {
		return nil, errorf(undefinedObject, `model "%s" does not exist`, name)
	}
	return m, nil
}
