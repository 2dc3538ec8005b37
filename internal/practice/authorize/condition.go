package authorize

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"onramp/internal/policy"
)

// This file evaluates conditions. Sources: "IAM JSON policy elements: Condition operators",
// "Conditions with multiple context keys or values" and "Single-valued vs. multivalued context keys".

// test compares a value of the policy with a value of the request.
type test func(e *evaluation, want, got string) bool

// operator is a condition operator without its prefix and ending.
type operator struct {
	test    test
	negated bool
}

// operators has every operator but Null, in lower case.
var operators = map[string]operator{
	"stringequals":              {test: matching(exact)},
	"stringnotequals":           {test: matching(exact), negated: true},
	"stringequalsignorecase":    {test: equalFold},
	"stringnotequalsignorecase": {test: equalFold, negated: true},
	"stringlike":                {test: matching(like)},
	"stringnotlike":             {test: matching(like), negated: true},

	"arnequals":    {test: matching(arnLike)}, // "ArnEquals and ArnLike behave identically"
	"arnlike":      {test: matching(arnLike)},
	"arnnotequals": {test: matching(arnLike), negated: true},
	"arnnotlike":   {test: matching(arnLike), negated: true},

	"numericequals":            {test: number(func(order int) bool { return order == 0 })},
	"numericnotequals":         {test: number(func(order int) bool { return order == 0 }), negated: true},
	"numericlessthan":          {test: number(func(order int) bool { return order < 0 })},
	"numericlessthanequals":    {test: number(func(order int) bool { return order <= 0 })},
	"numericgreaterthan":       {test: number(func(order int) bool { return order > 0 })},
	"numericgreaterthanequals": {test: number(func(order int) bool { return order >= 0 })},

	"dateequals":            {test: date(func(order int) bool { return order == 0 })},
	"datenotequals":         {test: date(func(order int) bool { return order == 0 }), negated: true},
	"datelessthan":          {test: date(func(order int) bool { return order < 0 })},
	"datelessthanequals":    {test: date(func(order int) bool { return order <= 0 })},
	"dategreaterthan":       {test: date(func(order int) bool { return order > 0 })},
	"dategreaterthanequals": {test: date(func(order int) bool { return order >= 0 })},

	"bool":         {test: equalFold},
	"binaryequals": {test: func(_ *evaluation, want, got string) bool { return want == got }},
	"ipaddress":    {test: address},
	"notipaddress": {test: address, negated: true},
}

// set is how an operator takes a key that has several values.
type set int

const (
	unset set = iota
	forAllValues
	forAnyValue
)

// holds reports whether one condition of a statement is met. IAM refuses a policy with an operator
// that it does not know; here such a condition is never met.
func (e *evaluation) holds(c policy.Condition) bool {
	values, present := e.context[strings.ToLower(c.Key)]
	name := strings.ToLower(c.Operator)
	if name == "null" {
		return isNull(c.Values, !present)
	}
	name, ifExists := strings.CutSuffix(name, "ifexists")
	name, over := cutSet(name)
	op, known := operators[name]
	if !known {
		return false
	}
	if !present {
		return ifExists || absentHolds(op, over)
	}
	fulfils := func(got string) bool {
		matched := slices.ContainsFunc(c.Values, func(want string) bool { return op.test(e, want, got) })
		return matched != op.negated // several values are an OR, and a NOR where negated
	}
	if over == forAllValues || over == unset && op.negated {
		return all(values, fulfils)
	}
	return slices.ContainsFunc(values, fulfils)
}

// absentHolds is what becomes of a condition whose key is not in the request: it is false, or true
// where it is negated; ForAllValues is true and ForAnyValue false in any case.
func absentHolds(op operator, over set) bool {
	switch over {
	case forAllValues:
		return true
	case forAnyValue:
		return false
	}
	return op.negated
}

// isNull: "true" wants the key to be absent, "false" wants it there.
func isNull(wants []string, absent bool) bool {
	return slices.ContainsFunc(wants, func(want string) bool { return strings.EqualFold(want, strconv.FormatBool(absent)) })
}

func cutSet(name string) (string, set) {
	if rest, ok := strings.CutPrefix(name, "forallvalues:"); ok {
		return rest, forAllValues
	}
	if rest, ok := strings.CutPrefix(name, "foranyvalue:"); ok {
		return rest, forAnyValue
	}
	return name, unset
}

func all(values []string, f func(string) bool) bool {
	return !slices.ContainsFunc(values, func(v string) bool { return !f(v) })
}

// matching compares texts. A value whose variable has no value equals nothing: "there is no equal
// or like value" ("IAM policy elements: Variables and tags", Policy variables with no value).
func matching(f form) test {
	return func(e *evaluation, want, got string) bool {
		p, ok := e.pattern(want, f)
		return ok && p.matches(got)
	}
}

func equalFold(e *evaluation, want, got string) bool {
	var text strings.Builder
	for part := range e.parts(want) {
		if part.missing {
			return false
		}
		text.WriteString(part.text)
	}
	return strings.EqualFold(text.String(), got)
}

// number compares numbers; what is no number compares with nothing. The order is that of the
// request's value to the policy's.
func number(in func(order int) bool) test {
	return func(_ *evaluation, want, got string) bool {
		w, wantErr := strconv.ParseFloat(want, 64)
		g, gotErr := strconv.ParseFloat(got, 64)
		return wantErr == nil && gotErr == nil && in(cmp.Compare(g, w))
	}
}

func date(in func(order int) bool) test {
	return func(_ *evaluation, want, got string) bool {
		w, wantOK := instant(want)
		g, gotOK := instant(got)
		return wantOK && gotOK && in(g.Compare(w))
	}
}

// instant reads a date in one of the W3C forms of ISO 8601, or in seconds of UNIX time.
func instant(s string) (time.Time, bool) {
	if seconds, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) > len("2006") {
		return time.Unix(seconds, 0), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// address: "if you specify an IP address without the associated routing prefix, IAM uses the
// default prefix value of /32".
func address(_ *evaluation, want, got string) bool {
	ip, err := netip.ParseAddr(got)
	if err != nil {
		return false
	}
	if prefix, err := netip.ParsePrefix(want); err == nil {
		return prefix.Masked().Contains(ip)
	}
	single, err := netip.ParseAddr(want)
	return err == nil && single == ip
}
