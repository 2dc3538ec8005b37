package practice

import (
	"onramp/internal/practice/authorize"
	"onramp/internal/practice/wire"
)

// iamOperations are the calls on roles, and on the account itself.
func iamOperations() table {
	return table{
		"iam:CreateRole":                    {writes, createRole, askCreateRole},
		"iam:GetRole":                       {reads, withRole(getRole), onRole("iam:GetRole")},
		"iam:ListRoles":                     {reads, listRoles, anyRole("iam:ListRoles")},
		"iam:UpdateRole":                    {writes, withRole(updateRole), onRole("iam:UpdateRole")},
		"iam:UpdateAssumeRolePolicy":        {writes, withRole(updateAssumeRolePolicy), onRole("iam:UpdateAssumeRolePolicy")},
		"iam:PutRolePermissionsBoundary":    {writes, withRole(putRolePermissionsBoundary), askPutBoundary},
		"iam:DeleteRolePermissionsBoundary": {writes, withRole(deleteRolePermissionsBoundary), onBounded("iam:DeleteRolePermissionsBoundary")},
		"iam:DeleteRole":                    {writes, withRole(deleteRole), onRole("iam:DeleteRole")},
		"iam:TagRole":                       {writes, withRole(tagRole), onRole("iam:TagRole")},
		"iam:UntagRole":                     {writes, withRole(untagRole), onRole("iam:UntagRole")},
		"iam:ListRoleTags":                  {reads, withRole(listRoleTags), onRole("iam:ListRoleTags")},
		"iam:AttachRolePolicy":              {writes, withRole(attachRolePolicy), askAttach("iam:AttachRolePolicy")},
		"iam:DetachRolePolicy":              {writes, withRole(detachRolePolicy), askAttach("iam:DetachRolePolicy")},
		"iam:ListAttachedRolePolicies":      {reads, withRole(listAttachedRolePolicies), onRole("iam:ListAttachedRolePolicies")},
		"iam:PutRolePolicy":                 {writes, withRole(putRolePolicy), onBounded("iam:PutRolePolicy")},
		"iam:GetRolePolicy":                 {reads, withRole(getRolePolicy), onRole("iam:GetRolePolicy")},
		"iam:DeleteRolePolicy":              {writes, withRole(deleteRolePolicy), onBounded("iam:DeleteRolePolicy")},
		"iam:ListRolePolicies":              {reads, withRole(listRolePolicies), onRole("iam:ListRolePolicies")},
		"iam:SimulatePrincipalPolicy":       {reads, simulatePrincipalPolicy, askSimulate},
		"iam:ListAccountAliases":            {reads, listAccountAliases, anywhere("iam:ListAccountAliases")},
	}
}

// iamPolicyOperations are the calls on managed policies.
func iamPolicyOperations() table {
	return table{
		"iam:CreatePolicy":            {writes, createPolicy, askCreatePolicy},
		"iam:GetPolicy":               {reads, withPolicy(getPolicy), onPolicy("iam:GetPolicy")},
		"iam:GetPolicyVersion":        {reads, withPolicy(getPolicyVersion), onPolicy("iam:GetPolicyVersion")},
		"iam:ListPolicyVersions":      {reads, withPolicy(listPolicyVersions), onPolicy("iam:ListPolicyVersions")},
		"iam:CreatePolicyVersion":     {writes, withPolicy(createPolicyVersion), onPolicy("iam:CreatePolicyVersion")},
		"iam:SetDefaultPolicyVersion": {writes, withPolicy(setDefaultPolicyVersion), onPolicy("iam:SetDefaultPolicyVersion")},
		"iam:DeletePolicyVersion":     {writes, withPolicy(deletePolicyVersion), onPolicy("iam:DeletePolicyVersion")},
		"iam:DeletePolicy":            {writes, withPolicy(deletePolicy), onPolicy("iam:DeletePolicy")},
		"iam:ListPolicies":            {reads, listPolicies, anywhere("iam:ListPolicies")},
	}
}

func anyRole(action string) ask {
	return func(c *call) []authorize.Request { return on(c.world.arn("iam", "", "role/"), action) }
}

// askCreateRole: tags in the same call need iam:TagRole too (IAM API, CreateRole).
func askCreateRole(c *call) []authorize.Request {
	path := c.in.Text("Path")
	if path == "" {
		path = "/"
	}
	arn := c.world.arn("iam", "", "role"+path+c.in.Text("RoleName"))
	var context []string
	if b := c.in.Text("PermissionsBoundary"); b != "" {
		context = []string{"iam:PermissionsBoundary", b}
	}
	out := []authorize.Request{want("iam:CreateRole", arn, context...)}
	if len(c.in.Objects("Tags")) > 0 {
		out = append(out, want("iam:TagRole", arn))
	}
	return out
}

func askPutBoundary(c *call) []authorize.Request {
	return []authorize.Request{want("iam:PutRolePermissionsBoundary", c.roleARN(c.in.Text("RoleName")),
		"iam:PermissionsBoundary", c.in.Text("PermissionsBoundary"))}
}

// askAttach carries the policy that is attached, and the boundary that the role has.
func askAttach(action string) ask {
	return func(c *call) []authorize.Request {
		asked := onBounded(action)(c)
		asked[0].Context["iam:PolicyARN"] = []string{c.in.Text("PolicyArn")}
		return asked
	}
}

func askCreatePolicy(c *call) []authorize.Request {
	path := c.in.Text("Path")
	if path == "" {
		path = "/"
	}
	arn := c.world.arn("iam", "", "policy"+path+c.in.Text("PolicyName"))
	out := on(arn, "iam:CreatePolicy")
	if len(c.in.Objects("Tags")) > 0 {
		out = append(out, want("iam:TagPolicy", arn))
	}
	return out
}

func askSimulate(c *call) []authorize.Request {
	return on(c.in.Text("PolicySourceArn"), "iam:SimulatePrincipalPolicy")
}

// listAccountAliases lists the account's one alias, if it has one (IAM API, ListAccountAliases).
func listAccountAliases(c *call) (wire.Answer, error) {
	var aliases []string
	if c.alias != "" {
		aliases = append(aliases, c.alias)
	}
	return c.paged("AccountAliases", aliases, func(alias string) any { return alias })
}
