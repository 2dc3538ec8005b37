package redshiftml

import (
	"strings"

	"onramp/internal/plan"
	"onramp/internal/policy"
)

// access is what a role is for: the bucket and key that its policies name.
type access struct {
	target     plan.Target
	roleARN    string
	bucket     string
	keyARN     string // "" : no key; may be a reference
	sampleData bool
	vpcRouting bool
}

// open stands in a document for what is not answered yet. The preview shows it; a plan that holds it
// has problems, and is neither exported nor applied.
func open(what string) string { return "<" + what + ">" }

// answered is an answer, or what stands for it.
func answered(answer, what string) string {
	if answer == "" {
		return open(what)
	}
	return answer
}

// sampleBucket is AWS's public bucket with the data of Redshift ML's tutorials, under redshift-ml/.
const sampleBucket = "redshift-downloads"

// Actions as the document prints them (document 001, step 2).
var (
	actionsMonitoring = []string{
		"cloudwatch:PutMetricData",
		"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer",
		"logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents",
	}
	actionsJobs    = []string{"sagemaker:*Job*"}
	actionsObjects = []string{"iam:PassRole", "s3:AbortMultipartUpload", "s3:GetObject", "s3:DeleteObject", "s3:PutObject"}
	actionsBucket  = []string{"s3:GetBucketLocation", "s3:ListBucket"}
	actionsKey     = []string{"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"}
	actionsENI     = []string{
		"ec2:DescribeVpcEndpoints", "ec2:DescribeDhcpOptions", "ec2:DescribeVpcs", "ec2:DescribeSubnets",
		"ec2:DescribeSecurityGroups", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterfacePermission",
		"ec2:DeleteNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:CreateNetworkInterface",
		"ec2:ModifyNetworkInterfaceAttribute",
	}
	// actionsAdded are the ones that AWS's page has gained since the document (Amazon Redshift
	// Database Developer Guide, Getting started with Amazon Redshift ML).
	actionsAdded = []string{
		"sagemaker:AddTags", "sagemaker:CreateModel", "sagemaker:CreateEndpoint", "sagemaker:CreateEndpointConfig",
		"sagemaker:DeleteEndpoint", "sagemaker:DeleteEndpointConfig", "sagemaker:DeleteModel",
	}
)

// AddedNote marks what the current policy has more than the documented one.
const AddedNote = "added on AWS's page since the document"

func allow(sid string, actions, resources []string, conditions ...policy.Condition) policy.Statement {
	return policy.Statement{Sid: sid, Effect: policy.Allow, Actions: actions, Resources: resources, Conditions: conditions}
}

func equals(key string, values ...string) policy.Condition {
	return policy.Condition{Operator: "StringEquals", Key: key, Values: values}
}

// restrictive is the document's policy, or one of its two successors.
func (a access) restrictive(version string) policy.Document {
	var statements []policy.Statement
	switch version {
	case "tightened":
		statements = a.tightened()
	case "documented":
		statements = a.documented(nil)
	default:
		statements = a.documented(actionsAdded)
	}
	return policy.Document{Version: policy.Version, Statements: append(statements, a.modules(version == "tightened")...)}
}

// documented is document 001's policy with the values filled in.
func (a access) documented(added []string) []policy.Statement {
	first := append(append(actionsMonitoring[:len(actionsMonitoring):len(actionsMonitoring)], actionsJobs...), added...)
	objects := []string{a.roleARN, a.target.BucketARN(a.bucket + "/*")}
	buckets := []string{a.target.BucketARN(a.bucket)}
	if a.sampleData {
		objects = append(objects, a.target.BucketARN(sampleBucket+"/*"))
		buckets = append(buckets, a.target.BucketARN(sampleBucket))
	}
	return []policy.Statement{
		allow("", first, []string{"*"}),
		allow("", actionsObjects, objects),
		allow("", actionsBucket, buckets),
	}
}

// modules are the statements for the key and for network interfaces.
func (a access) modules(named bool) []policy.Statement {
	sid := func(s string) string {
		if named {
			return s
		}
		return ""
	}
	var out []policy.Statement
	if a.keyARN != "" {
		out = append(out, allow(sid("Key"), actionsKey, []string{a.keyARN}))
	}
	if a.vpcRouting {
		out = append(out, allow(sid("NetworkInterfaces"), actionsENI, []string{"*"}))
	}
	return out
}

// tightened is the least-privilege policy. Its actions are those of AWS's own Autopilot policy and
// of AmazonRedshiftAllCommandsFullAccess (Amazon Redshift Management Guide, Permissions required to
// use Amazon Redshift ML), on this account and region. Redshift names its jobs redshift...
func (a access) tightened() []policy.Statement {
	t := a.target
	jobs := []string{}
	for _, kind := range []string{"model", "training-job", "automl-job", "compilation-job", "processing-job", "transform-job", "endpoint"} {
		jobs = append(jobs, t.ARN("sagemaker", kind+"/*redshift*"))
	}
	logs := []string{}
	namespaces := []string{"SageMaker"}
	for _, group := range []string{"Endpoints", "ProcessingJobs", "TrainingJobs", "TransformJobs"} {
		logs = append(logs, t.ARN("logs", "log-group:/aws/sagemaker/"+group+"/*redshift*"))
		namespaces = append(namespaces, "/aws/sagemaker/"+group)
	}
	out := []policy.Statement{
		allow("SageMakerRedshiftJobs", sagemakerActions(), jobs),
		allow("SageMakerLogs", []string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"}, logs),
		allow("Metrics", []string{"cloudwatch:PutMetricData"}, []string{"*"}, equals("cloudwatch:namespace", namespaces...)),
		allow("ContainerImages", []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"}, []string{"*"}),
		allow("BucketObjects", []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"}, []string{t.BucketARN(a.bucket + "/*")}),
		allow("Bucket", []string{"s3:GetBucketLocation", "s3:ListBucket", "s3:GetEncryptionConfiguration", "s3:ListBucketMultipartUploads", "s3:GetBucketAcl", "s3:GetBucketCors"}, []string{t.BucketARN(a.bucket)}),
	}
	if a.sampleData {
		out = append(out, allow("SampleData", []string{"s3:GetObject", "s3:GetBucketLocation", "s3:ListBucket"},
			[]string{t.BucketARN(sampleBucket), t.BucketARN(sampleBucket + "/redshift-ml/*")}))
	}
	return append(out, allow("PassSelf", []string{"iam:PassRole"}, []string{a.roleARN},
		equals("iam:PassedToService", "redshift.amazonaws.com", "sagemaker.amazonaws.com")))
}

func sagemakerActions() []string {
	names := "CreateTrainingJob CreateAutoMLJob CreateCompilationJob CreateEndpoint CreateModel CreateProcessingJob " +
		"DescribeAutoMLJob DescribeTrainingJob DescribeCompilationJob DescribeProcessingJob DescribeTransformJob DescribeEndpoint " +
		"ListCandidatesForAutoMLJob StopAutoMLJob StopCompilationJob StopTrainingJob StopProcessingJob InvokeEndpoint AddTags"
	var out []string
	for name := range strings.FieldsSeq(names) {
		out = append(out, "sagemaker:"+name)
	}
	return out
}

// additions are what AWS's managed policies lack for these answers: the bucket of a console-default
// role whose name does not contain redshift, the key, and network interfaces. An AWS managed
// policy cannot be edited, so they stand in a policy of their own. AmazonSageMakerFullAccess of the
// simple role has the network interfaces already.
func (a access) additions(choice string) policy.Document {
	var statements []policy.Statement
	if choice == "console-default" && a.bucket != open("bucket") && !strings.Contains(a.bucket, "redshift") {
		statements = append(statements, a.consoleBucket())
	}
	eni := a
	eni.vpcRouting = a.vpcRouting && choice != "simple"
	return policy.Document{Version: policy.Version, Statements: append(statements, eni.modules(true)...)}
}

// consoleBucket is what the Redshift console's own second policy allows on a chosen bucket.
func (a access) consoleBucket() policy.Statement {
	var actions []string
	for name := range strings.FieldsSeq("GetObject GetBucketAcl GetBucketCors GetEncryptionConfiguration GetBucketLocation ListBucket " +
		"ListAllMyBuckets ListMultipartUploadParts ListBucketMultipartUploads PutObject PutBucketAcl PutBucketCors DeleteObject AbortMultipartUpload CreateBucket") {
		actions = append(actions, "s3:"+name)
	}
	return allow("Bucket", actions, []string{a.target.BucketARN(a.bucket), a.target.BucketARN(a.bucket + "/*")})
}

// trustPolicy has a statement for each service, so that no condition of one locks out another. The
// principals are the same in every partition.
func trustPolicy(t plan.Target, serverless, sourceAccount bool) policy.Document {
	services := []struct{ sid, name string }{{"Redshift", "redshift.amazonaws.com"}}
	if serverless {
		services = append(services, struct{ sid, name string }{"RedshiftServerless", "redshift-serverless.amazonaws.com"})
	}
	services = append(services, struct{ sid, name string }{"SageMaker", "sagemaker.amazonaws.com"})
	d := policy.Document{Version: policy.Version}
	for _, s := range services {
		st := policy.Statement{
			Sid: s.sid, Effect: policy.Allow, Principal: policy.Principal{Services: []string{s.name}}, Actions: []string{"sts:AssumeRole"},
		}
		if sourceAccount {
			st.Conditions = []policy.Condition{equals("aws:SourceAccount", t.Account)}
		}
		d.Statements = append(d.Statements, st)
	}
	return d
}
