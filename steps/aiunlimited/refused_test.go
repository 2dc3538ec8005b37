package aiunlimited_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onramp/internal/answers"
	"onramp/steps/aiunlimited"
)

// refusal is a combination that is not taken: the one answer that is wrong, and words of the reason and of the remedy.
type refusal struct {
	given  []given
	key    string
	reason []string
	remedy []string
}

// refusals name for each combination the answer that is wrong.
var refusals = map[string]refusal{
	"the withdrawn load balancer": {
		[]given{{"load-balancer.kind": "application"}},
		"load-balancer.kind",
		[]string{
			"withdrawn", "2024-10-30", "acm:RequestCertificate", "acm:DescribeCertificate", "acm:DeleteCertificate", "route53:GetHostedZone", "route53:ListHostedZones",
			"route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets", "route53:GetChange",
		},
		[]string{"load-balancer.kind", "network", "none"},
	},
	"the template's role that may not create roles": {[]given{supplied, {"manager.source": "stack"}}, "manager.source", []string{"create roles"}, []string{"new", "existing"}},
	"one role for both":                             {[]given{supplied, {"manager.name": "same", "engine.name": "same"}}, "engine.name", []string{"manager"}, []string{"another"}},
	"one role for both, in another case":            {[]given{supplied, {"manager.name": "Same", "engine.name": "sAME"}}, "engine.name", []string{"manager"}, []string{"another"}},
	"one existing role for both": {
		[]given{supplied, {"manager.source": "existing", "engine.source": "existing", "manager.name": "same", "engine.name": "SAME"}}, "engine.name", []string{"manager"}, []string{"another"},
	},
	"a security group before the network load balancer": {
		[]given{network, balanced, {"network.source": "security-group", "network.security-group": "sg-0a1b2c3d4e5f60718"}},
		"network.source",
		[]string{"security group", "without a source"},
		[]string{"cidr", "prefix-list"},
	},
	"an engine in China":                  {[]given{supplied, {"engine.regions": []string{"us-east-1", "cn-north-1"}}}, "engine.regions", []string{"cn-north-1", "aws-cn"}, []string{"aws"}},
	"an engine outside GovCloud":          {[]given{supplied, {"region": "us-gov-west-1", "engine.regions": []string{"us-west-1"}}}, "engine.regions", []string{"us-west-1"}, []string{"aws-us-gov"}},
	"an engine nowhere":                   {[]given{{"engine.regions": []string{"REGION"}}}, "engine.regions", []string{"region"}, nil},
	"one region twice":                    {[]given{{"engine.regions": []string{"us-east-1", "us-east-1"}}}, "engine.regions", []string{"twice"}, nil},
	"a boundary of another partition":     {[]given{{"manager.permissions-boundary": "arn:aws-cn:iam::111122223333:policy/b"}}, "manager.permissions-boundary", []string{"aws-cn"}, []string{"aws"}},
	"the engine's of another partition":   {[]given{supplied, {"engine.permissions-boundary": "arn:aws-us-gov:iam::111122223333:policy/b"}}, "engine.permissions-boundary", []string{"aws-us-gov"}, []string{"aws"}},
	"AWS's boundary of another partition": {[]given{{"region": "cn-north-1", "manager.permissions-boundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}, "manager.permissions-boundary", []string{"aws-cn"}, []string{"aws-cn"}},
	"a boundary of another account":       {[]given{{"manager.permissions-boundary": "arn:aws:iam::999988887777:policy/b"}}, "manager.permissions-boundary", []string{"999988887777", "111122223333"}, []string{"111122223333", "arn:aws:iam::aws:policy/"}},
	"the engine's of another account":     {[]given{supplied, {"engine.permissions-boundary": "arn:aws:iam::999988887777:policy/b"}}, "engine.permissions-boundary", []string{"999988887777"}, nil},
	"a boundary that is a role":           {[]given{{"manager.permissions-boundary": "arn:aws:iam::111122223333:role/r"}}, "manager.permissions-boundary", []string{"policy"}, nil},
	"a zone of another region":            {[]given{network, {"network.availability-zone": "us-west-2a"}}, "network.availability-zone", []string{"us-east-1"}, []string{"zone"}},
	"a zone that begins like the region":  {[]given{network, {"region": "us-east-1", "network.availability-zone": "us-east-11a"}}, "network.availability-zone", nil, nil},
	"a region for a zone":                 {[]given{network, {"network.availability-zone": "us-east-1"}}, "network.availability-zone", []string{"zone"}, nil},
	"addresses that the template takes":   {[]given{network, {"network.cidr": "999.999.999.999/99"}}, "network.cidr", []string{"999.999.999.999/99"}, nil},
	"addresses of the newer kind":         {[]given{network, {"network.cidr": "2001:db8::/32"}}, "network.cidr", []string{"IPv4"}, nil},
	"an address without a length":         {[]given{network, {"network.cidr": "203.0.113.0"}}, "network.cidr", nil, nil},
	"no source":                           {[]given{network, {"network.cidr": ""}}, "network.cidr", []string{"missing"}, nil},
	"the name of a prefix list":           {[]given{network, {"network.source": "prefix-list", "network.prefix-list": "office"}}, "network.prefix-list", []string{"pl-"}, nil},
	"the name of a security group":        {[]given{network, {"network.source": "security-group", "network.security-group": "office"}}, "network.security-group", []string{"sg-"}, nil},
	"a VPC by another id":                 {[]given{network, {"network.vpc": subnet}}, "network.vpc", []string{"vpc-"}, nil},
	"a subnet by another id":              {[]given{network, {"network.subnet": vpc}}, "network.subnet", []string{"subnet-"}, nil},
	"no subnet for the load balancer":     {[]given{network, {"load-balancer.kind": "network"}}, "load-balancer.subnet", []string{"missing"}, nil},
	"a name of 21 letters":                {[]given{{"stack.name": strings.Repeat("a", 21)}}, "stack.name", []string{"20"}, nil},
	"a name that begins with a digit":     {[]given{{"stack.name": "1a"}}, "stack.name", []string{"letter"}, nil},
	"a name with an underscore":           {[]given{{"stack.name": "a_b"}}, "stack.name", nil, nil},
	"a small root volume":                 {[]given{{"stack.root-volume": 7}}, "stack.root-volume", []string{"8", "1000", "7"}, nil},
	"a small persistent volume":           {[]given{{"stack.persistent-volume": 7}}, "stack.persistent-volume", []string{"8"}, nil},
	"a volume of 1,001 GB":                {[]given{{"stack.persistent-volume": 1001}}, "stack.persistent-volume", []string{"1000"}, nil},
	"an instance of the older types":      {[]given{{"stack.instance-type": "m3.large"}}, "stack.instance-type", nil, nil},
	"a role name with a space":            {[]given{supplied, {"manager.name": "a b"}}, "manager.name", nil, nil},
	"a role name of 65 letters":           {[]given{supplied, {"engine.name": strings.Repeat("a", 65)}}, "engine.name", []string{"64"}, nil},
	"a bad name for the template's role":  {[]given{{"stack.role-name": "a/b"}}, "stack.role-name", nil, nil},
	"no name of an existing role":         {[]given{{"manager.source": "existing"}}, "manager.name", []string{"missing"}, nil},
	"no name of the engine's":             {[]given{supplied, {"engine.source": "existing"}}, "engine.name", []string{"missing"}, nil},
	"a policy name of 129 letters":        {[]given{supplied, {"manager.policy": strings.Repeat("p", 129)}}, "manager.policy", []string{"128"}, nil},
	"one name for two policies":           {[]given{supplied, {"manager.policy": "p", "engine.policy": "P"}}, "engine.policy", []string{"manager"}, []string{"another"}},
	"no key pair":                         {[]given{{"access.kind": "key-pair"}}, "access.key-name", []string{"missing"}, nil},
	"no public key":                       {[]given{imported, {"access.public-key": ""}}, "access.public-key", []string{"missing"}, nil},
	"a key of a type that EC2 has not":    {[]given{imported, {"access.public-key": "ssh-dss AAAAB3NzaC1kc3M="}}, "access.public-key", []string{"ssh-rsa", "ssh-ed25519"}, nil},
	"a key pair name of 256 letters":      {[]given{imported, {"access.key-name": strings.Repeat("k", 256)}}, "access.key-name", []string{"255"}, nil},
	"a key pair name that is not ASCII":   {[]given{imported, {"access.key-name": "schlüssel"}}, "access.key-name", []string{"ASCII"}, nil},
	"an account of eleven digits":         {[]given{{"account": "11112222333"}}, "account", []string{"12"}, nil},
	"more regions than a policy holds":    {[]given{supplied, {"engine.regions": manyRegions()}}, "engine.regions", []string{"6144"}, []string{"fewer"}},
	"the document's account":              {[]given{{"account": "ACCOUNT_ID"}}, "account", []string{"digits"}, nil},
	"the document's region":               {[]given{{"region": "REGION"}}, "region", []string{"region"}, nil},
}

// manyRegions are more than there are, in the form that they have.
func manyRegions() []string {
	var out []string
	for n := range 100 {
		out = append(out, fmt.Sprintf("%s-%d", []string{"us-east", "us-west", "eu-west", "eu-north", "eu-south", "ap-east", "ap-west", "sa-east", "sa-west", "af-south"}[n/10], n%10))
	}
	return out
}

func TestWhatIsRefused(t *testing.T) {
	for name, c := range refusals {
		_, problems := built(with(c.given...))
		if len(problems) != 1 || problems[0].Key != c.key {
			t.Errorf("%s: %+v", name, problems)
			continue
		}
		for _, word := range c.reason {
			if !strings.Contains(problems[0].Text, word) {
				t.Errorf("%s: the reason does not say %q: %s", name, word, problems[0].Text)
			}
		}
		for _, word := range append([]string{" "}, c.remedy...) {
			if !strings.Contains(problems[0].Remedy, word) {
				t.Errorf("%s: the remedy does not say %q: %s", name, word, problems[0].Remedy)
			}
		}
	}
}

// TestWhatIsTaken is the other side of the limits: nothing more is refused than has to be.
func TestWhatIsTaken(t *testing.T) {
	for name, c := range map[string][]given{
		"20 letters":                         {{"stack.name": strings.Repeat("a", 20)}},
		"one letter":                         {{"stack.name": "a"}},
		"volumes at the limits":              {{"stack.root-volume": 8, "stack.persistent-volume": 1000}},
		"roles of 64 letters":                {supplied, {"manager.name": strings.Repeat("m", 64), "engine.name": strings.Repeat("e", 64)}},
		"all letters of a role":              {supplied, {"manager.name": "a+=,.@-_9"}},
		"a boundary of AWS's":                {{"manager.permissions-boundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
		"a boundary with a path":             {{"manager.permissions-boundary": "arn:aws:iam::111122223333:policy/team/b"}},
		"the security group without one":     {network, {"network.source": "security-group", "network.security-group": "sg-0a1b2c3d"}},
		"a zone of GovCloud":                 {network, {"region": "us-gov-west-1", "network.availability-zone": "us-gov-west-1b"}},
		"a key pair name of 255 letters":     {imported, {"access.key-name": strings.Repeat("k", 255)}},
		"one name for policies of two roles": {supplied, {"policies.attach": "inline", "manager.policy": "p", "engine.policy": "q"}},
		"a profile of 64 letters":            {supplied, {"manager.name": strings.Repeat("m", 64), "manager.instance-profile": true}},
	} {
		if _, problems := built(with(c...)); len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

// oneName are the answers that give a policy the name that Session Manager's has.
var oneName = map[string]given{
	"manager.policy": {"access.kind": "session-manager"}, "engine.policy": {"access.kind": "session-manager", "access.engine-session": true},
}

// TestPoliciesOfOneName: two policies of the account's of one name would be one, whatever their case.
func TestPoliciesOfOneName(t *testing.T) {
	for key, session := range oneName {
		for _, name := range []string{"ai-unlimited-session-manager", "AI-Unlimited-Session-Manager"} {
			_, problems := built(with(supplied, session, given{key: name}))
			if len(problems) != 1 || problems[0].Key != key || !strings.Contains(problems[0].Text, "Session Manager") {
				t.Errorf("%s: %s: %+v", key, name, problems)
			}
		}
	}
}

// TestSessionPolicyThatIsNotMade takes no name: AWS's is attached under its own.
func TestSessionPolicyThatIsNotMade(t *testing.T) {
	existing := given{"manager.source": "existing", "manager.name": "m", "policies.attach": "inline", "manager.policy": "ai-unlimited-session-manager"}
	good(t, existing, given{"access.kind": "session-manager", "access.session-policy": "aws"})
	good(t, existing, given{"access.kind": "none"})
}

// TestInlinePoliciesOfOneName: on one role the later would overwrite the earlier without a word.
func TestInlinePoliciesOfOneName(t *testing.T) {
	for key, session := range oneName {
		_, problems := built(with(supplied, session, given{"policies.attach": "inline", key: "ai-unlimited-session-manager"}))
		if len(problems) != 1 || problems[0].Key != key {
			t.Errorf("%s: %+v", key, problems)
		}
	}
}

// private are private keys as people have them in files, made up: the letters after the first line are of no key.
var private = map[string]string{
	"OpenSSH":           "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n-----END OPENSSH PRIVATE KEY-----\n",
	"PKCS #8":           "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n-----END PRIVATE KEY-----\n",
	"RSA":               "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIj\n-----END RSA PRIVATE KEY-----\n",
	"in one line":       "-----BEGIN PRIVATE KEY----- MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f -----END PRIVATE KEY-----",
	"without its frame": "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW",
}

func TestPrivateKeyIsRefused(t *testing.T) {
	for name, key := range private {
		p, problems := built(with(imported, given{"access.public-key": key}))
		if len(problems) != 1 || problems[0].Key != "access.public-key" || !strings.Contains(problems[0].Text, "private key") || !strings.Contains(problems[0].Text, "public") {
			t.Errorf("%s: %+v", name, problems)
		}
		if leaked := leak(fmt.Sprintf("%#v", p), key); leaked != "" {
			t.Errorf("%s: the plan holds %q of it", name, leaked)
		}
		q, _ := aiunlimited.Guide().Find("access.public-key")
		if _, err := q.Accept(key); err == nil || leak(err.Error(), key) != "" {
			t.Errorf("%s: at the prompt: %v", name, err)
		}
	}
}

// TestPrivateKeyIsNotRepeated: errors reach logs and screens that others see.
func TestPrivateKeyIsNotRepeated(t *testing.T) {
	for name, key := range private {
		_, problems := built(with(imported, given{"access.public-key": key}))
		if leaked := leak(whole(problems), key); leaked != "" {
			t.Errorf("%s: the problem holds %q of it", name, leaked)
		}
	}
}

// whole is all that problems say, in every field: as an error a problem does not say what was given, and the command
// line prints that beside it.
func whole(problems []answers.Problem) string { return fmt.Sprintf("%#v", problems) }

// leak is a piece of a key that a text holds: eight letters of its base64 or more.
func leak(text, key string) string {
	for _, word := range strings.Fields(key) {
		if strings.Contains(word, "-----") || slices.Contains([]string{"PRIVATE", "OPENSSH", "RSA"}, word) {
			continue
		}
		for i := 0; i+8 <= len(word); i++ {
			if strings.Contains(text, word[i:i+8]) {
				return word[i : i+8]
			}
		}
	}
	return ""
}
