package practice

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"onramp/internal/practice/authorize"
	"onramp/internal/practice/wire"
)

// version is one version of an object, or a marker that deletes it (S3 UG, How S3 Versioning works).
// What is in it is not kept.
type version struct {
	id       string // unversioned: none was given, because the bucket was not versioned
	marker   bool
	size     int
	etag     string
	modified time.Time
}

const unversioned = "null"

// keys are the objects that are not deleted, in their order.
func (b *bucket) keys() []string {
	return slices.DeleteFunc(sorted(b.objects), func(key string) bool { return b.newest(key).marker })
}

func (b *bucket) newest(key string) version {
	all := b.objects[key]
	return all[len(all)-1]
}

// noncurrent are the versions that a list of objects does not show, by their keys.
func (b *bucket) noncurrent() []string {
	var out []string
	for _, key := range sorted(b.objects) {
		for i, v := range b.objects[key] {
			if v.marker || i < len(b.objects[key])-1 {
				out = append(out, key)
			}
		}
	}
	return out
}

// versioned says that a bucket keeps what is overwritten.
func (b *bucket) versioned() bool { return b.settings[versioning.root].Text("Status") == "Enabled" }

// keep puts a version on top. Where the bucket does not keep versions it takes the place of the one
// that has no id.
func (b *bucket) keep(c *call, key string, v version) version {
	v.id, v.modified = unversioned, c.now
	if b.versioned() {
		v.id = c.digest()[:32]
	} else {
		b.remove(key, unversioned)
	}
	b.objects[key] = append(b.objects[key], v)
	return v
}

// remove takes one version away for good, and gives it.
func (b *bucket) remove(key, id string) version {
	var gone version
	rest := slices.DeleteFunc(b.objects[key], func(v version) bool {
		if v.id == id {
			gone = v
		}
		return v.id == id
	})
	b.objects[key] = rest
	if len(rest) == 0 {
		delete(b.objects, key)
	}
	return gone
}

func onObject(action string) ask {
	return func(c *call) []authorize.Request {
		return on(c.bucketARN(c.in.Text("Bucket")+"/"+c.in.Text("Key")), action)
	}
}

// askDeleteObject: to delete a version takes another permission (S3 API, DeleteObject).
func askDeleteObject(c *call) []authorize.Request {
	if c.in.Has("VersionId") {
		return onObject("s3:DeleteObjectVersion")(c)
	}
	return onObject("s3:DeleteObject")(c)
}

func putObject(c *call, b *bucket) (wire.Answer, error) {
	key := c.in.Text("Key")
	if len(key) > 1024 { // S3 UG, Object key naming guidelines
		return because(bad("KeyTooLongError", "Your key is too long"))
	}
	v := b.keep(c, key, version{size: len(c.body), etag: `"` + digestOf(string(c.body))[:32] + `"`})
	header := b.encrypted()
	header["Etag"] = v.etag
	if b.versioned() {
		header["X-Amz-Version-Id"] = v.id
	}
	return wire.Answer{Header: header}, nil
}

// encrypted says how the bucket encrypts what is put into it.
func (b *bucket) encrypted() map[string]string {
	rule := b.settings[encryption.root].Object("Rule")
	byDefault := rule.Object("ApplyServerSideEncryptionByDefault")
	out := map[string]string{"X-Amz-Server-Side-Encryption": byDefault.Text("SSEAlgorithm")}
	if key := byDefault.Text("KMSMasterKeyID"); key != "" {
		out["X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"] = key
		out["X-Amz-Server-Side-Encryption-Bucket-Key-Enabled"] = rule.Text("BucketKeyEnabled")
	}
	return out
}

// deleteObject deletes for good where a version is named or there never were any, and else with a
// marker (S3 API, DeleteObject).
func deleteObject(c *call, b *bucket) (wire.Answer, error) {
	key, id := c.in.Text("Key"), c.in.Text("VersionId")
	var v version
	switch {
	case id != "":
		v = b.remove(key, id)
		v.id = id
	case !b.settings[versioning.root].Has("Status"):
		b.remove(key, unversioned)
		return noContent()
	default:
		v = b.keep(c, key, version{marker: true})
	}
	header := map[string]string{"X-Amz-Version-Id": v.id}
	if v.marker {
		header["X-Amz-Delete-Marker"] = "true"
	}
	return wire.Answer{Status: http.StatusNoContent, Header: header}, nil
}

// mostKeys is how many entries a list may have: no more than 1,000, and none where none is asked for
// (ceph/s3-tests, test_bucket_listv2_maxkeys_zero and test_bucket_list_maxkeys_invalid; the words are
// UNVERIFIED).
func (c *call) mostKeys() (int, error) {
	if c.in.Text("MaxKeys") == "" {
		return 1000, nil
	}
	n, err := strconv.ParseInt(c.in.Text("MaxKeys"), 10, 32)
	switch {
	case err != nil:
		return 0, bad("InvalidArgument", "Provided max-keys not an integer or within integer range")
	case n < 0:
		return 0, bad("InvalidArgument", "Argument maxKeys must be an integer between 0 and 2147483647")
	}
	return min(int(n), 1000), nil
}

func listObjects(c *call, b *bucket) (wire.Answer, error) {
	most, err := c.mostKeys()
	if err != nil {
		return because(err)
	}
	prefix, after := c.in.Text("Prefix"), max(c.in.Text("ContinuationToken"), c.in.Text("StartAfter"))
	keys := slices.DeleteFunc(b.keys(), func(key string) bool { return !strings.HasPrefix(key, prefix) || key <= after })
	cut := most > 0 && len(keys) > most
	keys = keys[:min(most, len(keys))]
	f := wire.Of("Name", b.name, "Prefix", prefix, "MaxKeys", most, "KeyCount", len(keys), "IsTruncated", cut)
	if cut {
		f = append(f, wire.Of("NextContinuationToken", keys[most-1])...)
	}
	f = append(f, wire.Of("Contents", wire.List{Flat: true, Of: wire.Each("", keys, func(key string) any {
		return append(wire.Of("Key", key), b.newest(key).fields()...)
	}).Of})...)
	return wire.Answer{Root: "ListBucketResult", Fields: f}, nil
}

// fields are a version as lists have it; a marker has neither content nor class.
func (v version) fields() wire.Fields {
	if v.marker {
		return wire.Of("LastModified", v.modified)
	}
	return wire.Of("LastModified", v.modified, "ETag", v.etag, "Size", v.size, "StorageClass", "STANDARD")
}

// listVersions lists every version, the newest of a key first (S3 API, ListObjectVersions).
func listVersions(c *call, b *bucket) (wire.Answer, error) {
	most, err := c.mostKeys()
	if err != nil {
		return because(err)
	}
	prefix, key, id := c.in.Text("Prefix"), c.in.Text("KeyMarker"), c.in.Text("VersionIdMarker")
	listed := b.listed(prefix, key, id)
	cut := most > 0 && len(listed) > most
	listed = listed[:min(most, len(listed))]
	f := wire.Of("Name", b.name, "Prefix", prefix, "KeyMarker", key, "VersionIdMarker", id, "MaxKeys", most, "IsTruncated", cut)
	if cut {
		last := listed[most-1]
		f = append(f, wire.Of("NextKeyMarker", last.key, "NextVersionIdMarker", last.id)...)
	}
	for _, v := range listed {
		element := "Version"
		if v.marker {
			element = "DeleteMarker"
		}
		one := append(wire.Of("Key", v.key, "VersionId", v.id, "IsLatest", v.newest), v.fields()...)
		f = append(f, wire.Field{Name: element, Value: append(one, wire.Of("Owner", wire.Of("ID", canonicalID(Number)))...)})
	}
	return wire.Answer{Root: "ListVersionsResult", Fields: f}, nil
}

// listedVersion is a version in a list of a whole bucket.
type listedVersion struct {
	version
	key    string
	newest bool
}

// listed are the versions of keys with a prefix that come after a marker: all of its key do where it
// names no version of it (S3 API, ListObjectVersions: KeyMarker, VersionIdMarker).
func (b *bucket) listed(prefix, key, id string) []listedVersion {
	var out []listedVersion
	for _, k := range sorted(b.objects) {
		if !strings.HasPrefix(k, prefix) || k < key || k == key && id == "" {
			continue
		}
		passed := k != key // the marker
		for i, v := range slices.Backward(b.objects[k]) {
			if passed {
				out = append(out, listedVersion{v, k, i == len(b.objects[k])-1})
			}
			passed = passed || v.id == id
		}
	}
	return out
}
