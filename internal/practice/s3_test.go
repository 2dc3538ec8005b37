package practice_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"onramp/internal/practice"
)

// s3Request makes a request of S3 without the SDK, which writes no document that is wrong.
func s3Request(t *testing.T, a *practice.Account, method, path, body string) (int, string) {
	t.Helper()
	return ask(t, a, method, "https://s3.us-east-1.amazonaws.com/"+path, map[string]string{"Authorization": scope("s3")}, body)
}

func TestListsOfNoLength(t *testing.T) {
	a := practice.New(practice.Settings{})
	for path, want := range map[string]struct {
		status int
		says   []string
	}{
		"analytics-redshift-data?list-type=2&max-keys=0":          {200, []string{"<MaxKeys>0</MaxKeys>", "<KeyCount>0</KeyCount>", "<IsTruncated>false</IsTruncated>"}},
		"analytics-redshift-data?list-type=2&max-keys=1":          {200, []string{"<KeyCount>1</KeyCount>", "<Key>customers/part-0000.csv</Key>"}},
		"analytics-redshift-data?list-type=2&max-keys=5000":       {200, []string{"<MaxKeys>1000</MaxKeys>"}},
		"analytics-redshift-data?list-type=2&max-keys=":           {200, []string{"<MaxKeys>1000</MaxKeys>"}},
		"analytics-redshift-data?list-type=2&max-keys=-1":         {400, []string{"<Code>InvalidArgument</Code>"}},
		"analytics-redshift-data?list-type=2&max-keys=x":          {400, []string{"<Code>InvalidArgument</Code>"}},
		"analytics-redshift-data?list-type=2&max-keys=2147483648": {400, []string{"<Code>InvalidArgument</Code>"}},
		"analytics-redshift-data?versions&max-keys=0":             {200, []string{"<IsTruncated>false</IsTruncated>"}},
		"analytics-redshift-data?versions&max-keys=-1":            {400, []string{"<Code>InvalidArgument</Code>"}},
	} {
		status, body := s3Request(t, a, http.MethodGet, path, "")
		for _, says := range want.says {
			if status != want.status || !strings.Contains(body, says) {
				t.Errorf("%s: want %d %s, have %d %s", path, want.status, says, status, body)
			}
		}
		if strings.HasSuffix(path, "max-keys=0") && strings.Contains(body, "<Key>") {
			t.Errorf("%s: %s", path, body)
		}
	}
}

func TestDocumentsThatAreNone(t *testing.T) {
	for name, c := range map[string]struct{ path, body string }{
		"no XML":                            {"analytics-logs?tagging", "tags"},
		"XML that breaks off":               {"analytics-logs?tagging", "<Tagging><TagSet>"},
		"XML that is closed elsewhere":      {"analytics-logs?tagging", "<Tagging></TagSet>"},
		"two documents":                     {"analytics-logs?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration><a/>"},
		"another document":                  {"analytics-logs?tagging", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"},
		"an unknown document":               {"analytics-logs?encryption", "<Secrecy/>"},
		"a bucket of an unknown document":   {"onramp-new", "<BucketConfiguration/>"},
		"a bucket of a document by a name":  {"onramp-new", "<Bucket/>"},
		"a bucket of no XML":                {"onramp-new", "{}"},
		"tags without a set":                {"analytics-logs?tagging", "<Tagging/>"},
		"controls without a rule":           {"analytics-logs?ownershipControls", "<OwnershipControls/>"},
		"controls of two rules":             {"analytics-logs?ownershipControls", "<OwnershipControls>" + strings.Repeat("<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>", 2) + "</OwnershipControls>"},
		"a lifecycle that is text":          {"analytics-logs?lifecycle", "<LifecycleConfiguration>never</LifecycleConfiguration>"},
		"an encryption that says nothing":   {"analytics-logs?encryption", "<ServerSideEncryptionConfiguration/>"},
		"public access by another document": {"analytics-logs?publicAccessBlock", "<PublicAccessBlock/>"},
	} {
		t.Run(name, func(t *testing.T) {
			a := practice.New(practice.Settings{})
			before := string(a.State())
			status, body := s3Request(t, a, http.MethodPut, c.path, c.body)
			if status != http.StatusBadRequest || !strings.Contains(body, "<Code>MalformedXML</Code>") {
				t.Errorf("%d %s", status, body)
			}
			if string(a.State()) != before {
				t.Error("a refused call changed something")
			}
		})
	}
}

func TestBucketIsMadeWithTags(t *testing.T) {
	const tags = `"Tags":[{"Key":"team","Value":"ml"},{"Key":"k","Value":""}]`
	for region, configuration := range map[string]string{"us-east-1": tags, "eu-west-1": `"LocationConstraint":"eu-west-1",` + tags} {
		a := practice.New(practice.Settings{Region: region})
		s := inProcess(t, a, region)
		s.must("s3:CreateBucket", `{"Bucket":"onramp-b","CreateBucketConfiguration":{`+configuration+`}}`)
		have := s.must("s3:GetBucketTagging", `{"Bucket":"onramp-b"}`)
		if at(have, "TagSet.0.Value") != "ml" || at(have, "TagSet.1.Key") != "k" || at(have, "TagSet.2") != "<none>" {
			t.Error(region, have)
		}
		other := practice.New(practice.Settings{Region: region})
		twin := inProcess(t, other, region)
		twin.must("s3:CreateBucket", `{"Bucket":"onramp-b","CreateBucketConfiguration":{`+strings.Replace(configuration, tags, `"Tags":[]`, 1)+`}}`)
		twin.must("s3:PutBucketTagging", `{"Bucket":"onramp-b","Tagging":{"TagSet":[{"Key":"k","Value":""},{"Key":"team","Value":"ml"}]}}`)
		if string(a.State()) != string(other.State()) {
			t.Error("tags given on creation are not those that are put later")
		}
	}
	s := inProcess(t, practice.New(practice.Settings{}), "us-east-1")
	for said, tags := range map[string]string{"Duplicate": `{"Key":"a","Value":"1"},{"Key":"a","Value":"2"}`, "aws:": `{"Key":"aws:a","Value":"1"}`} {
		code, _, message := s.refused("s3:CreateBucket", `{"Bucket":"onramp-c","CreateBucketConfiguration":{"Tags":[`+tags+`]}}`)
		if code != "InvalidTag" || !strings.Contains(message, said) {
			t.Error(code, message)
		}
	}
	if code, _, _ := s.refused("s3:HeadBucket", `{"Bucket":"onramp-c"}`); code != "NotFound" {
		t.Error("a bucket is there whose tags were refused")
	}
}

// Without versioning, with it, and after it: which lists show what, and what keeps a bucket.
func TestVersions(t *testing.T) {
	a := practice.New(practice.Settings{})
	s := inProcess(t, a, "us-east-1")
	count := func(want string) {
		t.Helper()
		versions := s.must("s3:ListObjectVersions", `{"Bucket":"onramp-b"}`)
		all := func(member string) int { list, _ := versions[member].([]any); return len(list) }
		have := fmt.Sprintf("%s %d %d", at(s.must("s3:ListObjectsV2", `{"Bucket":"onramp-b"}`), "KeyCount"), all("Versions"), all("DeleteMarkers"))
		if have != want {
			t.Errorf("objects, versions, markers: want %s, have %s", want, have)
		}
	}
	put, remove := `{"Bucket":"onramp-b","Key":"k","Body":"1"}`, `{"Bucket":"onramp-b","Key":"k"}`
	versioning := func(status string) {
		s.must("s3:PutBucketVersioning", `{"Bucket":"onramp-b","VersioningConfiguration":{"Status":"`+status+`"}}`)
	}
	s.must("s3:CreateBucket", `{"Bucket":"onramp-b"}`)
	empty := string(a.State())
	s.must("s3:PutObject", put)
	s.must("s3:PutObject", put)
	count("1 1 0")
	s.must("s3:DeleteObject", remove)
	count("0 0 0")
	if string(a.State()) != empty {
		t.Error("an object that was deleted is in the state")
	}
	s.must("s3:PutObject", put)
	versioning("Enabled")
	s.must("s3:PutObject", put)
	count("1 2 0") // that of before has the id "null"
	s.must("s3:DeleteObject", remove)
	count("0 2 1")
	if !strings.Contains(string(a.State()), `"noncurrent": [`) {
		t.Error("versions are not in the state")
	}
	versioning("Suspended")
	s.must("s3:PutObject", put)
	count("1 2 1")
	s.must("s3:DeleteObject", remove)
	count("0 1 2")
	if code, _, message := s.refused("s3:DeleteBucket", `{"Bucket":"onramp-b"}`); code != "BucketNotEmpty" || !strings.Contains(message, "all versions") {
		t.Error(code, message)
	}
}
