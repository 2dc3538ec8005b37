package redshiftml_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/answers"
	"onramp/steps"
	"onramp/steps/redshiftml"
)

// TestTheGuideIsTheDocument: steps are numbered, ordered and optional as in document 001.
func TestTheGuideIsTheDocument(t *testing.T) {
	var got []string
	for _, s := range redshiftml.Guide().Steps {
		number := s.Number
		if s.Optional {
			number += " optional"
		}
		got = append(got, number)
	}
	if want := []string{"", "1", "2", "3", "4 optional", "5 optional", "6 optional", ""}; !slices.Equal(got, want) {
		t.Errorf("steps are %q, want %q", got, want)
	}
}

// TestQuestionsAreComplete: each has what the form, the help and the pages need.
func TestQuestionsAreComplete(t *testing.T) {
	guide := redshiftml.Guide()
	keys := map[string]bool{}
	check := func(step steps.Step, q steps.Question) {
		if keys[q.Key] {
			t.Errorf("%s stands twice", q.Key)
		}
		keys[q.Key] = true
		if q.Title == "" || strings.HasSuffix(q.Title, ".") || len(q.Title) > 40 {
			t.Errorf("%s: title %q", q.Key, q.Title)
		}
		if !strings.HasSuffix(q.Help, ".") && !strings.HasSuffix(q.Help, "?") || strings.Count(q.Help, ". ") > 0 {
			t.Errorf("%s: help is not one sentence: %q", q.Key, q.Help)
		}
		if q.Why == "" || q.Why == q.Help {
			t.Errorf("%s: the why says nothing more: %q", q.Key, q.Why)
		}
		link := q.Link
		if link == "" {
			link = step.Link
		}
		if u, err := url.Parse(link); err != nil || u.Scheme != "https" || !strings.HasSuffix(u.Host, "aws.amazon.com") {
			t.Errorf("%s: %q is no AWS page", q.Key, link)
		}
		if q.Default != nil {
			if err := q.CheckValue(q.Default); err != nil {
				t.Errorf("%s: its own default is refused: %v", q.Key, err)
			}
		}
		for _, o := range q.Choices {
			if o.Title == "" || o.Help == "" {
				t.Errorf("%s: option %s has no title or no help", q.Key, o.Value)
			}
		}
		for _, p := range q.Propose {
			if err := q.CheckValue(p.Value); err != nil {
				t.Errorf("%s: its own proposal is refused: %v", q.Key, err)
			}
		}
		for _, w := range slices.Concat(q.When, flat(q)) {
			if other, found := guide.Find(w.Key); !found {
				t.Errorf("%s depends on %s, which is no question", q.Key, w.Key)
			} else if other.Kind == answers.Choice {
				for _, value := range slices.Concat(w.Is, w.Not) {
					if !slices.ContainsFunc(other.Choices, func(o steps.Option) bool { return o.Value == value }) {
						t.Errorf("%s depends on %s being %q, which it cannot be", q.Key, w.Key, value)
					}
				}
			}
		}
	}
	for _, s := range guide.Steps {
		if s.Title == "" || s.Why == "" || s.Link == "" {
			t.Errorf("step %q has no title, why or link", s.Number)
		}
		for _, q := range s.Questions {
			check(s, q)
			for _, item := range q.Item {
				item.Key = answers.ItemKey(q.Key, 0, item.Key)
				check(s, item)
			}
		}
	}
}

// flat are the conditions of a question's options and proposals.
func flat(q steps.Question) (out []steps.When) {
	for _, o := range q.Choices {
		out = append(out, o.When...)
	}
	for _, p := range q.Propose {
		out = append(out, p.When...)
	}
	return out
}

// TestTextsAreOurs: nothing is printed that a terminal or a reviewer would stumble over, and the
// words of the documents' templates are gone.
func TestTextsAreOurs(t *testing.T) {
	var all []string
	eachQuestion(redshiftml.Guide(), func(q steps.Question) {
		all = append(all, q.Title, q.Help, q.Why)
		for _, o := range q.Choices {
			all = append(all, o.Title, o.Help)
		}
		for _, item := range q.Item {
			all = append(all, item.Title, item.Help, item.Why)
		}
	})
	for _, text := range all {
		for _, bad := range []string{"<your", `\_`, "](", "\t", "  ", "SQL_PREVIEW"} {
			if strings.Contains(text, bad) {
				t.Errorf("%q has %q", text, bad)
			}
		}
	}
}

// anyGiven draws answers of the guide: right ones, wrong ones, and none.
func anyGiven() *rapid.Generator[given] {
	pool := map[string][]any{
		"account": {account, "12"}, "region": {"us-east-1", "cn-north-1", "mars"},
		"warehouse.kind": {"cluster", "new-cluster", "serverless", "other"}, "warehouse.cluster": {"analytics", "Analytics"},
		"warehouse.namespace": {"analytics-ns"}, "warehouse.workgroup": {"analytics-wg"}, "warehouse.nodes": {0, 1, 101}, "warehouse.database": {"dev", "My Database"},
		"role.choice": {"simple", "console-default", "restrictive"}, "role.policy": {"documented", "current", "tightened"}, "role.name": {"redshift-ml", ""},
		"role.path": {"/", "/ml/", "ml"}, "role.default": {true, false}, "role.source-account": {true, false},
		"bucket.choice": {"new", "existing"}, "bucket.name": {"acme-ml", "acme-redshift-ml", "B"}, "bucket.sample-data": {true, false},
		"kms.choice": {"none", "new", "existing"}, "kms.alias": {"ml"}, "kms.key": {keyID, "alias/x", "arn:aws:kms:eu-west-1:111122223333:key/" + keyID},
		"groups": {0, 1, 2}, "groups.0.name": {"makers", "PUBLIC"}, "groups.0.create-models": {true, false}, "groups.0.bucket": {"acme-makers", "acme-ml"}, "groups.0.role": {"ml-makers"},
		"groups.1.name": {"readers", "makers"}, "groups.1.execute": {[]string{"ml.churn"}, []string{"churn"}},
		"vpc-routing.enabled": {true, false}, "vpc-routing.vpc": {"vpc-0a1b2c3d4e5f60718"}, "vpc-routing.subnets": {[]string{"subnet-0a1b2c3d4e5f60718"}}, "vpc-routing.route-tables": {[]string{"rtb-0a1b2c3d4e5f60718"}},
		"sql.run": {"data-api", "export"}, "sql.auth": {"db-user", "secret", "iam"}, "sql.secret": {secretARN}, "sql.restrict-assume-role": {true, false},
	}
	return rapid.Custom(func(t *rapid.T) given {
		g := given{}
		for _, key := range slices.Sorted(maps.Keys(pool)) {
			if i := rapid.IntRange(-1, len(pool[key])-1).Draw(t, key); i >= 0 {
				g[key] = pool[key][i]
			}
		}
		return g
	})
}

// TestAnyAnswers: whatever was answered, the walk visits exactly the sequence, a plan is built, the
// same one each time, and what it needs is there.
func TestAnyAnswers(t *testing.T) {
	guide := redshiftml.Guide()
	rapid.Check(t, func(t *rapid.T) {
		g := anyGiven().Draw(t, "answers")
		a := g.set()
		w := steps.Start(guide, a)
		for _, want := range guide.Sequence(a) {
			p, ok := w.Current(a)
			if !ok || p.Question.Key != want.Question.Key {
				t.Fatalf("at %q, want %q", p.Question.Key, want.Question.Key)
			}
			w = w.Next(a)
		}
		if !w.Done() {
			t.Fatal("the walk does not end with the sequence")
		}
		p, resolved, problems := attempt(g)
		if again, _, _ := attempt(g); again.Hash() != p.Hash() {
			t.Fatal("the same answers give another plan")
		}
		for _, problem := range problems {
			if problem.Text == "" || problem.Remedy == "" {
				t.Fatalf("a problem without text or remedy: %+v", problem)
			}
		}
		checkResources(p, t.Fatalf)
		if len(problems) > 0 {
			return
		}
		for _, place := range guide.Sequence(a) {
			if q := place.Question; q.Required() && answers.Format(resolved.Get(q.Key).Data) == "" {
				t.Fatalf("%s is required and has no answer, and that is no problem", q.Key)
			}
		}
		checkDocuments(p, resolved, t.Fatalf)
		checkARNs(p, resolved, t.Fatalf)
	})
}

// TestTheSampleBucketIsOfOnePartition: bucket names are unique in a partition only, so redshift-downloads
// of China or GovCloud is not AWS's bucket with the sample data (Amazon S3 User Guide, General purpose
// bucket naming rules).
func TestTheSampleBucketIsOfOnePartition(t *testing.T) {
	for _, region := range []string{"cn-north-1", "us-gov-west-1"} {
		p, a, problems := attempt(with(given{"region": region, "bucket.sample-data": true}))
		warned := !a.Bool("bucket.sample-data") || slices.ContainsFunc(problems, func(p answers.Problem) bool { return p.Key == "bucket.sample-data" })
		for _, w := range p.Warnings {
			warned = warned || w.On == "bucket.sample-data"
		}
		if !warned {
			t.Errorf("%s: the role is given a bucket that may be anybody's, without a word", region)
		}
	}
}
