package awsname

import (
	"strings"
	"testing"
)

func TestRoleName(t *testing.T) {
	const alphabet = "a role name takes only ASCII letters, digits and _+=,.@-, not "
	judge(t, RoleName, map[string]verdict{
		"the ends of the alphabet": {"AZaz09", ""},
		"one character":            {"r", ""},
		"sixty-four characters":    {strings.Repeat("r", 64), ""},
		"all the punctuation":      {"_+=,.@-", ""},
		"digits first":             {"1role", ""},
		"nothing":                  {"", "a role name is 1 to 64 characters long, this one is empty"},
		"sixty-five characters":    {strings.Repeat("r", 65), "a role name is 1 to 64 characters long, this one has 65"},
		"a slash":                  {"team/role", alphabet + `"/"`},
		"a letter beyond ASCII":    {"rôle", alphabet + `"ô"`},
		"a digit beyond ASCII":     {"role٣", alphabet + `"٣"`},
		"a space":                  {"my role", alphabet + `" "`},
		"a command":                {"$(id)", alphabet + `"$"`},
		"a quote":                  {"it's", alphabet + `"'"`},
		"a wildcard":               {"role*", alphabet + `"*"`},
		"a right-to-left mark":     {"role\u200f", "a role name cannot contain bidirectional control marks, this one has U+200F as character 5"},
	})
}

func TestPolicyName(t *testing.T) {
	judge(t, PolicyName, map[string]verdict{
		"one character": {"p", ""},
		"128":           {strings.Repeat("p", 128), ""},
		"129":           {strings.Repeat("p", 129), "a policy name is 1 to 128 characters long, this one has 129"},
		"nothing":       {"", "a policy name is 1 to 128 characters long, this one is empty"},
		"a colon":       {"a:b", `a policy name takes only ASCII letters, digits and _+=,.@-, not ":"`},
	})
}

func TestRolePath(t *testing.T) {
	judge(t, RolePath, map[string]verdict{
		"the root":                {"/", ""},
		"two levels":              {"/service-role/ml/", ""},
		"any ASCII punctuation":   {"/!\"#$%&'()*+,-.:;<=>?@[\\]^_`{|}~/", ""},
		"512 characters":          {"/" + strings.Repeat("p", 510) + "/", ""},
		"513 characters":          {"/" + strings.Repeat("p", 511) + "/", "a role path is 1 to 512 characters long, this one has 513"},
		"nothing":                 {"", "a role path is 1 to 512 characters long, this one is empty"},
		"no slash in front":       {"ml/", `a role path begins with a slash, not with "m"`},
		"no slash at the end":     {"/ml", `a role path ends with a slash, not with "l"`},
		"nothing between":         {"//", `a role path has a name between two slashes, "//" has none`},
		"a space":                 {"/a b/", `a role path takes only ASCII letters, digits and punctuation without spaces, not " "`},
		"a letter beyond ASCII":   {"/é/", `a role path takes only ASCII letters, digits and punctuation without spaces, not "é"`},
		"DEL, which a page names": {"/\x7f/", "a role path cannot contain control characters, this one has U+007F as character 2"},
	})
}

func TestRoleARN(t *testing.T) {
	const p = "arn:aws:iam::111122223333:"
	judge(t, RoleARN, map[string]verdict{
		"a role":                  {p + "role/redshift-ml", ""},
		"a role with a path":      {p + "role/service-role/ml/redshift-ml", ""},
		"GovCloud":                {"arn:aws-us-gov:iam::111122223333:role/r", ""},
		"the practice account":    {"arn:aws:iam::000000000000:role/r", ""},
		"the longest":             {p + "role/" + strings.Repeat("p", 510) + "/" + strings.Repeat("r", 64), ""},
		"a name":                  {"redshift-ml", `a role ARN begins with arn:, "redshift-ml" does not`},
		"nothing":                 {"", `a role ARN begins with arn:, "" does not`},
		"a session of a role":     {"arn:aws:sts::111122223333:assumed-role/r/me", `a role ARN names the service iam, not "sts"`},
		"a user":                  {p + "user/me", `a role ARN ends with role/NAME, not with "user/me"`},
		"a role in name only":     {p + "rolex/me", `a role ARN ends with role/NAME, not with "rolex/me"`},
		"the account":             {p + "root", `a role ARN ends with role/NAME, not with "root"`},
		"a region":                {"arn:aws:iam:us-east-1:111122223333:role/r", `a role ARN has no region, this one has "us-east-1"`},
		"no account":              {"arn:aws:iam:::role/r", "a role ARN: an account id is 12 digits long, this one is empty"},
		"AWS's account":           {"arn:aws:iam::aws:role/r", `a role ARN: an account id takes only digits, not "a"`},
		"an unknown partition":    {"arn:aws-ch:iam::111122223333:role/r", `a role ARN names a partition AWS has, such as aws or aws-cn, not "aws-ch"`},
		"no name":                 {p + "role/", "a role ARN: a role name is 1 to 64 characters long, this one is empty"},
		"a name that is too long": {p + "role/" + strings.Repeat("r", 65), "a role ARN: a role name is 1 to 64 characters long, this one has 65"},
		"a path of nothing":       {p + "role//r", `a role ARN: a role path has a name between two slashes, "//" has none`},
		"two roles in a chain":    {p + "role/a," + p + "role/b", `a role ARN is one role, "arn:aws:iam::111122223333:role/a,arn:aws:iam::111122223333:r…" is a chain of them`},
		"a wildcard":              {p + "role/*", `a role ARN: a role name takes only ASCII letters, digits and _+=,.@-, not "*"`},
		"a quote":                 {p + "role/it's", `a role ARN: a role name takes only ASCII letters, digits and _+=,.@-, not "'"`},
	})
}

func TestPolicyARN(t *testing.T) {
	const p = "arn:aws:iam::111122223333:policy/"
	judge(t, PolicyARN, map[string]verdict{
		"a path of 512":             {p + strings.Repeat("p", 510) + "/p", ""},
		"a path of 513":             {p + strings.Repeat("p", 511) + "/p", "a policy ARN: a policy path is 1 to 512 characters long, this one has 513"},
		"a customer's policy":       {p + "boundary", ""},
		"a policy of AWS":           {"arn:aws:iam::aws:policy/AmazonRedshiftFullAccess", ""},
		"one with a path":           {"arn:aws-cn:iam::aws:policy/service-role/AmazonMachineLearningRoleforRedshiftDataSourceV3", ""},
		"128 characters":            {p + strings.Repeat("p", 128), ""},
		"129 characters":            {p + strings.Repeat("p", 129), "a policy ARN: a policy name is 1 to 128 characters long, this one has 129"},
		"no name":                   {p, "a policy ARN: a policy name is 1 to 128 characters long, this one is empty"},
		"an asterisk in the path":   {p + "a*/p", `a policy ARN: a policy path takes only ASCII letters, digits and /.,+@=_-, not "*"`},
		"an empty step in a path":   {p + "a//p", `a policy ARN: a policy path has a name between two slashes, "/a//" has none`},
		"a role":                    {"arn:aws:iam::111122223333:role/r", `a policy ARN ends with policy/NAME, not with "role/r"`},
		"a bad account":             {"arn:aws:iam::acme:policy/p", `a policy ARN: an account id takes only digits, not "a"`},
		"a region":                  {"arn:aws:iam:us-east-1:aws:policy/p", `a policy ARN has no region, this one has "us-east-1"`},
		"another service":           {"arn:aws:s3:::policy/p", `a policy ARN names the service iam, not "s3"`},
		"only the name of a policy": {"AmazonRedshiftFullAccess", `a policy ARN begins with arn:, "AmazonRedshiftFullAccess" does not`},
	})
}
