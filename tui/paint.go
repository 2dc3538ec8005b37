package tui

import "strings"

// paint colours one line of JSON or of a tree: what the operator answers stands out from what the
// format wants. It looks at single lines only, so that what is not in sight costs nothing. A
// changed line has the accent colour as a whole.
func paint(t theme, l string, changed bool) string {
	if changed {
		return t.accent.Render(l)
	}
	if text := strings.TrimLeft(l, stems); strings.ContainsAny(l[:len(l)-len(text)], marks) {
		return paintStem(t, l[:len(l)-len(text)]) + t.plain.Render(text)
	}
	body := strings.TrimLeft(l, " ")
	if body == "" || !strings.ContainsRune(`"{}[]`, rune(body[0])) {
		return t.plain.Render(l)
	}
	space := l[:len(l)-len(body)]
	name, value, found := cutName(body)
	if !found {
		return space + paintValue(t, body)
	}
	return space + t.dim.Render(name+":") + paintValue(t, value)
}

// What a line of a tree begins with.
const (
	marks = "│├└─+~=.!"
	stems = marks + " "
)

// paintStem dims the lines of a tree, and gives what happens to a resource the accent colour.
func paintStem(t theme, stem string) string {
	lines := strings.TrimRight(stem, "+~=.! ")
	return t.dim.Render(lines) + t.accent.Render(stem[len(lines):])
}

// cutName takes the name of a member off a line of JSON.
func cutName(body string) (name, value string, found bool) {
	if body[0] != '"' {
		return "", "", false
	}
	end := closing(body)
	if end < 0 || end+1 >= len(body) || body[end+1] != ':' {
		return "", "", false
	}
	return body[:end+1], body[end+2:], true
}

// closing is the index of the quote that ends the string with which s begins, or -1.
func closing(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// paintValue dims what only holds a document together.
func paintValue(t theme, s string) string {
	inner := strings.TrimSuffix(s, ",")
	comma := t.dim.Render(s[len(inner):])
	if strings.Trim(inner, " {}[]") == "" {
		return t.dim.Render(inner) + comma
	}
	return t.plain.Render(inner) + comma
}
