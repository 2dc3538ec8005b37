package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// rule is one judgement. judge looks at an Allow statement and says what is
// wrong with it, or "".
type rule struct {
	name   string
	kinds  []Kind
	judge  func(Statement) string
	remedy string
}

var (
	everyKind = []Kind{Identity, Trust, BucketPolicy, KeyPolicy, EndpointPolicy}
	identity  = []Kind{Identity}

	// An endpoint policy is left out: it gives nobody anything, and AWS's own
	// examples admit every principal and narrow the actions and resources.
	resourcePolicies = []Kind{Trust, BucketPolicy, KeyPolicy}

	// In a key policy "*" means that key, and S3 takes only ARNs in a bucket policy.
	starMeansAll = []Kind{Identity, EndpointPolicy}
)

var rules = []rule{
	{
		name: "pass-role-without-service", kinds: identity, judge: passRole,
		remedy: "add a StringEquals condition on iam:PassedToService that names the services meant",
	}, {
		name: "every-action", kinds: everyKind, judge: everyAction,
		remedy: "name the actions that are needed",
	}, {
		name: "whole-service", kinds: []Kind{Identity, Trust, BucketPolicy, EndpointPolicy}, judge: wholeService,
		remedy: "name the actions that are needed",
	}, {
		name: "whole-service", kinds: []Kind{KeyPolicy}, judge: wholeServiceOfKey,
		remedy: "name the actions that are needed",
	}, {
		name: "wildcard-action", kinds: everyKind, judge: wildcardAction,
		remedy: "name the actions that are needed",
	}, {
		name: "allow-not-action", kinds: everyKind, judge: allowNotAction,
		remedy: "name the actions that are needed under Action",
	}, {
		name: "write-to-every-resource", kinds: starMeansAll, judge: writeToEveryResource,
		remedy: "name the resources by ARN",
	}, {
		name: "metrics-without-namespace", kinds: identity, judge: metricsWithoutNamespace,
		remedy: "add a StringEquals condition on cloudwatch:namespace",
	}, {
		name: "service-without-source", kinds: resourcePolicies, judge: serviceWithoutSource,
		remedy: "add an aws:SourceAccount or aws:SourceArn condition, if the service sends that key",
	}, {
		name: "anyone", kinds: resourcePolicies, judge: anyone,
		remedy: "name the principals, or add a condition that they must meet",
	}, {
		name: "write-to-sample-bucket", kinds: everyKind, judge: writeToSampleBucket,
		remedy: "leave only actions that read on redshift-downloads",
	},
}

// passRole: a role that may be passed to any service may be put to work by
// whoever controls that service. It hides in iam:* and in *.
func passRole(s Statement) string {
	if !allows(s, "iam:PassRole") || limits(s, "iam:PassedToService") {
		return ""
	}
	return "a role may be passed to any service, since iam:PassRole has no condition on iam:PassedToService"
}

func everyAction(s Statement) string {
	if !slices.Contains(s.Actions, "*") {
		return ""
	}
	return "every action of every service is allowed"
}

func wholeService(s Statement) string {
	found := filter(s.Actions, func(a string) bool {
		return a != "*" && strings.Trim(actionName(a), "*") == ""
	})
	if found == nil {
		return ""
	}
	return "every action of a service is allowed: " + some(found)
}

// wholeServiceOfKey lets pass what AWS puts into each new key's policy: kms:*
// for the account, without which nobody could manage the key. Source: "Default
// key policy" in the AWS KMS guide.
func wholeServiceOfKey(s Statement) string {
	if onlyAccounts(s.Principal) {
		return ""
	}
	return wholeService(s)
}

// onlyAccounts reports whether p names whole accounts and nobody else.
func onlyAccounts(p Principal) bool {
	stranger := func(principal string) bool {
		number := len(principal) == 12 && strings.Trim(principal, "0123456789") == ""
		return !number && !strings.HasSuffix(principal, ":root")
	}
	return !p.Any && len(p.AWS) > 0 && len(p.Services)+len(p.Federated) == 0 &&
		!slices.ContainsFunc(p.AWS, stranger)
}

// families are wildcards that AWS itself writes and that cover one thing: the
// variants of GenerateDataKey, and both halves of ReEncrypt. Source: "Default
// key policy" in the AWS KMS guide.
var families = []string{"kms:GenerateDataKey*", "kms:ReEncrypt*"}

func wildcardAction(s Statement) string {
	found := filter(s.Actions, func(a string) bool {
		name := actionName(a)
		whole := strings.Trim(name, "*") == ""
		return !whole && strings.ContainsAny(name, "*?") && !reads(a) &&
			!slices.ContainsFunc(families, func(f string) bool { return strings.EqualFold(f, a) })
	})
	if found == nil {
		return ""
	}
	return "a wildcard also allows actions that nobody has in mind, and those that AWS adds later: " + some(found)
}

func allowNotAction(s Statement) string {
	if s.NotActions == nil {
		return ""
	}
	return "every action is allowed but the ones named: " + some(s.NotActions)
}

// writeToEveryResource lets pass what only reads (ec2:Describe* and
// ecr:GetAuthorizationToken could not be narrowed anyway), what AWS gives no
// resource, and what a tag narrows in the place of an ARN.
func writeToEveryResource(s Statement) string {
	all := s.NotResources != nil || slices.ContainsFunc(s.Resources, everything)
	if !all || limits(s, "*:ResourceTag/*", "aws:RequestTag/*") {
		return ""
	}
	found := filter(s.Actions, func(a string) bool { return !reads(a) && !withoutResource(a) })
	if found == nil {
		return ""
	}
	return "any resource in the account may be changed: " + some(found)
}

var everyARN = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^arn:[^:]*:[^:]*:\*?:\*?:\*+(/\*+)?$`)
})

// everything reports whether a resource is every resource, or every one that a
// service has in any region and account.
func everything(resource string) bool { return resource == "*" || everyARN().MatchString(resource) }

// resourceless are actions that write and that AWS gives no resource, so that
// their Resource can only be "*". Source: "Service Authorization Reference", the
// table of each service, where the column Resource types is empty.
var resourceless = []string{
	"cloudwatch:PutMetricData", // metricsWithoutNamespace judges it
	"ec2messages:*",            // "does not support specifying a resource ARN"
	"kms:CreateKey",            // the key has no ARN yet
	"redshift-data:CancelStatement",
	"ssmmessages:*", // as ec2messages
}

// withoutResource reports whether an action is resourceless.
func withoutResource(action string) bool {
	return slices.ContainsFunc(resourceless, func(pattern string) bool { return matches(pattern, action) })
}

// metricsWithoutNamespace: the action has no resource, so the namespace is all
// that keeps one job from writing over the metrics of another.
func metricsWithoutNamespace(s Statement) string {
	named := func(a string) bool { return strings.EqualFold(a, "cloudwatch:PutMetricData") }
	if !slices.ContainsFunc(s.Actions, named) || limits(s, "cloudwatch:namespace") {
		return ""
	}
	return "metrics may be written to any namespace, since cloudwatch:PutMetricData takes no resource to narrow it by"
}

// serviceWithoutSource: a service works for everybody, so without the source
// another customer can send it here. Source: "The confused deputy problem".
func serviceWithoutSource(s Statement) string {
	if len(s.Principal.Services) == 0 ||
		limits(s, "aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths") {
		return ""
	}
	return fmt.Sprintf("a service may come on behalf of any account, since no condition names the source: %s",
		some(s.Principal.Services))
}

func anyone(s Statement) string {
	if !s.Principal.Any && !slices.Contains(s.Principal.AWS, "*") || len(s.Conditions) > 0 {
		return ""
	}
	return "anyone in the world is let in, without a condition"
}

var sampleBucket = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^arn:[^:]*:s3:::redshift-downloads([/*?]|$)`)
})

// writeToSampleBucket: AWS owns the bucket with the sample data. The documents'
// policy asks to write there, which S3 refuses in any case.
func writeToSampleBucket(s Statement) string {
	if !slices.ContainsFunc(s.Resources, sampleBucket().MatchString) {
		return ""
	}
	if !allows(s, "s3:PutObject") && !allows(s, "s3:DeleteObject") {
		return ""
	}
	return "objects may be written or deleted in redshift-downloads, a bucket of AWS that is only there to read from"
}
