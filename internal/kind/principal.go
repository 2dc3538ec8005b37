package kind

import (
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// Principal is a user, a group or a role of IAM, by its name: names are unique in an account whatever
// their path.
type Principal struct {
	Type PrincipalType
	Name string
}

// PrincipalType says what a principal is.
type PrincipalType string

// The types.
const (
	User     PrincipalType = "user"
	Group    PrincipalType = "group"
	RoleType PrincipalType = "role"
)

// api is the type as IAM spells it in operations and members.
func (t PrincipalType) api() string {
	return map[PrincipalType]string{User: "User", Group: "Group", RoleType: "Role"}[t]
}

// MaxInline is how many characters all inline policies of one principal may have together (IAM User
// Guide, IAM and AWS STS quotas).
func (t PrincipalType) MaxInline() int {
	return map[PrincipalType]int{User: policy.MaxInlineUser, Group: policy.MaxInlineGroup, RoleType: policy.MaxInlineRole}[t]
}

// Label is the principal for people.
func (p Principal) Label() string { return "IAM " + string(p.Type) + " " + p.Name }

// call is an operation on the principal: verb and what follow as in PutUserPolicy.
func (p Principal) call(verb, what string, members ...any) plan.Call {
	return plan.NewCall("iam", verb+p.Type.api()+what, append([]any{p.Type.api() + "Name", p.Name}, members...)...)
}

// ExistingPrincipal is a user, group or role that somebody else has made and that the plan only adds to.
type ExistingPrincipal struct {
	Of Principal
	// Trusted is the service, such as "ec2.amazonaws.com", that must be able to assume the role; "" : nobody asks.
	Trusted string
	Trust   plan.Document // what is put to the role's trust policy with consent, where the service cannot
}

// Kind implements plan.Spec.
func (ExistingPrincipal) Kind() plan.Kind { return "iam-principal-existing" }

// Name implements plan.Spec.
func (e ExistingPrincipal) Name() string { return e.Of.Name }

// Label implements plan.Spec.
func (e ExistingPrincipal) Label() string { return "existing " + e.Of.Label() }

// Action implements plan.Spec.
func (ExistingPrincipal) Action() plan.Action { return plan.Adopt }

// Documents implements plan.Spec.
func (e ExistingPrincipal) Documents() []plan.Document {
	if e.Trusted == "" {
		return nil
	}
	return []plan.Document{e.Trust}
}

// Accept implements Spec.
func (e ExistingPrincipal) Accept(v Visitor) { v.ExistingPrincipal(e) }

// Steps implements plan.Spec.
func (e ExistingPrincipal) Steps() []plan.Step {
	steps := []plan.Step{{
		Title: "look at " + e.Of.Label(),
		Read:  e.Of.call("Get", ""), Absent: noEntity,
		Check:  plan.Check{Query: e.Of.Type.api() + ".Arn"},
		Refuse: "the " + string(e.Of.Type) + " must exist: name one that is there, or have it made first",
	}}
	if e.Trusted != "" {
		steps = append(steps, e.trust())
	}
	return steps
}

// trust sees that a service can assume the role. A trust policy says so in many ways, so it is not compared: a
// statement counts that allows it under no condition.
func (e ExistingPrincipal) trust() plan.Step {
	const there = "Role.AssumeRolePolicyDocument"
	update := func(document any) []plan.Call {
		return []plan.Call{plan.NewCall("iam", "UpdateAssumeRolePolicy", "RoleName", e.Of.Name, "PolicyDocument", document)}
	}
	trusts := "trusts " + e.Trusted
	statement := "[" + there + ".Statement][] | [?Effect=='Allow' && !Condition && contains([Action][], 'sts:AssumeRole') && contains([Principal.Service][], " + raw(e.Trusted) + ")]"
	return plan.Step{
		Title: "let " + e.Trusted + " assume " + e.Of.Name,
		Read:  e.Of.call("Get", ""), Absent: noEntity, Ask: true,
		Check:   plan.Check{Query: "(" + statement + " | [0] && " + raw(trusts) + ") || to_string(" + there + ")", Want: trusts},
		Update:  update(plan.Merged{Query: there, Document: e.Trust}),
		Restore: update(plan.Before{Query: there, Text: true}),
		Refuse:  "the role's trust policy must let " + e.Trusted + " assume it, and a script cannot put policies together: onramp apply can; or add the plan's statement by hand",
	}
}

// PrincipalPolicy is a policy that belongs to one principal which the plan has not made.
type PrincipalPolicy struct {
	Of         Principal
	PolicyName string
	Document   plan.Document
}

// Kind implements plan.Spec.
func (PrincipalPolicy) Kind() plan.Kind { return "iam-principal-policy" }

// Name implements plan.Spec.
func (p PrincipalPolicy) Name() string { return p.PolicyName }

// Label implements plan.Spec.
func (p PrincipalPolicy) Label() string {
	return "inline policy " + p.PolicyName + " on " + p.Of.Label()
}

// Action implements plan.Spec.
func (PrincipalPolicy) Action() plan.Action { return plan.Create }

// Documents implements plan.Spec.
func (p PrincipalPolicy) Documents() []plan.Document { return []plan.Document{p.Document} }

// Accept implements Spec.
func (p PrincipalPolicy) Accept(v Visitor) { v.PrincipalPolicy(p) }

// Steps implements plan.Spec. PutUserPolicy and its sisters overwrite without a word (IAM API Reference),
// and an inline policy carries no tag that says who wrote it: another one of the name is replaced only
// with consent.
func (p PrincipalPolicy) Steps() []plan.Step {
	put := func(document any) []plan.Call {
		return []plan.Call{p.Of.call("Put", "Policy", "PolicyName", p.PolicyName, "PolicyDocument", document)}
	}
	st := plan.Step{
		Title: "put inline policy " + p.PolicyName + " on " + p.Of.Label(),
		Read:  p.Of.call("Get", "Policy", "PolicyName", p.PolicyName), Absent: noEntity, Ask: true,
		Check:  plan.Check{Query: "PolicyDocument", Document: &p.Document},
		Create: put(p.Document), Update: put(p.Document), Restore: put(plan.Before{Query: "PolicyDocument", Text: true}),
	}
	st.Undo = back(st, "delete inline policy "+p.PolicyName+" of "+p.Of.Label(), p.Of.call("Delete", "Policy", "PolicyName", p.PolicyName))
	st.Undo.Wait = gone("the policy is off the "+string(p.Of.Type), "PolicyName", waitIAM)
	return []plan.Step{st}
}
