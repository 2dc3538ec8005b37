package permissions

import (
	"onramp/internal/plan"
)

// onManaged is for actions on one managed policy of the account.
func onManaged(action string) rule {
	return func(_ scope, c plan.Call) []Permission { return on(literal(c.Input.Text("PolicyArn")), action) }
}

// createPolicy: tags in the same call are a permission of their own (IAM API Reference, CreatePolicy).
func createPolicy(s scope, c plan.Call) []Permission {
	arn := s.GlobalARN("iam", "policy"+literal(c.Input.Text("Path"))+literal(c.Input.Text("PolicyName")))
	return append(on(arn, "iam:CreatePolicy"), tagged(c, arn, "iam:TagPolicy")...)
}

// tagged is what IAM asks for where a call gives tags to what it makes.
func tagged(c plan.Call, arn, action string) []Permission {
	if !has(c, "Tags") {
		return nil
	}
	return on(arn, action)
}

func onProfile(action string) rule {
	return func(s scope, c plan.Call) []Permission { return on(s.profile(c), action) }
}

func (s scope) profile(c plan.Call) string {
	return s.GlobalARN("iam", "instance-profile/"+literal(c.Input.Text("InstanceProfileName")))
}

func createProfile(s scope, c plan.Call) []Permission {
	return append(on(s.profile(c), "iam:CreateInstanceProfile"), tagged(c, s.profile(c), "iam:TagInstanceProfile")...)
}

// addToProfile hands the role on to EC2 (IAM API Reference, AddRoleToInstanceProfile). The services are those that
// the policy of Karpenter names, which makes such profiles: in China EC2 has two names.
func addToProfile(s scope, c plan.Call) []Permission {
	to := []string{"ec2.amazonaws.com"}
	if s.Partition == "aws-cn" {
		to = append(to, "ec2.amazonaws.com.cn")
	}
	out := on(s.profile(c), "iam:AddRoleToInstanceProfile")
	return append(out, only(writeRole("iam:PassRole")(s, c), "StringEquals", "iam:PassedToService", to...)...)
}

func onKeyPair(action string) rule {
	return func(s scope, c plan.Call) []Permission { return on(s.keyPair(c), action) }
}

// keyPair is the ARN of a key pair, which ends in its name (Service Authorization Reference, Amazon EC2).
func (s scope) keyPair(c plan.Call) string {
	return s.ARN("ec2", "key-pair/"+literal(c.Input.Text("KeyName")))
}

func importKeyPair(s scope, c plan.Call) []Permission {
	return append(on(s.keyPair(c), "ec2:ImportKeyPair"), createTags(c, s.keyPair(c))...)
}
