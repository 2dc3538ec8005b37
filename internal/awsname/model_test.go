package awsname

import (
	"strings"
	"testing"
)

// The verdicts are those of the pattern, min and max in botocore 1.43.11's API models (a full match, \w in ASCII), worked
// out by a script over the models and written down here, so that a rule cannot drift from the API by an edit.
func TestTheRulesAgreeWithTheAPIModels(t *testing.T) {
	tests := map[string]struct {
		rule           func(string) error
		takes, refuses []string
	}{
		"iam CreateRoleRequest.RoleName": {
			rule:    RoleName,
			takes:   []string{"a", "redshift-ml", "_+=,.@-", strings.Repeat("a", 64)},
			refuses: []string{"", "a b", "a/b", "rôle", "a:b", strings.Repeat("a", 65), "x\n", "\"x\"", "$(x)", "*"},
		},
		"iam CreatePolicyRequest.PolicyName": {
			rule:    PolicyName,
			takes:   []string{"p", "a.b@c", strings.Repeat("a", 128)},
			refuses: []string{"", "a/b", strings.Repeat("a", 129), "p\n", "pölicy"},
		},
		"iam CreateRoleRequest.Path": {
			rule:    RolePath,
			takes:   []string{"/", "/a/", "/a/b/", "/!~/", "/$(x)/", "/" + strings.Repeat("a", 510) + "/"},
			refuses: []string{"", "//", "/a", "a/", "/a b/", "/é/", "/a\n/", "/" + strings.Repeat("a", 511) + "/"},
		},
		"iam CreatePolicyRequest.Path": {
			rule:    policyPathRule,
			takes:   []string{"/", "/a/", "/.,+@=_-/"},
			refuses: []string{"", "//", "/a//b/", "/a*/", "/$/", "/a"},
		},
		"iam Tag.Key": {
			rule:    TagKey,
			takes:   []string{"a", "Cost Center", "_.:/=+-@", "日本", "Größe", strings.Repeat("a", 128)},
			refuses: []string{"", "a*", strings.Repeat("a", 129), "a\"b", "a,b"},
		},
		"iam Tag.Value": {
			rule:    TagValue,
			takes:   []string{"", "a", "Human Resources", strings.Repeat("a", 256)},
			refuses: []string{"a;b", strings.Repeat("a", 257), "(x)"},
		},
		"kms CreateAliasRequest.AliasName": {
			rule:    KeyAlias,
			takes:   []string{"redshift-ml", "a/b", "A_z9", strings.Repeat("a", 250)},
			refuses: []string{"a b", "a.b", "ä", "$x", strings.Repeat("a", 251), "it's"},
		},
		"redshift-serverless CreateNamespaceRequest.namespaceName": {
			rule:    NamespaceName,
			takes:   []string{"abc", "-a-", strings.Repeat("a", 64)},
			refuses: []string{"", "ab", "a_b", "Abc", "a.b", strings.Repeat("a", 65), "é-ns", "abc\n"},
		},
		"redshift-serverless CreateWorkgroupRequest.workgroupName": {
			rule:    WorkgroupName,
			takes:   []string{"abc", "9-9", "---", strings.Repeat("a", 63)},
			refuses: []string{"ab", "a_b", "A-wg", strings.Repeat("a", 65)},
		},
		"redshift-data ExecuteStatementInput.WorkgroupName": {
			rule:    WorkgroupName,
			takes:   []string{"abc", strings.Repeat("a", 63)},
			refuses: []string{"ab", "a_b", "A-wg", strings.Repeat("a", 64)},
		},
		"redshift-data ExecuteStatementInput.ClusterIdentifier": {
			rule:    ClusterIdentifier,
			takes:   []string{"a", "a1-b2", strings.Repeat("a", 63)},
			refuses: []string{"", "1a", "-a", "a-", "a--b", "A", "a_b", strings.Repeat("a", 64), "a\n"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, s := range tt.takes {
				if err := tt.rule(s); err != nil {
					t.Errorf("the API model takes %q, the rule does not: %v", s, err)
				}
			}
			for _, s := range tt.refuses {
				if tt.rule(s) == nil {
					t.Errorf("the API model refuses %q, the rule takes it", s)
				}
			}
		})
	}
}

// Where the rule is narrower than the model on purpose, the reason stands in the rule's comment.
func TestTheRulesAreNarrowerThanTheAPIModelsOnlyHere(t *testing.T) {
	tests := map[string]struct {
		rule func(string) error
		in   string
	}{
		"the KMS page leaves the model's colon out":               {KeyAlias, "a:b"},
		"the KMS page reserves aws/":                              {KeyAlias, "aws/s3"},
		"the prefix alias/ is added, not given":                   {KeyAlias, "alias/a"},
		"the Data API takes a workgroup name one character short": {WorkgroupName, strings.Repeat("a", 64)},
		"a tag with aws: is AWS's own":                            {TagKey, "aws:a"},
		"the IAM page reserves aws: in a value too":               {TagValue, "aws:a"},
		"a line separator is a space to the model of a tag":       {TagValue, "a\u2028b"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.rule(tt.in) == nil {
				t.Errorf("%q is taken", tt.in)
			}
		})
	}
}
