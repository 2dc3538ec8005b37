package amazonml

import (
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// managedPrefix begins the names of the buckets that AWS's managed policy reaches (AWS Managed Policy Reference
// Guide, AmazonMachineLearningRoleforRedshiftDataSourceV3), and managed is that policy.
const (
	managedPrefix = "amazon-machine-learning"
	managed       = "AmazonMachineLearningRoleforRedshiftDataSourceV3"
	managedPath   = "service-role/"
)

// principal is the service that assumes the role (Amazon Machine Learning Developer Guide, Amazon Redshift
// datasource parameters); the document's own page has lost it.
const principal = "machinelearning.amazonaws.com"

// Actions as the document prints them (document 003, step C1).
var (
	actionsNetwork = []string{
		"ec2:DescribeSecurityGroups", "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateSecurityGroup", "ec2:DescribeInternetGateways", "ec2:RevokeSecurityGroupIngress",
	}
	actionsGroups = []string{
		"redshift:CreateClusterSecurityGroup", "redshift:AuthorizeClusterSecurityGroupIngress", "redshift:RevokeClusterSecurityGroupIngress",
		"redshift:DescribeClusterSecurityGroups", "redshift:DescribeClusters",
	}
	actionsCluster = []string{"redshift:ModifyCluster"}
	actionsObjects = []string{"s3:GetObject", "s3:PutObject"}
	actionsBucket  = []string{"s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:PutBucketPolicy"}
)

// access is what the role is for.
type access struct {
	target          plan.Target
	cluster, bucket string
	prefix          string
}

func allow(sid string, actions, resources []string) policy.Statement {
	return policy.Statement{Sid: sid, Effect: policy.Allow, Actions: actions, Resources: resources}
}

func document(statements ...policy.Statement) policy.Document {
	return policy.Document{Version: policy.Version, Statements: statements}
}

// documented is the policy of step C1, in the order in which it stands there.
func documented() policy.Statement {
	return allow("", []string{
		"ec2:DescribeSecurityGroups", "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateSecurityGroup", "ec2:DescribeInternetGateways", "ec2:RevokeSecurityGroupIngress",
		"s3:GetObject", "s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:PutObject",
		"redshift:CreateClusterSecurityGroup", "redshift:AuthorizeClusterSecurityGroupIngress", "redshift:RevokeClusterSecurityGroupIngress",
		"redshift:DescribeClusterSecurityGroups", "redshift:DescribeClusters", "redshift:ModifyCluster",
	}, []string{"*"})
}

// scoped has the same actions, each on the least that it can be given.
func (a access) scoped() []policy.Statement {
	return []policy.Statement{
		allow("Network", actionsNetwork, []string{"*"}),
		allow("ClusterSecurityGroups", actionsGroups, []string{"*"}),
		allow("Cluster", actionsCluster, []string{a.target.ARN("redshift", "cluster:"+a.cluster)}),
		allow("StagingObjects", actionsObjects, []string{a.objects()}),
		allow("StagingBucket", actionsBucket, []string{a.target.BucketARN(a.bucket)}),
	}
}

// extra is what only the document's text names.
func (a access) extra() []policy.Statement {
	return []policy.Statement{
		allow("ListStaging", []string{"s3:ListBucket"}, []string{a.target.BucketARN(a.bucket)}),
		allow("StagingACL", []string{"s3:PutObjectAcl"}, []string{a.objects()}),
	}
}

func (a access) objects() string { return a.target.BucketARN(a.bucket + "/" + a.prefix + "*") }

// trustPolicy is the document's, or with the conditions of AWS's page of today (Amazon Machine Learning Developer
// Guide, Amazon Redshift datasource parameters). The document's states the version of 2008 and an empty Sid, which
// mean the same.
func (a access) trustPolicy(conditions bool) policy.Document {
	s := policy.Statement{Effect: policy.Allow, Principal: policy.Principal{Services: []string{principal}}, Actions: []string{"sts:AssumeRole"}}
	if conditions {
		s.Conditions = []policy.Condition{
			{Operator: "StringEquals", Key: "aws:SourceAccount", Values: []string{a.target.Account}},
			{Operator: "ArnLike", Key: "aws:SourceArn", Values: []string{a.target.ARN("machinelearning", "datasource/*")}},
		}
	}
	return document(s)
}

// passPolicy lets the role be handed to a service.
func passPolicy(resource string) policy.Document {
	return document(allow("", []string{"iam:PassRole"}, []string{resource}))
}
