package policy

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestParseTakesEveryFormIAMTakes(t *testing.T) {
	tests := map[string]struct {
		text string
		want Document
	}{
		"one statement, strings for lists": {
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`,
			Document{Version, []Statement{{Effect: Allow, Actions: []string{"s3:*"}, Resources: []string{"*"}}}},
		},
		"lists everywhere, elements in any order": {
			`{"Statement":[{"NotResource":["a"],"NotAction":["b","c"],"Effect":"Deny","Sid":"S"}],"Version":"2008-10-17"}`,
			Document{oldVersion, []Statement{{Sid: "S", Effect: Deny, NotActions: []string{"b", "c"}, NotResources: []string{"a"}}}},
		},
		"no Version means the old one": {
			`{"Statement":[]}`,
			Document{oldVersion, nil},
		},
		"everyone": {
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"a:b"}}`,
			Document{Version, []Statement{{Effect: Allow, Principal: Principal{Any: true}, Actions: []string{"a:b"}}}},
		},
		"principals of every kind": {
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":["1","2"],"Federated":"f","Service":["s"]},"Action":"a:b"}}`,
			Document{Version, []Statement{{
				Effect:    Allow,
				Principal: Principal{Services: []string{"s"}, AWS: []string{"1", "2"}, Federated: []string{"f"}},
				Actions:   []string{"a:b"},
			}}},
		},
		"booleans and numbers in conditions": {
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a:b","Condition":{"Bool":{"x:y":true,"x:z":[false,"true"]},"NumericEquals":{"x:n":[ 1 ,-2.5e3]}}}}`,
			Document{Version, []Statement{{
				Effect: Allow, Actions: []string{"a:b"},
				Conditions: []Condition{
					{"Bool", "x:y", []string{"true"}},
					{"Bool", "x:z", []string{"false", "true"}},
					{"NumericEquals", "x:n", []string{"1", "-2.5e3"}},
				},
			}}},
		},
		"empty lists stay empty lists": {
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":[],"Condition":{}}}`,
			Document{Version, []Statement{{Effect: Allow, Actions: []string{}, Conditions: []Condition{}}}},
		},
		"markers, plain and escaped": {
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"a:b","Resource":["` + late + `","\ufdd0bucket.arn\ufdd1"]}}`,
			Document{Version, []Statement{{Effect: Allow, Actions: []string{"a:b"}, Resources: []string{late, late}}}},
		},
		"white space around": {
			" \r\n\t{ \"Version\" : \"2012-10-17\" , \"Statement\" : [ { \"Effect\" : \"Deny\" , \"Action\" : [ \"a:b\" ] } ] } \n",
			Document{Version, []Statement{{Effect: Deny, Actions: []string{"a:b"}}}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Parse([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %#v\nwant %#v", got, test.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	statement := func(members string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"a:b"},{"Effect":"Allow",` + members + `}]}`
	}
	tests := map[string]struct{ text, want string }{
		"nothing":                            {"", "line 1: unexpected end of JSON input"},
		"half a document":                    {"{\n\"Version\":", "line 2: unexpected end of JSON input"},
		"null":                               {"null", "want an object"},
		"a list":                             {"[]", "want an object"},
		"a document without statements":      {`{"Version":"2012-10-17"}`, "no Statement element"},
		"text after the document":            {`{"Statement":[]} {}`, "line 1: invalid character '{' after top-level value"},
		"the comment of the printed policy":  {"{\"Statement\":[{}\n// Optional section\n,{}]}", "line 2: invalid character '/' after array element (JSON has no comments)"},
		"a trailing comma":                   {`{"Statement":[{},]}`, "line 1: invalid character ']' looking for beginning of value"},
		"text that is not UTF-8":             {"{\"Statement\":[],\"\xff\":1}", "not UTF-8"},
		"too many brackets":                  {strings.Repeat("[", 20000), "line 1: invalid character '[' exceeded max depth"},
		"an unknown element":                 {`{"Statement":[],"Statements":[]}`, "Statements: unknown element"},
		"an element in another case":         {`{"statement":[]}`, "statement: unknown element"},
		"an Id":                              {`{"Id":"x","Statement":[]}`, "Id: not supported"},
		"Version twice":                      {`{"Version":"2012-10-17","Statement":[],"Version":"2012-10-17"}`, "Version: stands twice"},
		"a Version that is a number":         {`{"Version":2012,"Statement":[]}`, "Version: want a string"},
		"statements that are text":           {`{"Statement":"*"}`, "Statement: statement 1: want an object"},
		"a statement that is null":           {`{"Statement":[null]}`, "Statement: statement 1: want an object"},
		"an unknown element of a statement":  {statement(`"Actions":"a:b"`), "Statement: statement 2: Actions: unknown element"},
		"Effect twice, once escaped":         {statement(`"\u0045ffect":"Deny"`), "Statement: statement 2: Effect: stands twice"},
		"a Sid that is a list":               {statement(`"Sid":["a"]`), "Statement: statement 2: Sid: want a string"},
		"an action that is a number":         {statement(`"Action":["a:b",1]`), "Statement: statement 2: Action: want a string"},
		"a list within a list":               {statement(`"Resource":[["*"]]`), "Statement: statement 2: Resource: want a string"},
		"an action that is null":             {statement(`"NotAction":null`), "Statement: statement 2: NotAction: want a string"},
		"a NotResource that is an object":    {statement(`"NotResource":{}`), "Statement: statement 2: NotResource: want a string"},
		"NotPrincipal":                       {statement(`"NotPrincipal":"*"`), "Statement: statement 2: NotPrincipal: not supported"},
		"a bare principal":                   {statement(`"Principal":"111122223333"`), `Statement: statement 2: Principal: want "*" or an object`},
		"an empty principal":                 {statement(`"Principal":{}`), "Statement: statement 2: Principal: names nobody"},
		"a principal that is null":           {statement(`"Principal":null`), "Statement: statement 2: Principal: want an object"},
		"a canonical user":                   {statement(`"Principal":{"CanonicalUser":"a"}`), "Statement: statement 2: Principal: CanonicalUser: not supported"},
		"an unknown kind of principal":       {statement(`"Principal":{"service":"a"}`), "Statement: statement 2: Principal: service: unknown element"},
		"one kind of principal twice":        {statement(`"Principal":{"AWS":"a","AWS":"b"}`), "Statement: statement 2: Principal: AWS: stands twice"},
		"a condition that is a list":         {statement(`"Condition":[]`), "Statement: statement 2: Condition: want an object"},
		"an operator without keys":           {statement(`"Condition":{"Bool":"true"}`), "Statement: statement 2: Condition: Bool: want an object"},
		"an operator twice":                  {statement(`"Condition":{"Bool":{},"Bool":{}}`), "Statement: statement 2: Condition: Bool: stands twice"},
		"a condition key twice":              {statement(`"Condition":{"Bool":{"a:b":"true","a:b":"false"}}`), "Statement: statement 2: Condition: Bool: a:b: stands twice"},
		"a condition value that is null":     {statement(`"Condition":{"Bool":{"a:b":null}}`), "Statement: statement 2: Condition: Bool: a:b: want a string, a number or a boolean"},
		"a condition value that is a list":   {statement(`"Condition":{"Bool":{"a:b":[["x"]]}}`), "Statement: statement 2: Condition: Bool: a:b: want a string, a number or a boolean"},
		"a condition value that is an array": {statement(`"Condition":{"Bool":{"a:b":{}}}`), "Statement: statement 2: Condition: Bool: a:b: want a string, a number or a boolean"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d, err := Parse([]byte(test.text))
			if err == nil {
				t.Fatalf("read %#v", d)
			}
			if got, want := err.Error(), "parse policy: "+test.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if !reflect.DeepEqual(d, Document{}) {
				t.Errorf("half a document came back: %#v", d)
			}
		})
	}
}

func TestUnmarshalLeavesTheDocumentWhenItFails(t *testing.T) {
	d := Document{Version: Version}
	if err := d.UnmarshalJSON([]byte(`{"Statement":[{"Effect":"Allow"}],"X":1}`)); err == nil {
		t.Fatal("no error")
	}
	if !reflect.DeepEqual(d, Document{Version: Version}) {
		t.Errorf("got %#v", d)
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no documents in testdata", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(sampleJSON))
	f.Add([]byte(`{"Statement":{"Effect":"Allow","Principal":"*","Action":[],"Condition":{"Bool":{"a:b":[true,1e9]}}}}`))
	f.Add([]byte("{\"Statement\":[{}\n// Optional section\n,{}]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse(data)
		if err != nil {
			return
		}
		for _, text := range [][]byte{d.JSON(), d.Compact()} {
			back, err := Parse(text)
			if err != nil {
				t.Fatalf("refused its own text: %v\n%s", err, text)
			}
			if !reflect.DeepEqual(d, back) {
				t.Fatalf("got %#v\nwant %#v", back, d)
			}
		}
		// What else reads a document must take whatever was parsed.
		for k := Identity; k <= EndpointPolicy; k++ {
			Validate(d, k)
			Lint(d, k)
		}
		if !Equal(d, d) || d.Size() > len(d.Compact()) {
			t.Fatalf("not itself: %s", d.Compact())
		}
	})
}
