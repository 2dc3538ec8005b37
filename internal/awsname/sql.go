package awsname

import (
	"errors"
	"fmt"
	"strings"
)

// The names here may be anything that can be written between double quotes: who puts one into a statement must quote it.
// Redshift folds ASCII letters to lower case even there, so what is reserved is reserved in any case.

// SQLIdentifier is the Amazon Redshift Database Developer Guide, Names and identifiers, Delimited identifiers: 1 to 127
// bytes of printable characters.
func SQLIdentifier(s string) error { return sqlName("an SQL name", s) }

func sqlName(noun, s string) error {
	if err := printable(noun, s); err != nil {
		return err
	}
	return length(noun, "bytes", len(s), 1, 127)
}

// GroupName is the Amazon Redshift Database Developer Guide, CREATE GROUP. PUBLIC stands for every user in GRANT.
func GroupName(s string) error {
	const noun = "a group name"
	if err := sqlName(noun, s); err != nil {
		return err
	}
	if strings.HasPrefix(s, "__") {
		return fmt.Errorf("%s cannot begin with two underscores, which are reserved for Amazon Redshift, %s does", noun, brief(s))
	}
	if strings.EqualFold(s, "public") {
		return fmt.Errorf("%s cannot be PUBLIC, which means every user", noun)
	}
	return nil
}

// SchemaName is the Amazon Redshift Database Developer Guide, CREATE SCHEMA, without the schemas of the system. "public" is
// taken: it cannot be created, but it is there.
func SchemaName(s string) error {
	const noun = "a schema name"
	if err := sqlName(noun, s); err != nil {
		return err
	}
	folded := strings.ToLower(s)
	if strings.HasPrefix(folded, "pg_") {
		return fmt.Errorf("%s cannot begin with pg_, which is reserved for the system, %s does", noun, brief(s))
	}
	if folded == "information_schema" || folded == "catalog_history" {
		return fmt.Errorf("%s cannot be %s, which belongs to the system", noun, folded)
	}
	return nil
}

// Model is a model with its schema: see ParseModel.
func Model(s string) error {
	_, _, err := ParseModel(s)
	return err
}

// ParseModel takes schema.model apart: Amazon Redshift Database Developer Guide, GRANT, ON MODEL, and Names and
// identifiers. A part that has a dot or a double quote stands in double quotes, with each double quote in it doubled.
func ParseModel(s string) (schema, model string, err error) {
	if err := printable("a model", s); err != nil {
		return "", "", err
	}
	schema, rest, err := cutPart(s)
	if err != nil {
		return "", "", err
	}
	if rest == "" {
		return "", "", fmt.Errorf("a model is given as schema.model, %s has no dot", brief(s))
	}
	model, rest, err = cutPart(rest[1:])
	if err != nil {
		return "", "", err
	}
	if rest != "" {
		return "", "", fmt.Errorf("a model is given as schema.model, %s has more than one dot outside double quotes", brief(s))
	}
	if err := sqlName("a schema name", schema); err != nil {
		return "", "", err
	}
	if err := sqlName("a model name", model); err != nil {
		return "", "", err
	}
	return schema, model, nil
}

// cutPart takes the first part of a dotted name off: rest is empty or begins with the dot.
func cutPart(s string) (part, rest string, err error) {
	if strings.HasPrefix(s, `"`) {
		return cutQuoted(s)
	}
	part = s
	if i := strings.Index(s, "."); i >= 0 {
		part, rest = s[:i], s[i:]
	}
	if strings.Contains(part, `"`) {
		return "", "", fmt.Errorf("a name with a double quote stands in double quotes itself, %s does not", brief(part))
	}
	return part, rest, nil
}

func cutQuoted(s string) (part, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			b.WriteByte(s[i])
			continue
		}
		if rest = s[i+1:]; strings.HasPrefix(rest, `"`) {
			b.WriteByte('"')
			i++
			continue
		}
		if rest != "" && rest[0] != '.' {
			return "", "", fmt.Errorf("after a closing double quote comes a dot or the end, not %s", brief(rest))
		}
		return b.String(), rest, nil
	}
	return "", "", errors.New("a model has a double quote that is never closed")
}
