package terraform

import (
	"testing"

	"onramp/internal/kind"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
)

// TestTextsBecomeReferences: only what is the very thing, and not what begins or ends with the same letters.
func TestTextsBecomeReferences(t *testing.T) {
	target := plantest.Target("us-west-2")
	names, err := nameAll(plan.Plan{Target: target, Resources: []plan.Resource{
		{ID: "main-role", Spec: kind.Role{Path: "/", RoleName: "ml"}},
		{ID: "longer", Spec: kind.Role{Path: "/", RoleName: "ml-longer"}},
		{ID: "bucket", Spec: kind.Bucket{BucketName: "acme"}},
		{ID: "old", Spec: kind.ExistingBucket{BucketName: "acme.old"}},
		{ID: "key", Spec: kind.ExistingKey{KeyRef: "mrk-1"}},
		{ID: "theirs", Spec: kind.ExistingPrincipal{Of: kind.Principal{Type: kind.RoleType, Name: "there"}}},
		{ID: "new-key", Spec: kind.Key{ID: "new-key", Alias: "a"}},
	}}, func(plan.Resource) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	made := plan.Ref{Resource: "new-key", Output: kind.KeyARN}.String()
	for text, want := range map[string]string{
		"":                                       `""`,
		"arn:aws:s3:::acme":                      `aws_s3_bucket.bucket.arn`,
		"arn:aws:s3:::acme/*":                    `"${aws_s3_bucket.bucket.arn}/*"`,
		"arn:aws:s3:::acme-logs/*":               `"arn:aws:s3:::acme-logs/*"`,
		"arn:aws:s3:::acme.old/*":                `"${data.aws_s3_bucket.old.arn}/*"`,
		"arn:aws:s3:::acme.older":                `"arn:aws:s3:::acme.older"`,
		target.RoleARN("/", "ml"):                `aws_iam_role.main_role.arn`,
		target.RoleARN("/", "ml-longer"):         `aws_iam_role.longer.arn`,
		target.RoleARN("/", "ml-other"):          `"arn:aws:iam::111122223333:role/ml-other"`,
		target.RoleARN("/", "ml/other"):          `"arn:aws:iam::111122223333:role/ml/other"`,
		target.RoleARN("/x/", "ml"):              `"arn:aws:iam::111122223333:role/x/ml"`,
		target.RoleARN("/", "there"):             `"arn:aws:iam::111122223333:role/${data.aws_iam_role.theirs.name}"`,
		target.RoleARN("/*/", "there"):           `"arn:aws:iam::111122223333:role/*/${data.aws_iam_role.theirs.name}"`,
		target.RoleARN("/x/", "there"):           `"arn:aws:iam::111122223333:role/x/there"`,
		target.RoleARN("/", "theres"):            `"arn:aws:iam::111122223333:role/theres"`,
		target.ARN("kms", "key/mrk-1"):           `data.aws_kms_key.key.arn`,
		target.ARN("kms", "key/mrk-12"):          `"arn:aws:kms:${var.region}:111122223333:key/mrk-12"`,
		"arn:aws:sagemaker:us-west-2:1:*":        `"arn:aws:sagemaker:${var.region}:1:*"`,
		"s3.us-west-2.amazonaws.com":             `"s3.${var.region}.amazonaws.com"`,
		"us-west-2":                              `var.region`,
		"acme-us-west-2":                         `"acme-us-west-2"`,
		"us-west-2a":                             `"us-west-2a"`,
		made:                                     `aws_kms_key.new_key.arn`,
		"$" + made + "$":                         `"\u0024${aws_kms_key.new_key.arn}$"`,
		made + target.RoleARN("/", "ml") + " us": `"${aws_kms_key.new_key.arn}${aws_iam_role.main_role.arn} us"`,
	} {
		tokens, err := names.text(text, "")
		if have := string(tokens); err != nil || have != want {
			t.Errorf("%q is written as %s, want %s (%v)", text, have, want, err)
		}
	}
}

// TestNothingRefersToItself: a trust policy may name its own role, and Terraform has no circles.
func TestNothingRefersToItself(t *testing.T) {
	p := planOf(t, answersFiles(t)["sample"], "")
	for i, r := range p.Resources {
		if role, is := r.Spec.(kind.Role); is {
			role.Trust.Policy.Statements[0].Principal.AWS = []string{p.Target.RoleARN(role.Path, role.RoleName)}
			p.Resources[i].Spec = role
		}
	}
	means(t, p)
}
