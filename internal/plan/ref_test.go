package plan_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"onramp/internal/awsname"
	"onramp/internal/plan"
)

// plainText draws texts that hold no mark of a reference.
func plainText() *rapid.Generator[string] {
	return rapid.String().Filter(func(s string) bool { return !strings.ContainsAny(s, "\uFDD0\uFDD1") })
}

func anyRef() *rapid.Generator[plan.Ref] {
	return rapid.Custom(func(t *rapid.T) plan.Ref {
		return plan.Ref{
			Resource: rapid.StringMatching(`[a-z][a-z0-9-]{0,10}`).Draw(t, "resource"),
			Output:   rapid.StringMatching(`[a-z]{1,5}(\.[a-z])?`).Draw(t, "output"),
		}
	})
}

// TestParts: texts and references put together come apart into the same, and put together again are
// the text.
func TestParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var text, shown strings.Builder
		var want []plan.Ref
		for range rapid.IntRange(0, 6).Draw(t, "pieces") {
			if rapid.Bool().Draw(t, "reference") {
				r := anyRef().Draw(t, "ref")
				want = append(want, r)
				text.WriteString(r.String())
				shown.WriteString(plan.Unknown)
				continue
			}
			s := plainText().Draw(t, "text")
			text.WriteString(s)
			shown.WriteString(s)
		}
		s := text.String()
		var again strings.Builder
		for _, p := range plan.Parts(s) {
			if p.IsRef() == (p.Text != "") {
				t.Fatalf("%+v is both or neither", p)
			}
			if p.IsRef() {
				again.WriteString(p.Ref.String())
			}
			again.WriteString(p.Text)
		}
		if again.String() != s {
			t.Fatalf("put together again %q is %q", s, again.String())
		}
		if got := plan.Refs(s); !slices.Equal(got, want) {
			t.Fatalf("references are %v, want %v", got, want)
		}
		if got := plan.Shown(s); got != shown.String() {
			t.Fatalf("shown as %q, want %q", got, shown.String())
		}
		if got := plan.Fill(s, plan.Ref.String); got != s {
			t.Fatalf("filled with itself %q is %q", s, got)
		}
		if got := plan.Fill(s, func(plan.Ref) string { return "" }); len(plan.Refs(got)) > 0 {
			t.Fatalf("filled with nothing %q still has references", got)
		}
	})
}

func TestPartsOfOddTexts(t *testing.T) {
	tests := map[string]struct {
		text  string
		parts int
		refs  int
	}{
		"nothing":                     {"", 0, 0},
		"no reference":                {"abc", 1, 0},
		"one that is not closed":      {"a\uFDD0b", 2, 0},
		"one that is closed only":     {"a\uFDD1b", 1, 0},
		"two next to each other":      {ref("a", "b") + ref("c", "d"), 2, 2},
		"one that is opened twice":    {"\uFDD0a.b\uFDD0c.d\uFDD1", 1, 1},
		"an output with dots":         {ref("a", "b.c"), 1, 1},
		"in the middle of a document": {`{"Resource":"` + ref("key", "arn") + `/*"}`, 3, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := plan.Parts(test.text); len(got) != test.parts {
				t.Errorf("parts are %+v, want %d", got, test.parts)
			}
			if got := plan.Refs(test.text); len(got) != test.refs {
				t.Errorf("references are %+v, want %d", got, test.refs)
			}
		})
	}
}

// TestNoAnswerIsAReference: the marks are characters that no rule for names lets through.
func TestNoAnswerIsAReference(t *testing.T) {
	for _, s := range []string{ref("key", "arn"), "\uFDD0", "\uFDD1", "a\uFDD0b"} {
		if awsname.Printable(s) == nil {
			t.Errorf("%q passes for an answer", s)
		}
	}
}

func FuzzParts(f *testing.F) {
	for _, s := range []string{"", "a", ref("a", "b"), "\uFDD0", "\uFDD1", "\uFDD0\uFDD1", "\uFDD0.\uFDD1", "\uFDD0a\uFDD1", "x\uFDD0a.b\uFDD0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return // no answer that passed its check
		}
		if got := plan.Fill(s, func(plan.Ref) string { return "x" }); len(plan.Refs(got)) > 0 {
			t.Fatalf("filled %q is %q, which has references", s, got)
		}
		if !strings.ContainsRune(s, '\uFDD0') && plan.Shown(s) != s {
			t.Fatalf("%q is shown as %q", s, plan.Shown(s))
		}
	})
}

func TestRoleARN(t *testing.T) {
	const arn = "arn:aws:iam::111122223333:role/service-role/AmazonRedshift-CommandsAccessRole-20260101T000000"
	for _, s := range []string{
		arn,
		"IamRole(applyStatus=in-sync, iamRoleArn=" + arn + ")",
		"IamRole(iamRoleArn=" + arn + ", applyStatus=in-sync)",
		"IamRole(iamRoleArn=" + arn + ", applyStatus=adding)",
		"IamRole(iamRoleArn=" + arn + ")",
	} {
		if got := plan.RoleARN(s); got != arn {
			t.Errorf("%s is read as %q", s, got)
		}
	}
	if got := plan.RoleARN(""); got != "" {
		t.Errorf("nothing is read as %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		arn := "arn:aws:iam::111122223333:role/" + rapid.StringMatching(`([!-~]{1,8}/)?[\w+=,.@-]{1,20}`).Filter(func(s string) bool {
			return awsname.RolePath("/"+s[:strings.LastIndex(s, "/")+1]) == nil && !strings.Contains(s, "iamRoleArn=")
		}).Draw(t, "name")
		for _, s := range []string{arn, "IamRole(applyStatus=in-sync, iamRoleArn=" + arn + ")", "IamRole(iamRoleArn=" + arn + ", applyStatus=in-sync)"} {
			if got := plan.RoleARN(s); got != arn {
				t.Fatalf("%s is read as %q", s, got)
			}
		}
	})
}

func TestFilledHasTheValuesOfARun(t *testing.T) {
	arn, other := plan.Ref{Resource: "key", Output: "arn"}, plan.Ref{Resource: "role", Output: "id"}
	p := plan.Plan{
		FollowUps: []plan.FollowUp{{Title: "use " + arn.String(), When: "after " + arn.String(), SQL: "SELECT '" + arn.String() + other.String() + "'"}},
		HandOver:  []plan.Value{{Name: "Key", Value: arn.String()}},
	}
	got := p.Filled(map[plan.Ref]string{arn: "arn:x"})
	f := got.FollowUps[0]
	if f.Title != "use arn:x" || f.When != "after arn:x" || f.SQL != "SELECT 'arn:x"+other.String()+"'" || got.HandOver[0].Value != "arn:x" {
		t.Errorf("%+v %+v", f, got.HandOver)
	}
	if p.FollowUps[0].SQL == f.SQL || p.HandOver[0].Value == "arn:x" {
		t.Error("the plan itself was changed")
	}
}
