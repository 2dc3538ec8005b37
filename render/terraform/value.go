package terraform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// What a plan says reaches a .tf file in one of three forms: as a text (template), as the argument of jsonencode
// (document), or as a comment (comment).

// piece is a part of a text: literal, or an expression where expr is not nil.
type piece struct {
	text string
	expr hclwrite.Tokens
}

// quoted writes a text as it stands between quotes: whoever reads it gets the text again. Terraform puts every
// text into Unicode's composed form (NFC), so that one in another form cannot be said; nor can bytes that are
// no UTF-8.
func quoted(text string) ([]byte, error) {
	value := cty.StringVal(text)
	if !utf8.ValidString(text) || value.AsString() != text {
		return nil, fmt.Errorf("quote %q: Terraform takes texts only as UTF-8 in Unicode's composed form (NFC)", text)
	}
	in := hclwrite.TokensForValue(value).Bytes()
	return in[1 : len(in)-1], nil
}

// template writes a text. An expression that is all of it stands as it is, and everything else in quotes.
func template(pieces ...piece) (hclwrite.Tokens, error) {
	if len(pieces) == 1 && pieces[0].expr != nil {
		return pieces[0].expr, nil
	}
	out := hclwrite.Tokens{{Type: hclsyntax.TokenOQuote, Bytes: []byte(`"`)}}
	for i, p := range pieces {
		if p.expr != nil {
			out = append(out, &hclwrite.Token{Type: hclsyntax.TokenTemplateInterp, Bytes: []byte("${")})
			out = append(out, p.expr...)
			out = append(out, &hclwrite.Token{Type: hclsyntax.TokenTemplateSeqEnd, Bytes: []byte("}")})
			continue
		}
		inside, err := quoted(p.text)
		if err != nil {
			return nil, err
		}
		if i+1 < len(pieces) {
			inside = apart(inside)
		}
		out = append(out, &hclwrite.Token{Type: hclsyntax.TokenQuotedLit, Bytes: inside})
	}
	return append(out, &hclwrite.Token{Type: hclsyntax.TokenCQuote, Bytes: []byte(`"`)}), nil
}

// apart keeps a text that ends in "$" from the "${" that comes next: "$${" would be the escape of it.
func apart(inside []byte) []byte {
	if before, found := bytes.CutSuffix(inside, []byte("$")); found {
		return append(slices.Clip(before), `\u0024`...)
	}
	return inside
}

// expression reads an expression that is written in this package. None is made of what a plan says.
func expression(format string, args ...any) hclwrite.Tokens {
	f, wrong := hclwrite.ParseConfig(fmt.Appendf(nil, "x = "+format, args...), "", hcl.InitialPos)
	if wrong.HasErrors() {
		panic(fmt.Errorf("expression %q: %w", format, wrong))
	}
	out := f.Body().GetAttribute("x").Expr().BuildTokens(nil)
	out[0].SpacesBefore = 0
	return out
}

func number(n int) hclwrite.Tokens { return expression("%s", strconv.Itoa(n)) }

func yes(v bool) hclwrite.Tokens { return expression("%t", v) }

// member is a member of an object.
type member struct {
	name  hclwrite.Tokens
	value hclwrite.Tokens
}

func mark(t hclsyntax.TokenType, text string) *hclwrite.Token {
	return &hclwrite.Token{Type: t, Bytes: []byte(text)}
}

func newline() *hclwrite.Token { return mark(hclsyntax.TokenNewline, "\n") }

// object writes members, each on a line of its own.
func object(members []member) hclwrite.Tokens {
	out := hclwrite.Tokens{mark(hclsyntax.TokenOBrace, "{"), newline()}
	for _, m := range members {
		out = append(append(out, m.name...), mark(hclsyntax.TokenEqual, "="))
		out = append(append(out, m.value...), newline())
	}
	return append(out, mark(hclsyntax.TokenCBrace, "}"))
}

// list writes items: one on the line of its brackets, and several on lines of their own.
func list(items []hclwrite.Tokens) hclwrite.Tokens {
	out := hclwrite.Tokens{mark(hclsyntax.TokenOBrack, "[")}
	if len(items) < 2 {
		return append(append(out, slices.Concat(items...)...), mark(hclsyntax.TokenCBrack, "]"))
	}
	out = append(out, newline())
	for _, item := range items {
		out = append(append(out, item...), mark(hclsyntax.TokenComma, ","), newline())
	}
	return append(out, mark(hclsyntax.TokenCBrack, "]"))
}

// name writes the name of a member: bare where it is a plain word, and otherwise as a text.
func name(text string) (hclwrite.Tokens, error) {
	word := text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
	if word && !slices.Contains([]string{"for", "if", "in", "null", "true", "false"}, text) {
		return hclwrite.TokensForIdentifier(text), nil
	}
	return template(piece{text: text})
}

// document writes JSON as an expression whose jsonencode means the same. Its texts are written by text; members
// keep their order, for those who read.
func document(data []byte, text func(string) (hclwrite.Tokens, error)) (hclwrite.Tokens, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return jsonValue(d, text)
}

func jsonValue(d *json.Decoder, text func(string) (hclwrite.Tokens, error)) (hclwrite.Tokens, error) {
	token, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	switch v := token.(type) {
	case string:
		if err := encodable(v); err != nil {
			return nil, err
		}
		return text(v)
	case bool:
		return yes(v), nil
	case json.Delim:
		if v == '{' {
			return jsonObject(d, text)
		}
		return jsonList(d, text)
	}
	return nil, errNoPolicy
}

// errNoPolicy: a policy holds objects, lists, texts and truth values, and nothing else.
var errNoPolicy = errors.New("read document: a number or a null is in it")

// encodable refuses a text that jsonencode would change: it writes "<" as \u003c and a line feed as \n, and
// composes that last letter with an accent that comes next.
func encodable(text string) error {
	data, err := json.Marshal(text)
	if err == nil && cty.StringVal(string(data)).AsString() != string(data) {
		err = fmt.Errorf("quote %q: Terraform's jsonencode changes it, because of an accent that comes after a sign", text)
	}
	return err
}

func jsonObject(d *json.Decoder, text func(string) (hclwrite.Tokens, error)) (hclwrite.Tokens, error) {
	var members []member
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("read document: %w", err)
		}
		var m member
		if err := encodable(key.(string)); err != nil {
			return nil, err
		}
		if m.name, err = name(key.(string)); err != nil {
			return nil, err
		}
		if m.value, err = jsonValue(d, text); err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	_, err := d.Token() // the brace that More has seen
	return object(members), err
}

func jsonList(d *json.Decoder, text func(string) (hclwrite.Tokens, error)) (hclwrite.Tokens, error) {
	var items []hclwrite.Tokens
	for d.More() {
		item, err := jsonValue(d, text)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := d.Token() // the bracket that More has seen
	return list(items), err
}

// comment writes a text as lines of a comment that it cannot end.
func comment(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(strings.TrimRight("# "+printable(line), " ") + "\n")
	}
	return b.String()
}

// printable is a text with what cannot be printed written as its number.
func printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
