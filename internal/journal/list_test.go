package journal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// keep puts a journal into the folder.
func keep(t *testing.T, folder, name string, text []byte) {
	t.Helper()
	must(t, os.MkdirAll(folder, 0o700))
	must(t, os.WriteFile(filepath.Join(folder, name), text, 0o600))
}

func TestNoFolderIsNoJournals(t *testing.T) {
	home(t)
	if list, err := List(Filter{}); err != nil || len(list) > 0 {
		t.Errorf("%v, %v", list, err)
	}
}

func TestList(t *testing.T) {
	folder := home(t)
	keep(t, folder, "111122223333-redshift-ml-20261122T030405Z.jsonl", story(t))
	later, other := header, header
	later.Created, other.Created = moment.Add(time.Hour), moment.Add(2*time.Hour)
	other.Guide, other.Account = "ai-unlimited", "444455556666"
	keep(t, folder, "111122223333-redshift-ml-20261122T040405Z.jsonl", lines(t, headerFrom(later), runFrom(applying()), intentFrom(role(1))))
	keep(t, folder, "444455556666-ai-unlimited-20261122T050405Z.jsonl", lines(t, headerFrom(other), runFrom(applying()), intentFrom(role(1)), outcomeFrom(done(1)), endFrom(End{Complete: true})))
	keep(t, folder, "111122223333-redshift-ml-20261122T060405Z.jsonl", []byte("damaged\n"))
	keep(t, folder, "111122223333-redshift-ml-20261122T070405Z.jsonl", lines(t, headerFrom(later))[:20]) // nothing is in it
	keep(t, folder, "notes.jsonl", []byte("damaged\n"))
	keep(t, folder, "111122223333-redshift-ml.lock", nil)

	list, err := List(Filter{})
	must(t, err)
	at := func(name string) string { return filepath.Join(folder, name) }
	want := []Summary{
		{Path: at("111122223333-redshift-ml-20261122T060405Z.jsonl"), Guide: "redshift-ml", Account: "111122223333", Started: time.Date(2026, 11, 22, 6, 4, 5, 0, time.UTC)},
		{Path: at("444455556666-ai-unlimited-20261122T050405Z.jsonl"), Guide: "ai-unlimited", Account: "444455556666", Partition: "aws", Region: "us-west-2", Started: other.Created, Runs: 1, Changes: 1},
		{Path: at("111122223333-redshift-ml-20261122T040405Z.jsonl"), Guide: "redshift-ml", Account: "111122223333", Partition: "aws", Region: "us-west-2", Started: later.Created, Runs: 1, Changes: 1, Open: true},
		{Path: at("111122223333-redshift-ml-20261122T030405Z.jsonl"), Guide: "redshift-ml", Account: "111122223333", Partition: "aws", Region: "us-west-2", Started: moment, Runs: 2, Changes: 2, TakenBack: 1, Left: 1},
	}
	if len(list) != len(want) {
		t.Fatalf("%d journals, want %d: %+v", len(list), len(want), list)
	}
	if list[0].Err == nil || !strings.Contains(list[0].Err.Error(), "line 1: ") {
		t.Errorf("the damaged one says %v", list[0].Err)
	}
	list[0].Err = nil
	for i := range want {
		if list[i] != want[i] {
			t.Errorf("%d is\n%+v\nwant\n%+v", i, list[i], want[i])
		}
	}
	for filter, n := range map[Filter]int{{Account: "444455556666"}: 1, {Guide: "redshift-ml"}: 3, {Account: "444455556666", Guide: "redshift-ml"}: 0, {Guide: "redshift"}: 0} {
		if list, err := List(filter); err != nil || len(list) != n {
			t.Errorf("%+v gives %d, %v", filter, len(list), err)
		}
	}
}

// TestADamagedJournalStopsARun, where it may hold what the run would make twice.
func TestADamagedJournalStopsARun(t *testing.T) {
	folder := home(t)
	name := "111122223333-redshift-ml-20261122T030405Z.jsonl"
	there := append(lines(t, headerFrom(header)), "damaged\n"...)
	for text, stops := range map[string]bool{"damaged\n": true, string(there): true, strings.Replace(string(there), "us-west-2", "eu-west-1", 1): false} {
		keep(t, folder, name, []byte(text))
		j, err := Open(target, applying())
		if stops != (err != nil) || err != nil && !strings.Contains(err.Error(), "read journal "+filepath.Join(folder, name)+": line ") {
			t.Errorf("%q: %v", text, err)
		}
		if err == nil {
			must(t, j.Close())
		}
	}
	must(t, os.Remove(filepath.Join(folder, name)))
	must(t, open1(t, target, applying()).Close()) // the lock was let go of
}

func TestResumeOfNothing(t *testing.T) {
	folder := home(t)
	if _, err := Resume(filepath.Join(folder, "no.jsonl"), undoing()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	keep(t, folder, "empty.jsonl", nil)
	if _, err := Resume(filepath.Join(folder, "empty.jsonl"), undoing()); err == nil || !strings.Contains(err.Error(), "nothing is in it") {
		t.Errorf("got %v", err)
	}
	keep(t, folder, "bad.jsonl", []byte(strings.Replace(string(story(t)), "111122223333", "../../x", 1)))
	if _, err := Resume(filepath.Join(folder, "bad.jsonl"), undoing()); err == nil || !strings.Contains(err.Error(), "not 12 digits") {
		t.Errorf("got %v", err)
	}
}
