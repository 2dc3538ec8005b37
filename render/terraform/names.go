package terraform

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"onramp/internal/kind"
	"onramp/internal/plan"
)

// names knows what the texts of a plan are called in the module: the label of each resource, the attribute that
// an output is, and the attributes that stand for texts which the plan has put together itself, such as the
// ARN of a role. So a name that is changed by a variable changes wherever the plan says it.
type names struct {
	labels     map[string]string // by id
	addresses  map[string]string // of what is made, by id: "aws_iam_role.role"
	outputs    map[plan.Ref]expr
	values     []value
	roles      map[string]string         // address by name
	vpcs       map[string]string         // address by id
	principals map[kind.Principal]string // address of the data source
	made       map[string]kind.Cluster   // the clusters that are made, by identifier
	routed     map[string]bool           // identifiers of clusters that get enhanced VPC routing

	of     plan.Resource // being named
	chosen bool          // regions are named by choice: none of them is the module's
	exists func(plan.Resource) bool
	target plan.Target
}

// value is a text for which pieces stand, of which one is an expression.
type value struct {
	text    string
	pieces  []piece
	address string // of what the expression is an attribute of; "" : a variable
	bounds  func(before, after byte) bool
	region  bool // the text is the plan's region
}

// id is what an id of a plan looks like where a label can be made of it.
var id = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)
})

// nameAll names everything before anything is written: a resource may be referred to by one before it.
func nameAll(p plan.Plan, exists func(plan.Resource) bool) (*names, error) {
	n := &names{
		labels: map[string]string{}, addresses: map[string]string{}, outputs: map[plan.Ref]expr{},
		roles: map[string]string{}, vpcs: map[string]string{}, principals: map[kind.Principal]string{}, made: map[string]kind.Cluster{}, routed: map[string]bool{},
		exists: exists, target: p.Target,
	}
	n.values = append(n.values, value{text: p.Target.Region, pieces: []piece{{expr: expression("var.region")}}, bounds: regionEnds, region: true})
	for _, r := range p.Resources {
		if !id().MatchString(r.ID) {
			return n, fmt.Errorf("%q is no id that a label can be made of: it must begin with a letter, and have letters, digits and hyphens", r.ID)
		}
		n.labels[r.ID] = strings.ReplaceAll(r.ID, "-", "_")
		if spec, ok := r.Spec.(kind.Spec); ok {
			n.of = r
			spec.Accept(n)
		}
	}
	return n, nil
}

// address is the address of the resource that is being named, in a type of the provider.
func (n *names) address(kind string) string { return kind + "." + n.labels[n.of.ID] }

func (n *names) output(name, attribute string) {
	n.outputs[plan.Ref{Resource: n.of.ID, Output: name}] = expression("%s", attribute)
}

func (n *names) stands(text, address string, bounds func(before, after byte) bool) {
	n.values = append(n.values, value{text: text, pieces: []piece{{expr: expression("%s.arn", address)}}, address: address, bounds: bounds})
}

// Role implements kind.Visitor.
func (n *names) Role(r kind.Role) {
	at := n.address("aws_iam_role")
	n.addresses[n.of.ID], n.roles[r.RoleName] = at, at
	n.stands(n.target.RoleARN(r.Path, r.RoleName), at, roleEnds)
}

// Attachment implements kind.Visitor.
func (n *names) Attachment(kind.Attachment) {
	n.addresses[n.of.ID] = n.address("aws_iam_role_policy_attachment")
}

// InlinePolicy implements kind.Visitor.
func (n *names) InlinePolicy(kind.InlinePolicy) {
	n.addresses[n.of.ID] = n.address("aws_iam_role_policy")
}

// ExistingPrincipal implements kind.Visitor. Where the plan names a role that is there by ARN, it names it under every
// path, since it does not know the role's; so does the module.
func (n *names) ExistingPrincipal(e kind.ExistingPrincipal) {
	at := n.address("data.aws_iam_" + string(e.Of.Type))
	n.principals[e.Of] = at
	if e.Of.Type != kind.RoleType {
		return
	}
	for _, path := range []string{"/", "/*/"} {
		n.values = append(n.values, value{
			text: n.target.RoleARN(path, e.Of.Name), address: at, bounds: roleEnds,
			pieces: []piece{{text: n.target.RoleARN(path, "")}, {expr: expression("%s.name", at)}},
		})
	}
}

// ManagedPolicy implements kind.Visitor.
func (n *names) ManagedPolicy(p kind.ManagedPolicy) {
	n.addresses[n.of.ID] = n.address("aws_iam_policy")
	n.stands(p.ARN(n.target), n.addresses[n.of.ID], roleEnds)
}

// InstanceProfile implements kind.Visitor.
func (n *names) InstanceProfile(kind.InstanceProfile) {
	n.addresses[n.of.ID] = n.address("aws_iam_instance_profile")
}

// KeyPair implements kind.Visitor.
func (n *names) KeyPair(kind.KeyPair) { n.addresses[n.of.ID] = n.address("aws_key_pair") }

// ExistingKeyPair implements kind.Visitor. Nothing in the module refers to it.
func (*names) ExistingKeyPair(kind.ExistingKeyPair) {}

// PrincipalPolicy implements kind.Visitor.
func (n *names) PrincipalPolicy(p kind.PrincipalPolicy) {
	n.addresses[n.of.ID] = n.address("aws_iam_" + string(p.Of.Type) + "_policy")
}

// Bucket implements kind.Visitor.
func (n *names) Bucket(b kind.Bucket) {
	n.addresses[n.of.ID] = n.address("aws_s3_bucket")
	n.stands(n.target.BucketARN(b.BucketName), n.address("aws_s3_bucket"), bucketEnds)
}

// ExistingBucket implements kind.Visitor.
func (n *names) ExistingBucket(b kind.ExistingBucket) {
	n.stands(n.target.BucketARN(b.BucketName), n.address("data.aws_s3_bucket"), bucketEnds)
}

// Key implements kind.Visitor.
func (n *names) Key(kind.Key) {
	at := n.address("aws_kms_key")
	n.addresses[n.of.ID] = n.address("aws_kms_alias")
	n.output(kind.KeyARN, at+".arn")
	n.output(kind.KeyID, at+".key_id")
}

// ExistingKey implements kind.Visitor. Where the plan knows the key's ARN, it says it as a text.
func (n *names) ExistingKey(k kind.ExistingKey) {
	at := n.address("data.aws_kms_key")
	n.output(kind.KeyARN, at+".arn")
	n.output(kind.KeyID, at+".id")
	arn := k.KeyRef
	if !strings.HasPrefix(arn, "arn:") {
		arn = n.target.ARN("kms", "key/"+k.KeyRef)
	}
	if !strings.Contains(k.KeyRef, "alias/") {
		n.stands(arn, at, keyEnds)
	}
}

// VPC implements kind.Visitor.
func (n *names) VPC(v kind.VPC) {
	at := n.address("data.aws_vpc")
	n.vpcs[v.VPCID] = at
	n.output(kind.VPCCIDR, at+".cidr_block")
}

// SecurityGroup implements kind.Visitor.
func (n *names) SecurityGroup(kind.SecurityGroup) {
	n.addresses[n.of.ID] = n.address("aws_security_group")
	n.output(kind.GroupID, n.addresses[n.of.ID]+".id")
}

// GatewayEndpoint implements kind.Visitor.
func (n *names) GatewayEndpoint(kind.GatewayEndpoint) { n.endpoint() }

// InterfaceEndpoint implements kind.Visitor.
func (n *names) InterfaceEndpoint(kind.InterfaceEndpoint) { n.endpoint() }

func (n *names) endpoint() {
	if !n.exists(n.of) {
		n.addresses[n.of.ID] = n.address("aws_vpc_endpoint")
	}
}

// EndpointService implements kind.Visitor.
func (n *names) EndpointService(kind.EndpointService) {
	n.output(kind.ServiceName, n.address("data.aws_vpc_endpoint_service")+".service_name")
}

// Cluster implements kind.Visitor.
func (n *names) Cluster(c kind.Cluster) {
	if !n.exists(n.of) {
		n.addresses[n.of.ID] = n.address("aws_redshift_cluster")
		n.made[c.Identifier] = c
	}
}

// ClusterRouting implements kind.Visitor.
func (n *names) ClusterRouting(c kind.ClusterRouting) { n.routed[c.Identifier] = true }

// What has no value that anything in the module refers to.

// ClusterRoles implements kind.Visitor.
func (*names) ClusterRoles(kind.ClusterRoles) {}

// NamespaceRoles implements kind.Visitor.
func (*names) NamespaceRoles(kind.NamespaceRoles) {}

// WorkgroupRouting implements kind.Visitor.
func (*names) WorkgroupRouting(kind.WorkgroupRouting) {}

// SQL implements kind.Visitor.
func (*names) SQL(kind.SQL) {}

// Ends of values: a longer name that begins with the same letters is another one. A zero byte is the end of the text.

func roleEnds(_, after byte) bool { return !wordByte(after, "+=,.@_/-") }

func bucketEnds(_, after byte) bool { return !wordByte(after, ".-") }

func keyEnds(_, after byte) bool { return !wordByte(after, "-") }

func regionEnds(before, after byte) bool {
	return strings.IndexByte(":.\x00", before) >= 0 && strings.IndexByte(":.\x00", after) >= 0
}

func wordByte(b byte, more string) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b != 0 && strings.IndexByte(more, b) >= 0
}

// text writes a text of the plan for a block whose own address is given: nothing refers to itself.
func (n *names) text(text, own string) (expr, error) {
	var pieces []piece
	for _, p := range plan.Parts(text) {
		if !p.IsRef() {
			pieces = append(pieces, n.cut(p.Text, own)...)
			continue
		}
		expr, known := n.outputs[p.Ref]
		if !known {
			return "", fmt.Errorf("%w: %s of %s", errNoOutput, p.Ref.Output, p.Ref.Resource)
		}
		pieces = append(pieces, piece{expr: expr})
	}
	return template(pieces...)
}

var errNoOutput = errors.New("nothing in the plan gives this value")

// cut takes a text apart at the values that stand in it.
func (n *names) cut(text, own string) []piece {
	var pieces []piece
	rest := 0
	for i := 0; i < len(text); {
		v, found := n.at(text, i, own)
		if !found {
			i++
			continue
		}
		if i > rest {
			pieces = append(pieces, piece{text: text[rest:i]})
		}
		pieces = append(pieces, v.pieces...)
		i += len(v.text)
		rest = i
	}
	if rest < len(text) {
		pieces = append(pieces, piece{text: text[rest:]})
	}
	return pieces
}

// at finds the value that stands at one place of a text.
func (n *names) at(text string, i int, own string) (value, bool) {
	for _, v := range n.values {
		if v.text != "" && strings.HasPrefix(text[i:], v.text) && (v.address == "" || v.address != own) && !(v.region && n.chosen) &&
			v.bounds(byteAt(text, i-1), byteAt(text, i+len(v.text))) {
			return v, true
		}
	}
	return value{}, false
}

func byteAt(text string, i int) byte {
	if i < 0 || i >= len(text) {
		return 0
	}
	return text[i]
}
