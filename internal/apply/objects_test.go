package apply_test

import (
	"net/http"
	"strings"
	"testing"
)

// put and drop write and remove an object, which no plan does.
func (s *scene) put(t *testing.T, bucket, key string)  { s.object(t, http.MethodPut, bucket, key) }
func (s *scene) drop(t *testing.T, bucket, key string) { s.object(t, http.MethodDelete, bucket, key) }

func (s *scene) object(t *testing.T, method, bucket, key string) {
	t.Helper()
	region := s.plan.Target.Region
	r, err := http.NewRequestWithContext(t.Context(), method, "https://"+bucket+".s3."+region+".amazonaws.com/"+key, strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=practice/20260115/"+region+"/s3/aws4_request, SignedHeaders=host, Signature=0")
	answer, err := s.account.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		t.Fatal(answer.Status)
	}
}
