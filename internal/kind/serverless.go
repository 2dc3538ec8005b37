package kind

import (
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

const namespaceRoles = "namespace.iamRoles"

// Steps implements plan.Spec. UpdateNamespace takes the whole list of roles and the default role
// together, so both are read first and sent back with what is new (Amazon Redshift Serverless API
// Reference, UpdateNamespace).
func (n NamespaceRoles) Steps() []plan.Step {
	read := plan.NewCall("redshift-serverless", "GetNamespace", "namespaceName", n.Namespace)
	available := &plan.Wait{
		For: "namespace " + n.Namespace + " is available", Query: "namespace.status", Want: "AVAILABLE",
		Never: []string{"DELETING"}, Limit: waitCluster,
	}
	var fallback any = plan.Current{Query: "namespace.defaultIamRoleArn"}
	steps := []plan.Step{{Title: "wait for namespace " + n.Namespace, Read: read, Wait: available}}
	for _, arn := range n.RoleARNs {
		steps = append(steps, plan.Step{
			Title: "attach " + arn + " to " + n.Namespace,
			Read:  read,
			Check: plan.Check{Query: attachedRole(arn)},
			Create: []plan.Call{plan.NewCall("redshift-serverless", "UpdateNamespace", "namespaceName", n.Namespace,
				"iamRoles", plan.RoleList{Query: namespaceRoles, Add: []string{arn}}, "defaultIamRoleArn", fallback)},
			Retry: Passing,
			Wait:  available,
		})
	}
	if n.DefaultRole != "" {
		set := []plan.Call{plan.NewCall("redshift-serverless", "UpdateNamespace", "namespaceName", n.Namespace,
			"iamRoles", plan.RoleList{Query: namespaceRoles, Add: []string{n.DefaultRole}}, "defaultIamRoleArn", n.DefaultRole)}
		steps = append(steps, plan.Step{
			Title:  "make " + n.DefaultRole + " the default role of " + n.Namespace,
			Read:   read,
			Check:  plan.Check{Query: "namespace.defaultIamRoleArn", Want: n.DefaultRole},
			Create: set, Update: set, Ask: true, Retry: Passing,
			Wait: available,
		})
	}
	return steps
}

// attachedRole is the query for a role in the forms in which GetNamespace answers roles; see
// plan.RoleARN.
func attachedRole(arn string) string {
	return "(" + namespaceRoles + " || `[]`)[?@==" + raw(arn) +
		" || ends_with(@, " + raw("iamRoleArn="+arn+")") +
		") || contains(@, " + raw("iamRoleArn="+arn+", ") + ")] | [0]"
}

// WorkgroupRouting switches enhanced VPC routing of a serverless workgroup on.
type WorkgroupRouting struct{ Workgroup string }

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
	read := plan.NewCall("redshift-serverless", "GetWorkgroup", "workgroupName", w.Workgroup)
	available := &plan.Wait{
		For: "workgroup " + w.Workgroup + " is available", Query: "workgroup.status", Want: "AVAILABLE",
		Never: []string{"DELETING"}, Limit: waitCluster,
	}
	on := []plan.Call{plan.NewCall("redshift-serverless", "UpdateWorkgroup", "workgroupName", w.Workgroup, "enhancedVpcRouting", true)}
	return []plan.Step{
		{Title: "wait for workgroup " + w.Workgroup, Read: read, Wait: available},
		{
			Title:  "switch on enhanced VPC routing of " + w.Workgroup,
			Read:   read,
			Check:  plan.Check{Query: "workgroup.enhancedVpcRouting", Want: "True"},
			Create: on, Update: on, Retry: Passing,
			Wait: available,
		},
	}
}
