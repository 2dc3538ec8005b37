package debuglog

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLinesAreOnlyWhatTheyMayBe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	took := int64(12)
	l.Write(Line{
		Time: time.Unix(0, 0), Operation: "sts:GetCallerIdentity", Attempt: 2, Status: 403, RequestID: "id\x1b[2J\n{" + strings.Repeat("x", 500),
		DurationMS: &took, Error: "Expired\x07Token",
	})
	l.Write(Line{Time: time.Unix(0, 0), Process: "dev", Stderr: "\x1b[31mred\x9b1A\xff" + strings.Repeat("y", 20_000)})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, text := range lines {
		var line Line
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Error(err)
		}
		if all := line.RequestID + line.Error + line.Stderr; strings.ContainsAny(all, "\x1b\x07\n\u009b") || len(all) > mostOfField+mostOfText+20 {
			t.Errorf("a line holds %q", all)
		}
	}
	if want := `"operation":"sts:GetCallerIdentity","attempt":2,"status":403`; !strings.Contains(lines[0], want) {
		t.Errorf("%s lacks %s", lines[0], want)
	}
}

// TestLineHasATime: that of the caller, or else that of the writing.
func TestLineHasATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	l.Write(Line{Message: "a text"})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var line Line
	if err := json.Unmarshal(data, &line); err != nil || time.Since(line.Time).Abs() > time.Minute {
		t.Errorf("%s, %v", data, err)
	}
}

func TestNoLog(*testing.T) {
	var none *Log
	none.Write(Line{})
	_ = none.Name()
}
