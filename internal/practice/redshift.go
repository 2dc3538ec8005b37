package practice

import (
	"slices"
	"strings"
	"time"

	"onramp/internal/awsname"
	"onramp/internal/policy"
	"onramp/internal/practice/authorize"
	"onramp/internal/practice/database"
	"onramp/internal/practice/wire"
)

// warehouse is what Redshift, Redshift Serverless and the Data API hold in a region.
type warehouse struct {
	clusters     map[string]*cluster
	subnetGroups map[string]*subnetGroup
	namespaces   map[string]*namespace
	workgroups   map[string]*workgroup
	snapshots    map[string]bool // of clusters that are gone
	statements   map[string]*statementRun
	statementIDs map[string]string // client token -> id
}

func newWarehouse() warehouse {
	return warehouse{
		clusters: map[string]*cluster{}, subnetGroups: map[string]*subnetGroup{}, namespaces: map[string]*namespace{}, workgroups: map[string]*workgroup{},
		snapshots:  map[string]bool{},
		statements: map[string]*statementRun{}, statementIDs: map[string]string{},
	}
}

// cluster is a provisioned cluster.
type cluster struct {
	name, nodeType, database, user string
	nodes, port                    int
	subnetGroup, vpc               string
	groups                         []string // of the VPC
	routing, public                bool     // enhanced VPC routing; publicly accessible
	kmsKey                         string
	secret                         string // ARN; "" : the password is not managed
	tags                           tags
	created                        time.Time
	roles                          []attachedRole
	defaultRole                    string

	settled  string    // the status from ready on
	passing  string    // the status until then
	ready    time.Time //
	snapshot time.Time // until then it takes its last snapshot
	sql      *database.Database
}

// attachedRole is a role on a warehouse. It is "adding" for a while, and "removing" before it is gone.
type attachedRole struct {
	arn     string
	ready   time.Time
	leaving bool
}

const inSync = "in-sync"

func (r attachedRole) status(now time.Time) string {
	switch {
	case r.leaving:
		return "removing"
	case now.Before(r.ready):
		return "adding"
	}
	return inSync
}

// is says that a role is the one of an ARN, and stays.
func (r attachedRole) is(arn string) bool { return r.arn == arn && !r.leaving }

type subnetGroup struct {
	name, description, vpc string
	subnets                []string
	tags                   tags
}

const rolesPerCluster = 50 // Redshift UG, Quotas and limits; not adjustable

func redshiftOperations() table {
	return table{
		"redshift:DescribeClusters":            {reads, describeClusters, askDescribeClusters},
		"redshift:CreateCluster":               {writes, createCluster, askCreateCluster},
		"redshift:ModifyCluster":               {writes, withCluster(modifyCluster), onCluster("redshift:ModifyCluster")},
		"redshift:ModifyClusterIamRoles":       {writes, withCluster(modifyClusterRoles), askModifyRoles},
		"redshift:DeleteCluster":               {writes, withCluster(deleteCluster), onCluster("redshift:DeleteCluster")},
		"redshift:PauseCluster":                {writes, withCluster(pauseCluster), onCluster("redshift:PauseCluster")},
		"redshift:ResumeCluster":               {writes, withCluster(resumeCluster), onCluster("redshift:ResumeCluster")},
		"redshift:DescribeClusterSubnetGroups": {reads, describeSubnetGroups, anywhere("redshift:DescribeClusterSubnetGroups")},
	}
}

func onCluster(actions ...string) ask {
	return func(c *call) []authorize.Request {
		return on(c.arn("redshift", "cluster:"+c.in.Text("ClusterIdentifier")), actions...)
	}
}

// askDescribeClusters: all clusters are asked for as such.
func askDescribeClusters(c *call) []authorize.Request {
	if name := c.in.Text("ClusterIdentifier"); name != "" {
		return onCluster("redshift:DescribeClusters")(c)
	}
	return on(c.arn("redshift", "cluster:*"), "redshift:DescribeClusters")
}

const toRedshift = "redshift.amazonaws.com"

func askModifyRoles(c *call) []authorize.Request {
	passed := c.in.Texts("AddIamRoles")
	if d := c.in.Text("DefaultIamRoleArn"); !slices.Contains(passed, d) {
		passed = append(passed, d)
	}
	return append(onCluster("redshift:ModifyClusterIamRoles")(c), passing(toRedshift, passed...)...)
}

func noCluster(name string) error {
	return refuse(404, "ClusterNotFound", "Cluster %s not found.", name)
}

func withCluster(run func(*call, *cluster) (wire.Answer, error)) func(*call) (wire.Answer, error) {
	return func(c *call) (wire.Answer, error) {
		k := c.cluster(c.in.Text("ClusterIdentifier"))
		if k == nil {
			return because(noCluster(c.in.Text("ClusterIdentifier")))
		}
		return run(c, k)
	}
}

// cluster finds a cluster.
func (c *call) cluster(name string) *cluster { return c.at.clusters[strings.ToLower(name)] }

// gone is the status of a cluster after "deleting", which a last snapshot comes before.
const gone, finalSnapshot = "gone", "final-snapshot"

func (k *cluster) status(now time.Time) string {
	switch {
	case now.Before(k.snapshot):
		return finalSnapshot
	case now.Before(k.ready):
		return k.passing
	}
	return k.settled
}

// pass puts a cluster through a status that takes time.
func (k *cluster) pass(now time.Time, passing, settled string, takes time.Duration) {
	k.passing, k.settled, k.ready = passing, settled, now.Add(takes)
}

func describeClusters(c *call) (wire.Answer, error) {
	names := sorted(c.at.clusters)
	if name := c.in.Text("ClusterIdentifier"); name != "" {
		if c.cluster(name) == nil {
			return because(noCluster(name))
		}
		names = []string{strings.ToLower(name)}
	}
	var found []any
	for _, name := range names {
		if k := c.cluster(name); k.tagged(c.in.Texts("TagKeys"), c.in.Texts("TagValues")) {
			found = append(found, c.clusterFields(k))
		}
	}
	found, next, err := pageOf(c, redshiftPages, found)
	if err != nil {
		return because(err)
	}
	return answer("Clusters", wire.List{Item: "Cluster", Of: found}, "Marker", wire.Opt(next))
}

// tagged says that a cluster has one of the tags asked for (Redshift API, DescribeClusters).
func (k *cluster) tagged(keys, values []string) bool {
	return len(keys)+len(values) == 0 || slices.ContainsFunc(k.tags, func(t tag) bool {
		return slices.Contains(keys, t.key) || slices.Contains(values, t.value)
	})
}

// availability is the other form of a status (Redshift API, Cluster: ClusterAvailabilityStatus).
var availability = map[string]string{"available": "Available", "paused": "Unavailable", "deleting": "Unavailable"}

func (c *call) clusterFields(k *cluster) wire.Fields {
	status := k.status(c.now)
	available := availability[status]
	if available == "" {
		available = "Modifying"
	}
	f := wire.Of(
		"ClusterIdentifier", k.name, "NodeType", k.nodeType, "ClusterStatus", status, "ClusterAvailabilityStatus", available, "MasterUsername", k.user,
		"DBName", k.database, "Endpoint", wire.Of("Address", c.host(k), "Port", k.port), "ClusterCreateTime", k.created, "AutomatedSnapshotRetentionPeriod", 1,
		"ManualSnapshotRetentionPeriod", -1, "ClusterSecurityGroups", wire.List{},
		"VpcSecurityGroups", wire.Each("VpcSecurityGroup", k.groups, func(id string) any { return wire.Of("VpcSecurityGroupId", id, "Status", "active") }),
		"ClusterParameterGroups", wire.List{Item: "ClusterParameterGroup", Of: []any{
			wire.Of("ParameterGroupName", "default.redshift-2.0", "ParameterApplyStatus", "in-sync"),
		}},
		"ClusterSubnetGroupName", k.subnetGroup, "VpcId", k.vpc, "AvailabilityZone", c.at.region+"a", "PreferredMaintenanceWindow", "sun:05:00-sun:05:30",
		"PendingModifiedValues", wire.Fields{}, "ClusterVersion", "1.0", "AllowVersionUpgrade", true, "NumberOfNodes", k.nodes, "PubliclyAccessible", k.public,
		"Encrypted", true, "KmsKeyId", k.kmsKey, "Tags", k.tags.list("Tag", "Key", "Value"), "EnhancedVpcRouting", k.routing,
		"IamRoles", wire.Each("ClusterIamRole", k.roles, func(r attachedRole) any { return wire.Of("IamRoleArn", r.arn, "ApplyStatus", r.status(c.now)) }),
		"MaintenanceTrackName", "current", "DeferredMaintenanceWindows", wire.List{}, "AvailabilityZoneRelocationStatus", "disabled",
		"ClusterNamespaceArn", c.arn("redshift", "namespace:"+uuidOf(digestOf("namespace "+k.name))), "TotalStorageCapacityInMegaBytes", 400000,
		"AquaConfiguration", wire.Of("AquaStatus", "disabled", "AquaConfigurationStatus", "auto"), "MultiAZ", "Disabled", "IpAddressType", "ipv4",
		"ClusterNodes", wire.List{Item: "member", Of: k.nodeFields()},
	)
	if k.defaultRole != "" {
		f = append(f, wire.Of("DefaultIamRoleArn", k.defaultRole)...)
	}
	if k.secret != "" {
		f = append(f, wire.Of("MasterPasswordSecretArn", k.secret, "MasterPasswordSecretKmsKeyId", "AWS_OWNED_KMS_KEY")...)
	}
	return f
}

func (c *call) host(k *cluster) string {
	return k.name + ".c" + digestOf("host")[:11] + "." + c.at.region + ".redshift." + suffix(c.partition)
}

func (k *cluster) nodeFields() []any {
	if k.nodes == 1 {
		return []any{wire.Of("NodeRole", "SHARED", "PrivateIPAddress", "10.0.0.10")}
	}
	out := []any{wire.Of("NodeRole", "LEADER", "PrivateIPAddress", "10.0.0.10")}
	for i := range k.nodes {
		out = append(out, wire.Of("NodeRole", "COMPUTE-"+itoa(i), "PrivateIPAddress", "10.0.0."+itoa(11+i)))
	}
	return out
}

// trusts says that a role may be assumed by a service for this account. A condition on the external
// id holds a database user to the role and does not keep the role from being attached (Redshift UG,
// Restricting access to IAM roles).
func (c *call) trusts(r *role, service, source string) bool {
	d, err := policy.Parse([]byte(r.trust))
	if err != nil {
		return false
	}
	var about []policy.Statement
	for _, s := range d.Statements {
		regional := strings.TrimSuffix(service, ".amazonaws.com") + "." + c.at.region + ".amazonaws.com"
		if !slices.Contains(s.Principal.Services, service) && !slices.Contains(s.Principal.Services, regional) {
			continue
		}
		s.Resources = []string{"*"}
		s.Conditions = slices.DeleteFunc(slices.Clone(s.Conditions), func(k policy.Condition) bool { return strings.EqualFold(k.Key, "sts:ExternalId") })
		about = append(about, s)
	}
	d.Statements = about
	return authorize.Allowed(d, want("sts:AssumeRole", r.arn, "aws:SourceAccount", Number, "aws:SourceArn", source))
}

// usableRole refuses a role that Redshift cannot assume. Redshift says the same of a role that is too
// new to be known (terraform-provider-aws #19113).
func (c *call) usableRole(arn, source string) error {
	if awsname.RoleARN(arn) != nil {
		return bad("InvalidParameterValue", "The IAM role %s is not valid.", arn)
	}
	name := arn[strings.LastIndex(arn, "/")+1:]
	r := c.roles[strings.ToLower(name)]
	if r == nil || r.arn != arn || c.fresh(r) || !c.trusts(r, toRedshift, source) {
		return bad("InvalidParameterValue", "The IAM role %s is not valid. The IAM role must delegate access to an Amazon Redshift account.", name)
	}
	return nil
}
