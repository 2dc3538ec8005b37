// Package logbucket is a guide to learn from: a bucket that Amazon Data Firehose delivers logs to, with a key and a
// role. docs/adding-a-guide.md explains it.
//
// It is data and one plan builder, as every guide is. It makes no call.
package logbucket

import (
	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/internal/lookup"
	"onramp/internal/plan"
	"onramp/steps"
)

// Pages of AWS that the guide stands on.
const (
	pageAccess  = "https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html"
	pageBuckets = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"
	pageKeys    = "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html"
)

const name = "log-bucket"

var standing = steps.Standing{
	Status: steps.Preview,
	Banner: "This guide is an example of how a guide is written",
	Remedy: "set up nothing with it that you rely on",
}

// Guide is the guide.
func Guide() steps.Guide {
	return steps.Guide{
		Name:     name,
		Title:    "A bucket for logs",
		Summary:  "A bucket, a key and the role by which Amazon Data Firehose delivers logs.",
		Source:   pageAccess,
		Standing: standing,
		Steps:    []steps.Step{target(), storage(), writer()},
		Lookups:  []lookup.Spec{keys()},
		Build:    build,
	}
}

func target() steps.Step {
	return steps.Step{
		Title: "Account and region", Why: "The bucket, the key and the role are made in one account.", Link: pageAccess,
		Questions: []steps.Question{
			{Key: "account", Title: "Account number", Check: awsname.AccountID, Help: "The 12 digits of the AWS account.", Why: "The number stands in the policies."},
			{Key: "region", Title: "Region", Check: awsname.Region, Help: "The region of the bucket.", Why: "The key must be in it, too."},
		},
	}
}

func storage() steps.Step {
	return steps.Step{
		Number: "1", Title: "Bucket and key", Why: "Firehose writes objects to the bucket; the key encrypts them.", Link: pageAccess,
		Questions: []steps.Question{
			{
				Key: "bucket.name", Title: "Bucket name", Check: awsname.Bucket, Link: pageBuckets,
				Help: "3 to 63 lower-case letters, digits and hyphens.", Why: "Names are unique among all customers of AWS.",
			},
			{
				Key: "kms.choice", Kind: answers.Choice, Title: "Encryption key", Default: "none", Link: pageKeys,
				Help: "Whether a KMS key of your own encrypts the logs.", Why: "A key of your own has a monthly price.",
				Choices: []steps.Option{
					{Value: "none", Title: "None", Help: "S3's own encryption."},
					{Value: "new", Title: "A new key", Help: "Rotated every year."},
					{Value: "existing", Title: "A key that exists", Help: "Used as it is."},
				},
			},
			{
				Key: "kms.alias", Title: "Alias of the new key", Check: awsname.KeyAlias, When: []steps.When{steps.Is("kms.choice", "new")}, Link: pageKeys,
				Propose: []steps.Proposal{{When: []steps.When{steps.Begins("region", "eu-")}, Value: "logs-eu"}}, Default: "logs",
				Help: "The key's name, without alias/ before it.", Why: "The key is found again by its alias, so that a second run makes no second key.",
			},
			{
				Key: "kms.key", Title: "Key", Check: awsname.KeyRef, Lookup: "keys", When: []steps.When{steps.Is("kms.choice", "existing")}, Link: pageKeys,
				Help: "The id, ARN or alias of a key in this region.", Why: "Its own policy must let IAM policies of this account decide.",
			},
		},
	}
}

func writer() steps.Step {
	return steps.Step{
		Number: "2", Title: "Role", Why: "Firehose assumes this role to write to the bucket.", Link: pageAccess,
		Questions: []steps.Question{
			{Key: "role.name", Title: "Role name", Default: "log-writer", Check: awsname.RoleName, Help: "A name that no other role has.", Why: "Role names are unique in the account."},
			{
				Key: "role.source-account", Kind: answers.YesNo, Title: "Only on behalf of this account", Default: true,
				Help: "Adds the condition aws:SourceAccount to the trust.", Why: "Without it Firehose could be made to use the role for somebody else.",
			},
		},
	}
}

// keys are known by their aliases; those that AWS manages are left out.
func keys() lookup.Spec {
	return lookup.Spec{
		Name: "keys",
		Call: func(get func(key string) string) plan.Call {
			if get("kms.choice") != "existing" {
				return plan.Call{} // a new key's alias is typed
			}
			return plan.NewCall("kms", "ListAliases", "Limit", 100)
		},
		Pages: lookup.Pages{Output: "NextMarker", Input: "Marker"},
		Rows:  `Aliases[?TargetKeyId && !starts_with(to_string(AliasName), 'alias/aws/')].{value: AliasName, notes: [TargetKeyId]}`,
	}
}
