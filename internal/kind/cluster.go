package kind

import (
	"onramp/internal/netpath"
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

// ARN implements plan.Located.
func (c Cluster) ARN(t plan.Target) string { return t.ARN("redshift", "cluster:"+c.Identifier) }

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

// clusterTurn is the turn of whatever changes a cluster: Redshift takes one change at a time.
func clusterTurn(id string) string { return "redshift:cluster:" + id }

// noCluster is what Redshift answers where there is no such cluster.
var noCluster = []string{"ClusterNotFound"}

// noDefault is why a default role stays. That an empty ARN clears it is said nowhere, nor what AWS answers
// where it does not.
func noDefault(codes ...string) []plan.Leave {
	var out []plan.Leave
	for _, code := range codes {
		out = append(out, plan.Leave{Code: code, Why: "AWS has no documented way to have no default role again"})
	}
	return out
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
	st := plan.Step{
		Title: "create cluster " + c.Identifier,
		Owner: &plan.Owner{
			Read: describeCluster(c.Identifier), Absent: noCluster, Exists: "Clusters[0].ClusterIdentifier",
			Check: plan.Check{Query: tagValue("Clusters[0].Tags"), Want: owner(c.Tags)},
		},
		Read: describeCluster(c.Identifier), Absent: noCluster,
		Check:  plan.Check{Query: "Clusters[0].ClusterIdentifier", Want: c.Identifier},
		Create: []plan.Call{plan.NewCall("redshift", "CreateCluster", members...)},
		Retry:  Passing, Turn: clusterTurn(c.Identifier),
		Wait: clusterAvailable(c.Identifier),
	}
	st.Undo = c.undo(st)
	return []plan.Step{st}
}

// undo deletes the cluster, and never without a final snapshot: it may hold data.
func (c Cluster) undo(st plan.Step) *plan.Undo {
	snapshot := c.Identifier + "-before-undo"
	u := back(st, "delete cluster "+c.Identifier+" with a final snapshot", plan.NewCall("redshift", "DeleteCluster",
		"ClusterIdentifier", c.Identifier, "SkipFinalClusterSnapshot", false, "FinalClusterSnapshotIdentifier", snapshot))
	u.Owner = st.Owner
	u.Leave = []plan.Leave{
		{Code: "ClusterSnapshotAlreadyExists", Why: "a snapshot " + snapshot + " is there already, and it takes a final one of its own: delete that, or delete the cluster by hand"},
		{Code: "ClusterSnapshotQuotaExceeded", Why: "the account has no room for its final snapshot"},
	}
	u.Wait = gone("cluster "+c.Identifier+" is deleted", "Clusters[0].ClusterStatus", waitDeleted)
	u.Keeps = "what it held stays in its final snapshot " + snapshot + ", which is billed until somebody deletes it"
	return u
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
	steps := []plan.Step{awaitCluster(c.Identifier), c.track()}
	for _, arn := range c.RoleARNs {
		steps = append(steps, c.attach(arn)...)
	}
	if c.DefaultRole != "" {
		steps = append(steps, c.byDefault())
	}
	return steps
}

// awaitCluster waits for a cluster that the plan does not make here.
func awaitCluster(id string) plan.Step {
	return plan.Step{
		Title: "wait for cluster " + id,
		Read:  describeCluster(id), Absent: noCluster,
		Check:  plan.Check{Query: "Clusters[0].ClusterStatus"},
		Refuse: "there is no such cluster in this region: name one that is there, or answer warehouse.kind with new-cluster",
		Wait:   clusterAvailable(id), Turn: clusterTurn(id),
	}
}

// track refuses a cluster on the track of Redshift ML's preview of 2020, which the first of AWS's documents asks for. AWS's page
// of today knows current and trailing (Amazon Redshift Management Guide, Tracks).
func (c ClusterRoles) track() plan.Step {
	return plan.Step{
		Title: "look at the maintenance track of " + c.Identifier,
		Read:  describeCluster(c.Identifier), Absent: noCluster,
		Check: plan.Check{Query: "Clusters[?MaintenanceTrackName=='SQL_PREVIEW' || MaintenanceTrackName=='sql_preview'].MaintenanceTrackName | [0] || 'supported'", Want: "supported"},
		Refuse: "SQL_PREVIEW was the track of Redshift ML's preview in 2020; Redshift ML has been generally available since 2021 and needs no track: " +
			"name a cluster on the track current or trailing",
	}
}

func (c ClusterRoles) modify(members ...any) plan.Call {
	return plan.NewCall("redshift", "ModifyClusterIamRoles", append([]any{"ClusterIdentifier", c.Identifier}, members...)...)
}

func (c ClusterRoles) attach(arn string) []plan.Step {
	read, turn := describeCluster(c.Identifier), clusterTurn(c.Identifier)
	status := "Clusters[0].IamRoles[?IamRoleArn==" + raw(arn) + "].ApplyStatus | [0]"
	attach := plan.Step{
		Title: "attach " + arn + " to " + c.Identifier,
		Read:  read, Absent: noCluster,
		Check:  plan.Check{Query: status},
		Create: []plan.Call{c.modify("AddIamRoles", []string{arn})},
		Retry:  Passing, Turn: turn,
	}
	attach.Undo = back(attach, "take "+arn+" off "+c.Identifier, c.modify("RemoveIamRoles", []string{arn}))
	attach.Undo.Wait = gone("the role is off cluster "+c.Identifier, status, waitCluster)
	return []plan.Step{
		{
			Title:  "look for room for one more role on " + c.Identifier,
			Read:   read,
			Check:  plan.Check{Query: "(" + status + ") && 'room' || length(Clusters[0].IamRoles || `[]`) < `50` && 'room' || 'full'", Want: "room"},
			Refuse: "the cluster has 50 roles, which is Redshift's limit: remove one that is no longer used",
		},
		attach,
		{
			Title: "wait until " + arn + " is in-sync",
			Read:  read, Turn: turn,
			Wait: &plan.Wait{For: "the role is in-sync on cluster " + c.Identifier, Query: status, Want: "in-sync", Never: []string{"removing"}, Limit: waitCluster},
		},
	}
}

// usesDefault is what another default role means (Amazon Redshift Management Guide, Creating an IAM role as default).
const usesDefault = "COPY, UNLOAD, CREATE EXTERNAL SCHEMA, CREATE EXTERNAL FUNCTION and CREATE MODEL statements that say IAM_ROLE default " +
	"use the new role afterwards, and no longer have the permissions of the old one"

func (c ClusterRoles) byDefault() plan.Step {
	const there = "Clusters[0].DefaultIamRoleArn"
	set := func(arn any) []plan.Call { return []plan.Call{c.modify("DefaultIamRoleArn", arn)} }
	st := plan.Step{
		Title: "make " + c.DefaultRole + " the default role of " + c.Identifier,
		Read:  describeCluster(c.Identifier), Absent: noCluster,
		Check:  plan.Check{Query: there, Want: c.DefaultRole},
		Create: set(c.DefaultRole), Update: set(c.DefaultRole), Restore: set(plan.Before{Query: there}),
		Ask: true, Affects: usesDefault, Retry: Passing, Turn: clusterTurn(c.Identifier),
		Wait: clusterAvailable(c.Identifier),
	}
	st.Undo = back(st, "have no default role on "+c.Identifier+" again", set(plan.EmptyText)...)
	st.Undo.Leave = noDefault("InvalidParameterValue", "InvalidParameterCombination", "InvalidParameter", "ValidationError")
	st.Undo.Wait = gone("cluster "+c.Identifier+" has no default role", there, waitIAM)
	return st
}

// ClusterRouting switches enhanced VPC routing on.
type ClusterRouting struct {
	Identifier string
	Path       netpath.Path // that has to lead where the cluster's traffic goes; zero: it is not looked at
}

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
	const there = "Clusters[0].EnhancedVpcRouting"
	set := func(value any) []plan.Call {
		return []plan.Call{plan.NewCall("redshift", "ModifyCluster", "ClusterIdentifier", c.Identifier, "EnhancedVpcRouting", value)}
	}
	st := plan.Step{
		Title: "switch on enhanced VPC routing of " + c.Identifier,
		Read:  describeCluster(c.Identifier), Absent: noCluster,
		Check:  plan.Check{Query: there, Want: "True"},
		Create: set(true), Update: set(true), Restore: set(plan.Before{Query: there}),
		Retry: Passing, Turn: clusterTurn(c.Identifier),
		Wait:    clusterAvailable(c.Identifier),
		Affects: routed,
		Guard: pathGuard(c.Path,
			plan.Fact{Name: netpath.ClusterFact, Title: "the network of cluster " + c.Identifier, Read: describeCluster(c.Identifier), Absent: noCluster},
			plan.Fact{Name: netpath.SubnetGroupsFact, Title: "the cluster subnet groups", Read: plan.NewCall("redshift", "DescribeClusterSubnetGroups")}),
	}
	st.Undo = back(st, "switch off enhanced VPC routing of "+c.Identifier, set(false)...)
	st.Undo.Check, st.Undo.Wait = on(there), st.Wait
	return []plan.Step{awaitCluster(c.Identifier), st}
}
