package kind

import (
	"onramp/internal/plan"
)

// Role is an IAM role. Its policies are resources of their own.
type Role struct {
	Path        string // begins and ends with a slash
	RoleName    string
	Description string
	Trust       plan.Document
	Boundary    string // ARN of the permissions boundary; "" : none
	Tags        []Tag
}

// Kind implements plan.Spec.
func (Role) Kind() plan.Kind { return "iam-role" }

// Name implements plan.Spec.
func (r Role) Name() string { return r.RoleName }

// Label implements plan.Spec.
func (r Role) Label() string { return "IAM role " + r.RoleName }

// Action implements plan.Spec.
func (Role) Action() plan.Action { return plan.Create }

// Documents implements plan.Spec.
func (r Role) Documents() []plan.Document { return []plan.Document{r.Trust} }

// Accept implements Spec.
func (r Role) Accept(v Visitor) { v.Role(r) }

// ARN implements plan.Located.
func (r Role) ARN(t plan.Target) string { return t.RoleARN(r.Path, r.RoleName) }

func getRole(name string) plan.Call { return plan.NewCall("iam", "GetRole", "RoleName", name) }

// roleOwner says who may change a role. Without tags it is somebody else's, to which the plan only adds.
func roleOwner(name string, tags []Tag) *plan.Owner {
	if tags == nil {
		return nil
	}
	return &plan.Owner{
		Read: getRole(name), Absent: noEntity, Exists: "Role.RoleName",
		Check: plan.Check{Query: tagValue("Role.Tags"), Want: owner(tags)},
	}
}

// MayDo has verify ask IAM whether a role may take some actions on some resources: a boundary can take away what its
// policies give. The policies of an organisation have no say in the answer (IAM API Reference,
// SimulatePrincipalPolicy).
func MayDo(on, title, roleARN string, actions, resources []string) plan.Probe {
	return plan.Probe{
		On: on, Title: title,
		Call:  plan.NewCall("iam", "SimulatePrincipalPolicy", "PolicySourceArn", roleARN, "ActionNames", actions, "ResourceArns", resources),
		Wrong: "EvaluationResults[?EvalDecision!='allowed'].join(' is ', [EvalActionName, EvalDecision])",
	}
}

// noEntity is what IAM answers where something is not there.
var noEntity = []string{"NoSuchEntity"}

// Steps implements plan.Spec. Role names are unique whatever their path and case, and a path
// cannot be changed (IAM User Guide, IAM identifiers).
func (r Role) Steps() []plan.Step {
	steps := []plan.Step{r.create(), r.trust()}
	if r.Boundary != "" {
		steps = append(steps, r.boundary())
	}
	return steps
}

// create makes the role. Its undo leaves a role on which something still hangs, and says what: what
// the plan has put on it is taken off before.
func (r Role) create() plan.Step {
	path := plan.Check{Query: "Role.Path", Want: r.Path}
	return plan.Step{
		Title: "create role " + r.RoleName,
		Owner: roleOwner(r.RoleName, r.Tags),
		Read:  getRole(r.RoleName), Absent: noEntity,
		Check: path,
		Create: []plan.Call{plan.NewCall("iam", "CreateRole",
			"RoleName", r.RoleName, "Path", r.Path, "Description", r.Description,
			"AssumeRolePolicyDocument", r.Trust, "PermissionsBoundary", r.Boundary,
			"Tags", objects(r.Tags, "Key", "Value"))},
		Refuse: "a role of this name exists under another path, and a path cannot be changed: choose another role name, or give the path that it has",
		Wait:   &plan.Wait{For: "the role is visible in IAM", Query: "Role.RoleName", Want: r.RoleName, Limit: waitIAM},
		Undo: &plan.Undo{
			Title: "delete role " + r.RoleName,
			Read:  getRole(r.RoleName), Absent: noEntity,
			Owner: roleOwner(r.RoleName, r.Tags),
			Check: path,
			Calls: []plan.Call{plan.NewCall("iam", "DeleteRole", "RoleName", r.RoleName)},
			Gone:  noEntity,
			Leave: []plan.Leave{{Code: "DeleteConflict", Why: "policies that somebody else has given it hang on it, or an instance profile holds it"}},
		},
	}
}

func (r Role) trust() plan.Step {
	update := func(document any) []plan.Call {
		return []plan.Call{plan.NewCall("iam", "UpdateAssumeRolePolicy", "RoleName", r.RoleName, "PolicyDocument", document)}
	}
	return plan.Step{
		Title: "set the trust policy of " + r.RoleName,
		Read:  getRole(r.RoleName), Absent: noEntity, Fresh: true,
		Check:   plan.Check{Query: "Role.AssumeRolePolicyDocument", Document: &r.Trust},
		Update:  update(r.Trust),
		Restore: update(plan.Before{Query: "Role.AssumeRolePolicyDocument", Text: true}),
	}
}

func (r Role) boundary() plan.Step {
	const there = "Role.PermissionsBoundary.PermissionsBoundaryArn"
	put := func(arn any) []plan.Call {
		return []plan.Call{plan.NewCall("iam", "PutRolePermissionsBoundary", "RoleName", r.RoleName, "PermissionsBoundary", arn)}
	}
	st := plan.Step{
		Title: "set the permissions boundary of " + r.RoleName,
		Read:  getRole(r.RoleName), Absent: noEntity, Fresh: true,
		Check:  plan.Check{Query: there, Want: r.Boundary},
		Create: put(r.Boundary), Update: put(r.Boundary), Restore: put(plan.Before{Query: there}),
	}
	st.Undo = back(st, "take the permissions boundary off "+r.RoleName, plan.NewCall("iam", "DeleteRolePermissionsBoundary", "RoleName", r.RoleName))
	return st
}

// Attachment is a managed policy on a role.
type Attachment struct {
	RoleName  string
	PolicyARN string
	Title     string // the policy's name
	RoleTags  []Tag  // of the role: who may change it; nil: it is there already, and the plan only adds to it
}

// Kind implements plan.Spec.
func (Attachment) Kind() plan.Kind { return "iam-role-attachment" }

// Name implements plan.Spec.
func (a Attachment) Name() string { return a.Title }

// Label implements plan.Spec.
func (a Attachment) Label() string { return "managed policy " + a.Title + " on " + a.RoleName }

// Action implements plan.Spec.
func (Attachment) Action() plan.Action { return plan.Create }

// Documents implements plan.Spec.
func (Attachment) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (a Attachment) Accept(v Visitor) { v.Attachment(a) }

// Steps implements plan.Spec. The undo waits until IAM itself no longer sees the policy on the role,
// which can be deleted only then.
func (a Attachment) Steps() []plan.Step {
	st := plan.Step{
		Title: "attach " + a.Title + " to " + a.RoleName,
		Owner: roleOwner(a.RoleName, a.RoleTags),
		Read:  plan.NewCall("iam", "ListAttachedRolePolicies", "RoleName", a.RoleName), Absent: noEntity,
		Check:  plan.Check{Query: "AttachedPolicies[?PolicyArn==" + raw(a.PolicyARN) + "].PolicyArn | [0]", Want: a.PolicyARN},
		Create: []plan.Call{plan.NewCall("iam", "AttachRolePolicy", "RoleName", a.RoleName, "PolicyArn", a.PolicyARN)},
	}
	st.Undo = back(st, "detach "+a.Title+" from "+a.RoleName, plan.NewCall("iam", "DetachRolePolicy", "RoleName", a.RoleName, "PolicyArn", a.PolicyARN))
	st.Undo.Wait = gone("the policy is off the role", st.Check.Query, waitIAM)
	return []plan.Step{st}
}

// InlinePolicy is a policy that belongs to one role.
type InlinePolicy struct {
	RoleName   string
	PolicyName string
	Document   plan.Document
	RoleTags   []Tag
}

// Kind implements plan.Spec.
func (InlinePolicy) Kind() plan.Kind { return "iam-role-policy" }

// Name implements plan.Spec.
func (p InlinePolicy) Name() string { return p.PolicyName }

// Label implements plan.Spec.
func (p InlinePolicy) Label() string { return "inline policy " + p.PolicyName + " on " + p.RoleName }

// Action implements plan.Spec.
func (InlinePolicy) Action() plan.Action { return plan.Create }

// Documents implements plan.Spec.
func (p InlinePolicy) Documents() []plan.Document { return []plan.Document{p.Document} }

// Accept implements Spec.
func (p InlinePolicy) Accept(v Visitor) { v.InlinePolicy(p) }

// Steps implements plan.Spec. PutRolePolicy overwrites without a word (IAM API Reference), hence
// the look before it.
func (p InlinePolicy) Steps() []plan.Step {
	put := func(document any) []plan.Call {
		return []plan.Call{plan.NewCall("iam", "PutRolePolicy", "RoleName", p.RoleName, "PolicyName", p.PolicyName, "PolicyDocument", document)}
	}
	st := plan.Step{
		Title: "put inline policy " + p.PolicyName + " on " + p.RoleName,
		Owner: roleOwner(p.RoleName, p.RoleTags),
		Read:  plan.NewCall("iam", "GetRolePolicy", "RoleName", p.RoleName, "PolicyName", p.PolicyName), Absent: noEntity,
		Check:  plan.Check{Query: "PolicyDocument", Document: &p.Document},
		Create: put(p.Document), Update: put(p.Document), Restore: put(plan.Before{Query: "PolicyDocument", Text: true}),
	}
	st.Undo = back(st, "delete inline policy "+p.PolicyName+" of "+p.RoleName,
		plan.NewCall("iam", "DeleteRolePolicy", "RoleName", p.RoleName, "PolicyName", p.PolicyName))
	st.Undo.Wait = gone("the policy is off the role", "PolicyName", waitIAM)
	return []plan.Step{st}
}
