package practice

import (
	"strings"
	"time"

	"onramp/internal/practice/authorize"
	"onramp/internal/practice/wire"
)

// profile is an instance profile: what hands a role to the programs of an EC2 instance (IAM UG, Use
// instance profiles).
type profile struct {
	arn, id, name, path string
	created             time.Time
	tags                tags
	role                *role // nil: none
}

const (
	profilesPerAccount = 1000 // IAM UG, IAM and AWS STS quotas
	rolesPerProfile    = 1    // the same, and it cannot be raised
)

var profileNameRule = rule("instanceProfileName", 1, 128, `[\w+=,.@-]+`)

// iamProfileOperations are the calls on instance profiles.
func iamProfileOperations() table {
	return table{
		"iam:CreateInstanceProfile":         {writes, createProfile, askCreateProfile},
		"iam:GetInstanceProfile":            {reads, withProfile(getProfile), onProfile("iam:GetInstanceProfile")},
		"iam:ListInstanceProfiles":          {reads, listProfiles, anyProfile("iam:ListInstanceProfiles")},
		"iam:ListInstanceProfilesForRole":   {reads, withRole(listProfilesForRole), onRole("iam:ListInstanceProfilesForRole")},
		"iam:AddRoleToInstanceProfile":      {writes, withProfile(addRoleToProfile), askAddRoleToProfile},
		"iam:RemoveRoleFromInstanceProfile": {writes, withProfile(removeRoleFromProfile), onProfile("iam:RemoveRoleFromInstanceProfile")},
		"iam:TagInstanceProfile":            {writes, withProfile(tagProfile), onProfile("iam:TagInstanceProfile")},
		"iam:UntagInstanceProfile":          {writes, withProfile(untagProfile), onProfile("iam:UntagInstanceProfile")},
		"iam:ListInstanceProfileTags":       {reads, withProfile(listProfileTags), onProfile("iam:ListInstanceProfileTags")},
		"iam:DeleteInstanceProfile":         {writes, withProfile(deleteProfile), onProfile("iam:DeleteInstanceProfile")},
	}
}

func anyProfile(action string) ask {
	return func(c *call) []authorize.Request { return on(c.world.arn("iam", "", "instance-profile/"), action) }
}

// profileARN is the resource of a call. Of what is not there IAM knows no path.
func (c *call) profileARN() string {
	name := c.in.Text("InstanceProfileName")
	if p := c.profiles[strings.ToLower(name)]; p != nil {
		return p.arn
	}
	return c.world.arn("iam", "", "instance-profile/"+name)
}

func onProfile(action string) ask {
	return func(c *call) []authorize.Request { return on(c.profileARN(), action) }
}

// askCreateProfile: tags in the same call need iam:TagInstanceProfile too (IAM API, CreateInstanceProfile).
func askCreateProfile(c *call) []authorize.Request {
	arn := c.world.arn("iam", "", "instance-profile"+pathOf(c)+c.in.Text("InstanceProfileName"))
	out := on(arn, "iam:CreateInstanceProfile")
	if len(c.in.Objects("Tags")) > 0 {
		out = append(out, want("iam:TagInstanceProfile", arn))
	}
	return out
}

// askAddRoleToProfile: who puts a role into a profile passes it to EC2, for whatever instance (IAM API,
// AddRoleToInstanceProfile). The service's name in China is UNVERIFIED.
func askAddRoleToProfile(c *call) []authorize.Request {
	pass := passing("ec2."+suffix(c.partition), c.roleARN(c.in.Text("RoleName")))
	pass[0].Context["iam:AssociatedResourceArn"] = []string{c.world.arn("ec2", "*", "instance/*")}
	return append(on(c.profileARN(), "iam:AddRoleToInstanceProfile"), pass...)
}

// withProfile runs an operation on the instance profile that a call names.
func withProfile(run func(*call, *profile) (wire.Answer, error)) func(*call) (wire.Answer, error) {
	return func(c *call) (wire.Answer, error) {
		name := c.in.Text("InstanceProfileName")
		p := c.profiles[strings.ToLower(name)]
		if p == nil {
			return because(refuse(404, "NoSuchEntity", "Instance Profile %s cannot be found.", name))
		}
		return run(c, p)
	}
}

// createProfile: names have no case (IAM UG, IAM and AWS STS quotas, IAM name requirements).
func createProfile(c *call) (wire.Answer, error) {
	name, path := c.in.Text("InstanceProfileName"), pathOf(c)
	if err := first(profileNameRule.check("ValidationError", name), pathRule.check("ValidationError", path)); err != nil {
		return because(err)
	}
	t, err := iamTags(c.in.Objects("Tags"), nil)
	switch {
	case err != nil:
		return because(err)
	case c.profiles[strings.ToLower(name)] != nil:
		return because(refuse(409, "EntityAlreadyExists", "Instance Profile %s already exists.", name))
	case len(c.profiles) >= profilesPerAccount:
		return because(refuse(409, "LimitExceeded", "Cannot exceed quota for InstanceProfilesPerAccount: %d", profilesPerAccount))
	}
	p := &profile{name: name, path: path, id: c.unique("AIPA"), arn: c.world.arn("iam", "", "instance-profile"+path+name), created: c.now, tags: t}
	c.profiles[strings.ToLower(name)] = p
	return answer("InstanceProfile", p.fields(true))
}

// fields are a profile as IAM answers it, with its role as lists have roles. Lists of profiles leave out
// tags (IAM API, ListInstanceProfiles).
func (p *profile) fields(whole bool) wire.Fields {
	var roles []any
	if p.role != nil {
		roles = append(roles, p.role.fields(false))
	}
	f := wire.Of(
		"Path", p.path, "InstanceProfileName", p.name, "InstanceProfileId", p.id, "Arn", p.arn, "CreateDate", p.created, "Roles", wire.List{Of: roles},
	)
	if whole && len(p.tags) > 0 {
		f = append(f, wire.Of("Tags", p.tags.list("", "Key", "Value"))...)
	}
	return f
}

func getProfile(_ *call, p *profile) (wire.Answer, error) {
	return answer("InstanceProfile", p.fields(true))
}

func listProfiles(c *call) (wire.Answer, error) {
	return c.profilesThat(func(p *profile) bool { return strings.HasPrefix(p.path, c.in.Text("PathPrefix")) })
}

func listProfilesForRole(c *call, r *role) (wire.Answer, error) {
	return c.profilesThat(func(p *profile) bool { return p.role == r })
}

func (c *call) profilesThat(hold func(*profile) bool) (wire.Answer, error) {
	var names []string
	for _, p := range c.profiles {
		if hold(p) {
			names = append(names, p.name)
		}
	}
	return c.paged("InstanceProfiles", names, func(name string) any { return c.profiles[strings.ToLower(name)].fields(false) })
}

// addRoleToProfile refuses a second role, and the same again (IAM API, AddRoleToInstanceProfile).
func addRoleToProfile(c *call, p *profile) (wire.Answer, error) {
	r, err := c.theRole()
	switch {
	case err != nil:
		return because(err)
	case p.role != nil:
		return because(refuse(409, "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: %d", rolesPerProfile))
	}
	p.role = r
	return done()
}

// removeRoleFromProfile refuses a role that is not in the profile; the words are UNVERIFIED.
func removeRoleFromProfile(c *call, p *profile) (wire.Answer, error) {
	r, err := c.theRole()
	switch {
	case err != nil:
		return because(err)
	case p.role != r:
		return because(refuse(404, "NoSuchEntity", "The role with name %s cannot be found in the instance profile %s.", r.name, p.name))
	}
	p.role = nil
	return done()
}

// mustLeave refuses to delete a role that a profile has, or a profile that has a role, in the same words
// (cloud-custodian #6044 and #6340: IAM's answers).
func mustLeave() error {
	return refuse(409, "DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.")
}

// profiled says that an instance profile has a role.
func (c *call) profiled(r *role) bool {
	for _, p := range c.profiles {
		if p.role == r {
			return true
		}
	}
	return false
}

func deleteProfile(c *call, p *profile) (wire.Answer, error) {
	if p.role != nil {
		return because(mustLeave())
	}
	delete(c.profiles, strings.ToLower(p.name))
	return done()
}

func tagProfile(c *call, p *profile) (wire.Answer, error) {
	t, err := iamTags(c.in.Objects("Tags"), p.tags)
	if err != nil {
		return because(err)
	}
	p.tags = t
	return done()
}

func untagProfile(c *call, p *profile) (wire.Answer, error) {
	p.tags = p.tags.without(c.in.Texts("TagKeys"))
	return done()
}

func listProfileTags(_ *call, p *profile) (wire.Answer, error) {
	return answer("Tags", p.tags.list("", "Key", "Value"), "IsTruncated", false)
}

func (w *world) profileState() record {
	out := record{}
	for _, p := range w.profiles {
		of := ""
		if p.role != nil {
			of = p.role.arn
		}
		out[p.name] = record{"arn": p.arn, "role": of, "tags": p.tags.state()}
	}
	return out
}
