package wire

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestFormsBecomeTrees(t *testing.T) {
	for name, c := range map[string]struct {
		form string
		ec2  bool
		want string
	}{
		"a list of structures":        {"Tags.member.2.Key=b&Tags.member.1.Key=a&Tags.member.1.Value=x", false, `{"Tags":[{"Key":"a","Value":"x"},{"Key":"b"}]}`},
		"items with a name":           {"IamRoles.IamRoleArn.1=a&IamRoles.IamRoleArn.2=b", false, `{"IamRoles":["a","b"]}`},
		"more than nine items":        {"L.member.10=j&L.member.9=i&L.member.2=b", false, `{"L":["b","i","j"]}`},
		"an empty list":               {"IamRoles=", false, `{"IamRoles":""}`},
		"a list in a list":            {"E.member.1.N=a&E.member.1.V.member.1=x&E.member.1.V.member.2=y", false, `{"E":[{"N":"a","V":["x","y"]}]}`},
		"lists of EC2":                {"Filter.1.Name=vpc-id&Filter.1.Value.1=a&Filter.1.Value.2=b", true, `{"Filter":[{"Name":"vpc-id","Value":["a","b"]}]}`},
		"one list in an item of EC2":  {"IpPermissions.1.IpRanges.1.CidrIp=c", true, `{"IpPermissions":[{"IpRanges":[{"CidrIp":"c"}]}]}`},
		"a structure of EC2":          {"EnableDnsSupport.Value=true", true, `{"EnableDnsSupport":{"Value":"true"}}`},
		"action and version are none": {"Action=A&Version=V&X=1", false, `{"X":"1"}`},
		"nothing":                     {"", false, `{}`},
	} {
		form, err := url.ParseQuery(c.form)
		if err != nil {
			t.Fatal(err)
		}
		have, _ := json.Marshal(fromForm(form, c.ec2))
		if string(have) != c.want {
			t.Errorf("%s: want %s, have %s", name, c.want, have)
		}
	}
}

func TestInputReadsEveryProtocol(t *testing.T) {
	in := Input{
		"text": "a", "number": json.Number("7"), "digits": "7", "yes": true, "true": "true", "list": []any{"a", json.Number("1")}, "one": map[string]any{"k": "v"}, "none": nil,
	}
	if in.Text("text") != "a" || in.Text("number") != "7" || in.Int("number", 0) != 7 || in.Int("digits", 0) != 7 || in.Int("text", 3) != 3 || in.Int("gone", 3) != 3 {
		t.Error("texts and numbers")
	}
	if !in.Bool("yes") || !in.Bool("true") || in.Bool("text") || in.Bool("gone") {
		t.Error("booleans")
	}
	if !reflect.DeepEqual(in.Texts("list"), []string{"a", "1"}) || in.Texts("gone") != nil || in.Objects("one")[0].Text("k") != "v" || in.Object("one").Text("k") != "v" || in.Object("text") != nil {
		t.Error("lists and structures")
	}
	if in.Has("none") || in.Has("gone") || !in.Has("text") {
		t.Error("what was sent")
	}
}

func request(t *testing.T, method, target, host string, header map[string]string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, "http://"+host+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	return r
}

func signed(service string) string {
	return "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/" + service + "/aws4_request, SignedHeaders=host, Signature=0"
}

func TestOperationsOfS3(t *testing.T) {
	for target, want := range map[string]string{
		"GET 127.0.0.1:5000 /": "ListBuckets  ", "GET s3.us-west-2.amazonaws.com /": "ListBuckets  ",
		"PUT 127.0.0.1:5000 /b":                                    "CreateBucket b ",
		"PUT b.s3.us-west-2.amazonaws.com /":                       "CreateBucket b ",
		"PUT a.b.s3.amazonaws.com /":                               "CreateBucket a.b ",
		"PUT b.s3.dualstack.us-west-2.amazonaws.com /":             "CreateBucket b ",
		"PUT b.s3.cn-north-1.amazonaws.com.cn /":                   "CreateBucket b ",
		"PUT b.localhost:5000 /":                                   "CreateBucket b ",
		"PUT localhost:5000 /b":                                    "CreateBucket b ",
		"HEAD 127.0.0.1 /b":                                        "HeadBucket b ",
		"GET 127.0.0.1 /b?list-type=2&prefix=a":                    "ListObjectsV2 b ",
		"GET 127.0.0.1 /b":                                         "ListObjects b ",
		"GET 127.0.0.1 /b?versions":                                "ListObjectVersions b ",
		"DELETE 127.0.0.1 /b?lifecycle":                            "DeleteBucketLifecycle b ",
		"GET 127.0.0.1 /b?lifecycle":                               "GetBucketLifecycleConfiguration b ",
		"PUT 127.0.0.1 /b?publicAccessBlock":                       "PutPublicAccessBlock b ",
		"PUT 127.0.0.1 /b/a/c.csv":                                 "PutObject b a/c.csv",
		"PUT b.s3.us-west-2.amazonaws.com /a/c.csv?x-id=PutObject": "PutObject b a/c.csv",
		"GET 127.0.0.1 /b/a?acl":                                   " b a",
		"POST 127.0.0.1 /b?delete":                                 " b ",
	} {
		parts := strings.Fields(target)
		q, err := Read(request(t, parts[0], parts[2], parts[1], map[string]string{"Authorization": signed("s3")}), nil)
		if have := q.Operation + " " + q.Input.Text("Bucket") + " " + q.Input.Text("Key"); have != want || err != nil {
			t.Errorf("%s: want %q, have %q, %v", target, want, have, err)
		}
	}
}

func TestMembersOfS3(t *testing.T) {
	r := request(t, "PUT", "/b?tagging", "127.0.0.1", map[string]string{"Authorization": signed("s3"), "X-Amz-Expected-Bucket-Owner": "1"})
	q, err := Read(r, []byte(`<?xml version="1.0"?><Tagging xmlns="x"><TagSet><Tag><Key>a</Key><Value> &lt;1&gt; </Value></Tag><Tag><Key>b</Key><Value/></Tag></TagSet></Tagging>`))
	if err != nil {
		t.Fatal(err)
	}
	have, _ := json.Marshal(q.Input)
	if want := `{"Bucket":"b","ExpectedBucketOwner":"1","Tagging":{"TagSet":{"Tag":[{"Key":"a","Value":" \u003c1\u003e "},{"Key":"b","Value":""}]}}}`; string(have) != want {
		t.Errorf("%s", have)
	}
	for name, body := range map[string]string{
		"no XML": "x", "two documents": "<a/><b/>", "an end too many": "<a></a></b>", "no end": "<a>", "too deep": strings.Repeat("<a>", 30) + strings.Repeat("</a>", 30),
	} {
		if _, err := Read(r, []byte(body)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if q, _ := Read(r, []byte("<Bucket>other</Bucket>")); q.Input.Text("Bucket") != "b" {
		t.Error("a document takes the place of the bucket")
	}
}

func TestChunksAreJoined(t *testing.T) {
	r := request(t, "PUT", "/b/k", "127.0.0.1", map[string]string{"Authorization": signed("s3"), "Content-Encoding": "aws-chunked"})
	q, err := Read(r, []byte("3;chunk-signature=0\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:AA==\r\n\r\n"))
	if err != nil || string(q.Body) != "abcde" {
		t.Errorf("%q, %v", q.Body, err)
	}
	for _, broken := range []string{"", "3\r\nab", "x\r\n", "ffffffffff\r\n"} {
		if _, err := Read(r, []byte(broken)); err == nil {
			t.Errorf("%q is taken", broken)
		}
	}
}

func TestPresignedRequestIsSigned(t *testing.T) {
	q, err := Read(request(t, "GET", "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential=AKID%2F20260101%2Fus-east-1%2Fsts%2Faws4_request", "sts.amazonaws.com", nil), nil)
	if err != nil || q.Name() != "sts:GetCallerIdentity" || q.AccessKey != "AKID" {
		t.Errorf("%+v %v", q, err)
	}
}

func TestAnswersOfEveryProtocol(t *testing.T) {
	moment := time.Date(2026, 1, 2, 3, 4, 5, 600_000_000, time.UTC)
	fields := Of("Name", `<&"`, "Empty", nil, "When", moment, "Yes", true, "N", 7, "List", Strings("", []string{"a", "b"}), "Named", Strings("Tag", []string{"c"}), "Flat", List{Flat: true, Of: []any{"d", Of("k", "e")}}, "None", Fields{})
	for service, want := range map[string]string{
		"iam":             `<OpResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><OpResult><Name>&lt;&amp;&#34;</Name><When>2026-01-02T03:04:05Z</When><Yes>true</Yes><N>7</N><List><member>a</member><member>b</member></List><Named><Tag>c</Tag></Named><Flat>d</Flat><Flat><k>e</k></Flat><None></None></OpResult><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></OpResponse>`,
		"ec2":             `<OpResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>id</requestId><Name>&lt;&amp;&#34;</Name><When>2026-01-02T03:04:05.600Z</When><Yes>true</Yes><N>7</N><List><item>a</item><item>b</item></List><Named><Tag>c</Tag></Named><Flat>d</Flat><Flat><k>e</k></Flat><None></None></OpResponse>`,
		"kms":             `{"Name":"\u003c\u0026\"","When":1767323045.600,"Yes":true,"N":7,"List":["a","b"],"Named":["c"],"Flat":["d",{"k":"e"}],"None":{}}`,
		"access-analyzer": `{"Name":"\u003c\u0026\"","When":1767323045.600,"Yes":true,"N":7,"List":["a","b"],"Named":["c"],"Flat":["d",{"k":"e"}],"None":{}}`,
	} {
		q := Request{Service: service, Operation: "Op", Protocol: services[service].protocol}
		if have := string(q.Write(Answer{Fields: fields}, "id").Body); have != want {
			t.Errorf("%s: %s", service, have)
		}
	}
	s3 := Request{Service: "s3", Operation: "Op", Protocol: S3}
	have := s3.Write(Answer{Root: "R", Fields: Of("Rule", Input{"b": []any{"1", "2"}, "a": map[string]any{"c": "3"}}), Header: map[string]string{"X-Y": "z"}, Status: 201}, "id")
	if want := `<Rule><a><c>3</c></a><b>1</b><b>2</b></Rule>`; !strings.Contains(string(have.Body), want) || have.Header.Get("X-Y") != "z" || have.Status != 201 || have.Header.Get("X-Amz-Request-Id") != "id" {
		t.Errorf("%+v %s", have, have.Body)
	}
	s3.head = true
	if have := s3.WriteError(&Error{Status: 404, Code: "NoSuchBucket"}, "id"); len(have.Body) > 0 || have.Status != 404 {
		t.Errorf("%+v", have)
	}
}

func TestErrorsOfEveryProtocol(t *testing.T) {
	e := &Error{Status: 400, Code: "Bad", Message: "a < b", More: Of("Extra", "x"), Header: map[string]string{"X-Y": "z"}}
	for service, want := range map[string]string{
		"iam": `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>Bad</Code><Message>a &lt; b</Message><Extra>x</Extra></Error><RequestId>id</RequestId></ErrorResponse>`,
		"ec2": `<Response><Errors><Error><Code>Bad</Code><Message>a &lt; b</Message><Extra>x</Extra></Error></Errors><RequestID>id</RequestID></Response>`,
		"s3":  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>Bad</Code><Message>a &lt; b</Message><Extra>x</Extra><RequestId>id</RequestId><HostId>id</HostId></Error>",
		"kms": `{"__type":"Bad","message":"a \u003c b","Extra":"x"}`,
	} {
		q := Request{Service: service, Operation: "Op", Protocol: services[service].protocol}
		if have := string(q.WriteError(e, "id").Body); have != want {
			t.Errorf("%s: %s", service, have)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("iam", "POST", "/", "", "Action=CreateRole&Tags.member.1.Key=a")
	f.Add("ec2", "POST", "/", "", "Action=DescribeVpcs&Filter.1.Value.1=a&Filter.1=b")
	f.Add("s3", "PUT", "/b?tagging", "", "<Tagging><TagSet/></Tagging>")
	f.Add("s3", "PUT", "/b/k", "aws-chunked", "1\r\na\r\n0\r\n\r\n")
	f.Add("kms", "POST", "/", "TrentService.CreateKey", `{"Tags":[{"TagKey":1}]}`)
	f.Fuzz(func(t *testing.T, service, method, target, header, body string) {
		r, err := http.NewRequest(method, "http://127.0.0.1/", nil)
		if err != nil {
			t.Skip()
		}
		if u, err := url.ParseRequestURI(target); err == nil {
			r.URL.Path, r.URL.RawQuery = u.Path, u.RawQuery
		}
		r.Header.Set("Authorization", signed(service))
		r.Header.Set("X-Amz-Target", header)
		r.Header.Set("Content-Encoding", header)
		q, err := Read(r, []byte(body))
		if err == nil {
			q.Write(Answer{Fields: Of("Echo", q.Input), Root: "R"}, "id")
		}
	})
}
