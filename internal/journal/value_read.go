package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"onramp/internal/plan"
)

func (o *object) UnmarshalJSON(data []byte) error {
	v, err := readValue(data)
	if err != nil {
		return err
	}
	members, ok := v.(plan.Object)
	if !ok {
		return fmt.Errorf("want a structure, have %.40s", data)
	}
	*o = object(members)
	return nil
}

// readValue reads what writeValue wrote. It goes by tokens, because encoding/json forgets the order of
// members and that a name stood twice.
func readValue(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return nextValue(d)
}

func nextValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			return nextList(d)
		}
		return nextObject(d)
	case json.Number:
		n, err := strconv.Atoi(t.String())
		if err != nil {
			return nil, fmt.Errorf("%.40s is not a whole number", t)
		}
		return n, nil
	}
	return token, nil // nil, bool, string
}

// nextList reads a list after its bracket: of texts, or of structures.
func nextList(d *json.Decoder) (any, error) {
	list, objects := []string{}, []plan.Object{}
	for d.More() {
		v, err := nextValue(d)
		if err != nil {
			return nil, err
		}
		switch v := v.(type) {
		case string:
			list = append(list, v)
		case plan.Object:
			objects = append(objects, v)
		default:
			return nil, fmt.Errorf("a list holds a %T", v)
		}
	}
	if _, err := d.Token(); err != nil { // the bracket
		return nil, err
	}
	switch {
	case len(list) > 0 && len(objects) > 0:
		return nil, errors.New("a list holds texts and structures")
	case len(objects) > 0:
		return objects, nil
	}
	return list, nil
}

// nextObject reads a structure after its brace, or what its tag says it is.
func nextObject(d *json.Decoder) (any, error) {
	o := plan.Object{}
	for d.More() {
		name, err := nextName(d)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(name, "$") {
			if len(o) > 0 {
				return nil, fmt.Errorf("the tag %.40q stands among members", name)
			}
			return nextTagged(d, name)
		}
		v, err := nextValue(d)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		o = append(o, plan.Member{Name: name, Value: v})
	}
	_, err := d.Token() // the brace
	return o, err
}

func nextName(d *json.Decoder) (string, error) {
	token, err := d.Token()
	name, ok := token.(string)
	if err == nil && !ok {
		err = errors.New("a member has no name")
	}
	return name, err
}

// nextTagged reads the value behind a tag, and the brace.
func nextTagged(d *json.Decoder, tag string) (any, error) {
	read := tags[tag]
	if read == nil {
		return nil, newer(fmt.Sprintf("%.40q is no value that this onramp knows", tag))
	}
	var data json.RawMessage
	if err := d.Decode(&data); err != nil {
		return nil, err
	}
	v, err := read(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tag, err)
	}
	if d.More() {
		return nil, fmt.Errorf("%s: it does not stand alone", tag)
	}
	_, err = d.Token() // the brace
	return v, err
}

// tags is filled by init, because reading what stands within "$object" comes back here.
var tags map[string]func(json.RawMessage) (any, error)

func init() {
	tags = map[string]func(json.RawMessage) (any, error){
		tagBytes:    payload(func(b []byte) any { return string(b) }),
		tagBlob:     payload(func(t text) any { return plan.Blob(t) }),
		tagEmpty:    payload(func(bool) any { return plan.EmptyText }),
		tagTexts:    payload(func(l []text) any { return plain(l) }),
		tagObject:   readLiteral,
		tagObjects:  payload(func(l []object) any { return each(l, func(o object) plan.Object { return plan.Object(o) }) }),
		tagCurrent:  payload(func(t text) any { return plan.Current{Query: string(t)} }),
		tagBefore:   payload(func(l beforeLine) any { return plan.Before{Query: string(l.Query), Text: l.Text} }),
		tagDocument: payload(func(d document) any { return plan.Document(d) }),
		tagMerged:   readMerged,
		tagRoles: payload(func(l rolesLine) any {
			return plan.RoleList{Query: string(l.Query), Add: plain(l.Add), Remove: plain(l.Remove)}
		}),
	}
}

// payload reads what stands behind a tag.
func payload[L any](turn func(L) any) func(json.RawMessage) (any, error) {
	return func(data json.RawMessage) (any, error) {
		var line L
		if err := json.Unmarshal(data, &line); err != nil {
			return nil, err
		}
		return turn(line), nil
	}
}

func readMerged(data json.RawMessage) (any, error) {
	var line mergedLine
	err := json.Unmarshal(data, &line)
	if err == nil && line.Document == nil {
		err = errors.New("no document")
	}
	if err != nil {
		return nil, err
	}
	return plan.Merged{Query: string(line.Query), Document: plan.Document(*line.Document)}, nil
}

// readLiteral reads a structure whose names are no tags.
func readLiteral(data json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	token, err := d.Token()
	switch {
	case err != nil:
		return nil, err
	case token == nil:
		return plan.Object(nil), nil
	case token != json.Delim('{'):
		return nil, errors.New("not a structure")
	}
	o := plan.Object{}
	for d.More() {
		name, err := nextName(d)
		if err != nil {
			return nil, err
		}
		v, err := nextValue(d)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		o = append(o, plan.Member{Name: name, Value: v})
	}
	return o, nil
}
