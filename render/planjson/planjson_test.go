package planjson_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/awsname"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/testenv"
	"onramp/render/planjson"
	"onramp/steps/redshiftml"
)

// sample is the plan of the answers file that has every key.
func sample(t testing.TB) plan.Plan {
	t.Helper()
	file, err := os.Open("../../testdata/answers/sample.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	guide := redshiftml.Guide()
	a, problems := answers.Load(file, guide.Name, guide.Fields())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	resolved, missing := guide.Resolve(a)
	if len(missing) > 0 {
		t.Fatal(missing)
	}
	region := resolved.Text("region")
	return guide.Build(resolved, plan.Target{Account: resolved.Text("account"), Region: region, Partition: awsname.Partition(region)})
}

func render(t testing.TB, in planjson.Input) ([]byte, map[string]any) {
	t.Helper()
	data, err := planjson.Render(in)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return data, doc
}

// contract is every member that scripts may rely on, by where it stands.
var contract = map[string][]string{
	"":                {"schema", "guide", "account", "region", "hash", "resources", "sql", "follow_up", "warnings", "operator_policy", "cost_notes"},
	"resources":       {"id", "kind", "name", "action", "depends_on", "documents", "calls"},
	"resources.calls": {"service", "operation", "input"},
	"sql":             {"title", "sql"},
	"follow_up":       {"title", "when", "sql"},
	"warnings":        {"rule", "text"},
	"cost_notes":      {"on", "text"},
	"operator_policy": {"Version", "Statement"},
}

// check holds what stands at a place of the document to the contract.
func check(t *testing.T, place string, v any) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			check(t, place, item)
		}
	case map[string]any:
		for _, member := range contract[place] {
			if _, there := v[member]; !there {
				t.Errorf("%q lacks %s: %.200v", place, member, v)
			}
		}
		for member, below := range v {
			if member != "input" && member != "documents" && member != "operator_policy" || place == "" {
				check(t, strings.TrimPrefix(place+"."+member, "."), below)
			}
		}
	}
}

func TestTheContract(t *testing.T) {
	p := sample(t)
	operator, err := permissions.Operator(p)
	if err != nil {
		t.Fatal(err)
	}
	_, doc := render(t, planjson.Input{Plan: p, Operator: operator})
	check(t, "", doc)
	for _, list := range []string{"resources", "sql", "follow_up", "warnings", "cost_notes"} {
		if items, is := doc[list].([]any); !is || len(items) == 0 {
			t.Errorf("%s is empty in the sample's plan", list)
		}
	}
	want := map[string]any{"schema": 1.0, "guide": "redshift-ml", "account": "111122223333", "region": "us-east-1", "hash": p.Hash()}
	for member, value := range want {
		if doc[member] != value {
			t.Errorf("%s is %v, want %v", member, doc[member], value)
		}
	}
	for i, item := range doc["resources"].([]any) {
		r, spec := item.(map[string]any), p.Resources[i]
		if r["id"] != spec.ID || r["action"] != string(spec.Spec.Action()) || r["name"] != spec.Spec.Name() || r["kind"] != string(spec.Spec.Kind()) {
			t.Errorf("resource %d is %v", i, r["id"])
		}
		if _, changed := r["changes"]; changed {
			t.Errorf("%s has changes, and nobody looked", spec.ID)
		}
	}
}

// TestNothingIsNull: whoever reads the lists of an empty plan need not look whether they are there.
func TestNothingIsNull(t *testing.T) {
	data, doc := render(t, planjson.Input{Plan: plan.Plan{Guide: "toy"}, Operator: policy.Document{Version: policy.Version}})
	for _, list := range []string{"resources", "sql", "follow_up", "warnings", "cost_notes"} {
		if items, is := doc[list].([]any); !is || len(items) > 0 {
			t.Errorf("%s is %v", list, doc[list])
		}
	}
	full, _ := render(t, planjson.Input{Plan: sample(t), Operator: policy.Document{Version: policy.Version}})
	for _, data := range [][]byte{data, full} {
		if i := bytes.Index(data, []byte(": null")); i >= 0 {
			t.Errorf("has a null: %s", data[:i+6])
		}
	}
}

// TestWhatIsNotKnownYet stands in the document as people read it, and no mark of a reference does.
func TestWhatIsNotKnownYet(t *testing.T) {
	data, _ := render(t, planjson.Input{Plan: sample(t)})
	if !bytes.Contains(data, []byte(`"TargetKeyId": "`+plan.Unknown+`"`)) {
		t.Error("the new key is not said to be known after apply")
	}
	sample := testenv.OneOf(t, 41)
	for name, p := range plantest.All() {
		if !sample.Takes() {
			continue
		}
		data, _ := render(t, planjson.Input{Plan: p})
		if bytes.ContainsAny(data, "\uFDD0\uFDD1") || bytes.Contains(data, []byte(`\ufdd`)) {
			t.Fatalf("%s: a mark of a reference is left", name)
		}
		if !bytes.HasSuffix(data, []byte("}\n")) {
			t.Fatalf("%s: does not end with a line feed", name)
		}
	}
}

// TestCallsMeanThePlan: each call is the plan's, in its order, with the values that are known.
func TestCallsMeanThePlan(t *testing.T) {
	p := plantest.EveryKind(plantest.Target("cn-north-1"))
	_, doc := render(t, planjson.Input{Plan: p})
	for i, item := range doc["resources"].([]any) {
		var want []plan.Call
		for _, s := range p.Resources[i].Changes() {
			want = append(want, s.Calls()...)
		}
		got := item.(map[string]any)["calls"].([]any)
		if len(got) != len(want) {
			t.Errorf("%s: %d calls, want %d", p.Resources[i].ID, len(got), len(want))
			continue
		}
		for j, c := range want {
			have, _ := json.Marshal(got[j])
			var expected any
			text, _ := json.Marshal(c.Map(plan.Shown))
			_ = json.Unmarshal(text, &expected)
			again, _ := json.Marshal(expected)
			if !bytes.Equal(have, again) {
				t.Errorf("%s: call %d is %s, want %s", p.Resources[i].ID, j+1, have, again)
			}
		}
	}
}

func TestFindings(t *testing.T) {
	p := sample(t)
	findings := map[string]apply.Finding{}
	for _, r := range p.Resources {
		findings[r.ID] = apply.Finding{Action: plan.None}
	}
	findings["role"] = apply.Finding{Action: plan.Update, Differences: []apply.Difference{{Step: "set the trust policy", Have: "a", Want: "b", Ask: true}}}
	findings["bucket"] = apply.Finding{Action: plan.Create, Problem: "the bucket is another account's"}
	_, doc := render(t, planjson.Input{Plan: p, Findings: findings})
	check(t, "", doc)
	for _, item := range doc["resources"].([]any) {
		r := item.(map[string]any)
		switch r["id"] {
		case "role":
			if r["action"] != "update" || fmt.Sprint(r["changes"]) != "[map[ask:true have:a step:set the trust policy want:b]]" {
				t.Errorf("the role is %v with %v", r["action"], r["changes"])
			}
		case "bucket":
			if r["problem"] != "the bucket is another account's" {
				t.Errorf("the bucket's problem is %v", r["problem"])
			}
		default:
			if r["action"] != "none" {
				t.Errorf("%v is to %v", r["id"], r["action"])
			}
		}
	}
}

// TestWhatFoundNothingToDoCallsNothing: a script that counts the calls of a plan which is carried out
// already counts none.
func TestWhatFoundNothingToDoCallsNothing(t *testing.T) {
	p := sample(t)
	findings := map[string]apply.Finding{}
	for _, r := range p.Resources {
		findings[r.ID] = apply.Finding{Action: plan.None}
	}
	_, doc := render(t, planjson.Input{Plan: p, Findings: findings})
	for _, item := range doc["resources"].([]any) {
		r := item.(map[string]any)
		if calls := r["calls"].([]any); len(calls) > 0 {
			t.Fatalf("%v is to do %v, and lists %d calls", r["id"], r["action"], len(calls))
		}
	}
}

// TestADifferenceIsCalledAlone: of a role that is there, only what is not as planned is changed.
func TestADifferenceIsCalledAlone(t *testing.T) {
	findings := map[string]apply.Finding{"role": {Action: plan.Update, Differences: []apply.Difference{{Step: "set the trust policy of redshift-ml", Have: "a", Want: "b"}}}}
	_, doc := render(t, planjson.Input{Plan: sample(t), Findings: findings})
	for _, item := range doc["resources"].([]any) {
		r := item.(map[string]any)
		if r["id"] != "role" {
			continue
		}
		calls := r["calls"].([]any)
		if len(calls) != 1 || calls[0].(map[string]any)["operation"] != "UpdateAssumeRolePolicy" {
			t.Errorf("calls %v", calls)
		}
	}
}

// TestANewRoleIsMadeWithItsTrust: the plan of an empty account lists the calls that such a run makes.
func TestANewRoleIsMadeWithItsTrust(t *testing.T) {
	_, doc := render(t, planjson.Input{Plan: sample(t)})
	for _, item := range doc["resources"].([]any) {
		r := item.(map[string]any)
		var operations []string
		for _, c := range r["calls"].([]any) {
			operations = append(operations, c.(map[string]any)["operation"].(string))
		}
		switch {
		case r["kind"] == "iam-role" && slices.Contains(operations, "UpdateAssumeRolePolicy"),
			r["kind"] == "ec2-gateway-endpoint" && slices.Contains(operations, "ModifyVpcEndpoint"):
			t.Errorf("%v: %v, of which the last is not made on what the first has just made", r["id"], operations)
		}
	}
}

func TestHostileNames(t *testing.T) {
	name := `</script><!-- "\ & ` + "`$(x)`" + ` 日本`
	p, ok := plantest.Build(redshiftml.Guide(), map[string]any{
		"account": plantest.Account, "region": "us-east-1", "warehouse.cluster": "analytics", "bucket.name": "acme-ml", "sql.run": "export",
		"groups": 1, "groups.0.name": name, "groups.0.schema": "ml",
	}, plantest.Target("us-east-1"))
	if !ok {
		t.Fatal("the answers do not go together")
	}
	_, doc := render(t, planjson.Input{Plan: p})
	title := doc["sql"].([]any)[0].(map[string]any)["title"]
	if title != "create group "+name {
		t.Errorf("the title is %v", title)
	}
}

func BenchmarkRender(b *testing.B) {
	many := map[string]any{"account": plantest.Account, "region": "us-east-1", "warehouse.cluster": "analytics", "bucket.name": "acme-ml", "sql.run": "data-api", "groups": 1000}
	for i := range 1000 {
		many[answers.ItemKey("groups", i, "name")] = fmt.Sprintf("group_%d", i)
	}
	large, ok := plantest.Build(redshiftml.Guide(), many, plantest.Target("us-east-1"))
	if !ok {
		b.Fatal("the answers do not go together")
	}
	for name, p := range map[string]plan.Plan{"sample": sample(b), "1000 groups": large} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				data, err := planjson.Render(planjson.Input{Plan: p})
				if err != nil {
					b.Fatal(err)
				}
				_, _ = io.Discard.Write(data)
			}
		})
	}
}
