package redshiftml

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/steps"
)

var (
	isCluster    = steps.Is("warehouse.kind", "cluster", "new-cluster")
	isNew        = steps.Is("warehouse.kind", "new-cluster")
	isServerless = steps.Is("warehouse.kind", "serverless")
)

func target() steps.Step {
	return steps.Step{
		Title: "Account and region",
		Why: "Everything that follows is made in one account and one region. With credentials both are read from AWS and only shown. " +
			"Without them, say here which account the script or template will be run in: the names of roles, keys and policies contain its number.",
		Link: pageSetup,
		Questions: []steps.Question{
			{
				Key: "account", Title: "Account number", Check: awsname.AccountID,
				Help: "The 12 digits of the AWS account that this is for.",
				Why:  "The number stands in every ARN that the policies name. onramp refuses to apply a plan in any other account, and so does the script.",
			},
			{
				Key: "region", Title: "Region", Check: awsname.Region,
				Help: "The region of the warehouse, such as us-east-1.",
				Why:  "Redshift ML needs warehouse, bucket and key in one region. AWS publishes no list of regions that offer Redshift ML; a region with Redshift and SageMaker Autopilot is a good sign.",
				Link: pageUsage,
			},
		},
	}
}

func warehouse() steps.Step {
	return steps.Step{
		Number: "1", Title: "Warehouse",
		Why: "CREATE MODEL runs in a Redshift warehouse, which must be allowed to use an IAM role. That can be a cluster you have, " +
			"a cluster to be made, or a serverless namespace with its workgroup.",
		Link: pageSetup,
		Questions: []steps.Question{
			{
				Key: "warehouse.kind", Kind: answers.Choice, Title: "Warehouse", Default: "cluster",
				Help: "What will run CREATE MODEL.",
				Why:  "An existing warehouse is only given the role; nothing else about it changes unless you ask for VPC routing. A new cluster costs money from the minute it is there.",
				Choices: []steps.Option{
					{Value: "cluster", Title: "A cluster that exists", Help: "The role is attached to it."},
					{Value: "new-cluster", Title: "A new cluster", Help: "It is made with the role; billed by the hour."},
					{Value: "serverless", Title: "Redshift Serverless", Help: "The role is attached to the namespace."},
				},
			},
			{
				Key: "warehouse.cluster", Title: "Cluster identifier", When: []steps.When{isCluster}, Check: awsname.ClusterIdentifier, Lookup: "clusters",
				Help: "The name of the cluster in the Redshift console.",
				Why:  "1 to 63 lower-case letters, digits and hyphens, beginning with a letter. For a new cluster it is the name that it will have.",
				Link: pageClusters,
			},
			{
				Key: "warehouse.namespace", Title: "Namespace", When: []steps.When{isServerless}, Check: awsname.NamespaceName, Lookup: "namespaces",
				Help: "The serverless namespace: database, users and roles belong to it.",
				Why:  "Roles are attached to the namespace, not to the workgroup. UpdateNamespace takes the whole list of roles, so onramp reads the list and adds to it.",
			},
			{
				Key: "warehouse.workgroup", Title: "Workgroup", When: []steps.When{isServerless}, Check: awsname.WorkgroupName, Lookup: "workgroups",
				Help: "The workgroup of that namespace: it runs the queries.",
				Why:  "SQL is sent to the workgroup, and VPC routing is one of its settings.",
			},
			{
				Key: "warehouse.node-type", Title: "Node type", When: []steps.When{isNew}, Default: "ra3.large", Check: awsname.NodeType,
				Help: "The size of each node of the new cluster.",
				Why:  "ra3 and rg nodes are billed by the hour and keep their data in managed storage. ra3.large is the smallest of the family.",
				Link: pageClusters,
			},
			{
				Key: "warehouse.nodes", Kind: answers.Number, Title: "Number of nodes", When: []steps.When{isNew}, Default: 2, Check: nodeCount,
				Help: "1 makes a single-node cluster, 2 or more a multi-node one.",
				Why:  "Each node costs its hourly price. Two are the least that survive the loss of one.",
				Link: pageClusters,
			},
			{
				Key: "warehouse.database", Title: "Database", Default: "dev", Check: awsname.SQLIdentifier, Lookup: "databases",
				Help: "The database that groups, schemas and grants are made in.",
				Why:  "dev is the database that every new warehouse has.",
			},
			{
				Key: "warehouse.admin-user", Title: "Admin user", When: []steps.When{isNew}, Default: "awsuser", Check: awsname.AdminUser,
				Help: "The first superuser of the new cluster.",
				Why:  "Its password is made by AWS and kept in Secrets Manager. onramp never asks for one and never sees it; the secret has a monthly price.",
			},
			{
				Key: "warehouse.subnet-group", Title: "Subnet group", When: []steps.When{isNew}, Optional: true, Check: awsname.SubnetGroup,
				Help: "The cluster subnet group; leave it empty for the account's default.",
				Why:  "It decides in which VPC and which subnets the cluster's nodes stand.",
			},
			{
				Key: "warehouse.track", Title: "Maintenance track", Optional: true, IfGiven: true,
				Help: "current, or nothing: onramp leaves maintenance tracks as they are.",
				Why: "AWS's document of 2020 began with a cluster on a track for previews. Redshift ML has been generally available since 2021 and needs no track; " +
					"AWS offers current, on which every new cluster is made, and trailing.",
				Link: pageTracks,
			},
		},
	}
}

// roleName refuses the comma that IAM allows: in Redshift's SQL it separates the ARNs of a chain of roles
// (Amazon Redshift Management Guide, Chaining IAM roles in Amazon Redshift).
func roleName(s string) error {
	if strings.Contains(s, ",") {
		return errors.New("a name with a comma would read as a chain of roles in Redshift's SQL")
	}
	return awsname.RoleName(s)
}

// rolePath refuses what IAM allows in a path and reads as a wildcard, a variable or an unfilled placeholder
// in a policy that names the role, or as a chain of roles in SQL.
func rolePath(s string) error {
	if strings.ContainsAny(s, "*?$") {
		return errors.New("a path with *, ? or $ would be a wildcard in the policies that name the role")
	}
	if strings.Contains(s, ",") {
		return errors.New("a path with a comma would read as a chain of roles in Redshift's SQL")
	}
	if strings.ContainsAny(s, "`<") {
		return errors.New("a path with ` or < would look like a placeholder that was left in the policies that name the role")
	}
	return awsname.RolePath(s)
}

// keyRef refuses the keys that AWS manages: their policies let no other service's role use them.
func keyRef(s string) error {
	if strings.Contains(s, "alias/aws/") {
		return errors.New("a key that AWS manages cannot be given to a role: name a customer managed key")
	}
	return awsname.KeyRef(s)
}

func nodeCount(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil {
		return fmt.Errorf("%q is not a whole number", s)
	}
	return awsname.NodeCount(n)
}

func role() steps.Step {
	return steps.Step{
		Number: "2", Title: "IAM role",
		Why: "Redshift assumes this role to put training data into your bucket and to start SageMaker jobs; SageMaker then assumes the same role to read the data. " +
			"What the role may do, every database user who may create models can have done.",
		Link: pageSetup,
		Questions: []steps.Question{
			{
				Key: "role.choice", Kind: answers.Choice, Title: "Permissions of the role", Default: "restrictive",
				Help: "How much the role may do.",
				Why: "Simple takes two AWS managed policies: it works at once, and opens every bucket of the account. Console-default is what the Redshift console makes: " +
					"it reaches things with redshift in their name. Restrictive names your bucket, your key and this role, and nothing else.",
				Link: pagePolicies,
				Choices: []steps.Option{
					{Value: "simple", Title: "Simple", Help: "AmazonS3FullAccess and AmazonSageMakerFullAccess: every bucket of the account."},
					{Value: "console-default", Title: "Console default", Help: "AmazonRedshiftAllCommandsFullAccess: names that contain redshift."},
					{Value: "restrictive", Title: "Restrictive", Help: "A policy on this bucket, this key, this role."},
				},
			},
			{
				Key: "role.policy", Kind: answers.Choice, Title: "Restrictive policy", Default: "current", When: []steps.When{steps.Is("role.choice", "restrictive")},
				Help: "Which version of the restrictive policy.",
				Why: "AWS's page of 2023 left out the actions for hosted endpoints and tags; the page of today has them. Both allow sagemaker:*Job* on everything. " +
					"Tightened is ours: it names each action, only jobs with redshift in their name, and to whom the role may be passed. It follows AWS's own least-privilege policies, but no AWS page prints it.",
				Link: pagePolicies,
				Choices: []steps.Option{
					{Value: "documented", Title: "As documented in 2023", Help: "The document's policy, word for word, as valid JSON."},
					{Value: "current", Title: "As AWS prints it today", Help: "The same, with the actions that have been added since."},
					{Value: "tightened", Title: "Tightened", Help: "The least that the documented features need."},
				},
			},
			{
				Key: "role.name", Title: "Role name", Default: "redshift-ml", Check: roleName, Lookup: "roles",
				Help: "A name that no other role of the account has.",
				Why:  "Up to 64 letters, digits and + = . @ - _. Names are unique in the account whatever their case and path.",
				Link: pageIAMNames,
			},
			{
				Key: "role.path", Title: "Role path", Default: "/", Check: rolePath,
				Help: "/ unless your organisation sorts roles by path.",
				Why:  "The path is part of the role's ARN, and so of every policy that names the role. It cannot be changed later. The Redshift console uses /service-role/.",
				Link: pageIAMNames,
			},
			{
				Key: "role.default", Kind: answers.YesNo, Title: "Make it the default role", Default: true,
				Help: "Then SQL can say IAM_ROLE default.",
				Why:  "A warehouse has one default role. If another one is the default now, commands that rely on it (COPY, UNLOAD) would use the new role: onramp shows the old one and replaces it only with your consent.",
				Link: pageDefault,
			},
			{
				Key: "role.permissions-boundary", Title: "Permissions boundary", Optional: true, Check: awsname.PolicyARN,
				Help: "ARN of the policy that bounds the role; empty for none.",
				Why:  "Some organisations allow a role to be made only with a boundary. The role may then do what both its policies and the boundary allow.",
				Link: pageBoundary,
			},
		},
	}
}

func trust() steps.Step {
	return steps.Step{
		Number: "3", Title: "Trust",
		Why:  "The trust policy says which services may use the role: Redshift, SageMaker, and for a serverless warehouse Redshift Serverless. Each has a statement of its own, so that a condition on one cannot lock out another.",
		Link: pageSetup,
		Questions: []steps.Question{{
			Key: "role.source-account", Kind: answers.YesNo, Title: "Only on behalf of this account", Default: true,
			Help: "Adds the condition aws:SourceAccount to the trust.",
			Why:  "Without it the services could be tricked into using the role for somebody else's account (the confused deputy). Turn it off only where a feature proves not to send the account.",
			Link: pageDeputy,
		}},
	}
}

func storage() steps.Step {
	return steps.Step{
		Number: "4", Title: "Bucket and key", Optional: true,
		Why: "Redshift exports the training data to a bucket and gets the trained model back through it. CREATE MODEL needs the name of one. " +
			"A key of your own decides, beside IAM, who can read that data, and shows every use in CloudTrail.",
		Link: pageSetup,
		Questions: []steps.Question{
			{
				Key: "bucket.choice", Kind: answers.Choice, Title: "Bucket", Default: "new",
				Help: "Where training data and models are kept.",
				Why:  "A new bucket is closed to the public, encrypted, reached over TLS only, and drops unfinished uploads after 7 days. A bucket that exists is used as it is: nothing about it is changed.",
				Choices: []steps.Option{
					{Value: "new", Title: "A new bucket", Help: "Made closed and encrypted."},
					{Value: "existing", Title: "A bucket that exists", Help: "Used as it is."},
				},
			},
			{
				Key: "bucket.name", Title: "Bucket name", Check: awsname.Bucket, Lookup: "buckets",
				Help: "3 to 63 lower-case letters, digits and hyphens.",
				Why:  "Bucket names are unique among all customers of AWS, so begin with your organisation's name. With the console-default role a name that contains redshift needs no extra policy.",
				Link: pageBuckets,
			},
			{
				Key: "bucket.sample-data", Kind: answers.YesNo, Title: "Read AWS's sample data", Default: true, When: []steps.When{steps.Is("role.choice", "restrictive")},
				Help: "Lets the role read the public bucket redshift-downloads.",
				Why:  "The tutorials of Redshift ML load their data from there. It is in us-east-1 and belongs to AWS. In production it is not needed.",
			},
			{
				Key: "kms.choice", Kind: answers.Choice, Title: "Encryption key", Default: "none",
				Help: "Whether a KMS key of your own encrypts the data.",
				Why:  "Without one, S3 encrypts with keys of its own at no cost. A key of your own has a monthly price and a price for requests; the bucket's bucket key keeps the requests few.",
				Link: pageKeys,
				Choices: []steps.Option{
					{Value: "none", Title: "None", Help: "S3's own encryption."},
					{Value: "new", Title: "A new key", Help: "Customer managed, rotated every year."},
					{Value: "existing", Title: "A key that exists", Help: "The role is allowed to use it."},
				},
			},
			{
				Key: "kms.alias", Title: "Alias of the new key", Default: "redshift-ml", When: []steps.When{steps.Is("kms.choice", "new")}, Check: awsname.KeyAlias,
				Help: "The key's name, without alias/ before it.",
				Why:  "Keys have no names of their own. onramp finds the key again by this alias, so that a second run makes no second key.",
				Link: pageKeys,
			},
			{
				Key: "kms.key", Title: "Key", When: []steps.When{steps.Is("kms.choice", "existing")}, Check: keyRef, Lookup: "keys",
				Help: "The id, ARN or alias of a symmetric key in this region.",
				Why:  "IAM policies cannot name an alias, so an alias is looked up first. The key's own policy must let IAM policies of this account decide, or name the role.",
				Link: pageKeys,
			},
		},
	}
}

func groups() steps.Step {
	return steps.Step{
		Number: "5", Title: "User groups", Optional: true,
		Why:  "Database groups say who may create models and who may only predict with them. A group can have a role and a bucket of its own, so that its training data stays apart from everybody else's.",
		Link: pageSetup,
		Questions: []steps.Question{{
			Key: "groups", Kind: answers.Records, Title: "Number of user groups", Default: 0,
			Help: "How many database groups to set up; 0 for none.",
			Why:  "Each group is then asked for. Groups belong to the whole warehouse, not to one database. A group that exists already is used as it is and only given what is missing.",
			Item: []steps.Question{
				{
					Key: "name", Title: "Group name", Check: awsname.GroupName, Lookup: "groups",
					Help: "The database group, such as retention_analyst_grp.",
					Why:  "Up to 127 bytes. Redshift folds names to lower case. Names that begin with two underscores are Redshift's own.",
					Link: pageNames,
				},
				{
					Key: "create-models", Kind: answers.YesNo, Title: "May create models", Default: true,
					Help: "Grants CREATE MODEL, and CREATE on the schema.",
					Why:  "CREATE MODEL is not tied to a schema; CREATE on a schema decides where. By default every user may create in the schema public. Each model that is trained is billed by SageMaker.",
					Link: pageGrant,
				},
				{
					Key: "schema", Title: "Schema", Default: "demo_ml", Check: awsname.SchemaName, Lookup: "schemas",
					Help: "The schema for models; made if it is not there.",
					Why:  "Keep models in a schema of their own: GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA fails in a schema that holds a model's function.",
					Link: pageGrant,
				},
				{
					Key: "bucket", Title: "Own bucket", Optional: true, Check: awsname.Bucket,
					Help: "A new bucket for this group only; empty to share the one above.",
					Why:  "Together with a role of its own it keeps the group's data from the other groups. The bucket is made like the one above.",
					Link: pageBuckets,
				},
				{
					Key: "role", Title: "Own role", Optional: true, Check: roleName,
					Help: "A new role for this group only; goes with the bucket.",
					Why:  "It gets the same policy as the role above, on the group's bucket. A warehouse takes 50 roles.",
					Link: pageIAMNames,
				},
				{
					Key: "execute", Kind: answers.List, Title: "Models to predict with", Optional: true, Check: awsname.Model,
					Help: "schema.model, separated by commas; may be empty.",
					Why:  "EXECUTE can be granted only once the model exists, so these become follow-ups to run later.",
					Link: pageGrant,
				},
			},
		}},
	}
}

func routing() steps.Step {
	on := []steps.When{steps.Is("vpc-routing.enabled", "true")}
	return steps.Step{
		Number: "6", Title: "VPC routing", Optional: true,
		Why: "With enhanced VPC routing, traffic between the warehouse and S3 or SageMaker stays in your VPC, and needs endpoints there. " +
			"Switching it on can break COPY and UNLOAD from other regions and does not go together with Redshift Spectrum as it is.",
		Link: pageRouting,
		Questions: []steps.Question{
			{
				Key: "vpc-routing.enabled", Kind: answers.YesNo, Title: "Use enhanced VPC routing", Default: false,
				Help: "Makes the endpoints, then switches routing on.",
				Why:  "The S3 endpoint is free; the SageMaker endpoint is billed by the hour for each subnet's zone. Two DNS attributes of the VPC must be on, and are switched on if they are not.",
			},
			{
				Key: "vpc-routing.vpc", Title: "VPC", When: on, Check: awsname.VPC, Lookup: "vpcs",
				Help: "The VPC of the warehouse, vpc-...",
				Why:  "The Redshift console shows it among the cluster's or workgroup's network settings.",
			},
			{
				Key: "vpc-routing.subnets", Kind: answers.List, Title: "Subnets", When: on, Check: awsname.Subnet, Lookup: "subnets",
				Help: "Where the SageMaker endpoint gets its addresses; one for each zone.",
				Why:  "An interface endpoint takes one subnet in an availability zone. Use the subnets of the warehouse.",
				Link: pageEndpoints,
			},
			{
				Key: "vpc-routing.route-tables", Kind: answers.List, Title: "Route tables", When: on, Check: awsname.RouteTable, Lookup: "route-tables",
				Help: "The route tables of the warehouse's subnets.",
				Why:  "The S3 endpoint puts a route into each. A subnet without a table of its own uses the VPC's main table.",
			},
			{
				Key: "vpc-routing.endpoint-security-group", Title: "Security group of the endpoint", When: on, Optional: true, Check: awsname.SecurityGroup, Lookup: "security-groups",
				Help: "sg-...; empty to make one that admits HTTPS from the VPC.",
				Why:  "The group must let the warehouse reach port 443, or CREATE MODEL waits until it fails.",
				Link: pageEndpoints,
			},
		},
	}
}

func permissions() steps.Step {
	some := steps.Not("groups", "0", "")
	runs := []steps.When{some, steps.Is("sql.run", "data-api")}
	with := func(auth string) []steps.When { return append(runs[:2:2], steps.Is("sql.auth", auth)) }
	return steps.Step{
		Title: "Permissions and ownership",
		Why: "Groups, schemas and grants are SQL. onramp can run the statements through the Redshift Data API as a superuser, or only write them down for somebody who may. " +
			"Every statement looks first whether it is still needed, so it can be run again.",
		Link: pageGrant,
		Questions: []steps.Question{
			{
				Key: "sql.run", Kind: answers.Choice, Title: "SQL", Default: "data-api", When: []steps.When{some},
				Help: "Who runs the statements.",
				Why:  "The Data API needs no network path to the warehouse, only IAM permissions. What it ran can be seen in its history for 24 hours.",
				Link: pageDataAPI,
				Choices: []steps.Option{
					{Value: "data-api", Title: "Run them", Help: "Through the Redshift Data API."},
					{Value: "export", Title: "Write them down", Help: "A file for another person or client."},
				},
			},
			{
				Key: "sql.auth", Kind: answers.Choice, Title: "Connect as", When: runs, Default: "db-user",
				Propose: []steps.Proposal{{When: []steps.When{isServerless}, Value: "secret"}},
				Help:    "How the Data API gets into the database.",
				Why:     "Only a superuser can create groups and grant CREATE MODEL. Temporary credentials of the admin user are the simplest on a cluster; serverless has no such credentials, so use the secret of its admin.",
				Link:    pageDataAPI,
				Choices: []steps.Option{
					{Value: "db-user", Title: "Database user", Help: "Temporary credentials of a user of the cluster.", When: []steps.When{isCluster}},
					{Value: "secret", Title: "Secret", Help: "User and password from Secrets Manager."},
					{Value: "iam", Title: "My IAM identity", Help: "Works only where it was made a superuser."},
				},
			},
			{
				Key: "sql.db-user", Title: "Database user", When: with("db-user"), Default: "awsuser", Check: awsname.SQLIdentifier,
				Help: "A superuser, usually the admin user.",
				Why:  "The caller needs redshift:GetClusterCredentials for this user.",
				Link: pageDataAPI,
			},
			{
				Key: "sql.secret", Title: "Secret", When: with("secret"), Check: awsname.SecretARN,
				Help: "The ARN of the secret that holds a superuser's password.",
				Why:  "A managed admin password is kept in such a secret; the Redshift console shows its ARN. onramp passes the ARN on and never reads the secret.",
				Link: pageDataAPI,
			},
			{
				Key: "sql.restrict-assume-role", Kind: answers.YesNo, Title: "Restrict roles to groups", Default: false, When: []steps.When{some},
				Help: "Only groups named above may use the role in CREATE MODEL.",
				Why: "By default every database user may use every role of the warehouse. Restricting it begins with REVOKE ASSUMEROLE ON ALL FROM PUBLIC, which takes COPY, UNLOAD, external functions and CREATE MODEL " +
					"through IAM roles away from every user who is not a superuser, until granted again. Do this only where you know who uses roles.",
				Link: pageGrant,
			},
		},
	}
}
