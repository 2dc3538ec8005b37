package awsapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onramp/internal/plan"
)

// roles is an STS that wants a code, and an IAM that answers everything alike.
func roles(t *testing.T, life time.Duration) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		switch code := form.Get("TokenCode"); {
		case form.Get("Action") != "AssumeRole":
			_, _ = io.WriteString(w, `<GetRoleResponse><GetRoleResult><Role><RoleName>r</RoleName></Role></GetRoleResult></GetRoleResponse>`)
		case code != "123456":
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>MultiFactorAuthentication failed with code %s</Message></Error></ErrorResponse>`, code)
		default:
			fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey>`+
				`<SessionToken>t</SessionToken><Expiration>%s</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`, time.Now().Add(life).UTC().Format(time.RFC3339Nano))
		}
	}))
	t.Cleanup(server.Close)
	configured(t, server.URL, `[profile base]
aws_access_key_id = A
aws_secret_access_key = s
[profile admin]
role_arn = arn:aws:iam::111122223333:role/admin
source_profile = base
mfa_serial = arn:aws:iam::111122223333:mfa/alice
region = eu-west-1
`)
}

// configured has the AWS configuration be a text.
func configured(t *testing.T, endpoint, text string) {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", file)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	t.Setenv("AWS_ENDPOINT_URL", endpoint)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

var getRole = plan.NewCall("iam", "GetRole", "RoleName", "r")

// TestCodeIsAskedForOnce for all calls that need the same credentials, in every region, and again when they expire.
func TestCodeIsAskedForOnce(t *testing.T) {
	roles(t, 32*time.Second) // two seconds, as they are renewed before they expire
	var asked atomic.Int32
	client, err := New(t.Context(), Options{Profile: "admin", Token: func(_ context.Context, ask TokenRequest) (string, error) {
		asked.Add(1)
		if ask.Device != "arn:aws:iam::111122223333:mfa/alice" || ask.Profile != "admin" || ask.Reason != "" {
			t.Errorf("asked %+v", ask)
		}
		time.Sleep(50 * time.Millisecond) // so that all wait for it
		return "123456", nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	all := func() {
		var wg sync.WaitGroup
		for _, region := range []string{"", "eu-west-1", "us-east-1", "us-west-2"} {
			for range 5 {
				wg.Go(func() {
					if _, err := client.In(region).Call(t.Context(), getRole); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
	}
	all()
	if n := asked.Load(); n != 1 {
		t.Errorf("the code was asked for %d times", n)
	}
	for end := time.Now().Add(20 * time.Second); asked.Load() < 2 && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if _, err := client.Call(t.Context(), getRole); err != nil {
			t.Fatal(err)
		}
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("when they have expired the code is asked for again, not %d times", n)
	}
	if client.In("").Region() != "eu-west-1" || client.In("us-east-1").In("").Region() != "eu-west-1" {
		t.Error("the region of the configuration is lost")
	}
}

// TestWrongCodeIsAskedForAgain with AWS's reason, which does not repeat the code.
func TestWrongCodeIsAskedForAgain(t *testing.T) {
	roles(t, time.Hour)
	var reasons []string
	client, err := New(t.Context(), Options{Profile: "admin", Token: func(_ context.Context, ask TokenRequest) (string, error) {
		reasons = append(reasons, ask.Reason)
		return []string{"654321", "123456"}[len(reasons)-1], nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Call(t.Context(), getRole); err != nil {
		t.Error(err)
	}
	if len(reasons) != 2 || reasons[0] != "" || reasons[1] != "MultiFactorAuthentication failed with code ******" {
		t.Errorf("the reasons are %q", reasons)
	}
}

// TestNoCode: nothing was sent, and who was asked may come back with the same request.
func TestNoCode(t *testing.T) {
	roles(t, time.Hour)
	client, err := New(t.Context(), Options{Profile: "admin"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Call(t.Context(), getRole)
	var unsure interface{ Lost() bool }
	if !errors.Is(err, ErrCredentials) || !errors.As(err, &unsure) || unsure.Lost() || !strings.Contains(err.Error(), "mfa/alice") {
		t.Error(err)
	}
	interrupted, _ := New(t.Context(), Options{Profile: "admin", Token: func(context.Context, TokenRequest) (string, error) { return "", context.Canceled }})
	if _, err := interrupted.Call(t.Context(), getRole); !errors.Is(err, context.Canceled) || errors.Is(err, ErrCredentials) {
		t.Error(err)
	}
}

// TestLogHoldsNoSecret: a line for each attempt, with the fields that it may have.
func TestLogHoldsNoSecret(t *testing.T) {
	roles(t, time.Hour)
	var mu sync.Mutex
	var lines []Entry
	client, err := New(t.Context(), Options{
		Profile: "admin", Token: func(context.Context, TokenRequest) (string, error) { return "123456", nil },
		Log: func(e Entry) { mu.Lock(); lines = append(lines, e); mu.Unlock() },
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Call(t.Context(), getRole); err != nil {
		t.Fatal(err)
	}
	if len(lines) != 2 || lines[0].Operation != "sts:AssumeRole" || lines[1].Operation != "iam:GetRole" || lines[1].Status != 200 || lines[1].Attempt != 1 {
		t.Errorf("%+v", lines)
	}
	if text := fmt.Sprintf("%+v", lines); strings.Contains(text, "123456") || strings.Contains(text, "alice") {
		t.Error(text)
	}
}

// TestSDKLogsAreNotPassedOn: their texts may hold what a server has answered.
func TestSDKLogsAreNotPassedOn(t *testing.T) {
	var lines []Entry
	l := sdkLogger(func(e Entry) { lines = append(lines, e) })
	l.Logf("WARN", "falling back to IMDSv1: %v", "SECRET")
	l.Logf("WARN", "something new: %v", "SECRET")
	if len(lines) != 2 || strings.Contains(fmt.Sprint(lines), "SECRET") || !strings.Contains(lines[0].Message, "version 1") {
		t.Errorf("%+v", lines)
	}
}
