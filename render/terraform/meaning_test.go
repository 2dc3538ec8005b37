package terraform

import (
	"slices"
	"strings"
	"testing"

	"onramp/internal/kind"
	"onramp/internal/modelcheck/plantest"
	"onramp/internal/plan"
	"onramp/internal/testenv"
	"onramp/render"
)

// wanted is what a module must say of a plan: the attributes of every resource, and the values that data sources
// and references have. It is read from the kinds, and shares nothing with what writes the module.
type wanted struct {
	t          testing.TB
	plan       plan.Plan
	label      string
	resources  map[string]any
	attributes map[string]string
	left       []string // ids of what the scripts do
}

// want reads a plan.
func want(t testing.TB, p plan.Plan) *wanted {
	w := &wanted{t: t, plan: p, resources: map[string]any{}, attributes: map[string]string{}}
	for _, r := range p.Resources {
		w.label = strings.ReplaceAll(r.ID, "-", "_")
		r.Spec.(kind.Spec).Accept(w.of(r))
	}
	return w
}

// wantedOf is the resource that is being read.
type wantedOf struct {
	*wanted
	id string
}

func (w *wanted) of(r plan.Resource) wantedOf { return wantedOf{w, r.ID} }

// has says that a resource has attributes, given as names and values in turn.
func (w wantedOf) has(of string, pairs ...any) {
	address := of + "." + w.label
	w.resources[address] = true
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" && pairs[i+1] != nil {
			w.resources[address+": "+pairs[i].(string)] = pairs[i+1]
		}
	}
}

// is says that an attribute has a value that others refer to.
func (w wantedOf) is(of, attribute, value string) {
	w.attributes[of+"."+w.label+"."+attribute] = value
}

func tagsOf(tags []kind.Tag) any {
	if len(tags) == 0 {
		return nil
	}
	out := map[string]any{}
	for _, t := range tags {
		out[t.Key] = t.Value
	}
	return out
}

func texts(list []string) any {
	if len(list) == 0 {
		return nil
	}
	out := []any{}
	for _, s := range list {
		out = append(out, s)
	}
	return out
}

func (w wantedOf) document(d plan.Document) any {
	return decoded(w.t, d.Policy.Compact())
}

func (w wantedOf) ref(output string) string { return plan.Ref{Resource: w.id, Output: output}.String() }

func (w wantedOf) Role(r kind.Role) {
	w.has("aws_iam_role", "name", r.RoleName, "path", r.Path, "description", r.Description, "permissions_boundary", r.Boundary,
		"assume_role_policy", w.document(r.Trust), "tags", tagsOf(r.Tags))
	w.is("aws_iam_role", "arn", w.plan.Target.RoleARN(r.Path, r.RoleName))
	w.is("aws_iam_role", "name", r.RoleName)
}

func (w wantedOf) Attachment(a kind.Attachment) {
	w.has("aws_iam_role_policy_attachment", "role", a.RoleName, "policy_arn", a.PolicyARN)
}

func (w wantedOf) InlinePolicy(p kind.InlinePolicy) {
	w.has("aws_iam_role_policy", "name", p.PolicyName, "role", p.RoleName, "policy", w.document(p.Document))
}

func (w wantedOf) ExistingPrincipal(e kind.ExistingPrincipal) {
	w.is("data.aws_iam_"+string(e.Of.Type), map[kind.PrincipalType]string{kind.User: "user_name", kind.Group: "group_name", kind.RoleType: "name"}[e.Of.Type], e.Of.Name)
	if e.Trusted != "" {
		w.left = append(w.left, w.id)
	}
}

func (w wantedOf) ManagedPolicy(p kind.ManagedPolicy) {
	w.is("aws_iam_policy", "arn", p.ARN(w.plan.Target))
	w.has("aws_iam_policy", "name", p.PolicyName, "path", p.Path, "description", p.Description, "policy", w.document(p.Document), "tags", tagsOf(p.Tags))
}

func (w wantedOf) InstanceProfile(p kind.InstanceProfile) {
	w.has("aws_iam_instance_profile", "name", p.ProfileName, "role", p.RoleName, "tags", tagsOf(p.Tags))
}

func (w wantedOf) KeyPair(k kind.KeyPair) {
	w.has("aws_key_pair", "key_name", k.KeyName, "public_key", k.PublicKey, "tags", tagsOf(k.Tags))
}

func (w wantedOf) ExistingKeyPair(kind.ExistingKeyPair) {}

func (w wantedOf) PrincipalPolicy(p kind.PrincipalPolicy) {
	w.has("aws_iam_"+string(p.Of.Type)+"_policy", "name", p.PolicyName, string(p.Of.Type), p.Of.Name, "policy", w.document(p.Document))
}

func (w wantedOf) Bucket(b kind.Bucket) {
	w.is("aws_s3_bucket", "arn", w.plan.Target.BucketARN(b.BucketName))
	w.is("aws_s3_bucket", "bucket", b.BucketName)
	w.is("aws_s3_bucket", "id", b.BucketName)
	w.has("aws_s3_bucket", "bucket", b.BucketName, "tags", tagsOf(b.Tags))
	w.has("aws_s3_bucket_ownership_controls", "bucket", b.BucketName, "rule.object_ownership", "BucketOwnerEnforced")
	w.has("aws_s3_bucket_public_access_block", "bucket", b.BucketName,
		"block_public_acls", true, "block_public_policy", true, "ignore_public_acls", true, "restrict_public_buckets", true)
	const byDefault = "rule.apply_server_side_encryption_by_default."
	encryption := []any{"bucket", b.BucketName, byDefault + "sse_algorithm", "AES256"}
	if b.KeyARN != "" {
		encryption = []any{"bucket", b.BucketName, "rule.bucket_key_enabled", true, byDefault + "sse_algorithm", "aws:kms", byDefault + "kms_master_key_id", b.KeyARN}
	}
	w.has("aws_s3_bucket_server_side_encryption_configuration", encryption...)
	w.has("aws_s3_bucket_policy", "bucket", b.BucketName, "policy", w.document(b.Policy))
	w.has("aws_s3_bucket_lifecycle_configuration", "bucket", b.BucketName, "rule.id", kind.AbortRule, "rule.status", "Enabled",
		"rule.abort_incomplete_multipart_upload.days_after_initiation", 7)
	w.resources["aws_s3_bucket_lifecycle_configuration."+w.label+": rule.filter.prefix"] = ""
}

func (w wantedOf) ExistingBucket(b kind.ExistingBucket) {
	w.is("data.aws_s3_bucket", "arn", w.plan.Target.BucketARN(b.BucketName))
	w.is("data.aws_s3_bucket", "bucket", b.BucketName)
}

func (w wantedOf) Key(k kind.Key) {
	w.is("aws_kms_key", "arn", w.ref(kind.KeyARN))
	w.is("aws_kms_key", "key_id", w.ref(kind.KeyID))
	w.has("aws_kms_key", "description", k.Description, "enable_key_rotation", true, "deletion_window_in_days", 30, "tags", tagsOf(k.Marks()))
	w.has("aws_kms_alias", "name", "alias/"+k.Alias, "target_key_id", w.ref(kind.KeyID))
}

func (w wantedOf) ExistingKey(k kind.ExistingKey) {
	arn := w.ref(kind.KeyARN)
	if !strings.Contains(k.KeyRef, "alias/") {
		arn = k.KeyRef
	}
	if !strings.HasPrefix(k.KeyRef, "arn:") && !strings.Contains(k.KeyRef, "alias/") {
		arn = w.plan.Target.ARN("kms", "key/"+k.KeyRef)
	}
	w.is("data.aws_kms_key", "arn", arn)
	w.is("data.aws_kms_key", "id", w.ref(kind.KeyID))
}

func (w wantedOf) VPC(v kind.VPC) {
	w.is("data.aws_vpc", "id", v.VPCID)
	w.is("data.aws_vpc", "cidr_block", w.ref(kind.VPCCIDR))
	w.left = append(w.left, w.id)
}

func (w wantedOf) SecurityGroup(g kind.SecurityGroup) {
	id := w.ref(kind.GroupID)
	w.is("aws_security_group", "id", id)
	w.has("aws_security_group", "name", g.GroupName, "description", g.Description, "vpc_id", g.VPCID, "tags", tagsOf(g.Tags))
	w.has("aws_vpc_security_group_ingress_rule", "security_group_id", id, "description", "HTTPS from the VPC", "cidr_ipv4", g.CIDR,
		"ip_protocol", "tcp", "from_port", 443, "to_port", 443)
	w.has("aws_vpc_security_group_egress_rule", "security_group_id", id, "cidr_ipv4", "0.0.0.0/0", "ip_protocol", "-1")
}

func (w wantedOf) GatewayEndpoint(e kind.GatewayEndpoint) {
	w.is("aws_vpc_endpoint", "id", w.id)
	w.has("aws_vpc_endpoint", "vpc_id", e.VPCID, "vpc_endpoint_type", "Gateway", "service_name", e.Service, "route_table_ids", texts(e.RouteTables), "tags", tagsOf(e.Tags))
}

func (w wantedOf) EndpointService(s kind.EndpointService) {
	w.is("data.aws_vpc_endpoint_service", "service_name", w.ref(kind.ServiceName))
}

func (w wantedOf) InterfaceEndpoint(e kind.InterfaceEndpoint) {
	w.is("aws_vpc_endpoint", "id", w.id)
	w.has("aws_vpc_endpoint", "vpc_id", e.VPCID, "vpc_endpoint_type", "Interface", "service_name", e.Service, "subnet_ids", texts(e.Subnets),
		"security_group_ids", texts(e.SecurityGroups), "private_dns_enabled", true, "tags", tagsOf(e.Tags))
}

func (w wantedOf) Cluster(c kind.Cluster) {
	w.is("aws_redshift_cluster", "cluster_identifier", c.Identifier)
	var routed any
	for _, r := range w.plan.Resources {
		if routing, is := r.Spec.(kind.ClusterRouting); is && routing.Identifier == c.Identifier {
			routed = true
		}
	}
	of := map[bool]string{true: "multi-node", false: "single-node"}[c.Nodes > 1]
	w.has("aws_redshift_cluster", "cluster_identifier", c.Identifier, "node_type", c.NodeType, "cluster_type", of, "number_of_nodes", c.Nodes,
		"database_name", c.Database, "master_username", c.AdminUser, "manage_master_password", true, "cluster_subnet_group_name", c.SubnetGroup,
		"iam_roles", texts(c.RoleARNs), "default_iam_role_arn", c.DefaultRole, "enhanced_vpc_routing", routed, "encrypted", true,
		"publicly_accessible", false, "skip_final_snapshot", false, "final_snapshot_identifier", c.Identifier+"-final", "tags", tagsOf(c.Tags))
}

func (w wantedOf) ClusterRoles(c kind.ClusterRoles) {
	made := w.cluster(c.Identifier)
	if made == nil || c.DefaultRole != "" && c.DefaultRole != made.DefaultRole {
		w.left = append(w.left, w.id)
		return
	}
	for _, arn := range c.RoleARNs {
		if !slices.Contains(made.RoleARNs, arn) {
			w.left = append(w.left, w.id)
			return
		}
	}
}

func (w wantedOf) ClusterRouting(c kind.ClusterRouting) {
	if w.cluster(c.Identifier) == nil {
		w.left = append(w.left, w.id)
	}
}

func (w wantedOf) cluster(identifier string) *kind.Cluster {
	for _, r := range w.plan.Resources {
		if c, is := r.Spec.(kind.Cluster); is && c.Identifier == identifier {
			return &c
		}
	}
	return nil
}

func (w wantedOf) NamespaceRoles(kind.NamespaceRoles)     { w.left = append(w.left, w.id) }
func (w wantedOf) WorkgroupRouting(kind.WorkgroupRouting) { w.left = append(w.left, w.id) }
func (w wantedOf) SQL(kind.SQL)                           { w.left = append(w.left, w.id) }

// means compares a module with its plan, both ways: nothing is missing, and nothing is there that the plan does
// not say.
func means(t testing.TB, p plan.Plan) parsed {
	t.Helper()
	return filesMean(t, p, moduleOf(t, p, nil))
}

func filesMean(t testing.TB, p plan.Plan, files map[string]render.File) parsed {
	t.Helper()
	w := want(t, p)
	module := read(t, files, w.attributes)
	for _, line := range difference(module.settings(t, "resource"), w.resources) {
		t.Error(line)
	}
	module.own(t)
	return module
}

func TestModulesMeanTheirPlans(t *testing.T) {
	for name, file := range answersFiles(t) {
		t.Run(name, func(t *testing.T) { means(t, planOf(t, file, "")).valid(t) })
	}
	sample := testenv.OneOf(t, 37)
	for name, p := range plantest.All() {
		if sample.Takes() {
			t.Run(name, func(t *testing.T) { means(t, p).valid(t) })
		}
	}
}

// valid says that the variables are described and cannot be null, and judges their defaults by their own conditions.
func (p parsed) valid(t testing.TB) {
	t.Helper()
	for _, b := range p.bodies["variables.tf"].Blocks {
		for _, name := range []string{"description", "type", "default", "nullable"} {
			if b.Body.Attributes[name] == nil {
				t.Errorf("variable %s has no %s", b.Labels[0], name)
			}
		}
		for _, v := range b.Body.Blocks {
			if p.value(t, v.Body.Attributes["condition"].Expr).False() {
				t.Errorf("the default of %s is not valid", b.Labels[0])
			}
		}
	}
}
