package cloudformation

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"onramp/internal/kind"
)

// Cluster implements kind.Visitor. The default role is not CloudFormation's to set: the roles' script does.
func (t *template) Cluster(c kind.Cluster) {
	id := t.id()
	var routing *yaml.Node
	if t.routed[c.Identifier] { // it need not wait for the endpoints: nobody uses it before the stack is there
		routing = boolean(true)
	}
	identifier := t.clusterParameter(c.Identifier)
	nodes := t.add(parameter{name: "NumberOfNodes", kind: "Number", value: fmt.Sprint(c.Nodes), most: maxNodes, about: "Nodes of the cluster", group: groupCluster})
	nodeType := t.add(parameter{name: "NodeType", value: c.NodeType, pattern: nodeTypes, wants: "a node type such as ra3.large", about: "Node type of the cluster", group: groupCluster})
	subnets := t.add(parameter{
		name: "ClusterSubnetGroup", value: c.SubnetGroup, pattern: subnetGroups, optional: true, wants: "the name of a cluster subnet group, or nothing",
		about: "Cluster subnet group; empty: the account's default", group: groupCluster,
	})
	several := t.condition("HasSeveral"+nodes, short("!Not", short("!Equals", reference(nodes), scalar("1"))))
	t.resource(id, resource{kind: "AWS::Redshift::Cluster", keep: keepSnapshot, properties: t.properties(t.input("CreateCluster"), shape{
		names: map[string]string{"NumberOfNodes": "", "ClusterSubnetGroupName": "", "IamRoles": "", "DefaultIamRoleArn": ""},
		values: map[string]*yaml.Node{
			"ClusterIdentifier": reference(identifier), "NodeType": reference(nodeType),
			"ClusterType": pick(several, scalar("multi-node"), scalar("single-node")),
		},
		more: []any{
			"NumberOfNodes", optional(several, reference(nodes)), "ClusterSubnetGroupName", optional(t.given(subnets), reference(subnets)),
			"IamRoles", ifAny(t.roleARNs(c.RoleARNs)), "EnhancedVpcRouting", routing, "AutomatedSnapshotRetentionPeriod", integer(snapshotDays),
		},
	})})
}

// snapshotDays is what CreateCluster takes where nothing is said (Amazon Redshift API Reference). The template
// says it, because whoever reads a template asks.
const snapshotDays = 1

// clusterParameter is the parameter for the identifier of a cluster, and makes it an output.
func (t *template) clusterParameter(identifier string) string {
	name := t.add(parameter{
		name: "ClusterIdentifier", value: identifier, pattern: clusterNames, most: maxCluster, wants: "lower-case letters, digits and hyphens, a letter first",
		about: "Identifier of the Redshift cluster", group: groupCluster,
	})
	t.output(name, "Identifier of the cluster", value{ref(name)})
	return name
}

// ClusterRoles implements kind.Visitor. AWS::Redshift::Cluster takes roles and no default role, and
// of a cluster that is there already CloudFormation changes nothing.
func (t *template) ClusterRoles(c kind.ClusterRoles) {
	made, isNew := t.clusters[c.Identifier]
	missing := slices.ContainsFunc(c.RoleARNs, func(arn string) bool { return !slices.Contains(made.RoleARNs, arn) })
	if isNew && !missing && c.DefaultRole == "" {
		return
	}
	what := c.Label()
	if isNew && !missing {
		what = "default role of cluster " + c.Identifier
	}
	c.Identifier = fromStack(t.clusterParameter(c.Identifier))
	c.RoleARNs, c.DefaultRole = t.followAll(c.RoleARNs), t.follow(c.DefaultRole)
	t.leave(relabelled{c, "roles of the cluster"}, what)
}

// ClusterRouting implements kind.Visitor.
func (t *template) ClusterRouting(c kind.ClusterRouting) {
	if _, isNew := t.clusters[c.Identifier]; isNew {
		return // a property of the cluster
	}
	what := c.Label()
	c.Identifier = fromStack(t.clusterParameter(c.Identifier))
	c.Path.VPC = "" // a parameter can name another one: what is to be looked at is the user's to check
	t.leave(relabelled{c, "enhanced VPC routing of the cluster"}, what)
}

// servedParameter is the parameter for a namespace or a workgroup, and makes it an output.
func (t *template) servedParameter(name, is, what string) string {
	name = t.add(parameter{
		name: name, value: is, pattern: servedNames, wants: "3 to 64 lower-case letters, digits and hyphens", about: "Name of the serverless " + what, group: groupCluster,
	})
	t.output(name, "Name of the "+what, value{ref(name)})
	return fromStack(name)
}

// NamespaceRoles implements kind.Visitor. The namespace is there already.
func (t *template) NamespaceRoles(n kind.NamespaceRoles) {
	what := n.Label()
	n.Namespace = t.servedParameter("NamespaceName", n.Namespace, "namespace")
	n.RoleARNs, n.DefaultRole = t.followAll(n.RoleARNs), t.follow(n.DefaultRole)
	t.leave(relabelled{n, "roles of the namespace"}, what)
}

// WorkgroupRouting implements kind.Visitor.
func (t *template) WorkgroupRouting(w kind.WorkgroupRouting) {
	what := w.Label()
	w.Workgroup = t.servedParameter("WorkgroupName", w.Workgroup, "workgroup")
	w.Path.VPC = ""
	t.leave(relabelled{w, "enhanced VPC routing of the workgroup"}, what)
}

// SQL implements kind.Visitor. CloudFormation runs none.
func (t *template) SQL(s kind.SQL) {
	what := s.Label()
	if s.Connection.Cluster != "" {
		s.Connection.Cluster = fromStack(t.clusterParameter(s.Connection.Cluster))
	}
	if s.Connection.Workgroup != "" {
		s.Connection.Workgroup = t.servedParameter("WorkgroupName", s.Connection.Workgroup, "workgroup")
	}
	if t.set && s.Connection.Secret != "" {
		name := t.add(parameter{name: "SqlSecretArn", value: s.Connection.Secret, foreign: true, about: "ARN of the secret of the database's admin user", group: groupThere})
		t.output(name, "ARN of the secret", value{ref(name)})
		s.Connection.Secret = fromStack(name)
	}
	s.Statements = t.followStatements(s.Statements)
	t.leave(s, what)
}
