package practice

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"onramp/internal/practice/wire"
)

// refuse is an error with AWS's code.
func refuse(status int, code, format string, args ...any) *wire.Error {
	return &wire.Error{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// bad is a refusal with status 400, as most are.
func bad(code, format string, args ...any) *wire.Error { return refuse(400, code, format, args...) }

// constraint is the rule of a member as the API's model has it (botocore, service models). AWS's
// message quotes it.
type constraint struct {
	member   string
	min, max int
	pattern  string // "" : any character
	matcher  func() *regexp.Regexp
}

func rule(member string, least, most int, pattern string) constraint {
	return constraint{member, least, most, pattern, sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile("^(?:" + pattern + ")$")
	})}
}

// check refuses a value with a code: ValidationError in the query protocol, ValidationException in
// JSON.
func (k constraint) check(code, value string) error {
	if broken := k.broken(value); broken != "" {
		return bad(code, "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: %s", value, k.member, broken)
	}
	return nil
}

// between is the refusal of a number out of range, in the words of constraint.
func between(code, member string, value, least, most int) error {
	return bad(code, "1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value between %d and %d",
		value, member, least, most)
}

// oneOf is the refusal of a value that an enum does not have.
func oneOf(code, member, value string) error {
	return bad(code, "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must satisfy enum value set", value, member)
}

// unicodePoint writes a code point as AWS does.
var unicodePoint = strings.NewReplacer(`\x{`, `\u`, `}`, ``)

func (k constraint) broken(value string) string {
	n := utf8.RuneCountInString(value)
	switch {
	case n < k.min:
		return fmt.Sprintf("Member must have length greater than or equal to %d", k.min)
	case n > k.max:
		return fmt.Sprintf("Member must have length less than or equal to %d", k.max)
	case k.pattern != "" && !k.matcher().MatchString(value):
		return "Member must satisfy regular expression pattern: " + unicodePoint.Replace(k.pattern)
	}
	return ""
}

// first is the first error that is one.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// sorted lists the keys of a map in their order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
