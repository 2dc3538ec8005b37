package kind

import (
	"fmt"
	"strings"

	"onramp/internal/plan"
	"onramp/internal/policy"
)

// This file looks at policies that somebody else has written, of what a plan uses as it is: an identity policy does
// not help where they deny a role, or where a key's does not let identity policies count.

// UsedBy is the role that uses what is there. The zero value is nobody: then no policy is looked at.
type UsedBy struct {
	RoleARN   string
	Account   string
	Partition string
}

func (u UsedBy) request(action, resource string, known map[string][]string) policy.Request {
	context := map[string][]string{
		"aws:principalarn": {u.RoleARN}, "aws:principalaccount": {u.Account}, "aws:securetransport": {"true"}, "aws:resourceaccount": {u.Account},
		"s3:resourceaccount": {u.Account},
	}
	for key, values := range known {
		context[key] = values
	}
	return policy.Request{Principal: u.RoleARN, Account: u.Account, Action: action, Resource: resource, Context: context}
}

// storedPolicy is the text of the policy that a fact has read; "" : there is none, or it was not read.
func storedPolicy(f plan.Facts) (policy.Document, string, error) {
	answer, _ := f.Answers["policy"].(map[string]any)
	text, _ := answer["Policy"].(string)
	if text == "" {
		return policy.Document{}, "", nil
	}
	d, err := policy.ParseStored(text)
	return d, text, err
}

// policyStep looks at the policy of what is used as it is.
func policyStep(of string, read plan.Call, absent []string, judge plan.Judge) plan.Step {
	return plan.Step{
		Title: "look at the policy of " + of,
		Guard: &plan.Guard{Judge: judge, Facts: []plan.Fact{{Name: "policy", Title: "the policy of " + of, Read: read, Absent: absent}}},
	}
}

// bucketJudge looks in a bucket policy for what denies a role its work. Of what no statement denies, identity policies
// decide: the bucket is the account's own.
type bucketJudge struct {
	bucket string
	user   UsedBy
	keyed  bool // objects are written under a KMS key that CREATE MODEL names
}

// encryption are the headers of a PutObject as condition keys. Without KMS_KEY_ID, UNLOAD sends none (github.com/dbt-labs/redshift #62).
func (j bucketJudge) encryption() map[string][]string {
	if j.keyed {
		return map[string][]string{"s3:x-amz-server-side-encryption": {"aws:kms"}}
	}
	return map[string][]string{"s3:x-amz-server-side-encryption": nil, "s3:x-amz-server-side-encryption-aws-kms-key-id": nil}
}

// Judge implements plan.Judge.
func (j bucketJudge) Judge(f plan.Facts) ([]plan.Objection, error) {
	d, text, err := storedPolicy(f)
	if text == "" {
		return nil, nil
	}
	if err != nil {
		return []plan.Objection{{Weight: plan.Ask, Check: "bucket-policy", Subject: j.bucket, Text: fmt.Sprintf("the policy of bucket %s cannot be judged: %v", j.bucket, err)}}, nil
	}
	bucket := "arn:" + j.user.Partition + ":s3:::" + j.bucket
	var out []plan.Objection
	for i, s := range d.Statements {
		if s.Effect != policy.Deny {
			continue
		}
		for _, r := range []policy.Request{
			j.user.request("s3:PutObject", bucket+"/*", j.encryption()), j.user.request("s3:GetObject", bucket+"/*", nil), j.user.request("s3:ListBucket", bucket, nil),
		} {
			said := fmt.Sprintf("%s of the policy of bucket %s %%s %s to role %s", statementName(i, s), j.bucket, r.Action, nameIn(j.user.RoleARN))
			answer := s.Applies(r)
			if answer == policy.Yes {
				out = append(out, plan.Objection{Weight: plan.Stop, Text: fmt.Sprintf(said, "denies"), Remedy: j.remedy(s)})
				break
			}
			if answer == policy.Perhaps {
				out = append(out, plan.Objection{Weight: plan.Tell, Text: fmt.Sprintf(said, "may deny") + ", by conditions that onramp does not know"})
				break
			}
		}
	}
	return out, nil
}

func (j bucketJudge) remedy(s policy.Statement) string {
	for _, c := range s.Conditions {
		if !j.keyed && strings.HasPrefix(strings.ToLower(c.Key), "s3:x-amz-server-side-encryption") {
			return "CREATE MODEL has to name a key (KMS_KEY_ID): answer kms.choice with new or existing"
		}
	}
	return "change that statement, or name another bucket"
}

func statementName(i int, s policy.Statement) string {
	if s.Sid != "" {
		return "statement " + s.Sid
	}
	return fmt.Sprintf("statement %d", i+1)
}

// nameIn is the name at the end of a role's ARN.
func nameIn(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// keyJudge looks whether a key lets a role use it: its policy must name the role, or the account, with which identity
// policies count (AWS KMS Developer Guide, Default key policy: Allows access to the AWS account and enables IAM policies).
type keyJudge struct {
	key  string
	user UsedBy
}

// keyActions are what S3 and SageMaker do with the key in the role's name.
var keyActions = []string{"kms:Decrypt", "kms:GenerateDataKey"}

// Judge implements plan.Judge.
func (j keyJudge) Judge(f plan.Facts) ([]plan.Objection, error) {
	d, text, err := storedPolicy(f)
	if text == "" {
		return nil, nil
	}
	if err != nil {
		return []plan.Objection{{Weight: plan.Ask, Check: "key-policy", Subject: j.key, Text: fmt.Sprintf("the policy of key %s cannot be judged: %v", j.key, err)}}, nil
	}
	for _, action := range keyActions {
		r := j.user.request(action, "*", nil)
		role := nameIn(j.user.RoleARN)
		switch {
		case d.Denies(r) == policy.Yes:
			return []plan.Objection{{Weight: plan.Stop, Text: fmt.Sprintf("the policy of key %s denies %s to role %s", j.key, action, role), Remedy: "change the key policy, or name another key"}}, nil
		case d.Allows(r) == policy.No:
			return []plan.Objection{{Weight: plan.Stop, Text: fmt.Sprintf(
				"the policy of key %s does not let IAM policies of the account count, so role %s cannot use the key for %s", j.key, role, action),
				Remedy: "have the key's administrator add this statement to the key policy: " + j.statement()}}, nil
		case d.Allows(r) == policy.Perhaps || d.Denies(r) == policy.Perhaps:
			return []plan.Objection{{Weight: plan.Tell, Text: fmt.Sprintf("whether key %s lets role %s use it for %s depends on conditions of the key policy", j.key, role, action)}}, nil
		}
	}
	return nil, nil
}

// statement lets the role use the key. It names the account, because KMS refuses a role that is not there yet.
func (j keyJudge) statement() string {
	d := policy.Document{Version: policy.Version, Statements: []policy.Statement{{
		Sid: "RedshiftML", Effect: policy.Allow, Principal: policy.Principal{AWS: []string{"arn:" + j.user.Partition + ":iam::" + j.user.Account + ":root"}},
		Actions: []string{"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"}, Resources: []string{"*"},
		Conditions: []policy.Condition{{Operator: "ArnEquals", Key: "aws:PrincipalArn", Values: []string{j.user.RoleARN}}},
	}}}
	text := string(d.Compact())
	_, text, _ = strings.Cut(text, `"Statement":[`)
	return strings.TrimSuffix(text, "]}")
}
