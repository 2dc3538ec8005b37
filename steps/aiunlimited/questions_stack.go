package aiunlimited

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/steps"
)

var withNetwork = steps.Is("network.fill-in", "true")

func balancer() steps.Step {
	return steps.Step{
		Number: "8", Title: "Load balancer",
		Why:  "It changes no policy of a role. It chooses which of the templates is deployed.",
		Link: pageTemplates,
		Questions: []steps.Question{
			{
				Key: "load-balancer.kind", Kind: answers.Choice, Title: "Load balancer", Default: "none",
				Help: "What stands before the manager.",
				Why: "The document asks for rights on Certificate Manager and Route 53 with either. That is true of the application load balancer's template only, which was " +
					"withdrawn on 2024-10-30.",
				Choices: []steps.Option{
					{Value: "none", Title: "None", Help: "What the finished page recommends to who is not sure."},
					{Value: "network", Title: "Network Load Balancer", Help: "A template of its own."},
					{Value: "application", Title: "Application Load Balancer", Help: "Withdrawn: choosing it says what it needed, and goes no further."},
				},
			},
			{
				Key: "load-balancer.scheme", Kind: answers.Choice, Title: "Scheme", Default: "internet-facing", When: []steps.When{steps.Is("load-balancer.kind", "network")},
				Help: "From where it can be reached.", Why: "internet-facing is the template's default.",
				Choices: []steps.Option{
					{Value: "internet-facing", Title: "From the internet", Help: "As far as the source of step 9 admits it."},
					{Value: "internal", Title: "From the VPC", Help: "And what is connected to it."},
				},
			},
		},
	}
}

func network() steps.Step {
	return steps.Step{
		Number: "9", Title: "Network of the stack", Optional: true,
		Why:  "The template has no defaults for these. They can be filled in now, or in the parameters file before it is used.",
		Link: pageTemplates,
		Questions: []steps.Question{
			{
				Key: "network.fill-in", Kind: answers.YesNo, Title: "Fill in the network now", Default: false,
				Help: "Whether VPC, subnet and source are answered here.", Why: "What is left open is named beside the command that makes the stack.",
			},
			{
				Key: "network.vpc", Title: "VPC", When: []steps.When{withNetwork}, Check: awsname.VPC, Lookup: "vpcs",
				Help: "The VPC of the manager.", Why: "The template checks that the subnet is in it.",
			},
			{
				Key: "network.subnet", Title: "Subnet", When: []steps.When{withNetwork}, Check: awsname.Subnet, Lookup: "subnets",
				Help: "The subnet of the manager.", Why: "A public one, unless the instance is private and reached from inside.",
			},
			{
				Key: "network.availability-zone", Title: "Availability zone", When: []steps.When{withNetwork}, Check: zone,
				Help: "That of the subnet, such as us-east-1a.", Why: "The volume is made in this zone: another one than the subnet's makes the stack fail.",
			},
			{
				Key: "load-balancer.subnet", Title: "Subnet of the load balancer", When: []steps.When{steps.Is("load-balancer.kind", "network"), withNetwork}, Check: awsname.Subnet, Lookup: "balancer-subnets",
				Help: "A subnet of the VPC.", Why: "An internet-facing one needs a subnet with a route to an internet gateway.",
			},
			{
				Key: "network.private", Kind: answers.YesNo, Title: "Without a public address", Default: false, When: []steps.When{withNetwork},
				Help: "Whether the instance gets no public address.", Why: "It is then reached from the VPC and what is connected to it only.",
			},
			{
				Key: "network.source", Kind: answers.Choice, Title: "Who may connect", Default: "cidr", When: []steps.When{withNetwork},
				Help: "What the rules of the security group name.",
				Why: "The finished page says at least one. The template puts all that are given into one rule, and EC2 takes one source for each: it must be exactly one. " +
					"With the network load balancer a security group leaves its rules without a source.",
				Link: pageIngress,
				Choices: []steps.Option{
					{Value: "cidr", Title: "A range of addresses", Help: "Such as 203.0.113.0/24."},
					{Value: "prefix-list", Title: "A prefix list", Help: "By its id, pl-...: the finished page asks for its name, and the template for the id."},
					{Value: "security-group", Title: "A security group", Help: "By its id, sg-...; not with a load balancer."},
				},
			},
			{
				Key: "network.cidr", Title: "Range of addresses", When: []steps.When{withNetwork, steps.Is("network.source", "cidr")}, Check: awsname.CIDR,
				Help: "Addresses and the length of the prefix: 203.0.113.0/24.", Why: "The template's own check lets 999.999.999.999/99 pass, and the stack fails.",
			},
			{
				Key: "network.prefix-list", Title: "Prefix list", When: []steps.When{withNetwork, steps.Is("network.source", "prefix-list")}, Check: awsname.PrefixList,
				Help: "Its id: pl-...", Why: "A list that the account keeps, or one of AWS's.",
			},
			{
				Key: "network.security-group", Title: "Security group", When: []steps.When{withNetwork, steps.Is("network.source", "security-group")}, Check: awsname.SecurityGroup, Lookup: "security-groups",
				Help: "Its id: sg-...", Why: "Whatever is in that group may connect.",
			},
		},
	}
}

func instance() steps.Step {
	size := func(key, title, help string) steps.Question {
		return steps.Question{
			Key: key, Kind: answers.Number, Title: title, Default: 20, Check: gigabytes, Help: help, Why: "8 to 1,000 GB, as the template takes it.",
		}
	}
	return steps.Step{
		Number: "10", Title: "The stack and its instance", Optional: true,
		Why:  "What the parameters file says of the instance. Everything has the template's default.",
		Link: pageTemplates,
		Questions: []steps.Question{
			{
				Key: "stack.name", Title: "Name", Default: "ai-unlimited", Check: stackName,
				Help: "Of the stack, and of what is in it.", Why: "A letter, then letters, digits and hyphens: 20 characters at most.",
			},
			{
				Key: "stack.instance-type", Kind: answers.Choice, Title: "Instance type", Default: "t3.micro",
				Help: "By how many operations run at once.",
				Why: "The finished page has micro for 1, small up to 5, medium up to 10, large up to 20. The template lists older types, too; its boot script formats a disk " +
					"of a name that only newer ones have, so they are not offered.",
				Choices: []steps.Option{
					{Value: "t3.nano", Title: "t3.nano"},
					{Value: "t3.micro", Title: "t3.micro"},
					{Value: "t3.small", Title: "t3.small"},
					{Value: "t3.medium", Title: "t3.medium"},
					{Value: "t3.large", Title: "t3.large"},
				},
			},
			size("stack.root-volume", "Root volume, GB", "Size of the volume with the system."),
			size("stack.persistent-volume", "Persistent volume, GB", "Size of the volume that outlives the instance."),
			{
				Key: "stack.termination-protection", Kind: answers.YesNo, Title: "Protect the instance from termination", Default: false,
				Help: "Whether the instance can be terminated only after this is switched off.", Why: "It must be switched off before the stack can be deleted.",
			},
		},
	}
}

var (
	stackNames = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]{0,19}$`)
	})
	zones = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+([a-z]|(-[a-z0-9]+)+)$`)
	})
)

func stackName(s string) error {
	if !stackNames().MatchString(s) {
		return errors.New("the name of a stack begins with a letter and has 1 to 20 letters, digits and hyphens")
	}
	return nil
}

func zone(s string) error {
	if !zones().MatchString(s) {
		return errors.New("an availability zone is a region and a letter: us-east-1a")
	}
	return nil
}

func gigabytes(s string) error {
	if n, err := strconv.Atoi(s); err != nil || n < 8 || n > 1000 {
		return fmt.Errorf("a volume has 8 to 1000 GB, not %s", s)
	}
	return nil
}
