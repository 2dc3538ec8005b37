package practice

import (
	"slices"
	"strings"
	"time"

	"onramp/internal/awsname"
	"onramp/internal/practice/authorize"
	"onramp/internal/practice/database"
	"onramp/internal/practice/wire"
)

// askCreateCluster is asked for by SAR's row of redshift:CreateCluster: roles that are passed, the
// service-linked role, what Redshift looks at in EC2 and does in Secrets Manager in the caller's name.
func askCreateCluster(c *call) []authorize.Request {
	name := c.in.Text("ClusterIdentifier")
	arn := c.arn("redshift", "cluster:"+name)
	out := on(arn, "redshift:CreateCluster")
	if len(c.in.Objects("Tags")) > 0 {
		out = append(out, on(arn, "redshift:CreateTags")...)
	}
	out = append(out, passing(toRedshift, c.in.Texts("IamRoles")...)...)
	if d := c.in.Text("DefaultIamRoleArn"); !slices.Contains(c.in.Texts("IamRoles"), d) {
		out = append(out, passing(toRedshift, d)...)
	}
	linked := c.world.arn("iam", "", "role/aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift")
	out = append(out, want("iam:CreateServiceLinkedRole", linked, "iam:AWSServiceName", toRedshift))
	out = append(out, on("*", "ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones",
		"ec2:DescribeInternetGateways", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")...)
	if c.in.Bool("ManageMasterPassword") {
		secret := c.arn("secretsmanager", "secret:redshift!"+name+"-"+c.in.Text("MasterUsername")+"-000000")
		out = append(out, on("*", "secretsmanager:GetRandomPassword")...)
		out = append(out, on(secret, "secretsmanager:CreateSecret", "secretsmanager:DescribeSecret", "secretsmanager:DeleteSecret",
			"secretsmanager:RotateSecret", "secretsmanager:TagResource", "secretsmanager:UpdateSecret")...)
	}
	return out
}

func createCluster(c *call) (wire.Answer, error) {
	k := &cluster{
		name: strings.ToLower(c.in.Text("ClusterIdentifier")), nodeType: c.in.Text("NodeType"), database: c.in.Text("DBName"), user: c.in.Text("MasterUsername"),
		nodes: c.in.Int("NumberOfNodes", 1), port: c.in.Int("Port", 5439), subnetGroup: c.in.Text("ClusterSubnetGroupName"),
		groups: c.in.Texts("VpcSecurityGroupIds"), routing: c.in.Bool("EnhancedVpcRouting"), public: c.in.Bool("PubliclyAccessible"),
		kmsKey: c.in.Text("KmsKeyId"), defaultRole: c.in.Text("DefaultIamRoleArn"), created: c.now,
	}
	if k.database == "" {
		k.database = "dev"
	}
	if k.subnetGroup == "" {
		k.subnetGroup = "default"
	}
	if err := c.checkCluster(k); err != nil {
		return because(err)
	}
	if err := c.setRoles(k, c.in.Texts("IamRoles")); err != nil {
		return because(err)
	}
	t, err := redshiftTags(c.in.Objects("Tags"), nil)
	if err != nil {
		return because(err)
	}
	k.tags = t
	c.build(k, c.in.Bool("ManageMasterPassword"))
	k.pass(c.now, "creating", "available", c.delays.Creation)
	return answer("Cluster", withStatus(c.clusterFields(k), "creating"))
}

// withStatus is a cluster in the answer to the call that makes or deletes it, which says so however
// quick it was.
func withStatus(f wire.Fields, status string) wire.Fields {
	for i := range f {
		if f[i].Name == "ClusterStatus" {
			f[i].Value = status
		}
	}
	return f
}

// build puts a cluster into the account: its place in the VPC, its secret, its database.
func (c *call) build(k *cluster, managed bool) {
	if g := c.at.subnetGroups[k.subnetGroup]; g != nil {
		k.vpc = g.vpc
	}
	if len(k.groups) == 0 {
		k.groups = c.defaultGroup(k.vpc)
	}
	if k.kmsKey == "" {
		k.kmsKey = "AWS_OWNED_KMS_KEY"
	}
	if managed {
		k.secret = c.keepSecret(c.at, k.name, k.user).arn
	}
	k.sql = c.newDatabase(k.database, k.user, func() string { return k.defaultRole }, func() []attachedRole { return k.roles })
	k.settled = "available"
	c.at.clusters[k.name] = k
}

// newDatabase makes the database of a warehouse with its admin user. In it CREATE MODEL can use the
// roles that are attached: "in-sync", which a new one is not at once (Redshift API, ClusterIamRole:
// ApplyStatus; the words are UNVERIFIED).
func (w *world) newDatabase(name, user string, defaultRole func() string, attached func() []attachedRole) *database.Database {
	d := database.New()
	d.Name, d.DefaultRole, d.Training, d.Now = name, defaultRole, w.delays.Training, time.Now
	d.RoleCheck = func(arn string) error {
		usable := func(r attachedRole) bool { return r.arn == arn && r.status(time.Now()) == inSync }
		if slices.ContainsFunc(attached(), usable) {
			return nil
		}
		return &database.Error{Code: "XX000", Message: "IAM role " + arn + " is not associated with the cluster"}
	}
	if user != database.Admin {
		_, _ = d.Exec(database.Admin, `CREATE USER "`+strings.ReplaceAll(user, `"`, `""`)+`" PASSWORD DISABLE CREATEUSER`) // its name was checked
	}
	return d
}

// checkCluster follows Redshift API, CreateCluster, and Redshift UG, Behavior changes (2025-01-10).
func (c *call) checkCluster(k *cluster) error {
	password, managed := c.in.Text("MasterUserPassword"), c.in.Bool("ManageMasterPassword")
	kind := c.in.Text("ClusterType")
	switch {
	case awsname.ClusterIdentifier(c.in.Text("ClusterIdentifier")) != nil:
		return bad("InvalidParameterValue",
			"The parameter ClusterIdentifier is not a valid identifier. "+
				"Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two "+
				"consecutive hyphens.")
	case c.cluster(k.name) != nil:
		return bad("ClusterAlreadyExists", "Cluster already exists")
	case !slices.Contains(awsname.NodeTypes, k.nodeType):
		return bad("InvalidParameterValue", "Invalid node type: %s", k.nodeType)
	case kind == "single-node" && c.in.Has("NumberOfNodes"):
		return bad("InvalidParameterCombination", "Number of nodes cannot be specified for cluster type single-node.")
	case kind != "single-node" && awsname.NodeCount(k.nodes) != nil, kind != "single-node" && k.nodes < 2:
		return bad("InvalidParameterCombination", "Number of nodes for cluster type multi-node must be greater than or equal to 2")
	case awsname.DatabaseName(k.database) != nil:
		return bad("InvalidParameterValue", "The parameter DBName is not valid: %s", k.database)
	case awsname.AdminUser(k.user) != nil:
		return bad("InvalidParameterValue", "Invalid master username: %s", k.user)
	case managed && password != "":
		return bad("InvalidParameterCombination", "You can't specify both ManageMasterPassword and MasterUserPassword.")
	case !managed && !strong(password):
		return bad("InvalidParameterValue",
			"The parameter MasterUserPassword is not a valid password. "+
				"It must be 8 to 64 printable ASCII characters with at least one uppercase letter, one lowercase letter and one digit, and none of ' \" \\ "+
				"/ @ or space.")
	case c.in.Has("Encrypted") && !c.in.Bool("Encrypted"):
		return bad("InvalidParameterValue", "You can't create an unencrypted cluster.")
	case k.port != 5439 && (k.port < 5431 || k.port > 5455) && (k.port < 8191 || k.port > 8215):
		return bad("InvalidParameterValue", "Invalid port: %d", k.port)
	case c.at.subnetGroups[k.subnetGroup] == nil:
		return bad("ClusterSubnetGroupNotFoundFault", "Cluster subnet group %s does not exist.", k.subnetGroup)
	}
	return first(c.checkClusterGroups(k.groups, c.at.subnetGroups[k.subnetGroup].vpc), c.checkClusterKey(k))
}

// checkClusterGroups: the words are Redshift's (aws-cdk #11294).
func (c *call) checkClusterGroups(groups []string, vpc string) error {
	for _, id := range groups {
		if g := c.at.groups[id]; g == nil || g.vpc != vpc {
			return bad("InvalidParameterValue", "VPC Security group %s does not exist in VPC %s", id, vpc)
		}
	}
	return nil
}

// checkClusterKey wants a key that can encrypt, by its id or ARN, and has the cluster keep the ARN.
// Code and words are UNVERIFIED, and so is that an alias is refused.
func (c *call) checkClusterKey(k *cluster) error {
	if k.kmsKey == "" {
		return nil
	}
	found := c.find(k.kmsKey)
	if found == nil || strings.Contains(k.kmsKey, "alias/") || found.state != enabled || found.spec != "SYMMETRIC_DEFAULT" {
		return bad("InvalidParameterValue", "The KMS key %s does not exist, is not enabled, or cannot be used.", k.kmsKey)
	}
	k.kmsKey = found.arn
	return nil
}

// strong is the rule for an admin's password (Redshift API, CreateCluster: MasterUserPassword).
func strong(p string) bool {
	printable := !strings.ContainsFunc(p, func(r rune) bool { return r < '!' || r > '~' })
	return len(p) >= 8 && len(p) <= 64 && printable && !strings.ContainsAny(p, `'"\/@ `) &&
		strings.ContainsAny(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") && strings.ContainsAny(p, "abcdefghijklmnopqrstuvwxyz") && strings.ContainsAny(p, "0123456789")
}

func redshiftTags(in []wire.Input, have tags) (tags, error) {
	return tagRules{
		key: "Key", value: "Value",
		refused: func(m string) error { return bad("InvalidTagFault", "%s", m) },
		many:    func(m string) error { return bad("TagLimitExceededFault", "%s", m) },
	}.read(in, have)
}

// setRoles adds roles to a cluster and holds its default role to them: "the list of ARNs for customer
// roles should contain the ARN of the default IAM role" (aws-sdk-go #4462).
func (c *call) setRoles(k *cluster, add []string) error {
	source := c.arn("redshift", "cluster:"+k.name)
	roles := slices.Clone(k.roles)
	for _, arn := range add {
		if err := c.usableRole(arn, source); err != nil {
			return err
		}
		if !slices.ContainsFunc(roles, func(r attachedRole) bool { return r.is(arn) }) {
			roles = slices.DeleteFunc(roles, func(r attachedRole) bool { return r.arn == arn })
			roles = append(roles, attachedRole{arn: arn, ready: c.now.Add(c.delays.RoleSync)})
		}
	}
	if len(roles) > rolesPerCluster { // the code is UNVERIFIED
		return bad("InvalidParameterValue", "The number of IAM roles exceeds the limit of %d for a cluster.", rolesPerCluster)
	}
	if k.defaultRole != "" && !slices.ContainsFunc(roles, func(r attachedRole) bool { return r.is(k.defaultRole) }) {
		return bad("InvalidParameterValue",
			"The list of Amazon Resource Names (ARNs) for customer roles should contain the ARN of the default IAM role when a default is specified.")
	}
	k.roles = roles
	return nil
}

// available refuses a change of a cluster that is not available (Redshift API, InvalidClusterState).
func (k *cluster) available(c *call) error {
	switch status := k.status(c.now); status {
	case "available":
		return nil
	case "modifying":
		return bad("InvalidClusterState", "There is an operation running on the Cluster. Please try to modify it at a later time.")
	default:
		return bad("InvalidClusterState", "Cluster %s is in state %s and cannot be modified.", k.name, status)
	}
}

// modifyClusterRoles adds and removes roles and sets the default (Redshift API,
// ModifyClusterIamRoles). That adding an attached role changes nothing, and that an empty default
// clears it, is UNVERIFIED.
func modifyClusterRoles(c *call, k *cluster) (wire.Answer, error) {
	if err := k.available(c); err != nil {
		return because(err)
	}
	changed := *k
	remove := c.in.Texts("RemoveIamRoles")
	changed.roles = slices.Clone(k.roles)
	for i, r := range changed.roles {
		if slices.Contains(remove, r.arn) {
			changed.roles[i] = attachedRole{arn: r.arn, ready: c.now.Add(c.delays.RoleSync), leaving: true}
		}
	}
	if c.in.Has("DefaultIamRoleArn") {
		changed.defaultRole = c.in.Text("DefaultIamRoleArn")
	} else if slices.Contains(remove, k.defaultRole) {
		changed.defaultRole = ""
	}
	if err := c.setRoles(&changed, c.in.Texts("AddIamRoles")); err != nil {
		return because(err)
	}
	k.roles, k.defaultRole = changed.roles, changed.defaultRole
	c.at.settle(c.now)
	k.pass(c.now, "modifying", "available", c.delays.Change)
	return answer("Cluster", c.clusterFields(k))
}

// modifyCluster changes what plans change, and tags nothing (Redshift API, ModifyCluster).
func modifyCluster(c *call, k *cluster) (wire.Answer, error) {
	if err := first(k.available(c), c.checkClusterGroups(c.in.Texts("VpcSecurityGroupIds"), k.vpc)); err != nil {
		return because(err)
	}
	if c.in.Has("EnhancedVpcRouting") {
		k.routing = c.in.Bool("EnhancedVpcRouting")
	}
	if c.in.Has("PubliclyAccessible") {
		k.public = c.in.Bool("PubliclyAccessible")
	}
	if groups := c.in.Texts("VpcSecurityGroupIds"); len(groups) > 0 {
		k.groups = groups
	}
	k.pass(c.now, "modifying", "available", c.delays.Change)
	return answer("Cluster", c.clusterFields(k))
}

// deleteCluster takes a last snapshot unless it is told not to (Redshift API, DeleteCluster).
func deleteCluster(c *call, k *cluster) (wire.Answer, error) {
	snapshot := strings.ToLower(c.in.Text("FinalClusterSnapshotIdentifier"))
	if err := c.checkDeletion(k, snapshot); err != nil {
		return because(err)
	}
	k.pass(c.now, "deleting", gone, c.delays.Creation)
	delete(c.at.secrets, k.secret)
	status := "deleting"
	if snapshot != "" {
		c.at.snapshots[snapshot] = true
		k.snapshot, status = c.now.Add(c.delays.Creation/2), finalSnapshot
	}
	return answer("Cluster", withStatus(c.clusterFields(k), status))
}

var snapshotForm = rule("finalClusterSnapshotIdentifier", 1, 255, `[a-z](-?[a-z0-9])*`)

func (c *call) checkDeletion(k *cluster, snapshot string) error {
	skip, status := c.in.Bool("SkipFinalClusterSnapshot"), k.status(c.now)
	switch {
	case !skip && snapshot == "":
		return bad("InvalidParameterCombination", "FinalClusterSnapshotIdentifier is required unless SkipFinalClusterSnapshot is specified.")
	case skip && snapshot != "":
		return bad("InvalidParameterCombination", "FinalClusterSnapshotIdentifier cannot be specified when SkipFinalClusterSnapshot is true.")
	case !skip && snapshotForm.broken(snapshot) != "":
		return bad("InvalidParameterValue", "The parameter FinalClusterSnapshotIdentifier is not a valid identifier: %s", snapshot)
	case c.at.snapshots[snapshot]:
		return bad("ClusterSnapshotAlreadyExists", "Cannot create the snapshot because a snapshot with the identifier %s already exists.", snapshot)
	case status != "available" && status != "paused":
		return bad("InvalidClusterState", "There is an operation running on the Cluster. Please try to delete it at a later time.")
	}
	return nil
}

func pauseCluster(c *call, k *cluster) (wire.Answer, error) {
	if err := k.available(c); err != nil {
		return because(err)
	}
	k.pass(c.now, "pausing", "paused", c.delays.Creation)
	return answer("Cluster", c.clusterFields(k))
}

func resumeCluster(c *call, k *cluster) (wire.Answer, error) {
	if status := k.status(c.now); status != "paused" {
		return because(bad("InvalidClusterState", "You can't resume cluster %s because it is not paused: it is %s.", k.name, status))
	}
	k.pass(c.now, "resuming", "available", c.delays.Creation)
	return answer("Cluster", c.clusterFields(k))
}

func describeSubnetGroups(c *call) (wire.Answer, error) {
	names := sorted(c.at.subnetGroups)
	if name := c.in.Text("ClusterSubnetGroupName"); name != "" {
		if c.at.subnetGroups[name] == nil {
			return because(bad("ClusterSubnetGroupNotFoundFault", "Cluster subnet group %s does not exist.", name))
		}
		names = []string{name}
	}
	names, next, err := pageOf(c, redshiftPages, names)
	if err != nil {
		return because(err)
	}
	return answer("ClusterSubnetGroups", wire.Each("ClusterSubnetGroup", names, func(name string) any {
		g := c.at.subnetGroups[name]
		return wire.Of(
			"ClusterSubnetGroupName", g.name, "Description", g.description, "VpcId", g.vpc, "SubnetGroupStatus", "Complete",
			"Subnets", wire.Each("Subnet", g.subnets, func(id string) any {
				return wire.Of("SubnetIdentifier", id, "SubnetAvailabilityZone", wire.Of("Name", c.at.subnets[id].zone), "SubnetStatus", "Active")
			}),
			"Tags", g.tags.list("Tag", "Key", "Value"),
		)
	}), "Marker", wire.Opt(next))
}
