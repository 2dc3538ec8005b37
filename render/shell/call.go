package shell

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"onramp/internal/plan"
)

// command writes a call as the words of an AWS CLI command: each element is a word, or an option
// with its values. Lines that must come before it are written at once, with the indent given.
func (s *script) command(r plan.Resource, c plan.Call, indent string) []string {
	words := []string{"aws " + s.quote(cliService(c.Service)) + " " + s.quote(kebab(c.Operation))}
	for _, m := range c.Input {
		words = append(words, s.option(r, m, indent))
	}
	return words
}

// option writes a member of a call as an option.
func (s *script) option(r plan.Resource, m plan.Member, indent string) string {
	name := "--" + kebab(m.Name)
	switch v := m.Value.(type) {
	case bool:
		if !v {
			name = "--no-" + kebab(m.Name)
		}
		return name
	case int:
		return s.scalar(name, strconv.Itoa(v), indent)
	case string:
		return s.scalar(name, v, indent)
	case []string:
		return s.list(name, v)
	case plan.Object, []plan.Object:
		return name + " " + s.json(v)
	case plan.Document:
		return name + ` "file://$WORK/` + s.documentFile(r, v) + `"`
	case plan.Blob:
		return name + ` "fileb://$WORK/` + s.textFile(string(v), indent) + `"`
	case plan.Current:
		variable := "now_" + s.name(kebab(m.Name))
		s.printf("%scurrent %s\n%s%s=$VALUE\n", indent, s.word(v.Query), indent, variable)
		return `${` + variable + `:+` + name + ` "$` + variable + `"}` // no option where there is nothing
	case plan.RoleList:
		s.printf("%sroles %s\n", indent, strings.Join(append([]string{s.word(v.Query)}, s.words(v.Add)...), " "))
		return name + ` ${ROLES[@]+"${ROLES[@]}"}`
	}
	if m.Value == any(plan.EmptyText) {
		return s.scalar(name, "", indent)
	}
	s.fail(fmt.Errorf("member %s: a script cannot say a %T", m.Name, m.Value))
	return name
}

// scalar writes an option with one value. The CLI takes the beginning of a few texts for something
// else: an option, or the address of a file whose content is meant (awscli/paramfile.py).
func (s *script) scalar(name, value, indent string) string {
	if isAddress(value) {
		return name + ` "file://$WORK/` + s.textFile(value, indent) + `"`
	}
	if strings.HasPrefix(value, "-") {
		return name + "=" + s.word(value)
	}
	return name + " " + s.word(value)
}

// textFile writes a text into a file of its own in the script's private folder. Both versions of the CLI take the
// bytes of a file with fileb://, and differ in how they take them as a word.
func (s *script) textFile(value, indent string) string {
	s.texts++
	file := fmt.Sprintf("text-%d", s.texts)
	s.printf("%splain %s %s\n", indent, file, s.word(value))
	return file + ".txt"
}

func isAddress(value string) bool {
	return slices.ContainsFunc([]string{"file://", "fileb://", "http://", "https://"}, func(prefix string) bool {
		return strings.HasPrefix(value, prefix)
	})
}

// list writes an option with several values: as words, or where the CLI would misread one of them,
// as one word of JSON.
func (s *script) list(name string, values []string) string {
	strange := func(v string) bool {
		return isAddress(v) || strings.HasPrefix(v, "-") || strings.HasPrefix(strings.TrimSpace(v), "[")
	}
	if len(values) == 0 || slices.ContainsFunc(values, strange) {
		return name + " " + s.json(values)
	}
	return name + " " + strings.Join(s.words(values), " ")
}

func (s *script) words(texts []string) []string {
	words := make([]string, len(texts))
	for i, text := range texts {
		words[i] = s.word(text)
	}
	return words
}

// json writes a value as one word of JSON. References inside it are spliced in as they are: what
// AWS gives holds nothing that would end a string (take in prelude.sh sees to that).
func (s *script) json(v any) string {
	if readFirst(v) {
		s.fail(errNested)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		s.fail(err)
	}
	return s.word(strings.TrimSuffix(b.String(), "\n"))
}

// readFirst says whether a value that only a read gives is somewhere in v.
func readFirst(v any) bool {
	switch v := v.(type) {
	case plan.Current, plan.RoleList:
		return true
	case plan.Object:
		return slices.ContainsFunc(v, func(m plan.Member) bool { return readFirst(m.Value) })
	case []plan.Object:
		return slices.ContainsFunc(v, func(o plan.Object) bool { return readFirst(o) })
	}
	return false
}

// documentFile is the file of a document in the script's private folder.
func (s *script) documentFile(r plan.Resource, d plan.Document) string {
	return s.quote(r.ID+"-"+d.Name) + ".json"
}

// writeDocuments writes the documents of a step that the script does not have yet.
func (s *script) writeDocuments(r plan.Resource, st plan.Step) {
	for _, d := range documents(st) {
		file, text := s.documentFile(r, d), string(d.Policy.JSON())
		if have, ok := s.documents[file]; ok {
			if have != text {
				s.fail(fmt.Errorf("%s has two documents called %s", r.ID, d.Name))
			}
			continue
		}
		s.documents[file] = text
		if packed(text) != string(d.Policy.Compact()) {
			s.fail(fmt.Errorf("document %s of %s cannot be written line by line", d.Name, r.ID))
		}
		marked, tokens := s.tokens(text)
		words := append([]string{"document", strings.TrimSuffix(file, ".json")}, tokens...)
		s.printf("\n%s <<%s\n", strings.Join(words, " "), s.heredoc(marked))
	}
}

var memberName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^("[^"]*"): `)
})

// packed takes away the white space that is for readers, just as document of prelude.sh does.
func packed(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = memberName().ReplaceAllString(strings.TrimLeft(line, " "), "$1:")
	}
	return strings.Join(lines, "")
}

// documents lists the documents that a step sends or compares with.
func documents(st plan.Step) []plan.Document {
	var out []plan.Document
	if st.Check.Document != nil {
		out = append(out, *st.Check.Document)
	}
	for _, c := range slices.Concat(st.Create, st.Update) {
		for _, m := range c.Input {
			if d, ok := m.Value.(plan.Document); ok {
				out = append(out, d)
			}
		}
	}
	return out
}
