package apply_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aymanbagabas/go-udiff"
	"pgregory.net/rapid"

	"onramp/internal/apply"
	"onramp/internal/awsapi"
	"onramp/internal/permissions"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/practice"
)

// looking is a caller that refuses every call which changes something.
type looking struct{ apply.Caller }

var errChanges = errors.New("it was to change nothing")

func (l looking) Call(ctx context.Context, c plan.Call) (any, error) {
	if !readOnly(c) {
		return nil, fmt.Errorf("%s: %w", c.Name(), errChanges)
	}
	return l.Caller.Call(ctx, c)
}

// TestLookingChangesNothing is promise 2: inspect and verify, on an account where nothing is there and on one
// where all is, with a client that refuses changes.
func TestLookingChangesNothing(t *testing.T) {
	for _, file := range answersFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t, built(t, file), "", practice.Delays{})
				for _, finished := range []bool{false, true} {
					if finished {
						if _, err := s.apply(t, 0, false); err != nil {
							t.Fatal(err)
						}
					}
					before := len(s.account.Calls())
					v, err := apply.Verify(t.Context(), s.plan, looking{s.life(t, 0, false).caller})
					if err != nil || v.Good() != finished {
						t.Errorf("finished %v: verify says %v, %v: %+v", finished, v.Good(), err, v)
					}
					if made := changing(s.account.Calls()[before:]); len(made) > 0 {
						t.Errorf("looking made %v", made)
					}
				}
			})
		})
	}
}

// TestSlowAccountsEndAlike: with AWS's delays the account ends as it does without them, and no wait is said to
// be longer than it may be.
func TestSlowAccountsEndAlike(t *testing.T) {
	for _, file := range answersFiles(t) {
		p := built(t, file)
		want, _, _ := undisturbed(t, p)
		t.Run(filepath.Base(file), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t, p, "", practice.Lifelike().Times(20))
				l, waited := s.life(t, 0, false), 0
				_, err := apply.Run(t.Context(), p, l, apply.Options{Consent: seen(t, p, l), Journal: l, Emit: func(e apply.Event) {
					if e.State == apply.Waiting {
						waited++
						if e.Detail == "" || e.Limit == 0 || e.Waited > e.Limit {
							t.Errorf("a wait that does not say what for and how long: %+v", e)
						}
					}
				}})
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Hour)
				if have := string(s.account.State()); have != want {
					t.Errorf("a slow account ends otherwise:\n%s", udiff.Unified("fast", "slow", want, have))
				}
				if waited == 0 && !doneAtOnce(p) {
					t.Error("nothing was waited for")
				}
			})
		})
	}
}

// doneAtOnce says that nothing of a plan takes AWS a while that anybody would see.
func doneAtOnce(p plan.Plan) bool {
	for _, r := range p.Resources {
		for _, st := range r.Changes() {
			if slices.ContainsFunc(st.Calls(), func(c plan.Call) bool { return c.Service != "iam" && c.Operation != "ImportKeyPair" }) {
				return false
			}
		}
	}
	return true
}

// TestUndoCanBeInterrupted kills undo at every change that it makes, and runs it again.
func TestUndoCanBeInterrupted(t *testing.T) {
	for _, name := range []string{"sample.yaml", "restrictive-serverless.yaml", "restrictive-new-cluster.yaml"} {
		p := built(t, "../../testdata/answers/"+name)
		for k := 1; k < 60; k++ {
			over := false
			t.Run(fmt.Sprintf("%s at %d", name, k), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newScene(t, p, "", practice.Delays{})
					before := string(s.account.State())
					if _, err := s.apply(t, 0, false); err != nil {
						t.Fatal(err)
					}
					_, made, err := s.undo(t, k, k%2 == 0)
					if over = err == nil; over && made >= k {
						t.Fatal("it was not killed")
					}
					result, _, err := s.undo(t, 0, false)
					if err != nil || len(result.Left) > 0 {
						t.Fatal(err, result.Left)
					}
					if diff := udiff.Unified("before", "after", withoutKept(t, before), withoutKept(t, string(s.account.State()))); diff != "" {
						t.Errorf("undo does not give back the account:\n%s", diff)
					}
				})
			})
			if over {
				break
			}
		}
	}
}

// call makes a call as somebody else would.
func (s *scene) call(t testing.TB, service, operation string, members ...any) {
	t.Helper()
	client, err := awsapi.New(t.Context(), awsapi.Options{Region: s.plan.Target.Region, Account: s.account})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Call(t.Context(), plan.NewCall(service, operation, members...)); err != nil {
		t.Fatal(err)
	}
}

// TestUndoLeavesWhatOthersNeed: a bucket that holds objects stays, with its settings and with the key that they
// are encrypted with; what somebody has changed since stays as they made it; and once the bucket is empty undo
// takes the rest.
func TestUndoLeavesWhatOthersNeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, built(t, "../../testdata/answers/sample.yaml"), "", practice.Delays{})
		if _, err := s.apply(t, 0, false); err != nil {
			t.Fatal(err)
		}
		s.put(t, "acme-redshift-ml", "model.tar.gz")
		s.call(t, "redshift", "ModifyClusterIamRoles", "ClusterIdentifier", "analytics", "DefaultIamRoleArn", "arn:aws:iam::000000000000:role/analytics-copy")
		result, _, err := s.undo(t, 0, false)
		if err != nil {
			t.Fatal(err)
		}
		var left []string
		for _, l := range result.Left {
			left = append(left, l.Label+": "+l.Why)
		}
		for _, want := range []string{"S3 bucket acme-redshift-ml: it holds objects", "KMS key alias/redshift-ml: S3 bucket acme-redshift-ml stays", "roles of cluster analytics: somebody has changed it since"} {
			if !slices.ContainsFunc(left, func(l string) bool { return strings.HasPrefix(l, want) }) {
				t.Errorf("nobody says %q:\n%s", want, strings.Join(left, "\n"))
			}
		}
		state := string(s.account.State())
		for _, want := range []string{"alias/redshift-ml", "DenyInsecureTransport", "role/analytics-copy"} {
			if !strings.Contains(state, want) {
				t.Errorf("%s is gone", want)
			}
		}
		if strings.Contains(state, "role/redshift-ml-retention") {
			t.Error("the role of a group stays")
		}
		s.drop(t, "acme-redshift-ml", "model.tar.gz")
		if result, _, err = s.undo(t, 0, false); err != nil || len(result.Undone) == 0 {
			t.Fatal(err, result)
		}
		if state := string(s.account.State()); strings.Contains(state, `"acme-redshift-ml"`) {
			t.Error("the empty bucket stays")
		}
	})
}

// TestMergedBucketPolicyIsPutBack: a policy that somebody has written stays in an adopted bucket beside ours,
// and is put back by undo.
func TestMergedBucketPolicyIsPutBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, built(t, "../../testdata/answers/restrictive-new-cluster.yaml"), "", practice.Delays{})
		bucket, ok := s.plan.Find("bucket")
		if !ok {
			t.Fatal("the plan has no bucket")
		}
		name := bucket.Spec.Name()
		s.call(t, "s3", "CreateBucket", "Bucket", name, "CreateBucketConfiguration", plan.In("LocationConstraint", s.plan.Target.Region))
		theirs := `{"Version":"2012-10-17","Statement":[{"Sid":"Audit","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"s3:ListBucket","Resource":"arn:aws:s3:::` + name + `"}]}`
		s.call(t, "s3", "PutBucketPolicy", "Bucket", name, "Policy", theirs)
		before := string(s.account.State())
		if _, err := s.apply(t, 0, false); err != nil {
			t.Fatal(err)
		}
		if state := string(s.account.State()); !strings.Contains(state, `"Audit"`) || strings.Count(state, `"aws:SecureTransport"`) == strings.Count(before, `"aws:SecureTransport"`) {
			t.Errorf("the policies are not merged:\n%s", udiff.Unified("before", "after", before, state))
		}
		merged := s.policy(t, name)
		s.call(t, "s3", "PutBucketPolicy", "Bucket", name, "Policy", strings.Replace(merged, "s3:ListBucket", "s3:GetBucketAcl", 1))
		result, _, err := s.undo(t, 0, false)
		if err != nil || !slices.ContainsFunc(result.Left, func(l apply.Remains) bool { return strings.HasPrefix(l.Why, "somebody has changed it since") }) {
			t.Errorf("a statement that somebody has written since is lost: %v %+v", err, result.Left)
		}
		s.call(t, "s3", "PutBucketPolicy", "Bucket", name, "Policy", merged)
		if _, _, err := s.undo(t, 0, false); err != nil {
			t.Fatal(err)
		}
		if diff := udiff.Unified("before", "after", withoutKept(t, before), withoutKept(t, string(s.account.State()))); diff != "" {
			t.Errorf("undo does not give back the account:\n%s", diff)
		}
	})
}

// policy reads the policy of a bucket.
func (s *scene) policy(t *testing.T, bucket string) string {
	t.Helper()
	answer, err := s.life(t, 0, false).caller.Call(t.Context(), plan.NewCall("s3", "GetBucketPolicy", "Bucket", bucket))
	if err != nil {
		t.Fatal(err)
	}
	text, _ := answer.(map[string]any)["Policy"].(string)
	return text
}

// TestFullDiskStopsBeforeTheNextChange: nothing is changed that could not be written down.
func TestFullDiskStopsBeforeTheNextChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, built(t, "../../testdata/answers/simple-cluster.yaml"), "", practice.Delays{})
		l := s.life(t, 0, false)
		full := &fullDisk{life: l, room: 3}
		_, err := apply.Run(t.Context(), s.plan, l, apply.Options{Consent: seen(t, s.plan, l), Journal: full})
		if !errors.Is(err, errFull) {
			t.Fatal(err)
		}
		if made := len(changing(s.account.Calls())); made > 3 {
			t.Errorf("%d changes, and 3 could be written down", made)
		}
		if _, err := s.apply(t, 0, false); err != nil {
			t.Errorf("with room on the disk: %v", err)
		}
	})
}

// fullDisk is a journal with room for some intents.
type fullDisk struct {
	*life
	room int
}

var errFull = errors.New("no space left on device")

func (f *fullDisk) Intend(i apply.Intent) error {
	f.mu.Lock()
	f.room--
	full := f.room < 0
	f.mu.Unlock()
	if full {
		return errFull
	}
	return f.life.Intend(i)
}

// TestRandomAccountsAndFaults: on an account that somebody has worked in, with faults at random, a run ends in
// the planned state, or refuses before it writes anything, or stops with a journal from which the next run goes
// on.
func TestRandomAccountsAndFaults(t *testing.T) {
	files := answersFiles(t)
	plans := make([]plan.Plan, len(files))
	for i, f := range files {
		plans[i] = built(t, f)
	}
	rapid.Check(t, func(r *rapid.T) {
		p := plans[rapid.IntRange(0, len(plans)-1).Draw(r, "plan")]
		earlier := rapid.IntRange(0, 30).Draw(r, "changes of an earlier run")
		drop := rapid.SliceOfN(rapid.IntRange(0, 20), 0, 3).Draw(r, "changes taken back by hand")
		adopt := rapid.Bool().Draw(r, "adopt")
		faults := fmt.Sprintf("* %s p=%.2f seed=%d times=%d",
			rapid.SampledFrom([]string{"throttle", "error", "error-after", "drop-before", "drop-after", "cut"}).Draw(r, "fault"),
			rapid.Float64Range(0, 0.4).Draw(r, "p"), rapid.IntRange(1, 1000).Draw(r, "seed"), rapid.IntRange(1, 30).Draw(r, "times"))
		var wrong string
		synctest.Test(t, func(t *testing.T) { wrong = ends(t, p, faults, earlier, drop, adopt) })
		if wrong != "" {
			r.Fatal(wrong)
		}
	})
}

// ends says what is wrong with how a run ends; "" : nothing.
func ends(t *testing.T, p plan.Plan, faults string, earlier int, drop []int, adopt bool) string {
	s := newScene(t, p, faults, practice.Lifelike())
	if earlier > 0 {
		_, _ = s.apply(t, earlier, earlier%2 == 0)
	}
	s.meddle(t, drop)
	time.Sleep(time.Hour) // what was begun comes to its end
	before, journaled := string(s.account.State()), len(s.book.Past())
	var errs []error
	for range 8 {
		l := s.life(t, 0, false)
		o := apply.Options{Journal: l, Past: s.book.Past()}
		if adopt {
			o.Consent = seen(t, p, l)
		}
		_, err := apply.Run(t.Context(), p, l, o)
		var blocked *apply.Blocked
		switch {
		case err == nil:
			return s.finished(t)
		case errors.As(err, &blocked) && len(s.book.Past()) == journaled:
			time.Sleep(time.Hour)
			if adopt && !blockedForGood(blocked) {
				continue // it was in the middle of a change
			}
			if have := string(s.account.State()); have != before {
				return "it refuses, and has changed:\n" + udiff.Unified("before", "after", before, have)
			}
			return ""
		}
		errs = append(errs, err)
		time.Sleep(time.Minute)
	}
	return fmt.Sprintf("it never ends: %v", errors.Join(errs...))
}

// blockedForGood says that a refusal is none of those that time heals.
func blockedForGood(b *apply.Blocked) bool {
	return !strings.Contains(b.Error(), "removing") && !strings.Contains(b.Error(), "deleting")
}

// finished holds the account against the plan.
func (s *scene) finished(t *testing.T) string {
	t.Helper()
	time.Sleep(time.Hour)
	v, err := apply.Verify(t.Context(), s.plan, s.life(t, 0, false).caller)
	for range 3 { // what is left of the faults
		if err == nil {
			break
		}
		v, err = apply.Verify(t.Context(), s.plan, s.life(t, 0, false).caller)
	}
	if err != nil || !v.Good() {
		return fmt.Sprintf("apply succeeded, and the account is not as planned: %v, %+v\ncalls %v\n%s", err, v, changing(s.account.Calls()), s.account.State())
	}
	return ""
}

// meddle takes back some of what was done, as somebody would who works by hand.
func (s *scene) meddle(t *testing.T, which []int) {
	t.Helper()
	past := s.book.Past()
	for _, i := range which {
		if i < len(past) {
			l := s.life(t, 0, false)
			_, _ = apply.Undo(t.Context(), past[i:i+1], l, apply.Options{})
		}
	}
}

// TestLackingPermissionsAreForetold: what an operator may not do is known before anything is changed, and one who
// may do what the plan says needs no more.
func TestLackingPermissionsAreForetold(t *testing.T) {
	for _, file := range answersFiles(t) {
		p := built(t, file)
		whole, err := permissions.Operator(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, forbidden := range []string{"", "iam:PassRole", "redshift:DescribeClusters"} {
			t.Run(filepath.Base(file)+" without "+forbidden, func(t *testing.T) {
				d := whole
				if forbidden != "" {
					d.Statements = append(slices.Clone(d.Statements), policy.Statement{Effect: policy.Deny, Actions: []string{forbidden}, Resources: []string{"*"}})
				}
				d.Statements = append(slices.Clone(d.Statements), policy.Statement{Effect: policy.Allow, Actions: []string{"iam:SimulatePrincipalPolicy"}, Resources: []string{"*"}})
				a := practice.New(practice.Settings{Region: p.Target.Region, Policy: &d})
				client, err := awsapi.New(t.Context(), awsapi.Options{Region: p.Target.Region, Account: a})
				if err != nil {
					t.Fatal(err)
				}
				lacking, err := apply.Lacking(t.Context(), client, "arn:"+p.Target.Partition+":iam::"+practice.Number+":user/practice", whole)
				if err != nil {
					t.Fatal(err)
				}
				want := forbidden != "" && slices.Contains(policy.Actions(whole), forbidden)
				if (len(lacking) > 0) != want || want && !strings.Contains(strings.Join(lacking, " "), forbidden) {
					t.Errorf("lacking %v", lacking)
				}
				if made := changing(a.Calls()); len(made) > 0 {
					t.Errorf("asking made %v", made)
				}
			})
		}
	}
}
