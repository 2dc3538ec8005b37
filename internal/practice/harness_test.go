package practice_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aymanbagabas/go-udiff"

	"onramp/internal/practice"
)

// sdk makes calls by name through aws-sdk-go-v2.
type sdk struct {
	t       testing.TB
	clients map[string]any
}

// inProcess is the SDK on an account that serves in the same process.
func inProcess(t testing.TB, a *practice.Account, region string) sdk {
	t.Helper()
	return newSDK(t, aws.Config{Region: region, HTTPClient: a.Client(), Credentials: anybody})
}

// overHTTP is the SDK on a server.
func overHTTP(t testing.TB, url, region string) sdk {
	t.Helper()
	return newSDK(t, aws.Config{Region: region, BaseEndpoint: aws.String(url), Credentials: anybody, HTTPClient: &http.Client{Transport: whole{}}})
}

// whole sends a request that nobody can close while it is sent. The SDK closes the body of a request
// when the answer comes, and a server in the same process is quick enough to answer before the
// transport has seen the body's end: it then drops the connection, and the answer with it.
type whole struct{}

func (whole) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(data))
	}
	return http.DefaultTransport.RoundTrip(r)
}

var anybody = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "x"}, nil
})

func newSDK(t testing.TB, cfg aws.Config) sdk {
	cfg.RetryMaxAttempts = 1
	return sdk{t: t, clients: map[string]any{
		"sts": sts.NewFromConfig(cfg), "iam": iam.NewFromConfig(cfg), "kms": kms.NewFromConfig(cfg), "ec2": ec2.NewFromConfig(cfg),
		"redshift": redshift.NewFromConfig(cfg), "redshift-serverless": redshiftserverless.NewFromConfig(cfg), "redshift-data": redshiftdata.NewFromConfig(cfg),
		"s3": s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = cfg.BaseEndpoint != nil }),
	}}
}

// call makes a call with an input written as JSON, and gives its answer as decoded JSON.
func (s sdk) call(name, input string) (map[string]any, error) {
	s.t.Helper()
	service, operation, _ := strings.Cut(name, ":")
	method := reflect.ValueOf(s.clients[service]).MethodByName(operation)
	if !method.IsValid() {
		s.t.Fatalf("%s: the SDK has no such operation", name)
	}
	in := reflect.New(method.Type().In(1).Elem())
	s.fill(name, input, in)
	out := method.Call([]reflect.Value{reflect.ValueOf(s.t.Context()), in})
	if err, failed := out[1].Interface().(error); failed {
		return nil, err
	}
	data, err := json.Marshal(out[0].Interface())
	if err != nil {
		s.t.Fatalf("%s: %v", name, err)
	}
	var answer map[string]any
	if err := json.Unmarshal(data, &answer); err != nil {
		s.t.Fatalf("%s: %v", name, err)
	}
	delete(answer, "ResultMetadata")
	return answer, nil
}

// fill decodes an input strictly. The body of an object is given as text.
func (s sdk) fill(name, input string, in reflect.Value) {
	s.t.Helper()
	if put, ok := in.Interface().(*s3.PutObjectInput); ok {
		var o struct{ Bucket, Key, Body string }
		if err := json.Unmarshal([]byte(input), &o); err != nil {
			s.t.Fatalf("%s: %v", name, err)
		}
		put.Bucket, put.Key, put.Body = &o.Bucket, &o.Key, strings.NewReader(o.Body)
		return
	}
	if input == "" {
		return
	}
	d := json.NewDecoder(bytes.NewReader([]byte(input)))
	d.DisallowUnknownFields()
	if err := d.Decode(in.Interface()); err != nil {
		s.t.Fatalf("%s: input %s: %v", name, input, err)
	}
}

// must makes a call that succeeds.
func (s sdk) must(name, input string) map[string]any {
	s.t.Helper()
	answer, err := s.call(name, input)
	if err != nil {
		s.t.Fatalf("%s %s: %v", name, input, err)
	}
	return answer
}

// refused makes a call that fails, and gives code, status and message.
func (s sdk) refused(name, input string) (code string, status int, message string) {
	s.t.Helper()
	_, err := s.call(name, input)
	if err == nil {
		s.t.Errorf("%s %s: was not refused", name, input)
		return "", 0, ""
	}
	return codeOf(err), statusOf(err), err.Error()
}

func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return err.Error()
}

func statusOf(err error) int {
	var response interface{ HTTPStatusCode() int }
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}

// at reads a value out of an answer: "Role.Tags.0.Key".
func at(answer any, path string) string {
	for _, step := range strings.Split(path, ".") {
		switch v := answer.(type) {
		case map[string]any:
			answer = v[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(v) {
				return "<none>"
			}
			answer = v[i]
		default:
			return "<none>"
		}
	}
	if answer == nil {
		return "<none>"
	}
	return fmt.Sprint(answer)
}

// serving serves an account over HTTP, and makes the test's own process speak to it.
func serving(t *testing.T, a *practice.Account, region string) string {
	t.Helper()
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	for _, name := range []string{"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE"} {
		t.Setenv(name, "")
		os.Unsetenv(name)
	}
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": region,
		"AWS_DEFAULT_REGION": region, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_PAGER": "",
	} {
		t.Setenv(name, value)
	}
	return server.URL
}

// parting shows where two texts part.
func parting(a, b string) string { return udiff.Unified("want", "have", a, b) }
