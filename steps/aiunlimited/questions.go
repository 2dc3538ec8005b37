package aiunlimited

import (
	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/steps"
)

// Conditions that several questions share.
var (
	supplied = steps.Is("service.creates-roles", "false") // the engine's role is supplied
	ours     = steps.Is("manager.source", "new", "existing")
	withKey  = steps.Is("access.kind", "key-pair", "both")
	withSSM  = steps.Is("access.kind", "session-manager", "both")
)

func account() steps.Step {
	return steps.Step{
		Number: "1", Title: "Account and regions",
		Why:  "The manager runs in one region and deploys engines there or elsewhere. The engine's policy names account and regions: the document leaves placeholders for both.",
		Link: pageFinished,
		Questions: []steps.Question{
			{
				Key: "account", Title: "Account number", Check: awsname.AccountID,
				Help: "The 12 digits of the AWS account that this is for.",
				Why:  "The number stands in the ARNs that the policies name. onramp refuses to apply a plan in any other account, and so does the script.",
			},
			{
				Key: "region", Title: "Region of the manager", Default: "us-east-1", Check: awsname.Region,
				Help: "Where the stack of AI Unlimited is deployed.",
				Why:  "A key pair is of one region: it is looked for, or imported, in this one.",
			},
			{
				Key: "engine.regions", Kind: answers.List, Title: "Regions of the engine", Optional: true, Check: awsname.Region,
				Help: "Where engines are deployed; empty for the manager's region.",
				Why:  "The engine may read its secrets in these regions and in no other. The document cannot decide how much of this a star should stand for: none of it.",
			},
		},
	}
}

func rights() steps.Step {
	return steps.Step{
		Number: "2", Title: "May AI Unlimited create roles?",
		Why: "With each deployment of an engine the service creates a role for its nodes, if the account allows it: if the manager's policy has the actions, and no " +
			"boundary or policy of the organisation denies them. Otherwise it hands on a role that you supply.",
		Link: pagePolicies,
		Questions: []steps.Question{{
			Key: "service.creates-roles", Kind: answers.YesNo, Title: "The service may create roles", Default: true,
			Help: "Whether the manager may create and delete IAM roles in this account.",
			Why: "No is not much safer as the samples are: both let the manager rewrite and hand on every role of the account. A permissions boundary bounds that, " +
				"and so does narrowing the policy, which can be had with no.",
		}},
	}
}

func source() steps.Step {
	return steps.Step{
		Number: "3", Title: "Who makes the manager's role?",
		Why: "The manager is one instance. Its role comes from the template, from here, or is one that you have. The template gives the role that it makes the policy " +
			"with the creation of roles, always: no parameter chooses the other one.",
		Link: pageTemplates,
		Questions: []steps.Question{{
			Key: "manager.source", Kind: answers.Choice, Title: "The manager's role", Default: "stack",
			Propose: []steps.Proposal{{When: []steps.When{supplied}, Value: "new"}},
			Help:    "Where the role of the manager's instance comes from.",
			Why:     "Once a role exists, the stack must be told Existing. The finished page says New for a role of your own, and the stack then tries to make a role whose name is taken.",
			Choices: []steps.Option{
				{Value: "stack", Title: "The template makes it", Help: "Only where the service may create roles. Nothing is made here for it."},
				{Value: "new", Title: "Make one here", Help: "A role, its policies and nothing else."},
				{Value: "existing", Title: "One that is there", Help: "Its policies are put to it; nothing is taken away from it."},
			},
		}},
	}
}

func manager() steps.Step {
	return steps.Step{
		Number: "4", Title: "The manager's role",
		Why:  "What the manager may do, and under which name. The stack is told the name.",
		Link: pageNames,
		Questions: []steps.Question{
			{
				Key: "stack.role-name", Title: "Name for the template's role", Optional: true, When: []steps.When{steps.Is("manager.source", "stack")}, Check: awsname.RoleName,
				Help: "A name that is free; empty for one that CloudFormation makes up.",
				Why:  "Names of roles are unique in an account whatever their case.",
			},
			{
				Key: "manager.name", Title: "Name of the role", When: []steps.When{ours}, Check: awsname.RoleName, Lookup: "roles",
				Propose: []steps.Proposal{{When: []steps.When{steps.Is("manager.source", "new")}, Value: "ai-unlimited-iam-role"}},
				Help:    "A new name, or that of the role that is there.",
				Why:     "A role that is there must let instances assume it. Where it does not, its trust policy and what would be put to it are shown, and nothing happens without consent.",
			},
			{
				Key: "manager.permissions-boundary", Title: "Permissions boundary", Optional: true, When: []steps.When{steps.Is("manager.source", "stack", "new")}, Check: awsname.PolicyARN,
				Help: "ARN of the policy that bounds the role; empty for none.",
				Why:  "It is the one thing that holds for all that the manager does: its policies are on every resource of the account.",
				Link: pageBoundary,
			},
			{
				Key: "policies.attach", Kind: answers.Choice, Title: "Policies as", Default: "managed", When: []steps.When{ours},
				Help: "How the policies are put on the roles.",
				Why:  "The document creates policies and attaches them. An inline policy belongs to its role and goes with it.",
				Link: pageManaged,
				Choices: []steps.Option{
					{Value: "managed", Title: "Managed policies", Help: "As the document has it: policies of the account's own, with versions."},
					{Value: "inline", Title: "Inline policies", Help: "Part of the role."},
				},
			},
			{
				Key: "manager.policy", Title: "Name of the manager's policy", Default: "ai-unlimited-manager", When: []steps.When{ours}, Check: awsname.PolicyName,
				Help: "A name that no other policy of the account has.",
				Why:  "One of the name that this guide has not made is changed only with consent; the version that it had stays.",
			},
			{
				Key: "manager.instance-profile", Kind: answers.YesNo, Title: "An instance profile, too", Default: false, When: []steps.When{ours},
				Help: "A profile of the role's name that hands the role to instances.",
				Why:  "The template makes one of its own. Only who starts the instance without the template needs another.",
				Link: pageProfile,
			},
		},
	}
}

func engine() steps.Step {
	return steps.Step{
		Number: "5", Title: "The engine's role",
		Why: "The nodes of an engine read their secrets with this role, and the manager hands it on. It is another role than the manager's: the document calls both " +
			"\"the role\", and asks itself which is meant.",
		Link: pagePolicies,
		Questions: []steps.Question{
			{
				Key: "engine.source", Kind: answers.Choice, Title: "The engine's role", Default: "new", When: []steps.When{supplied},
				Help: "Where the role of the engine's nodes comes from.",
				Why:  "Who may assume it is said on no page: nodes are instances, so it is made for EC2. A role that is there is not looked at in this.",
				Choices: []steps.Option{
					{Value: "new", Title: "Make one here", Help: "A role that may read the engine's secrets."},
					{Value: "existing", Title: "One that is there", Help: "The policy is put to it."},
				},
			},
			{
				Key: "engine.name", Title: "Name of the engine's role", When: []steps.When{supplied}, Check: awsname.RoleName, Lookup: "roles",
				Propose: []steps.Proposal{{When: []steps.When{steps.Is("engine.source", "new")}, Value: "ai-unlimited-engine-role"}},
				Help:    "Another role than the manager's.",
				Why:     "It goes into the field \"Default IAM role\" of AI Unlimited's setup page.",
			},
			{
				Key: "engine.permissions-boundary", Title: "Permissions boundary", Optional: true, When: []steps.When{supplied, steps.Is("engine.source", "new")}, Check: awsname.PolicyARN,
				Help: "ARN of the policy that bounds the engine's role; empty for none.",
				Why:  "Some organisations allow a role to be made only with a boundary.",
				Link: pageBoundary,
			},
			{
				Key: "engine.policy", Title: "Name of the engine's policy", Default: "ai-unlimited-engine", When: []steps.When{supplied}, Check: awsname.PolicyName,
				Help: "A name that no other policy of the account has.",
				Why:  "It allows one action: secretsmanager:GetSecretValue on the engine's secrets.",
			},
		},
	}
}

func narrow() steps.Step {
	return steps.Step{
		Number: "6", Title: "Hold the manager to the engine's role", Optional: true,
		Why:  "The sample lets the manager hand on any role of the account, and rewrite it first. With a role that is supplied it needs that for one role only.",
		Link: pagePass,
		Questions: []steps.Question{{
			Key: "manager.narrow", Kind: answers.YesNo, Title: "Only the engine's role", Default: false, When: []steps.When{supplied},
			Help: "iam:PassRole, iam:PutRolePolicy and iam:TagRole on the engine's role instead of every role.",
			Why:  "It differs from the sample, and nobody has tried it with the product.",
		}},
	}
}

func access() steps.Step {
	return steps.Step{
		Number: "7", Title: "Access to the instance",
		Why:  "To run commands or to look for a fault. Neither is needed for the product to work; the two are independent of each other.",
		Link: pageFinished,
		Questions: []steps.Question{
			{
				Key: "access.kind", Kind: answers.Choice, Title: "Access", Default: "none",
				Help: "How somebody gets a shell on the manager's instance.",
				Why:  "A key pair opens port 22 to the source that the stack is given. Session Manager opens no port.",
				Choices: []steps.Option{
					{Value: "none", Title: "None", Help: "Nobody does."},
					{Value: "key-pair", Title: "Key pair", Help: "With SSH."},
					{Value: "session-manager", Title: "Session Manager", Help: "Through AWS Systems Manager."},
					{Value: "both", Title: "Both", Help: "Either way."},
				},
			},
			{
				Key: "access.key", Kind: answers.Choice, Title: "Key pair", Default: "existing", When: []steps.When{withKey},
				Help: "Whether EC2 has the public key already.",
				Why:  "onramp makes no key: the private half would pass through it. ssh-keygen -t ed25519 makes one on your own machine.",
				Link: pageKeyPairs,
				Choices: []steps.Option{
					{Value: "existing", Title: "It has", Help: "The key pair is looked for in the manager's region."},
					{Value: "import", Title: "Import a public key", Help: "RSA or ED25519."},
				},
			},
			{
				Key: "access.key-name", Title: "Name of the key pair", When: []steps.When{withKey}, Check: awsname.KeyPairName, Lookup: "key-pairs",
				Help: "1 to 255 characters of ASCII.", Why: "The template does not look whether it exists, so the stack would fail late.", Link: pageKeyPairs,
			},
			{
				Key: "access.public-key", Title: "Public key", When: []steps.When{withKey, steps.Is("access.key", "import")}, Check: awsname.PublicKey,
				Help: "The line of the .pub file: ssh-ed25519 AAAA... comment.", Why: "A public key is no secret. A private one is refused.", Link: pageKeyPairs,
			},
			{
				Key: "access.session-policy", Kind: answers.Choice, Title: "Policy for Session Manager", Default: "sample", When: []steps.When{withSSM, ours},
				Help: "What lets Systems Manager reach the instance.",
				Why:  "The template gives this to a role that it makes itself; with any other, its parameter Session does nothing.",
				Link: pageSession,
				Choices: []steps.Option{
					{Value: "sample", Title: "The document's session-manager.json", Help: "AWS's policy without the reading of parameters."},
					{Value: "aws", Title: "AWS's AmazonSSMManagedInstanceCore", Help: "AWS keeps it up to date. It may read every parameter of Systems Manager."},
				},
			},
			{
				Key: "access.engine-session", Kind: answers.YesNo, Title: "On the engine's role, too", Default: false, When: []steps.When{withSSM, ours, supplied},
				Help: "The same policy on the role of the engine's nodes.",
				Why:  "The document says in one place that the policy is for connecting to the engine; the finished page puts it on the manager's role.",
			},
		},
	}
}
