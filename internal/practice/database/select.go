package database

import (
	"fmt"
	"iter"
	"slices"
)

// This file runs queries.

func (q *query) run(s *session) (Rows, error) {
	columns, records, err := q.records(s)
	if err != nil {
		return Rows{}, err
	}
	rows := Rows{Columns: make([]Column, len(columns)), Records: records}
	for i, c := range columns {
		rows.Columns[i] = Column{c.name, c.kind.String()}
	}
	for _, record := range records {
		for i := range record {
			record[i] = shown(record[i])
		}
	}
	return rows, nil
}

// records computes the answer.
func (q *query) records(s *session) ([]column, [][]Value, error) {
	if columns, records, ok, err := q.tupled(s); ok {
		return columns, records, err
	}
	scope := &scope{session: s}
	tuples, err := q.tuples(scope)
	if err != nil {
		return nil, nil, err
	}
	columns, values, err := q.selected(scope)
	if err != nil {
		return nil, nil, err
	}
	if scope.counts != nil && scope.plain != nil {
		return nil, nil, errorf(groupingError, `column "%s" must appear in the GROUP BY clause or be used in an aggregate function`, scope.plain.name)
	}
	records, err := answer(scope, tuples, values)
	if err == nil && q.distinct {
		records = distinct(records)
	}
	if err == nil {
		err = q.sort(columns, records)
	}
	if q.most >= 0 {
		records = records[:min(int64(len(records)), q.most)]
	}
	return columns, records, err
}

// distinct leaves every record but the first of its like out.
func distinct(records [][]Value) [][]Value {
	seen := map[string]bool{}
	return slices.DeleteFunc(records, func(r []Value) bool {
		key := fmt.Sprintf("%#v", r)
		again := seen[key]
		seen[key] = true
		return again
	})
}

// sort puts the records in the order that is asked for. NULL comes last, and first where the order is
// the other way (Guide, ORDER BY clause).
func (q *query) sort(columns []column, records [][]Value) error {
	at := make([]int, len(q.order))
	for i, o := range q.order {
		at[i] = int(o.number) - 1
		if o.name != "" {
			at[i] = slices.IndexFunc(columns, func(c column) bool { return c.name == o.name })
		}
		switch {
		case o.name != "" && at[i] < 0:
			return errorf(undefinedColumn, `column "%s" does not exist`, o.name)
		case at[i] < 0 || at[i] >= len(columns):
			return errorf(syntaxError, "ORDER BY position %d is not in select list", o.number)
		}
	}
	slices.SortStableFunc(records, func(a, b []Value) int {
		for i, o := range q.order {
			n := nullsLast(a[at[i]], b[at[i]])
			if o.descending {
				n = -n
			}
			if n != 0 {
				return n
			}
		}
		return 0
	})
	return nil
}

func nullsLast(a, b Value) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return compare(a, b)
}

// answer is a record for each tuple, or one for all of them where there is a COUNT.
func answer(s *scope, tuples tuples, values []value) ([][]Value, error) {
	var records [][]Value
	for tuple, err := range tuples {
		if err != nil {
			return nil, err
		}
		if s.counts == nil {
			record, err := evaluate(values, tuple)
			if err != nil {
				return nil, err
			}
			records = append(records, record)
			continue
		}
		for _, c := range s.counts {
			if err := c.add(tuple); err != nil {
				return nil, err
			}
		}
	}
	if s.counts == nil {
		return records, nil
	}
	record, err := evaluate(values, nil)
	return [][]Value{record}, err
}

func evaluate(values []value, row []Value) ([]Value, error) {
	record := make([]Value, len(values))
	for i, v := range values {
		var err error
		if record[i], err = v.get(row); err != nil {
			return nil, err
		}
	}
	return record, nil
}

// selected makes the items ready; * is every column.
func (q *query) selected(s *scope) ([]column, []value, error) {
	var columns []column
	var values []value
	for _, item := range q.items {
		if item.expression != nil {
			v, err := item.ready(s)
			if err != nil {
				return nil, nil, err
			}
			columns, values = append(columns, column{item.label, v.kind}), append(values, v)
			continue
		}
		before := len(values)
		for i, c := range s.columns {
			if item.table == "" || item.table == c.table {
				columns = append(columns, c.column)
				values = append(values, value{kind: c.kind, get: func(row []Value) (Value, error) { return row[i], nil }})
				s.plain = &columnName{c.table, c.name}
			}
		}
		switch {
		case len(values) > before:
		case item.table != "":
			return nil, nil, errorf(undefinedTable, `relation "%s" does not exist`, item.table)
		default:
			return nil, nil, errorf(syntaxError, "SELECT * with no tables specified is not valid")
		}
	}
	return columns, values, nil
}

// tuples are the rows of all tables together.
type tuples = iter.Seq2[[]Value, error]

// tuples joins the tables and keeps what WHERE holds for. It gives the scope its columns.
func (q *query) tuples(s *scope) (tuples, error) {
	joined := func(yield func([]Value, error) bool) { yield(nil, nil) }
	var err error
	for _, source := range q.from {
		if joined, err = source.join(s, joined); err != nil {
			return nil, err
		}
	}
	if q.where == nil {
		return joined, nil
	}
	return s.filter(joined, q.where, "WHERE")
}

// find looks the view up.
func (f source) find(s *session) (view, error) {
	if f.called {
		return f.table(s)
	}
	v, known := views[f.view]
	if !known {
		return view{}, errorf(undefinedTable, `relation "%s" does not exist`, f.view)
	}
	return v, nil
}

// join puts each row of a view to each tuple.
func (f source) join(s *scope, left tuples) (tuples, error) {
	v, err := f.find(s.session)
	if err != nil {
		return nil, err
	}
	for _, c := range s.columns {
		if c.table == f.alias {
			return nil, errorf(duplicateAlias, `table name "%s" specified more than once`, f.alias)
		}
	}
	for _, c := range v.columns {
		s.columns = append(s.columns, scopeColumn{f.alias, c})
	}
	session := s.session
	joined := func(yield func([]Value, error) bool) {
		for tuple, err := range left {
			if err != nil {
				yield(nil, err)
				return
			}
			for row := range v.rows(session) {
				if len(tuple) > 0 {
					row = slices.Concat(tuple, row)
				}
				if !yield(row, nil) {
					return
				}
			}
		}
	}
	if f.on == nil {
		return joined, nil
	}
	return s.filter(joined, f.on, "JOIN/ON")
}

// filter keeps the tuples that a condition holds for.
func (s *scope) filter(in tuples, e expression, place string) (tuples, error) {
	s.inside = place
	condition, err := s.condition(e, place)
	s.inside = ""
	if err != nil {
		return nil, err
	}
	return func(yield func([]Value, error) bool) {
		for tuple, err := range in {
			var holds Value
			if err == nil {
				holds, err = condition.get(tuple)
			}
			if (holds == true || err != nil) && !yield(tuple, err) {
				return
			}
		}
	}, nil
}

// subquery is a query that gives one value. It cannot refer to the query around it, so it is
// computed once.
type subquery struct{ *query }

func (q subquery) label() string { return q.items[0].label }

func (q subquery) ready(s *scope) (value, error) {
	columns, records, err := q.records(s.session)
	switch {
	case err != nil:
		return value{}, err
	case len(columns) != 1:
		return value{}, errorf(syntaxError, "subquery must return only one column")
	case len(records) > 1:
		return value{}, errorf(tooManyRows, "more than one row returned by a subquery used as an expression")
	case len(records) == 0:
		return constant(nullKind, nil), nil
	}
	kind := columns[0].kind
	if kind == unknownKind {
		kind = textKind
	}
	return constant(kind, records[0][0]), nil
}
