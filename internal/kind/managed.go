package kind

import (
	"onramp/internal/plan"
)

// ManagedPolicy is a policy of the account's own that can be attached to many.
type ManagedPolicy struct {
	ID          string // of the resource
	Path        string // begins and ends with a slash
	PolicyName  string
	Description string
	Account     string
	Partition   string
	Document    plan.Document
	Tags        []Tag
}

// PolicyVersion is the output of a managed policy that names its default version.
const PolicyVersion = "version"

// Kind implements plan.Spec.
func (ManagedPolicy) Kind() plan.Kind { return "iam-policy" }

// Name implements plan.Spec.
func (p ManagedPolicy) Name() string { return p.PolicyName }

// Label implements plan.Spec.
func (p ManagedPolicy) Label() string { return "customer-managed policy " + p.PolicyName }

// Action implements plan.Spec.
func (ManagedPolicy) Action() plan.Action { return plan.Create }

// Documents implements plan.Spec.
func (p ManagedPolicy) Documents() []plan.Document { return []plan.Document{p.Document} }

// Accept implements Spec.
func (p ManagedPolicy) Accept(v Visitor) { v.ManagedPolicy(p) }

// ARN implements plan.Located.
func (p ManagedPolicy) ARN(plan.Target) string {
	return plan.Target{Account: p.Account, Partition: p.Partition}.GlobalARN("iam", "policy"+p.Path+p.PolicyName)
}

// Steps implements plan.Spec.
func (p ManagedPolicy) Steps() []plan.Step { return []plan.Step{p.create(), p.document()} }

// get finds the policy by its ARN, which is known before it is made: names are unique in an account whatever
// their path, so that a policy of this name under another path makes CreatePolicy fail (IAM User Guide, IAM
// identifiers).
func (p ManagedPolicy) get() plan.Call {
	return plan.NewCall("iam", "GetPolicy", "PolicyArn", p.ARN(plan.Target{}))
}

func (p ManagedPolicy) create() plan.Step {
	const arn, version = "Policy.Arn", "Policy.DefaultVersionId"
	mine := &plan.Owner{Read: p.get(), Absent: noEntity, Exists: arn, Check: plan.Check{Query: tagValue("Policy.Tags"), Want: owner(p.Tags)}}
	return plan.Step{
		Title: "create policy " + p.PolicyName,
		Owner: mine,
		Read:  p.get(), Absent: noEntity,
		Check: plan.Check{Query: arn},
		Create: []plan.Call{plan.NewCall("iam", "CreatePolicy",
			"PolicyName", p.PolicyName, "Path", p.Path, "Description", p.Description, "PolicyDocument", p.Document, "Tags", objects(p.Tags, "Key", "Value"))},
		Wait: &plan.Wait{For: "the policy is visible in IAM", Query: arn, Want: p.ARN(plan.Target{}), Limit: waitIAM},
		Take: []plan.Output{{Name: PolicyVersion, Read: version, Made: version, Moves: true}},
		Undo: &plan.Undo{
			Title: "delete policy " + p.PolicyName,
			Read:  p.get(), Absent: noEntity, Owner: mine, Check: plan.Check{Query: arn},
			Calls: []plan.Call{plan.NewCall("iam", "DeletePolicy", "PolicyArn", p.ARN(plan.Target{}))},
			Gone:  noEntity,
			Leave: []plan.Leave{{Code: "DeleteConflict", Why: "it is attached to something of somebody else's, or has further versions"}},
		},
	}
}

// document compares the default version. A change is a further version, which becomes the default; AWS keeps the
// one before, and five in all (IAM User Guide, Versioning IAM policies).
func (p ManagedPolicy) document() plan.Step {
	arn, id := p.ARN(plan.Target{}), "PolicyVersion.VersionId"
	return plan.Step{
		Title: "set the default version of " + p.PolicyName,
		Read:  plan.NewCall("iam", "GetPolicyVersion", "PolicyArn", arn, "VersionId", plan.Ref{Resource: p.ID, Output: PolicyVersion}.String()), Absent: noEntity, Fresh: true,
		Check:  plan.Check{Query: "PolicyVersion.Document", Document: &p.Document},
		Update: []plan.Call{plan.NewCall("iam", "CreatePolicyVersion", "PolicyArn", arn, "PolicyDocument", p.Document, "SetAsDefault", true)},
		Restore: []plan.Call{
			plan.NewCall("iam", "SetDefaultPolicyVersion", "PolicyArn", arn, "VersionId", plan.Before{Query: id}),
			plan.NewCall("iam", "DeletePolicyVersion", "PolicyArn", arn, "VersionId", plan.Current{Query: id}),
		},
	}
}

// InstanceProfile hands a role to EC2 instances.
type InstanceProfile struct {
	ProfileName string
	RoleName    string
	Tags        []Tag
}

// Kind implements plan.Spec.
func (InstanceProfile) Kind() plan.Kind { return "iam-instance-profile" }

// Name implements plan.Spec.
func (p InstanceProfile) Name() string { return p.ProfileName }

// Label implements plan.Spec.
func (p InstanceProfile) Label() string { return "instance profile " + p.ProfileName }

// Action implements plan.Spec.
func (InstanceProfile) Action() plan.Action { return plan.Create }

// Documents implements plan.Spec.
func (InstanceProfile) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (p InstanceProfile) Accept(v Visitor) { v.InstanceProfile(p) }

// ARN implements plan.Located.
func (p InstanceProfile) ARN(t plan.Target) string {
	return t.GlobalARN("iam", "instance-profile/"+p.ProfileName)
}

func (p InstanceProfile) call(operation string, members ...any) plan.Call {
	return plan.NewCall("iam", operation, append([]any{"InstanceProfileName", p.ProfileName}, members...)...)
}

// Steps implements plan.Spec. A profile holds one role (IAM User Guide, Using instance profiles).
func (p InstanceProfile) Steps() []plan.Step {
	const name, role = "InstanceProfile.InstanceProfileName", "InstanceProfile.Roles[0].RoleName"
	get := p.call("GetInstanceProfile")
	mine := &plan.Owner{Read: get, Absent: noEntity, Exists: name, Check: plan.Check{Query: tagValue("InstanceProfile.Tags"), Want: owner(p.Tags)}}
	put := plan.Step{
		Title: "put role " + p.RoleName + " into " + p.ProfileName,
		Read:  get, Absent: noEntity,
		Check:  plan.Check{Query: role, Want: p.RoleName},
		Create: []plan.Call{p.call("AddRoleToInstanceProfile", "RoleName", p.RoleName)},
		Refuse: "the profile holds another role, and instances may be running with it: choose another name for the profile",
	}
	put.Undo = back(put, "take role "+p.RoleName+" out of "+p.ProfileName, p.call("RemoveRoleFromInstanceProfile", "RoleName", p.RoleName))
	put.Undo.Apart = true // a profile that holds a role cannot be deleted
	return []plan.Step{{
		Title: "create instance profile " + p.ProfileName,
		Owner: mine,
		Read:  get, Absent: noEntity,
		Check:  plan.Check{Query: name},
		Create: []plan.Call{p.call("CreateInstanceProfile", "Tags", objects(p.Tags, "Key", "Value"))},
		Wait:   &plan.Wait{For: "the instance profile is visible in IAM", Query: name, Want: p.ProfileName, Limit: waitIAM},
		Undo: &plan.Undo{
			Title: "delete instance profile " + p.ProfileName,
			Read:  get, Absent: noEntity, Owner: mine, Check: plan.Check{Query: name},
			Calls: []plan.Call{p.call("DeleteInstanceProfile")},
			Gone:  noEntity,
			Leave: []plan.Leave{{Code: "DeleteConflict", Why: "it holds a role that somebody else has put into it"}},
		},
	}, put}
}
