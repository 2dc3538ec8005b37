package plantest

import (
	"strings"

	"pgregory.net/rapid"

	"onramp/internal/plan"
)

// forms are plain texts of every form that a rule asks for, in a target: an ARN is of its partition and region.
func forms(t plan.Target) []string {
	const multiRegion = "mrk-1234abcd12ab34cd56ef1234567890ab"
	elsewhere := t
	elsewhere.Account = "999988887777"
	return []string{
		"analytics", "acme-ml", "acme-redshift-ml", "dev", "awsuser", "sales-2", "demo", "prod1", "ab-c", "redshift-ml", "amazon-machine-learning-acme", "staging/amazon-ml/", "acme.dots", t.Account, t.Region,
		"/", "/service-role/", "/acme/ml/", "ra3.large", "dc2.8xlarge", "ra3.16xlarge",
		vpc, "vpc-0a1b2c3d", subnetA, subnetB, "subnet-0a1b2c3d", tableA, tableB, "rtb-0a1b2c3d", groupID, "sg-0a1b2c3d",
		keyID, multiRegion, "alias/acme/ml", t.ARN("kms", "key/"+keyID), t.ARN("kms", "key/"+multiRegion), t.ARN("kms", "alias/acme"), elsewhere.ARN("kms", "key/"+keyID),
		t.ARN("secretsmanager", "secret:"+secretID), t.ARN("secretsmanager", "secret:prod/redshift-AbCdEf"),
		t.GlobalARN("iam", "policy/bounds/developers"), t.ManagedPolicyARN("PowerUserAccess"), t.RoleARN("/", "acme-ml"),
		t.Region + "a", t.Region + "f", "pl-0a1b2c3d4e5f60718", "pl-6fa54006", "203.0.113.0/24", "10.0.0.0/8", "0.0.0.0/0", PublicKey, "ai-unlimited", "ai-unlimited-engine", "ai-unlimited-manager",
		"demo_ml.churn", `"it's".churn`, `"a.b"."c""d"`,
	}
}

// words are whole texts that something that reads an output would take for another thing: YAML, HCL, a shell, the
// AWS CLI, SQL, Mermaid, or the formats themselves.
var words = []string{
	"null", "public", "~", "yes", "1e3", "0x1f", "No", "on", "true", "0o17", "1_000", "0123", "2012-10-17", "12:30:45", ".inf", ".nan", "=", "<<", "-", "--", "---", "...", "? a", "- a", "!", "!!str", "&a", "*a", "{}", "[]", "%",
	"'; DROP GROUP x; --", "$$;$$", "</script>", "${AWS::AccountId}", "ONRAMPACCOUNT", "--help", "-x", "--query=a", "file:///etc/passwd", "https://127.0.0.1/", `["a"]`, `{"a":1}`, "@arn_of_key@", plan.Unknown,
	"EOF", "EOF_", "if", "done", "end", "None", "True", "Public_", "select", "User", "default", "subgraph x", "click n0", "ONRAMPREGION", "ONRAMPSTACK", "arn:aws:iam::111122223333:role/redshift-ml",
	"groups", "guide", "var.region", "each.key", "self", "PowerUserAccess", "İ", "ſ", "K", "ß", "שלום", "مرحبا", "😀", "日本語",
}

// pieces are what is put into texts. Rules refuse some of them everywhere.
var pieces = []string{
	"'", `"`, "`", `\`, "$", "${", "%{", "$(touch owned)", "`id`", "${HOME}", "${AWS::Region}", "${!x}", "${var.region}", "$${", "%%{", "%{ if true }x%{ endif }", "!Sub ", "!", "#", " #", ": ", ":", "- ", "&", "*", "|", ">", "<", "[", "]", "{", "}", "{{", "}}",
	"<b>", "</script>", "<!--", "-->", "]]>", "&lt;", "](http://x)", "![x](y)", "__", "~~", "``", "```", "<br/>", "#35;", "%s", "%n", "%", "@", "@@", "--", "/*", "*/", "//", ";", ",", "''", `""`, `\n`, `\u0024`, `\'`, "?", "(", ")", "=", "+", "~", "^",
	" ", "  ", "\u00a0", "\u3000", "\t", "\n", "\r\n", "\x00", "\x7f", "\u0085", "\u2028", "\u202e", "\u200f", "\u2066", "\u200b", "\ufeff", "\ufffd", "\ufdd0", "\xff", "e\u0301", "é", "ß", "İ", "ſ", "ﬁ", "שלום", "مرحبا", "日本", "😀", "\ue000",
	"a", "Z", "9", "0", "-", "_", ".", "/", "us-east-1", "111122223333", "arn:aws:s3:::", "redshift",
}

// fillers make a text as long as its rule allows.
var fillers = []string{"a", "7-x", "é", "日", "😀", "M", "/n", `""`, `\`}

// disturbed puts pieces into a text, each as long as the rule takes the result.
func disturbed(t *rapid.T, s string, takes func(string) bool) string {
	try := func(next string) {
		if takes(next) {
			s = next
		}
	}
	for range rapid.IntRange(0, 7).Draw(t, "disturbed") {
		piece := rapid.SampledFrom(pieces).Draw(t, "piece")
		r := []rune(s)
		at := rapid.IntRange(head(r), len(r)).Draw(t, "at")
		if rapid.Bool().Draw(t, "over") {
			try(string(r[:at]) + piece + string(r[min(at+len([]rune(piece)), len(r)):]))
		} else {
			try(string(r[:at]) + piece + string(r[at:]))
		}
	}
	if rapid.IntRange(0, 15).Draw(t, "long") == 15 {
		s = longest(s, rapid.SampledFrom(fillers).Draw(t, "filler"), takes)
	}
	return s
}

// head is how much of a text says whose it is: an ARN's account is left as it is.
func head(r []rune) int {
	s := string(r)
	if !strings.HasPrefix(s, "arn:") {
		return 0
	}
	parts := strings.SplitAfterN(s, ":", 6)
	return len([]rune(strings.Join(parts[:min(len(parts)-1, 5)], "")))
}

// longest is a text with as much of a filler in it as the rule takes.
func longest(s, filler string, takes func(string) bool) string {
	r := []rune(s)
	at := (head(r) + len(r) + 1) / 2
	for n := 1; n < 1000; n++ {
		next := string(r[:at]) + strings.Repeat(filler, n) + string(r[at:])
		if !takes(next) {
			break
		}
		s = next
	}
	return s
}
