package practice

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"onramp/internal/policy"
	"onramp/internal/practice/wire"
)

// role is an IAM role.
type role struct {
	arn, id, name, path string
	description         string
	trust               string // as it was sent
	boundary            string // ARN; "" : none
	session             int    // seconds
	created             time.Time
	known               time.Time // from when other services know it
	tags                tags
	attached            []string          // ARNs, in the order in which they were attached
	inline              map[string]string // by name, as they were sent
}

// Quotas of IAM (IAM UG, IAM and AWS STS quotas).
const (
	rolesPerAccount = 1000
	policiesPerRole = 20
)

var (
	roleNameRule    = rule("roleName", 1, 64, `[\w+=,.@-]+`)
	policyNameRule  = rule("policyName", 1, 128, `[\w+=,.@-]+`)
	pathRule        = rule("path", 1, 512, `(\x{002F})|(\x{002F}[\x{0021}-\x{007E}]+\x{002F})`)
	descriptionRule = rule("description", 0, 1000, `[\x{0009}\x{000A}\x{000D}\x{0020}-\x{007E}\x{00A1}-\x{00FF}]*`)
)

// fresh says that other services do not know a role yet: "changes that I make are not always
// immediately visible" (IAM UG, Troubleshoot IAM).
func (c *call) fresh(r *role) bool { return c.now.Before(r.known) }

func noSuchRole(name string) error {
	return refuse(404, "NoSuchEntity", "The role with name %s cannot be found.", name)
}

// theRole is the role that a call names.
func (c *call) theRole() (*role, error) {
	name := c.in.Text("RoleName")
	r := c.roles[strings.ToLower(name)]
	if r == nil {
		return nil, noSuchRole(name)
	}
	return r, nil
}

// onRoleOf runs an operation on the role that a call names.
func withRole(run func(*call, *role) (wire.Answer, error)) func(*call) (wire.Answer, error) {
	return func(c *call) (wire.Answer, error) {
		r, err := c.theRole()
		if err != nil {
			return because(err)
		}
		return run(c, r)
	}
}

func createRole(c *call) (wire.Answer, error) {
	r := &role{
		name: c.in.Text("RoleName"), path: c.in.Text("Path"), description: c.in.Text("Description"),
		trust: c.in.Text("AssumeRolePolicyDocument"), boundary: c.in.Text("PermissionsBoundary"),
		session: c.in.Int("MaxSessionDuration", 3600), created: c.now, known: c.now.Add(c.delays.Role), inline: map[string]string{},
	}
	if r.path == "" {
		r.path = "/"
	}
	if err := c.checkRole(r); err != nil {
		return because(err)
	}
	t, err := iamTags(c.in.Objects("Tags"), nil)
	if err != nil {
		return because(err)
	}
	switch {
	case c.roles[strings.ToLower(r.name)] != nil:
		return because(refuse(409, "EntityAlreadyExists", "Role with name %s already exists.", r.name))
	case len(c.roles) >= rolesPerAccount:
		return because(refuse(409, "LimitExceeded", "Cannot exceed quota for RolesPerAccount: %d", rolesPerAccount))
	}
	r.tags, r.id, r.arn = t, c.unique("AROA"), c.world.arn("iam", "", "role"+r.path+r.name)
	c.roles[strings.ToLower(r.name)] = r
	return answer("Role", r.fields(true))
}

func (c *call) checkRole(r *role) error {
	err := first(
		roleNameRule.check("ValidationError", r.name),
		pathRule.check("ValidationError", r.path),
		descriptionRule.check("ValidationError", r.description),
		checkSession(r.session),
	)
	if err != nil {
		return err
	}
	if err := c.checkTrust(r.trust); err != nil {
		return err
	}
	return c.checkBoundary(r.boundary)
}

// checkSession holds MaxSessionDuration to one to twelve hours (IAM API, CreateRole, UpdateRole).
func checkSession(seconds int) error {
	if seconds < 3600 || seconds > 43200 {
		return between("ValidationError", "maxSessionDuration", seconds, 3600, 43200)
	}
	return nil
}

// checkTrust checks a trust policy and its principals.
func (c *call) checkTrust(text string) error {
	d, err := document(text, policy.Trust)
	if err != nil {
		return bad("MalformedPolicyDocument", "%s", err)
	}
	if kind, name := c.stranger(d); name != "" {
		return bad("MalformedPolicyDocument", "Invalid principal in policy: %q:%q", kind, name)
	}
	if d.Size() > policy.MaxTrust {
		return refuse(409, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: %d", policy.MaxTrust)
	}
	return nil
}

func (c *call) checkBoundary(arn string) error {
	if arn == "" || c.policyAt(arn) != nil {
		return nil
	}
	return refuse(404, "NoSuchEntity", "Scope ARN: %s does not exist or is not attachable.", arn)
}

// fields are a role as IAM answers it: policies URL-encoded (IAM API, Role). Lists of roles leave out
// tags and boundary (IAM API, ListRoles).
func (r *role) fields(whole bool) wire.Fields {
	f := wire.Of(
		"Path", r.path, "RoleName", r.name, "RoleId", r.id, "Arn", r.arn, "CreateDate", r.created,
		"AssumeRolePolicyDocument", encoded(r.trust), "Description", wire.Opt(r.description), "MaxSessionDuration", r.session,
	)
	if !whole {
		return f
	}
	if r.boundary != "" {
		f = append(f, wire.Of("PermissionsBoundary", wire.Of("PermissionsBoundaryType", "Policy", "PermissionsBoundaryArn", r.boundary))...)
	}
	if len(r.tags) > 0 {
		f = append(f, wire.Of("Tags", r.tags.list("", "Key", "Value"))...)
	}
	return f
}

// encoded writes a policy as IAM answers it (RFC 3986).
func encoded(document string) string {
	return strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
}

func getRole(_ *call, r *role) (wire.Answer, error) {
	return answer("Role", append(r.fields(true), wire.Of("RoleLastUsed", wire.Fields{})...))
}

func listRoles(c *call) (wire.Answer, error) {
	var names []string
	for _, r := range c.roles {
		if strings.HasPrefix(r.path, c.in.Text("PathPrefix")) {
			names = append(names, r.name)
		}
	}
	return c.paged("Roles", names, func(name string) any { return c.roles[strings.ToLower(name)].fields(false) })
}

// paged answers one page of a sorted list (IAM API, Pagination).
func (c *call) paged(member string, names []string, item func(string) any) (wire.Answer, error) {
	slices.Sort(names)
	begin, _ := slices.BinarySearch(names, c.in.Text("Marker"))
	names = names[begin:]
	if most := min(max(c.in.Int("MaxItems", 100), 1), 1000); len(names) > most {
		return answer(member, wire.Each("", names[:most], item), "IsTruncated", true, "Marker", names[most])
	}
	return answer(member, wire.Each("", names, item), "IsTruncated", false)
}

func updateAssumeRolePolicy(c *call, r *role) (wire.Answer, error) {
	if err := c.checkTrust(c.in.Text("PolicyDocument")); err != nil {
		return because(err)
	}
	r.trust = c.in.Text("PolicyDocument")
	return done()
}

func putRolePermissionsBoundary(c *call, r *role) (wire.Answer, error) {
	if err := c.checkBoundary(c.in.Text("PermissionsBoundary")); err != nil {
		return because(err)
	}
	r.boundary = c.in.Text("PermissionsBoundary")
	return done()
}

func deleteRolePermissionsBoundary(_ *call, r *role) (wire.Answer, error) {
	if r.boundary == "" {
		return because(refuse(404, "NoSuchEntity", "The role with name %s does not have a permissions boundary.", r.name))
	}
	r.boundary = ""
	return done()
}

func deleteRole(c *call, r *role) (wire.Answer, error) {
	switch {
	case c.profiled(r):
		return because(mustLeave())
	case len(r.attached) > 0:
		return because(refuse(409, "DeleteConflict", "Cannot delete entity, must detach all policies first."))
	case len(r.inline) > 0:
		return because(refuse(409, "DeleteConflict", "Cannot delete entity, must delete policies first."))
	}
	delete(c.roles, strings.ToLower(r.name))
	return done()
}

func tagRole(c *call, r *role) (wire.Answer, error) {
	t, err := iamTags(c.in.Objects("Tags"), r.tags)
	if err != nil {
		return because(err)
	}
	r.tags = t
	return done()
}

func untagRole(c *call, r *role) (wire.Answer, error) {
	r.tags = r.tags.without(c.in.Texts("TagKeys"))
	return done()
}

func listRoleTags(_ *call, r *role) (wire.Answer, error) {
	return answer("Tags", r.tags.list("", "Key", "Value"), "IsTruncated", false)
}

// updateRole changes the two things about a role that can be changed (IAM API, UpdateRole).
func updateRole(c *call, r *role) (wire.Answer, error) {
	description, session := c.in.Text("Description"), c.in.Int("MaxSessionDuration", r.session)
	if err := first(descriptionRule.check("ValidationError", description), checkSession(session)); err != nil {
		return because(err)
	}
	r.session = session
	if c.in.Has("Description") {
		r.description = description
	}
	return answer() // it has an answer, which is empty
}
