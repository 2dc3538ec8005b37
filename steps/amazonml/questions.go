package amazonml

import (
	"fmt"
	"slices"
	"strings"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/steps"
)

// going is the condition of every question after the first: nobody is asked anything who cannot use the service.
var going = steps.Is("service.use", "yes", "export")

func when(more ...steps.When) []steps.When { return append([]steps.When{going}, more...) }

func eligibility() steps.Step {
	return steps.Step{
		Title: "Does this account use Amazon ML?",
		Why: "Amazon Machine Learning takes no new users, and its objects live for two years. A role for it is of use only to an account " +
			"that has used the service before. Redshift ML, which trains models with SQL, is another service and has a guide of its own.",
		Link: pageService,
		Questions: []steps.Question{{
			Key: "service.use", Kind: answers.Choice, Title: "Amazon ML in this account", Default: "no",
			Help: "Whether this account already uses Amazon Machine Learning.",
			Why:  "No ends here and points to Redshift ML. With export the plan can be read and written down, and onramp does not apply it.",
			Choices: []steps.Option{
				{Value: "no", Title: "No, or not known", Help: "Nothing is made: use the guide redshift-ml."},
				{Value: "yes", Title: "Yes, it does", Help: "The guide goes on."},
				{Value: "export", Title: "Only write it down", Help: "The guide goes on; applying is switched off."},
			},
		}},
	}
}

// regions are those in which the service has an endpoint (AWS General Reference, Amazon Machine Learning endpoints).
var regions = []string{"us-east-1", "eu-west-1"}

func region(s string) error {
	if !slices.Contains(regions, s) {
		return fmt.Errorf("Amazon ML has endpoints in %s only", strings.Join(regions, " and ")) //nolint:staticcheck // the name of a service begins with a capital
	}
	return nil
}

func target() steps.Step {
	return steps.Step{
		Title: "Account and region",
		Why:   "Cluster, bucket and Amazon ML must be in one region and one account: \"not in the same region\" is the service's message where they are not.",
		Link:  pageErrors,
		Questions: []steps.Question{
			{
				Key: "account", Title: "Account number", When: when(), Check: awsname.AccountID,
				Help: "The 12 digits of the AWS account that this is for.",
				Why:  "The number stands in the ARNs that the policies name. onramp refuses to apply a plan in any other account, and so does the script.",
			},
			{
				Key: "region", Title: "Region", Default: regions[0], When: when(), Check: region,
				Help: "us-east-1 or eu-west-1.",
				Why:  "The service has no endpoint anywhere else.",
			},
		},
	}
}

func role() steps.Step {
	return steps.Step{
		Number: "M4", Title: "IAM role",
		Why: "Amazon ML assumes this role to let itself into the cluster's security group, to export the data of a query to S3 and to read it there. " +
			"The console asks for the role's ARN when a datasource is created.",
		Link: pageRole,
		Questions: []steps.Question{
			{
				Key: "role.name", Title: "Role name", Default: "AmazonMLRedshiftRole", When: when(), Check: awsname.RoleName,
				Help: "A name that no other role of the account has.",
				Why:  "A role that is there and was not made by this guide is changed only with consent, after its trust policy was shown beside the planned one.",
				Link: pageIAMNames,
			},
			{
				Key: "role.permissions-boundary", Title: "Permissions boundary", Optional: true, When: when(), Check: awsname.PolicyARN,
				Help: "ARN of the policy that bounds the role; empty for none.",
				Why:  "Some organisations allow a role to be made only with a boundary. The role may then do what both its policies and the boundary allow.",
				Link: pageBoundary,
			},
		},
	}
}

func source() steps.Step {
	return steps.Step{
		Title: "Cluster and staging bucket",
		Why: "Amazon ML runs a query on the cluster, and the results are staged in a bucket. Both are only named here, to bound what the role may do: " +
			"nothing of them is made or changed. The cluster must be available and publicly accessible, or the service says \"isn't publicly accessible\".",
		Link: pageErrors,
		Questions: []steps.Question{
			{
				Key: "source.cluster", Title: "Cluster identifier", When: when(), Check: awsname.ClusterIdentifier, Lookup: "clusters",
				Help: "The cluster that holds the data.",
				Why:  "1 to 63 lower-case letters, digits and hyphens, beginning with a letter.",
			},
			{
				Key: "source.bucket", Title: "Staging bucket", When: when(), Check: awsname.Bucket, Lookup: "buckets",
				Help: "The S3 bucket for the results of the query.",
				Why:  "AWS's managed policy reaches only buckets whose names begin with " + managedPrefix + ". Any other bucket needs a policy of its own.",
				Link: pageManaged,
			},
			{
				Key: "source.prefix", Title: "Prefix in the bucket", Optional: true, When: when(), Check: prefix,
				Help: "The folder for the results, such as amazon-ml/; empty for the whole bucket.",
				Why:  "AWS advises a prefix of its own, without anything sensitive in it: the service may read and write all that is below it.",
			},
		},
	}
}

// prefix takes the characters that S3 calls safe in a key: no wildcard and no variable of a policy is among them
// (Amazon S3 User Guide, Naming Amazon S3 objects).
func prefix(s string) error {
	switch {
	case len(s) > 900: // of the 1,024 of a key, the service needs some for its own names
		return fmt.Errorf("a prefix has at most 900 characters, this one has %d", len(s))
	case strings.HasPrefix(s, "/") || !strings.HasSuffix(s, "/"):
		return fmt.Errorf("a prefix does not begin with a slash and ends with one: amazon-ml/")
	case strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("!-_.'()/", r)
	}):
		return fmt.Errorf("a prefix has letters, digits and !-_.'()/ only")
	}
	return nil
}

func permissions() steps.Step {
	return steps.Step{
		Number: "C1", Title: "Permissions of the role",
		Why: "The document's steps M5 to M7 choose the managed policy AmazonMachineLearningRoleforRedshiftDataSource. AWS has retired it, and its second version; " +
			"V3 is what replaced both. The service says \"can't configure a security group\" where the role lacks what it needs.",
		Link: pageRole,
		Questions: []steps.Question{
			{
				Key: "permissions.choice", Kind: answers.Choice, Title: "Permissions", Default: "scoped", When: when(),
				Propose: []steps.Proposal{{When: []steps.When{steps.Begins("source.bucket", managedPrefix)}, Value: "managed"}},
				Help:    "How much the role may do.",
				Why: "Four of the actions are on cluster security groups, which only clusters outside a VPC had: they are kept because every version of AWS's policy has them. " +
					"The scoped policy names your cluster, bucket and prefix; nobody has tried it against the service.",
				Choices: []steps.Option{
					{Value: "managed", Title: "AWS's managed policy, V3", Help: "Only with a bucket whose name begins with " + managedPrefix + "."},
					{Value: "document", Title: "The document's own policy", Help: "Sixteen actions on everything: the same as the retired first version."},
					{Value: "scoped", Title: "Scoped", Help: "The same actions, on this cluster, this bucket and this prefix where that is possible."},
				},
			},
			{
				Key: "permissions.extra", Kind: answers.YesNo, Title: "Add what only the text names", Default: false, When: when(),
				Help: "s3:ListBucket on the bucket and s3:PutObjectAcl below the prefix.",
				Why:  "The document's text asks for both, its policy grants neither, and no version of AWS's policy does: the service writes itself a bucket policy.",
			},
		},
	}
}

func trust() steps.Step {
	return steps.Step{
		Number: "C2", Title: "Trust",
		Why:  "The trust policy lets machinelearning.amazonaws.com assume the role. \"The role is invalid. Amazon ML can't assume\" is the message where it does not.",
		Link: pageTrust,
		Questions: []steps.Question{{
			Key: "trust.conditions", Kind: answers.YesNo, Title: "Only for this account's datasources", Default: true, When: when(),
			Help: "Conditions on aws:SourceAccount and aws:SourceArn.",
			Why:  "Without them the service could be made to use the role for somebody else. The document of old has none; AWS's page of today does.",
		}},
	}
}

func pass() steps.Step {
	return steps.Step{
		Number: "C3", Title: "Who may pass the role",
		Why: "Whoever creates a datasource hands the role to Amazon ML, and needs iam:PassRole for it: \"not authorized to pass\" is the message otherwise. " +
			"They need rights on machinelearning too, which this guide does not give: AmazonMachineLearningFullAccess has them.",
		Link: pagePass,
		Questions: []steps.Question{
			{
				Key: "pass.to", Kind: answers.Choice, Title: "Who may pass it", Default: "user", When: when(),
				Help: "Who gets the policy that lets the role be passed.",
				Why:  "It is an inline policy on what is there already. Nothing else about the user, group or role changes.",
				Choices: []steps.Option{
					{Value: "user", Title: "An IAM user", Help: "As the document has it."},
					{Value: "group", Title: "An IAM group", Help: "All of its users."},
					{Value: "role", Title: "Another IAM role", Help: "Whoever assumes it."},
					{Value: "nobody", Title: "Nobody", Help: "Somebody else sees to it."},
				},
			},
			{
				Key: "pass.user", Title: "User name", When: when(steps.Is("pass.to", "user")), Check: awsname.UserName, Lookup: "users",
				Help: "The IAM user who creates datasources.", Why: "The user must exist. All inline policies of a user have 2,048 characters together.",
			},
			{
				Key: "pass.group", Title: "Group name", When: when(steps.Is("pass.to", "group")), Check: awsname.IAMGroupName, Lookup: "groups",
				Help: "The IAM group of those who create datasources.", Why: "The group must exist. All inline policies of a group have 5,120 characters together.",
			},
			{
				Key: "pass.role", Title: "Name of the other role", When: when(steps.Is("pass.to", "role")), Check: awsname.RoleName, Lookup: "roles",
				Help: "The role of those who create datasources.", Why: "The role must exist, and is another one than the role of this guide.",
			},
			{
				Key: "pass.resource", Kind: answers.Choice, Title: "Which roles", Default: "role", When: when(steps.Is("pass.to", "user", "group", "role")),
				Help: "Which roles may be passed.",
				Why:  "The document prints * and says that the ARN of the role may stand there instead.",
				Choices: []steps.Option{
					{Value: "role", Title: "This role only", Help: "The role's ARN."},
					{Value: "any", Title: "Every role", Help: "*, as the document prints it: whoever has it can hand any role of the account to any service."},
				},
			},
		},
	}
}
