package shell

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/testenv"
)

// ofTheScript are the calls that no plan has.
var ofTheScript = []plan.Call{
	plan.NewCall("sts", "GetCallerIdentity"),
	plan.NewCall("redshift-data", "DescribeStatement", "Id", "x"),
	plan.NewCall("redshift-data", "GetStatementResult", "Id", "x"),
}

// usedNames are "service Operation Member" for every member that any plan uses, sorted.
func usedNames() []string {
	names := map[string]bool{}
	add := func(calls []plan.Call) {
		for _, c := range calls {
			for _, m := range c.Input {
				names[c.Service+" "+c.Operation+" "+m.Name] = true
			}
		}
	}
	add(ofTheScript)
	for _, region := range []string{"us-east-1", "eu-west-1"} {
		add(calls(plantest.EveryKind(plantest.Target(region))))
	}
	return slices.Sorted(maps.Keys(names))
}

// everyKind is a plan with a resource of every kind, in an order in which it can be carried out.
func everyKind(t testing.TB, region string) plan.Plan {
	t.Helper()
	p := plantest.EveryKind(plantest.Target(region))
	for i, r := range p.Resources {
		p.Resources[i].Needs = plan.Needs(r)
	}
	var err error
	if p.Resources, err = plan.Order(p.Resources); err != nil {
		t.Fatal(err)
	}
	return p
}

const namesFile = "testdata/names.txt"

// TestNamesAreThoseOfTheCLI compares with a table that the CLI itself has written.
func TestNamesAreThoseOfTheCLI(t *testing.T) {
	used := usedNames()
	if *update {
		if err := os.WriteFile(namesFile, []byte(cli(t, "names", strings.Join(used, "\n"))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(namesFile)
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for line := range strings.Lines(string(data)) {
		f := strings.Fields(line)
		listed = append(listed, strings.Join(f[:3], " "))
		if got := kebab(f[1]); got != f[3] {
			t.Errorf("operation %s is %s, the CLI has %s", f[1], got, f[3])
		}
		if got := kebab(f[2]); got != f[4] || got != f[5] {
			t.Errorf("member %s of %s is %s, botocore has %s and the CLI %s", f[2], f[1], got, f[4], f[5])
		}
	}
	if !slices.Equal(listed, used) {
		t.Errorf("%s does not list the members that plans use: go test ./render/shell -run Names -update", namesFile)
	}
}

func TestSpecialNames(t *testing.T) {
	for name, want := range map[string]string{
		"CreateRole": "create-role", "DBName": "db-name", "SSEKMSKeyId": "ssekms-key-id", "VPCId": "vpc-id", "RoleARNs": "role-arns",
		"PutBucketACLs": "put-bucket-acls", "EC2InstanceId": "ec2-instance-id", "Ipv6Address": "ipv6-address", "namespaceName": "namespace-name",
		"already-done": "already-done", "CreateCachediSCSIVolume": "create-cached-iscsi-volume",
		"ListHITsForQualificationType": "list-hits-for-qualification-type", "ExecutePartiQLBatch": "execute-partiql-batch", "GetOTelEnrichment": "get-otel-enrichment",
		"GetLinkedWhatsAppBusinessAccountPhoneNumber": "get-linked-whatsapp-business-account-phone-number", "WhatsAppThing": "whats-app-thing",
	} {
		if got := kebab(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// cli asks the AWS CLI, through cli.py.
func cli(t *testing.T, what, input string) string {
	t.Helper()
	testenv.Python(t, "pip install awscli", "awscli", "botocore")
	cmd := exec.Command("python3", "testdata/cli.py", what)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=y", "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "AWS_PAGER=",
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true")
	cmd.Stdin = strings.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("cli.py %s: %v\n%s", what, err, stderr.String())
	}
	return string(out)
}

// TestCLISendsThePlansCalls gives every command that the scripts make to the AWS CLI, which says what
// it would send: the very calls of the plan, and valid by AWS's models.
func TestCLISendsThePlansCalls(t *testing.T) {
	var words []string
	var want []string
	plans := []plan.Plan{everyKind(t, "eu-west-1")}
	for _, name := range testenv.Few(t, slices.Sorted(maps.Keys(samples)), 1) { // the AWS CLI is slow
		plans = append(plans, planOf(t, samples[name]))
	}
	for _, p := range plans {
		a := newAccount(t, p)
		o := a.run(t, "bash", scriptOf(t, p))
		if o.code != 0 {
			t.Fatalf("exit code %d\n%s\n%s", o.code, o.stdout, o.stderr)
		}
		for _, c := range o.calls {
			if c.Changes {
				words = append(words, encoded(c.withFiles(t)))
			}
		}
		want = append(want, sentBy(p)...)
	}
	var got []string
	for line := range strings.Lines(cli(t, "commands", strings.Join(words, "\n"))) {
		if !strings.HasPrefix(line, `{"Code"`) {
			continue
		}
		var answer struct {
			Code int
			Sent []struct {
				Operation string
				Params    any
				Invalid   string
			}
		}
		if err := json.Unmarshal([]byte(line), &answer); err != nil {
			t.Fatal(err)
		}
		if len(answer.Sent) != 1 {
			t.Fatalf("command %d sends %d calls: %s\n%s", len(got), len(answer.Sent), line, words[len(got)])
		}
		if s := answer.Sent[0]; s.Invalid != "" {
			t.Errorf("%s: %s", s.Operation, s.Invalid)
		}
		got = append(got, answer.Sent[0].Operation+" "+encoded(answer.Sent[0].Params))
	}
	same(t, "calls sent by the CLI", got, want)
}

// withFiles writes the files of a call anew, and gives the words that name them.
func (m made) withFiles(t *testing.T) []string {
	words := slices.Clone(m.Words)
	for i, w := range words {
		if content, isFile := m.Files[w]; isFile {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			prefix, _, _ := strings.Cut(w, "://")
			words[i] = prefix + "://" + path
		}
	}
	return words
}

// sentBy are the calls that a plan makes in an empty account, as JSON.
func sentBy(p plan.Plan) []string {
	var out []string
	for _, r := range p.Resources {
		for i, st := range r.Spec.Steps() {
			if i > 0 && st.Fresh && len(r.Spec.Steps()[0].Create) > 0 {
				continue
			}
			for _, c := range st.Create {
				out = append(out, c.Name()+" "+encoded(decoded(resolved(c).Input)))
			}
		}
	}
	return out
}

// resolved is a call with what the account has: values of references, and roles beside the new ones.
func resolved(c plan.Call) plan.Call {
	c = c.Map(filled)
	var input plan.Object
	for _, m := range c.Input {
		switch v := m.Value.(type) {
		case plan.Current:
			continue
		case plan.RoleList:
			m.Value = withOldRoles(v)
		}
		input = append(input, m)
	}
	c.Input = input
	return c
}

// decoded brings JSON into the order that encoding/json gives to maps.
func decoded(v any) any {
	var out any
	if err := json.Unmarshal([]byte(encoded(v)), &out); err != nil {
		panic(err)
	}
	return out
}
