package apply_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"onramp/internal/apply"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/practice"
)

// standard is the id of a policy's default version.
func (s *scene) standard(t *testing.T, arn string) string {
	t.Helper()
	return s.asks(t, "iam", "GetPolicy", "PolicyArn", arn)["Policy"].(map[string]any)["DefaultVersionId"].(string)
}

// versions lists the ids of a policy's versions, oldest first.
func (s *scene) versions(t *testing.T, arn string) string {
	t.Helper()
	var out []string
	caller := s.life(t, 0, false).caller
	for n := range 9 {
		id := fmt.Sprintf("v%d", n+1)
		_, err := caller.Call(t.Context(), plan.NewCall("iam", "GetPolicyVersion", "PolicyArn", arn, "VersionId", id))
		switch {
		case err == nil:
			out = append(out, id)
		case !strings.Contains(err.Error(), "NoSuchEntity"):
			t.Fatal(err)
		}
	}
	return strings.Join(out, " ")
}

// versionOf is the text of a version of a policy; of the default one where no id is given.
func (s *scene) versionOf(t *testing.T, arn, id string) policy.Document {
	t.Helper()
	if id == "" {
		id = s.standard(t, arn)
	}
	return said(t, s.asks(t, "iam", "GetPolicyVersion", "PolicyArn", arn, "VersionId", id)["PolicyVersion"].(map[string]any)["Document"])
}

const theirs = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}`

// changedPolicy is an account in which the plan was applied and somebody has then given one of its policies another
// default version, and a journal that begins after that.
func changedPolicy(t *testing.T, faults string) (*scene, kind.ManagedPolicy, string) {
	t.Helper()
	p := built(t, "../../testdata/answers/ai-unlimited-supplied.yaml")
	s := newScene(t, p, faults, practice.Delays{})
	if _, err := s.apply(t, 0, false); err != nil {
		t.Fatal(err)
	}
	r, _ := p.Find("manager-policy")
	made := r.Spec.(kind.ManagedPolicy)
	arn := made.ARN(p.Target)
	s.call(t, "iam", "CreatePolicyVersion", "PolicyArn", arn, "PolicyDocument", theirs, "SetAsDefault", true)
	s.book = &apply.Notebook{}
	return s, made, arn
}

// TestPolicyThatSomebodyChanged gets a version with the plan's text, and theirs stays; undo of that run makes theirs the
// default again and deletes the new one.
func TestPolicyThatSomebodyChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, made, arn := changedPolicy(t, "")
		before := string(s.account.State())
		if _, err := s.apply(t, 0, false); err != nil {
			t.Fatal(err)
		}
		if now := s.versionOf(t, arn, ""); !policy.Equal(now, made.Document.Policy) || s.standard(t, arn) != "v3" || s.versions(t, arn) != "v1 v2 v3" {
			t.Errorf("%s of %s: %s", s.standard(t, arn), s.versions(t, arn), now.Compact())
		}
		if again, err := s.apply(t, 0, false); err != nil || again != 0 {
			t.Errorf("a second run makes %d changes: %v", again, err)
		}
		if _, _, err := s.undo(t, 0, false); err != nil {
			t.Fatal(err)
		}
		if s.standard(t, arn) != "v2" || s.versions(t, arn) != "v1 v2" || !policy.Equal(s.versionOf(t, arn, ""), said(t, json.RawMessage(theirs))) {
			t.Errorf("%s of %s", s.standard(t, arn), s.versions(t, arn))
		}
		if have := string(s.account.State()); withoutCounters(have) != withoutCounters(before) {
			t.Errorf("undo does not give back the account")
		}
		if _, calls, err := s.undo(t, 0, false); err != nil || calls != 0 {
			t.Errorf("a second undo makes %d changes: %v", calls, err)
		}
	})
}

// withoutCounters takes out of a state what only counts, and when a policy was changed: IAM gives no number twice.
func withoutCounters(state string) string {
	var out []string
	for line := range strings.Lines(state) {
		if !strings.Contains(line, "numbered") && !strings.Contains(line, "updated") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}

// TestLostVersions: an answer that is lost, wherever it was lost, makes no version a second time, and undo takes back
// the one that was made. The first version that is made is somebody else's.
func TestLostVersions(t *testing.T) {
	for _, fault := range []string{"drop-before", "drop-after", "cut", "error-after", "error", "throttle"} {
		t.Run(fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, made, arn := changedPolicy(t, "iam:CreatePolicyVersion "+fault+" nth=2")
				if _, err := s.apply(t, 0, false); err != nil {
					t.Fatal(err)
				}
				if now := s.versionOf(t, arn, ""); !policy.Equal(now, made.Document.Policy) || s.versions(t, arn) != "v1 v2 v3" {
					t.Errorf("%s of %s", s.standard(t, arn), s.versions(t, arn))
				}
				if _, _, err := s.undo(t, 0, false); err != nil {
					t.Fatal(err)
				}
				if s.standard(t, arn) != "v2" || s.versions(t, arn) != "v1 v2" {
					t.Errorf("after undo: %s of %s", s.standard(t, arn), s.versions(t, arn))
				}
			})
		})
	}
}

// TestKilledVersions: a program that dies at the change makes no second version when it is started again, and undo takes
// back what was made, or says that it stays.
func TestKilledVersions(t *testing.T) {
	for _, after := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s, _, arn := changedPolicy(t, "")
			if _, err := s.apply(t, 1, after); !errors.Is(err, errKilled) {
				t.Fatal(err)
			}
			if _, err := s.apply(t, 0, false); err != nil {
				t.Fatal(err)
			}
			if s.versions(t, arn) != "v1 v2 v3" {
				t.Errorf("after %v: %s", after, s.versions(t, arn))
			}
			result, _, err := s.undo(t, 0, false)
			if err != nil {
				t.Fatal(err)
			}
			if back := s.standard(t, arn) == "v2" && s.versions(t, arn) == "v1 v2"; back == (len(result.Left) > 0) {
				t.Errorf("after %v and undo: %s of %s, and it says %+v", after, s.standard(t, arn), s.versions(t, arn), result.Left)
			}
		})
	}
}

// TestFiveVersions: a policy that has all versions it may have is not changed, and nothing of it is thrown away.
func TestFiveVersions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, arn := changedPolicy(t, "")
		for range 3 {
			s.call(t, "iam", "CreatePolicyVersion", "PolicyArn", arn, "PolicyDocument", theirs)
		}
		_, err := s.apply(t, 0, false)
		if err == nil || !strings.Contains(err.Error(), "version") {
			t.Errorf("%v", err)
		}
		if s.standard(t, arn) != "v2" || s.versions(t, arn) != "v1 v2 v3 v4 v5" {
			t.Errorf("%s of %s", s.standard(t, arn), s.versions(t, arn))
		}
	})
}

// TestPolicyOfSomebodyElse: one of the name that the plan has not made is changed with consent only.
func TestPolicyOfSomebodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := built(t, "../../testdata/answers/ai-unlimited-supplied.yaml")
		s := newScene(t, p, "", practice.Delays{})
		r, _ := p.Find("manager-policy")
		s.call(t, "iam", "CreatePolicy", "PolicyName", r.Spec.Name(), "PolicyDocument", theirs)
		before := string(s.account.State())
		_, err := apply.Run(t.Context(), p, s.life(t, 0, false), apply.Options{})
		var blocked *apply.Blocked
		if !errors.As(err, &blocked) || !blocked.Consent || string(s.account.State()) != before {
			t.Errorf("without consent: %v", err)
		}
		if _, err := s.apply(t, 0, false); err != nil {
			t.Fatal(err)
		}
		arn := r.Spec.(plan.Located).ARN(p.Target)
		if s.versions(t, arn) != "v1 v2" {
			t.Errorf("%s", s.versions(t, arn))
		}
		if _, _, err := s.undo(t, 0, false); err != nil {
			t.Fatal(err)
		}
		if s.standard(t, arn) != "v1" || s.versions(t, arn) != "v1" || !policy.Equal(s.versionOf(t, arn, ""), said(t, json.RawMessage(theirs))) {
			t.Errorf("after undo: %s of %s", s.standard(t, arn), s.versions(t, arn))
		}
	})
}

// blinded may make a version, and not see the policy from then on.
type blinded struct {
	*life
	made atomic.Bool
}

// Call implements apply.Caller.
func (b *blinded) Call(ctx context.Context, c plan.Call) (any, error) {
	if b.made.Load() && c.Name() == "iam:GetPolicy" {
		return nil, errors.New("the network is down")
	}
	answer, err := b.life.Call(ctx, c)
	if err == nil && c.Name() == "iam:CreatePolicyVersion" {
		b.made.Store(true)
	}
	return answer, err
}

// TestVersionThatCannotBeRead: the change is in the journal as one that happened, and undo does not take the version before
// it for a sign that it was taken back.
func TestVersionThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, arn := changedPolicy(t, "")
		l := s.life(t, 0, false)
		if _, err := apply.Run(t.Context(), s.plan, &blinded{life: l}, apply.Options{Journal: l}); err == nil {
			t.Error("nobody says that the network was down")
		}
		result, _, err := s.undo(t, 0, false)
		if err != nil || len(result.Left) != 1 || len(result.Undone) != 0 || s.standard(t, arn) != "v3" {
			t.Errorf("%s is the default: %+v, %v", s.standard(t, arn), result, err)
		}
	})
}
