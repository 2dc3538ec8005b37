package database

import "slices"

// This file compares: =, <>, <, IN, = ANY.

type comparison struct {
	operator    string
	left, right expression
}

func (comparison) label() string { return noLabel }

func (c comparison) ready(s *scope) (value, error) {
	left, right, err := s.pair(c.left, c.right)
	if err != nil {
		return value{}, err
	}
	left, right, err = alike(c.operator, left, right)
	return value{boolKind, left.constant && right.constant, func(row []Value) (Value, error) {
		a, err := left.get(row)
		if a == nil || err != nil {
			return nil, err
		}
		b, err := right.get(row)
		if b == nil || err != nil {
			return nil, err
		}
		return fits(c.operator, compare(a, b)), nil
	}}, err
}

// pair makes two expressions ready, and computes what needs no row: LOWER('x') in a query over many
// rows.
func (s *scope) pair(a, b expression) (left, right value, err error) {
	if left, err = a.ready(s); err != nil {
		return left, right, err
	}
	if right, err = b.ready(s); err != nil {
		return left, right, err
	}
	if left, err = left.folded(); err != nil {
		return left, right, err
	}
	right, err = right.folded()
	return left, right, err
}

func fits(operator string, order int) bool {
	switch operator {
	case "=":
		return order == 0
	case "<":
		return order < 0
	case ">":
		return order > 0
	case "<=":
		return order <= 0
	case ">=":
		return order >= 0
	}
	return order != 0
}

// inList is x IN (a, b): x = a OR x = b, with x computed once.
type inList struct {
	left  expression
	items []expression
}

func (inList) label() string { return noLabel }

func (l inList) ready(s *scope) (value, error) {
	left, items, err := l.values(s)
	if err != nil {
		return value{}, err
	}
	return value{kind: boolKind, get: func(row []Value) (Value, error) {
		x, err := left.get(row)
		if x == nil || err != nil {
			return nil, err
		}
		var found Value = false
		for _, item := range items {
			y, err := item.get(row)
			switch {
			case err != nil:
				return nil, err
			case y == nil:
				found = nil
			case compare(x, y) == 0:
				return true, nil
			}
		}
		return found, nil
	}}, nil
}

// values gives both sides one type: that of the first item, where the left side has none.
func (l inList) values(s *scope) (left value, items []value, err error) {
	for i, item := range l.items {
		var right value
		if i == 0 {
			left, right, err = s.pair(l.left, item)
		} else {
			right, err = item.ready(s)
		}
		if err == nil {
			left, right, err = alike("=", left, right)
		}
		if err != nil {
			return left, nil, err
		}
		items = append(items, right)
	}
	return left, items, nil
}

// anyOf is x = ANY(list).
type anyOf struct{ left, list expression }

func (anyOf) label() string { return noLabel }

func (a anyOf) ready(s *scope) (value, error) {
	left, list, err := s.pair(a.left, a.list)
	if err != nil {
		return value{}, err
	}
	if left, err = left.as(longKind); err != nil {
		return value{}, err
	}
	if list.kind != listKind || left.kind != longKind {
		return value{}, errorf(datatypeMismatch, "op ANY/ALL (array) requires array on right side")
	}
	return value{kind: boolKind, get: func(row []Value) (Value, error) {
		x, err := left.get(row)
		if err != nil {
			return nil, err
		}
		v, err := list.get(row)
		n, isNumber := x.(int64)
		numbers, isList := v.([]int64)
		if err != nil || !isNumber || !isList {
			return nil, err
		}
		return slices.Contains(numbers, n), nil
	}}, nil
}
