package permissions

import (
	"strings"

	"onramp/internal/plan"
)

func onBucket(actions ...string) rule {
	return func(s scope, c plan.Call) []Permission {
		return on(s.BucketARN(wild(c.Input.Text("Bucket"))), actions...)
	}
}

// createBucket: object ownership in the same call is a permission of its own (Amazon S3 API
// Reference, CreateBucket).
func createBucket(s scope, c plan.Call) []Permission {
	actions := []string{"s3:CreateBucket"}
	if has(c, "ObjectOwnership") {
		actions = append(actions, "s3:PutBucketOwnershipControls")
	}
	return onBucket(actions...)(s, c)
}

// everyKey is the key that only AWS can name: any of the account and region. A tag or an alias could
// narrow it, but takes KMS up to five minutes to see (AWS KMS Developer Guide, ABAC for AWS KMS).
func (s scope) everyKey() string { return s.ARN("kms", "key/*") }

// onKey is for actions on a key, which a call names by id, ARN or alias. No policy can name a key by
// its alias; that the call must is what kms:RequestAlias says, and it needs no time to be seen.
func onKey(actions ...string) rule {
	return func(s scope, c plan.Call) []Permission {
		key := c.Input.Text("KeyId")
		before, alias, isARN := strings.Cut(key, ":alias/")
		name, isAlias := strings.CutPrefix(key, "alias/")
		switch {
		case isARN:
			return only(on(literal(before)+":key/*", actions...), "StringEquals", "kms:RequestAlias", "alias/"+literal(alias))
		case isAlias:
			return only(on(s.everyKey(), actions...), "StringEquals", "kms:RequestAlias", "alias/"+literal(name))
		case len(plan.Refs(key)) > 0:
			return on(s.everyKey(), actions...)
		case strings.HasPrefix(key, "arn:"):
			return on(literal(key), actions...)
		}
		return on(s.ARN("kms", "key/"+literal(key)), actions...)
	}
}

// createKey has no resource yet. Its tags need kms:TagResource, on every key for the same reason
// (AWS KMS Developer Guide, Controlling access to tags).
func createKey(s scope, c plan.Call) []Permission {
	out := on("*", "kms:CreateKey")
	if has(c, "Tags") {
		out = append(out, on(s.everyKey(), "kms:TagResource")...)
	}
	return out
}

// createAlias is asked for on the alias and on the key (AWS KMS Developer Guide, Controlling access
// to aliases).
func createAlias(s scope, c plan.Call) []Permission {
	alias := on(s.ARN("kms", wild(c.Input.Text("AliasName"))), "kms:CreateAlias")
	target := plan.NewCall(c.Service, c.Operation, "KeyId", c.Input.Text("TargetKeyId"))
	return append(alias, onKey("kms:CreateAlias")(s, target)...)
}

// deleteAlias is asked for on the alias and on the key that it leads to, whichever that is (AWS KMS
// Developer Guide, Controlling access to aliases).
func deleteAlias(s scope, c plan.Call) []Permission {
	return append(on(s.ARN("kms", wild(c.Input.Text("AliasName"))), "kms:DeleteAlias"), on(s.everyKey(), "kms:DeleteAlias")...)
}
