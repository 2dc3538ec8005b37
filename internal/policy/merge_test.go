package policy_test

import (
	"testing"

	"onramp/internal/policy"
)

func TestMerge(t *testing.T) {
	statement := func(sid, action string) policy.Statement {
		return policy.Statement{Sid: sid, Effect: policy.Allow, Actions: []string{action}, Resources: []string{"*"}}
	}
	of := func(s ...policy.Statement) policy.Document {
		return policy.Document{Version: "2008-10-17", Statements: s}
	}
	tests := map[string]struct{ have, add, want policy.Document }{
		"puts at the end":          {of(statement("A", "s3:GetObject")), of(statement("B", "s3:PutObject")), of(statement("A", "s3:GetObject"), statement("B", "s3:PutObject"))},
		"takes the place of a Sid": {of(statement("A", "s3:GetObject"), statement("B", "s3:PutObject")), of(statement("A", "s3:ListBucket")), of(statement("A", "s3:ListBucket"), statement("B", "s3:PutObject"))},
		"no Sid is nobody's":       {of(statement("", "s3:GetObject")), of(statement("", "s3:PutObject")), of(statement("", "s3:GetObject"), statement("", "s3:PutObject"))},
		"into nothing":             {of(), of(statement("A", "s3:GetObject")), of(statement("A", "s3:GetObject"))},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before := string(test.have.Compact())
			got := policy.Merge(test.have, policy.Document{Version: policy.Version, Statements: test.add.Statements})
			if string(got.Compact()) != string(test.want.Compact()) {
				t.Errorf("got %s, want %s", got.Compact(), test.want.Compact())
			}
			if string(test.have.Compact()) != before {
				t.Error("the policy that was given is changed")
			}
		})
	}
}
