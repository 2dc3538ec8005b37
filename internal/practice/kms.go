package practice

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"onramp/internal/practice/wire"
)

// vault is what KMS and Secrets Manager hold in a region.
type vault struct {
	keys    map[string]*key   // by id
	aliases map[string]string // name with "alias/" -> id of the key
	secrets map[string]*secret
}

func newVault() vault {
	return vault{keys: map[string]*key{}, aliases: map[string]string{}, secrets: map[string]*secret{}}
}

// key is a KMS key.
type key struct {
	id, arn, description string
	usage, spec          string
	state                string // Enabled, Disabled, PendingDeletion
	policy               string
	tags                 tags
	rotates              bool
	period               int       // days between rotations
	deleted              time.Time // when it will be, in PendingDeletion
	created              time.Time
}

// States of a key (KMS UG, Key states of AWS KMS keys).
const (
	enabled  = "Enabled"
	disabled = "Disabled"
	pending  = "PendingDeletion"
)

var (
	keyDescriptionRule = rule("description", 0, 8192, "")
	keyIDForm          = rule("keyId", 36, 36, `[0-9a-f-]+|mrk-[0-9a-f]{32}`)
	aliasRule          = rule("aliasName", 1, 256, `[a-zA-Z0-9:/_-]+`)
)

// find resolves the forms of a key's name: id, ARN, alias and alias ARN (KMS UG, Key identifiers).
func (c *call) find(ref string) *key {
	if arn, ok := strings.CutPrefix(ref, c.arn("kms", "")); ok {
		ref = strings.TrimPrefix(arn, "key/")
	}
	if id, ok := c.at.aliases[ref]; ok {
		ref = id
	}
	return c.at.keys[ref]
}

// theKey is the key that a member of a call names.
func (c *call) theKey(member string) (*key, error) {
	ref := c.in.Text(member)
	k := c.find(ref)
	switch {
	case k != nil:
		return k, nil
	case strings.HasPrefix(ref, "alias/"):
		return nil, bad("NotFoundException", "Alias %s is not found.", c.arn("kms", ref))
	case strings.Contains(ref, ":alias/"):
		return nil, bad("NotFoundException", "Alias %s is not found.", ref)
	case strings.HasPrefix(ref, "arn:"):
		return nil, bad("NotFoundException", "Key '%s' does not exist", ref)
	case keyIDForm.broken(ref) == "":
		return nil, bad("NotFoundException", "Key '%s' does not exist", c.arn("kms", "key/"+ref))
	}
	return nil, bad("NotFoundException", "Invalid keyId '%s'", ref)
}

// keyOnly is theKey for the calls that take no alias: all but DescribeKey of those that are here (KMS
// API, their KeyId). The answer to an alias's ARN is KMS's (terraform #20813), that to its name
// UNVERIFIED.
func (c *call) keyOnly(member string) (*key, error) {
	switch ref := c.in.Text(member); {
	case strings.HasPrefix(ref, "arn:") && strings.Contains(ref, ":alias/"):
		return nil, bad("InvalidArnException", "Key Aliases are not supported for this operation.")
	case strings.HasPrefix(ref, "alias/"):
		return nil, bad("NotFoundException", "Invalid keyId '%s'", ref)
	}
	return c.theKey(member)
}

func withKey(run func(*call, *key) (wire.Answer, error)) func(*call) (wire.Answer, error) {
	return onKeyOf((*call).keyOnly, run)
}

// withKeyOrAlias runs an operation that takes an alias in the place of a key.
func withKeyOrAlias(run func(*call, *key) (wire.Answer, error)) func(*call) (wire.Answer, error) {
	return onKeyOf((*call).theKey, run)
}

func onKeyOf(find func(*call, string) (*key, error), run func(*call, *key) (wire.Answer, error)) func(*call) (wire.Answer, error) {
	return func(c *call) (wire.Answer, error) {
		k, err := find(c, "KeyId")
		if err != nil {
			return because(err)
		}
		return run(c, k)
	}
}

// usable refuses a key in a state in which it cannot be changed so (KMS UG, Key states: the table of
// operations).
func (k *key) usable(alsoDisabled bool) error {
	switch {
	case k.state == pending:
		return bad("KMSInvalidStateException", "%s is pending deletion.", k.arn)
	case k.state == disabled && !alsoDisabled:
		return bad("DisabledException", "%s is disabled.", k.arn)
	}
	return nil
}

func createKey(c *call) (wire.Answer, error) {
	k := &key{
		id: c.uuid(), description: c.in.Text("Description"), usage: c.in.Text("KeyUsage"), spec: c.in.Text("KeySpec"),
		state: enabled, policy: c.in.Text("Policy"), period: 365, created: c.now,
	}
	k.arn = c.arn("kms", "key/"+k.id)
	if k.usage == "" {
		k.usage = "ENCRYPT_DECRYPT"
	}
	if k.spec == "" {
		k.spec = "SYMMETRIC_DEFAULT"
	}
	if k.policy == "" {
		k.policy = c.defaultKeyPolicy()
	}
	err := first(keyDescriptionRule.check("ValidationException", k.description), k.checkKind(),
		c.checkKeyPolicy(k.policy, c.in.Bool("BypassPolicyLockoutSafetyCheck")))
	if err != nil {
		return because(err)
	}
	if k.tags, err = kmsTags(c.in.Objects("Tags"), nil); err != nil {
		return because(err)
	}
	c.at.keys[k.id] = k
	return answer("KeyMetadata", k.fields())
}

// specs are the key specs with the usages that they allow (KMS API, CreateKey).
var specs = map[string][]string{
	"SYMMETRIC_DEFAULT": {"ENCRYPT_DECRYPT"},
	"RSA_2048":          {"ENCRYPT_DECRYPT", "SIGN_VERIFY"}, "RSA_3072": {"ENCRYPT_DECRYPT", "SIGN_VERIFY"}, "RSA_4096": {"ENCRYPT_DECRYPT", "SIGN_VERIFY"},
	"ECC_NIST_P256": {"SIGN_VERIFY", "KEY_AGREEMENT"}, "ECC_NIST_P384": {"SIGN_VERIFY", "KEY_AGREEMENT"}, "ECC_NIST_P521": {"SIGN_VERIFY", "KEY_AGREEMENT"},
	"HMAC_256": {"GENERATE_VERIFY_MAC"},
}

func (k *key) checkKind() error {
	usages, ok := specs[k.spec]
	switch {
	case !ok:
		return oneOf("ValidationException", "keySpec", k.spec)
	case !slices.Contains(usages, k.usage):
		return bad("ValidationException", "KeyUsage %s is not compatible with KeySpec %s", k.usage, k.spec)
	}
	return nil
}

func kmsTags(in []wire.Input, have tags) (tags, error) {
	return tagRules{
		key: "TagKey", value: "TagValue",
		refused: func(m string) error { return bad("TagException", "%s", m) },
		many:    func(string) error { return bad("LimitExceededException", "Too many tags") },
	}.read(in, have)
}

func (k *key) fields() wire.Fields {
	f := wire.Of(
		"AWSAccountId", Number, "KeyId", k.id, "Arn", k.arn, "CreationDate", k.created, "Enabled", k.state == enabled, "Description", k.description,
		"KeyUsage", k.usage, "KeyState", k.state, "Origin", "AWS_KMS", "KeyManager", "CUSTOMER",
		"CustomerMasterKeySpec", k.spec, "KeySpec", k.spec, "MultiRegion", false,
	)
	if k.state == pending {
		f = append(f, wire.Of("DeletionDate", k.deleted)...)
	}
	if k.usage == "ENCRYPT_DECRYPT" && k.spec == "SYMMETRIC_DEFAULT" {
		f = append(f, wire.Of("EncryptionAlgorithms", wire.Strings("", []string{"SYMMETRIC_DEFAULT"}))...)
	}
	return f
}

func describeKey(_ *call, k *key) (wire.Answer, error) { return answer("KeyMetadata", k.fields()) }

// createAlias follows KMS API, CreateAlias. It names "alias/aws/" as reserved; the code of that
// refusal is UNVERIFIED.
func createAlias(c *call) (wire.Answer, error) {
	name := c.in.Text("AliasName")
	switch {
	case aliasRule.broken(name) != "":
		return because(aliasRule.check("ValidationException", name))
	case !strings.HasPrefix(name, "alias/") || name == "alias/":
		return because(bad("ValidationException",
			"Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"))
	case strings.HasPrefix(name, "alias/aws/"):
		return because(bad("NotAuthorizedException", "Alias names cannot begin with alias/aws/"))
	case strings.Contains(c.in.Text("TargetKeyId"), "alias/"):
		return because(bad("ValidationException", "Aliases must refer to keys. Not aliases"))
	}
	k, err := c.theKey("TargetKeyId")
	if err != nil {
		return because(err)
	}
	if _, taken := c.at.aliases[name]; taken {
		return because(bad("AlreadyExistsException", "An alias with the name %s already exists", c.arn("kms", name)))
	}
	if err := k.usable(true); err != nil {
		return because(err)
	}
	c.at.aliases[name] = k.id
	return done()
}

func deleteAlias(c *call) (wire.Answer, error) {
	name := c.in.Text("AliasName")
	if _, ok := c.at.aliases[name]; !ok {
		return because(bad("NotFoundException", "Alias %s is not found.", c.arn("kms", name)))
	}
	delete(c.at.aliases, name)
	return done()
}

func tagKey(c *call, k *key) (wire.Answer, error) {
	t, err := kmsTags(c.in.Objects("Tags"), k.tags)
	if err = first(k.usable(true), err); err != nil {
		return because(err)
	}
	k.tags = t
	return done()
}

func untagKey(c *call, k *key) (wire.Answer, error) {
	if err := k.usable(true); err != nil {
		return because(err)
	}
	k.tags = k.tags.without(c.in.Texts("TagKeys"))
	return done()
}

// enableKeyRotation follows KMS API, EnableKeyRotation: symmetric encryption keys only.
func enableKeyRotation(c *call, k *key) (wire.Answer, error) {
	period := c.in.Int("RotationPeriodInDays", k.period)
	switch {
	case period < 90 || period > 2560:
		return because(between("ValidationException", "rotationPeriodInDays", period, 90, 2560))
	case k.spec != "SYMMETRIC_DEFAULT":
		return because(bad("UnsupportedOperationException", "%s key spec is %s which is not valid for this operation.", k.arn, k.spec))
	}
	if err := k.usable(false); err != nil {
		return because(err)
	}
	k.rotates, k.period = true, period
	return done()
}

func disableKeyRotation(_ *call, k *key) (wire.Answer, error) {
	if err := k.usable(false); err != nil {
		return because(err)
	}
	k.rotates = false
	return done()
}

func getKeyRotationStatus(_ *call, k *key) (wire.Answer, error) {
	f := wire.Of("KeyId", k.arn, "KeyRotationEnabled", k.rotates && k.state != pending)
	if k.rotates && k.state != pending {
		f = append(f, wire.Of("RotationPeriodInDays", k.period, "NextRotationDate", k.created.AddDate(0, 0, k.period))...)
	}
	return wire.Answer{Fields: f}, nil
}

// scheduleKeyDeletion: a key is never deleted at once (KMS API, ScheduleKeyDeletion).
func scheduleKeyDeletion(c *call, k *key) (wire.Answer, error) {
	days := c.in.Int("PendingWindowInDays", 30)
	if days < 7 || days > 30 {
		return because(between("ValidationException", "pendingWindowInDays", days, 7, 30))
	}
	if err := k.usable(true); err != nil {
		return because(err)
	}
	k.state, k.deleted = pending, c.now.AddDate(0, 0, days)
	return answer("KeyId", k.arn, "DeletionDate", k.deleted, "KeyState", k.state, "PendingWindowInDays", days)
}

// cancelKeyDeletion leaves the key disabled (KMS API, CancelKeyDeletion).
func cancelKeyDeletion(_ *call, k *key) (wire.Answer, error) {
	if k.state != pending {
		return because(bad("KMSInvalidStateException", "%s is not pending deletion.", k.arn))
	}
	k.state = disabled
	return answer("KeyId", k.arn)
}

// setState is EnableKey and DisableKey.
func setState(state string) func(*call, *key) (wire.Answer, error) {
	return func(_ *call, k *key) (wire.Answer, error) {
		if err := k.usable(true); err != nil {
			return because(err)
		}
		k.state = state
		return wire.Answer{Status: http.StatusOK}, nil
	}
}
