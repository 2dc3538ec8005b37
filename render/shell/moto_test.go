package shell

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"onramp/internal/mototest"
	"onramp/internal/plan"
	"onramp/internal/testenv"
)

// TestLongScriptsOnMoto runs scripts with the real AWS CLI. moto has no ModifyClusterIamRoles, no
// serverless warehouse and no usable Data API, so what is Redshift's is left out of the plans.
func TestLongScriptsOnMoto(t *testing.T) {
	testenv.Long(t)
	m := mototest.Start(t)
	m.AWS(t, "s3api", "create-bucket", "--bucket", "acme-training", "--create-bucket-configuration", "LocationConstraint="+mototest.Region)
	tests := map[string]given{
		"simple": {"warehouse.cluster": "analytics", "role.choice": "simple", "role.name": "ml-simple", "bucket.choice": "existing", "bucket.name": "acme-training"},
		"console-default": {
			"warehouse.cluster": "analytics", "role.choice": "console-default", "role.name": "ml-console", "bucket.choice": "existing", "bucket.name": "acme-training",
		},
		"restrictive, with a new key and VPC routing": {
			"warehouse.cluster": "analytics", "role.choice": "restrictive", "role.name": "ml-restrictive", "role.path": "/ml/", "bucket.name": "acme-restrictive",
			"kms.choice": "new", "kms.alias": "redshift-ml", "vpc-routing.enabled": true,
			"vpc-routing.vpc":          m.AWS(t, "ec2", "describe-vpcs", "--query", "Vpcs[0].VpcId", "--output", "text"),
			"vpc-routing.subnets":      strings.Fields(m.AWS(t, "ec2", "describe-subnets", "--query", "Subnets[:2].SubnetId", "--output", "text")),
			"vpc-routing.route-tables": strings.Fields(m.AWS(t, "ec2", "describe-route-tables", "--query", "RouteTables[].RouteTableId", "--output", "text")),
		},
	}
	for name, g := range tests {
		t.Run(name, func(t *testing.T) {
			g = g.with(given{"sql.run": "export"})
			p := without(planIn(t, plan.Target{Account: mototest.Account, Region: mototest.Region, Partition: "aws"}, g), "redshift-")
			script := filepath.Join(t.TempDir(), "script.sh")
			if err := os.WriteFile(script, []byte(scriptOf(t, p)), 0o600); err != nil {
				t.Fatal(err)
			}
			role := strconv.Quote(g["role.name"].(string))
			if name == "simple" {
				if out := runOn(t, m, script, "DRY_RUN=1"); strings.Contains(state(t, m), role) {
					t.Errorf("the dry run made the role:\n%s", out)
				}
			}
			runOn(t, m, script)
			first := state(t, m)
			if !strings.Contains(first, role) {
				t.Error("the first run did not make the role")
			}
			out := runOn(t, m, script)
			if !strings.Contains(out, "Everything was there already: nothing has been changed.") || regexp.MustCompile(`: (created|changed|done)\n`).MatchString(out) {
				t.Errorf("the second run changed something:\n%s", out)
			}
			if after := state(t, m); after != first {
				t.Errorf("the second run left another account:\n%s", firstDifference(first, after))
			}
			if alias, made := g["kms.alias"].(string); made {
				findsItsKey(t, m, script, "alias/"+alias)
			}
		})
	}
}

// findsItsKey leaves of a key what a run leaves that ends right after it has made one, and runs the script
// again: it must name that key, and make no other.
func findsItsKey(t *testing.T, m mototest.Server, script, alias string) {
	t.Helper()
	key := func() string {
		return m.AWS(t, "kms", "describe-key", "--key-id", alias, "--query", "KeyMetadata.KeyId", "--output", "text")
	}
	keys := func() string { return m.AWS(t, "kms", "list-keys", "--query", "sort(Keys[].KeyId)") }
	m.AWS(t, "kms", "create-key", "--tags", "TagKey=onramp:plan,TagValue=redshift-ml.analytics", "TagKey=onramp:resource,TagValue=key", "TagKey=onramp:alias,TagValue=alias/other")
	id, before := key(), keys()
	m.AWS(t, "kms", "delete-alias", "--alias-name", alias)
	m.AWS(t, "kms", "disable-key-rotation", "--key-id", id)
	out := runOn(t, m, script)
	if keys() != before || key() != id || !strings.Contains(out, "already there, made by an earlier run") {
		t.Errorf("the key %s was not found again:\n%s", id, out)
	}
	if m.AWS(t, "kms", "get-key-rotation-status", "--key-id", id, "--query", "KeyRotationEnabled") != "true" {
		t.Error("the key that was found does not rotate")
	}
}

// firstDifference shows where two long texts part.
func firstDifference(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	around := func(s string) string { return s[max(0, i-200):min(len(s), i+200)] }
	return around(a) + "\n" + around(b)
}

func runOn(t *testing.T, m mototest.Server, script string, env ...string) string {
	t.Helper()
	cmd := exec.Command("bash", script)
	cmd.Dir = filepath.Dir(script)
	cmd.Env = append(append(m.Env(), "ONRAMP_POLL_SECONDS=0.2"), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

var times = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ][\d:.]+`)

// state is all that moto holds of the services that a plan uses, without the times.
func state(t *testing.T, m mototest.Server) string {
	t.Helper()
	answer, err := http.Get(m.URL + "/moto-api/data.json")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var services map[string]json.RawMessage
	if err := json.NewDecoder(answer.Body).Decode(&services); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, name := range []string{"iam", "s3", "kms", "ec2"} {
		fmt.Fprintf(&b, "%s\n", services[name])
	}
	return times.ReplaceAllString(b.String(), "")
}
