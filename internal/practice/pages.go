package practice

import (
	"encoding/base64"
	"strconv"
)

// paging is how a service gives a list in parts: the names of the member that says how long a part is
// and of the one that asks for the next, and what lengths may be asked for.
type paging struct {
	size, token           string
	standard, least, most int // standard 0: everything, where nothing is said
}

// The paging of the services (their API references; botocore, paginators-1). KMS and IAM have theirs: see page and paged.
var (
	ec2Pages        = paging{"MaxResults", "NextToken", 0, 5, 1000}
	routeTablePages = paging{"MaxResults", "NextToken", 0, 5, 100}
	redshiftPages   = paging{"MaxRecords", "Marker", 100, 20, 100}
	serverlessPages = paging{"maxResults", "nextToken", 100, 1, 100}
	bucketPages     = paging{"MaxBuckets", "ContinuationToken", 0, 1, 10_000}
)

// pageOf is the part of a list that a call asks for, and the token for the next; "" at the end. The codes of its
// refusals are UNVERIFIED.
func pageOf[T any](c *call, p paging, all []T) (of []T, next string, err error) {
	begin, length := 0, len(all)
	if p.standard > 0 {
		length = p.standard
	}
	if c.in.Has(p.size) {
		length = c.in.Int(p.size, 0)
		if length < p.least || length > p.most {
			return nil, "", bad("InvalidParameterValue", "Value ( %s ) for parameter %s is invalid. Expecting a value between %d and %d.",
				c.in.Text(p.size), p.size, p.least, p.most)
		}
	}
	if token := c.in.Text(p.token); token != "" {
		text, err := base64.RawURLEncoding.DecodeString(token)
		begin, _ = strconv.Atoi(string(text))
		if err != nil || begin < 1 {
			return nil, "", bad("InvalidParameterValue", "Value ( %s ) for parameter %s is invalid.", token, p.token)
		}
	}
	begin = min(begin, len(all)) // what was listed may be gone
	end := min(begin+length, len(all))
	if end < len(all) {
		next = base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(end)))
	}
	return all[begin:end], next, nil
}
