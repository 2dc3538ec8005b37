package database

import "slices"

// This file reads queries: those that check what plans make (internal/redshiftsql, package kind)
// those of aws-facts 7.7 and those of pick lists, and no more. There is no GROUP BY and no OFFSET.

// query is SELECT.
type query struct {
	distinct bool
	items    []item
	from     []source
	where    expression // nil: every row
	order    []order
	most     int64 // of LIMIT; negative: none
}

// order is one column of the answer to order it by: by its name, or by its number from 1.
type order struct {
	name       string // "" : by number
	number     int64
	descending bool
}

// item is one thing that is selected.
type item struct {
	expression        // nil: every column of table
	table      string // "": of all tables
	label      string
}

// source is a view in FROM, or a function that gives rows. The first has no condition.
type source struct {
	view, alias string
	called      bool
	argument    string   // of a function
	columns     []string // of a function, which has no names for them
	on          expression
}

func (p *parser) query() *query {
	q := &query{distinct: p.accept("distinct"), items: list(p, p.item), most: -1}
	if p.accept("from") {
		q.from = p.sources()
	}
	if p.accept("where") {
		q.where = p.expression()
	}
	if p.accept("order", "by") {
		q.order = list(p, p.order)
	}
	if p.accept("limit") && !p.accept("all") {
		q.most = p.integer()
	}
	return q
}

// order reads {name | number} [ASC | DESC].
func (p *parser) order() order {
	var o order
	if p.peek().kind == numberToken {
		o.number = p.integer()
	} else {
		o.name = p.name()
	}
	if o.descending = p.accept("desc"); !o.descending {
		p.accept("asc")
	}
	return o
}

func (p *parser) item() item {
	if p.symbol("*") {
		return item{}
	}
	e := p.expression()
	if c, ok := e.(columnName); ok && c.name == "*" {
		return item{table: c.table}
	}
	if p.accept("as") || p.startsName() {
		return item{expression: e, label: p.name()}
	}
	return item{expression: e, label: e.label()}
}

// startsName reports whether a name comes next that is no keyword.
func (p *parser) startsName() bool {
	next := p.peek()
	if next.kind == quotedToken {
		return true
	}
	q := parser{tokens: []token{next, {}}}
	q.name()
	return next.kind == wordToken && q.err == nil
}

// sources reads view [[AS] alias] [{, | [INNER] JOIN} view [[AS] alias] [ON condition] ...].
func (p *parser) sources() []source {
	out := []source{p.source()}
	for {
		switch {
		case p.symbol(","):
			out = append(out, p.source())
		case p.accept("inner", "join"), p.accept("join"):
			joined := p.source()
			p.expect("on")
			joined.on = p.expression()
			out = append(out, joined)
		default:
			return out
		}
	}
}

func (p *parser) source() source {
	name := p.name()
	if p.symbol(".") {
		if name != "pg_catalog" && p.err == nil {
			p.err = errorf(undefinedTable, `relation "%s.%s" does not exist`, name, p.name())
		}
		name = p.name()
	}
	s := source{view: name, alias: name}
	if s.called = p.symbol("("); s.called {
		s.argument = p.text()
		p.expectSymbol(")")
	}
	if p.accept("as") || p.startsName() {
		s.alias = p.name()
	}
	if s.called {
		p.expectSymbol("(")
		s.columns = list(p, func() string { defer p.dataType(); return p.name() })
		p.expectSymbol(")")
	}
	return s
}

// maxDepth is how deep expressions may be nested: the parser calls itself.
const maxDepth = 500

// expression reads conditions, from the loosest operator to the tightest.
func (p *parser) expression() expression {
	if p.depth++; p.depth > maxDepth && p.err == nil {
		p.err = errorf(tooDeep, "stack depth limit exceeded")
	}
	defer func() { p.depth-- }()
	left := p.conjunction()
	for p.accept("or") {
		left = logic{"OR", left, p.conjunction()}
	}
	return left
}

func (p *parser) conjunction() expression {
	left := p.negation()
	for p.accept("and") {
		left = logic{"AND", left, p.negation()}
	}
	return left
}

func (p *parser) negation() expression {
	negated := false
	for p.accept("not") {
		negated = !negated
	}
	return maybeNot(negated, p.comparison())
}

var comparisons = []string{"=", "<>", "!=", "<", ">", "<=", ">="}

func (p *parser) comparison() expression {
	left := p.operand()
	next := p.peek()
	switch {
	case next.kind == symbolToken && slices.Contains(comparisons, next.value):
		p.at++
		if p.accept("any") {
			p.expectSymbol("(")
			e := anyOf{left, p.expression()}
			p.expectSymbol(")")
			return e
		}
		return comparison{next.value, left, p.operand()}
	case p.accept("is"):
		negated := p.accept("not")
		p.expect("null")
		return maybeNot(negated, isNull{left})
	case p.accept("in"):
		return p.membership(left)
	case p.accept("not", "in"):
		return not{p.membership(left)}
	case p.accept("like"):
		return p.likePattern(left)
	case p.accept("not", "like"):
		return not{p.likePattern(left)}
	}
	return left
}

func maybeNot(negated bool, e expression) expression {
	if negated {
		return not{e}
	}
	return e
}

// membership reads (expression [, ...]).
func (p *parser) membership(left expression) expression {
	p.expectSymbol("(")
	m := inList{left, list(p, p.expression)}
	p.expectSymbol(")")
	return m
}

func (p *parser) operand() expression {
	next := p.peek()
	switch next.kind {
	case numberToken:
		return literal{longKind, p.integer()}
	case stringToken:
		return literal{unknownKind, p.text()}
	case symbolToken:
		return p.parenthesis()
	}
	switch {
	case p.accept("null"):
		return literal{nullKind, nil}
	case p.accept("true"):
		return literal{boolKind, true}
	case p.accept("false"):
		return literal{boolKind, false}
	case p.accept("current_user"):
		return currentUser{}
	case p.accept("case"):
		return p.caseWhen()
	}
	return p.named()
}

func (p *parser) parenthesis() expression {
	p.expectSymbol("(")
	var e expression = literal{}
	if p.accept("select") {
		p.depth++
		e = subquery{p.query()}
		p.depth--
	} else if p.err == nil {
		e = p.expression()
	}
	p.expectSymbol(")")
	return e
}

func (p *parser) caseWhen() expression {
	var c caseWhen
	for p.accept("when") {
		when := p.expression()
		p.expect("then")
		c.branches = append(c.branches, branch{when, p.expression()})
	}
	if c.branches == nil {
		p.fail()
	}
	if p.accept("else") {
		c.otherwise = p.expression()
	}
	p.expect("end")
	return c
}

// named reads a column, a column of a table, or a call.
func (p *parser) named() expression {
	name := p.name()
	switch {
	case p.symbol("("):
		return p.call(name)
	case p.symbol("."):
		if p.symbol("*") {
			return columnName{name, "*"}
		}
		return columnName{name, p.name()}
	}
	return columnName{"", name}
}

// call reads the arguments; the opening parenthesis has been taken.
func (p *parser) call(name string) expression {
	if name == "count" {
		return p.count()
	}
	c := call{name: name}
	if !p.symbol(")") {
		c.args = list(p, p.expression)
		p.expectSymbol(")")
	}
	return c
}

func (p *parser) count() expression {
	c := count{}
	if !p.symbol("*") {
		c.distinct = p.accept("distinct")
		c.of = p.expression()
	}
	p.expectSymbol(")")
	return c
}
