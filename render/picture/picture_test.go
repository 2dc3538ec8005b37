package picture_test

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"onramp/internal/apply"
	"onramp/internal/kind"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/redshiftsql"
	"onramp/internal/testenv"
	"onramp/render/picture"
)

// example is the plan of an answers file.
func example(t *testing.T, path string) plan.Plan {
	t.Helper()
	return plantest.File(t, path, "")
}

// inWords writes a graph down, one node or arrow a line.
func inWords(g picture.Graph) string {
	var b strings.Builder
	fmt.Fprintf(&b, "account %s, %s, VPC %q\n", g.Account, g.Region, g.VPC)
	for i, n := range g.Nodes {
		marks := ""
		for _, m := range []struct {
			on   bool
			text string
		}{{n.Broad, " broad"}, {n.Foreign, " foreign"}, {n.Network, " network"}} {
			if m.on {
				marks += m.text
			}
		}
		fmt.Fprintf(&b, "%2d %s: [%s] %s; %s%s\n", i, n.Place, n.Mark, n.Label(), strings.Join(n.Notes, "; "), marks)
	}
	for _, e := range g.Edges {
		fmt.Fprintf(&b, "%2d -> %2d %s%s\n", e.From, e.To, e.Text, map[bool]string{true: " (broad)"}[e.Broad])
	}
	for _, n := range g.Notes {
		b.WriteString(n + "\n")
	}
	return b.String()
}

// TestPictures holds the pictures of all answers files.
func TestPictures(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/answers/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal(err, paths)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			golden.RequireEqual(t, inWords(picture.Of(example(t, path), nil)))
		})
	}
}

// wellFormed says what is wrong with a graph, whatever it is of.
func wellFormed(g picture.Graph) error {
	vocabulary := "may pass;creates models;predicts, later;uses its schema;assumes;routes through;carries;may do;everything;encrypts;uses"
	for i, e := range g.Edges {
		switch {
		case e.From < 0 || e.From >= len(g.Nodes) || e.To < 0 || e.To >= len(g.Nodes):
			return fmt.Errorf("edge %d has no end", i)
		case g.Nodes[e.To].Place-g.Nodes[e.From].Place != 1 && e.Text != "may pass": // whoever passes a role needs no warehouse
			return fmt.Errorf("edge %d runs from %v to %v", i, g.Nodes[e.From].Place, g.Nodes[e.To].Place)
		case slices.Contains(g.Edges[:i], e):
			return fmt.Errorf("edge %d is there twice", i)
		}
		for _, word := range strings.Split(e.Text, ", ") {
			if !strings.Contains(vocabulary, word) && !strings.Contains("reads;writes;deletes;looks at;runs *redshift* jobs;runs any job", word) {
				return fmt.Errorf("edge %d says %q", i, e.Text)
			}
		}
	}
	places := map[picture.Place]int{}
	for i, n := range g.Nodes {
		if places[n.Place]++; i > 0 && n.Place < g.Nodes[i-1].Place {
			return fmt.Errorf("node %d is not in its place", i)
		}
		if n.Kind == "" || strings.ContainsAny(n.Name+strings.Join(n.Notes, ""), "\uFDD0\uFDD1") {
			return fmt.Errorf("node %d is %+v", i, n)
		}
	}
	for p, n := range places {
		if n > 21 {
			return fmt.Errorf("%d nodes are in %v", n, p)
		}
	}
	return nil
}

// TestEveryPlan: every plan of every kind has a picture, and every bucket, role and group of it is there as long as there
// is room.
func TestEveryPlan(t *testing.T) {
	sample := testenv.OneOf(t, 29)
	for name, p := range plantest.All() {
		if !sample.Takes() {
			continue
		}
		g := picture.Of(p, nil)
		if err := wellFormed(g); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if p.Guide == "every-kind" {
			continue
		}
		for _, r := range p.Resources {
			switch r.Spec.(type) {
			case kind.Role, kind.Bucket, kind.ExistingBucket, kind.Key, kind.ExistingKey:
				if !slices.ContainsFunc(g.Nodes, func(n picture.Node) bool { return n.Name == r.Spec.Name() }) {
					t.Errorf("%s: %s is not in the picture", name, r.Spec.Label())
				}
			}
		}
	}
}

// TestNothingReachesUndrawn: each role of a guide's plan reaches the bucket and the key that its policies name, and the
// picture says where it goes beyond them.
func TestNothingReachesUndrawn(t *testing.T) {
	tests := map[string]struct {
		statements []policy.Statement
		want       []string // arrows from the role; broad ones with a mark
	}{
		"nothing":        {nil, nil},
		"a denial":       {[]policy.Statement{{Effect: policy.Deny, Actions: []string{"s3:*"}, Resources: []string{"*"}}}, nil},
		"its own bucket": {allow("s3:GetObject", "arn:aws:s3:::acme/*"), []string{"reads S3 bucket acme"}},
		"objects and bucket": {
			append(allow("s3:PutObject", "arn:aws:s3:::acme/*"), allow("s3:GetBucketLocation", "arn:aws:s3:::acme")...),
			[]string{"writes, looks at S3 bucket acme"},
		},
		"another's bucket":     {allow("s3:GetObject", "arn:aws:s3:::other/*"), []string{"reads S3 bucket other"}},
		"all buckets":          {allow("s3:*", "*"), []string{"everything S3 bucket acme", "everything S3 buckets every bucket!"}},
		"all by ARN":           {allow("s3:DeleteObject", "arn:aws:s3:::*"), []string{"deletes S3 bucket acme", "deletes S3 buckets every bucket!"}},
		"some buckets":         {allow("s3:GetObject", "arn:aws:s3:::ac*/*"), []string{"reads S3 bucket acme", "reads S3 buckets ac*!"}},
		"other buckets":        {allow("s3:GetObject", "arn:aws:s3:::x*"), []string{"reads S3 buckets x*!"}},
		"in another partition": {allow("s3:GetObject", "arn:aws-cn:s3:::acme/*"), []string{"reads S3 bucket acme"}},
		"a wildcard action":    {allow("s3:Put*", "arn:aws:s3:::acme/*"), []string{"writes S3 bucket acme"}},
		"sample data":          {allow("s3:GetObject", "arn:aws:s3:::redshift-downloads/*"), []string{"reads S3 bucket of AWS redshift-downloads"}},
		"its key":              {allow("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/k"), []string{"encrypts KMS key k"}},
		"another key":          {allow("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/x"), []string{"encrypts KMS key x"}},
		"every key":            {allow("kms:*", "*"), []string{"encrypts KMS keys every key!"}},
		"a look at keys":       {allow("kms:DescribeKey", "*"), nil},
		"SageMaker's own":      {allow("sagemaker:*Job*", "*"), []string{"runs any job Service of AWS Amazon SageMaker!"}},
		"Redshift's jobs":      {allow("sagemaker:CreateModel", "arn:aws:sagemaker:us-east-1:111122223333:model/*redshift*"), []string{"runs *redshift* jobs Service of AWS Amazon SageMaker"}},
		"others":               {append(allow("logs:PutLogEvents", "*"), allow("ecr:BatchGetImage", "*")...), []string{"uses Other services of AWS"}},
		"any role":             {allow("iam:PassRole", "*"), []string{"may pass IAM roles every role!"}},
		"roles by name":        {allow("iam:PassRole", "arn:aws:iam::111122223333:role/x*"), nil},
		"everything": {allow("*", "*"), []string{
			"everything S3 bucket acme", "everything S3 buckets every bucket!", "may pass IAM roles every role!", "encrypts KMS keys every key!", "uses Other services of AWS", "runs any job Service of AWS Amazon SageMaker!",
		}},
		"all but": {
			[]policy.Statement{{Effect: policy.Allow, NotActions: []string{"iam:*"}, NotResources: []string{"arn:aws:s3:::x"}}},
			[]string{"everything S3 bucket acme", "everything S3 buckets every bucket!", "may pass IAM roles every role!", "encrypts KMS keys every key!", "uses Other services of AWS", "runs any job Service of AWS Amazon SageMaker!"},
		},
		"tagged objects": {
			[]policy.Statement{{Effect: policy.Allow, Actions: []string{"s3:GetObject"}, Resources: []string{"*"}, Conditions: []policy.Condition{{Operator: "StringEquals", Key: "s3:ExistingObjectTag/Team", Values: []string{"ml"}}}}},
			[]string{"reads S3 objects tagged Team=ml!"},
		},
		"a bad pattern": {allow("s3:GetObject", "arn:aws:s3:::[*"), []string{"reads S3 buckets [*!"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := plan.Plan{Target: plantest.Target("us-east-1"), Resources: []plan.Resource{
				{ID: "key", Spec: kind.ExistingKey{KeyRef: "k"}},
				{ID: "bucket", Spec: kind.ExistingBucket{BucketName: "acme"}},
				{ID: "role", Spec: kind.Role{Path: "/", RoleName: "r"}},
				{ID: "policy", Spec: kind.InlinePolicy{RoleName: "r", PolicyName: "p", Document: plan.Document{Policy: policy.Document{Statements: test.statements}}}},
			}}
			g := picture.Of(p, nil)
			if err := wellFormed(g); err != nil {
				t.Error(err)
			}
			var got []string
			for _, e := range g.Edges {
				got = append(got, e.Text+" "+g.Nodes[e.To].Label()+map[bool]string{true: "!"}[e.Broad])
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("draws %q, want %q", got, test.want)
			}
		})
	}
}

func allow(action, resource string) []policy.Statement {
	return []policy.Statement{{Effect: policy.Allow, Actions: []string{action}, Resources: []string{resource}}}
}

// TestManagedPolicies: every one that the guide attaches is known, and one that only has its name is not.
func TestManagedPolicies(t *testing.T) {
	met := 0
	for _, name := range []string{"simple-cluster", "console-default-cluster"} {
		for _, r := range example(t, "../../testdata/answers/"+name+".yaml").Resources {
			if a, ok := r.Spec.(kind.Attachment); ok {
				met++
				if broad, known := picture.Managed(a.PolicyARN); !known || len(broad) == 0 {
					t.Errorf("nothing is said of %s", a.PolicyARN)
				}
			}
		}
	}
	if met != 3 {
		t.Errorf("met %d managed policies, want 3", met)
	}
	const own = "arn:aws:iam::111122223333:policy/AmazonS3FullAccess"
	if _, known := picture.Managed(own); known {
		t.Errorf("%s passes for AWS's", own)
	}
	g := picture.Of(plan.Plan{Resources: []plan.Resource{
		{ID: "role", Spec: kind.Role{Path: "/", RoleName: "r"}}, {ID: "a", Spec: kind.Attachment{RoleName: "r", PolicyARN: own, Title: "AmazonS3FullAccess"}},
	}}, nil)
	if len(g.Edges) != 1 || g.Edges[0].Text != "may do" || !g.Edges[0].Broad {
		t.Errorf("draws %+v", g.Edges)
	}
}

// TestFindings: with a look at the account, the marks are what is found.
func TestFindings(t *testing.T) {
	p := example(t, "../../testdata/answers/sample.yaml")
	findings := map[string]apply.Finding{}
	for _, r := range p.Resources {
		findings[r.ID] = apply.Finding{Action: plan.None}
	}
	marks := func() map[string]string {
		out := map[string]string{}
		for _, n := range picture.Of(p, findings).Nodes {
			out[n.Label()] = n.Mark
		}
		return out
	}
	for label, mark := range marks() {
		if mark != plan.None.Glyph() && mark != "" {
			t.Errorf("%s has the mark %q where all is as planned", label, mark)
		}
	}
	findings["bucket"] = apply.Finding{Action: plan.Create}
	findings["role-policy"] = apply.Finding{Action: plan.Create}
	findings["key"] = apply.Finding{Action: plan.None, Problem: "it waits to be deleted"}
	findings["sql"] = apply.Finding{Action: plan.Update, Differences: []apply.Difference{{Step: "create schema demo_ml"}, {Step: "create group marketing_analyst_grp"}}}
	got := marks()
	for label, want := range map[string]string{
		"S3 bucket acme-redshift-ml": "+", "S3 bucket acme-ml-retention": ".", "IAM role redshift-ml": "~", "KMS key alias/redshift-ml": "!",
		"User group retention_analyst_grp": ".", "User group marketing_analyst_grp": "+",
	} {
		if got[label] != want {
			t.Errorf("%s has the mark %q, want %q", label, got[label], want)
		}
	}
	findings["sql"] = apply.Finding{Problem: "the user is not a superuser"}
	if got := marks()["User group retention_analyst_grp"]; got != "!" {
		t.Errorf("a group that cannot be made has the mark %q", got)
	}
}

// TestGroups: whatever a group is called, its privileges are read from the SQL as they stand there.
func TestGroups(t *testing.T) {
	name := rapid.OneOf(
		rapid.SampledFrom([]string{`"`, `'`, `\`, `\'`, `a"b`, `" TO GROUP "x`, "ON", "a\nb", "日本", "", "--", "$$"}), rapid.String(), rapid.StringMatching(`["'\\ ,A-Z]{0,8}`),
	)
	rapid.Check(t, func(t *rapid.T) {
		group, schema, role := name.Draw(t, "group"), name.Draw(t, "schema"), name.Draw(t, "role")
		p := plan.Plan{
			SQL: []plan.Statement{
				redshiftsql.CreateGroup(group), redshiftsql.CreateSchema(schema), redshiftsql.GrantSchema(schema, group, "CREATE", "USAGE"),
				redshiftsql.GrantCreateModel(group), redshiftsql.RevokeAssumeRole(group, role), redshiftsql.GrantAssumeRole("arn:aws:iam::1:role/"+role, group),
			},
			FollowUps: []plan.FollowUp{{SQL: redshiftsql.GrantExecute(schema, role, group)}, {SQL: "SELECT 1"}},
			Resources: []plan.Resource{{ID: "w", Spec: kind.ClusterRoles{Identifier: "w"}}},
		}
		g := picture.Of(p, nil)
		if len(g.Nodes) != 2 || g.Nodes[0].Name != group || g.Nodes[0].Place != picture.Who {
			t.Fatalf("draws %+v", g.Nodes)
		}
		last := role[strings.LastIndex(role, "/")+1:]
		want := []string{"CREATE, USAGE on schema " + schema, "with role " + last, "with model " + schema + "." + role}
		if !reflect.DeepEqual(g.Nodes[0].Notes, want) {
			t.Fatalf("says %q, want %q", g.Nodes[0].Notes, want)
		}
		if len(g.Edges) != 1 || g.Edges[0].Text != "creates models" {
			t.Fatalf("draws %+v", g.Edges)
		}
	})
}

// TestMany: what there is no room for is counted, and nothing that goes too far is hidden by it.
func TestMany(t *testing.T) {
	p := plan.Plan{Target: plantest.Target("us-east-1")}
	const many = 10_000
	for i := range many {
		id := fmt.Sprint(i)
		p.SQL = append(p.SQL, redshiftsql.CreateGroup("group "+id), redshiftsql.GrantCreateModel("group "+id))
		p.Resources = append(p.Resources, plan.Resource{ID: "b" + id, Spec: kind.Bucket{BucketName: "bucket-" + id}}, plan.Resource{ID: "r" + id, Spec: kind.Role{Path: "/", RoleName: "role-" + id}})
		p.Resources = append(p.Resources, plan.Resource{ID: "p" + id, Spec: kind.InlinePolicy{RoleName: "role-" + id, Document: plan.Document{Policy: policy.Document{
			Statements: append(allow("s3:GetObject", "arn:aws:s3:::bucket-"+id), allow("s3:*", "arn:aws:s3:::far-*")...),
		}}}})
	}
	p.Resources = append(p.Resources, plan.Resource{ID: "w", Spec: kind.ClusterRoles{Identifier: "w"}})
	g := picture.Of(p, nil)
	if err := wellFormed(g); err != nil {
		t.Fatal(err)
	}
	text := inWords(g)
	for _, want := range []string{"Users: [+] and 9989 more", "Acts through: [+] and 9989 more", "Reaches: [+] and 9989 more", "S3 buckets far-*;  broad", "User group group 0;"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q:\n%s", want, text)
		}
	}
}

func TestAnEmptyPlan(t *testing.T) {
	if g := picture.Of(plan.Plan{}, nil); len(g.Nodes)+len(g.Edges)+len(g.Notes) > 0 {
		t.Errorf("draws %+v", g)
	}
}

// FuzzStatements: no text that a statement may hold makes the reader of statements fail.
func FuzzStatements(f *testing.F) {
	for _, s := range []string{"", `CREATE GROUP "a"`, `CREATE GROUP "`, `GRANT USAGE ON SCHEMA "a" TO GROUP "b"`, `GRANT ON SCHEMA "a" TO GROUP "b"`, "GRANT ASSUMEROLE ON '\\", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if err := wellFormed(picture.Of(plan.Plan{SQL: []plan.Statement{{Text: s}}, FollowUps: []plan.FollowUp{{SQL: s}}}, nil)); err != nil && !strings.ContainsAny(s, "\uFDD0\uFDD1") {
			t.Fatal(err)
		}
	})
}
