package practice

import (
	"onramp/internal/policy"
	"onramp/internal/practice/wire"
)

func analyzerOperations() table {
	return table{
		"access-analyzer:ValidatePolicy": {reads, validatePolicy, anywhere("access-analyzer:ValidatePolicy")},
	}
}

// policyKinds by the type that a call gives, and by the resource that it is validated for (Access
// Analyzer API, ValidatePolicy).
var policyKinds = map[string]policy.Kind{
	"IDENTITY_POLICY": policy.Identity, "SERVICE_CONTROL_POLICY": policy.Identity,
	"RESOURCE_CONTROL_POLICY": policy.BucketPolicy, "RESOURCE_POLICY": policy.BucketPolicy,
	"AWS::IAM::AssumeRolePolicyDocument": policy.Trust, "AWS::S3::Bucket": policy.BucketPolicy,
}

// validatePolicy finds what package policy finds: what AWS would refuse is an ERROR, and what a
// careful reviewer would not take is a SECURITY_WARNING. Access Analyzer itself knows many more
// checks.
func validatePolicy(c *call) (wire.Answer, error) {
	kind, ok := policyKinds[c.in.Text("policyType")]
	if special, given := policyKinds[c.in.Text("validatePolicyResourceType")]; given {
		kind = special
	}
	if !ok {
		return because(oneOf("ValidationException", "policyType", c.in.Text("policyType")))
	}
	var found []any
	d, err := policy.Parse([]byte(c.in.Text("policyDocument")))
	if err != nil {
		found = append(found, finding("ERROR", "JSON_SYNTAX_ERROR", err.Error()))
		return answer("findings", wire.List{Of: found})
	}
	for _, err := range policy.Validate(d, kind) {
		found = append(found, finding("ERROR", "INVALID_POLICY", err.Error()))
	}
	for _, f := range policy.Lint(d, kind) {
		found = append(found, finding("SECURITY_WARNING", f.Rule, f.Sid+": "+f.Text+"; "+f.Remedy))
	}
	return answer("findings", wire.List{Of: found})
}

func finding(kind, code, details string) wire.Fields {
	return wire.Of(
		"findingType", kind, "issueCode", code, "findingDetails", details,
		"learnMoreLink", "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html",
		"locations", wire.List{},
	)
}
