package database

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file cuts a statement into tokens as Redshift does: comments of both kinds, doubled quotes,
// backslash escapes in strings (PostgreSQL 8.0, Lexical Structure; Amazon Redshift Database
// Developer Guide, Names and identifiers).

type tokenKind int

const (
	endToken tokenKind = iota
	wordToken
	quotedToken // an identifier between double quotes
	stringToken
	numberToken
	symbolToken
)

// token is a piece of a statement.
type token struct {
	kind  tokenKind
	value string // words in lower case; what stands between quotes, with escapes undone
	raw   string // as it was written, for messages
}

type lexer struct {
	rest   string
	tokens []token
}

// Verb is the word that a statement begins with, in lower case and past white space and comments: ""
// where it begins with none.
func Verb(sql string) string {
	l := &lexer{rest: sql}
	if l.skip() != nil {
		return ""
	}
	return fold(l.rest[:countWhile(l.rest, inWord)])
}

// lex cuts a statement. The last token is an endToken.
func lex(text string) ([]token, error) {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, errorf(invalidBytes, `invalid byte sequence for encoding "UTF8"`)
	}
	l := &lexer{rest: text}
	for {
		if err := l.skip(); err != nil {
			return nil, err
		}
		if l.rest == "" {
			return append(l.tokens, token{}), nil
		}
		if err := l.next(); err != nil {
			return nil, err
		}
	}
}

// skip passes over white space and comments.
func (l *lexer) skip() error {
	for {
		l.rest = strings.TrimLeft(l.rest, " \t\n\r\f\v")
		switch {
		case strings.HasPrefix(l.rest, "--"):
			_, l.rest, _ = strings.Cut(l.rest, "\n")
		case strings.HasPrefix(l.rest, "/*"):
			if err := l.skipComment(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// skipComment passes over a comment, which may hold others.
func (l *lexer) skipComment() error {
	whole, depth := l.rest, 0
	for l.rest != "" {
		switch {
		case strings.HasPrefix(l.rest, "/*"):
			depth++
			l.rest = l.rest[2:]
		case strings.HasPrefix(l.rest, "*/"):
			depth--
			l.rest = l.rest[2:]
			if depth == 0 {
				return nil
			}
		default:
			l.rest = l.rest[1:]
		}
	}
	return errorf(syntaxError, `unterminated /* comment at or near "%s"`, whole)
}

// next takes one token.
func (l *lexer) next() error {
	r, _ := utf8.DecodeRuneInString(l.rest)
	switch {
	case r == '"':
		return l.quotedIdentifier()
	case r == '\'':
		return l.stringLiteral()
	case isDigit(r):
		l.take(numberToken, countWhile(l.rest, isDigit))
	case startsWord(r):
		l.take(wordToken, countWhile(l.rest, inWord))
	default:
		l.take(symbolToken, symbolLength(l.rest))
	}
	return nil
}

// take makes a token of the next n bytes.
func (l *lexer) take(kind tokenKind, n int) {
	raw := l.rest[:n]
	l.tokens = append(l.tokens, token{kind, fold(raw), raw})
	l.rest = l.rest[n:]
}

func (l *lexer) quotedIdentifier() error {
	var b strings.Builder
	for i := 1; i < len(l.rest); i++ {
		if l.rest[i] != '"' {
			b.WriteByte(l.rest[i])
			continue
		}
		if strings.HasPrefix(l.rest[i+1:], `"`) {
			b.WriteByte('"')
			i++
			continue
		}
		raw := l.rest[:i+1]
		if b.Len() == 0 {
			return errorf(syntaxError, `zero-length delimited identifier at or near "%s"`, raw)
		}
		l.tokens = append(l.tokens, token{quotedToken, b.String(), raw})
		l.rest = l.rest[i+1:]
		return nil
	}
	return errorf(syntaxError, `unterminated quoted identifier at or near "%s"`, l.rest)
}

func (l *lexer) stringLiteral() error {
	var b strings.Builder
	for i := 1; i < len(l.rest); i++ {
		switch rest := l.rest[i+1:]; {
		case l.rest[i] == '\\' && rest != "":
			c, n := unescape(rest)
			b.WriteByte(c)
			i += n
		case l.rest[i] != '\'':
			b.WriteByte(l.rest[i])
		case strings.HasPrefix(rest, "'"):
			b.WriteByte('\'')
			i++
		default:
			return l.endString(b.String(), i+1)
		}
	}
	return errorf(syntaxError, `unterminated quoted string at or near "%s"`, l.rest)
}

// endString makes the token: an octal escape can write what no text may hold.
func (l *lexer) endString(value string, n int) error {
	if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		return errorf(invalidBytes, `invalid byte sequence for encoding "UTF8"`)
	}
	l.tokens = append(l.tokens, token{stringToken, value, l.rest[:n]})
	l.rest = l.rest[n:]
	return nil
}

// unescape reads what comes after a backslash, and says how many bytes that were.
func unescape(s string) (byte, int) {
	if i := strings.IndexByte("bfnrt", s[0]); i >= 0 {
		return "\b\f\n\r\t"[i], 1
	}
	octal := countWhile(s[:min(len(s), 3)], func(r rune) bool { return '0' <= r && r <= '7' })
	if octal == 0 {
		return s[0], 1
	}
	value := 0
	for _, digit := range s[:octal] {
		value = value*8 + int(digit-'0')
	}
	return byte(value), octal
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// startsWord: "begin with an ASCII single-byte alphabetic character or underscore character, or a
// UTF-8 multibyte character".
func startsWord(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_' || r >= utf8.RuneSelf
}

func inWord(r rune) bool { return startsWord(r) || isDigit(r) || r == '$' }

func countWhile(s string, in func(rune) bool) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !in(r) }); i >= 0 {
		return i
	}
	return len(s)
}

func symbolLength(s string) int {
	for _, symbol := range []string{"<>", "!=", "<=", ">=", "::", "||"} {
		if strings.HasPrefix(s, symbol) {
			return len(symbol)
		}
	}
	return 1
}

// fold is how Redshift stores a name: "ASCII letters in standard and delimited identifiers are
// case-insensitive and are folded to lowercase in the database" (Names and identifiers).
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

// maxName is the length of a name, in bytes.
const maxName = 127

// checkName refuses what cannot be a name. It does not know every character that Redshift takes for
// unprintable.
func checkName(name string) error {
	switch {
	case len(name) > maxName:
		return errorf(nameTooLong, `identifier "%s" is longer than %d bytes`, name, maxName)
	case strings.ContainsFunc(name, unicode.IsControl):
		return errorf(invalidName, "invalid name %q: identifiers consist of printable characters", name)
	}
	return nil
}
