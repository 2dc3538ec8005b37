package apply_test

import (
	"encoding/json"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aymanbagabas/go-udiff"

	"onramp/internal/apply"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/practice"
)

// varied is the plan of an answers file in which some texts are others: old and new in turn.
func varied(t *testing.T, name string, changes ...string) plan.Plan {
	t.Helper()
	data, err := os.ReadFile("../../testdata/answers/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(string(data), changes[i]) {
			t.Fatalf("%s has no %q", name, changes[i])
		}
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(strings.NewReplacer(changes...).Replace(string(data))), 0o600); err != nil {
		t.Fatal(err)
	}
	return built(t, file)
}

// asks makes a call that only looks, and gives the answer.
func (s *scene) asks(t *testing.T, service, operation string, members ...any) map[string]any {
	t.Helper()
	answer, err := s.life(t, 0, false).caller.Call(t.Context(), plan.NewCall(service, operation, members...))
	if err != nil {
		t.Fatal(err)
	}
	return answer.(map[string]any)
}

// said reads a policy as a caller gives it: taken apart already.
func said(t *testing.T, document any) policy.Document {
	t.Helper()
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	d, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err, string(text))
	}
	return d
}

func (s *scene) trust(t *testing.T, role string) policy.Document {
	t.Helper()
	return said(t, s.asks(t, "iam", "GetRole", "RoleName", role)["Role"].(map[string]any)["AssumeRolePolicyDocument"])
}

const notForInstances = "analytics-copy" // a role of the practice account that warehouses have

func existingFor(t *testing.T, role string) plan.Plan {
	t.Helper()
	return varied(t, "ai-unlimited-existing.yaml", "instance-tools", role)
}

// TestTrustOfAnExistingRoleNeedsConsent: a role that instances cannot assume stops the run before anything is written,
// and what it trusts is shown.
func TestTrustOfAnExistingRoleNeedsConsent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := existingFor(t, notForInstances)
		s := newScene(t, p, "", practice.Delays{})
		before := string(s.account.State())
		found, err := apply.Inspect(t.Context(), p, s.life(t, 0, false).caller)
		if err != nil {
			t.Fatal(err)
		}
		asked := ""
		for _, d := range found["manager-role"].Differences {
			if d.Ask {
				asked += d.Was
			}
		}
		if !strings.Contains(asked, "redshift.amazonaws.com") || !strings.Contains(asked, "sts:AssumeRole") {
			t.Errorf("the look does not show the role's trust policy: %+v", found["manager-role"])
		}
		l := s.life(t, 0, false)
		_, err = apply.Run(t.Context(), p, l, apply.Options{Journal: l})
		var blocked *apply.Blocked
		if !errors.As(err, &blocked) || !blocked.Consent || !strings.Contains(err.Error(), "redshift.amazonaws.com") || !strings.Contains(err.Error(), "ec2.amazonaws.com") {
			t.Errorf("%v", err)
		}
		if made := changing(s.account.Calls()); len(made) > 0 || string(s.account.State()) != before || len(s.book.Past()) > 0 {
			t.Errorf("it was to change nothing: %v", made)
		}
	})
}

// TestTrustOfAnExistingRoleIsAddedTo: with consent the statement is put to those that are there, a second run changes
// nothing, and undo puts back the policy as it was.
func TestTrustOfAnExistingRoleIsAddedTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, existingFor(t, notForInstances), "", practice.Delays{})
		before, old := string(s.account.State()), s.trust(t, notForInstances)
		if _, err := s.apply(t, 0, false); err != nil {
			t.Fatal(err)
		}
		now := s.trust(t, notForInstances)
		if !policy.Contains(now, old) || !policy.Contains(now, trust("ec2.amazonaws.com")) || len(now.Statements) != len(old.Statements)+1 {
			t.Errorf("%s\n%s", old.Compact(), now.Compact())
		}
		if again, err := s.apply(t, 0, false); err != nil || again != 0 {
			t.Errorf("a second run makes %d changes: %v", again, err)
		}
		s.undoesTo(t, before)
	})
}

// undoesTo takes everything back and holds the account to what it was.
func (s *scene) undoesTo(t *testing.T, before string) {
	t.Helper()
	result, _, err := s.undo(t, 0, false)
	if err != nil || len(result.Left) > 0 {
		t.Fatal(err, result.Left)
	}
	if diff := udiff.Unified("before", "after", before, string(s.account.State())); diff != "" {
		t.Errorf("undo does not give back the account:\n%s", diff)
	}
}

// TestTrustThatSomebodyHasAddedToSinceStays: undo does not lose a statement that came after it.
func TestTrustThatSomebodyHasAddedToSinceStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, existingFor(t, notForInstances), "", practice.Delays{})
		if _, err := s.apply(t, 0, false); err != nil {
			t.Fatal(err)
		}
		more := s.trust(t, notForInstances)
		more.Statements = append(more.Statements, trust("lambda.amazonaws.com").Statements...)
		s.call(t, "iam", "UpdateAssumeRolePolicy", "RoleName", notForInstances, "PolicyDocument", string(more.Compact()))
		result, _, err := s.undo(t, 0, false)
		if err != nil || len(result.Left) != 1 || !strings.Contains(result.Left[0].Why, "somebody has changed it since") {
			t.Errorf("%v %+v", err, result.Left)
		}
		if now := s.trust(t, notForInstances); !policy.Equal(now, more) {
			t.Errorf("%s", now.Compact())
		}
	})
}

// TestRoleThatTrustsInstances is used as it is, in whatever form it says so.
func TestRoleThatTrustsInstances(t *testing.T) {
	const pair = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":["redshift.amazonaws.com","ec2.amazonaws.com"]},"Action":["sts:TagSession","sts:AssumeRole"]}}`
	for name, document := range map[string]string{"as it stands": "", "among others": pair} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t, existingFor(t, "instance-tools"), "", practice.Delays{})
			if document != "" {
				s.call(t, "iam", "UpdateAssumeRolePolicy", "RoleName", "instance-tools", "PolicyDocument", document)
			}
			before, old := string(s.account.State()), s.trust(t, "instance-tools")
			l := s.life(t, 0, false)
			if _, err := apply.Run(t.Context(), s.plan, l, apply.Options{Journal: l}); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if now := s.trust(t, "instance-tools"); !policy.Equal(now, old) {
				t.Errorf("%s: %s", name, now.Compact())
			}
			s.undoesTo(t, before)
		})
	}
}

// TestStatementsThatDoNotTrust: one that denies, has a condition, or is about another action is none that lets instances
// assume the role.
func TestStatementsThatDoNotTrust(t *testing.T) {
	for name, statement := range map[string]string{
		"denied":         `{"Effect":"Deny","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`,
		"conditional":    `{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"999999999999"}}}`,
		"another action": `{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:TagSession"}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t, existingFor(t, "instance-tools"), "", practice.Delays{})
			s.call(t, "iam", "UpdateAssumeRolePolicy", "RoleName", "instance-tools", "PolicyDocument", `{"Version":"2012-10-17","Statement":[`+statement+`]}`)
			_, err := apply.Run(t.Context(), s.plan, s.life(t, 0, false), apply.Options{})
			var blocked *apply.Blocked
			if !errors.As(err, &blocked) || !blocked.Consent {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// TestRoleUnderAPath: what is said of an existing role names the role that is there, whatever its path.
func TestRoleUnderAPath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := varied(t, "ai-unlimited-supplied.yaml", "source: new\n  name: ai-unlimited-engine-role", "source: existing\n  name: node")
		s := newScene(t, p, "", practice.Delays{})
		s.call(t, "iam", "CreateRole", "RoleName", "node", "Path", "/engines/", "AssumeRolePolicyDocument", string(trust("ec2.amazonaws.com").Compact()))
		if _, err := s.apply(t, 0, false); err != nil {
			t.Fatal(err)
		}
		arn := s.asks(t, "iam", "GetRole", "RoleName", "node")["Role"].(map[string]any)["Arn"].(string)
		r, _ := p.Find("manager-policy")
		version := s.versionOf(t, r.Spec.(kind.ManagedPolicy).ARN(p.Target), "")
		named := slices.ContainsFunc(version.Statements[1].Resources, func(pattern string) bool { matches, err := path.Match(pattern, arn); return matches && err == nil })
		if !named || version.Statements[1].Actions[0] != "iam:PassRole" {
			t.Errorf("%s is not named: %s", arn, version.Compact())
		}
	})
}
