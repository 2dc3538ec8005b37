package aiunlimited_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"onramp/internal/plan"
)

// The parameters of the templates at the commit: with the default that the template has, and without one. A caller must
// give those without, if only as an empty text, and CloudFormation rejects what it does not know.
var (
	defaulted = map[string]string{
		"AiUnlimitedName": "ai-unlimited", "InstanceType": "t3.micro", "RootVolumeSize": "20", "PersistentVolumeSize": "20",
		"TerminationProtection": "false", "Private": "false", "Session": "false", "IamRole": "New",
		"AiUnlimitedAuthPort": "3000", "AiUnlimitedGrpcPort": "3282", "AiUnlimitedSchedulerHttpPort": "50061", "AiUnlimitedSchedulerGrpcPort": "50051",
		"AiUnlimitedUiPort": "80", "AiUnlimitedUiHttpsPort": "443", "AiUnlimitedVersion": "v0.3.8", "SchedulerVersion": "v0.1.80", "UiVersion": "v0.1.3",
		"UsePersistentVolume": "New", "ExistingPersistentVolumeId": "None", "PersistentVolumeDeletionPolicy": "Retain",
		"LatestAmiId": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
	}
	required   = []string{"IamRoleName", "IamPermissionsBoundary", "Vpc", "Subnet", "AvailabilityZone", "KeyName", "AccessCIDR", "PrefixList", "SecurityGroup"}
	sources    = []string{"AccessCIDR", "PrefixList", "SecurityGroup"}
	oneOf      = []string{"TerminationProtection", "Private", "Session"}
	templates  = map[string]string{"none": "ai-unlimited-without-lb.yaml", "network": "ai-unlimited-with-nlb.yaml"}
	emptyOrArn = regexp.MustCompile(`^$|^arn:aws[\w-]*:iam::(\d{12}|aws):policy/.+$`)
)

// known says which parameters a template has.
func known(balancer, key string) bool {
	_, is := defaulted[key]
	nlb := balancer == "network" && (key == "LoadBalancerScheme" || key == "LoadBalancerSubnet")
	return is || nlb || slices.Contains(required, key)
}

// named says that a text names a parameter, and not only one whose name it is a part of.
func named(text, key string) bool {
	return slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }), key)
}

// wrongParameters lists what the template would not take of a plan's parameters, or miss without a word.
func wrongParameters(p plan.Plan, balancer string, params map[string]string) []string {
	var wrong []string
	for _, key := range slices.Sorted(maps.Keys(params)) {
		if !known(balancer, key) {
			wrong = append(wrong, "the template has no parameter "+key)
		}
	}
	must := required
	if balancer == "network" {
		must = append(slices.Clone(required), "LoadBalancerSubnet")
	}
	for _, key := range must {
		if _, is := params[key]; !is && (len(p.FollowUps) != 1 || !named(p.FollowUps[0].When, key)) {
			wrong = append(wrong, key+" has no default, and is neither given nor named as open")
		}
	}
	for _, key := range oneOf {
		if v, is := params[key]; is && v != "true" && v != "false" {
			wrong = append(wrong, key+" is "+v)
		}
	}
	if !emptyOrArn.MatchString(params["IamPermissionsBoundary"]) {
		wrong = append(wrong, "the boundary is "+params["IamPermissionsBoundary"])
	}
	if params["IamRole"] == "Existing" && params["IamRoleName"] == "" {
		wrong = append(wrong, "an existing role without a name")
	}
	return wrong
}

// TestTheCommand is what is typed to make the stack. A named role needs the greater capability, and the instance
// profile that the template always makes needs one in any case.
func TestTheCommand(t *testing.T) {
	for balancer, template := range templates {
		for name, c := range map[string]struct {
			over  given
			words string
		}{
			"as proposed":    {nil, "--region us-east-1 --stack-name ai-unlimited"},
			"another name":   {given{"stack.name": "acme-ai", "region": "eu-west-1"}, "--region eu-west-1 --stack-name acme-ai"},
			"existing roles": {given{"manager.source": "existing", "manager.name": "m"}, "--region us-east-1 --stack-name ai-unlimited"},
		} {
			p := good(t, c.over, given{"load-balancer.kind": balancer})
			want := "aws cloudformation create-stack " + c.words + " --template-body file://" + template + " --parameters file://ai-unlimited-parameters.json --capabilities CAPABILITY_NAMED_IAM"
			if len(p.FollowUps) != 1 || strings.Join(p.FollowUps[0].Command, " ") != want || p.FollowUps[0].SQL != "" {
				t.Fatalf("%s, %s: %+v\nwant %s", balancer, name, p.FollowUps, want)
			}
			for _, word := range []string{template, "Teradata/ai-unlimited", commit, "deployments/aws/templates/ai-unlimited"} {
				if !strings.Contains(p.FollowUps[0].When, word) {
					t.Errorf("%s, %s: it does not name %s: %s", balancer, name, word, p.FollowUps[0].When)
				}
			}
			if p.Files[0].Name != "ai-unlimited-parameters.json" || !strings.Contains(p.Files[0].Title, template) || !strings.HasSuffix(p.Files[0].Text, "]\n") {
				t.Errorf("%s, %s: %+v", balancer, name, p.Files[0])
			}
		}
	}
}

// TestTheStackIsNeverRun: it is exported, and nothing in a plan calls CloudFormation.
func TestTheStackIsNeverRun(t *testing.T) {
	p := good(t, supplied, imported, network, balanced)
	for _, r := range p.Resources {
		for _, st := range r.Spec.Steps() {
			for _, c := range st.Calls() {
				if c.Service != "iam" && c.Service != "ec2" {
					t.Errorf("%s calls %s", r.ID, c.Name())
				}
			}
		}
	}
}

// TestParametersFilledIn: with the network answered nothing is open, exactly one source is named, and what the
// instance is like stands there as the template takes it: as texts.
func TestParametersFilledIn(t *testing.T) {
	p := good(t, network, balanced, given{
		"load-balancer.scheme": "internal", "network.private": true, "manager.permissions-boundary": "arn:aws:iam::aws:policy/ReadOnlyAccess",
		"stack.name": "a", "stack.instance-type": "t3.large", "stack.root-volume": 8, "stack.persistent-volume": 1000, "stack.termination-protection": true,
		"stack.role-name": "mine", "access.kind": "both", "access.key-name": "operators",
	})
	want := map[string]string{
		"AiUnlimitedName": "a", "InstanceType": "t3.large", "RootVolumeSize": "8", "PersistentVolumeSize": "1000", "TerminationProtection": "true",
		"Private": "true", "Session": "true", "KeyName": "operators", "IamRole": "New", "IamRoleName": "mine", "IamPermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess",
		"Vpc": vpc, "Subnet": subnet, "AvailabilityZone": "us-east-1a", "AccessCIDR": "203.0.113.0/24", "PrefixList": "", "SecurityGroup": "",
		"LoadBalancerScheme": "internal", "LoadBalancerSubnet": subnet,
	}
	have := parameters(t, p)
	for key, value := range want {
		if got, is := have[key]; got != value || !is {
			t.Errorf("%s is %q, want %q", key, got, value)
		}
	}
	for key, value := range have {
		if usual, is := defaulted[key]; want[key] == "" && value != "" && (!is || value != usual) {
			t.Errorf("%s is %q, which nobody has answered", key, value)
		}
	}
	if strings.Contains(p.FollowUps[0].When, "put into") {
		t.Errorf("everything is given: %s", p.FollowUps[0].When)
	}
}

// TestOneSource: the template puts all sources that are given into one rule, and EC2 takes one for each rule.
func TestOneSource(t *testing.T) {
	for source, c := range map[string]struct {
		answer, parameter, value string
	}{
		"cidr": {"network.cidr", "AccessCIDR", "203.0.113.0/24"}, "prefix-list": {"network.prefix-list", "PrefixList", "pl-0a1b2c3d4e5f60718"},
		"security-group": {"network.security-group", "SecurityGroup", "sg-0a1b2c3d4e5f60718"},
	} {
		// All of them are answered, and one is chosen.
		all := given{"network.cidr": "203.0.113.0/24", "network.prefix-list": "pl-0a1b2c3d4e5f60718", "network.security-group": "sg-0a1b2c3d4e5f60718"}
		params := parameters(t, good(t, network, all, given{"network.source": source, c.answer: c.value}))
		for _, key := range sources {
			want := map[bool]string{true: c.value}[key == c.parameter]
			if have, is := params[key]; have != want || !is {
				t.Errorf("%s: %s is %q", source, key, have)
			}
		}
	}
}

// TestWhatIsOpenIsNamed: without the network, what the template has no default for is named beside the command; with the
// network load balancer its subnet, too, and not the security group, which would leave rules without a source.
func TestWhatIsOpenIsNamed(t *testing.T) {
	choice := map[string]string{"none": "one of AccessCIDR, PrefixList and SecurityGroup", "network": "one of AccessCIDR and PrefixList"}
	for balancer, more := range map[string][]string{"none": {"SecurityGroup"}, "network": {"LoadBalancerSubnet"}} {
		p := good(t, given{"load-balancer.kind": balancer})
		when := p.FollowUps[0].When
		for _, key := range append([]string{"Vpc", "Subnet", "AvailabilityZone", "AccessCIDR", "PrefixList"}, more...) {
			if !named(when, key) {
				t.Errorf("%s: %s is not named: %s", balancer, key, when)
			}
		}
		if !strings.Contains(when, choice[balancer]) {
			t.Errorf("%s: it does not say %q: %s", balancer, choice[balancer], when)
		}
		if _, is := parameters(t, p)["Vpc"]; is {
			t.Errorf("%s: an open parameter is given", balancer)
		}
	}
}

// TestTheWholeInternet is warned about, and no other range.
func TestTheWholeInternet(t *testing.T) {
	for cidr, open := range map[string]bool{"0.0.0.0/0": true, "203.0.113.0/24": false, "10.0.0.0/8": false} {
		p := good(t, network, given{"network.cidr": cidr})
		if warns(p, "whole internet") != open {
			t.Errorf("%s: %+v", cidr, p.Warnings)
		}
	}
}

// TestBalancerAndNetwork is every combination of what stands before the manager and who may connect.
func TestBalancerAndNetwork(t *testing.T) {
	n := 0
	for _, balancer := range []string{"none", "network"} {
		for _, scheme := range []string{"internet-facing", "internal"} {
			for _, fill := range []bool{false, true} {
				for _, private := range []bool{false, true} {
					for _, source := range []string{"cidr", "prefix-list", "security-group"} {
						n++
						over := given{
							"load-balancer.kind": balancer, "load-balancer.scheme": scheme, "load-balancer.subnet": subnet, "network.fill-in": fill, "network.private": private,
							"network.source": source, "network.prefix-list": "pl-0a1b2c3d4e5f60718", "network.security-group": "sg-0a1b2c3d4e5f60718",
						}
						checkStack(t, with(network, over), balancer, fill && balancer == "network" && source == "security-group")
					}
				}
			}
		}
	}
	t.Logf("%d combinations", n)
}

func checkStack(t *testing.T, g given, balancer string, refused bool) {
	t.Helper()
	p, problems := built(g)
	if refused {
		if len(problems) != 1 || problems[0].Key != "network.source" {
			t.Errorf("%v: %v", g, problems)
		}
		return
	}
	if len(problems) > 0 {
		t.Errorf("%v: %v", g, problems)
		return
	}
	params := parameters(t, p)
	for _, wrong := range wrongParameters(p, balancer, params) {
		t.Errorf("%v: %s", g, wrong)
	}
	given := slices.DeleteFunc(slices.Clone(sources), func(key string) bool { return params[key] == "" })
	if want := map[bool]int{true: 1}[g["network.fill-in"] == true]; len(given) != want {
		t.Errorf("%v: sources %v", g, given)
	}
	if have, is := params["LoadBalancerScheme"]; is != (balancer == "network") || is && have != g["load-balancer.scheme"] {
		t.Errorf("%v: scheme %s", g, have)
	}
	if template := fmt.Sprint(p.FollowUps[0].Command); !strings.Contains(template, templates[balancer]) {
		t.Errorf("%v: %s", g, template)
	}
}
