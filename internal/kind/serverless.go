package kind

import (
	"onramp/internal/netpath"
	"onramp/internal/plan"
)

// NamespaceRoles attaches roles to a serverless namespace. It only ever adds.
type NamespaceRoles struct {
	Namespace   string
	RoleARNs    []string
	DefaultRole string // ARN of the role that becomes the default; "" : the default stays as it is
}

// Kind implements plan.Spec.
func (NamespaceRoles) Kind() plan.Kind { return "redshift-namespace-roles" }

// Name implements plan.Spec.
func (n NamespaceRoles) Name() string { return n.Namespace }

// Label implements plan.Spec.
func (n NamespaceRoles) Label() string { return "roles of namespace " + n.Namespace }

// Action implements plan.Spec.
func (NamespaceRoles) Action() plan.Action { return plan.Update }

// Documents implements plan.Spec.
func (NamespaceRoles) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (n NamespaceRoles) Accept(v Visitor) { v.NamespaceRoles(n) }

const (
	namespaceRoles   = "namespace.iamRoles"
	namespaceDefault = "namespace.defaultIamRoleArn"
)

// noServerless is what Redshift Serverless answers where there is no such namespace or workgroup.
var noServerless = []string{"ResourceNotFoundException"}

// serverlessTurn is the turn of whatever changes a namespace or a workgroup: either takes one change at
// a time.
func serverlessTurn(name string) string { return "redshift-serverless:" + name }

func (n NamespaceRoles) read() plan.Call {
	return plan.NewCall("redshift-serverless", "GetNamespace", "namespaceName", n.Namespace)
}

func (n NamespaceRoles) available() *plan.Wait {
	return &plan.Wait{
		For: "namespace " + n.Namespace + " is available", Query: "namespace.status", Want: "AVAILABLE",
		Never: []string{"DELETING"}, Limit: waitCluster,
	}
}

// update sends the whole list of roles and the default role.
func (n NamespaceRoles) update(roles plan.RoleList, byDefault any) []plan.Call {
	roles.Query = namespaceRoles
	return []plan.Call{plan.NewCall("redshift-serverless", "UpdateNamespace", "namespaceName", n.Namespace, "iamRoles", roles, "defaultIamRoleArn", byDefault)}
}

// Steps implements plan.Spec. UpdateNamespace takes the whole list of roles and the default role
// together, so both are read first and sent back with what is new (Amazon Redshift Serverless API
// Reference, UpdateNamespace).
func (n NamespaceRoles) Steps() []plan.Step {
	steps := []plan.Step{{
		Title: "wait for namespace " + n.Namespace,
		Read:  n.read(), Absent: noServerless,
		Check:  plan.Check{Query: "namespace.status"},
		Refuse: "there is no such namespace in this region: name one that is there",
		Wait:   n.available(), Turn: serverlessTurn(n.Namespace),
	}}
	for _, arn := range n.RoleARNs {
		steps = append(steps, n.attach(arn))
	}
	if n.DefaultRole != "" {
		steps = append(steps, n.byDefault())
	}
	return steps
}

func (n NamespaceRoles) attach(arn string) plan.Step {
	kept := plan.Current{Query: namespaceDefault}
	st := plan.Step{
		Title: "attach " + arn + " to " + n.Namespace,
		Read:  n.read(), Absent: noServerless,
		Check:  plan.Check{Query: attachedRole(arn)},
		Create: n.update(plan.RoleList{Add: []string{arn}}, kept),
		Retry:  Passing, Turn: serverlessTurn(n.Namespace),
		Wait: n.available(),
	}
	st.Undo = back(st, "take "+arn+" off "+n.Namespace, n.update(plan.RoleList{Remove: []string{arn}}, kept)...)
	st.Undo.Wait = gone("the role is off namespace "+n.Namespace, attachedRole(arn), waitCluster)
	return st
}

func (n NamespaceRoles) byDefault() plan.Step {
	set := n.update(plan.RoleList{Add: []string{n.DefaultRole}}, n.DefaultRole)
	st := plan.Step{
		Title: "make " + n.DefaultRole + " the default role of " + n.Namespace,
		Read:  n.read(), Absent: noServerless,
		Check:  plan.Check{Query: namespaceDefault, Want: n.DefaultRole},
		Create: set, Update: set, Restore: n.update(plan.RoleList{}, plan.Before{Query: namespaceDefault}),
		Ask: true, Affects: usesDefault, Retry: Passing, Turn: serverlessTurn(n.Namespace),
		Wait: n.available(),
	}
	st.Undo = back(st, "have no default role on "+n.Namespace+" again", n.update(plan.RoleList{}, plan.EmptyText)...)
	st.Undo.Leave = noDefault("ValidationException")
	st.Undo.Wait = gone("namespace "+n.Namespace+" has no default role", namespaceDefault, waitIAM)
	return st
}

// attachedRole is the query for a role in the forms in which GetNamespace answers roles; see
// plan.RoleARN.
func attachedRole(arn string) string {
	return "(" + namespaceRoles + " || `[]`)[?@==" + raw(arn) +
		" || ends_with(@, " + raw("iamRoleArn="+arn+")") +
		") || contains(@, " + raw("iamRoleArn="+arn+", ") + ")] | [0]"
}

// WorkgroupRouting switches enhanced VPC routing of a serverless workgroup on.
type WorkgroupRouting struct {
	Workgroup string
	Path      netpath.Path // that has to lead where the workgroup's traffic goes; zero: it is not looked at
}

// Kind implements plan.Spec.
func (WorkgroupRouting) Kind() plan.Kind { return "redshift-workgroup-routing" }

// Name implements plan.Spec.
func (w WorkgroupRouting) Name() string { return w.Workgroup }

// Label implements plan.Spec.
func (w WorkgroupRouting) Label() string { return "enhanced VPC routing of workgroup " + w.Workgroup }

// Action implements plan.Spec.
func (WorkgroupRouting) Action() plan.Action { return plan.Update }

// Documents implements plan.Spec.
func (WorkgroupRouting) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (w WorkgroupRouting) Accept(v Visitor) { v.WorkgroupRouting(w) }

// Steps implements plan.Spec.
func (w WorkgroupRouting) Steps() []plan.Step {
	const there = "workgroup.enhancedVpcRouting"
	read, turn := plan.NewCall("redshift-serverless", "GetWorkgroup", "workgroupName", w.Workgroup), serverlessTurn(w.Workgroup)
	available := &plan.Wait{
		For: "workgroup " + w.Workgroup + " is available", Query: "workgroup.status", Want: "AVAILABLE",
		Never: []string{"DELETING"}, Limit: waitCluster,
	}
	set := func(value any) []plan.Call {
		return []plan.Call{plan.NewCall("redshift-serverless", "UpdateWorkgroup", "workgroupName", w.Workgroup, "enhancedVpcRouting", value)}
	}
	st := plan.Step{
		Title: "switch on enhanced VPC routing of " + w.Workgroup,
		Read:  read, Absent: noServerless,
		Check:  plan.Check{Query: there, Want: "True"},
		Create: set(true), Update: set(true), Restore: set(plan.Before{Query: there}),
		Retry: Passing, Turn: turn,
		Wait:    available,
		Affects: routed,
		Guard:   pathGuard(w.Path, plan.Fact{Name: netpath.WorkgroupFact, Title: "the network of workgroup " + w.Workgroup, Read: read, Absent: noServerless}),
	}
	st.Undo = back(st, "switch off enhanced VPC routing of "+w.Workgroup, set(false)...)
	st.Undo.Check, st.Undo.Wait = on(there), available
	return []plan.Step{
		{
			Title: "wait for workgroup " + w.Workgroup,
			Read:  read, Absent: noServerless,
			Check:  plan.Check{Query: "workgroup.status"},
			Refuse: "there is no such workgroup in this region: name one that is there",
			Wait:   available, Turn: turn,
		},
		st,
	}
}
