// Package awsname holds the rules AWS sets for names, identifiers, ARNs and regions, each as a function that says why a
// value is refused. It is pure: it must not know the account, the guides, the plan or the terminal, and imports only the
// standard library.
//
// A rule returns nil when AWS accepts the value and otherwise one error in plain words: the first violation that helps.
// Where a page and an API model differ, the rule takes what both accept and its comment says so. Whether a thing with
// that name exists is never asked here.
package awsname

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable refuses text that cannot be shown as it is: invalid UTF-8, control characters, Unicode noncharacters,
// bidirectional control marks, line separators and characters without a width. Such a name would read as another one on
// the review page or break a line of an export, so every rule of this package begins with it.
func Printable(s string) error { return printable("a value", s) }

func printable(noun, s string) error {
	at := 0
	for i, r := range s {
		at++
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return fmt.Errorf("%s is text in UTF-8, byte %d of this one is not", noun, i+1)
		}
		if what := unprintable(r); what != "" {
			return fmt.Errorf("%s cannot contain %s, this one has %U as character %d", noun, what, r, at)
		}
	}
	return nil
}

// unprintable names the class of characters because of which r is refused; it is empty for a good one.
func unprintable(r rune) string {
	switch {
	case ' ' <= r && r <= '~':
		return ""
	case unicode.Is(unicode.Cc, r):
		return "control characters"
	case unicode.Is(unicode.Noncharacter_Code_Point, r):
		return "Unicode noncharacters"
	case unicode.Is(unicode.Bidi_Control, r):
		return "bidirectional control marks"
	case unicode.In(r, unicode.Zl, unicode.Zp):
		return "line or paragraph separators"
	case unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return "zero-width characters"
	}
	return ""
}

// shape is what most names come down to: an alphabet and a length in characters.
type shape struct {
	noun     string // begins every message: "a bucket name"
	min, max int
	unit     string // of the length; empty for characters
	alphabet string // in words
	in       func(rune) bool
}

// check reports a wrong character before a wrong length: it is what one sees while typing.
func (sh shape) check(s string) error {
	if err := printable(sh.noun, s); err != nil {
		return err
	}
	for _, r := range s {
		if !sh.in(r) {
			return fmt.Errorf("%s takes only %s, not %q", sh.noun, sh.alphabet, string(r))
		}
	}
	unit := sh.unit
	if unit == "" {
		unit = "characters"
	}
	return length(sh.noun, unit, utf8.RuneCountInString(s), sh.min, sh.max)
}

func length(noun, unit string, n, least, most int) error {
	if least <= n && n <= most {
		return nil
	}
	allowed := fmt.Sprintf("%d to %d", least, most)
	switch least {
	case 0:
		allowed = fmt.Sprintf("at most %d", most)
	case most:
		allowed = strconv.Itoa(most)
	}
	if n == 0 {
		return fmt.Errorf("%s is %s %s long, this one is empty", noun, allowed, unit)
	}
	return fmt.Errorf("%s is %s %s long, this one has %d", noun, allowed, unit, n)
}

// begins and ends run after check: s is not empty.
func begins(noun, s, with string, in func(rune) bool) error {
	if r, _ := utf8.DecodeRuneInString(s); !in(r) {
		return fmt.Errorf("%s begins with %s, not with %q", noun, with, string(r))
	}
	return nil
}

func ends(noun, s, with string, in func(rune) bool) error {
	if r, _ := utf8.DecodeLastRuneInString(s); !in(r) {
		return fmt.Errorf("%s ends with %s, not with %q", noun, with, string(r))
	}
	return nil
}

// brief quotes a value for a message and keeps a pasted file from filling the screen.
func brief(s string) string {
	if secret(s) {
		return "a private key"
	}
	const most = 60
	n := 0
	for i := range s {
		if n == most {
			return strconv.Quote(s[:i] + "…")
		}
		n++
	}
	return strconv.Quote(s)
}

func digit(r rune) bool { return '0' <= r && r <= '9' }
func lower(r rune) bool { return 'a' <= r && r <= 'z' }
func upper(r rune) bool { return 'A' <= r && r <= 'Z' }

func letter(r rune) bool     { return lower(r) || upper(r) }
func lowerAlnum(r rune) bool { return lower(r) || digit(r) }
func alnum(r rune) bool      { return letter(r) || digit(r) }
func lowerHex(r rune) bool   { return digit(r) || 'a' <= r && r <= 'f' }

// all is true for the empty string as well.
func all(s string, in func(rune) bool) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !in(r) }) < 0
}
