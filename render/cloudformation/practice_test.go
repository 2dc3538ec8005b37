package cloudformation

import (
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"onramp/internal/apply"
	"onramp/internal/awsapi"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/practice"
	"onramp/internal/testenv"
)

// TestStackAndScriptsLeaveWhatApplyLeaves: what is in the template, and then the scripts beside it, leave the same practice
// account as the whole plan. The stack itself is made as apply makes what is in the template, which
// TestTemplateMeansThePlan says is the same; its outputs are the template's own.
func TestStackAndScriptsLeaveWhatApplyLeaves(t *testing.T) {
	testenv.AWS(t)
	names := []string{"simple-serverless"}
	if testenv.All() {
		names = append(answersFiles(t), "routed")
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := inPractice(t, name)
			whole := practice.New(practice.Settings{Region: p.Target.Region})
			applied(t, whole, p)

			account := practice.New(practice.Settings{Region: p.Target.Region})
			files := filesOf(t, p)
			s := &stackServer{account: account}
			server := httptest.NewServer(s)
			defer server.Close()
			if pre := files[filePre]; pre != "" {
				inFolder(t, server.URL, p, filePre, pre)
			}
			s.outputs = outputsOf(t, p, files[fileTemplate], applied(t, account, asStack(p)))
			inFolder(t, server.URL, p, filePost, files[filePost])
			if got, want := string(account.State()), string(whole.State()); got != want {
				t.Errorf("the accounts differ:\n%s", udiff.Unified("apply", "stack and scripts", want, got))
			}
			again := inFolder(t, server.URL, p, filePost, files[filePost])
			if !strings.Contains(again, "nothing has been changed") {
				t.Errorf("run again, post.sh says\n%s", again)
			}
		})
	}
}

// inPractice builds the plan of an answers file for the practice account.
func inPractice(t *testing.T, name string) plan.Plan {
	t.Helper()
	over := map[string]any{"account": practice.Number}
	if name == "routed" {
		name = "restrictive-cluster"
		maps.Copy(over, routed)
		over["vpc-routing.subnets"], over["vpc-routing.route-tables"] = []string{"subnet-0a1b2c3d4e5f60718"}, []string{"rtb-0a1b2c3d4e5f60718"}
	}
	set := loaded(t, name)
	for _, key := range []string{"role.permissions-boundary", "sql.secret"} {
		if s := set.Text(key); s != "" {
			over[key] = strings.Replace(s, ":111122223333:", ":"+practice.Number+":", 1)
		}
	}
	return planOf(t, name, over)
}

// asStack is what a stack makes of a plan.
func asStack(p plan.Plan) plan.Plan {
	var kept []plan.Resource
	there := map[string]bool{}
	for _, r := range p.Resources {
		switch s := r.Spec.(type) {
		case kind.Cluster:
			s.DefaultRole = ""
			r.Spec = s
		case kind.VPC, kind.EndpointService, kind.ExistingKey, kind.ExistingBucket: // looks, for their outputs
		default:
			if !inTemplate(p, r) {
				continue
			}
		}
		there[r.ID] = true
		r.Needs = slices.DeleteFunc(slices.Clone(r.Needs), func(id string) bool { return !there[id] })
		kept = append(kept, r)
	}
	p.Resources = kept
	return p
}

func applied(t *testing.T, a *practice.Account, p plan.Plan) map[plan.Ref]string {
	t.Helper()
	client, err := awsapi.New(t.Context(), awsapi.Options{Region: p.Target.Region, Account: a})
	if err != nil {
		t.Fatal(err)
	}
	result, err := apply.Run(t.Context(), p, client, apply.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return result.Outputs
}

// outputsOf are the outputs of the template, with what the account gave.
func outputsOf(t *testing.T, p plan.Plan, template string, values map[plan.Ref]string) map[string]string {
	t.Helper()
	given, _ := answersOf(p)
	m, err := parseTemplate(template, given, pseudoOf(p.Target))
	if err != nil {
		t.Fatal(err)
	}
	out, err := m.outputs()
	if err != nil {
		t.Fatal(err)
	}
	ids := logicalIDs(p)
	for name, v := range out {
		for r, is := range values {
			if v == map[string]string{kind.KeyARN: "arn-of-", kind.KeyID: "id-of-"}[r.Output]+ids[r.Resource] {
				out[name] = is
			}
		}
	}
	return out
}

// stackServer is an account in which there is one stack.
type stackServer struct {
	account http.Handler
	outputs map[string]string
}

// ServeHTTP answers DescribeStacks; all else is the account's.
func (s *stackServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.Contains(r.Header.Get("Authorization"), "/cloudformation/") {
		s.account.ServeHTTP(w, r)
		return
	}
	type output struct{ OutputKey, OutputValue string }
	type member struct {
		StackName, StackStatus, CreationTime string
		Outputs                              []output `xml:"Outputs>member"`
	}
	var answer struct {
		XMLName xml.Name `xml:"DescribeStacksResponse"`
		Stacks  []member `xml:"DescribeStacksResult>Stacks>member"`
	}
	one := member{StackName: "s", StackStatus: "UPDATE_COMPLETE", CreationTime: "2026-01-15T09:00:00Z"}
	for name, v := range s.outputs {
		one.Outputs = append(one.Outputs, output{name, v})
	}
	answer.Stacks = []member{one}
	_, _ = io.Copy(io.Discard, r.Body)
	data, _ := xml.Marshal(answer)
	_, _ = w.Write(data)
}

// inFolder runs a script with the AWS CLI in the account.
func inFolder(t *testing.T, url string, p plan.Plan, name, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", path)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "AWS_") }),
		"AWS_ENDPOINT_URL="+url, "AWS_ACCESS_KEY_ID=practice", "AWS_SECRET_ACCESS_KEY=practice", "AWS_REGION="+p.Target.Region, "AWS_DEFAULT_REGION="+p.Target.Region,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "ONRAMP_POLL_SECONDS=0.1", "ROUTING_CHECKED=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}
