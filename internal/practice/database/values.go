package database

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// This file knows the types of values, and compares them.

type valueKind int

const (
	nullKind    valueKind = iota // NULL, which is of any type
	unknownKind                  // a string in the statement: it takes the type that is wanted
	textKind
	longKind
	boolKind
	listKind // a list of numbers: []int64
)

// String is the type as the Data API calls it.
func (k valueKind) String() string {
	return [...]string{"varchar", "varchar", "varchar", "int8", "bool", "_int4"}[k]
}

// word is the type as a message calls it.
func (k valueKind) word() string {
	return [...]string{"unknown", "unknown", "character varying", "integer", "boolean", "integer[]"}[k]
}

// value is an expression that is ready to be evaluated on a row.
type value struct {
	kind     valueKind
	constant bool // it needs no row
	get      func(row []Value) (Value, error)
}

func constant(kind valueKind, v Value) value {
	return value{kind, true, func([]Value) (Value, error) { return v, nil }}
}

// folded evaluates an expression that needs no row once and for all.
func (v value) folded() (value, error) {
	if !v.constant {
		return v, nil
	}
	result, err := v.get(nil)
	return constant(v.kind, result), err
}

// as gives a string of the statement the type that its place wants. Anything else is itself.
func (v value) as(kind valueKind) (value, error) {
	if v.kind != unknownKind {
		return v, nil
	}
	got, err := v.get(nil)
	if err != nil {
		return v, err
	}
	text := got.(string)
	switch kind {
	case longKind:
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err != nil {
			return v, errorf(invalidText, `invalid input syntax for integer: "%s"`, text)
		}
		return constant(longKind, n), nil
	case boolKind:
		b, ok := boolean(text)
		if !ok {
			return v, errorf(invalidText, `invalid input syntax for type boolean: "%s"`, text)
		}
		return constant(boolKind, b), nil
	}
	return constant(textKind, text), nil
}

func boolean(text string) (b, ok bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "t", "true", "y", "yes", "on", "1":
		return true, true
	case "f", "false", "n", "no", "off", "0":
		return false, true
	}
	return false, false
}

// alike gives two expressions one type, in order to compare them.
func alike(operator string, a, b value) (value, value, error) {
	a, err := a.as(b.kind)
	if err != nil {
		return a, b, err
	}
	b, err = b.as(a.kind)
	if err != nil {
		return a, b, err
	}
	if a.kind != b.kind && a.kind != nullKind && b.kind != nullKind || a.kind == listKind {
		return a, b, errorf(undefinedFunction, "operator does not exist: %s %s %s", a.kind.word(), operator, b.kind.word())
	}
	return a, b, nil
}

// compare orders two values of one type that are not null.
func compare(a, b Value) int {
	switch a := a.(type) {
	case int64:
		return cmp.Compare(a, b.(int64))
	case bool:
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) // false before true
	case string:
		return strings.Compare(a, b.(string))
	}
	return 0
}

// shown is a value as an answer has it: a list is text, as PostgreSQL writes arrays.
func shown(v Value) Value {
	list, ok := v.([]int64)
	if !ok {
		return v
	}
	items := make([]string, len(list))
	for i, n := range list {
		items[i] = strconv.FormatInt(n, 10)
	}
	return "{" + strings.Join(items, ",") + "}"
}
