package practice

import (
	"slices"
	"strings"

	"onramp/internal/policy"
	"onramp/internal/practice/authorize"
	"onramp/internal/practice/wire"
)

func kmsOperations() table {
	return table{
		"kms:CreateKey":            {writes, createKey, askCreateKey},
		"kms:DescribeKey":          {reads, withKeyOrAlias(describeKey), onKey("kms:DescribeKey")},
		"kms:ListKeys":             {reads, listKeys, anywhere("kms:ListKeys")},
		"kms:ListAliases":          {reads, listAliases, anywhere("kms:ListAliases")},
		"kms:CreateAlias":          {writes, createAlias, askAlias("kms:CreateAlias")},
		"kms:DeleteAlias":          {writes, deleteAlias, askAlias("kms:DeleteAlias")},
		"kms:ListResourceTags":     {reads, withKey(listResourceTags), onKey("kms:ListResourceTags")},
		"kms:TagResource":          {writes, withKey(tagKey), onKey("kms:TagResource")},
		"kms:UntagResource":        {writes, withKey(untagKey), onKey("kms:UntagResource")},
		"kms:GetKeyPolicy":         {reads, withKey(getKeyPolicy), onKey("kms:GetKeyPolicy")},
		"kms:PutKeyPolicy":         {writes, withKey(putKeyPolicy), onKey("kms:PutKeyPolicy")},
		"kms:GetKeyRotationStatus": {reads, withKey(getKeyRotationStatus), onKey("kms:GetKeyRotationStatus")},
		"kms:EnableKeyRotation":    {writes, withKey(enableKeyRotation), onKey("kms:EnableKeyRotation")},
		"kms:DisableKeyRotation":   {writes, withKey(disableKeyRotation), onKey("kms:DisableKeyRotation")},
		"kms:EnableKey":            {writes, withKey(setState(enabled)), onKey("kms:EnableKey")},
		"kms:DisableKey":           {writes, withKey(setState(disabled)), onKey("kms:DisableKey")},
		"kms:ScheduleKeyDeletion":  {writes, withKey(scheduleKeyDeletion), onKey("kms:ScheduleKeyDeletion")},
		"kms:CancelKeyDeletion":    {writes, withKey(cancelKeyDeletion), onKey("kms:CancelKeyDeletion")},
	}
}

// noKey is the key that an alias leads to which is not there: what KMS asks of IAM then is
// UNVERIFIED, and asking for a key that nobody has is the strictest reading.
const noKey = "00000000-0000-0000-0000-000000000000"

// keyARN is the resource of a call on a key. IAM never sees an alias there (KMS UG, Using aliases to
// control access).
func (c *call) keyARN(ref string) string {
	switch k := c.find(ref); {
	case k != nil:
		return k.arn
	case strings.HasPrefix(ref, "arn:") && !strings.Contains(ref, ":alias/"):
		return ref
	case strings.Contains(ref, "alias/"):
		return c.arn("kms", "key/"+noKey)
	}
	return c.arn("kms", "key/"+ref)
}

// onKey carries the alias by which a key was named (KMS UG, Condition keys: kms:RequestAlias), and
// all that it has.
func onKey(action string) ask {
	return func(c *call) []authorize.Request {
		ref := c.in.Text("KeyId")
		r := want(action, c.keyARN(ref))
		if i := strings.Index(ref, "alias/"); i >= 0 {
			r.Context["kms:RequestAlias"] = []string{ref[i:]}
		}
		if k := c.find(ref); k != nil {
			for name, id := range c.at.aliases {
				if id == k.id {
					r.Context["kms:ResourceAliases"] = append(r.Context["kms:ResourceAliases"], name)
				}
			}
		}
		return []authorize.Request{r}
	}
}

// askCreateKey: tags in the same call need kms:TagResource (KMS API, CreateKey: Required permissions).
func askCreateKey(c *call) []authorize.Request {
	out := on("*", "kms:CreateKey")
	if len(c.in.Objects("Tags")) > 0 {
		out = append(out, want("kms:TagResource", c.arn("kms", "key/"+noKey)))
	}
	return out
}

// askAlias is asked for on the alias and on the key (KMS UG, Controlling access to aliases).
func askAlias(action string) ask {
	return func(c *call) []authorize.Request {
		name := c.in.Text("AliasName")
		target := c.in.Text("TargetKeyId")
		if target == "" {
			target = name
		}
		return append(on(c.arn("kms", name), action), on(c.keyARN(target), action)...)
	}
}

// defaultKeyPolicy is what a key gets that is made without one (KMS UG, Default key policy).
func (c *call) defaultKeyPolicy() string {
	return `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "` + c.world.arn("iam", "", "root") + `"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`
}

// checkKeyPolicy checks a key policy and that it leaves somebody who can change it (KMS API,
// PutKeyPolicy: BypassPolicyLockoutSafetyCheck).
func (c *call) checkKeyPolicy(text string, bypass bool) error {
	d, err := document(text, policy.KeyPolicy)
	if err != nil {
		return bad("MalformedPolicyDocumentException", "%s", err)
	}
	if _, name := c.stranger(d); name != "" {
		return bad("MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals.")
	}
	if !bypass && !slices.ContainsFunc(d.Statements, c.keepsTheKey) {
		return bad("MalformedPolicyDocumentException", "The new key policy will not allow you to update the key policy in the future.")
	}
	return nil
}

// keepsTheKey says that a statement lets the caller put the key's policy.
func (c *call) keepsTheKey(s policy.Statement) bool {
	me := []string{c.callerARN(), c.world.arn("iam", "", "root"), Number, "*"}
	named := s.Principal.Any || slices.ContainsFunc(s.Principal.AWS, func(p string) bool { return slices.Contains(me, p) })
	one := policy.Document{Version: policy.Version, Statements: []policy.Statement{s}}
	return named && len(s.Conditions) == 0 && authorize.Allowed(one, want("kms:PutKeyPolicy", "*"))
}

func getKeyPolicy(_ *call, k *key) (wire.Answer, error) {
	return answer("Policy", k.policy, "PolicyName", "default")
}

func putKeyPolicy(c *call, k *key) (wire.Answer, error) {
	if name := c.in.Text("PolicyName"); name != "" && name != "default" {
		return because(bad("ValidationException", "The only valid policy name is default"))
	}
	text := c.in.Text("Policy")
	if err := first(c.checkKeyPolicy(text, c.in.Bool("BypassPolicyLockoutSafetyCheck")), k.usable(true)); err != nil {
		return because(err)
	}
	k.policy = text
	return done()
}
