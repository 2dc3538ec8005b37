package journal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onramp/internal/apply"
	"onramp/internal/plan"
)

var target = Target{Guide: "redshift-ml", Account: "111122223333", Partition: "aws", Region: "us-west-2"}

// applying is a run of apply.
func applying() Run {
	return Run{Version: "1.2.3", Command: "apply", Caller: "arn:aws:iam::111122223333:user/ada", Plan: "0123456789ab"}
}

func undoing() Run {
	r := applying()
	r.Command = Undo
	return r
}

// home is an empty state folder; it gives the folder of the journals.
func home(t testing.TB) string {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	folder, err := Folder()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open1(t testing.TB, to Target, r Run) *Journal {
	t.Helper()
	j, err := Open(to, r)
	must(t, err)
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func read1(t testing.TB, path string) Record {
	t.Helper()
	rec, err := Read(path)
	must(t, err)
	return rec
}

// role is the change that makes a role.
func role(seq int) apply.Intent {
	call := plan.NewCall("iam", "CreateRole", "RoleName", "redshift-ml")
	return apply.Intent{
		Seq: seq, Time: moment, Resource: "role", Label: "IAM role redshift-ml", Step: "create role", First: true, Absent: true, Call: call,
		Undo: &plan.Undo{Title: "delete role redshift-ml", Calls: []plan.Call{plan.NewCall("iam", "DeleteRole", "RoleName", "redshift-ml")}},
	}
}

func done(seq int) apply.Outcome {
	return apply.Outcome{Seq: seq, Time: moment, RequestID: "r-1", Outputs: map[string]string{"arn": "arn:aws:iam::111122223333:role/redshift-ml"}}
}

// names lists the files of a folder, without the lock's.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".lock") && !strings.HasSuffix(e.Name(), ".holder") {
			out = append(out, e.Name())
		}
	}
	return out
}

func TestARunThatChangesNothingLeavesNoFile(t *testing.T) {
	folder := home(t)
	j := open1(t, target, applying())
	must(t, j.End(End{Complete: true}))
	must(t, j.Close())
	if got := names(t, folder); len(got) > 0 || j.Path() != "" {
		t.Errorf("left %v, path %q", got, j.Path())
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 {
		t.Errorf("beside journals there is %v, want the lock alone (%v)", entries, err)
	}
}

// TestWrittenBeforeItIsSaid: whoever opens the file finds the line as soon as the method returns.
func TestWrittenBeforeItIsSaid(t *testing.T) {
	folder := home(t)
	j := open1(t, target, applying())
	holds := func(count int, last string) {
		t.Helper()
		data, err := os.ReadFile(j.Path())
		must(t, err)
		lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		if len(lines) != count || !strings.HasPrefix(lines[count-1], last) || !strings.HasSuffix(string(data), "\n") {
			t.Fatalf("want %d lines, the last begins %s:\n%s", count, last, data)
		}
	}
	must(t, j.Intend(role(1)))
	holds(3, `{"type":"intent","seq":1,`)
	must(t, j.Conclude(done(1)))
	holds(4, `{"type":"outcome","seq":1,`)
	must(t, j.Undone(apply.Undone{Seq: 1}))
	holds(5, `{"type":"undone","seq":1,`)
	must(t, j.End(End{Changed: 1, Complete: true}))
	holds(6, `{"type":"end",`)

	form := `^` + regexp.QuoteMeta(filepath.ToSlash(folder)) + `/111122223333-redshift-ml-[0-9]{8}T[0-9]{6}Z\.jsonl$`
	if !regexp.MustCompile(form).MatchString(filepath.ToSlash(j.Path())) {
		t.Errorf("path %s", j.Path())
	}
	data, _ := os.ReadFile(j.Path())
	if n := len(regexp.MustCompile(`"(time|created)":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"`).FindAll(data, -1)); n != 6 {
		t.Errorf("%d times, want 6:\n%s", n, data)
	}
}

func TestReadGivesWhatWasWritten(t *testing.T) {
	home(t)
	run := applying()
	run.Time, run.PID = moment, 4711
	j := open1(t, target, run)
	in := role(1)
	in.Time = in.Time.In(time.FixedZone("elsewhere", 3600))
	must(t, j.Intend(in))
	must(t, j.Conclude(done(1)))
	must(t, j.Intend(role(2)))
	end := End{Time: moment, Changed: 1, Failed: 1}
	must(t, j.End(end))

	rec := read1(t, j.Path())
	outcome := done(1)
	want := Record{
		Path: j.Path(), Header: Header{Journal: 1, Version: "1.2.3", Target: target, Created: moment}, Runs: []RunRecord{{Run: run, End: &end}},
		Changes: []apply.Change{{Intent: role(1), Outcome: &outcome}, {Intent: role(2)}},
	}
	if !reflect.DeepEqual(rec, want) {
		t.Errorf("read %+v\nwant %+v", rec, want)
	}
}

// TestTheNewestOpenJournalGoesOn: numbers go on, and what was done is known.
func TestTheNewestOpenJournalGoesOn(t *testing.T) {
	folder := home(t)
	first := open1(t, target, applying())
	must(t, first.Intend(role(first.Next())))
	must(t, first.Conclude(done(1)))
	must(t, first.Intend(role(first.Next())))
	must(t, first.Close()) // without an end: it was killed

	second := open1(t, target, applying())
	if past := second.Past(); len(past) != 2 || past[0].Outcome == nil || past[1].Outcome != nil || second.Path() != first.Path() {
		t.Fatalf("past %+v in %s", past, second.Path())
	}
	if n := second.Next(); n != 3 {
		t.Errorf("next is %d", n)
	}
	must(t, second.Conclude(done(2)))
	must(t, second.Intend(role(3)))
	must(t, second.End(End{Changed: 1, Complete: true}))
	must(t, second.Close())

	rec := read1(t, first.Path())
	if len(rec.Runs) != 2 || len(rec.Changes) != 3 || rec.Changes[1].Outcome == nil || rec.Open() {
		t.Errorf("read %+v", rec)
	}

	third := open1(t, target, applying())
	if third.Path() != "" || third.Past() != nil || len(third.PastAll()) != 3 || third.Next() != 1 {
		t.Errorf("a complete journal goes on: %s, %v, %v", third.Path(), third.Past(), third.PastAll())
	}
	must(t, third.Intend(role(1)))
	if len(names(t, folder)) != 2 || third.Path() == first.Path() {
		t.Errorf("files %v", names(t, folder))
	}
}

// TestAnEndWithNothingDoneClosesAnOpenJournal: the run before was killed behind its last change.
func TestAnEndWithNothingDoneClosesAnOpenJournal(t *testing.T) {
	home(t)
	first := open1(t, target, applying())
	must(t, first.Intend(role(1)))
	must(t, first.Close())
	second := open1(t, target, applying())
	must(t, second.End(End{Complete: true}))
	must(t, second.Close())
	if rec := read1(t, first.Path()); rec.Open() || len(rec.Runs) != 2 || rec.unfinished() {
		t.Errorf("read %+v", rec)
	}
}

// TestOthersJournalsDoNotGoOn: of another account, guide or region.
func TestOthersJournalsDoNotGoOn(t *testing.T) {
	home(t)
	first := open1(t, target, applying())
	must(t, first.Intend(role(1)))
	must(t, first.Close())
	for name, change := range map[string]func(*Target){
		"account": func(o *Target) { o.Account = "444455556666" }, "guide": func(o *Target) { o.Guide = "redshift" },
		"longer guide": func(o *Target) { o.Guide = "redshift-ml-2" }, "region": func(o *Target) { o.Region = "eu-west-1" },
		"partition": func(o *Target) { o.Partition = "aws-cn" },
	} {
		other := target
		change(&other)
		j := open1(t, other, applying())
		if j.Path() != "" || len(j.PastAll()) > 0 {
			t.Errorf("%s: goes on with %s", name, j.Path())
		}
		must(t, j.Close())
	}
}

func TestUndo(t *testing.T) {
	home(t)
	j := open1(t, target, applying())
	must(t, j.Intend(role(1)))
	must(t, j.Conclude(done(1)))
	must(t, j.Intend(role(2)))
	must(t, j.End(End{Failed: 1}))
	must(t, j.Close())

	u, err := Resume(j.Path(), undoing())
	must(t, err)
	if len(u.Past()) != 2 || u.Path() != j.Path() {
		t.Fatalf("past %v", u.Past())
	}
	must(t, u.Undone(apply.Undone{Seq: 2}))
	if rec := read1(t, j.Path()); rec.Undone() || !rec.Open() || rec.TakenBack() != 1 {
		t.Errorf("half taken back: %+v", rec)
	}
	must(t, u.Undone(apply.Undone{Seq: 1, Left: "it holds objects"}))
	must(t, u.Undone(apply.Undone{Seq: 1}))
	if rec := read1(t, j.Path()); !rec.Undone() || rec.Open() {
		t.Errorf("taken back, and not ended: %+v", rec)
	}
	must(t, u.End(End{Changed: 2, Complete: true}))
	must(t, u.Close())
	if rec := read1(t, j.Path()); !rec.Undone() || rec.Open() || rec.TakenBack() != 2 || rec.Left() != 0 || len(rec.Runs) != 2 {
		t.Errorf("taken back: %+v", rec)
	}

	next := open1(t, target, applying())
	if next.Path() != "" || len(next.PastAll()) > 0 {
		t.Errorf("goes on with what was taken back: %s, %v", next.Path(), next.PastAll())
	}
}

// TestAnUndoThatWasCutOffIsNoApply: a complete plan is not gone on with because an undo of it was.
func TestAnUndoThatWasCutOffIsNoApply(t *testing.T) {
	home(t)
	j := open1(t, target, applying())
	must(t, j.Intend(role(1)))
	must(t, j.Intend(role(2)))
	must(t, j.End(End{Changed: 2, Complete: true}))
	must(t, j.Close())
	u, err := Resume(j.Path(), undoing())
	must(t, err)
	must(t, u.Undone(apply.Undone{Seq: 2}))
	must(t, u.Close())
	if rec := read1(t, j.Path()); !rec.Open() {
		t.Error("an undo that was cut off is not open")
	}
	next := open1(t, target, applying())
	if next.Path() != "" || len(next.PastAll()) != 2 {
		t.Errorf("path %q, past %v", next.Path(), next.PastAll())
	}
}

func TestRefusals(t *testing.T) {
	home(t)
	j := open1(t, target, applying())
	refused := func(err error, says string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), says) || !strings.HasPrefix(err.Error(), "write journal ") {
			t.Errorf("says %v, want %q", err, says)
		}
	}
	refused(j.Intend(role(0)), "count from 1")
	refused(j.Conclude(done(1)), "there is no change 1")
	if j.Path() != "" {
		t.Error("a refused line has made a file")
	}
	must(t, j.Intend(role(7)))
	refused(j.Intend(role(7)), "change 7 is there already")
	refused(j.Undone(apply.Undone{Seq: 8}), "there is no change 8")
	odd := role(8)
	odd.Call.Input = append(odd.Call.Input, plan.Member{Name: "Odd", Value: 1.5})
	refused(j.Intend(odd), "Odd: a value is a float64")
	must(t, j.Intend(role(8)))
	must(t, j.Close())
	must(t, j.Close())
	refused(j.Intend(role(9)), "it is closed")
	refused(j.Conclude(done(7)), "it is closed")
	refused(j.End(End{}), "it is closed")
	if rec := read1(t, j.Path()); len(rec.Changes) != 2 || len(rec.Torn) > 0 {
		t.Errorf("read %+v", rec)
	}
}

func TestTargetsThatCannotBeNamed(t *testing.T) {
	folder := home(t)
	for _, bad := range []Target{{}, {Account: "1", Guide: "a"}, {Account: "111122223333"}, {Account: "111122223333", Guide: "../a"}, {Account: "111122223333", Guide: "a/b"}, {Account: "../../../etc", Guide: "a"}} {
		if _, err := Open(bad, applying()); err == nil || !strings.HasPrefix(err.Error(), "open journal: ") {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a folder was made")
	}
}

// TestTwoRunsOfOneSecond have two files, and the later one counts as the newer.
func TestTwoRunsOfOneSecond(t *testing.T) {
	folder := home(t)
	run := applying()
	run.Time = moment
	for range 11 {
		j := open1(t, target, run)
		must(t, j.Intend(role(1)))
		must(t, j.End(End{Complete: true}))
		must(t, j.Close())
	}
	list, err := List(Filter{})
	must(t, err)
	if len(list) != 11 || len(names(t, folder)) != 11 {
		t.Fatalf("%d journals, files %v", len(list), names(t, folder))
	}
	if filepath.Base(list[0].Path) != "111122223333-redshift-ml-20261122T030405Z-11.jsonl" || filepath.Base(list[10].Path) != "111122223333-redshift-ml-20261122T030405Z.jsonl" {
		t.Errorf("newest %s, oldest %s", list[0].Path, list[10].Path)
	}
}

// TestPastIsOldestFirst: a later journal says what holds now.
func TestPastIsOldestFirst(t *testing.T) {
	home(t)
	for i := range 3 {
		run := applying()
		run.Time = moment.Add(time.Duration(i) * time.Hour)
		j := open1(t, target, run)
		in := role(1)
		in.Step = string(rune('a' + i))
		must(t, j.Intend(in))
		must(t, j.End(End{Complete: i < 2}))
		must(t, j.Close())
	}
	j := open1(t, target, applying())
	var steps []string
	for _, c := range j.PastAll() {
		steps = append(steps, c.Step)
	}
	if !slices.Equal(steps, []string{"a", "b", "c"}) || len(j.Past()) != 1 || j.Past()[0].Step != "c" {
		t.Errorf("all %v, own %v", steps, j.Past())
	}
}

// TestManyAtOnce: lines do not mix, and no number is given twice.
func TestManyAtOnce(t *testing.T) {
	const workers, each = 8, 250
	home(t)
	j := open1(t, target, applying())
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range each {
				in := role(j.Next())
				in.Before = strings.Repeat("x", i*10)
				if err := j.Intend(in); err != nil {
					t.Error(err)
				}
				if i%10 == 0 {
					if err := j.Conclude(done(in.Seq)); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	rec := read1(t, j.Path())
	outcomes := 0
	for _, c := range rec.Changes {
		if c.Outcome != nil {
			outcomes++
		}
	}
	if len(rec.Changes) != workers*each || outcomes != workers*each/10 || len(rec.Torn) > 0 || len(rec.Runs) != 1 {
		t.Errorf("%d changes, %d outcomes, torn %v, %d runs", len(rec.Changes), outcomes, rec.Torn, len(rec.Runs))
	}
}

// BenchmarkChange is what a change costs that is written down before and after.
func BenchmarkChange(b *testing.B) {
	home(b)
	j := open1(b, target, applying())
	for b.Loop() {
		seq := j.Next()
		must(b, j.Intend(role(seq)))
		must(b, j.Conclude(done(seq)))
	}
	info, err := os.Stat(j.Path())
	must(b, err)
	b.ReportMetric(float64(info.Size())/float64(b.N), "bytes/change")
}
