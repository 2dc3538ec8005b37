package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aymanbagabas/go-udiff"

	"onramp/internal/mototest"
	"onramp/internal/practice"
	"onramp/internal/testenv"
	"onramp/internal/tools/joint"
)

// ways are the ways of carrying a plan out. Each leaves the account that the first one leaves.
var ways = []struct {
	name string
	do   func(*testing.T, *trial)
}{{"apply", byApply}, {"script", byScript}, {"terraform", byTerraform}}

// sampledWays are the answers files that are tried where not all are: a new cluster with a new key, and
// managed policies on two roles with an instance profile. (What apply and the script do to a cluster that is there, and
// Terraform, is compared on the practice account, too.) A file takes up to three minutes. ONRAMP_ALL=1 tries all, and none
// is left out.
var sampledWays = []string{"../../testdata/answers/restrictive-new-cluster.yaml", "../../testdata/answers/ai-unlimited-supplied.yaml"}

// unlike are differences that may be: lines of a state, and why the ways differ there.
var unlike = map[string]string{}

// TestLongEveryWayLeavesTheSameAccount is promise 1: on equal accounts, apply, the exported script and the exported
// Terraform module leave equal accounts. After each of them plan finds nothing to do.
func TestLongEveryWayLeavesTheSameAccount(t *testing.T) {
	testenv.Long(t)
	testenv.AWS(t)
	testenv.Tool(t, "moto_server", "pip install 'moto[server]'")
	testenv.Tool(t, "terraform", "https://developer.hashicorp.com/terraform/install")
	files := sampledWays
	if testenv.All() {
		files = answersFiles(t)
	}
	binary, seen, compared := program(t), map[string]bool{}, 0
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			states := carryOut(t, binary, file)
			for i, way := range ways {
				if states[0] != "" && states[i] != "" { // it failed, or was not tested
					equalBut(t, ways[0].name, way.name, states[0], states[i], seen)
					compared++
				}
			}
		})
	}
	for difference := range unlike {
		if whole := len(answersFiles(t)) * len(ways); compared == whole && !seen[difference] {
			t.Errorf("no way differs in %s any more: take it off the list", difference)
		}
	}
}

// carryOut goes every way, each in an account of its own, and gives what the accounts hold.
func carryOut(t *testing.T, binary, file string) []string {
	states := make([]string, len(ways))
	t.Run("by", func(t *testing.T) { // all are done when it returns
		for i, way := range ways {
			t.Run(way.name, func(t *testing.T) {
				t.Parallel()
				r := begin(t, binary, file)
				way.do(t, r)
				states[i] = r.holds(t)
				r.onramp(t, "plan", "--detailed-exitcode")
			})
		}
	})
	return states
}

// equalBut compares two states, and writes down which of the differences that may be there are.
func equalBut(t *testing.T, one, other, a, b string, seen map[string]bool) {
	t.Helper()
	for pattern := range unlike {
		line := regexp.MustCompile("(?m)" + pattern + ".*\n")
		if !slices.Equal(line.FindAllString(a, -1), line.FindAllString(b, -1)) {
			seen[pattern] = true
		}
		a, b = line.ReplaceAllString(a, ""), line.ReplaceAllString(b, "")
	}
	if a != b {
		t.Errorf("%s and %s leave different accounts:\n%s", one, other, udiff.Unified(one, other, a, b))
	}
}

// trial is a plan and the account in which one way carries it out.
type trial struct {
	mototest.Server // at the address of the whole account
	practice        *practice.Account
	binary, guide   string
	flags           []string // what the plan is made of
	folder          string   // for what is exported
	state           string   // folder of the journals
}

// begin is a trial in an account that nobody has used: moto, and the practice account for what Redshift has.
func begin(t *testing.T, binary, file string) *trial {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	moto := mototest.StartAs(t, practice.Number)
	moto.Region = regionIn(t, string(text))
	at, err := url.Parse(moto.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := practice.New(practice.Settings{Region: moto.Region})
	server := httptest.NewServer(joint.New(at, p, func(change, refusal string) {
		t.Errorf("moto takes %s, and the practice account does not: %s", change, refusal)
	}))
	t.Cleanup(server.Close)
	r := &trial{
		Server: mototest.Server{URL: server.URL, Region: moto.Region}, practice: p,
		binary: binary, guide: guideIn(t, file), folder: t.TempDir(), state: t.TempDir(),
	}
	mine := filepath.Join(r.folder, "answers.yaml")
	if err := os.WriteFile(mine, []byte(strings.ReplaceAll(string(text), mototest.Account, practice.Number)), 0o600); err != nil {
		t.Fatal(err)
	}
	r.flags = append([]string{"-a", mine}, furnish(t, moto, string(text), asks(t, r.guide))...)
	return r
}

// furnish gives moto what answers take to be there, as the practice account has it, and gives the flags that say what
// moto calls it. A VPC of the usual kind has no DNS hostnames.
func furnish(t *testing.T, moto mototest.Server, answers string, asks func(key string) bool) []string {
	t.Helper()
	people(t, moto)
	moto.AWS(t, "iam", "create-policy", "--policy-name", "boundary", "--policy-document",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`)
	var flags []string
	if asks("vpc-routing.enabled") { // the network is moto's and the cluster the practice account's: onramp refuses to route there
		flags = []string{"--set", "vpc-routing.enabled=false"}
	}
	vpc := moto.AWS(t, "ec2", "describe-vpcs", "--query", "Vpcs[0].VpcId", "--output", "text")
	moto.AWS(t, "ec2", "modify-vpc-attribute", "--vpc-id", vpc, "--no-enable-dns-hostnames")
	const key = "1234abcd-12ab-34cd-56ef-1234567890ab"
	if strings.Contains(answers, key) {
		id := moto.AWS(t, "kms", "create-key", "--key-usage", "ENCRYPT_DECRYPT", "--query", "KeyMetadata.KeyId", "--output", "text")
		moto.AWS(t, "kms", "create-alias", "--alias-name", "alias/analytics", "--target-key-id", id)
		flags = append(flags, "--set", "kms.key="+id)
	}
	return flags
}

// people makes the principals that answers name, and what instances have.
func people(t *testing.T, moto mototest.Server) {
	t.Helper()
	moto.AWS(t, "iam", "create-user", "--user-name", "ada")
	for _, bucket := range []string{"analytics-redshift-data", "amazon-machine-learning-analytics"} {
		create := []string{"s3api", "create-bucket", "--bucket", bucket}
		if moto.Region != "us-east-1" {
			create = append(create, "--create-bucket-configuration", "LocationConstraint="+moto.Region)
		}
		moto.AWS(t, create...)
	}
	moto.AWS(t, "iam", "create-group", "--group-name", "analysts")
	for role, service := range map[string]string{"analytics-copy": "redshift", "instance-tools": "ec2"} {
		moto.AWS(t, "iam", "create-role", "--role-name", role, "--assume-role-policy-document",
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["sts:AssumeRole"],"Principal":{"Service":["ssm.amazonaws.com","`+service+`.amazonaws.com"]}}}`)
	}
	moto.AWS(t, "ec2", "create-key-pair", "--key-name", "operators", "--key-type", "ed25519")
}

// asks says whether a guide has a question.
func asks(t *testing.T, guide string) func(key string) bool {
	t.Helper()
	for _, g := range guides() {
		if g.Name == guide {
			return func(key string) bool { _, has := g.Find(key); return has }
		}
	}
	t.Fatalf("no guide is called %s", guide)
	return nil
}

func byApply(t *testing.T, r *trial) { r.onramp(t, "apply", "--yes") }

// byScript runs the script twice: on a finished account it changes nothing.
func byScript(t *testing.T, r *trial) {
	r.onramp(t, "export", "-f", "shell", "-o", filepath.Join(r.folder, "set-up.sh"))
	r.run(t, r.folder, "bash", "set-up.sh")
	first := r.holds(t)
	r.run(t, r.folder, "bash", "set-up.sh")
	if again := r.holds(t); again != first {
		t.Errorf("the second run of the script changed the account:\n%s", udiff.Unified("first", "second", first, again))
	}
}

// byTerraform runs the module as its README.md says. Terraform finds nothing to do then.
func byTerraform(t *testing.T, r *trial) {
	module := filepath.Join(r.folder, "module")
	r.onramp(t, "export", "-f", "terraform", "-o", module)
	script := func(name string) {
		if _, err := os.Stat(filepath.Join(module, name)); err == nil {
			r.run(t, module, "./"+name)
		}
	}
	testenv.TerraformInit(t, module)
	script("pre.sh")
	r.run(t, module, "terraform", "apply", "-auto-approve", "-input=false", "-no-color")
	script("post.sh")
	r.run(t, module, "terraform", "plan", "-detailed-exitcode", "-input=false", "-no-color")
}

// onramp runs the program with the plan's answers.
func (r *trial) onramp(t *testing.T, command string, args ...string) {
	t.Helper()
	r.run(t, r.folder, r.binary, slices.Concat([]string{command, r.guide}, r.flags, args)...)
}

// run runs a command inside the account. It must succeed.
func (r *trial) run(t *testing.T, folder, name string, args ...string) {
	t.Helper()
	begun := time.Now()
	if out, err := r.command(folder, name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	t.Logf("%5.1fs  %s %s", time.Since(begun).Seconds(), filepath.Base(name), strings.Join(args[:min(len(args), 1)], ""))
}

func (r *trial) command(folder, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = folder
	cmd.Env = slices.DeleteFunc(r.Env(), func(kv string) bool { return strings.HasPrefix(kv, "TF_") })
	cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+r.state, "CHECKPOINT_DISABLE=1", "ONRAMP_POLL_SECONDS=0.2", "ROUTING_CHECKED=1")
	return cmd
}

// keyIDs are those that moto has made up. Its own state calls a key by its alias.
var keyIDs = regexp.MustCompile(`:key/[0-9a-f-]{36}`)

// holds is the state of the account, a line for each value.
func (r *trial) holds(t *testing.T) string {
	t.Helper()
	var lines []string
	for _, half := range [][2]string{{"moto", r.State(t)}, {"practice", keyIDs.ReplaceAllString(string(r.practice.State()), ":key/ID")}} {
		var all any
		if err := json.Unmarshal([]byte(half[1]), &all); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, flat(half[0], all)...)
	}
	return strings.Join(lines, "\n") + "\n"
}

// flat writes each value with the way to it.
func flat(path string, v any) []string {
	var out []string
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			out = append(out, flat(path+" / "+name, v[name])...)
		}
	case []any:
		for i, item := range v {
			out = append(out, flat(fmt.Sprintf("%s / %d", path, i), item)...)
		}
	}
	if len(out) == 0 {
		out = append(out, fmt.Sprintf("%s: %q", path, fmt.Sprint(v)))
	}
	return out
}
