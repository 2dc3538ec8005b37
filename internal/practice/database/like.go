package database

import (
	"regexp"
	"strings"
)

// like is x LIKE 'pattern' (Guide, Pattern-matching conditions): % stands for any characters, _ for one.
type like struct {
	left    expression
	pattern *regexp.Regexp
}

// likePattern reads 'pattern' [ESCAPE 'character'].
func (p *parser) likePattern(left expression) expression {
	pattern, escape := p.text(), `\`
	if p.accept("escape") {
		escape = p.text()
	}
	if len(escape) > 1 && p.err == nil {
		p.err = errorf(invalidParameter, "invalid escape string")
	}
	return like{left, likeExpression(pattern, escape)}
}

// likeExpression is a pattern as a regular expression.
func likeExpression(pattern, escape string) *regexp.Regexp {
	var b strings.Builder
	escaped := false
	for _, r := range pattern {
		one := string(r)
		switch {
		case !escaped && one == escape:
			escaped = true
			continue
		case !escaped && r == '%':
			one = ".*"
		case !escaped && r == '_':
			one = "."
		default:
			one = regexp.QuoteMeta(one)
		}
		b.WriteString(one)
		escaped = false
	}
	return regexp.MustCompile("(?s)^" + b.String() + "$")
}

func (like) label() string { return noLabel }

func (l like) ready(s *scope) (value, error) {
	left, err := l.left.ready(s)
	if err != nil {
		return value{}, err
	}
	if left, err = left.as(textKind); err != nil {
		return value{}, err
	}
	return value{kind: boolKind, get: func(row []Value) (Value, error) {
		x, err := left.get(row)
		text, is := x.(string)
		if !is || err != nil {
			return nil, err
		}
		return l.pattern.MatchString(text), nil
	}}, nil
}
