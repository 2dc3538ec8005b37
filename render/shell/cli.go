package shell

import (
	_ "embed" // cli.sh
	"fmt"
	"slices"
	"strings"

	"onramp/internal/plan"
)

// The oldest versions of the AWS CLI that exported scripts support, both of January 2022. Scripts refuse older ones.
const (
	OldestCLI1 = "1.22.34"
	OldestCLI2 = "2.4.10"
)

// feature is a command of the AWS CLI, an option of one or a part of its answer that is newer than the oldest versions
// that scripts support.
type feature struct {
	first1, first2 string // the first versions of AWS CLI 1 and 2 that have it
	service        string
	operation      string
	member         string // of the call's input, at any depth, or with output of its answer
	args           string // what shows it in a command; options and words without blanks
	output         bool
}

// features are all that calls use, the oldest first. A script asks the AWS CLI for those that its calls use, before it
// changes anything. The versions are those of the changelogs
// https://github.com/aws/aws-cli/blob/develop/CHANGELOG.rst and https://github.com/aws/aws-cli/blob/v2/CHANGELOG.rst;
// internal/modelcheck/testdata/cli-names.txt has those of every name that scripts use.
var features = []feature{
	{"1.23.3", "2.6.1", "ec2", "DescribeKeyPairs", "IncludePublicKey", "--include-public-key", false},
	{"1.25.11", "2.7.9", "redshift-data", "ExecuteStatement", "WorkgroupName", "--workgroup-name NAME", false},
	{"1.25.20", "2.7.13", "redshift-serverless", "GetNamespace", "namespaceName", "", false},
	{"1.25.20", "2.7.13", "redshift-serverless", "GetWorkgroup", "workgroupName", "", false},
	{"1.25.20", "2.7.13", "redshift-serverless", "UpdateNamespace", "namespaceName", "", false},
	{"1.25.20", "2.7.13", "redshift-serverless", "UpdateWorkgroup", "workgroupName", "", false},
	{"1.29.15", "2.13.6", "cloudformation", "ExecuteChangeSet", "RetainExceptOnCreate", "--retain-except-on-create", false},
	{"1.29.64", "2.13.27", "redshift", "CreateCluster", "ManageMasterPassword", "--manage-master-password", false},
	{"1.29.83", "2.13.34", "cloudformation", "CreateStackInstances", "ConcurrencyMode",
		"--operation-preferences ConcurrencyMode=SOFT_FAILURE_TOLERANCE", false},
	{"1.29.83", "2.13.34", "cloudformation", "UpdateStackSet", "ConcurrencyMode",
		"--operation-preferences ConcurrencyMode=SOFT_FAILURE_TOLERANCE", false},
	{"1.31.2", "2.14.2", "s3", "HeadBucket", "BucketRegion", "--bucket NAME", true},
}

// usedBy says whether a call uses the feature. Whatever makes a call asks for what is new in its answer.
func (f feature) usedBy(c plan.Call) bool {
	return c.Service == f.service && c.Operation == f.operation && (f.output || has(c.Input, f.member))
}

// has says whether a value has a member, at any depth.
func has(v any, member string) bool {
	switch v := v.(type) {
	case plan.Object:
		return slices.ContainsFunc(v, func(m plan.Member) bool { return m.Name == member || has(m.Value, member) })
	case []plan.Object:
		return slices.ContainsFunc(v, func(o plan.Object) bool { return has(o, member) })
	}
	return false
}

// command is a command with the feature.
func (f feature) command() string {
	return strings.TrimSpace(cliService(f.service) + " " + kebab(f.operation) + " " + f.args)
}

// cliService is what the AWS CLI calls a service. Its command s3 copies files.
func cliService(service string) string {
	if service == "s3" {
		return "s3api"
	}
	return service
}

func featuresOf(calls []plan.Call) []feature {
	return slices.DeleteFunc(slices.Clone(features), func(f feature) bool { return !slices.ContainsFunc(calls, f.usedBy) })
}

// Takes says in a script's comment what it takes to make some calls.
func Takes(calls []plan.Call) string {
	first1, first2 := OldestCLI1, OldestCLI2
	if used := featuresOf(calls); len(used) > 0 {
		newest := used[len(used)-1]
		first1, first2 = newest.first1, newest.first2
	}
	return "bash 3.2 or later and the AWS CLI (version 1 from " + first1 + ", version 2 from " + first2 + ")"
}

//go:embed cli.sh
var cliBody string

// Beginning is how every script begins: it stops in another shell, and has what it takes to check that the AWS CLI can
// make its calls: check_version and, once there are credentials, check_features. Both use fail, which the script has.
func Beginning(calls []plan.Call) string {
	var b strings.Builder
	b.WriteString(`
if [ -z "${BASH_VERSION:-}" ]; then
  echo 'error: run this script with bash' >&2
  exit 1
fi
unset CDPATH # with it cd goes to other folders, and prints them
set -euo pipefail

`)
	fmt.Fprintf(&b, "CLI1=%s CLI2=%s # the oldest versions of the AWS CLI that will do\n\n", OldestCLI1, OldestCLI2)
	b.WriteString("# new_features lists what this script uses of the AWS CLI that is newer than that.\nnew_features() {\n")
	used := featuresOf(calls)
	for _, f := range used {
		part := "input"
		if f.output {
			part = "output"
		}
		fmt.Fprintf(&b, "  needs %s %s %s %s %s\n", f.first1, f.first2, part, f.member, f.command())
	}
	if len(used) == 0 {
		b.WriteString("  :\n")
	}
	b.WriteString("}\n\n")
	return b.String() + cliBody + "\n"
}
