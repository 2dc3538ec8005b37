package amazonml

import (
	"strings"

	"onramp/internal/answers"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// Ids of the resources.
const (
	idBucket    = "staging-bucket"
	idRole      = "role"
	idManaged   = "role-managed-policy"
	idPolicy    = "role-policy"
	idPrincipal = "who-passes"
	idPass      = "pass-policy"
)

// Names of the inline policies.
const (
	rolePolicyName = "amazon-ml"
	passPolicyName = "amazon-ml-pass-role"
)

// builder gathers the plan. Each method adds what one step of the document asks for.
type builder struct {
	a     answers.Set
	t     plan.Target
	plan  plan.Plan
	owner string
	acc   access
}

// build makes the plan. It is total: what the answers do not say yet is left out or stays empty, and the caller's
// problems tell.
func build(a answers.Set, t plan.Target) plan.Plan {
	t.Account, t.Region = answered(t.Account, "account"), answered(t.Region, "region")
	b := &builder{a: a, t: t, owner: name + "." + a.Text("source.cluster")}
	b.plan = plan.Plan{Guide: name, Title: title, Owner: b.owner, Target: t, Warnings: standing.Warnings()}
	b.acc = access{
		target: t, cluster: answered(a.Text("source.cluster"), "cluster"), bucket: answered(a.Text("source.bucket"), "bucket"), prefix: a.Text("source.prefix"),
	}
	if !b.eligible() {
		return b.plan
	}
	b.bucket()
	b.role()
	b.permissions()
	b.pass()
	b.judge()
	b.finish()
	return b.plan
}

// answered is an answer, or what stands for it in the preview: a plan that holds it has problems.
func answered(answer, what string) string {
	if answer == "" {
		return "<" + what + ">"
	}
	return answer
}

// eligible ends the guide for whoever cannot use the service, and keeps those who only read from applying.
func (b *builder) eligible() bool {
	switch b.text("service.use") {
	case "yes":
		return true
	case "export":
		b.plan.ExportOnly = &answers.Problem{
			Key: "service.use", Value: "export", Text: "these answers say that the plan is only written down",
			Remedy: "answer service.use with yes if the account already uses Amazon ML, or use onramp export " + name,
		}
		return true
	}
	b.problem("service.use", "Amazon Machine Learning accepts no new users, so the guide ends here",
		"use the guide redshift-ml, or answer service.use with yes if the account already uses Amazon ML, or with export to read the plan")
	return false
}

func (b *builder) text(key string) string { return b.a.Text(key) }

func (b *builder) add(place, id string, spec plan.Spec, needs ...string) {
	b.plan.Resources = append(b.plan.Resources, plan.Resource{ID: id, Spec: spec, Needs: needs, Place: place})
}

// part adds what is a part of the role.
func (b *builder) part(place, id string, spec plan.Spec) {
	b.add(place, id, spec, idRole)
	b.plan.Resources[len(b.plan.Resources)-1].Within = idRole
}

func (b *builder) warn(rule, on, text, remedy, key, value string) {
	b.plan.Warnings = append(b.plan.Warnings, plan.Warning{Rule: rule, On: on, Text: text, Remedy: remedy, Fix: fix(key, value)})
}

// fix is the answer that makes a warning go away; nil: none does.
func fix(key, value string) map[string]string {
	if key == "" {
		return nil
	}
	return map[string]string{key: value}
}

func (b *builder) problem(key, text, remedy string) {
	v := b.a.Get(key)
	b.plan.Problems = append(b.plan.Problems, answers.Problem{
		Key: key, Value: answers.Short(answers.Format(v.Data)), Line: v.Line, Text: text, Remedy: remedy,
	})
}

func (b *builder) tags() []kind.Tag { return kind.Tags(b.owner, idRole) }

// bucket is only looked at: a role that may write into a bucket by its name would write into somebody else's, had the
// account none of the name.
func (b *builder) bucket() {
	if name := b.text("source.bucket"); name != "" {
		b.add("", idBucket, kind.ExistingBucket{BucketName: name, Account: b.t.Account, Region: b.t.Region})
	}
}

// role comes with its trust: the document attaches the trust policy after the permissions, and the API wants it when
// the role is made.
func (b *builder) role() {
	if b.text("role.name") == "" {
		return
	}
	b.add("M4", idRole, kind.Role{
		Path: "/", RoleName: b.text("role.name"), Description: "Amazon ML: exports from Redshift cluster " + b.acc.cluster + " to " + b.acc.bucket,
		Trust: plan.Document{
			Name: "trust", Title: "Trust policy of " + b.text("role.name"), Kind: policy.Trust, Policy: b.acc.trustPolicy(b.a.Bool("trust.conditions")),
		},
		Boundary: b.text("role.permissions-boundary"), Tags: b.tags(),
	})
	b.probe()
}

// probe has verify ask IAM whether the role may do what the service needs of it: let itself into the cluster's network,
// and use the staging bucket.
func (b *builder) probe() {
	arn := b.t.RoleARN("/", b.text("role.name"))
	for _, p := range []struct {
		title     string
		actions   []string
		resources string
	}{
		{"the role may let Amazon ML reach the cluster", []string{"ec2:AuthorizeSecurityGroupIngress", "ec2:CreateSecurityGroup", "redshift:DescribeClusters"}, "*"},
		{"the role may change the cluster", []string{"redshift:ModifyCluster"}, b.t.ARN("redshift", "cluster:"+b.acc.cluster)},
		{"the role may write and read the results", []string{"s3:PutObject", "s3:GetObject"}, b.t.BucketARN(b.acc.bucket + "/" + b.acc.prefix + "any")},
		{"the role may give the service a bucket policy", []string{"s3:GetBucketPolicy", "s3:PutBucketPolicy"}, b.t.BucketARN(b.acc.bucket)},
	} {
		b.plan.Probes = append(b.plan.Probes, kind.MayDo(idRole, p.title, arn, p.actions, []string{p.resources}))
	}
}

func (b *builder) permissions() {
	if b.text("role.name") == "" {
		return
	}
	var statements []policy.Statement
	switch b.text("permissions.choice") {
	case "managed":
		b.part("M7", idManaged, kind.Attachment{
			RoleName: b.text("role.name"), PolicyARN: b.t.ManagedPolicyARN(managedPath + managed), Title: managed, RoleTags: b.tags(),
		})
	case "document":
		statements = []policy.Statement{documented()}
	case "scoped":
		statements = b.acc.scoped()
	}
	if b.a.Bool("permissions.extra") {
		statements = append(statements, b.acc.extra()...)
	}
	if len(statements) == 0 {
		return
	}
	b.part("C1", idPolicy, kind.InlinePolicy{
		RoleName: b.text("role.name"), PolicyName: rolePolicyName, RoleTags: b.tags(),
		Document: plan.Document{Name: "permissions", Title: "Permissions of " + b.text("role.name"), Kind: policy.Identity, Policy: document(statements...)},
	})
}

// passer is who may pass the role; false: nobody, or not answered yet.
func (b *builder) passer() (kind.Principal, bool) {
	to := b.text("pass.to")
	p := kind.Principal{Type: kind.PrincipalType(to), Name: b.text("pass." + to)}
	return p, to != "" && to != "nobody" && p.Name != ""
}

func (b *builder) pass() {
	who, given := b.passer()
	if !given || b.text("role.name") == "" {
		return
	}
	resource := b.t.RoleARN("/", b.text("role.name"))
	if b.text("pass.resource") == "any" {
		resource = "*"
	}
	b.add("C3", idPrincipal, kind.ExistingPrincipal{Of: who})
	b.add("C3", idPass, kind.PrincipalPolicy{
		Of: who, PolicyName: passPolicyName,
		Document: plan.Document{Name: "pass", Title: "Policy of " + who.Label() + " to pass the role", Kind: policy.Identity, Policy: passPolicy(resource)},
	}, idPrincipal, idRole)
}

func (b *builder) finish() {
	for i, r := range b.plan.Resources {
		b.plan.Resources[i].Needs = plan.Needs(r)
	}
	ordered, err := plan.Order(b.plan.Resources)
	if err != nil {
		panic(err) // a mistake of this package, and its tests build every combination
	}
	b.plan.Resources = ordered
	b.plan.Probes = append(b.plan.Probes, kind.NothingBeside(b.plan)...)
}

// reaches says that AWS's managed policy lets the role use the bucket.
func (b *builder) reaches() bool { return strings.HasPrefix(b.text("source.bucket"), managedPrefix) }
