package awsname

import (
	"fmt"
	"strings"
	"unicode"
)

const tagAlphabet = "letters, digits, spaces and _.:/=+-@"

var (
	tagKey   = shape{noun: "a tag key", min: 1, max: 128, alphabet: tagAlphabet, in: tagRune}
	tagValue = shape{noun: "a tag value", min: 0, max: 256, alphabet: tagAlphabet, in: tagRune}
)

// tagRune is the IAM API model's pattern for tags, the narrowest of the services a plan tags.
func tagRune(r rune) bool {
	return unicode.In(r, unicode.L, unicode.Z, unicode.N) || strings.ContainsRune("_.:/=+-@", r)
}

// TagKey is the IAM API model's Tag Key; aws: is reserved in keys and values (AWS Identity and Access Management User Guide,
// Tags for IAM resources, Rules for tagging), in any case (CloudFormation Template Reference, Resource tagging).
func TagKey(s string) error {
	if err := tagKey.check(s); err != nil {
		return err
	}
	return notAWSTag(tagKey.noun, s)
}

// TagValue is the IAM API model's Tag Value, which may be empty, with TagKey's rule on aws:.
func TagValue(s string) error {
	if err := tagValue.check(s); err != nil {
		return err
	}
	return notAWSTag(tagValue.noun, s)
}

func notAWSTag(noun, s string) error {
	const prefix = "aws:"
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return fmt.Errorf("%s cannot begin with aws:, which is reserved for AWS, %s does", noun, brief(s))
	}
	return nil
}
