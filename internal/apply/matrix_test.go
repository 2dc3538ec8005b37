package apply_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aymanbagabas/go-udiff"

	"onramp/internal/apply"
	"onramp/internal/awsapi"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/practice"
	"onramp/internal/practice/fault"
	"onramp/internal/testenv"
)

// built is the plan of an answers file, for the practice account.
func built(t testing.TB, file string) plan.Plan {
	t.Helper()
	return builtFor(t, file, practice.Number)
}

func builtFor(t testing.TB, file, account string) plan.Plan {
	t.Helper()
	return plantest.File(t, file, account)
}

func answersFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../../testdata/answers/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	return files
}

// errKilled is what a program sees that is no longer there.
var errKilled = errors.New("killed")

// life is one life of the program: its way to the account and its journal end at the same moment.
type life struct {
	caller apply.Caller
	book   *apply.Notebook

	mu    sync.Mutex
	calls int // that change something
	kill  int // the life ends at this one; 0: never
	after bool
	dead  bool
}

// Call implements apply.Caller.
func (l *life) Call(ctx context.Context, c plan.Call) (any, error) {
	if l.ends(c, false) {
		return nil, errKilled
	}
	answer, err := l.caller.Call(ctx, c)
	if l.ends(c, true) {
		return nil, errKilled
	}
	return answer, err
}

// ends says that the program is dead, or dies now.
func (l *life) ends(c plan.Call, after bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !readOnly(c) && !l.dead {
		if !after {
			l.calls++
		}
		l.dead = l.kill > 0 && l.calls >= l.kill && l.after == after
	}
	return l.dead
}

func (l *life) gone() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dead
}

// Intend implements apply.Journal: the dead write nothing.
func (l *life) Intend(i apply.Intent) error {
	if l.gone() {
		return errKilled
	}
	return l.book.Intend(i)
}

// Conclude implements apply.Journal.
func (l *life) Conclude(o apply.Outcome) error {
	if l.gone() {
		return errKilled
	}
	return l.book.Conclude(o)
}

// Undone implements apply.Journal.
func (l *life) Undone(u apply.Undone) error {
	if l.gone() {
		return errKilled
	}
	return l.book.Undone(u)
}

// scene is an account with a plan for it.
type scene struct {
	plan    plan.Plan
	account *practice.Account
	book    *apply.Notebook
	faults  *fault.Plan
}

func newScene(t testing.TB, p plan.Plan, faults string, delays practice.Delays) *scene {
	t.Helper()
	f, err := fault.Parse(faults)
	if err != nil {
		t.Fatal(err)
	}
	return &scene{plan: p, book: &apply.Notebook{}, account: practice.New(practice.Settings{Region: p.Target.Region, Faults: f, Delays: delays}), faults: f}
}

func (s *scene) life(t testing.TB, kill int, after bool) *life {
	t.Helper()
	client, err := awsapi.New(t.Context(), awsapi.Options{Region: s.plan.Target.Region, Account: s.account})
	if err != nil {
		t.Fatal(err)
	}
	return &life{caller: client, book: s.book, kill: kill, after: after}
}

// apply is one run of the program. It gives the number of changing calls it came to.
func (s *scene) apply(t testing.TB, kill int, after bool) (int, error) {
	t.Helper()
	l := s.life(t, kill, after)
	_, err := apply.Run(t.Context(), s.plan, l, apply.Options{Consent: seen(t, s.plan, l.caller), Journal: l, Past: s.book.Past()})
	return l.calls, err
}

// seen is consent to all that a look at the account finds. A look that fails shows nothing.
func seen(t testing.TB, p plan.Plan, c apply.Caller) *apply.Consent {
	t.Helper()
	findings, err := apply.Inspect(t.Context(), p, c)
	if err != nil {
		t.Log(err)
	}
	return apply.Agree(findings)
}

func (s *scene) undo(t testing.TB, kill int, after bool) (apply.UndoResult, int, error) {
	t.Helper()
	l := s.life(t, kill, after)
	result, err := apply.Undo(t.Context(), s.book.Past(), l, apply.Options{Journal: l})
	return result, l.calls, err
}

func changing(calls []practice.Call) []string {
	var out []string
	for _, c := range calls {
		if c.Mutating {
			out = append(out, c.Op)
		}
	}
	return out
}

// disturbance is one thing that goes wrong once, at one of the calls.
type disturbance struct {
	name  string
	fault string // with %d for the number of the call; "" : a kill
	after bool   // of a kill
}

var disturbances = []disturbance{
	{name: "throttled", fault: "* throttle nth=%d"},
	{name: "internal error before", fault: "* error nth=%d"},
	{name: "internal error after", fault: "* error-after nth=%d"},
	{name: "connection reset before", fault: "* drop-before nth=%d"},
	{name: "answer lost", fault: "* drop-after nth=%d"},
	{name: "half an answer", fault: "* cut nth=%d"},
	{name: "killed before"},
	{name: "killed after", after: true},
}

// sampled takes one of so many cases, and fewer with the race detector, which is slow.
func sampled(t *testing.T, usual int) *testenv.Sample {
	t.Helper()
	if testing.Short() {
		usual *= 10
	}
	return testenv.OneOf(t, usual)
}

// TestEveryDisturbanceAtEveryCall is promises 4 and 5, generated: for every answers file and every call of
// its apply, each thing goes wrong once; then the same command is run again until it succeeds. The account
// must be the one of an undisturbed run. Without ONRAMP_ALL it takes a sample of the cases.
func TestEveryDisturbanceAtEveryCall(t *testing.T) {
	sample := sampled(t, 23)
	cases, run := 0, 0
	for _, file := range answersFiles(t) {
		p := built(t, file)
		want, calls, writes := undisturbed(t, p)
		t.Run(filepath.Base(file), func(t *testing.T) {
			for _, d := range disturbances {
				most := calls
				if d.fault == "" {
					most = writes
				}
				for k := 1; k <= most; k++ {
					if cases++; !sample.Takes() {
						continue
					}
					run++
					t.Run(fmt.Sprintf("%s at call %d", d.name, k), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) { disturbed(t, p, d, k, want) })
					})
				}
			}
		})
	}
	t.Logf("%d of %d cases", run, cases)
}

// undisturbed applies a plan twice, and gives the account, the number of calls and that of changes.
func undisturbed(t *testing.T, p plan.Plan) (state string, calls, writes int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, p, "", practice.Delays{})
		var err error
		if writes, err = s.apply(t, 0, false); err != nil {
			t.Fatal(err)
		}
		state, calls = string(s.account.State()), len(s.account.Calls())
		if again, err := s.apply(t, 0, false); err != nil || again != 0 {
			t.Errorf("the second run makes %d changes: %v", again, err)
		}
	})
	if writes == 0 {
		t.Fatal("nothing was done")
	}
	return state, calls, writes
}

func disturbed(t *testing.T, p plan.Plan, d disturbance, k int, want string) {
	faults, kill := "", 0
	if d.fault == "" {
		kill = k
	} else {
		faults = fmt.Sprintf(d.fault, k)
	}
	s := newScene(t, p, faults, practice.Delays{})
	_, err := s.apply(t, kill, d.after)
	if d.fault == "" && err == nil {
		t.Fatal("the program was not killed")
	}
	for range 3 {
		if err == nil {
			break
		}
		time.Sleep(time.Minute) // somebody starts it again
		_, err = s.apply(t, 0, false)
	}
	if err != nil {
		t.Fatal(err)
	}
	if have := string(s.account.State()); have != want {
		t.Errorf("another account than that of an undisturbed run:\n%s\ncalls: %v", udiff.Unified("undisturbed", "disturbed", want, have), changing(s.account.Calls()))
	}
}

// TestUndoGivesBackTheAccount is promise 7: after every prefix of an apply, undo gives back the account as it
// was, but for what it says that it leaves.
func TestUndoGivesBackTheAccount(t *testing.T) {
	sample := sampled(t, 7)
	cases, run := 0, 0
	for _, file := range answersFiles(t) {
		p := built(t, file)
		_, _, writes := undisturbed(t, p)
		t.Run(filepath.Base(file), func(t *testing.T) {
			for k := 1; k <= writes+1; k++ { // the last is the whole
				for _, after := range []bool{false, true} {
					if cases++; !sample.Takes() && k <= writes {
						continue
					}
					run++
					t.Run(fmt.Sprintf("killed at %d, after %v", k, after), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) { undone(t, p, k, after) })
					})
				}
			}
		})
	}
	t.Logf("%d of %d cases", run, cases)
}

func undone(t *testing.T, p plan.Plan, kill int, after bool) {
	s := newScene(t, p, "", practice.Delays{})
	before := string(s.account.State())
	if _, err := s.apply(t, kill, after); err != nil && !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	result, _, err := s.undo(t, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	have := string(s.account.State())
	if diff := udiff.Unified("before", "after", withoutKept(t, before), withoutKept(t, have)); diff != "" && len(result.Left) == 0 {
		t.Errorf("undo does not give back the account:\n%s", diff)
	}
	for _, l := range result.Left {
		t.Errorf("stays: %s: %s", l.Label, l.Why)
	}
	if kept := strings.Contains(have, "PendingDeletion") && !strings.Contains(before, "PendingDeletion") || strings.Contains(have, "snapshots"); kept && len(result.Keeps) == 0 {
		t.Error("something is kept, and nobody says so")
	}
	if _, calls, err := s.undo(t, 0, false); err != nil || calls != 0 {
		t.Errorf("a second undo makes %d changes: %v", calls, err)
	}
}

// withoutKept takes out of a state what undo says that it keeps: keys that wait for their deletion, and the
// snapshot of a cluster.
func withoutKept(t *testing.T, state string) string {
	t.Helper()
	var all any
	if err := json.Unmarshal([]byte(state), &all); err != nil {
		t.Fatal(err)
	}
	data, err := json.MarshalIndent(without(all), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func without(v any) any {
	members, is := v.(map[string]any)
	delete(members, "snapshots")
	for name, one := range members {
		if inner, is := one.(map[string]any); is && inner["state"] == "PendingDeletion" && len(inner["aliases"].([]any)) == 0 {
			delete(members, name)
			continue
		}
		members[name] = without(one)
	}
	if is {
		return members
	}
	return v
}
