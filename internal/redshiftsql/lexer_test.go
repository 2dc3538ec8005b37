package redshiftsql_test

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a piece of SQL as Redshift reads it.
type token struct {
	kind  kind
	value string // of an identifier and a literal without its quotes; of a word in upper case
}

type kind int

const (
	word kind = iota
	identifier
	literal
	number
	mark // punctuation
)

// lex takes a text of SQL apart after the Amazon Redshift Database Developer Guide, Names and
// identifiers, and the PostgreSQL 8.0 manual, Lexical structure: a quoted identifier ends at the
// first double quote that is not doubled, a literal at the first quote that is neither doubled nor
// after a backslash, -- is a comment to the end of the line and /* to the matching */.
func lex(s string) (out []token, err error) {
	for s != "" {
		switch {
		case strings.HasPrefix(s, "--"):
			_, s, _ = strings.Cut(s, "\n")
		case strings.HasPrefix(s, "/*"):
			return nil, fmt.Errorf("comment in %q", s)
		case s[0] == '"' || s[0] == '\'':
			value, rest, ok := quoted(s)
			if !ok {
				return nil, fmt.Errorf("quote is not closed: %q", s)
			}
			out = append(out, token{map[byte]kind{'"': identifier, '\'': literal}[s[0]], value})
			s = rest
		default:
			r, size := utf8.DecodeRuneInString(s)
			switch {
			case unicode.IsSpace(r):
				s = s[size:]
			case r == '_' || unicode.IsLetter(r):
				end := strings.IndexFunc(s, func(r rune) bool { return r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
				if end < 0 {
					end = len(s)
				}
				out, s = append(out, token{word, strings.ToUpper(s[:end])}), s[end:]
			case unicode.IsDigit(r):
				end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) })
				if end < 0 {
					end = len(s)
				}
				out, s = append(out, token{number, s[:end]}), s[end:]
			default:
				out, s = append(out, token{mark, s[:size]}), s[size:]
			}
		}
	}
	return out, nil
}

// quoted reads the quoted text that s begins with.
func quoted(s string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && s[0] == '\'' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == s[0] && i+1 < len(s) && s[i+1] == s[0]:
			i++
			b.WriteByte(s[i])
		case s[i] == s[0]:
			return b.String(), s[i+1:], true
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", false
}

// shape is a statement with every name and text taken out: the words and marks alone.
func shape(s string) (string, error) {
	tokens, err := lex(s)
	if err != nil {
		return "", err
	}
	var out []string
	for _, t := range tokens {
		switch t.kind {
		case identifier:
			out = append(out, "I")
		case literal:
			out = append(out, "L")
		default:
			out = append(out, t.value)
		}
	}
	return strings.Join(out, " "), nil
}

// values are the tokens of one kind.
func values(s string, k kind) (out []string) {
	tokens, _ := lex(s)
	for _, t := range tokens {
		if t.kind == k {
			out = append(out, t.value)
		}
	}
	return out
}
