package redshiftsql_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/plan"
	"onramp/internal/practice/database"
	"onramp/internal/redshiftsql"
)

// hostile are names that would change a statement if they were not quoted.
var hostile = []string{
	"analysts", `a"b`, `"`, `""`, `";`, `'`, `''`, `\`, `\'`, `\"`, `'; DROP SCHEMA public CASCADE; --`, `" TO PUBLIC; --`, "--", "/*", "*/", ";", "$(x)", "$$", "$1", ":name", "?", "%s",
	"a\nb", "a\x00b", "日本", "ünïcødé", "select", "PUBLIC", "", " ", "a b", "\u2019", "\\u0027", "E'", "U&", "x'", "\ufdd0key.id\ufdd1",
}

func name() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom(hostile), rapid.String(), rapid.StringMatching(`[a-z"'\\;\-*/ $]{0,10}`))
}

// statements are all that the package writes, of the names given.
func statements(a, b, c string) map[string]plan.Statement {
	return map[string]plan.Statement{
		"CREATE GROUP I":                                    redshiftsql.CreateGroup(a),
		"CREATE SCHEMA IF NOT EXISTS I":                     redshiftsql.CreateSchema(a),
		"GRANT CREATE MODEL TO GROUP I":                     redshiftsql.GrantCreateModel(a),
		"GRANT USAGE ON SCHEMA I TO GROUP I":                redshiftsql.GrantSchema(a, b, "USAGE"),
		"GRANT CREATE , USAGE ON SCHEMA I TO GROUP I":       redshiftsql.GrantSchema(a, b, "CREATE", "USAGE"),
		"REVOKE ASSUMEROLE ON ALL FROM PUBLIC FOR ALL":      redshiftsql.RevokeAssumeRole(a, b),
		"GRANT ASSUMEROLE ON L TO GROUP I FOR CREATE MODEL": redshiftsql.GrantAssumeRole(a, b),
		"GRANT EXECUTE ON MODEL I . I TO GROUP I":           {Text: redshiftsql.GrantExecute(a, b, c), Undo: redshiftsql.RevokeExecute(a, b, c)},
		"REVOKE EXECUTE ON MODEL I . I FROM GROUP I":        {Text: redshiftsql.RevokeExecute(a, b, c)},
	}
}

// TestQuotesHold: whatever the names are, a statement has the shape that it has with harmless ones,
// so that no name becomes a word, a second statement or a comment.
func TestQuotesHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := name().Draw(t, "a"), name().Draw(t, "b"), name().Draw(t, "c")
		harmless := statements("a", "b", "c")
		for want, s := range statements(a, b, c) {
			if got, err := shape(s.Text); err != nil || got != want {
				t.Fatalf("%s has the shape %q, %v; want %q", s.Text, got, err, want)
			}
			for what, texts := range map[string][2]string{"undo": {s.Undo, harmless[want].Undo}, "query": {s.Holds, harmless[want].Holds}, "query before the undo": {s.Remains, harmless[want].Remains}} {
				got, err := shape(texts[0])
				plain, _ := shape(texts[1])
				got, plain = strings.ReplaceAll(got, "IN ( L , L )", "= L"), strings.ReplaceAll(plain, "IN ( L , L )", "= L") // see looked
				if err != nil || got != plain || strings.Contains(got, ";") {
					t.Fatalf("the %s %s has the shape %q, %v; want %q", what, texts[0], got, err, plain)
				}
			}
		}
	})
}

// TestNamesArriveAsTheyAre: what stands between the quotes is the name again, once for each place.
func TestNamesArriveAsTheyAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := name().Draw(t, "a"), name().Draw(t, "b"), name().Draw(t, "c")
		tests := map[string]struct{ identifiers, literals []string }{
			redshiftsql.Ident(a):                            {identifiers: []string{a}},
			redshiftsql.Literal(a):                          {literals: []string{a}},
			redshiftsql.Qualified(a, b):                     {identifiers: []string{a, b}},
			redshiftsql.CreateGroup(a).Text:                 {identifiers: []string{a}},
			redshiftsql.CreateGroup(a).Undo:                 {identifiers: []string{a}},
			redshiftsql.CreateGroup(a).Holds:                {literals: looked(a)},
			redshiftsql.CreateSchema(a).Holds:               {literals: looked(a)},
			redshiftsql.GrantSchema(a, b, "USAGE").Text:     {identifiers: []string{a, b}},
			redshiftsql.GrantSchema(a, b, "USAGE").Holds:    {literals: slices.Concat(looked(a), []string{"USAGE", "group"}, looked(b))},
			redshiftsql.GrantAssumeRole(a, b).Text:          {identifiers: []string{b}, literals: []string{a}},
			redshiftsql.GrantAssumeRole(a, b).Undo:          {identifiers: []string{b}, literals: []string{a}},
			redshiftsql.GrantExecute(a, b, c):               {identifiers: []string{a, b, c}},
			redshiftsql.RevokeExecute(a, b, c):              {identifiers: []string{a, b, c}},
			model(a, b, c, "r"+a, b, "k"+c).SQL():           {identifiers: []string{a, b, c}, literals: []string{"r" + a, b, "k" + c}},
			model(a, b, c, "", b, "").SQL():                 {identifiers: []string{a, b, c}, literals: []string{b}},
			"SELECT " + redshiftsql.Literal(a) + " AS x, 1": {literals: []string{a}},
		}
		for sql, want := range tests {
			if got := values(sql, identifier); !slices.Equal(got, want.identifiers) {
				t.Fatalf("%s has the identifiers %q, want %q", sql, got, want.identifiers)
			}
			if got := values(sql, literal); !slices.Equal(got, want.literals) {
				t.Fatalf("%s has the literals %q, want %q", sql, got, want.literals)
			}
		}
	})
}

// looked is how a catalog is asked for a name: as Redshift folds it, and as it is.
func looked(name string) []string {
	if folded := redshiftsql.Fold(name); folded != name {
		return []string{folded, name}
	}
	return []string{name}
}

func TestFold(t *testing.T) {
	tests := map[string]struct{ name, want string }{
		"lower case stays":                {"analysts_1", "analysts_1"},
		"capitals become small":           {"Analysts AZ", "analysts az"},
		"other letters stay as they are":  {"ÜNÏ Σ İ K", "ÜnÏ Σ İ k"},
		"what is no letter stays as well": {`@[\]^_{|}~`, `@[\]^_{|}~`},
		"nothing":                         {"", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := redshiftsql.Fold(test.name); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	want := []string{"analysts", "Analysts"}
	if got := values(redshiftsql.CreateGroup("Analysts").Holds, literal); !slices.Equal(got, want) {
		t.Errorf("a name with a capital is looked for as %q, want %q", got, want)
	}
}

func model(schema, name, function, role, bucket, key string) redshiftsql.Model {
	return redshiftsql.Model{Schema: schema, Name: name, Function: function, RoleARN: role, Bucket: bucket, KeyID: key}
}

func TestStatements(t *testing.T) {
	tests := map[string]struct {
		statement         plan.Statement
		text, undo, holds string
		want              string
	}{
		"a group": {
			redshiftsql.CreateGroup("analysts"),
			`CREATE GROUP "analysts"`, `DROP GROUP "analysts"`, `SELECT COUNT(*) FROM pg_group WHERE groname = 'analysts'`, "1",
		},
		"a schema, which is dropped only where it holds nothing": {
			redshiftsql.CreateSchema("ml"),
			`CREATE SCHEMA IF NOT EXISTS "ml"`, `DROP SCHEMA "ml" RESTRICT`, `SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'ml'`, "1",
		},
		"creating models": {
			redshiftsql.GrantCreateModel("analysts"),
			`GRANT CREATE MODEL TO GROUP "analysts"`, `REVOKE CREATE MODEL FROM GROUP "analysts"`,
			`SELECT COUNT(*) FROM svv_language_privileges WHERE language_name = 'mlfunc' AND privilege_type = 'USAGE' AND identity_type = 'group' AND identity_name = 'analysts'`, "1",
		},
		"two privileges on a schema": {
			redshiftsql.GrantSchema("ml", "analysts", "CREATE", "USAGE"),
			`GRANT CREATE, USAGE ON SCHEMA "ml" TO GROUP "analysts"`, `REVOKE CREATE, USAGE ON SCHEMA "ml" FROM GROUP "analysts"`,
			`SELECT COUNT(DISTINCT privilege_type) FROM svv_schema_privileges WHERE namespace_name = 'ml' AND privilege_type IN ('CREATE', 'USAGE') AND identity_type = 'group' AND identity_name = 'analysts'`,
			"2",
		},
		"the use of a role": {
			redshiftsql.GrantAssumeRole("arn:aws:iam::111122223333:role/ml", "analysts"),
			`GRANT ASSUMEROLE ON 'arn:aws:iam::111122223333:role/ml' TO GROUP "analysts" FOR CREATE MODEL`,
			`REVOKE ASSUMEROLE ON 'arn:aws:iam::111122223333:role/ml' FROM GROUP "analysts" FOR CREATE MODEL`,
			`SELECT COUNT(*) FROM svv_iam_privileges WHERE iam_arn = 'arn:aws:iam::111122223333:role/ml' AND command_type = 'CREATE MODEL' AND identity_type = 'group' AND identity_name = 'analysts'`,
			"1",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := test.statement
			if s.Text != test.text || s.Undo != test.undo || s.Holds != test.holds || s.Want != test.want {
				t.Errorf("got\n%s\n%s\n%s\n%s", s.Text, s.Undo, s.Holds, s.Want)
			}
			if s.Title == "" {
				t.Error("has no title")
			}
		})
	}
	undo := redshiftsql.RevokeAssumeRole("analysts", "arn").Undo
	if undo != "GRANT ASSUMEROLE ON ALL TO PUBLIC FOR ALL" {
		t.Errorf("taking the roles away is undone by %s", undo)
	}
}

// TestRemains asks a database what is left of what a statement has made: 1 that it stands as it was made, 0
// that it is gone, anything else that others rely on it.
func TestRemains(t *testing.T) {
	const role = "arn:aws:iam::000000000000:role/ml"
	group, revoke := redshiftsql.CreateGroup("Analysts"), redshiftsql.RevokeAssumeRole("analysts", role)
	tests := map[string]struct {
		statement plan.Statement
		before    []string
		want      string
	}{
		"no group":                        {group, nil, "[0]"},
		"a group":                         {group, []string{group.Text}, "[1]"},
		"a group with a member":           {group, []string{group.Text, "CREATE USER u PASSWORD DISABLE IN GROUP analysts"}, "[2]"},
		"everybody may use every role":    {revoke, nil, "[0]"},
		"nobody may use any":              {revoke, []string{revoke.Text}, "[1]"},
		"somebody else was granted a use": {revoke, []string{revoke.Text, "CREATE GROUP others", redshiftsql.GrantAssumeRole(role, "others").Text}, "[2]"},
		"it was given back":               {revoke, []string{revoke.Text, revoke.Undo}, "[0]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := database.New()
			var rows database.Rows
			for _, sql := range append(test.before, test.statement.Remains) {
				var err error
				if rows, err = d.Exec(database.Admin, sql); err != nil {
					t.Fatalf("%s: %v", sql, err)
				}
			}
			if got := fmt.Sprint(rows.Records[0]); got != test.want {
				t.Errorf("%s answers %s, want %s", test.statement.Remains, got, test.want)
			}
		})
	}
}

// TestModelClauses: CREATE MODEL takes its clauses in one order only (Amazon Redshift Database
// Developer Guide, CREATE MODEL).
func TestModelClauses(t *testing.T) {
	sql := model("ml", "first", "predict", "arn:aws:iam::111122223333:role/ml", "acme", keyID).SQL()
	at := -1
	for _, clause := range []string{"CREATE MODEL", "FROM (", "TARGET", "FUNCTION", "IAM_ROLE '", "SETTINGS (", "S3_BUCKET 'acme'", "KMS_KEY_ID '" + keyID + "'"} {
		next := strings.Index(sql, clause)
		if next <= at {
			t.Errorf("%s is not there in its place: %s", clause, sql)
		}
		at = next
	}
	if sql := model("ml", "first", "predict", "", "acme", "").SQL(); !strings.Contains(sql, "IAM_ROLE default") || strings.Contains(sql, "KMS") {
		t.Errorf("without role and key: %s", sql)
	}
}

const keyID = "1234abcd-12ab-34cd-56ef-1234567890ab"

func FuzzQuotes(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, "b")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, sql := range []string{redshiftsql.GrantAssumeRole(a, b).Text, redshiftsql.GrantAssumeRole(a, b).Holds, redshiftsql.GrantSchema(a, b, "USAGE").Text} {
			tokens, err := lex(sql)
			if err != nil || slices.Contains(tokens, token{mark, ";"}) {
				t.Fatalf("%s: %v, %v", sql, tokens, err)
			}
		}
		if got := values(redshiftsql.Qualified(a, b), identifier); !slices.Equal(got, []string{a, b}) {
			t.Fatalf("%q and %q became %q", a, b, got)
		}
		if got := values(redshiftsql.Literal(a), literal); !slices.Equal(got, []string{a}) {
			t.Fatalf("%q became %q", a, got)
		}
	})
}

func BenchmarkLiteral(b *testing.B) {
	for b.Loop() {
		redshiftsql.Literal("arn:aws:iam::111122223333:role/service-role/redshift-ml")
	}
}
