package amazonml

import (
	"fmt"
	"strings"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// judge finds what is wrong between answers, and what deserves a warning.
func (b *builder) judge() {
	b.judgePermissions()
	b.judgePasser()
	if reason, remedy := awsname.Boundary(b.text("role.permissions-boundary"), b.t.Partition, b.t.Account); reason != "" {
		b.problem("role.permissions-boundary", reason, remedy)
	}
	b.judgeDocuments()
}

func (b *builder) judgePermissions() {
	switch b.text("permissions.choice") {
	case "managed":
		if b.text("source.bucket") != "" && !b.reaches() {
			b.problem("permissions.choice", "the managed policy reaches only buckets whose names begin with "+managedPrefix+", so the role could not use "+b.text("source.bucket"),
				"answer permissions.choice with scoped, or name another source.bucket")
		}
	case "document":
		b.warn("retired-policy", idPolicy, "the document's policy is word for word AmazonMachineLearningRoleforRedshiftDataSource, which AWS has retired: it opens every bucket of the account",
			"answer permissions.choice with scoped", "permissions.choice", "scoped")
	case "scoped":
		b.warn("untried-policy", idPolicy, "no AWS page prints the scoped policy, and nobody has tried it against the service",
			"create a datasource to see that it is enough, before anything relies on it", "", "")
	}
}

func (b *builder) judgePasser() {
	who, given := b.passer()
	if !given {
		return
	}
	if who.Type == kind.RoleType && strings.EqualFold(who.Name, b.text("role.name")) {
		b.problem("pass.role", "is the role that is passed: it would pass itself", "name the role of those who create datasources, or answer pass.to with nobody")
	}
}

// judgeDocuments checks grammar and sizes as IAM does, and lints.
func (b *builder) judgeDocuments() {
	complete := b.complete()
	for _, d := range b.plan.Documents() {
		if complete {
			for _, err := range policy.Validate(d.Policy, d.Kind) {
				b.plan.Problems = append(b.plan.Problems, problemOf(d, err.Error()))
			}
		}
		if most, size := b.limit(d), d.Policy.Size(); size > most {
			b.plan.Problems = append(b.plan.Problems, problemOf(d, fmt.Sprintf("has %d characters, and AWS takes %d", size, most)))
		}
		for _, f := range policy.Lint(d.Policy, d.Kind) {
			b.finding(d, f)
		}
	}
}

// rulePass is the lint's on iam:PassRole without a service.
const rulePass = "pass-role-without-service"

// finding warns of what a lint has found, with the answer that makes it go away where there is one.
func (b *builder) finding(d plan.NamedDocument, f policy.Finding) {
	remedy, key, value := f.Remedy, "", ""
	switch {
	case d.Kind == policy.Trust:
		remedy, key, value = "answer trust.conditions with true", "trust.conditions", "true"
	case d.Resource == idPass && f.Rule != rulePass && b.text("pass.resource") == "any":
		remedy, key, value = "answer pass.resource with role", "pass.resource", "role"
	case d.Resource == idPass:
		remedy = "no AWS page says which service a condition on iam:PassedToService would have to name here"
	case b.text("permissions.choice") == "document":
		remedy, key, value = "answer permissions.choice with scoped", "permissions.choice", "scoped"
	case d.Resource == idPolicy:
		remedy = "no version of AWS's policy names resources for these either"
	}
	b.warn(f.Rule, d.Resource, d.Title+": "+f.Text, remedy, key, value)
}

// complete says that the answers which stand in documents are all there.
func (b *builder) complete() bool {
	for _, key := range []string{"account", "region", "role.name", "source.cluster", "source.bucket"} {
		if b.text(key) == "" {
			return false
		}
	}
	return true
}

func (b *builder) limit(d plan.NamedDocument) int {
	who, _ := b.passer()
	switch {
	case d.Kind == policy.Trust:
		return policy.MaxTrust
	case d.Resource == idPass:
		return who.Type.MaxInline()
	}
	return policy.MaxInlineRole
}

func problemOf(d plan.NamedDocument, text string) answers.Problem {
	return answers.Problem{Text: d.Title + " " + text, Remedy: "shorten the names that stand in it"}
}
