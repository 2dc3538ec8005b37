package apply_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"onramp/internal/apply"
	"onramp/internal/kind"
	"onramp/internal/plan"
)

// TestCodesAreSaidInWords: where AWS answers with a code alone, a look says what it means and what to do.
func TestCodesAreSaidInWords(t *testing.T) {
	for code, says := range map[string]string{
		"MovedPermanently": "another region than us-east-1", "Forbidden": "belongs to another account", "InternalError": "InternalError",
	} {
		a := &account{}
		a.answers = map[string]func(plan.Call) (any, error){"s3:HeadBucket": fails(code)}
		found, err := apply.Inspect(t.Context(), of(kind.ExistingBucket{BucketName: "b", Account: "111122223333", Region: "us-east-1"}), a)
		if err != nil {
			t.Fatal(err)
		}
		if problem := found["r0"].Problem; !strings.Contains(problem, says) || !strings.Contains(problem, code) {
			t.Errorf("%s: %q", code, problem)
		}
	}
}

// TestUnansweredReadIsNoDifference: a read that gets no answer ends a look with an error. It does not count as a
// resource that differs from the plan.
func TestUnansweredReadIsNoDifference(t *testing.T) {
	a := &account{}
	a.answers = map[string]func(plan.Call) (any, error){
		"s3:HeadBucket": func(plan.Call) (any, error) { return nil, fmt.Errorf("call s3:HeadBucket: %w", io.ErrUnexpectedEOF) },
	}
	a.answers["iam:GetSwitch"], a.answers["iam:ListDoors"] = says(object{"On": false}), a.answers["s3:HeadBucket"]
	doors := plan.Fact{Name: "doors", Title: "the doors", Read: plan.NewCall("iam", "ListDoors")}
	for of, p := range map[string]plan.Plan{
		"a step":  of(kind.ExistingBucket{BucketName: "b", Account: "111122223333", Region: "us-east-1"}),
		"a guard": of(guarded{plan.Guard{Facts: []plan.Fact{doors}, Judge: counting{}}}),
	} {
		for name, look := range map[string]func() error{
			"inspect": func() error { _, err := apply.Inspect(t.Context(), p, a); return err },
			"verify":  func() error { _, err := apply.Verify(t.Context(), p, a); return err },
		} {
			if err := look(); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s of %s: %v", name, of, err)
			}
		}
	}
}
