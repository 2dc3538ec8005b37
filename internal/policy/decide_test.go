package policy

import (
	"fmt"
	"strings"
	"testing"
)

// TestApplies: a statement is about a request, is not, or depends on what is not known.
func TestApplies(t *testing.T) {
	r := Request{
		Principal: "arn:aws:iam::111122223333:role/ml", Account: "111122223333", Action: "s3:GetObject", Resource: "arn:aws:s3:::acme/*",
		Context: map[string][]string{"aws:principalaccount": {"111122223333"}, "s3:x-amz-server-side-encryption": nil, "aws:securetransport": {"true"}},
	}
	const all = `"Principal":"*","Action":"*","Resource":"*"`
	for statement, want := range map[string]Answer{
		all: Yes,
		`"Principal":{"AWS":"*"},"Action":"s3:Get*","Resource":"arn:aws:s3:::*"`:                      Yes,
		`"Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"*","Resource":"*"`:            Yes,
		`"Principal":{"AWS":"111122223333"},"Action":"*","Resource":"*"`:                              Yes,
		`"Principal":{"AWS":"arn:aws:iam::111122223333:role/ml"},"Action":"*","Resource":"*"`:         Yes,
		`"Principal":{"AWS":"arn:aws:iam::111122223333:role/x"},"Action":"*","Resource":"*"`:          No,
		`"Principal":{"Service":"redshift.amazonaws.com"},"Action":"*","Resource":"*"`:                No,
		`"Principal":"*","Action":"S3:GETOBJECT","Resource":"*"`:                                      Yes,
		`"Principal":"*","Action":"s3:PutObject","Resource":"*"`:                                      No,
		`"Principal":"*","NotAction":"s3:PutObject","Resource":"*"`:                                   Yes,
		`"Principal":"*","NotAction":"s3:*","Resource":"*"`:                                           No,
		`"Principal":"*","Action":"*"`:                                                                Yes,
		`"Principal":"*","Action":"*","Resource":"arn:aws:s3:::acme"`:                                 No,
		`"Principal":"*","Action":"*","Resource":"arn:aws:s3:::acme/ml/*"`:                            Perhaps,
		`"Principal":"*","Action":"*","Resource":"arn:aws:s3:::acm?/*"`:                               Yes,
		`"Principal":"*","Action":"*","Resource":"arn:aws:s3:::ACME/*"`:                               No,
		`"Principal":"*","Action":"*","NotResource":"arn:aws:s3:::acme/*"`:                            No,
		`"Principal":"*","Action":"*","NotResource":"arn:aws:s3:::acme/ml/*"`:                         Perhaps,
		`"Principal":"*","Action":"*","NotResource":"arn:aws:s3:::other/*"`:                           Yes,
		`"Principal":"*","Action":"*","Resource":"arn:aws:s3:::${aws:PrincipalTag/b}/*"`:              Perhaps,
		all + `,"Condition":{"StringEquals":{"aws:PrincipalAccount":["1","111122223333"]}}`:           Yes,
		all + `,"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}`:              No,
		all + `,"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"1"}}`:                         Yes,
		all + `,"Condition":{"StringLike":{"AWS:PRINCIPALACCOUNT":"1111*"}}`:                          Yes,
		all + `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`:                            Perhaps,
		all + `,"Condition":{"StringEquals":{"aws:PrincipalAccount":"${aws:PrincipalTag/a}"}}`:        Perhaps,
		all + `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}`:                                 No,
		all + `,"Condition":{"Null":{"s3:x-amz-server-side-encryption":"true"}}`:                      Yes,
		all + `,"Condition":{"Null":{"aws:PrincipalAccount":"true"}}`:                                 No,
		all + `,"Condition":{"StringEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}`:           No,
		all + `,"Condition":{"StringEqualsIfExists":{"s3:x-amz-server-side-encryption":"aws:kms"}}`:   Yes,
		all + `,"Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}`:        Yes,
		all + `,"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`:                              Perhaps,
		all + `,"Condition":{"ForAnyValue:StringEquals":{"aws:PrincipalAccount":"111122223333"}}`:     Perhaps,
		all + `,"Condition":{"StringEquals":{"aws:PrincipalAccount":"1","aws:PrincipalOrgID":"o-1"}}`: No,
	} {
		for _, effect := range []string{Allow, Deny} {
			d, err := ParseStored(fmt.Sprintf(`{"Id":"x","Version":"2012-10-17","Statement":{"Effect":%q,%s}}`, effect, statement))
			if err != nil {
				t.Fatal(statement, err)
			}
			allowed, denied := want, No
			if effect == Deny {
				allowed, denied = No, want
			}
			if d.Allows(r) != allowed || d.Denies(r) != denied {
				t.Errorf("%s %s: allows %d, denies %d, want %d and %d", effect, statement, d.Allows(r), d.Denies(r), allowed, denied)
			}
		}
	}
	unknown := r
	unknown.Principal = ""
	if d, _ := ParseStored(`{"Statement":{"Effect":"Allow","Principal":{"AWS":"1"},"Action":"*","Resource":"*"}}`); d.Allows(unknown) != Perhaps {
		t.Error("a principal that is not known is taken for another")
	}
}

// TestLoses: who loses access to a role, and what a role may no longer do.
func TestLoses(t *testing.T) {
	parsed := func(text string) Document {
		d, err := ParseStored(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	trust := func(principal string) Document {
		return parsed(`{"Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":{"AWS":"999999999999"},"Action":"*"}]}`)
	}
	for _, test := range []struct{ have, want, lost string }{
		{`{"Service":["a","b"]}`, `{"Service":["b","c"]}`, "a"},
		{`{"AWS":"arn:aws:iam::111122223333:root"}`, `{"AWS":"111122223333"}`, ""},
		{`{"AWS":["arn:aws:iam::1:role/x"],"Federated":"f"}`, `{"Service":"a"}`, "arn:aws:iam::1:role/x f"},
		{`"*"`, `{"Service":"a"}`, "*"},
		{`{"Service":"a"}`, `"*"`, ""},
	} {
		if have := strings.Join(LosesAccess(trust(test.have), trust(test.want)), " "); have != test.lost {
			t.Errorf("%s to %s: have %q, want %q", test.have, test.want, have, test.lost)
		}
	}
	rights := func(action, resource string) Document {
		return parsed(fmt.Sprintf(`{"Statement":{"Effect":"Allow","Action":%s,"Resource":%s}}`, action, resource))
	}
	have := LosesActions(rights(`["s3:GetObject","s3:Put*","logs:X"]`, `["arn:a/*","arn:b"]`), rights(`["s3:*"]`, `["arn:a/*"]`))
	if want := "s3:GetObject on arn:b, s3:Put* on arn:b, logs:X on arn:a/*, logs:X on arn:b"; strings.Join(have, ", ") != want {
		t.Errorf("have %q, want %q", have, want)
	}
}
