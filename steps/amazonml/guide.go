// Package amazonml is the guide "Creating an Amazon ML Amazon Redshift IAM Role": its questions, numbered as the
// document numbers its two procedures (M: with the managed policy, C: with policies of one's own), and the builder
// of its plan.
//
// The service takes no new users, and the guide stops there unless an account uses it already. It is data and one
// plan builder. It makes no call, and nothing outside this folder knows it except its line of registration.
package amazonml

import (
	"onramp/steps"
)

// Pages of AWS that the guide stands on.
const (
	pageRole     = "https://docs.aws.amazon.com/machine-learning/latest/dg/redshift-iam-indepth.html"
	pageService  = "https://docs.aws.amazon.com/machine-learning/latest/dg/what-is-amazon-machine-learning.html"
	pageTrust    = "https://docs.aws.amazon.com/machine-learning/latest/dg/redshift-parameters.html"
	pageErrors   = "https://docs.aws.amazon.com/machine-learning/latest/dg/troubleshooting.html"
	pageManaged  = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonMachineLearningRoleforRedshiftDataSourceV3.html"
	pagePass     = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"
	pageBoundary = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
	pageIAMNames = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"
)

const (
	name  = "amazon-ml"
	title = "Amazon ML role for Amazon Redshift (legacy)"
)

// standing is what every page of the service's guide says first (Amazon Machine Learning Developer Guide).
var standing = steps.Standing{
	Status: steps.Closed,
	Banner: "AWS no longer updates Amazon Machine Learning and accepts no new users for it. This is another service than Redshift ML, " +
		"with another principal and other policies",
	Remedy: "for machine learning with Redshift today use the guide redshift-ml",
}

// Guide is the guide.
func Guide() steps.Guide {
	return steps.Guide{
		Name:     name,
		Title:    title,
		Summary:  "The role by which Amazon Machine Learning reads a Redshift cluster, its trust, and who may pass it.",
		Source:   pageRole,
		Standing: standing,
		Steps:    []steps.Step{eligibility(), target(), role(), source(), permissions(), trust(), pass()},
		Lookups:  lookups(),
		Build:    build,
	}
}
