package cloudformation

import (
	"go.yaml.in/yaml/v3"

	"onramp/internal/kind"
	"onramp/internal/plan"
)

// The template implements kind.Visitor: each kind is a resource of the template, a part of one, or left to
// the scripts beside it.
var _ kind.Visitor = (*template)(nil)

// Role implements kind.Visitor. The role's policies are properties of it, so that it never is without
// them, and whatever needs the role has them too.
func (t *template) Role(r kind.Role) {
	id := t.id()
	var managed, inline []*yaml.Node
	for _, arn := range t.attached[r.RoleName] {
		managed = append(managed, t.text(arn).node())
	}
	for _, p := range t.inline[r.RoleName] {
		inline = append(inline, object("PolicyName", t.text(p.PolicyName).node(), "PolicyDocument", t.document(p.Document)))
	}
	t.resource(id, resource{kind: "AWS::IAM::Role", properties: t.properties(t.input("CreateRole"), shape{
		names:  map[string]string{"PermissionsBoundary": ""},
		values: map[string]*yaml.Node{"RoleName": t.roleNames[r.RoleName].node()},
		more: []any{
			"PermissionsBoundary", t.boundary(r.Boundary), "ManagedPolicyArns", ifAny(list(managed...)), "Policies", ifAny(list(inline...)),
		},
	})})
	t.output(id+"Arn", "ARN of the role "+r.RoleName, value{ref(id + ".Arn")})
}

// boundary is a parameter, because an account may demand one that another does not know. One of the
// account's own has the same name in every account of a stack set.
func (t *template) boundary(arn string) *yaml.Node {
	if t.set && arn != "" {
		return t.text(arn).node()
	}
	name := t.add(parameter{
		name: "PermissionsBoundary", value: arn, pattern: policyARNs, optional: true, wants: "the ARN of a managed policy, or nothing",
		about: "ARN of the permissions boundary of the roles; empty: none", group: groupChoices,
	})
	return optional(t.given(name), reference(name))
}

// Attachment implements kind.Visitor. A policy of the template is attached to a role that is there already by the
// policy, and all others are a property of their role.
func (t *template) Attachment(a kind.Attachment) {
	_, made := t.roleNames[a.RoleName]
	if _, own := t.exact[a.PolicyARN]; !made && !own {
		of := a.RoleName
		a.RoleName = t.nameOfExisting(of)
		t.leave(relabelled{a, "managed policy " + a.Title + " on the role"}, "managed policy "+a.Title+" on "+t.called(of))
	}
}

// InlinePolicy implements kind.Visitor.
func (t *template) InlinePolicy(p kind.InlinePolicy) {
	if _, made := t.roleNames[p.RoleName]; !made {
		of := p.RoleName
		p.RoleName, p.Document.Policy = t.nameOfExisting(of), p.Document.Policy.Map(t.follow)
		t.leave(relabelled{p, "inline policy " + p.PolicyName + " on the role"}, "inline policy "+p.PolicyName+" on "+t.called(of))
	}
}

// nameOfExisting is the name of a role that is there already, as the stack says it: a parameter can change it.
func (t *template) nameOfExisting(role string) string {
	for _, r := range t.plan.Resources {
		e, is := r.Spec.(kind.ExistingPrincipal)
		if is && e.Of == (kind.Principal{Type: kind.RoleType, Name: role}) {
			output, _ := t.nameOutput(r.ID)
			return fromStack(output)
		}
	}
	return role
}

// called is a role for people. In each account of a stack set it has another name.
func (t *template) called(role string) string {
	if t.set {
		return "the role"
	}
	return role
}

// Bucket implements kind.Visitor. Its policy stays with the bucket: a bucket that is kept stays closed.
func (t *template) Bucket(b kind.Bucket) {
	id := t.id()
	condition := t.flag("CreateBuckets", "Whether the buckets are made; no: they are there already, with the names above")
	t.checks = append(t.checks, check{
		flag: "CreateBuckets", what: "the bucket is there already",
		command: "s3api list-buckets --query \"Buckets[?Name=='$(value " + t.buckets[b.BucketName][0].name + ")'].Name | [0]\"",
	})
	name := t.buckets[b.BucketName]
	t.resource(id, resource{kind: "AWS::S3::Bucket", condition: condition, keep: keep, properties: object(
		"BucketName", name.node(),
		"OwnershipControls", object("Rules", list(object("ObjectOwnership", t.node("", t.input("CreateBucket").Get("ObjectOwnership"))))),
		"PublicAccessBlockConfiguration", t.member("PutPublicAccessBlock", "PublicAccessBlockConfiguration"),
		"BucketEncryption", object("ServerSideEncryptionConfiguration", t.encryption()),
		"LifecycleConfiguration", object("Rules", t.lifecycle()),
		"Tags", t.member("PutBucketTagging", "Tagging", "TagSet"),
	)})
	t.resource(t.free("PolicyOf"+id), resource{kind: "AWS::S3::BucketPolicy", condition: condition, keep: keep, properties: object(
		"Bucket", reference(id),
		"PolicyDocument", t.member("PutBucketPolicy", "Policy"),
	)})
	t.output(id+"Name", "Name of the bucket", name)
}

// member is what the plan sends in a member of a call, at any depth.
func (t *template) member(operation string, path ...string) *yaml.Node {
	var v any = t.input(operation)
	for _, name := range path {
		o, _ := v.(plan.Object)
		v = o.Get(name)
	}
	return t.node(path[len(path)-1], v)
}

func (t *template) encryption() *yaml.Node {
	rules := list()
	sent, _ := t.input("PutBucketEncryption").Get("ServerSideEncryptionConfiguration").(plan.Object)
	of, _ := sent.Get("Rules").([]plan.Object)
	for _, rule := range of {
		rules.Content = append(rules.Content, t.properties(rule, shape{
			names: map[string]string{"ApplyServerSideEncryptionByDefault": "ServerSideEncryptionByDefault"},
		}))
	}
	return rules
}

func (t *template) lifecycle() *yaml.Node {
	rules := list()
	sent, _ := t.input("PutBucketLifecycleConfiguration").Get("LifecycleConfiguration").(plan.Object)
	of, _ := sent.Get("Rules").([]plan.Object)
	for _, rule := range of {
		filter, _ := rule.Get("Filter").(plan.Object)
		rules.Content = append(rules.Content, t.properties(rule, shape{
			names: map[string]string{"ID": "Id", "Filter": ""},
			more:  []any{"Prefix", t.node("Prefix", filter.Get("Prefix"))},
		}))
	}
	return rules
}

// ExistingBucket implements kind.Visitor.
func (t *template) ExistingBucket(b kind.ExistingBucket) {
	t.output(t.id()+"Name", "Name of the bucket", t.buckets[b.BucketName])
	if t.set {
		t.lookInAccount(kind.ExistingBucket{BucketName: t.fromStore(t.id() + "Name"), Account: eachAccount, Region: eachRegion, Otherwise: b.Otherwise}, "bucket, which is there already")
		return
	}
	t.lookBefore(b)
}

// Key implements kind.Visitor.
func (t *template) Key(k kind.Key) {
	id := t.id()
	makes := t.missing("IsNew"+id, id+"Arn")
	alias := value{literal("alias/"), ref(t.add(parameter{
		name: id + "Alias", value: k.Alias, pattern: aliasNames, most: maxAlias, wants: "letters, digits and /_-, without alias/",
		about: "Alias of the key, without alias/", group: groupNames,
	}))}
	t.exact[k.Name()] = alias
	t.resource(id, resource{kind: "AWS::KMS::Key", condition: makes, keep: keep, properties: t.properties(t.input("CreateKey"), shape{
		names: map[string]string{"Tags": ""},
		more:  []any{"EnableKeyRotation", boolean(len(t.input("EnableKeyRotation")) > 0), "Tags", t.keyTags()},
	})})
	t.resource(t.free("AliasOf"+id), resource{kind: "AWS::KMS::Alias", condition: makes, properties: t.properties(t.input("CreateAlias"), shape{
		values: map[string]*yaml.Node{"AliasName": alias.node(), "TargetKeyId": reference(id)},
	})})
	t.keyOutputs(id, t.refs[plan.Ref{Resource: t.current.ID, Output: kind.KeyID}]())
}

// keyOutputs gives the key's ARN and id to the script that comes after.
func (t *template) keyOutputs(id string, keyID value) {
	t.output(id+"Arn", "ARN of the key", t.refs[plan.Ref{Resource: t.current.ID, Output: kind.KeyARN}]())
	t.output(id+"Id", "Id of the key, or its ARN where it takes the place of a new one", keyID)
}

// keyTags are the tags of a key, which KMS calls by other names than everybody else.
func (t *template) keyTags() *yaml.Node {
	tags, _ := t.input("CreateKey").Get("Tags").([]plan.Object)
	n := list()
	for _, tag := range tags {
		n.Content = append(n.Content, t.properties(tag, shape{names: map[string]string{"TagKey": "Key", "TagValue": "Value"}}))
	}
	return ifAny(n)
}

// ExistingKey implements kind.Visitor.
func (t *template) ExistingKey(k kind.ExistingKey) {
	arn := t.refs[plan.Ref{Resource: t.current.ID, Output: kind.KeyARN}]()
	t.keyOutputs(t.id(), value{{node: short("!Select", integer(1), short("!Split", scalar(":key/"), arn.node()))}})
	t.lookBefore(k)
}
