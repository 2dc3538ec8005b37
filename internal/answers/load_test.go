package answers_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"onramp/internal/answers"
)

func load(text string) (given, answers.Problems) {
	s, problems := answers.Load(strings.NewReader(text), "toy", fields)
	return asGiven(s), problems
}

func TestLoad(t *testing.T) {
	tests := map[string]struct {
		file string
		want given
	}{
		"keys in levels": {
			"guide: toy\nwarehouse:\n  kind: cluster\n  nodes: 2\nrole:\n  default: true\n  deep:\n    down: here\n",
			given{"warehouse.kind": "cluster", "warehouse.nodes": 2, "role.default": true, "role.deep.down": "here"},
		},
		"records": {
			"guide: toy\ngroups:\n  - name: a\n    execute: [m.x, m.y]\n  - create-models: false\n",
			given{"groups": 2, "groups.0.name": "a", "groups.0.execute": []string{"m.x", "m.y"}, "groups.1.create-models": false},
		},
		"no records":                                 {"guide: toy\ngroups: []\n", given{"groups": 0}},
		"the order of keys is free":                  {"subnets:\n  - a\n  - b\nguide: toy\n", given{"subnets": []string{"a", "b"}}},
		"comments":                                   {"# mine\nguide: toy # this one\naccount: x#y # not z\n", given{"account": "x#y"}},
		"an account number as people write it":       {"guide: toy\naccount: 111122223333\n", given{"account": "111122223333"}},
		"leading zeros are kept":                     {"guide: toy\naccount: 000011112222\n", given{"account": "000011112222"}},
		"leading zeros that look octal":              {"guide: toy\naccount: 012345670123\n", given{"account": "012345670123"}},
		"a word that is none in YAML 1.2":            {"guide: toy\naccount: yes\n", given{"account": "yes"}},
		"a key without a value is no answer":         {"guide: toy\naccount:\nwarehouse:\nsubnets: ~\ngroups:\n", given{}},
		"an empty text is an answer":                 {"guide: toy\naccount: \"\"\n", given{"account": ""}},
		"flow style":                                 {"{guide: toy, account: x, groups: [{name: a}, {name: b}]}", given{"account": "x", "groups": 2, "groups.0.name": "a", "groups.1.name": "b"}},
		"JSON":                                       {`{"guide": "toy", "role": {"default": false}, "subnets": ["a"]}`, given{"role.default": false, "subnets": []string{"a"}}},
		"a byte order mark, as Windows writes it":    {"\ufeffguide: toy\naccount: x\n", given{"account": "x"}},
		"line ends as Windows writes them":           {"guide: toy\r\naccount: x\r\nsubnets:\r\n  - a\r\n", given{"account": "x", "subnets": []string{"a"}}},
		"text over several lines, from Windows":      {"guide: toy\r\naccount: |\r\n  a\r\n  b\r\n", given{"account": "a\nb\n"}},
		"UTF-16, as PowerShell 5.1 writes it":        {"\xff\xfeg\x00u\x00i\x00d\x00e\x00:\x00 \x00t\x00o\x00y\x00\r\x00\n\x00", given{}},
		"a line of dashes before":                    {"---\nguide: toy\naccount: x\n", given{"account": "x"}},
		"dots at the end":                            {"guide: toy\naccount: x\n...\n", given{"account": "x"}},
		"text over several lines":                    {"guide: toy\naccount: |\n  a\n  b\n", given{"account": "a\nb\n"}},
		"no line feed at the end":                    {"guide: toy\naccount: x", given{"account": "x"}},
		"numbers as items of a list are their texts": {"guide: toy\nsubnets: [1, 007, true]\n", given{"subnets": []string{"1", "007", "true"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, problems := load(test.file)
			if len(problems) > 0 || !same(got, test.want) {
				t.Errorf("got %v, %v, want %v", got, problems, test.want)
			}
		})
	}
}

func TestLoadKeepsLinesAndSources(t *testing.T) {
	s, _ := answers.Load(strings.NewReader("guide: toy\n\naccount: x\nwarehouse:\n  nodes: 3\ngroups:\n  - name: a\n  - name: b\n"), "toy", fields)
	want := map[string]int{"account": 3, "warehouse.nodes": 5, "groups.0.name": 7, "groups.1.name": 8}
	for key, line := range want {
		if v := s.Get(key); v.Line != line || v.Source != answers.File {
			t.Errorf("%s: line %d from %v, want line %d from the file", key, v.Line, v.Source, line)
		}
	}
}

func TestBadFiles(t *testing.T) {
	tests := map[string]struct {
		file   string
		key    string
		line   int
		says   string // in the text or the remedy
		nothin bool   // no answer is read
	}{
		"empty":                       {"", "", 0, "empty", true},
		"blank":                       {"\n\n  \n", "", 0, "empty", true},
		"comments only":               {"# guide: toy\n", "", 0, "empty", true},
		"dashes only":                 {"---\n", "", 0, "empty", true},
		"null":                        {"~\n", "", 0, "empty", true},
		"a list":                      {"- guide: toy\n", "", 1, "guide", true},
		"a text":                      {"redshift-ml\n", "", 1, "guide", true},
		"a number":                    {"5\n", "", 1, "", true},
		"cut off in a quote":          {"guide: toy\naccount: \"1111\n", "", 2, "cut off", true},
		"cut off in a list":           {"guide: toy\nsubnets: [a, b\n", "", 2, "cut off", true},
		"cut off in a map":            {"guide: toy\nrole: {default: tr\n", "", 2, "", true},
		"cut off after a key":         {"guide: toy\nwarehouse:\n  kin", "warehouse", 3, "further keys", false},
		"a tab for indentation":       {"guide: toy\nwarehouse:\n\tkind: cluster\n", "", 3, "", true},
		"wrong indentation":           {"guide: toy\nwarehouse:\n    kind: cluster\n  nodes: 2\n", "", 4, "", true},
		"not UTF-8":                   {"guide: toy\naccount: \xff\xfe\n", "", 0, "UTF-8", true},
		"a control character":         {"guide: toy\naccount: a\x01b\n", "", 0, "", true},
		"UTF-16":                      {"\xff\xfeg\x00u\x00", "", 1, "", true},
		"two documents":               {"guide: toy\n---\nguide: toy\n", "", 2, "one document", true},
		"an alias to nothing":         {"guide: toy\naccount: *a\n", "", 0, "", true},
		"no guide":                    {"account: x\n", "guide", 0, "guide: toy", false},
		"another guide":               {"guide: amazon-ml\naccount: x\n", "guide", 1, "amazon-ml", true},
		"a guide that is a list":      {"guide: [toy]\n", "guide", 1, "", false},
		"a guide without a value":     {"guide:\n", "guide", 1, "", false},
		"the guide stands twice":      {"guide: toy\nguide: toy\n", "guide", 2, "twice", false},
		"a key that stands twice":     {"guide: toy\naccount: x\naccount: y\n", "account", 3, "twice", false},
		"a level that stands twice":   {"guide: toy\nrole:\n  default: true\nrole:\n  default: false\n", "role", 4, "twice", false},
		"a key twice in a record":     {"guide: toy\ngroups:\n  - name: a\n    name: b\n", "groups.0.name", 4, "twice", false},
		"an unknown key":              {"guide: toy\nacount: x\n", "acount", 2, "account", false},
		"an unknown key below":        {"guide: toy\nwarehouse:\n  clutser: x\n", "warehouse.clutser", 3, "cluster", false},
		"an unknown key in a record":  {"guide: toy\ngroups:\n  - nmae: a\n", "groups.0.nmae", 3, "name", false},
		"an unknown level":            {"guide: toy\nwarehosue:\n  cluster: x\n", "warehosue", 2, "warehouse", false},
		"a key in the wrong case":     {"guide: toy\nAccount: x\n", "Account", 2, "account", false},
		"a key far from all":          {"guide: toy\nxyzzy: x\n", "xyzzy", 2, "", false},
		"a key that is a list":        {"guide: toy\n? [a, b]\n: x\n", "", 2, "", false},
		"a key that is empty":         {"guide: toy\n\"\": x\n", "", 2, "", false},
		"a value where levels are":    {"guide: toy\nwarehouse: cluster\n", "warehouse", 2, "further keys", false},
		"a list where levels are":     {"guide: toy\nwarehouse: [cluster]\n", "warehouse", 2, "further keys", false},
		"levels where a value is":     {"guide: toy\naccount:\n  id: x\n", "account", 3, "single value", false},
		"a list where text is":        {"guide: toy\naccount: [x]\n", "account", 2, "single value", false},
		"true where text is":          {"guide: toy\naccount: true\n", "account", 2, "quotes", false},
		"a fraction where text is":    {"guide: toy\naccount: 1.5\n", "account", 2, "quotes", false},
		"a date where text is":        {"guide: toy\naccount: 2012-10-17\n", "account", 2, "quotes", false},
		"a choice that is none":       {"guide: toy\nwarehouse:\n  kind: custer\n", "warehouse.kind", 3, "cluster, new-cluster, serverless", false},
		"text where yes or no is":     {"guide: toy\nrole:\n  default: perhaps\n", "role.default", 3, "true or false", false},
		"yes in quotes":               {"guide: toy\nrole:\n  default: \"true\"\n", "role.default", 3, "without quotes", false},
		"a number where yes or no is": {"guide: toy\nrole:\n  default: 1\n", "role.default", 3, "true or false", false},
		"text where a number is":      {"guide: toy\nwarehouse:\n  nodes: two\n", "warehouse.nodes", 3, "digits", false},
		"a fraction for a number":     {"guide: toy\nwarehouse:\n  nodes: 2.5\n", "warehouse.nodes", 3, "digits", false},
		"a number too large":          {"guide: toy\nwarehouse:\n  nodes: 99999999999999999999999\n", "warehouse.nodes", 3, "", false},
		"text where a list is":        {"guide: toy\nsubnets: a\n", "subnets", 2, "[first, second]", false},
		"a list of lists":             {"guide: toy\nsubnets: [[a]]\n", "subnets", 2, "single value", false},
		"a list with nothing in it":   {"guide: toy\nsubnets: [a, ~]\n", "subnets", 2, "single value", false},
		"a map where a list is":       {"guide: toy\nsubnets: {a: b}\n", "subnets", 2, "list", false},
		"a map where records are":     {"guide: toy\ngroups:\n  name: a\n", "groups", 3, "dash", false},
		"a number where records are":  {"guide: toy\ngroups: 2\n", "groups", 2, "dash", false},
		"texts where records are":     {"guide: toy\ngroups: [a]\n", "groups.0", 2, "- name", false},
		"nothing where a record is":   {"guide: toy\ngroups:\n  -\n", "groups.0", 3, "- name", false},
		"an alias":                    {"guide: toy\naccount: &a x\nrole:\n  deep:\n    down: *a\n", "role.deep.down", 5, "write the value out", false},
		"a merge":                     {"guide: toy\nrole:\n  <<: {default: true}\n", "role.<<", 3, "write the value out", false},
		"a list of aliases":           {"guide: toy\naccount: &a x\nsubnets: [*a]\n", "subnets", 3, "", false},
		"a tag of another language":   {"guide: toy\naccount: !!python/object:os.system x\n", "account", 2, "", false},
		"binary data":                 {"guide: toy\naccount: !!binary aGVsbG8=\n", "account", 2, "", false},
		"dots for levels, twice":      {"guide: toy\nrole:\n  default: true\nrole.default: false\n", "role.default", 4, "", false},
		"a record by its number":      {"guide: toy\ngroups.0.name: x\n", "groups.0.name", 2, "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, problems := load(test.file)
			if len(problems) != 1 {
				t.Fatalf("problems are %q, want one", problems)
			}
			p := problems[0]
			if p.Key != test.key || p.Line != test.line || !strings.Contains(p.Text+"; "+p.Remedy, test.says) {
				t.Errorf("got %+v\nwant key %q, line %d, saying %q", p, test.key, test.line, test.says)
			}
			if p.Text == "" || p.Remedy == "" {
				t.Errorf("no text, or no remedy: %+v", p)
			}
			if p.Unreadable != test.nothin {
				t.Errorf("unreadable is %v", p.Unreadable)
			}
			if test.nothin && len(got) > 0 {
				t.Errorf("reads %v out of it", got)
			}
		})
	}
}

// TestAllProblemsAtOnce: nobody mends a file one line at a time.
func TestAllProblemsAtOnce(t *testing.T) {
	file := `guide: toy
acount: x
warehouse:
  kind: custer
  nodes: two
  cluster: analytics
role:
  default: perhaps
groups:
  - nmae: a
    create-models: 1
    name: b
    name: c
subnets: a
`
	got, problems := load(file)
	lines := map[string]int{}
	for _, p := range problems {
		lines[p.Key] = p.Line
	}
	want := map[string]int{
		"acount": 2, "warehouse.kind": 4, "warehouse.nodes": 5, "role.default": 8, "groups.0.nmae": 10, "groups.0.create-models": 11, "groups.0.name": 13, "subnets": 14,
	}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("got %v\nwant %v", lines, want)
	}
	if wantGood := (given{"warehouse.cluster": "analytics", "groups": 1, "groups.0.name": "b"}); !same(got, wantGood) {
		t.Errorf("what is in order is %v, want %v", got, wantGood)
	}
	if text := problems.Error(); strings.Count(text, "\n") != len(want)-1 || !strings.Contains(text, "line 4: warehouse.kind:") {
		t.Errorf("as an error it is %s", text)
	}
}

// TestOtherGuideIsTheOnlyProblem: what its keys would be here is no news.
func TestOtherGuideIsTheOnlyProblem(t *testing.T) {
	got, problems := load("acount: x\nguide: amazon-ml\nrole: 5\n")
	if len(problems) != 1 || problems[0].Line != 2 || !problems[0].Unreadable || len(got) > 0 {
		t.Errorf("%v, %+v", got, problems)
	}
}

func TestHugeFiles(t *testing.T) {
	tests := map[string]string{
		"17 MiB":                   "guide: toy\naccount: " + strings.Repeat("x", 17<<20),
		"a hundred thousand rooms": "guide: toy\nsubnets: " + strings.Repeat("[", 100000),
		"30,000 records":           "guide: toy\ngroups:\n" + strings.Repeat("- name: x\n", 30000),
		"a laugh a line":           "guide: toy\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nsubnets: [*c,*c,*c,*c,*c,*c,*c]\n",
	}
	for name, file := range tests {
		t.Run(name, func(t *testing.T) {
			if _, problems := load(file); len(problems) == 0 {
				t.Error("is accepted")
			}
		})
	}
}

func TestAReaderThatFails(t *testing.T) {
	_, problems := answers.Load(iotest.ErrReader(errors.New("the disk is gone")), "toy", fields)
	if len(problems) != 1 || !strings.Contains(problems[0].Text, "the disk is gone") || problems[0].Remedy == "" {
		t.Errorf("got %+v", problems)
	}
}

// TestValuesInProblemsAreShort: a message is a line, whatever stands in the file.
func TestValuesInProblemsAreShort(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for _, file := range []string{
		"guide: toy\nrole:\n  default: " + long, "guide: toy\nwarehouse:\n  kind: " + long, "guide: toy\nwarehouse:\n  nodes: " + long, "guide: " + long, "guide: toy\n" + long[:900] + ": x\n",
	} {
		_, problems := load(file)
		for _, p := range problems {
			if len(p.Text) > 300 || len(p.Value) > 100 || len(p.Remedy) > 300 {
				t.Errorf("%.30s...: %d, %d and %d bytes", file, len(p.Text), len(p.Value), len(p.Remedy))
			}
		}
	}
}

func TestGuideOf(t *testing.T) {
	tests := map[string]struct{ file, want string }{
		"first":             {"guide: toy\n", "toy"},
		"last":              {"account: x\nguide: toy\n", "toy"},
		"nowhere":           {"account: x\n", ""},
		"not YAML":          {"guide: [", ""},
		"a list":            {"- guide: toy\n", ""},
		"with unknown keys": {"guide: toy\nxyzzy: {a: [b]}\n", "toy"},
		"a level":           {"guide: {name: toy}\n", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := answers.GuideOf([]byte(test.file)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// FuzzLoad: Load never panics, and what it accepts saves and loads to the same.
func FuzzLoad(f *testing.F) {
	for _, s := range awkward {
		f.Add([]byte("guide: toy\naccount: " + s + "\nsubnets: [" + s + "]\n"))
		f.Add([]byte(fmt.Sprintf("guide: toy\nsubnets: [%q]\ngroups:\n  - name: %q\n", s, s)))
	}
	f.Add([]byte("guide: toy\nwarehouse:\n  kind: cluster\n  nodes: 2\nrole:\n  default: true\n  deep: {down: x}\ngroups: [{name: a, execute: [b, c]}, {size: 3}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, problems := answers.Load(bytes.NewReader(data), "toy", fields)
		if len(problems) > 0 {
			return
		}
		want := asGiven(s)
		got, saved, err := roundTrip(want)
		if err != nil || !same(got, want) {
			t.Fatalf("%v: %q\nfrom %q", err, saved, data)
		}
	})
}

func TestPrivateKeysAreInNoMessage(t *testing.T) {
	for _, s := range []string{
		"-----BEGIN OPENSSH PRIVATE KEY----- c2VjcmV0", "PuTTY-User-Key-File-3: ssh-ed25519 c2VjcmV0", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU c2VjcmV0",
	} {
		if short := answers.Short(s); strings.Contains(short, "c2Vj") || !strings.Contains(short, "private key") {
			t.Errorf("%q is shown as %q", s, short)
		}
	}
}
