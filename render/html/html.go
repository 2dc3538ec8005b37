// Package html renders a plan as one page for the person who must approve it and has no terminal: what will be made, as a
// picture and as a tree, every policy document with its broad grants marked, the calls and the SQL in order, and a place
// to sign.
//
// The page stands for itself: no script, nothing from elsewhere, and a policy that would stop either. It is built as a tree
// of elements, and all text of the operator's is a text or an attribute's value in it, which clean has seen and
// golang.org/x/net/html escapes. It is not a template: html/template finds methods by their names as it runs, so that the
// linker keeps every exported method there is, the AWS SDKs' among them, and the program would have 34.8 MB and not 26.4.
// The package is pure and must not know any guide.
package html

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	nethtml "golang.org/x/net/html"

	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/render"
)

// Input is what the page is made from.
type Input struct {
	Plan     plan.Plan
	Operator policy.Document          // the least that the person who applies needs
	Findings map[string]apply.Finding // nil: nobody looked at the account
	Origin   render.Origin
}

//go:embed style.css
var styleText string

// Render gives the page.
func Render(in Input) ([]byte, error) {
	v := newPage(in)
	root := v.document()
	if err := guard(root, v.Styles); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := nethtml.Render(&b, root); err != nil {
		return nil, fmt.Errorf("write page: %w", err)
	}
	return b.Bytes(), nil
}

// styles are the page's style sheets: the one that is always the same, and what stands at the foot of each printed sheet.
// foot must hold letters, digits, blanks and hyphens only.
func styles(foot string) []string {
	sheets := []string{styleText}
	if strings.Trim(foot, "abcdefghijklmnopqrstuvwxyz0123456789 -") == "" {
		sheets = append(sheets, `@page{@bottom-left{content:"`+foot+`"}}`)
	}
	return sheets
}

// contentPolicy lets nothing in but these style sheets.
func contentPolicy(sheets []string) string {
	allowed := make([]string, len(sheets))
	for i, s := range sheets {
		sum := sha256.Sum256([]byte(s))
		allowed[i] = "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; style-src " + strings.Join(allowed, " ") + "; base-uri 'none'; form-action 'none'"
}

// clean makes what cannot be seen visible: a text that reads otherwise than it is cannot be approved. Controls and bytes
// that are no text become U+FFFD; marks of direction and characters without a width are spelled out.
func clean(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		if c := s[i]; c == '\n' || c == '\t' || ' ' <= c && c <= '~' {
			out = append(out, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case r == '\r':
			if i == len(s) || s[i] != '\n' {
				out = append(out, '\n')
			}
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Noncharacter_Code_Point, r):
			out = append(out, "\uFFFD"...)
		case hidden(r):
			out = fmt.Appendf(out, "⟨%U⟩", r)
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// hidden says that a character shows nothing by itself, or turns what stands around it.
func hidden(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// sentence begins with a capital letter and ends in a full stop.
func sentence(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if s = strings.TrimSpace(string(unicode.ToUpper(r)) + s[size:]); s == "" || strings.ContainsAny(s[len(s)-1:], ".!?:") {
		return s
	}
	return s + "."
}
