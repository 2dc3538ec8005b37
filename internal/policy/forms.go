package policy

import (
	"errors"
	"regexp"
	"strings"
	"sync"
)

// This file knows what single values look like: actions, ARNs, principals and
// condition operators. A value with a marker in it will be an ARN once AWS has
// made the thing, so it passes wherever an ARN would.

var (
	errEmpty     = errors.New("is empty")
	errAction    = errors.New(`want service:Name or "*"`)
	errResource  = errors.New(`want "*" or an ARN (arn:partition:service:region:account:resource)`)
	errPartition = errors.New("the partition of the ARN is not one of AWS")
	errVendor    = errors.New("the service of the ARN must be spelled out")
	errRegion    = errors.New("the region of the ARN is not one")
	errAccount   = errors.New(`want 12 digits, "aws", "*" or nothing as the account of the ARN`)
	errService   = errors.New("want a service principal such as redshift.amazonaws.com")
	errPrincipal = errors.New(`want "*", an account of 12 digits or an ARN without wildcards`)
)

const alphanumeric = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// checkAction checks an action pattern. Source: "IAM JSON policy elements: Action".
func checkAction(s string) error {
	service, name, _ := strings.Cut(s, ":")
	made := service != "" && name != "" &&
		strings.Trim(service, alphanumeric+"-") == "" && strings.Trim(name, alphanumeric+"*?") == ""
	if s == "*" || made {
		return nil
	}
	return errAction
}

var (
	partitionForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\*|aws[a-z-]*)$`)
	})
	vendorForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[0-9a-z-]+$`)
	})
	regionForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[0-9a-z*?-]*$`)
	})
	accountForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^([0-9]{12}|aws|\*)?$`)
	})
)

// checkResource checks a resource. "You can't use a wildcard in the service
// segment": "IAM JSON policy elements: Resource".
func checkResource(s string) error {
	if s == "*" || hasMarker(s) {
		return nil
	}
	parts := strings.SplitN(s, ":", 6)
	switch {
	case len(parts) < 6 || parts[0] != "arn" || parts[5] == "":
		return errResource
	case !partitionForm().MatchString(parts[1]):
		return errPartition
	case !vendorForm().MatchString(parts[2]):
		return errVendor
	case !regionForm().MatchString(parts[3]):
		return errRegion
	case !accountForm().MatchString(parts[4]):
		return errAccount
	}
	return nil
}

var serviceForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([0-9a-z-]+\.)+amazonaws\.com(\.cn)?$`)
})

// checkService checks a service principal; "*" is none. Source: "AWS JSON policy
// elements: Principal".
func checkService(s string) error {
	switch {
	case s == "":
		return errEmpty
	case !serviceForm().MatchString(s):
		return errService
	}
	return nil
}

// awsForm is everyone, an account, an ARN without wildcards (its account
// may be "cloudfront"), or the unique ID that IAM shows for a principal that was
// deleted.
var awsForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\*|[0-9]{12}|arn:aws[a-z-]*:(iam|sts)::[0-9a-z]+:[^*?]+|A[A-Z]{3}[0-9A-Z]{12,})$`)
})

// checkAWSPrincipal checks an AWS principal. "You cannot use a wildcard to match
// part of a principal name or ARN": "AWS JSON policy elements: Principal".
func checkAWSPrincipal(s string) error {
	switch {
	case s == "":
		return errEmpty
	case hasMarker(s) || awsForm().MatchString(s):
		return nil
	}
	return errPrincipal
}

// checkFederated checks an identity provider: an ARN, or the domain of one that
// is built in.
func checkFederated(s string) error {
	if s == "" {
		return errEmpty
	}
	return nil
}

// operatorForm has the condition operators in lower case; all but null may end in
// IfExists. Source: "IAM JSON policy elements: Condition operators".
var operatorForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(forallvalues:|foranyvalue:)?(null|(` +
		`string(not)?(equals(ignorecase)?|like)|` +
		`(numeric|date)((not)?equals|(less|greater)than(equals)?)|` +
		`arn(not)?(equals|like)|` +
		`bool|binaryequals|(not)?ipaddress)(ifexists)?)$`)
})

func knownOperator(s string) bool { return operatorForm().MatchString(strings.ToLower(s)) }
