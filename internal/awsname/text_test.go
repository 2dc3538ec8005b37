package awsname

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// rules are all the rules over a string, by name.
var rules = map[string]func(string) error{
	"AccountID": AccountID, "AdminUser": AdminUser, "Bucket": Bucket, "ClusterIdentifier": ClusterIdentifier,
	"DatabaseName": DatabaseName, "GroupName": GroupName, "KeyAlias": KeyAlias, "KeyPairName": KeyPairName, "KeyRef": KeyRef, "Model": Model,
	"NamespaceName": NamespaceName, "NodeType": NodeType, "PolicyARN": PolicyARN, "PolicyName": PolicyName,
	"Printable": Printable, "PublicKey": PublicKey, "Region": Region, "RoleARN": RoleARN, "RoleName": RoleName, "RolePath": RolePath,
	"RouteTable": RouteTable, "SQLIdentifier": SQLIdentifier, "SchemaName": SchemaName, "SecretARN": SecretARN,
	"SecurityGroup": SecurityGroup, "SecurityGroupName": SecurityGroupName, "Subnet": Subnet,
	"SubnetGroup": SubnetGroup, "TagKey": TagKey, "TagValue": TagValue, "VPC": VPC, "WorkgroupName": WorkgroupName,
	"ARN": func(s string) error { _, err := ParseARN(s); return err },
}

// good has a value for each rule that it takes.
var good = map[string]string{
	"AccountID": "111122223333", "AdminUser": "awsuser", "Bucket": "acme-redshift-ml", "ClusterIdentifier": "analytics",
	"DatabaseName": "dev", "GroupName": "retention_analyst_grp", "KeyAlias": "redshift-ml", "KeyPairName": "ai-unlimited", "KeyRef": "alias/redshift-ml",
	"Model": "demo_ml.customer_churn_auto_model", "NamespaceName": "analytics-ns", "NodeType": "ra3.large",
	"PolicyARN": "arn:aws:iam::aws:policy/AmazonRedshiftFullAccess", "PolicyName": "redshift-ml", "Printable": "text", "PublicKey": ed25519Line,
	"Region": "us-east-1", "RoleARN": "arn:aws:iam::111122223333:role/redshift-ml", "RoleName": "redshift-ml",
	"RolePath": "/", "RouteTable": "rtb-0a1b2c3d4e5f60718", "SQLIdentifier": "demo_ml", "SchemaName": "demo_ml",
	"SecretARN":     "arn:aws:secretsmanager:us-east-1:111122223333:secret:redshift!analytics-awsuser-AbCdEf",
	"SecurityGroup": "sg-0a1b2c3d4e5f60718", "SecurityGroupName": "redshift-ml endpoints",
	"Subnet": "subnet-0a1b2c3d4e5f60718", "SubnetGroup": "default", "TagKey": "Cost Center", "TagValue": "ML",
	"VPC": "vpc-0a1b2c3d4e5f60718", "WorkgroupName": "analytics-wg", "ARN": "arn:aws:s3:::acme-redshift-ml",
}

// verdict is a value and what its refusal says; an empty says means that the value is taken.
type verdict struct{ in, says string }

func judge(t *testing.T, rule func(string) error, tests map[string]verdict) {
	t.Helper()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Helper()
			err := rule(tt.in)
			switch {
			case tt.says == "" && err != nil:
				t.Errorf("%q is refused: %v", tt.in, err)
			case tt.says != "" && err == nil:
				t.Errorf("%q is taken, want: %s", tt.in, tt.says)
			case err != nil && err.Error() != tt.says:
				t.Errorf("%q:\n got %s\nwant %s", tt.in, err, tt.says)
			}
		})
	}
}

func TestPrintable(t *testing.T) {
	judge(t, Printable, map[string]verdict{
		"nothing is printable":                    {"", ""},
		"quotes and dollars are printable":        {"\"'`$(rm -rf /)\\;", ""},
		"other scripts are printable":             {"Größe 日本語 العربية नमस्ते 🦆", ""},
		"a replacement character is a character":  {"\uFFFD", ""},
		"a newline is a control character":        {"a\nb", "a value cannot contain control characters, this one has U+000A as character 2"},
		"NUL is a control character":              {"\x00", "a value cannot contain control characters, this one has U+0000 as character 1"},
		"DEL is a control character":              {"é\x7f", "a value cannot contain control characters, this one has U+007F as character 2"},
		"a C1 control is a control character":     {"\u0085", "a value cannot contain control characters, this one has U+0085 as character 1"},
		"ESC is a control character":              {"\x1b[31m", "a value cannot contain control characters, this one has U+001B as character 1"},
		"the first of U+FDD0 to U+FDEF":           {"\uFDD0", "a value cannot contain Unicode noncharacters, this one has U+FDD0 as character 1"},
		"the last of U+FDD0 to U+FDEF":            {"\uFDEF", "a value cannot contain Unicode noncharacters, this one has U+FDEF as character 1"},
		"the character before them is a letter":   {"\uFDCF", ""},
		"the character after them is a ligature":  {"\uFDF0", ""},
		"the last code point of the first plane":  {"\uFFFF", "a value cannot contain Unicode noncharacters, this one has U+FFFF as character 1"},
		"the last code point of all":              {"\U0010FFFF", "a value cannot contain Unicode noncharacters, this one has U+10FFFF as character 1"},
		"a right-to-left override":                {"gpj.\u202Eexe", "a value cannot contain bidirectional control marks, this one has U+202E as character 5"},
		"a right-to-left mark":                    {"a\u200F", "a value cannot contain bidirectional control marks, this one has U+200F as character 2"},
		"an isolate":                              {"\u2066a\u2069", "a value cannot contain bidirectional control marks, this one has U+2066 as character 1"},
		"an Arabic letter mark":                   {"\u061C", "a value cannot contain bidirectional control marks, this one has U+061C as character 1"},
		"a line separator":                        {"a\u2028", "a value cannot contain line or paragraph separators, this one has U+2028 as character 2"},
		"a zero-width space":                      {"a\u200Bb", "a value cannot contain zero-width characters, this one has U+200B as character 2"},
		"a zero-width joiner":                     {"\u200D", "a value cannot contain zero-width characters, this one has U+200D as character 1"},
		"a byte order mark":                       {"\uFEFFdev", "a value cannot contain zero-width characters, this one has U+FEFF as character 1"},
		"a soft hyphen":                           {"re\u00ADdo", "a value cannot contain zero-width characters, this one has U+00AD as character 3"},
		"a Hangul filler":                         {"\u3164", "a value cannot contain zero-width characters, this one has U+3164 as character 1"},
		"a variation selector":                    {"a\uFE0F", "a value cannot contain zero-width characters, this one has U+FE0F as character 2"},
		"a tag character":                         {"a\U000E0041", "a value cannot contain zero-width characters, this one has U+E0041 as character 2"},
		"a byte that is not UTF-8":                {"ab\xff", "a value is text in UTF-8, byte 3 of this one is not"},
		"a surrogate, which UTF-8 does not have":  {"\xed\xa0\x80", "a value is text in UTF-8, byte 1 of this one is not"},
		"a character that is cut off":             {"a\xe2\x82", "a value is text in UTF-8, byte 2 of this one is not"},
		"an overlong slash":                       {"\xc0\xaf", "a value is text in UTF-8, byte 1 of this one is not"},
		"a bad byte before a replacement is seen": {"\xff\uFFFD", "a value is text in UTF-8, byte 1 of this one is not"},
	})
}

func TestEveryRuleTakesAnExample(t *testing.T) {
	for name, rule := range rules {
		if err := rule(good[name]); err != nil || good[name] == "" {
			t.Errorf("%s(%q): %v", name, good[name], err)
		}
	}
}

func TestEveryRuleRefusesWhatCannotBeShown(t *testing.T) {
	bad := []string{"\x00", "\n", "\r", "\t", "\x1b[2J", "\x7f", "\u0085", "\uFDD0", "\uFFFE", "\u202E", "\u200F", "\u200B", "\u2028", "\uFEFF", "\xff"}
	for name, rule := range rules {
		for _, b := range bad {
			mid := len(good[name]) / 2
			for _, s := range []string{b, b + good[name], good[name][:mid] + b + good[name][mid:], good[name] + b} {
				if rule(s) == nil {
					t.Errorf("%s takes %q", name, s)
				}
			}
		}
	}
}

// The rules whose alphabet AWS keeps to ASCII names must take nothing that means something to a shell, SQL or YAML.
func TestNarrowRulesRefuseWhatAShellOrSQLReads(t *testing.T) {
	wide := map[string]bool{
		"Printable": true, "SQLIdentifier": true, "GroupName": true, "SchemaName": true, "Model": true, "RolePath": true,
		"RoleARN": true, "ARN": true, "SecurityGroupName": true, "TagKey": true, "TagValue": true,
		"KeyPairName": true, "PublicKey": true, // any ASCII, the latter in its comment
	}
	for name, rule := range rules {
		for _, b := range []string{`"`, "'", "`", "$(id)", "${x}", "\\", ";", "&", "|", "<", ">", "*", "?", "#", "%", "é", "Ａ", " "} {
			if !wide[name] && rule(good[name]+b) == nil {
				t.Errorf("%s takes %q", name, good[name]+b)
			}
		}
	}
}

func TestAHugeValueMakesAShortMessage(t *testing.T) {
	for name, rule := range rules {
		for _, fill := range []string{"a", "A", "9", "-", ".", "/", ":", `"`, "\U0001F986", "\xff"} {
			huge := strings.Repeat(fill, 1<<13)
			for _, s := range []string{huge, good[name] + huge, huge + good[name]} {
				if err := rule(s); err != nil && utf8.RuneCountInString(err.Error()) > 300 {
					t.Errorf("%s: message of %d characters for %d of %q", name, utf8.RuneCountInString(err.Error()), len(s), fill)
				}
			}
		}
	}
}

// wellSaid holds an error to the house style: one plain line that can be shown as it is.
func wellSaid(err error) string {
	s := err.Error()
	switch {
	case Printable(s) != nil:
		return "cannot be shown"
	case strings.HasSuffix(s, "."):
		return "ends with a full stop"
	case !strings.HasPrefix(s, "a ") && !strings.HasPrefix(s, "an ") && !strings.HasPrefix(s, "after "):
		return "does not begin with what the rule is about"
	}
	return ""
}

func FuzzRules(f *testing.F) {
	for _, s := range good {
		f.Add(s)
	}
	for _, s := range []string{"", `"a""b".c`, "a.b.c", "mrk-0123456789abcdef0123456789abcdef", "\xff", "\u202E", "192.168.5.4", "arn:aws:kms:cn-north-1:111122223333:alias/x", "xn--a", "pg_catalog"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, rule := range rules {
			err := rule(s)
			if err != nil {
				if fault := wellSaid(err); fault != "" {
					t.Errorf("%s(%q): the message %q %s", name, s, err, fault)
				}
				continue
			}
			if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || Printable(s) != nil {
				t.Errorf("%s takes %q", name, s)
			}
		}
		arnsComeBack(t, s)
		modelsComeBack(t, s)
		BucketDots(s)
		Reserved(s)
		if Region(s) == nil && !knownPartition(Partition(s)) {
			t.Errorf("region %q has the partition %q", s, Partition(s))
		}
	})
}
