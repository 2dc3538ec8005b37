package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"onramp/internal/apply"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// lines makes the text of a journal.
func lines(t testing.TB, of ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, l := range of {
		data, err := encode(l)
		must(t, err)
		b.Write(data)
	}
	return b.Bytes()
}

var header = Header{Journal: 1, Version: "1.2.3", Target: target, Created: moment}

func atMoment(r Run) Run {
	r.Time, r.PID = moment, 4711
	return r
}

// story is a journal in which everything stands that a journal can hold.
func story(t testing.TB) []byte {
	t.Helper()
	return lines(
		t, headerFrom(header), runFrom(atMoment(applying())),
		intentFrom(role(1)), outcomeFrom(done(1)), intentFrom(keyPolicy(2)),
		outcomeFrom(apply.Outcome{Seq: 2, Time: moment, Code: "AccessDenied", Error: "not authorized to perform: \"kms:PutKeyPolicy\""}),
		intentFrom(roles(3)), endFrom(End{Time: moment, Changed: 1, Failed: 1}),
		runFrom(atMoment(undoing())), undoneFrom(apply.Undone{Seq: 3, Time: moment, Left: "it holds objects"}), undoneFrom(apply.Undone{Seq: 1, Time: moment}),
		endFrom(End{Time: moment, Changed: 1, Complete: true}),
	)
}

// keyPolicy changes a policy, and knows how to find the key.
func keyPolicy(seq int) apply.Intent {
	ref := plan.Ref{Resource: "key", Output: "arn"}.String()
	doc := plan.Document{Name: "policy", Title: "Key policy", Kind: policy.KeyPolicy, Policy: policy.Document{
		Version: policy.Version, Statements: []policy.Statement{{
			Sid: "Owner", Effect: policy.Allow, Principal: policy.Principal{AWS: []string{"arn:aws:iam::111122223333:root"}},
			Actions: []string{"kms:*"}, Resources: []string{ref},
		}},
	}, Notes: []plan.ActionNote{{Actions: []string{"kms:*"}, Text: "all that a key allows"}}}
	check := plan.Check{Query: "Policy", Document: &doc, Contains: true}
	tags := plan.NewCall("kms", "ListResourceTags", "KeyId", ref)
	owner := plan.Owner{
		Read: tags, Absent: []string{"NotFoundException"}, Unmarked: []string{"AccessDenied"}, Exists: "Tags",
		Check: plan.Check{Query: "Tags[?TagKey=='onramp:plan'].TagValue|[0]", Want: "o-1"},
	}
	return apply.Intent{
		Seq: seq, Time: moment, Resource: "key", Label: "KMS key", Step: "set policy", Before: `{"Version":"2012-10-17"}`,
		Call: plan.NewCall("kms", "PutKeyPolicy", "KeyId", ref, "Policy", doc, "BypassPolicyLockoutSafetyCheck", false),
		Undo: &plan.Undo{
			Title: "put back what was there", Read: plan.NewCall("kms", "GetKeyPolicy", "KeyId", ref), Absent: []string{"NotFoundException"},
			Owner: &owner, Check: check, Calls: []plan.Call{plan.NewCall("kms", "PutKeyPolicy", "KeyId", ref, "Policy", plan.Before{Query: "Policy", Text: true})},
			Gone: []string{"NotFoundException"}, Leave: []plan.Leave{{Code: "BucketNotEmpty", Why: "it holds objects"}}, Retry: []string{"Throttling"},
			Wait:  &plan.Wait{For: "the key is enabled", Query: "KeyState", Want: "Enabled", Never: []string{"PendingDeletion"}, Limit: 90 * time.Second},
			Keeps: "the key waits 30 days",
		},
		Find: &plan.Find{
			List: plan.NewCall("kms", "ListKeys", "Limit", 1000), Items: "Keys[].KeyId", Output: "arn", Owner: owner,
			Read: plan.NewCall("kms", "DescribeKey", "KeyId", ref), Check: plan.Check{Query: "KeyState", Want: "Enabled"},
		},
		Needs: []string{"role"}, Outputs: []plan.Output{{Name: "arn", Read: "Arn", Made: "KeyMetadata.Arn"}},
	}
}

// roles is a call with every value that JSON does not have.
func roles(seq int) apply.Intent {
	doc := plan.Document{Name: "trust", Kind: policy.Trust, Policy: policy.Document{Version: policy.Version}}
	return apply.Intent{Seq: seq, Time: moment, Resource: "namespace", Step: "attach role", Call: plan.NewCall(
		"redshift-serverless", "UpdateNamespace", "iamRoles", plan.RoleList{Query: "namespace.iamRoles", Add: []string{"arn:a"}, Remove: []string{"arn:b"}},
		"defaultIamRoleArn", plan.Current{Query: "namespace.defaultIamRoleArn"}, "policy", plan.Merged{Query: "policy", Document: doc},
		"prefix", plan.EmptyText, "odd", plan.In("$current", "not ours", "list", []plan.Object{plan.In("Key", "a")}), "bytes", "\xff\xfe",
		"texts", []string{"a", "\xff"}, "none", plan.Object{}, "password", "hunter2", "<&>", "<&>\u2028",
	)}
}

// TestTheFormStaysAsItIs: journals of earlier versions are read, and this one writes the same. If this
// fails for a good reason, format must be counted up, or what is new must be left out of old lines.
func TestTheFormStaysAsItIs(t *testing.T) {
	kept, err := os.ReadFile("testdata/journal.jsonl")
	must(t, err)
	if got := story(t); !bytes.Equal(got, kept) {
		t.Errorf("wrote\n%s\nwant\n%s", got, kept)
	}
	rec, err := parse(kept)
	must(t, err)
	if !reflect.DeepEqual(rec.Header, header) || len(rec.Runs) != 2 || len(rec.Changes) != 3 || rec.Happened() != 2 || rec.TakenBack() != 1 || rec.Left() != 1 {
		t.Errorf("read %+v", rec)
	}
	hidden := roles(3)
	for i, m := range hidden.Call.Input {
		if m.Name == "password" {
			hidden.Call.Input[i].Value = "***"
		}
	}
	for i, want := range []apply.Intent{role(1), keyPolicy(2), hidden} {
		if got := rec.Changes[i].Intent; !reflect.DeepEqual(got, want) {
			t.Errorf("change %d is\n%#v\nwant\n%#v", i+1, got, want)
		}
	}
}

// TestDamage: what is wrong, and where.
func TestDamage(t *testing.T) {
	head, run := string(lines(t, headerFrom(header))), string(lines(t, runFrom(applying())))
	intent, outcome := string(lines(t, intentFrom(role(1)))), string(lines(t, outcomeFrom(done(1))))
	tests := map[string]struct{ text, says string }{
		"another file":              {"# Contributing\n", "line 1: invalid character"},
		"another file of JSON":      {`{"type":"intent","seq":1}` + "\n", "line 1: not the header"},
		"a header that is cut":      {head[:20] + "\n" + intent, "line 2: not the header"},
		"no header":                 {run + intent, "line 1: not the header"},
		"an odd version":            {strings.Replace(head, `1`, `-1`, 1), "line 1: not the header"},
		"a newer version":           {strings.Replace(head, `1`, `2`, 1) + `{"type":"intent","seq":{}}` + "\n", "line 1: the journal has form 2"},
		"a line of other things":    {head + run + "hello\n" + intent, "line 3: invalid character"},
		"a byte that was hit":       {head + run + strings.Replace(intent, `"seq":1`, `"seq"!1`, 1) + outcome, "line 3: invalid character"},
		"a byte of a text":          {head + run + strings.Replace(intent, "create role", "create r\xffle", 1) + outcome, "line 3: not UTF-8"},
		"two lines in one":          {head + run + strings.TrimSuffix(intent, "\n") + outcome, "line 3: invalid character"},
		"a lost intent":             {head + run + outcome, "line 3: there is no change 1"},
		"a cut intent":              {head + run + intent[:50] + "\n" + outcome, "line 4: there is no change 1"},
		"an intent twice":           {head + run + intent + outcome + intent, "line 5: change 1 stands twice"},
		"an intent with no number":  {head + run + strings.Replace(intent, `"seq":1,`, ``, 1), "line 3: change 0"},
		"an end of nothing":         {head + string(lines(t, endFrom(End{}))), "line 2: the end of a run that did not begin"},
		"a number that is a text":   {head + run + strings.Replace(intent, `"seq":1`, `"seq":"1"`, 1), "line 3: json: cannot unmarshal"},
		"a list":                    {head + "[1]\n", "line 2: json: cannot unmarshal"},
		"a list that is cut":        {head + "[1,", "line 2: unexpected end"},
		"a structure of no type":    {head + "{}\n", "line 2: not a line of a journal"},
		"the last line is damaged":  {head + run + intent + "}", "line 4: invalid character"},
		"a value of a later onramp": {head + run + strings.Replace(intent, `"RoleName":"redshift-ml"`, `"RoleName":{"$later":1}`, 1), "$later"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "j.jsonl")
			must(t, os.WriteFile(path, []byte(test.text), 0o600))
			_, err := Read(path)
			if err == nil || !strings.Contains(err.Error(), test.says) || !strings.HasPrefix(err.Error(), "read journal "+path+": line ") {
				t.Fatalf("says %v, want %q", err, test.says)
			}
			var h apply.Hinter
			if !errors.As(err, &h) || h.ErrorHint() == "" {
				t.Error("does not say what to do")
			} else if later := strings.Contains(name, "newer") || strings.Contains(name, "later"); strings.Contains(h.ErrorHint(), "newer") != later {
				t.Errorf("hint %q", h.ErrorHint())
			}
		})
	}
}

// TestWhatANewerOnrampAddsIsPassedOver: lines and members that this one does not know.
func TestWhatANewerOnrampAddsIsPassedOver(t *testing.T) {
	text := string(story(t))
	want, err := parse([]byte(text))
	must(t, err)
	text = strings.ReplaceAll(text, `{"type":`, `{"new":{"a":[1.5,null,{"$x":[[]]}]},"type":`)
	text = strings.Replace(text, `{"journal":1,`, `{"journal":1,"new":[1,2.5],`, 1)
	text = strings.ReplaceAll(text, `"undo":{`, `"undo":{"new":1.5,`)
	text = strings.ReplaceAll(text, "\n", "\n"+`{"type":"note","seq":"x","text":1.5}`+"\n")
	got, err := parse([]byte(text))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v: read %+v", err, got)
	}
}

// TestTornLines: where the program or the disk stopped in the middle of a line.
func TestTornLines(t *testing.T) {
	head, intent := string(lines(t, headerFrom(header), runFrom(applying()))), string(lines(t, intentFrom(role(1))))
	second := string(lines(t, intentFrom(role(2))))
	tests := map[string]struct {
		text    string
		torn    []int
		changes int
	}{
		"the last":                    {head + intent + second[:30], []int{4}, 1},
		"one before a good one":       {head + intent[:30] + "\n" + second, []int{3}, 1},
		"two, and an empty line":      {head + intent[:1] + "\n\n" + second[:200] + "\n" + intent, []int{3, 5}, 1},
		"within a character":          {head + `{"type":"intent","label":"` + "\xc3", []int{3}, 0},
		"within an escape":            {head + `{"type":"intent","label":"\u00`, []int{3}, 0},
		"a disk that kept the length": {head + intent + "\x00\x00\x00", []int{4}, 1},
		"and part of the line":        {head + intent + second[:30] + "\x00\x00\n" + second, []int{4}, 2},
		"all but the line feed":       {head + strings.TrimSuffix(intent, "\n"), nil, 1},
		"the header":                  {head[:10], []int{1}, 0},
		"everything":                  {"", nil, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			rec, err := parse([]byte(test.text))
			if err != nil || !slices.Equal(rec.Torn, test.torn) || len(rec.Changes) != test.changes {
				t.Errorf("torn %v, %d changes, %v", rec.Torn, len(rec.Changes), err)
			}
		})
	}
}

// TestKilledAtAnyByte: wherever the file ends, what was whole before is read, and the journal goes on
// with its next line whole.
func TestKilledAtAnyByte(t *testing.T) {
	folder := home(t)
	must(t, os.MkdirAll(folder, 0o700))
	whole := lines(t, headerFrom(header), runFrom(atMoment(applying())), intentFrom(role(1)), outcomeFrom(done(1)), intentFrom(apply.Intent{Seq: 2, Time: moment}))
	path := filepath.Join(folder, "111122223333-redshift-ml-20261122T030405Z.jsonl")
	begun := bytes.IndexByte(whole, '\n') // from here on the header is there
	step := 1
	if testing.Short() {
		step = 11
	}
	for end := 0; end <= len(whole); end += step {
		must(t, os.WriteFile(path, whole[:end], 0o600))
		before := read1(t, path)
		if want := wholeLines(whole[:end]); before.changesKey() != want {
			t.Fatalf("byte %d: read %s, want %s", end, before.changesKey(), want)
		}
		j := open1(t, target, applying())
		if goes := j.Path() == path; goes != (end >= begun) {
			t.Fatalf("byte %d: goes on is %v", end, goes)
		}
		next := role(j.Next())
		must(t, j.Intend(next))
		must(t, j.Close())
		after := read1(t, j.Path())
		if last := after.Changes[len(after.Changes)-1]; !reflect.DeepEqual(last.Intent, next) {
			t.Fatalf("byte %d: the next line is %+v", end, last)
		}
		if end < begun {
			must(t, os.Remove(j.Path()))
			continue
		}
		if after.Changes = after.Changes[:len(after.Changes)-1]; after.changesKey() != before.changesKey() {
			t.Fatalf("byte %d: read %s, and before it was %s", end, after.changesKey(), before.changesKey())
		}
	}
}

// changesKey tells the changes of the test above apart.
func (r Record) changesKey() string {
	var key strings.Builder
	for _, c := range r.Changes {
		key.WriteString(c.Resource + "intent ")
		if c.Outcome != nil {
			key.WriteString("outcome ")
		}
	}
	return key.String()
}

// wholeLines says, without the reader, what is there.
func wholeLines(text []byte) string {
	var key strings.Builder
	for line := range bytes.Lines(append(slices.Clip(text), '\n')) {
		switch {
		case !bytes.HasSuffix(line, []byte("}\n")) || bytes.Count(line, []byte("{")) != bytes.Count(line, []byte("}")):
		case bytes.Contains(line, []byte(`"seq":1,`)) && bytes.Contains(line, []byte("intent")):
			key.WriteString("roleintent ")
		case bytes.Contains(line, []byte("outcome")):
			key.WriteString("outcome ")
		case bytes.Contains(line, []byte("intent")):
			key.WriteString("intent ")
		}
	}
	return key.String()
}

// FuzzRead: no file makes it panic, and one that it reads it reads also when a run has gone on with it.
func FuzzRead(f *testing.F) {
	whole := story(f)
	f.Add(whole)
	for _, cut := range []int{1, 10, 100, 500, 1000, len(whole) / 2, len(whole) - 1} {
		f.Add(whole[:cut])
		f.Add(append(append(slices.Clip(whole[:cut]), '\n'), whole[cut:]...))
	}
	f.Add([]byte(`{"journal":1,"created":"2026-11-22T03:04:05.678Z"}` + "\n" + `{"type":"intent","seq":1,"call":{"input":{"a":{"$object":{"$x":[[]]}}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		rec, err := parse(data)
		if err != nil || rec.Header.Journal == 0 {
			return
		}
		last := 0
		for _, c := range rec.Changes {
			last = max(last, c.Seq)
			if _, err := encode(intentFrom(c.Intent)); err != nil && !strings.Contains(err.Error(), "nest") && !strings.Contains(err.Error(), "depth") && !strings.Contains(err.Error(), "year") {
				t.Fatalf("what was read cannot be written: %v", err)
			}
		}
		if last == 1<<63-1 {
			return
		}
		if rec.unterminated {
			data = append(slices.Clip(data), '\n')
		}
		again, err := parse(append(slices.Clip(data), lines(t, runFrom(applying()), intentFrom(role(last+1)))...))
		if err != nil || len(again.Changes) != len(rec.Changes)+1 || len(again.Runs) != len(rec.Runs)+1 || !slices.Equal(again.Torn, rec.Torn) {
			t.Fatalf("%v: %d changes after %d, torn %v after %v", err, len(again.Changes), len(rec.Changes), again.Torn, rec.Torn)
		}
	})
}
