package kind

import (
	"strings"

	"onramp/internal/plan"
)

// KeyPair is the public half of a key pair, imported into one region. The private half stays with its owner.
type KeyPair struct {
	KeyName   string
	PublicKey string // as OpenSSH writes it: "ssh-ed25519 AAAA... comment"
	Tags      []Tag
}

// Kind implements plan.Spec.
func (KeyPair) Kind() plan.Kind { return "ec2-key-pair" }

// Name implements plan.Spec.
func (k KeyPair) Name() string { return k.KeyName }

// Label implements plan.Spec.
func (k KeyPair) Label() string { return "key pair " + k.KeyName }

// Action implements plan.Spec.
func (KeyPair) Action() plan.Action { return plan.Create }

// Documents implements plan.Spec.
func (KeyPair) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (k KeyPair) Accept(v Visitor) { v.KeyPair(k) }

// noKeyPair is what EC2 answers where there is no such key pair.
var noKeyPair = []string{"InvalidKeyPair.NotFound"}

func describeKeyPair(name string, members ...any) plan.Call {
	return plan.NewCall("ec2", "DescribeKeyPairs", append([]any{"KeyNames", []string{name}}, members...)...)
}

// Steps implements plan.Spec. EC2 gives the key back under a comment of its own, so that only the key itself is
// looked for. A key pair's key cannot be changed, and instances were started with it.
func (k KeyPair) Steps() []plan.Step {
	const name = "KeyPairs[0].KeyName"
	read := describeKeyPair(k.KeyName, "IncludePublicKey", true)
	mine := &plan.Owner{Read: read, Absent: noKeyPair, Exists: name, Check: plan.Check{Query: tagValue("KeyPairs[0].Tags"), Want: owner(k.Tags)}}
	check := plan.Check{Query: "contains(KeyPairs[0].PublicKey || '', " + raw(k.material()) + ") && 'the same key' || KeyPairs[0].KeyFingerprint", Want: "the same key"}
	return []plan.Step{{
		Title: "import key pair " + k.KeyName,
		Owner: mine,
		Read:  read, Absent: noKeyPair,
		Check: check,
		Create: []plan.Call{plan.NewCall("ec2", "ImportKeyPair",
			"KeyName", k.KeyName, "PublicKeyMaterial", plan.Blob(k.PublicKey), "TagSpecifications", tagged("key-pair", k.Tags))},
		Refuse: "a key pair of this name holds another public key: choose another name, or use the one that is there",
		Undo: &plan.Undo{
			Title: "delete key pair " + k.KeyName,
			Read:  read, Absent: noKeyPair, Owner: mine, Check: check,
			Calls: []plan.Call{plan.NewCall("ec2", "DeleteKeyPair", "KeyName", k.KeyName)},
			Gone:  noKeyPair,
		},
	}}
}

// material is the key without its type and comment.
func (k KeyPair) material() string {
	fields := strings.Fields(k.PublicKey)
	return fields[min(1, len(fields)-1)]
}

// ExistingKeyPair is a key pair that is used as it is.
type ExistingKeyPair struct{ KeyName string }

// Kind implements plan.Spec.
func (ExistingKeyPair) Kind() plan.Kind { return "ec2-key-pair-existing" }

// Name implements plan.Spec.
func (k ExistingKeyPair) Name() string { return k.KeyName }

// Label implements plan.Spec.
func (k ExistingKeyPair) Label() string { return "existing key pair " + k.KeyName }

// Action implements plan.Spec.
func (ExistingKeyPair) Action() plan.Action { return plan.Adopt }

// Documents implements plan.Spec.
func (ExistingKeyPair) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (k ExistingKeyPair) Accept(v Visitor) { v.ExistingKeyPair(k) }

// Steps implements plan.Spec.
func (k ExistingKeyPair) Steps() []plan.Step {
	return []plan.Step{{
		Title: "look at key pair " + k.KeyName,
		Read:  describeKeyPair(k.KeyName), Absent: noKeyPair,
		Check:  plan.Check{Query: "KeyPairs[0].KeyName", Want: k.KeyName},
		Refuse: "the key pair must exist in this region: name one that is there, or import its public key",
	}}
}
