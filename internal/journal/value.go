package journal

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"onramp/internal/plan"
)

// Values of a call are JSON where JSON has them: texts, truth, whole numbers, lists, structures. What it
// has not is a structure with one member, whose name begins with a dollar sign and says what the value
// is: {"$current": "query"}. A structure of an API that has such a member stands within "$object".
const (
	tagBytes    = "$bytes"    // a text that is not UTF-8, in base64
	tagBlob     = "$blob"     // plan.Blob
	tagEmpty    = "$empty"    // the empty text, to be sent
	tagTexts    = "$texts"    // a list of texts that JSON's own does not hold: none, or with bytes
	tagObject   = "$object"   // a structure whose names are not tags; null: none
	tagObjects  = "$objects"  // a list of structures that is empty, or none
	tagCurrent  = "$current"  // plan.Current
	tagBefore   = "$before"   // plan.Before
	tagMerged   = "$merged"   // plan.Merged
	tagRoles    = "$roles"    // plan.RoleList
	tagDocument = "$document" // plan.Document
)

// hidden is written in the place of a secret.
const hidden = "***"

// secret says that a member holds what must not be written down. No call of onramp has one: AWS makes
// and keeps the passwords. Whether AWS is to do so is a secret to nobody.
func secret(m plan.Member) bool {
	if _, choice := m.Value.(bool); choice {
		return false
	}
	name := strings.ToLower(m.Name)
	for _, end := range []string{"password", "secretstring", "secretbinary", "secretaccesskey", "sessiontoken"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// text is a string that survives: encoding/json puts U+FFFD in the place of what is not UTF-8.
type text string

func (t text) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(t)) {
		return encodeJSON(string(t))
	}
	return encodeJSON(map[string][]byte{tagBytes: []byte(t)})
}

func (t *text) UnmarshalJSON(data []byte) error {
	v, err := readValue(data)
	if err != nil {
		return err
	}
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("want a text, have %.40s", data)
	}
	*t = text(s)
	return nil
}

func texts(list []string) []text { return each(list, func(s string) text { return text(s) }) }
func plain(list []text) []string { return each(list, func(t text) string { return string(t) }) }

// encodeJSON is json.Marshal without the escapes that are made for HTML.
func encodeJSON(v any) ([]byte, error) {
	line, err := encode(v)
	return bytes.TrimSuffix(line, []byte("\n")), err
}

// object is a structure of an API, as it is written down.
type object plan.Object

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := writeValue(&b, plan.Object(o))
	return b.Bytes(), err
}

func writeValue(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case nil, bool, int:
		return writeJSON(b, v)
	case string:
		return writeJSON(b, text(v))
	case []string:
		return writeTexts(b, v)
	case plan.Object:
		return writeObject(b, v)
	case []plan.Object:
		return writeObjects(b, v)
	case plan.Current:
		return writeTagged(b, tagCurrent, text(v.Query))
	case plan.Before:
		return writeTagged(b, tagBefore, beforeLine{text(v.Query), v.Text})
	case plan.Merged:
		return writeTagged(b, tagMerged, mergedLine{text(v.Query), (*document)(&v.Document)})
	case plan.RoleList:
		return writeTagged(b, tagRoles, rolesLine{text(v.Query), texts(v.Add), texts(v.Remove)})
	case plan.Document:
		return writeTagged(b, tagDocument, document(v))
	case plan.Blob:
		return writeTagged(b, tagBlob, text(v))
	}
	if v == any(plan.EmptyText) {
		return writeTagged(b, tagEmpty, true)
	}
	return fmt.Errorf("a value is a %T, and calls have none", v)
}

type (
	beforeLine struct {
		Query text `json:"query,omitzero"`
		Text  bool `json:"text,omitzero"`
	}
	mergedLine struct {
		Query    text      `json:"query,omitzero"`
		Document *document `json:"document"`
	}
	rolesLine struct {
		Query  text   `json:"query,omitzero"`
		Add    []text `json:"add,omitzero"`
		Remove []text `json:"remove,omitzero"`
	}
)

func writeJSON(b *bytes.Buffer, v any) error {
	data, err := encodeJSON(v)
	b.Write(data)
	return err
}

func writeTagged(b *bytes.Buffer, tag string, v any) error {
	b.WriteString(`{"` + tag + `":`)
	err := writeJSON(b, v)
	b.WriteByte('}')
	return err
}

func writeTexts(b *bytes.Buffer, list []string) error {
	whole := list != nil
	for _, s := range list {
		whole = whole && utf8.ValidString(s)
	}
	if !whole {
		return writeTagged(b, tagTexts, texts(list))
	}
	return writeJSON(b, list)
}

func writeObjects(b *bytes.Buffer, list []plan.Object) error {
	if len(list) == 0 {
		return writeTagged(b, tagObjects, list)
	}
	for i, o := range list {
		b.WriteByte("[,"[min(i, 1)])
		if err := writeObject(b, o); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

func writeObject(b *bytes.Buffer, o plan.Object) error {
	if o == nil {
		return writeTagged(b, tagObject, nil)
	}
	for _, m := range o {
		if strings.HasPrefix(m.Name, "$") {
			b.WriteString(`{"` + tagObject + `":`)
			err := writeMembers(b, o)
			b.WriteByte('}')
			return err
		}
	}
	return writeMembers(b, o)
}

func writeMembers(b *bytes.Buffer, o plan.Object) error {
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if !utf8.ValidString(m.Name) {
			return fmt.Errorf("the name %q of a member is not UTF-8", m.Name)
		}
		if err := writeJSON(b, m.Name); err != nil {
			return err
		}
		b.WriteByte(':')
		if secret(m) {
			m.Value = hidden
		}
		if err := writeValue(b, m.Value); err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	b.WriteByte('}')
	return nil
}
