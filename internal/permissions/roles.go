package permissions

import (
	"onramp/internal/plan"
)

// readRole is for reads of a role by its name. A role's ARN holds its path, which nobody knows
// before the role is seen: it may have been made under another path than the plan's, and as long as
// it is not there IAM knows of none. Names are unique in the account whatever the path, so the two
// patterns name one role.
func readRole(actions ...string) rule {
	return func(s scope, c plan.Call) []Permission {
		name := literal(c.Input.Text("RoleName"))
		return append(on(s.RoleARN("/", name), actions...), on(s.RoleARN("/*/", name), actions...)...)
	}
}

// writeRole is for changes of a role: one of the plan's, under the plan's path, or any that has the
// name.
func writeRole(actions ...string) rule {
	return func(s scope, c plan.Call) []Permission {
		name := c.Input.Text("RoleName")
		path, ours := s.paths[name]
		if !ours {
			return readRole(actions...)(s, c)
		}
		return on(s.RoleARN(literal(path), literal(name)), actions...)
	}
}

// onUser and onIAMGroup are as readRole, for principals that are never the plan's own.
func onUser(action string) rule     { return onPrincipal("user", "UserName", action) }
func onIAMGroup(action string) rule { return onPrincipal("group", "GroupName", action) }

func onPrincipal(kind, member, action string) rule {
	return func(s scope, c plan.Call) []Permission {
		name := literal(c.Input.Text(member))
		return append(on(s.GlobalARN("iam", kind+"/"+name), action), on(s.GlobalARN("iam", kind+"/*/"+name), action)...)
	}
}

const boundaryKey = "iam:PermissionsBoundary"

// createRole: tags in the same call are a permission of their own (IAM API Reference, CreateRole).
// Where the plan bounds the role, no role may be made without the boundary.
func createRole(s scope, c plan.Call) []Permission {
	role := s.RoleARN(literal(c.Input.Text("Path")), literal(c.Input.Text("RoleName")))
	create := on(role, "iam:CreateRole")
	if boundary := c.Input.Text("PermissionsBoundary"); boundary != "" {
		create = only(create, "StringEquals", boundaryKey, literal(boundary))
	}
	if has(c, "Tags") {
		create = append(create, on(role, "iam:TagRole")...)
	}
	return create
}

// putBoundary lets that boundary be put and no other. One that is put back is known to the journal only.
func putBoundary(s scope, c plan.Call) []Permission {
	put := writeRole("iam:PutRolePermissionsBoundary")(s, c)
	boundary := c.Input.Text("PermissionsBoundary")
	if boundary == "" {
		return put
	}
	return only(put, "StringEquals", boundaryKey, literal(boundary))
}

// onePolicy lets that policy be attached or detached and no other.
func onePolicy(action string) rule {
	return func(s scope, c plan.Call) []Permission {
		return only(writeRole(action)(s, c), "ArnEquals", "iam:PolicyARN", literal(c.Input.Text("PolicyArn")))
	}
}

// The services that a role is passed to. They have the same name in every partition. That they
// differ is seen in AWS's own SageMakerStudioProjectProvisioningRolePolicy.
const (
	toRedshift   = "redshift.amazonaws.com"
	toServerless = "redshift-serverless.amazonaws.com"
)

// pass is what a call needs beside its own action when it hands roles to a service (IAM User Guide,
// Granting a user permissions to pass a role to an AWS service).
func pass(service string, roles ...string) []Permission {
	var out []Permission
	for _, role := range roles {
		out = append(out, on(role, "iam:PassRole")...)
	}
	return only(out, "StringEquals", "iam:PassedToService", service)
}
