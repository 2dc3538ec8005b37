package awsname

import (
	"strings"
	"testing"
)

func TestBucket(t *testing.T) {
	const alphabet = "a bucket name takes only lower-case letters, digits, dots and hyphens, not "
	judge(t, Bucket, map[string]verdict{
		"a plain name":                    {"acme-redshift-ml", ""},
		"three characters":                {"a1b", ""},
		"sixty-three characters":          {strings.Repeat("a", 63), ""},
		"digits only":                     {"123456", ""},
		"dots":                            {"my.example.s3.bucket", ""},
		"three numbers are no address":    {"192.168.5", ""},
		"five numbers are no address":     {"1.2.3.4.5", ""},
		"an address with a word":          {"192.168.5.4a", ""},
		"a reserved prefix inside":        {"my-sthree-bucket", ""},
		"a reserved suffix inside":        {"my-s3alias-bucket", ""},
		"ends with an but has no hyphen":  {"japan", ""},
		"two hyphens":                     {"a--b", ""},
		"nothing":                         {"", "a bucket name is 3 to 63 characters long, this one is empty"},
		"two characters":                  {"ab", "a bucket name is 3 to 63 characters long, this one has 2"},
		"sixty-four characters":           {strings.Repeat("a", 64), "a bucket name is 3 to 63 characters long, this one has 64"},
		"a capital":                       {"Acme", alphabet + `"A"`},
		"an underscore":                   {"acme_ml", alphabet + `"_"`},
		"a space":                         {"acme ml", alphabet + `" "`},
		"a slash":                         {"acme/ml", alphabet + `"/"`},
		"a URL":                           {"s3://acme", alphabet + `":"`},
		"an accent":                       {"café", alphabet + `"é"`},
		"a command":                       {"a$(id)", alphabet + `"$"`},
		"a quote":                         {`a"b`, alphabet + `"\""`},
		"a newline":                       {"acme\n", "a bucket name cannot contain control characters, this one has U+000A as character 5"},
		"begins with a hyphen":            {"-acme", `a bucket name begins with a letter or a digit, not with "-"`},
		"begins with a dot":               {".acme", `a bucket name begins with a letter or a digit, not with "."`},
		"ends with a hyphen":              {"acme-", `a bucket name ends with a letter or a digit, not with "-"`},
		"ends with a dot":                 {"acme.", `a bucket name ends with a letter or a digit, not with "."`},
		"two dots":                        {"a..b", `a bucket name cannot have two dots in a row, "a..b" has`},
		"an address":                      {"192.168.5.4", `a bucket name cannot look like an IP address, "192.168.5.4" does`},
		"an address that cannot be":       {"999.999.999.999", `a bucket name cannot look like an IP address, "999.999.999.999" does`},
		"punycode":                        {"xn--bcher-kva", "a bucket name cannot begin with xn--, which is reserved for internationalised domain names"},
		"sthree":                          {"sthree-x", "a bucket name cannot begin with sthree-, which is reserved for Amazon S3 itself"},
		"an example of the documentation": {"amzn-s3-demo-bucket", "a bucket name cannot begin with amzn-s3-demo-, which is reserved for examples in the AWS documentation"},
		"an access point alias":           {"x-s3alias", "a bucket name cannot end with -s3alias, which is reserved for access point aliases"},
		"an object lambda alias":          {"x--ol-s3", "a bucket name cannot end with --ol-s3, which is reserved for Object Lambda access point aliases"},
		"a multi-Region access point":     {"x.mrap", "a bucket name cannot end with .mrap, which is reserved for Multi-Region access points"},
		"a directory bucket":              {"x--usw2-az1--x-s3", "a bucket name cannot end with --x-s3, which is reserved for directory buckets"},
		"a table bucket":                  {"x--table-s3", "a bucket name cannot end with --table-s3, which is reserved for table buckets"},
		"the account-regional namespace":  {"acme-111122223333-us-west-2-an", "a bucket name cannot end with -an, which is reserved for buckets in the account-regional namespace"},
	})
}

func TestBucketDots(t *testing.T) {
	if BucketDots("acme-ml") || !BucketDots("acme.ml") {
		t.Error("a dot is not told from a hyphen")
	}
}
