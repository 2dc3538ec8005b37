package sql_test

import "strings"

// split takes a script apart as an SQL client does: into the statements between the semicolons that
// stand in no quotes and no comment, and the comments. Clients end a -- comment at a line feed, and
// some at a carriage return too.
func split(script string) (statements, comments []string) {
	var now strings.Builder
	for s := script; s != ""; {
		switch {
		case strings.HasPrefix(s, "--"):
			end := strings.IndexAny(s, "\n\r")
			if end < 0 {
				end = len(s)
			}
			comments, s = append(comments, s[:end]), s[end:]
		case strings.HasPrefix(s, "/*"):
			comment, rest, _ := strings.Cut(s, "*/")
			comments, s = append(comments, comment), rest
		case s[0] == '"' || s[0] == '\'':
			n := quoted(s)
			now.WriteString(s[:n])
			s = s[n:]
		case s[0] == ';':
			statements, s = append(statements, strings.TrimSpace(now.String())), s[1:]
			now.Reset()
		default:
			now.WriteByte(s[0])
			s = s[1:]
		}
	}
	if rest := strings.TrimSpace(now.String()); rest != "" {
		statements = append(statements, rest)
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
