package awsname

import (
	"strings"
	"testing"
)

func TestAccountID(t *testing.T) {
	judge(t, AccountID, map[string]verdict{
		"twelve digits":                        {"111122223333", ""},
		"the practice account":                 {"000000000000", ""},
		"eleven digits":                        {"11112222333", "an account id is 12 digits long, this one has 11"},
		"thirteen digits":                      {"1111222233334", "an account id is 12 digits long, this one has 13"},
		"nothing":                              {"", "an account id is 12 digits long, this one is empty"},
		"hyphens as the console writes them":   {"1111-2222-3333", `an account id takes only digits, not "-"`},
		"digits of another script":             {"١١١١٢٢٢٢٣٣٣٣", `an account id takes only digits, not "١"`},
		"an alias of the account":              {"acme", `an account id takes only digits, not "a"`},
		"a space at the end, as when pasted":   {"111122223333 ", `an account id takes only digits, not " "`},
		"a newline at the end, as when pasted": {"111122223333\n", "an account id cannot contain control characters, this one has U+000A as character 13"},
	})
}

func TestRegion(t *testing.T) {
	const form, place = "a region looks like us-east-1, %s does not", "a region belongs to a partition of AWS, none has regions named like %s"
	judge(t, Region, map[string]verdict{
		"Virginia":                  {"us-east-1", ""},
		"a young region":            {"ap-southeast-7", ""},
		"Mexico":                    {"mx-central-1", ""},
		"China":                     {"cn-northwest-1", ""},
		"GovCloud":                  {"us-gov-west-1", ""},
		"secret":                    {"us-isob-east-1", ""},
		"the European secret one":   {"eu-isoe-west-1", ""},
		"the sovereign cloud":       {"eusc-de-east-1", ""},
		"nothing":                   {"", "a region is 1 to 32 characters long, this one is empty"},
		"capitals":                  {"US-EAST-1", `a region takes only lower-case letters, digits and hyphens, not "U"`},
		"an availability zone":      {"us-east-1a", strings.Replace(form, "%s", `"us-east-1a"`, 1)},
		"two digits":                {"us-east-10", strings.Replace(form, "%s", `"us-east-10"`, 1)},
		"a digit in the last word":  {"us-gov-e4st-1", strings.Replace(form, "%s", `"us-gov-e4st-1"`, 1)},
		"no number":                 {"us-east", strings.Replace(form, "%s", `"us-east"`, 1)},
		"no word":                   {"us-1", strings.Replace(form, "%s", `"us-1"`, 1)},
		"two hyphens":               {"us--east-1", strings.Replace(form, "%s", `"us--east-1"`, 1)},
		"one letter":                {"u-east-1", strings.Replace(form, "%s", `"u-east-1"`, 1)},
		"five letters":              {"europ-east-1", strings.Replace(form, "%s", `"europ-east-1"`, 1)},
		"a global endpoint":         {"aws-global", strings.Replace(form, "%s", `"aws-global"`, 1)},
		"a place AWS has not":       {"xx-east-1", strings.Replace(place, "%s", `"xx-east-1"`, 1)},
		"a word too many":           {"us-north-east-1", strings.Replace(place, "%s", `"us-north-east-1"`, 1)},
		"GovCloud without a place":  {"us-gov-1", strings.Replace(place, "%s", `"us-gov-1"`, 1)},
		"a longer word than any":    {"us-" + strings.Repeat("e", 28) + "-1", "a region is 1 to 32 characters long, this one has 33"},
		"the longest word we allow": {"us-" + strings.Repeat("e", 27) + "-1", ""},
	})
}

func TestPartition(t *testing.T) {
	for region, want := range map[string]string{
		"us-east-1": "aws", "eu-west-1": "aws", "": "aws", "nowhere": "aws", "cnn-1": "aws", "us-government-1": "aws",
		"cn-north-1": "aws-cn", "us-gov-east-1": "aws-us-gov", "us-iso-east-1": "aws-iso", "us-isob-east-1": "aws-iso-b",
		"eu-isoe-west-1": "aws-iso-e", "us-isof-south-1": "aws-iso-f", "eusc-de-east-1": "aws-eusc",
	} {
		if got := Partition(region); got != want {
			t.Errorf("Partition(%q) = %q, want %q", region, got, want)
		}
	}
}

func TestParseARN(t *testing.T) {
	for s, want := range map[string]ARN{
		"arn:aws:s3:::b/*":                           {"aws", "s3", "", "", "b/*"},
		"arn:aws-cn:iam::111122223333:role/a/b":      {"aws-cn", "iam", "", "111122223333", "role/a/b"},
		"arn:aws:redshift:us-east-1:1:dbuser:c/u":    {"aws", "redshift", "us-east-1", "1", "dbuser:c/u"},
		"arn:aws-iso-z:iam::aws:policy/A":            {"aws-iso-z", "iam", "", "aws", "policy/A"},
		"arn:aws:secretsmanager:us-east-1:1:secret:": {"aws", "secretsmanager", "us-east-1", "1", "secret:"},
	} {
		got, err := ParseARN(s)
		if err != nil || got != want {
			t.Errorf("ParseARN(%q) = %+v, %v, want %+v", s, got, err, want)
		}
		if got.String() != s {
			t.Errorf("ParseARN(%q).String() = %q", s, got)
		}
	}
}

func TestParseARNRefuses(t *testing.T) {
	judge(t, rules["ARN"], map[string]verdict{
		"nothing":                         {"", `an ARN begins with arn:, "" does not`},
		"a bare name":                     {"redshift-ml", `an ARN begins with arn:, "redshift-ml" does not`},
		"capitals":                        {"ARN:aws:s3:::b", `an ARN begins with arn:, "ARN:aws:s3:::b" does not`},
		"too few parts":                   {"arn:aws:s3:b", `an ARN has six parts with colons between them, "arn:aws:s3:b" has 4`},
		"a foreign partition":             {"arn:aliyun:s3:::b", `an ARN names a partition after arn:, such as aws, not "aliyun"`},
		"a partition that only resembles": {"arn:awsome:s3:::b", `an ARN names a partition after arn:, such as aws, not "awsome"`},
		"a hostile partition":             {"arn:aws-$(id):s3:::b", `an ARN names a partition after arn:, such as aws, not "aws-$(id)"`},
		"no partition":                    {"arn::s3:::b", `an ARN names a partition after arn:, such as aws, not ""`},
		"no service":                      {"arn:aws::::b", "an ARN names a service after the partition, this one has none"},
		"no resource":                     {"arn:aws:s3:::", "an ARN names a resource at its end, this one has none"},
		"2,049 characters":                {"arn:aws:s3:::" + strings.Repeat("b", 2036), "an ARN is 1 to 2048 characters long, this one has 2049"},
		"2,048 characters":                {"arn:aws:s3:::" + strings.Repeat("b", 2035), ""},
		"a newline":                       {"arn:aws:s3:::b\n", "an ARN cannot contain control characters, this one has U+000A as character 15"},
		"a long text is cut":              {strings.Repeat("é", 61), `an ARN begins with arn:, "` + strings.Repeat("é", 60) + `…" does not`},
		"sixty characters are not cut":    {strings.Repeat("é", 60), `an ARN begins with arn:, "` + strings.Repeat("é", 60) + `" does not`},
	})
}

func TestSecretARN(t *testing.T) {
	const p = "arn:aws:secretsmanager:us-east-1:111122223333:"
	judge(t, SecretARN, map[string]verdict{
		"a secret":                        {p + "secret:prod/redshift-AbCdEf", ""},
		"a secret that Redshift manages":  {p + "secret:redshift!analytics-awsuser-AbCdEf", ""},
		"China":                           {"arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:x", ""},
		"a name":                          {"prod/redshift", `a secret ARN begins with arn:, "prod/redshift" does not`},
		"another service":                 {"arn:aws:ssm:us-east-1:111122223333:parameter/x", `a secret ARN names the service secretsmanager, not "ssm"`},
		"a partition that is unknown":     {"arn:aws-zz:secretsmanager:us-east-1:111122223333:secret:x", `a secret ARN names a partition AWS has, such as aws or aws-cn, not "aws-zz"`},
		"a region of another partition":   {"arn:aws:secretsmanager:cn-north-1:111122223333:secret:x", "a secret ARN with the region cn-north-1 has the partition aws-cn, not aws"},
		"no region":                       {"arn:aws:secretsmanager::111122223333:secret:x", "a secret ARN: a region is 1 to 32 characters long, this one is empty"},
		"a bad account":                   {"arn:aws:secretsmanager:us-east-1:1111:secret:x", "a secret ARN: an account id is 12 digits long, this one has 4"},
		"not a secret":                    {p + "policy:x", `a secret ARN ends with secret:NAME, not with "policy:x"`},
		"no name":                         {p + "secret:", "a secret ARN: a secret name is 1 to 519 characters long, this one is empty"},
		"the longest name and its suffix": {p + "secret:" + strings.Repeat("a", 512) + "-AbCdEf", ""},
		"one longer":                      {p + "secret:" + strings.Repeat("a", 513) + "-AbCdEf", "a secret ARN: a secret name is 1 to 519 characters long, this one has 520"},
		"a quote":                         {p + "secret:it's", `a secret ARN: a secret name takes only ASCII letters, digits and /_+=.@-!, not "'"`},
		"a version after the name":        {p + "secret:x:AWSCURRENT", `a secret ARN: a secret name takes only ASCII letters, digits and /_+=.@-!, not ":"`},
	})
}

func arnsComeBack(t *testing.T, s string) {
	t.Helper()
	if a, err := ParseARN(s); err == nil && a.String() != s {
		t.Errorf("ParseARN(%q).String() = %q", s, a)
	} else if err != nil && a != (ARN{}) {
		t.Errorf("ParseARN(%q) = %+v with an error", s, a)
	}
}
