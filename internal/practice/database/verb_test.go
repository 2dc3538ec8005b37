package database_test

import (
	"testing"

	"onramp/internal/practice/database"
)

func TestVerb(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT 1": "select", "select\n1": "select", "\t\nSelect(1)": "select", "-- a look\nSELECT 1": "select", "/* one /* two */ */SELECT/**/1": "select",
		"CREATE GROUP g": "create", "-- SELECT\nDROP GROUP g": "drop", "/* SELECT */ GRANT": "grant", "/* SELECT": "", "": "", " ": "", "(SELECT 1)": "", "'select'": "",
	} {
		if have := database.Verb(sql); have != want {
			t.Errorf("%q: %q, want %q", sql, have, want)
		}
	}
}
