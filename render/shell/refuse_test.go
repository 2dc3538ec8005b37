package shell

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"onramp/internal/plan"
	"onramp/internal/policy"
)

// thing is a resource made of steps alone.
type thing []plan.Step

func (thing) Kind() plan.Kind            { return "thing" }
func (thing) Name() string               { return "thing" }
func (thing) Label() string              { return "the thing" }
func (thing) Action() plan.Action        { return plan.Create }
func (thing) Documents() []plan.Document { return nil }
func (t thing) Steps() []plan.Step       { return t }

func planWith(steps ...plan.Step) plan.Plan {
	return plan.Plan{Guide: "test", Target: target, Resources: []plan.Resource{{ID: "thing", Spec: thing(steps)}}}
}

func document(action string) plan.Document {
	return plan.Document{Name: "policy", Kind: policy.Identity, Policy: policy.Document{
		Version:    policy.Version,
		Statements: []policy.Statement{{Effect: policy.Allow, Actions: []string{action}, Resources: []string{"*"}}},
	}}
}

// A thing with a path, a mark, and a policy that others may rely on.
var (
	get    = plan.NewCall("iam", "GetRole", "RoleName", "r")
	create = plan.NewCall("iam", "CreateRole", "RoleName", "r", "Path", "/")
	put    = plan.NewCall("iam", "PutRolePolicy", "RoleName", "r", "PolicyName", "p", "PolicyDocument", document("s3:GetObject"))
	ours   = &plan.Owner{Read: get, Absent: []string{"NoSuchEntity"}, Unmarked: []string{"NoMark"}, Exists: "Role.RoleName", Check: plan.Check{Query: "Role.Mark", Want: "ours"}}
	making = plan.Step{
		Title: "make r", Owner: ours, Read: get, Absent: []string{"NoSuchEntity"}, Check: plan.Check{Query: "Role.Path", Want: "/"},
		Create: []plan.Call{create}, Refuse: "choose another name", Retry: []string{"Busy", "is being changed"},
	}
	putting = plan.Step{
		Title: "put p", Read: plan.NewCall("iam", "GetRolePolicy", "RoleName", "r", "PolicyName", "p"), Absent: []string{"NoSuchEntity"},
		Check: plan.Check{Query: "PolicyDocument", Document: pointer(document("s3:GetObject"))}, Create: []plan.Call{put}, Update: []plan.Call{put},
	}
)

func pointer[T any](v T) *T { return &v }

// routing is a change of something in use that a script can check only in part.
var routing = plan.Step{
	Title: "switch it", Affects: "everybody notices", Read: get, Check: plan.Check{Query: "Role.Switch", Want: "True"}, Create: []plan.Call{put}, Update: []plan.Call{put},
	Guard: &plan.Guard{Manual: &plan.Manual{Variable: "ROUTING_CHECKED", What: "the way", Looks: []plan.Look{
		{Title: "see that the door is open", Read: plan.NewCall("iam", "ListRoles"), Query: "Door", Want: "open", Refuse: "open it, or run onramp apply"},
	}}},
}

func trusting(st plan.Step) plan.Step {
	d := *st.Check.Document
	d.Kind = policy.Trust
	st.Check.Document = &d
	return st
}

func asking(st plan.Step) plan.Step {
	st.Ask = true
	return st
}

// answer makes the account answer a query so, whatever is done to it.
func (a *account) answer(query string, r reply) {
	for i := range a.Reads {
		if a.Reads[i].Query == query {
			a.Reads[i].Before, a.Reads[i].After = r, r
		}
	}
}

const (
	ownerQuery = "[Role.RoleName, Role.Mark]"
	other      = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}`
)

func TestChangesThatOthersMayNotExpect(t *testing.T) {
	tests := map[string]struct {
		steps   []plan.Step
		answers map[string]reply
		env     []string
		changes int
		stops   string   // "" : the script ends well
		shows   []string // on standard output
	}{
		"a thing of somebody else that is as planned is used as it is": {
			steps:   []plan.Step{making, putting},
			answers: map[string]reply{"Role.Path": {Out: "/"}, "PolicyDocument": {Out: string(document("s3:GetObject").Policy.Compact())}},
		},
		"a policy of one's own that differs is changed, and the difference is shown": {
			steps:   []plan.Step{making, putting},
			answers: map[string]reply{"Role.Path": {Out: "/"}, ownerQuery: {Out: "r\tours"}, "PolicyDocument": {Out: other}},
			changes: 1, shows: []string{`-"Action":"s3:*",`, `+"Action":"s3:GetObject",`, "put p: changed"},
		},
		"a policy on a thing of somebody else stops": {
			steps:   []plan.Step{making, putting},
			answers: map[string]reply{"Role.Path": {Out: "/"}, ownerQuery: {Out: "r\ttheirs"}, "PolicyDocument": {Out: other}},
			stops:   "this plan did not make it (its mark: theirs, the plan's: ours)", shows: []string{`-"Action":"s3:*",`},
		},
		"a missing policy on a thing of somebody else stops": {
			steps:   []plan.Step{making, putting},
			answers: map[string]reply{"Role.Path": {Out: "/"}, ownerQuery: {Out: "r\tNone"}},
			stops:   "this plan did not make it (its mark: none, the plan's: ours)",
		},
		"a thing that cannot bear a mark yet is somebody else's": {
			steps:   []plan.Step{making, putting},
			answers: map[string]reply{"Role.Path": {Out: "/"}, ownerQuery: {Err: "An error occurred (NoMark) when calling"}},
			stops:   "its mark: none",
		},
		"a thing that the owner's read does not find is nobody's": {
			steps:   []plan.Step{making},
			answers: map[string]reply{"Role.Path": {Out: "None"}, ownerQuery: {Out: "None\tNone"}},
			changes: 1,
		},
		"ADOPT=1 changes it": {
			steps:   []plan.Step{making, putting},
			answers: map[string]reply{"Role.Path": {Out: "/"}, ownerQuery: {Out: "r\ttheirs"}, "PolicyDocument": {Out: other}},
			env:     []string{"ADOPT=1"},
			changes: 1, shows: []string{"ADOPT=1: changed although this plan did not make it", `+"Action":"s3:GetObject",`},
		},
		"a dry run says that it would stop, and goes on": {
			steps:   []plan.Step{making, putting},
			answers: map[string]reply{"Role.Path": {Out: "/"}, ownerQuery: {Out: "r\ttheirs"}, "PolicyDocument": {Out: other}},
			env:     []string{"DRY_RUN=1"},
			shows:   []string{"without ADOPT=1 the script would stop here", "put p: would be changed", "aws iam put-role-policy"},
		},
		"what others may rely on is not replaced": {
			steps:   []plan.Step{making, asking(putting)},
			answers: map[string]reply{"Role.Path": {Out: "/"}, ownerQuery: {Out: "r\tours"}, "PolicyDocument": {Out: other}},
			stops:   "something else may rely on it as it is", shows: []string{`-"Action":"s3:*",`},
		},
		"what others may rely on is replaced with ADOPT=1": {
			steps:   []plan.Step{making, asking(putting)},
			answers: map[string]reply{"Role.Path": {Out: "/"}, ownerQuery: {Out: "r\tours"}, "PolicyDocument": {Out: other}},
			env:     []string{"ADOPT=1"}, changes: 1,
		},
		"what a script cannot check is not changed": {
			steps:   []plan.Step{routing},
			answers: map[string]reply{"Role.Switch": {Out: "False"}}, env: []string{"ROUTING_CHECKED=0"},
			stops: "this script cannot check the way; a wrong setting breaks what is in use (everybody notices)\n       run onramp apply",
		},
		"what a script can check is checked all the same": {
			steps:   []plan.Step{routing},
			answers: map[string]reply{"Role.Switch": {Out: "False"}, "Door": {Out: "shut"}},
			stops:   "see that the door is open: there is shut\n       open it, or run onramp apply",
		},
		"what somebody has checked is changed": {
			steps:   []plan.Step{routing},
			answers: map[string]reply{"Role.Switch": {Out: "False"}},
			changes: 1, shows: []string{"ROUTING_CHECKED=1: not checked by this script: the way"},
		},
		"what is switched already is not checked": {
			steps:   []plan.Step{routing},
			answers: map[string]reply{"Role.Switch": {Out: "True"}, "Door": {Out: "shut"}}, env: []string{"ROUTING_CHECKED=0"},
		},
		"a dry run says what cannot be checked, and goes on": {
			steps:   []plan.Step{routing},
			answers: map[string]reply{"Role.Switch": {Out: "False"}}, env: []string{"DRY_RUN=1", "ROUTING_CHECKED=0"},
			shows: []string{"without ROUTING_CHECKED=1 the script would stop here: it cannot check the way", "aws iam put-role-policy"},
		},
		"a trust policy is not replaced": {
			steps:   []plan.Step{making, trusting(putting)},
			answers: map[string]reply{"Role.Path": {Out: "/"}, ownerQuery: {Out: "r\tours"}, "PolicyDocument": {Out: other}},
			stops:   "something else may rely on it as it is: principals that the planned policy does not name lose access",
		},
		"what was made in this run needs no consent": {
			steps:   []plan.Step{making, asking(putting)},
			answers: map[string]reply{"PolicyDocument": {Out: other}},
			changes: 2,
		},
		"a difference that no call can change is refused": {
			steps:   []plan.Step{making, putting},
			answers: map[string]reply{"Role.Path": {Out: "/elsewhere/"}},
			stops:   "make r: there is /elsewhere/, planned is /\n       choose another name",
		},
		"a difference that no call can change is refused in a dry run too": {
			steps:   []plan.Step{making},
			answers: map[string]reply{"Role.Path": {Out: "/elsewhere/"}},
			env:     []string{"DRY_RUN=1"}, stops: "choose another name",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, shell := range shells() {
				a := newAccount(t, planWith(tt.steps...))
				for query, r := range tt.answers {
					a.answer(query, r)
				}
				o := a.run(t, shell, scriptOf(t, a.plan), tt.env...)
				if o.ended(t, tt.stops); len(o.changes) != tt.changes {
					t.Errorf("%s: %d changes, want %d: %v", shell, len(o.changes), tt.changes, o.changes)
				}
				for _, want := range tt.shows {
					if !strings.Contains(o.stdout, want) {
						t.Errorf("%s: output lacks %q:\n%s", shell, want, o.stdout)
					}
				}
			}
		})
	}
}

// ended checks how a script ended: well, or with code 1 and an error that says why, where, and what
// is done.
func (o outcome) ended(t *testing.T, why string) {
	t.Helper()
	if why == "" {
		if o.code != 0 || o.stderr != "" {
			t.Errorf("exit code %d\n%s\n%s", o.code, o.stdout, o.stderr)
		}
		return
	}
	if o.code != 1 {
		t.Errorf("exit code %d, want 1\n%s\n%s", o.code, o.stdout, o.stderr)
	}
	for _, want := range []string{"error: ", why, "Stopped at ", "Run the script again"} {
		if !strings.Contains(o.stderr, want) {
			t.Errorf("standard error lacks %q:\n%s", want, o.stderr)
		}
	}
}

func TestScriptRunsOnlyWhereItIsFor(t *testing.T) {
	tests := map[string]struct {
		account, region string
		env             []string
		stops           string
	}{
		"nothing names a region":                      {},
		"the configured region is that of the script": {region: "us-east-1"},
		"the environment wins over the configuration": {region: "eu-west-1", env: []string{"AWS_REGION=us-east-1"}},
		"another account":                             {account: "999988887777", stops: "the credentials are for account 999988887777, and this script is for account 123456789012"},
		"another region in AWS_REGION":                {env: []string{"AWS_REGION=eu-west-1"}, stops: "AWS_REGION is eu-west-1, and this script is for us-east-1"},
		"another region in AWS_DEFAULT_REGION":        {env: []string{"AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=eu-west-1"}, stops: "AWS_DEFAULT_REGION is eu-west-1"},
		"another configured region":                   {region: "eu-west-1", stops: "the AWS CLI is configured for eu-west-1"},
		"DRY_RUN that says neither yes nor no":        {env: []string{"DRY_RUN=true"}, stops: "DRY_RUN=true says neither yes nor no"},
		"ADOPT that says neither yes nor no":          {env: []string{"ADOPT=please"}, stops: "ADOPT=please says neither yes nor no"},
		"DRY_RUN that says no":                        {env: []string{"DRY_RUN=0"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, shell := range shells() {
				a := newAccount(t, planWith(making))
				a.Region = tt.region
				if tt.account != "" {
					a.Account = tt.account
				}
				o := a.run(t, shell, scriptOf(t, a.plan), tt.env...)
				o.ended(t, tt.stops)
				if want := 1; tt.stops == "" && len(o.changes) != want || tt.stops != "" && len(o.changes) != 0 {
					t.Errorf("%s: changes %v", shell, o.changes)
				}
				for _, c := range o.calls {
					if c.Words[0] == "iam" && c.Region != "us-east-1" {
						t.Errorf("%s: a call was made in region %q", shell, c.Region)
					}
				}
			}
		})
	}
}

func TestScriptSaysThatThereIsNoCLI(t *testing.T) {
	bin := t.TempDir()
	for _, tool := range []string{"mktemp", "rm"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(bin, tool)); err != nil {
			t.Fatal(err)
		}
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(t.TempDir(), "script.sh")
	if err := os.WriteFile(script, []byte(scriptOf(t, planWith(making))), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bash, script)
	cmd.Env = []string{"PATH=" + bin}
	finished(t, cmd, t.TempDir(), nil).ended(t, "there is no aws command")
}

func TestFailingCallTellsWhatIsDoneAndWhatIsNot(t *testing.T) {
	for _, shell := range shells() {
		a := newAccount(t, planWith(making, putting))
		a.fails(put, "An error occurred (AccessDenied) when calling the PutRolePolicy operation: not authorized to perform: iam:PutRolePolicy")
		o := a.run(t, shell, scriptOf(t, a.plan))
		o.ended(t, "iam:PutRolePolicy")
		for _, want := range []string{
			"have the action allowed that AWS names", "Stopped at [1/1] the thing: put p", "Done by this run, and not undone:",
			"[1/1] the thing: make r (aws iam create-role)",
		} {
			if !strings.Contains(o.stderr, want) {
				t.Errorf("%s: standard error lacks %q:\n%s", shell, want, o.stderr)
			}
		}
	}
}

// fails makes a call fail as often as there are errors.
func (a *account) fails(c plan.Call, errors ...string) {
	for i := range a.Changes {
		if a.Changes[i].Call == text(c) {
			a.Changes[i].Fails = errors
		}
	}
}

func TestErrorsThatPassAreWaitedOut(t *testing.T) {
	for _, shell := range shells() {
		a := newAccount(t, planWith(making))
		a.fails(create, "An error occurred (Busy) when calling", "An error occurred (X) when calling: it is being changed")
		o := a.run(t, shell, scriptOf(t, a.plan))
		o.ended(t, "")
		if len(o.changes) != 3 || !strings.Contains(o.stdout, "trying again for up to 5 minutes") {
			t.Errorf("%s: %d calls\n%s", shell, len(o.changes), o.stdout)
		}
		a = newAccount(t, planWith(making))
		a.fails(create, "An error occurred (Other) when calling")
		if o := a.run(t, shell, scriptOf(t, a.plan)); len(o.changes) != 1 || o.code != 1 {
			t.Errorf("%s: an error that does not pass: %d calls, exit code %d", shell, len(o.changes), o.code)
		}
	}
}

func waiting(limit time.Duration) plan.Step {
	st := making
	st.Wait = &plan.Wait{For: "r is ready", Query: "Role.State", Want: "ready", Never: []string{"lost", "broken"}, Limit: limit}
	return st
}

func TestWaitsEnd(t *testing.T) {
	tests := map[string]struct {
		slow  int
		state string
		limit time.Duration
		stops string
	}{
		"at once":                         {limit: time.Minute},
		"after some time":                 {slow: 3, limit: time.Minute},
		"with a value that never changes": {state: "broken", limit: time.Minute, stops: "waiting until r is ready is of no use: there is broken"},
		"with the limit":                  {state: "slow", limit: time.Second, stops: "r is ready: not so after 1 seconds, there is slow"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, shell := range shells() {
				a := newAccount(t, planWith(waiting(tt.limit)))
				for i := range a.Reads {
					if a.Reads[i].Query == "Role.State" {
						a.Reads[i].Slow = tt.slow
					}
				}
				if tt.state != "" {
					a.answer("Role.State", reply{Out: tt.state})
				}
				o := a.run(t, shell, scriptOf(t, a.plan), "ONRAMP_POLL_SECONDS=0.1")
				o.ended(t, tt.stops)
				if told := strings.Count(o.stdout, "waiting until r is ready"); tt.slow > 0 && told != 1 || tt.slow == 0 && tt.state == "" && told != 0 {
					t.Errorf("%s: told of the wait %d times:\n%s", shell, told, o.stdout)
				}
			}
		})
	}
}

func TestInterruptLeavesNothingBehindAndTells(t *testing.T) {
	for _, shell := range shells() {
		a := newAccount(t, planWith(making))
		a.Sleep = 3 * time.Second
		a.started = func(cmd *exec.Cmd) {
			for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
				if strings.Contains(strings.Join((&standIn{folder: a.folder}).lines("calls"), ""), "create-role") {
					break
				}
			}
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) // to all, as a terminal does
		}
		o := a.run(t, shell, scriptOf(t, a.plan))
		if o.code != 130 || !strings.Contains(o.stderr, "Interrupted during aws iam create-role: it may have taken effect or not.") {
			t.Errorf("%s: exit code %d\n%s", shell, o.code, o.stderr)
		}
	}
}

func TestRolesAndSettingsAreSentBackAsTheyAre(t *testing.T) {
	read := plan.NewCall("redshift-serverless", "GetNamespace", "namespaceName", "n")
	role := func(name string) string { return "arn:aws:iam::123456789012:role/" + name }
	update := plan.NewCall("redshift-serverless", "UpdateNamespace", "namespaceName", "n",
		"iamRoles", plan.RoleList{Query: "namespace.iamRoles", Add: []string{role("new"), role("a")}},
		"defaultIamRoleArn", plan.Current{Query: "namespace.default"})
	st := plan.Step{Title: "add", Read: read, Check: plan.Check{Query: "namespace.x"}, Create: []plan.Call{update}}
	tests := map[string]struct{ roles, fallback, want string }{
		"nothing is there": {"None", "None", `--iam-roles ["` + role("new") + `","` + role("a") + `"] --namespace-name ["n"]`},
		"roles and a default": {
			oldRoles, role("old"),
			`--default-iam-role-arn ["` + role("old") + `"] --iam-roles ["` + strings.Join([]string{role("old"), role("a"), role("b"), role("new")}, `","`) + `"] --namespace-name ["n"]`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, shell := range shells() {
				a := newAccount(t, planWith(st))
				a.answer("namespace.iamRoles", reply{Out: tt.roles})
				a.answer("namespace.default", reply{Out: tt.fallback})
				o := a.run(t, shell, scriptOf(t, a.plan))
				got := textsOf(slices.DeleteFunc(o.calls, func(m made) bool { return !slices.Contains(m.Words, "update-namespace") || isProbe(m.Words) }))
				if want := []string{"redshift-serverless update-namespace " + tt.want}; !slices.Equal(got, want) {
					t.Errorf("%s:\n got %s\nwant %s\n%s", shell, got, want, o.stderr)
				}
			}
		})
	}
}
