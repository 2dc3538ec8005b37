package policy

// The quotas that the documents here meet. All but MaxBucketPolicy are in
// characters as Size counts them. Source: "IAM and AWS STS quotas" and, for
// buckets, "Adding a bucket policy by using the Amazon S3 console".
const (
	MaxInlineRole   = 10240 // all inline policies of one role together
	MaxInlineUser   = 2048  // all inline policies of one user together
	MaxInlineGroup  = 5120  // all inline policies of one group together
	MaxManaged      = 6144  // one version of a customer managed policy
	MaxTrust        = 2048  // the default; an account can have it raised to 8,192
	MaxBucketPolicy = 20480 // bytes of the text as it is sent, white space included
)

// Size returns the number of characters that IAM counts against its quotas:
// the runes of the minified document other than space, tab, line feed and
// carriage return. So a space inside a string is not counted, an escape such as
// \" is counted as it is written, and é is one character. "IAM doesn't count
// white space when calculating the size of a policy": "IAM and AWS STS quotas".
//
// A marker counts as long as it is itself; size the document again once its
// value is known.
func (d Document) Size() int {
	size := 0
	for _, r := range string(d.Compact()) {
		switch r {
		case ' ', '\t', '\n', '\r':
		default:
			size++
		}
	}
	return size
}
