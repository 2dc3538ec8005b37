package permissions_test

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/testenv"
	"onramp/steps/redshiftml"
)

var update = flag.Bool("update", false, "write the golden files anew")

// reads and all list the calls of a plan.
func reads(p plan.Plan) []plan.Call { return calls(p, plan.Step.Reads) }

func all(p plan.Plan) []plan.Call {
	return calls(p, func(s plan.Step) []plan.Call { return slices.Concat(s.Reads(), finding(s), s.Create, s.Update) })
}

// finding are the calls that look for what an earlier run could not name.
func finding(s plan.Step) []plan.Call {
	if s.Find == nil {
		return nil
	}
	return []plan.Call{s.Find.List, s.Find.Owner.Read, s.Find.Read}
}

// undoing are the calls by which a plan is taken back.
func undoing(p plan.Plan) []plan.Call {
	return calls(p, func(s plan.Step) (out []plan.Call) {
		if len(s.Restore) > 0 {
			out = append([]plan.Call{s.Read}, s.Restore...)
		}
		if u := s.Undo; u != nil {
			out = append(append(append(out, finding(s)...), u.Read), u.Calls...)
			if u.Owner != nil {
				out = append(out, u.Owner.Read)
			}
		}
		return out
	})
}

func calls(p plan.Plan, of func(plan.Step) []plan.Call) []plan.Call {
	var out []plan.Call
	for _, r := range p.Resources {
		for _, s := range r.Spec.Steps() {
			out = append(out, of(s)...)
		}
	}
	return out
}

// needed are the permissions of calls, each once, as lines.
func needed(t *testing.T, calls []plan.Call, p plan.Plan) []string {
	t.Helper()
	var out []string
	for _, c := range calls {
		needs, err := permissions.Required(c, p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, lines(needs)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// given are the permissions that a document gives, each once, as lines.
func given(d policy.Document) []string {
	var out []string
	for _, s := range d.Statements {
		for _, action := range s.Actions {
			for _, resource := range s.Resources {
				out = append(out, lines([]permissions.Permission{{Action: action, Resource: resource, Conditions: s.Conditions}})...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestEveryPlan walks every plan there is: all kinds, all answers. A call that the table does not
// know fails here.
func TestEveryPlan(t *testing.T) {
	sample := testenv.OneOf(t, 10)
	largest, plans, asked := 0, 0, map[string]bool{}
	for name, p := range plantest.All() {
		if !sample.Takes() {
			continue
		}
		plans++
		operator, reader := compute(t, p)
		exact(t, name+", operator", operator, needed(t, all(p), p))
		exact(t, name+", reader", reader, needed(t, reads(p), p))
		acceptable(t, name+", operator", operator, p)
		acceptable(t, name+", reader", reader, p)
		onlyReads(t, name, reader)
		undo := undoPolicy(t, p)
		exact(t, name+", undo", undo, needed(t, undoing(p), p))
		acceptable(t, name+", undo", undo, p)
		onlyForUndo(t, name, operator)
		if strings.HasPrefix(name, "redshift-ml") {
			largest = max(largest, operator.Size())
		}
		for _, c := range all(p) {
			asked[c.Name()] = true
		}
		if t.Failed() {
			return // one plan says enough
		}
	}
	t.Logf("%d plans, %d operations; the guide's largest operator policy has %d characters, and a managed policy takes %d",
		plans, len(asked), largest, policy.MaxManaged)
}

func compute(t *testing.T, p plan.Plan) (operator, reader policy.Document) {
	t.Helper()
	operator, err := permissions.Operator(p)
	if err != nil {
		t.Fatal(err)
	}
	if reader, err = permissions.Reader(p); err != nil {
		t.Fatal(err)
	}
	return operator, reader
}

func undoPolicy(t *testing.T, p plan.Plan) policy.Document {
	t.Helper()
	d, err := permissions.Undo(p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// onlyForUndo: who applies a plan may delete nothing.
func onlyForUndo(t *testing.T, name string, operator policy.Document) {
	t.Helper()
	for _, action := range policy.Actions(operator) {
		_, verb, _ := strings.Cut(action, ":")
		for _, taking := range []string{"Delete", "Detach", "Revoke", "Schedule", "Disable"} {
			if strings.HasPrefix(verb, taking) && action != "secretsmanager:DeleteSecret" { // Redshift's, where it makes a cluster
				t.Errorf("%s: the operator may %s", name, action)
			}
		}
	}
}

// exact says that a policy gives what the calls need and no more.
func exact(t *testing.T, name string, d policy.Document, want []string) {
	t.Helper()
	if got := given(d); !slices.Equal(want, got) {
		t.Errorf("%s: given\n  %s\nneeded\n  %s", name, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// acceptable says that IAM takes a policy and that nobody need frown at it.
func acceptable(t *testing.T, name string, d policy.Document, p plan.Plan) {
	t.Helper()
	for _, err := range policy.Validate(d, policy.Identity) {
		t.Errorf("%s: %v", name, err)
	}
	for _, f := range policy.Lint(d, policy.Identity) {
		t.Errorf("%s: %s: %s", name, f.Sid, f.Text)
	}
	for _, s := range d.Statements {
		if !slices.IsSorted(s.Actions) {
			t.Errorf("%s: %s: the actions are not sorted: %v", name, s.Sid, s.Actions)
		}
		for _, r := range s.Resources {
			if r != "*" && !strings.HasPrefix(r, "arn:"+p.Target.Partition+":") {
				t.Errorf("%s: %s: %s is of another partition", name, s.Sid, r)
			}
		}
	}
}

// onlyReads: running SQL is the one thing a reader may do that could change something.
func onlyReads(t *testing.T, name string, d policy.Document) {
	t.Helper()
	for _, action := range policy.Actions(d) {
		_, verb, _ := strings.Cut(action, ":")
		reading := strings.HasPrefix(verb, "Get") || strings.HasPrefix(verb, "List") || strings.HasPrefix(verb, "Describe")
		if !reading && action != "redshift-data:ExecuteStatement" {
			t.Errorf("%s: the reader may %s", name, action)
		}
	}
}

func TestPoliciesAreTheSameEachTime(t *testing.T) {
	p := plantest.EveryKind(plantest.Target("us-east-1"))
	operator, reader := compute(t, p)
	for range 20 {
		if again, other := compute(t, p); !reflect.DeepEqual(operator, again) || !reflect.DeepEqual(reader, other) {
			t.Fatal("computed again, they differ")
		}
	}
}

// TestGolden is for people: what the policies look like.
func TestGolden(t *testing.T) {
	common := map[string]any{
		"account": plantest.Account, "region": "us-east-1", "bucket.name": "acme-redshift-ml", "kms.choice": "new",
		"groups": 1, "groups.0.name": "retention", "groups.0.bucket": "acme-retention", "groups.0.role": "redshift-ml-retention",
	}
	for name, answers := range map[string]map[string]any{
		"cluster":     {"warehouse.cluster": "analytics"},
		"new-cluster": {"warehouse.kind": "new-cluster", "warehouse.cluster": "analytics", "role.choice": "simple"},
		"serverless": {
			"warehouse.kind": "serverless", "warehouse.namespace": "analytics-ns", "warehouse.workgroup": "analytics-wg", "sql.auth": "iam",
			"vpc-routing.enabled": true, "vpc-routing.vpc": "vpc-0a1b2c3d4e5f60718",
			"vpc-routing.subnets": []string{"subnet-0a1b2c3d4e5f60718"}, "vpc-routing.route-tables": []string{"rtb-0a1b2c3d4e5f60718"},
		},
	} {
		for key, data := range common {
			answers[key] = data
		}
		p, ok := plantest.Build(redshiftml.Guide(), answers, plantest.Target("us-east-1"))
		if !ok {
			t.Fatalf("%s: the answers do not go together: %v", name, p.Problems)
		}
		operator, reader := compute(t, p)
		golden(t, name+"-operator.json", append(operator.JSON(), '\n'))
		golden(t, name+"-reader.json", append(reader.JSON(), '\n'))
		golden(t, name+"-undo.json", append(undoPolicy(t, p).JSON(), '\n'))
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs; look at it and run go test -update:\n%s", path, got)
	}
}

func BenchmarkOperator(b *testing.B) {
	answers := map[string]any{
		"account": plantest.Account, "region": "us-east-1", "warehouse.cluster": "analytics", "bucket.name": "acme-redshift-ml", "kms.choice": "new",
		"groups": 1, "groups.0.name": "retention",
	}
	p, _ := plantest.Build(redshiftml.Guide(), answers, plantest.Target("us-east-1"))
	for b.Loop() {
		if _, err := permissions.Operator(p); err != nil {
			b.Fatal(err)
		}
	}
}
