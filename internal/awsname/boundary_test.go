package awsname

import (
	"strings"
	"testing"
)

func TestBoundary(t *testing.T) {
	const account = "111122223333"
	for name, c := range map[string]struct{ arn, account, reason, remedy string }{
		"none":                         {"", account, "", ""},
		"no ARN":                       {"boundary", account, "", ""},
		"of the account":               {"arn:aws:iam::111122223333:policy/team/b", account, "", ""},
		"of AWS":                       {"arn:aws:iam::aws:policy/ReadOnlyAccess", account, "", ""},
		"of another account":           {"arn:aws:iam::999988887777:policy/b", account, "999988887777", "arn:aws:iam::aws:policy/"},
		"of AWS in another partition":  {"arn:aws-cn:iam::aws:policy/ReadOnlyAccess", account, "aws-cn", "aws"},
		"of whatever account":          {"arn:aws:iam::999988887777:policy/b", "", "", ""},
		"of what stands for an answer": {"arn:aws:iam::999988887777:policy/b", "<account>", "", ""},
	} {
		reason, remedy := Boundary(c.arn, "aws", c.account)
		if (reason == "") != (c.reason == "") || !strings.Contains(reason, c.reason) || !strings.Contains(remedy, c.remedy) {
			t.Errorf("%s: %q, remedy %q", name, reason, remedy)
		}
	}
}

func TestBoundaryOfAWS(t *testing.T) {
	for arn, want := range map[string]bool{
		"arn:aws:iam::aws:policy/ReadOnlyAccess": true, "arn:aws-cn:iam::aws:policy/service-role/X": true,
		"arn:aws:iam::111122223333:policy/aws": false, "": false, "aws": false,
	} {
		if have := BoundaryOfAWS(arn); have != want {
			t.Errorf("%q: %v", arn, have)
		}
	}
}
