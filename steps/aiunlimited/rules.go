package aiunlimited

import (
	"fmt"
	"strings"

	"onramp/internal/answers"
	"onramp/internal/awsname"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

func (b *builder) problem(key, text, remedy string) {
	v := b.a.Get(key)
	b.plan.Problems = append(b.plan.Problems, answers.Problem{
		Key: key, Value: answers.Short(answers.Format(v.Data)), Line: v.Line, Text: text, Remedy: remedy,
	})
}

func (b *builder) warn(rule, on, text, remedy, key, value string) {
	w := plan.Warning{Rule: rule, On: on, Text: text, Remedy: remedy}
	if key != "" {
		w.Fix = map[string]string{key: value}
	}
	b.plan.Warnings = append(b.plan.Warnings, w)
}

// judge finds what is wrong between answers, and what deserves a warning.
func (b *builder) judge() {
	b.judgeSource()
	b.judgeNames()
	b.judgePlaces()
	b.judgeBalancer()
	b.judgeNetwork()
	b.judgeManager()
	b.judgeEngine()
	b.judgeDocuments()
}

// judgeSource refuses the one combination of the decision table that cannot be.
func (b *builder) judgeSource() {
	if b.text("manager.source") == "stack" && b.supplied() {
		b.problem("manager.source", "the template gives the role that it makes the right to create roles, always: no parameter takes it away",
			"answer manager.source with new or existing, or service.creates-roles with true")
	}
}

// judgeNames: names of roles and of policies are unique in an account whatever their case (IAM User Guide, IAM
// identifiers).
func (b *builder) judgeNames() {
	m, haveManager := b.managerRole()
	e, haveEngine := b.engineRole()
	if haveManager && haveEngine && strings.EqualFold(m.name, e.name) {
		b.problem("engine.name", "is the manager's role, and the engine needs another: its nodes would have all the rights of the manager", "give another name")
	}
	own := b.withSession() && haveManager && b.text("access.session-policy") != "aws" // a policy for Session Manager is made
	if b.text("policies.attach") == "inline" {
		b.inlineName("manager.policy", own)
		b.inlineName("engine.policy", own && haveEngine && b.a.Bool("access.engine-session"))
		return
	}
	used := map[string]string{}
	if own {
		used[sessionName] = "the policy for Session Manager"
	}
	for _, key := range []string{"manager.policy", "engine.policy"} {
		name := strings.ToLower(b.text(key))
		if other := used[name]; other != "" && name != "" {
			b.problem(key, "is the name of "+other+", too", "give another name")
		}
		used[name] = "the manager's policy"
	}
}

// inlineName: an inline policy of the name of another one of its role would take its place.
func (b *builder) inlineName(key string, session bool) {
	if session && strings.EqualFold(b.text(key), sessionName) {
		b.problem(key, "is the name of the policy for Session Manager, too", "give another name")
	}
}

// judgePlaces: no role reaches into another partition, and no boundary out of its account.
func (b *builder) judgePlaces() {
	for _, r := range b.a.List("engine.regions") {
		if p := awsname.Partition(r); p != b.t.Partition && b.text("region") != "" {
			b.problem("engine.regions", fmt.Sprintf("%s is in partition %s, and the manager in %s: no role reaches from one into the other", r, p, b.t.Partition), "name regions of "+b.t.Partition)
		}
	}
	for _, key := range []string{"manager.permissions-boundary", "engine.permissions-boundary"} {
		if reason, remedy := awsname.Boundary(b.text(key), b.t.Partition, b.t.Account); reason != "" {
			b.problem(key, reason, remedy)
		}
	}
}

// forALB are the rights that whoever deployed the withdrawn template needed beside all others (its resources:
// AWS::CertificateManager::Certificate, AWS::Route53::RecordSetGroup).
const forALB = "acm:RequestCertificate, acm:DescribeCertificate and acm:DeleteCertificate for its certificate, and route53:GetHostedZone, route53:ListHostedZones, " +
	"route53:ChangeResourceRecordSets, route53:ListResourceRecordSets and route53:GetChange for its name"

func (b *builder) judgeBalancer() {
	if b.text("load-balancer.kind") == "application" {
		b.problem("load-balancer.kind", "the template with an application load balancer was withdrawn on 2024-10-30; the document and the finished page still name it. Whoever deployed it needed "+forALB,
			"answer load-balancer.kind with network or none")
	}
	if b.text("load-balancer.kind") == "network" && b.text("network.source") == "security-group" {
		b.problem("network.source", "with the network load balancer a security group leaves the rules of its groups without a source", "answer network.source with cidr or prefix-list")
	}
}

func (b *builder) judgeNetwork() {
	zone := b.text("network.availability-zone")
	if rest, in := strings.CutPrefix(zone, b.t.Region); zone != "" && b.text("region") != "" && (!in || '0' <= rest[0] && rest[0] <= '9') {
		b.problem("network.availability-zone", "is not in region "+b.t.Region, "name the availability zone of the subnet")
	}
	if strings.HasSuffix(b.text("network.cidr"), "/0") {
		b.warn("open-to-everyone", "stack", "the whole internet may connect to the manager's ports", "name the addresses of those who use it in network.cidr", "", "")
	}
}

// judgeManager says what both samples open: as a fact of the role that is made here, and of the template's.
func (b *builder) judgeManager() {
	const opens = "whoever controls the manager can rewrite and use any role of the account: its policy allows iam:PassRole, iam:PutRolePolicy and ec2:RunInstances on everything"
	boundary := b.text("manager.permissions-boundary")
	doubt, own, another := "", "", ""
	if awsname.BoundaryOfAWS(boundary) {
		doubt, own, another = "; whether its boundary, which AWS manages, takes that away is not known here", " of your own", " a policy of your own"
	}
	switch {
	case b.a.Bool("manager.narrow"):
		b.warn("untried-policy", idManagerDoc, "the narrowed policy differs from the sample, and nobody has tried it with the product", "deploy an engine to see that it is enough, before anything relies on it", "", "")
	case boundary != "" && doubt == "":
		b.mustBound()
	case b.supplied():
		b.warn("manager-uses-any-role", idManagerDoc, opens+", which the sample for accounts without the creation of roles does, too"+doubt,
			"answer manager.narrow with true, or put a permissions boundary"+own+" on the role", "manager.narrow", "true")
	case b.text("manager.source") == "existing":
		b.warn("manager-uses-any-role", idManagerDoc, opens, "put a permissions boundary on the role, or answer service.creates-roles with false and manager.narrow with true", "", "")
	default:
		b.warn("manager-uses-any-role", b.onManager(), opens+doubt, "give manager.permissions-boundary"+another+", or answer service.creates-roles with false and manager.narrow with true", "", "")
	}
}

// mustBound says what a boundary has to do about what both samples open: nobody reads it here. The sample holds no
// iam:AttachRolePolicy, but a boundary that forgets it helps only as long as nobody puts it to the role.
func (b *builder) mustBound() {
	roles := "all roles but the engine's"
	if !b.supplied() {
		roles = "all roles but those that the service creates, and iam:CreateRole without the condition iam:PermissionsBoundary"
	}
	b.warn("boundary-must-bound", b.onManager(),
		"the manager's policy allows iam:PassRole and iam:PutRolePolicy on every role, and what its boundary says is not looked at: it helps only if it takes them away",
		"see that the boundary denies iam:PassRole, iam:PutRolePolicy and iam:AttachRolePolicy, or allows them under a condition only, on "+roles, "", "")
}

// onManager is what a remark on the manager's rights is about.
func (b *builder) onManager() string {
	if b.text("manager.source") == "stack" {
		return "manager.source"
	}
	return idManagerDoc
}

func (b *builder) judgeEngine() {
	e, given := b.engineRole()
	switch {
	case !given:
	case e.there:
		b.warn("trust-not-documented", idEngine, "no page says who must be able to assume the engine's role, so that of "+e.name+" is not looked at", "see that it trusts "+ec2+", as the engine's nodes are instances", "", "")
	default:
		b.warn("trust-not-documented", idEngine, "no page says who assumes the engine's role: it is made for "+ec2+", since the engine's nodes are instances", "deploy an engine to see that it can, before anything relies on it", "", "")
	}
}

// judgeDocuments checks grammar and sizes as IAM does, and lints.
func (b *builder) judgeDocuments() {
	complete := b.text("account") != "" && b.text("region") != ""
	for _, d := range b.plan.Documents() {
		if complete {
			for _, err := range policy.Validate(d.Policy, d.Kind) {
				b.plan.Problems = append(b.plan.Problems, answers.Problem{Text: d.Title + " " + err.Error(), Remedy: "shorten the names that stand in it"})
			}
		}
		if most, size := b.limit(d), d.Policy.Size(); size > most {
			b.plan.Problems = append(b.plan.Problems, answers.Problem{Key: "engine.regions", Text: fmt.Sprintf("%s has %d characters, and AWS takes %d", d.Title, size, most), Remedy: "name fewer regions"})
		}
		for _, f := range policy.Lint(d.Policy, d.Kind) {
			b.finding(d, f)
		}
	}
}

// finding warns of what a lint has found. What judgeManager says in full, and what EC2 has no condition for, is not said
// again.
func (b *builder) finding(d plan.NamedDocument, f policy.Finding) {
	if d.Kind == policy.Trust || f.Rule == rulePass {
		return
	}
	b.warn(f.Rule, d.Resource, d.Title+": "+f.Text, "the sample names no resources; a permissions boundary on the role bounds it all the same", "", "")
}

// rulePass is the lint's on iam:PassRole without a service.
const rulePass = "pass-role-without-service"

func (b *builder) limit(d plan.NamedDocument) int {
	switch {
	case d.Kind == policy.Trust:
		return policy.MaxTrust
	case b.text("policies.attach") == "inline":
		return policy.MaxInlineRole - sessionPolicy().Size()
	}
	return policy.MaxManaged
}
