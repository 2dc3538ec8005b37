package awsname

import (
	"strings"
	"testing"
)

func TestResourceIDs(t *testing.T) {
	for prefix, tt := range map[string]struct {
		rule func(string) error
		noun string
	}{
		"vpc-": {VPC, "a VPC id"}, "subnet-": {Subnet, "a subnet id"},
		"rtb-": {RouteTable, "a route table id"}, "sg-": {SecurityGroup, "a security group id"},
	} {
		hex := tt.noun + " has only digits and the letters a to f after " + prefix + ", "
		size := tt.noun + " has 8 or 17 characters after " + prefix + ", this one has "
		judge(t, tt.rule, map[string]verdict{
			tt.noun + " of today":        {prefix + "0a1b2c3d4e5f60718", ""},
			tt.noun + " of old":          {prefix + "1a2b3c4d", ""},
			tt.noun + " of nothing":      {"", tt.noun + " begins with " + prefix + `, "" does not`},
			tt.noun + " without prefix":  {"0a1b2c3d4e5f60718", tt.noun + " begins with " + prefix + `, "0a1b2c3d4e5f60718" does not`},
			tt.noun + " of another kind": {"eni-0a1b2c3d", tt.noun + " begins with " + prefix + `, "eni-0a1b2c3d" does not`},
			tt.noun + " with 0":          {prefix, size + "0"},
			tt.noun + " with 7":          {prefix + "1234567", size + "7"},
			tt.noun + " with 9":          {prefix + "123456789", size + "9"},
			tt.noun + " with 16":         {prefix + strings.Repeat("a", 16), size + "16"},
			tt.noun + " with 18":         {prefix + strings.Repeat("a", 18), size + "18"},
			tt.noun + " in capitals":     {prefix + "1A2B3C4D", hex + `"` + prefix + `1A2B3C4D" has others`},
			tt.noun + " with a g":        {prefix + "1234567g", hex + `"` + prefix + `1234567g" has others`},
			tt.noun + " with a command":  {prefix + "$(id -u)", hex + `"` + prefix + `$(id -u)" has others`},
			tt.noun + " in bytes":        {prefix + "éééé", hex + `"` + prefix + `éééé" has others`},
		})
	}
}

func TestSecurityGroupName(t *testing.T) {
	judge(t, SecurityGroupName, map[string]verdict{
		"a plain name":            {"redshift-ml endpoints", ""},
		"all the punctuation":     {"a._-:/()#,@[]+=&;{}!$*", ""},
		"255 characters":          {strings.Repeat("g", 255), ""},
		"sg inside":               {"my-sg-1", ""},
		"sg without its hyphen":   {"sgroup", ""},
		"default in part":         {"default-ml", ""},
		"a space in front":        {" ml", ""},
		"256 characters":          {strings.Repeat("g", 256), "a security group name is 1 to 255 characters long, this one has 256"},
		"nothing":                 {"", "a security group name is 1 to 255 characters long, this one is empty"},
		"an id in capitals":       {"SG-ml", "a security group name cannot begin with sg-, which begins an id"},
		"an id":                   {"sg-ml", "a security group name cannot begin with sg-, which begins an id"},
		"the VPC's own":           {"Default", "a security group name cannot be default, which every VPC has already"},
		"a space at the end":      {"ml ", `a security group name cannot end with a space, which EC2 drops, "ml " does`},
		"a quote":                 {"it's", `a security group name takes only ASCII letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, not "'"`},
		"a double quote":          {`a"b`, `a security group name takes only ASCII letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, not "\""`},
		"a percent sign":          {"100%", `a security group name takes only ASCII letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, not "%"`},
		"a letter beyond ASCII":   {"größe", `a security group name takes only ASCII letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, not "ö"`},
		"a right-to-left mark":    {"ml\u200f", "a security group name cannot contain bidirectional control marks, this one has U+200F as character 3"},
		"a newline in the middle": {"a\nb", "a security group name cannot contain control characters, this one has U+000A as character 2"},
	})
}
