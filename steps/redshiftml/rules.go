package redshiftml

import (
	"fmt"
	"strings"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/internal/plan"
	"onramp/internal/policy"
	"onramp/internal/redshiftsql"
)

// maxRoles is how many roles a warehouse takes (Amazon Redshift Management Guide, Quotas and
// limits).
const maxRoles = 50

// judge finds what is wrong between answers, and what deserves a warning.
func (b *builder) judge() {
	b.judgeARN("kms.key", "kms")
	b.judgeARN("sql.secret", "secretsmanager")
	if reason, remedy := awsname.Boundary(b.text("role.permissions-boundary"), b.t.Partition, b.t.Account); reason != "" {
		b.problem("role.permissions-boundary", reason, remedy)
	}
	if b.text("warehouse.kind") == "new-cluster" && b.text("warehouse.database") != "" {
		if err := awsname.DatabaseName(b.text("warehouse.database")); err != nil {
			b.problem("warehouse.database", err.Error(), "give the new cluster's database another name, such as dev")
		}
	}
	b.judgeTrack()
	b.judgeGroups()
	b.judgeRoles()
	b.judgeDocuments()
	if b.a.Bool("sql.restrict-assume-role") {
		b.judgeAssumeRole()
	}
	if b.a.Bool("bucket.sample-data") && !b.sampleData() {
		b.warn("sample-data-partition", "bucket.sample-data", "AWS's sample data is in partition aws only, so the role is not let at a bucket of that name in "+b.t.Partition,
			"answer bucket.sample-data with false")
		b.fixed("bucket.sample-data", "false")
	}
	if b.a.Bool("role.default") && b.text("warehouse.kind") != "new-cluster" {
		b.warn("default-role", "role.default", "if the warehouse has another default role, commands that say IAM_ROLE default will use the new one",
			"answer role.default with false to leave the default as it is")
		b.fixed("role.default", "false")
	}
}

// judgeARN checks that an ARN is of this partition and of this region.
func (b *builder) judgeARN(key, service string) {
	arn, err := awsname.ParseARN(b.text(key))
	if err != nil {
		return // not an ARN: the field's own rule has judged it
	}
	switch {
	case arn.Partition != b.t.Partition:
		b.problem(key, fmt.Sprintf("the ARN is in partition %s, the region %s in %s", arn.Partition, b.t.Region, b.t.Partition), "give an ARN of "+b.t.Partition)
	case arn.Region != b.t.Region:
		b.problem(key, fmt.Sprintf("it is in region %s, and the warehouse in %s; Redshift ML needs both in one", arn.Region, b.t.Region), "give one of "+b.t.Region)
	}
	if service == "kms" && arn.Account != b.t.Account && arn.Account != "" {
		b.warn("key-of-other-account", key, "the key belongs to account "+arn.Account+", whose key policy must let the role use it", "use a key of this account")
	}
}

func (b *builder) judgeGroups() {
	seen := map[string]string{}
	buckets := map[string]string{b.text("bucket.name"): "bucket.name"}
	for _, g := range b.groups() {
		name := redshiftsql.Fold(g.name)
		if other, twice := seen[name]; twice && name != "" {
			b.problem(g.key+"name", "is the same group as "+other+"; Redshift folds names to lower case", "give each group once")
		}
		seen[name] = g.key + "name"
		if (g.bucket == "") != (g.role == "") {
			b.problem(g.key+map[bool]string{true: "bucket", false: "role"}[g.bucket == ""],
				"a group's own bucket and own role go together: without both, the other groups reach its data", "give both, or neither")
		}
		if other, twice := buckets[g.bucket]; twice && g.bucket != "" {
			b.problem(g.key+"bucket", "is the bucket of "+other+" too", "give the group a bucket of its own, or none")
		}
		buckets[g.bucket] = g.key + "bucket"
		b.judgeExecute(g)
	}
}

func (b *builder) judgeExecute(g group) {
	if !g.creates && len(g.execute) == 0 && g.name != "" {
		b.warn("group-without-use", g.key+"execute", "group "+g.name+" may neither create models nor predict with one yet", "name the models in execute, or grant EXECUTE ON MODEL later")
	}
}

func (b *builder) judgeRoles() {
	seen := map[string]string{strings.ToLower(b.text("role.name")): "role.name"}
	for _, g := range b.groups() {
		name := strings.ToLower(g.role)
		if other, twice := seen[name]; twice && name != "" {
			b.problem(g.key+"role", "is the role of "+other+" too; role names are unique whatever their case", "give the group a role of its own, or none")
		}
		seen[name] = g.key + "role"
	}
	if len(b.roles) > maxRoles {
		b.problem("groups", fmt.Sprintf("the plan attaches %d roles, and a warehouse takes %d", len(b.roles), maxRoles), "let groups share the main role")
	}
}

func (b *builder) judgeAssumeRole() {
	b.warn("assume-role", "sql.restrict-assume-role",
		"REVOKE ASSUMEROLE ON ALL FROM PUBLIC takes COPY, UNLOAD, external functions and CREATE MODEL through IAM roles away from every user who is not a superuser",
		"answer sql.restrict-assume-role with false, or be ready to run: "+redshiftsql.RevokeAssumeRole("", "").Undo)
	b.fixed("sql.restrict-assume-role", "false")
	for _, g := range b.groups() {
		if g.creates {
			return
		}
	}
	b.problem("sql.restrict-assume-role", "no group may create models, so nobody would be left to use the role", "let a group create models, or answer with false")
}

// judgeDocuments checks grammar and sizes as IAM does, and lints.
func (b *builder) judgeDocuments() {
	linted := map[string]bool{}
	for _, d := range b.plan.Documents() {
		if b.complete() {
			for _, err := range policy.Validate(d.Policy, d.Kind) {
				b.plan.Problems = append(b.plan.Problems, problemOf(d, err.Error()))
			}
		}
		if most, size := limit(d.Kind), d.Policy.Size(); size > most {
			b.plan.Problems = append(b.plan.Problems, problemOf(d, fmt.Sprintf("has %d characters, and AWS takes %d", size, most)))
		}
		for _, f := range policy.Lint(d.Policy, d.Kind) {
			if same := f.Rule + f.Text; !linted[same] { // a group's role draws the same as the main role
				linted[same] = true
				remedy, key, value := b.remedy(f)
				b.warn(f.Rule, d.Resource, d.Title+": "+f.Text, remedy)
				if key != "" {
					b.fixed(key, value)
				}
			}
		}
	}
}

// remedy is how an operator makes a finding go away: by another answer where there is one.
func (b *builder) remedy(f policy.Finding) (text, key, value string) {
	choice, version := b.text("role.choice"), b.text("role.policy")
	switch {
	case f.Rule == "service-without-source":
		return "answer role.source-account with true", "role.source-account", "true"
	case choice == "restrictive" && version != "tightened" && !strings.Contains(f.Text, "ec2:"):
		return "answer role.policy with tightened", "role.policy", "tightened"
	case strings.Contains(f.Text, "ec2:"):
		return "AWS prints these actions without naming resources; do without enhanced VPC routing to do without them", "", ""
	}
	return f.Remedy, "", ""
}

// complete says that the answers which stand in documents are all there.
func (b *builder) complete() bool {
	for _, key := range []string{"account", "region", "bucket.name", "role.name"} {
		if b.text(key) == "" {
			return false
		}
	}
	return true
}

func limit(k policy.Kind) int {
	switch k {
	case policy.Trust:
		return policy.MaxTrust
	case policy.Identity:
		return policy.MaxInlineRole
	}
	return policy.MaxBucketPolicy
}

func problemOf(d plan.NamedDocument, text string) answers.Problem {
	return answers.Problem{Text: d.Title + " " + text, Remedy: "shorten the names that stand in it, or choose another role.policy"}
}
