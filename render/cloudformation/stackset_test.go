package cloudformation

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onramp/internal/awsname"
	"onramp/internal/plan"
	"onramp/render"
)

// TestStackSetNamesNoAccount: nothing of the plan's own account, or of its region, is in what goes to others.
func TestStackSetNamesNoAccount(t *testing.T) {
	for name, p := range plans(t) {
		tm, err := newTemplate(p, true, roomForRegion)
		if err != nil {
			t.Fatal(err)
		}
		template, parameters, err := tm.files(origin)
		if err != nil {
			t.Fatal(err)
		}
		written := string(template) + string(parameters)
		if slices.ContainsFunc(p.Documents(), func(d plan.NamedDocument) bool { return len(regions(d.Document)) > 1 }) {
			written = strings.ReplaceAll(written, ":"+p.Target.Region+":", ":one-of-several:")
		}
		for _, literal := range []string{p.Target.Account, p.Target.Region, "vpc-0a1b", "subnet-0", "rtb-0", "sg-0a1b", "0a1b2c3d-1111"} {
			if strings.Contains(written, literal) {
				t.Errorf("%s: the template names %s", name, literal)
			}
		}
	}
	for _, name := range answersFiles(t) {
		p := planOf(t, name, routed)
		files := setOf(t, p)
		for _, file := range []string{filePre, filePost} {
			_, own, _ := strings.Cut(files[file], "# The plan\n")
			for _, literal := range []string{p.Target.Account, p.Target.Region, "vpc-0a1b", "ONRAMPACCOUNT", "ONRAMPREGION", "ONRAMPSTACK"} {
				if strings.Contains(own, literal) {
					t.Errorf("%s: %s names %s", name, file, literal)
				}
			}
		}
	}
}

func TestNamesHaveRoom(t *testing.T) {
	long := strings.Repeat("b", 63)
	for name, want := range map[string]int{"acme": 4, strings.Repeat("a", 34): 34, long: 34, "acme-" + strings.Repeat("x", 40) + "-redshift": 34} {
		got := shortened(name, 34)
		if len(got) > 34 || len(got) < min(want, 30) || strings.Contains(name, "redshift") != strings.Contains(got, "redshift") {
			t.Errorf("%s is shortened to %s, which has %d characters", name, got, len(got))
		}
		if (len(name) <= 34) != (got == name) {
			t.Errorf("%s became %s", name, got)
		}
		if err := awsname.Bucket(got + "-111122223333-us-isof-south-1"); err != nil {
			t.Errorf("%s with account and region: %v", got, err)
		}
	}
	if shortened(long, 34) == shortened(long[1:]+"c", 34) {
		t.Error("two names are shortened to one")
	}
	over := map[string]any{"bucket.name": long, "role.name": strings.Repeat("r", 64), "role.choice": "restrictive"}
	files := setOf(t, planOf(t, "simple-cluster", over))
	m, err := parseTemplate(files[fileTemplate], nil, map[string]string{"AWS::AccountId": "444455556666", "AWS::Region": "ap-southeast-1", "AWS::Partition": "aws"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := m.outputs()
	if err != nil {
		t.Fatal(err)
	}
	_, role, _ := strings.Cut(out["RoleArn"], ":role/")
	if awsname.Bucket(out["BucketName"]) != nil || awsname.RoleName(role) != nil {
		t.Errorf("the names are %s and %s", out["BucketName"], role)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	p := planOf(t, "simple-cluster", nil)
	good := optionsFor(p)
	if _, err := StackSet(p, good, origin); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		change func(*StackSetOptions)
		says   string
	}{
		"no unit":                        {func(s *StackSetOptions) { s.OUs = nil }, "no organizational unit is named"},
		"a unit's name":                  {func(s *StackSetOptions) { s.OUs = []string{"Workloads"} }, `OUs "Workloads"`},
		"a unit with shell in it":        {func(s *StackSetOptions) { s.OUs = []string{"ou-ab12-$(id)0000"} }, "organizational unit"},
		"a unit with a line feed":        {func(s *StackSetOptions) { s.OUs = []string{"ou-ab12-cdefgh34\n"} }, "organizational unit"},
		"a short unit":                   {func(s *StackSetOptions) { s.OUs = []string{"ou-ab12-cde"} }, "organizational unit"},
		"a short account":                {func(s *StackSetOptions) { s.Accounts = []string{"1234"} }, `Accounts "1234"`},
		"no region":                      {func(s *StackSetOptions) { s.Regions = nil }, "no region is named"},
		"an availability zone":           {func(s *StackSetOptions) { s.Regions = []string{"us-east-1a"} }, `Regions "us-east-1a"`},
		"another partition":              {func(s *StackSetOptions) { s.Regions = []string{"cn-north-1"} }, "not in the partition aws"},
		"a region twice":                 {func(s *StackSetOptions) { s.Regions = []string{"us-east-1", "us-east-1"} }, "named twice"},
		"a tolerance below nothing":      {func(s *StackSetOptions) { s.FailureTolerancePercentage = -1 }, `FailureTolerancePercentage "-1"`},
		"a concurrency of more than all": {func(s *StackSetOptions) { s.MaxConcurrentPercentage = 101 }, `MaxConcurrentPercentage "101"`},
		"an unknown order of regions":    {func(s *StackSetOptions) { s.RegionConcurrency = "random" }, `"random"`},
		"a role with a space":            {func(s *StackSetOptions) { s.ExecutionRole = "a b" }, `ExecutionRole "a b"`},
		"a name with a dot":              {func(s *StackSetOptions) { s.Name = "a.b" }, `Name "a.b"`},
	}
	for name, test := range tests {
		s := good
		test.change(&s)
		if _, err := StackSet(p, s, origin); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	all := StackSetOptions{OUs: []string{"x"}, Regions: []string{"y"}, Accounts: []string{"z"}}
	_, err := StackSet(p, all, origin)
	for _, want := range []string{`"x"`, `"y"`, `"z"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("not all that is wrong is said: %v", err)
		}
	}
}

// admin is the account from which stack sets are run.
var admin = []rule{
	{pattern: "sts get-caller-identity*", answer: "111122223333"},
	{pattern: "organizations describe-organization*", answer: "111122223333"},
	{pattern: "cloudformation describe-stack-set --*", status: 254, answer: "An error occurred (StackSetNotFoundException) when calling the DescribeStackSet operation"},
	{pattern: "cloudformation create-stack-instances*", answer: "op-1"},
	{pattern: "cloudformation update-stack-set*", answer: "op-2"},
	{pattern: "cloudformation describe-stack-set-operation*", answer: "SUCCEEDED"},
	{pattern: "cloudformation list-stack-instances*", answer: `444455556666\teu-west-1\tSUCCEEDED\tNone`},
}

func TestDeployStackSet(t *testing.T) {
	p := planOf(t, "sample", nil)
	own, delegated := optionsFor(p), optionsFor(p)
	own.RegionConcurrency, own.Accounts = Parallel, []string{"444455556666"}
	delegated.DelegatedAdmin = true
	tests := map[string]struct {
		options  StackSetOptions
		rules    []rule
		code     int
		says     string
		changing []string
		sends    []string
	}{
		"a new stack set": {
			options: optionsFor(p), rules: admin, says: "444455556666", changing: []string{"cloudformation create-stack-set", "cloudformation create-stack-instances"},
			sends: []string{
				"--permission-model SERVICE_MANAGED", "--capabilities CAPABILITY_NAMED_IAM", "--parameters file://parameters.json",
				"--auto-deployment Enabled=true,RetainStacksOnAccountRemoval=true", `--deployment-targets {"OrganizationalUnitIds":["ou-ab12-cdefgh34","ou-ab12-ijklmn56"]} --regions eu-west-1 us-east-1 `,
				`--operation-preferences {"RegionConcurrencyType":"SEQUENTIAL","RegionOrder":["eu-west-1","us-east-1"],"FailureTolerancePercentage":10,"MaxConcurrentPercentage":25,"ConcurrencyMode":"SOFT_FAILURE_TOLERANCE"}`,
				"--call-as SELF",
			},
		},
		"some accounts, all regions at once": {
			options: own, rules: admin, changing: []string{"cloudformation create-stack-set", "cloudformation create-stack-instances"},
			sends: []string{`"Accounts":["444455556666"],"AccountFilterType":"INTERSECTION"}`, "--auto-deployment Enabled=false", `{"RegionConcurrencyType":"PARALLEL","FailureTolerancePercentage"`},
		},
		"a stack set that is there": {
			options: optionsFor(p), rules: append([]rule{{pattern: "cloudformation describe-stack-set --*", answer: "ACTIVE"}}, admin...),
			changing: []string{"cloudformation update-stack-set", "cloudformation create-stack-instances"},
		},
		"an operation that failed": {
			options: optionsFor(p), rules: append([]rule{{pattern: "cloudformation describe-stack-set-operation*", answer: "FAILED"}, {pattern: "cloudformation list-stack-instances*", answer: `777788889999\teu-west-1\tFAILED\tname taken`}}, admin...),
			code: 1, says: "name taken", changing: []string{"cloudformation create-stack-set", "cloudformation create-stack-instances"},
		},
		"a member account": {
			options: optionsFor(p), rules: append([]rule{{pattern: "sts get-caller-identity*", answer: "444455556666"}}, admin...), code: 1, says: "the management account is 111122223333",
		},
		"a delegated administrator": {
			options: delegated, rules: append([]rule{{pattern: "sts get-caller-identity*", answer: "444455556666"}}, admin...),
			changing: []string{"cloudformation create-stack-set", "cloudformation create-stack-instances"}, sends: []string{"--call-as DELEGATED_ADMIN"},
		},
		"an AWS CLI that lacks a part of an option": {
			options: optionsFor(p), rules: append([]rule{{pattern: "--version", answer: "aws-cli/2.9.19 Python/3.11.2"}, {pattern: "*--generate-cli-skeleton*", answer: `{"OperationPreferences": {"RegionOrder": []}}`}}, admin...), code: 1,
			says: "aws cloudformation create-stack-instances --operation-preferences ConcurrencyMode=SOFT_FAILURE_TOLERANCE (new in 1.29.83 and 2.13.34)\n",
		},
		"an error that is not taken for a missing stack set": {
			options: optionsFor(p), rules: append([]rule{{pattern: "cloudformation describe-stack-set --*", status: 254, answer: "An error occurred (AccessDenied)"}}, admin...), code: 1, says: "AccessDenied",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := StackSet(p, test.options, origin)
			r := runScript(t, byName(t, files, err), test.rules, nil, fileDeploy)
			if r.code != test.code || !strings.Contains(r.out, test.says) || !slices.Equal(r.changing(), test.changing) {
				t.Errorf("exit code %d, made %v\n%s", r.code, r.changing(), r.out)
			}
			for _, want := range test.sends {
				if !strings.Contains(strings.Join(r.calls, "\n"), want) {
					t.Errorf("no call has %s:\n%s", want, strings.Join(r.calls, "\n"))
				}
			}
		})
	}
}

// There are three places, and the script fails in the second.
var places = []rule{
	{pattern: "cloudformation list-stack-instances*", answer: `444455556666\teu-west-1\tarn:aws:cloudformation:stack-1\n555566667777\teu-west-1\tarn:aws:cloudformation:stack-2\n666677778888\tus-east-1\tarn:aws:cloudformation:stack-3`},
	{pattern: "sts assume-role*555566667777*", status: 254, answer: "An error occurred (AccessDenied) when calling the AssumeRole operation"},
	{pattern: "sts assume-role*", answer: `ASIAKEY\tSECRETKEY\tTOKEN`},
	{pattern: "organizations list-accounts-for-parent*ou-ab12-cdefgh34*", answer: "444455556666"},
	{pattern: "organizations list-accounts-for-parent*ou-ab12-inner000*", answer: `666677778888\n444455556666`},
	{pattern: "organizations list-accounts-for-parent*", answer: "None"},
	{pattern: "organizations list-organizational-units-for-parent*ou-ab12-cdefgh34*", answer: "ou-ab12-inner000"},
	{pattern: "organizations list-organizational-units-for-parent*", answer: "None"},
}

const inAccount = `echo "ran for $ONRAMP_ACCOUNT in $ONRAMP_REGION and $AWS_REGION on $ONRAMP_STACK as $AWS_ACCESS_KEY_ID ${AWS_PROFILE:-without profile}"
read -r line || echo nothing to read
`

func TestAccounts(t *testing.T) {
	p := planOf(t, "sample", nil)
	files := setOf(t, p)
	files[filePost], files[filePre] = inAccount, inAccount
	ran := func(account, region, stack string) string {
		return fmt.Sprintf("ran for %s in %s and %s on %s as ASIAKEY without profile", account, region, region, stack)
	}
	r := runScript(t, files, places, []string{"AWS_PROFILE=admin"}, fileAccounts)
	for _, want := range []string{
		ran("444455556666", "eu-west-1", "arn:aws:cloudformation:stack-1"), ran("666677778888", "us-east-1", "arn:aws:cloudformation:stack-3"), "nothing to read",
		"ended well in 2 places", "It failed in:\n  555566667777/eu-west-1\n", "ONLY='555566667777/eu-west-1' bash accounts.sh post.sh",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("lacks %q:\n%s", want, r.out)
		}
	}
	if r.code != 1 || strings.Contains(r.out, "SECRETKEY") || strings.Contains(r.out, "TOKEN") {
		t.Errorf("exit code %d\n%s", r.code, r.out)
	}
	if calls := strings.Join(r.calls, "\n"); !strings.Contains(calls, "--role-arn arn:aws:iam::444455556666:role/OrganizationAccountAccessRole --role-session-name onramp") {
		t.Errorf("the calls were\n%s", calls)
	}

	r = runScript(t, files, places, []string{"ONLY=666677778888/us-east-1"}, fileAccounts)
	if r.code != 0 || strings.Contains(r.out, "444455556666") || !strings.Contains(r.out, "ended well in 1 places") {
		t.Errorf("exit code %d\n%s", r.code, r.out)
	}

	r = runScript(t, files, places, nil, fileAccounts, filePre)
	for _, account := range []string{"444455556666", "666677778888"} {
		for _, region := range optionsFor(p).Regions {
			if strings.Count(r.out, ran(account, region, "NONE")) != 1 {
				t.Errorf("%s in %s is not gone to once:\n%s", account, region, r.out)
			}
		}
	}
	if r.code != 0 || !strings.Contains(r.out, "ended well in 4 places") {
		t.Errorf("exit code %d\n%s", r.code, r.out)
	}

	some := optionsFor(p)
	some.Accounts, some.ExecutionRole = []string{"666677778888"}, "deployer"
	list, err := StackSet(p, some, origin)
	files = byName(t, list, err)
	files[filePre] = inAccount
	r = runScript(t, files, places, nil, fileAccounts, filePre)
	if r.code != 0 || strings.Contains(r.out, "444455556666") || !strings.Contains(strings.Join(r.calls, "\n"), ":role/deployer ") {
		t.Errorf("exit code %d\n%s", r.code, r.out)
	}

	broken := append([]rule{{pattern: "organizations list-accounts-for-parent*", status: 254, answer: "An error occurred (AccessDenied)"}}, places...)
	if r := runScript(t, files, broken, nil, fileAccounts, filePre); r.code == 0 || strings.Contains(r.out, "ended well") {
		t.Errorf("an organization that cannot be read is passed over:\n%s", r.out)
	}
}

// TestNamesThatNoScriptCanCarry: what the scripts of a stack set cannot be told for each account is refused, with its name.
func TestNamesThatNoScriptCanCarry(t *testing.T) {
	p := planOf(t, "sample", map[string]any{"role.path": `/a"b/`, "role.name": "acme"})
	if _, err := StackSet(p, optionsFor(p), origin); err == nil || !strings.Contains(err.Error(), `role/a"b/acme has a character`) {
		t.Errorf("%v", err)
	}
}

// TestCommandOfAStackSet: the account may stand in the command that the scripts come from.
func TestCommandOfAStackSet(t *testing.T) {
	const boundary = "arn:aws:iam::111122223333:policy/boundary"
	p := planOf(t, "ai-unlimited-supplied", map[string]any{"manager.permissions-boundary": boundary})
	files, err := StackSet(p, optionsFor(p), render.Origin{Command: "onramp export ai-unlimited --set manager.permissions-boundary=" + boundary})
	if said := byName(t, files, err); !strings.Contains(said[fileTemplate], "PermissionsBoundary: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/boundary") {
		t.Error(said[fileTemplate])
	}
}

// TestCrowdedPrincipals: the regions of an account share its roles, and a role takes so much and no more.
func TestCrowdedPrincipals(t *testing.T) {
	p := planOf(t, "ai-unlimited-existing", nil)
	for regions, crowded := range map[string]bool{"us-east-1": false, "us-east-1,us-east-2,us-west-1,us-west-2,eu-west-1": true} {
		o := optionsFor(p)
		o.Regions = strings.Split(regions, ",")
		files, err := StackSet(p, o, origin)
		if said := byName(t, files, err)[fileDeploy]; strings.Contains(said, "5 regions are too many for one") != crowded {
			t.Errorf("%s:\n%s", regions, said[:3000])
		}
	}
}
