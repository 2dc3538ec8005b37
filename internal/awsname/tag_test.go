package awsname

import (
	"strings"
	"testing"
)

func TestTagKey(t *testing.T) {
	const alphabet = "a tag key takes only letters, digits, spaces and _.:/=+-@, not "
	judge(t, TagKey, map[string]verdict{
		"a word":                      {"Owner", ""},
		"two words":                   {"Cost Center", ""},
		"any script":                  {"Größe 日本", ""},
		"the punctuation":             {"a_.:/=+-@", ""},
		"aws without a colon":         {"aws-team", ""},
		"aws: inside":                 {"my-aws:x", ""},
		"128 characters":              {strings.Repeat("日", 128), ""},
		"129 characters":              {strings.Repeat("日", 129), "a tag key is 1 to 128 characters long, this one has 129"},
		"nothing":                     {"", "a tag key is 1 to 128 characters long, this one is empty"},
		"AWS's own":                   {"aws:createdBy", `a tag key cannot begin with aws:, which is reserved for AWS, "aws:createdBy" does`},
		"AWS's own in capitals":       {"AWS:x", `a tag key cannot begin with aws:, which is reserved for AWS, "AWS:x" does`},
		"a quote":                     {"it's", alphabet + `"'"`},
		"a comma":                     {"a,b", alphabet + `","`},
		"a dollar":                    {"$(id)", alphabet + `"$"`},
		"an accent on its own letter": {"e\u0301", alphabet + "\"\u0301\""},
		"a zero-width space":          {"a\u200b", "a tag key cannot contain zero-width characters, this one has U+200B as character 2"},
	})
}

func TestTagValue(t *testing.T) {
	judge(t, TagValue, map[string]verdict{
		"nothing":           {"", ""},
		"words":             {"Human Resources", ""},
		"256 characters":    {strings.Repeat("é", 256), ""},
		"257 characters":    {strings.Repeat("é", 257), "a tag value is at most 256 characters long, this one has 257"},
		"AWS's own":         {"Aws:x", `a tag value cannot begin with aws:, which is reserved for AWS, "Aws:x" does`},
		"shorter than aws:": {"aws", ""},
		"a semicolon":       {"a;b", `a tag value takes only letters, digits, spaces and _.:/=+-@, not ";"`},
		"a newline":         {"a\nb", "a tag value cannot contain control characters, this one has U+000A as character 2"},
	})
}
