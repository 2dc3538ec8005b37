package documents_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/testenv"
	"onramp/render/documents"
)

// shown is a document of a plan as it can be read before AWS has given its values.
func shown(d plan.NamedDocument) policy.Document { return d.Policy.Map(plan.Shown) }

// failer is a test, or one of rapid's.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// TestObjectMeansThePlan: one JSON object, whose members are the plan's documents in their order, each
// with its meaning.
func TestObjectMeansThePlan(t *testing.T) {
	sample := testenv.OneOf(t, 41)
	for _, p := range plantest.All() {
		if sample.Takes() {
			objectMeans(t, p)
		}
	}
}

func objectMeans(t failer, p plan.Plan) {
	t.Helper()
	data, err := documents.Object(p)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsAny(data, "\uFDD0\uFDD1") {
		t.Fatalf("a mark of a reference is left:\n%s", data)
	}
	files, values := members(t, data)
	want := p.Documents()
	if len(files) != len(want) {
		t.Fatalf("%d documents, want %d", len(files), len(want))
	}
	for i, d := range want {
		if files[i] != d.File {
			t.Fatalf("document %d is %s, want %s", i, files[i], d.File)
		}
		got, err := policy.Parse(values[i])
		if err != nil || !policy.Equal(got, shown(d)) {
			t.Fatalf("%s: %v\n%s", d.File, err, values[i])
		}
	}
}

// members are the names and the values of an object in the order of the text.
func members(t failer, data []byte) (names []string, values []json.RawMessage) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		t.Fatalf("begins with %v, %v", token, err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		names, values = append(names, name.(string)), append(values, value)
	}
	if _, err := d.Token(); err != nil || d.More() {
		t.Fatalf("does not end: %v", err)
	}
	return names, values
}

// TestFilesAreTheObject: the folder and the object say the same, and each name is the file's alone.
func TestFilesAreTheObject(t *testing.T) {
	p := plantest.EveryKind(plantest.Target("us-west-2"))
	if len(documents.Files(p)) == 0 {
		t.Fatal("no files")
	}
	filesMean(t, p)
}

func filesMean(t failer, p plan.Plan) {
	t.Helper()
	data, err := documents.Object(p)
	if err != nil {
		t.Fatal(err)
	}
	names, values := members(t, data)
	files := documents.Files(p)
	if len(files) != len(names) {
		t.Fatalf("%d files and %d members", len(files), len(names))
	}
	seen := map[string]bool{}
	for i, f := range files {
		if f.Name != names[i]+".json" || seen[strings.ToLower(f.Name)] || strings.ContainsAny(f.Name, "/\\ :") || f.Executable {
			t.Fatalf("file %d is %q, executable %v", i, f.Name, f.Executable)
		}
		seen[strings.ToLower(f.Name)] = true
		fromFile, err := policy.Parse(f.Data)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		fromObject, err := policy.Parse(values[i])
		if err != nil || !policy.Equal(fromFile, fromObject) {
			t.Fatalf("%s is not the object's: %v", f.Name, err)
		}
		if !bytes.HasSuffix(f.Data, []byte("}\n")) {
			t.Fatalf("%s does not end with one line feed", f.Name)
		}
	}
}

// TestRandomAnswersGiveTheirDocuments: whatever was answered, both forms are JSON and mean the plan's documents.
func TestRandomAnswersGiveTheirDocuments(t *testing.T) {
	plantest.Random(t, func(t *rapid.T, d plantest.Drawn) {
		objectMeans(t, d.Plan)
		filesMean(t, d.Plan)
	})
}

func TestNoDocuments(t *testing.T) {
	data, err := documents.Object(plan.Plan{})
	if err != nil || strings.TrimSpace(string(data)) != "{}" {
		t.Errorf("got %q, %v", data, err)
	}
	if files := documents.Files(plan.Plan{}); len(files) != 0 {
		t.Errorf("got %v", files)
	}
}

func TestText(t *testing.T) {
	d := plan.Document{Policy: policy.Document{Version: policy.Version, Statements: []policy.Statement{{
		Effect: policy.Allow, Actions: []string{"kms:Decrypt"}, Resources: []string{plan.Ref{Resource: "key", Output: "arn"}.String()},
	}}}}
	want := `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "kms:Decrypt",
      "Resource": "<known after apply>"
    }
  ]
}`
	if got := string(documents.Text(d)); got != want {
		t.Errorf("got\n%s", got)
	}
}

func BenchmarkObject(b *testing.B) {
	p := plantest.EveryKind(plantest.Target("us-west-2"))
	for b.Loop() {
		if _, err := documents.Object(p); err != nil {
			b.Fatal(err)
		}
	}
}
