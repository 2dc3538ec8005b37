package cloudformation

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// standIn stands on PATH for the AWS CLI: it writes its words down, and answers by the first rule that fits.
const standIn = `#!/usr/bin/env bash
printf '%s\n' "$*" >>"$STAND_IN/calls"
for word in "$@"; do
  case $word in
    file://*parameters.json) cat "${word#file://}" >"$STAND_IN/parameters" ;;
  esac
done
while IFS='=' read -r status pattern answer; do
  case "$*" in
    $pattern)
      if [ "$status" -ne 0 ]; then
        printf '%b\n' "$answer" >&2
      elif [ -n "$answer" ]; then
        printf '%b\n' "$answer"
      fi
      exit "$status"
      ;;
  esac
done <"$STAND_IN/rules"
`

// rule answers the calls that fit a pattern of bash.
type rule struct {
	pattern, answer string
	status          int
}

// run is what a script did.
type run struct {
	out    string
	code   int
	calls  []string
	folder string
}

// runScript runs one of some files with the stand-in.
func runScript(t *testing.T, files map[string]string, rules []rule, env []string, words ...string) run {
	t.Helper()
	r := run{folder: t.TempDir()}
	write := func(name, data string, mode os.FileMode) {
		if err := os.WriteFile(filepath.Join(r.folder, name), []byte(data), mode); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range files {
		write(name, data, 0o700)
	}
	write("aws", standIn, 0o700)
	var table strings.Builder
	ofCLI := func(r rule) bool {
		return strings.Contains(r.pattern, "--version") || strings.Contains(r.pattern, "--generate-cli-skeleton")
	}
	others := slices.DeleteFunc(slices.Clone(rules), ofCLI)
	rules = slices.DeleteFunc(slices.Clone(rules), func(r rule) bool { return !ofCLI(r) })
	for _, rule := range slices.Concat(rules, newCLI, others) {
		fmt.Fprintf(&table, "%d=%s=%s\n", rule.status, rule.pattern, rule.answer)
	}
	write("rules", table.String(), 0o600)
	write("calls", "", 0o600)
	cmd := exec.Command("bash", append([]string{filepath.Join(r.folder, words[0])}, words[1:]...)...)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"PATH=" + r.folder + ":" + os.Getenv("PATH"), "HOME=" + r.folder, "TMPDIR=" + t.TempDir(), "STAND_IN=" + r.folder, "ONRAMP_POLL_SECONDS=0", "ROUTING_CHECKED=1"}, env...)
	out, _ := cmd.CombinedOutput()
	r.out, r.code = string(out), cmd.ProcessState.ExitCode()
	data, err := os.ReadFile(filepath.Join(r.folder, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	r.calls = slices.DeleteFunc(strings.Split(strings.TrimSuffix(string(data), "\n"), "\n"), func(call string) bool {
		return call == "--version" || strings.Contains(call, "--generate-cli-skeleton") // they ask the CLI, and not the account
	})
	return r
}

// changing are the calls that change something.
func (r run) changing() []string {
	var out []string
	for _, c := range r.calls {
		words := strings.Fields(c)
		if len(words) > 1 && !slices.ContainsFunc([]string{"get-", "list-", "describe-", "wait", "assume-role"}, func(verb string) bool { return strings.HasPrefix(words[1], verb) }) {
			out = append(out, words[0]+" "+words[1])
		}
	}
	return out
}

func (r run) file(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(r.folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// newCLI is a CLI that has what the scripts ask for.
var newCLI = []rule{
	{pattern: "--version", answer: "aws-cli/2.36.7 Python/3.14.5 Linux/6.1 exe/x86_64.debian.12"},
	{pattern: "*--generate-cli-skeleton*", answer: `{"RetainExceptOnCreate": true, "OperationPreferences": {"ConcurrencyMode": ""}}`},
}

// ready is an account in which the sample's stack can be made.
var ready = []rule{
	{pattern: "sts get-caller-identity*", answer: "111122223333"},
	{pattern: "ec2 describe-vpcs*", answer: "10.20.0.0/16"},
	{pattern: "ec2 describe-vpc-endpoint-services*", answer: "com.amazonaws.us-east-1.sagemaker.api"},
	{pattern: "ec2 describe-vpc-attribute*", answer: `True\tNone`},
	{pattern: "ec2 describe-vpc-endpoints*", answer: "None"},
	{pattern: "s3api list-buckets*", answer: "None"},
	{pattern: "cloudformation describe-stacks*StackStatus*", status: 254, answer: "An error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id x does not exist"},
	{pattern: "cloudformation describe-stacks*Outputs*", answer: `RoleArn\tarn:aws:iam::111122223333:role/redshift-ml`},
}

// but gives an account in which some answers are others.
func but(rules ...rule) []rule { return append(rules, ready...) }

// TestDeployFindsItsFolder also where CDPATH names one with a folder of the same name.
func TestDeployFindsItsFolder(t *testing.T) {
	r := runScript(t, filesOf(t, planOf(t, "sample", nil)), ready, nil, "deploy.sh")
	if r.code != 0 {
		t.Fatal(r.out)
	}
	other := t.TempDir()
	if err := os.Mkdir(filepath.Join(other, filepath.Base(r.folder)), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", filepath.Join(filepath.Base(r.folder), "deploy.sh"))
	cmd.Dir = filepath.Dir(r.folder)
	cmd.Env = []string{
		"PATH=" + r.folder + ":" + os.Getenv("PATH"), "HOME=" + r.folder, "TMPDIR=" + t.TempDir(), "STAND_IN=" + r.folder, "CDPATH=" + other,
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestDeploy(t *testing.T) {
	files := filesOf(t, planOf(t, "sample", nil))
	tests := map[string]struct {
		rules    []rule
		env      []string
		edit     [2]string // of parameters.json
		code     int
		says     string
		changing []string
	}{
		"a new stack is made": {
			rules: ready, says: "RoleArn\tarn:aws:iam::111122223333:role/redshift-ml",
			changing: []string{"cloudformation create-change-set", "cloudformation execute-change-set"},
		},
		"a change set that is only to be seen is not carried out": {
			rules: ready, env: []string{"REVIEW=1"}, says: "nothing has been carried out", changing: []string{"cloudformation create-change-set"},
		},
		"a stack that is there is changed": {
			rules:    but(rule{pattern: "cloudformation describe-stacks*StackStatus*", answer: "CREATE_COMPLETE"}),
			changing: []string{"cloudformation create-change-set", "cloudformation execute-change-set"},
		},
		"a stack that is as planned is left alone": {
			rules: but(rule{pattern: "cloudformation describe-stacks*StackStatus*", answer: "UPDATE_COMPLETE"}, rule{pattern: "cloudformation wait change-set*", status: 255, answer: "failed"},
				rule{pattern: "cloudformation describe-change-set*StatusReason*", answer: "The submitted information didn't contain changes. Submit different information to create a change set."}),
			says: "nothing has been changed", changing: []string{"cloudformation create-change-set", "cloudformation delete-change-set"},
		},
		"what CloudFormation refuses is said": {
			rules: but(rule{pattern: "cloudformation wait change-set*", status: 255, answer: "failed"}, rule{pattern: "cloudformation describe-change-set*StatusReason*", answer: "Template error"}),
			code:  1, says: "does not take the change set: Template error", changing: []string{"cloudformation create-change-set", "cloudformation delete-change-set"},
		},
		"a stack that failed is said, with its events": {
			rules: but(rule{pattern: "cloudformation wait stack-create*", status: 255, answer: "failed"}, rule{pattern: "cloudformation describe-stack-events*", answer: `Role\tname taken`}),
			code:  1, says: "name taken", changing: []string{"cloudformation create-change-set", "cloudformation execute-change-set"},
		},
		"another account is refused": {
			rules: but(rule{pattern: "sts get-caller-identity*", answer: "999988887777"}), code: 1, says: "the credentials are for account 999988887777",
		},
		"an AWS CLI that lacks an option is refused": {
			rules: but(rule{pattern: "--version", answer: "aws-cli/2.9.19 Python/3.11.2"}, rule{pattern: "*--generate-cli-skeleton*", answer: `{"StackName": ""}`}), code: 1,
			says: "AWS CLI 2.9.19 lacks what this script needs:\n         aws cloudformation execute-change-set --retain-except-on-create (new in 1.29.15 and 2.13.6)\n",
		},
		"an AWS CLI that is older than all that will do is refused": {
			rules: but(rule{pattern: "--version", answer: "aws-cli/1.18.69 Python/3.8.10"}), code: 1, says: "AWS CLI 1.18.69 is too old\n",
		},
		"another region is refused": {rules: ready, env: []string{"AWS_REGION=eu-west-1"}, code: 1, says: "AWS_REGION is eu-west-1"},
		"an endpoint that is there is not made again": {
			rules: but(rule{pattern: "ec2 describe-vpc-endpoints*Gateway*", answer: "vpce-1"}), code: 1, says: "put no for CreateS3Endpoint into parameters.json",
		},
		"an endpoint that is there is used": {
			rules: but(rule{pattern: "ec2 describe-vpc-endpoints*Gateway*", answer: "vpce-1"}), edit: [2]string{`"CreateS3Endpoint", "ParameterValue": "yes"`, `"CreateS3Endpoint", "ParameterValue": "no"`},
			changing: []string{"cloudformation create-change-set", "cloudformation execute-change-set"},
		},
		"parameters that somebody has put on lines of their own are read": {
			rules: but(rule{pattern: "ec2 describe-vpc-endpoints*Gateway*", answer: "vpce-1"}), edit: [2]string{`{"ParameterKey": "CreateS3Endpoint", "ParameterValue": "yes"}`, "{\n\"ParameterKey\": \"CreateS3Endpoint\",\n  \"ParameterValue\": \"yes\"\n}"},
			code: 1, says: "put no for CreateS3Endpoint",
		},
		"a bucket that is there is not made again": {
			rules: but(rule{pattern: "s3api list-buckets*acme-ml-retention*", answer: "acme-ml-retention"}), code: 1, says: "put no for CreateBuckets",
		},
		"a VPC without DNS is refused": {
			rules: but(rule{pattern: "ec2 describe-vpc-attribute*enableDnsHostnames*", answer: `None\tFalse`}), code: 1, says: "run pre.sh first",
		},
		"a region without the endpoint service is refused": {
			rules: but(rule{pattern: "ec2 describe-vpc-endpoint-services*", answer: "None"}), code: 1, says: "nothing was found for SagemakerServiceName",
		},
		"a stack that could not be made must go first": {
			rules: but(rule{pattern: "cloudformation describe-stacks*StackStatus*", answer: "ROLLBACK_COMPLETE"}), code: 1, says: "delete-stack --stack-name onramp-redshift-ml-analytics",
		},
		"a stack that is being changed is waited for by a person": {
			rules: but(rule{pattern: "cloudformation describe-stacks*StackStatus*", answer: "UPDATE_IN_PROGRESS"}), code: 1, says: "wait until that has ended",
		},
		"an error is not taken for a missing stack": {
			rules: but(rule{pattern: "cloudformation describe-stacks*StackStatus*", status: 254, answer: "An error occurred (AccessDenied)"}), code: 1, says: "AccessDenied",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := map[string]string{}
			for name, data := range files {
				own[name] = data
			}
			own[fileParameters] = strings.Replace(own[fileParameters], test.edit[0], test.edit[1], 1)
			r := runScript(t, own, test.rules, test.env, fileDeploy)
			if r.code != test.code || !strings.Contains(r.out, test.says) || !slices.Equal(r.changing(), test.changing) {
				t.Errorf("exit code %d, made %v\n%s", r.code, r.changing(), r.out)
			}
			if slices.Contains(r.changing(), "cloudformation create-change-set") {
				sent := r.file(t, "parameters")
				if !strings.Contains(sent, `"VpcCidr", "ParameterValue": "10.20.0.0/16"`) || strings.Contains(sent, "looks it up") {
					t.Errorf("the parameters were\n%s", sent)
				}
			}
		})
	}
}

func TestDeployCommands(t *testing.T) {
	r := runScript(t, filesOf(t, planOf(t, "sample", nil)), ready, nil, fileDeploy)
	calls := strings.Join(r.calls, "\n")
	for _, want := range []string{
		"--change-set-type CREATE --template-body file://template.yaml --parameters file://", "--capabilities CAPABILITY_NAMED_IAM",
		`--tags [{"Key":"onramp:plan","Value":"redshift-ml.analytics"}]`, "--retain-except-on-create", "wait stack-create-complete --stack-name onramp-redshift-ml-analytics",
	} {
		if !strings.Contains(calls, want) {
			t.Errorf("no call has %s:\n%s", want, calls)
		}
	}
	if strings.Index(calls, "sts get-caller-identity") != 0 {
		t.Errorf("the account is not asked for first:\n%s", calls)
	}
}
