package terraform

import (
	"slices"

	"onramp/internal/kind"
)

// VPC implements kind.Visitor. The VPC is somebody else's. Its DNS attributes are switched on before Terraform
// runs: without them an endpoint can have no private name, and the provider sets them only on a VPC that it owns.
func (m *module) VPC(v kind.VPC) {
	name := m.name(m.label+"_id", rule{
		about: "Id of the VPC of the warehouse.", message: "The id of a VPC is vpc- and 8 or 17 hexadecimal digits.",
		condition: `can(regex("^vpc-([0-9a-f]{8}|[0-9a-f]{17})$", %[1]s))`,
	}, v.VPCID)
	m.title()
	m.dataBlock("aws_vpc").expr("id", "%s", name)
	m.output(m.label+"_id", "Id of the VPC.", "data.aws_vpc.%s.id", m.label)
	m.sooner()
}

func (m *module) vpc(id string) expr {
	if at := m.names.vpcs[id]; at != "" {
		return expression("%s.id", at)
	}
	return m.literal(id)
}

// SecurityGroup implements kind.Visitor. The provider takes away the rule by which a new group lets everything
// out, which AWS gives it, so the rule is a resource here.
func (m *module) SecurityGroup(g kind.SecurityGroup) {
	name := m.name(m.label+"_name", rule{about: "Name of the security group: unique in its VPC."}, g.GroupName)
	m.title()
	b := m.resourceBlock("aws_security_group")
	b.expr("name", "%s", name)
	b.literal("description", g.Description)
	b.set("vpc_id", m.vpc(g.VPCID))
	b.tags(g.Tags)
	b.strangers(name, g.GroupName, "security group")
	const call = "AuthorizeSecurityGroupIngress"
	port, _ := m.sent(call, "IpPermissions", "FromPort").(int)
	why, _ := m.sent(call, "IpPermissions", "IpRanges", "Description").(string)
	in := m.resourceBlock("aws_vpc_security_group_ingress_rule")
	in.expr("security_group_id", "%s.id", b.address)
	in.literal("description", why)
	in.text("cidr_ipv4", g.CIDR)
	in.literal("ip_protocol", "tcp")
	in.set("from_port", number(port))
	in.set("to_port", number(port))
	out := m.resourceBlock("aws_vpc_security_group_egress_rule")
	out.expr("security_group_id", "%s.id", b.address)
	out.literal("cidr_ipv4", anywhere)
	out.literal("ip_protocol", "-1")
	m.output(m.label+"_id", "Id of the security group.", "%s.id", b.address)
	m.takeOverGroup(g, name, b.address, port, in, out)
}

const anywhere = "0.0.0.0/0"

// GatewayEndpoint implements kind.Visitor. One that is there already may be anybody's, and is used: what it
// lacks is given to it by post.sh.
func (m *module) GatewayEndpoint(e kind.GatewayEndpoint) {
	if m.usesEndpoint() {
		return
	}
	tables := m.ids(m.label+"_route_table_ids", "rtb", "Route tables of the warehouse's subnets.", e.RouteTables)
	m.title()
	b := m.resourceBlock("aws_vpc_endpoint")
	b.set("vpc_id", m.vpc(e.VPCID))
	b.literal("vpc_endpoint_type", "Gateway")
	b.text("service_name", e.Service)
	b.expr("route_table_ids", "%s", tables)
	b.tags(e.Tags)
	m.output(m.label+"_id", "Id of the endpoint.", "%s.id", b.address)
}

// usesEndpoint leaves an endpoint that is there as it is.
func (m *module) usesEndpoint() bool {
	if !m.exists(m.of) {
		return false
	}
	m.letGo(m.of.Spec.Label(), "aws_vpc_endpoint."+m.label)
	m.later(m.of)
	return true
}

// EndpointService implements kind.Visitor. Names differ between partitions, so the name is looked up.
func (m *module) EndpointService(s kind.EndpointService) {
	m.title()
	d := m.dataBlock("aws_vpc_endpoint_service")
	d.literal("service_type", "Interface")
	filter := d.nest("filter")
	filter.literal("name", "service-name")
	filter.set("values", m.literals([]string{"*" + s.Suffix}))
}

// InterfaceEndpoint implements kind.Visitor.
func (m *module) InterfaceEndpoint(e kind.InterfaceEndpoint) {
	if m.usesEndpoint() {
		return
	}
	subnets := m.ids(m.label+"_subnet_ids", "subnet", "Subnets of the endpoint, one for each availability zone.", e.Subnets)
	m.title()
	b := m.resourceBlock("aws_vpc_endpoint")
	b.set("vpc_id", m.vpc(e.VPCID))
	b.literal("vpc_endpoint_type", "Interface")
	b.text("service_name", e.Service)
	b.expr("subnet_ids", "%s", subnets)
	b.texts("security_group_ids", e.SecurityGroups)
	b.set("private_dns_enabled", yes(true))
	b.tags(e.Tags)
	if at := m.names.vpcs[e.VPCID]; at != "" {
		b.insists("precondition", "The VPC resolves no private names yet: run pre.sh first.", "%[1]s.enable_dns_support && %[1]s.enable_dns_hostnames", at)
	}
	m.output(m.label+"_id", "Id of the endpoint.", "%s.id", b.address)
}

// identifier is the rule for clusters.
var identifier = rule{
	about: "Identifier of the cluster.", message: "A cluster's identifier has 1 to 63 lower-case letters, digits and hyphens, begins with a letter, and has no hyphen at its end.",
	condition: `can(regex("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", %[1]s))`,
}

// Cluster implements kind.Visitor. The roles that it is made with are never looked at again, so that nothing
// detaches the ones that others attach. A cluster that is there already is never taken over: what it holds would
// hang on a module.
func (m *module) Cluster(c kind.Cluster) {
	if m.exists(m.of) {
		m.letGo(c.Label(), "aws_redshift_cluster."+m.label)
		m.cluster(c.Identifier)
		return
	}
	name := m.name(m.label+"_identifier", identifier, c.Identifier)
	nodeType := m.name(m.label+"_node_type", rule{about: "Node type of the cluster."}, c.NodeType)
	nodes := m.variable(m.label+"_nodes", rule{
		of: "number", about: "Number of nodes.", message: "A cluster has 1 to 100 nodes.", condition: "%[1]s >= 1 && %[1]s <= 100 && floor(%[1]s) == %[1]s",
	}, number(c.Nodes))
	m.title()
	b := m.resourceBlock("aws_redshift_cluster")
	b.expr("cluster_identifier", "%s", name)
	b.expr("node_type", "%s", nodeType)
	b.expr("cluster_type", `%s > 1 ? "multi-node" : "single-node"`, nodes)
	b.expr("number_of_nodes", "%s", nodes)
	b.literal("database_name", c.Database)
	b.literal("master_username", c.AdminUser)
	b.set("manage_master_password", yes(true))
	b.literal("cluster_subnet_group_name", c.SubnetGroup)
	b.texts("iam_roles", c.RoleARNs)
	b.text("default_iam_role_arn", c.DefaultRole)
	if m.names.routed[c.Identifier] {
		b.set("enhanced_vpc_routing", yes(true))
	}
	b.set("encrypted", yes(true))
	b.set("publicly_accessible", yes(false))
	b.set("skip_final_snapshot", yes(false))
	b.expr("final_snapshot_identifier", `"${%s}-final"`, name)
	b.tags(c.Tags)
	b.dependsOn(m.ready(c)...)
	b.nest("lifecycle").expr("ignore_changes", "[iam_roles, default_iam_role_arn]")
	m.shows(m.output(m.label+"_identifier", "Identifier of the cluster.", "%s.cluster_identifier", b.address), c.Identifier)
}

// ready are the addresses of what must be there before a cluster: what its roles may do, and the endpoints that
// its routing needs.
func (m *module) ready(c kind.Cluster) []string {
	needs := slices.Clone(m.of.Needs)
	for _, r := range m.plan.Resources {
		if routing, is := r.Spec.(kind.ClusterRouting); is && routing.Identifier == c.Identifier {
			needs = append(needs, r.Needs...)
		}
	}
	var out []string
	for _, id := range needs {
		if at := m.names.addresses[id]; at != "" && id != m.of.ID && !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	return out
}

// cluster is a cluster that is there.
func (m *module) cluster(id string) {
	if _, made := m.names.made[id]; !made {
		m.warehouse("cluster "+id, "aws_redshift_cluster", "cluster_identifier", identifier, id)
	}
}

func (m *module) namespace(id string) {
	m.warehouse("namespace "+id, "aws_redshiftserverless_namespace", "namespace_name", rule{
		about: "Name of the serverless namespace.", message: "A namespace's name has 3 to 64 lower-case letters, digits and hyphens.",
		condition: `can(regex("^[a-z0-9-]{3,64}$", %[1]s))`,
	}, id)
}

func (m *module) workgroup(id string) {
	m.warehouse("workgroup "+id, "aws_redshiftserverless_workgroup", "workgroup_name", rule{
		about: "Name of the serverless workgroup.", message: "A workgroup's name has 3 to 63 lower-case letters, digits and hyphens.",
		condition: `can(regex("^[a-z0-9-]{3,63}$", %[1]s))`,
	}, id)
}

// warehouse adds the data source of something that is there, once.
func (m *module) warehouse(key, of, attribute string, r rule, id string) {
	if id == "" || m.warehouses[key] {
		return
	}
	m.warehouses[key] = true
	name := m.name(attribute, r, id)
	m.heading(m.main, "The "+key+", which is there already")
	label := m.unique(of + ".warehouse")[len(of)+1:]
	m.in(m.main, "data", of, label).expr(attribute, "%s", name)
	m.shows(m.output(attribute, r.about, "data.%s.%s.%s", of, label, attribute), id)
}

// ClusterRoles implements kind.Visitor. aws_redshift_cluster_iam_roles would detach every role that it does not
// list, so that roles are attached by post.sh, which only adds; the default role likewise.
func (m *module) ClusterRoles(c kind.ClusterRoles) {
	if made, is := m.names.made[c.Identifier]; is && contains(made, c) {
		return // the cluster is made with them
	}
	m.cluster(c.Identifier)
	m.later(m.of)
}

func contains(made kind.Cluster, c kind.ClusterRoles) bool {
	for _, arn := range c.RoleARNs {
		if !slices.Contains(made.RoleARNs, arn) {
			return false
		}
	}
	return c.DefaultRole == "" || c.DefaultRole == made.DefaultRole
}

// ClusterRouting implements kind.Visitor.
func (m *module) ClusterRouting(c kind.ClusterRouting) {
	if _, made := m.names.made[c.Identifier]; made {
		return // the cluster is made with it
	}
	m.cluster(c.Identifier)
	m.later(m.of)
}

// NamespaceRoles implements kind.Visitor. The provider would have to own the namespace, and its list of roles.
func (m *module) NamespaceRoles(n kind.NamespaceRoles) {
	m.namespace(n.Namespace)
	m.later(m.of)
}

// WorkgroupRouting implements kind.Visitor.
func (m *module) WorkgroupRouting(w kind.WorkgroupRouting) {
	m.workgroup(w.Workgroup)
	m.later(m.of)
}

// SQL implements kind.Visitor. aws_redshiftdata_statement runs a statement once and looks at nothing, so that
// CREATE GROUP fails where the group is there; post.sh looks first.
func (m *module) SQL(s kind.SQL) {
	m.cluster(s.Connection.Cluster)
	m.workgroup(s.Connection.Workgroup)
	m.later(m.of)
}
