// Package aiunlimited is the guide "AI Unlimited: AWS account requirements": its questions, and the builder of its
// plan. The document has bullets and no numbers; the numbers of the steps are ours.
//
// The product deploys itself with a CloudFormation template of its own. The guide makes what an account needs before
// that (roles, policies, a key pair), and writes down what the template is deployed with. It is data and one plan
// builder. It makes no call, and nothing outside this folder knows it except its line of registration.
package aiunlimited

import (
	"onramp/steps"
)

// Pages that the guide stands on.
const (
	pageDocument  = "https://github.com/Teradata/ai-unlimited-docs/blob/061aac4089192a667db0479928d0d433f96579d4/docs/advanced/aws-account-requirements.md"
	pageFinished  = "https://developers.teradata.com/ai-unlimited/resources/aws-account-requirements"
	pagePolicies  = "https://github.com/Teradata/ai-unlimited/tree/07eccd0a7ae1f3b34b4af8219d7dd54afcb44171/deployments/aws/policies"
	pageTemplates = "https://github.com/Teradata/ai-unlimited/tree/07eccd0a7ae1f3b34b4af8219d7dd54afcb44171/deployments/aws/templates/ai-unlimited"
	pageBoundary  = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
	pageNames     = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"
	pageManaged   = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html"
	pagePass      = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"
	pageProfile   = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html"
	pageKeyPairs  = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-key-pairs.html"
	pageSession   = "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html"
	pageIngress   = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-ec2-securitygroup-ingress.html"
)

// upstream is the commit of Teradata/ai-unlimited that the action lists and the templates' parameters are from: the
// newest of April 2025.
const upstream = "07eccd0"

const (
	name  = "ai-unlimited"
	title = "AI Unlimited: AWS account requirements"
)

// standing is what everybody must know first. No notice of an end has been found, and no release either.
var standing = steps.Standing{
	Status: steps.Preview,
	Banner: "AI Unlimited was a paid public preview in May 2024, and the last change to it that was seen is of April 2025",
	Remedy: "check with Teradata that the product is still offered before anything relies on it",
}

// Guide is the guide.
func Guide() steps.Guide {
	return steps.Guide{
		Name:     name,
		Title:    title,
		Summary:  "The roles, policies and key pair that Teradata AI Unlimited needs, and what its stack is deployed with.",
		Source:   pageDocument,
		Standing: standing,
		Steps: []steps.Step{
			account(), rights(), source(), manager(), engine(), narrow(), access(), balancer(), network(), instance(),
		},
		Lookups: lookups(),
		Build:   build,
	}
}
