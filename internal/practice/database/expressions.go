package database

import "slices"

// This file makes expressions ready to be evaluated: it finds columns, checks types and knows the
// logic of null.

// expression is a part of a query.
type expression interface {
	// ready resolves names and types.
	ready(*scope) (value, error)
	// label is the name of a column that holds it.
	label() string
}

const noLabel = "?column?"

// scope is what an expression can refer to, and what its query has to compute for it.
type scope struct {
	*session
	columns []scopeColumn
	counts  []*counter
	plain   *columnName // a column outside of COUNT
	inside  string      // where COUNT cannot stand: "WHERE", ...; "": it can
}

type scopeColumn struct {
	table string
	column
}

type literal struct {
	kind  valueKind
	value Value
}

func (l literal) label() string               { return noLabel }
func (l literal) ready(*scope) (value, error) { return constant(l.kind, l.value), nil }

type currentUser struct{}

func (currentUser) label() string { return "current_user" }

func (currentUser) ready(s *scope) (value, error) { return constant(textKind, s.user.name), nil }

type columnName struct{ table, name string }

func (c columnName) label() string { return c.name }

func (c columnName) ready(s *scope) (value, error) {
	found := -1
	for i, column := range s.columns {
		if column.name != c.name || c.table != "" && column.table != c.table {
			continue
		}
		if found >= 0 {
			return value{}, errorf(ambiguousColumn, `column reference "%s" is ambiguous`, c.name)
		}
		found = i
	}
	if found < 0 {
		return value{}, s.noColumn(c)
	}
	if s.inside == "" {
		s.plain = &c
	}
	return value{kind: s.columns[found].kind, get: func(row []Value) (Value, error) { return row[found], nil }}, nil
}

func (s *scope) noColumn(c columnName) error {
	known := slices.ContainsFunc(s.columns, func(sc scopeColumn) bool { return sc.table == c.table })
	switch {
	case c.table == "" && len(s.columns) == 0:
		return errorf(undefinedColumn, `column "%s" does not exist`, c.name)
	case c.table == "":
		return errorf(undefinedColumn, `column "%s" does not exist in %s`, c.name, join(s.tables()))
	case known:
		return errorf(undefinedColumn, `column %s.%s does not exist`, c.table, c.name)
	}
	return errorf(undefinedTable, `relation "%s" does not exist`, c.table)
}

func (s *scope) tables() []string {
	var names []string
	for _, c := range s.columns {
		names = append(names, c.table)
	}
	return slices.Compact(names)
}

// condition makes an expression ready that must be true or false.
func (s *scope) condition(e expression, place string) (value, error) {
	v, err := e.ready(s)
	if err != nil {
		return v, err
	}
	if v, err = v.as(boolKind); err != nil {
		return v, err
	}
	if v.kind != boolKind && v.kind != nullKind {
		return v, errorf(datatypeMismatch, "argument of %s must be type boolean, not type %s", place, v.kind.word())
	}
	return v, nil
}

// logic is AND or OR.
type logic struct {
	operator    string
	left, right expression
}

func (logic) label() string { return noLabel }

func (l logic) ready(s *scope) (value, error) {
	left, err := s.condition(l.left, l.operator)
	if err != nil {
		return left, err
	}
	right, err := s.condition(l.right, l.operator)
	if err != nil {
		return right, err
	}
	decides := l.operator == "OR" // what settles it without the other side
	return value{boolKind, left.constant && right.constant, func(row []Value) (Value, error) {
		a, err := left.get(row)
		if err != nil || a == decides {
			return a, err
		}
		b, err := right.get(row)
		if err != nil || b == decides || a != nil {
			return b, err
		}
		return nil, nil
	}}, nil
}

type not struct{ of expression }

func (not) label() string { return noLabel }

func (n not) ready(s *scope) (value, error) {
	of, err := s.condition(n.of, "NOT")
	return value{boolKind, of.constant, func(row []Value) (Value, error) {
		v, err := of.get(row)
		if v == nil || err != nil {
			return nil, err
		}
		return v == false, nil
	}}, err
}

type isNull struct{ of expression }

func (isNull) label() string { return noLabel }

func (n isNull) ready(s *scope) (value, error) {
	of, err := n.of.ready(s)
	return value{boolKind, of.constant, func(row []Value) (Value, error) {
		v, err := of.get(row)
		return v == nil, err
	}}, err
}

type branch struct{ when, then expression }

// caseWhen is CASE WHEN ... THEN ... ELSE ... END.
type caseWhen struct {
	branches  []branch
	otherwise expression // nil: null
}

func (caseWhen) label() string { return "case" }

func (c caseWhen) ready(s *scope) (value, error) {
	conditions, results, err := c.parts(s)
	if err != nil {
		return value{}, err
	}
	kind, err := common(results)
	if err != nil {
		return value{}, err
	}
	return value{kind: kind, get: func(row []Value) (Value, error) {
		for i, condition := range conditions {
			holds, err := condition.get(row)
			if err != nil {
				return nil, err
			}
			if holds == true {
				return results[i].get(row)
			}
		}
		return results[len(conditions)].get(row)
	}}, nil
}

// parts are the conditions, and one result more.
func (c caseWhen) parts(s *scope) (conditions, results []value, err error) {
	for _, b := range c.branches {
		condition, err := s.condition(b.when, "CASE/WHEN")
		if err != nil {
			return nil, nil, err
		}
		result, err := b.then.ready(s)
		if err != nil {
			return nil, nil, err
		}
		conditions, results = append(conditions, condition), append(results, result)
	}
	if c.otherwise == nil {
		return conditions, append(results, constant(nullKind, nil)), nil
	}
	result, err := c.otherwise.ready(s)
	return conditions, append(results, result), err
}

// common gives the results of CASE one type.
func common(results []value) (valueKind, error) {
	kind := nullKind
	for _, r := range results {
		if kind == nullKind || kind == unknownKind && r.kind != nullKind {
			kind = r.kind
		}
	}
	if kind == unknownKind {
		kind = textKind
	}
	for i := range results {
		var err error
		if results[i], err = results[i].as(kind); err != nil {
			return kind, err
		}
		if k := results[i].kind; k != nullKind && k != kind {
			return kind, errorf(datatypeMismatch, "CASE types %s and %s cannot be matched", kind.word(), k.word())
		}
	}
	return kind, nil
}

type call struct {
	name string
	args []expression
}

func (c call) label() string { return c.name }

func (c call) ready(s *scope) (value, error) {
	f, known := functions[c.name]
	args := make([]value, len(c.args))
	kinds := make([]string, len(c.args))
	constant, fits := f.pure, known && slices.Contains(f.takes, len(args))
	for i, arg := range c.args {
		v, err := arg.ready(s)
		if err != nil {
			return v, err
		}
		args[i], kinds[i] = v, v.kind.word()
		constant = constant && v.constant
		fits = fits && v.kind <= textKind
	}
	if !fits {
		return value{}, errorf(undefinedFunction, "function %s(%s) does not exist", c.name, join(kinds))
	}
	return value{f.kind, constant, func(row []Value) (Value, error) {
		texts := make([]string, len(args))
		for i, arg := range args {
			v, err := arg.get(row)
			if v == nil || err != nil {
				return nil, err
			}
			texts[i] = v.(string)
		}
		return f.call(s.session, texts)
	}}, nil
}

// count is COUNT(*), COUNT(x) or COUNT(DISTINCT x).
type count struct {
	of       expression // nil: *
	distinct bool
}

func (count) label() string { return "count" }

func (c count) ready(s *scope) (value, error) {
	if s.inside != "" {
		return value{}, errorf(groupingError, "aggregates not allowed in %s", s.inside)
	}
	counter := &counter{seen: map[Value]bool{}, distinct: c.distinct}
	if c.of != nil {
		s.inside = "COUNT"
		of, err := c.of.ready(s)
		s.inside = ""
		if err != nil {
			return value{}, err
		}
		if of.kind == listKind {
			return value{}, errorf(undefinedFunction, "function count(integer[]) does not exist")
		}
		counter.of = of.get
	}
	s.counts = append(s.counts, counter)
	return value{kind: longKind, get: func([]Value) (Value, error) { return counter.n, nil }}, nil
}

// counter is a count under way.
type counter struct {
	of       func([]Value) (Value, error) // nil: every row
	distinct bool
	seen     map[Value]bool
	n        int64
}

func (c *counter) add(row []Value) error {
	if c.of == nil {
		c.n++
		return nil
	}
	v, err := c.of(row)
	if v == nil || err != nil || c.distinct && c.seen[v] {
		return err
	}
	if c.distinct {
		c.seen[v] = true
	}
	c.n++
	return nil
}
