package sql_test

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/practice/database"
	"onramp/internal/redshiftsql"
	"onramp/render/sql"
	"onramp/steps/redshiftml"
)

// What a comment asks of whoever runs the script.
var (
	skipWhere = regexp.MustCompile(`^-- skip it where this answers (\d+): (.*)$`)
	onlyWhere = regexp.MustCompile(`^-- run it only where this answers (\d+): (.*)$`)
)

// failer is a test, or one of rapid's.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// count is what a counting query answers.
func count(t failer, d *database.Database, query string) string {
	t.Helper()
	rows, err := d.Exec(database.Admin, query)
	if err != nil || len(rows.Records) != 1 || len(rows.Records[0]) != 1 {
		t.Fatalf("%s: %v, %v", query, rows, err)
	}
	return fmt.Sprint(rows.Records[0][0])
}

// careful runs a script as its comments ask, and says how many statements it ran.
func careful(t failer, d *database.Database, script []byte) (ran int) {
	t.Helper()
	for _, p := range pieces(string(script)) {
		run := p.statement != ""
		for _, c := range p.comments {
			if m := skipWhere.FindStringSubmatch(c); m != nil && count(t, d, m[2]) == m[1] {
				run = false
			}
			if m := onlyWhere.FindStringSubmatch(c); m != nil && count(t, d, m[2]) != m[1] {
				run = false
			}
		}
		if !run {
			continue
		}
		ran++
		if _, err := d.Exec(database.Admin, p.statement); err != nil {
			t.Fatalf("%s: %v", p.statement, err)
		}
	}
	return ran
}

// careless runs everything and goes on after errors, which it gives.
func careless(d *database.Database, script []byte) (refused []string) {
	for _, p := range pieces(string(script)) {
		if p.statement == "" {
			continue
		}
		var refusal *database.Error
		if _, err := d.Exec(database.Admin, p.statement); errors.As(err, &refusal) {
			refused = append(refused, p.statement+": "+refusal.Message)
		}
	}
	return refused
}

// granted is a plan with every form of statement.
func granted(t *testing.T, name string) plan.Plan {
	t.Helper()
	p, ok := plantest.Build(redshiftml.Guide(), map[string]any{
		"account": plantest.Account, "region": "us-east-1", "warehouse.cluster": "analytics", "bucket.name": "acme-ml", "sql.run": "export", "kms.choice": "none",
		"groups": 3, "groups.0.name": name, "groups.0.schema": name, "groups.1.name": "readers", "groups.1.create-models": false,
		"groups.2.name": "Growth", "groups.2.bucket": "acme-growth", "groups.2.role": "acme-growth", "sql.restrict-assume-role": true,
	}, plantest.Target("us-east-1"))
	if !ok {
		t.Fatalf("the answers do not go together with %q", name)
	}
	return p
}

// TestTheScriptsRunAgain: on a database that refuses what Redshift refuses, the script runs without a refusal, and again,
// and changes nothing then; so does the one that takes it back, after which the database is as it was.
func TestTheScriptsRunAgain(t *testing.T) {
	for _, name := range []string{"analysts", `it's "mine"; --`, "a; DROP SCHEMA ml", `\`, `\';`, "$$;$$", "*/", "日本", strings.Repeat("é", 63) + "x", "select", "Mixed Case"} {
		t.Run(name, func(t *testing.T) {
			p, d := granted(t, name), database.New()
			before := d.State()
			if ran := careful(t, d, sql.Render(p, origin)); ran != len(p.SQL) {
				t.Fatalf("runs %d statements of %d", ran, len(p.SQL))
			}
			after := d.State()
			careful(t, d, sql.Render(p, origin))
			if !reflect.DeepEqual(after, d.State()) {
				t.Error("run again, the script changes something")
			}
			if ran := careful(t, d, sql.Undo(p, origin)); ran != len(p.SQL) {
				t.Errorf("takes %d statements back of %d", ran, len(p.SQL))
			}
			if !reflect.DeepEqual(before, d.State()) {
				t.Errorf("taken back, the database is\n%v, and was\n%v", d.State(), before)
			}
			if ran := careful(t, d, sql.Undo(p, origin)); ran != 0 {
				t.Errorf("run again, the script takes %d statements back", ran)
			}
		})
	}
}

// TestWhoDoesNotLook: a client that goes on after an error may run the script again. Only the groups are refused.
func TestWhoDoesNotLook(t *testing.T) {
	p, d := granted(t, "analysts"), database.New()
	if refused := careless(d, sql.Render(p, origin)); len(refused) > 0 {
		t.Fatalf("refused: %q", refused)
	}
	after := d.State()
	refused := careless(d, sql.Render(p, origin))
	if len(refused) != 3 {
		t.Errorf("run again, refused: %q", refused)
	}
	for _, r := range refused {
		if !strings.HasPrefix(r, "CREATE GROUP ") || !strings.HasSuffix(r, " already exists") {
			t.Errorf("refused: %s", r)
		}
	}
	if !reflect.DeepEqual(after, d.State()) {
		t.Error("run again, the script changes something")
	}
}

// TestOthersRelyOnIt: what others have come to use is not taken back, and the script runs to its end.
func TestOthersRelyOnIt(t *testing.T) {
	p, d := granted(t, "analysts"), database.New()
	careful(t, d, sql.Render(p, origin))
	for _, s := range []string{"CREATE USER ada PASSWORD DISABLE", "ALTER GROUP analysts ADD USER ada"} {
		if _, err := d.Exec(database.Admin, s); err != nil {
			t.Fatal(err)
		}
	}
	careful(t, d, sql.Undo(p, origin))
	if count(t, d, "SELECT COUNT(*) FROM pg_group WHERE groname = 'analysts'") != "1" {
		t.Error("a group with a member was dropped")
	}
	if count(t, d, "SELECT COUNT(*) FROM pg_group WHERE groname = 'readers'") != "0" {
		t.Error("a group without a member was left")
	}
}

// FuzzScripts: with any name, a client runs the plan's statements and nothing else.
func FuzzScripts(f *testing.F) {
	for _, s := range []string{"", "a", `"`, `'`, `\`, ";", "--", "/*", "*/", "a\nb", "\r", "$$", "\x00", "\xff"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) { hold(t, a, b) })
}

func TestAnyName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { hold(t, rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")) })
}

func hold(t interface{ Fatalf(string, ...any) }, a, b string) {
	p := plan.Plan{Title: b, SQL: []plan.Statement{
		redshiftsql.CreateGroup(a), redshiftsql.CreateSchema(b), redshiftsql.GrantSchema(b, a, "USAGE"), redshiftsql.RevokeAssumeRole(a, b), redshiftsql.GrantAssumeRole(b, a),
	}}
	p.FollowUps = []plan.FollowUp{{Title: a, When: b, SQL: redshiftsql.GrantExecute(a, b, a)}}
	for _, script := range []struct {
		data []byte
		want []string
	}{{sql.Render(p, origin), texts(p.SQL)}, {sql.Undo(p, origin), undos(p.SQL)}} {
		if got, _ := split(string(script.data)); !reflect.DeepEqual(got, script.want) {
			t.Fatalf("a client runs\n%q\nwant\n%q", got, script.want)
		}
	}
}
