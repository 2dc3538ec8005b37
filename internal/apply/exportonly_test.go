package apply_test

import (
	"errors"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/internal/practice"
)

// TestPlanThatIsOnlyWrittenDown: it is not applied, whatever may be adopted, and the remedy is the plan's.
func TestPlanThatIsOnlyWrittenDown(t *testing.T) {
	p := built(t, "../../testdata/answers/restrictive-new-cluster.yaml")
	p.ExportOnly = &answers.Problem{Key: "k", Text: "it is only written down", Remedy: "answer otherwise"}
	s := newScene(t, p, "", practice.Delays{})
	before := string(s.account.State())
	_, err := s.apply(t, 0, false)
	var blocked *apply.Blocked
	if !errors.As(err, &blocked) || blocked.ErrorHint() != "answer otherwise; nothing was changed" {
		t.Errorf("%v", err)
	}
	if string(s.account.State()) != before {
		t.Error("something was changed")
	}
}

// TestPrincipalsThatOthersOwn: the policy on somebody's user is refused where there is no such user, and another one
// of the name is replaced only with consent; undo puts it back.
func TestPrincipalsThatOthersOwn(t *testing.T) {
	const other = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
	p := built(t, "../../testdata/answers/amazon-ml-managed.yaml")
	s := newScene(t, p, "", practice.Delays{})
	put := plan.NewCall("iam", "PutUserPolicy", "UserName", "ada", "PolicyName", "amazon-ml-pass-role", "PolicyDocument", other)
	if _, err := s.life(t, 0, false).Call(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	before := string(s.account.State())
	_, err := apply.Run(t.Context(), p, s.life(t, 0, false), apply.Options{})
	var blocked *apply.Blocked
	if !errors.As(err, &blocked) || !blocked.Consent || string(s.account.State()) != before {
		t.Errorf("without consent: %v", err)
	}
	if _, err := s.apply(t, 0, false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.undo(t, 0, false); err != nil || string(s.account.State()) != before {
		t.Errorf("taken back: %v", err)
	}

	empty := newScene(t, p, "", practice.Delays{})
	empty.account = practice.New(practice.Settings{Region: p.Target.Region, Empty: true})
	before = string(empty.account.State())
	if _, err := empty.apply(t, 0, false); !errors.As(err, &blocked) || blocked.Consent || string(empty.account.State()) != before {
		t.Errorf("without the user: %v", err)
	}
}
