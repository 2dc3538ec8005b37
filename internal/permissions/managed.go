package permissions

import (
	"onramp/internal/plan"
)

// onManaged is for calls on one managed policy, which they name by its ARN. Where only AWS or the account
// knows it, it may be any of the account's own.
func onManaged(action string) rule {
	return func(s scope, c plan.Call) []Permission {
		arn := c.Input.Text("PolicyArn")
		if arn == "" || len(plan.Refs(arn)) > 0 {
			return on(s.GlobalARN("iam", "policy/*"), action)
		}
		return on(literal(arn), action)
	}
}

// createPolicy: tags in the same call are a permission of their own (IAM API Reference, CreatePolicy).
func createPolicy(s scope, c plan.Call) []Permission {
	return made(c, s.GlobalARN("iam", "policy"+pathOf(c)+literal(c.Input.Text("PolicyName"))), "iam:CreatePolicy", "iam:TagPolicy")
}

// createProfile is as createPolicy (IAM API Reference, CreateInstanceProfile).
func createProfile(s scope, c plan.Call) []Permission {
	arn := s.GlobalARN("iam", "instance-profile"+pathOf(c)+literal(c.Input.Text("InstanceProfileName")))
	return made(c, arn, "iam:CreateInstanceProfile", "iam:TagInstanceProfile")
}

// made is what making something needs, and tags where they are given.
func made(c plan.Call, arn, create, tag string) []Permission {
	out := on(arn, create)
	if has(c, "Tags") {
		out = append(out, on(arn, tag)...)
	}
	return out
}

// pathOf is the path of what a call makes in IAM: the root where it says none.
func pathOf(c plan.Call) string {
	if path := c.Input.Text("Path"); path != "" {
		return literal(path)
	}
	return "/"
}

// onProfile is as readRole: of an instance profile, too, nobody knows the path before it is seen.
func onProfile(action string) rule {
	return onPrincipal("instance-profile", "InstanceProfileName", action)
}

// addRoleToProfile passes the role to EC2 (IAM API Reference, AddRoleToInstanceProfile).
func addRoleToProfile(s scope, c plan.Call) []Permission {
	services := []string{"ec2.amazonaws.com"}
	if s.Partition == "aws-cn" { // either may be its name there: UNVERIFIED
		services = append(services, "ec2.amazonaws.com.cn")
	}
	pass := only(writeRole("iam:PassRole")(s, c), "StringEquals", "iam:PassedToService", services...)
	return append(onProfile("iam:AddRoleToInstanceProfile")(s, c), pass...)
}
