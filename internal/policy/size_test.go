package policy

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSizeCountsCharactersWithoutWhiteSpace(t *testing.T) {
	const frame = len(`{"Version":"2012-10-17","Statement":[{"Sid":"","Effect":"Deny"}]}`)
	tests := map[string]struct {
		sid  string
		want int
	}{
		"letters":                          {"abc", 3},
		"a letter of two bytes is one":     {"é", 1},
		"spaces inside a string":           {"a b", 2},
		"a no-break space is a character":  {"a\u00A0b", 3},
		"an escape counts as it is sent":   {`a"b`, 4},
		"a line feed is sent as an escape": {"a\nb", 4},
		"markup is not escaped":            {"<&>", 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := Document{Version, []Statement{{Sid: test.sid, Effect: Deny}}}
			if got := d.Size() - frame; got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestSizeIsBlindToIndentation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDocument().Draw(t, "document")
		runes := 0
		for _, field := range strings.FieldsFunc(string(d.JSON()), func(r rune) bool { return strings.ContainsRune(" \n\t\r", r) }) {
			runes += len([]rune(field))
		}
		indented, err := Parse(d.JSON())
		if err != nil {
			t.Fatal(err)
		}
		if d.Size() != runes || indented.Size() != runes {
			t.Fatalf("got %d and %d, want %d", d.Size(), indented.Size(), runes)
		}
	})
}

// The numbers are AWS's, not ours to change.
func TestQuotas(t *testing.T) {
	got := [...]int{MaxInlineRole, MaxInlineUser, MaxManaged, MaxTrust, MaxBucketPolicy}
	if want := [...]int{10240, 2048, 6144, 2048, 20480}; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
