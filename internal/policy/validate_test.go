package policy

import (
	"slices"
	"strings"
	"testing"
)

// messages are the errors as text, without what they share.
func messages(errs []error) []string {
	var texts []string
	for _, err := range errs {
		texts = append(texts, strings.TrimPrefix(err.Error(), "check "))
	}
	return texts
}

// Statements that are right for their kind, to be put wrong in one place.
const (
	identityOK = `{"Sid":"S","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}`
	trustOK    = `{"Sid":"S","Effect":"Allow","Principal":{"Service":"redshift.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}`
	resourceOK = `{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}`
)

func TestValidateOfWholeDocuments(t *testing.T) {
	tests := map[string]struct {
		d    Document
		kind Kind
		want []string
	}{
		"nothing at all": {Document{}, Identity, []string{
			`policy: Version "": want 2012-10-17`, "policy: no statement",
		}},
		"the old version is one": {Document{oldVersion, mustParse(t, identityOK).Statements}, Identity, nil},
		"a version of the future": {Document{"2032-10-17", mustParse(t, identityOK).Statements}, Identity, []string{
			`policy: Version "2032-10-17": want 2012-10-17`,
		}},
		"an empty statement": {Document{Version, []Statement{{}}}, Identity, []string{
			`statement 1: Effect "": want Allow or Deny`,
			"statement 1: Action: no value, and no NotAction either",
			"statement 1: Resource: no value, and no NotResource either",
		}},
		"everything is said at once": {mustParse(t, `[{"Sid":"A","Effect":"allow","Action":"GetObject","Resource":"b"},`+identityOK+`,`+identityOK+`]`), Identity, []string{
			`statement 1 (A): Effect "allow": want Allow or Deny`,
			`statement 1 (A): Action "GetObject": want service:Name or "*"`,
			`statement 1 (A): Resource "b": want "*" or an ARN (arn:partition:service:region:account:resource)`,
			`statement 3 (S): Sid "S": stands twice`,
		}},
		"every placeholder is named": {mustParse(t, `{"Effect":"Deny","Action":"a:b","Resource":["<a>","<b>","c"]}`), Identity, []string{
			`statement 1: Resource "<a>": a placeholder was left in it`,
			`statement 1: Resource "<b>": a placeholder was left in it`,
			`statement 1: Resource "c": want "*" or an ARN (arn:partition:service:region:account:resource)`,
		}},
		"no Sid may stand twice": {mustParse(t, `[{"Effect":"Deny","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"a:b","Resource":"*"}]`), Identity, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := messages(Validate(test.d, test.kind)); !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestValidateOfElements(t *testing.T) {
	all := []Kind{Identity, Trust, BucketPolicy, KeyPolicy, EndpointPolicy}
	resource := all[2:]
	good := map[Kind]string{Identity: identityOK, Trust: trustOK, BucketPolicy: resourceOK, KeyPolicy: resourceOK, EndpointPolicy: resourceOK}
	tests := map[string]struct {
		kinds        []Kind
		old, changed string // of the good statement of the kind
		want         string // follows "statement 1 (Sid): "; "" is nothing
	}{
		"a good statement": {all, "", "", ""},
		"a Deny":           {all, "Allow", "Deny", ""},

		"both actions":     {all, `"Action":`, `"NotAction":"sts:b","Action":`, "Action and NotAction: want one of them, not both"},
		"an empty Action":  {[]Kind{Identity}, `"s3:GetObject"`, "[]", "Action: no value, and no NotAction either"},
		"one is empty":     {[]Kind{Identity}, `"Action":`, `"NotAction":[],"Action":`, "Action and NotAction: want one of them, not both"},
		"NotAction":        {[]Kind{Identity}, `"Action"`, `"NotAction"`, ""},
		"a bad NotAction":  {[]Kind{Identity}, `"Action":"s3:GetObject"`, `"NotAction":["s3:Get","x"]`, `NotAction "x": want service:Name or "*"`},
		"no Principal":     {resource, `"Principal":{"AWS":"arn:aws:iam::111122223333:root"},`, "", "Principal: names nobody, KIND must name somebody"},
		"nobody to trust":  {[]Kind{Trust}, `"Principal":{"Service":"redshift.amazonaws.com"},`, "", "Principal: names nobody, a trust policy must name somebody"},
		"an empty list":    {[]Kind{Trust}, `"redshift.amazonaws.com"`, "[]", "Principal: names nobody, a trust policy must name somebody"},
		"a Principal":      {[]Kind{Identity}, `"Action"`, `"Principal":"*","Action"`, "Principal: not allowed in an identity policy"},
		"an empty one":     {[]Kind{Identity}, `"Action"`, `"Principal":{"AWS":[]},"Action"`, "Principal: not allowed in an identity policy"},
		"a Resource":       {[]Kind{Trust}, `"Action"`, `"Resource":"*","Action"`, "Resource: not allowed in a trust policy, the role is the resource"},
		"a NotResource":    {[]Kind{Trust}, `"Action"`, `"NotResource":[],"Action"`, "Resource: not allowed in a trust policy, the role is the resource"},
		"no Resource":      {resource, `,"Resource":"*"`, "", "Resource: no value, and no NotResource either"},
		"both resources":   {[]Kind{Identity}, `"Resource":`, `"NotResource":"*","Resource":`, "Resource and NotResource: want one of them, not both"},
		"a bad resource":   {resource, `"Resource":"*"`, `"NotResource":["*","x"]`, `NotResource "x": want "*" or an ARN (arn:partition:service:region:account:resource)`},
		"everyone":         {resource, `{"AWS":"arn:aws:iam::111122223333:root"}`, `"*"`, ""},
		"an empty service": {[]Kind{Trust}, `"redshift.amazonaws.com"`, `""`, `Principal Service "": is empty`},
		"a bad principal":  {resource, `"arn:aws:iam::111122223333:root"`, `["*","x"]`, `Principal AWS "x": want "*", an account of 12 digits or an ARN without wildcards`},
		"a bad provider":   {[]Kind{Trust}, `"Principal":{`, `"Principal":{"Federated":"",`, `Principal Federated "": is empty`},
		"other actions":    {[]Kind{Trust}, "sts:AssumeRole", "s3:GetObject", `Action "s3:GetObject": want an sts action, a trust policy has no others`},
		"another service":  {[]Kind{Trust}, "sts:AssumeRole", "stsx:AssumeRole", `Action "stsx:AssumeRole": want an sts action, a trust policy has no others`},
		"every action":     {[]Kind{Trust}, "sts:AssumeRole", "*", `Action "*": want an sts action, a trust policy has no others`},
		"STS in capitals":  {[]Kind{Trust}, "sts:AssumeRole", "STS:TagSession", ""},

		"a Sid with a space in it": {[]Kind{Identity}, `"S"`, `"a b"`, `Sid "a b": want letters and digits alone in an identity policy`},
		"a Sid with a hyphen":      {[]Kind{Trust}, `"S"`, `"a-b"`, `Sid "a-b": want letters and digits alone in a trust policy`},
		"a Sid in Greek":           {resource, `Enable`, "α", `Sid "α IAM User Permissions": the character 'α' is not allowed`},
		"a Sid left over":          {resource, `Enable IAM User Permissions`, "<sid>", `Sid "<sid>": a placeholder was left in it`},

		"an unknown operator":         {[]Kind{Trust}, "StringEquals", "StringIs", "Condition StringIs aws:SourceAccount: unknown operator"},
		"a key without a service":     {[]Kind{Trust}, "aws:SourceAccount", "SourceAccount", "Condition StringEquals SourceAccount: want a key such as aws:SourceAccount"},
		"a condition without a value": {[]Kind{Trust}, `{"aws:SourceAccount":"111122223333"}`, `{"aws:SourceAccount":[]}`, "Condition StringEquals aws:SourceAccount: no value"},
		"a key in two spellings":      {[]Kind{Trust}, `"aws:SourceAccount":`, `"AWS:SourceAccount":"1","aws:SourceAccount":`, "Condition StringEquals aws:SourceAccount: stands twice, one would replace the other"},
		"two operators on one key":    {[]Kind{Trust}, `"Condition":{`, `"Condition":{"StringLike":{"aws:SourceAccount":"1*"},`, ""},
		"an empty Condition":          {[]Kind{Trust}, `"Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}`, `"Condition":{}`, ""},
		"a key left over":             {[]Kind{Trust}, "aws:SourceAccount", "aws:<key>", `Condition "aws:<key>": a placeholder was left in it`},
		"a resource left over, once":  {[]Kind{Identity}, "arn:aws:s3:::b/*", "arn:aws:iam::<ACCOUNT_ID>:role/r", `Resource "arn:aws:iam::<ACCOUNT_ID>:role/r": a placeholder was left in it`},
		"a value left over":           {[]Kind{Trust}, `:"111122223333"`, `:["111122223333","<your-account-id>"]`, `Condition StringEquals aws:SourceAccount "<your-account-id>": a placeholder was left in it`},
	}
	for name, test := range tests {
		for _, k := range test.kinds {
			t.Run(name+" in "+k.String(), func(t *testing.T) {
				if !strings.Contains(good[k], test.old) {
					t.Fatalf("nothing to change in %s", good[k])
				}
				d := mustParse(t, strings.Replace(good[k], test.old, test.changed, 1))
				var want []string
				if test.want != "" {
					want = []string{"statement " + place(0, d.Statements[0]) + ": " + strings.Replace(test.want, "KIND", withArticle(k), 1)}
				}
				if got := messages(Validate(d, k)); !slices.Equal(got, want) {
					t.Errorf("got  %q\nwant %q", got, want)
				}
			})
		}
	}
}

// Two conditions that only a program can put side by side, and everyone among others.
func TestValidateOfWhatJSONCannotSay(t *testing.T) {
	d := mustParse(t, trustOK)
	d.Statements[0].Principal.Any = true
	d.Statements[0].Conditions = append(d.Statements[0].Conditions, d.Statements[0].Conditions[0])
	want := []string{
		`statement 1 (S): Principal: "*" stands alone`,
		"statement 1 (S): Condition StringEquals aws:SourceAccount: stands twice, one would replace the other",
	}
	if got := messages(Validate(d, Trust)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestTextOfValues(t *testing.T) {
	const placeholder = "a placeholder was left in it"
	tests := map[string]struct{ value, want string }{
		"plain":                               {"arn:aws:s3:::b", ""},
		"the last allowed character":          {"ÿ", ""},
		"the first that is not":               {"Ā", `the character 'Ā' is not allowed`},
		"tab, line feed and carriage return":  {"a\t\n\r b\x7f", ""},
		"another control character":           {"a\x0b", `the character '\v' is not allowed`},
		"a NUL":                               {"\x00", `the character '\x00' is not allowed`},
		"a marker":                            {late, ""},
		"two markers":                         {late + "/" + late, ""},
		"what stands in a marker is not sent": {"\uFDD0Ā<REGION>\uFDD1", ""},
		"half a marker":                       {"\uFDD0bucket", `the character '\ufdd0' is not allowed`},
		"the other half":                      {late + "bucket\uFDD1", `the character '\ufdd1' is not allowed`},
		"a marker the wrong way round":        {"\uFDD1a\uFDD0", `the character '\ufdd1' is not allowed`},
		"angle brackets":                      {"arn:aws:s3:::<your-s3-bucket>/*", placeholder},
		"angle brackets after a marker":       {late + "<x>", placeholder},
		"one angle bracket":                   {"a<b", ""},
		"angle brackets the wrong way round":  {"a>b<c", ""},
		"backticks":                           {"arn:aws:s3:::`BUCKET`", placeholder},
		"REGION":                              {"arn:aws:kms:REGION:111122223333:key/k", placeholder},
		"REGION alone":                        {"REGION", placeholder},
		"ACCOUNT_ID":                          {"arn:aws:iam::ACCOUNT_ID:role/r", placeholder},
		"ACCOUNT_ID at the end":               {"account/ACCOUNT_ID", placeholder},
		"a region":                            {"redshift.region.amazonaws.com", ""},
		"part of a name":                      {"role/MY-REGION", ""},
		"part of a word":                      {"REGIONS_ACCOUNT_IDS", ""},
		"the start of a name":                 {"role/REGION_1", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := checker{place: "p"}
			ok := c.text("X", test.value)
			if ok != (test.want == "") || ok != (len(c.found) == 0) {
				t.Fatalf("ok %v, found %q, want %q", ok, c.found, test.want)
			}
			if !ok && !strings.HasSuffix(c.found[0].Error(), ": "+test.want) {
				t.Errorf("got %q, want %q", c.found[0], test.want)
			}
		})
	}
}

func TestKindWords(t *testing.T) {
	tests := map[Kind]string{
		Identity: "identity policy", Trust: "trust policy", BucketPolicy: "bucket policy", KeyPolicy: "key policy",
		EndpointPolicy: "endpoint policy", Kind(5): "policy of kind 5", Kind(-1): "policy of kind -1",
	}
	for k, want := range tests {
		if got := k.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
