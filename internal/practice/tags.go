package practice

import (
	"strings"
	"unicode/utf8"

	"onramp/internal/practice/wire"
)

// tag is a tag of a resource.
type tag struct{ key, value string }

// tags keep the order in which they were given.
type tags []tag

// list writes tags under the member names of a service: Key and Value, or TagKey and TagValue.
func (t tags) list(item, key, value string) wire.List {
	return wire.Each(item, t, func(one tag) any { return wire.Of(key, one.key, value, one.value) })
}

func (t tags) get(key string) string {
	for _, one := range t {
		if one.key == key {
			return one.value
		}
	}
	return ""
}

// with is t with a tag set.
func (t tags) with(key, value string) tags {
	for i, one := range t {
		if one.key == key {
			out := append(tags{}, t...)
			out[i].value = value
			return out
		}
	}
	return append(t[:len(t):len(t)], tag{key, value})
}

func (t tags) without(keys []string) tags {
	var out tags
	for _, one := range t {
		if !contains(keys, one.key) {
			out = append(out, one)
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

const tagsPerResource = 50

// tagRules are what all services demand of tags (Tagging AWS Resources UG, Tag naming limits and
// requirements). Each has codes of its own for it.
type tagRules struct {
	key, value string                     // member names
	refused    func(message string) error // too long, reserved, twice
	many       func(message string) error // more than 50
	foldedKeys bool                       // keys that differ in case only are one key
}

func (rules tagRules) read(in []wire.Input, have tags) (tags, error) {
	seen := map[string]bool{}
	for _, one := range in {
		key, value := one.Text(rules.key), one.Text(rules.value)
		folded := key
		if rules.foldedKeys {
			folded = strings.ToLower(key)
		}
		switch {
		case seen[folded]:
			return nil, rules.refused("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return nil, rules.refused("aws: prefixed tag key names are not allowed for external use.")
		case key == "" || utf8.RuneCountInString(key) > 128:
			return nil, rules.refused("Tag keys must be between 1 and 128 characters in length.")
		case utf8.RuneCountInString(value) > 256:
			return nil, rules.refused("Tag values must be between 0 and 256 characters in length.")
		}
		seen[folded] = true
		have = have.with(key, value)
	}
	if len(have) > tagsPerResource {
		return nil, rules.many("The number of tags has reached the maximum limit.")
	}
	return have, nil
}

// iamTags reads the tags of an IAM call on top of what is there (IAM UG, Tags for IAM resources).
func iamTags(in []wire.Input, have tags) (tags, error) {
	for _, one := range in {
		if err := first(tagKeyRule.check("ValidationError", one.Text("Key")), tagValueRule.check("ValidationError", one.Text("Value"))); err != nil {
			return nil, err
		}
	}
	return tagRules{
		key: "Key", value: "Value", foldedKeys: true,
		refused: func(m string) error { return bad("InvalidInput", "%s", m) },
		many:    func(m string) error { return refuse(409, "LimitExceeded", "%s", m) },
	}.read(in, have)
}

var (
	tagKeyRule   = rule("tags.member.key", 1, 128, `[\p{L}\p{Z}\p{N}_.:/=+\-@]+`)
	tagValueRule = rule("tags.member.value", 0, 256, `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`)
)

func (t tags) has(key string) bool {
	for _, one := range t {
		if one.key == key {
			return true
		}
	}
	return false
}
