package practice

import (
	"maps"
	"slices"
	"strings"
	"time"

	"onramp/internal/awsname"
	"onramp/internal/policy"
	"onramp/internal/practice/authorize"
	"onramp/internal/practice/wire"
)

// managedPolicy is a policy with an ARN, the customer's or AWS's.
type managedPolicy struct {
	arn, id, name, path string
	description         string
	created, updated    time.Time
	tags                tags
	versions            []policyVersion // the oldest first
	standard            string          // id of the default version
	numbered            int             // versions made so far: numbers are not used again
}

// policyAt finds a managed policy; nil where there is none.
func (c *call) policyAt(arn string) *managedPolicy {
	if p := c.policies[arn]; p != nil {
		return p
	}
	name, ok := strings.CutPrefix(arn, "arn:"+c.partition+":iam::aws:policy")
	p, known := awsPolicies()[name]
	if !ok || !known {
		return nil
	}
	// In each partition AWS's policies name what is in it (AWS Managed Policy Reference Guide).
	text := strings.ReplaceAll(string(p.Document), `"arn:aws:`, `"arn:`+c.partition+`:`)
	return &managedPolicy{
		arn: arn, id: "ANPA" + strings.ToUpper(uuidOf(digestOf(name))[:8]) + "PRACTICE0", name: p.Name, path: p.Path, created: p.Created, updated: p.Updated,
		versions: []policyVersion{{p.Version, text, p.Updated}}, standard: p.Version,
	}
}

// document is the text of the default version.
func (p *managedPolicy) document() string {
	for _, v := range p.versions {
		if v.id == p.standard {
			return v.document
		}
	}
	return ""
}

// thePolicy is the managed policy that a call names (IAM API, errors of GetPolicy).
func (c *call) thePolicy() (*managedPolicy, error) {
	arn := c.in.Text("PolicyArn")
	if awsname.PolicyARN(arn) != nil {
		return nil, bad("InvalidInput", "ARN %s is not valid.", arn)
	}
	p := c.policyAt(arn)
	if p == nil {
		return nil, refuse(404, "NoSuchEntity", "Policy %s was not found.", arn)
	}
	return p, nil
}

func withPolicy(run func(*call, *managedPolicy) (wire.Answer, error)) func(*call) (wire.Answer, error) {
	return func(c *call) (wire.Answer, error) {
		p, err := c.thePolicy()
		if err != nil {
			return because(err)
		}
		return run(c, p)
	}
}

// checkManaged checks the document of a managed policy, which must state the new version of the
// language, unlike an inline one (step-s3sync #25, Meteor-CollectionFS #630: IAM's answers).
func checkManaged(text string) error {
	d, err := document(text, policy.Identity)
	switch {
	case err != nil:
		return bad("MalformedPolicyDocument", "%s", err)
	case d.Version != policy.Version:
		return bad("MalformedPolicyDocument", "Policy document must be version 2012-10-17 or greater.")
	case d.Size() > policy.MaxManaged:
		return refuse(409, "LimitExceeded", "Cannot exceed quota for PolicySize: %d", policy.MaxManaged)
	}
	return nil
}

func createPolicy(c *call) (wire.Answer, error) {
	p := &managedPolicy{
		name: c.in.Text("PolicyName"), path: c.in.Text("Path"), description: c.in.Text("Description"), created: c.now, updated: c.now,
	}
	if p.path == "" {
		p.path = "/"
	}
	err := first(
		policyNameRule.check("ValidationError", p.name), pathRule.check("ValidationError", p.path),
		descriptionRule.check("ValidationError", p.description), checkManaged(c.in.Text("PolicyDocument")),
	)
	if err != nil {
		return because(err)
	}
	if p.tags, err = iamTags(c.in.Objects("Tags"), nil); err != nil {
		return because(err)
	}
	for _, other := range c.policies {
		if strings.EqualFold(other.name, p.name) {
			return because(refuse(409, "EntityAlreadyExists", "A policy called %s already exists. Duplicate names are not allowed.", p.name))
		}
	}
	p.id, p.arn = c.unique("ANPA"), c.world.arn("iam", "", "policy"+p.path+p.name)
	p.standard = p.add(c.in.Text("PolicyDocument"), c.now)
	c.policies[p.arn] = p
	return answer("Policy", c.policyFields(p, false)) // the description comes with GetPolicy only (IAM API, Policy)
}

// attachments counts the roles that a policy is attached to.
func (c *call) attachments(arn string) (roles, boundaries int) {
	for _, r := range c.roles {
		if slices.Contains(r.attached, arn) {
			roles++
		}
		if r.boundary == arn {
			boundaries++
		}
	}
	return roles, boundaries
}

func (c *call) policyFields(p *managedPolicy, whole bool) wire.Fields {
	attached, bounds := c.attachments(p.arn)
	f := wire.Of(
		"PolicyName", p.name, "PolicyId", p.id, "Arn", p.arn, "Path", p.path, "DefaultVersionId", p.standard,
		"AttachmentCount", attached, "PermissionsBoundaryUsageCount", bounds, "IsAttachable", true, "CreateDate", p.created, "UpdateDate", p.updated,
	)
	if whole {
		f = append(f, wire.Of("Description", wire.Opt(p.description), "Tags", p.tags.list("", "Key", "Value"))...)
	}
	return f
}

func getPolicy(c *call, p *managedPolicy) (wire.Answer, error) {
	return answer("Policy", c.policyFields(p, true))
}

func deletePolicy(c *call, p *managedPolicy) (wire.Answer, error) {
	roles, bounds := c.attachments(p.arn)
	switch {
	case c.policies[p.arn] == nil:
		return because(notOurs(p))
	case roles+bounds > 0:
		return because(refuse(409, "DeleteConflict", "Cannot delete a policy attached to entities."))
	case len(p.versions) > 1:
		return because(refuse(409, "DeleteConflict",
			"This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "+
				"The default version is deleted with the policy."))
	}
	delete(c.policies, p.arn)
	return done()
}

// listPolicies lists the customer's policies, AWS's, or both (IAM API, ListPolicies: Scope).
func listPolicies(c *call) (wire.Answer, error) {
	var arns []string
	if scope := c.in.Text("Scope"); scope != "AWS" {
		arns = slices.Collect(maps.Keys(c.policies))
	}
	if scope := c.in.Text("Scope"); scope != "Local" {
		for name := range awsPolicies() {
			arns = append(arns, "arn:"+c.partition+":iam::aws:policy"+name)
		}
	}
	arns = slices.DeleteFunc(arns, func(arn string) bool {
		roles, _ := c.attachments(arn)
		return c.in.Bool("OnlyAttached") && roles == 0 || !strings.HasPrefix(c.policyAt(arn).path, c.in.Text("PathPrefix"))
	})
	return c.paged("Policies", arns, func(arn string) any { return c.policyFields(c.policyAt(arn), false) })
}

// attachRolePolicy is idempotent (IAM API, AttachRolePolicy).
func attachRolePolicy(c *call, r *role) (wire.Answer, error) {
	arn := c.in.Text("PolicyArn")
	switch {
	case awsname.PolicyARN(arn) != nil:
		return because(bad("InvalidInput", "ARN %s is not valid.", arn))
	case c.policyAt(arn) == nil:
		return because(refuse(404, "NoSuchEntity", "Policy %s does not exist or is not attachable.", arn))
	case slices.Contains(r.attached, arn):
		return done()
	case len(r.attached) >= policiesPerRole:
		return because(refuse(409, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: %d", policiesPerRole))
	}
	r.attached = append(r.attached, arn)
	return done()
}

func detachRolePolicy(c *call, r *role) (wire.Answer, error) {
	arn := c.in.Text("PolicyArn")
	at := slices.Index(r.attached, arn)
	if at < 0 {
		return because(refuse(404, "NoSuchEntity", "Policy %s was not found.", arn))
	}
	r.attached = slices.Delete(r.attached, at, at+1)
	return done()
}

func listAttachedRolePolicies(c *call, r *role) (wire.Answer, error) {
	return answer("AttachedPolicies", wire.Each("", r.attached, func(arn string) any {
		return wire.Of("PolicyName", c.policyAt(arn).name, "PolicyArn", arn)
	}), "IsTruncated", false)
}

// putRolePolicy overwrites without a word (IAM API, PutRolePolicy).
func putRolePolicy(c *call, r *role) (wire.Answer, error) {
	if err := c.checkInline(r.inline, "role", r.name, policy.MaxInlineRole); err != nil {
		return because(err)
	}
	r.inline[c.in.Text("PolicyName")] = c.in.Text("PolicyDocument")
	return done()
}

func noSuchInline(name string) error {
	return refuse(404, "NoSuchEntity", "The role policy with name %s cannot be found.", name)
}

func getRolePolicy(c *call, r *role) (wire.Answer, error) {
	name := c.in.Text("PolicyName")
	text, ok := r.inline[name]
	if !ok {
		return because(noSuchInline(name))
	}
	return answer("RoleName", r.name, "PolicyName", name, "PolicyDocument", encoded(text))
}

func deleteRolePolicy(c *call, r *role) (wire.Answer, error) {
	name := c.in.Text("PolicyName")
	if _, ok := r.inline[name]; !ok {
		return because(noSuchInline(name))
	}
	delete(r.inline, name)
	return done()
}

func listRolePolicies(c *call, r *role) (wire.Answer, error) {
	return c.paged("PolicyNames", slices.Collect(maps.Keys(r.inline)), func(name string) any { return name })
}

// simulatePrincipalPolicy asks the policies of a role and its permissions boundary. Trust and resource policies have no
// say in it (IAM API, SimulatePrincipalPolicy).
func simulatePrincipalPolicy(c *call) (wire.Answer, error) {
	arn := c.in.Text("PolicySourceArn")
	documents, err := c.policiesOf(arn)
	if err != nil {
		return because(err)
	}
	bounds, err := c.boundsOf(arn)
	if err != nil {
		return because(err)
	}
	context := map[string][]string{}
	for _, entry := range c.in.Objects("ContextEntries") {
		context[entry.Text("ContextKeyName")] = entry.Texts("ContextKeyValues")
	}
	resources := c.in.Texts("ResourceArns")
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	var results []any
	for _, action := range c.in.Texts("ActionNames") {
		if strings.ContainsAny(action, "*?") || !strings.Contains(action, ":") {
			return because(bad("InvalidInput", "Invalid action: %s", action))
		}
		for _, resource := range resources {
			decision := within(authorize.Request{Action: action, Resource: resource, Context: context}, documents, bounds)
			results = append(results, wire.Of(
				"EvalActionName", action, "EvalResourceName", resource, "EvalDecision", decision.String(),
				"MatchedStatements", wire.List{}, "MissingContextValues", wire.List{},
			))
		}
	}
	return answer("IsTruncated", false, "EvaluationResults", wire.List{Of: results})
}

// policiesOf are the identity policies of a role, or of the caller.
func (c *call) policiesOf(arn string) ([]policy.Document, error) {
	switch {
	case arn == c.callerARN() && c.may != nil:
		return []policy.Document{*c.may}, nil
	case arn == c.callerARN():
		return []policy.Document{everything}, nil
	}
	r := c.roleOf(arn)
	if r == nil {
		return nil, refuse(404, "NoSuchEntity", "The principal %s does not exist.", arn)
	}
	texts := slices.Collect(maps.Values(r.inline))
	for _, attached := range r.attached {
		texts = append(texts, c.policyAt(attached).document())
	}
	return parsed(texts...)
}

// boundsOf is the permissions boundary of a role; none where it has none, and for the caller.
func (c *call) boundsOf(arn string) ([]policy.Document, error) {
	r := c.roleOf(arn)
	if r == nil || r.boundary == "" {
		return nil, nil
	}
	return parsed(c.policyAt(r.boundary).document())
}

// roleOf is the role of an ARN; nil where there is none.
func (c *call) roleOf(arn string) *role {
	r := c.roles[strings.ToLower(arn[strings.LastIndex(arn, "/")+1:])]
	if r == nil || r.arn != arn {
		return nil
	}
	return r
}

// within is what identity policies and a boundary make of a request together: a Deny of either wins, and otherwise
// both have to allow it (IAM User Guide, Permissions boundaries for IAM entities).
func within(r authorize.Request, documents, bounds []policy.Document) authorize.Decision {
	decision := authorize.Decide(r, documents...)
	if len(bounds) == 0 {
		return decision
	}
	switch bound := authorize.Decide(r, bounds...); {
	case bound == authorize.ExplicitDeny || decision == authorize.ExplicitDeny:
		return authorize.ExplicitDeny
	case bound == authorize.Allow:
		return decision
	}
	return authorize.ImplicitDeny
}

func parsed(texts ...string) ([]policy.Document, error) {
	var out []policy.Document
	for _, text := range texts {
		d, err := policy.Parse([]byte(text))
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// everything is what the caller may do where nothing else is said.
var everything = policy.Document{Version: policy.Version, Statements: []policy.Statement{
	{Effect: policy.Allow, Actions: []string{"*"}, Resources: []string{"*"}},
}}
