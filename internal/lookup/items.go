package lookup

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names of a row's members that are not answers; see Row.
const (
	valueOf = "value"
	notesOf = "notes"
	firstOf = "first"
	private = "_"
)

// list is what is shown of the rows. Names in an account are given by anyone: what holds characters
// that a terminal obeys is left out, and can still be typed.
func (s Spec) list(f found, get func(key string) string) List {
	var first, others []Item
	for _, row := range f.rows {
		value := row.Text(valueOf)
		if value == "" || !printable(value) || !row.meets(s.Where, get, true) {
			continue
		}
		item := Item{Value: value, Notes: row.notes(), Brings: row.brings()}
		if wanted, _ := row[firstOf].(bool); wanted || row.meets(s.First, get, false) {
			first = append(first, item)
			continue
		}
		others = append(others, item)
	}
	return List{Items: append(first, others...), More: f.more}
}

// printable says that a text does nothing but stand there: no line break, no escape sequence, nothing
// that turns the direction of writing, no mark of package plan's references.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// meets says whether the members hold what the answers say; without conditions it is none.
func (r Row) meets(conditions map[string]string, get func(key string) string, none bool) bool {
	for member, key := range conditions {
		wanted := strings.Split(get(key), ",")
		if !slices.ContainsFunc(r.Texts(member), func(s string) bool { return s != "" && slices.Contains(wanted, s) }) {
			return false
		}
	}
	return none || len(conditions) > 0
}

func (r Row) notes() []string {
	notes, _ := r[notesOf].([]any)
	var out []string
	for _, note := range notes {
		if s := text(note); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// text is a note in words; "" where it, or one of its parts, is missing.
func text(note any) string {
	switch v := note.(type) {
	case string:
		return plain(name(v))
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		parts := make([]string, len(v))
		for i, part := range v {
			if parts[i] = text(part); parts[i] == "" {
				return ""
			}
		}
		return strings.Join(parts, " ")
	}
	return ""
}

// name shortens an ARN to the name at its end: notes are to be read at a glance.
func name(s string) string {
	if strings.HasPrefix(s, "arn:") {
		return s[strings.LastIndexAny(s, ":/")+1:]
	}
	return s
}

// plain puts a space in the place of what is not printable, and one where there are many.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	return strings.Join(strings.Fields(s), " ")
}

// brings are the answers among a row's members.
func (r Row) brings() map[string]any {
	var out map[string]any
	put := func(key string, value any) {
		if out == nil {
			out = map[string]any{}
		}
		out[key] = value
	}
	for key, value := range r {
		if key == valueOf || key == notesOf || key == firstOf || strings.HasPrefix(key, private) {
			continue
		}
		texts := slices.DeleteFunc(slices.Clone(r.Texts(key)), func(s string) bool { return s == "" || !printable(s) })
		if len(texts) == 0 {
			continue
		}
		if _, one := value.(string); one {
			put(key, texts[0])
			continue
		}
		put(key, texts)
	}
	return out
}
