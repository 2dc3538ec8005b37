package redshiftml_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"onramp/internal/kind"
	"onramp/internal/plan"
)

// analysts are the two groups of the documents' example.
var analysts = given{
	"groups":        2,
	"groups.0.name": "retention_analyst_grp", "groups.0.create-models": true, "groups.0.schema": "demo_ml",
	"groups.1.name": "marketing_analyst_grp", "groups.1.create-models": false, "groups.1.schema": "demo_ml",
	"groups.1.execute": []string{"demo_ml.customer_churn_auto_model"},
	"sql.run":          "data-api", "sql.auth": "db-user", "sql.db-user": "awsuser",
}

func texts(statements []plan.Statement) (out []string) {
	for _, s := range statements {
		out = append(out, s.Text)
	}
	return out
}

// TestTheGrantsAreTheDocuments: document 001 prints four statements. Three can be run now, the last
// once the model exists.
func TestTheGrantsAreTheDocuments(t *testing.T) {
	data, err := os.ReadFile("testdata/document-001.txt")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for line := range strings.Lines(string(data)) {
		if text, is := strings.CutSuffix(strings.TrimSpace(line), ";"); is {
			want = append(want, text)
		}
	}
	if len(want) != 4 {
		t.Fatalf("read %d statements out of the document: %v", len(want), want)
	}
	p := build(t, with(analysts))
	var got []string
	for _, text := range texts(p.SQL) {
		if strings.HasPrefix(text, "GRANT") {
			got = append(got, strings.ReplaceAll(text, `"`, ""))
		}
	}
	for _, f := range p.FollowUps {
		if strings.HasPrefix(f.SQL, "GRANT") {
			got = append(got, strings.ReplaceAll(f.SQL, `"`, ""))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheOrderOfSQL(t *testing.T) {
	tests := map[string]struct {
		answers given
		want    []string
	}{
		"groups, schemas, grants": {
			analysts,
			[]string{
				`CREATE GROUP "retention_analyst_grp"`, `CREATE GROUP "marketing_analyst_grp"`,
				`CREATE SCHEMA IF NOT EXISTS "demo_ml"`,
				`GRANT CREATE MODEL TO GROUP "retention_analyst_grp"`,
				`GRANT CREATE, USAGE ON SCHEMA "demo_ml" TO GROUP "retention_analyst_grp"`,
				`GRANT USAGE ON SCHEMA "demo_ml" TO GROUP "marketing_analyst_grp"`,
			},
		},
		"the use of roles is taken from everybody before it is given to groups": {
			with(groupsWithRoles, given{"role.path": "/ml/"}),
			[]string{
				`CREATE GROUP "churn"`, `CREATE GROUP "pricing"`,
				`CREATE SCHEMA IF NOT EXISTS "demo_ml"`,
				`GRANT CREATE MODEL TO GROUP "churn"`, `GRANT CREATE, USAGE ON SCHEMA "demo_ml" TO GROUP "churn"`,
				`GRANT CREATE MODEL TO GROUP "pricing"`, `GRANT CREATE, USAGE ON SCHEMA "demo_ml" TO GROUP "pricing"`,
				`REVOKE ASSUMEROLE ON ALL FROM PUBLIC FOR ALL`,
				`GRANT ASSUMEROLE ON 'arn:aws:iam::111122223333:role/ml/ml-churn' TO GROUP "churn" FOR CREATE MODEL`,
				`GRANT ASSUMEROLE ON 'arn:aws:iam::111122223333:role/ml/ml-pricing' TO GROUP "pricing" FOR CREATE MODEL`,
			},
		},
		"a group without a role of its own uses the main role": {
			with(makers, given{"sql.restrict-assume-role": true, "sql.auth": "iam"}),
			[]string{
				`CREATE GROUP "makers"`, `CREATE SCHEMA IF NOT EXISTS "ml"`, `GRANT CREATE MODEL TO GROUP "makers"`,
				`GRANT CREATE, USAGE ON SCHEMA "ml" TO GROUP "makers"`, `REVOKE ASSUMEROLE ON ALL FROM PUBLIC FOR ALL`,
				`GRANT ASSUMEROLE ON 'arn:aws:iam::111122223333:role/redshift-ml' TO GROUP "makers" FOR CREATE MODEL`,
			},
		},
		"the schema that every database has is not made, and so not dropped": {
			with(makers, given{"groups.0.schema": "Public"}),
			[]string{`CREATE GROUP "makers"`, `GRANT CREATE MODEL TO GROUP "makers"`, `GRANT CREATE, USAGE ON SCHEMA "Public" TO GROUP "makers"`},
		},
		"no groups, no SQL": {nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := texts(build(t, with(test.answers)).SQL); !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

// TestEveryGrantHasItsRevoke: whoever takes back what a statement gave takes back exactly that.
func TestEveryGrantHasItsRevoke(t *testing.T) {
	for _, s := range build(t, with(groupsWithRoles)).SQL {
		grant, is := strings.CutPrefix(s.Text, "GRANT ")
		if is && s.Undo != "REVOKE "+strings.Replace(grant, " TO ", " FROM ", 1) {
			t.Errorf("%s is taken back by %s", s.Text, s.Undo)
		}
		if s.Holds == "" || s.Want == "" || s.Title == "" {
			t.Errorf("%s cannot be looked up before it is run again: %+v", s.Text, s)
		}
	}
	for _, f := range build(t, with(analysts)).FollowUps {
		if grant, is := strings.CutPrefix(f.SQL, "GRANT "); is && !strings.Contains(f.When, "REVOKE "+strings.Replace(grant, " TO ", " FROM ", 1)) {
			t.Errorf("%s has no REVOKE in %q", f.SQL, f.When)
		}
	}
}

// TestWhoRunsTheSQL: the connection is the one that was asked for, and nothing of another.
func TestWhoRunsTheSQL(t *testing.T) {
	tests := map[string]struct {
		answers given
		want    kind.Connection
	}{
		"a user of the cluster":        {analysts, kind.Connection{Cluster: "analytics", DBUser: "awsuser"}},
		"a secret":                     {with(analysts, given{"sql.auth": "secret", "sql.secret": secretARN}), kind.Connection{Cluster: "analytics", Secret: secretARN}},
		"the caller":                   {with(analysts, given{"sql.auth": "iam"}), kind.Connection{Cluster: "analytics"}},
		"a secret of serverless":       {with(serverless, analysts, given{"sql.auth": "secret", "sql.secret": secretARN}), kind.Connection{Workgroup: "analytics-wg", Secret: secretARN}},
		"the caller, on serverless":    {with(serverless, analysts, given{"sql.auth": "iam"}), kind.Connection{Workgroup: "analytics-wg"}},
		"the admin of the new cluster": {with(newCluster, analysts), kind.Connection{Cluster: "analytics", DBUser: "awsuser"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := build(t, with(test.answers, given{"warehouse.database": "prod"}))
			r, found := p.Find("sql")
			if !found {
				t.Fatal("no resource runs the SQL")
			}
			s := r.Spec.(kind.SQL)
			if s.Connection != test.want || s.Database != "prod" {
				t.Errorf("runs as %+v in %s, want %+v in prod", s.Connection, s.Database, test.want)
			}
			if !slices.Equal(texts(s.Statements), texts(p.SQL)) {
				t.Error("what is run is not what is shown")
			}
		})
	}
	if _, found := build(t, with(analysts, given{"sql.run": "export"})).Find("sql"); found {
		t.Error("SQL that is to be written down only is run")
	}
}

// TestFirstModel: the statement to start from names what was set up, and for a group with a role of
// its own that role and that bucket.
func TestFirstModel(t *testing.T) {
	tests := map[string]struct {
		answers given
		has     []string
		hasNot  []string
	}{
		"the default role and the main bucket": {
			makers, []string{`CREATE MODEL "ml"."first_model"`, "IAM_ROLE default", "S3_BUCKET 'acme-redshift-ml'"}, []string{"KMS_KEY_ID"},
		},
		"a role that is not the default is named": {
			with(makers, given{"role.default": false, "role.path": "/ml/"}), []string{"IAM_ROLE 'arn:aws:iam::111122223333:role/ml/redshift-ml'"}, nil,
		},
		"a group's own role and bucket": {
			with(makers, given{"groups.0.role": "ml-makers", "groups.0.bucket": "acme-makers"}),
			[]string{"IAM_ROLE 'arn:aws:iam::111122223333:role/ml-makers'", "S3_BUCKET 'acme-makers'"},
			[]string{"acme-redshift-ml"},
		},
		"a new key is known after apply":     {with(makers, given{"kms.choice": "new"}), []string{"KMS_KEY_ID '" + plan.Unknown + "'"}, nil},
		"a key given by its id is known":     {with(makers, given{"kms.choice": "existing", "kms.key": keyID}), []string{"KMS_KEY_ID '" + keyID + "'"}, nil},
		"without groups it is in public":     {nil, []string{`CREATE MODEL "public"."first_model"`}, nil},
		"a role path goes into the role ARN": {with(makers, given{"role.default": false, "role.path": "/service-role/"}), []string{"role/service-role/redshift-ml"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var sql string
			for _, f := range build(t, with(test.answers)).FollowUps {
				if strings.HasPrefix(f.SQL, "CREATE MODEL") {
					sql += plan.Shown(f.SQL)
				}
			}
			for _, want := range test.has {
				if !strings.Contains(sql, want) {
					t.Errorf("lacks %s: %s", want, sql)
				}
			}
			for _, bad := range test.hasNot {
				if strings.Contains(sql, bad) {
					t.Errorf("has %s: %s", bad, sql)
				}
			}
		})
	}
}

// TestUsageGoesWithExecute: EXECUTE on a model is of no use without USAGE on its schema (Amazon
// Redshift Database Developer Guide, GRANT).
func TestUsageGoesWithExecute(t *testing.T) {
	p := build(t, with(analysts, given{"groups.1.execute": []string{"demo_ml.churn", "sales_ml.model"}}))
	const want = `GRANT USAGE ON SCHEMA "sales_ml" TO GROUP "marketing_analyst_grp"`
	said := strings.Join(texts(p.SQL), "\n")
	for _, f := range p.FollowUps {
		said += "\n" + f.SQL + "\n" + f.When
	}
	for _, w := range p.Warnings {
		if strings.Contains(w.Text, "sales_ml") {
			return
		}
	}
	if !strings.Contains(said, want) {
		t.Errorf("neither grants nor warns: %s", said)
	}
}
