package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Parse reads a policy document as AWS stores it. A string may stand for a list
// of one, one statement for a list of statements, and a boolean or a number for
// a condition value. A document without a Version means 2008-10-17 and comes
// back stating it.
//
// The error begins "parse policy:" and names the statement and the element, or
// the line if the text is not JSON. Refused are unknown elements, a key that
// stands twice, comments, null, text after the document, and text that is not
// UTF-8; also Id, NotPrincipal and CanonicalUser, which the grammar knows and
// Document does not: dropping them silently would change a policy.
//
// Parse checks the shape alone; Validate checks what the values say.
// Source: "Grammar of the IAM JSON policy language".
func Parse(data []byte) (Document, error) {
	var d Document
	err := d.UnmarshalJSON(data)
	return d, err
}

// UnmarshalJSON implements json.Unmarshaler under the rules of Parse. It leaves
// d as it was when it returns an error.
func (d *Document) UnmarshalJSON(data []byte) error {
	read, err := readDocument(data)
	if err != nil {
		return fmt.Errorf("parse policy: %w", err)
	}
	*d = read
	return nil
}

func readDocument(data []byte) (Document, error) {
	if err := checkSyntax(data); err != nil {
		return Document{}, err
	}
	d := Document{Version: oldVersion}
	stated := false
	err := eachMember(data, func(name string, value json.RawMessage) (err error) {
		switch name {
		case "Version":
			d.Version, err = readText(value)
		case "Statement":
			stated = true
			d.Statements, err = readStatements(value)
		default:
			err = refuse(name)
		}
		return err
	})
	if err == nil && !stated {
		err = errors.New("no Statement element")
	}
	if err != nil {
		return Document{}, err
	}
	return d, nil
}

func readStatements(data json.RawMessage) ([]Statement, error) {
	items := []json.RawMessage{data}
	if first(data) == '[' {
		items = readItems(data)
	}
	var statements []Statement
	for i, item := range items {
		s, err := readStatement(item)
		if err != nil {
			return nil, fmt.Errorf("statement %d: %w", i+1, err)
		}
		statements = append(statements, s)
	}
	return statements, nil
}

func readStatement(data json.RawMessage) (Statement, error) {
	var s Statement
	err := eachMember(data, func(name string, value json.RawMessage) (err error) {
		switch name {
		case "Sid":
			s.Sid, err = readText(value)
		case "Effect":
			s.Effect, err = readText(value)
		case "Principal":
			s.Principal, err = readPrincipal(value)
		case "Action":
			s.Actions, err = readList(value, readText)
		case "NotAction":
			s.NotActions, err = readList(value, readText)
		case "Resource":
			s.Resources, err = readList(value, readText)
		case "NotResource":
			s.NotResources, err = readList(value, readText)
		case "Condition":
			s.Conditions, err = readConditions(value)
		default:
			err = refuse(name)
		}
		return err
	})
	return s, err
}

func readPrincipal(data json.RawMessage) (Principal, error) {
	if first(data) == '"' {
		if text, err := readText(data); err != nil || text != "*" {
			return Principal{}, errors.New(`want "*" or an object`)
		}
		return Principal{Any: true}, nil
	}
	var p Principal
	err := eachMember(data, func(name string, value json.RawMessage) (err error) {
		switch name {
		case "Service":
			p.Services, err = readList(value, readText)
		case "AWS":
			p.AWS, err = readList(value, readText)
		case "Federated":
			p.Federated, err = readList(value, readText)
		default:
			err = refuse(name)
		}
		return err
	})
	if err == nil && p.absent() {
		err = errors.New("names nobody")
	}
	return p, err
}

func readConditions(data json.RawMessage) ([]Condition, error) {
	conditions := []Condition{}
	err := eachMember(data, func(operator string, keys json.RawMessage) error {
		return eachMember(keys, func(key string, value json.RawMessage) error {
			values, err := readList(value, readScalar)
			conditions = append(conditions, Condition{operator, key, values})
			return err
		})
	})
	return conditions, err
}

// refuse is the error for an element that Document has no field for.
func refuse(name string) error {
	switch name {
	case "Id", "NotPrincipal", "CanonicalUser":
		return errors.New("not supported")
	}
	return errors.New("unknown element")
}

// checkSyntax says what is wrong with text that is not one JSON value, and where.
func checkSyntax(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("not UTF-8")
	}
	err := json.Unmarshal(data, new(json.RawMessage))
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return err
	}
	line := 1 + bytes.Count(data[:syntax.Offset], []byte("\n"))
	// The policy that the Redshift ML guide prints has a comment in it.
	if strings.HasPrefix(err.Error(), "invalid character '/'") {
		return fmt.Errorf("line %d: %w (JSON has no comments)", line, err)
	}
	return fmt.Errorf("line %d: %w", line, err)
}

// eachMember calls do for each member of an object, in order, and names the
// member in the error. It reads what checkSyntax has let pass. encoding/json would keep the last of two equal keys and
// drop the order.
func eachMember(data json.RawMessage, do func(name string, value json.RawMessage) error) error {
	if first(data) != '{' {
		return errors.New("want an object")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	_, _ = decoder.Token() // the brace
	seen := map[string]bool{}
	for decoder.More() {
		token, _ := decoder.Token() // cannot fail: checkSyntax has read it
		name := token.(string)
		var value json.RawMessage
		_ = decoder.Decode(&value) // nor can this
		if seen[name] {
			return fmt.Errorf("%s: stands twice", name)
		}
		seen[name] = true
		if err := do(name, value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// readList reads one value, or a list of values. The list is never nil.
func readList(data json.RawMessage, read func(json.RawMessage) (string, error)) ([]string, error) {
	items := []json.RawMessage{data}
	if first(data) == '[' {
		items = readItems(data)
	}
	values := []string{}
	for _, item := range items {
		value, err := read(item)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

func readItems(list json.RawMessage) []json.RawMessage {
	var items []json.RawMessage
	_ = json.Unmarshal(list, &items) // cannot fail: checkSyntax has read it
	return items
}

func readText(data json.RawMessage) (string, error) {
	if first(data) != '"' {
		return "", errors.New("want a string")
	}
	var s string
	err := json.Unmarshal(data, &s)
	return s, err
}

// readScalar reads a condition value. "Quotation marks are optional for numeric
// and Boolean values": their text is the value.
func readScalar(data json.RawMessage) (string, error) {
	switch first(data) {
	case '"':
		return readText(data)
	case '{', '[', 'n':
		return "", errors.New("want a string, a number or a boolean")
	}
	return string(data), nil
}

// first is the character that tells what kind of JSON value data is.
func first(data json.RawMessage) byte {
	for _, c := range data {
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
	}
	return 0
}
