package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"onramp/internal/policy"
	"onramp/internal/practice"
)

// somebody changes an account without onramp.
type somebody struct {
	t      *testing.T
	config aws.Config
}

func somebodyIn(t *testing.T, a *practice.Account) somebody {
	return somebody{t, aws.Config{Region: "us-east-1", HTTPClient: a.Client(), Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "x"}, nil
	})}}
}

func (s somebody) must(_ any, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

const (
	homeVPC    = "vpc-0a1b2c3d4e5f60718"
	homeSubnet = "subnet-0a1b2c3d4e5f60718"
	homeTable  = "rtb-0a1b2c3d4e5f60718"
	homeGroup  = "sg-0a1b2c3d4e5f60718"
	homeKey    = "1234abcd-12ab-34cd-56ef-1234567890ab"
)

// gateway makes an S3 endpoint with a policy that lets through what is on some resources.
func (s somebody) gateway(resources string) {
	s.t.Helper()
	s.must(ec2.NewFromConfig(s.config).CreateVpcEndpoint(s.t.Context(), &ec2.CreateVpcEndpointInput{
		VpcId: aws.String(homeVPC), ServiceName: aws.String("com.amazonaws.us-east-1.s3"), RouteTableIds: []string{homeTable},
		PolicyDocument: aws.String(`{"Statement":[{"Sid":"Logs","Effect":"Allow","Principal":"*","Action":"s3:*","Resource":` + resources + `}]}`),
	}))
}

// privateLink makes a SageMaker endpoint.
func (s somebody) privateLink(dns bool) {
	s.t.Helper()
	c := ec2.NewFromConfig(s.config)
	s.must(c.ModifyVpcAttribute(s.t.Context(), &ec2.ModifyVpcAttributeInput{VpcId: aws.String(homeVPC), EnableDnsHostnames: &types.AttributeBooleanValue{Value: aws.Bool(true)}}))
	s.must(c.CreateVpcEndpoint(s.t.Context(), &ec2.CreateVpcEndpointInput{
		VpcEndpointType: types.VpcEndpointTypeInterface, VpcId: aws.String(homeVPC), ServiceName: aws.String("com.amazonaws.us-east-1.sagemaker.api"),
		SubnetIds: []string{homeSubnet}, SecurityGroupIds: []string{homeGroup}, PrivateDnsEnabled: aws.Bool(dns),
	}))
}

// closed takes every outbound rule from the group of the warehouses.
func (s somebody) closed() {
	s.t.Helper()
	s.must(ec2.NewFromConfig(s.config).RevokeSecurityGroupEgress(s.t.Context(), &ec2.RevokeSecurityGroupEgressInput{
		GroupId: aws.String(homeGroup), IpPermissions: []types.IpPermission{{IpProtocol: aws.String("-1"), IpRanges: []types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}}}},
	}))
}

// These are command lines that switch routing on.
var (
	clusterArgs    = []string{"redshift-ml", "--set", "bucket.choice=existing", "--set", "bucket.name=analytics-redshift-data", "--set", "kms.choice=none"}
	serverlessArgs = append(slices.Clone(clusterArgs), "--set", "warehouse.kind=serverless", "--set", "warehouse.namespace=analytics-ns",
		"--set", "warehouse.workgroup=analytics-wg", "--set", "sql.run=export", "--set", "vpc-routing.route-tables="+homeTable+",rtb-0b2c3d4e5f6071829")
)

// TestRoutingIsNotSwitchedOnWhereThePathDoesNotWork: what is missing is named by plan, apply and verify, and nothing
// at all is changed; where the path works, routing is switched on.
func TestRoutingIsNotSwitchedOnWhereThePathDoesNotWork(t *testing.T) {
	for name, test := range map[string]struct {
		before  func(somebody)
		names   []string // nil: it works
		consent bool     // --adopt changes it
	}{
		"nothing is there": {before: func(somebody) {}},
		"endpoints that admit all": {before: func(s somebody) {
			s.gateway(`"*"`)
			s.privateLink(true)
		}},
		"private DNS is off": {
			before:  func(s somebody) { s.privateLink(false) },
			names:   []string{"private DNS of the sagemaker.api endpoint", "everything in " + homeVPC},
			consent: true,
		},
		"the S3 endpoint admits another bucket": {
			before: func(s somebody) { s.gateway(`"arn:aws:s3:::analytics-logs/*"`) },
			names:  []string{"does not admit", "on bucket analytics-redshift-data", "Logs: allow s3:* on arn:aws:s3:::analytics-logs/*", "--reset-policy"},
		},
		"the S3 endpoint admits the buckets of the plan only": {
			before: func(s somebody) {
				s.gateway(`["arn:aws:s3:::analytics-redshift-data","arn:aws:s3:::analytics-redshift-data/*","arn:aws:s3:::acme-ml-retention*"]`)
			},
			names:   []string{"does not admit every bucket", "COPY and UNLOAD that use others stop working"},
			consent: true,
		},
		"nothing is let out": {
			before: somebody.closed,
			names:  []string{homeGroup, "has no outbound rule for port 443", "aws ec2 authorize-security-group-egress --group-id " + homeGroup},
		},
	} {
		for of, flags := range map[string][]string{"cluster": clusterArgs, "serverless": serverlessArgs} {
			t.Run(name+"/"+of, func(t *testing.T) {
				a := practice.New(practice.Settings{Region: "us-east-1"})
				file, _ := inAccount(t, a, "sample.yaml")
				test.before(somebodyIn(t, a))
				args := func(command string, more ...string) []string {
					return append(append(append([]string{command}, flags...), "-a", file), more...)
				}
				if test.names == nil {
					wants(t, exitDone, nil, args("apply", "--yes")...)
					wants(t, exitDone, nil, args("verify")...)
					return
				}
				before := string(a.State())
				said, _, _ := onramp(t, args("plan")...)
				verified, _, code := onramp(t, args("verify")...)
				for _, text := range test.names {
					if !strings.Contains(unfolded(said), text) || !strings.Contains(unfolded(verified), text) || code != exitDifferences {
						t.Errorf("%q is not in what plan or verify says:\n%s\n%s", text, said, verified)
					}
				}
				wants(t, exitFailed, test.names, args("apply", "--yes")...)
				if string(a.State()) != before {
					t.Error("something was changed")
				}
				if test.consent {
					wants(t, exitDone, nil, args("apply", "--yes", "--adopt")...)
					return
				}
				wants(t, exitFailed, test.names, args("apply", "--yes", "--adopt")...)
				if string(a.State()) != before {
					t.Error("something was changed with --adopt")
				}
			})
		}
	}
}

// unfolded is a text without its line breaks.
func unfolded(s string) string { return strings.Join(strings.Fields(s), " ") }

// wants runs a command line and holds its exit code and what it says against what is wanted.
func wants(t *testing.T, code int, texts []string, args ...string) string {
	t.Helper()
	stdout, stderr, got := onramp(t, args...)
	if got != code {
		t.Fatalf("onramp %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, stdout, stderr)
	}
	for _, text := range texts {
		if !strings.Contains(unfolded(stdout+stderr), text) {
			t.Errorf("onramp %s does not say %q:\n%s%s", strings.Join(args, " "), text, stdout, stderr)
		}
	}
	return stdout + stderr
}

// TestWhatCannotBeCheckedIsSaid: an operator without a permission hears so before anything is changed, and has to
// agree.
func TestWhatCannotBeCheckedIsSaid(t *testing.T) {
	for of, flags := range map[string][]string{"cluster": clusterArgs, "serverless": serverlessArgs} {
		t.Run(of, func(t *testing.T) {
			a := practice.New(practice.Settings{Region: "us-east-1", Policy: &policy.Document{Version: policy.Version, Statements: []policy.Statement{
				{Effect: policy.Allow, Actions: []string{"*"}, Resources: []string{"*"}},
				{Effect: policy.Deny, Actions: []string{"ec2:DescribeRouteTables"}, Resources: []string{"*"}},
				{Effect: policy.Deny, Actions: []string{"s3:GetBucketPolicy"}, Resources: []string{"arn:aws:s3:::analytics-redshift-data"}},
			}}})
			file, _ := inAccount(t, a, "sample.yaml")
			before := string(a.State())
			args := append(append([]string{"apply"}, flags...), "-a", file, "--yes")
			wants(t, exitFailed, []string{"onramp could not check the route tables of " + homeVPC + ": ec2:DescribeRouteTables is not allowed"}, args...)
			if string(a.State()) != before {
				t.Error("something was changed")
			}
			wants(t, exitDone, nil, append(args, "--adopt")...)
			args[0] = "verify"
			wants(t, exitDone, []string{
				"could not check the route tables", "could not check the policy of bucket analytics-redshift-data: s3:GetBucketPolicy is not allowed",
			}, args[:len(args)-1]...)
		})
	}
}

// TestPathIsCheckedAgainBeforeTheSwitch: what is broken between the survey and the change stops the change.
func TestPathIsCheckedAgainBeforeTheSwitch(t *testing.T) {
	for of, flags := range map[string][]string{"cluster": clusterArgs, "serverless": serverlessArgs} {
		t.Run(of, func(t *testing.T) {
			a := practice.New(practice.Settings{Region: "us-east-1"})
			file, _ := inAccount(t, a, "sample.yaml")
			s := somebodyIn(t, a)
			closes := &before{account: a, op: "CreateRole", do: s.closed}
			served(t, closes)
			args := append(append([]string{"apply"}, flags...), "-a", file, "--yes")
			wants(t, exitFailed, []string{"has no outbound rule for port 443"}, args...)
			for _, c := range a.Calls() {
				if c.Op == "redshift:ModifyCluster" || c.Op == "redshift-serverless:UpdateWorkgroup" {
					t.Error("routing was switched on")
				}
			}
		})
	}
}

// TestPoliciesOfWhatIsThere: a policy that keeps the role from working is named, with what to do, and nothing is made.
func TestPoliciesOfWhatIsThere(t *testing.T) {
	const deny = `{"Version":"2012-10-17","Statement":[{"Sid":"KeysOnly","Effect":"Deny","Principal":"*","Action":"s3:PutObject",` +
		`"Resource":"arn:aws:s3:::analytics-redshift-data/*","Condition":{"Null":{"s3:x-amz-server-side-encryption":"true"}}}]}`
	oneAdmin := `{"Version":"2012-10-17","Id":"admins","Statement":[{"Sid":"Admin","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + practice.Number +
		`:role/analytics-copy"},"Action":"kms:*","Resource":"*"}]}`
	unrouted := append(slices.Clone(clusterArgs), "--set", "vpc-routing.enabled=false")
	for name, test := range map[string]struct {
		before func(somebody)
		flags  []string
		names  []string // nil: it works
	}{
		"a bucket that wants a key, and no key": {
			before: func(s somebody) {
				s.must(s3.NewFromConfig(s.config).PutBucketPolicy(s.t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("analytics-redshift-data"), Policy: aws.String(deny)}))
			},
			flags: unrouted,
			names: []string{"statement KeysOnly of the policy of bucket analytics-redshift-data denies s3:PutObject to role redshift-ml", "kms.choice"},
		},
		"a bucket that wants a key, and a key": {
			before: func(s somebody) {
				s.must(s3.NewFromConfig(s.config).PutBucketPolicy(s.t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("analytics-redshift-data"), Policy: aws.String(deny)}))
			},
			flags: append(slices.Clone(unrouted), "--set", "kms.choice=existing", "--set", "kms.key=alias/analytics"),
		},
		"a key for its administrator only": {
			before: func(s somebody) {
				s.must(kms.NewFromConfig(s.config).PutKeyPolicy(s.t.Context(), &kms.PutKeyPolicyInput{
					KeyId: aws.String(homeKey), PolicyName: aws.String("default"), Policy: aws.String(oneAdmin), BypassPolicyLockoutSafetyCheck: true,
				}))
			},
			flags: append(slices.Clone(unrouted), "--set", "kms.choice=existing", "--set", "kms.key=alias/analytics"),
			names: []string{"does not let IAM policies of the account count", "add this statement", `"aws:PrincipalArn":"arn:aws:iam::` + practice.Number},
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := practice.New(practice.Settings{Region: "us-east-1"})
			file, _ := inAccount(t, a, "sample.yaml")
			test.before(somebodyIn(t, a))
			before := string(a.State())
			args := append(append([]string{"apply"}, test.flags...), "-a", file, "--yes")
			if test.names == nil {
				wants(t, exitDone, nil, args...)
				return
			}
			wants(t, exitFailed, test.names, append(args, "--adopt")...)
			if string(a.State()) != before {
				t.Error("something was changed")
			}
		})
	}
}

// TestWhoLosesAccessIsSaid: the trust policy of the plan takes the place of one that names more, only with consent.
func TestWhoLosesAccessIsSaid(t *testing.T) {
	a := practice.New(practice.Settings{Region: "us-east-1"})
	file, _ := inAccount(t, a, "sample.yaml")
	args := append(append([]string{"apply"}, clusterArgs...), "-a", file, "--yes")
	wants(t, exitDone, nil, args...)
	s := somebodyIn(t, a)
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["redshift.amazonaws.com","sagemaker.amazonaws.com","glue.amazonaws.com"]},"Action":"sts:AssumeRole"}]}`
	s.must(iam.NewFromConfig(s.config).UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("redshift-ml"), PolicyDocument: aws.String(trust)}))
	before := string(a.State())
	wants(t, exitFailed, []string{"these lose access: glue.amazonaws.com"}, args...)
	if string(a.State()) != before {
		t.Error("something was changed")
	}
	wants(t, exitDone, nil, append(args, "--adopt")...)
}

// TestDefaultRoleSaysWhatItAffects: statements of others say IAM_ROLE default.
func TestDefaultRoleSaysWhatItAffects(t *testing.T) {
	a := practice.New(practice.Settings{Region: "us-east-1"})
	file, _ := inAccount(t, a, "sample.yaml")
	args := append(append([]string{"apply"}, clusterArgs...), "-a", file, "--yes",
		"--set", "warehouse.cluster=reporting", "--set", "role.default=true", "--set", "vpc-routing.enabled=false")
	wants(t, exitFailed, []string{"IAM_ROLE default use the new role afterwards"}, args...)
	wants(t, exitDone, nil, append(args, "--adopt")...)
}

// before does something once, before the first call of an operation.
type before struct {
	account *practice.Account
	op      string
	do      func()
	once    sync.Once
}

// ServeHTTP implements http.Handler.
func (b *before) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if strings.Contains(string(body), "Action="+b.op) {
		b.once.Do(b.do)
	}
	b.account.ServeHTTP(w, r)
}

// served has this process speak to a handler instead.
func served(t *testing.T, h http.Handler) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
}
