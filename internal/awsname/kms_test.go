package awsname

import (
	"strings"
	"testing"
)

const uuid = "1234abcd-12ab-34cd-56ef-1234567890ab"

func TestKeyAlias(t *testing.T) {
	const alphabet = "a key alias takes only ASCII letters, digits, slashes, underscores and hyphens, not "
	judge(t, KeyAlias, map[string]verdict{
		"a plain name":            {"redshift-ml", ""},
		"slashes":                 {"team/redshift_ml", ""},
		"250 characters":          {strings.Repeat("a", 250), ""},
		"aws without a slash":     {"aws", ""},
		"aws in a word":           {"awsome/key", ""},
		"251 characters":          {strings.Repeat("a", 251), "a key alias is 1 to 250 characters long, this one has 251"},
		"nothing":                 {"", "a key alias is 1 to 250 characters long, this one is empty"},
		"with the prefix":         {"alias/redshift-ml", `a key alias is given without alias/ in front, which is added, this one is "alias/redshift-ml"`},
		"only the prefix":         {"alias/", `a key alias is given without alias/ in front, which is added, this one is "alias/"`},
		"AWS's own":               {"aws/s3", "a key alias cannot begin with aws/, which is reserved for keys that AWS manages"},
		"a colon":                 {"a:b", alphabet + `":"`},
		"a space":                 {"a b", alphabet + `" "`},
		"a dot":                   {"a.b", alphabet + `"."`},
		"a command":               {"`id`", alphabet + "\"`\""},
		"a letter beyond ASCII":   {"schlüssel", alphabet + `"ü"`},
		"a newline":               {"a\n", "a key alias cannot contain control characters, this one has U+000A as character 2"},
		"the prefix in a message": {"alias/\u202e", `a key alias is given without alias/ in front, which is added, this one is "alias/\u202e"`},
	})
}

func TestKeyRef(t *testing.T) {
	const (
		p     = "arn:aws:kms:us-east-1:111122223333:"
		forms = "a key is given as key id, key ARN, alias/NAME or alias ARN, "
	)
	judge(t, KeyRef, map[string]verdict{
		"a key id":                          {uuid, ""},
		"a multi-Region key id":             {"mrk-1234abcd12ab34cd56ef1234567890ab", ""},
		"a key ARN":                         {p + "key/" + uuid, ""},
		"a multi-Region key ARN":            {p + "key/mrk-1234abcd12ab34cd56ef1234567890ab", ""},
		"an alias":                          {"alias/redshift-ml", ""},
		"AWS's own alias":                   {"alias/aws/s3", ""},
		"an alias ARN":                      {p + "alias/redshift-ml", ""},
		"China":                             {"arn:aws-cn:kms:cn-north-1:111122223333:key/" + uuid, ""},
		"nothing":                           {"", forms + `"" is none of them`},
		"an alias without its prefix":       {"redshift-ml", forms + `"redshift-ml" is none of them`},
		"a key id that is short":            {uuid[1:], forms + `"234abcd-12ab-34cd-56ef-1234567890ab" is none of them`},
		"a key id with another letter":      {"g" + uuid[1:], forms + `"g234abcd-12ab-34cd-56ef-1234567890ab" is none of them`},
		"a key id in capitals":              {strings.ToUpper(uuid), forms + `"1234ABCD-12AB-34CD-56EF-1234567890AB" is none of them`},
		"a multi-Region id that is short":   {"mrk-1234", forms + `"mrk-1234" is none of them`},
		"a multi-Region id with hyphens":    {"mrk-" + uuid, forms + `"mrk-1234abcd-12ab-34cd-56ef-1234567890ab" is none of them`},
		"an alias of nothing":               {"alias/", "a key: a key alias is 1 to 250 characters long, this one is empty"},
		"an alias with a quote":             {`alias/a"b`, `a key: a key alias takes only ASCII letters, digits, slashes, underscores and hyphens, not "\""`},
		"an ARN of a grant":                 {p + "grant/x", `a key ARN ends with key/ID or alias/NAME, not with "grant/x"`},
		"an ARN of a key without a good id": {p + "key/x", `a key ARN ends with key/ID or alias/NAME, not with "key/x"`},
		"an ARN of an alias of nothing":     {p + "alias/", "an alias ARN: a key alias is 1 to 250 characters long, this one is empty"},
		"an ARN without a region":           {"arn:aws:kms::111122223333:key/" + uuid, "a key ARN: a region is 1 to 32 characters long, this one is empty"},
		"an ARN of the wrong partition":     {"arn:aws:kms:us-gov-east-1:111122223333:key/" + uuid, "a key ARN with the region us-gov-east-1 has the partition aws-us-gov, not aws"},
		"an ARN of another service":         {"arn:aws:s3:::b", `a key ARN names the service kms, not "s3"`},
		"a newline":                         {uuid + "\n", "a key cannot contain control characters, this one has U+000A as character 37"},
	})
}
