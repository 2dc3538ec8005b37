package practice

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"onramp/internal/awsname"
	"onramp/internal/practice/authorize"
	"onramp/internal/practice/wire"
)

// bucket is a general purpose bucket.
type bucket struct {
	name, region string
	owner        string // account
	created      time.Time
	policy       string                // as it was sent; "" : none
	settings     map[string]wire.Input // by the root of the document that sets them
	objects      map[string][]version  // by key, the oldest version first
}

func s3Operations() table {
	return table{
		"s3:ListBuckets":       {reads, listBuckets, anywhere("s3:ListAllMyBuckets")},
		"s3:CreateBucket":      {writes, createBucket, askCreateBucket},
		"s3:HeadBucket":        {reads, headBucket, onBucket("s3:ListBucket")},
		"s3:DeleteBucket":      {writes, withBucket(deleteBucket), onBucket("s3:DeleteBucket")},
		"s3:GetBucketLocation": {reads, getBucketLocation, onBucket("s3:GetBucketLocation")},

		"s3:GetBucketPolicy":    {reads, withBucket(getBucketPolicy), onBucket("s3:GetBucketPolicy")},
		"s3:PutBucketPolicy":    {writes, withBucket(putBucketPolicy), onBucket("s3:PutBucketPolicy")},
		"s3:DeleteBucketPolicy": {writes, withBucket(deleteBucketPolicy), onBucket("s3:DeleteBucketPolicy")},

		"s3:GetPublicAccessBlock":            {reads, withBucket(getSetting(publicAccess)), onBucket("s3:GetBucketPublicAccessBlock")},
		"s3:PutPublicAccessBlock":            {writes, withBucket(putSetting(publicAccess)), onBucket("s3:PutBucketPublicAccessBlock")},
		"s3:DeletePublicAccessBlock":         {writes, withBucket(deleteSetting(publicAccess)), onBucket("s3:PutBucketPublicAccessBlock")},
		"s3:GetBucketEncryption":             {reads, withBucket(getSetting(encryption)), onBucket("s3:GetEncryptionConfiguration")},
		"s3:PutBucketEncryption":             {writes, withBucket(putSetting(encryption)), onBucket("s3:PutEncryptionConfiguration")},
		"s3:DeleteBucketEncryption":          {writes, withBucket(deleteSetting(encryption)), onBucket("s3:PutEncryptionConfiguration")},
		"s3:GetBucketLifecycleConfiguration": {reads, withBucket(getSetting(lifecycle)), onBucket("s3:GetLifecycleConfiguration")},
		"s3:PutBucketLifecycleConfiguration": {writes, withBucket(putSetting(lifecycle)), onBucket("s3:PutLifecycleConfiguration")},
		"s3:DeleteBucketLifecycle":           {writes, withBucket(deleteSetting(lifecycle)), onBucket("s3:PutLifecycleConfiguration")},
		"s3:GetBucketTagging":                {reads, withBucket(getSetting(tagging)), onBucket("s3:GetBucketTagging")},
		"s3:PutBucketTagging":                {writes, withBucket(putSetting(tagging)), onBucket("s3:PutBucketTagging")},
		"s3:DeleteBucketTagging":             {writes, withBucket(deleteSetting(tagging)), onBucket("s3:PutBucketTagging")},
		"s3:GetBucketOwnershipControls":      {reads, withBucket(getSetting(ownership)), onBucket("s3:GetBucketOwnershipControls")},
		"s3:PutBucketOwnershipControls":      {writes, withBucket(putSetting(ownership)), onBucket("s3:PutBucketOwnershipControls")},
		"s3:DeleteBucketOwnershipControls":   {writes, withBucket(deleteSetting(ownership)), onBucket("s3:PutBucketOwnershipControls")},
		"s3:GetBucketVersioning":             {reads, withBucket(getSetting(versioning)), onBucket("s3:GetBucketVersioning")},
		"s3:PutBucketVersioning":             {writes, withBucket(putSetting(versioning)), onBucket("s3:PutBucketVersioning")},

		"s3:ListObjectsV2":      {reads, withBucket(listObjects), onBucket("s3:ListBucket")},
		"s3:ListObjectVersions": {reads, withBucket(listVersions), onBucket("s3:ListBucketVersions")},
		"s3:PutObject":          {writes, withBucket(putObject), onObject("s3:PutObject")},
		"s3:DeleteObject":       {writes, withBucket(deleteObject), askDeleteObject},
	}
}

func onBucket(action string) ask {
	return func(c *call) []authorize.Request { return on(c.bucketARN(c.in.Text("Bucket")), action) }
}

// askCreateBucket: object ownership, ACLs and tags in the same call need permissions of their own (S3
// API, CreateBucket).
func askCreateBucket(c *call) []authorize.Request {
	actions := []string{"s3:CreateBucket"}
	if c.in.Has("ObjectOwnership") {
		actions = append(actions, "s3:PutBucketOwnershipControls")
	}
	if c.in.Has("ACL") {
		actions = append(actions, "s3:PutBucketAcl")
	}
	if len(c.newTags()) > 0 {
		actions = append(actions, "s3:TagResource")
	}
	return on(c.bucketARN(c.in.Text("Bucket")), actions...)
}

// s3Error is a refusal that names the bucket, as S3's do.
func (c *call) s3Error(status int, code, format string, args ...any) error {
	e := refuse(status, code, format, args...)
	e.More = wire.Of("BucketName", c.in.Text("Bucket"))
	return e
}

func accessDenied() error { return refuse(http.StatusForbidden, "AccessDenied", "Access Denied") }

// theBucket finds the bucket of a call from the region of the call (S3 API, Error responses). A
// bucket of another account is there, but closed; in another region it answers where it is.
func (c *call) theBucket() (*bucket, error) {
	b := c.buckets[c.in.Text("Bucket")]
	switch {
	case b == nil:
		return nil, c.s3Error(404, "NoSuchBucket", "The specified bucket does not exist")
	case b.owner != Number:
		return nil, accessDenied()
	case c.in.Has("ExpectedBucketOwner") && c.in.Text("ExpectedBucketOwner") != b.owner:
		return nil, accessDenied()
	case b.region != c.at.region:
		return nil, c.redirect(b)
	}
	return b, nil
}

// redirect is how S3 sends a request to the region of the bucket (S3 UG, Making requests, Redirects).
func (c *call) redirect(b *bucket) error {
	e := refuse(http.StatusMovedPermanently, "PermanentRedirect",
		"The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.")
	e.More = wire.Of("Endpoint", b.name+".s3."+b.region+"."+suffix(c.partition), "Bucket", b.name)
	e.Header = map[string]string{"X-Amz-Bucket-Region": b.region}
	return e
}

// suffix is what names of hosts end in.
func suffix(partition string) string {
	if partition == "aws-cn" {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

func withBucket(run func(*call, *bucket) (wire.Answer, error)) func(*call) (wire.Answer, error) {
	return func(c *call) (wire.Answer, error) {
		b, err := c.theBucket()
		if err != nil {
			return because(err)
		}
		return run(c, b)
	}
}

// noContent is how S3 answers a deletion.
func noContent() (wire.Answer, error) { return wire.Answer{Status: http.StatusNoContent}, nil }

// listBuckets: "BucketRegion [...] If the request contains at least one valid parameter, it is included in the
// response" (S3 API, Bucket).
func listBuckets(c *call) (wire.Answer, error) {
	parameter := slices.ContainsFunc([]string{"MaxBuckets", "Prefix", "ContinuationToken"}, c.in.Has)
	var mine []any
	for _, name := range slices.Sorted(maps.Keys(c.buckets)) {
		b := c.buckets[name]
		if b.owner != Number || !strings.HasPrefix(name, c.in.Text("Prefix")) {
			continue
		}
		f := wire.Of("Name", name, "CreationDate", b.created)
		if parameter {
			f = append(f, wire.Of("BucketRegion", b.region)...)
		}
		mine = append(mine, f)
	}
	mine, next, err := pageOf(c, bucketPages, mine)
	if err != nil {
		return because(err)
	}
	return wire.Answer{Root: "ListAllMyBucketsResult", Fields: wire.Of(
		"Owner", wire.Of("ID", canonicalID(Number)), "Buckets", wire.List{Item: "Bucket", Of: mine}, "ContinuationToken", wire.Opt(next),
	)}, nil
}

// canonicalID is the id by which S3's ACLs know an account.
func canonicalID(account string) string { return digestOf("canonical user " + account) }

func createBucket(c *call) (wire.Answer, error) {
	name := c.in.Text("Bucket")
	region, err := c.location()
	if err != nil {
		return because(err)
	}
	if err := awsname.Bucket(name); err != nil { // S3 UG, General purpose bucket naming rules
		return because(c.s3Error(400, "InvalidBucketName", "The specified bucket is not valid."))
	}
	made := wire.Answer{Header: map[string]string{"Location": "/" + name}}
	switch b := c.buckets[name]; {
	case b == nil:
	case b.owner != Number:
		return because(c.s3Error(409, "BucketAlreadyExists",
			"The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again."))
	case b.region == "us-east-1" && region == "us-east-1": // S3 API, CreateBucket: BucketAlreadyOwnedByYou
		return made, nil
	default:
		return because(c.s3Error(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it."))
	}
	b := newBucket(name, region, Number, c.now)
	if o := c.in.Text("ObjectOwnership"); o != "" {
		b.settings[ownership.root] = ownedBy(o)
	}
	if t := c.newTags(); len(t) > 0 {
		b.settings[tagging.root] = wire.Input{"TagSet": t}
		if err := checkTagging(c, b, b.settings[tagging.root]); err != nil {
			return because(err)
		}
	}
	c.buckets[name] = b
	return made, nil
}

// newTags are the tags that a bucket is made with, which are then its tagging (S3 API,
// CreateBucketConfiguration: Tags).
func (c *call) newTags() wire.Input {
	return c.in.Object("CreateBucketConfiguration").Object("Tags")
}

// location is the region that a call creates a bucket in. In us-east-1 it must not be named, and
// elsewhere it must be that of the endpoint (S3 API, CreateBucket: LocationConstraint).
func (c *call) location() (string, error) {
	asked := c.in.Object("CreateBucketConfiguration").Text("LocationConstraint")
	switch {
	case asked == "" && c.at.region == "us-east-1":
		return c.at.region, nil
	case asked == "":
		return "", bad("IllegalLocationConstraintException",
			"The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.")
	case asked == "us-east-1" || awsname.Region(asked) != nil || awsname.Partition(asked) != c.partition:
		return "", bad("InvalidLocationConstraint", "The specified location-constraint is not valid")
	case asked != c.at.region && c.at.region != "us-east-1":
		return "", bad("IllegalLocationConstraintException",
			"The %s location constraint is incompatible for the region specific endpoint this request was sent to.", asked)
	}
	return asked, nil
}

// newBucket has S3's defaults: encrypted with keys of S3's own, closed to the public, without ACLs (S3
// UG, Default settings for new buckets).
func newBucket(name, region, owner string, now time.Time) *bucket {
	return &bucket{
		name: name, region: region, owner: owner, created: now, objects: map[string][]version{},
		settings: map[string]wire.Input{
			publicAccess.root: allBlocked(), encryption.root: ownKeys(), ownership.root: ownedBy("BucketOwnerEnforced"),
		},
	}
}

// headBucket answers without a body, whatever it says (S3 API, HeadBucket).
func headBucket(c *call) (wire.Answer, error) {
	b, err := c.theBucket()
	if err != nil {
		return because(err)
	}
	return wire.Answer{Header: map[string]string{"X-Amz-Bucket-Region": b.region, "X-Amz-Access-Point-Alias": "false"}}, nil
}

// getBucketLocation answers from every region, and nothing for us-east-1 (S3 API).
func getBucketLocation(c *call) (wire.Answer, error) {
	b := c.buckets[c.in.Text("Bucket")]
	if b == nil || b.region == c.at.region || b.owner != Number {
		if _, err := c.theBucket(); err != nil {
			return because(err)
		}
	}
	where := b.region
	if where == "us-east-1" {
		where = ""
	}
	text := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` + where + `</LocationConstraint>`
	return wire.Answer{Raw: []byte(text), Type: "application/xml"}, nil
}

func deleteBucket(c *call, b *bucket) (wire.Answer, error) {
	switch {
	case len(b.objects) > 0 && b.settings[versioning.root].Has("Status"):
		return because(c.s3Error(409, "BucketNotEmpty", "The bucket you tried to delete is not empty. You must delete all versions in the bucket."))
	case len(b.objects) > 0:
		return because(c.s3Error(409, "BucketNotEmpty", "The bucket you tried to delete is not empty"))
	}
	delete(c.buckets, b.name)
	return noContent()
}
