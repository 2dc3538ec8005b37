package policy

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// late is a value that AWS will give later, as a plan writes it.
const late = "\uFDD0bucket.arn\uFDD1"

// sample has every element there is.
var sample = Document{
	Version: Version,
	Statements: []Statement{{
		Sid:        "Objects",
		Effect:     Allow,
		Actions:    []string{"s3:GetObject", "s3:PutObject"},
		Resources:  []string{late + "/*"},
		Conditions: []Condition{{"Bool", "aws:SecureTransport", []string{"true"}}},
	}, {
		Effect:       Deny,
		Principal:    Principal{Services: []string{"redshift.amazonaws.com"}, AWS: []string{"111122223333", "*"}, Federated: []string{"accounts.google.com"}},
		NotActions:   []string{"s3:*"},
		NotResources: []string{"*"},
		Conditions: []Condition{
			{"StringEquals", "aws:SourceAccount", []string{"111122223333"}},
			{"ArnLike", "aws:SourceArn", []string{"arn:aws:s3:::<&>"}},
			{"StringEquals", "aws:SourceOrgID", []string{"o-1", "o-2"}},
		},
	}, {
		Effect:    Allow,
		Principal: Principal{Any: true},
		Actions:   []string{"*"},
	}},
}

const sampleJSON = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Objects",
      "Effect": "Allow",
      "Action": [
        "s3:GetObject",
        "s3:PutObject"
      ],
      "Resource": "` + late + `/*",
      "Condition": {
        "Bool": {
          "aws:SecureTransport": "true"
        }
      }
    },
    {
      "Effect": "Deny",
      "Principal": {
        "Service": "redshift.amazonaws.com",
        "AWS": [
          "111122223333",
          "*"
        ],
        "Federated": "accounts.google.com"
      },
      "NotAction": "s3:*",
      "NotResource": "*",
      "Condition": {
        "StringEquals": {
          "aws:SourceAccount": "111122223333",
          "aws:SourceOrgID": [
            "o-1",
            "o-2"
          ]
        },
        "ArnLike": {
          "aws:SourceArn": "arn:aws:s3:::<&>"
        }
      }
    },
    {
      "Effect": "Allow",
      "Principal": "*",
      "Action": "*"
    }
  ]
}`

// read parses a file of testdata.
func read(t *testing.T, name string) Document {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Parse(data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

// mustParse parses the statements of a current policy.
func mustParse(t *testing.T, statements string) Document {
	t.Helper()
	d, err := Parse([]byte(`{"Version":"2012-10-17","Statement":` + statements + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// anyDocument draws documents that are well formed as JSON and mean anything.
func anyDocument() *rapid.Generator[Document] {
	word := rapid.OneOf(
		rapid.SampledFrom([]string{"", "*", "s3:GetObject", "S3:getobject", "111122223333", "arn:aws:iam::111122223333:root", "${aws:username}", late, `"\<&>`, "a b\tc\nd"}),
		rapid.String(),
	)
	list := rapid.Custom(func(t *rapid.T) []string {
		if rapid.Bool().Draw(t, "absent") {
			return nil
		}
		return rapid.SliceOfN(word, 0, 3).Draw(t, "values")
	})
	principal := rapid.Custom(func(t *rapid.T) Principal {
		if rapid.Bool().Draw(t, "any") {
			return Principal{Any: true}
		}
		return Principal{Services: list.Draw(t, "services"), AWS: list.Draw(t, "aws"), Federated: list.Draw(t, "federated")}
	})
	condition := rapid.Custom(func(t *rapid.T) Condition {
		operator := rapid.SampledFrom([]string{"StringEquals", "ArnLike", "stringequals"}).Draw(t, "operator")
		return Condition{operator, word.Draw(t, "key"), rapid.SliceOfN(word, 0, 3).Draw(t, "values")}
	})
	conditions := rapid.SliceOfNDistinct(condition, 0, 4, func(c Condition) string { return c.Operator + " " + c.Key })
	statement := rapid.Custom(func(t *rapid.T) Statement {
		return Statement{
			Sid: word.Draw(t, "sid"), Effect: rapid.SampledFrom([]string{Allow, Deny}).Draw(t, "effect"),
			Principal: principal.Draw(t, "principal"), Actions: list.Draw(t, "actions"), NotActions: list.Draw(t, "not actions"),
			Resources: list.Draw(t, "resources"), NotResources: list.Draw(t, "not resources"), Conditions: conditions.Draw(t, "conditions"),
		}
	})
	return rapid.Custom(func(t *rapid.T) Document {
		return Document{
			Version:    rapid.SampledFrom([]string{Version, oldVersion}).Draw(t, "version"),
			Statements: rapid.SliceOfN(statement, 0, 3).Draw(t, "statements"),
		}
	})
}

func TestActionsListsWhatIsAllowed(t *testing.T) {
	d := mustParse(t, `[
		{"Effect":"Allow","Action":["s3:PutObject","iam:PassRole"],"Resource":"*"},
		{"Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"},
		{"Effect":"Allow","Action":["S3:putobject","ec2:Describe*"],"Resource":"*"}]`)
	want := []string{"ec2:Describe*", "iam:PassRole", "s3:PutObject"}
	if got := Actions(d); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFacts holds the policies of the fact sheet to everything the package does:
// sections 1.3 (the composed policy of the role) and 2 (its trust policy).
func TestFacts(t *testing.T) {
	tests := map[string]struct {
		kind                Kind
		statements, size    int
		actions, conditions int
	}{
		"redshift-ml-role.json":  {kind: Identity, statements: 11, size: 3642, actions: 57, conditions: 2},
		"redshift-ml-trust.json": {kind: Trust, statements: 2, size: 517, actions: 1, conditions: 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := read(t, name)
			conditions := 0
			for _, s := range d.Statements {
				conditions += len(s.Conditions)
			}
			if len(d.Statements) != test.statements || len(Actions(d)) != test.actions || conditions != test.conditions {
				t.Errorf("read %d statements, %d actions, %d conditions, want %+v", len(d.Statements), len(Actions(d)), conditions, test)
			}
			if got := d.Size(); got != test.size {
				t.Errorf("size %d, want %d", got, test.size)
			}
			if errs := Validate(d, test.kind); errs != nil {
				t.Errorf("not valid: %v", errs)
			}
			sameJSON(t, "testdata/"+name, d.JSON())
		})
	}
}

// sameJSON compares with a file as encoding/json reads both: nothing was lost.
func sameJSON(t *testing.T, file string, got []byte) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want, have any
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(got, &have); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(have, want) {
		t.Errorf("got %s\nwant %s", got, strings.TrimSpace(string(data)))
	}
}

// A plan is built at every key press and does all of this for each document.
func BenchmarkDocument(b *testing.B) {
	data, err := os.ReadFile("testdata/redshift-ml-role.json")
	if err != nil {
		b.Fatal(err)
	}
	d, err := Parse(data)
	if err != nil {
		b.Fatal(err)
	}
	for name, do := range map[string]func(){
		"JSON":     func() { d.JSON() },
		"Compact":  func() { d.Compact() },
		"Size":     func() { d.Size() },
		"Validate": func() { Validate(d, Identity) },
		"Lint":     func() { Lint(d, Identity) },
		"Equal":    func() { Equal(d, d) },
		"Parse":    func() { _, _ = Parse(data) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				do()
			}
		})
	}
}
