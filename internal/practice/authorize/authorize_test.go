package authorize_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onramp/internal/policy"
	"onramp/internal/practice/authorize"
)

// decision is a policy, given by the members of its statements, held against a request.
type decision struct {
	page       string // of the IAM User Guide
	statements []string
	version    string // "": the current one
	request    authorize.Request
	want       authorize.Decision
}

// keys makes a context of keys with one value each.
func keys(pairs ...string) map[string][]string {
	context := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		context[pairs[i]] = append(context[pairs[i]], pairs[i+1])
	}
	return context
}

func (d decision) document(t *testing.T) policy.Document {
	t.Helper()
	version := d.version
	if version == "" {
		version = policy.Version
	}
	text := fmt.Sprintf(`{"Version":%q,"Statement":[{%s}]}`, version, strings.Join(d.statements, "},{"))
	doc, err := policy.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestStatements(t *testing.T) {
	const (
		evaluation = "Policy evaluation for requests within a single account"
		action     = "IAM JSON policy elements: Action"
		notAction  = "IAM JSON policy elements: NotAction"
		resource   = "IAM JSON policy elements: Resource"
		notRes     = "IAM JSON policy elements: NotResource"
		variables  = "IAM policy elements: Variables and tags"
		version    = "IAM JSON policy elements: Version"
	)
	get := authorize.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"}
	on := func(action, resource string) authorize.Request {
		return authorize.Request{Action: action, Resource: resource}
	}
	tests := map[string]decision{
		"what nobody allows is denied":       {evaluation, []string{`"Effect":"Allow","Action":"s3:PutObject","Resource":"*"`}, "", get, authorize.ImplicitDeny},
		"an Allow allows":                    {evaluation, []string{`"Effect":"Allow","Action":"s3:GetObject","Resource":"*"`}, "", get, authorize.Allow},
		"a Deny wins over an Allow":          {evaluation, []string{`"Effect":"Allow","Action":"*","Resource":"*"`, `"Effect":"Deny","Action":"s3:*","Resource":"*"`}, "", get, authorize.ExplicitDeny},
		"a Deny wins wherever it stands":     {evaluation, []string{`"Effect":"Deny","Action":"s3:*","Resource":"*"`, `"Effect":"Allow","Action":"*","Resource":"*"`}, "", get, authorize.ExplicitDeny},
		"a Deny on another resource is none": {evaluation, []string{`"Effect":"Allow","Action":"*","Resource":"*"`, `"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::other/*"`}, "", get, authorize.Allow},
		"a Deny alone says that it is one":   {evaluation, []string{`"Effect":"Deny","Action":"*","Resource":"*"`}, "", get, authorize.ExplicitDeny},

		"the case of an action does not matter": {action, []string{`"Effect":"Allow","Action":"S3:getobject","Resource":"*"`}, "", get, authorize.Allow},
		"* in an action":                        {action, []string{`"Effect":"Allow","Action":"s3:*Object","Resource":"*"`}, "", get, authorize.Allow},
		"? in an action is one character":       {action, []string{`"Effect":"Allow","Action":"s3:GetObjec?","Resource":"*"`}, "", get, authorize.Allow},
		"? in an action is not none":            {action, []string{`"Effect":"Allow","Action":"s3:GetObject?","Resource":"*"`}, "", get, authorize.ImplicitDeny},
		"an action is matched to its end":       {action, []string{`"Effect":"Allow","Action":"s3:GetObj","Resource":"*"`}, "", get, authorize.ImplicitDeny},
		"one of several actions":                {action, []string{`"Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":"*"`}, "", get, authorize.Allow},
		"an empty list of actions":              {action, []string{`"Effect":"Allow","Action":[],"Resource":"*"`}, "", get, authorize.ImplicitDeny},

		"NotAction allows what it does not name": {notAction, []string{`"Effect":"Allow","NotAction":"iam:*","Resource":"*"`}, "", get, authorize.Allow},
		"NotAction leaves out what it names":     {notAction, []string{`"Effect":"Allow","NotAction":["iam:*","S3:get*"],"Resource":"*"`}, "", get, authorize.ImplicitDeny},
		"Deny with NotAction":                    {notAction, []string{`"Effect":"Deny","NotAction":"iam:*","Resource":"*"`}, "", get, authorize.ExplicitDeny},

		"the case of a resource matters":                  {resource, []string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::B/k"`}, "", get, authorize.ImplicitDeny},
		"* in a resource passes slashes":                  {resource, []string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/*/test/*"`}, "", on("s3:GetObject", "arn:aws:s3:::b/1/2/test/3/o"), authorize.Allow},
		"the guide's key that does not match":             {resource, []string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/*/test/*"`}, "", on("s3:GetObject", "arn:aws:s3:::b/1-test/o"), authorize.ImplicitDeny},
		"a * that ends its part passes a colon":           {resource, []string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:*"`}, "", get, authorize.Allow},
		"a * inside a part does not pass a colon":         {resource, []string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::1*1:role/r"`}, "", on("iam:GetRole", "arn:aws:iam::12:x1:role/r"), authorize.ImplicitDeny},
		"a * passes colons in the resource part":          {resource, []string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:logs:*:*:log-group:/a/*x*y"`}, "", on("logs:PutLogEvents", "arn:aws:logs:us-east-1:000000000000:log-group:/a/x:log-stream:y"), authorize.Allow},
		"? in a resource":                                 {resource, []string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::?/k"`}, "", get, authorize.Allow},
		"an action without resource needs a *":            {resource, []string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:ec2:*:*:vpc/*"`}, "", on("ec2:DescribeVpcs", "*"), authorize.ImplicitDeny},
		"a * in the policy is any resource":               {resource, []string{`"Effect":"Allow","Action":"*","Resource":["*"]`}, "", on("ec2:DescribeVpcs", "*"), authorize.Allow},
		"NotResource names what a statement is not about": {notRes, []string{`"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::b/*"`}, "", get, authorize.ImplicitDeny},
		"Deny with NotResource":                           {notRes, []string{`"Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::c/*"`}, "", get, authorize.ExplicitDeny},

		"a variable in a resource": {
			variables,
			[]string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username}/*"`},
			"",
			authorize.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/ana/k", Context: keys("AWS:UserName", "ana")},
			authorize.Allow,
		},
		"the wildcards of a variable's value are none": {
			variables,
			[]string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username}"`},
			"",
			authorize.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/ana", Context: keys("aws:username", "a*")},
			authorize.ImplicitDeny,
		},
		"a resource whose variable has no value matches none": {variables, []string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b${aws:username}/*"`}, "", get, authorize.ImplicitDeny},
		"nor does a Deny with it apply":                       {variables, []string{`"Effect":"Allow","Action":"*","Resource":"*"`, `"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::b${aws:username}/*"`}, "", get, authorize.Allow},
		"a key with several values is no variable": {
			variables,
			[]string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${aws:TagKeys}/k"`},
			"",
			authorize.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Context: keys("aws:TagKeys", "b", "aws:TagKeys", "c")},
			authorize.ImplicitDeny,
		},
		"a variable's default":       {variables, []string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${aws:PrincipalTag/team, 'b'}/k"`}, "", get, authorize.Allow},
		"${*} is an asterisk":        {variables, []string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${*}/k"`}, "", get, authorize.ImplicitDeny},
		"${*} matches an asterisk":   {variables, []string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${*}${?}${$}"`}, "", on("s3:GetObject", "arn:aws:s3:::*?$"), authorize.Allow},
		"what is not closed is text": {variables, []string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b${x"`}, "", on("s3:GetObject", "arn:aws:s3:::b${x"), authorize.Allow},
		"the old version has no variable": {
			version,
			[]string{`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${aws:username}"`},
			"2008-10-17",
			authorize.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::ana", Context: keys("aws:username", "ana")},
			authorize.ImplicitDeny,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := authorize.Decide(test.request, test.document(t)); got != test.want {
				t.Errorf("got %v, want %v (IAM User Guide, %s)", got, test.want, test.page)
			}
		})
	}
}

// condition is one condition held against the values of a request.
type condition struct {
	page    string
	json    string
	context map[string][]string
	want    bool
}

func TestConditions(t *testing.T) {
	const (
		operators = "IAM JSON policy elements: Condition operators"
		logic     = "Conditions with multiple context keys or values"
		sets      = "Single-valued vs. multivalued context keys"
		variables = "IAM policy elements: Variables and tags"
	)
	pass := func(service string) map[string][]string { return keys("iam:PassedToService", service) }
	tags := func(names ...string) map[string][]string { return map[string][]string{"aws:TagKeys": names} }
	number := func(n string) map[string][]string { return keys("s3:max-keys", n) }
	source := func(arn string) map[string][]string { return keys("aws:SourceArn", arn) }
	const topic = "arn:aws:sns:us-west-2:123456789012:TOPIC-ID"
	tests := map[string]condition{
		"StringEquals":                              {operators, `{"StringEquals":{"iam:PassedToService":"redshift.amazonaws.com"}}`, pass("redshift.amazonaws.com"), true},
		"StringEquals with another value":           {operators, `{"StringEquals":{"iam:PassedToService":"redshift.amazonaws.com"}}`, pass("glue.amazonaws.com"), false},
		"StringEquals minds the case":               {operators, `{"StringEquals":{"k":"a"}}`, keys("k", "A"), false},
		"StringEquals knows no wildcard":            {operators, `{"StringEquals":{"k":"a*"}}`, keys("k", "ab"), false},
		"StringEquals on an absent key":             {operators, `{"StringEquals":{"k":"a"}}`, nil, false},
		"a key with an empty list is absent":        {operators, `{"StringEquals":{"k":""}}`, map[string][]string{"k": {}}, false},
		"the names of keys have no case":            {"IAM JSON policy elements: Condition", `{"StringEquals":{"AWS:tagkeys":"a"}}`, tags("a"), true},
		"the names of operators have none":          {operators, `{"stringequals":{"k":"a"}}`, keys("k", "a"), true},
		"StringNotEquals":                           {operators, `{"StringNotEquals":{"k":"a"}}`, keys("k", "b"), true},
		"StringNotEquals with the value":            {operators, `{"StringNotEquals":{"k":"a"}}`, keys("k", "a"), false},
		"StringNotEquals on an absent key":          {operators, `{"StringNotEquals":{"k":"a"}}`, nil, true},
		"StringEqualsIgnoreCase":                    {operators, `{"StringEqualsIgnoreCase":{"k":"True"}}`, keys("k", "tRUE"), true},
		"StringNotEqualsIgnoreCase":                 {operators, `{"StringNotEqualsIgnoreCase":{"k":"True"}}`, keys("k", "tRUE"), false},
		"StringLike":                                {operators, `{"StringLike":{"k":"a*c?"}}`, keys("k", "a:b/cd"), true},
		"StringLike minds the case":                 {operators, `{"StringLike":{"k":"a*"}}`, keys("k", "Ab"), false},
		"StringNotLike":                             {operators, `{"StringNotLike":{"k":"a*"}}`, keys("k", "Ab"), true},
		"StringNotLike on an absent key":            {operators, `{"StringNotLike":{"k":"a*"}}`, nil, true},
		"NumericEquals compares numbers":            {operators, `{"NumericEquals":{"s3:max-keys":"10"}}`, number("10.0"), true},
		"NumericNotEquals":                          {operators, `{"NumericNotEquals":{"s3:max-keys":"10"}}`, number("10"), false},
		"NumericNotEquals on an absent key":         {operators, `{"NumericNotEquals":{"s3:max-keys":"10"}}`, nil, true},
		"NumericLessThan":                           {operators, `{"NumericLessThan":{"s3:max-keys":"10"}}`, number("9"), true},
		"NumericLessThan is not equal":              {operators, `{"NumericLessThan":{"s3:max-keys":"10"}}`, number("10"), false},
		"NumericLessThanEquals":                     {operators, `{"NumericLessThanEquals":{"s3:max-keys":10}}`, number("10"), true},
		"NumericGreaterThan":                        {operators, `{"NumericGreaterThan":{"s3:max-keys":"10"}}`, number("11"), true},
		"NumericGreaterThanEquals":                  {operators, `{"NumericGreaterThanEquals":{"s3:max-keys":"10"}}`, number("9"), false},
		"what is no number matches nothing":         {operators, `{"NumericLessThan":{"s3:max-keys":"10"}}`, number("few"), false},
		"DateGreaterThan":                           {operators, `{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:01Z"}}`, keys("aws:CurrentTime", "2026-01-01T00:00:00Z"), true},
		"DateLessThan with seconds":                 {operators, `{"DateLessThan":{"aws:EpochTime":"1577836801"}}`, keys("aws:EpochTime", "1577836800"), true},
		"DateEquals with a day":                     {operators, `{"DateEquals":{"aws:CurrentTime":"2020-01-01"}}`, keys("aws:CurrentTime", "2020-01-01T00:00:00Z"), true},
		"DateNotEquals":                             {operators, `{"DateNotEquals":{"aws:CurrentTime":"2020"}}`, keys("aws:CurrentTime", "2020-01-01T00:00:00Z"), false},
		"DateLessThanEquals":                        {operators, `{"DateLessThanEquals":{"aws:CurrentTime":"2020-01"}}`, keys("aws:CurrentTime", "2020-01-01T00:00Z"), true},
		"DateGreaterThanEquals with nonsense":       {operators, `{"DateGreaterThanEquals":{"aws:CurrentTime":"soon"}}`, keys("aws:CurrentTime", "2020-01-01"), false},
		"Bool":                                      {operators, `{"Bool":{"aws:SecureTransport":"false"}}`, keys("aws:SecureTransport", "false"), true},
		"Bool, a JSON boolean":                      {operators, `{"Bool":{"aws:SecureTransport":true}}`, keys("aws:SecureTransport", "True"), true},
		"Bool with the other value":                 {operators, `{"Bool":{"aws:SecureTransport":"false"}}`, keys("aws:SecureTransport", "true"), false},
		"Bool on an absent key":                     {operators, `{"Bool":{"aws:SecureTransport":"false"}}`, nil, false},
		"BoolIfExists on an absent key":             {operators, `{"BoolIfExists":{"aws:SecureTransport":"false"}}`, nil, true},
		"BinaryEquals":                              {operators, `{"BinaryEquals":{"k":"QmluYXJ5"}}`, keys("k", "QmluYXJ5"), true},
		"IpAddress in a range":                      {operators, `{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, keys("aws:SourceIp", "203.0.113.1"), true},
		"IpAddress outside":                         {operators, `{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, keys("aws:SourceIp", "198.51.100.1"), false},
		"IpAddress without prefix":                  {operators, `{"IpAddress":{"aws:SourceIp":"203.0.113.7"}}`, keys("aws:SourceIp", "203.0.113.7"), true},
		"IpAddress of version 6":                    {operators, `{"IpAddress":{"aws:SourceIp":"2001:DB8:1234:5678::/64"}}`, keys("aws:SourceIp", "2001:db8:1234:5678::1"), true},
		"IpAddress with nonsense":                   {operators, `{"IpAddress":{"aws:SourceIp":"here"}}`, keys("aws:SourceIp", "there"), false},
		"NotIpAddress":                              {operators, `{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, keys("aws:SourceIp", "203.0.113.1"), false},
		"ArnEquals":                                 {operators, `{"ArnEquals":{"aws:SourceArn":"` + topic + `"}}`, source(topic), true},
		"ArnEquals with another account":            {operators, `{"ArnEquals":{"aws:SourceArn":"` + topic + `"}}`, source("arn:aws:sns:us-west-2:777788889999:TOPIC-ID"), false},
		"ArnEquals on an absent key":                {operators, `{"ArnEquals":{"aws:SourceArn":"` + topic + `"}}`, nil, false},
		"ArnEquals knows wildcards":                 {operators, `{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:*:123456789012:TOPIC-??"}}`, source(topic), true},
		"ArnLike checks each part by itself":        {operators, `{"ArnLike":{"aws:SourceArn":"arn:aws:*:TOPIC-ID"}}`, source(topic), false},
		"ArnLike ? is no colon":                     {operators, `{"ArnLike":{"aws:SourceArn":"arn?aws:sns:*:*:*:*"}}`, source(topic + ":x"), false},
		"ArnLike minds the case":                    {operators, `{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:topic-id"}}`, source(topic), false},
		"ArnLike with less than an ARN":             {operators, `{"ArnLike":{"aws:SourceArn":"*"}}`, source(topic), true},
		"ArnLike, and the request has no ARN":       {operators, `{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}`, source("topic"), false},
		"ArnNotLike":                                {operators, `{"ArnNotLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}`, source(topic), false},
		"ArnNotEquals on an absent key":             {operators, `{"ArnNotEquals":{"aws:SourceArn":"` + topic + `"}}`, nil, true},
		"StringEqualsIfExists on an absent key":     {operators, `{"StringEqualsIfExists":{"k":"a"}}`, nil, true},
		"StringEqualsIfExists on a present one":     {operators, `{"StringEqualsIfExists":{"k":"a"}}`, keys("k", "b"), false},
		"StringNotEqualsIfExists on a present one":  {operators, `{"StringNotEqualsIfExists":{"k":"a"}}`, keys("k", "a"), false},
		"ForAnyValue with IfExists":                 {operators, `{"ForAnyValue:StringEqualsIfExists":{"k":"a"}}`, nil, true},
		"Null true on an absent key":                {operators, `{"Null":{"k":"true"}}`, nil, true},
		"Null true on a present key":                {operators, `{"Null":{"k":"true"}}`, keys("k", ""), false},
		"Null false on a present key":               {operators, `{"Null":{"k":false}}`, keys("k", "a"), true},
		"Null false on an absent key":               {operators, `{"Null":{"k":"false"}}`, nil, false},
		"an operator nobody knows is never met":     {operators, `{"StringAlmostEquals":{"k":"a"}}`, keys("k", "a"), false},
		"several values are an OR":                  {logic, `{"StringEquals":{"k":["a","b"]}}`, keys("k", "b"), true},
		"several negated values are a NOR":          {logic, `{"StringNotEquals":{"k":["a","b"]}}`, keys("k", "b"), false},
		"several keys are an AND":                   {logic, `{"StringEquals":{"k":"a","l":"b"}}`, keys("k", "a"), false},
		"several operators are an AND":              {logic, `{"StringEquals":{"k":"a"},"Null":{"l":"true"}}`, keys("k", "a", "l", "b"), false},
		"ForAllValues, all named":                   {sets, `{"ForAllValues:StringEquals":{"aws:TagKeys":["environment","cost-center"]}}`, tags("environment", "cost-center"), true},
		"ForAllValues, one not named":               {sets, `{"ForAllValues:StringEquals":{"aws:TagKeys":["environment","cost-center"]}}`, tags("environment", "dept"), false},
		"ForAllValues on an absent key":             {sets, `{"ForAllValues:StringEquals":{"aws:TagKeys":"environment"}}`, nil, true},
		"ForAllValues with Null":                    {sets, `{"ForAllValues:StringEquals":{"aws:TagKeys":"environment"},"Null":{"aws:TagKeys":"false"}}`, nil, false},
		"ForAllValues negated, none named":          {operators, `{"ForAllValues:StringNotEquals":{"aws:TagKeys":["a","b"]}}`, tags("c", "d"), true},
		"ForAllValues negated, one named":           {operators, `{"ForAllValues:StringNotEquals":{"aws:TagKeys":["a","b"]}}`, tags("c", "a"), false},
		"ForAnyValue, one named":                    {sets, `{"ForAnyValue:StringEquals":{"aws:TagKeys":["environment","cost-center"]}}`, tags("environment", "dept"), true},
		"ForAnyValue, none named":                   {sets, `{"ForAnyValue:StringEquals":{"aws:TagKeys":["environment","cost-center"]}}`, tags("dept"), false},
		"ForAnyValue on an absent key":              {sets, `{"ForAnyValue:StringEquals":{"aws:TagKeys":"environment"}}`, nil, false},
		"ForAnyValue negated":                       {operators, `{"ForAnyValue:StringNotEquals":{"aws:TagKeys":"a"}}`, tags("a", "b"), true},
		"ForAnyValue negated on an absent key":      {sets, `{"ForAnyValue:StringNotEquals":{"aws:TagKeys":"a"}}`, nil, false},
		"ForAnyValue with wildcards":                {operators, `{"ForAnyValue:StringLike":{"aws:TagKeys":"onramp:*"}}`, tags("x", "onramp:plan"), true},
		"a variable in a value":                     {variables, `{"StringEquals":{"k":"${aws:userid}"}}`, keys("k", "AIDA1", "aws:userid", "AIDA1"), true},
		"a variable's wildcards are none":           {variables, `{"StringLike":{"k":"x${aws:userid}"}}`, keys("k", "xAIDA1", "aws:userid", "*"), false},
		"a variable without value equals nothing":   {variables, `{"StringEquals":{"k":"${aws:userid}"}}`, keys("k", ""), false},
		"and a negated operator matches it":         {variables, `{"StringNotEquals":{"k":"${aws:userid}"}}`, keys("k", "a"), true},
		"a variable without value, ignoring case":   {variables, `{"StringEqualsIgnoreCase":{"k":"${aws:userid}"}}`, keys("k", ""), false},
		"a variable in an ARN":                      {variables, `{"ArnLike":{"k":"arn:aws:iam::*:user/${aws:username}"}}`, keys("k", "arn:aws:iam::0:user/ana", "aws:username", "ana"), true},
		"no variable in a number":                   {variables, `{"NumericEquals":{"k":"${n}"}}`, keys("k", "1", "n", "1"), false},
		"the owner of a statement (aws-facts 8.3)":  {variables, `{"StringEquals":{"redshift-data:statement-owner-iam-userid":"${aws:userid}"}}`, keys("redshift-data:statement-owner-iam-userid", "A:s", "aws:userid", "A:s"), true},
		"the operator's PassRole (aws-facts 13)":    {operators, `{"StringEquals":{"iam:PassedToService":["redshift.amazonaws.com","redshift-serverless.amazonaws.com"]}}`, pass("redshift-serverless.amazonaws.com"), true},
		"the same, to a service that is not named":  {operators, `{"StringEquals":{"iam:PassedToService":["redshift.amazonaws.com","redshift-serverless.amazonaws.com"]}}`, pass("sagemaker.amazonaws.com"), false},
		"ArnEquals on iam:PolicyARN (aws-facts 13)": {operators, `{"ArnEquals":{"iam:PolicyARN":["arn:aws:iam::aws:policy/AmazonS3FullAccess"]}}`, keys("iam:PolicyARN", "arn:aws:iam::aws:policy/AdministratorAccess"), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := decision{statements: []string{`"Effect":"Allow","Action":"*","Resource":"*","Condition":` + test.json}}
			r := authorize.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Context: test.context}
			if got := authorize.Allowed(d.document(t), r); got != test.want {
				t.Errorf("got %v, want %v (IAM User Guide, %s)", got, test.want, test.page)
			}
		})
	}
}

func TestDecideTakesAllDocumentsTogether(t *testing.T) {
	allow := decision{statements: []string{`"Effect":"Allow","Action":"iam:*","Resource":"*"`}}.document(t)
	deny := decision{statements: []string{`"Effect":"Deny","Action":"iam:PassRole","Resource":"*"`}}.document(t)
	r := authorize.Request{Action: "iam:PassRole", Resource: "arn:aws:iam::000000000000:role/r"}
	for name, test := range map[string]struct {
		documents []policy.Document
		want      string
	}{
		"none":           {nil, "implicitDeny"},
		"one allows":     {[]policy.Document{{}, allow}, "allowed"},
		"another denies": {[]policy.Document{allow, deny}, "explicitDeny"},
	} {
		if got := authorize.Decide(r, test.documents...).String(); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

// TestStringLikeIsARegularExpression holds the matcher against one that is known to be right.
func TestStringLikeIsARegularExpression(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab:*?]{0,12}`).Draw(t, "pattern")
		text := rapid.StringMatching(`[ab:]{0,12}`).Draw(t, "text")
		expression := strings.NewReplacer("*", ".*", "?", ".").Replace(pattern)
		want := regexp.MustCompile("^(?:" + expression + ")$").MatchString(text)
		d := policy.Document{Version: policy.Version, Statements: []policy.Statement{{
			Effect: policy.Allow, Actions: []string{"*"}, Resources: []string{"*"},
			Conditions: []policy.Condition{{Operator: "StringLike", Key: "k", Values: []string{pattern}}},
		}}}
		if got := authorize.Allowed(d, authorize.Request{Action: "a:B", Resource: "*", Context: keys("k", text)}); got != want {
			t.Fatalf("%q like %q: got %v, want %v", text, pattern, got, want)
		}
	})
}

// TestWhatIsNamedIsAllowed: literal names allow themselves and nothing else, whatever they hold.
func TestWhatIsNamedIsAllowed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name, other := rapid.String().Draw(t, "name"), rapid.String().Draw(t, "other")
		written := strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}").Replace(name)
		d := policy.Document{Version: policy.Version, Statements: []policy.Statement{{
			Effect: policy.Allow, Actions: []string{"s3:ListBucket"}, Resources: []string{"arn:aws:s3:::" + written},
		}}}
		ask := func(name string) bool {
			return authorize.Allowed(d, authorize.Request{Action: "s3:ListBucket", Resource: "arn:aws:s3:::" + name})
		}
		if !ask(name) {
			t.Fatalf("%q does not allow %q", written, name)
		}
		if other != name && ask(other) {
			t.Fatalf("%q allows %q", written, other)
		}
	})
}

func FuzzDecide(f *testing.F) {
	f.Add(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:*","Condition":{"ForAnyValue:StringLikeIfExists":{"k":"${a,'b'}"}}}}`, "iam:GetRole", "arn:aws:iam::0:role/r", "k", "v")
	f.Fuzz(func(t *testing.T, document, action, resource, key, value string) {
		d, err := policy.Parse([]byte(document))
		if err != nil {
			t.Skip()
		}
		r := authorize.Request{Action: action, Resource: resource, Context: keys(key, value)}
		if authorize.Allowed(d, r) != (authorize.Decide(r, d) == authorize.Allow) {
			t.Error("Allowed and Decide disagree")
		}
	})
}
