package awsname

import (
	"slices"
	"strings"
	"testing"
)

func TestClusterIdentifier(t *testing.T) {
	judge(t, ClusterIdentifier, map[string]verdict{
		"one letter":             {"a", ""},
		"hyphens and digits":     {"analytics-2-eu", ""},
		"sixty-three":            {strings.Repeat("a", 63), ""},
		"sixty-four":             {strings.Repeat("a", 64), "a cluster identifier is 1 to 63 characters long, this one has 64"},
		"nothing":                {"", "a cluster identifier is 1 to 63 characters long, this one is empty"},
		"a capital":              {"Analytics", `a cluster identifier takes only lower-case letters, digits and hyphens, not "A"`},
		"an underscore":          {"a_b", `a cluster identifier takes only lower-case letters, digits and hyphens, not "_"`},
		"a quote":                {"a'b", `a cluster identifier takes only lower-case letters, digits and hyphens, not "'"`},
		"begins with a digit":    {"1a", `a cluster identifier begins with a letter, not with "1"`},
		"begins with a hyphen":   {"-a", `a cluster identifier begins with a letter, not with "-"`},
		"ends with a hyphen":     {"a-", `a cluster identifier ends with a letter or a digit, not with "-"`},
		"two hyphens in a row":   {"a--b", `a cluster identifier cannot have two hyphens in a row, "a--b" has`},
		"a zero-width character": {"a\u200bb", "a cluster identifier cannot contain zero-width characters, this one has U+200B as character 2"},
	})
}

func TestNodeType(t *testing.T) {
	tests := map[string]verdict{
		"a node type to come":  {"rg2.24xlarge", ""},
		"nothing":              {"", "a node type is 3 to 32 characters long, this one is empty"},
		"two characters":       {"a.", "a node type is 3 to 32 characters long, this one has 2"},
		"thirty-two":           {"ra3." + strings.Repeat("x", 28), ""},
		"thirty-three":         {"ra3." + strings.Repeat("x", 29), "a node type is 3 to 32 characters long, this one has 33"},
		"no dot":               {"ra3large", `a node type looks like ra3.large, "ra3large" does not`},
		"two dots":             {"ra3.large.x", `a node type looks like ra3.large, "ra3.large.x" does not`},
		"no size":              {"ra3.", `a node type looks like ra3.large, "ra3." does not`},
		"no family":            {".large", `a node type looks like ra3.large, ".large" does not`},
		"a family of digits":   {"3ra.large", `a node type looks like ra3.large, "3ra.large" does not`},
		"a capital":            {"RA3.large", `a node type takes only lower-case letters, digits and a dot, not "R"`},
		"a hyphen":             {"ra3-large", `a node type takes only lower-case letters, digits and a dot, not "-"`},
		"a command":            {"ra3.$(id)", `a node type takes only lower-case letters, digits and a dot, not "$"`},
		"a newline at the end": {"ra3.large\n", "a node type cannot contain control characters, this one has U+000A as character 10"},
	}
	for _, s := range NodeTypes {
		tests["today's "+s] = verdict{s, ""}
	}
	judge(t, NodeType, tests)
}

func TestNodeCount(t *testing.T) {
	for n, says := range map[int]string{
		1: "", 2: "", 100: "",
		0: "a cluster has 1 to 100 nodes, not 0", -1: "a cluster has 1 to 100 nodes, not -1", 101: "a cluster has 1 to 100 nodes, not 101",
	} {
		if err := NodeCount(n); (err == nil) != (says == "") || err != nil && err.Error() != says {
			t.Errorf("NodeCount(%d) = %v, want %q", n, err, says)
		}
	}
}

func TestDatabaseName(t *testing.T) {
	judge(t, DatabaseName, map[string]verdict{
		"the default":             {"dev", ""},
		"AWS's sample":            {"sample_data_dev", ""},
		"an underscore first":     {"_x1", ""},
		"sixty-four":              {strings.Repeat("d", 64), ""},
		"sixty-five":              {strings.Repeat("d", 65), "a database name is 1 to 64 characters long, this one has 65"},
		"nothing":                 {"", "a database name is 1 to 64 characters long, this one is empty"},
		"a digit first":           {"1db", `a database name begins with a letter or an underscore, not with "1"`},
		"a capital":               {"Dev", `a database name takes only lower-case letters, digits and underscores, not "D"`},
		"a hyphen":                {"my-db", `a database name takes only lower-case letters, digits and underscores, not "-"`},
		"a quote":                 {`d"v`, `a database name takes only lower-case letters, digits and underscores, not "\""`},
		"a reserved word":         {"table", `a database name cannot be a reserved word of Amazon Redshift, "table" is one`},
		"a reserved word in part": {"tables", ""},
	})
}

func TestAdminUser(t *testing.T) {
	const alphabet = "an admin user name takes only lower-case letters, digits and +._-@, not "
	judge(t, AdminUser, map[string]verdict{
		"the default":            {"awsuser", ""},
		"an address":             {"ml.admin+eu_1-a@acme", ""},
		"128 characters":         {strings.Repeat("u", 128), ""},
		"129 characters":         {strings.Repeat("u", 129), "an admin user name is 1 to 128 characters long, this one has 129"},
		"nothing":                {"", "an admin user name is 1 to 128 characters long, this one is empty"},
		"public":                 {"public", "an admin user name cannot be PUBLIC, which means every user"},
		"PUBLIC":                 {"PUBLIC", "an admin user name cannot be PUBLIC, which means every user"},
		"public and more":        {"publican", ""},
		"a reserved word":        {"user", `an admin user name cannot be a reserved word of Amazon Redshift, "user" is one`},
		"a capital":              {"Admin", alphabet + `"A"`},
		"a colon":                {"iam:admin", alphabet + `":"`},
		"a slash":                {"a/b", alphabet + `"/"`},
		"a quote":                {"o'neil", alphabet + `"'"`},
		"a digit first":          {"1admin", `an admin user name begins with a letter, not with "1"`},
		"an at sign first":       {"@admin", `an admin user name begins with a letter, not with "@"`},
		"a right-to-left mark":   {"adm\u200fin", "an admin user name cannot contain bidirectional control marks, this one has U+200F as character 4"},
		"a look-alike of public": {"рublic", alphabet + `"р"`},
	})
}

func TestSubnetGroup(t *testing.T) {
	judge(t, SubnetGroup, map[string]verdict{
		"one character":    {"g", ""},
		"all kinds":        {"Group_1.a-b", ""},
		"default is there": {"default", ""},
		"255 characters":   {strings.Repeat("g", 255), ""},
		"256 characters":   {strings.Repeat("g", 256), "a subnet group name is 1 to 255 characters long, this one has 256"},
		"nothing":          {"", "a subnet group name is 1 to 255 characters long, this one is empty"},
		"a space":          {"a b", `a subnet group name takes only ASCII letters, digits, hyphens, underscores and dots, not " "`},
		"a dollar":         {"a$b", `a subnet group name takes only ASCII letters, digits, hyphens, underscores and dots, not "$"`},
	})
}

func TestServerlessNames(t *testing.T) {
	judge(t, NamespaceName, map[string]verdict{
		"three characters":     {"abc", ""},
		"sixty-four":           {strings.Repeat("n", 64), ""},
		"two characters":       {"ab", "a namespace name is 3 to 64 characters long, this one has 2"},
		"sixty-five":           {strings.Repeat("n", 65), "a namespace name is 3 to 64 characters long, this one has 65"},
		"nothing":              {"", "a namespace name is 3 to 64 characters long, this one is empty"},
		"an underscore":        {"my_ns", `a namespace name takes only lower-case letters, digits and hyphens, not "_"`},
		"a hyphen at the ends": {"-n-", ""},
	})
	judge(t, WorkgroupName, map[string]verdict{
		"three letters":          {"abc", ""},
		"sixty-three characters": {strings.Repeat("w", 63), ""},
		"two letters":            {"ab", "a workgroup name is 3 to 63 characters long, this one has 2"},
		"sixty-four characters":  {strings.Repeat("w", 64), "a workgroup name is 3 to 63 characters long, this one has 64"},
		"a capital":              {"Wgr", `a workgroup name takes only lower-case letters, digits and hyphens, not "W"`},
	})
}

func TestReserved(t *testing.T) {
	for _, w := range []string{"group", "GROUP", "Table", "aes128", "without", "current_user_id", "unpivot"} {
		if !Reserved(w) {
			t.Errorf("%q is not reserved", w)
		}
	}
	for _, w := range []string{"", "dev", "start", "connect", "model", "groups", "grp", " group", "group ", "public"} {
		if Reserved(w) {
			t.Errorf("%q is reserved", w)
		}
	}
}

func TestTheReservedWordsCanBeSearched(t *testing.T) {
	if !slices.IsSorted(reservedWords) || len(slices.Compact(slices.Clone(reservedWords))) != len(reservedWords) {
		t.Error("reservedWords is not sorted or has a word twice")
	}
	for _, w := range reservedWords {
		if w != strings.ToLower(w) || !Reserved(w) {
			t.Errorf("%q is not found", w)
		}
	}
	if len(reservedWords) != 156 {
		t.Errorf("%d words, the page has 156", len(reservedWords))
	}
}
