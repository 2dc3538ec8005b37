package policy

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestJSONIsCanonical(t *testing.T) {
	if got := string(sample.JSON()); got != sampleJSON {
		t.Errorf("got %s\nwant %s", got, sampleJSON)
	}
}

func TestCompactIsTheSameMinified(t *testing.T) {
	var want bytes.Buffer
	if err := json.Compact(&want, []byte(sampleJSON)); err != nil {
		t.Fatal(err)
	}
	if got := sample.Compact(); !bytes.Equal(got, want.Bytes()) {
		t.Errorf("got %s\nwant %s", got, &want)
	}
}

func TestTextIsEscapedNoMoreThanJSONDemands(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"markup stays":               {"<a>&'", `"<a>&'"`},
		"quotes and backslashes":     {`"\`, `"\"\\"`},
		"white space":                {"\t\n\r ", `"\t\n\r "`},
		"other control characters":   {"\x00\x1f\x7f", "\"\\u0000\\u001f\x7f\""},
		"markers and separators":     {late + "\u2028é", `"` + late + "\u2028é\""},
		"bytes that are not UTF-8":   {"a\xffb", "\"a\uFFFDb\""},
		"a rune beyond 16 bits":      {"😀", `"😀"`},
		"nothing at all":             {"", `""`},
		"a NUL next to a digit":      {"\x001", `"\u00001"`},
		"the replacement rune stays": {"\uFFFD", "\"\uFFFD\""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := string(appendQuoted(nil, test.text)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestEmptyElementsStayApartFromAbsentOnes(t *testing.T) {
	tests := map[string]struct {
		statement Statement
		want      string
	}{
		"absent": {Statement{Effect: Allow}, `{"Effect":"Allow"}`},
		"empty": {
			Statement{
				Effect: Allow, Principal: Principal{AWS: []string{}}, Actions: []string{}, NotActions: []string{},
				Resources: []string{}, NotResources: []string{}, Conditions: []Condition{},
			},
			`{"Effect":"Allow","Principal":{"AWS":[]},"Action":[],"NotAction":[],"Resource":[],"NotResource":[],"Condition":{}}`,
		},
		"a condition without values": {
			Statement{Effect: Allow, Conditions: []Condition{{Operator: "Null", Key: "a:b"}}},
			`{"Effect":"Allow","Condition":{"Null":{"a:b":[]}}}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := `{"Version":"2012-10-17","Statement":[` + test.want + `]}`
			if got := string(Document{Version, []Statement{test.statement}}.Compact()); got != want {
				t.Errorf("got %s\nwant %s", got, want)
			}
		})
	}
}

// What encoding/json embeds must be the same document, though it may escape <.
func TestMarshalEmbeds(t *testing.T) {
	data, err := json.Marshal(map[string]Document{"doc": sample})
	if err != nil {
		t.Fatal(err)
	}
	var back map[string]Document
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if got := string(back["doc"].JSON()); got != sampleJSON {
		t.Errorf("got %s\nwant %s", got, sampleJSON)
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDocument().Draw(t, "document")
		for _, text := range [][]byte{d.JSON(), d.Compact()} {
			back, err := Parse(text)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if !Equal(d, back) || !bytes.Equal(d.JSON(), back.JSON()) {
				t.Fatalf("got %s\nwant %s", back.JSON(), d.JSON())
			}
			if again, _ := Parse(back.JSON()); !reflect.DeepEqual(back, again) {
				t.Fatalf("got %#v\nthen %#v", back, again)
			}
		}
	})
}

func TestJSONEndsWithoutNewline(t *testing.T) {
	if text := string((Document{}).JSON()); strings.TrimSpace(text) != text {
		t.Errorf("got %q", text)
	}
}
