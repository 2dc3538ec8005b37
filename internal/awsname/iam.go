package awsname

import (
	"fmt"
	"strings"
)

var (
	userName     = shape{noun: "a user name", min: 1, max: 64, alphabet: iamAlphabet, in: iamRune}
	iamGroupName = shape{noun: "a group name", min: 1, max: 128, alphabet: iamAlphabet, in: iamRune}
	roleName     = shape{noun: "a role name", min: 1, max: 64, alphabet: iamAlphabet, in: iamRune}
	policyName   = shape{noun: "a policy name", min: 1, max: 128, alphabet: iamAlphabet, in: iamRune}
	rolePath     = shape{
		noun: "a role path", min: 1, max: 512,
		alphabet: "ASCII letters, digits and punctuation without spaces",
		in:       func(r rune) bool { return '!' <= r && r <= '~' },
	}
	policyPath = shape{
		noun: "a policy path", min: 1, max: 512,
		alphabet: "ASCII letters, digits and /.,+@=_-",
		in:       func(r rune) bool { return alnum(r) || strings.ContainsRune("/.,+@=_-", r) },
	}
)

const iamAlphabet = "ASCII letters, digits and _+=,.@-"

func iamRune(r rune) bool { return alnum(r) || strings.ContainsRune("_+=,.@-", r) }

// RoleName is the IAM API model's CreateRole RoleName. Two names that differ only in case are the same to IAM.
func RoleName(s string) error { return roleName.check(s) }

// UserName is the IAM API model's PutUserPolicy UserName; CreateUser takes as long a one (IAM and AWS STS quotas).
func UserName(s string) error { return userName.check(s) }

// IAMGroupName is the IAM API model's PutGroupPolicy GroupName.
func IAMGroupName(s string) error { return iamGroupName.check(s) }

// PolicyName is the IAM API model's CreatePolicy and PutRolePolicy PolicyName.
func PolicyName(s string) error { return policyName.check(s) }

// RolePath is the IAM API model's CreateRole Path. It may hold *, ? and ${, which mean something in a policy's Resource:
// who writes a role's ARN there has to escape them.
func RolePath(s string) error {
	if err := pathShape(rolePath, s); err != nil {
		return err
	}
	if s == "//" {
		return fmt.Errorf("a role path has a name between two slashes, %s has none", brief(s))
	}
	return nil
}

// policyPathRule is the IAM API model's CreatePolicy Path, which takes less than a role's.
func policyPathRule(s string) error {
	if err := pathShape(policyPath, s); err != nil {
		return err
	}
	if strings.Contains(s, "//") {
		return fmt.Errorf("a policy path has a name between two slashes, %s has none", brief(s))
	}
	return nil
}

func pathShape(sh shape, s string) error {
	if err := sh.check(s); err != nil {
		return err
	}
	slash := func(r rune) bool { return r == '/' }
	if err := begins(sh.noun, s, "a slash", slash); err != nil {
		return err
	}
	return ends(sh.noun, s, "a slash", slash)
}

// RoleARN is the ARN of an IAM role: AWS Identity and Access Management User Guide, IAM identifiers, IAM ARNs.
func RoleARN(s string) error {
	const noun = "a role ARN"
	a, err := iamARN(noun, s)
	if err != nil {
		return err
	}
	if err := AccountID(a.Account); err != nil {
		return within(noun, err)
	}
	if strings.Contains(a.Resource, ",arn:") { // a path may hold that, but COPY's chains of roles look like it
		return fmt.Errorf("%s is one role, %s is a chain of them", noun, brief(s))
	}
	return iamResource(noun, a.Resource, "role", RolePath, RoleName)
}

// PolicyARN is the ARN of a managed policy, the customer's or AWS's, also as a permissions boundary: AWS Identity and
// Access Management User Guide, IAM identifiers, IAM ARNs.
func PolicyARN(s string) error {
	const noun = "a policy ARN"
	a, err := iamARN(noun, s)
	if err != nil {
		return err
	}
	if a.Account != ofAWS { // AWS's own policies belong to no account
		if err := AccountID(a.Account); err != nil {
			return within(noun, err)
		}
	}
	return iamResource(noun, a.Resource, "policy", policyPathRule, PolicyName)
}

func iamARN(noun, s string) (ARN, error) {
	a, err := serviceARN(noun, "iam", s)
	if err != nil {
		return ARN{}, err
	}
	if a.Region != "" {
		return ARN{}, fmt.Errorf("%s has no region, this one has %s", noun, brief(a.Region))
	}
	return a, nil
}

// iamResource checks kind/path/name, where the path may be only the slash.
func iamResource(noun, resource, kind string, path, name func(string) error) error {
	rest, ok := strings.CutPrefix(resource, kind)
	if !ok || !strings.HasPrefix(rest, "/") {
		return fmt.Errorf("%s ends with %s/NAME, not with %s", noun, kind, brief(resource))
	}
	cut := strings.LastIndex(rest, "/") + 1
	if err := path(rest[:cut]); err != nil {
		return within(noun, err)
	}
	return within(noun, name(rest[cut:]))
}
