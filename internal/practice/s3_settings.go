package practice

import (
	"slices"

	"onramp/internal/practice/wire"
)

// setting is a document that a bucket holds: what is asked about it, what is checked, and what there
// is without it. "All Put calls overwrite" (S3 API).
type setting struct {
	root    string                                 // element of the document
	absent  string                                 // code where a bucket has none; "" : an empty document
	said    string                                 // message with it
	check   func(*call, *bucket, wire.Input) error // nil: everything is taken
	reset   func() wire.Input                      // what a deletion leaves; nil: nothing
	written func(map[string]any) map[string]any    // nil: as it was sent
	status  int                                    // of a Put; 0: 200
	header  map[string]string                      // of the answers
}

var (
	publicAccess = setting{
		root: "PublicAccessBlockConfiguration", absent: "NoSuchPublicAccessBlockConfiguration",
		said: "The public access block configuration was not found", written: allFour,
	}
	encryption = setting{
		root: "ServerSideEncryptionConfiguration", absent: "ServerSideEncryptionConfigurationNotFoundError",
		said: "The server side encryption configuration was not found", check: checkEncryption, reset: ownKeys, written: withBucketKey,
	}
	lifecycle = setting{
		root: "LifecycleConfiguration", absent: "NoSuchLifecycleConfiguration",
		said: "The lifecycle configuration does not exist", check: checkLifecycle,
		header: map[string]string{"X-Amz-Transition-Default-Minimum-Object-Size": "all_storage_classes_128K"},
	}
	tagging = setting{
		root: "Tagging", absent: "NoSuchTagSet", said: "The TagSet does not exist", check: checkTagging, status: 204,
	}
	ownership = setting{
		root: "OwnershipControls", absent: "OwnershipControlsNotFoundError",
		said: "The bucket ownership controls were not found", check: checkOwnership,
	}
	versioning = setting{root: "VersioningConfiguration", check: checkVersioning}
)

func getSetting(s setting) func(*call, *bucket) (wire.Answer, error) {
	return func(c *call, b *bucket) (wire.Answer, error) {
		have, ok := b.settings[s.root]
		if !ok && s.absent != "" {
			return because(c.s3Error(404, s.absent, "%s", s.said))
		}
		f := wire.Fields{}
		for _, name := range sorted(have) {
			f = append(f, wire.Field{Name: name, Value: have[name]})
		}
		return wire.Answer{Root: s.root, Fields: f, Header: s.header}, nil
	}
}

func putSetting(s setting) func(*call, *bucket) (wire.Answer, error) {
	return func(c *call, b *bucket) (wire.Answer, error) {
		if !c.in.Has(s.root) {
			return because(malformedXML())
		}
		in := c.in.Object(s.root)
		if s.check != nil {
			if err := s.check(c, b, in); err != nil {
				return because(err)
			}
		}
		if s.written != nil {
			in = s.written(in)
		}
		b.settings[s.root] = in
		return wire.Answer{Status: s.status, Header: s.header}, nil
	}
}

func deleteSetting(s setting) func(*call, *bucket) (wire.Answer, error) {
	return func(_ *call, b *bucket) (wire.Answer, error) {
		delete(b.settings, s.root)
		if s.reset != nil {
			b.settings[s.root] = s.reset()
		}
		return noContent()
	}
}

func malformedXML() error {
	return bad("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
}

// blocks are the four switches of Block Public Access.
var blocks = []string{"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"}

func allBlocked() wire.Input {
	out := wire.Input{}
	for _, b := range blocks {
		out[b] = "true"
	}
	return out
}

// allFour: a switch that is not named is off (S3 API, PublicAccessBlockConfiguration).
func allFour(in map[string]any) map[string]any {
	out := wire.Input{}
	for _, b := range blocks {
		out[b] = boolText(wire.Input(in).Bool(b))
	}
	return out
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// ownKeys is SSE-S3, which every bucket has since 2023 (S3 UG, Setting default server-side encryption).
func ownKeys() wire.Input {
	return wire.Input{"Rule": map[string]any{
		"ApplyServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false",
	}}
}

// checkEncryption follows S3 API, ServerSideEncryptionByDefault. S3 does not look whether the key is
// there.
func checkEncryption(_ *call, _ *bucket, in wire.Input) error {
	rules := in.Objects("Rule")
	if len(rules) != 1 {
		return malformedXML()
	}
	byDefault := rules[0].Object("ApplyServerSideEncryptionByDefault")
	algorithm := byDefault.Text("SSEAlgorithm")
	switch {
	case !slices.Contains([]string{"AES256", "aws:kms", "aws:kms:dsse", "aws:fsx"}, algorithm):
		return malformedXML()
	case algorithm == "AES256" && byDefault.Has("KMSMasterKeyID"):
		return bad("InvalidArgument", "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse")
	}
	return nil
}

func withBucketKey(in map[string]any) map[string]any {
	rule := wire.Input{}
	for name, value := range wire.Input(in).Objects("Rule")[0] {
		rule[name] = value
	}
	rule["BucketKeyEnabled"] = boolText(rule.Bool("BucketKeyEnabled"))
	return map[string]any{"Rule": map[string]any(rule)}
}

// actionsOfRule are what a lifecycle rule can do, of which it must do one.
var actionsOfRule = []string{
	"Expiration", "Transition", "NoncurrentVersionExpiration", "NoncurrentVersionTransition", "AbortIncompleteMultipartUpload",
}

// checkLifecycle follows S3 UG, Lifecycle configuration elements.
func checkLifecycle(_ *call, _ *bucket, in wire.Input) error {
	rules := in.Objects("Rule")
	if len(rules) == 0 || len(rules) > 1000 {
		return malformedXML()
	}
	seen := map[string]bool{}
	for _, r := range rules {
		id := r.Text("ID")
		does := slices.ContainsFunc(actionsOfRule, r.Has)
		switch {
		case id != "" && seen[id]:
			return bad("InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule")
		case len(id) > 255:
			return bad("InvalidArgument", "ID length should not exceed allowed limit of 255")
		case r.Text("Status") != "Enabled" && r.Text("Status") != "Disabled", !r.Has("Filter") && !r.Has("Prefix"):
			return malformedXML()
		case !does:
			return bad("InvalidRequest", "At least one action needs to be specified in a rule")
		}
		seen[id] = true
		if a := r.Object("AbortIncompleteMultipartUpload"); a != nil && a.Int("DaysAfterInitiation", 0) < 1 {
			return bad("InvalidArgument", "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer")
		}
	}
	return nil
}

func checkTagging(_ *call, _ *bucket, in wire.Input) error {
	if !in.Has("TagSet") {
		return malformedXML()
	}
	_, err := tagRules{
		key: "Key", value: "Value",
		refused: func(m string) error { return bad("InvalidTag", "%s", m) },
		many:    func(string) error { return bad("BadRequest", "Object tags cannot be greater than 50") },
	}.read(in.Object("TagSet").Objects("Tag"), nil)
	return err
}

func (b *bucket) tags() tags {
	var out tags
	for _, t := range b.settings[tagging.root].Object("TagSet").Objects("Tag") {
		out = append(out, tag{t.Text("Key"), t.Text("Value")})
	}
	return out
}

func ownedBy(who string) wire.Input {
	return wire.Input{"Rule": map[string]any{"ObjectOwnership": who}}
}

func checkOwnership(_ *call, _ *bucket, in wire.Input) error {
	if len(in.Objects("Rule")) != 1 {
		return malformedXML()
	}
	for _, r := range in.Objects("Rule") {
		if !slices.Contains([]string{"BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"}, r.Text("ObjectOwnership")) {
			return malformedXML()
		}
	}
	return nil
}

// checkVersioning: once on, versioning can be suspended and never taken away (S3 UG, Using versioning).
func checkVersioning(_ *call, _ *bucket, in wire.Input) error {
	if s := in.Text("Status"); s != "Enabled" && s != "Suspended" {
		return bad("IllegalVersioningConfigurationException", "The Versioning element must be specified")
	}
	return nil
}
