package kind

import (
	"slices"
	"strings"

	"onramp/internal/plan"
	"onramp/internal/policy"
)

// Bucket is a bucket that the plan makes, closed to the public, encrypted and reached over TLS only.
type Bucket struct {
	BucketName string
	Account    string // who must own it
	Region     string
	KeyARN     string // default encryption; "" : keys that S3 manages
	Policy     plan.Document
	Tags       []Tag
}

// AbortRule is the id of the lifecycle rule that removes uploads which never ended.
const AbortRule = "onramp-abort-incomplete-uploads"

// abortDays is how long an unfinished upload is kept. CREATE MODEL's exports end within hours.
const abortDays = 7

// Kind implements plan.Spec.
func (Bucket) Kind() plan.Kind { return "s3-bucket" }

// Name implements plan.Spec.
func (b Bucket) Name() string { return b.BucketName }

// Label implements plan.Spec.
func (b Bucket) Label() string { return "S3 bucket " + b.BucketName }

// Action implements plan.Spec.
func (Bucket) Action() plan.Action { return plan.Create }

// Documents implements plan.Spec.
func (b Bucket) Documents() []plan.Document { return []plan.Document{b.Policy} }

// Accept implements Spec.
func (b Bucket) Accept(v Visitor) { v.Bucket(b) }

// ARN implements plan.Located.
func (b Bucket) ARN(t plan.Target) string { return t.BucketARN(b.BucketName) }

// call makes an S3 call that fails if the bucket is another account's.
func (b Bucket) call(operation string, members ...any) plan.Call {
	members = append([]any{"Bucket", b.BucketName}, members...)
	return plan.NewCall("s3", operation, append(members, "ExpectedBucketOwner", b.Account)...)
}

// Steps implements plan.Spec. In us-east-1 CreateBucket of one's own bucket succeeds and resets its
// ACLs, and the region must not be named (Amazon S3 API Reference, CreateBucket).
func (b Bucket) Steps() []plan.Step {
	return []plan.Step{b.create(), b.tag(), b.block(), b.encrypt(), b.policy(), b.lifecycle()}
}

// elsewhere says what HeadBucket means by its codes: its answer has no body, and so no words (Amazon S3 API Reference,
// HeadBucket).
func elsewhere(region string) map[string]string {
	moved := "the bucket is in another region than " + region + ": choose one of this region, or another name"
	taken := "the bucket belongs to another account, or you may not look at it (s3:ListBucket): choose another name, or ask for the permission"
	return map[string]string{"MovedPermanently": moved, "PermanentRedirect": moved, "301": moved, "Forbidden": taken, "AccessDenied": taken, "403": taken}
}

// noBucket is what HeadBucket, whose answer has no body, and every other call says of a bucket that is
// not there.
var noBucket = []string{"404", "NotFound", "NoSuchBucket"}

// create makes the bucket. Its undo does not ask for the mark: a run that ended right after it has left
// none, and of somebody's bucket under the same name no more than the name could be lost, since only
// an empty bucket can be deleted.
func (b Bucket) create() plan.Step {
	members := []any{"Bucket", b.BucketName, "ObjectOwnership", "BucketOwnerEnforced"}
	if b.Region != "us-east-1" {
		members = append(members, "CreateBucketConfiguration", plan.In("LocationConstraint", b.Region))
	}
	st := plan.Step{
		Title: "create bucket " + b.BucketName,
		Owner: &plan.Owner{
			Read: b.call("GetBucketTagging"), Absent: []string{"NoSuchBucket"}, Unmarked: []string{"NoSuchTagSet"},
			Check: plan.Check{Query: tagValue("TagSet"), Want: owner(b.Tags)},
		},
		Read: b.call("HeadBucket"), Absent: noBucket, Means: elsewhere(b.Region),
		Check:  plan.Check{Query: "BucketRegion || " + raw(b.Region), Want: b.Region},
		Create: []plan.Call{plan.NewCall("s3", "CreateBucket", members...)},
		Refuse: "the bucket is in another region than the warehouse, and Redshift ML needs them in one: choose another bucket name",
	}
	st.Undo = back(st, "delete bucket "+b.BucketName, b.call("DeleteBucket"))
	st.Undo.Retry = []string{"OperationAborted"}
	st.Undo.Leave = []plan.Leave{{Code: "BucketNotEmpty", Why: "it holds objects"}}
	return st
}

// tag marks the bucket as the plan's own. PutBucketTagging replaces all tags, so a bucket that
// carries other tags is left alone; and so is one that others have tagged since. CreateBucket takes tags
// too, but not in every region (terraform-provider-aws #45566).
func (b Bucket) tag() plan.Step {
	st := plan.Step{
		Title: "tag bucket " + b.BucketName,
		Read:  b.call("GetBucketTagging"), Absent: []string{"NoSuchTagSet", "NoSuchBucket"},
		Check:  plan.Check{Query: "(" + tagValue("TagSet") + ") || TagSet[0].Key", Want: owner(b.Tags)},
		Create: []plan.Call{b.call("PutBucketTagging", "Tagging", plan.In("TagSet", objects(b.Tags, "Key", "Value")))},
		Refuse: "the bucket exists and carries tags of someone else: answer bucket.choice with existing to use it as it is, or choose another bucket name",
	}
	var tags []string
	for _, t := range slices.SortedFunc(slices.Values(b.Tags), func(a, c Tag) int { return strings.Compare(a.Key, c.Key) }) {
		tags = append(tags, t.Key, t.Value)
	}
	st.Undo = back(st, "take the tags off bucket "+b.BucketName, b.call("DeleteBucketTagging"))
	st.Undo.Check = plan.Check{Query: "sort_by(TagSet || `[]`, &Key)[*].[Key, Value][]", Want: strings.Join(tags, " ")}
	return st
}

func (b Bucket) block() plan.Step {
	put := func(configuration any) []plan.Call {
		return []plan.Call{b.call("PutPublicAccessBlock", "PublicAccessBlockConfiguration", configuration)}
	}
	all := put(plan.In("BlockPublicAcls", true, "IgnorePublicAcls", true, "BlockPublicPolicy", true, "RestrictPublicBuckets", true))
	st := plan.Step{
		Title: "block public access to " + b.BucketName,
		Read:  b.call("GetPublicAccessBlock"), Absent: []string{"NoSuchPublicAccessBlockConfiguration", "NoSuchBucket"},
		Check: plan.Check{
			Query: "PublicAccessBlockConfiguration.[BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets]",
			Want:  "True True True True",
		},
		Create: all, Update: all, Restore: put(plan.Before{Query: "PublicAccessBlockConfiguration"}),
		Affects: "clients without credentials, or with access from a public policy or ACL, lose access",
	}
	st.Undo = back(st, "block public access to "+b.BucketName+" no more", b.call("DeletePublicAccessBlock"))
	return st
}

func (b Bucket) encrypt() plan.Step {
	byDefault, want := plan.In("SSEAlgorithm", "AES256"), "AES256 None"
	if b.KeyARN != "" {
		byDefault, want = plan.In("SSEAlgorithm", "aws:kms", "KMSMasterKeyID", b.KeyARN), "aws:kms "+b.KeyARN+" True"
	}
	rule := plan.In("ApplyServerSideEncryptionByDefault", byDefault)
	members := "ApplyServerSideEncryptionByDefault.SSEAlgorithm, ApplyServerSideEncryptionByDefault.KMSMasterKeyID"
	if b.KeyARN != "" {
		members += ", BucketKeyEnabled"
		rule = append(rule, plan.Member{Name: "BucketKeyEnabled", Value: true}) // one data key a bucket: fewer paid KMS requests
	}
	put := func(configuration any) []plan.Call {
		return []plan.Call{b.call("PutBucketEncryption", "ServerSideEncryptionConfiguration", configuration)}
	}
	ours := put(plan.In("Rules", []plan.Object{rule}))
	st := plan.Step{
		Title: "set the default encryption of " + b.BucketName,
		Read:  b.call("GetBucketEncryption"), Absent: []string{"ServerSideEncryptionConfigurationNotFoundError", "NoSuchBucket"},
		Check: plan.Check{
			Query: "ServerSideEncryptionConfiguration.Rules[0].[" + members + "]",
			Want:  want,
		},
		Create: ours, Update: ours, Restore: put(plan.Before{Query: "ServerSideEncryptionConfiguration"}),
		Affects: "new objects are encrypted this way; with a KMS key, clients that read or write them need permissions on the key",
	}
	st.Undo = back(st, "give "+b.BucketName+" S3's own default encryption again", b.call("DeleteBucketEncryption"))
	return st
}

// policy puts the bucket policy. PutBucketPolicy replaces the whole policy, so where somebody has
// written one it is sent back with the plan's statements in it, and deleted only where nobody has added to
// it since.
func (b Bucket) policy() plan.Step {
	put := func(document any) []plan.Call { return []plan.Call{b.call("PutBucketPolicy", "Policy", document)} }
	st := plan.Step{
		Title: "put the bucket policy of " + b.BucketName,
		Read:  b.call("GetBucketPolicy"), Absent: []string{"NoSuchBucketPolicy", "NoSuchBucket"},
		Check:   plan.Check{Query: "Policy", Document: &b.Policy, Contains: true},
		Create:  put(b.Policy),
		Update:  put(plan.Merged{Query: "Policy", Document: b.Policy}),
		Restore: put(plan.Before{Query: "Policy"}),
		Affects: "requests without TLS are denied; the statements that are there stay",
		Refuse:  "the bucket has a policy already, and a script can neither compare policies by what they mean nor put two together: onramp apply does both; or add the plan's statements to the policy by hand",
	}
	st.Undo = back(st, "delete the bucket policy of "+b.BucketName, b.call("DeleteBucketPolicy"))
	st.Undo.Check.Contains = false
	return st
}

// lifecycle looks for the rule of ours. PutBucketLifecycleConfiguration replaces all rules, so
// where there are others none is put, and none is deleted.
func (b Bucket) lifecycle() plan.Step {
	put := []plan.Call{b.call("PutBucketLifecycleConfiguration", "LifecycleConfiguration", plan.In("Rules", []plan.Object{plan.In(
		"ID", AbortRule, "Status", "Enabled", "Filter", plan.In("Prefix", anyPrefix),
		"AbortIncompleteMultipartUpload", plan.In("DaysAfterInitiation", abortDays))}))}
	st := plan.Step{
		Title: "remove incomplete uploads to " + b.BucketName + " after 7 days",
		Read:  b.call("GetBucketLifecycleConfiguration"), Absent: []string{"NoSuchLifecycleConfiguration", "NoSuchBucket"},
		Check: plan.Check{
			Query: "(Rules[?ID==" + raw(AbortRule) + "].AbortIncompleteMultipartUpload.DaysAfterInitiation | [0]) || Rules[0].ID",
			Want:  "7",
		},
		Create: put,
		Refuse: "the bucket has lifecycle rules that lack the plan's, and onramp replaces none: add the rule " + AbortRule + " by hand, or choose another bucket",
	}
	st.Undo = back(st, "delete the lifecycle rule of "+b.BucketName, b.call("DeleteBucketLifecycle"))
	st.Undo.Check = plan.Check{Query: "Rules[].[ID, Status, AbortIncompleteMultipartUpload.DaysAfterInitiation, Expiration.Days][]", Want: AbortRule + " Enabled 7"}
	return st
}

// anyPrefix is the empty prefix as a value that In does not leave out: a filter must say something.
var anyPrefix any = plan.EmptyText

// TLSOnly is the policy that refuses whoever comes without TLS.
func TLSOnly(t plan.Target, bucket string) policy.Document {
	return policy.Document{Version: policy.Version, Statements: []policy.Statement{{
		Sid: "DenyInsecureTransport", Effect: policy.Deny, Principal: policy.Principal{Any: true},
		Actions:    []string{"s3:*"},
		Resources:  []string{t.BucketARN(bucket), t.BucketARN(bucket + "/*")},
		Conditions: []policy.Condition{{Operator: "Bool", Key: "aws:SecureTransport", Values: []string{"false"}}},
	}}}
}

// ExistingBucket is a bucket that is used as it is.
type ExistingBucket struct {
	BucketName string
	Account    string
	Region     string
	Otherwise  string // what can be answered in its place, such as "answer bucket.choice with new"; "" : another name only
	UsedBy     UsedBy // whom the bucket's policy must not deny its work
	Keyed      bool   // the user writes under a KMS key
}

// Kind implements plan.Spec.
func (ExistingBucket) Kind() plan.Kind { return "s3-bucket-existing" }

// Name implements plan.Spec.
func (b ExistingBucket) Name() string { return b.BucketName }

// Label implements plan.Spec.
func (b ExistingBucket) Label() string { return "existing S3 bucket " + b.BucketName }

// Action implements plan.Spec.
func (ExistingBucket) Action() plan.Action { return plan.Adopt }

// Documents implements plan.Spec.
func (ExistingBucket) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (b ExistingBucket) Accept(v Visitor) { v.ExistingBucket(b) }

// Steps implements plan.Spec.
func (b ExistingBucket) Steps() []plan.Step {
	remedy := "name another bucket"
	if b.Otherwise != "" {
		remedy += ", or " + b.Otherwise
	}
	steps := []plan.Step{{
		Title: "look at bucket " + b.BucketName,
		Read:  plan.NewCall("s3", "HeadBucket", "Bucket", b.BucketName, "ExpectedBucketOwner", b.Account), Absent: noBucket, Means: elsewhere(b.Region),
		Check:  plan.Check{Query: "BucketRegion || " + raw(b.Region), Want: b.Region},
		Refuse: "the bucket must exist, belong to this account and be in the region of the plan: " + remedy,
	}}
	if b.UsedBy == (UsedBy{}) {
		return steps
	}
	read := plan.NewCall("s3", "GetBucketPolicy", "Bucket", b.BucketName, "ExpectedBucketOwner", b.Account)
	return append(steps, policyStep("bucket "+b.BucketName, read, []string{"NoSuchBucketPolicy", "NoSuchBucket"}, bucketJudge{b.BucketName, b.UsedBy, b.Keyed}))
}
