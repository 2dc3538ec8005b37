package draft_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"onramp/internal/answers"
	"onramp/internal/draft"
	"onramp/internal/safefile"
)

var fields = []answers.Field{
	{Key: "name", Kind: answers.Text},
	{Key: "groups", Kind: answers.Records, Item: []answers.Field{{Key: "name", Kind: answers.Text}}},
}

func set(values map[string]any) answers.Set {
	out := answers.Set{}
	for key, data := range values {
		out = out.With(key, answers.Value{Data: data, Source: answers.Typed})
	}
	return out
}

// home gives the test a place for drafts of its own.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_STATE_HOME", dir)
	return dir
}

func TestKeepAndLoad(t *testing.T) {
	dir := home(t)
	want := map[string]any{"name": "it's \"mine\": #1\n\tand more", "groups": 1, "groups.0.name": "analysts"}
	if err := draft.Keep("toy", fields, set(want)); err != nil {
		t.Fatal(err)
	}
	got := draft.Load("toy", fields)
	if got == nil {
		t.Fatal("no draft")
	}
	have := map[string]any{}
	for _, key := range got.Keys() {
		have[key] = got.Get(key).Data
	}
	if !reflect.DeepEqual(have, want) {
		t.Errorf("got %v, want %v", have, want)
	}
	path, err := draft.Path("toy")
	if err != nil || !strings.HasPrefix(path, dir) {
		t.Errorf("is kept at %s, %v", path, err)
	}
	if runtime.GOOS == "windows" { // internal/safefile's tests look at access lists
		return
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder's mode is %v, %v", info.Mode(), err)
	}
}

// TestTheLastOneCounts: a draft is kept after every step.
func TestTheLastOneCounts(t *testing.T) {
	home(t)
	for _, name := range []string{"a", "b", "c"} {
		if err := draft.Keep("toy", fields, set(map[string]any{"name": name})); err != nil {
			t.Fatal(err)
		}
	}
	if got := draft.Load("toy", fields); got == nil || got.Text("name") != "c" {
		t.Errorf("got %v", got)
	}
	if got := draft.Load("other", fields); got != nil {
		t.Errorf("another guide has %v", got)
	}
}

func TestForget(t *testing.T) {
	home(t)
	if err := draft.Forget("toy"); err != nil {
		t.Errorf("forgetting what is not there: %v", err)
	}
	if err := draft.Keep("toy", fields, set(map[string]any{"name": "a"})); err != nil {
		t.Fatal(err)
	}
	if err := draft.Forget("toy"); err != nil {
		t.Fatal(err)
	}
	if got := draft.Load("toy", fields); got != nil {
		t.Errorf("still there: %v", got)
	}
}

func TestDraftsThatNoLongerFit(t *testing.T) {
	tests := map[string]string{
		"cut off":             "guide: toy\nname: \"a",
		"a key that was":      "guide: toy\nname: a\nold: b\n",
		"of another guide":    "guide: other\nname: a\n",
		"without answers":     "guide: toy\n",
		"empty":               "",
		"something else":      "\x00\x01",
		"a list for a record": "guide: toy\ngroups: a\n",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			home(t)
			path, err := draft.Path("toy")
			if err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := draft.Load("toy", fields); got != nil {
				t.Errorf("got %v", got.Keys())
			}
		})
	}
}

// TestPath: it is in the state folder. Which one that is internal/safefile's tests know.
func TestPath(t *testing.T) {
	home(t)
	state, err := safefile.StateFolder()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := draft.Path("toy"); err != nil || got != filepath.Join(state, "draft-toy.yaml") {
		t.Errorf("got %s, %v", got, err)
	}
	for _, name := range []string{"XDG_STATE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, "")
	}
	if _, err := draft.Path("toy"); err == nil {
		t.Error("is kept somewhere")
	}
	if err := draft.Keep("toy", fields, set(map[string]any{"name": "a"})); err == nil {
		t.Error("is kept somewhere")
	}
	if draft.Load("toy", fields) != nil {
		t.Error("is found somewhere")
	}
}

// TestALinkIsNotFollowed: nobody makes a draft write into another file.
func TestALinkIsNotFollowed(t *testing.T) {
	dir := home(t)
	path, err := draft.Path("toy")
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Symlink(other, path), readable(path)); runtime.GOOS == "windows" && err != nil {
		t.Skipf("NOT TESTED: symbolic links: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	if err := draft.Keep("toy", fields, set(map[string]any{"name": "a"})); err == nil {
		t.Error("was kept")
	}
	if data, _ := os.ReadFile(other); string(data) != "theirs" {
		t.Errorf("the other file holds %q", data)
	}
}

// readable says that a link leads somewhere: Wine 8 makes none, and no error.
func readable(link string) error {
	_, err := os.Readlink(link)
	return err
}
