package policy

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEqualComparesMeaning(t *testing.T) {
	const base = `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"StringEquals":{"aws:SourceAccount":["1","2"]}}}`
	tests := map[string]struct {
		a, b string
		want bool
	}{
		"the same":                            {base, base, true},
		"actions in another order":            {base, strings.Replace(base, `"s3:GetObject","s3:PutObject"`, `"s3:PutObject","s3:GetObject"`, 1), true},
		"actions in another case":             {base, strings.Replace(base, "s3:GetObject", "S3:getobject", 1), true},
		"an action twice":                     {base, strings.Replace(base, `"s3:PutObject"`, `"s3:PutObject","s3:putobject"`, 1), true},
		"another action":                      {base, strings.Replace(base, "s3:GetObject", "s3:GetObjectAcl", 1), false},
		"an action less":                      {base, strings.Replace(base, `"s3:GetObject",`, "", 1), false},
		"Action and NotAction":                {base, strings.Replace(base, `"Action"`, `"NotAction"`, 1), false},
		"NotActions in another case":          {`{"Effect":"Allow","NotAction":["A:b","c:d"]}`, `{"Effect":"Allow","NotAction":["C:D","a:B"]}`, true},
		"resources in another order":          {base, strings.Replace(base, `"arn:aws:s3:::b","arn:aws:s3:::b/*"`, `"arn:aws:s3:::b/*","arn:aws:s3:::b"`, 1), true},
		"resources in another case":           {base, strings.Replace(base, "arn:aws:s3:::b/*", "arn:aws:s3:::B/*", 1), false},
		"Resource and NotResource":            {base, strings.Replace(base, `"Resource"`, `"NotResource"`, 1), false},
		"NotResources in another order":       {`{"Effect":"Allow","NotResource":["a","b","a"]}`, `{"Effect":"Allow","NotResource":["b","a"]}`, true},
		"no actions and no Action":            {`{"Effect":"Allow","Action":[]}`, `{"Effect":"Allow"}`, false},
		"a string and a list of one":          {`{"Effect":"Allow","Action":"a:b"}`, `{"Effect":"Allow","Action":["a:b"]}`, true},
		"another effect":                      {base, strings.Replace(base, "Allow", "Deny", 1), false},
		"a Sid":                               {base, strings.Replace(base, `{"Effect"`, `{"Sid":"A","Effect"`, 1), true},
		"an account by its root":              {base, strings.Replace(base, `"111122223333"`, `"arn:aws:iam::111122223333:root"`, 1), true},
		"an account by its root in China":     {base, strings.Replace(base, `"111122223333"`, `["arn:aws-cn:iam::111122223333:root","111122223333"]`, 1), true},
		"another account":                     {base, strings.Replace(base, `"111122223333"`, `"arn:aws:iam::111122223334:root"`, 1), false},
		"a role called root":                  {base, strings.Replace(base, `"111122223333"`, `"arn:aws:iam::111122223333:role/root"`, 1), false},
		"everyone, in both forms":             {`{"Effect":"Allow","Principal":"*"}`, `{"Effect":"Allow","Principal":{"AWS":["*","*"]}}`, true},
		"everyone and nobody named":           {`{"Effect":"Allow","Principal":"*"}`, `{"Effect":"Allow"}`, false},
		"everyone and everyone and a service": {`{"Effect":"Allow","Principal":"*"}`, `{"Effect":"Allow","Principal":{"AWS":"*","Service":"a"}}`, false},
		"everyone and everyone federated":     {`{"Effect":"Allow","Principal":"*"}`, `{"Effect":"Allow","Principal":{"AWS":"*","Federated":"a"}}`, false},
		"services in another order":           {`{"Effect":"Allow","Principal":{"Service":["a","b"]}}`, `{"Effect":"Allow","Principal":{"Service":["b","a","b"]}}`, true},
		"federated in another order":          {`{"Effect":"Allow","Principal":{"Federated":["a","b"]}}`, `{"Effect":"Allow","Principal":{"Federated":["b","a","b"]}}`, true},
		"a service and a federated":           {`{"Effect":"Allow","Principal":{"Federated":"a"}}`, `{"Effect":"Allow","Principal":{"Service":"a"}}`, false},
		"condition values in another order":   {base, strings.Replace(base, `["1","2"]`, `["2","1","2"]`, 1), true},
		"a condition value less":              {base, strings.Replace(base, `["1","2"]`, `"1"`, 1), false},
		"an operator in another case":         {base, strings.Replace(base, "StringEquals", "stringequals", 1), true},
		"another operator":                    {base, strings.Replace(base, "StringEquals", "StringLike", 1), false},
		"a condition key in another case":     {base, strings.Replace(base, "aws:SourceAccount", "AWS:sourceaccount", 1), true},
		"another condition key":               {base, strings.Replace(base, "aws:SourceAccount", "aws:SourceArn", 1), false},
		"condition values in another case":    {strings.Replace(base, `"1"`, `"a"`, 1), strings.Replace(base, `"1"`, `"A"`, 1), false},
		"conditions in another order": {
			`{"Effect":"Allow","Condition":{"Bool":{"a:a":"1","a:b":"2"},"Null":{"a:c":"3"}}}`,
			`{"Effect":"Allow","Condition":{"Null":{"a:c":3},"Bool":{"a:b":"2","a:a":"1"}}}`, true,
		},
		"a condition twice, in two cases": {
			`{"Effect":"Allow","Condition":{"Bool":{"a:a":"1"}}}`,
			`{"Effect":"Allow","Condition":{"Bool":{"a:a":"1"},"bool":{"A:A":"1"}}}`, true,
		},
		"two conditions on one key, in two cases": {
			`{"Effect":"Allow","Condition":{"Bool":{"a:a":"1"},"bool":{"a:a":"2"}}}`,
			`{"Effect":"Allow","Condition":{"Bool":{"a:a":"2"},"bool":{"a:a":"1"}}}`, true,
		},
		"one of two conditions on one key": {
			`{"Effect":"Allow","Condition":{"Bool":{"a:a":"1"},"bool":{"a:a":"2"}}}`,
			`{"Effect":"Allow","Condition":{"Bool":{"a:a":"1"}}}`, false,
		},
		"no conditions and no Condition": {`{"Effect":"Allow","Condition":{}}`, `{"Effect":"Allow"}`, true},
		"statements in another order":    {base + `,{"Effect":"Deny","Action":"a:b"}`, `{"Effect":"Deny","Action":"a:b"},` + base, true},
		"a statement twice":              {base, base + "," + base, true},
		"a statement more":               {base, base + `,{"Effect":"Deny","Action":"a:b"}`, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a, b := mustParse(t, "["+test.a+"]"), mustParse(t, "["+test.b+"]")
			if Equal(a, b) != test.want || Equal(b, a) != test.want {
				t.Errorf("equal %v and %v, want %v", Equal(a, b), Equal(b, a), test.want)
			}
		})
	}
}

func TestEqualMindsTheVersion(t *testing.T) {
	old, current := sample, sample
	old.Version = oldVersion
	if Equal(old, current) || !Equal(old, old) {
		t.Error("the version makes no difference")
	}
}

func TestContainsFindsEachStatement(t *testing.T) {
	const read, write = `{"Sid":"R","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`, `{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}`
	const home = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}"}`
	old := func(d Document) Document { d.Version = oldVersion; return d }
	both := mustParse(t, "["+write+","+strings.Replace(read, `"R"`, `"Other"`, 1)+","+home+"]")
	tests := map[string]struct {
		have, want Document
		contains   bool
	}{
		"one of several":                       {both, mustParse(t, "["+read+"]"), true},
		"all":                                  {both, both, true},
		"nothing is always there":              {mustParse(t, "[]"), mustParse(t, "[]"), true},
		"more than there is":                   {mustParse(t, "["+read+"]"), both, false},
		"part of a statement does not count":   {mustParse(t, `{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"*"}`), mustParse(t, "["+read+"]"), false},
		"a statement in an old document":       {old(both), mustParse(t, "["+read+"]"), true},
		"a policy variable in an old document": {old(both), mustParse(t, "["+home+"]"), false},
		"a policy variable in a current one":   {both, mustParse(t, "["+home+"]"), true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Contains(test.have, test.want); got != test.contains {
				t.Errorf("got %v, want %v", got, test.contains)
			}
		})
	}
}

// upperASCII leaves other letters alone: some do not come back from upper case.
func upperASCII(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r - 'a' + 'A'
	}
	return r
}

// shuffled is a document that means what d means and looks otherwise.
func shuffled(t *rapid.T, d Document) Document {
	order := func(values []string) []string {
		if len(values) == 0 {
			return values
		}
		mixed := rapid.Permutation(values).Draw(t, "order")
		return append(mixed, mixed[0])
	}
	loud := func(values []string) []string {
		values = order(values)
		for i, v := range values {
			values[i] = strings.Map(upperASCII, v)
		}
		return values
	}
	if len(d.Statements) > 0 {
		d.Statements = rapid.Permutation(d.Statements).Draw(t, "statements")
		d.Statements = append(d.Statements, d.Statements[0])
	}
	for i, s := range d.Statements {
		s.Sid += "x"
		s.Actions, s.NotActions = loud(s.Actions), loud(s.NotActions)
		s.Resources, s.NotResources = order(s.Resources), order(s.NotResources)
		s.Principal.Services, s.Principal.AWS = order(s.Principal.Services), order(s.Principal.AWS)
		s.Principal.Federated = order(s.Principal.Federated)
		if len(s.Conditions) > 0 {
			s.Conditions = rapid.Permutation(s.Conditions).Draw(t, "conditions")
		}
		for j, c := range s.Conditions {
			s.Conditions[j].Values = order(c.Values)
		}
		d.Statements[i] = s
	}
	return d
}

func TestEqualIsReflexiveAndBlindToOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDocument().Draw(t, "document")
		before := string(d.JSON())
		other := shuffled(t, d)
		if !Equal(d, d) || !Equal(d, other) || !Equal(other, d) {
			t.Fatalf("not equal\n%s\n%s", d.JSON(), other.JSON())
		}
		if string(d.JSON()) != before {
			t.Fatalf("Equal changed the document to %s", d.JSON())
		}
	})
}

func TestEqualIsSymmetricAndNoticesAStatement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDocument().Draw(t, "a"), anyDocument().Draw(t, "b")
		if Equal(a, b) != Equal(b, a) {
			t.Fatalf("one way only\n%s\n%s", a.JSON(), b.JSON())
		}
		more := a
		more.Statements = append(more.Statements[:len(more.Statements):len(more.Statements)], Statement{Effect: Deny, Actions: []string{"new:Action"}})
		if Equal(a, more) || Contains(a, more) || !Contains(more, a) {
			t.Fatalf("a new statement goes unseen in %s", more.JSON())
		}
	})
}
