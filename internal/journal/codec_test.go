package journal

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// awkward are texts that have spoiled a file or a query somewhere.
var awkward = []string{
	"", " ", "\n", "\r\n", "\x00", "\x7f", `"`, `\`, `'`, "`", "$(rm -rf /)", "$current", "$object", "$", "***", "null", "true", "0", "</script>&",
	"\u2028\u2029", "\ufeff", "\ufffd", `\ufffd`, `\u0000`, "é", "e\u0301", "日本", "😀", "\u202e", strings.Repeat("x", 5000),
	plan.Ref{Resource: "key", Output: "arn"}.String(), "arn:aws:s3:::" + plan.Ref{Resource: "b", Output: "name"}.String() + "/*", "\ufdd0", "\ufdd1\ufdd0",
	"\xff", "a\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "ok\x80ok",
}

func anyText() *rapid.Generator[string] {
	bytes := rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) })
	return rapid.OneOf(rapid.SampledFrom(awkward), rapid.String(), bytes)
}

func validText() *rapid.Generator[string] {
	return rapid.Map(anyText(), func(s string) string { return strings.ToValidUTF8(s, "?") })
}

// anyName is the name of a member that is not hidden.
func anyName() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"RoleName", "$current", "$texts", "$object", "$x", "", "a", "a"}), validText()).
		Filter(func(s string) bool { return !secret(plan.Member{Name: s}) })
}

func anyTexts() *rapid.Generator[[]string] {
	return rapid.OneOf(rapid.Just([]string(nil)), rapid.SliceOfN(anyText(), 0, 4))
}

func anyStatement() *rapid.Generator[policy.Statement] {
	values := rapid.OneOf(rapid.Just([]string(nil)), rapid.SliceOfN(validText(), 0, 3))
	return rapid.Custom(func(t *rapid.T) policy.Statement {
		s := policy.Statement{
			Sid: validText().Draw(t, "sid"), Effect: rapid.SampledFrom([]string{policy.Allow, policy.Deny}).Draw(t, "effect"),
			Actions: values.Draw(t, "actions"), NotActions: values.Draw(t, "not actions"), Resources: values.Draw(t, "resources"),
			NotResources: values.Draw(t, "not resources"),
		}
		if rapid.Bool().Draw(t, "everyone") {
			s.Principal.Any = true
		} else {
			s.Principal = policy.Principal{Services: values.Draw(t, "services"), AWS: values.Draw(t, "aws"), Federated: values.Draw(t, "federated")}
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "conditions") {
			operator := rapid.SampledFrom([]string{"StringEquals", "ArnLike"}).Draw(t, "operator")
			s.Conditions = append(s.Conditions, policy.Condition{Operator: operator, Key: fmt.Sprint("k", i), Values: append([]string{}, values.Draw(t, "values")...)})
		}
		return s
	})
}

func anyDocument() *rapid.Generator[plan.Document] {
	return rapid.Custom(func(t *rapid.T) plan.Document {
		d := plan.Document{
			Name: anyText().Draw(t, "name"), Title: anyText().Draw(t, "title"), Kind: policy.Kind(rapid.IntRange(0, 7).Draw(t, "kind")),
			Policy: tidy(policy.Document{Version: policy.Version, Statements: rapid.SliceOfN(anyStatement(), 0, 3).Draw(t, "statements")}),
		}
		if rapid.Bool().Draw(t, "notes") {
			d.Notes = []plan.ActionNote{{Actions: anyTexts().Draw(t, "actions"), Text: anyText().Draw(t, "text")}}
		}
		return d
	})
}

func anyObject(depth int) *rapid.Generator[plan.Object] {
	return rapid.Custom(func(t *rapid.T) plan.Object {
		if rapid.IntRange(0, 9).Draw(t, "none") == 0 {
			return nil
		}
		o := plan.Object{}
		for range rapid.IntRange(0, 4).Draw(t, "members") {
			o = append(o, plan.Member{Name: anyName().Draw(t, "name"), Value: anyValue(depth).Draw(t, "value")})
		}
		return o
	})
}

func anyValue(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		anyText().AsAny(), rapid.Bool().AsAny(), rapid.Int().AsAny(), anyTexts().AsAny(), rapid.Just[any](plan.EmptyText), rapid.Just[any](nil),
		rapid.Custom(func(t *rapid.T) any { return plan.Current{Query: anyText().Draw(t, "query")} }),
		rapid.Custom(func(t *rapid.T) any {
			return plan.Before{Query: anyText().Draw(t, "query"), Text: rapid.Bool().Draw(t, "text")}
		}),
		rapid.Custom(func(t *rapid.T) any {
			return plan.RoleList{Query: anyText().Draw(t, "query"), Add: anyTexts().Draw(t, "add"), Remove: anyTexts().Draw(t, "remove")}
		}),
		rapid.Custom(func(t *rapid.T) any {
			return plan.Merged{Query: anyText().Draw(t, "query"), Document: anyDocument().Draw(t, "document")}
		}),
		anyDocument().AsAny(),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	lists := rapid.OneOf(rapid.Just([]plan.Object(nil)), rapid.SliceOfN(anyObject(depth-1), 0, 3))
	return rapid.OneOf(append(leaves, anyObject(depth-1).AsAny(), lists.AsAny())...)
}

func anyCall() *rapid.Generator[plan.Call] {
	return rapid.Custom(func(t *rapid.T) plan.Call {
		return plan.Call{Service: anyText().Draw(t, "service"), Operation: anyText().Draw(t, "operation"), Input: anyObject(2).Draw(t, "input")}
	})
}

// readBack writes an intent and reads it.
func readBack(in apply.Intent) (apply.Intent, []byte, error) {
	line, err := encode(intentFrom(in))
	if err != nil {
		return apply.Intent{}, line, err
	}
	var back intentLine
	err = json.Unmarshal(line, &back)
	return back.intent(), line, err
}

// moment is a time as a line holds it.
var moment = time.Date(2026, 11, 22, 3, 4, 5, 678_000_000, time.UTC)

// TestCallsSurvive: what is read is what was written, to the last byte.
func TestCallsSurvive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := apply.Intent{
			Seq: 1, Time: moment, Call: anyCall().Draw(t, "call"), Before: anyText().Draw(t, "before"), Needs: anyTexts().Draw(t, "needs"),
			Undo: &plan.Undo{
				Read: anyCall().Draw(t, "read"), Calls: rapid.SliceOfN(anyCall(), 0, 2).Draw(t, "calls"), Gone: anyTexts().Draw(t, "gone"),
				Wait: &plan.Wait{For: anyText().Draw(t, "for"), Limit: time.Duration(rapid.Int64().Draw(t, "limit"))},
			},
		}
		if rapid.Bool().Draw(t, "document") {
			d := anyDocument().Draw(t, "of check")
			in.Undo.Check = plan.Check{Query: anyText().Draw(t, "query"), Document: &d, Contains: rapid.Bool().Draw(t, "contains")}
		}
		back, line, err := readBack(in)
		if err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		if !reflect.DeepEqual(back, in) {
			t.Fatalf("wrote %#v\nread  %#v\n%s", in, back, line)
		}
		if strings.Count(string(line), "\n") != 1 {
			t.Fatalf("not one line: %q", line)
		}
	})
}

// TestOutcomesSurvive: whatever AWS said.
func TestOutcomesSurvive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		out := apply.Outcome{Seq: 1, Time: moment, RequestID: anyText().Draw(t, "request"), Code: anyText().Draw(t, "code"), Error: anyText().Draw(t, "error")}
		out.Outputs = rapid.OneOf(rapid.Just(map[string]string(nil)), rapid.MapOf(anyName(), anyText())).Draw(t, "outputs")
		line, err := encode(outcomeFrom(out))
		if err != nil {
			t.Fatal(err)
		}
		var back outcomeLine
		if err := json.Unmarshal(line, &back); err != nil || !reflect.DeepEqual(back.outcome(), out) {
			t.Fatalf("wrote %#v\nread  %#v, %v\n%s", out, back.outcome(), err, line)
		}
	})
}

func condition(operator, key string, values ...string) policy.Condition {
	return policy.Condition{Operator: operator, Key: key, Values: values}
}

// TestUntidyPoliciesSurvive: in what AWS would make of them.
func TestUntidyPoliciesSurvive(t *testing.T) {
	d := policy.Document{Version: policy.Version, Statements: []policy.Statement{{
		Effect: policy.Allow, Actions: []string{"s3:GetObject"},
		Conditions: []policy.Condition{condition("StringEquals", "a", "1"), condition("ArnLike", "b"), condition("StringEquals", "c", "2", "3")},
	}}}
	back, line, err := readBack(apply.Intent{Seq: 1, Call: plan.NewCall("s3", "PutBucketPolicy", "Policy", plan.Document{Policy: d})})
	if err != nil {
		t.Fatal(err, string(line))
	}
	got := back.Call.Input.Get("Policy").(plan.Document).Policy
	if string(got.Compact()) != string(d.Compact()) || !policy.Equal(got, d) {
		t.Errorf("wrote %s\nread %s", d.Compact(), got.Compact())
	}
}

// TestWhatCannotBeWrittenIsRefused rather than changed.
func TestWhatCannotBeWrittenIsRefused(t *testing.T) {
	statement := func(s policy.Statement) any {
		return plan.Document{Name: "d", Policy: policy.Document{Version: policy.Version, Statements: []policy.Statement{s}}}
	}
	twice := []policy.Condition{condition("StringEquals", "a", "1"), condition("StringEquals", "a", "2")}
	tests := map[string]struct {
		value any
		says  string
	}{
		"a number that is not whole":             {1.5, "a value is a float64"},
		"a time":                                 {moment, "a value is a time.Time"},
		"a list within a structure":              {plan.Object{{Name: "a", Value: []any{"x"}}}, "a: a value is a []interface {}"},
		"a name that is not UTF-8":               {plan.Object{{Name: "a\xff", Value: "x"}}, "not UTF-8"},
		"a policy that is not UTF-8":             {statement(policy.Statement{Effect: policy.Allow, Resources: []string{"a\xff"}}), "does not hold it exactly"},
		"a policy that says one condition twice": {statement(policy.Statement{Effect: policy.Allow, Conditions: twice}), "stands twice"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			back, line, err := readBack(apply.Intent{Seq: 1, Call: plan.Call{Service: "x", Input: plan.Object{{Name: "Member", Value: test.value}}}})
			if err == nil {
				t.Fatalf("wrote %s, read %#v", line, back.Call)
			}
			if !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "journal.") {
				t.Errorf("says %q, want %q", err, test.says)
			}
		})
	}
}

// TestWhatCannotBeReadIsRefused: values that onramp has not written.
func TestWhatCannotBeReadIsRefused(t *testing.T) {
	for _, value := range []string{
		`1.5`, `1e400`, `[1]`, `[["a"]]`, `["a",{}]`, `[null]`, `{"$unknown":1}`, `{"$current":1}`, `{"$current":"a","b":1}`, `{"b":1,"$current":"a"}`,
		`{"$bytes":"*"}`, `{"$object":[]}`, `{"$objects":[1]}`, `{"$texts":[1]}`, `{"$merged":{}}`, `{"$document":{}}`, `{"$document":{"kind":"odd","policy":{"Statement":[]}}}`,
		`{"$document":{"kind":"trust","policy":{"Odd":1}}}`, `{"$empty":1}`,
	} {
		if v, err := readValue([]byte(value)); err == nil {
			t.Errorf("%s was read as %#v", value, v)
		}
	}
}

// TestSecretsAreHidden: should a call ever have one.
func TestSecretsAreHidden(t *testing.T) {
	in := plan.In(
		"MasterUserPassword", "hunter2", "adminUserPassword", "hunter2", "SecretString", plan.In("a", "hunter2"), "masteruserpassword", []string{"hunter2"},
		"Nested", []plan.Object{plan.In("Password", "hunter2")}, "$Odd", plan.In("SecretBinary", "hunter2"),
		"ManageMasterPassword", true, "MasterPasswordSecretKmsKeyId", "key",
	)
	back, line, err := readBack(apply.Intent{Seq: 1, Call: plan.Call{Service: "redshift", Input: in}})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(line), "hunter2") || strings.Count(string(line), hidden) != 6 {
		t.Errorf("wrote %s", line)
	}
	if got := back.Call.Input; got.Get("ManageMasterPassword") != true || got.Text("MasterPasswordSecretKmsKeyId") != "key" || got.Text("MasterUserPassword") != hidden {
		t.Errorf("read %v", got)
	}
	if line, err := encode(outcomeFrom(apply.Outcome{Outputs: map[string]string{"password": "hunter2"}})); err != nil || strings.Contains(string(line), "hunter2") {
		t.Errorf("wrote %s, %v", line, err)
	}
}

// TestEveryFieldIsWritten finds a field that was added to a plan or to a change and has no place in
// the file.
func TestEveryFieldIsWritten(t *testing.T) {
	var in apply.Intent
	fill(reflect.ValueOf(&in).Elem())
	back, line, err := readBack(in)
	if err != nil || !reflect.DeepEqual(back, in) {
		t.Errorf("wrote %#v\nread  %#v, %v\n%s", in, back, err, line)
	}
	var out apply.Outcome
	fill(reflect.ValueOf(&out).Elem())
	if got := outcomeFrom(out).outcome(); !reflect.DeepEqual(got, out) {
		t.Errorf("outcome %#v, want %#v", got, out)
	}
	var undone apply.Undone
	fill(reflect.ValueOf(&undone).Elem())
	if got := undoneFrom(undone).undone(); got != undone {
		t.Errorf("undone %#v, want %#v", got, undone)
	}
	for _, v := range []any{&plan.Current{}, &plan.Before{}, &plan.Merged{}, &plan.RoleList{}, &plan.Document{}} {
		fill(reflect.ValueOf(v).Elem())
		want := reflect.ValueOf(v).Elem().Interface()
		data, err := object(plan.In("a", want)).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		got, err := readValue(data)
		if err != nil || !reflect.DeepEqual(got, plan.In("a", want)) {
			t.Errorf("wrote %#v\nread  %#v, %v", want, got, err)
		}
	}
}

// fill gives every field a value that is not its zero.
func fill(v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(moment))
		return
	case policy.Document: // its own package holds that none of it is lost
		v.Set(reflect.ValueOf(policy.Document{Version: policy.Version, Statements: []policy.Statement{{Effect: policy.Allow, Actions: []string{"s3:*"}}}}))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0))
		fill(v.Index(1))
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"a": "b"}))
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Interface:
		v.Set(reflect.ValueOf("value"))
	default:
		panic("a kind of field that nothing is known of: " + v.Type().String())
	}
}

// TestKindsOfPolicyHaveWords, so that a new one is not written as a number.
func TestKindsOfPolicyHaveWords(t *testing.T) {
	for k := policy.Kind(0); k.String() != fmt.Sprintf("policy of kind %d", k); k++ {
		if kindWords[k] == "" {
			t.Errorf("no word for %v", k)
		}
	}
}
