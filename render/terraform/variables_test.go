package terraform

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"onramp/internal/plan"
)

// TestNamesFollowTheirVariables: a module whose variables are given the values of another plan says what that
// plan says, as if it had been exported from it.
func TestNamesFollowTheirVariables(t *testing.T) {
	changes := []string{
		"region: us-east-1", "region: eu-west-1", "name: acme-redshift-ml", "name: other-bucket", "bucket: acme-ml-retention", "bucket: other-group-bucket",
		"name: redshift-ml\n", "name: other-role\n", "role: redshift-ml-retention", "role: other-group-role", "alias: redshift-ml", "alias: other/key",
		"vpc-0a1b2c3d4e5f60718", "vpc-0123456789abcdef0", "rtb-0a1b2c3d4e5f60718", "rtb-0123456789abcdef0", "subnet-0a1b2c3d4e5f60718", "subnet-0123456789abcdef0",
	}
	for _, name := range []string{"sample", "restrictive-new-cluster", "console-default-serverless", "restrictive-documented"} {
		t.Run(name, func(t *testing.T) {
			file := answersFiles(t)[name]
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			more := []string{"us-west-2", "eu-west-1", "name: redshift-ml-", "name: other-", "nodes: 2", "nodes: 1", "node-type: ra3.large", "node-type: ra3.4xlarge"}
			changed := filepath.Join(t.TempDir(), "answers.yaml")
			if err := os.WriteFile(changed, []byte(strings.NewReplacer(append(changes, more...)...).Replace(string(data))), 0o600); err != nil {
				t.Fatal(err)
			}
			follows(t, planOf(t, file, ""), planOf(t, changed, ""))
		})
	}
}

// follows says that the module of one plan, given the values of another, says what the other says.
func follows(t *testing.T, here, there plan.Plan) {
	t.Helper()
	w := want(t, there)
	module := read(t, moduleOf(t, here, nil), w.attributes)
	others := read(t, moduleOf(t, there, nil), w.attributes)
	module.scope.Variables["var"] = others.scope.Variables["var"]
	module.valid(t)
	have := module.settings(t, "resource")
	for _, settings := range []map[string]any{have, w.resources} { // a description is for people
		maps.DeleteFunc(settings, func(path string, _ any) bool {
			return strings.HasPrefix(path, "aws_iam_role.") && strings.HasSuffix(path, ": description")
		})
	}
	for _, line := range difference(have, w.resources) {
		t.Error(line)
	}
}

// supplied is the plan of supplied roles with some words of its answers replaced.
func supplied(t *testing.T, words ...string) plan.Plan {
	t.Helper()
	data, err := os.ReadFile(answersFiles(t)["ai-unlimited-supplied"])
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "answers.yaml")
	if err := os.WriteFile(changed, []byte(strings.NewReplacer(words...).Replace(string(data))), 0o600); err != nil {
		t.Fatal(err)
	}
	return planOf(t, changed, "")
}

// TestPolicyFollowsTheRoleThatExists, whose path nobody knows: the policy names it by two patterns.
func TestPolicyFollowsTheRoleThatExists(t *testing.T) {
	existing := func(engine string) plan.Plan {
		return supplied(t, "source: new", "source: existing", "ai-unlimited-engine-role", engine, "  instance-profile: true\n", "")
	}
	here := existing("analytics-copy")
	means(t, here).valid(t)
	follows(t, here, existing("other-engine"))
}

// TestRegionsThatWereChosenStay where the module goes: only a document of one region follows the module's.
func TestRegionsThatWereChosenStay(t *testing.T) {
	elsewhere := []string{"region: us-east-1", "region: us-west-2"}
	follows(t, supplied(t), supplied(t, elsewhere...))

	const chosen = "[us-east-1, us-west-2]"
	one := supplied(t, chosen, "[us-east-1]")
	follows(t, one, supplied(t, append(elsewhere, chosen, "[us-west-2]")...))
	if text := string(moduleOf(t, one, nil)["main.tf"].Data); !strings.Contains(text, "secretsmanager:${var.region}:") {
		t.Error("the engine's policy does not follow the region of the module")
	}
}

// TestNewClusterComesAfterWhatItNeeds: what its roles may do, and the endpoints that its routing needs.
func TestNewClusterComesAfterWhatItNeeds(t *testing.T) {
	data, err := os.ReadFile(answersFiles(t)["restrictive-new-cluster"])
	if err != nil {
		t.Fatal(err)
	}
	routed := filepath.Join(t.TempDir(), "answers.yaml")
	text := string(data) + "vpc-routing:\n  enabled: true\n  vpc: vpc-0a1b2c3d4e5f60718\n  subnets: [subnet-0a1b2c3d4e5f60718]\n  route-tables: [rtb-0a1b2c3d4e5f60718]\n"
	if err := os.WriteFile(routed, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := planOf(t, routed, "")
	module := means(t, p)
	var needs []string
	for _, b := range module.bodies["main.tf"].Blocks {
		if b.Labels[0] == "aws_redshift_cluster" {
			for _, traversal := range b.Body.Attributes["depends_on"].Expr.Variables() {
				needs = append(needs, traversal.RootName()+"."+traversal[1].(hcl.TraverseAttr).Name)
			}
		}
	}
	for _, want := range []string{"aws_iam_role_policy.role_policy", "aws_vpc_endpoint.s3_endpoint", "aws_vpc_endpoint.sagemaker_endpoint"} {
		if !slices.Contains(needs, want) {
			t.Errorf("the cluster does not wait for %s, but for %q", want, needs)
		}
	}
	if files := moduleOf(t, p, nil); files["post.sh"].Data != nil {
		t.Error("there is a post.sh, and nothing for it to do")
	}
}

// TestNoWarehouseIsSpokenOf where the plan has none.
func TestNoWarehouseIsSpokenOf(t *testing.T) {
	for name, file := range answersFiles(t) {
		if !strings.HasPrefix(name, "ai-unlimited") {
			continue
		}
		for _, f := range moduleOf(t, planOf(t, file, ""), nil) {
			if strings.Contains(string(f.Data), "warehouse") {
				t.Errorf("%s: %s speaks of a warehouse", name, f.Name)
			}
		}
	}
}
