package practice_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onramp/internal/apply"
	"onramp/internal/awsapi"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/practice"
)

// built is the plan of an answers file, for the practice account.
func built(t testing.TB, file string) (plan.Plan, string) {
	t.Helper()
	p := plantest.File(t, file, practice.Number)
	return p, p.Target.Region
}

func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

func answersFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../../testdata/answers/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	return files
}

// caller is apply's port on an account that is served over HTTP.
func caller(t *testing.T) apply.Caller {
	t.Helper()
	client, err := awsapi.New(t.Context(), awsapi.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func carryOut(t *testing.T, p plan.Plan, c apply.Caller) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	findings, err := apply.Inspect(ctx, p, c)
	if err != nil {
		return err
	}
	_, err = apply.Run(ctx, p, c, apply.Options{Consent: apply.Agree(findings), Poll: apply.Poll{First: 10 * time.Millisecond, Most: 50 * time.Millisecond}})
	return err
}

func mutating(calls []practice.Call) []string {
	var out []string
	for _, c := range calls {
		if c.Mutating {
			out = append(out, c.Op+" "+c.Error)
		}
	}
	return out
}

func TestEveryAnswersFileIsAppliedAndThenChangesNothing(t *testing.T) {
	for _, file := range answersFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			p, region := built(t, file)
			a := practice.New(practice.Settings{Region: region})
			serving(t, a, region)
			if err := carryOut(t, p, caller(t)); err != nil {
				t.Fatal(err)
			}
			first, state := len(a.Calls()), string(a.State())
			if err := carryOut(t, p, caller(t)); err != nil {
				t.Fatal(err)
			}
			if made := mutating(a.Calls()[first:]); len(made) > 0 {
				t.Errorf("the second run made %v", made)
			}
			if again := string(a.State()); again != state {
				t.Error("the second run changed the state")
			}
			found, err := apply.Inspect(t.Context(), p, caller(t))
			if err != nil {
				t.Fatal(err)
			}
			for id, f := range found {
				if f.Problem != "" || len(f.Differences)+len(f.Notes) > 0 {
					t.Errorf("%s after apply: %+v", id, f)
				}
			}
			verdict, err := apply.Verify(t.Context(), p, caller(t)) // also whether what is as planned works
			if err != nil || !verdict.Good() {
				t.Errorf("after apply: %v %+v", err, verdict.Wrong)
			}
		})
	}
}

// quick are AWS's delays scaled down further than Lifelike.
var quick = practice.Delays{
	Role: 300 * time.Millisecond, RoleSync: 100 * time.Millisecond, Creation: 300 * time.Millisecond, Change: 100 * time.Millisecond,
	Endpoint: 100 * time.Millisecond, Statement: 20 * time.Millisecond,
}

func TestPlansAreAppliedToASlowAccount(t *testing.T) {
	for _, name := range []string{"sample.yaml", "restrictive-serverless.yaml", "restrictive-new-cluster.yaml"} {
		t.Run(name, func(t *testing.T) {
			file := "../../testdata/answers/" + name
			p, region := built(t, file)
			a := practice.New(practice.Settings{Region: region, Delays: quick})
			serving(t, a, region)
			if err := carryOut(t, p, caller(t)); err != nil {
				t.Fatal(err)
			}
			first := a.Calls()
			refused := slices.IndexFunc(first, func(c practice.Call) bool { return c.Mutating && c.Error != "" })
			if refused < 0 {
				t.Log("the machine was so slow that the new role was known when it was used") // that it is not at first, slow_test.go says
			}
			time.Sleep(quick.Creation)
			if err := carryOut(t, p, caller(t)); err != nil {
				t.Fatal(err)
			}
			if made := mutating(a.Calls()[len(first):]); len(made) > 0 {
				t.Errorf("the second run made %v", made)
			}
			fast := practice.New(practice.Settings{Region: region})
			serving(t, fast, region)
			if err := carryOut(t, p, caller(t)); err != nil {
				t.Fatal(err)
			}
			if have, want := string(a.State()), string(fast.State()); have != want {
				t.Errorf("a slow account ends in another state:\n%s", parting(want, have))
			}
		})
	}
}
