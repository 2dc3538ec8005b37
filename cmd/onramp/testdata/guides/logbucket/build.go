package logbucket

import (
	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// Ids of the resources.
const (
	idKey    = "key"
	idBucket = "bucket"
	idRole   = "role"
	idPolicy = "role-policy"
)

// builder gathers the plan. Each method adds what one step of the document asks for.
type builder struct {
	a    answers.Set
	t    plan.Target
	plan plan.Plan
}

// build makes the plan. It is total: what the answers do not say yet is left out, and Resolve has told of it.
func build(a answers.Set, t plan.Target) plan.Plan {
	b := &builder{a: a, t: t}
	b.plan = plan.Plan{Guide: name, Title: "A bucket for logs", Owner: name + "." + a.Text("bucket.name"), Target: t, Warnings: standing.Warnings()}
	if t.Account != "" && t.Region != "" && a.Text("bucket.name") != "" && a.Text("role.name") != "" {
		b.key()
		b.bucket()
		b.role()
		b.judge()
	}
	b.finish()
	return b.plan
}

func (b *builder) add(place, id string, spec plan.Spec, needs ...string) {
	b.plan.Resources = append(b.plan.Resources, plan.Resource{ID: id, Spec: spec, Needs: needs, Place: place})
}

func (b *builder) key() {
	switch b.a.Text("kms.choice") {
	case "new":
		b.add("1", idKey, kind.Key{ID: idKey, Alias: b.a.Text("kms.alias"), Description: "Logs", Tags: kind.Tags(b.plan.Owner, idKey)})
		b.plan.Costs = append(b.plan.Costs, plan.Note{On: idKey, Text: "the KMS key has a monthly price, and a price for requests"})
	case "existing":
		b.add("1", idKey, kind.ExistingKey{KeyRef: b.a.Text("kms.key")})
	}
}

// keyARN is known only after apply: a reference stands for it.
func (b *builder) keyARN() string {
	if _, made := b.plan.Find(idKey); !made {
		return ""
	}
	return plan.Ref{Resource: idKey, Output: kind.KeyARN}.String()
}

func (b *builder) bucket() {
	bucket := b.a.Text("bucket.name")
	b.add("1", idBucket, kind.Bucket{
		BucketName: bucket, Account: b.t.Account, Region: b.t.Region, KeyARN: b.keyARN(), Tags: kind.Tags(b.plan.Owner, idBucket),
		Policy: plan.Document{Name: "policy", Title: "Bucket policy of " + bucket, Kind: policy.BucketPolicy, Policy: kind.TLSOnly(b.t, bucket)},
	})
	if awsname.BucketDots(bucket) {
		b.plan.Warnings = append(b.plan.Warnings, plan.Warning{
			Rule: "bucket-dots", On: idBucket, Text: "a bucket name with dots does not match S3's TLS certificate in some clients", Remedy: "use hyphens instead",
		})
	}
}

func (b *builder) role() {
	role, tags := b.a.Text("role.name"), kind.Tags(b.plan.Owner, idRole)
	b.add("2", idRole, kind.Role{
		Path: "/", RoleName: role, Description: "Firehose delivers logs to " + b.a.Text("bucket.name"), Tags: tags,
		Trust: plan.Document{Name: "trust", Title: "Trust policy of " + role, Kind: policy.Trust, Policy: b.trust()},
	})
	b.add("2", idPolicy, kind.InlinePolicy{
		RoleName: role, PolicyName: name, RoleTags: tags,
		Document: plan.Document{Name: "permissions", Title: "Permissions of " + role, Kind: policy.Identity, Policy: b.permissions()},
	}, idRole)
	b.plan.Resources[len(b.plan.Resources)-1].Within = idRole
}

func (b *builder) trust() policy.Document {
	s := policy.Statement{Effect: policy.Allow, Principal: policy.Principal{Services: []string{"firehose.amazonaws.com"}}, Actions: []string{"sts:AssumeRole"}}
	if b.a.Bool("role.source-account") {
		s.Conditions = []policy.Condition{{Operator: "StringEquals", Key: "aws:SourceAccount", Values: []string{b.t.Account}}}
	}
	return policy.Document{Version: policy.Version, Statements: []policy.Statement{s}}
}

// permissions are those of AWS's page (Amazon Data Firehose Developer Guide, Grant Firehose access to an Amazon S3 destination).
func (b *builder) permissions() policy.Document {
	bucket := b.a.Text("bucket.name")
	statements := []policy.Statement{{
		Sid: "Bucket", Effect: policy.Allow, Resources: []string{b.t.BucketARN(bucket), b.t.BucketARN(bucket + "/*")},
		Actions: []string{"s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:PutObject"},
	}}
	if arn := b.keyARN(); arn != "" {
		statements = append(statements, policy.Statement{Sid: "Key", Effect: policy.Allow, Actions: []string{"kms:Decrypt", "kms:GenerateDataKey"}, Resources: []string{arn}})
	}
	return policy.Document{Version: policy.Version, Statements: statements}
}

// judge finds answers that do not go together, what IAM would refuse, and what deserves a second thought.
func (b *builder) judge() {
	if arn, err := awsname.ParseARN(b.a.Text("kms.key")); err == nil && arn.Region != b.t.Region {
		v := b.a.Get("kms.key")
		b.plan.Problems = append(b.plan.Problems, answers.Problem{
			Key: "kms.key", Line: v.Line, Value: b.a.Text("kms.key"),
			Text: "is in region " + arn.Region + ", and the bucket in " + b.t.Region, Remedy: "name a key of " + b.t.Region,
		})
	}
	for _, d := range b.plan.Documents() {
		for _, err := range policy.Validate(d.Policy, d.Kind) {
			b.plan.Problems = append(b.plan.Problems, answers.Problem{Text: d.Title + " " + err.Error(), Remedy: "change the names that stand in it"})
		}
		for _, f := range policy.Lint(d.Policy, d.Kind) {
			w := plan.Warning{Rule: f.Rule, On: d.Resource, Text: d.Title + ": " + f.Text, Remedy: f.Remedy}
			if d.Kind == policy.Trust {
				w.Remedy, w.Fix = "answer role.source-account with true", map[string]string{"role.source-account": "true"}
			}
			b.plan.Warnings = append(b.plan.Warnings, w)
		}
	}
}

// finish adds the needs that follow from references, and puts everything after what it needs.
func (b *builder) finish() {
	for i, r := range b.plan.Resources {
		b.plan.Resources[i].Needs = plan.Needs(r)
	}
	ordered, err := plan.Order(b.plan.Resources)
	if err != nil {
		panic(err) // a mistake of this package, and its tests build every combination
	}
	b.plan.Resources = ordered
	b.plan.Probes = kind.NothingBeside(b.plan)
}
