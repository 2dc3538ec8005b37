package sql_test

import "strings"

// piece is a statement with the comments before it; the last has no statement where comments end the script.
type piece struct {
	comments  []string
	statement string
}

// pieces takes a script apart as an SQL client does: into the statements between the semicolons that stand in no quotes and
// no comment, and the comments. Clients end a -- comment at a line feed, and some at a carriage return too.
func pieces(script string) (out []piece) {
	var now strings.Builder
	var p piece
	for s := script; s != ""; {
		switch {
		case strings.HasPrefix(s, "--"):
			end := strings.IndexAny(s, "\n\r")
			if end < 0 {
				end = len(s)
			}
			p.comments, s = append(p.comments, s[:end]), s[end:]
		case strings.HasPrefix(s, "/*"):
			comment, rest, _ := strings.Cut(s, "*/")
			p.comments, s = append(p.comments, comment), rest
		case s[0] == '"' || s[0] == '\'':
			n := quoted(s)
			now.WriteString(s[:n])
			s = s[n:]
		case s[0] == ';':
			p.statement, s = strings.TrimSpace(now.String()), s[1:]
			out, p = append(out, p), piece{}
			now.Reset()
		default:
			now.WriteByte(s[0])
			s = s[1:]
		}
	}
	if p.statement = strings.TrimSpace(now.String()); p.statement != "" || len(p.comments) > 0 {
		out = append(out, p)
	}
	return out
}

// split is the statements and the comments of a script, each in their order.
func split(script string) (statements, comments []string) {
	for _, p := range pieces(script) {
		comments = append(comments, p.comments...)
		if p.statement != "" {
			statements = append(statements, p.statement)
		}
	}
	return statements, comments
}

// quoted is how long the quoted text is that s begins with.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && s[0] == '\'':
			i++
		case s[i] == s[0] && i+1 < len(s) && s[i+1] == s[0]:
			i++
		case s[i] == s[0]:
			return i + 1
		}
	}
	return len(s)
}
