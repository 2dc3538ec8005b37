package aiunlimited

import (
	"onramp/internal/answers"
	"onramp/internal/kind"
	"onramp/internal/plan"
	"onramp/internal/policy"
)

// Ids of the resources.
const (
	idManager     = "manager-role"
	idManagerDoc  = "manager-policy"
	idManagerSSM  = "manager-session-policy"
	idProfile     = "manager-instance-profile"
	idEngine      = "engine-role"
	idEngineDoc   = "engine-policy"
	idEngineSSM   = "engine-session-policy"
	idSession     = "session-policy"
	idKeyPair     = "key-pair"
	attached      = "-attached" // what attaches a managed policy, after the policy's id
	sessionName   = "ai-unlimited-session-manager"
	sessionOfAWS  = "AmazonSSMManagedInstanceCore"
	sessionSample = "session-manager.json"
)

// builder gathers the plan.
type builder struct {
	a       answers.Set
	t       plan.Target
	plan    plan.Plan
	owner   string
	regions []string // of the engine
}

// build makes the plan. It is total: what the answers do not say yet is left out or stays empty, and the caller's
// problems tell.
func build(a answers.Set, t plan.Target) plan.Plan {
	t.Account, t.Region = answered(t.Account, "account"), answered(t.Region, "region")
	b := &builder{a: a, t: t, owner: name + "." + a.Text("stack.name"), regions: a.List("engine.regions")}
	if len(b.regions) == 0 {
		b.regions = []string{t.Region}
	}
	b.plan = plan.Plan{Guide: name, Title: title, Owner: b.owner, Target: t, Warnings: standing.Warnings()}
	if b.text("manager.source") != "stack" {
		b.manager()
	}
	if b.supplied() {
		b.engine()
	}
	b.session()
	b.keyPair()
	b.judge()
	b.stack()
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

func (b *builder) text(key string) string { return b.a.Text(key) }

// supplied says that the engine's role is supplied: the service may create none.
func (b *builder) supplied() bool { return !b.a.Bool("service.creates-roles") }

func (b *builder) add(place, id string, spec plan.Spec, needs ...string) {
	b.plan.Resources = append(b.plan.Resources, plan.Resource{ID: id, Spec: spec, Needs: needs, Place: place})
}

// part adds what is a part of something.
func (b *builder) part(place, id, of string, spec plan.Spec, needs ...string) {
	b.add(place, id, spec, append(needs, of)...)
	b.plan.Resources[len(b.plan.Resources)-1].Within = of
}

func (b *builder) tags(id string) []kind.Tag { return kind.Tags(b.owner, id) }

// role is one of the two roles: where its policies go.
type role struct {
	place, id, name string
	there           bool // it exists already
}

// tags are the role's, by which its policies know whose it is; nil: it is somebody else's.
func (b *builder) roleTags(r role) []kind.Tag {
	if r.there {
		return nil
	}
	return b.tags(r.id)
}

func (b *builder) managerRole() (role, bool) {
	r := role{"4", idManager, b.text("manager.name"), b.text("manager.source") == "existing"}
	return r, r.name != "" && b.text("manager.source") != "stack"
}

func (b *builder) engineRole() (role, bool) {
	r := role{"5", idEngine, b.text("engine.name"), b.text("engine.source") == "existing"}
	return r, r.name != "" && b.supplied()
}

// make adds a role, or what looks at one that is there. trusted says whether it must let instances assume it.
func (b *builder) make(r role, description, boundary string, trusted bool) {
	trusts := plan.Document{Name: "trust", Title: "Trust policy of " + r.name, Kind: policy.Trust, Policy: trust()}
	if trusted {
		trusts.Source = "the role in the templates of Teradata/ai-unlimited at commit " + upstream
	}
	if !r.there {
		b.add(r.place, r.id, kind.Role{Path: "/", RoleName: r.name, Description: description, Trust: trusts, Boundary: boundary, Tags: b.tags(r.id)})
		return
	}
	existing := kind.ExistingPrincipal{Of: kind.Principal{Type: kind.RoleType, Name: r.name}}
	if trusted {
		trusts.Title = "What the trust policy of " + r.name + " must hold"
		existing.Trusted, existing.Trust = ec2, trusts
	}
	b.add(r.place, r.id, existing)
}

// give puts a policy on a role: attached, or inline.
func (b *builder) give(r role, id, policyName, description string, d plan.Document) {
	if policyName == "" {
		return
	}
	if b.text("policies.attach") == "inline" {
		b.part(r.place, id, r.id, b.inline(r, policyName, d))
		return
	}
	b.managed(r.place, id, policyName, description, d)
	b.attach(r, id+attached, id, policyName, b.t.GlobalARN("iam", "policy/"+policyName))
}

func (b *builder) inline(r role, policyName string, d plan.Document) plan.Spec {
	if r.there {
		return kind.PrincipalPolicy{Of: kind.Principal{Type: kind.RoleType, Name: r.name}, PolicyName: policyName, Document: d}
	}
	return kind.InlinePolicy{RoleName: r.name, PolicyName: policyName, Document: d, RoleTags: b.tags(r.id)}
}

func (b *builder) managed(place, id, policyName, description string, d plan.Document) {
	b.add(place, id, kind.ManagedPolicy{
		ID: id, Path: "/", PolicyName: policyName, Description: description, Account: b.t.Account, Partition: b.t.Partition, Document: d, Tags: b.tags(id),
	})
}

// attach attaches a policy, of the plan's where of is not empty.
func (b *builder) attach(r role, id, of, policyName, arn string) {
	var needs []string
	if of != "" {
		needs = []string{of}
	}
	b.part(r.place, id, r.id, kind.Attachment{RoleName: r.name, PolicyARN: arn, Title: policyName, RoleTags: b.roleTags(r)}, needs...)
}

func (b *builder) manager() {
	r, given := b.managerRole()
	if !given {
		return
	}
	b.make(r, "AI Unlimited: the manager's instance", b.text("manager.permissions-boundary"), true)
	var engine []string
	if e, supplied := b.engineRole(); supplied && b.a.Bool("manager.narrow") {
		engine = b.roleARNs(e)
	}
	says, from := managerPolicy(!b.supplied(), engine)
	b.give(r, idManagerDoc, b.text("manager.policy"), "AI Unlimited: what the manager may do", plan.Document{
		Name: "permissions", Title: "What the manager may do", Kind: policy.Identity, Policy: says, Source: from,
	})
	if b.a.Bool("manager.instance-profile") {
		b.part("4", idProfile, idManager, kind.InstanceProfile{ProfileName: r.name, RoleName: r.name, Tags: b.tags(idProfile)})
	}
	b.probe(r, "the manager may start instances and keep secrets", []string{"ec2:RunInstances", "ec2:CreateLaunchTemplate", "secretsmanager:CreateSecret"}, "*")
	if !b.supplied() {
		b.probe(r, "the manager may create roles", []string{"iam:CreateRole"}, "*")
	}
}

// roleARNs are the ARNs that a role may have. Nobody knows here under which path a role is that is there already; names
// are unique in an account whatever the path, so that two patterns name one role.
func (b *builder) roleARNs(r role) []string {
	if !r.there {
		return []string{b.t.RoleARN("/", r.name)}
	}
	return []string{b.t.RoleARN("/", r.name), b.t.RoleARN("/*/", r.name)}
}

func (b *builder) engine() {
	r, given := b.engineRole()
	if !given {
		return
	}
	b.make(r, "AI Unlimited: the nodes of engines", b.text("engine.permissions-boundary"), false)
	b.give(r, idEngineDoc, b.text("engine.policy"), "AI Unlimited: what the nodes of engines may do", plan.Document{
		Name: "permissions", Title: "What the engine may do", Kind: policy.Identity, Policy: enginePolicy(b.t, b.regions),
		Source: sample("ai-unlimited-engine.json") + ", with regions and account filled in",
	})
	t := b.t
	t.Region = b.regions[0]
	b.probe(r, "the engine may read its secrets", []string{"secretsmanager:GetSecretValue"}, t.ARN("secretsmanager", "secret:compute-engine/any"))
}

// probe has verify ask IAM whether a role may do what it is for: a boundary can take away what its policies give.
func (b *builder) probe(r role, title string, actions []string, resource string) {
	arn := b.t.RoleARN("/", r.name)
	if r.there { // its path is not known here
		return
	}
	b.plan.Probes = append(b.plan.Probes, kind.MayDo(r.id, title, arn, actions, []string{resource}))
}

// session puts the policy for Session Manager on the roles that are not the template's.
func (b *builder) session() {
	m, given := b.managerRole()
	if !b.withSession() || !given {
		return
	}
	roles := map[string]role{idManagerSSM: m}
	ids := []string{idManagerSSM}
	if e, supplied := b.engineRole(); supplied && b.a.Bool("access.engine-session") {
		roles[idEngineSSM], ids = e, append(ids, idEngineSSM)
	}
	d := plan.Document{Name: "permissions", Title: "What Session Manager needs", Kind: policy.Identity, Policy: sessionPolicy(), Source: sample(sessionSample)}
	ofAWS, inline := b.text("access.session-policy") == "aws", b.text("policies.attach") == "inline"
	if !ofAWS && !inline {
		b.managed("7", idSession, sessionName, "AI Unlimited: sessions through Systems Manager", d)
	}
	for _, id := range ids {
		r := roles[id]
		r.place = "7"
		switch {
		case ofAWS:
			b.attach(r, id, "", sessionOfAWS, b.t.ManagedPolicyARN(sessionOfAWS))
		case inline:
			b.part("7", id, r.id, b.inline(r, sessionName, d))
		default:
			b.attach(r, id, idSession, sessionName, b.t.GlobalARN("iam", "policy/"+sessionName))
		}
	}
}

func (b *builder) withSession() bool { return b.accessIs("session-manager") }

func (b *builder) accessIs(kind string) bool {
	return b.text("access.kind") == kind || b.text("access.kind") == "both"
}

func (b *builder) keyPair() {
	keyName := b.text("access.key-name")
	if !b.accessIs("key-pair") || keyName == "" {
		return
	}
	if b.text("access.key") == "import" {
		if b.text("access.public-key") != "" {
			b.add("7", idKeyPair, kind.KeyPair{KeyName: keyName, PublicKey: b.text("access.public-key"), Tags: b.tags(idKeyPair)})
		}
		return
	}
	b.add("7", idKeyPair, kind.ExistingKeyPair{KeyName: keyName})
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
	if len(ordered) > 0 {
		b.plan.Costs = append(b.plan.Costs, plan.Note{On: name, Text: "roles, policies and key pairs cost nothing"})
	}
	b.plan.Costs = append(b.plan.Costs, plan.Note{On: "stack", Text: "the stack's instance, volumes and load balancer are billed as long as they are there, and engines as long as they run"})
}
