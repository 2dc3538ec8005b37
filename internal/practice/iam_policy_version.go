package practice

import (
	"slices"
	"time"

	"onramp/internal/practice/wire"
)

// policyVersion is one text of a managed policy.
type policyVersion struct {
	id, document string
	created      time.Time
}

const versionsPerPolicy = 5 // IAM UG, IAM and AWS STS quotas

var versionRule = rule("versionId", 0, 64, `v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`) // the model has no length

// theVersion finds the version of a policy that a call names.
func (c *call) theVersion(p *managedPolicy) (int, error) {
	id := c.in.Text("VersionId")
	if err := versionRule.check("ValidationError", id); err != nil {
		return 0, err
	}
	at := slices.IndexFunc(p.versions, func(v policyVersion) bool { return v.id == id })
	if at < 0 {
		return 0, refuse(404, "NoSuchEntity", "Policy %s version %s does not exist or is not attachable.", p.arn, id)
	}
	return at, nil
}

// add makes a version and gives its id.
func (p *managedPolicy) add(document string, now time.Time) string {
	p.numbered++
	id := "v" + itoa(p.numbered)
	p.versions = append(p.versions, policyVersion{id, document, now})
	return id
}

func getPolicyVersion(c *call, p *managedPolicy) (wire.Answer, error) {
	at, err := c.theVersion(p)
	if err != nil {
		return because(err)
	}
	v := p.versions[at]
	return answer("PolicyVersion", append(wire.Of("Document", encoded(v.document)), p.versionFields(v)...))
}

func (p *managedPolicy) versionFields(v policyVersion) wire.Fields {
	return wire.Of("VersionId", v.id, "IsDefaultVersion", v.id == p.standard, "CreateDate", v.created)
}

func listPolicyVersions(_ *call, p *managedPolicy) (wire.Answer, error) {
	newest := slices.Clone(p.versions)
	slices.Reverse(newest)
	return answer("Versions", wire.Each("", newest, func(v policyVersion) any { return p.versionFields(v) }), "IsTruncated", false)
}

func createPolicyVersion(c *call, p *managedPolicy) (wire.Answer, error) {
	switch err := checkManaged(c.in.Text("PolicyDocument")); {
	case err != nil:
		return because(err)
	case c.policies[p.arn] == nil:
		return because(notOurs(p))
	case len(p.versions) >= versionsPerPolicy:
		return because(refuse(409, "LimitExceeded",
			"A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", versionsPerPolicy))
	}
	id := p.add(c.in.Text("PolicyDocument"), c.now)
	if c.in.Bool("SetAsDefault") {
		p.standard, p.updated = id, c.now
	}
	return answer("PolicyVersion", p.versionFields(p.versions[len(p.versions)-1]))
}

func notOurs(p *managedPolicy) error {
	return refuse(403, "AccessDenied", "The policy %s is managed by AWS and cannot be changed.", p.arn)
}

func deletePolicyVersion(c *call, p *managedPolicy) (wire.Answer, error) {
	at, err := c.theVersion(p)
	switch {
	case err != nil:
		return because(err)
	case c.policies[p.arn] == nil:
		return because(notOurs(p))
	case p.versions[at].id == p.standard:
		return because(refuse(409, "DeleteConflict", "Cannot delete the default version of a policy."))
	}
	p.versions = slices.Delete(p.versions, at, at+1)
	return done()
}

// setDefaultPolicyVersion says which version holds. That it does already is no error (IAM API,
// SetDefaultPolicyVersion).
func setDefaultPolicyVersion(c *call, p *managedPolicy) (wire.Answer, error) {
	at, err := c.theVersion(p)
	switch {
	case err != nil:
		return because(err)
	case c.policies[p.arn] == nil:
		return because(notOurs(p))
	case p.versions[at].id != p.standard:
		p.standard, p.updated = p.versions[at].id, c.now
	}
	return done()
}
