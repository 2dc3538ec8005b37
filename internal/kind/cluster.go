package kind

import (
	"onramp/internal/plan"
)

// Cluster is a provisioned cluster that the plan makes. Its admin password is made and kept by AWS
// Secrets Manager, so that nobody ever types it.
type Cluster struct {
	Identifier  string
	NodeType    string
	Nodes       int
	Database    string
	AdminUser   string
	SubnetGroup string // "" : the account's default
	RoleARNs    []string
	DefaultRole string // "" : none
	Tags        []Tag
}

// Kind implements plan.Spec.
func (Cluster) Kind() plan.Kind { return "redshift-cluster" }

// Name implements plan.Spec.
func (c Cluster) Name() string { return c.Identifier }

// Label implements plan.Spec.
func (c Cluster) Label() string { return "Redshift cluster " + c.Identifier }

// Action implements plan.Spec.
func (Cluster) Action() plan.Action { return plan.Create }

// Documents implements plan.Spec.
func (Cluster) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (c Cluster) Accept(v Visitor) { v.Cluster(c) }

func describeCluster(id string) plan.Call {
	return plan.NewCall("redshift", "DescribeClusters", "ClusterIdentifier", id)
}

// clusterNever are the states of a cluster that do not lead to "available" by themselves (Amazon
// Redshift Management Guide, Cluster status).
var clusterNever = []string{
	"paused", "pausing", "deleting", "final-snapshot", "hardware-failure", "incompatible-hsm",
	"incompatible-network", "incompatible-parameters", "incompatible-restore", "storage-full",
}

func clusterAvailable(id string) *plan.Wait {
	return &plan.Wait{
		For: "cluster " + id + " is available", Query: "Clusters[0].ClusterStatus", Want: "available",
		Never: clusterNever, Limit: waitCluster,
	}
}

// Passing is what AWS answers while a change that it has accepted has not reached all of its parts.
// It passes by itself (terraform-provider-aws #19113, #34775).
var Passing = []string{
	"InvalidClusterState", "must delegate access to an Amazon Redshift", "is not authorized to assume IAM role",
	"ConflictException",
}

// Steps implements plan.Spec.
func (c Cluster) Steps() []plan.Step {
	kind := "single-node"
	if c.Nodes > 1 {
		kind = "multi-node"
	}
	members := []any{
		"ClusterIdentifier", c.Identifier, "NodeType", c.NodeType, "ClusterType", kind,
		"DBName", c.Database, "MasterUsername", c.AdminUser, "ManageMasterPassword", true,
		"ClusterSubnetGroupName", c.SubnetGroup, "IamRoles", c.RoleARNs, "DefaultIamRoleArn", c.DefaultRole,
		"PubliclyAccessible", false, "Encrypted", true,
		"Tags", objects(c.Tags, "Key", "Value"),
	}
	if c.Nodes > 1 { // NumberOfNodes goes with multi-node only
		members = append(members, "NumberOfNodes", c.Nodes)
	}
	return []plan.Step{{
		Title: "create cluster " + c.Identifier,
		Owner: &plan.Owner{
			Read: describeCluster(c.Identifier), Absent: []string{"ClusterNotFound"}, Exists: "Clusters[0].ClusterIdentifier",
			Check: plan.Check{Query: tagValue("Clusters[0].Tags"), Want: owner(c.Tags)},
		},
		Read: describeCluster(c.Identifier), Absent: []string{"ClusterNotFound"},
		Check:  plan.Check{Query: "Clusters[0].ClusterIdentifier", Want: c.Identifier},
		Create: []plan.Call{plan.NewCall("redshift", "CreateCluster", members...)},
		Retry:  Passing,
		Wait:   clusterAvailable(c.Identifier),
	}}
}

// ClusterRoles attaches roles to a cluster. It only ever adds. A cluster takes 50 roles (Amazon
// Redshift Management Guide, Quotas and limits).
type ClusterRoles struct {
	Identifier  string
	RoleARNs    []string
	DefaultRole string // ARN of the role that becomes the default; "" : the default stays as it is
}

// Kind implements plan.Spec.
func (ClusterRoles) Kind() plan.Kind { return "redshift-cluster-roles" }

// Name implements plan.Spec.
func (c ClusterRoles) Name() string { return c.Identifier }

// Label implements plan.Spec.
func (c ClusterRoles) Label() string { return "roles of cluster " + c.Identifier }

// Action implements plan.Spec.
func (ClusterRoles) Action() plan.Action { return plan.Update }

// Documents implements plan.Spec.
func (ClusterRoles) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (c ClusterRoles) Accept(v Visitor) { v.ClusterRoles(c) }

// Steps implements plan.Spec. Redshift changes roles one change at a time and only on a cluster that
// is available; a role is usable once its ApplyStatus is in-sync (Amazon Redshift API Reference,
// ModifyClusterIamRoles, ClusterIamRole).
func (c ClusterRoles) Steps() []plan.Step {
	read := describeCluster(c.Identifier)
	steps := []plan.Step{{Title: "wait for cluster " + c.Identifier, Read: read, Wait: clusterAvailable(c.Identifier)}}
	for _, arn := range c.RoleARNs {
		status := "Clusters[0].IamRoles[?IamRoleArn==" + raw(arn) + "].ApplyStatus | [0]"
		steps = append(steps,
			plan.Step{
				Title:  "look for room for one more role on " + c.Identifier,
				Read:   read,
				Check:  plan.Check{Query: "(" + status + ") && 'room' || length(Clusters[0].IamRoles || `[]`) < `50` && 'room' || 'full'", Want: "room"},
				Refuse: "the cluster has 50 roles, which is Redshift's limit: remove one that is no longer used",
			},
			plan.Step{
				Title:  "attach " + arn + " to " + c.Identifier,
				Read:   read,
				Check:  plan.Check{Query: status},
				Create: []plan.Call{plan.NewCall("redshift", "ModifyClusterIamRoles", "ClusterIdentifier", c.Identifier, "AddIamRoles", []string{arn})},
				Retry:  Passing,
			},
			plan.Step{
				Title: "wait until " + arn + " is in-sync",
				Read:  read,
				Wait:  &plan.Wait{For: "the role is in-sync on cluster " + c.Identifier, Query: status, Want: "in-sync", Never: []string{"removing"}, Limit: waitCluster},
			})
	}
	if c.DefaultRole != "" {
		set := []plan.Call{plan.NewCall("redshift", "ModifyClusterIamRoles", "ClusterIdentifier", c.Identifier, "DefaultIamRoleArn", c.DefaultRole)}
		steps = append(steps, plan.Step{
			Title:  "make " + c.DefaultRole + " the default role of " + c.Identifier,
			Read:   read,
			Check:  plan.Check{Query: "Clusters[0].DefaultIamRoleArn", Want: c.DefaultRole},
			Create: set, Update: set, Ask: true, Retry: Passing,
			Wait: clusterAvailable(c.Identifier),
		})
	}
	return steps
}

// ClusterRouting switches enhanced VPC routing on.
type ClusterRouting struct{ Identifier string }

// Kind implements plan.Spec.
func (ClusterRouting) Kind() plan.Kind { return "redshift-cluster-routing" }

// Name implements plan.Spec.
func (c ClusterRouting) Name() string { return c.Identifier }

// Label implements plan.Spec.
func (c ClusterRouting) Label() string { return "enhanced VPC routing of cluster " + c.Identifier }

// Action implements plan.Spec.
func (ClusterRouting) Action() plan.Action { return plan.Update }

// Documents implements plan.Spec.
func (ClusterRouting) Documents() []plan.Document { return nil }

// Accept implements Spec.
func (c ClusterRouting) Accept(v Visitor) { v.ClusterRouting(c) }

// Steps implements plan.Spec.
func (c ClusterRouting) Steps() []plan.Step {
	on := []plan.Call{plan.NewCall("redshift", "ModifyCluster", "ClusterIdentifier", c.Identifier, "EnhancedVpcRouting", true)}
	return []plan.Step{
		{Title: "wait for cluster " + c.Identifier, Read: describeCluster(c.Identifier), Wait: clusterAvailable(c.Identifier)},
		{
			Title:  "switch on enhanced VPC routing of " + c.Identifier,
			Read:   describeCluster(c.Identifier),
			Check:  plan.Check{Query: "Clusters[0].EnhancedVpcRouting", Want: "True"},
			Create: on, Update: on, Retry: Passing,
			Wait: clusterAvailable(c.Identifier),
		},
	}
}
