package sql_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/redshiftsql"
	"onramp/internal/testenv"
	"onramp/render"
	"onramp/render/sql"
	"onramp/steps/redshiftml"
)

var origin = render.Origin{Version: "1.2.3", Command: "onramp export redshift-ml -f sql -a answers.yaml"}

func texts(statements []plan.Statement) (out []string) {
	for _, s := range statements {
		out = append(out, s.Text)
	}
	return out
}

// undos are what takes statements back, last first.
func undos(statements []plan.Statement) (out []string) {
	for _, s := range slices.Backward(statements) {
		if s.Undo != "" {
			out = append(out, s.Undo)
		}
	}
	return out
}

// TestTheScriptIsThePlansSQL: whatever the names are, a client that runs the script runs the plan's
// statements, in their order, and nothing else; and one that runs the second runs their undos, last first.
func TestTheScriptIsThePlansSQL(t *testing.T) {
	name := rapid.OneOf(
		rapid.SampledFrom([]string{
			"analysts", `it's "mine"`, "a; DROP SCHEMA ml", "a--b", "--", "*/", "/*", "/* a */", "a\nb", "a\r\nDROP GROUP b;", "a\rDROP GROUP b;", "\n", "-- \n;", `\`, `\';`, "$$;$$", "日本", "",
		}),
		rapid.String(), rapid.StringMatching(`[a-z"'\\;\-*/\n\r ]{0,12}`),
	)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := name.Draw(t, "a"), name.Draw(t, "b"), name.Draw(t, "c")
		p := plan.Plan{
			Title: a, Guide: "toy",
			SQL: []plan.Statement{
				redshiftsql.CreateGroup(a), redshiftsql.CreateSchema(b), redshiftsql.GrantCreateModel(a), redshiftsql.GrantSchema(b, a, "CREATE", "USAGE"),
				redshiftsql.RevokeAssumeRole(a, c), redshiftsql.GrantAssumeRole(c, a),
			},
			FollowUps: []plan.FollowUp{
				{Title: "Let " + a + " predict with " + b, When: "the model " + c + " exists", SQL: redshiftsql.GrantExecute(a, b, c)},
				{Title: "First model", When: a, SQL: redshiftsql.Model{Schema: a, Name: b, Function: c, Bucket: "b"}.SQL()},
			},
		}
		got, comments := split(string(sql.Render(p, render.Origin{Version: a, Command: b})))
		if want := texts(p.SQL); !slices.Equal(got, want) {
			t.Fatalf("a client runs\n%q\nwant\n%q", got, want)
		}
		if got, _ := split(string(sql.Undo(p, render.Origin{Version: a, Command: b}))); !slices.Equal(got, undos(p.SQL)) {
			t.Fatalf("to take it back, a client runs\n%q\nwant\n%q", got, undos(p.SQL))
		}
		if !slices.ContainsFunc(comments, func(s string) bool { return strings.Contains(s, "Later") }) {
			t.Fatal("what is to be done later is not there")
		}
	})
}

// TestWhatTheScriptSays: where it is from, what each statement is for, what takes it back, last first,
// and what is to be done later.
func TestWhatTheScriptSays(t *testing.T) {
	p, ok := plantest.Build(redshiftml.Guide(), map[string]any{
		"account": plantest.Account, "region": "us-east-1", "warehouse.cluster": "analytics", "bucket.name": "acme-ml", "sql.run": "export", "kms.choice": "new",
		"groups": 2, "groups.0.name": `it's "mine"; --`, "groups.1.name": "readers", "groups.1.create-models": false, "groups.1.execute": []string{"demo_ml.churn"},
		"sql.restrict-assume-role": true,
	}, plantest.Target("us-east-1"))
	if !ok {
		t.Fatal("the answers do not go together")
	}
	script := string(sql.Render(p, origin))
	statements, comments := split(script)
	if !slices.Equal(statements, texts(p.SQL)) {
		t.Errorf("a client runs %q", statements)
	}
	said := strings.Join(comments, "\n")
	for _, want := range []string{plantest.Account, "us-east-1", p.Hash(), "1.2.3", origin.Command} {
		if !strings.Contains(said, want) {
			t.Errorf("does not say %s", want)
		}
	}
	for _, s := range p.SQL {
		if !strings.Contains(said, s.Title) {
			t.Errorf("does not say what is for: %s", s.Title)
		}
	}
	at := len(said)
	for _, s := range p.SQL { // the first is the last to be taken back
		if s.Undo == "" {
			continue
		}
		next := strings.LastIndex(said[:at], s.Undo+";")
		if next < 0 {
			t.Errorf("%s is not taken back, or not in its place", s.Title)
			continue
		}
		at = next
	}
	for _, f := range p.FollowUps {
		for line := range strings.SplitSeq(plan.Shown(f.SQL), "\n") {
			if !strings.Contains(said, line) {
				t.Errorf("does not say what is to be done later: %s", line)
			}
		}
	}
	if strings.ContainsAny(script, "\uFDD0\uFDD1") {
		t.Error("a mark of a reference is left")
	}
}

func TestNoSQL(t *testing.T) {
	for _, script := range [][]byte{sql.Render(plan.Plan{Title: "Toy"}, origin), sql.Undo(plan.Plan{Title: "Toy"}, origin)} {
		statements, comments := split(string(script))
		if len(statements) > 0 || len(comments) == 0 {
			t.Errorf("a client runs %q; it says %q", statements, comments)
		}
	}
	command := plan.FollowUp{Title: "Look", Command: []string{"aws", "sts", "get-caller-identity"}}
	for name, p := range map[string]plan.Plan{"nothing": {Guide: "toy"}, "a command": {Guide: "toy", FollowUps: []plan.FollowUp{command}}} {
		if got, err := sql.Files(p, origin); len(got) != 0 || !errors.Is(err, render.ErrNothing) {
			t.Errorf("%s: has the files %v: %v", name, got, err)
		}
		if got, err := sql.Script(p, origin); len(got) != 0 || !errors.Is(err, render.ErrNothing) {
			t.Errorf("%s: has the script %q: %v", name, got, err)
		}
	}
	later := plan.Plan{Guide: "toy", FollowUps: []plan.FollowUp{command, {Title: "Let them", When: "it exists", SQL: "GRANT x"}}}
	if got, err := sql.Files(later, origin); err != nil || len(got) != 1 || got[0].Name != "toy.sql" {
		t.Errorf("has the files %v: %v", got, err)
	}
}

func TestFiles(t *testing.T) {
	p := plan.Plan{Guide: "toy", SQL: []plan.Statement{redshiftsql.CreateGroup("a")}}
	got, err := sql.Files(p, origin)
	if err != nil || len(got) != 2 || got[0].Name != "toy.sql" || got[1].Name != "toy-undo.sql" {
		t.Fatalf("has the files %v: %v", got, err)
	}
	if !slices.Equal(got[0].Data, sql.Render(p, origin)) || !slices.Equal(got[1].Data, sql.Undo(p, origin)) {
		t.Error("the files are not the scripts")
	}
}

func TestEveryPlan(t *testing.T) {
	sample := testenv.OneOf(t, 41)
	for name, p := range plantest.RedshiftML() {
		if !sample.Takes() {
			continue
		}
		if got, _ := split(string(sql.Render(p, origin))); !slices.Equal(got, texts(p.SQL)) {
			t.Fatalf("%s: a client runs %q", name, got)
		}
		if got, _ := split(string(sql.Undo(p, origin))); !slices.Equal(got, undos(p.SQL)) {
			t.Fatalf("%s: to take it back, a client runs %q", name, got)
		}
	}
}
