package database

import (
	"slices"
	"strconv"
	"strings"

	"onramp/internal/awsname"
)

// statement is one statement that was understood.
type statement interface {
	run(*session) (Rows, error)
}

// grammar names the statements by their first words. What is not here is a syntax error.
var grammar = []struct {
	words []string
	parse func(*parser) statement
}{
	{[]string{"create", "group"}, (*parser).createGroup},
	{[]string{"alter", "group"}, (*parser).alterGroup},
	{[]string{"drop", "group"}, (*parser).dropGroup},
	{[]string{"create", "user"}, (*parser).createUser},
	{[]string{"create", "role"}, (*parser).createRole},
	{[]string{"drop", "role"}, (*parser).dropRole},
	{[]string{"create", "schema"}, (*parser).createSchema},
	{[]string{"drop", "schema"}, (*parser).dropSchema},
	{[]string{"grant"}, (*parser).grant},
	{[]string{"revoke"}, (*parser).revoke},
	{[]string{"create", "model"}, (*parser).createModel},
	{[]string{"drop", "model"}, (*parser).dropModel},
	{[]string{"show", "model"}, (*parser).showModel},
	{[]string{"select"}, func(p *parser) statement { return p.query() }},
}

// parser reads tokens. After the first error it sees nothing but the end, so that the grammar need
// not look at err at every step.
type parser struct {
	tokens []token
	at     int
	depth  int // of nested expressions
	err    error
}

// parse reads exactly one statement, with or without a semicolon. Several are refused in the words
// of a prepared statement, which the Data API makes of each (aws-facts 8.1).
func parse(text string) (statement, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	var statements []statement
	for !p.done() {
		if !p.symbol(";") {
			statements = append(statements, p.statement())
			p.end()
		}
	}
	switch {
	case p.err != nil:
		return nil, p.err
	case len(statements) == 0:
		return nil, errorf(syntaxError, "syntax error at end of input")
	case len(statements) > 1:
		return nil, errorf(syntaxError, "cannot insert multiple commands into a prepared statement")
	}
	return statements[0], nil
}

func (p *parser) done() bool { return p.peek().kind == endToken }

// end expects a semicolon or the end.
func (p *parser) end() {
	if next := p.peek(); next.kind != endToken && (next.kind != symbolToken || next.value != ";") {
		p.fail()
	}
}

func (p *parser) statement() statement {
	longest := 0
	for _, rule := range grammar {
		n := p.matching(rule.words)
		if n == len(rule.words) {
			p.at += n
			return rule.parse(p)
		}
		longest = max(longest, n)
	}
	p.at += longest
	p.fail()
	return nil
}

// matching counts how many of the words come next.
func (p *parser) matching(words []string) int {
	for i, word := range words {
		if p.err != nil || p.tokens[p.at+i].kind != wordToken || p.tokens[p.at+i].value != word {
			return i
		}
	}
	return len(words)
}

// peek is the next token.
func (p *parser) peek() token {
	if p.err != nil {
		return token{}
	}
	return p.tokens[p.at]
}

// fail says that the next token cannot stand where it is.
func (p *parser) fail() {
	if p.err != nil {
		return
	}
	next := p.peek()
	if next.kind == endToken {
		p.err = errorf(syntaxError, "syntax error at end of input")
		return
	}
	p.err = errorf(syntaxError, `syntax error at or near "%s"`, next.raw)
}

// accept takes words if they come next.
func (p *parser) accept(words ...string) bool {
	if p.matching(words) < len(words) {
		return false
	}
	p.at += len(words)
	return true
}

// expect takes words that must come next.
func (p *parser) expect(words ...string) {
	for _, word := range words {
		if !p.accept(word) {
			p.fail()
		}
	}
}

// oneOf takes one of some words; it must come next.
func (p *parser) oneOf(words ...string) string {
	next := p.peek()
	if next.kind != wordToken || !slices.Contains(words, next.value) {
		p.fail()
		return ""
	}
	p.at++
	return next.value
}

// symbol takes a symbol if it comes next.
func (p *parser) symbol(s string) bool {
	if next := p.peek(); next.kind != symbolToken || next.value != s {
		return false
	}
	p.at++
	return true
}

func (p *parser) expectSymbol(s string) {
	if !p.symbol(s) {
		p.fail()
	}
}

// name takes an identifier, in lower case. A reserved word is one only between quotes.
func (p *parser) name() string { return fold(p.spelled()) }

// spelled takes an identifier that keeps its case between quotes, as the names of users do
// (aws-facts 7.1).
func (p *parser) spelled() string {
	next := p.peek()
	if next.kind != quotedToken && (next.kind != wordToken || awsname.Reserved(next.value)) {
		p.fail()
		return ""
	}
	if p.err = checkName(next.value); p.err != nil {
		return ""
	}
	p.at++
	return next.value
}

// object is the name of something in a schema.
type object struct{ schema, name string }

// defaultSchema is where names without a schema are looked up and made.
const defaultSchema = "public"

func (p *parser) object() object {
	o := object{defaultSchema, p.name()}
	if p.symbol(".") {
		o.schema, o.name = o.name, p.name()
	}
	return o
}

// text takes a string.
func (p *parser) text() string {
	next := p.peek()
	if next.kind != stringToken {
		p.fail()
		return ""
	}
	p.at++
	return next.value
}

// integer takes a whole number.
func (p *parser) integer() int64 {
	next := p.peek()
	if next.kind != numberToken {
		p.fail()
		return 0
	}
	p.at++
	n, err := strconv.ParseInt(next.value, 10, 64)
	if err != nil {
		p.err = errorf(numberOutOfRange, `value "%s" is out of range for type bigint`, next.value)
	}
	return n
}

// list takes items with commas between them.
func list[T any](p *parser, item func() T) []T {
	items := []T{item()}
	for p.symbol(",") {
		items = append(items, item())
	}
	return items
}

// balanced passes over everything to the closing parenthesis; the opening one has been taken.
func (p *parser) balanced() {
	for depth := 1; depth > 0 && p.err == nil; {
		switch {
		case p.done():
			p.fail()
		case p.symbol("("):
			depth++
		case p.symbol(")"):
			depth--
		default:
			p.at++
		}
	}
}

func join(words []string) string { return strings.Join(words, ", ") }
