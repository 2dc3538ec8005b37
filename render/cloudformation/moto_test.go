package cloudformation

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"onramp/internal/apply"
	"onramp/internal/awsapi"
	"onramp/internal/mototest"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/testenv"
)

// TestLongStackLeavesWhatApplyLeaves runs the exported scripts with the AWS CLI on moto, and compares the account with
// the one that apply leaves. moto's CloudFormation does not do all that AWS's does: motoLacks is the list of what
// may differ, and of why. Whatever else differs is a fault.
func TestLongStackLeavesWhatApplyLeaves(t *testing.T) {
	testenv.Long(t)
	m := mototest.Start(t)
	m.Setenv(t)
	names, seen := []string{"restrictive-new-cluster"}, map[string]bool{}
	if testenv.All() {
		names = append(names, "simple-new-cluster", "console-default-new-cluster")
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			m.Reset(t)
			p := inMoto(t, m, name)
			client, err := awsapi.New(t.Context(), awsapi.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := apply.Run(t.Context(), p, client, apply.Options{}); err != nil {
				t.Fatal(err)
			}
			applied := stateOf(t, m)

			m.Reset(t)
			p = inMoto(t, m, name) // the VPC is another
			folder := exported(t, p)
			onMoto(t, m, folder, filePre)
			createStack(t, m, folder, stackName(p.Owner))
			stacked := stateOf(t, m)
			for _, d := range differences(applied, stacked) {
				seen[d.what] = true
				if _, known := motoLacks[d.what]; !known {
					t.Errorf("%s is %s after apply, and %s after the stack", d.what, d.applied, d.stacked)
				}
			}
			onMoto(t, m, folder, filePost)
			for _, d := range differences(stacked, stateOf(t, m)) {
				t.Errorf("post.sh changed %s from %s to %s, and there was nothing to change", d.what, d.applied, d.stacked)
			}
		})
	}
	for what, why := range motoLacks {
		if len(names) > 1 && !seen[what] {
			t.Errorf("%s no longer differs: %s", what, why)
		}
	}
}

// createStack makes the stack with the exported template and parameters. moto gives no outputs of a stack that comes
// from a change set, so this is not deploy.sh: TestLongDeployOnMoto runs that.
func createStack(t *testing.T, m mototest.Server, folder, name string) {
	t.Helper()
	path := filepath.Join(folder, fileParameters)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	filled := strings.NewReplacer(token("VpcCidr"), "172.31.0.0/16", token("SagemakerServiceName"), "").Replace(string(data))
	if err := os.WriteFile(path, []byte(filled), 0o600); err != nil {
		t.Fatal(err)
	}
	m.AWS(t, "cloudformation", "create-stack", "--stack-name", name, "--template-body", "file://"+filepath.Join(folder, fileTemplate),
		"--parameters", "file://"+path, "--capabilities", "CAPABILITY_NAMED_IAM")
}

// TestLongDeployOnMoto has the AWS CLI judge every word of deploy.sh.
func TestLongDeployOnMoto(t *testing.T) {
	testenv.Long(t)
	m := mototest.Start(t)
	p := inMoto(t, m, "restrictive-new-cluster")
	folder := exported(t, p)
	onMoto(t, m, folder, filePre)
	if out := onMoto(t, m, folder, fileDeploy); !strings.Contains(out, "VpcCidr is 172.31.0.0/16") || !strings.Contains(out, "AWS::Redshift::Cluster") {
		t.Errorf("deploy.sh said\n%s", out)
	}
	if status := m.AWS(t, "cloudformation", "describe-stacks", "--stack-name", stackName(p.Owner), "--query", "Stacks[0].StackStatus", "--output", "text"); status != "CREATE_COMPLETE" {
		t.Errorf("the stack is %s", status)
	}
}

// motoLacks are the settings that moto's CloudFormation leaves out or makes otherwise (moto 5.2.1, its models'
// create_from_cloudformation_json), although the template has them: TestTemplateMeansThePlan sees to that.
var motoLacks = map[string]string{
	"bucket block":      "moto ignores PublicAccessBlockConfiguration",
	"bucket ownership":  "moto ignores OwnershipControls",
	"bucket lifecycle":  "moto ignores LifecycleConfiguration",
	"bucket policy":     "moto does not know AWS::S3::BucketPolicy",
	"bucket encryption": "moto ignores BucketKeyEnabled",
	"group in":          "moto ignores the description of a rule",
	"role attached":     "moto ignores ManagedPolicyArns",
	"endpoint tags":     "moto ignores the tags of an endpoint",
	"group tags":        "moto adds those of the stack",
	"key tags":          "moto falls over them; see forMoto",
	"cluster missing":   "moto ignores ClusterIdentifier, and calls the cluster by the stack",
	"cluster surplus":   "moto ignores ClusterIdentifier, and calls the cluster by the stack",
	"endpoint private":  "moto ignores PrivateDnsEnabled",
}

// inMoto builds the plan of an answers file in moto's own VPC, with a script where moto has no Data API.
func inMoto(t *testing.T, m mototest.Server, name string) plan.Plan {
	t.Helper()
	list := func(args ...string) []string { return strings.Fields(m.AWS(t, append(args, "--output", "text")...)) }
	return planOf(t, name, map[string]any{
		"sql.run": "export", "vpc-routing.enabled": true,
		"vpc-routing.vpc":          list("ec2", "describe-vpcs", "--query", "Vpcs[0].VpcId")[0],
		"vpc-routing.subnets":      list("ec2", "describe-subnets", "--query", "Subnets[:2].SubnetId"),
		"vpc-routing.route-tables": list("ec2", "describe-route-tables", "--query", "RouteTables[].RouteTableId"),
	})
}

// forMoto finds what moto's own code for AWS::KMS::Key falls over: it demands a policy, of which it takes an empty one
// for KMS's default, and tags under KMS's names instead of CloudFormation's.
var forMoto = regexp.MustCompile(`( +EnableKeyRotation: true\n) +Tags:\n( {8}.*\n)+`)

func exported(t *testing.T, p plan.Plan) string {
	t.Helper()
	folder := t.TempDir()
	for name, data := range filesOf(t, p) {
		if name == fileTemplate {
			data = forMoto.ReplaceAllString(data, "${1}      KeyPolicy: \"\"\n")
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func onMoto(t *testing.T, m mototest.Server, folder, script string) string {
	t.Helper()
	cmd := exec.Command("bash", filepath.Join(folder, script))
	cmd.Env = append(m.Env(), "ONRAMP_POLL_SECONDS=0.2", "ROUTING_CHECKED=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	return string(out)
}

// stateOf is what moto holds: things by kind and name, with their settings.
func stateOf(t *testing.T, m mototest.Server) map[string]map[string]any {
	t.Helper()
	var sections map[string]map[string]map[string]any
	if err := json.Unmarshal([]byte(m.State(t)), &sections); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]any{}
	for section, kind := range map[string]string{"keys": "key", "roles": "role", "buckets": "bucket", "clusters": "cluster", "network": ""} {
		for name, settings := range sections[section] {
			of := kind
			if of == "" {
				of, _, _ = strings.Cut(name, " ")
			}
			if of == "security" {
				of = "group"
			}
			out[of+"\x00"+name] = settings
		}
	}
	return out
}

// difference is a setting that is not the same in two accounts; what is its kind and name.
type difference struct{ what, applied, stacked string }

// alike compares two settings; policies by what they mean.
func alike(setting string, a, b any) bool {
	same := func(a, b any) bool { return policy.Equal(kept(a), kept(b)) }
	switch setting {
	case "trust":
		return same(a, b)
	case "inline":
		one, _ := a.(map[string]any)
		other, _ := b.(map[string]any)
		return maps.EqualFunc(one, other, same)
	}
	return text(a) == text(b)
}

// kept is a policy as moto keeps it: of a template, as Python prints it.
func kept(v any) policy.Document {
	if s, is := v.(string); is {
		v = strings.ReplaceAll(s, "'", `"`)
	}
	return document(v).Document
}

func differences(a, b map[string]map[string]any) []difference {
	var out []difference
	for key, settings := range a {
		kind, name, _ := strings.Cut(key, "\x00")
		other, is := b[key]
		if !is {
			out = append(out, difference{kind + " missing", name, "not there"})
			continue
		}
		for setting, v := range settings {
			if !alike(setting, v, other[setting]) {
				out = append(out, difference{kind + " " + setting, name + ": " + text(v), text(other[setting])})
			}
		}
	}
	for key := range b {
		if kind, name, _ := strings.Cut(key, "\x00"); a[key] == nil {
			out = append(out, difference{kind + " surplus", "not there", name})
		}
	}
	slices.SortFunc(out, func(a, b difference) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return slices.Clip(out)
}
