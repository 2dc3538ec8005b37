package practice

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// digest gives hexadecimal digits that look random and are the same in every account that made the
// same things in the same order.
func (w *world) digest() string {
	w.ids++
	sum := sha256.Sum256(fmt.Appendf(nil, "onramp practice %d", w.ids))
	return hex.EncodeToString(sum[:])
}

// id makes the id of an EC2 resource: "sg-" and 17 digits (EC2 UG, Resource IDs).
func (w *world) id(prefix string) string { return prefix + w.digest()[:17] }

// uuid makes an id of a key, a statement, a namespace.
func (w *world) uuid() string { return uuidOf(w.digest()) }

func uuidOf(d string) string {
	return strings.Join([]string{d[:8], d[8:12], "4" + d[13:16], "a" + d[17:20], d[20:32]}, "-")
}

// unique makes the id that IAM gives a principal or a policy (IAM UG, IAM identifiers, Unique
// identifiers).
func (w *world) unique(prefix string) string {
	return prefix + strings.ToUpper(w.digest())[:17]
}

// arn is the ARN of something in a region of the account.
func (w *world) arn(service, region, resource string) string {
	return strings.Join([]string{"arn", w.partition, service, region, Number, resource}, ":")
}

func (w *world) bucketARN(bucket string) string { return "arn:" + w.partition + ":s3:::" + bucket }

func (w *world) callerARN() string { return w.arn("iam", "", "user/"+Caller) }

// callerID is the caller's unique id; Redshift Data API statements belong to it.
const callerID = "AIDAPRACTICE000000000"

// arn is the ARN of something in the region of a call.
func (c *call) arn(service, resource string) string {
	return c.world.arn(service, c.at.region, resource)
}

// digestOf gives the digits of something that has a name of its own.
func digestOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// token is what a client token stands for: the same request makes the same thing once (EC2 API,
// Ensuring idempotency).
type token struct{ made, asked string }

// asked tells calls apart by what they ask, whatever their token.
func (c *call) asked() string {
	in := maps.Clone(c.in)
	delete(in, "ClientToken")
	delete(in, "DryRun")
	return c.name + string(encode(in))
}

func itoa(n int) string { return strconv.Itoa(n) }
