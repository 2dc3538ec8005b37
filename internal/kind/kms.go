package kind

import "onramp/internal/plan"

// Key is a customer managed key that the plan makes. It is found again by its alias.
type Key struct {
	ID          string // of the resource: its outputs are referred to by it
	Alias       string // without "alias/"
	Description string
	Tags        []Tag
}

// Outputs of keys.
const (
	KeyARN = "arn"
	KeyID  = "id"
)

var keyOutputs = []plan.Output{
	{Name: KeyARN, Read: "KeyMetadata.Arn", Made: "KeyMetadata.Arn"},
	{Name: KeyID, Read: "KeyMetadata.KeyId", Made: "KeyMetadata.KeyId"},
}

// usable is what DescribeKey says of a key that can encrypt a bucket.
var usable = plan.Check{Query: "KeyMetadata.[KeyState, KeyUsage]", Want: "Enabled ENCRYPT_DECRYPT"}

// Kind implements plan.Spec.
func (Key) Kind() plan.Kind { return "kms-key" }

// Name implements plan.Spec.
func (k Key) Name() string { return "alias/" + k.Alias }

// Label implements plan.Spec.
func (k Key) Label() string { return "KMS key alias/" + k.Alias }

// Action implements plan.Spec.
func (Key) Action() plan.Action { return plan.Create }

// Documents implements plan.Spec.
func (Key) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (k Key) Accept(v Visitor) { v.Key(k) }

// Steps implements plan.Spec. CreateKey never answers that a key exists: it makes another
// (AWS KMS API Reference), hence the look at the alias first. The key is given no policy of its
// own: KMS's default lets IAM policies of the account decide.
func (k Key) Steps() []plan.Step {
	arn := plan.Ref{Resource: k.ID, Output: KeyARN}.String()
	return []plan.Step{
		{
			Title: "create key alias/" + k.Alias,
			Read:  plan.NewCall("kms", "DescribeKey", "KeyId", "alias/"+k.Alias), Absent: []string{"NotFoundException"},
			Check: usable,
			Create: []plan.Call{
				plan.NewCall("kms", "CreateKey", "Description", k.Description, "KeyUsage", "ENCRYPT_DECRYPT", "KeySpec", "SYMMETRIC_DEFAULT", "Tags", objects(k.Tags, "TagKey", "TagValue")),
				plan.NewCall("kms", "CreateAlias", "AliasName", "alias/"+k.Alias, "TargetKeyId", arn),
			},
			Refuse: "the alias leads to a key that cannot encrypt now (disabled, or waiting to be deleted): enable that key, or choose another alias",
			Take:   keyOutputs,
		},
		{
			Title: "rotate key alias/" + k.Alias + " every year",
			Read:  plan.NewCall("kms", "GetKeyRotationStatus", "KeyId", arn), Absent: []string{"NotFoundException"},
			Check:  plan.Check{Query: "KeyRotationEnabled", Want: "True"},
			Create: []plan.Call{plan.NewCall("kms", "EnableKeyRotation", "KeyId", arn)},
			Update: []plan.Call{plan.NewCall("kms", "EnableKeyRotation", "KeyId", arn)},
			Ask:    true, // the alias may lead to a key that somebody else made
		},
	}
}

// ExistingKey is a key that is used as it is.
type ExistingKey struct {
	KeyRef string // id, ARN or alias, as the operator gave it
}

// Kind implements plan.Spec.
func (ExistingKey) Kind() plan.Kind { return "kms-key-existing" }

// Name implements plan.Spec.
func (k ExistingKey) Name() string { return k.KeyRef }

// Label implements plan.Spec.
func (k ExistingKey) Label() string { return "existing KMS key " + k.KeyRef }

// Action implements plan.Spec.
func (ExistingKey) Action() plan.Action { return plan.Adopt }

// Documents implements plan.Spec.
func (ExistingKey) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (k ExistingKey) Accept(v Visitor) { v.ExistingKey(k) }

// Steps implements plan.Spec.
func (k ExistingKey) Steps() []plan.Step {
	return []plan.Step{{
		Title: "look at key " + k.KeyRef,
		Read:  plan.NewCall("kms", "DescribeKey", "KeyId", k.KeyRef), Absent: []string{"NotFoundException"},
		Check:  usable,
		Refuse: "the key must exist in this region, be enabled and be one that encrypts: name another key, or answer kms.choice with new",
		Take:   []plan.Output{{Name: KeyARN, Read: "KeyMetadata.Arn"}, {Name: KeyID, Read: "KeyMetadata.KeyId"}},
	}}
}
