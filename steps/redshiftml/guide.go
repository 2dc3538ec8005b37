// Package redshiftml is the guide "Cluster and configure setup for Amazon Redshift ML
// administration": its questions, numbered as the document numbers its steps, and the builder of
// its plan.
//
// It is data and one plan builder. It makes no call, and nothing outside this folder knows it
// except its line of registration.
package redshiftml

import (
	"onramp/steps"
)

// Pages of AWS that the guide stands on.
const (
	pageSetup     = "https://docs.aws.amazon.com/redshift/latest/dg/getting-started-machine-learning.html#admin-setup"
	pagePolicies  = "https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-iam-access-control-identity-based.html#iam-permission-ml"
	pageDefault   = "https://docs.aws.amazon.com/redshift/latest/mgmt/default-iam-role.html"
	pageDeputy    = "https://docs.aws.amazon.com/redshift/latest/mgmt/cross-service-confused-deputy-prevention.html"
	pageBuckets   = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"
	pageKeys      = "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html"
	pageRouting   = "https://docs.aws.amazon.com/redshift/latest/mgmt/enhanced-vpc-routing.html"
	pageGrant     = "https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html"
	pageNames     = "https://docs.aws.amazon.com/redshift/latest/dg/r_names.html"
	pageClusters  = "https://docs.aws.amazon.com/redshift/latest/mgmt/working-with-clusters.html"
	pageTracks    = "https://docs.aws.amazon.com/redshift/latest/mgmt/tracks.html"
	pageBoundary  = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
	pageIAMNames  = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"
	pageDataAPI   = "https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-access.html"
	pageUsage     = "https://docs.aws.amazon.com/redshift/latest/dg/r_create_model_usage_notes.html"
	pageEndpoints = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"
)

// Guide is the guide.
func Guide() steps.Guide {
	return steps.Guide{
		Name:    "redshift-ml",
		Title:   "Amazon Redshift ML administration",
		Summary: "Role, trust, bucket, key, user groups, VPC routing and SQL permissions that CREATE MODEL needs.",
		Source:  pageSetup,
		Steps: []steps.Step{
			target(), warehouse(), role(), trust(), storage(), groups(), routing(), permissions(),
		},
		Lookups: lookups(),
		Build:   build,
	}
}
