package redshiftml

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// Ids of the resources. Outputs are referred to by them.
const (
	idKey      = "key"
	idBucket   = "bucket"
	idRole     = "role"
	idVPC      = "vpc"
	idGroupSG  = "endpoint-security-group"
	idService  = "sagemaker-service"
	idGateway  = "s3-endpoint"
	idEndpoint = "sagemaker-endpoint"
	idCluster  = "cluster"
	idAttach   = "warehouse-roles"
	idRouting  = "warehouse-routing"
	idSQL      = "sql"
)

// builder gathers the plan. Each method adds what one step of the document asks for.
type builder struct {
	a    answers.Set
	t    plan.Target
	plan plan.Plan
	// roles are the ARNs that the warehouse gets, the main role first.
	roles []string
	ready []string // ids of what must be there before roles are attached
	owner string
}

// build makes the plan. It is total: what the answers do not say yet is left out or stays empty,
// and the caller's problems tell.
func build(a answers.Set, t plan.Target) plan.Plan {
	t.Account, t.Region = answered(t.Account, "account"), answered(t.Region, "region")
	b := &builder{a: a, t: t, owner: "redshift-ml." + warehouseName(a)}
	b.plan = plan.Plan{Guide: "redshift-ml", Title: "Amazon Redshift ML administration", Owner: b.owner, Target: t}
	b.key()
	b.bucket()
	b.mainRole()
	b.groupRoles()
	b.endpoints()
	b.warehouse()
	b.sql()
	b.followUps()
	b.judge()
	b.finish()
	return b.plan
}

func warehouseName(a answers.Set) string {
	if a.Text("warehouse.kind") == "serverless" {
		return a.Text("warehouse.namespace")
	}
	return a.Text("warehouse.cluster")
}

func (b *builder) text(key string) string { return b.a.Text(key) }

func (b *builder) serverless() bool { return b.text("warehouse.kind") == "serverless" }

func (b *builder) routed() bool { return b.a.Bool("vpc-routing.enabled") }

// sampleData says whether the role may read AWS's sample bucket. Bucket names are unique in a
// partition only: in another one than aws, a bucket of that name may be anybody's.
func (b *builder) sampleData() bool { return b.a.Bool("bucket.sample-data") && b.t.Partition == "aws" }

func (b *builder) tags(id string) []kind.Tag { return kind.Tags(b.owner, id) }

func (b *builder) add(place, id string, spec plan.Spec, needs ...string) {
	b.plan.Resources = append(b.plan.Resources, plan.Resource{ID: id, Spec: spec, Needs: needs, Place: place})
}

func (b *builder) warn(rule, on, text, remedy string) {
	b.plan.Warnings = append(b.plan.Warnings, plan.Warning{Rule: rule, On: on, Text: text, Remedy: remedy})
}

// fixed says which answer makes the last warning go away.
func (b *builder) fixed(key, value string) {
	b.plan.Warnings[len(b.plan.Warnings)-1].Fix = map[string]string{key: value}
}

func (b *builder) cost(on, text string) {
	b.plan.Costs = append(b.plan.Costs, plan.Note{On: on, Text: text})
}

func (b *builder) problem(key, text, remedy string) {
	v := b.a.Get(key)
	b.plan.Problems = append(b.plan.Problems, answers.Problem{
		Key: key, Value: answers.Short(answers.Format(v.Data)), Line: v.Line, Text: text, Remedy: remedy,
	})
}

func (b *builder) key() {
	switch b.text("kms.choice") {
	case "new":
		b.add("4", idKey, kind.Key{
			ID: idKey, Alias: b.text("kms.alias"), Tags: b.tags(idKey),
			Description: "Redshift ML training data and models",
		})
		b.cost(idKey, "the KMS key has a monthly price, and a price for requests; the bucket key keeps the requests few")
	case "existing":
		b.add("4", idKey, kind.ExistingKey{ID: idKey, KeyRef: b.text("kms.key"), UsedBy: b.user()})
	}
}

// user is the main role, as the user of what is there already.
func (b *builder) user() kind.UsedBy {
	name := b.text("role.name")
	if name == "" {
		return kind.UsedBy{}
	}
	return kind.UsedBy{RoleARN: b.t.RoleARN(b.text("role.path"), name), Account: b.t.Account, Partition: b.t.Partition}
}

// keyARN is the ARN that policies name. Where the answer gives it, it is known before apply.
func (b *builder) keyARN() string {
	ref := b.text("kms.key")
	switch {
	case b.text("kms.choice") == "new":
		return plan.Ref{Resource: idKey, Output: kind.KeyARN}.String()
	case b.text("kms.choice") != "existing":
		return ""
	case strings.HasPrefix(ref, "arn:") && !strings.Contains(ref, ":alias/"):
		return ref
	case ref != "" && !strings.Contains(ref, "alias/"):
		return b.t.ARN("kms", "key/"+ref)
	}
	return plan.Ref{Resource: idKey, Output: kind.KeyARN}.String()
}

func (b *builder) bucket() {
	name := b.text("bucket.name")
	if name == "" {
		return
	}
	if b.text("bucket.choice") == "existing" {
		b.add("4", idBucket, kind.ExistingBucket{BucketName: name, Account: b.t.Account, Region: b.t.Region, Otherwise: "answer bucket.choice with new", UsedBy: b.user(), Keyed: b.keyARN() != ""})
		b.warn("bucket-as-it-is", idBucket, "onramp leaves the bucket unchanged. It checks whether its policy denies the role, not its encryption or public access",
			"check that it blocks public access and is encrypted, or answer bucket.choice with new")
		return
	}
	b.newBucket("4", idBucket, name)
}

func (b *builder) newBucket(place, id, name string) {
	var needs []string
	if b.keyARN() != "" {
		needs = []string{idKey}
	}
	b.add(place, id, kind.Bucket{
		BucketName: name, Account: b.t.Account, Region: b.t.Region, KeyARN: b.keyARN(), Tags: b.tags(id),
		Policy: plan.Document{Name: "policy", Title: "Bucket policy of " + name, Kind: policy.BucketPolicy, Policy: kind.TLSOnly(b.t, name)},
	}, needs...)
	b.cost(id, "S3 bills for what "+name+" holds; Redshift removes its training data when a model is done")
	if awsname.BucketDots(name) {
		b.warn("bucket-dots", id, "a bucket name with dots does not match S3's TLS certificate in some clients", "use hyphens instead")
	}
}

func (b *builder) mainRole() {
	b.role("2", idRole, b.text("role.name"), b.text("bucket.name"))
	if b.text("role.choice") == "simple" {
		b.warn("role-broad", idRole, "AmazonS3FullAccess opens every bucket of the account to whoever may create models", "answer role.choice with restrictive")
		b.fixed("role.choice", "restrictive")
	}
	if b.text("role.choice") == "console-default" && b.text("bucket.name") != "" && !strings.Contains(b.text("bucket.name"), "redshift") {
		b.warn("bucket-name", "bucket.name", "AmazonRedshiftAllCommandsFullAccess reaches only buckets with redshift in their name, so the role gets a second policy for "+b.text("bucket.name"),
			"choose a bucket name that contains redshift to do without it")
	}
}

// role adds a role with its policies, for the main bucket or for a group's own.
func (b *builder) role(place, id, name, bucket string) {
	if name == "" {
		return
	}
	arn := b.t.RoleARN(b.text("role.path"), name)
	trust := plan.Document{
		Name: "trust", Title: "Trust policy of " + name, Kind: policy.Trust,
		Policy: trustPolicy(b.t, b.serverless(), b.a.Bool("role.source-account")),
	}
	b.add(place, id, kind.Role{
		Path: b.text("role.path"), RoleName: name, Description: "Redshift ML: CREATE MODEL exports to " + bucket + " and trains in SageMaker",
		Trust: trust, Boundary: b.text("role.permissions-boundary"), Tags: b.tags(id),
	})
	b.ready = append(b.ready, id)
	b.roles = append(b.roles, arn)
	acc := access{
		target: b.t, roleARN: arn, bucket: answered(bucket, "bucket"), keyARN: b.keyARN(),
		sampleData: b.sampleData(), vpcRouting: b.routed(),
	}
	b.rolePolicies(place, id, name, acc)
	b.probe(id, name, acc)
}

// probe asks IAM whether a role may do what CREATE MODEL needs: the actions of the tightened policy, as
// far as the policy that was chosen has them. A permissions boundary or an organisation's policy can be
// in the way. What a condition decides is left out, since IAM would have to be told its value.
func (b *builder) probe(id, name string, acc access) {
	// AmazonRedshiftAllCommandsFullAccess trains without tags (AWS Managed Policy Reference Guide).
	has := func(action string) bool {
		return b.text("role.choice") != "console-default" || action != "sagemaker:AddTags"
	}
	if b.text("role.choice") == "restrictive" {
		chosen := policy.Actions(acc.restrictive(b.text("role.policy")))
		has = func(action string) bool {
			return slices.ContainsFunc(chosen, func(pattern string) bool { return matches(pattern, action) })
		}
	}
	acc.sampleData = false
	for _, s := range append(acc.tightened(), acc.modules(true)...) {
		actions := slices.DeleteFunc(simulated(s.Actions), func(a string) bool { return !has(a) })
		if len(s.Conditions) > 0 || len(actions) == 0 {
			continue
		}
		b.plan.Probes = append(b.plan.Probes, kind.MayDo(id, name+" may do what CREATE MODEL needs ("+s.Sid+")", acc.roleARN, actions, s.Resources[:1]))
	}
}

// matches says that an action with stars is, among others, this one.
func matches(pattern, action string) bool {
	ok, err := path.Match(pattern, action) // actions have no slash, and none of its other marks
	return ok && err == nil
}

// simulated are actions as IAM's simulation takes them: without wildcards.
func simulated(actions []string) []string {
	out := make([]string, len(actions))
	for i, a := range actions {
		out[i] = strings.TrimSuffix(a, "*")
	}
	return out
}

func (b *builder) rolePolicies(place, id, name string, acc access) {
	choice := b.text("role.choice")
	for _, managed := range map[string][]string{
		"simple":          {"AmazonS3FullAccess", "AmazonSageMakerFullAccess"},
		"console-default": {"AmazonRedshiftAllCommandsFullAccess"},
	}[choice] {
		b.addPolicy(place, id, id+"-"+managed, kind.Attachment{
			RoleName: name, PolicyARN: b.t.ManagedPolicyARN(managed), Title: managed, RoleTags: b.tags(id),
		})
	}
	doc := plan.Document{Name: "permissions", Title: "Permissions of " + name, Kind: policy.Identity}
	if choice == "restrictive" {
		doc.Policy = acc.restrictive(b.text("role.policy"))
		if b.text("role.policy") == "current" {
			doc.Notes = []plan.ActionNote{{Actions: actionsAdded, Text: AddedNote}}
		}
	} else {
		doc.Policy = acc.additions(choice)
		doc.Title = "Additional permissions of " + name
	}
	if len(doc.Policy.Statements) > 0 {
		b.addPolicy(place, id, id+"-policy", kind.InlinePolicy{
			RoleName: name, PolicyName: policyName, Document: doc, RoleTags: b.tags(id),
		})
	}
}

// policyName is the name of the inline policy on each role.
const policyName = "redshift-ml"

func (b *builder) addPolicy(place, role, id string, spec plan.Spec) {
	needs := []string{role}
	for _, d := range spec.Documents() {
		if b.keyARN() != "" && len(plan.Refs(string(d.Policy.Compact()))) > 0 {
			needs = append(needs, idKey)
		}
	}
	b.add(place, id, spec, needs...)
	b.within(role)
	b.ready = append(b.ready, id)
}

// within says of the last resource that it is a part of another.
func (b *builder) within(id string) { b.plan.Resources[len(b.plan.Resources)-1].Within = id }

// group is one user group as answered.
type group struct {
	key                        string // "groups.0."
	name, schema, bucket, role string
	creates                    bool
	execute                    []string
}

func (b *builder) groups() []group {
	out := make([]group, b.a.Int("groups"))
	for i := range out {
		key := func(name string) string { return answers.ItemKey("groups", i, name) }
		out[i] = group{
			key: fmt.Sprintf("groups.%d.", i), name: b.text(key("name")), schema: b.text(key("schema")), bucket: b.text(key("bucket")), role: b.text(key("role")),
			creates: b.a.Bool(key("create-models")), execute: b.a.List(key("execute")),
		}
	}
	return out
}

func (b *builder) groupRoles() {
	for i, g := range b.groups() {
		if g.bucket == "" || g.role == "" {
			continue
		}
		id := fmt.Sprintf("group-%d", i+1)
		b.newBucket("5", id+"-bucket", g.bucket)
		b.role("5", id+"-role", g.role, g.bucket)
	}
}

func (b *builder) finish() {
	for i, r := range b.plan.Resources {
		b.plan.Resources[i].Needs = plan.Needs(r)
	}
	ordered, err := plan.Order(b.plan.Resources)
	if err != nil {
		panic(err) // a mistake of this package, and its tests build every combination
	}
	b.plan.Resources = ordered
	b.plan.Probes = append(b.plan.Probes, kind.NothingBeside(b.plan)...)
}
