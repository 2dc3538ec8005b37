package picture

import (
	"slices"
	"strings"

	"onramp/internal/kind"
	"onramp/internal/plan"
)

// This file has the place of every kind of resource.

// Role implements kind.Visitor.
func (b *builder) Role(r kind.Role) {
	i := b.node("role "+b.plan.Target.RoleARN(r.Path, r.RoleName), Node{Place: Way, Kind: "IAM role", Name: r.RoleName})
	b.at["role "+r.RoleName] = i
	if !slices.Contains(b.roles, i) {
		b.roles = append(b.roles, i)
	}
	b.mark(i)
	var services []string
	for _, s := range r.Trust.Policy.Statements {
		for _, principal := range s.Principal.Services {
			name, _, _ := strings.Cut(principal, ".")
			services = append(services, name)
		}
	}
	if len(services) > 0 {
		b.note(i, "trusts "+strings.Join(services, ", "))
	}
	if r.Boundary != "" {
		b.note(i, "bounded by "+last(r.Boundary))
	}
}

// last is what an ARN ends in: the name.
func last(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// role is the node of a role by its ARN or name; one that is not the plan's is drawn all the same.
func (b *builder) role(ref string) int {
	return b.node("role "+ref, Node{Place: Way, Kind: "IAM role", Name: last(ref)})
}

// Attachment implements kind.Visitor.
func (b *builder) Attachment(a kind.Attachment) {
	i := b.role(a.RoleName)
	b.mark(i)
	b.note(i, a.Title)
	if own, made := b.owned[a.PolicyARN]; made {
		b.grants[i] = append(b.grants[i], own...)
		return
	}
	if _, known := Managed(a.PolicyARN); !known {
		to := b.node("policy "+a.PolicyARN, Node{Place: Reached, Kind: "Whatever it allows", Name: a.Title, Broad: true, rank: rankBroad})
		b.edge(i, to, "may do", true)
		return
	}
	b.grants[i] = append(b.grants[i], managed[last(a.PolicyARN)].statements...)
	b.say("AWS keeps its managed policies, and may change what they allow")
}

// InlinePolicy implements kind.Visitor.
func (b *builder) InlinePolicy(p kind.InlinePolicy) {
	i := b.role(p.RoleName)
	b.mark(i)
	for _, s := range p.Document.Policy.Statements {
		b.grants[i] = append(b.grants[i], statementOf(s))
	}
}

// principal is the node of a user, group or role that acts, and was there before the plan.
func (b *builder) principal(p kind.Principal) int {
	return b.node(string(p.Type)+" principal "+p.Name, Node{Place: Who, Kind: "IAM " + string(p.Type), Name: p.Name, Notes: []string{"is there already"}})
}

// ExistingPrincipal implements kind.Visitor. A role that a service is to assume is a way, and all others act.
func (b *builder) ExistingPrincipal(e kind.ExistingPrincipal) {
	if e.Trusted == "" {
		b.mark(b.principal(e.Of))
		return
	}
	i := b.role(e.Of.Name)
	b.roles = append(b.roles, i)
	b.mark(i)
	b.note(i, "is there already")
}

// PrincipalPolicy implements kind.Visitor. A role that a service assumes reaches what it allows. What it lets others pass
// on are roles, which may come later in the plan.
func (b *builder) PrincipalPolicy(p kind.PrincipalPolicy) {
	if way, is := b.at["role "+p.Of.Name]; is && p.Of.Type == kind.RoleType {
		b.mark(way)
		b.note(way, "gets policy "+p.PolicyName)
		for _, s := range p.Document.Policy.Statements {
			b.grants[way] = append(b.grants[way], statementOf(s))
		}
		return
	}
	i := b.principal(p.Of)
	b.mark(i)
	b.note(i, "gets policy "+p.PolicyName)
	for _, s := range p.Document.Policy.Statements {
		b.passes[i] = append(b.passes[i], statementOf(s))
	}
}

// ManagedPolicy implements kind.Visitor. What it allows is drawn where it is attached.
func (b *builder) ManagedPolicy(p kind.ManagedPolicy) {
	for _, s := range p.Document.Policy.Statements {
		b.owned[p.ARN(b.plan.Target)] = append(b.owned[p.ARN(b.plan.Target)], statementOf(s))
	}
}

// InstanceProfile implements kind.Visitor.
func (b *builder) InstanceProfile(p kind.InstanceProfile) {
	b.note(b.role(p.RoleName), "for instances, in profile "+p.ProfileName)
}

// KeyPair implements kind.Visitor.
func (b *builder) KeyPair(k kind.KeyPair) { b.keyPair(k.KeyName, "its public key is imported") }

// ExistingKeyPair implements kind.Visitor.
func (b *builder) ExistingKeyPair(k kind.ExistingKeyPair) {
	b.keyPair(k.KeyName, "is there, used as it is")
}

func (b *builder) keyPair(name, note string) {
	b.mark(b.node("key pair "+name, Node{Place: Who, Kind: "Holder of key pair", Name: name, Notes: []string{note}}))
}

func (b *builder) bucket(name string, notes ...string) {
	i := b.node("bucket "+name, Node{Place: Reached, Kind: "S3 bucket", Name: name, Notes: notes})
	b.mark(i)
}

// Bucket implements kind.Visitor.
func (b *builder) Bucket(k kind.Bucket) {
	encrypted := "encrypted by S3"
	if k.KeyARN != "" {
		encrypted = "encrypted by the key"
	}
	b.bucket(k.BucketName, "closed to the public", encrypted)
}

// ExistingBucket implements kind.Visitor.
func (b *builder) ExistingBucket(k kind.ExistingBucket) {
	b.bucket(k.BucketName, "is there, used as it is")
}

// Key implements kind.Visitor.
func (b *builder) Key(k kind.Key) {
	b.mark(b.node("key "+plan.Ref{Resource: k.ID, Output: kind.KeyARN}.String(),
		Node{Place: Reached, Kind: "KMS key", Name: k.Name(), Notes: []string{"rotated every year"}, rank: rankKey}))
}

// ExistingKey implements kind.Visitor.
func (b *builder) ExistingKey(k kind.ExistingKey) {
	i := b.node("key "+k.KeyRef, Node{Place: Reached, Kind: "KMS key", Name: k.KeyRef, Notes: []string{"is there, used as it is"}, rank: rankKey})
	b.at["key "+plan.Ref{Resource: b.now.ID, Output: kind.KeyARN}.String()] = i
	b.at["key "+b.plan.Target.ARN("kms", "key/"+k.KeyRef)] = i
	b.mark(i)
}

// VPC implements kind.Visitor.
func (b *builder) VPC(v kind.VPC) { b.graph.VPC = v.VPCID }

// SecurityGroup implements kind.Visitor.
func (b *builder) SecurityGroup(kind.SecurityGroup) { b.admits = true }

func (b *builder) endpoint(name string, n Node) {
	n.Place, n.Network, n.rank = Way, true, rankLast
	i := b.node(name, n)
	b.endpoints = append(b.endpoints, i)
	b.mark(i)
}

// GatewayEndpoint implements kind.Visitor.
func (b *builder) GatewayEndpoint(e kind.GatewayEndpoint) {
	b.graph.VPC = e.VPCID
	b.endpoint("gateway "+e.VPCID+" "+e.Service, Node{Kind: "Gateway endpoint", Name: "S3"})
}

// EndpointService implements kind.Visitor. Its name is only looked up.
func (b *builder) EndpointService(kind.EndpointService) {}

// InterfaceEndpoint implements kind.Visitor.
func (b *builder) InterfaceEndpoint(e kind.InterfaceEndpoint) {
	b.graph.VPC = e.VPCID
	n := Node{Kind: "Interface endpoint", Name: e.Title}
	if b.admits {
		n.Notes = []string{"HTTPS from the VPC only"}
	}
	b.endpoint("interface "+e.VPCID+" "+e.Title, n)
}

func (b *builder) warehouse(key, label, name string) int {
	i := b.node(key, Node{Place: Warehouse, Kind: label, Name: name})
	b.mark(i)
	return i
}

func (b *builder) cluster(id string) int { return b.warehouse("cluster "+id, "Redshift cluster", id) }

// takes draws the roles that a warehouse takes.
func (b *builder) takes(warehouse int, arns []string, byDefault string) {
	for _, arn := range arns {
		i := b.role(arn)
		b.edge(warehouse, i, "assumes", false)
		if arn == byDefault {
			b.note(i, "default role")
		}
	}
}

// Cluster implements kind.Visitor.
func (b *builder) Cluster(c kind.Cluster) {
	i := b.cluster(c.Identifier)
	b.note(i, "database "+c.Database)
	b.takes(i, c.RoleARNs, c.DefaultRole)
}

// ClusterRoles implements kind.Visitor.
func (b *builder) ClusterRoles(c kind.ClusterRoles) {
	b.takes(b.cluster(c.Identifier), c.RoleARNs, c.DefaultRole)
}

// ClusterRouting implements kind.Visitor.
func (b *builder) ClusterRouting(c kind.ClusterRouting) {
	b.note(b.cluster(c.Identifier), "enhanced VPC routing")
	b.routed = true
}

// NamespaceRoles implements kind.Visitor.
func (b *builder) NamespaceRoles(n kind.NamespaceRoles) {
	b.takes(b.warehouse("namespace "+n.Namespace, "Redshift Serverless", n.Namespace), n.RoleARNs, n.DefaultRole)
}

// WorkgroupRouting implements kind.Visitor. A workgroup computes for a namespace, which is drawn where it is in the plan.
func (b *builder) WorkgroupRouting(w kind.WorkgroupRouting) {
	i, ok := b.theWarehouse()
	if !ok {
		i = b.node("workgroup "+w.Workgroup, Node{Place: Warehouse, Kind: "Redshift Serverless", Name: w.Workgroup})
	}
	b.mark(i)
	b.note(i, "enhanced VPC routing")
	b.routed = true
}

// SQL implements kind.Visitor. What it says is read from the plan's statements, which are there without it, too.
func (b *builder) SQL(s kind.SQL) {
	if i, ok := b.theWarehouse(); ok {
		b.note(i, "database "+s.Database)
	}
}

// theWarehouse is the first that is drawn: a plan has one.
func (b *builder) theWarehouse() (int, bool) {
	i := slices.IndexFunc(b.graph.Nodes, func(n Node) bool { return n.Place == Warehouse })
	return i, i >= 0
}
