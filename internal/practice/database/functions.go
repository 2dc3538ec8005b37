package database

import (
	"slices"
	"strings"
)

// function is one that a query can call.
type function struct {
	takes []int // numbers of arguments, all of them texts
	kind  valueKind
	pure  bool // of its arguments alone
	call  func(s *session, args []string) (Value, error)
}

// functions by name. A null argument gives null.
var functions = map[string]function{
	"lower":                    {[]int{1}, textKind, true, lower},
	"default_iam_role":         {[]int{0}, textKind, false, defaultIAMRole},
	"has_schema_privilege":     {[]int{2, 3}, boolKind, false, hasSchemaPrivilege},
	"has_assumerole_privilege": {[]int{2, 3}, boolKind, false, hasAssumeRolePrivilege},
}

// lower: "supports UTF-8 multibyte characters" (Guide, LOWER function).
func lower(_ *session, args []string) (Value, error) { return strings.ToLower(args[0]), nil }

// defaultIAMRole is null where there is none: the guide does not say what Redshift answers.
func defaultIAMRole(s *session, _ []string) (Value, error) {
	if arn := s.defaultRole(); arn != "" {
		return arn, nil
	}
	return nil, nil
}

func hasSchemaPrivilege(s *session, args []string) (Value, error) {
	u, args, err := s.asked(args, 2)
	if err != nil {
		return nil, err
	}
	n, err := s.state.findSchema(args[0])
	if err != nil {
		return nil, err
	}
	name := strings.ToUpper(args[1])
	if !slices.Contains(schemaPrivileges, name) {
		return nil, errorf(invalidParameter, `unrecognized privilege type: "%s"`, args[1])
	}
	return s.state.mayInSchema(u, n, name), nil
}

// hasAssumeRolePrivilege: "users can only view their own privileges" (Guide,
// HAS_ASSUMEROLE_PRIVILEGE).
func hasAssumeRolePrivilege(s *session, args []string) (Value, error) {
	u, args, err := s.asked(args, 2)
	if err != nil {
		return nil, err
	}
	if u != s.user && !s.user.isSuperuser() {
		return nil, errorf(insufficientPrivilege, "permission denied to see the privileges of user %s", u.name)
	}
	command := strings.ToUpper(args[1])
	if command == "EXTERNAL FUNCTION" {
		command = "EXFUNC"
	}
	if !slices.Contains(commands, command) {
		return nil, errorf(invalidParameter, `unrecognized command type: "%s"`, args[1])
	}
	return s.state.mayAssume(u, args[0], args[0] == s.defaultRole(), command), nil
}

// asked takes the user off that a function may be asked about, before its other arguments. Without
// one it is the user of the session.
func (s *session) asked(args []string, others int) (*user, []string, error) {
	if len(args) == others {
		return s.user, args, nil
	}
	u, ok := s.state.users.get(args[0])
	if !ok {
		return nil, nil, errorf(undefinedObject, `user "%s" does not exist`, args[0])
	}
	return u, args[1:], nil
}
