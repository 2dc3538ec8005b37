package awsname

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
	"testing"
)

// Keys that nobody uses, as ssh-keygen made them.
const (
	ed25519Line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC7uvlVeflXfGhqunuFp3C0+s0OmcBxFM6JLqPDXotSe ada@example.com"
	rsaLine     = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCzaFUzbFseaTvtHoLYkthYnOywO802SLwXOJwMydT2SorE9C7FFbHGfx0sX6BtJlMZ2kYCHMcqFdfIxEBuD+isMSCkEjeL0DeIdFlDbCiJaXUDmHwcKAXEqIMo0xFSKCwO9tzBdzvmsBQz0ksWy/YHBburuAxyRgfw2n0jgfzZdqNwwDl/rP+A3sQyWHCZyadRqqCuBt2KAWEXl3MrbeHmocbavA2EX7iw8DCxGl3X0InmMaLoApnTkNArXk4ykvXGEPN4h2YsW86kdhfPxSGDwJ9JZ2DyWF//TNVZFDuc+UngUrG5F7Ako+FNJh+1/Z0H3HgGOhQ8nib4/O3HFLoZ ada@example.com"
	ecdsaLine   = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBJAu7lrD61pAeoCu2ImcC63AXbJjNNeXy7oeNJiCwl1eGFktGlueoluPy+Ib0brQ1mVveJNRhEtDt93QQW6lwGA= c"
)

// line writes a key of a type whose blob has some parts.
func line(kind string, parts ...[]byte) string {
	var blob []byte
	for _, part := range parts {
		blob = append(binary.BigEndian.AppendUint32(blob, uint32(len(part))), part...)
	}
	return kind + " " + base64.StdEncoding.EncodeToString(blob)
}

// rsaOf writes an RSA key with a modulus of some bits.
func rsaOf(bits uint) string {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return line(RSAKey, []byte(RSAKey), []byte{1, 0, 1}, append([]byte{0}, n.Bytes()...))
}

func TestPublicKey(t *testing.T) {
	const (
		private   = "a public key is wanted, this is a private key: give the public one"
		beginning = "a public key begins with ssh-rsa or ssh-ed25519, which is what EC2 takes, this one does not"
		other     = "a public key is given as OpenSSH writes it, in one line that begins with ssh-, this one is written in another way"
		short     = "a public key is given whole, this one is cut short"
		odd       = "an RSA key has an odd exponent and a modulus, this one has not"
		base      = "a public key has base64 after ssh-ed25519, this one has not, or not all of it"
	)
	rsa, ed := []byte(RSAKey), []byte(Ed25519Key)
	modulus := append([]byte{0, 0x80}, make([]byte, 255)...)
	judge(t, PublicKey, map[string]verdict{
		"an RSA key":                   {rsaLine, ""},
		"an Ed25519 key":               {ed25519Line, ""},
		"a key without a comment":      {strings.TrimSuffix(ed25519Line, " ada@example.com"), ""},
		"a comment of several words":   {ed25519Line + " 'at home' $(id)", ""},
		"1024 bits":                    {rsaOf(1024), ""},
		"3072 bits, as ssh-keygen has": {rsaOf(3072), ""},
		"4096 bits":                    {rsaOf(4096), ""},
		"8192 bits":                    {rsaOf(8192), ""},
		"an exponent of three":         {line(RSAKey, rsa, []byte{3}, modulus), ""},
		"512 bits":                     {rsaOf(512), "an RSA key is 1024 to 8192 bits long, this one has 512"},
		"1023 bits":                    {rsaOf(1023), "an RSA key is 1024 to 8192 bits long, this one has 1023"},
		"8193 bits":                    {rsaOf(8193), "an RSA key is 1024 to 8192 bits long, this one has 8193"},
		"16384 bits":                   {rsaOf(16384), "a public key is at most 2048 characters long, this one has 2772"},
		"a private key":                {"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n", private},
		"a private key of old":         {"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", private},
		"a private key of PuTTY":       {"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none", private},
		"a private key in one line":    {"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ", private},
		"a key of SSH2":                {"---- BEGIN SSH2 PUBLIC KEY ----\nAAAAB3\n---- END SSH2 PUBLIC KEY ----", other},
		"a key of PEM":                 {"-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", other},
		"nothing":                      {"", beginning},
		"an ECDSA key":                 {ecdsaLine, beginning},
		"a DSA key":                    {"ssh-dss AAAAB3NzaC1kc3MAAACB", beginning},
		"the name of a file":           {"~/.ssh/id_ed25519.pub", beginning},
		"a key behind an option":       {"no-pty " + ed25519Line, beginning},
		"a type alone":                 {"ssh-ed25519", base},
		"a comment alone":              {"ssh-ed25519  ada@example.com", base},
		"base64 that breaks off":       {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI", base},
		"a key that breaks off":        {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC7u", short},
		"a length that breaks off":     {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA", short},
		"a length beyond everything":   {"ssh-ed25519 /////w==", short},
		"a type of another key":        {strings.Replace(ed25519Line, "ssh-ed25519", "ssh-rsa", 1), "a public key names its type twice, this one ssh-rsa before the base64 and another in it"},
		"an RSA key without a modulus": {line(RSAKey, rsa, []byte{1, 0, 1}), "a public key of type ssh-rsa has other parts than this one"},
		"an Ed25519 key and more":      {line(Ed25519Key, ed, make([]byte, 32), nil), "a public key of type ssh-ed25519 has other parts than this one"},
		"31 bytes":                     {line(Ed25519Key, ed, make([]byte, 31)), "an Ed25519 key is 32 bytes long, this one has 31"},
		"a negative modulus":           {line(RSAKey, rsa, []byte{1, 0, 1}, modulus[1:]), odd},
		"an even exponent":             {line(RSAKey, rsa, []byte{4}, modulus), odd},
		"an exponent of one":           {line(RSAKey, rsa, []byte{1}, modulus), odd},
		"an exponent of five bytes":    {line(RSAKey, rsa, []byte{1, 0, 0, 0, 1}, modulus), odd},
		"an empty exponent":            {line(RSAKey, rsa, nil, modulus), odd},
		"a comment beyond ASCII":       {"ssh-ed25519 AAAA jörg", "a public key takes only ASCII characters, its comment too"},
		"a newline at the end":         {ed25519Line + "\n", "a public key cannot contain control characters, this one has U+000A as character 97"},
		"two keys":                     {ed25519Line + "\n" + ed25519Line, "a public key cannot contain control characters, this one has U+000A as character 97"},
	})
}

func TestKeyPairName(t *testing.T) {
	judge(t, KeyPairName, map[string]verdict{
		"a plain name":        {"ai-unlimited", ""},
		"all the punctuation": {`a !"#$%&'()*+,-./:;<=>?@[\]^_{|}~z`, ""},
		"255 characters":      {strings.Repeat("k", 255), ""},
		"256 characters":      {strings.Repeat("k", 256), "a key pair name is 1 to 255 characters long, this one has 256"},
		"nothing":             {"", "a key pair name is 1 to 255 characters long, this one is empty"},
		"a space in front":    {" k", `a key pair name cannot begin or end with a space, " k" does`},
		"a space at the end":  {"k ", `a key pair name cannot begin or end with a space, "k " does`},
		"beyond ASCII":        {"größe", `a key pair name takes only ASCII characters, not "ö"`},
		"a newline":           {"a\nb", "a key pair name cannot contain control characters, this one has U+000A as character 2"},
	})
}

func TestParsePublicKey(t *testing.T) {
	k, err := ParsePublicKey(rsaLine)
	if err != nil || k.Type != RSAKey || k.Exponent != 65537 || k.Modulus.BitLen() != 2048 {
		t.Errorf("%v: %v", k, err)
	}
	k, err = ParsePublicKey(ed25519Line)
	if err != nil || k.Type != Ed25519Key || k.Modulus != nil || len(k.Blob) != 51 {
		t.Errorf("%v: %v", k, err)
	}
}

// A message tells nothing of what was given: it may have been a private key in a form that nobody knows.
func TestRefusedKeysAreNotRepeated(t *testing.T) {
	const given = "c2VjcmV0"
	for _, s := range []string{given, "ssh-rsa " + given, "ssh-ed25519 " + given + " x", "----" + given, given + " PRIVATE KEY", given + "ö", strings.Repeat(given, 300)} {
		if err := PublicKey(s); err == nil || strings.Contains(err.Error(), given[:6]) {
			t.Errorf("%.40q: %v", s, err)
		}
	}
}

func FuzzPublicKey(f *testing.F) {
	for _, s := range []string{rsaLine, ed25519Line, ecdsaLine, rsaOf(1024), "ssh-rsa AAAA", "ssh-ed25519 /////w==", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, err := ParsePublicKey(s)
		if err != nil {
			if fault := wellSaid(err); fault != "" {
				t.Errorf("%q: the message %q %s", s, err, fault)
			}
			return
		}
		again := fmt.Sprintf("%s %s", k.Type, base64.StdEncoding.EncodeToString(k.Blob))
		twin, err := ParsePublicKey(again)
		if err != nil || string(twin.Blob) != string(k.Blob) || twin.Type != k.Type || twin.Exponent != k.Exponent {
			t.Errorf("%q comes back as %q: %v", s, again, err)
		}
	})
}
