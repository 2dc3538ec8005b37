package wire

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// s3Host is the host of an S3 endpoint, with the bucket before it (Amazon S3 User Guide, Virtual
// hosting of general purpose buckets).
var s3Host = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:(.+)\.)?s3(?:-fips)?(?:\.dualstack)?(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$`)
})

// bucketAndKey reads both styles. At any host that is not AWS's own a bucket is in the path, but for
// BUCKET.localhost, which SDKs make of http://localhost.
func bucketAndKey(r *http.Request) (bucket, key string) {
	host, _, _ := strings.Cut(r.Host, ":")
	path := strings.TrimPrefix(r.URL.Path, "/")
	if m := s3Host().FindStringSubmatch(host); m != nil && m[1] != "" {
		return m[1], path
	}
	if before, ok := strings.CutSuffix(host, ".localhost"); ok {
		return before, path
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// subresources name what a bucket's query parameter is about (Amazon S3 API Reference, Actions).
var subresources = []struct{ parameter, name string }{
	{"accelerate", "BucketAccelerateConfiguration"},
	{"acl", "BucketAcl"},
	{"analytics", "BucketAnalyticsConfiguration"},
	{"cors", "BucketCors"},
	{"encryption", "BucketEncryption"},
	{"intelligent-tiering", "BucketIntelligentTieringConfiguration"},
	{"inventory", "BucketInventoryConfiguration"},
	{"lifecycle", "BucketLifecycleConfiguration"},
	{"location", "BucketLocation"},
	{"logging", "BucketLogging"},
	{"metrics", "BucketMetricsConfiguration"},
	{"notification", "BucketNotificationConfiguration"},
	{"object-lock", "ObjectLockConfiguration"},
	{"ownershipControls", "BucketOwnershipControls"},
	{"policy", "BucketPolicy"},
	{"policyStatus", "BucketPolicyStatus"},
	{"publicAccessBlock", "PublicAccessBlock"},
	{"replication", "BucketReplication"},
	{"requestPayment", "BucketRequestPayment"},
	{"tagging", "BucketTagging"},
	{"versioning", "BucketVersioning"},
	{"versions", "ObjectVersions"},
	{"uploads", "MultipartUploads"},
	{"website", "BucketWebsite"},
}

var s3Verbs = map[string]string{"PUT": "Put", "GET": "Get", "DELETE": "Delete", "HEAD": "Head", "POST": "Post"}

// s3Irregular are the names that do not follow from verb and subresource.
var s3Irregular = map[string]string{
	"DeleteBucketLifecycleConfiguration": "DeleteBucketLifecycle",
	"GetObjectVersions":                  "ListObjectVersions",
	"GetMultipartUploads":                "ListMultipartUploads",
}

func s3Operation(method string, query url.Values, bucket, key string) string {
	verb := s3Verbs[method]
	switch {
	case bucket == "":
		return map[string]string{"GET": "ListBuckets"}[method]
	case key != "" && onlyNames(query):
		return verb + "Object"
	case key != "":
		return ""
	}
	for _, s := range subresources {
		if !query.Has(s.parameter) {
			continue
		}
		if regular := verb + s.name; s3Irregular[regular] == "" {
			return regular
		}
		return s3Irregular[verb+s.name]
	}
	if method == http.MethodGet && query.Get("list-type") != "2" {
		return "ListObjects"
	}
	return map[string]string{"PUT": "CreateBucket", "GET": "ListObjectsV2", "DELETE": "DeleteBucket", "HEAD": "HeadBucket"}[method]
}

// onlyNames says that a request to an object asks for the object itself and no part of it.
func onlyNames(query url.Values) bool {
	for _, part := range []string{"acl", "tagging", "uploadId", "uploads", "partNumber", "retention", "legal-hold", "attributes", "torrent", "restore"} {
		if query.Has(part) {
			return false
		}
	}
	return true
}

// s3Members are the members that travel as headers and as query parameters.
var (
	s3Headers = map[string]string{
		"X-Amz-Expected-Bucket-Owner": "ExpectedBucketOwner", "X-Amz-Object-Ownership": "ObjectOwnership", "X-Amz-Acl": "ACL",
		"X-Amz-Bucket-Object-Lock-Enabled": "ObjectLockEnabledForBucket",
	}
	s3Parameters = map[string]string{
		"prefix": "Prefix", "delimiter": "Delimiter", "max-keys": "MaxKeys", "continuation-token": "ContinuationToken", "max-buckets": "MaxBuckets", "start-after": "StartAfter",
		"key-marker": "KeyMarker", "version-id-marker": "VersionIdMarker", "versionId": "VersionId",
	}
)

func (q *Request) decodeS3(r *http.Request) error {
	bucket, key := bucketAndKey(r)
	query := r.URL.Query()
	q.Operation = s3Operation(r.Method, query, bucket, key)
	q.Input = Input{}
	if bucket != "" {
		q.Input["Bucket"] = bucket
	}
	if key != "" {
		q.Input["Key"] = key
	}
	for header, member := range s3Headers {
		if r.Header.Get(header) != "" {
			q.Input[member] = r.Header.Get(header)
		}
	}
	for parameter, member := range s3Parameters {
		if query.Has(parameter) {
			q.Input[member] = query.Get(parameter)
		}
	}
	if strings.Contains(r.Header.Get("Content-Encoding"), "aws-chunked") || r.Header.Get("X-Amz-Decoded-Content-Length") != "" {
		data, err := dechunk(q.Body)
		if err != nil {
			return &Error{Status: 400, Code: "IncompleteBody", Message: "The request body terminated unexpectedly"}
		}
		q.Body = data
	}
	return q.decodeDocument()
}

// documents are the roots of the documents that operations take (Amazon S3 API Reference, Request
// syntax). A root is the name of the member, too.
var documents = map[string]string{
	"CreateBucket":                    "CreateBucketConfiguration",
	"PutBucketEncryption":             "ServerSideEncryptionConfiguration",
	"PutBucketLifecycleConfiguration": "LifecycleConfiguration",
	"PutBucketOwnershipControls":      "OwnershipControls",
	"PutBucketTagging":                "Tagging",
	"PutBucketVersioning":             "VersioningConfiguration",
	"PutPublicAccessBlock":            "PublicAccessBlockConfiguration",
}

// decodeDocument reads the document of a bucket's setting. Other bodies are none of its business.
func (q *Request) decodeDocument() error {
	if q.Operation == "PutBucketPolicy" {
		q.Input["Policy"] = string(q.Body)
	}
	root, ok := documents[q.Operation]
	if !ok || len(bytes.TrimSpace(q.Body)) == 0 {
		return nil
	}
	name, tree, err := fromXML(q.Body)
	if err != nil || name != root {
		return &Error{
			Status: 400, Code: "MalformedXML",
			Message: "The XML you provided was not well-formed or did not validate against our published schema",
		}
	}
	q.Input[root] = tree
	return nil
}

var errChunk = errors.New("decode aws-chunked: broken chunk")

// dechunk undoes the framing that carries signatures or a checksum of the body (Amazon S3 API
// Reference, Signature calculation: transferring payload in multiple chunks).
func dechunk(body []byte) ([]byte, error) {
	var out []byte
	for {
		line, rest, ok := bytes.Cut(body, []byte("\r\n"))
		if !ok {
			return nil, errChunk
		}
		size, _, _ := strings.Cut(string(line), ";")
		n, err := strconv.ParseUint(size, 16, 31)
		if err != nil || uint64(len(rest)) < n {
			return nil, errChunk
		}
		if n == 0 {
			return out, nil
		}
		out = append(out, rest[:n]...)
		body = bytes.TrimPrefix(rest[n:], []byte("\r\n"))
	}
}
