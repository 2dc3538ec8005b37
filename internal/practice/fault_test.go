package practice_test

import (
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"onramp/internal/practice"
	"onramp/internal/practice/fault"
)

func faults(t *testing.T, text string) *fault.Plan {
	t.Helper()
	p, err := fault.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ways are the two ways to an account.
func ways(t *testing.T, a *practice.Account) map[string]sdk {
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	return map[string]sdk{"in process": inProcess(t, a, "us-east-1"), "over HTTP": overHTTP(t, server.URL, "us-east-1")}
}

func TestFaultsOfEveryProtocol(t *testing.T) {
	for call, want := range map[string]struct {
		code   string
		status int
	}{
		"iam:ListRoles":                      {"Throttling", 400},
		"ec2:DescribeVpcs":                   {"RequestLimitExceeded", 503},
		"s3:ListBuckets":                     {"SlowDown", 503},
		"kms:ListKeys":                       {"ThrottlingException", 400},
		"redshift:DescribeClusters":          {"Throttling", 400},
		"redshift-serverless:ListNamespaces": {"ThrottlingException", 400},
	} {
		for text, said := range map[string]struct {
			code   string
			status int
		}{
			"throttle times=1": want, "error times=1 code=Odd status=418 msg=odd": {"Odd", 418}, "error times=1": {"", 500},
		} {
			a := practice.New(practice.Settings{Faults: faults(t, call+" "+text)})
			s := inProcess(t, a, "us-east-1")
			if code, status, _ := s.refused(call, ""); said.code != "" && code != said.code || status != said.status {
				t.Errorf("%s %s: %s %d", call, text, code, status)
			}
			s.must(call, "")
			if calls := a.Calls(); len(calls) != 2 || calls[0].Status != 0 || len(calls[0].Faults) != 1 || calls[1].Status != 200 {
				t.Errorf("%s: %+v", call, calls)
			}
		}
	}
}

func TestLostAnswersTakeEffect(t *testing.T) {
	for kind, lost := range map[string]bool{"drop-before": false, "drop-after": true, "cut": true, "error-after": true} {
		for _, way := range []string{"in process", "over HTTP"} {
			t.Run(kind+" "+way, func(t *testing.T) {
				a := practice.New(practice.Settings{Faults: faults(t, "iam:CreateRole "+kind+" nth=1")})
				s := ways(t, a)[way]
				_, err := s.call(split(createRole("r", goodTrust)))
				if err == nil {
					t.Fatal("the fault does not show")
				}
				if broken := errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.As(err, new(*net.OpError)); !broken && kind != "error-after" {
					t.Errorf("%v", err)
				}
				_, err = s.call("iam:GetRole", `{"RoleName":"r"}`)
				if there := err == nil; there != lost {
					t.Errorf("the role is there: %v", there)
				}
			})
		}
	}
}

// TestCutWithoutBody: an answer that has no body breaks in its header, so that no client takes it for a whole one.
func TestCutWithoutBody(t *testing.T) {
	for _, way := range []string{"in process", "over HTTP"} {
		t.Run(way, func(t *testing.T) {
			a := practice.New(practice.Settings{Faults: faults(t, "s3:HeadBucket cut nth=1")})
			s := ways(t, a)[way]
			const bucket = `{"Bucket":"analytics-redshift-data"}`
			if _, err := s.call("s3:HeadBucket", bucket); err == nil {
				t.Fatal("the fault does not show")
			}
			s.must("s3:HeadBucket", bucket)
		})
	}
}

func TestSlowAnswersAndHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := practice.New(practice.Settings{Faults: faults(t, "* latency d=2s\niam:GetRole hang d=1m")})
		s := inProcess(t, a, "us-east-1")
		begun := time.Now()
		s.must("sts:GetCallerIdentity", "")
		if took := time.Since(begun); took != 2*time.Second {
			t.Error(took)
		}
		if _, err := s.call("iam:GetRole", `{"RoleName":"analytics-copy"}`); err == nil {
			t.Error("a hang is answered")
		}
		if took := time.Since(begun); took != 64*time.Second {
			t.Error(took)
		}
	})
}

func TestResetBeginsTheFaultsAnew(t *testing.T) {
	a := practice.New(practice.Settings{Faults: faults(t, "sts:GetCallerIdentity throttle nth=1")})
	s := inProcess(t, a, "us-east-1")
	for range 2 {
		s.refused("sts:GetCallerIdentity", "")
		s.must("sts:GetCallerIdentity", "")
		a.Reset()
	}
}
