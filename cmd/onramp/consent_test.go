package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"onramp/internal/awsapi"
	"onramp/internal/plan"
	"onramp/internal/practice"
)

const (
	shownRole = "arn:aws:iam::" + practice.Number + ":role/analytics-copy"
	theirRole = "arn:aws:iam::" + practice.Number + ":role/someone-else"
)

// setDefault makes a role the default role of a cluster, as someone else would.
func setDefault(t *testing.T, a *practice.Account, role string) {
	client, err := awsapi.New(t.Context(), awsapi.Options{Region: "us-west-2", Account: a})
	if err != nil {
		t.Error(err)
		return
	}
	_, name, _ := strings.Cut(role, ":role/")
	_, _ = client.Call(t.Context(), plan.NewCall("iam", "CreateRole", "RoleName", name, "AssumeRolePolicyDocument",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"redshift.amazonaws.com"},"Action":"sts:AssumeRole"}]}`))
	if _, err := client.Call(t.Context(), plan.NewCall("redshift", "ModifyClusterIamRoles",
		"ClusterIdentifier", "analytics", "AddIamRoles", []string{role}, "DefaultIamRoleArn", role)); err != nil {
		t.Error(err)
	}
}

// TestAdoptCoversWhatItPrints: --yes --adopt prints what it agrees to before the first change. What someone changes in the
// middle of the run stops it and is not overwritten; where no one does the run completes.
func TestAdoptCoversWhatItPrints(t *testing.T) {
	for _, changed := range []bool{false, true} {
		a := practice.New(practice.Settings{Region: "us-west-2"})
		file, _ := inAccount(t, a, "simple-cluster.yaml")
		setDefault(t, a, shownRole+"-2")
		if _, stderr, code := onramp(t, "apply", "redshift-ml", "-a", file, "--yes"); code != exitFailed || !strings.Contains(stderr, "--adopt") {
			t.Fatalf("without --adopt: exit code %d\n%s", code, stderr)
		}
		var once sync.Once
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			if changed && bytes.Contains(body, []byte("Action=CreateRole&")) {
				once.Do(func() { setDefault(t, a, theirRole) })
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			a.ServeHTTP(w, r)
		}))
		t.Setenv("AWS_ENDPOINT_URL", server.URL)
		stdout, stderr, code := onramp(t, "apply", "redshift-ml", "-a", file, "--yes", "--adopt", "--json")
		server.Close()
		var first struct{ Type, Resource, Step, Have string }
		line, _, _ := strings.Cut(stdout, "\n")
		if err := json.Unmarshal([]byte(line), &first); err != nil || first.Type != "consent" || first.Resource != "warehouse-roles" || first.Have != shownRole+"-2" {
			t.Errorf("the first line is not the consent: %s", line)
		}
		kept := strings.Contains(string(a.State()), theirRole)
		switch {
		case !changed && code != exitDone:
			t.Errorf("nothing was changed: exit code %d\n%s", code, stderr)
		case changed && (code != exitFailed || !kept):
			t.Errorf("exit code %d, their value is kept: %v\n%s", code, kept, stderr)
		case changed:
			for _, want := range []string{"roles of cluster analytics", "the default role of analytics", "shown " + shownRole + "-2", "now " + theirRole, "review the plan again"} {
				if !strings.Contains(stderr, want) {
					t.Errorf("no %q in\n%s", want, stderr)
				}
			}
		}
	}
	a := practice.New(practice.Settings{Region: "us-west-2"})
	file, _ := inAccount(t, a, "simple-cluster.yaml")
	setDefault(t, a, shownRole+"-2")
	if _, stderr, code := onramp(t, "apply", "redshift-ml", "-a", file, "--yes", "--adopt"); code != exitDone ||
		!strings.Contains(stderr, "~ roles of cluster analytics: make ") || !strings.Contains(stderr, ": now "+shownRole+"-2") ||
		!strings.Contains(stderr, "    affects: COPY, UNLOAD, ") {
		t.Errorf("the text does not say what is agreed to: exit code %d\n%s", code, stderr)
	}
}
