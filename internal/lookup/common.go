package lookup

import "onramp/internal/plan"

// How the services page: token out, token in.
var (
	ByMarker       = Pages{Output: "Marker", Input: "Marker"} // IAM and Redshift
	ByContinuation = Pages{Output: "ContinuationToken", Input: "ContinuationToken"}
)

// Always makes the same call, whatever the answers.
func Always(service, operation string, members ...any) func(get func(key string) string) plan.Call {
	return func(func(string) string) plan.Call { return plan.NewCall(service, operation, members...) }
}

// Buckets are the account's own. They say their region only where the call has a parameter (Amazon S3 API Reference,
// ListBuckets). One of another region than the answers' is of no use, and is listed so that nobody looks for it in vain.
func Buckets() Spec {
	return Spec{
		Name:  "buckets",
		Call:  Always("s3", "ListBuckets", "MaxBuckets", 1000),
		Pages: ByContinuation,
		First: map[string]string{"_region": "region"},
		Rows:  `Buckets[].{value: Name, _region: BucketRegion, notes: [BucketRegion]}`,
	}
}
