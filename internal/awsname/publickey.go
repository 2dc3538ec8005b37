package awsname

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// The types of keys that EC2 takes (Amazon EC2 User Guide, Create a key pair for your Amazon EC2 instance, Requirements for
// key pairs).
const (
	RSAKey     = "ssh-rsa"
	Ed25519Key = "ssh-ed25519"
)

// SSHKey is the public half of a key pair.
type SSHKey struct {
	Type     string // RSAKey or Ed25519Key
	Blob     []byte // what the base64 stands for, in which the type comes again
	Modulus  *big.Int
	Exponent int // as Modulus, of an RSA key only
}

var keyPairName = shape{
	noun: "a key pair name", min: 1, max: 255, alphabet: "ASCII characters",
	in: func(r rune) bool { return ' ' <= r && r <= '~' },
}

// KeyPairName is the name of a new key pair: Amazon EC2 User Guide, Create a key pair for your Amazon EC2 instance.
func KeyPairName(s string) error {
	if err := keyPairName.check(s); err != nil {
		return err
	}
	if strings.TrimSpace(s) != s {
		return fmt.Errorf("a key pair name cannot begin or end with a space, %s does", brief(s))
	}
	return nil
}

// PublicKey is a public key in the form of OpenSSH, of a type that EC2 takes: one line of type, base64 and, for whoever
// wants one, a comment. See ParsePublicKey.
func PublicKey(s string) error {
	_, err := ParsePublicKey(s)
	return err
}

// mostMaterial is the longest text that EC2 takes: "Length exceeds maximum of 2048" is its answer to more.
const mostMaterial = 2048

// ParsePublicKey takes a public key apart. No message holds any of the key: what was given may be the private one.
func ParsePublicKey(s string) (SSHKey, error) {
	if secret(s) {
		return SSHKey{}, errors.New("a public key is wanted, this is a private key: give the public one")
	}
	if strings.HasPrefix(strings.TrimSpace(s), "----") { // of RFC 4716, or of PEM
		return SSHKey{}, errors.New("a public key is given as OpenSSH writes it, in one line that begins with ssh-, this one is written in another way")
	}
	if err := printable("a public key", s); err != nil {
		return SSHKey{}, err
	}
	if !all(s, keyPairName.in) {
		return SSHKey{}, errors.New("a public key takes only ASCII characters, its comment too")
	}
	if len(s) > mostMaterial {
		return SSHKey{}, fmt.Errorf("a public key is at most %d characters long, this one has %d", mostMaterial, len(s))
	}
	kind, rest, _ := strings.Cut(s, " ")
	if kind != RSAKey && kind != Ed25519Key {
		return SSHKey{}, fmt.Errorf("a public key begins with %s or %s, which is what EC2 takes, this one does not", RSAKey, Ed25519Key)
	}
	text, _, _ := strings.Cut(rest, " ")
	blob, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(blob) == 0 {
		return SSHKey{}, fmt.Errorf("a public key has base64 after %s, this one has not, or not all of it", kind)
	}
	return sshKey(kind, blob)
}

// secret says that a text is, or has in it, a private key: as PEM has it, as PuTTY does, or the base64 alone of OpenSSH's.
func secret(s string) bool {
	return strings.Contains(s, "PRIVATE KEY") || strings.Contains(s, "PuTTY-User-Key-File") || strings.Contains(s, "b3BlbnNzaC1rZXktdj")
}

// sshKey reads a blob: the type, then of RSA the exponent and the modulus (RFC 4253, section 6.6), of Ed25519 the key (RFC
// 8709, section 4).
func sshKey(kind string, blob []byte) (SSHKey, error) {
	parts, whole := wireTexts(blob)
	switch {
	case !whole:
		return SSHKey{}, errors.New("a public key is given whole, this one is cut short")
	case string(parts[0]) != kind:
		return SSHKey{}, fmt.Errorf("a public key names its type twice, this one %s before the base64 and another in it", kind)
	case kind == RSAKey && len(parts) == 3:
		return rsaKey(blob, parts[1], parts[2])
	case kind == Ed25519Key && len(parts) == 2:
		const size = 32
		return SSHKey{Type: kind, Blob: blob}, length("an Ed25519 key", "bytes", len(parts[1]), size, size)
	}
	return SSHKey{}, fmt.Errorf("a public key of type %s has other parts than this one", kind)
}

// The sizes of RSA keys in bits. The User Guide names 1024, 2048 and 4096; EC2 takes what is between and beyond them too,
// such as ssh-keygen's own 3072, and 8192 (terraform-aws-modules/terraform-aws-key-pair #16). Where it ends is UNVERIFIED,
// but for mostMaterial.
const leastModulus, mostModulus = 1024, 8192

func rsaKey(blob, exponent, modulus []byte) (SSHKey, error) {
	e, n := wireNumber(exponent), wireNumber(modulus)
	if n == nil || e == nil || e.BitLen() < 2 || e.BitLen() > 31 || e.Bit(0) == 0 {
		return SSHKey{}, errors.New("an RSA key has an odd exponent and a modulus, this one has not")
	}
	if err := length("an RSA key", "bits", n.BitLen(), leastModulus, mostModulus); err != nil {
		return SSHKey{}, err
	}
	return SSHKey{Type: RSAKey, Blob: blob, Modulus: n, Exponent: int(e.Int64())}, nil
}

// wireTexts cuts a blob into the texts that it is made of, each after four bytes that are its length (RFC 4251, section 5,
// string). It is not whole where one of them, or all, is missing.
func wireTexts(blob []byte) (texts [][]byte, whole bool) {
	for len(blob) > 0 {
		if len(blob) < 4 {
			return nil, false
		}
		size, rest := binary.BigEndian.Uint32(blob), blob[4:]
		if uint64(size) > uint64(len(rest)) {
			return nil, false
		}
		texts, blob = append(texts, rest[:size]), rest[size:]
	}
	return texts, len(texts) > 0
}

// wireNumber reads a number (RFC 4251, section 5, mpint); nil where it is none, or not above zero.
func wireNumber(text []byte) *big.Int {
	if len(text) == 0 || text[0] >= 0x80 {
		return nil
	}
	return new(big.Int).SetBytes(text)
}
