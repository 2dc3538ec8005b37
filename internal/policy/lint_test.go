package policy

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

// found lists the findings as "Sid rule".
func found(findings []Finding) []string {
	var texts []string
	for _, f := range findings {
		texts = append(texts, f.Sid+" "+f.Rule)
	}
	return texts
}

func TestLintOfIdentityPolicies(t *testing.T) {
	const on = `,"Resource":"arn:aws:s3:::b"}`
	tests := map[string]struct {
		statement string // after {"Effect":"Allow",
		want      []string
	}{
		"named actions on named resources": {`"Action":["s3:PutObject","iam:GetRole"]` + on, nil},

		"a role passed to anybody":        {`"Action":"iam:PassRole"` + on, []string{"pass-role-without-service"}},
		"in another case":                 {`"Action":"IAM:passrole"` + on, []string{"pass-role-without-service"}},
		"through a wildcard":              {`"Action":"iam:Pass*"` + on, []string{"pass-role-without-service", "wildcard-action"}},
		"through a question mark":         {`"Action":"iam:PassRol?"` + on, []string{"pass-role-without-service", "wildcard-action"}},
		"through iam:*":                   {`"Action":"iam:*"` + on, []string{"pass-role-without-service", "whole-service"}},
		"through *":                       {`"Action":"*"` + on, []string{"pass-role-without-service", "every-action"}},
		"through NotAction":               {`"NotAction":"s3:*"` + on, []string{"pass-role-without-service", "allow-not-action"}},
		"not through NotAction":           {`"NotAction":["s3:*","iam:*"]` + on, []string{"allow-not-action"}},
		"a role passed to a service":      {`"Action":"iam:PassRole","Condition":{"StringEquals":{"iam:PassedToService":"redshift.amazonaws.com"}}` + on, nil},
		"in other words":                  {`"Action":"iam:PassRole","Condition":{"ForAnyValue:StringLikeIfExists":{"IAM:passedtoservice":"*.amazonaws.com"}}` + on, nil},
		"passed to all but one":           {`"Action":"iam:PassRole","Condition":{"StringNotEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}` + on, []string{"pass-role-without-service"}},
		"passed to any":                   {`"Action":"iam:PassRole","Condition":{"StringLike":{"iam:PassedToService":["a","*"]}}` + on, []string{"pass-role-without-service"}},
		"passed to something":             {`"Action":"iam:PassRole","Condition":{"Null":{"iam:PassedToService":"false"}}` + on, []string{"pass-role-without-service"}},
		"a condition true when missing":   {`"Action":"iam:PassRole","Condition":{"ForAllValues:StringEquals":{"iam:PassedToService":"a"}}` + on, []string{"pass-role-without-service"}},
		"a condition on something else":   {`"Action":"iam:PassRole","Condition":{"StringEquals":{"aws:SourceVpc":"v"}}` + on, []string{"pass-role-without-service"}},
		"a whole service":                 {`"Action":["s3:*","s3:GetObject"]` + on, []string{"whole-service"}},
		"jobs of every kind":              {`"Action":"sagemaker:*Job*"` + on, []string{"wildcard-action"}},
		"wildcards that read":             {`"Action":["ec2:Describe*","s3:List*","S3:Get*","ecr:BatchGet*"]` + on, nil},
		"wildcards that may write":        {`"Action":["ec2:D*","s3:*List"]` + on, []string{"wildcard-action"}},
		"wildcards that AWS writes":       {`"Action":["kms:GenerateDataKey*","kms:ReEncrypt*"]` + on, nil},
		"writing to everything":           {`"Action":["ec2:CreateNetworkInterface","ec2:DescribeVpcs"],"Resource":"*"}`, []string{"write-to-every-resource"}},
		"writing to everything of s3":     {`"Action":"s3:PutObject","Resource":["arn:aws:s3:::b","arn:aws:s3:::*/*"]}`, []string{"write-to-every-resource"}},
		"writing to all but one":          {`"Action":"s3:PutObject","NotResource":"arn:aws:s3:::b"}`, []string{"write-to-every-resource"}},
		"writing to all of an account":    {`"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:111122223333:*"}`, nil},
		"writing to what is made later":   {`"Action":"s3:PutObject","Resource":"` + late + `"}`, nil},
		"reading everything":              {`"Action":["ecr:GetAuthorizationToken","ecr:BatchCheckLayerAvailability","ec2:Describe*","s3:HeadObject","iam:SimulatePrincipalPolicy","execute-api:Get"],"Resource":"*"}`, nil},
		"writing to what has a tag":       {`"Action":"ec2:DeleteNetworkInterface","Resource":"*","Condition":{"StringEquals":{"ec2:ResourceTag/team":"ml"}}}`, nil},
		"making what gets a tag":          {`"Action":"ec2:CreateVpcEndpoint","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"ml"}}}`, nil},
		"writing to what lacks a tag":     {`"Action":"ec2:DeleteNetworkInterface","Resource":"*","Condition":{"StringNotEquals":{"aws:ResourceTag/team":"ml"}}}`, []string{"write-to-every-resource"}},
		"what AWS gives no resource":      {`"Action":["kms:CreateKey","redshift-data:CancelStatement","ssmmessages:OpenDataChannel","ec2messages:SendReply"],"Resource":"*"}`, nil},
		"and their neighbours":            {`"Action":["kms:CreateGrant","redshift-data:ExecuteStatement"],"Resource":"*"}`, []string{"write-to-every-resource"}},
		"metrics of a namespace":          {`"Action":"cloudwatch:PutMetricData","Resource":"*","Condition":{"StringEquals":{"cloudwatch:namespace":"SageMaker"}}}`, nil},
		"metrics of any namespace":        {`"Action":"CloudWatch:PutMetricData","Resource":"*"}`, []string{"metrics-without-namespace"}},
		"metrics among others":            {`"Action":["cloudwatch:PutMetricData","logs:PutLogEvents"],"Resource":"*"}`, []string{"write-to-every-resource", "metrics-without-namespace"}},
		"writing to the sample data":      {`"Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::redshift-downloads/*"}`, []string{"write-to-sample-bucket"}},
		"deleting it in China":            {`"Action":"s3:Delete*","Resource":["` + late + `","arn:aws-cn:s3:::redshift-downloads*"]}`, []string{"wildcard-action", "write-to-sample-bucket"}},
		"reading the sample data":         {`"Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::redshift-downloads","arn:aws:s3:::redshift-downloads/redshift-ml/*"]}`, nil},
		"a bucket with nearly that name":  {`"Action":"s3:PutObject","Resource":"arn:aws:s3:::redshift-downloads-of-acme/*"}`, nil},
		"a partition is not ours to name": {`"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"}`, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := mustParse(t, `{"Sid":"S","Effect":"Allow",`+test.statement)
			var want []string
			for _, rule := range test.want {
				want = append(want, "S "+rule)
			}
			if got := found(Lint(d, Identity)); !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
			d.Statements[0].Effect = Deny
			if got := Lint(d, Identity); got != nil {
				t.Errorf("a Deny is judged: %v", got)
			}
		})
	}
}

func TestLintOfResourcePolicies(t *testing.T) {
	const (
		anybody = `"Principal":"*","Action":"sts:AssumeRole"`
		every   = `"Principal":{"AWS":["111122223333","*"]},"Action":"sts:AssumeRole"`
		service = `"Principal":{"Service":["redshift.amazonaws.com","sagemaker.amazonaws.com"]},"Action":"sts:AssumeRole"`
		root    = `"Principal":{"AWS":["arn:aws:iam::111122223333:root","111122223333"]},"Action":"kms:*"`
	)
	condition := func(operator, key, value string) string {
		return `,"Condition":{"` + operator + `":{"` + key + `":"` + value + `"}}`
	}
	all := []Kind{Trust, BucketPolicy, KeyPolicy, EndpointPolicy}
	guarded := all[:3]
	tests := map[string]struct {
		statement string
		kinds     []Kind // in which the rule speaks; in the others nothing does
		want      string
	}{
		"a service from any account":       {service, guarded, "service-without-source"},
		"a service from our account":       {service + condition("StringEquals", "aws:SourceAccount", "111122223333"), nil, ""},
		"a service from our resource":      {service + condition("ArnLike", "AWS:SourceArn", "arn:aws:redshift:*"), nil, ""},
		"a service from our organization":  {service + condition("StringEquals", "aws:SourceOrgID", "o-1"), nil, ""},
		"a service from one unit of it":    {service + condition("ForAnyValue:StringLike", "aws:SourceOrgPaths", "o-1/r-1/*"), nil, ""},
		"a service from other accounts":    {service + condition("StringNotEquals", "aws:SourceAccount", "1"), guarded, "service-without-source"},
		"a service with an external id":    {service + condition("StringEquals", "sts:ExternalId", "x"), guarded, "service-without-source"},
		"anybody":                          {anybody, guarded, "anyone"},
		"everyone among the accounts":      {every, guarded, "anyone"},
		"anybody under a condition":        {anybody + condition("StringEquals", "aws:PrincipalOrgID", "o-1"), nil, ""},
		"an account":                       {`"Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"`, nil, ""},
		"the account over its key":         {root, []Kind{Trust, BucketPolicy, EndpointPolicy}, "whole-service"},
		"the account by its number":        {strings.Replace(root, `"arn:aws:iam::111122223333:root",`, "", 1), []Kind{Trust, BucketPolicy, EndpointPolicy}, "whole-service"},
		"any account over a key":           {strings.Replace(root, `"111122223333"]`, `"*"]`, 1) + condition("StringEquals", "aws:PrincipalOrgID", "o-1"), all, "whole-service"},
		"a name of twelve letters":         {strings.Replace(root, `"111122223333"]`, `"abcdefghijkl"]`, 1), all, "whole-service"},
		"a number that is too long":        {strings.Replace(root, `"111122223333"]`, `"1111222233334"]`, 1), all, "whole-service"},
		"a role over a key":                {strings.Replace(root, ":root", ":role/r", 1), all, "whole-service"},
		"a service over a key":             {strings.Replace(root, `{"AWS"`, `{"Service":[],"Federated":["f"],"AWS"`, 1), all, "whole-service"},
		"nobody over a key":                {strings.Replace(root, `["arn:aws:iam::111122223333:root","111122223333"]`, "[]", 1), all, "whole-service"},
		"every action":                     {`"Principal":{"AWS":"111122223333"},"Action":"*"`, all, "every-action"},
		"writing anywhere":                 {`"Principal":{"AWS":"111122223333"},"Action":"s3:PutObject","Resource":"*"`, []Kind{EndpointPolicy}, "write-to-every-resource"},
		"a metric, through an endpoint":    {`"Principal":{"AWS":"111122223333"},"Action":"cloudwatch:PutMetricData","Resource":"*"`, nil, ""},
		"the sample data":                  {`"Principal":{"AWS":"111122223333"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::redshift-downloads/*"`, all, "write-to-sample-bucket"},
		"a role passed in a resource's":    {`"Principal":{"AWS":"111122223333"},"Action":"iam:PassRole"`, nil, ""},
		"a wildcard":                       {`"Principal":{"AWS":"111122223333"},"Action":"s3:Put*"`, all, "wildcard-action"},
		"all actions but one":              {`"Principal":{"AWS":"111122223333"},"NotAction":["iam:*"]`, all, "allow-not-action"},
		"everything that is needed, named": {`"Principal":{"AWS":"111122223333"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"`, nil, ""},
	}
	for name, test := range tests {
		for _, k := range all {
			t.Run(name+" in "+k.String(), func(t *testing.T) {
				var want []string
				if slices.Contains(test.kinds, k) {
					want = []string{"statement 2 " + test.want}
				}
				got := found(Lint(mustParse(t, `[{"Effect":"Deny","Action":"*"},{"Effect":"Allow",`+test.statement+`}]`), k))
				if !slices.Equal(got, want) {
					t.Errorf("got  %q\nwant %q", got, want)
				}
			})
		}
	}
}

// The policy that the guide prints, made valid JSON: what a reviewer says of it.
func TestLintOfTheDocumentedPolicy(t *testing.T) {
	want := []string{
		"statement 1 wildcard-action", "statement 1 write-to-every-resource", "statement 1 metrics-without-namespace",
		"statement 2 pass-role-without-service", "statement 2 write-to-sample-bucket",
	}
	if got := found(Lint(read(t, "redshift-ml-documented.json"), Identity)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	composed := []string{"Eni write-to-every-resource"}
	if got := found(Lint(read(t, "redshift-ml-role.json"), Identity)); !slices.Equal(got, composed) {
		t.Errorf("got  %q\nwant %q", got, composed)
	}
	if got := Lint(read(t, "redshift-ml-trust.json"), Trust); got != nil {
		t.Errorf("got %v", got)
	}
}

func TestFindingsSayWhichAndWhatToDo(t *testing.T) {
	d := mustParse(t, `{"Effect":"Allow","Action":["s3:PutA","s3:PutB","s3:PutC","s3:PutD","s3:PutE"],"Resource":"*"}`)
	want := []Finding{{
		"write-to-every-resource", "statement 1",
		"any resource in the account may be changed: s3:PutA, s3:PutB, s3:PutC and 2 more", "name the resources by ARN",
	}}
	if got := Lint(d, Identity); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	d.Statements[0].Actions = d.Statements[0].Actions[:3]
	want[0].Text = "any resource in the account may be changed: s3:PutA, s3:PutB, s3:PutC"
	if got := Lint(d, Identity); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// Every rule must be able to speak, and does it in one plain sentence.
func TestRulesSpeakPlainly(t *testing.T) {
	loud := Statement{
		Effect:    Allow,
		Principal: Principal{Any: true, Services: []string{"redshift.amazonaws.com"}},
		Actions:   []string{"*", "s3:*", "s3:Put*", "cloudwatch:PutMetricData"},
		Resources: []string{"*", "arn:aws:s3:::redshift-downloads/*"},
	}
	except := Statement{Effect: Allow, NotActions: []string{"s3:*"}}
	spoken := map[string]bool{}
	for _, k := range everyKind {
		for _, f := range Lint(Document{Version, []Statement{loud, except}}, k) {
			spoken[f.Rule] = true
			plain(t, f.Text)
			plain(t, f.Remedy)
		}
	}
	for _, r := range rules {
		if !spoken[r.name] {
			t.Errorf("%s: never found", r.name)
		}
	}
}

func plain(t *testing.T, sentence string) {
	t.Helper()
	if sentence == "" || !unicode.IsLower([]rune(sentence)[0]) || strings.HasSuffix(sentence, ".") ||
		strings.Contains(sentence, ". ") || strings.ContainsAny(sentence, "\n;") {
		t.Errorf("not one plain sentence: %q", sentence)
	}
}

func TestMatches(t *testing.T) {
	tests := map[string]struct {
		pattern, text string
		want          bool
	}{
		"the same":                  {"abc", "abc", true},
		"shorter":                   {"abc", "ab", false},
		"longer":                    {"ab", "abc", false},
		"a star for nothing":        {"ab*", "ab", true},
		"a star in the middle":      {"a*c", "abbc", true},
		"a star that must go back":  {"*ab", "aab", true},
		"two stars":                 {"*job*", "createautomljobv2", true},
		"two stars in vain":         {"*job*", "createendpoint", false},
		"another case":              {"S3:getaz*", "s3:GetAZones", true},
		"no letters in a case":      {"a[", "a{", false},
		"one character":             {"a?c", "abc", true},
		"one character, none there": {"abc?", "abc", false},
		"empty":                     {"", "", true},
		"empty pattern":             {"", "a", false},
		"stars alone":               {"**", "abc", true},
		"many stars in vain":        {strings.Repeat("a*", 50) + "b", strings.Repeat("a", 5000), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := matches(test.pattern, test.text); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
