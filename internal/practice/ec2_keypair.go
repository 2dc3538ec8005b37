package practice

import (
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"onramp/internal/awsname"
	"onramp/internal/practice/authorize"
	"onramp/internal/practice/wire"
)

// keyPair is the public half of a key pair; the private one never leaves its owner.
type keyPair struct {
	id, name, kind, fingerprint string
	public                      string // as OpenSSH writes it, without the comment
	created                     time.Time
	tags                        tags
}

const keyPairsPerRegion = 5000 // EC2 UG, Create a key pair for your Amazon EC2 instance

// keyPairOperations are the calls on key pairs. EC2 makes none here: its private key would have to be kept.
func keyPairOperations() table {
	return table{
		"ec2:ImportKeyPair":    {writes, importKeyPair, askImportKeyPair},
		"ec2:DescribeKeyPairs": {reads, describeKeyPairs, anywhere("ec2:DescribeKeyPairs")},
		"ec2:DeleteKeyPair":    {writes, deleteKeyPair, askDeleteKeyPair},
	}
}

// askImportKeyPair: a key pair has its name in its ARN, and not its id (Service Authorization Reference,
// EC2: key-pair).
func askImportKeyPair(c *call) []authorize.Request {
	name := c.in.Text("KeyName")
	arn := c.arn("ec2", "key-pair/"+name)
	return append([]authorize.Request{want("ec2:ImportKeyPair", arn, "ec2:KeyPairName", name)}, c.askTags(arn)...)
}

// askDeleteKeyPair: of an id that is not there EC2 knows no name.
func askDeleteKeyPair(c *call) []authorize.Request {
	k := c.theKeyPair()
	if k == nil {
		return on(c.arn("ec2", "key-pair/"+c.in.Text("KeyName")), "ec2:DeleteKeyPair")
	}
	return []authorize.Request{want("ec2:DeleteKeyPair", c.arn("ec2", "key-pair/"+k.name), "ec2:KeyPairName", k.name, "ec2:KeyPairType", k.kind)}
}

// theKeyPair is the key pair that a call names by its name or its id; nil where there is none.
func (c *call) theKeyPair() *keyPair {
	if name := c.in.Text("KeyName"); name != "" {
		return c.at.keyPairs[name]
	}
	return c.at.keyPairByID(c.in.Text("KeyPairId"))
}

func (p *place) keyPairByID(id string) *keyPair { return p.keyPairsByID()[id] }

func (p *place) keyPairsByID() map[string]*keyPair {
	out := make(map[string]*keyPair, len(p.keyPairs))
	for _, k := range p.keyPairs {
		out[k.id] = k
	}
	return out
}

// importKeyPair takes what OpenSSH writes; EC2 takes RSA keys in two forms more, which no plan sends
// (EC2 UG, Create a key pair for your Amazon EC2 instance, Requirements for key pairs).
func importKeyPair(c *call) (wire.Answer, error) {
	name := c.in.Text("KeyName")
	if name == "" {
		return because(bad("MissingParameter", "The request must contain the parameter KeyName"))
	}
	if err := awsname.KeyPairName(name); err != nil {
		return because(bad("InvalidParameterValue", "Value (%s) for parameter KeyName is invalid: %s.", name, err))
	}
	key, err := c.material()
	if err != nil {
		return because(err)
	}
	t, err := c.ec2Tags("key-pair")
	switch {
	case err != nil:
		return because(err)
	case c.at.keyPairs[name] != nil: // names have case
		return because(bad("InvalidKeyPair.Duplicate", "The keypair already exists"))
	case len(c.at.keyPairs) >= keyPairsPerRegion:
		return because(bad("KeyPairLimitExceeded", "Maximum of %d key pairs reached.", keyPairsPerRegion))
	}
	k := &keyPair{
		id: c.id("key-"), name: name, kind: strings.TrimPrefix(key.Type, "ssh-"), fingerprint: fingerprint(key), created: c.now, tags: t,
		public: key.Type + " " + base64.StdEncoding.EncodeToString(key.Blob),
	}
	c.at.keyPairs[name] = k
	return answer("keyName", k.name, "keyFingerprint", k.fingerprint, "keyPairId", k.id, "tagSet", t.list("", "key", "value"))
}

// material reads the key of a call. Its member is binary, which the protocol writes in base64. A file's
// newline at the end is no part of it.
func (c *call) material() (awsname.SSHKey, error) {
	if !c.in.Has("PublicKeyMaterial") {
		return awsname.SSHKey{}, bad("MissingParameter", "The request must contain the parameter PublicKeyMaterial")
	}
	const most = 2048
	text, err := base64.StdEncoding.DecodeString(c.in.Text("PublicKeyMaterial"))
	if len(text) > most {
		return awsname.SSHKey{}, bad("InvalidParameterValue", "Value for parameter PublicKeyMaterial is invalid. Length exceeds maximum of %d.", most)
	}
	key, wrong := awsname.ParsePublicKey(strings.TrimSpace(string(text)))
	if first(err, wrong) != nil {
		return awsname.SSHKey{}, bad("InvalidKey.Format", "Key is not in valid OpenSSH public key format")
	}
	return key, nil
}

// fingerprint of an RSA key that was imported is MD5 of its public key in DER, of an Ed25519 key SHA-256
// of the key as SSH sends it, which OpenSSH shows after "SHA256:" (EC2 UG, Verify the fingerprint of
// your key pair). That the base64 is padded is UNVERIFIED.
func fingerprint(k awsname.SSHKey) string {
	if k.Type == awsname.Ed25519Key {
		sum := sha256.Sum256(k.Blob)
		return base64.StdEncoding.EncodeToString(sum[:])
	}
	der, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: k.Modulus, E: k.Exponent})
	if err != nil {
		panic(err) // a key that was parsed has both numbers
	}
	sum := md5.Sum(der)
	return strings.ReplaceAll(strings.TrimSpace(fmt.Sprintf("% x", sum)), " ", ":")
}

func noKeyPair(name string) error {
	return bad("InvalidKeyPair.NotFound", "The key pair '%s' does not exist", name)
}

func noKeyPairID(id string) error {
	return bad("InvalidKeyPair.NotFound", "The key pair ID '%s' does not exist", id)
}

// describeKeyPairs picks by names or by ids; that it takes not both is UNVERIFIED. It has no pages (EC2
// API, DescribeKeyPairs).
func describeKeyPairs(c *call) (wire.Answer, error) {
	member, all, missing := "KeyName", c.at.keyPairs, noKeyPair
	if c.in.Has("KeyPairId") {
		member, all, missing = "KeyPairId", c.at.keyPairsByID(), noKeyPairID
	}
	if c.in.Has("KeyName") && c.in.Has("KeyPairId") {
		return because(bad("InvalidParameterCombination", "The parameters KeyName and KeyPairId cannot be used together"))
	}
	found, err := chosen(c, member, all, missing, func(k *keyPair) (map[string][]string, tags) {
		return map[string][]string{"key-name": {k.name}, "key-pair-id": {k.id}, "fingerprint": {k.fingerprint}}, k.tags
	})
	if err != nil {
		return because(err)
	}
	slices.SortFunc(found, func(a, b *keyPair) int { return strings.Compare(a.name, b.name) })
	return answer("keySet", wire.Each("", found, func(k *keyPair) any { return c.keyPairFields(k) }))
}

// keyPairFields: the public key only where it is asked for. Its comment is the name of the key pair (EC2
// UG, Describe public keys, example output; UNVERIFIED for keys that were imported).
func (c *call) keyPairFields(k *keyPair) wire.Fields {
	f := wire.Of(
		"keyPairId", k.id, "keyName", k.name, "keyType", k.kind, "keyFingerprint", k.fingerprint, "createTime", k.created,
		"tagSet", k.tags.list("", "key", "value"),
	)
	if c.in.Bool("IncludePublicKey") {
		f = append(f, wire.Of("publicKey", k.public+" "+k.name)...)
	}
	return f
}

// deleteKeyPair says nothing of a key pair that is not there, but that no id is answered.
func deleteKeyPair(c *call) (wire.Answer, error) {
	if c.in.Text("KeyName") == "" && c.in.Text("KeyPairId") == "" {
		return because(bad("MissingParameter", "The request must contain the parameter KeyName or KeyPairId"))
	}
	k := c.theKeyPair()
	if k == nil {
		return answer("return", true)
	}
	delete(c.at.keyPairs, k.name)
	return answer("return", true, "keyPairId", k.id)
}

func (p *place) keyPairState() record {
	out := record{}
	for name, k := range p.keyPairs {
		out[name] = record{"public": k.public, "tags": k.tags.state()}
	}
	return out
}
