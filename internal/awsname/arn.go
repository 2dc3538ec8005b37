package awsname

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// partitions pairs the beginning of a region's name with its partition. Every other region belongs to "aws".
// From botocore's partitions.json (regionRegex).
var partitions = []struct{ region, id string }{
	{"cn-", "aws-cn"},
	{"us-gov-", "aws-us-gov"},
	{"us-iso-", "aws-iso"},
	{"us-isob-", "aws-iso-b"},
	{"eu-isoe-", "aws-iso-e"},
	{"us-isof-", "aws-iso-f"},
	{"eusc-", "aws-eusc"},
}

// places begin the regions of the partition "aws", which all have three parts. A new continent has to be added here.
var places = []string{"af", "ap", "ca", "eu", "il", "me", "mx", "sa", "us"}

var (
	account = shape{
		noun: "an account id", min: 12, max: 12, unit: "digits",
		alphabet: "digits", in: digit,
	}
	region = shape{
		noun: "a region", min: 1, max: 32,
		alphabet: "lower-case letters, digits and hyphens",
		in:       func(r rune) bool { return lowerAlnum(r) || r == '-' },
	}
	secretName = shape{
		noun: "a secret name", min: 1, max: 512 + len("-AbCdEf"),
		alphabet: "ASCII letters, digits and /_+=.@-!",
		in:       func(r rune) bool { return alnum(r) || strings.ContainsRune("/_+=.@-!", r) },
	}
)

// AccountID is the rule of the AWS Account Management Reference Guide, View AWS account identifiers: 12 digits.
func AccountID(s string) error { return account.check(s) }

// Region is the form of a region's name and its beginning, as in botocore's partitions.json. It holds no list of
// regions, so that a new one in a known place needs no release.
func Region(s string) error {
	if err := region.check(s); err != nil {
		return err
	}
	if !looksLikeRegion(s) {
		return fmt.Errorf("a region looks like us-east-1, %s does not", brief(s))
	}
	if !inPartition(s) {
		return fmt.Errorf("a region belongs to a partition of AWS, none has regions named like %s", brief(s))
	}
	return nil
}

// looksLikeRegion wants a place of two to four letters, one or more words and one digit.
func looksLikeRegion(s string) bool {
	parts := strings.Split(s, "-")
	if len(parts) < 3 || len(parts[0]) < 2 || len(parts[0]) > 4 {
		return false
	}
	words, number := parts[:len(parts)-1], parts[len(parts)-1]
	for _, w := range words {
		if w == "" || !all(w, lower) {
			return false
		}
	}
	return len(number) == 1 && all(number, digit)
}

func inPartition(region string) bool {
	for _, p := range partitions {
		if rest, ok := strings.CutPrefix(region, p.region); ok {
			return strings.Contains(rest, "-")
		}
	}
	place, _, _ := strings.Cut(region, "-")
	return slices.Contains(places, place) && strings.Count(region, "-") == 2
}

// Partition is the partition a region belongs to, "aws" for one it does not know, as the AWS SDKs decide it.
func Partition(region string) string {
	for _, p := range partitions {
		if strings.HasPrefix(region, p.region) {
			return p.id
		}
	}
	return "aws"
}

// ARN is an Amazon Resource Name in its parts. Resource keeps its own colons and slashes.
type ARN struct{ Partition, Service, Region, Account, Resource string }

// String puts the parts together again: ParseARN and String are each other's inverse.
func (a ARN) String() string {
	return "arn:" + strings.Join([]string{a.Partition, a.Service, a.Region, a.Account, a.Resource}, ":")
}

// ParseARN takes an ARN apart after the AWS Identity and Access Management User Guide, Identify AWS resources with Amazon
// Resource Names (ARNs); 2,048 characters is the IAM API's arnType. It takes a partition AWS may add later, because it
// also reads AWS's answers.
func ParseARN(s string) (ARN, error) { return parseARN("an ARN", s) }

func parseARN(noun, s string) (ARN, error) {
	if err := printable(noun, s); err != nil {
		return ARN{}, err
	}
	if !strings.HasPrefix(s, "arn:") {
		return ARN{}, fmt.Errorf("%s begins with arn:, %s does not", noun, brief(s))
	}
	parts := strings.SplitN(s, ":", 6)
	if len(parts) < 6 {
		return ARN{}, fmt.Errorf("%s has six parts with colons between them, %s has %d", noun, brief(s), len(parts))
	}
	if err := length(noun, "characters", utf8.RuneCountInString(s), 1, 2048); err != nil {
		return ARN{}, err
	}
	a := ARN{parts[1], parts[2], parts[3], parts[4], parts[5]}
	if err := a.check(noun); err != nil {
		return ARN{}, err
	}
	return a, nil
}

func (a ARN) check(noun string) error {
	switch {
	case !looksLikePartition(a.Partition):
		return fmt.Errorf("%s names a partition after arn:, such as aws, not %s", noun, brief(a.Partition))
	case a.Service == "":
		return fmt.Errorf("%s names a service after the partition, this one has none", noun)
	case a.Resource == "":
		return fmt.Errorf("%s names a resource at its end, this one has none", noun)
	}
	return nil
}

func looksLikePartition(s string) bool {
	rest, ok := strings.CutPrefix(s, "aws")
	return ok && (rest == "" || rest[0] == '-') && all(rest, func(r rune) bool { return lower(r) || r == '-' })
}

// serviceARN parses an ARN a user gave for one service: unlike ParseARN it wants a partition that is known today.
func serviceARN(noun, service, s string) (ARN, error) {
	a, err := parseARN(noun, s)
	if err != nil {
		return ARN{}, err
	}
	if !knownPartition(a.Partition) {
		return ARN{}, fmt.Errorf("%s names a partition AWS has, such as aws or aws-cn, not %s", noun, brief(a.Partition))
	}
	if a.Service != service {
		return ARN{}, fmt.Errorf("%s names the service %s, not %s", noun, service, brief(a.Service))
	}
	return a, nil
}

func knownPartition(id string) bool {
	for _, p := range partitions {
		if p.id == id {
			return true
		}
	}
	return id == "aws"
}

// regionalARN is a serviceARN with a region of its partition and an account.
func regionalARN(noun, service, s string) (ARN, error) {
	a, err := serviceARN(noun, service, s)
	if err != nil {
		return ARN{}, err
	}
	if err := cmp.Or(Region(a.Region), AccountID(a.Account)); err != nil {
		return ARN{}, within(noun, err)
	}
	if p := Partition(a.Region); p != a.Partition {
		return ARN{}, fmt.Errorf("%s with the region %s has the partition %s, not %s", noun, a.Region, p, a.Partition)
	}
	return a, nil
}

// SecretARN is the ARN of a secret with a user name and a password: AWS Secrets Manager API Reference, CreateSecret, for
// the name. AWS adds a hyphen and six characters to it, and names a secret it manages itself with an exclamation mark
// (redshift!analytics-awsuser-AbCdEf), which CreateSecret does not take.
func SecretARN(s string) error {
	const noun = "a secret ARN"
	a, err := regionalARN(noun, "secretsmanager", s)
	if err != nil {
		return err
	}
	name, ok := strings.CutPrefix(a.Resource, "secret:")
	if !ok {
		return fmt.Errorf("%s ends with secret:NAME, not with %s", noun, brief(a.Resource))
	}
	return within(noun, secretName.check(name))
}

// within says which longer value the error is about.
func within(noun string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", noun, err)
}
