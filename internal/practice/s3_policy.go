package practice

import (
	"slices"
	"strings"

	"onramp/internal/policy"
	"onramp/internal/practice/wire"
)

// A bucket's policy is kept and not enforced: over plain HTTP, where the practice account is served,
// a policy that demands TLS would lock everybody out.

func getBucketPolicy(c *call, b *bucket) (wire.Answer, error) {
	if b.policy == "" {
		return because(c.s3Error(404, "NoSuchBucketPolicy", "The bucket policy does not exist"))
	}
	return wire.Answer{Raw: []byte(b.policy), Type: "application/json"}, nil
}

// putBucketPolicy replaces the whole policy (S3 API, PutBucketPolicy).
func putBucketPolicy(c *call, b *bucket) (wire.Answer, error) {
	if err := c.checkBucketPolicy(b, string(c.body)); err != nil {
		return because(err)
	}
	b.policy = string(c.body)
	return noContent()
}

func deleteBucketPolicy(_ *call, b *bucket) (wire.Answer, error) {
	b.policy = ""
	return noContent()
}

func (c *call) checkBucketPolicy(b *bucket, text string) error {
	malformed := func(said string) error { return bad("MalformedPolicy", "%s", said) }
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return malformed("Policies must be valid JSON and the first byte must be '{'")
	}
	if len(text) > policy.MaxBucketPolicy { // S3 UG, Adding a bucket policy: 20 KB; the code is UNVERIFIED
		return malformed("The policy is larger than 20 KB")
	}
	d, err := document(text, policy.BucketPolicy)
	if err != nil {
		return malformed(err.Error())
	}
	if kind, name := c.stranger(d); kind != "" && name != "" {
		return malformed("Invalid principal in policy")
	}
	for _, s := range d.Statements {
		for _, r := range slices.Concat(s.Resources, s.NotResources) {
			if !c.ofBucket(b, r) {
				return malformed("Policy has invalid resource")
			}
		}
	}
	if b.settings[publicAccess.root].Bool("BlockPublicPolicy") && public(d) {
		return refuse(403, "AccessDenied",
			"User: %s is not authorized to perform: s3:PutBucketPolicy on resource: %q because public policies are blocked by the BlockPublicPolicy "+
				"block public access setting.",
			c.callerARN(), c.bucketARN(b.name))
	}
	return nil
}

// ofBucket says that a resource is the bucket or in it: a policy may speak of no other.
func (c *call) ofBucket(b *bucket, resource string) bool {
	own := c.bucketARN(b.name)
	return resource == own || strings.HasPrefix(resource, own+"/")
}

// public says that a policy lets in everybody (S3 UG, Blocking public access, The meaning of "public":
// any Allow for everyone that no condition narrows to fixed values).
func public(d policy.Document) bool {
	return slices.ContainsFunc(d.Statements, func(s policy.Statement) bool {
		everyone := s.Principal.Any || slices.Contains(s.Principal.AWS, "*")
		return s.Effect == policy.Allow && everyone && !slices.ContainsFunc(s.Conditions, narrows)
	})
}

// narrowing are the condition keys that make a policy not public when their values are fixed.
var narrowing = []string{
	"aws:sourceip", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount",
	"aws:userid", "aws:principalorgid", "aws:principalarn", "aws:principalaccount", "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:dataaccesspointaccount",
}

func narrows(c policy.Condition) bool {
	fixed := !slices.ContainsFunc(c.Values, func(v string) bool { return strings.ContainsAny(v, "*$") || v == "0.0.0.0/0" })
	return fixed && slices.Contains(narrowing, strings.ToLower(c.Key)) && !strings.Contains(strings.ToLower(c.Operator), "not")
}
