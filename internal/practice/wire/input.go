package wire

import (
	"encoding/json"
	"strconv"
)

// Input is the input of a call: strings, json.Number, bool, []any and map[string]any under the
// names that the protocol sends. The query protocols and XML know only strings.
type Input map[string]any

// Has says that a member was sent, if only empty.
func (in Input) Has(name string) bool {
	v, ok := in[name]
	return ok && v != nil
}

// Text is a member as text; "" where it was not sent.
func (in Input) Text(name string) string { return text(in[name]) }

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// Bool is a member that is true or false; false where it was not sent.
func (in Input) Bool(name string) bool { return in.Text(name) == "true" }

// Int is a member that is a number, and fallback where it was not sent or is none.
func (in Input) Int(name string, fallback int) int {
	n, err := strconv.Atoi(in.Text(name))
	if err != nil {
		return fallback
	}
	return n
}

// Texts is a member that is a list of texts.
func (in Input) Texts(name string) []string {
	var out []string
	for _, v := range items(in[name]) {
		out = append(out, text(v))
	}
	return out
}

// Object is a member that is a structure; nil where it was not sent.
func (in Input) Object(name string) Input { return object(in[name]) }

// Objects is a member that is a list of structures.
func (in Input) Objects(name string) []Input {
	var out []Input
	for _, v := range items(in[name]) {
		out = append(out, object(v))
	}
	return out
}

func object(v any) Input {
	switch v := v.(type) {
	case map[string]any:
		return v
	case Input:
		return v
	}
	return nil
}

// items is a list, or the one item that XML writes where a list has one. The query protocol writes
// an empty list as "".
func items(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	case string:
		if v == "" {
			return nil
		}
	}
	return []any{v}
}
