package awsname

import (
	"fmt"
	"strings"
)

var bucket = shape{
	noun: "a bucket name", min: 3, max: 63,
	alphabet: "lower-case letters, digits, dots and hyphens",
	in:       func(r rune) bool { return lowerAlnum(r) || r == '.' || r == '-' },
}

// reservedPrefixes and reservedSuffixes are S3's own: what they are reserved for is the reason in the message.
var (
	reservedPrefixes = []struct{ text, use string }{
		{"xn--", "internationalised domain names"},
		{"sthree-", "Amazon S3 itself"},
		{"amzn-s3-demo-", "examples in the AWS documentation"},
	}
	reservedSuffixes = []struct{ text, use string }{
		{"-s3alias", "access point aliases"},
		{"--ol-s3", "Object Lambda access point aliases"},
		{".mrap", "Multi-Region access points"},
		{"--x-s3", "directory buckets"},
		{"--table-s3", "table buckets"},
		{"-an", "buckets in the account-regional namespace"},
	}
)

// Bucket is the rule for a new general purpose bucket in the global namespace: Amazon S3 User Guide, General purpose bucket
// naming rules. Older buckets of us-east-1 and buckets of the account-regional namespace may have other names.
func Bucket(s string) error {
	if err := bucket.check(s); err != nil {
		return err
	}
	const with = "a letter or a digit"
	if err := begins(bucket.noun, s, with, lowerAlnum); err != nil {
		return err
	}
	if err := ends(bucket.noun, s, with, lowerAlnum); err != nil {
		return err
	}
	if strings.Contains(s, "..") {
		return fmt.Errorf("a bucket name cannot have two dots in a row, %s has", brief(s))
	}
	if looksLikeIPv4(s) {
		return fmt.Errorf("a bucket name cannot look like an IP address, %s does", brief(s))
	}
	return bucketReserved(s)
}

func bucketReserved(s string) error {
	for _, p := range reservedPrefixes {
		if strings.HasPrefix(s, p.text) {
			return fmt.Errorf("a bucket name cannot begin with %s, which is reserved for %s", p.text, p.use)
		}
	}
	for _, p := range reservedSuffixes {
		if strings.HasSuffix(s, p.text) {
			return fmt.Errorf("a bucket name cannot end with %s, which is reserved for %s", p.text, p.use)
		}
	}
	return nil
}

// looksLikeIPv4 does not ask whether the numbers fit in a byte: the page says "formatted as an IP address".
func looksLikeIPv4(s string) bool {
	parts := strings.Split(s, ".")
	for _, p := range parts {
		if p == "" || !all(p, digit) {
			return false
		}
	}
	return len(parts) == 4
}

// BucketDots tells whether a bucket name has a dot: AWS accepts it, but TLS by virtual host name fails with it (Amazon S3
// User Guide, General purpose bucket naming rules, Best practices), which deserves a warning.
func BucketDots(s string) bool { return strings.Contains(s, ".") }
