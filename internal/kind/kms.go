package kind

import (
	"slices"
	"strings"

	"onramp/internal/plan"
)

// Key is a customer managed key that the plan makes. It is found again by its alias, and as long as it
// has none, by its tags.
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

// ARN implements plan.Located.
func (k Key) ARN(plan.Target) string { return plan.Ref{Resource: k.ID, Output: KeyARN}.String() }

// TagAlias is a tag of a key: the alias that it was made for. Without it the tags of the plan would
// also be on a key that an earlier run has made for another alias.
const TagAlias = "onramp:alias"

// Marks are all tags of the key.
func (k Key) Marks() []Tag { return append(slices.Clip(k.Tags), Tag{TagAlias, k.Name()}) }

// noKey is what KMS answers where a key or an alias is not there. Right after it was made, some of KMS
// may not know it yet, so the same code passes by itself there (AWS KMS Developer Guide, Eventual
// consistency).
var noKey = []string{"NotFoundException"}

func describeKey(id string) plan.Call { return plan.NewCall("kms", "DescribeKey", "KeyId", id) }

// Steps implements plan.Spec. The alias comes last: what has it is finished. The key is given no policy
// of its own: KMS's default lets IAM policies of the account decide.
func (k Key) Steps() []plan.Step {
	id := plan.Ref{Resource: k.ID, Output: KeyID}.String()
	return []plan.Step{k.create(id), k.rotate(id), k.alias(id)}
}

// create makes the key. CreateKey never answers that a key exists: it makes another (AWS KMS API
// Reference), hence the look at the alias first, and then at all keys for one that a run has made which
// ended before it could name it.
func (k Key) create(id string) plan.Step {
	marks := k.owner(id)
	return plan.Step{
		Title: "create key " + k.Name(),
		Read:  describeKey(k.Name()), Absent: noKey,
		Check: usable,
		Create: []plan.Call{plan.NewCall("kms", "CreateKey", "Description", k.Description,
			"KeyUsage", "ENCRYPT_DECRYPT", "KeySpec", "SYMMETRIC_DEFAULT", "Tags", objects(k.Marks(), "TagKey", "TagValue"))},
		Find: &plan.Find{
			List: plan.NewCall("kms", "ListKeys"), Items: "Keys[].KeyId", Output: KeyID,
			Owner: *marks, Read: describeKey(id), Check: usable,
		},
		Refuse: "the alias leads to a key that cannot encrypt now (disabled, or waiting to be deleted): enable that key, or cancel its deletion and enable it, or choose another alias",
		Take:   keyOutputs,
		Undo: &plan.Undo{
			Title: "schedule key " + k.Name() + " for deletion",
			Read:  describeKey(id), Absent: noKey,
			Owner: marks,
			Check: plan.Check{Query: "KeyMetadata.KeyId", Want: id},
			Calls: []plan.Call{plan.NewCall("kms", "ScheduleKeyDeletion", "KeyId", id, "PendingWindowInDays", mostPending)},
			Gone:  []string{"NotFoundException", "KMSInvalidStateException"}, // the latter: it waits to be deleted already
			Keeps: "it waits 30 days, and can be kept with cancel-key-deletion until then; what it has encrypted cannot be read meanwhile",
		},
	}
}

// mostPending is the longest that a key can wait to be deleted, in days. It is never deleted at once.
const mostPending = 30

// owner says that a key is the plan's, made for this very alias. A key whose tags may not be seen is
// somebody else's: the plan's own have KMS's default policy, which hides nothing from the account.
func (k Key) owner(id string) *plan.Owner {
	var queries, values []string
	for _, t := range k.Marks() {
		queries = append(queries, "(Tags[?TagKey=="+raw(t.Key)+"].TagValue | [0]) || ''")
		values = append(values, t.Value)
	}
	return &plan.Owner{
		Read: plan.NewCall("kms", "ListResourceTags", "KeyId", id), Unmarked: []string{"NotFoundException", "AccessDeniedException"},
		Check: plan.Check{Query: "join(' ', [" + strings.Join(queries, ", ") + "])", Want: strings.Join(values, " ")},
	}
}

func (k Key) rotate(id string) plan.Step {
	enable := []plan.Call{plan.NewCall("kms", "EnableKeyRotation", "KeyId", id)}
	disable := plan.NewCall("kms", "DisableKeyRotation", "KeyId", id)
	st := plan.Step{
		Title: "rotate key " + k.Name() + " every year",
		Read:  plan.NewCall("kms", "GetKeyRotationStatus", "KeyId", id), Absent: noKey,
		Check:  plan.Check{Query: "KeyRotationEnabled", Want: "True"},
		Create: enable, Update: enable, Restore: []plan.Call{disable},
		Ask:     true, // the alias may lead to a key that somebody else made
		Affects: "KMS makes new key material every year; what is encrypted stays readable",
		Retry:   noKey,
	}
	st.Undo = back(st, "rotate key "+k.Name()+" no more", disable)
	st.Undo.Check, st.Undo.Retry = on(st.Check.Query), nil
	st.Undo.Leave = []plan.Leave{
		{Code: "DisabledException", Why: "the key is disabled"},
		{Code: "KMSInvalidStateException", Why: "the key cannot be changed in the state that it is in"},
	}
	return st
}

// alias gives the key its alias. Its undo looks where the alias leads by then: others may have moved it to
// a key of theirs.
func (k Key) alias(id string) plan.Step {
	st := plan.Step{
		Title: "name the key " + k.Name(),
		Read:  describeKey(k.Name()), Absent: noKey,
		Check:  plan.Check{Query: "KeyMetadata.KeyId", Want: id},
		Create: []plan.Call{plan.NewCall("kms", "CreateAlias", "AliasName", k.Name(), "TargetKeyId", id)},
		Refuse: "the alias was given to another key meanwhile: choose another alias",
		Retry:  noKey,
	}
	st.Undo = back(st, "take "+k.Name()+" off the key", plan.NewCall("kms", "DeleteAlias", "AliasName", k.Name()))
	st.Undo.Retry, st.Undo.Apart = nil, true // an alias stays with a key that waits to be deleted
	return st
}

// ExistingKey is a key that is used as it is.
type ExistingKey struct {
	ID     string // of the resource
	KeyRef string // id, ARN or alias, as the operator gave it
	UsedBy UsedBy // whom the key's policy must let use it
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

// Steps implements plan.Spec. GetKeyPolicy takes no alias (AWS KMS API Reference).
func (k ExistingKey) Steps() []plan.Step {
	steps := []plan.Step{{
		Title: "look at key " + k.KeyRef,
		Read:  describeKey(k.KeyRef), Absent: noKey,
		Check:  usable,
		Refuse: "the key must exist in this region, be enabled and be one that encrypts: name another key, or answer kms.choice with new",
		Take:   []plan.Output{{Name: KeyARN, Read: "KeyMetadata.Arn"}, {Name: KeyID, Read: "KeyMetadata.KeyId"}},
	}}
	if k.UsedBy == (UsedBy{}) {
		return steps
	}
	id := plan.Ref{Resource: k.ID, Output: KeyID}.String()
	read := plan.NewCall("kms", "GetKeyPolicy", "KeyId", id, "PolicyName", "default")
	return append(steps, policyStep("key "+k.KeyRef, read, noKey, keyJudge{k.KeyRef, k.UsedBy}))
}
