package awsname

import (
	"strings"
	"testing"
)

func TestSQLIdentifier(t *testing.T) {
	judge(t, SQLIdentifier, map[string]verdict{
		"a standard name":                        {"demo_ml", ""},
		"a reserved word, for it will be quoted": {"group", ""},
		"a hostile name, for it will be quoted":  {`"; DROP TABLE x; -- '$(id)` + "`", ""},
		"spaces":                                 {" a b ", ""},
		"two underscores":                        {"__x", ""},
		"127 bytes":                              {strings.Repeat("a", 127), ""},
		"128 bytes":                              {strings.Repeat("a", 128), "an SQL name is 1 to 127 bytes long, this one has 128"},
		"126 bytes of two each":                  {strings.Repeat("é", 63), ""},
		"127 bytes in 64 characters":             {strings.Repeat("é", 63) + "a", ""},
		"128 bytes in 64 characters":             {strings.Repeat("é", 64), "an SQL name is 1 to 127 bytes long, this one has 128"},
		"128 bytes in 32 characters":             {strings.Repeat("🦆", 32), "an SQL name is 1 to 127 bytes long, this one has 128"},
		"nothing":                                {"", "an SQL name is 1 to 127 bytes long, this one is empty"},
		"NUL":                                    {"a\x00b", "an SQL name cannot contain control characters, this one has U+0000 as character 2"},
		"a newline":                              {"a\nb", "an SQL name cannot contain control characters, this one has U+000A as character 2"},
		"a right-to-left override":               {"\u202egrp", "an SQL name cannot contain bidirectional control marks, this one has U+202E as character 1"},
	})
}

func TestGroupName(t *testing.T) {
	judge(t, GroupName, map[string]verdict{
		"of the document":      {"retention_analyst_grp", ""},
		"one underscore":       {"_grp", ""},
		"two, but not first":   {"a__b", ""},
		"any characters":       {`Größe "x" $(id)`, ""},
		"public in a word":     {"public_grp", ""},
		"127 bytes":            {strings.Repeat("g", 127), ""},
		"128 bytes":            {strings.Repeat("g", 128), "a group name is 1 to 127 bytes long, this one has 128"},
		"nothing":              {"", "a group name is 1 to 127 bytes long, this one is empty"},
		"two underscores":      {"__grp", `a group name cannot begin with two underscores, which are reserved for Amazon Redshift, "__grp" does`},
		"PUBLIC":               {"PUBLIC", "a group name cannot be PUBLIC, which means every user"},
		"public in lower case": {"public", "a group name cannot be PUBLIC, which means every user"},
		"a tab":                {"a\tb", "a group name cannot contain control characters, this one has U+0009 as character 2"},
	})
}

func TestSchemaName(t *testing.T) {
	judge(t, SchemaName, map[string]verdict{
		"of the document":       {"demo_ml", ""},
		"public, which exists":  {"public", ""},
		"pg without underscore": {"pgdata", ""},
		"127 bytes":             {strings.Repeat("s", 127), ""},
		"128 bytes":             {strings.Repeat("s", 128), "a schema name is 1 to 127 bytes long, this one has 128"},
		"nothing":               {"", "a schema name is 1 to 127 bytes long, this one is empty"},
		"the catalogue":         {"pg_catalog", `a schema name cannot begin with pg_, which is reserved for the system, "pg_catalog" does`},
		"a temporary schema":    {"PG_Temp_1", `a schema name cannot begin with pg_, which is reserved for the system, "PG_Temp_1" does`},
		"information_schema":    {"Information_Schema", "a schema name cannot be information_schema, which belongs to the system"},
		"catalog_history":       {"catalog_history", "a schema name cannot be catalog_history, which belongs to the system"},
		"a newline":             {"a\nb", "a schema name cannot contain control characters, this one has U+000A as character 2"},
	})
}

func TestParseModel(t *testing.T) {
	for in, want := range map[string][2]string{
		"demo_ml.churn":         {"demo_ml", "churn"},
		`"demo_ml"."churn"`:     {"demo_ml", "churn"},
		`"demo.ml".churn`:       {"demo.ml", "churn"},
		`demo_ml."ch.urn"`:      {"demo_ml", "ch.urn"},
		`"a""b"."""c"""`:        {`a"b`, `"c"`},
		`"""".""""`:             {`"`, `"`},
		"my schema.my model":    {"my schema", "my model"},
		"größe.日本":              {"größe", "日本"},
		`"'; DROP".$(id)`:       {"'; DROP", "$(id)"},
		quoted(long127) + ".m":  {long127, "m"},
		"m." + quoted(long127):  {"m", long127},
		"Demo_ML.Churn":         {"Demo_ML", "Churn"},
		`"a".b`:                 {"a", "b"},
		`"group"."select"`:      {"group", "select"},
		"pg_catalog.some_model": {"pg_catalog", "some_model"},
	} {
		schema, model, err := ParseModel(in)
		if err != nil || schema != want[0] || model != want[1] {
			t.Errorf("ParseModel(%q) = %q, %q, %v", in, schema, model, err)
		}
	}
}

var long127 = strings.Repeat("x", 127)

func TestModelRefuses(t *testing.T) {
	judge(t, Model, map[string]verdict{
		"nothing":                      {"", `a model is given as schema.model, "" has no dot`},
		"no schema":                    {"churn", `a model is given as schema.model, "churn" has no dot`},
		"no schema, in quotes":         {`"demo.churn"`, `a model is given as schema.model, "\"demo.churn\"" has no dot`},
		"a database too":               {"dev.demo.churn", `a model is given as schema.model, "dev.demo.churn" has more than one dot outside double quotes`},
		"a database too, in quotes":    {`"dev"."demo"."churn"`, `a model is given as schema.model, "\"dev\".\"demo\".\"churn\"" has more than one dot outside double quotes`},
		"a dot at the end":             {"demo.churn.", `a model is given as schema.model, "demo.churn." has more than one dot outside double quotes`},
		"an empty schema":              {".churn", "a schema name is 1 to 127 bytes long, this one is empty"},
		"an empty model":               {"demo.", "a model name is 1 to 127 bytes long, this one is empty"},
		"an empty schema in quotes":    {`"".churn`, "a schema name is 1 to 127 bytes long, this one is empty"},
		"a schema of 128 bytes":        {long127 + "x.m", "a schema name is 1 to 127 bytes long, this one has 128"},
		"a model of 128 bytes":         {"s." + long127 + "x", "a model name is 1 to 127 bytes long, this one has 128"},
		"a quote inside a bare part":   {`de"mo.churn`, `a name with a double quote stands in double quotes itself, "de\"mo" does not`},
		"a quote that is never closed": {`"demo.churn`, "a model has a double quote that is never closed"},
		"only a quote":                 {`"`, "a model has a double quote that is never closed"},
		"a quote doubled at the end":   {`demo."churn""`, "a model has a double quote that is never closed"},
		"text after a closing quote":   {`"demo"x.churn`, `after a closing double quote comes a dot or the end, not "x.churn"`},
		"a newline in quotes":          {"\"de\nmo\".churn", "a model cannot contain control characters, this one has U+000A as character 4"},
		"a right-to-left mark":         {"demo.\u200fchurn", "a model cannot contain bidirectional control marks, this one has U+200F as character 6"},
	})
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// modelsComeBack holds ParseModel to its own notation, and every pair of SQL names to being a model when quoted.
func modelsComeBack(t *testing.T, s string) {
	t.Helper()
	if SQLIdentifier(s) == nil {
		comesBack(t, s, s)
	}
	if schema, model, err := ParseModel(s); err == nil {
		comesBack(t, schema, model)
	} else if schema != "" || model != "" {
		t.Errorf("ParseModel(%q) = %q, %q with an error", s, schema, model)
	}
}

func comesBack(t *testing.T, schema, model string) {
	t.Helper()
	s, m, err := ParseModel(quoted(schema) + "." + quoted(model))
	if err != nil || s != schema || m != model {
		t.Errorf("%q, %q came back as %q, %q, %v", schema, model, s, m, err)
	}
}
