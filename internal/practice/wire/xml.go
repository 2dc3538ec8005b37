package wire

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxDepth bounds the nesting of a document: no setting of a bucket needs half of it.
const maxDepth = 20

// fromXML reads a document: the name of its root, and below it strings, maps, and lists where an
// element stands more than once.
func fromXML(data []byte) (root string, tree any, err error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if err != nil {
			return "", nil, fmt.Errorf("read XML: %w", err)
		}
		if start, ok := token.(xml.StartElement); ok {
			tree, err := element(d, 1)
			if err != nil {
				return "", nil, fmt.Errorf("read XML: %w", err)
			}
			return start.Name.Local, tree, trailing(d)
		}
	}
}

func trailing(d *xml.Decoder) error {
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if _, ok := token.(xml.StartElement); ok || err != nil {
			return errors.New("read XML: more than one document")
		}
	}
}

func element(d *xml.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errors.New("nested too deeply")
	}
	var text strings.Builder
	var kids map[string]any
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.StartElement:
			kid, err := element(d, depth+1)
			if err != nil {
				return nil, err
			}
			if kids == nil {
				kids = map[string]any{}
			}
			kids[token.Name.Local] = joined(kids, token.Name.Local, kid)
		case xml.EndElement:
			if kids == nil {
				return text.String(), nil
			}
			return kids, nil
		}
	}
}

func joined(kids map[string]any, name string, kid any) any {
	have, twice := kids[name]
	if !twice {
		return kid
	}
	if list, ok := have.([]any); ok {
		return append(list, kid)
	}
	return []any{have, kid}
}

// xmlWriter writes answers. item is the element of a list that names none.
type xmlWriter struct {
	bytes.Buffer
	item string
	time string // how moments are written
}

func (w *xmlWriter) fields(f Fields) {
	for _, field := range f {
		w.member(field.Name, field.Value)
	}
}

func (w *xmlWriter) member(name string, value any) {
	list, ok := value.(List)
	if s, isStrings := value.([]string); isStrings {
		list, ok = Strings("", s), true
	}
	switch {
	case ok && list.Flat:
		for _, v := range list.Of {
			w.member(name, v)
		}
		return
	case ok:
		item := list.Item
		if item == "" {
			item = w.item
		}
		w.open(name)
		for _, v := range list.Of {
			w.member(item, v)
		}
		w.close(name)
		return
	}
	if many, ok := value.([]any); ok { // of a document that was stored
		for _, v := range many {
			w.member(name, v)
		}
		return
	}
	w.open(name)
	w.value(value)
	w.close(name)
}

func (w *xmlWriter) open(name string) { w.WriteString("<" + name + ">") }

// close leaves out the attributes that a name may carry.
func (w *xmlWriter) close(name string) {
	name, _, _ = strings.Cut(name, " ")
	w.WriteString("</" + name + ">")
}

func (w *xmlWriter) value(value any) {
	switch v := value.(type) {
	case Fields:
		w.fields(v)
	case Input:
		w.tree(v)
	case map[string]any:
		w.tree(v)
	case time.Time:
		w.WriteString(v.UTC().Format(w.time))
	case bool:
		w.WriteString(strconv.FormatBool(v))
	case int:
		w.WriteString(strconv.Itoa(v))
	case int64:
		w.WriteString(strconv.FormatInt(v, 10))
	default:
		_ = xml.EscapeText(&w.Buffer, []byte(text(value))) // a buffer takes everything
	}
}

func (w *xmlWriter) tree(tree map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		w.member(name, tree[name])
	}
}
