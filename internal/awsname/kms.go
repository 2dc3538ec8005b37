package awsname

import (
	"errors"
	"fmt"
	"strings"
)

const aliasPrefix = "alias/"

var keyAlias = shape{
	noun: "a key alias", min: 1, max: 256 - len(aliasPrefix),
	alphabet: "ASCII letters, digits, slashes, underscores and hyphens",
	in:       func(r rune) bool { return alnum(r) || strings.ContainsRune("/_-", r) },
}

// KeyAlias is the name of a new alias without the prefix alias/: AWS Key Management Service API Reference, CreateAlias. The
// API model lets a colon through, the page does not; the stricter one holds.
func KeyAlias(s string) error {
	if strings.HasPrefix(s, aliasPrefix) {
		return fmt.Errorf("a key alias is given without alias/ in front, which is added, this one is %s", brief(s))
	}
	if strings.HasPrefix(s, "aws/") {
		return errors.New("a key alias cannot begin with aws/, which is reserved for keys that AWS manages")
	}
	return keyAlias.check(s)
}

// KeyRef is an existing key in any of the four forms of the AWS Key Management Service API Reference, DescribeKey: key id,
// key ARN, alias/NAME or alias ARN. An alias of AWS's own (alias/aws/s3) is one too.
func KeyRef(s string) error {
	const noun = "a key"
	if err := printable(noun, s); err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(s, "arn:"):
		return keyARN(s)
	case strings.HasPrefix(s, aliasPrefix):
		return within(noun, keyAlias.check(s[len(aliasPrefix):]))
	case isKeyID(s):
		return nil
	}
	return fmt.Errorf("%s is given as key id, key ARN, alias/NAME or alias ARN, %s is none of them", noun, brief(s))
}

func keyARN(s string) error {
	const noun = "a key ARN"
	a, err := regionalARN(noun, "kms", s)
	if err != nil {
		return err
	}
	if alias, ok := strings.CutPrefix(a.Resource, aliasPrefix); ok {
		return within("an alias ARN", keyAlias.check(alias))
	}
	if id, ok := strings.CutPrefix(a.Resource, "key/"); ok && isKeyID(id) {
		return nil
	}
	return fmt.Errorf("%s ends with key/ID or alias/NAME, not with %s", noun, brief(a.Resource))
}

// isKeyID knows a UUID and the id of a multi-Region key: AWS Key Management Service Developer Guide, Key identifiers (KeyId).
func isKeyID(s string) bool {
	if id, ok := strings.CutPrefix(s, "mrk-"); ok {
		return len(id) == 32 && all(id, lowerHex)
	}
	return isUUID(s)
}

func isUUID(s string) bool {
	groups := strings.Split(s, "-")
	if len(groups) != 5 {
		return false
	}
	for i, n := range []int{8, 4, 4, 4, 12} {
		if len(groups[i]) != n || !all(groups[i], lowerHex) {
			return false
		}
	}
	return true
}
