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

	"golang.org/x/text/unicode/norm"
)

// What a plan says reaches a .tf file in one of three forms: as a text (template), as the argument of jsonencode
// (document), or as a comment (comment).

// piece is a part of a text: literal, or an expression where expr is not empty.
type piece struct {
	text string
	expr expr
}

// quoted writes a text as it stands between quotes: whoever reads it gets the text again. Terraform puts every
// text into Unicode's composed form (NFC), so that one in another form cannot be said; nor can bytes that are
// no UTF-8.
func quoted(text string) (string, error) {
	if !utf8.ValidString(text) || !norm.NFC.IsNormalString(text) {
		return "", fmt.Errorf("quote %q: Terraform takes texts only as UTF-8 in Unicode's composed form (NFC)", text)
	}
	return escaped(text), nil
}

// template writes a text. An expression that is all of it stands as it is, and everything else in quotes.
func template(pieces ...piece) (expr, error) {
	if len(pieces) == 1 && pieces[0].expr != "" {
		return pieces[0].expr, nil
	}
	out := `"`
	for i, p := range pieces {
		if p.expr != "" {
			out += "${" + string(p.expr) + "}"
			continue
		}
		inside, err := quoted(p.text)
		if err != nil {
			return "", err
		}
		if i+1 < len(pieces) {
			inside = apart(inside)
		}
		out += inside
	}
	return expr(out + `"`), nil
}

// apart keeps a text that ends in "$" from the "${" that comes next: "$${" would be the escape of it.
func apart(inside string) string {
	if before, found := strings.CutSuffix(inside, "$"); found {
		return before + `\u0024`
	}
	return inside
}

// expression is an expression that is written in this package. None is made of what a plan says.
func expression(format string, args ...any) expr { return expr(fmt.Sprintf(format, args...)) }

func number(n int) expr { return expr(strconv.Itoa(n)) }

func yes(v bool) expr { return expr(strconv.FormatBool(v)) }

// member is a member of an object.
type member struct{ name, value expr }

// name writes the name of a member: bare where it is a plain word, and otherwise as a text.
func name(text string) (expr, error) {
	word := text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
	if word && !slices.Contains([]string{"for", "if", "in", "null", "true", "false"}, text) {
		return expr(text), nil
	}
	return template(piece{text: text})
}

// document writes JSON as an expression whose jsonencode means the same. Its texts are written by text; members
// keep their order, for those who read.
func document(data []byte, text func(string) (expr, error)) (expr, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return jsonValue(d, text)
}

func jsonValue(d *json.Decoder, text func(string) (expr, error)) (expr, error) {
	token, err := d.Token()
	if err != nil {
		return "", fmt.Errorf("read document: %w", err)
	}
	switch v := token.(type) {
	case string:
		if err := encodable(v); err != nil {
			return "", err
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
	return "", errNoPolicy
}

// errNoPolicy: a policy holds objects, lists, texts and truth values, and nothing else.
var errNoPolicy = errors.New("read document: a number or a null is in it")

// encodable refuses a text that jsonencode would change: it writes "<" as \u003c and a line feed as \n, and
// composes that last letter with an accent that comes next.
func encodable(text string) error {
	data, err := json.Marshal(text)
	if err == nil && !norm.NFC.IsNormal(data) {
		err = fmt.Errorf("quote %q: Terraform's jsonencode changes it, because of an accent that comes after a sign", text)
	}
	return err
}

func jsonObject(d *json.Decoder, text func(string) (expr, error)) (expr, error) {
	var members []member
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return "", fmt.Errorf("read document: %w", err)
		}
		var m member
		if err := encodable(key.(string)); err != nil {
			return "", err
		}
		if m.name, err = name(key.(string)); err != nil {
			return "", err
		}
		if m.value, err = jsonValue(d, text); err != nil {
			return "", err
		}
		members = append(members, m)
	}
	_, err := d.Token() // the brace that More has seen
	return object(members), err
}

func jsonList(d *json.Decoder, text func(string) (expr, error)) (expr, error) {
	var items []expr
	for d.More() {
		item, err := jsonValue(d, text)
		if err != nil {
			return "", err
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
