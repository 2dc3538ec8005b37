package terraform

import (
	"slices"

	"onramp/internal/kind"
	"onramp/internal/plan"
)

// Role implements kind.Visitor.
func (m *module) Role(r kind.Role) {
	name := m.name(m.label+"_name", rule{
		about: "Name of the IAM role.", message: "A role's name has 1 to 64 letters, digits and characters of +=,.@_-.",
		condition: `can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", %[1]s))`,
	}, r.RoleName)
	m.title()
	b := m.resourceBlock("aws_iam_role")
	b.expr("name", "%s", name)
	b.literal("path", r.Path)
	b.literal("description", r.Description)
	b.literal("permissions_boundary", r.Boundary)
	b.policy("assume_role_policy", r.Trust)
	b.tags(r.Tags)
	b.strangers(name, r.RoleName, "role")
	m.shows(m.output(m.label+"_arn", "ARN of the IAM role.", "%s.arn", b.address), m.plan.Target.RoleARN(r.Path, r.RoleName))
	m.takeOverRole(b.address, expression("%s", name), r.Tags)
}

// role is the expression for the name of a role.
func (m *module) role(name string) expr {
	if at := m.names.roles[name]; at != "" {
		return expression("%s.name", at)
	}
	return m.principal(kind.Principal{Type: kind.RoleType, Name: name})
}

// Attachment implements kind.Visitor.
func (m *module) Attachment(a kind.Attachment) {
	b := m.resourceBlock("aws_iam_role_policy_attachment")
	b.set("role", m.role(a.RoleName))
	b.text("policy_arn", a.PolicyARN)
	m.takeOverPart(b.address, m.role(a.RoleName), "/", a.PolicyARN)
}

// InlinePolicy implements kind.Visitor.
func (m *module) InlinePolicy(p kind.InlinePolicy) {
	b := m.resourceBlock("aws_iam_role_policy")
	b.literal("name", p.PolicyName)
	b.set("role", m.role(p.RoleName))
	b.policy("policy", p.Document)
	m.takeOverPart(b.address, m.role(p.RoleName), ":", p.PolicyName)
}

// Bucket implements kind.Visitor. Its settings are resources of their own (hashicorp/aws 4.0 took them out of
// aws_s3_bucket). In a bucket that is there already, somebody may have added statements to the policy, or
// lifecycle rules: the provider would replace both, so they are left to post.sh, which does not.
func (m *module) Bucket(b kind.Bucket) {
	name := m.name(m.label+"_name", rule{
		about: "Name of the S3 bucket: unique in all of AWS.", message: "A bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens.",
		condition: `can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", %[1]s))`,
	}, b.BucketName)
	m.title()
	bucket := m.resourceBlock("aws_s3_bucket")
	bucket.expr("bucket", "%s", name)
	bucket.tags(b.Tags)
	bucket.strangers(name, b.BucketName, "bucket")
	m.output(m.label+"_name", "Name of the S3 bucket.", "%s.bucket", bucket.address)
	m.ownership(bucket.address)
	closed, encrypted := m.publicAccess(bucket.address), m.encryption(bucket.address, b.KeyARN)
	if !m.exists(m.of) {
		m.bucketPolicy(bucket.address, closed, b.Policy)
		m.lifecycle(bucket.address)
		return
	}
	m.takeOver(bucket.address, expression("%s", name))
	if !m.lacks(m.of) { // otherwise a setting may not be there, and making one is putting it
		m.takeOver(closed, expression("%s", name))
		m.takeOver(encrypted, expression("%s", name))
	}
	m.letGo("policy and lifecycle rules of "+b.BucketName, "aws_s3_bucket_policy."+m.label, "aws_s3_bucket_lifecycle_configuration."+m.label)
	m.later(stepsOf(m.of, "PutBucketPolicy", "PutBucketLifecycleConfiguration"))
}

func (m *module) setting(of, bucket string) block {
	b := m.resourceBlock(of)
	b.expr("bucket", "%s.id", bucket)
	return b
}

func (m *module) ownership(bucket string) {
	rule := m.setting("aws_s3_bucket_ownership_controls", bucket).nest("rule")
	rule.literal("object_ownership", "BucketOwnerEnforced")
}

func (m *module) publicAccess(bucket string) string {
	b := m.setting("aws_s3_bucket_public_access_block", bucket)
	for _, name := range []string{"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"} {
		b.set(name, yes(true))
	}
	return b.address
}

func (m *module) encryption(bucket, key string) string {
	b := m.setting("aws_s3_bucket_server_side_encryption_configuration", bucket)
	rule := b.nest("rule")
	if key != "" {
		rule.set("bucket_key_enabled", yes(true))
		rule.body.line("")
	}
	byDefault := rule.inside("apply_server_side_encryption_by_default")
	if key == "" {
		byDefault.literal("sse_algorithm", "AES256")
		return b.address
	}
	byDefault.literal("sse_algorithm", "aws:kms")
	byDefault.text("kms_master_key_id", key)
	return b.address
}

// bucketPolicy comes after the block of public access: S3 takes one change of these at a time.
func (m *module) bucketPolicy(bucket, after string, d plan.Document) {
	b := m.setting("aws_s3_bucket_policy", bucket)
	b.policy("policy", d)
	b.dependsOn(after)
}

func (m *module) lifecycle(bucket string) {
	days, _ := m.sent("PutBucketLifecycleConfiguration", "LifecycleConfiguration", "Rules", "AbortIncompleteMultipartUpload", "DaysAfterInitiation").(int)
	rule := m.setting("aws_s3_bucket_lifecycle_configuration", bucket).nest("rule")
	rule.literal("id", kind.AbortRule)
	rule.literal("status", "Enabled")
	rule.nest("filter").set("prefix", m.literal(""))
	rule.nest("abort_incomplete_multipart_upload").set("days_after_initiation", number(days))
}

// ExistingBucket implements kind.Visitor.
func (m *module) ExistingBucket(b kind.ExistingBucket) {
	name := m.name(m.label+"_name", rule{about: "Name of the S3 bucket, which exists."}, b.BucketName)
	m.title()
	d := m.dataBlock("aws_s3_bucket")
	d.expr("bucket", "%s", name)
	d.insists("postcondition", "The bucket must be in the region of the plan: name another one.", "self.region == var.region")
	m.output(m.label+"_name", "Name of the S3 bucket.", "data.aws_s3_bucket.%s.bucket", m.label)
}

// Key implements kind.Visitor. The key is given no policy: KMS's default lets IAM policies of the account decide.
func (m *module) Key(k kind.Key) {
	name := m.name(m.label+"_alias", rule{
		about: "Alias of the KMS key, without alias/.", message: "An alias has 1 to 250 letters, digits and characters of /_-, and does not begin with aws/.",
		condition: `can(regex("^[a-zA-Z0-9/_-]{1,250}$", %[1]s)) && !startswith(%[1]s, "aws/")`,
	}, k.Alias)
	m.title()
	alias := m.or(template(piece{text: "alias/"}, piece{expr: expression("%s", name)}))
	b := m.resourceBlock("aws_kms_key")
	b.literal("description", k.Description)
	b.set("enable_key_rotation", yes(true))
	b.set("deletion_window_in_days", number(deletionWindow))
	b.tags(k.Tags, member{m.literal(kind.TagAlias), alias})
	b.reliedOn(expr(name), k.Alias, "KMS key", "another alias")
	a := m.resourceBlock("aws_kms_alias")
	a.set("name", alias)
	a.expr("target_key_id", "%s.key_id", b.address)
	m.keyOutputs(b.address+".arn", b.address+".key_id")
	m.takeOverKey(b.address, a.address, alias)
}

// deletionWindow is how long a key waits to be deleted, in days: the longest that KMS offers.
const deletionWindow = 30

func (m *module) keyOutputs(arn, id string) {
	m.output(m.label+"_arn", "ARN of the KMS key.", "%s", arn)
	m.output(m.label+"_id", "Id of the KMS key, as CREATE MODEL takes it.", "%s", id)
}

// ExistingKey implements kind.Visitor.
func (m *module) ExistingKey(k kind.ExistingKey) {
	name := m.name(m.label+"_id", rule{about: "The KMS key, which exists: its id, its ARN or its alias."}, k.KeyRef)
	m.title()
	d := m.dataBlock("aws_kms_key")
	d.expr("key_id", "%s", name)
	d.insists("postcondition", "The key must be enabled and be one that encrypts: name another one.", `self.key_state == "Enabled" && self.key_usage == "ENCRYPT_DECRYPT"`)
	m.keyOutputs("data.aws_kms_key."+m.label+".arn", "data.aws_kms_key."+m.label+".id")
}

// sent is a value that the plan sends in a call of the resource that is being written; of a list, in its first item.
func (m *module) sent(operation string, path ...string) any {
	for _, st := range m.of.Spec.Steps() {
		for _, c := range st.Create {
			if c.Operation == operation {
				return valueAt(c.Input, path)
			}
		}
	}
	return nil
}

func valueAt(v any, path []string) any {
	if items, ok := v.([]plan.Object); ok && len(items) > 0 {
		v = items[0]
	}
	if o, ok := v.(plan.Object); ok && len(path) > 0 {
		return valueAt(o.Get(path[0]), path[1:])
	}
	return v
}

// part is a resource of which only some steps are left.
type part struct {
	plan.Spec
	steps []plan.Step
}

// Steps implements plan.Spec.
func (p part) Steps() []plan.Step { return p.steps }

// stepsOf is a resource with those of its steps that make one of the operations.
func stepsOf(r plan.Resource, operations ...string) plan.Resource {
	var steps []plan.Step
	for _, st := range r.Spec.Steps() {
		if slices.ContainsFunc(st.Create, func(c plan.Call) bool { return slices.Contains(operations, c.Operation) }) {
			steps = append(steps, st)
		}
	}
	r.Spec = part{Spec: r.Spec, steps: steps}
	return r
}
