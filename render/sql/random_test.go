package sql_test

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/practice/database"
	"onramp/render/sql"
)

// TestRandomAnswersGiveTheirSQL: whatever was answered, a client that runs the scripts runs the plan's statements and
// their undos, and reads the queries that say when; and a database takes them all, twice, and is then as it was.
func TestRandomAnswersGiveTheirSQL(t *testing.T) {
	plantest.Random(t, func(t *rapid.T, d plantest.Drawn) {
		p := d.Plan
		do, undo := sql.Render(p, origin), sql.Undo(p, origin)
		sameStatements(t, do, texts(p.SQL))
		sameStatements(t, undo, undos(p.SQL))
		sameQueries(t, do, p.SQL)
		db := database.New()
		before := db.State()
		careful(t, db, do)
		after := db.State()
		careful(t, db, do)
		if !reflect.DeepEqual(after, db.State()) {
			t.Fatalf("run again, the script changes something:\n%s", do)
		}
		careful(t, db, undo)
		if have := db.State(); !reflect.DeepEqual(before, have) {
			t.Fatalf("taken back, the database is\n%v\nand was\n%v", have, before)
		}
	})
}

func sameStatements(t *rapid.T, script []byte, want []string) {
	t.Helper()
	if bytes.ContainsAny(script, "\uFDD0\uFDD1") {
		t.Fatalf("a mark of a reference is left:\n%s", script)
	}
	if got, _ := split(string(script)); !slices.Equal(got, want) {
		t.Fatalf("a client runs\n%q\nwant\n%q", got, want)
	}
}

// sameQueries: the query before each statement is the plan's.
func sameQueries(t *rapid.T, script []byte, want []plan.Statement) {
	t.Helper()
	all := pieces(string(script))
	for i, s := range want {
		if n := len(all[i].comments); n == 0 || !strings.HasSuffix(all[i].comments[n-1], " where this answers "+s.Want+": "+s.Holds) {
			t.Fatalf("before %s stands %q, want the query %s", s.Text, all[i].comments, s.Holds)
		}
	}
}
